"""Pictures of lesson 09: what gaps are filled with, the nearest matrix of rank k, and what each way costs on unseen ratings."""

import textwrap

import numpy as np
from matplotlib.patches import Rectangle

from mfref.plots.biases import ladder as ladder
from mfref.plots.picture import BLACK, BLUE, DASHES, GREY, MARKS, ORANGE, PALETTE, RED, picture, student_draws

WAYS = ("zero", "global_mean", "user_mean", "item_mean")


def table_of(data, kept=slice(None)):
    """→ (n_users, n_items): the ratings with the indices `kept`, NaN elsewhere."""
    users, items, ratings = data.arrays()
    R = np.full((data.n_users, data.n_items), np.nan)
    R[users[kept], items[kept]] = ratings[kept]
    return R


def toy_guesses(data, listener, song):
    """Four guesses for one unknown cell of the toy: 0, and three means."""
    R = table_of(data)
    u, i = list(data.users["name"]).index(listener), list(data.items["title"]).index(song)
    guesses = {
        "zero": 0.0,
        "mean of all": np.nanmean(R),
        f"mean of {listener}": np.nanmean(R[u]),
        f"mean of {song}": np.nanmean(R[:, i]),
    }
    with picture(7, 2.8) as (axes, alt):
        bars = axes.barh(range(4), list(guesses.values()), color=[ORANGE, BLUE, BLUE, BLUE])
        axes.bar_label(bars, fmt="%.2f", padding=4)
        axes.set_yticks(range(4), list(guesses))
        axes.invert_yaxis()
        axes.set(xlim=(0, 5), xlabel="guess, in rating points", ylabel="what is filled in")
        axes.set_title(f"What may {listener} think of {song}?")
        alt(f"Four bars, guesses for an unknown rating: {'; '.join(f'{name} {value:.2f}' for name, value in guesses.items())}.")


def draw_table(axes, X, guessed, data, held_out=None, songs=True):
    """A table of numbers; guessed cells (a mask) are in italics with a dashed frame. held_out: dict cell → actual rating, which
    stands in brackets, in a thick frame."""
    held_out = held_out or {}
    image = axes.imshow(X, vmin=0, vmax=5, aspect="auto")
    for u, i in np.ndindex(X.shape):
        style = {"style": "italic"} if guessed[u, i] else {"weight": "bold"}
        colour = "white" if X[u, i] < 3 else "black"
        text = f"{X[u, i]:.1f}" + (f" ({held_out[u, i]:g})" if (u, i) in held_out else "")
        axes.text(i, u, text, ha="center", va="center", color=colour, fontsize=9.5, **style)
        if (u, i) in held_out:
            axes.add_patch(Rectangle((i - 0.45, u - 0.44), 0.9, 0.88, fill=False, edgecolor=RED, linewidth=2.5))
        elif guessed[u, i]:
            axes.add_patch(Rectangle((i - 0.45, u - 0.44), 0.9, 0.88, fill=False, edgecolor=colour, linestyle="--"))
    axes.set_yticks(range(len(X)), list(data.users["name"]), fontsize=9)
    titles = [textwrap.fill(title, 12) for title in data.items["title"]]
    axes.set_xticks(range(X.shape[1]), titles if songs else [""] * len(titles), fontsize=8)
    axes.set_ylabel("listener")
    if songs:
        axes.set_xlabel("song")
    return image


@student_draws
def toy_filled(impute, data):
    """The toy, filled in the four ways by the student's function, one under the other."""
    R = table_of(data)
    words = []
    with picture(10.5, 9.5, rows=4) as (panels, alt):
        for panel, how in zip(panels, WAYS, strict=True):
            X = np.asarray(impute(R.copy(), how), dtype=float)
            image = draw_table(panel, X, np.isnan(R), data, songs=how == WAYS[-1])
            panel.set_title(how)
            words.append(f"{how}: {', '.join(f'{value:.2f}' for value in X[np.isnan(R)])}")
        panels[0].figure.colorbar(image, ax=list(panels), label="rating", fraction=0.02)
        cells = [f"{data.users['name'][u]}, {data.items['title'][i]}" for u, i in np.argwhere(np.isnan(R))]
        alt(f"Four tables, the toy filled in four ways. What stands in {'; '.join(cells)}, in this order: {'. '.join(words)}.")


