"""Lesson 04 to play with: one prediction, step by step from the mean of all, for any user and film."""

import numpy as np
import pandas as pd
from ipywidgets import Dropdown

from mfref.plots.biases import draw_waterfall
from mfref.widgets.board import labelled, table_html
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.panel import Panel


def waterfall(predict_baseline, predict_biased, trained, data, held_out):
    """From the global mean over the user's and the film's bias to the prediction, for a user and a film that the reader picks.

    predict_baseline, predict_biased: the student's functions. trained: (mu, b_user, b_item, P, Q), learned from `data` without
    the ratings with the indices `held_out`. data: `Ratings`, whose rows are those of P and Q.
    """
    return Waterfall(predict_baseline, predict_biased, trained, data, held_out)


class Waterfall(Panel):
    def __init__(self, predict_baseline, predict_biased, trained, data, held_out):
        super().__init__(width=7.6, height=4.4)
        self.predict_baseline, self.predict_biased, self.trained = predict_baseline, predict_biased, trained
        users, items, ratings = data.arrays()
        self.known = {(u, i): r for u, i, r in zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True)}
        self.unseen = set(zip(users[held_out].tolist(), items[held_out].tolist(), strict=True))
        self.titles = list(data.items["title"])
        counts = np.bincount(items, minlength=data.n_items)
        films = pd.DataFrame({"name": self.titles, "n_ratings": counts})
        ids = data.users["user_id"].tolist()
        first = held_out[counts[items[held_out]].argmax()]  # begin with a rating that the model has not seen
        u, i = users[first], items[first]
        self.user = labelled(
            Dropdown(options=list(zip(ids, range(len(ids)), strict=True)), value=int(u), description="User"), "14em"
        )
        self.film = FilmSearch(films, int(i), self.guarded, self.refresh)
        self.figure.set_layout_engine("none")  # finding the places anew takes longer than drawing
        self.axes.set_position((0.09, 0.21, 0.89, 0.66))  # room for names of three lines
        self.start([self.user, self.film.root])

    def draw(self):
        u, i = self.user.value, self.film.chosen
        mu, b_user, b_item, P, Q = self.trained
        pair = np.array([u]), np.array([i])
        baseline = float(np.asarray(self.predict_baseline(mu, b_user, b_item, *pair))[0])
        predicted = float(np.asarray(self.predict_biased(mu, b_user, b_item, P, Q, *pair))[0])
        user, title = f"user {self.user.label}", self.titles[i]
        parts = {"mean of all": mu, user: b_user[u], title: b_item[i], "interaction": predicted - baseline}
        self.axes.clear()
        alt = draw_waterfall(self.axes, parts, self.known.get((u, i)), f"What {user} may think of {title}")
        self.below.value = f"<p>{self._about(u, i)}</p>"
        rows = [(name, f"{value:+.2f}") for name, value in parts.items()]
        self.table.value = table_html(
            "The prediction in its parts", ("part", "rating points"), [*rows, ("sum", f"{predicted:.2f}")]
        )
        return alt

    def _about(self, u, i):
        if (u, i) in self.unseen:
            return "This rating is known, but was held out: the model has not seen it."
        if (u, i) in self.known:
            return "This rating is one of those that the model was trained on."
        return "This user has not rated this film."
