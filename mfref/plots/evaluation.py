"""Pictures of lesson 05: errors by two measures, the ladder, intervals, splits, a training log, a grid."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from mfref.plots.evaluation_lists import rmse_against_ndcg as rmse_against_ndcg
from mfref.plots.evaluation_lists import toy_list as toy_list
from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, STYLE, image_html, picture, student_draws
from mfref.plots.sgd import curves as curves

GREY = "#d1d5db"


def two_critics(actual, predicted):
    """Errors of several predictors on the same ratings, bars side by side. predicted: dict name → list of ratings."""
    rows, words = np.arange(len(actual)), []
    looks = ({"color": BLUE}, {"color": ORANGE, "hatch": "//", "edgecolor": "white"})
    with picture(7.4, 3.4) as (axes, alt):
        for n, (name, values) in enumerate(predicted.items()):
            errors = np.subtract(actual, values)
            bars = axes.bar(rows + 0.4 * (n - 0.5), errors, 0.38, label=name, **looks[n % 2])
            axes.bar_label(bars, [f"{e:+g}" if e else "0" for e in errors], padding=2)
            words.append(f"{name}: {', '.join(f'{e:+g}' for e in errors)}")
        axes.axhline(0, color=BLACK, linewidth=0.8)
        axes.set_xticks(rows, [f"rating {r:g}" for r in actual])
        axes.set(ylabel="actual − predicted", xlabel="known rating", title="Errors of two predictors on the same ratings")
        axes.margins(y=0.25)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"Bars of the errors of two predictors on the ratings {', '.join(f'{r:g}' for r in actual)}. {'; '.join(words)}.")


@student_draws
def both_measures(rmse, mae, errors):
    """RMSE and MAE, by the student's functions, when one of the errors grows. errors: those of the other ratings."""
    sizes = np.linspace(0, 5, 26)
    lists = [np.array([*errors, size]) for size in sizes]
    curves = {"RMSE": [rmse(e, np.zeros(len(e))) for e in lists], "MAE": [mae(e, np.zeros(len(e))) for e in lists]}
    with picture(7, 3.6) as (axes, alt):
        for (name, values), colour, dash in zip(curves.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
            axes.plot(sizes, values, color=colour, linestyle=dash, label=name)
            axes.text(sizes[-1] + 0.05, values[-1], f"{name} {values[-1]:.2f}", color=colour, va="center", weight="bold")
        axes.set(xlabel="size of the last error", ylabel="rating points", title="One error grows, the others stay", xlim=(0, 6))
        ends = "; ".join(f"{name} from {v[0]:.2f} to {v[-1]:.2f}" for name, v in curves.items())
        alt(f"RMSE and MAE of the errors {errors} and one more, which grows from 0 to 5: {ends}.")


def ladder(rmse_of, mae_of, title="The ladder of this data set"):
    """RMSE and MAE of several predictors, a rung each. rmse_of, mae_of: dicts name → error."""
    names = list(rmse_of)
    with picture(8.6, 0.5 * len(names) + 1.5) as (axes, alt):
        for measure, values, marker, colour in (("MAE", mae_of, "s", ORANGE), ("RMSE", rmse_of, "o", BLUE)):
            axes.plot(list(values.values()), range(len(names)), marker, color=colour, markersize=8, label=measure)
            for row, value in enumerate(values.values()):
                axes.annotate(f"{value:.3f}", (value, row), (9, 0), textcoords="offset points", va="center")
        for row in range(len(names)):
            axes.axhline(row, color=GREY, linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(names)), names)
        every = [*rmse_of.values(), *mae_of.values()]
        axes.set(xlim=(min(every) - 0.03, max(every) + 0.08), ylim=(len(names) - 0.4, -0.6), title=title)
        axes.set(xlabel="error on the test part, in rating points: further left is better", ylabel="predictor")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        rungs = "; ".join(f"{name}: RMSE {rmse_of[name]:.3f}, MAE {mae_of[name]:.3f}" for name in names)
        alt(f"{title}: errors on the test part. {rungs}.")


