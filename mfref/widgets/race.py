"""The race: training curves of several runners side by side, trained in the background, one epoch after the other."""

from contextlib import contextmanager
from html import escape
from textwrap import fill
from threading import Event, Thread
from time import monotonic

import numpy as np
from ipywidgets import HTML, Button, Checkbox, FloatSlider, IntProgress, IntSlider, SelectionSlider
from matplotlib import rc_context

from mfref.plots.picture import DASHES, PALETTE, STYLE
from mfref.widgets.board import labelled, one_draws, table_html
from mfref.widgets.panel import Panel

TEST_SHARE, SEED = 0.2, 3
RATES = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
REDRAW_AFTER = 0.2  # seconds; drawing more often would take the time that the training needs
CEILING = 4.5  # rating points; no useful training is further off


def race(runners, data, n_factors=8, lr=0.02, reg=0.1, n_epochs=12):
    """Train several steps on the same ratings in the same order, and watch their errors.

    runners: dict name → (step, settings): a function like `sgd_step(P, Q, u, i, r, lr, reg)`, and a dict that fixes "lr" or
    "reg" for this runner; what it does not fix, the sliders say. data: `Ratings`; a fifth of them is held out.
    n_factors, lr, reg, n_epochs: where the controls start. The first race is run at once, every other one in the background.
    """
    return Race(runners, data, n_factors, lr, reg, n_epochs)


