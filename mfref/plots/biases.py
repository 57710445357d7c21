"""Pictures of lesson 04: a rating in its parts, harsh critics and loved films, what damping does, the ladder."""

import textwrap

import numpy as np

from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, SKY, picture, say, student_draws
from mfref.plots.sgd import learning_curve as learning_curve

UP, DOWN = {"color": BLUE}, {"color": ORANGE, "hatch": "//", "edgecolor": "white"}


def waterfall(parts, rating, title, last="prediction"):
    """From the mean to one prediction, step by step.

    parts: dict name → number, the first the mean, the others what is added to it. rating: the actual one, or None.
    last: what the sum of all parts is called.
    """
    with picture(7.6, 4.2) as (axes, alt):
        alt(draw_waterfall(axes, parts, rating, title, last))


def draw_waterfall(axes, parts, rating, title, last="prediction"):
    """Draw the waterfall on these axes; → its alt text."""
    names, values = list(parts), np.array(list(parts.values()), dtype=float)
    levels = np.cumsum(values)
    axes.bar(0, values[0], color=GREEN, width=0.6)
    for n in range(1, len(values)):
        axes.plot([n - 1.3, n + 0.3], [levels[n - 1]] * 2, color=BLACK, linewidth=0.8)
        axes.bar(n, values[n], bottom=levels[n - 1], width=0.6, **(UP if values[n] >= 0 else DOWN))
        axes.text(n, max(levels[n - 1 : n + 1]) + 0.07, f"{values[n]:+.2f}", ha="center", va="bottom")
    axes.bar(len(values), levels[-1], color=PURPLE, width=0.6)
    for n, level in ((0, levels[0]), (len(values), levels[-1])):
        axes.text(n, level / 2, f"{level:.2f}", ha="center", va="center", weight="bold", fontsize=12)
    if rating is not None:
        axes.plot([len(values) - 0.4, len(values) + 1.1], [rating] * 2, color=BLACK, linestyle="--", linewidth=1.2)
        axes.text(len(values) + 0.38, rating + 0.07, f"actual rating {rating:g}", va="bottom")
    labels = [names[0], *(f"+ {name}" for name in names[1:]), f"= {last}"]
    axes.set_xticks(range(len(labels)), [textwrap.fill(label, 16) for label in labels])
    low, high = min(0, levels.min()), max(5, levels.max(), rating or 0)
    axes.set(
        ylim=(low, high + 0.5),
        xlim=(-0.5, len(values) + (0.5 if rating is None else 1.4)),
        ylabel="rating points",
        xlabel="what is known, step by step",
    )
    axes.set_title(title, wrap=True)
    steps = "; ".join(f"{name} {value:+.2f}" for name, value in zip(names[1:], values[1:], strict=True))
    actual = "" if rating is None else f" The actual rating is {rating:g}, a dashed line."
    return (
        f"{title}{'' if title.endswith('?') else '.'} A staircase that begins at the {names[0]}, {values[0]:.2f}: {steps}. "
        f"It ends at the {last}, {levels[-1]:.2f}.{actual}"
    )


def toy_rating_in_parts(data, listener, song):
    """One known rating of the toy, taken apart by plain means: what is left is what only the two together explain."""
    from mfref.biases import damped_means

    users, items, ratings = data.arrays()
    u, i = list(data.users["name"]).index(listener), list(data.items["title"]).index(song)
    mu, b_user, b_item = damped_means(users, items, ratings, data.n_users, data.n_items, 0)
    known = (users == u) & (items == i)
    if not known.any():
        say(f"{listener} has not rated {song}. Pick a pair with a known rating.")
        return
    rating = float(ratings[known][0])
    rest = rating - mu - b_user[u] - b_item[i]
    parts = {"mean of all": mu, listener: b_user[u], song: b_item[i], "what is left": rest}
    waterfall(parts, None, f"Why did {listener} give {song} a {rating:g}?", last="rating")


