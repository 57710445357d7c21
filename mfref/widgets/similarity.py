"""Lesson 07 to play with: neighbours by each measure, and a turn that leaves the neighbours where they are."""

from html import escape

import numpy as np
from ipywidgets import IntSlider

from mfref.plots.factorization import turn
from mfref.plots.picture import BLACK, GREY, ORANGE
from mfref.plots.similarity import film_row
from mfref.widgets.board import STANDS_OUT, beside_each_other, labelled, table_html
from mfref.widgets.explorer_films import film_table
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.panel import Panel

MEASURES = ("cosine", "euclidean", "pearson")


def neighbours_by_measure(similar_items, model, ratings):
    """A film's nearest by cosine, euclidean and pearson side by side, as the student's function gives them.

    similar_items: the student's (Q, item, n, measure) → (items, similarities). model: fitted, with factors Q_ (n_items,
    n_factors). ratings: the `Ratings` it was trained on. Films that are in every list are bold and have a dot.
    """
    return NeighboursByMeasure(similar_items, model, ratings)


def turn_map(similar_items, model, ratings, at_least=100, n=5):
    """The map of a model with two factors, to turn: all numbers change. Which neighbours do?

    similar_items: the student's (Q, item, n, measure) → (items, similarities); it is asked again after each turn. model: fitted,
    with factors Q_ (n_items, 2). ratings: the `Ratings` it was trained on. at_least: films with fewer ratings are left
    out. n: length of the lists. Raises ValueError for a model that has not two factors.
    """
    return TurnMap(similar_items, model, ratings, at_least, n)


class NeighboursByMeasure(Panel):
    LONGEST = 15

    def __init__(self, similar_items, model, ratings):
        super().__init__()
        self.similar_items, self.Q, self.films = similar_items, model.Q_, film_table(model, ratings)
        self.search = FilmSearch(self.films, film_row(self.films), self.guarded, self.refresh)
        self.length = labelled(IntSlider(8, 1, self.LONGEST, description="Length of the lists"), "20em")
        self._asked, self._lists = None, {}
        self.start([self.search.root, self.length])

    def show_picture(self):
        """The lists are text and need no picture."""

    def draw(self):
        row, n = self.search.chosen, self.length.value
        self.below.value = ""
        if row != self._asked:
            found = {m: self.similar_items(self.Q, row, self.LONGEST, m) for m in MEASURES}
            self._lists = {m: [np.asarray(part) for part in parts] for m, parts in found.items()}
            self._asked = row
        lists = {m: (rows[:n], values[:n]) for m, (rows, values) in self._lists.items()}
        shared = set.intersection(*(set(rows.tolist()) for rows, _ in lists.values()))
        names, counts = (self.films[column].to_numpy() for column in ("name", "n_ratings"))
        heading = f"Nearest to {names[row]} ({counts[row]} ratings). {len(shared)} are in all three lists: bold, with a dot."
        self.below.value = side_by_side(
            heading, {m: self._lines(*part, shared) for m, part in lists.items()}, ("ratings", "similarity")
        )
        return f"{heading} " + " ".join(f"By {m}: {'; '.join(names[rows])}." for m, (rows, _) in lists.items())

    def _lines(self, rows, values, shared):
        films = self.films.iloc[rows]
        return [
            (name, row in shared, count, f"{value:.2f}")
            for name, row, count, value in zip(films["name"], rows.tolist(), films["n_ratings"], values, strict=True)
        ]

    def still(self):
        return self.message.value + self.below.value


