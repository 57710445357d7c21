"""More pictures of lesson 06: what neighbours say, and how alike people's lists are."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, ORANGE, RED, picture, student_draws

LOOKS = tuple(zip((ORANGE, GREEN, BLUE), ("x", "s", "o"), DASHES, strict=False))


@student_draws
def by_neighbours(recommend_from_neighbours, weighted_sum, user, predicted, known, numbers=(1, 2, 5, 10, 30, 100, 300)):
    """The best score by the number of neighbours, averaged and summed; and how many films are among the user's own best ten."""
    everybody = len(predicted) - 1
    numbers = [n for n in numbers if n < everybody] + [everybody]
    own = np.where(known[user], -np.inf, predicted[user])
    own = set(np.argsort(-own, kind="stable")[:10].tolist())
    averaged, summed, shared = [], [], []
    for n_neighbours in numbers:
        items, scores = recommend_from_neighbours(user, predicted, known, n_neighbours, 10)
        averaged.append(float(np.asarray(scores)[0]))
        summed.append(float(weighted_sum(user, predicted, known, n_neighbours, 10)[1][0]))
        shared.append(len(own & set(np.asarray(items).tolist())))
    with picture(11, 3.8, columns=2) as (panels, alt):
        panels[0].plot(numbers, averaged, "o-", color=BLUE, label="your average")
        panels[0].plot(numbers, summed, "x--", color=RED, label="a weighted sum")
        panels[0].axhline(5, color=BLACK, linewidth=1, linestyle=":")
        panels[0].text(numbers[-1], 5.3, "end of the scale", ha="right")
        panels[0].set(xscale="log", yscale="log", title="A rating, and a number that grows")
        panels[0].set(xlabel="number of neighbours", ylabel="highest score")
        panels[0].legend()
        panels[1].plot(numbers, shared, "o-", color=BLUE)
        panels[1].set(xscale="log", ylim=(-0.3, 10.3), title="Shared with the user's own ten best")
        panels[1].set(xlabel="number of neighbours", ylabel="films in both lists")
        for axes in panels:
            axes.set_xticks(numbers, [str(n) for n in numbers])
            axes.minorticks_off()
        panels[0].set_yticks([2, 5, 10, 100, 1000], ["2", "5", "10", "100", "1000"])
        words = "; ".join(
            f"{k}: {a:.2f}, {s:.1f}, {n} films" for k, a, s, n in zip(numbers, averaged, summed, shared, strict=True)
        )
        alt(
            f"By number of neighbours: the highest average, the highest weighted sum, and films shared with the own list. {words}."
        )


def how_alike(lists_of, counts):
    """How different the lists of many people are: coverage, overlap of two lists, popularity of what is shown.

    lists_of: dict recommender → (n_people, n) item rows. counts: ratings of each item.
    """
    words = []
    with picture(12, 3.9, columns=3) as (panels, alt):
        for (name, lists), (colour, mark, dash) in zip(lists_of.items(), LOOKS, strict=False):
            lists = np.asarray(lists)
            people, n = lists.shape
            shown = np.sort(np.bincount(lists.ravel(), minlength=len(counts)))[::-1]
            inside = np.zeros((people, len(counts)))
            np.put_along_axis(inside, lists, 1, axis=1)
            overlap = (inside @ inside.T)[np.triu_indices(people, 1)].astype(int)
            share = np.bincount(overlap, minlength=n + 1) / len(overlap)
            covered = int(np.sum(shown > 0))
            look = {"color": colour, "linestyle": dash}
            panels[0].plot(np.arange(1, covered + 1), shown[:covered], label=f"{name}: {covered} films", **look)
            panels[1].plot(range(n + 1), share, marker=mark, label=f"{name}: {overlap.mean():.1f} on average", **look)
            ratings = np.sort(counts[lists.ravel()])
            panels[2].plot(
                ratings, np.linspace(0, 1, len(ratings)), label=f"{name}: {np.median(ratings):g} in the middle", **look
            )
            words.append(
                f"{name}: {covered} different films, two lists share {overlap.mean():.1f} of {n} on average, the film in the middle has "
                f"{np.median(ratings):g} ratings"
            )
        panels[2].plot(np.sort(counts), np.linspace(0, 1, len(counts)), color=BLACK, linewidth=0.8, label="all films")
        panels[0].set(xscale="log", xlabel="film, the most shown first", ylabel=f"lists (of {people}) with it", title="Coverage")
        panels[1].set(xlabel=f"films that two lists share (of {n})", ylabel="share of all pairs", title="Overlap")
        panels[2].set(xlabel="at most so many ratings", ylabel="share of the films shown", title="Popularity")
        for axes in panels:
            axes.legend(fontsize=8.5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
        alt(
            f"Three panels on the lists of {people} people. {'. '.join(words)}. In all films, the one in the middle has {np.median(counts):g}."
        )