class Race(Panel):
    def __init__(self, runners, data, n_factors, lr, reg, n_epochs):
        super().__init__(width=10.4, height=4.2, columns=2)
        self.runners, self.n_factors = runners, n_factors
        self.split(data)
        rows = self._make_controls(lr, reg, n_epochs)
        self.histories, self.failures, self._thread, self._stopped = {}, {}, None, Event()
        self._draw_once()
        self._first_race()
        self.start(*rows)
        for control in (control for row in rows for control in row if control.has_trait("value")):
            control.unobserve(self.refresh, names="value")  # they speak of the next race

    def _make_controls(self, lr, reg, n_epochs):
        rates = [(f"{rate:g}", rate) for rate in sorted({*RATES, lr})]
        self.lr = labelled(SelectionSlider(options=rates, value=lr, description="Learning rate"))
        self.reg = labelled(FloatSlider(reg, min=0, max=1, step=0.05, description="Regularization"))
        self.n_epochs = labelled(IntSlider(n_epochs, 1, 40, description="Epochs"))
        self.takes_part = [labelled(Checkbox(True, description=name, indent=False), "auto") for name in self.runners]
        self.run_button = Button(description="Run", icon="play")
        self.stop_button = Button(description="Stop", icon="stop", disabled=True)
        self.run_button.on_click(self._run)
        self.stop_button.on_click(self._stop)
        self.progress, self.told = labelled(IntProgress(0, description="Progress"), "18em"), HTML("ready")
        fixed = set.intersection(*(set(settings) for _, settings in self.runners.values()))
        sliders = [slider for name, slider in (("lr", self.lr), ("reg", self.reg)) if name not in fixed]
        buttons, told = [self.run_button, self.stop_button], [self.progress, self.told]
        return [*sliders, self.n_epochs], self.takes_part, buttons, told

    def split(self, data):
        """Hold out a fifth of the ratings, the same for all runners."""
        columns, shape = data.arrays(), (data.n_users, data.n_items)
        order = np.random.default_rng(SEED).permutation(len(columns[0]))
        n_test = round(TEST_SHARE * len(order))
        self.test, self.training = (tuple(c[part] for c in columns) for part in (order[:n_test], order[n_test:]))
        self.shape, self.name = shape, data.name

    def epochs(self, name, lr, reg):
        """Train one runner without end; after each epoch yields (training RMSE of the errors met on the way, test RMSE)."""
        step, settings = self.runners[name]
        lr, reg = settings.get("lr", lr), settings.get("reg", reg)
        rng = np.random.default_rng(SEED)  # the same factors and the same order for all
        P, Q = (rng.normal(0, 0.1, (n, self.n_factors)) for n in self.shape)
        users, items, ratings = (column.tolist() for column in self.training)
        test_users, test_items, test_ratings = self.test
        while True:
            with np.errstate(all="ignore"):  # who diverges would have NumPy warn at every step
                squared = 0.0
                for n in rng.permutation(len(ratings)).tolist():
                    e = step(P, Q, users[n], items[n], ratings[n], lr, reg)
                    if e is None:
                        raise TypeError("the step returned nothing; the race adds up the errors that it returns")
                    squared += e * e
                left = test_ratings - (P[test_users] * Q[test_items]).sum(axis=1)
                errors = float(np.sqrt(squared / len(ratings))), float(np.sqrt(np.mean(left**2)))
            yield errors

    def rounds(self, names, lr, reg, n_epochs):
        """Train all abreast, one epoch each; yields (epoch, name) after each, with `histories` grown by it.

        Whoever fails leaves the race, the others go on.
        """
        self.failures, self.histories = {}, {name: [] for name in names}
        running = {name: self.epochs(name, lr, reg) for name in names}
        for epoch in range(1, n_epochs + 1):
            for name in list(running):
                self._advance(name, running)
                yield epoch, name

    def _advance(self, name, running):
        with self.guarded():
            self.histories[name].append(next(running[name]))
            return
        self.failures[name] = self.message.value
        del running[name]

    @contextmanager
    def guarded(self):
        """As everywhere; but who has left the race stays told, without a flicker, while the others train."""
        with self.message.hold_trait_notifications():
            with super().guarded():
                yield
            self.message.value = self.message.value or "".join(dict.fromkeys(self.failures.values()))

    def _first_race(self):
        from mfref.progress_bar import progress_bar

        settings = list(self.runners), self.lr.value, self.reg.value, self.n_epochs.value
        for _ in progress_bar(self.rounds(*settings), "epochs trained", total=len(self.runners) * self.n_epochs.value):
            pass

    def _run(self, _button):
        names = [box.description for box in self.takes_part if box.value]
        with self.guarded():
            if not names:
                raise ValueError("nobody takes part. Tick at least one name")
        if names:  # outside of the block: what it ends with must not meet what the thread has to tell
            self._begin(names)

    def _begin(self, names):
        if self._thread and self._thread.is_alive():
            self._stop(None)
            self._thread.join()
        self._stopped.clear()
        settings = names, self.lr.value, self.reg.value, self.n_epochs.value
        self._thread = Thread(target=self._race, args=settings, daemon=True)
        self.stop_button.disabled = False
        self._thread.start()

    def _race(self, names, lr, reg, n_epochs):
        """In the background: the curves grow while it trains."""
        self.progress.max, self.progress.value, drawn = n_epochs * len(names), 0, monotonic()
        for epoch, name in self.rounds(names, lr, reg, n_epochs):
            if self._stopped.is_set():
                break
            self.progress.value += 1
            self.told.value = escape(f"epoch {epoch} of {n_epochs}, {name}")
            if monotonic() - drawn > REDRAW_AFTER:
                self.refresh()
                drawn = monotonic()
        self.refresh()
        self.told.value = "stopped" if self._stopped.is_set() else "finished"
        self.stop_button.disabled = True

    def _stop(self, _button):
        self._stopped.set()

    def close(self):
        self._stopped.set()
        super().close()

    def refresh(self, change=None):
        """Draw who has trained; where nobody could, there is nothing to see."""
        if any(self.histories.values()):
            super().refresh(change)
        elif self.failures:
            self.picture.value = self.alt = self.table.value = ""

    def _draw_once(self):
        with one_draws, rc_context(STYLE):
            for axes, title in zip(self.axes, ("On the ratings it trains on", "On ratings it never saw"), strict=True):
                axes.set(xlabel="epoch", ylabel="RMSE in rating points", title=title)
                axes.xaxis.get_major_locator().set_params(integer=True)
                axes.yaxis.set_major_formatter("{x:.1f}")
            self.lines = {
                name: [axes.plot([], [], color=PALETTE[n % 7], linestyle=DASHES[n % 7], linewidth=2)[0] for axes in self.axes]
                for n, name in enumerate(self.runners)
            }
            for name, (_, line) in self.lines.items():
                line.set_label(in_legend(name, "diverges"))
            place = {"loc": "upper left", "bbox_to_anchor": (1, 1), "fontsize": 9}
            self.legend = self.axes[1].legend(title="last epoch on unseen ratings", **place)
            self.figure.canvas.draw()  # now, while the legend has its longest words: the room it finds is kept
            self.figure.set_layout_engine("none")
        self.moving = [line for pair in self.lines.values() for line in pair] + [self.legend]

    def draw(self):
        longest = max(map(len, self.histories.values()))
        low, top = limits(self.histories.values())
        for axes in self.axes:
            axes.set(xlim=(0.8, max(longest, 2) + 0.2), ylim=(low, top))
        ends = {name: self._draw_one(name, top) for name in self.lines}
        for text, (name, end) in zip(self.legend.get_texts(), ends.items(), strict=True):
            text.set_text(in_legend(name, end))
        rows = [
            (name, n + 1, number(training), number(test))
            for name, history in self.histories.items()
            for n, (training, test) in enumerate(history)
        ]
        self.table.value = table_html(f"{self.name}: RMSE by epoch", ("runner", "epoch", "training", "unseen"), rows)
        told = "; ".join(f"{name}: {ends[name]}" for name in self.histories)
        return (
            f"Training on {self.name}: RMSE by epoch, on the ratings trained on and on unseen ones. Who diverges is drawn along "
            f"the top. After {longest} epochs, on unseen ratings, {told}."
        )

    def _draw_one(self, name, top):
        """Move one runner's two lines; → what the legend says of it."""
        history = np.array(self.histories.get(name, []), dtype=float).reshape(-1, 2)
        lost = diverges(history)
        drawn = np.where(history < top, history, 0.99 * top) if lost else history
        for line, values in zip(self.lines[name], drawn.T, strict=True):
            line.set_data(np.arange(1, len(values) + 1), values)
        if name in self.failures:
            return "failed"
        return "left out" if not len(history) else "diverges" if lost else f"{history[-1, 1]:.3f}"


def diverges(history):
    """Whether a training error (the first column) ends in no number, or above twice its start."""
    training = np.asarray(history, dtype=float).reshape(-1, 2)[:, 0]
    return len(training) > 0 and not (np.isfinite(training[-1]) and training[-1] <= 2 * training[0])


def limits(histories):
    """→ the lowest and the highest error to draw. The first epoch, steep for all, would press the others together."""
    kept = [history for history in histories if not diverges(history)]
    values = np.array([errors for history in kept for errors in history[1:] or history]).ravel()
    values = values[np.isfinite(values)]
    if not len(values):
        return 0, CEILING
    return max(values.min() - 0.2, 0), min(1.15 * values.max(), CEILING)


def in_legend(name, end):
    return fill(f"{name}: {end}", 30)


def number(value):
    return f"{value:.3f}" if value < 1000 else "exploded"