class TurnMap(Panel):
    def __init__(self, similar_items, model, ratings, at_least, n):
        films = film_table(model, ratings)
        if model.Q_.shape[1] != 2:
            raise ValueError(f"this map shows all of a model with two factors; this one has {model.Q_.shape[1]}.")
        super().__init__(width=6.6, height=4.7)
        enough = np.flatnonzero(films["n_ratings"] >= at_least)
        kept = enough if len(enough) > n else np.arange(len(films))
        self.similar_items, self.n = similar_items, n
        self._asked, self._before = None, {}
        self.Q, self.films = np.asarray(model.Q_, dtype=float)[kept], films.iloc[kept]
        farthest = int(np.linalg.norm(self.Q, axis=1).argmax())  # it moves most
        self.search = FilmSearch(self.films, farthest, self.guarded, self.refresh)
        self.angle = labelled(IntSlider(0, -180, 180, 5, description="Turn by degrees"))
        self._draw_once()
        self.start([self.search.root, self.angle])

    def _draw_once(self):
        reach = 1.08 * np.linalg.norm(self.Q, axis=1).max()
        axes = self.axes
        axes.axhline(0, color=GREY, linewidth=0.5)
        axes.axvline(0, color=GREY, linewidth=0.5)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="factor 0", ylabel="factor 1")
        self.points = axes.plot([], [], ".", color="#9aa0a8", markersize=4, label="films")[0]
        self.near = axes.plot([], [], "s", color=BLACK, fillstyle="none", markersize=9, label="nearest by distance")[0]
        self.chosen = axes.plot([], [], "o", color=ORANGE, markeredgecolor=BLACK, markersize=10, label="chosen film")[0]
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9)
        self.title = axes.set_title(" \n ", loc="left", weight="bold", fontsize=10.5)
        self.moving = [self.points, self.near, self.chosen, self.title]

    def draw(self):
        row, turned = self.search.chosen, self.Q @ turn(self.angle.value)
        (x0, y0), (x, y) = self.Q[row] + 0.0, turned[row] + 0.0
        names = self.films["name"].to_numpy()
        if row != self._asked:
            self._before, self._asked = {m: self._nearest(self.Q, row, m) for m in MEASURES}, row
        before, after = self._before, {m: self._nearest(turned, row, m) for m in MEASURES}
        self.points.set_data(*turned.T)
        self.near.set_data(*turned[after["euclidean"][0]].T)
        self.chosen.set_data([x], [y])
        self.title.set_text(f"{names[row]}\nfactors ({x:.2f}, {y:.2f}), learned as ({x0:.2f}, {y0:.2f})")
        moved = {m: sum(i not in before[m][0] for i in after[m][0]) for m in MEASURES}
        captions = {
            m: f"{m}: {'as before the turn' if not moved[m] else f'{moved[m]} of {len(after[m][0])} are new'}" for m in MEASURES
        }
        lists = {
            captions[m]: [(names[i], i in before[m][0], f"{s:.2f}") for i, s in zip(*after[m], strict=True)] for m in MEASURES
        }
        heading = f"Nearest to {names[row]}, asked after the turn. Bold, with a dot: near before the turn, too."
        self.below.value = side_by_side(heading, lists, ("similarity",))
        rows = [(names[i], *(f"{v + 0:.2f}" for v in (*self.Q[i], *turned[i]))) for i in (row, *after["euclidean"][0])]
        head = ("film", "factor 0, learned", "factor 1, learned", "factor 0, turned", "factor 1, turned")
        self.table.value = table_html("The chosen film and its nearest by distance", head, rows)
        return (
            f"A map of {len(self.Q)} films by their two factors, turned by {self.angle.value} degrees. {names[row]} has moved from "
            f"({x0:.2f}, {y0:.2f}) to ({x:.2f}, {y:.2f}). Its neighbours by {'; by '.join(captions.values())}."
        )

    def _nearest(self, Q, row, measure):
        items, similarities = self.similar_items(Q, row, self.n, measure)
        return np.asarray(items).tolist(), np.asarray(similarities).tolist()


def side_by_side(heading, lists, columns):
    """→ HTML: a table for each caption in `lists`, beside each other where there is room. A line: name, stands out, cells."""
    tables = [table_html(caption, ("film", *columns), _marked(lines)) for caption, lines in lists.items()]
    return f"<p>{escape(heading)}</p>{beside_each_other(tables)}"


def _marked(lines):
    return [(f"{STANDS_OUT * stands_out}{name}", *cells) for name, stands_out, *cells in lines]
