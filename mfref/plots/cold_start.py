"""Pictures of lesson 11: where answers put a newcomer, what each answer is worth, where genres put a film."""

import textwrap

import numpy as np

from mfref.plots.biases import ladder as ladder
from mfref.plots.picture import BLACK, BLUE, DASHES, GREY, MARKS, ORANGE, PALETTE, SKY, picture, student_draws


def one_factor(ratings, q, reg):
    """The squared errors of a few answers, the penalty, and their sum, for every value of a newcomer's only factor."""
    ratings, q = np.array(ratings), np.array(q)
    p = np.linspace(-0.5, 2.5, 200)
    errors = np.sum((ratings - p[:, None] * q) ** 2, axis=1)
    best = float(ratings @ q / (q @ q + reg))
    lowest = float(np.sum((ratings - best * q) ** 2) + reg * best**2)
    with picture(7, 3.6) as (axes, alt):
        axes.plot(p, errors, DASHES[1], color=BLUE, label="squared errors of the answers")
        axes.plot(p, reg * p**2, DASHES[3], color=ORANGE, label="penalty")
        axes.plot(p, errors + reg * p**2, color=BLACK, linewidth=2, label="sum")
        axes.plot(best, lowest, "o", color=BLACK, markersize=9)
        axes.annotate(f"p = {best:.2f}", (best, lowest), (0, 9), textcoords="offset points", ha="center", weight="bold")
        axes.set(xlabel="the newcomer's factor p", ylabel="loss", title="The lowest point can be computed", ylim=(0, None))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            f"Three curves over the newcomer's factor p: the squared errors of {len(q)} answers, the penalty, and their sum, which is lowest "
            f"at p = {best:.2f}, between 0 and the p that fits the answers best."
        )


@student_draws
def toy_newcomer(fold_in_user, data, answers, reg):
    """A map of the toy's songs, and the newcomer's place after each of the answers, by the student's function."""
    from mfref.models import MatrixFactorization

    model = MatrixFactorization(n_factors=2, lr=0.05, reg=0.1, n_epochs=300).fit(data)
    titles = data.items["title"].tolist()
    rows = np.array([titles.index(title) for title in answers])
    left = np.array(list(answers.values()), dtype=float) - model.mu_ - model.b_item_[rows]
    path = np.array([fold_in_user(model.Q_, rows[:n], left[:n], reg) for n in range(len(rows) + 1)], dtype=float)
    with picture(8, 5.2) as (axes, alt):
        axes.axhline(0, color=GREY, linewidth=0.5)
        axes.axvline(0, color=GREY, linewidth=0.5)
        for row, (q, title) in enumerate(zip(model.Q_, titles, strict=True)):
            asked = row in rows
            axes.plot(*q, "s" if asked else "o", color=ORANGE if asked else BLUE, markersize=8 if asked else 5)
            dx, dy = (model.Q_ - q).T
            side = "right" if np.any((dx > 0) & (dx < 0.5) & (np.abs(dy + 0.1) < 0.1)) else "left"  # away from a near song
            look = {"ha": side, "fontsize": 9, "weight": "bold" if asked else "normal"}
            axes.annotate(title, q, (6 if side == "left" else -6, -11), textcoords="offset points", **look)
        axes.plot(*path.T, "-", color=BLACK, linewidth=1.2)
        for n, place in enumerate(path):
            axes.plot(*place, "D", color=BLACK, markersize=15, zorder=3)
            axes.text(*place, str(n), color="white", ha="center", va="center", fontsize=9, weight="bold", zorder=4)
        axes.set(xlabel="factor 0", ylabel="factor 1", title="Where the newcomer stands after each answer")
        axes.margins(x=0.22, y=0.1)
        places = "; ".join(f"after {n} ({x:.2f}, {y:.2f})" for n, (x, y) in enumerate(path))
        given = "; ".join(f"{title} {rating}" for title, rating in answers.items())
        alt(f"A map of the toy's songs by two factors. The newcomer's answers: {given}. The newcomer's place: {places}.")


