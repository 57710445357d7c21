"""Lesson 10 to play with: alpha and reg on the toy, trained anew at each move."""

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider

from mfref.plots.implicit import draw_cells, fill_cells, table_of_counts
from mfref.widgets.board import STANDS_OUT, labelled, table_html
from mfref.widgets.panel import Panel

FORM = "{:.2f}"


def retrain(train_implicit, data, alpha=2.0, reg=1.0):
    """The toy's predicted preferences for the alpha and the reg that the reader sets, and a listener's list of unplayed songs.

    train_implicit: the student's function; it trains 2 factors for 15 epochs, always from the same start. data: the toy.
    """
    return Retrain(train_implicit, data, alpha, reg)


class Retrain(Panel):
    def __init__(self, train_implicit, data, alpha, reg):
        super().__init__(width=7.4, height=5.2)
        self.train_implicit, self.data, self.counts = train_implicit, data, table_of_counts(data)
        self.alpha = labelled(FloatSlider(alpha, min=0, max=10, step=0.5, description="alpha"))
        self.reg = labelled(FloatLogSlider(reg, min=-2, max=2, step=0.1, readout_format=".3g", description="reg"))
        names = list(data.users["name"])
        self.listener = labelled(
            Dropdown(options=list(zip(names, range(len(names)), strict=True)), description="Listener"), "16em"
        )
        self.image, self.texts, frames = draw_cells(self.axes, 0 * self.counts, data, "", FORM, marked=self.counts == 0)
        self.axes.set_ylabel("song (framed: not played)")
        self.title = self.axes.set_title(" ", loc="left", weight="bold", fontsize=12)
        self.moving = [self.image, *frames, *self.texts, self.title]
        self.start([self.alpha, self.reg], [self.listener])

    def draw(self):
        users, items, counts = self.data.arrays()
        alpha, reg, rng = self.alpha.value, self.reg.value, np.random.default_rng(3)
        shape = self.data.n_users, self.data.n_items
        P, Q, history = self.train_implicit(users, items, counts, *shape, 2, alpha, reg, 15, rng)
        predicted = np.asarray(P) @ np.asarray(Q).T
        fill_cells(self.image, self.texts, predicted, FORM)
        self.title.set_text(f"Predicted preferences: alpha = {alpha:g}, reg = {reg:.3g}")
        self._list(predicted[self.listener.value])
        played = self.counts > 0
        return (
            f"Predicted preferences, songs by listeners, with alpha = {alpha:g} and reg = {reg:.3g}. Their mean is "
            f"{predicted[played].mean():.2f} where something was played, {predicted[~played].mean():.2f} where nothing was. "
            f"The loss after {len(history)} epochs is {history[-1]:.2f}."
        )

    def _list(self, predicted):
        played = self.counts[self.listener.value] > 0
        titles, order = list(self.data.items["title"]), np.argsort(-predicted, kind="stable")
        shown = [f"{titles[i]} ({predicted[i]:.2f})" for i in order if not played[i]]
        self.below.value = f"<p>What {self.listener.label} has not played, best first: {'; '.join(shown) or 'nothing'}.</p>"
        rows = [
            (
                titles[i] if played[i] else STANDS_OUT + titles[i],
                f"{self.counts[self.listener.value, i]:g}",
                f"{predicted[i]:.2f}",
            )
            for i in order
        ]
        self.table.value = table_html(
            f"{self.listener.label}: all songs, those not played marked", ("song", "plays", "predicted preference"), rows
        )
