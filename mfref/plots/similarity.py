"""Pictures of lesson 07: angle and distance, tables of similarities, neighbours.

Whether neighbours are worth anything is in `similarity_evidence`, the meaning of single factors in `similarity_maps`.
"""

import textwrap

import numpy as np

from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE, SKY, picture, say, student_draws

GREY = "#6b7280"


def films_of(model, data):
    """→ DataFrame of the films in the order of the model's item rows: index item_id; title, genres, n_ratings."""
    films = data.items.set_index("item_id").loc[model.item_ids, ["title", "genres"]]
    films["n_ratings"] = data.ratings["item_id"].value_counts().reindex(model.item_ids).to_numpy()
    return films


def film_row(films, item_id=None):
    """→ the row of this item id; without one, that of Star Wars (1977), or else of the film with the most ratings.

    films: as `films_of` gives them. Raises KeyError, naming the id, for an unknown one.
    """
    if item_id is not None:
        if item_id not in films.index:
            raise KeyError(f"there is no film with the item id {item_id!r} in this data.")
        return int(films.index.get_loc(item_id))
    is_star_wars = (films["title"] == "Star Wars (1977)").to_numpy()
    return int(np.argmax(is_star_wars if is_star_wars.any() else films["n_ratings"].to_numpy()))


def _ratings_of(data, songs, listeners):
    """→ (n_songs, n_listeners) ratings of the toy, NaN where unknown."""
    users, items, ratings = data.arrays()
    table = np.full((data.n_items, data.n_users), np.nan)
    table[items, users] = ratings
    titles, names = list(data.items["title"]), list(data.users["name"])
    return table[np.ix_([titles.index(song) for song in songs], [names.index(name) for name in listeners])]


def two_songs(data, listeners, *pairs):
    """Pairs of songs as arrows in the plane of two listeners' ratings, with the angle and the distance between them."""
    words = []
    with picture(4.8 * len(pairs), 4.7, columns=len(pairs), squeeze=False, sharex=True, sharey=True) as (grid, alt):
        for axes, pair in zip(grid[0], pairs, strict=True):
            a, b = _ratings_of(data, pair, listeners)
            if np.isnan([a, b]).any():
                say(f"{listeners[0]} or {listeners[1]} has not rated {pair[0]} or {pair[1]}. Pick songs that both have rated.")
                return
            distance, cosine = np.linalg.norm(a - b), a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
            angles = np.arctan2(*np.array([a, b]).T[::-1])
            arc = np.linspace(*angles, 40)
            axes.plot(1.2 * np.cos(arc), 1.2 * np.sin(arc), color=GREEN, linewidth=2)
            arrows = ((a, BLUE, pair[0]), (b, ORANGE, pair[1]))
            for v, colour, name in sorted(arrows, key=lambda arrow: -np.linalg.norm(arrow[0])):
                look = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.4, "shrinkA": 0, "shrinkB": 0}
                axes.annotate("", v, (0, 0), arrowprops=look)
                axes.annotate(textwrap.fill(name, 16), v, (9, 5), textcoords="offset points", va="top", weight="bold")
            axes.plot(*zip(a, b, strict=True), color=BLACK, linestyle=":", linewidth=2, zorder=5)
            degrees = abs(np.degrees(angles[1] - angles[0]))
            numbers = f"angle {degrees:.0f}°, cosine {cosine:.2f}\ndistance {distance:.2f}, 1 / (1 + distance) = {1 / (1 + distance):.2f}"
            axes.set_title(numbers, fontsize=11)
            axes.set(xlim=(0, 7.2), ylim=(0, 5.8), aspect="equal", xlabel=f"rating of {listeners[0]}")
            words.append(f"{pair[0]} ({a[0]:g}, {a[1]:g}) and {pair[1]} ({b[0]:g}, {b[1]:g}): {numbers}".replace("\n", ", "))
        grid[0, 0].set_ylabel(f"rating of {listeners[1]}")
        alt(
            f"Songs as arrows from the origin, by two listeners' ratings; an arc for the angle, dots for the distance. {'; '.join(words)}."
        )


