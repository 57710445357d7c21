"""Pictures of the results, in benchmarks/results/estimators_PART.png."""

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from benchmarks.results import FOLDER  # noqa: E402

# Of Okabe and Ito's palette, which people with the common kinds of colour blindness can tell apart.
BLUE, ORANGE, BLACK = "#0072b2", "#e69f00", "#222222"
PEER_WORDS = ("Surprise", "LensKit", "cmfrec", "myFM", "implicit ")


def dots(values, title, label, line=None):
    """values: name → number. A dot a name, the lowest at the top, ours round and blue, peers square and orange."""
    names = sorted(values, key=values.get, reverse=True)
    figure, axes = plt.subplots(figsize=(9, 1.6 + 0.32 * len(names)), layout="constrained")
    for is_peer, color, marker, who in ((False, BLUE, "o", "this course"), (True, ORANGE, "s", "peers")):
        rows = [n for n, name in enumerate(names) if name.startswith(PEER_WORDS) == is_peer]
        axes.plot([values[names[n]] for n in rows], rows, marker, color=color, markersize=8, label=who)
    for n, name in enumerate(names):
        axes.annotate(f"{values[name]:.3f}", (values[name], n), (9, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), names)
    finish(axes, title, label, "", line)
    return figure


def bars(values, title, label):
    """values: name → how many times as fast as the peer; the line at 1 is the peer."""
    names = list(values)[::-1]
    figure, axes = plt.subplots(figsize=(9, 1.6 + 0.36 * len(names)), layout="constrained")
    axes.barh(names, [values[name] - 1 for name in names], left=1, color=[BLUE if values[n] >= 1 else ORANGE for n in names])
    for n, name in enumerate(names):
        axes.annotate(f"{values[name]:.2g}×", (max(values[name], 1), n), (5, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    finish(axes, title, label, "", line=1)
    return figure


def curves(series, title, label, ylabel):
    """series: name → (x, y), x on a logarithmic axis, y from 0, so that flat looks flat."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for (name, (x, y)), color, marker in zip(series.items(), (BLUE, ORANGE), ("o", "s"), strict=True):
        axes.plot(x, y, marker=marker, color=color, label=name)
        axes.annotate(f"{y[-1]:.0f}", (x[-1], y[-1]), (6, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    axes.set_ylim(0, 1.3 * max(max(y) for _, y in series.values()))
    finish(axes, title, label, ylabel)
    return figure


def finish(axes, title, xlabel, ylabel, line=None):
    if line is not None:
        axes.axvline(line, color=BLACK, linewidth=1, linestyle="--")
    axes.set_title(title, loc="left", fontweight="bold", fontsize=11)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)


def accuracy(result):
    rows = {name: float(np.mean(row["rmse"])) for name, row in result["rows"].items() if "rmse" in row}
    return dots(rows, f"Errors on {result['data']}: lower is better", "mean RMSE of the folds, in rating points")


def ranking(result):
    rows = {name: row["ndcg"] for name, row in result["rows"].items() if "ndcg" in row}
    return dots(rows, f"Lists of ten on {result['data']}: higher is better", "NDCG@10, whole catalogue, no sampling")


def speed(result):
    measured = {
        f"{name}, {n} threads": pair[1] / pair[0]
        for name, by_threads in result["rows"].items()
        for n, pair in by_threads.items()
        if not any(isinstance(seconds, str) for seconds in pair)
    }
    return bars(measured, "Speed beside the peer of each row: longer is faster", "times as fast as the peer (dashed: the same)")


def growth(result):
    series = {
        f"MatrixFactorization, {solver}": ([row["ratings"] for row in rows], [row["seconds"] * 1e9 for row in rows])
        for solver, rows in result["rows"].items()
    }
    return curves(series, "Growth: a flat line is time in step with the ratings", "ratings", "nanoseconds per rating and epoch")


def save(part, result):
    """Draw a part of the benchmark. → the file, or None when there is nothing to draw."""
    FOLDER.mkdir(exist_ok=True)
    figure = {"accuracy": accuracy, "ranking": ranking, "speed": speed, "growth": growth}[part](result)
    figure.savefig(FOLDER / f"estimators_{part}.png", dpi=130)
    plt.close(figure)
    return FOLDER / f"estimators_{part}.png"