def intervals(estimates, title, xlabel, against=None):
    """A line for each estimate: its value and its 95 % interval. estimates: dict name → (value, low, high).

    against: a value to compare with, drawn as a vertical line.
    """
    names = list(estimates)
    with picture(8.4, 0.5 * len(names) + 1.4) as (axes, alt):
        if against is not None:
            axes.axvline(against, color=RED, linestyle="--", linewidth=1.2)
        for row, (value, low, high) in enumerate(estimates.values()):
            axes.axhline(row, color=GREY, linewidth=0.8, zorder=0)
            axes.plot([low, high], [row, row], color=BLUE, linewidth=3, solid_capstyle="butt")
            axes.plot(value, row, "o", color=BLACK)
            axes.annotate(f"{value:.3f}", (value, row), (0, 7), textcoords="offset points", ha="center", fontsize=9)
        axes.set_yticks(range(len(names)), names)
        axes.set(ylim=(len(names) - 0.5, -0.7), xlabel=xlabel, ylabel="predictor", title=title)
        words = "; ".join(f"{name}: {v:.3f}, from {low:.3f} to {high:.3f}" for name, (v, low, high) in estimates.items())
        line = "" if against is None else f" A dashed line marks {against:g}."
        alt(f"{title}: estimates with 95 percent intervals. {words}.{line}")


def splits(rmse_by_split):
    """The same predictors on several splits. rmse_by_split: dict split → dict predictor → RMSE."""
    names = list(next(iter(rmse_by_split.values())))
    looks = zip(rmse_by_split.items(), (BLUE, RED, PURPLE), ("o", "s", "^"), strict=False)
    words = []
    with picture(9.4, 0.62 * len(names) + 1.5) as (axes, alt):
        for n, ((split, rungs), colour, marker) in enumerate(looks):
            rows = np.arange(len(names)) + 0.22 * (n - 1)
            axes.plot(list(rungs.values()), rows, marker, color=colour, markersize=8, label=textwrap.fill(split, 22))
            for row, value in zip(rows, rungs.values(), strict=True):
                axes.annotate(f"{value:.3f}", (value, row), (9, 0), textcoords="offset points", va="center", fontsize=8.5)
            words.append(f"{split}: {', '.join(f'{name} {value:.3f}' for name, value in rungs.items())}")
        for row in range(1, len(names)):
            axes.axhline(row - 0.5, color=GREY, linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(names)), names)
        axes.set(ylim=(len(names) - 0.45, -0.55), ylabel="predictor", title="The same predictors, other test parts")
        axes.set(xlabel="test RMSE in rating points: further left is better")
        axes.margins(x=0.12)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), labelspacing=0.9)
        alt(f"Test RMSE of {len(names)} predictors on {len(rmse_by_split)} test parts. {'. '.join(words)}.")


class TrainingLog:
    """A learning curve that grows while training runs, and a printed line every few epochs.

    n_epochs: how many are planned. every: the picture is redrawn, and a line printed, after so many epochs.
    rungs: dict name → RMSE on the validation part, drawn as lines for comparison.
    """

    def __init__(self, n_epochs, every=5, rungs=None):
        self.n_epochs, self.every, self.rungs = n_epochs, every, rungs or {}
        self.training, self.validation, self._handle = [], [], None

    def add(self, training, validation):
        """Take in the two RMSEs of one more epoch."""
        self.training.append(float(training))
        self.validation.append(float(validation))
        epoch = len(self.training)
        if epoch == 1 or epoch % self.every == 0 or epoch == self.n_epochs:
            self._redraw()
            best = int(np.argmin(self.validation))
            lowest = f"lowest so far {self.validation[best]:.3f} (epoch {best + 1})"
            print(f"epoch {epoch:3d}   training {training:.3f}   validation {validation:.3f}   {lowest}")

    def _redraw(self):
        with plt.rc_context(STYLE):
            figure, axes = plt.subplots(figsize=(7.6, 4), layout="constrained")
            epochs = np.arange(1, len(self.training) + 1)
            axes.plot(epochs, self.training, color=BLUE, label="training, on the way")
            axes.plot(epochs, self.validation, color=RED, linestyle="--", label="validation, after the epoch")
            for name, value in self.rungs.items():
                axes.axhline(value, color=GREEN, linewidth=1, linestyle=":")
                axes.text(self.n_epochs, value, f"{name} {value:.3f}", color=GREEN, ha="right", va="bottom", fontsize=9)
            axes.set(
                xlim=(0, self.n_epochs + 1), xlabel="epoch", ylabel="RMSE in rating points", title="Training, epoch by epoch"
            )
            axes.legend(loc="lower left")
            data = {"text/html": image_html(figure, self._alt()), "text/plain": self._alt()}
            plt.close(figure)
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    def _alt(self):
        best = int(np.argmin(self.validation))
        others = "; ".join(f"{name} {value:.3f}" for name, value in self.rungs.items())
        return (
            f"Learning curve after {len(self.training)} of {self.n_epochs} epochs. The training RMSE goes from {self.training[0]:.3f} to "
            f"{self.training[-1]:.3f}, the validation RMSE from {self.validation[0]:.3f} to {self.validation[-1]:.3f}; its lowest value "
            f"is {self.validation[best]:.3f} in epoch {best + 1}." + (f" For comparison: {others}." if others else "")
        )