def centred(data, songs):
    """Two songs' ratings by all listeners, as they are and after each song has lost its mean."""
    listeners = list(data.users["name"])
    pair = _ratings_of(data, songs, listeners)
    if np.isnan(pair).any():
        say("One of these songs is not rated by everybody. Pick two that all four listeners have rated.")
        return
    words = []
    with picture(10, 3.9, columns=2) as (panels, alt):
        for axes, rows, name in (
            (panels[0], pair, "as rated"),
            (panels[1], pair - pair.mean(axis=1, keepdims=True), "without each song's mean"),
        ):
            cosine = rows[0] @ rows[1] / np.prod(np.linalg.norm(rows, axis=1))
            for row, song, colour, mark in zip(rows, songs, (BLUE, ORANGE), ("o-", "s--"), strict=True):
                axes.plot(range(len(row)), row, mark, color=colour, linewidth=2, label=song)
            axes.axhline(0, color=GREY, linewidth=0.8)
            axes.set_xticks(range(len(listeners)), listeners)
            axes.set(ylim=(-3.2, 5.4), xlabel="listener", ylabel="rating", title=f"{name}: cosine {cosine:.2f}".replace("-", "−"))
            words.append(
                f"{name}: {'; '.join(f'{s} {np.round(r, 2).tolist()}' for s, r in zip(songs, rows, strict=True))}, cosine {cosine:.2f}"
            )
        panels[1].set_ylabel("rating − the song's mean")
        panels[0].legend(loc="lower left")
        alt(f"Two lines, a song each, over the listeners {', '.join(listeners)}. {'. '.join(words)}.")


@student_draws
def tables(measures, A, labels, what="song"):
    """Similarity tables side by side. measures: dict title → function of A that returns (n, n), or such a table itself."""
    results = {name: np.round(f(A) if callable(f) else f, 9) + 0.0 for name, f in measures.items()}
    n = len(labels)
    with picture((0.5 * n + 1.2) * len(results) + 1.8, 0.42 * n + 2.3, columns=len(results), squeeze=False, sharey=True) as (
        grid,
        alt,
    ):
        for axes, (name, S) in zip(grid[0], results.items(), strict=True):
            image = axes.imshow(S, vmin=-1, vmax=1, cmap="RdBu")
            for a, b in np.ndindex(S.shape):
                colour = "white" if abs(S[a, b]) > 0.6 else "black"
                axes.text(
                    b, a, "NaN" if np.isnan(S[a, b]) else f"{S[a, b]:.2f}", ha="center", va="center", color=colour, fontsize=8
                )
            short = [textwrap.shorten(str(label), 24, placeholder=" …") for label in labels]
            axes.set_xticks(range(n), short, rotation=45, ha="right")
            axes.set_yticks(range(n), short)
            axes.set(title=name, xlabel=what)
        grid[0, 0].set_ylabel(what)
        axes.figure.colorbar(image, ax=grid, label="similarity", fraction=0.03)
        alt(
            f"Tables of similarities between {', '.join(map(str, labels))}. {'. '.join(_told(name, S, labels) for name, S in results.items())}."
        )


def _told(name, S, labels):
    """The nearest and the farthest pair of a table in words, and how many cells are not numbers."""
    a, b = np.triu_indices(len(S), 1)
    values = S[a, b]
    pairs = [(int(np.nanargmax(values)), "most"), (int(np.nanargmin(values)), "least")]
    told = [f"{word} alike {labels[a[n]]} and {labels[b[n]]} ({values[n]:.2f})" for n, word in pairs]
    missing = int(np.isnan(S).sum())
    return f"{name}: {', '.join(told)}" + (f"; {missing} cells are NaN" if missing else "")


@student_draws
def neighbours(similar_items, Q, row, films, n=8, measures=("cosine", "euclidean", "pearson")):
    """The nearest films by each measure, as bars; those that are in every list are blue and have a dot."""
    titles, counts = films["title"].to_numpy(), films["n_ratings"].to_numpy()
    found = {measure: [np.asarray(part) for part in similar_items(Q, row, n, measure)] for measure in measures}
    shared = set.intersection(*(set(rows.tolist()) for rows, _ in found.values()))
    words = []
    with picture(4.1 * len(measures), 0.42 * n + 1.3, columns=len(measures), squeeze=False) as (grid, alt):
        for axes, (measure, (rows, values)) in zip(grid[0], found.items(), strict=True):
            for place, (other, value) in enumerate(zip(rows, values, strict=True)):
                look = {"color": SKY if other in shared else ORANGE, "alpha": 0.5}
                axes.barh(place, value, **look)
                text = (
                    f"{'● ' if other in shared else ''}{textwrap.shorten(titles[other], 34, placeholder=' …')} ({counts[other]})"
                )
                axes.text(0.015, place, text, va="center", fontsize=8.5)
                axes.text(1.02, place, f"{value:.2f}", va="center", fontsize=9)
            axes.set(
                xlim=(0, 1.14),
                ylim=(n - 0.4, -0.6),
                yticks=[],
                xlabel="similarity (number of ratings in brackets)",
                title=measure,
            )
            words.append(
                f"{measure}: {'; '.join(f'{titles[i]}, {counts[i]} ratings, {v:.2f}' for i, v in zip(rows, values, strict=True))}"
            )
        grid[0, 0].set_ylabel("neighbours, nearest first")
        axes.figure.suptitle(f"Nearest to {titles[row]} ({counts[row]} ratings). Blue with a dot: in every list", fontsize=11)
        alt(f"The films nearest to {titles[row]}, as bars. {'. '.join(words)}. {len(shared)} films are in every list.")
