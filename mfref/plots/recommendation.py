"""Pictures of lesson 06: ids and rows, lists of films, popularity, clipping, neighbours, and how alike people's lists are."""

import textwrap
from dataclasses import replace

import numpy as np

from mfref.plots.picture import BLACK, BLUE, ORANGE, RED, picture, say, student_draws
from mfref.plots.rating_matrix import toy_table as toy_table

GREY = "#b6bcc6"


def ids_and_rows(user_id=40):
    """The way of one recommendation through ids and rows, on a model of three users and four films."""
    user_ids, item_ids, scores, seen = [7, 40, 1000], [2, 5, 11, 90], [3.1, 4.6, 2.2, 4.0], 1
    table = {2: "Dust and Gold", 3: "Nobody Saw It", 5: "The Long Way", 11: "Harbour", 90: "Night Train"}
    row, best = user_ids.index(user_id), 3
    arrow = {"arrowstyle": "->", "color": BLUE, "linewidth": 1.6}
    with picture(11, 3.9) as (axes, alt):
        axes.axvspan(1.0, 3.35, color="#eef2f7")
        for x, y, name in ((0.35, 0, "raw user ids"), (1.45, 0, "user rows"), (2.65, 0, "item rows: scores(u)")):
            axes.text(x, y, name, weight="bold", ha="center")
        axes.text(3.95, 0, "raw item ids", weight="bold", ha="center")
        axes.text(5.35, 0, "the table of items", weight="bold", ha="center")
        for n, raw in enumerate(user_ids):
            look = {"weight": "bold"} if n == row else {"color": "#6b7280"}
            axes.text(0.35, n + 1.2, f"user {raw}", ha="center", va="center", **look)
            axes.text(1.45, n + 1.2, f"row {n}", ha="center", va="center", **look)
        for n, raw in enumerate(item_ids):
            look = {"weight": "bold"} if n == best else {"color": "#6b7280"}
            note = " (seen)" if n == seen else ""
            axes.text(2.65, n + 1.2, f"row {n}: {scores[n]}{note}", ha="center", va="center", **look)
            axes.text(3.95, n + 1.2, f"item {raw}", ha="center", va="center", **look)
        for n, (raw, title) in enumerate(table.items()):
            look = {"weight": "bold"} if raw == item_ids[best] else {"color": "#6b7280"}
            axes.text(4.85, n + 1, f"{raw}: {title}", va="center", **look)
        for start, end, words in (
            ((0.62, row + 1.2), (1.23, row + 1.2), "user_index"),
            ((1.68, row + 1.2), (2.2, best + 1.1), "best unseen"),
            ((3.05, best + 1.2), (3.65, best + 1.2), "item_ids"),
            ((4.25, best + 1.2), (4.8, 5), "item_id"),
        ):
            axes.annotate("", end, start, arrowprops=arrow)
            x, y = (start[0] + end[0]) / 2, max(start[1], end[1])
            axes.text(x, y + 0.3, words, ha="center", va="center", color=BLUE, family="monospace", fontsize=9)
        axes.text(2.175, 5.75, "inside: rows, numbered from 0", ha="center", style="italic")
        axes.text(0.35, 5.75, "outside: ids", ha="center", style="italic")
        axes.text(4.95, 5.75, "outside: ids and titles", ha="center", style="italic")
        axes.set(xlim=(0, 6.1), ylim=(6, -0.5), xticks=[], yticks=[], title="Raw ids at the edge, rows inside")
        axes.spines[["left", "bottom"]].set_visible(False)
        alt(
            f"A way through five columns. User id {user_id} becomes row {row} by user_index; its scores are {scores} for item rows 0 to 3, row {seen} is "
            f"seen already; the best unseen row is {best}; item_ids makes it item id {item_ids[best]}; the table of items, which has one film more and so "
            f"other positions, gives its title, {table[item_ids[best]]}."
        )


@student_draws
def toy_lists(unseen_items, top_n, data, scores):
    """What each listener has not heard, with its predicted rating, and who would get what; by the student's functions."""
    users, items, ratings = data.arrays()
    names, songs = list(data.users["name"]), list(data.items["title"])
    words = []
    with picture(11, 3.4) as (axes, alt):
        axes.set_facecolor("#f3f4f6")
        for u, i, r in zip(users, items, ratings, strict=True):
            axes.text(i, u, f"{r:g}", ha="center", va="center", color="#9ca3af")
        for u, name in enumerate(names):
            unseen = np.asarray(unseen_items(u, users, items, data.n_items), dtype=int)
            order = unseen[np.asarray(top_n(scores[u][unseen], len(unseen)), dtype=int)]
            for place, i in enumerate(order, start=1):
                axes.barh(u, 1, left=i - 0.5, height=0.96, color="#bfdbfe" if place == 1 else "white", edgecolor=BLUE)
                axes.text(i, u - 0.15, f"{scores[u, i]:.2f}", ha="center", va="center", weight="bold")
                axes.text(i, u + 0.25, f"no. {place}", ha="center", va="center", fontsize=8.5, color=BLUE)
            words.append(f"{name}: " + ", ".join(f"{songs[i]} {scores[u, i]:.2f}" for i in order))
        axes.set_xticks(range(len(songs)), [textwrap.fill(song, 12) for song in songs], fontsize=8.5)
        axes.set_yticks(range(len(names)), names)
        axes.set(xlim=(-0.52, len(songs) - 0.46), ylim=(len(names) - 0.5, -0.5), xlabel="song", ylabel="listener")
        axes.set_title("Predicted ratings of what each listener has not heard (known ratings in grey)")
        alt(f"The toy table with predicted ratings in its blanks, best first. {'; '.join(words)}.")


