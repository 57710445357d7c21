"""Pictures of lesson 01: the table with its blanks, the matrix from afar, long tails, and splits over time."""

import textwrap

import numpy as np
from matplotlib.patches import Rectangle

from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE, RED, picture, student_draws

DAY = 86_400
HATCHED = {"hatch": "///", "edgecolor": BLACK, "linewidth": 0}


def toy_table(data):
    """The toy as a table: known ratings as numbers, unknown cells blank and hatched."""
    users, items, ratings = data.arrays()
    table = np.full((data.n_users, data.n_items), np.nan)
    table[users, items] = ratings
    names, songs = list(data.users["name"]), list(data.items["title"])
    with picture(11, 3.2) as (axes, alt):
        image = axes.imshow(table, vmin=data.scale[0], vmax=data.scale[1], aspect="auto")
        for u, i in np.ndindex(table.shape):
            if np.isnan(table[u, i]):
                axes.add_patch(_blank(i, u))
            else:
                axes.text(i, u, f"{table[u, i]:g}", ha="center", va="center", color="white" if table[u, i] < 3 else "black")
        axes.set_xticks(range(len(songs)), [textwrap.fill(song, 12) for song in songs], fontsize=8.5)
        axes.set_yticks(range(len(names)), names)
        axes.set(title="The rating matrix: what is known, and blanks", xlabel="song", ylabel="listener")
        axes.figure.colorbar(image, ax=axes, label="rating", fraction=0.02, ticks=range(1, 6))
        blanks = [f"{names[u]}, {songs[i]}" for u, i in np.argwhere(np.isnan(table))]
        alt(
            f"A table of {len(names)} listeners and {len(songs)} songs. {len(ratings)} of its {table.size} cells hold a rating from "
            f"{ratings.min():g} to {ratings.max():g}; {len(blanks)} are hatched and empty: {'; '.join(blanks)}."
        )


def _blank(column, row):
    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="white", edgecolor="#9ca3af", hatch="///", linewidth=0)


def two_means(data):
    """Each item's mean, once with the blanks as zeros and once without them."""
    users, items, ratings = data.arrays()
    sums, counts = np.bincount(items, ratings, data.n_items), np.bincount(items, minlength=data.n_items)
    with_zeros, without = sums / data.n_users, sums / counts
    order = np.argsort(without)
    titles = data.items["title"].to_numpy()[order]
    with picture(8, 4.2) as (axes, alt):
        rows = np.arange(data.n_items)
        axes.hlines(rows, with_zeros[order], without[order], color=BLACK, linewidth=1)
        axes.plot(without[order], rows, "o", color=BLUE, label="mean of the known ratings")
        axes.plot(with_zeros[order], rows, "x", color=RED, label="mean with 0 for each blank", markersize=8)
        axes.set_yticks(rows, titles)
        axes.set(title="What the zeros do to a mean", xlabel="mean rating", ylabel="song", xlim=(0, 5))
        axes.legend(loc="lower left")
        moved = [
            f"{t}: {a:.2f} in place of {b:.2f}"
            for t, a, b in zip(titles, with_zeros[order], without[order], strict=True)
            if a != b
        ]
        alt(
            f"Two marks a song: the mean of its known ratings, and the mean when blanks count as 0. {len(moved)} of {data.n_items} songs have blanks "
            f"and sink: {'; '.join(moved)}. For the others the two marks coincide."
        )


