"""Pictures of lesson 15: what is in the file, a file that is replaced, early stopping, a prediction and its reasons, and Spark's table."""

import textwrap
from functools import lru_cache

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, GREY, ORANGE, RED, SKY, picture, student_draws

WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 2}
# Seconds and test RMSE of Spark 4.3, local mode, 2 cores, Java 17: the lesson's cell with Spark switched on.
RECORDED = {
    "synthetic-100k": {"Spark, with its start": (17.0, 0.9248), "Spark, the second time": (6.9, 0.9248)},
    "ml-100k": {"Spark, with its start": (17.2, 0.9239), "Spark, the second time": (6.9, 0.9239)},
}


@lru_cache(maxsize=2)
def film_model(data, dtype="float64"):
    """→ the seven arrays of a `MatrixFactorization` that is trained on all ratings of the data set, remembered."""
    from mfref.models import MatrixFactorization

    fitted = MatrixFactorization(dtype=dtype).fit(data)
    arrays = {name: getattr(fitted, f"{name}_") for name in ("b_user", "b_item", "P", "Q", "user_ids", "item_ids")}
    return {"mu": fitted.mu_, **arrays}


def arrays(model):
    """The arrays of a model, and how many bytes each takes."""
    found = {name: np.asarray(array) for name, array in model.items()}
    sizes = np.array([array.nbytes for array in found.values()]) / 1000
    labels = [f"{name}  {array.shape if array.ndim else 'a number'}" for name, array in found.items()]
    with picture(8, 3.4) as (axes, alt):
        bars = axes.barh(labels, sizes, color=BLUE, height=0.65)
        axes.bar_label(bars, [f"{size:,.1f} kB" if size >= 0.1 else f"{1000 * size:.0f} bytes" for size in sizes], padding=4)
        axes.invert_yaxis()
        axes.margins(x=0.15)
        axes.set(
            xlabel="kilobytes", ylabel="array and its shape", title=f"A model is seven arrays, together {sizes.sum():,.0f} kB"
        )
        words = "; ".join(f"{label}: {size:.1f} kB" for label, size in zip(labels, sizes, strict=True))
        alt(f"Bars, the size of each array of the model: {words}. Together {sizes.sum():,.0f} kB.")


def replaced():
    """What a reader of the file finds while a new one is written: in its place, or beside it."""
    rows = {
        "written\nin its place": [
            ("the old model", 3, BLUE, ""),
            ("half a file", 4, ORANGE, "//"),
            ("the new model", 3, GREEN, ""),
        ],
        "written beside it,\nthen os.replace": [("the old model", 7, BLUE, ""), ("the new model", 3, GREEN, "")],
    }
    with picture(8.6, 2.7) as (axes, alt):
        for row, parts in enumerate(rows.values()):
            start = 0
            for words, length, colour, hatch in parts:
                axes.barh(row, length, left=start, height=0.55, color=colour, hatch=hatch, edgecolor="white")
                axes.text(start + length / 2, row, words, ha="center", va="center", bbox=WHITE)
                start += length
        axes.axvline(5, color=BLACK, linestyle="--")
        axes.text(5.1, -0.55, "a crash here", color=BLACK, va="center")
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_xticks([3, 7], ["writing begins", "writing ends"])
        axes.set(ylim=(1.5, -0.8), xlabel="time", ylabel="the new file is", title="What a reader finds at the path")
        alt(
            "Two bars along time. Written in its place: the old model, then half a file while it is written, then the new model; "
            "a crash leaves half a file. Written beside it and replaced: the old model until writing ends, then the new one; "
            "a crash leaves the old model."
        )


def curves(training, validation):
    """Training and validation RMSE of each epoch, the best epoch marked."""
    best, epochs = int(np.argmin(validation)), np.arange(len(validation))
    with picture(8.4, 3.8) as (axes, alt):
        axes.plot(epochs, training, color=ORANGE, linestyle=DASHES[1], label="training")
        axes.plot(epochs, validation, color=BLUE, label="validation")
        axes.plot(best, validation[best], "D", color=GREEN, markersize=9, label=f"best epoch, {best}")
        axes.set(xlabel="epoch, from 0", ylabel="RMSE in rating points", title="The training error only falls")
        axes.set_ylim(0.9 * min(*training, *validation), 1.15 * max(validation[-1], np.median(validation)))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            f"Two curves over {len(epochs)} epochs. Training RMSE falls to {training[-1]:.3f}. Validation RMSE falls to "
            f"{validation[best]:.3f} at epoch {best} and rises to {validation[-1]:.3f}."
        )


