"""Pictures of lesson 10: counts, preferences and confidences of the toy, what the zeros do, and what YᵀY saves."""

import time

import numpy as np

from mfref.plots.picture import BLACK, BLUE, RED, picture, student_draws
from mfref.plots.svd import table_of


def toy_preferences(data):
    """The toy read as plays, beside the preferences that follow from them: songs × listeners."""
    counts = table_of_counts(data)
    with picture(9.2, 4.9, columns=2, sharey=True) as (panels, alt):
        draw_cells(panels[0], counts, data, "plays (count w)", "{:.0f}")
        draw_cells(panels[1], 1.0 * (counts > 0), data, "preference t", "{:.0f}")
        panels[0].set_ylabel("song")
        alt(
            f"Two tables, songs by listeners. Left the number of plays, 0 to {counts.max():.0f}; right the preference, 1 where "
            f"the song was played at all, in {np.sum(counts > 0)} cells, and 0 in the other {np.sum(counts == 0)}."
        )


@student_draws
def toy_confidence(confidence, data, alpha):
    """Plays, preferences, and the confidences that the student's function gives."""
    counts = table_of_counts(data)
    sure = np.asarray(confidence(counts, alpha), dtype=float)
    with picture(11.5, 4.9, columns=3, sharey=True) as (panels, alt):
        draw_cells(panels[0], counts, data, "plays (count w)", "{:.0f}")
        draw_cells(panels[1], 1.0 * (counts > 0), data, "preference t", "{:.0f}")
        draw_cells(panels[2], sure, data, f"confidence c, alpha = {alpha:g}", "{:.3g}")
        panels[0].set_ylabel("song")
        of_count = {f"{w:.0f}": f"{sure[counts == w][0]:.3g}" for w in np.unique(counts)}
        alt(
            "Three tables, songs by listeners: plays, preferences 0 or 1, and confidences. With alpha "
            f"{alpha:g} the confidence by number of plays is {'; '.join(f'{w}: {c}' for w, c in of_count.items())}."
        )


def table_of_counts(data):
    """→ (n_users, n_items): the ratings read as counts, 0 where there is none."""
    return np.nan_to_num(table_of(data))


def draw_cells(axes, values, data, title, form, marked=None):
    """A table of numbers as an image, songs in rows, listeners in columns. marked: a boolean table; these cells get a frame.

    → (image, texts, frames), which `fill_cells` can give other numbers.
    """
    image = axes.imshow(np.zeros(values.T.shape), aspect="auto", cmap="cividis")
    texts = [axes.text(u, i, "", ha="center", va="center", fontsize=9.5) for u, i in np.ndindex(values.shape)]
    frames = [] if marked is None else [axes.add_patch(_frame(u, i)) for u, i in np.argwhere(marked)]
    fill_cells(image, texts, values, form)
    axes.set_xticks(range(data.n_users), [name.replace(" ", "\n") for name in data.users["name"]])
    axes.set_yticks(range(data.n_items), data.items["title"])
    axes.tick_params(length=0)
    axes.set(xlabel="listener", title=title)
    return image, texts, frames


def fill_cells(image, texts, values, form):
    low, high = min(0, values.min()), max(1, values.max())
    image.set_data(values.T)
    image.set_clim(low, high)
    for text, value in zip(texts, values.ravel(), strict=True):
        text.set_text(form.format(value))
        text.set_color("white" if (value - low) / (high - low) < 0.55 else BLACK)


def _frame(u, i):
    from matplotlib.patches import Rectangle

    return Rectangle((u - 0.47, i - 0.46), 0.94, 0.92, fill=False, edgecolor=RED, linewidth=2.5)


def dense_solution(Q, items, counts, alpha, reg):
    """→ the solution for one user as equation 4 has it: over all items, each with its confidence."""
    c, t = np.ones(len(Q)), np.zeros(len(Q))
    c[items] += alpha * counts
    t[items] = 1
    return np.linalg.solve((Q.T * c) @ Q + reg * np.eye(Q.shape[1]), Q.T @ (c * t))


@student_draws
def what_yty_saves(solve_user_implicit, sizes=(500, 2000, 8000, 32000), n_counted=50, n_factors=30):
    """Seconds for one user, by the student's function and over all items, for catalogues of several sizes."""
    rng, seconds, apart = np.random.default_rng(3), {"over all items": [], "with YtY, your function": []}, 0.0
    for n_items in sizes:
        Q = rng.normal(0, 0.3, (n_items, n_factors))
        YtY, items, counts = Q.T @ Q, rng.permutation(n_items)[:n_counted], rng.integers(1, 6, n_counted).astype(float)
        ways = (
            lambda: dense_solution(Q, items, counts, 1.0, 5.0),  # noqa: B023
            lambda: solve_user_implicit(Q, YtY, items, counts, 1.0, 5.0),  # noqa: B023
        )
        answers = []
        for taken, way in zip(seconds.values(), ways, strict=True):
            answers.append(way())
            taken.append(min(_seconds(way) for _ in range(5)))
        apart = max(apart, float(np.abs(answers[0] - np.asarray(answers[1])).max()))
    with picture(7.6, 4) as (axes, alt):
        looks = ({"color": RED, "marker": "s", "linestyle": "--"}, {"color": BLUE, "marker": "o"})
        for (name, taken), look in zip(seconds.items(), looks, strict=True):
            axes.loglog(sizes, np.array(taken) * 1e3, label=name, **look)
        axes.set_xticks(sizes, [f"{n:,}" for n in sizes], minor=False)
        axes.set_xticks([], minor=True)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(xlabel=f"items in the catalogue, of which the user has played {n_counted}", ylabel="milliseconds for one user")
        axes.set_title(f"The same answer to {apart:.0e}, not at the same price")
        axes.legend(loc="upper left")
        words = [
            f"{name}: {', '.join(f'{1e3 * s:.2f} ms at {n:,}' for n, s in zip(sizes, taken, strict=True))}"
            for name, taken in seconds.items()
        ]
        alt(
            f"Time for one user by the size of the catalogue, both axes logarithmic. {'; '.join(words)}. Largest difference {apart:.0e}."
        )


def _seconds(way):
    begin = time.perf_counter()
    way()
    return time.perf_counter() - begin


def loss_curve(history):
    """The loss over all cells after each epoch."""
    epochs = np.arange(1, len(history) + 1)
    with picture(7, 3.4) as (axes, alt):
        axes.plot(epochs, history, "o-", color=BLUE)
        axes.set(xlabel="epoch", ylabel="loss over all cells", title="Each epoch takes the loss down")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        alt(f"The loss by epoch falls from {history[0]:,.0f} after the first to {history[-1]:,.0f} after epoch {len(history)}.")
