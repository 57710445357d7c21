"""Lesson 13 to play with: what each hidden unit adds to one prediction."""

import numpy as np
import pandas as pd
from ipywidgets import Dropdown

from mfref.plots.neural import draw_contributions
from mfref.widgets.board import labelled, table_html
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.panel import Panel


def hidden_units(forward, weights, data):
    """From b2 over all hidden units to the prediction, for a user and a film that the reader picks.

    forward: the student's function. weights: as `train_ncf` returns them; the rows of P and Q are those of `data`, a `Ratings`.
    """
    return HiddenUnits(forward, weights, data)


class HiddenUnits(Panel):
    def __init__(self, forward, weights, data):
        super().__init__(width=8.4, height=4.4)
        self.forward, self.weights = forward, weights
        users, items, ratings = data.arrays()
        self.known = {(u, i): r for u, i, r in zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True)}
        self.titles = list(data.items["title"])
        counts = np.bincount(items, minlength=data.n_items)
        ids = data.users["user_id"].tolist()
        self.user = labelled(Dropdown(options=list(zip(ids, range(len(ids)), strict=True)), value=0, description="User"), "14em")
        films = pd.DataFrame({"name": self.titles, "n_ratings": counts})
        self.film = FilmSearch(films, int(counts.argmax()), self.guarded, self.refresh)
        self.start([self.user, self.film.root])

    def draw(self):
        u, i = self.user.value, self.film.chosen
        predicted, hidden = (np.asarray(part) for part in self.forward(self.weights, np.array([u]), np.array([i])))
        parts = hidden[0] * self.weights["w2"]
        bias = float(self.weights["b2"][0])
        self.axes.clear()
        alt = draw_contributions(self.axes, parts, bias, f"User {self.user.label} and {self.titles[i]}")
        rating = self.known.get((u, i))
        rated = "This user has not rated this film." if rating is None else f"The actual rating is {rating:g}."
        awake = int((hidden[0] > 0).sum())
        self.below.value = (
            f"<p>b2 and the hidden units together: {bias + parts.sum():.2f}. The prediction of forward: {predicted[0]:.2f}. "
            f"Hidden units above 0: {awake} of {len(parts)}. {rated}</p>"
        )
        rows = [
            (j, f"{h:.2f}", f"{w:+.2f}", f"{round(h * w, 2) + 0.0:+.2f}")
            for j, (h, w) in enumerate(zip(hidden[0], self.weights["w2"], strict=True))
        ]
        caption = f"The hidden units for user {self.user.label} and {self.titles[i]}"
        self.table.value = table_html(caption, ("unit", "hidden", "w2", "hidden · w2"), rows)
        return alt
