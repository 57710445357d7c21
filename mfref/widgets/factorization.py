"""Lesson 02 to play with: two vectors and their dot product, and a rotation that no prediction notices."""

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider

from mfref.plots.factorization import turn
from mfref.plots.picture import BLACK, BLUE, GREY, ORANGE
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel


def move_factors(predict_one, P, Q, data, u=2, i=5):
    """Move a listener's and a song's two factors, turn the plane, and watch what `predict_one` gives.

    predict_one: the student's function. P (n_users, 2), Q (n_items, 2): where to begin. u, i: the rows chosen first.
    """
    return MoveFactors(predict_one, P, Q, data, u, i)


class MoveFactors(Panel):
    def __init__(self, predict_one, P, Q, data, u, i):
        super().__init__(width=7.4, height=5.2)
        self.predict_one = predict_one
        self.P, self.Q = np.array(P, dtype=float), np.array(Q, dtype=float)
        self.names, self.titles = list(data.users["name"]), list(data.items["title"])
        self.known = {(a, b): r for a, b, r in zip(*data.arrays(), strict=True)}
        self.listener = Dropdown(options=list(zip(self.names, range(len(self.P)), strict=True)), value=u, description="Listener")
        self.song = Dropdown(options=list(zip(self.titles, range(len(self.Q)), strict=True)), value=i, description="Song")
        self.sliders = [_factor(f"{whose} factor {f}") for whose in ("Listener's", "Song's") for f in (0, 1)]
        self.angle = labelled(IntSlider(0, -180, 180, 5, description="Turn by degrees"))
        self._place_sliders()
        for choice in (self.listener, self.song):
            choice.observe(self._choose, names="value")
        self._draw_once()
        self.start([self.listener, self.song], self.sliders[:2], self.sliders[2:], [self.angle])

    def _place_sliders(self):
        for slider, value in zip(self.sliders, (*self.P[self.listener.value], *self.Q[self.song.value]), strict=True):
            slider.value = value

    def _choose(self, _change):
        with self.quietly():
            self._place_sliders()

    def _draw_once(self):
        reach = 1.25 * max(np.linalg.norm(self.P, axis=1).max(), np.linalg.norm(self.Q, axis=1).max(), 3)
        axes = self.axes
        axes.axhline(0, color=GREY, linewidth=0.5)
        axes.axvline(0, color=GREY, linewidth=0.5)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="factor 0", ylabel="factor 1")
        kinds = (("^", "listeners"), ("o", "songs"))
        self.others = [axes.plot([], [], marker, color=GREY, markersize=5, label=name)[0] for marker, name in kinds]
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        arrow = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.008}
        self.arrow = axes.quiver([0], [0], [1], [1], color=BLUE, zorder=4, **arrow)
        self.point = axes.plot([], [], "o", color=ORANGE, markeredgecolor=BLACK, markersize=10, zorder=5)[0]
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
        self.labels = [axes.text(0, 0, "", color=colour, weight="bold", bbox=box, zorder=6) for colour in (BLUE, BLACK)]
        self.title = axes.set_title(" \n ", loc="left", weight="bold", fontsize=11)
        self.moving = [*self.others, self.arrow, self.point, *self.labels, self.title]

    def draw(self):
        u, i = self.listener.value, self.song.value
        self.P[u], self.Q[i] = ([s.value for s in part] for part in (self.sliders[:2], self.sliders[2:]))
        R = turn(self.angle.value)
        P, Q = self.P @ R, self.Q @ R
        predicted = float(self.predict_one(P, Q, u, i))
        for line, points in zip(self.others, (P, Q), strict=True):
            line.set_data(*points.T)
        self.arrow.set_UVC([P[u, 0]], [P[u, 1]])
        self.point.set_data([Q[i, 0]], [Q[i, 1]])
        for label, place, name in zip(self.labels, (P[u], Q[i]), (self.names[u], self.titles[i]), strict=True):
            label.set_text(name)
            label.set_position(place + 0.15 * np.sign(place))
            label.set_horizontalalignment("left" if place[0] >= 0 else "right")
            label.set_verticalalignment("bottom" if place[1] >= 0 else "top")
        rating = self.known.get((u, i))
        known = "not rated" if rating is None else f"rated {rating:g}"
        numbers = f"p = {_pair(P[u])}, q = {_pair(Q[i])}"
        self.title.set_text(f"Predicted rating {predicted:.2f} ({known})\n{numbers}")
        self._say_what_turned(P, Q, u)
        return (
            f"The plane of two factors, turned by {self.angle.value} degrees. {self.names[u]} is an arrow, {self.titles[i]} a filled "
            f"point, the others grey. {numbers}; the predicted rating is {predicted:.2f}, {known}."
        )

    def _say_what_turned(self, P, Q, u):
        """By how much the turn moved factors and predictions, and the listener's row as a table."""
        before, after = (
            [float(self.predict_one(*factors, u, i)) for i in range(len(Q))] for factors in ((self.P, self.Q), (P, Q))
        )
        moved = max(np.abs(P - self.P).max(), np.abs(Q - self.Q).max())
        changed = np.abs(np.subtract(before, after)).max()
        self.below.value = (
            f"<p>Largest change by the turn: of a factor <b>{moved:.2f}</b>, of a prediction <b>{changed:.2f}</b>.</p>"
        )
        rows = [
            (title, f"{q[0]:.2f}", f"{q[1]:.2f}", f"{r:.2f}", f"{self.known.get((u, i), '?')}")
            for i, (title, q, r) in enumerate(zip(self.titles, Q, after, strict=True))
        ]
        self.table.value = table_html(
            f"All predictions for {self.names[u]}", ("song", "factor 0", "factor 1", "predicted", "rated"), rows
        )


def _factor(name):
    return labelled(FloatSlider(0, min=-3, max=3, step=0.1, description=name))


def _pair(v):
    return f"({v[0] + 0:.2f}, {v[1] + 0:.2f})"