@student_draws
def nearest(truncated_svd, tables, rng, n_others=60):
    """What each number of terms leaves, against the sum of the squared singular values beyond it and against other matrices.

    tables: dict name → full matrix. The others: the best fit on k random mixtures of the columns.
    """
    words = []
    with picture(10.5, 4, columns=2) as (panels, alt):
        for axes, (name, R) in zip(panels, tables.items(), strict=True):
            most = min(*R.shape, 8)
            s = np.linalg.svd(R, compute_uv=False)
            left = [np.sum(R**2)]
            for k in range(1, most + 1):
                U, singular, Vt = (np.asarray(part) for part in truncated_svd(R, k))
                left.append(np.sum((R - U * singular @ Vt) ** 2))
                others = [_left_by_a_random_one(R, k, rng) for _ in range(n_others)]
                axes.plot(np.full(n_others, k), others, "_", color=ORANGE, label="random matrices of rank k" if k == 1 else None)
                words.append(f"{name}, k = {k}: {left[-1]:.1f} left, the best random one leaves {min(others):.1f}")
            beyond = [np.sum(s[k:] ** 2) for k in range(most + 1)]
            axes.plot(range(most + 1), left, "o-", color=BLUE, label="your first k terms")
            axes.plot(range(most + 1), beyond, "x", color=BLACK, markersize=10, label="Σ of s² beyond k")
            axes.set(xlabel="number of terms k", ylabel="sum of squares left", title=name)
            top = 2.6 * left[1]
            axes.set_ylim(-0.03 * left[1], top)
            if left[0] > top:
                axes.text(0, 0.95 * top, f"k = 0:\n{left[0]:.0f}", va="top", color=BLUE)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.legend(fontsize=9, frameon=True, framealpha=1, edgecolor="white")
        alt(f"By number of terms, the sum of squares that is left; it equals the sum of s² beyond k. {'; '.join(words)}.")


def _left_by_a_random_one(R, k, rng):
    columns = R @ rng.normal(size=(R.shape[1], k))
    return np.sum((R - columns @ np.linalg.lstsq(columns, R, rcond=None)[0]) ** 2)


def scree(singular_values, title="Singular values, the largest first"):
    """Singular values on a logarithmic axis. singular_values: dict name → descending array."""
    with picture(7.6, 4) as (axes, alt):
        words = []
        for n, (name, s) in enumerate(singular_values.items()):
            axes.plot(np.arange(1, len(s) + 1), s, marker=MARKS[n], markersize=4, color=PALETTE[n], label=name)
            words.append(f"{name}: {', '.join(f'{value:.0f}' for value in s[:5])} … {s[-1]:.0f} as number {len(s)}")
        axes.set(xlabel="number of the term", ylabel="singular value (logarithmic)", title=title, yscale="log")
        axes.legend()
        alt(f"{title}. On a logarithmic axis: {'; '.join(words)}.")


def error_curves(curves, title, xlabel):
    """Test RMSE by number of terms, or of steps. curves: dict name → dict x → RMSE."""
    words = []
    with picture(8.6, 4.4) as (axes, alt):
        _curves(axes, curves, words)
        axes.set(xlabel=xlabel, ylabel="test RMSE", title=title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), title="lowest test RMSE")
        alt(f"{title}{'' if title.endswith('?') else '.'} Test RMSE by {xlabel}. {'; '.join(words)}.")


def _curves(axes, curves, words, first=0):
    axes.xaxis.get_major_locator().set_params(integer=True)
    for n, (name, errors) in enumerate(curves.items(), first):
        x, values = list(errors), list(errors.values())
        label = f"{name}: {min(values):.3f}"
        axes.plot(x, values, marker=MARKS[n], color=PALETTE[n], linestyle=DASHES[n], label=label)
        words.append(f"{name}: {', '.join(f'{value:.3f} at {at}' for at, value in errors.items())}")