@student_draws
def stopping(early_stopping, validation, patiences=(1, 3, 10)):
    """Where the student's `early_stopping` goes back to, for several patiences, on one validation curve."""
    validation = np.asarray(validation, dtype=float)
    chosen = {patience: early_stopping(list(validation), patience) for patience in patiences}
    epochs, markers = np.arange(1, len(validation) + 1), ("v", "s", "o", "D", "^")
    with picture(8, 4) as (axes, alt):
        axes.plot(epochs, validation, ".-", color=BLACK, linewidth=1, label="validation RMSE")
        for n, (patience, best) in enumerate(chosen.items()):
            colour = (ORANGE, BLUE, RED, PURPLE, GREEN)[n % 5]
            label = f"patience {patience}: epoch {best + 1}, {validation[best]:.4f}"
            look = {"markersize": 9 + 5 * n, "fillstyle": "none", "markeredgewidth": 2}
            axes.plot(best + 1, validation[best], markers[n % 5], color=colour, label=label, **look)
        low, high = validation.min(), max(np.quantile(validation, 0.9), validation[list(chosen.values())].max())
        room = 0.15 * (high - low) + 1e-4
        axes.set(
            ylim=(low - room, high + room), xlabel="epoch", ylabel="validation RMSE", title="The epoch that training goes back to"
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), labelspacing=1.2)
        told = "; ".join(f"patience {p}: epoch {b + 1}, RMSE {validation[b]:.4f}" for p, b in chosen.items())
        alt(
            f"Validation RMSE over {len(validation)} epochs, lowest {low:.4f} in epoch {np.argmin(validation) + 1}. Chosen: {told}."
        )


def grid(table, best):
    """Validation RMSE of a grid over lr and reg, a panel for each n_factors. table, best: as `grid_search` gives them."""
    factors = sorted(set(table["n_factors"]))
    low, high = table["rmse"].min(), min(table["rmse"].max(), table["rmse"].min() + 0.25)
    words = []
    with picture(3.6 * len(factors) + 2, 3.6, columns=len(factors), squeeze=False) as (panels, alt):
        for axes, k in zip(panels[0], factors, strict=True):
            cells = table[table["n_factors"] == k].pivot_table(index="reg", columns="lr", values="rmse", dropna=False)
            drawn = axes.imshow(cells.to_numpy(), vmin=low, vmax=high, aspect="auto", cmap="cividis_r")
            for (row, column), value in np.ndenumerate(cells.to_numpy()):
                where = cells.index[row], cells.columns[column]
                won = (k, *where) == (best["n_factors"], best["reg"], best["lr"])
                colour = "white" if value > low + 0.5 * (high - low) else "black"
                text = f"{value:.3f}" + ("\nlowest" if won else "")
                axes.text(column, row, text, ha="center", va="center", color=colour, weight="bold" if won else "normal")
                words.append(f"{k:g} factors, reg {where[0]:g}, lr {where[1]:g}: {value:.3f}")
            axes.set_xticks(range(len(cells.columns)), [f"{lr:g}" for lr in cells.columns])
            axes.set_yticks(range(len(cells.index)), [f"{reg:g}" for reg in cells.index])
            axes.set(xlabel="lr", ylabel="reg", title=f"n_factors = {k:g}")
        axes.figure.colorbar(drawn, ax=panels[0], label="validation RMSE", extend="max")
        chosen = ", ".join(f"{name} {value:g}" for name, value in best.items())
        alt(f"Validation RMSE of each setting as a table of colours. {'; '.join(words)}. Lowest: {chosen}.")