@student_draws
def toy_effects(damped_means, data, damping, marked=()):
    """Each song's effect without damping and with it, by the student's function."""
    arguments = (*data.arrays(), data.n_users, data.n_items)
    plain, damped = (np.asarray(damped_means(*arguments, d)[2]) for d in (0, damping))
    counts = np.bincount(arguments[1], minlength=data.n_items)
    order, rows = np.argsort(plain), np.arange(data.n_items)
    titles = [f"{title} ({n})" for title, n in zip(data.items["title"], counts, strict=True)]
    with picture(8.4, 4.4) as (axes, alt):
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.hlines(rows, damped[order], plain[order], color=BLACK, linewidth=1)
        axes.plot(plain[order], rows, "x", color=RED, markersize=8, label="no damping")
        axes.plot(damped[order], rows, "o", color=BLUE, label=f"damping {damping:g}")
        axes.set_yticks(rows, [titles[i] for i in order])
        for tick, i in zip(axes.get_yticklabels(), order, strict=True):
            tick.set_weight("bold" if data.items["title"][i] in marked else "normal")
        axes.set(title="By how much each song lies above the mean", xlabel="item effect, in rating points")
        axes.set_ylabel("song (number of ratings)")
        axes.legend(loc="lower right")
        words = [f"{titles[i]}: {plain[i]:+.2f}, damped {damped[i]:+.2f}" for i in order[::-1]]
        alt(
            f"Two marks for each song, its effect without damping and with damping {damping:g}; damping pulls towards 0. {'; '.join(words)}."
        )


@student_draws
def effects(damped_means, data, damping):
    """How generous users are and how loved films, by the student's function: two histograms with their extremes named."""
    users, items, ratings = data.arrays()
    mu, b_user, b_item = damped_means(users, items, ratings, data.n_users, data.n_items, damping)
    ids, titles, words = data.users["user_id"].to_numpy(), data.items["title"].to_numpy(), []
    with picture(11, 4.2, columns=2, sharex=True) as (panels, alt):
        for axes, name, b, index, label in (
            (panels[0], "user", np.asarray(b_user), users, lambda row: f"user {ids[row]}"),
            (panels[1], "item", np.asarray(b_item), items, lambda row: titles[row]),
        ):
            edges = np.linspace(-2, 2, 41)
            for part, look in ((b[b < 0], DOWN), (b[b >= 0], UP)):
                axes.hist(np.clip(part, -2, 2), edges, **look)
            ends = [int(np.argmin(b)), int(np.argmax(b))]
            told = [f"{label(row)}\n{b[row]:+.2f}, {np.sum(index == row)} ratings" for row in ends]
            for text, x, side in zip(told, (0.02, 0.98), ("left", "right"), strict=True):
                text = "\n".join(textwrap.fill(line, 22) for line in text.split("\n"))
                axes.text(x, 0.98, text, transform=axes.transAxes, ha=side, va="top", fontsize=9)
            axes.set(xlabel=f"{name} effect, in rating points", ylabel=f"number of {name}s")
            axes.set_ylim(top=1.3 * axes.get_ylim()[1])
            words.append(
                f"{name} effects from {told[0]} to {told[1]}; half of them lie between {np.quantile(b, 0.25):+.2f} and {np.quantile(b, 0.75):+.2f}"
            )
        panels[0].set_title(f"Harsh critics and generous users (mean {mu:.2f})")
        panels[1].set_title("Unloved and loved films")
        alt(f"Two histograms, below 0 hatched. {'. '.join(words)}.".replace("\n", ", "))


@student_draws
def best_films(damped_means, data, damping, n=10):
    """The films with the highest effect, without damping and with it, by the student's function."""
    users, items, ratings = data.arrays()
    counts, titles = np.bincount(items, minlength=data.n_items), data.items["title"].to_numpy()
    words = []
    with picture(11.5, 4.4, columns=2) as (panels, alt):
        for axes, d, colour in ((panels[0], 0, RED), (panels[1], damping, BLUE)):
            effect = np.asarray(damped_means(users, items, ratings, data.n_users, data.n_items, d)[2])
            best = np.argsort(-effect, kind="stable")[:n]
            axes.barh(range(n), effect[best], color=colour)
            axes.set_yticks(range(n), [textwrap.shorten(titles[i], 34, placeholder=" …") for i in best])
            for row, i in enumerate(best):
                number = "1 rating" if counts[i] == 1 else f"{counts[i]} ratings"
                axes.text(0.03, row, number, color="white", va="center", fontsize=9, weight="bold")
            axes.invert_yaxis()
            axes.set(xlabel="item effect", ylabel="film", title=f"damping {d:g}" if d else "no damping")
            words.append(
                f"{f'With damping {d:g}' if d else 'Without damping'}: {'; '.join(f'{titles[i]}, {counts[i]} ratings' for i in best)}"
            )
        alt(f"The {n} films with the highest effect, as bars. {'. '.join(words)}.")


