"""Lesson 05 to play with: which films of a list are hits, where it is cut, and what three measures make of it."""

import numpy as np
from ipywidgets import HTML, Checkbox, IntSlider, Layout, VBox

from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel

LOOKS = {
    "precision": {"color": BLUE, "linestyle": "-", "marker": "o"},
    "recall": {"color": ORANGE, "linestyle": "--", "marker": "s"},
    "NDCG": {"color": GREEN, "linestyle": "-.", "marker": "^"},
}
MOST_MISSED = 10
STRIP = -0.1  # how high the marks of hits stand


def ranking_metrics(precision_at_k, recall_at_k, ndcg_at_k, titles, hits=(1, 3, 5), missed=2, k=3):
    """Say which films of a list are relevant, move k, and watch the three measures at every k.

    precision_at_k, recall_at_k, ndcg_at_k: the student's functions. titles: of the films in the list, best first.
    hits: ranks, from 1, of the films that are relevant at first. missed: how many more are relevant and not in the list.
    """
    measures = dict(zip(LOOKS, (precision_at_k, recall_at_k, ndcg_at_k), strict=True))
    return RankingMetrics(measures, list(titles), hits, missed, k)


class RankingMetrics(Panel):
    def __init__(self, measures, titles, hits, missed, k):
        super().__init__(width=8.2, height=3.9)
        self.measures, self.titles, self.ranks = measures, titles, np.arange(1, len(titles) + 1)
        self.boxes = [
            Checkbox(rank in hits, description=f"{rank}  {title}", indent=False, layout=Layout(width="auto"))
            for rank, title in enumerate(titles, start=1)
        ]
        self.k = labelled(IntSlider(k, 1, len(titles), description="Places that count, k"))
        self.missed = labelled(IntSlider(missed, 0, MOST_MISSED, description="Relevant, not in the list"))
        for control in (*self.boxes, self.k, self.missed):
            control.observe(self.refresh, names="value")
        self._draw_once()
        column = Layout(width="26em", max_width="100%")
        films = VBox([HTML("<b>The list, best first: tick what is relevant</b>"), *self.boxes], layout=column)
        self.start([films, VBox([self.k, self.missed], layout=column)])

    def _draw_once(self):
        axes, n = self.axes, len(self.titles)
        self.cut = axes.axvline(1, color=BLACK, linewidth=1, linestyle=":")
        self.lines = {name: axes.plot([], [], label=name, markersize=6, linewidth=1.8, **look)[0] for name, look in LOOKS.items()}
        ring = {"color": BLACK, "fillstyle": "none", "linestyle": "none"}
        self.rings = axes.plot([], [], "o", markersize=13, markeredgewidth=1.6, label="at k", **ring)[0]
        self.hits = axes.plot([], [], "D", color=BLACK, markersize=8, linestyle="none", label="hit")[0]
        self.misses = axes.plot([], [], "x", color=BLACK, markersize=6, linestyle="none", label="no hit")[0]
        axes.set(xlim=(0.5, n + 0.5), ylim=(2 * STRIP, 1.08), xlabel="rank, and places that count, k", ylabel="measure at k")
        axes.set_xticks(self.ranks)
        axes.set_yticks(np.arange(0, 1.1, 0.2))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), labelspacing=0.9, frameon=False)
        self.title = axes.set_title(" \n ", loc="left", weight="bold", fontsize=11)
        self.moving = [self.cut, *self.lines.values(), self.rings, self.hits, self.misses, self.title]

    def draw(self):
        k, n = self.k.value, len(self.titles)
        is_hit = np.array([box.value for box in self.boxes])
        relevant = {*np.flatnonzero(is_hit).tolist(), *range(n, n + self.missed.value)}
        values = {
            name: np.array([float(measure(list(range(n)), set(relevant), int(rank))) for rank in self.ranks])
            for name, measure in self.measures.items()
        }
        for name, line in self.lines.items():
            line.set_data(self.ranks, values[name])
        self.cut.set_xdata([k, k])
        self.rings.set_data([k] * len(values), [of[k - 1] for of in values.values()])
        for marks, ranks in ((self.hits, self.ranks[is_hit]), (self.misses, self.ranks[~is_hit])):
            marks.set_data(ranks, np.full(len(ranks), STRIP))
        self.title.set_text(f"{_hits(is_hit[:k].sum())} in {_places(k)}, {len(relevant)} relevant in all\n{_told(values, k)}")
        rows = [
            (rank, title, "yes" if hit else "no", *(_number(of[rank - 1]) for of in values.values()))
            for rank, title, hit in zip(self.ranks, self.titles, is_hit, strict=True)
        ]
        head = ("rank and k", "film", "hit", *(f"{name} at k" for name in values))
        self.table.value = table_html(f"The list, {len(relevant)} relevant in all", head, rows)
        return (
            f"Three curves over k from 1 to {n}, for a list with {_hits(is_hit.sum())} at {_ranks(self.ranks[is_hit])}; {len(relevant)} "
            f"relevant in all. Marked: {_told(values, k)}. At the end of the list: {_told(values, n)}."
        )


def _told(values, k):
    return ", ".join(f"{name}@{k} {_number(of[k - 1])}" for name, of in values.items())


def _number(value):
    return "not defined" if np.isnan(value) else f"{value:.3f}"


def _hits(number):
    return "1 hit" if number == 1 else f"{number} hits"


def _places(number):
    return "1 place" if number == 1 else f"{number} places"


def _ranks(ranks):
    return f"the ranks {', '.join(map(str, ranks))}" if len(ranks) else "no rank"
