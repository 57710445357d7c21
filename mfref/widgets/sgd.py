"""Lesson 03 to play with: one rating's step after step, with the old p and with the new."""

import numpy as np
from ipywidgets import Button, FloatSlider, ToggleButtons

from mfref.plots.picture import BLACK, BLUE, GREY, ORANGE, RED
from mfref.sgd import sgd_step as with_the_old_p
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel
from mfref.widgets.race import race as race  # the notebook calls both widgets of the lesson by this module

YOURS, OLD, NEW = "your sgd_step", "with the old p", "with the new p"
MOST_STEPS = 40
BEYOND = 1e4  # a prediction this far from the rating does not come back


def one_update(sgd_step, p=(0.4, 1.0), q=(1.4, 0.3), r=5.0, lr=0.1, reg=0.05):
    """Two vectors, the error of their one rating, and the moves it asks for: step by step, forwards and back.

    sgd_step: the student's function. p, q: where the vectors start, two numbers each. r, lr, reg: where the sliders start.
    Beside it runs the right step and the classic mistake, q moved with the p that has already moved.
    """
    return OneUpdate(sgd_step, p, q, r, lr, reg)


def with_the_new_p(P, Q, u, i, r, lr, reg):
    """The classic mistake: when q is moved, P[u] is no longer the p from before the step."""
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e


