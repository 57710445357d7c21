"""The race: training curves of several runners side by side, trained in the background, one epoch after the other."""

from threading import Event, Thread

import numpy as np
from ipywidgets import Button, Checkbox, FloatLogSlider, FloatSlider, IntProgress, IntSlider

from mfref.plots.picture import DASHES, PALETTE
from mfref.widgets.panel import Panel, labelled, table_html

TEST_SHARE, SEED = 0.2, 3


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
        fixed = set.intersection(*(set(settings) for _, settings in runners.values()))
        self.lr = labelled(FloatLogSlider(lr, min=-3, max=0, step=0.1, description="Learning rate", readout_format=".3f"))
        self.reg = labelled(FloatSlider(reg, min=0, max=1, step=0.05, description="Regularization"))
        self.n_epochs = labelled(IntSlider(n_epochs, 1, 40, description="Epochs"))
        self.takes_part = [labelled(Checkbox(True, description=name, indent=False), "auto") for name in runners]
        self.run_button, self.stop_button = Button(description="Run", icon="play"), Button(description="Stop", icon="stop")
        self.run_button.on_click(self._run)
        self.stop_button.on_click(self._stop)
        self.progress = IntProgress(
            0, 0, 1, description="ready", style={"description_width": "initial"}, layout={"width": "30em"}
        )
        self.histories, self.failure, self._thread, self._stopped = {}, "", None, Event()
        self._draw_once()
        sliders = [slider for name, slider in (("lr", self.lr), ("reg", self.reg)) if name not in fixed]
        self._first_race()
        self.start([*sliders, self.n_epochs], self.takes_part, [self.run_button, self.stop_button, self.progress])
        for control in (*sliders, self.n_epochs, *self.takes_part):
            control.unobserve(self.refresh, names="value")  # they speak of the next race
        self._say_who_runs()

    def split(self, data):
        """Hold out a fifth of the ratings, the same for all runners."""
        columns, shape = data.arrays(), (data.n_users, data.n_items)
        order = np.random.default_rng(SEED).permutation(len(columns[0]))
        n_test = round(TEST_SHARE * len(order))
        self.test, self.training = (tuple(c[part] for c in columns) for part in (order[:n_test], order[n_test:]))
        self.shape, self.name = shape, data.name

    def epochs(self, name, lr, reg, n_epochs):
        """Train one runner; after each epoch yields (training RMSE of the errors met on the way, test RMSE)."""
        step, settings = self.runners[name]
        lr, reg = settings.get("lr", lr), settings.get("reg", reg)
        rng = np.random.default_rng(SEED)  # the same factors and the same order for all
        P, Q = (rng.normal(0, 0.1, (n, self.n_factors)) for n in self.shape)
        users, items, ratings = (column.tolist() for column in self.training)
        test_users, test_items, test_ratings = self.test
        for _ in range(n_epochs):
            with np.errstate(all="ignore"):
                errors = [step(P, Q, users[n], items[n], ratings[n], lr, reg) for n in rng.permutation(len(ratings)).tolist()]
                left = test_ratings - (P[test_users] * Q[test_items]).sum(axis=1)
                yield tuple(float(np.sqrt(np.mean(np.square(np.asarray(part, dtype=float))))) for part in (errors, left))

    def _first_race(self):
        from mfref.progress_bar import progress_bar

        with self.guarded():
            for name in progress_bar(list(self.runners), "runner"):
                self.histories[name] = list(self.epochs(name, self.lr.value, self.reg.value, self.n_epochs.value))
        self.failure = self.message.value

    def refresh(self, change=None):
        super().refresh(change)
        self.message.value = self.failure or self.message.value

    def _run(self, _button):
        with self.guarded():
            if self._thread and self._thread.is_alive():
                self._stop(None)
                self._thread.join()
            names = [box.description for box in self.takes_part if box.value]
            if not names:
                raise ValueError("nobody takes part. Tick at least one name")
            self._stopped.clear()
            settings = self.lr.value, self.reg.value, self.n_epochs.value
            self._thread = Thread(target=self._race, args=(names, *settings), daemon=True)
            self._thread.start()
            self._say_who_runs()

    def _race(self, names, lr, reg, n_epochs):
        """In the background: all runners abreast, one epoch each, so that the curves grow together."""
        self.failure, self.histories = "", {name: [] for name in names}
        self.progress.max, self.progress.value = n_epochs, 0
        running = {name: self.epochs(name, lr, reg, n_epochs) for name in names}
        for epoch in range(1, n_epochs + 1):
            for name in list(running):
                if self._stopped.is_set():
                    break
                with self.guarded():
                    self.histories[name].append(next(running[name]))
                if self.message.value:
                    self.failure = self.message.value
                    del running[name]
            if self._stopped.is_set() or not running:
                break
            self.progress.value, self.progress.description = epoch, f"epoch {epoch} of {n_epochs}"
            self.refresh()
        self.progress.description = "stopped" if self._stopped.is_set() else "finished"
        self.refresh()
        self._say_who_runs(over=True)

    def _stop(self, _button):
        self._stopped.set()

    def _say_who_runs(self, over=False):
        runs = not over and self._thread is not None and self._thread.is_alive()
        self.stop_button.disabled = not runs

    def close(self):
        self._stopped.set()
        super().close()

    def _draw_once(self):
        for axes in self.axes:
            axes.set(xlabel="epoch", ylabel="RMSE in rating points")
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.yaxis.set_major_formatter("{x:.1f}")
        self.lines = {
            name: [axes.plot([], [], color=PALETTE[n % 7], linestyle=DASHES[n % 7], linewidth=2)[0] for axes in self.axes]
            for n, name in enumerate(self.runners)
        }
        for name, (_, line) in self.lines.items():
            line.set_label(f"{name}: not in the race")
        self.legend = self.axes[1].legend(
            loc="upper left", bbox_to_anchor=(1, 1), fontsize=9, title="last epoch on unseen ratings"
        )

    def draw(self):
        longest = max([len(history) for history in self.histories.values()] or [1])
        values = np.array(
            [pair for history in self.histories.values() for pair in history if np.isfinite(pair).all()] or [(0, 4)]
        )
        top = 1.15 * values[:, 0].max() if values[:, 0].max() < 5 else 4.5
        for axes, title in zip(self.axes, ("On the ratings it trains on", "On ratings it never saw"), strict=True):
            axes.set(xlim=(0.8, max(longest, 2) + 0.2), ylim=(max(values[values < top].min() - 0.2, 0), top))
            axes.set_title(title)
        ends = {name: self._draw_one(name, top) for name in self.lines}
        for text, (name, end) in zip(self.legend.get_texts(), ends.items(), strict=True):
            text.set_text(f"{name}: {end}")
        values = np.array(
            [pair for history in self.histories.values() for pair in history if np.isfinite(pair).all()] or [(0, 4)]
        )
        top = 1.15 * values[:, 0].max() if values[:, 0].max() < 5 else 4.5
        longest = max([len(history) for history in self.histories.values()] or [1])
        for axes in self.axes:
            axes.set(xlim=(0.8, max(longest, 2) + 0.2), ylim=(max(values[values < top].min() - 0.2, 0), top))
        rows = [
            (name, n + 1, number(training), number(test))
            for name, history in self.histories.items()
            for n, (training, test) in enumerate(history)
        ]
        self.table.value = table_html(f"{self.name}: RMSE by epoch", ("runner", "epoch", "training", "unseen"), rows)
        if not any(self.histories.values()):
            raise NotImplementedError  # nobody has run: the student's function is still to be written
        return (
            f"Training on {self.name}: RMSE by epoch, on the ratings trained on and on unseen ones. On unseen ones at the end, "
            + "; ".join(f"{name}: {end}" for name, end in ends.items() if name in self.histories)
        )

    def _draw_one(self, name, top):
        """Move one runner's two lines, along the top where they would leave the picture; → what the legend says of it."""
        history = np.array(self.histories.get(name, []), dtype=float).reshape(-1, 2)
        drawn = np.clip(np.nan_to_num(history, nan=top, posinf=top), 0, top)
        for line, values in zip(self.lines[name], drawn.T, strict=True):
            line.set_data(np.arange(1, len(values) + 1), values)
        if not len(history):
            return "not in the race"
        return "diverges, off the top" if diverges(history[:, 0]) else f"{history[-1, 1]:.3f}"


def diverges(history):
    """Whether a training error ends in no number, or above twice its start."""
    return not (np.isfinite(history[-1]) and history[-1] <= 2 * history[0])


def number(value):
    return f"{value:.3f}" if value < 1000 else "exploded"
