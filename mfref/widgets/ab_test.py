"""Lesson 14 to play with: one experiment day by day, and how many A/A experiments would have been stopped."""

import numpy as np
from ipywidgets import FloatSlider, IntSlider

from mfref.plots.picture import BLACK, BLUE, GREY, ORANGE, RED
from mfref.widgets.board import STANDS_OUT, labelled, table_html
from mfref.widgets.panel import Panel

P, ALPHA, N_AA = 0.3, 0.05, 300


def run_experiment(two_proportion_test):
    """The p-value of an experiment from day to day, and the share of A/A experiments that peeking would have stopped by then.

    two_proportion_test: the student's function. In A 30 % of the users click, in B as many points more as the slider says.
    """
    return RunExperiment(two_proportion_test)


class RunExperiment(Panel):
    def __init__(self, two_proportion_test):
        super().__init__(width=9.4, height=3.8, columns=2)
        self.two_proportion_test = two_proportion_test
        self.lift = labelled(
            FloatSlider(0.0, min=-4, max=4, step=0.5, description="True lift in points", continuous_update=False)
        )
        self.users = labelled(IntSlider(400, 100, 2000, 100, description="Users a day", continuous_update=False))
        self.days = labelled(IntSlider(14, 2, 40, description="Days, a look each", continuous_update=False))
        self.run = labelled(IntSlider(1, 1, 50, description="Experiment number", continuous_update=False))
        self.start([self.lift, self.users], [self.days, self.run])

    def draw(self):
        n_days, n = self.days.value, self.users.value // 2 * np.arange(1, self.days.value + 1)
        shares = P, P + self.lift.value / 100
        tests = self._tests(np.random.default_rng(self.run.value), shares, n)
        rng = np.random.default_rng(1000)
        alarms = np.array([self._p_values(rng, (P, P), n) for _ in range(N_AA)]) < ALPHA
        stopped = np.maximum.accumulate(alarms, axis=1).mean(axis=0)
        p_values = np.array([p for _, _, p in tests])
        self._draw_p(n_days, p_values)
        self._draw_stopped(n_days, stopped)
        rows = [
            (f"{STANDS_OUT if p < ALPHA else ''}{day}", f"{m:,}", f"{100 * d:+.2f}", f"{p:.3f}", f"{s:.0%}")
            for day, m, (d, _, p), s in zip(range(1, n_days + 1), n, tests, stopped, strict=True)
        ]
        head = ("day", "users in each", "B minus A, points", "p-value", "A/A stopped so far")
        self.table.value = table_html("The experiment from day to day", head, rows)
        self.below.value = f"<p>{self._about(p_values, stopped)}</p>"
        words = ", ".join(f"{p:.3f}" for p in p_values)
        return (
            f"Experiment {self.run.value}: true lift {self.lift.value:+.1f} points, {self.users.value} users a day. Left: the p-value after each of "
            f"{n_days} days: {words}. Right: the share of {N_AA} A/A experiments stopped by then, {stopped[0]:.0%} on day 1, "
            f"{stopped[-1]:.0%} on day {n_days}."
        )

    def _tests(self, rng, shares, n):
        """→ what the student's test says at each look; n (n_looks,): users in each variant by then."""
        a, b = (rng.binomial(n[0], p, len(n)).cumsum().tolist() for p in shares)
        return [self.two_proportion_test(x, m, y, m) for x, y, m in zip(a, b, n.tolist(), strict=True)]

    def _p_values(self, rng, shares, n):
        return [p for _, _, p in self._tests(rng, shares, n)]

    def _draw_p(self, n_days, p_values):
        axes, days = self.axes[0], np.arange(1, n_days + 1)
        axes.clear()
        axes.plot(days, p_values, color=GREY, linewidth=1)
        low = p_values < ALPHA
        axes.plot(days[~low], p_values[~low], "o", color=BLUE)
        axes.plot(days[low], p_values[low], "X", color=RED, markersize=8)
        axes.axhline(ALPHA, color=BLACK, linestyle="--", linewidth=1)
        axes.set(ylim=(-0.03, 1.03), xlim=(0.5, n_days + 0.5), xlabel="day", ylabel="p-value")
        axes.set_title("This experiment (X: below 0.05)")

    def _draw_stopped(self, n_days, stopped):
        axes = self.axes[1]
        axes.clear()
        axes.plot(np.arange(1, n_days + 1), 100 * stopped, color=ORANGE, marker="s", markersize=4)
        axes.axhline(100 * ALPHA, color=BLACK, linestyle="--", linewidth=1)
        axes.set(ylim=(0, 45), xlim=(0.5, n_days + 0.5), xlabel="day", ylabel="% stopped", title=f"{N_AA} A/A experiments")

    def _about(self, p_values, stopped):
        low = np.flatnonzero(p_values < ALPHA)
        first = f"Who peeks stops on day {low[0] + 1}." if len(low) else "Who peeks finds nothing to stop for."
        verdict = "significant" if p_values[-1] < ALPHA else "not significant"
        return (
            f"{first} On the last day, the p-value is {p_values[-1]:.3f}: {verdict}. "
            f"With peeking, {stopped[-1]:.0%} of {N_AA} A/A experiments would have been stopped; with one look at the end, about 5%."
        )