def hard_and_soft(hard, soft, lines):
    """Two ways to iterate, with one scale of errors. hard: dict k → RMSE; soft: dict threshold → RMSE; lines: name → RMSE."""
    words = []
    with picture(10.5, 4, columns=2, sharey=True) as (panels, alt):
        _curves(panels[0], {"hard": hard}, words)
        _curves(panels[1], {"soft": soft}, words, first=1)
        for axes in panels:
            for name, value in lines.items():
                axes.axhline(value, color=GREY, linestyle=":", label=f"{name}: {value:.3f}")
            axes.legend(title="lowest test RMSE", fontsize=9)
        panels[0].set(title="Hard: keep k terms as they are", xlabel="number of terms k", ylabel="test RMSE")
        panels[1].set(title="Soft: take lam off every one", xlabel="threshold lam")
        words += [f"{name}, a line: {value:.3f}" for name, value in lines.items()]
        alt(f"Test RMSE of iterating, left by the number of terms, right by the soft threshold. {'; '.join(words)}.")


def turned(ours, theirs, turn, titles):
    """Two sets of item factors, (n_items, 2) each, as they come, and the second after the turn, a (2, 2) matrix."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    words = []
    with picture(11, 4.6, columns=2, sharex=True, sharey=True) as (panels, alt):
        for axes, other, title in zip(panels, (theirs, theirs @ turn), ("As they come", "SGD's, turned"), strict=True):
            axes.axhline(0, color=GREY, linewidth=0.5)
            axes.axvline(0, color=GREY, linewidth=0.5)
            for a, b in zip(ours, other, strict=True):
                axes.plot([a[0], b[0]], [a[1], b[1]], color=GREY, linewidth=0.7)
            axes.plot(*ours.T, "o", color=BLUE, markersize=9, label="from the SVD")
            axes.plot(*other.T, "x", color=RED, markersize=8, markeredgewidth=2, label="from SGD")
            apart = np.linalg.norm(ours - other, axis=1)
            axes.set_title(f"{title}: at most {apart.max():.2f} apart")
            axes.set(xlabel="factor 0", ylabel="factor 1", aspect="equal")
            far = titles[int(apart.argmax())]
            words.append(f"{title}: the two points of a song are at most {apart.max():.2f} apart ({far})")
        panels[0].legend(loc="upper right", fontsize=9)
        alt(f"Songs in the plane of two factors, from the SVD and from SGD. {'. '.join(words)}.")


@student_draws
def guesses_by_step(iterate_svd, data, k, n_steps):
    """Iterating on the toy by the student's function: by how much the unknown cells move, and what they come to."""
    R = table_of(data)
    filled, changes = iterate_svd(R.copy(), k, n_steps)
    filled, changes = np.asarray(filled, dtype=float), np.asarray(changes, dtype=float)
    with picture(10.5, 6, rows=2, height_ratios=(2, 3)) as ((upper, lower), alt):
        upper.plot(np.arange(1, len(changes) + 1), changes, "o-", color=BLUE, markersize=4)
        upper.set(xlabel="step", ylabel="RMS change", title=f"By how much the unknown cells move, k = {k}", ylim=(0, None))
        image = draw_table(lower, filled, np.isnan(R), data)
        lower.set_title(f"The toy after {n_steps} steps: dashed cells were unknown")
        lower.figure.colorbar(image, ax=lower, label="rating", fraction=0.02)
        cells = [f"{data.users['name'][u]}, {data.items['title'][i]}: {filled[u, i]:.1f}" for u, i in np.argwhere(np.isnan(R))]
        ends = f"from {changes[0]:.2f} to {changes[-1]:.3f}" if len(changes) else "not at all"
        alt(f"The unknown cells move {ends} in {n_steps} steps. What they come to: {'; '.join(cells)}.")