class OneUpdate(Panel):
    def __init__(self, sgd_step, p, q, r, lr, reg):
        super().__init__(width=10.4, height=4.4, columns=2)
        self.steps = {YOURS: sgd_step, OLD: with_the_old_p, NEW: with_the_new_p}
        self.begin, self.n_steps = (np.array(p, dtype=float), np.array(q, dtype=float)), 0
        self.rating = labelled(FloatSlider(r, min=1, max=5, step=0.5, description="Rating r"))
        self.lr = labelled(FloatSlider(lr, min=0.01, max=0.5, step=0.01, description="Learning rate lr"))
        self.reg = labelled(FloatSlider(reg, min=0, max=1, step=0.05, description="Regularization reg"))
        self.way = ToggleButtons(options=list(self.steps), description="Move", style={"description_width": "initial"})
        self.buttons = [Button(description=text, icon=icon) for text, icon in BUTTONS]
        for button, go in zip(self.buttons, (self._step, self._back, self._start_again), strict=True):
            button.on_click(go)
        self._draw_once()
        self.start([self.rating, self.lr, self.reg], [self.way], self.buttons)

    def _step(self, _button):
        self.n_steps = min(self.n_steps + 1, MOST_STEPS)
        self.refresh()

    def _back(self, _button):
        self.n_steps = max(self.n_steps - 1, 0)
        self.refresh()

    def _start_again(self, _button):
        self.n_steps = 0
        self.refresh()

    def path(self, way, n_steps):
        """→ (p, q, prediction) at the start and after each of n steps, with what the sliders say."""
        P, Q = (v[None, :].copy() for v in self.begin)
        states = [(P[0].copy(), Q[0].copy(), float(P[0] @ Q[0]))]
        with np.errstate(all="ignore"):
            for _ in range(n_steps):
                self.steps[way](P, Q, 0, 0, self.rating.value, self.lr.value, self.reg.value)
                states.append((P[0].copy(), Q[0].copy(), float(P[0] @ Q[0])))
        return states

    def _draw_once(self):
        vectors, curve = self.axes
        vectors.axhline(0, color=GREY, linewidth=0.5)
        vectors.axvline(0, color=GREY, linewidth=0.5)
        vectors.set(aspect="equal", xlabel="factor 0", ylabel="factor 1")
        plain = {"angles": "xy", "scale_units": "xy", "scale": 1}
        zeros = np.zeros(2)
        self.now, self.before = (
            vectors.quiver(zeros, zeros, zeros, zeros, color=[BLUE, ORANGE], width=0.011, alpha=alpha, zorder=3, **plain)
            for alpha in (1, 0.3)
        )
        self.moved = vectors.plot([], [], color=BLACK, linewidth=1.5, linestyle=":", zorder=4)[0]
        self.moves = vectors.quiver(zeros, zeros, zeros, zeros, color=BLACK, width=0.005, zorder=4, **plain)
        self.names = [
            vectors.text(0, 0, name, color=c, weight="bold", ha=ha, va="center")
            for name, c, ha in (("user p", BLUE, "right"), ("item q", "#b37400", "left"))
        ]
        looks = {
            YOURS: {"color": GREY, "linewidth": 6, "alpha": 0.5, "linestyle": "-"},
            OLD: {"color": BLUE, "linewidth": 1.8, "linestyle": "-", "marker": "o", "markersize": 4},
            NEW: {"color": RED, "linewidth": 1.8, "linestyle": "--", "marker": "s", "markersize": 4},
        }
        self.lines = {way: curve.plot([], [], label=way, **look)[0] for way, look in looks.items()}
        self.aim = curve.axhline(5, color=BLACK, linewidth=1, linestyle=":", label="the rating")
        curve.set(xlabel="step", ylabel="prediction p · q", ylim=(-2, 10.5))
        curve.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9, frameon=False)
        self.titles = [axes.set_title(" \n ", loc="left", weight="bold", fontsize=10.5) for axes in self.axes]
        self.moving = [self.before, self.moved, self.now, self.moves, *self.names, *self.lines.values(), self.aim, *self.titles]

    def draw(self):
        r, way = self.rating.value, self.way.value
        paths = {name: self.path(name, self.n_steps + 1) for name in self.steps}
        diverged = [name for name, states in paths.items() if far_off(states[self.n_steps][2], r)]
        p, q, predicted = paths[way][self.n_steps]
        self._draw_vectors([states[:2] for states in paths[way][max(self.n_steps - 1, 0) :]])
        self._draw_curves(paths, r, diverged)
        what = f"Step {self.n_steps}, {way}"
        numbers = (
            "diverged: the numbers have exploded"
            if way in diverged
            else f"p · q = {predicted:.2f}, error e = {r - predicted:.2f}"
        )
        self.titles[0].set_text(f"{what}\n{numbers}")
        states = paths[way][: self.n_steps + 1]
        rows = [(n, pair(p), pair(q), short(dot), short(r - dot)) for n, (p, q, dot) in enumerate(states)]
        self.table.value = table_html(f"Steps {way}", ("step", "p", "q", "prediction", "error"), rows)
        ends = "; ".join(
            f"{name}: {'diverged' if name in diverged else short(states[self.n_steps][2])}" for name, states in paths.items()
        )
        return (
            f"{what}: {numbers}. Arrows from the origin, the user's vector {pair(p)} and the item's {pair(q)}; pale arrows and "
            f"dots show the step before, black arrows the next moves of both. Beside it the prediction by step. The rating is {r:g}; "
            f"predictions now, {ends}."
        )

    def _draw_vectors(self, states):
        """The two vectors as they are: pale and dotted where they come from, in black where they go.

        states: (p, q) before the last step if there was one, now, and after the next step.
        """
        *before, here, there = (np.nan_to_num(np.clip(state, -50, 50)) for state in states)
        before = before[0] if before else here
        most = np.abs([before, here, there]).max()
        reach = next(r for r in (1.5, 2, 3, 4, 6, 8) if r == 8 or most < 0.9 * r)  # few sizes: seldom redrawn
        self.axes[0].set(xlim=(-0.3 * reach, reach), ylim=(-0.3 * reach, reach))
        self.before.set_UVC(*before.T)
        self.moved.set_data(*np.stack([before, here, np.full((2, 2), np.nan)], axis=1).reshape(-1, 2).T)
        self.now.set_UVC(*here.T)
        self.moves.set_offsets(here)
        self.moves.set_UVC(*(there - here).T)
        for text, place, side in zip(self.names, here, (1, -1), strict=True):
            beside = side * np.array([-place[1], place[0]]) / max(np.hypot(*place), 1e-9)
            text.set_position(np.clip(place / 2 + 0.06 * reach * beside, -0.25 * reach, 0.9 * reach))

    def _draw_curves(self, paths, r, diverged):
        seen = 5 * max(-(-self.n_steps // 5), 1)
        for name, line in self.lines.items():
            values = np.array([dot for *_, dot in paths[name][: self.n_steps + 1]])
            line.set_data(np.arange(len(values)), np.clip(np.nan_to_num(values, nan=1e3), -1e3, 1e3))
        self.aim.set_ydata([r, r])
        self.axes[1].set_xlim(-0.3, seen + 0.3)
        who = "all three ways" if len(diverged) == 3 else " and ".join(diverged)
        told = f"{who}: diverged" if diverged else "all three ways, with the same numbers"
        self.titles[1].set_text(f"The prediction, step by step\n{told}")


BUTTONS = (("Step", "step-forward"), ("Back", "step-backward"), ("Start again", "undo"))


def far_off(predicted, r):
    return not np.isfinite(predicted) or abs(predicted - r) > BEYOND


def short(value):
    return f"{value:.2f}" if abs(value) < 1000 else f"{value:.1e}" if np.isfinite(value) else "not a number"


def pair(v):
    return f"({short(v[0] + 0)}, {short(v[1] + 0)})"
