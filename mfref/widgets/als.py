"""Lesson 08 to play with: on the toy's plane, solve the listeners, then the songs, and watch the loss fall."""

import numpy as np
from ipywidgets import Button, FloatSlider

from mfref.plots.picture import BLACK, BLUE, GREY, ORANGE
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel

LISTENERS, SONGS, AGAIN = "Solve the listeners", "Solve the songs", "Start again"
REACH = 3.2


def half_steps(solve_user, data, reg=0.1):
    """The toy's listeners and songs as points on the plane of two factors; each button solves one side for the other.

    solve_user: the student's function. data: `Ratings` of few users and items. reg: where the slider starts.
    """
    return HalfSteps(solve_user, data, reg)


class HalfSteps(Panel):
    def __init__(self, solve_user, data, reg):
        super().__init__(width=10.4, height=4.8, columns=2)
        self.solve_user = solve_user
        self.users, self.items, self.ratings = data.arrays()
        self.names, self.titles = list(data.users["name"]), list(data.items["title"])
        self.reg = labelled(FloatSlider(reg, min=0.01, max=3, step=0.01, description="Regularization reg"))
        self.reg.observe(self._start_again, names="value")
        buttons = [Button(description=text, layout={"width": "auto"}) for text in (LISTENERS, SONGS, AGAIN)]
        for button, go in zip(buttons, (self._listeners, self._songs, self._start_again), strict=True):
            button.on_click(go)
        self._begin()
        self._draw_once()
        self.start([self.reg], buttons)

    def _begin(self):
        rng = np.random.default_rng(20)  # of all starts tried, the one whose names stand farthest apart
        self.P, self.Q = rng.normal(size=(len(self.names), 2)), rng.normal(size=(len(self.titles), 2))
        self.steps = [("start", self.loss(self.P, self.Q))]

    def loss(self, P, Q):
        errors = self.ratings - (P[self.users] * Q[self.items]).sum(1)
        return float((errors**2).sum() + self.reg.value * ((P**2).sum() + (Q**2).sum()))

    def _solved(self, fixed, rows, columns, n):
        given = [(columns[rows == row], self.ratings[rows == row]) for row in range(n)]
        solved = [self.solve_user(fixed, *pair, self.reg.value) for pair in given]
        if any(p is None or np.shape(p) != (2,) for p in solved):
            raise ValueError("solve_user should return 2 numbers, a vector as long as a row of Q")
        return np.array(solved, dtype=float)

    def _listeners(self, _button):
        with self.guarded():
            self.P = self._solved(self.Q, self.users, self.items, len(self.P))
            self.steps.append(("listeners", self.loss(self.P, self.Q)))
            self.refresh()

    def _songs(self, _button):
        with self.guarded():
            self.Q = self._solved(self.P, self.items, self.users, len(self.Q))
            self.steps.append(("songs", self.loss(self.P, self.Q)))
            self.refresh()

    def _start_again(self, _change):
        self._begin()
        self.refresh()

    def _draw_once(self):
        plane, curve = self.axes
        plane.axhline(0, color=GREY, linewidth=0.5)
        plane.axvline(0, color=GREY, linewidth=0.5)
        plane.set(aspect="equal", xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="factor 0", ylabel="factor 1")
        self.points = [
            plane.plot([], [], look, color=colour, markersize=9, label=label)[0]
            for look, colour, label in (("o", BLUE, "listeners"), ("s", ORANGE, "songs"))
        ]
        self.labels = [plane.text(0, 0, "", fontsize=8, clip_on=True) for _ in (*self.names, *self.titles)]
        plane.legend(loc="lower left", fontsize=8)
        self.line = curve.plot([], [], "o-", color=BLACK)[0]
        curve.set(xlabel="half-step", ylabel="loss", title="Each half-step lowers the loss, or leaves it")

    def draw(self):
        for points, place in zip(self.points, (self.P, self.Q), strict=True):
            points.set_data(*place.T)
        points = np.vstack([self.P, self.Q])
        for text, name, (x, _), height in zip(self.labels, (*self.names, *self.titles), points, moved_apart(points), strict=True):
            text.set_position((x + 0.1, height))
            text.set_text(name)
        losses = [loss for _, loss in self.steps]
        self.line.set_data(range(len(losses)), losses)
        self.axes[1].set(xlim=(-0.5, max(6, len(losses)) - 0.5), ylim=(0, 1.1 * max(losses)))
        what, loss = self.steps[-1]
        said = "the start" if what == "start" else f"{what} solved"
        self.axes[0].set_title(f"Half-step {len(losses) - 1}: {said}, loss {loss:.2f}", loc="left", weight="bold", fontsize=10.5)
        self.table.value = table_html(
            "The loss after each half-step",
            ("half-step", "solved", "loss"),
            [(n, w, f"{v:.3f}") for n, (w, v) in enumerate(self.steps)],
        )
        places = "; ".join(f"{name} ({x:.2f}, {y:.2f})" for name, (x, y) in zip(self.names, self.P, strict=True))
        return (
            f"Half-step {len(losses) - 1}, {said}, reg {self.reg.value:g}: loss {loss:.2f}. Two factors; the listeners stand at {places}. "
            f"The songs are squares. Beside it the loss by half-step: {', '.join(f'{v:.1f}' for v in losses)}."
        )


def moved_apart(points, width=1.7, gap=0.19):
    """→ the heights of the points' names, moved up until none of the given width (in units of the plane) covers another."""
    heights = points[:, 1] - gap / 3
    order = np.argsort(heights)
    for place, n in enumerate(order):
        near = [m for m in order[:place] if abs(points[m, 0] - points[n, 0]) < width]
        while any(abs(heights[m] - heights[n]) < gap for m in near):
            heights[n] += gap / 4
    return heights