@student_draws
def rows_of_ids(index_ids, raw_ids):
    """From the ids in a file to the rows of a matrix, by the student's `index_ids`."""
    index_of, ids = index_ids(np.asarray(raw_ids))
    with picture(5.6, 3.4) as (axes, alt):
        for position, raw in enumerate(raw_ids):
            axes.annotate("", (0.78, index_of[raw]), (0.2, position), arrowprops={"arrowstyle": "->", "color": BLUE})
            axes.text(0.15, position, f"id {raw}", ha="right", va="center")
        for row, raw in enumerate(ids):
            axes.text(0.82, row, f"row {row}: id {raw}", va="center", weight="bold")
        axes.set(
            xlim=(-0.05, 1.25),
            ylim=(len(raw_ids) - 0.5, -0.5),
            xticks=[0.1, 0.95],
            yticks=[],
            title="Many ratings, one row a user",
        )
        axes.set_xticklabels(["the file, rating by rating", "the matrix"])
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(length=0)
        rows = ", ".join(f"row {row} is id {raw}" for row, raw in enumerate(ids))
        alt(f"Arrows lead from the ids {', '.join(map(str, raw_ids))} in the file to {len(ids)} rows of a matrix: {rows}.")


@student_draws
def known_cells(csr_arrays, users, items, ratings, n_users, n_items):
    """Every known cell as a dot, from the student's `csr_arrays`: as the ids come, and sorted by activity."""
    indptr, indices, _ = (np.asarray(part) for part in csr_arrays(users, items, ratings, n_users))
    known = np.zeros((n_users, n_items), dtype=np.float32)
    for u in range(n_users):
        known[u, indices[indptr[u] : indptr[u + 1]]] = 1
    by_activity = known[np.argsort(-known.sum(axis=1))][:, np.argsort(-known.sum(axis=0))]
    before, corner = (image[: n_users // 4, : n_items // 4].sum() / known.sum() for image in (known, by_activity))
    with picture(11, 3.9, columns=2) as (panels, alt):
        for axes, image, order in ((panels[0], known, "in the order of the ids"), (panels[1], by_activity, "busiest first")):
            axes.imshow(_shares(image), cmap="Greys", vmin=0, vmax=0.7, extent=(0, n_items, n_users, 0), aspect="auto")
            axes.set(title=f"Known cells, {order}", xlabel="item", ylabel="user")
        panels[1].plot([0, n_items // 4, n_items // 4], [n_users // 4, n_users // 4, 0], color=RED, linestyle="--")
        panels[1].text(
            n_items // 4 + 20, n_users // 4, f"{corner:.0%} of the ratings\nlie in this corner", color=RED, va="bottom"
        )
        alt(
            f"The {n_users} × {n_items} matrix twice, dark where many cells are known. In the order of the ids the dark cells are scattered in "
            f"stripes; the first quarter of the users and of the items, a sixteenth of the cells, holds {before:.0%} of the {int(known.sum()):,} ratings. "
            f"With the busiest users and items first, that corner is dark and holds {corner:.0%}; towards the lower right the picture is nearly white."
        )


def _shares(known, size=4):
    """The share of known cells in blocks of size × size, so that no cell is lost between two pixels."""
    padded = np.pad(known, [(0, -n % size) for n in known.shape])
    height, width = padded.shape
    return padded.reshape(height // size, size, width // size, size).mean(axis=(1, 3))


def long_tails(users, items, n_users, n_items):
    """Ratings per user and per item, most first, on a logarithmic scale."""
    words = []
    with picture(10, 3.8, columns=2, sharey=True) as (panels, alt):
        for axes, index, n, name, colour in (
            (panels[0], users, n_users, "user", BLUE),
            (panels[1], items, n_items, "item", GREEN),
        ):
            counts = np.sort(np.bincount(index, minlength=n))[::-1]
            most = counts[: n // 10].sum() / counts.sum()
            axes.plot(np.arange(1, n + 1), counts, color=colour)
            axes.axhline(np.median(counts), color=BLACK, linestyle=":", linewidth=1)
            axes.text(n, np.median(counts) * 1.1, f"median {np.median(counts):g}", ha="right")
            axes.axvspan(0, n // 10, color=ORANGE, alpha=0.25)
            axes.text(n // 10 + n // 50, counts[0], f"the first tenth: {most:.0%} of all ratings", va="top")
            axes.set(yscale="log", xlabel=f"{name}s, busiest first", title=f"Ratings per {name}")
            words.append(
                f"per {name} from {counts[0]} down to {counts[-1]}, median {np.median(counts):g}, the first tenth of the {name}s has {most:.0%}"
            )
        panels[0].set_ylabel("ratings (log scale)")
        panels[0].yaxis.set_major_formatter("{x:g}")
        alt(f"Two falling curves of the number of ratings: {'; '.join(words)}.")


def ratings_per_day(timestamps):
    """How many ratings were given on each day."""
    days = (timestamps - timestamps.min()) // DAY
    counts = np.bincount(days)
    busiest = int(counts.argmax())
    with picture(8, 3.2) as (axes, alt):
        axes.bar(np.arange(len(counts)), counts, width=1, color=BLUE)
        axes.annotate(
            f"day {busiest}: {counts[busiest]:,}",
            (busiest, counts[busiest]),
            (8, -4),
            textcoords="offset points",
            va="top",
            ha="left",
        )
        axes.set(xlabel="day", ylabel="ratings", title="Ratings per day")
        alt(
            f"Bars for {len(counts)} days. The median day has {np.median(counts):g} ratings, the busiest, day {busiest}, has {counts[busiest]:,}; "
            f"{np.sum(counts == 0)} days have none."
        )


@student_draws
def splits_over_time(timestamps, splits):
    """Training and test part by week, a panel a split.

    splits: dict name → function without arguments that gives (train, test).
    """
    weeks = (timestamps - timestamps.min()) // (7 * DAY)
    n_weeks, words = int(weeks.max()) + 1, []
    with picture(4.4 * len(splits) + 1, 3.6, columns=len(splits), sharey=True, squeeze=False) as (panels, alt):
        for axes, (name, split) in zip(panels.flat, splits.items(), strict=True):
            train, test = (np.bincount(weeks[np.asarray(part)], minlength=n_weeks) for part in split())
            axes.bar(np.arange(n_weeks), train, color=BLUE, width=0.9, label="training")
            axes.bar(np.arange(n_weeks), test, bottom=train, color=ORANGE, width=0.9, label="test", **HATCHED)
            axes.set(xlabel="week", title=name, ylim=(0, 1.2 * (train + test).max()))
            axes.legend(loc="upper left", ncols=2)
            when = np.flatnonzero(test)
            words.append(
                f"{name}: {test.sum():,} test ratings in the weeks {when[0]} to {when[-1]}, {train.sum():,} training ratings in the weeks "
                f"{np.flatnonzero(train)[0]} to {np.flatnonzero(train)[-1]}"
            )
        panels[0, 0].set_ylabel("ratings")
        alt(f"Stacked bars of the ratings of each of {n_weeks} weeks. {'; '.join(words)}.")


def strangers(shares):
    """The share of test ratings whose user, or item, does not occur in the training part.

    shares: dict name of a split → (share of unknown users, share of unknown items).
    """
    with picture(7.5, 1.2 + 0.75 * len(shares)) as (axes, alt):
        rows = np.arange(len(shares))
        styles = {"color": BLUE, "label": "user unknown"}, {"color": ORANGE, "label": "item unknown", **HATCHED}
        for offset, style, values in zip((-0.18, 0.18), styles, zip(*shares.values(), strict=True), strict=True):
            axes.barh(rows + offset, values, height=0.34, **style)
            for row, value in zip(rows, values, strict=True):
                axes.text(value + 0.01, row + offset, f"{value:.1%}", va="center", fontsize=9)
        axes.set_yticks(rows, shares)
        axes.set(xlim=(0, 1.08), ylim=(len(shares) - 0.5, -0.5))
        axes.set(xlabel="share of the test ratings", ylabel="split", title="Strangers in the test part")
        axes.legend(loc="lower right")
        words = [f"{name}: user unknown {u:.1%}, item unknown {i:.1%}" for name, (u, i) in shares.items()]
        alt(
            f"Bars of the share of test ratings about which the training part knows nothing of the user or the item. {'; '.join(words)}."
        )
