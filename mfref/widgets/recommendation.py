"""Lesson 06 to play with: your own ratings are folded in, and your list stands beside the one that everybody gets."""

import textwrap
from html import escape

import numpy as np
from ipywidgets import HTML, Button, Dropdown, Layout, ToggleButtons, VBox

from mfref.models.base import rows_of
from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE
from mfref.widgets.board import STANDS_OUT, beside_each_other, labelled, table_html
from mfref.widgets.explorer_films import film_table
from mfref.widgets.explorer_lists import Visitor
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.panel import Panel

N = 10
PARTS = {
    "your bias": {"color": ORANGE, "hatch": "//"},
    "film's bias": {"color": BLUE},
    "interaction": {"color": GREEN, "hatch": ".."},
}


def rate_films(top_n, model, data, ratings=None):
    """Rate films, and see the ten for you, each in its parts, beside the ten that somebody without ratings gets.

    top_n: the student's (scores, n, exclude) → positions. model: a fitted `MatrixFactorization`. data: the `Ratings` it was
    trained on. ratings: dict raw item id → your rating, to begin with.
    """
    return RateFilms(top_n, model, data, ratings or {})


class RateFilms(Panel):
    def __init__(self, top_n, model, data, ratings):
        super().__init__(width=8.8, height=5.6)
        self.top_n, self.model, self.films = top_n, model, film_table(model, data)
        self.visitor = Visitor(model, self.films)
        self.visitor.ratings.update(ratings)
        most = int(self.films["n_ratings"].to_numpy().argmax())
        self.search = FilmSearch(self.films, most, self.guarded, self._say_chosen)
        self.rating = ToggleButtons(options=range(1, 6), value=5, description="Your rating")
        self.rating.style.description_width = self.rating.style.button_width = self.rating.layout.width = "auto"
        self.chosen, self.rate = HTML(), Button(description="Rate", icon="star")
        self.yours = labelled(Dropdown(description="Rated films"), "auto")
        self.take_back = Button(description="Take back", icon="undo")
        self.rate.on_click(lambda _: self._change(self.visitor.rate, self.search.chosen, self.rating.value))
        self.take_back.on_click(lambda _: self._change(self.visitor.take_back, self.yours.value))
        self._say_chosen()
        self._list_ratings()
        self._draw_once()
        beside = VBox(
            [self.chosen, self.rating, self.rate, self.yours, self.take_back], layout=Layout(width="28em", max_width="100%")
        )
        self.start([self.search.root, beside])

    def _say_chosen(self):
        film = self.films.iloc[self.search.chosen]
        about = f"{escape(_spaced(film['genres']))}; {_ratings(film['n_ratings'])}"
        self.chosen.value = f'<div style="line-height:1.5"><b>{escape(film["name"])}</b><br>{about}</div>'

    def _change(self, change, *arguments):
        with self.guarded():
            change(*arguments)
            self._list_ratings(arguments[0])
        if not self.message.value:
            self.refresh()

    def _list_ratings(self, changed=None):
        """List what can be taken back: first of all the film that has just been rated."""
        rated = self.visitor.ratings
        rows = rows_of(self.model.item_ids_, list(rated)).tolist()
        names = self.films["name"].to_numpy()
        self.yours.options = [(f"{rating:g}: {names[row]}", row) for row, rating in zip(rows, rated.values(), strict=True)]
        if rows:
            self.yours.value = changed if changed in rows else rows[-1]
        self.yours.disabled = self.take_back.disabled = not rows

    def _draw_once(self):
        axes = self.axes
        self.figure.set_layout_engine("none")
        axes.set_position((0.31, 0.09, 0.67, 0.79))  # room for the longest titles
        axes.yaxis.set_label_coords(-0.42, 0.5)
        self.start_line = axes.axvline(0, color=BLACK, linewidth=1)
        places = np.arange(N)[:, None] + (np.arange(3) - 1) * 0.27  # a staircase in each row: its three steps go down
        self.steps = [
            axes.barh(places[:, n], np.ones(N), height=0.27, edgecolor="white", linewidth=0, label=name, **look)
            for n, (name, look) in enumerate(PARTS.items())
        ]
        self.ends = axes.plot([], [], "D", color=BLACK, markersize=5, label="prediction")[0]
        self.numbers = [axes.text(0, 0, "", va="center", fontsize=9, weight="bold") for _ in range(N)]
        axes.set(ylim=(N - 0.4, -0.6), xlabel="rating points", ylabel="film")
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=4, fontsize=9, frameon=False, handletextpad=0.5, columnspacing=1.2
        )

    def draw(self):
        rated = self.visitor.ratings
        rows = rows_of(self.model.item_ids_, list(rated))
        b, p = self.model.fold_in(list(rated), list(rated.values()))
        mine, crowd = self._best(b, p, rows), self._best(0.0, np.zeros_like(p), rows)
        parts = np.column_stack([np.full(len(mine), b), self.model.b_item_[mine], self.model.Q_[mine] @ p])
        predicted = self.model.mu_ + parts.sum(axis=1)
        self._move(mine, parts)
        self.below.value = self._lists(mine, predicted, crowd)
        films, mean = self.films.iloc[mine], self.model.mu_
        lines = [
            (name, _spaced(genres), f"{mean:.2f}", *(f"{part:+.2f}" for part in of), f"{sum_:.2f}")
            for name, genres, of, sum_ in zip(films["name"], films["genres"], parts, predicted, strict=True)
        ]
        self.table.value = table_html("Your films, each in its parts", ("film", "genres", "mean", *PARTS, "predicted"), lines)
        steps = "; ".join(f"{name}: film's bias {i}, interaction {pq}, prediction {sum_}" for name, *_, i, pq, sum_ in lines)
        return (
            f"The films for you after {_ratings(len(rated))}, a staircase for each. All begin at the mean, {mean:.2f}, and step by your "
            f"bias, {b:+.2f}. {steps}. Number of these films that are also in everybody's list: {len(set(mine) & set(crowd))}."
        )

    def _best(self, b, p, excluded):
        best = self.top_n(self.model.scores_of(b, p), N, exclude=excluded)
        if best is None:
            raise TypeError("top_n returned nothing; it should return the positions of the highest scores")
        if len(best) > N:
            raise ValueError(f"top_n was asked for {N} positions and returned {len(best)}")
        return np.asarray(best, dtype=int).tolist()

    def _move(self, mine, parts):
        """Move the steps of the staircases. Rows that no film needs are empty."""
        levels = np.full((N, 4), self.model.mu_)
        levels[: len(mine), 1:] += np.cumsum(parts, axis=1)
        for n, bars in enumerate(self.steps):
            for row, bar in enumerate(bars):
                bar.set_x(levels[row, n])
                bar.set_width(levels[row, n + 1] - levels[row, n])
        low, high = levels.min(), levels.max()
        pad = 0.04 * max(high - low, 0.5)
        self.ends.set_data(levels[: len(mine), 3], np.arange(len(mine)) + 0.27)
        for row, number in enumerate(self.numbers):
            number.set_text(f"{levels[row, 3]:.2f}" if row < len(mine) else "")
            number.set_position((levels[row].max() + 1.3 * pad, row + 0.27 * (levels[row].max() == levels[row, 3])))
        self.start_line.set_xdata([self.model.mu_] * 2)
        self.axes.set_title(f"From the mean, {self.model.mu_:.2f}, to the predictions for you", pad=26)
        self.axes.set_xlim(low - pad, high + 5 * pad)
        names = self.films["name"].to_numpy()[mine]
        self.axes.set_yticks(range(len(mine)), [textwrap.shorten(name, 36, placeholder=" …") for name in names], fontsize=9)

    def _lists(self, mine, predicted, crowd):
        """→ HTML: your ratings, your list, everybody's list; films of both lists have a dot."""
        rated, both = self.visitor.ratings, set(mine) & set(crowd)
        told = f"Films in both lists: {len(both)}. They are bold and have a dot."
        for_all = self.model.mu_ + self.model.b_item_[crowd]
        given = [f"{rating:g}" for rating in rated.values()]
        tables = [
            self._table(f"For you, after {_ratings(len(rated))}", "predicted", mine, _two_digits(predicted), both),
            self._table("For everybody: mean + film's bias", "predicted", crowd, _two_digits(for_all), both),
        ]
        if rated:
            tables.append(self._table("Your ratings", "rating", rows_of(self.model.item_ids_, list(rated)), given))
        return f"<p>{told}</p>{beside_each_other(tables)}"

    def _table(self, caption, kind, rows, values, both=()):
        names = self.films["name"].to_numpy()
        lines = [(f"{STANDS_OUT * (row in both)}{names[row]}", value) for row, value in zip(rows, values, strict=True)]
        return table_html(caption, ("film", kind), lines)


def _ratings(number):
    return "1 rating" if number == 1 else f"{number} ratings"


def _spaced(genres):
    return genres.replace("|", ", ")


def _two_digits(values):
    return [f"{value:.2f}" for value in values]
