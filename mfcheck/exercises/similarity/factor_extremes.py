"""factor_extremes: the titles at the two ends of a factor."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfref import similarity

# Not in alphabetical order.
TITLES = np.array(
    ["Solaris", "Alien", "Nosferatu", "Metropolis", "Stalker", "Brazil", "Ran", "Playtime", "M", "Vertigo", "Amelie", "Heat"]
)


@group("the law: the n titles with the lowest and with the highest values, the most extreme first in each", 2)
def any_factor(rng):
    """By hand; then other factors, every sign, the default n."""
    Q = np.array([[0.5, 9.0], [-2.0, 1.0], [3.0, 2.0], [-1.0, 3.0], [1.0, 4.0]])
    yield {"Q": Q, "factor": 0, "titles": TITLES[:5], "n": 2}
    yield {"Q": Q, "factor": 1, "titles": TITLES[:5], "n": 1}
    yield {"Q": rng.normal(size=(12, 4)), "factor": 2, "titles": TITLES, "n": 3}
    yield {"Q": rng.normal(2, 0.5, (9, 3)), "factor": 1, "titles": TITLES[:9], "n": 4}
    yield {"Q": rng.normal(size=(12, 13)), "factor": 11, "titles": TITLES}


@group("fewer items than n, or one title twice", 1)
def few_items(rng):
    """Then both lists hold all titles; two different items of one title are two items."""
    yield {"Q": np.array([[0.5, 1.0], [-2.0, 7.0], [3.0, 2.0]]), "factor": 0, "titles": TITLES[:3], "n": 5}
    yield {"Q": rng.normal(size=(4, 2)), "factor": 1, "titles": TITLES[[0, 1, 0, 2]], "n": 4}
    Q = np.array([[5.0], [4.0], [-5.0], [-4.0], [0.0], [1.0]])
    yield {"Q": Q, "factor": 0, "titles": TITLES[[3, 3, 1, 1, 0, 2]], "n": 3}


@group("of items with equal values the lower index comes first, in both lists", 1)
def equal_values(rng):
    """At both ends."""
    Q = np.array([[1.0], [-1.0], [0.0], [1.0], [-1.0], [1.0], [-2.0], [0.5]])
    yield {"Q": Q, "factor": 0, "titles": TITLES[:8], "n": 3}
    yield {"Q": np.full((4, 2), 0.5), "factor": 1, "titles": TITLES[:4], "n": 2}


def ends(values, titles, n):
    """The lists by any values."""
    titles = np.asarray(titles)
    return titles[np.argsort(values, kind="stable")[:n]].tolist(), titles[np.argsort(-values, kind="stable")[:n]].tolist()


@mistake(
    title="The highest come in ascending order",
    message="The right titles are there, but the most extreme of the highest comes last: `[-n:]` of an ascending order is "
    "ascending, too.",
    next_step="Turn the second list round, or sort the negative values for it.",
)
def highest_ascending(Q, factor, titles, n=5):
    lowest, highest = ends(Q[:, factor], titles, n)
    return lowest, highest[::-1]


@mistake(
    title="The lowest come in descending order",
    message="The right titles are there, but the most extreme of the lowest comes last: the end of a descending order was taken "
    "as it is.",
    next_step="Turn the first list round, or sort in ascending order for it.",
)
def lowest_descending(Q, factor, titles, n=5):
    lowest, highest = ends(Q[:, factor], titles, n)
    return lowest[::-1], highest


@mistake(
    title="The least extreme come first",
    message="The right titles are in both lists, but each begins with the one nearest to the middle.",
    next_step="Turn both lists round.",
)
def both_from_the_middle(Q, factor, titles, n=5):
    lowest, highest = ends(Q[:, factor], titles, n)
    return lowest[::-1], highest[::-1]


@mistake(
    title="The two lists are exchanged",
    message="The highest came first. The task asks for `(lowest, highest)`: the other way round every reading of the factor "
    "turns over.",
    next_step="Return the lowest first. `np.argsort` begins with the smallest value.",
    also=(lambda Q, factor, titles, n=5: tuple(end[::-1] for end in ends(-Q[:, factor], titles, n)),),
)
def lists_exchanged(Q, factor, titles, n=5):
    return ends(-Q[:, factor], titles, n)


@mistake(
    title="The signs were dropped",
    message="The values were sorted by their size without the sign. Large negative values are one end of a factor and large "
    "positive values the other.",
    next_step="Sort the values as they are.",
    also=(lambda Q, factor, titles, n=5: ends(Q[:, factor] ** 2, titles, n)[::-1],),
)
def signs_dropped(Q, factor, titles, n=5):
    return ends(np.abs(Q[:, factor]), titles, n)


@mistake(
    title="A row was sorted, not a column",
    message="`Q[factor]` is one item with all its factors. A factor is a column: one value for every item.",
    next_step="Take the column: `Q[:, factor]`.",
    also=(lambda Q, factor, titles, n=5: ends(Q[factor], titles, n),),
)
def row_not_column(Q, factor, titles, n=5):
    order = np.argsort(Q[factor])
    return [titles[i] for i in order[:n]], [titles[i] for i in order[::-1][:n]]


@mistake(
    title="It is always factor 0",
    message="Whatever `factor` says, the items were sorted by the first column, or by all columns at once.",
    next_step="Use `factor` to choose the column.",
    also=(
        lambda Q, factor, titles, n=5: ends(Q.sum(axis=1), titles, n),
        lambda Q, factor, titles, n=5: ends(np.linalg.norm(Q, axis=1), titles, n),
    ),
)
def always_factor_0(Q, factor, titles, n=5):
    return ends(Q[:, 0], titles, n)


@mistake(
    title="The factors were counted from 1",
    message="The column before the one asked for was used. Factors are numbered from 0, like all columns.",
    next_step="Use `Q[:, factor]`, without taking 1 away.",
)
def counted_from_one(Q, factor, titles, n=5):
    return ends(Q[:, factor - 1], titles, n)


@mistake(
    title="Indices in place of titles",
    message="The lists hold the items' row numbers. Nobody can guess from numbers what a factor stands for.",
    next_step="Look up the title of each index.",
)
def indices_returned(Q, factor, titles, n=5):
    return ends(Q[:, factor], range(len(Q)), n)


@mistake(
    title="Values in place of titles",
    message="The lists hold the sorted values of the factor. Sorting the values alone forgets whose they are.",
    next_step="Sort with `np.argsort`, which gives indices, and look up the titles.",
)
def values_returned(Q, factor, titles, n=5):
    return ends(Q[:, factor], Q[:, factor], n)


@mistake(
    title="Titles and values together",
    message="Each entry is a pair of a title and a value. The task asks for the titles only.",
    next_step="Keep the title of each pair.",
    also=(
        lambda Q, factor, titles, n=5: tuple(
            list(zip(*pair, strict=True))
            for pair in zip(ends(Q[:, factor], Q[:, factor], n), ends(Q[:, factor], titles, n), strict=True)
        ),
    ),
)
def pairs_returned(Q, factor, titles, n=5):
    return tuple(
        list(zip(*pair, strict=True))
        for pair in zip(ends(Q[:, factor], titles, n), ends(Q[:, factor], Q[:, factor], n), strict=True)
    )


@mistake(
    title="The titles were sorted",
    message="The titles stand in alphabetical order, each list by itself or before the look-up. The order is that of the "
    "factor's values.",
    next_step="Sort by the values only.",
    also=(lambda Q, factor, titles, n=5: ends(Q[:, factor], np.sort(titles), n),),
)
def titles_sorted(Q, factor, titles, n=5):
    return tuple(sorted(end) for end in ends(Q[:, factor], titles, n))


@mistake(
    title="There are always five",
    message="The lists do not have n titles: the number is written into the function.",
    next_step="Use `n` where the lists are cut off.",
    also=(
        lambda Q, factor, titles, n=5: ends(Q[:, factor], titles, len(Q)),
        lambda Q, factor, titles, n=5: ends(Q[:, factor], titles, 10),
    ),
)
def always_five(Q, factor, titles, n=5):
    return ends(Q[:, factor], titles, 5)


@mistake(
    title="One title is missing among the highest",
    message="The lowest are n titles, the highest n − 1. `[:-n:-1]` stops before the n-th from the end.",
    next_step="Turn the whole order round first, then take the first n.",
    also=(lambda Q, factor, titles, n=5: (ends(Q[:, factor], titles, n)[0], ends(Q[:, factor], titles, n)[1][: n - 1][::-1]),),
)
def one_short(Q, factor, titles, n=5):
    lowest, highest = ends(Q[:, factor], titles, n)
    return lowest, highest[: n - 1]


@mistake(
    title="Two items of one title became one",
    message="A dict from title to value, or a set, has one place for each title, and 18 titles of MovieLens 100K belong to two "
    "films each. One of the two is lost.",
    next_step="Sort indices, and look up titles at the very end.",
    also=(lambda Q, factor, titles, n=5: tuple(list(dict.fromkeys(end)) for end in ends(Q[:, factor], titles, n)),),
)
def titles_as_keys(Q, factor, titles, n=5):
    value = dict(zip(titles, Q[:, factor], strict=True))
    return sorted(value, key=value.get)[:n], sorted(value, key=value.get, reverse=True)[:n]


@mistake(
    title="Of equal values the higher index comes first",
    message="Turning an ascending order round also turns round the items whose values are equal. Here the lower index comes "
    "first, in both lists.",
    next_step='For the highest, sort the negative values with `kind="stable"`, in place of turning the order round.',
)
def higher_index_first(Q, factor, titles, n=5):
    order = np.argsort(Q[:, factor], kind="stable")
    return [titles[i] for i in order[:n]], [titles[i] for i in order[::-1][:n]]


def sorted_pairs(Q, factor, titles, n=5):
    up = sorted(range(len(Q)), key=lambda i: Q[i][factor])
    down = sorted(range(len(Q)), key=lambda i: -Q[i][factor])
    print(up, down)
    return [titles[i] for i in up[:n]], [titles[i] for i in down[:n]]


def with_pandas(Q, factor, titles, n=5):
    table = pd.DataFrame({"title": list(titles), "value": Q[:, factor]})
    return table.nsmallest(n, "value")["title"], table.nlargest(n, "value")["title"].tolist()


def two_arrays(Q, factor, titles, n=5):
    warnings.warn("arrays of text", stacklevel=1)
    values = Q.T[factor].astype(np.float32)
    return [np.array(titles)[values.argsort(kind="mergesort")][:n], np.array(titles)[(-values).argsort(kind="stable")][:n]]


def one_at_a_time(Q, factor, titles, n=5):
    lists = []
    for sign in (1, -1):
        values = list(sign * Q[:, factor])
        left = list(range(len(Q)))
        found = []
        while left and len(found) < n:
            best = min(left, key=lambda i, values=values: values[i])
            left.remove(best)
            found.append(str(titles[best]))
        lists.append(found)
    return tuple(lists)


exercise = Exercise(
    number="7.7",
    task="Return (lowest, highest): the titles of the n items with the lowest and of the n with the highest values of the "
    "factor, the most extreme first in each.",
    reference=similarity.factor_extremes,
    groups=(any_factor, few_items, equal_values),
    mistakes=(
        highest_ascending,
        lowest_descending,
        both_from_the_middle,
        lists_exchanged,
        signs_dropped,
        row_not_column,
        always_factor_0,
        counted_from_one,
        indices_returned,
        values_returned,
        pairs_returned,
        titles_sorted,
        always_five,
        one_short,
        titles_as_keys,
        higher_index_first,
    ),
    hints=(
        "A factor is a column of Q. You need the order of the items by that column, not the sorted values.",
        "`np.argsort` gives the indices from the lowest to the highest value. Where in this order are the highest, and which of "
        "them comes first?",
        "The lowest are the first n of `np.argsort(v)`, the highest the first n of `np.argsort(-v)`. Look up each index in "
        "`titles`.",
    ),
    variants=(sorted_pairs, with_pandas, two_arrays, one_at_a_time),
)
