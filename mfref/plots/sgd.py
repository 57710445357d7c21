"""Pictures of lesson 03: one rating's pull, training curves, the toy's table."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, ORANGE, PALETTE, RED, picture, student_draws


def pull(p=(0.4, 1.0), q=(1.4, 0.3), r=5.0):
    """Two vectors, the prediction they make, and the directions into which one rating pulls them."""
    p, q = np.array(p), np.array(q)
    e = r - p @ q
    with picture(5.4, 4.2) as (axes, alt):
        for v, other, colour, name in ((p, q, BLUE, "user p"), (q, p, ORANGE, "item q")):
            _arrow(axes, (0, 0), v, colour, 1.0)
            axes.text(*(v + (0.05, -0.12)), name, color=colour, weight="bold")
            pulled = v + 0.12 * e * other
            axes.annotate("", pulled, v, arrowprops={"arrowstyle": "->", "color": BLACK, "linestyle": ":", "linewidth": 1.5})
        axes.set(xlim=(-0.1, 2.2), ylim=(-0.1, 1.8), xlabel="factor 0", ylabel="factor 1", aspect="equal")
        axes.set_title(f"p · q = {p @ q:.2f}, the rating is {r:g}: too low by {e:.2f}")
        alt(
            f"The user's vector {_pair(p)} and the item's {_pair(q)} as arrows from the origin. Their dot product is {p @ q:.2f}, the "
            f"rating is {r:g}. Dotted arrows: p is pulled along q, and q along p, so that both turn towards each other and grow."
        )


@student_draws
def one_update(step, p=(0.4, 1.0), q=(1.4, 0.3), r=4.0, lr=0.2, reg=0.1):
    """One call of the student's `sgd_step` on two vectors of two factors: where both move, and what it does to the error."""
    P, Q = np.array([p], dtype=float), np.array([q], dtype=float)
    step(P, Q, 0, 0, r, lr, reg)
    before, after = float(np.dot(p, q)), float(P[0] @ Q[0])
    with picture(5.4, 4.6) as (axes, alt):
        for old, new, colour, name in ((p, P[0], BLUE, "user p"), (q, Q[0], ORANGE, "item q")):
            _arrow(axes, (0, 0), old, colour, 0.35)
            _arrow(axes, (0, 0), new, colour, 1.0)
            axes.annotate("", new, old, arrowprops={"arrowstyle": "->", "color": BLACK, "linestyle": ":"})
            axes.text(*(np.array(new) + 0.06), name, color=colour, weight="bold")
        most = 0.4 + np.max([p, q, P[0], Q[0], (0, 0)], axis=0)
        axes.set(xlim=(-0.2, most[0]), ylim=(-0.2, most[1]), xlabel="factor 0", ylabel="factor 1", aspect="equal")
        axes.set_title(f"One step moves the prediction\nfrom {before:.2f} to {after:.2f}; the rating is {r:g}")
        alt(
            f"Two arrows from the origin, the user's vector and the item's. A step of learning rate {lr:g} moves the user from "
            f"{_pair(p)} to {_pair(P[0])} and the item from {_pair(q)} to {_pair(Q[0])}. The predicted rating goes from "
            f"{before:.2f} to {after:.2f}; the rating is {r:g}."
        )


def _arrow(axes, start, end, colour, alpha):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "alpha": alpha, "linewidth": 2.2})


def _pair(v):
    return f"({v[0]:.2f}, {v[1]:.2f})"


def curves(histories, title, xlabel="epoch", ylabel="training RMSE", bottom=0.0, top=None):
    """Training curves side by side.

    histories: dict name → list of floats. One that ends in NaN or above twice its start is named as diverging.
    bottom, top: the edges of the picture; top is by default one and a quarter times the largest start.
    """
    top = top or 1.25 * max(history[0] for history in histories.values())
    words = []
    with picture(7.8, 4) as (axes, alt):
        for n, (name, history) in enumerate(histories.items()):
            values = np.asarray(history, dtype=float)
            diverges = not (np.isfinite(values[-1]) and values[-1] <= 2 * values[0])
            label = f"{name}: diverges" if diverges else f"{name}: {values[-1]:.3f}"
            drawn = np.where(values <= 100 * top, values, 100 * top)
            axes.plot(np.arange(1, len(drawn) + 1), drawn, color=PALETTE[n % 7], linestyle=DASHES[n % 7], label=label)
            words.append(label)
        axes.set(xlabel=xlabel, ylabel=ylabel, title=title, ylim=(bottom, top))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(title="value in the last epoch", loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"{title}. Curves of the {ylabel} by {xlabel}; at the end {'; '.join(words)}.")


def learning_curve(history, validation, rungs):
    """Training and test RMSE by epoch, with the errors of simpler predictors as lines.

    rungs: dict name → RMSE on the test part.
    """
    epochs = np.arange(1, len(history) + 1)
    with picture(7.4, 4) as (axes, alt):
        axes.plot(epochs, history, color=BLUE, label="training, on the way")
        axes.plot(epochs, validation, color=RED, linestyle="--", label="test, after the epoch")
        for name, value in rungs.items():
            axes.axhline(value, color=GREEN, linewidth=1, linestyle=":")
            axes.text(epochs[-1], value, f"{name} {value:.3f}", color=GREEN, ha="right", va="bottom", fontsize=9)
        low = min(min(history), min(validation))
        axes.set(xlabel="epoch", ylabel="RMSE in rating points", title="Learning, epoch by epoch")
        axes.set_ylim(low - 0.05, max([*rungs.values(), validation[0]]) + 0.1)
        axes.legend()
        best = int(np.argmin(validation))
        alt(
            f"The training RMSE falls from {history[0]:.3f} to {history[-1]:.3f} in {len(history)} epochs, the test RMSE from "
            f"{validation[0]:.3f} to {validation[-1]:.3f}; its lowest value is {validation[best]:.3f} in epoch {best + 1}. For comparison: "
            + "; ".join(f"{name} {value:.3f}" for name, value in rungs.items())
        )


def toy_table(P, Q, data):
    """The toy's predicted table, known ratings in brackets behind the prediction."""
    users, items, ratings = data.arrays()
    known = np.full((data.n_users, data.n_items), np.nan)
    known[users, items] = ratings
    predicted = P @ Q.T
    names, songs = list(data.users["name"]), list(data.items["title"])
    with picture(10, 3.6) as (axes, alt):
        image = axes.imshow(predicted, vmin=0, vmax=5)
        for u, i in np.ndindex(predicted.shape):
            text = f"{predicted[u, i]:.1f}" + ("" if np.isnan(known[u, i]) else f"\n({known[u, i]:.0f})")
            dark = np.clip(predicted[u, i], 0, 5) < 3
            axes.text(i, u, text, ha="center", va="center", fontsize=9, color="white" if dark else "black")
        axes.set_xticks(range(len(songs)), songs, rotation=35, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set(title="Predicted ratings (known ratings in brackets)", xlabel="song", ylabel="listener")
        axes.figure.colorbar(image, ax=axes, label="predicted rating", fraction=0.02)
        unknown = [f"{names[u]}, {songs[i]}: {predicted[u, i]:.1f}" for u, i in np.argwhere(np.isnan(known))]
        error = np.sqrt(np.mean((predicted[users, items] - ratings) ** 2))
        alt(
            f"Table of predicted ratings. RMSE on the known ratings {error:.2f}. Predictions for the unknown cells: {'; '.join(unknown)}."
        )