def stopped(history, best_epoch, patience):
    """The validation RMSE of the epochs that were trained, with the best one and the wait after it."""
    with picture(8, 3.5) as (axes, alt):
        axes.plot(history, "o-", color=BLUE, label="validation RMSE")
        axes.plot(best_epoch, history[best_epoch], "D", color=GREEN, markersize=10, label=f"kept: epoch {best_epoch}")
        axes.axvspan(best_epoch, len(history) - 1, color=SKY, alpha=0.25, label="waited")
        axes.set(xlabel="epoch, from 0", ylabel="RMSE in rating points", title=f"Your training run, patience {patience}")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        values = ", ".join(f"{value:.3f}" for value in history)
        alt(f"Validation RMSE after each of {len(history)} epochs: {values}. The factors of epoch {best_epoch} are kept.")


@student_draws
def explanation(explain_prediction, model, data, user_id, n=3):
    """The best unseen film for a user: the parts of its prediction, and the rated films most like it, by the student's function."""
    row_of = {id_: row for row, id_ in enumerate(model["item_ids"].tolist())}
    title_of = dict(zip(data.items["item_id"], data.items["title"], strict=True))
    own = data.ratings[data.ratings["user_id"] == user_id]
    rated = np.array([row_of[id_] for id_ in own["item_id"]])
    stars = dict(zip(rated, own["rating"], strict=True))
    u = int(np.flatnonzero(model["user_ids"] == user_id)[0])
    scores = model["b_item"] + model["Q"] @ model["P"][u]
    scores[rated] = -np.inf
    i = int(np.argmax(scores))
    given = model["mu"], model["b_user"][u], model["b_item"], model["P"][u], model["Q"], rated, i, n
    parts, nearest = explain_prediction(*given)
    title = title_of[model["item_ids"][i]]
    lengths = np.linalg.norm(model["Q"], axis=1)
    cosines = model["Q"] @ model["Q"][i] / np.maximum(lengths * lengths[i], 1e-12)
    reasons = [f"{title_of[model['item_ids'][j]]}: {stars[j]:g} of 5, cosine {cosines[j]:.2f}" for j in nearest]
    names = ["all ratings", "this user", "this film", "this user\nand this film"]
    with picture(9.6, 3.6, columns=2, width_ratios=[1.5, 1]) as (panels, alt):
        starts = np.concatenate([[0], np.cumsum(parts)[:-1]])
        colours = [GREY, *(BLUE if part >= 0 else ORANGE for part in parts[1:])]
        bars = panels[0].barh(names, parts, left=starts, color=colours, height=0.6)
        for bar, part in zip(bars, parts, strict=True):
            bar.set_hatch("//" if part < 0 else "")
            bar.set_edgecolor("white")
        for row, (start, part) in enumerate(zip(starts, parts, strict=True)):
            panels[0].text(max(start, start + part) + 0.05, row, f"{part:+.2f}", va="center", bbox=WHITE)
        panels[0].axvline(np.sum(parts), color=RED, linestyle="--", linewidth=1, zorder=0)
        panels[0].invert_yaxis()
        panels[0].set(xlim=(0, max(6, np.sum(parts) + 1)), xlabel="rating points", ylabel="part")
        panels[0].set_title("\n".join(textwrap.wrap(f"{title}: predicted {np.sum(parts):.2f}", 48)))
        panels[1].axis("off")
        panels[1].set_title("Because you rated")
        for row, reason in enumerate(reasons):
            panels[1].text(
                0, 0.85 - 0.25 * row, textwrap.fill(f"{row + 1}. {reason}", 34), va="top", transform=panels[1].transAxes
            )
        words = ", ".join(f"{name.replace(chr(10), ' ')} {part:+.2f}" for name, part in zip(names, parts, strict=True))
        alt(
            f"{title} is predicted {np.sum(parts):.2f} for user {user_id}: {words}. Rated films most like it: {'; '.join(reasons)}."
        )


def spark_table(measured, data_name):
    """→ DataFrame of seconds and test RMSE. measured: dict name → (seconds, RMSE); what is missing of Spark comes from RECORDED."""
    import pandas as pd

    rows = {**measured, **{name: row for name, row in RECORDED.get(data_name, {}).items() if name not in measured}}
    said = {
        name: [f"{seconds:.2f}", f"{error:.3f}", "measured here" if name in measured else "recorded"]
        for name, (seconds, error) in rows.items()
    }
    return pd.DataFrame.from_dict(said, orient="index", columns=["seconds", "test RMSE", ""])