def curves(panels, title, ylabel="test RMSE in rating points"):
    """Lines in one or two panels. panels: dict label of the x axis → dict name → dict x → y."""
    words = []
    with picture(5.4 * len(panels) + 1.6, 3.9, columns=len(panels), sharey=True, squeeze=False) as (grid, alt):
        for axes, (xlabel, lines) in zip(grid[0], panels.items(), strict=True):
            ticks = list(next(iter(lines.values())))
            for n, (name, line) in enumerate(lines.items()):
                look = {"color": PALETTE[n], "linestyle": DASHES[n], "marker": MARKS[n]}
                axes.plot(range(len(line)), list(line.values()), label=name, **look)
                words.append(f"{xlabel}, {name}: " + ", ".join(f"{x}: {y:.3f}" for x, y in line.items()))
            axes.set_xticks(range(len(ticks)), ticks)
            axes.set(xlabel=xlabel)
        grid[0, 0].set(ylabel=ylabel, title=title)
        grid[0, -1].legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"{title}, {ylabel}. {'. '.join(words)}.")


@student_draws
def genre_map(genre_factors, Q, genres, names, titles, new, n_ratings, reg):
    """Films by two factors; for some of the new ones where their genres put them, and where training does.

    new: rows of films whose factors `genre_factors` does not see. The most rated of them are shown, beside the vectors of all genres.
    """
    old = np.setdiff1d(np.arange(len(Q)), new)
    G = np.asarray(genre_factors(Q[old], genres[old], reg), dtype=float)
    shown = new[np.argsort(-n_ratings[new], kind="stable")][:6]
    placed = genres @ G
    words = []
    with picture(12.5, 5.4, columns=2) as ((left, right), alt):
        left.axhline(0, color=GREY, linewidth=0.5)
        for axes in (left, right):
            axes.axvline(0, color=GREY, linewidth=0.5)
        left.scatter(*Q[old].T, s=6, color=SKY, alpha=0.5)
        for n, row in enumerate(shown, start=1):
            left.annotate("", Q[row], placed[row], arrowprops={"arrowstyle": "->", "color": BLACK})
            left.plot(*placed[row], "^", color=ORANGE, markersize=8, label="by its genres" if n == 1 else None)
            left.plot(*Q[row], "o", color=BLUE, markersize=14, label="by training" if n == 1 else None)
            left.text(*Q[row], str(n), color="white", ha="center", va="center", fontsize=9, weight="bold")
            words.append(f"{titles[row]} by its genres ({_pair(placed[row])}), by training ({_pair(Q[row])})")
        told = "\n".join(textwrap.shorten(f"{n} {titles[row]}", 46, placeholder=" …") for n, row in enumerate(shown, start=1))
        left.set(xlabel=f"factor 0\n\n{told}", ylabel="factor 1", title="New films: by genres, by training")
        left.legend(loc="best")
        order = np.argsort(G[:, 0])
        rows = np.arange(len(names))
        right.hlines(rows, G[order, 0], G[order, 1], color=GREY, linewidth=0.7)
        right.plot(G[order, 0], rows, "o", color=BLUE, label="factor 0")
        right.plot(G[order, 1], rows, "s", color=ORANGE, label="factor 1")
        right.set_yticks(rows, [names[g] for g in order])
        right.set(xlabel="what the genre adds", ylabel="genre", title="The genres' own vectors")
        right.legend(loc="upper left", bbox_to_anchor=(1, 1))
        listed = "; ".join(f"{name} ({_pair(g)})" for name, g in zip(names, G, strict=True))
        alt(f"Left, a map of films by two factors. {'; '.join(words)}. Right, the genres' vectors: {listed}.")


def _pair(v):
    return f"{v[0]:.2f}, {v[1]:.2f}"