def same_titles(data):
    """The titles that two films share: mean rating and number of ratings of both."""
    _, items, ratings = data.arrays()
    counts = np.bincount(items, minlength=data.n_items)
    means = np.bincount(items, ratings, data.n_items) / np.maximum(counts, 1)
    table = data.items
    shared = [(title, rows) for title, rows in table.groupby("title").indices.items() if len(rows) == 2]
    shared.sort(key=lambda pair: -abs(means[pair[1][0]] - means[pair[1][1]]))
    words = []
    with picture(8.6, 0.29 * len(shared) + 1.2) as (axes, alt):
        for y, (title, rows) in enumerate(shared):
            axes.plot(means[rows], [y, y], color=BLACK, linewidth=1)
            for row, mark, colour in zip(rows, "os", (BLUE, ORANGE), strict=True):
                axes.plot(means[row], y, mark, color=colour, markersize=4 + 2 * np.log10(counts[row]))
            ids, n = table["item_id"].to_numpy()[rows], counts[rows]
            axes.text(5.1, y, f"ids {ids[0]}, {ids[1]}: {n[0]} and {n[1]} ratings", va="center", fontsize=8.5)
            words.append(f"{title}: {means[rows[0]]:.1f} and {means[rows[1]]:.1f}")
        axes.set_yticks(range(len(shared)), [textwrap.shorten(title, 40, placeholder=" …") for title, _ in shared], fontsize=8.5)
        axes.set(
            xlim=(0.9, 5.05),
            ylim=(len(shared) - 0.5, -0.5),
            xlabel="mean rating: circle the lower id, square the higher",
            ylabel="title",
        )
        axes.set_title(f"{len(shared)} titles, {2 * len(shared)} item ids")
        alt(f"{len(shared)} titles that stand at two item ids each, with the two mean ratings. {'; '.join(words)}.")


def _bars(axes, titles, values, colour, high, digits=2, counts=()):
    """Films as bars, the first on top, each with its number; counts: how many ratings each has, written into the bars."""
    rows = range(len(titles))
    axes.barh(rows, values, color=colour)
    for row, value in zip(rows, values, strict=True):
        axes.text(max(value, 0) + 0.03 * high, row, f"{value:.{digits}f}", va="center", fontsize=9)
    for row, count in enumerate(counts):
        words = "1 rating" if count == 1 else f"{count} ratings"
        axes.text(0.016 * high, row, words, color="white", va="center", fontsize=9, weight="bold")
    axes.set_yticks(rows, [textwrap.shorten(str(title), 36, placeholder=" …") for title in titles], fontsize=9)
    axes.set(xlim=(min(0, *values), 1.15 * high), ylim=(max(len(titles), 1) - 0.4, -0.6), ylabel="film")


def two_lists(rated, shown, rated_title, shown_title="What is recommended", counts=()):
    """What somebody rated beside what is shown. rated, shown: pairs (titles, numbers). counts: ratings of what is shown."""
    with picture(11.5, 0.3 * max(len(rated[0]), len(shown[0]), 4) + 1.2, columns=2) as (panels, alt):
        high = max(5, *rated[1], *shown[1])
        _bars(panels[0], *rated, ORANGE, high, digits=int(any(r % 1 for r in rated[1])))
        _bars(panels[1], *shown, BLUE, high, counts=counts)
        panels[0].set(title=rated_title, xlabel="rating")
        panels[1].set(title=shown_title, xlabel="predicted rating")
        left, right = ("; ".join(f"{t}: {v:.3g}" for t, v in zip(*pair, strict=True)) for pair in (rated, shown))
        number = f" Number of ratings, in this order: {', '.join(map(str, counts))}." if len(counts) else ""
        alt(f"Two lists of films as bars. {rated_title}: {left}. {shown_title}: {right or 'nothing'}.{number}")


@student_draws
def loved_and_recommended(recommend, user_id, model, data, n=10):
    """A user's best rated films beside what the student's `recommend` finds."""
    own = data.ratings.query("user_id == @user_id").sort_values(["rating", "item_id"], ascending=[False, True])
    best = own.head(n).merge(data.items, on="item_id", how="left")
    table = recommend(user_id, model, data, n)
    counts = data.ratings["item_id"].value_counts().reindex(table["item_id"], fill_value=0)
    two_lists(
        (list(best["title"]), list(best["rating"])),
        (list(table["title"]), list(table["predicted"])),
        f"What user {user_id} rated highest",
        counts=list(counts),
    )