def damping_curve(rmse_of):
    """Test RMSE of the baseline by damping. rmse_of: dict damping → RMSE."""
    dampings, values = list(rmse_of), np.array(list(rmse_of.values()))
    with picture(7, 3.6) as (axes, alt):
        axes.plot(range(len(values)), values, "o-", color=BLUE)
        best = int(np.argmin(values))
        axes.plot(best, values[best], "o", color=RED, markersize=11, fillstyle="none", markeredgewidth=2)
        axes.annotate(
            f"lowest: {values[best]:.3f}", (best, values[best]), (0, 16), textcoords="offset points", ha="center", color=RED
        )
        axes.set_xticks(range(len(dampings)), [f"{d:g}" for d in dampings])
        axes.set(xlabel="damping", ylabel="test RMSE", title="How much damping is good?")
        alt("Test RMSE of the baseline by damping: " + "; ".join(f"{d:g}: {v:.4f}" for d, v in rmse_of.items()) + ".")


@student_draws
def one_update(step, mu=3.3, b_u=-0.4, b_i=0.3, p=(0.4, 1.0), q=(0.9, 0.3), r=5.0, lr=0.1, reg=0.05):
    """One call of the student's `biased_sgd_step`: the four parts of the prediction before and after."""
    b_user, b_item, P, Q = np.array([b_u]), np.array([b_i]), np.array([p]), np.array([q])
    before = [mu, b_u, b_i, float(np.dot(p, q))]
    step(mu, b_user, b_item, P, Q, 0, 0, r, lr, reg)
    after = [mu, float(b_user[0]), float(b_item[0]), float(P[0] @ Q[0])]
    names = ("mean", "user bias", "item bias", "p · q", "prediction")
    with picture(7.6, 4) as (axes, alt):
        for values, shift, look, name in (
            (before, -0.2, {"color": SKY, "hatch": "..", "edgecolor": "white"}, "before"),
            (after, 0.2, {"color": BLUE}, "after"),
        ):
            bars = axes.bar(np.arange(5) + shift, [*values, sum(values)], 0.38, label=name, **look)
            axes.bar_label(bars, fmt="%.2f", fontsize=9, padding=2)
        axes.axhline(0, color=BLACK, linewidth=0.8)
        axes.axhline(r, color=BLACK, linestyle="--", linewidth=1.2)
        axes.text(-0.45, r, f"rating {r:g}", va="bottom")
        axes.set_xticks(range(5), names)
        every = [*before, *after, sum(before), sum(after), r, 0]
        axes.set(ylim=(min(every) - 0.6, max(every) + 0.7), ylabel="rating points", xlabel="parts of the prediction")
        axes.set_title(f"One step moves the prediction from {sum(before):.2f} to {sum(after):.2f}")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        parts = "; ".join(f"{name} from {a:.2f} to {b:.2f}" for name, a, b in zip(names, before, after, strict=False))
        alt(
            f"Pairs of bars, before and after one step of learning rate {lr:g} towards the rating {r:g}: {parts}; the prediction from {sum(before):.2f} to {sum(after):.2f}."
        )


def ladder(rungs, title="The ladder so far", label="test RMSE in rating points: further left is better"):
    """Errors of several predictors, a rung each, the smallest marked. rungs: dict name → RMSE."""
    names, values = list(rungs), np.array(list(rungs.values()))
    rows, best = np.arange(len(names)), int(np.argmin(values))
    with picture(8, 0.42 * len(names) + 1.3) as (axes, alt):
        axes.plot(values, rows, "o", color=BLUE, markersize=9)
        axes.plot(values[best], best, "o", color=RED, markersize=15, fillstyle="none", markeredgewidth=2)
        for row, value in enumerate(values):
            axes.axhline(row, color="#d1d5db", linewidth=0.8, zorder=0)
            axes.annotate(f"{value:.3f}", (value, row), (12, 0), textcoords="offset points", va="center")
        axes.set_yticks(rows, names)
        room = 0.08 * (values.max() - values.min()) + 0.005
        axes.set(xlim=(values.min() - room, values.max() + 2 * room), ylim=(len(names) - 0.4, -0.6))
        axes.set(xlabel=label, ylabel="predictor", title=title)
        alt(
            f"{title}. Test RMSE: {'; '.join(f'{name} {value:.3f}' for name, value in rungs.items())}. The lowest is that of: {names[best]}."
        )