@student_draws
def three_edges(recommend, model, data):
    """What the student's `recommend` does where there is little to show: on the toy, for user 4 and somebody unknown."""
    blank = [i for i in data.items["item_id"] if i not in set(data.ratings.query("user_id == 4")["item_id"])]
    long = data.ratings.iloc[: len(blank)].assign(user_id=4, item_id=blank)
    columns = {name: np.append(data.ratings[name], long[name]) for name in long}
    full = replace(data, _ratings=columns)
    for words, ratings in (("two songs are left, n = 10", data), ("everything is rated, n = 10", full)):
        table = recommend(4, model, ratings, 10)
        rows = "; ".join(f"{t}, {p:.2f}" for t, p in zip(table["title"], table["predicted"], strict=True))
        say(f"Spock, {words}: {len(table)} rows, columns {', '.join(table.columns)}. {rows}")
    try:
        table = recommend(99, model, data, 10)
        say(f"User 99, whom nobody knows: no error, but a table of {len(table)} rows.")
    except KeyError as error:
        say(f"User 99, whom nobody knows: KeyError, {error}")


@student_draws
def clipped(top_n, scores, titles, scale, n=10):
    """The best films by raw predictions, and their places after clipping to the scale; by the student's `top_n`."""
    low, high = scale
    cut = np.clip(scores, low, high)
    best, after = (np.asarray(top_n(s, n), dtype=int) for s in (scores, cut))
    tied = int(np.sum(cut == cut.max()))
    with picture(11.5, 0.31 * n + 1.3, columns=2, sharex=True) as (panels, alt):
        for axes, rows, title in (
            (panels[0], best, "As predicted"),
            (panels[1], after, f"Clipped: {tied} films tie"),
        ):
            axes.plot(scores[rows], range(len(rows)), "o", color=BLUE, label="as it is")
            if axes is panels[1]:
                axes.plot(cut[rows], range(len(rows)), "x", color=RED, markersize=8, label="clipped")
                axes.legend(loc="lower right")
            axes.axvline(high, color=BLACK, linestyle="--", linewidth=1)
            names = [f"{textwrap.shorten(str(titles[i]), 32, placeholder=' …')} [row {i}]" for i in rows]
            axes.set_yticks(range(len(rows)), names, fontsize=9)
            axes.set(ylim=(n + 0.9, -0.6), xlabel="predicted rating", ylabel="film", title=title)
        left = ", ".join(f"{titles[i]} {scores[i]:.2f}" for i in best)
        kept = len(set(best) & set(after))
        alt(
            f"Two top {n} lists of one user. As predicted: {left}. After clipping, {tied} films have the same score {cut.max():g} and the lower row "
            f"comes first; {kept} of the {n} films are still in the list."
        )


@student_draws
def three_rankings(popularity_ranking, data, damping, n=10):
    """Every film by number of ratings and mean, and who is on top by count, by mean and by damped mean."""
    _, items, ratings = data.arrays()
    counts = np.bincount(items, minlength=data.n_items)
    means = np.bincount(items, ratings, data.n_items) / np.maximum(counts, 1)
    lists = {
        "most ratings": np.argsort(-counts, kind="stable")[:n],
        "damping 0": np.asarray(popularity_ranking(items, ratings, data.n_items, 0), dtype=int)[:n],
        f"damping {damping:g}": np.asarray(popularity_ranking(items, ratings, data.n_items, damping), dtype=int)[:n],
    }
    titles = data.items["title"].to_numpy()
    with picture(11.5, 4.3, columns=2) as (panels, alt):
        rated = counts > 0
        panels[0].plot(counts[rated], means[rated], "o", color=GREY, markersize=2.5, label="all films")
        looks = {"color": ORANGE, "markersize": 6}, {"color": RED, "markersize": 7}, {"color": BLUE, "markersize": 11}
        for (name, rows), mark, look in zip(lists.items(), "sxo", looks, strict=True):
            panels[0].plot(
                counts[rows], means[rows], mark, fillstyle="none", markeredgewidth=2, label=f"first {n}: {name}", **look
            )
        panels[0].set(xscale="log", xlabel="number of ratings", ylabel="mean rating", title="Three ways to be on top")
        panels[0].legend(loc="lower right", fontsize=9)
        rows = lists[f"damping {damping:g}"]
        _bars(panels[1], titles[rows], means[rows], BLUE, data.scale[1], counts=counts[rows])
        panels[1].set(xlabel="mean rating", title=f"First {n} with damping {damping:g}")
        words = [
            f"{name}: {np.median(counts[rows]):g} ratings and a mean of {np.median(means[rows]):.2f} in the middle"
            for name, rows in lists.items()
        ]
        alt(
            f"Left, every film as a point by number and mean of its ratings, with the first {n} of three rankings marked. {'; '.join(words)}. Right, the "
            f"first {n} with damping {damping:g}: {', '.join(titles[lists[f'damping {damping:g}']])}."
        )
