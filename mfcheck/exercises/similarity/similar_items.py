"""similar_items: the neighbours of an item."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity import _neighbours as neighbours
from mfcheck.rules import EachRun
from mfref import similarity


def arguments(instances):
    for Q, item, n, measure in instances:
        yield {"Q": Q, "item": item, "n": n, "measure": measure}


def of_items(wrong, *more):
    """A wrong answer of `_neighbours` under the parameter names of this exercise."""
    return lambda Q, item, n, measure: wrong(Q, item, n, measure, *more)


@group("the law: the n most similar others, best first, with their similarities", 3)
def all_different(rng):
    """No two similarities are equal; all three measures."""
    yield from arguments(neighbours.all_different(rng))


@group(
    "the item itself stays out also where others are equal to it, or nothing is like it",
    2,
    EachRun(lambda runs: neighbours.facts("Q", "item", runs)),
)
def equal_and_empty_rows(rng):
    """An item twice, items of one direction, a row of zeros, everybody opposite; equally similar ones in any order."""
    yield from arguments(neighbours.equal_and_empty_rows(rng))


@group("fewer than n others: all of them", 1, EachRun(lambda runs: neighbours.facts("Q", "item", runs)))
def few_others(rng):
    """n is as large as the number of items, or larger; the item itself, marked by −inf, may come last."""
    yield from arguments(neighbours.few_others(rng))


@group("of equally similar items the lower index comes first", 1)
def equally_similar(rng):
    """Several items at one similarity."""
    yield from arguments(neighbours.equally_similar(rng))


@mistake(
    title="The item itself is in the list",
    message="Nothing is more like an item than the item itself, so that it takes the first place. Nobody who has seen a film is "
    "helped by being shown it again.",
    next_step="Take `item` out of the order before you cut off the first n.",
    also=(lambda Q, item, n, measure: neighbours.itself_listed(Q, item, n + 1, measure),),
)
def itself_listed(Q, item, n, measure):
    return neighbours.itself_listed(Q, item, n, measure)


@mistake(
    title="The first of the order was skipped, whoever it was",
    message="`[1:n + 1]` takes for granted that the item itself comes first. Where another item has an equal row, or the item's "
    "own similarity is 0, another is thrown out and the item stays. Half of the published programs that we read do this.",
    next_step="Take the item out by its index: keep those of the order that are not `item`.",
    also=(of_items(neighbours.last_skipped),),
)
def itself_by_position(Q, item, n, measure):
    return neighbours.first_skipped(Q, item, n, measure)


@mistake(
    title="The item was marked with a value that others can have",
    message="The item's own similarity was set to −1 or 0, to send it to the end. But negative similarities come after 0, and "
    "others can have −1, too. Then the item gets into the list.",
    next_step="Take the item out by its index. A mark would have to be less than every similarity, and must not be returned.",
    also=(of_items(neighbours.itself_marked, 0),),
)
def sentinel_minus_one(Q, item, n, measure):
    return neighbours.itself_marked(Q, item, n, measure, -1)


@mistake(
    title="The item itself comes last",
    message="The item was sent to the end of the order, but it is still in it. Where there are fewer than n others, the list "
    "reaches that far.",
    next_step="Take the item out of the order, rather than putting it at the end.",
    also=(of_items(neighbours.itself_marked, -99),),
)
def itself_at_the_end(Q, item, n, measure):
    return neighbours.itself_marked(Q, item, n, measure, -2)


@mistake(
    title="The least similar come first",
    message="`np.argsort` sorts from the smallest to the largest. These are the items that are least like the given one.",
    next_step="Turn the order round, for example by sorting the negative values.",
    also=(of_items(neighbours.least_first_skipped),),
)
def least_first(Q, item, n, measure):
    return neighbours.least_first(Q, item, n, measure)


@mistake(
    title="The right items, in the wrong order",
    message="The n most similar items are there, but the best comes last. `[-n:]` of an ascending sort is ascending, too.",
    next_step="Turn the list round before you return it.",
)
def best_last(Q, item, n, measure):
    return neighbours.best_last(Q, item, n, measure)


@mistake(
    title="One item is missing",
    message="The item itself was among the first n when these were cut off, and was taken out afterwards: n − 1 are left.",
    next_step="First take the item out, then cut off the first n.",
    also=(lambda Q, item, n, measure: similarity.similar_items(Q, item, n - 1, measure),),
)
def one_short(Q, item, n, measure):
    return neighbours.one_short(Q, item, n, measure)


@mistake(
    title="The indices slipped by one",
    message="The item was deleted from the array before the sort. In the shorter array every later item has moved up by one "
    "place, so that the indices name their neighbours.",
    next_step="Sort the whole row of similarities and take the item out of the order; or translate the indices back.",
    also=(of_items(neighbours.index_shifted_in_both),),
)
def index_shifted(Q, item, n, measure):
    return neighbours.index_shifted(Q, item, n, measure)


@mistake(
    title="It is always the cosine",
    message="Whatever `measure` says, the neighbours are those by the cosine.",
    next_step='Look up the function by the name in `measure`: "cosine", "euclidean" or "pearson".',
)
def always_cosine(Q, item, n, measure):
    return similarity.similar_items(Q, item, n, "cosine")


@mistake(
    title="Dot products in place of the cosine",
    message="a·b grows with the length of b. The same few long rows, those of the popular films, would be everybody's "
    "neighbours.",
    next_step="Use `cosine_similarity`, which takes the lengths out.",
    also=(lambda Q, item, n, measure: neighbours.by(Q @ Q[item], item, n),),
)
def dot_products(Q, item, n, measure):
    return neighbours.dot_products(Q, item, n, measure)


@mistake(
    title="Distances were sorted as if they were similarities",
    message='For "euclidean" the largest distances come first: these are the items farthest away.',
    next_step="Use `euclidean_similarity`, which turns the distance round.",
)
def distance_as_similarity(Q, item, n, measure):
    return neighbours.farthest_first(Q, item, n, measure)


@mistake(
    title="Distances were returned",
    message='The items and their order are right, but the numbers beside them are distances for "euclidean": small for the '
    "best. The task asks for similarities.",
    next_step="Return the entries of `euclidean_similarity` for these items.",
)
def distances_returned(Q, item, n, measure):
    return neighbours.with_distances(Q, item, n, measure)


@mistake(
    title="The two results are exchanged",
    message="The similarities came first and the items second. `items, similarities = similar_items(…)` would put each under "
    "the other's name.",
    next_step="Return the items, then the similarities.",
)
def results_exchanged(Q, item, n, measure):
    return similarity.similar_items(Q, item, n, measure)[::-1]


@mistake(
    title="Pairs in place of two arrays",
    message="The result is a list of pairs (item, similarity). The task asks for two arrays, all items in the one and all "
    "similarities in the other, so that both can be used as arrays at once.",
    next_step="Take the pairs apart before you return them.",
)
def list_of_pairs(Q, item, n, measure):
    return list(zip(*similarity.similar_items(Q, item, n, measure), strict=True))


@mistake(
    title="Everything of similarity 1 was taken out",
    message="Whatever has similarity 1 was taken for the item itself. Another item can have it: one with an equal row, or for "
    "the cosine one of the same direction.",
    next_step="Take out by the index, not by the value.",
)
def ones_removed(Q, item, n, measure):
    return neighbours.ones_removed(Q, item, n, measure)


@mistake(
    title="Negative similarities were left out",
    message="Only items with a positive similarity were kept. Where the n best reach below 0, the task asks for these, too.",
    next_step="Leave out nothing but the item itself.",
    also=(lambda Q, item, n, measure: neighbours.only_where(Q, item, n, measure, lambda s: s >= 0),),
)
def negatives_left_out(Q, item, n, measure):
    return neighbours.only_where(Q, item, n, measure, lambda s: s > 0)


@mistake(
    title="The columns were compared, not the rows",
    message="These are neighbours among the factors. An item is a row of Q.",
    next_step="Pass Q itself to the similarity function, not its transpose.",
)
def columns_not_rows(Q, item, n, measure):
    return similarity.similar_items(Q.T, item, n, measure)


@mistake(
    title="Of equally similar items the higher index comes first",
    message="An ascending sort that is turned round also turns round the items that are equally similar. Here the lower index "
    "comes first.",
    next_step='Sort the negative values, with `kind="stable"`, in place of turning the order round.',
    also=(of_items(neighbours.higher_index_first, None),),
)
def higher_index_first(Q, item, n, measure):
    return neighbours.higher_index_first(Q, item, n, measure)


def loop_over_pairs(Q, item, n, measure):
    values = neighbours.similarities(Q, item, measure)
    pairs = sorted((-float(value), i) for i, value in enumerate(values) if i != item)[:n]
    print(pairs)
    return [i for _, i in pairs], [-value for value, _ in pairs]


def cut_to_the_others(Q, item, n, measure):
    warnings.warn("marked, and never listed", stacklevel=1)
    values = neighbours.similarities(Q, item, measure)
    values[item] = -np.inf
    best = np.argsort(values[::-1], kind="stable")[::-1][: min(n, len(Q) - 1)]
    best = len(Q) - 1 - best
    return best, values[best]


def with_pandas(Q, item, n, measure):
    others = pd.Series(neighbours.similarities(Q, item, measure)).drop(item)
    best = others.sort_values(ascending=False, kind="stable").head(n)
    return best.index, best


def single_precision(Q, item, n, measure):
    others = np.array([i for i in range(len(Q)) if i != item], dtype=np.int32)
    values = neighbours.similarities(Q, item, measure)[others]
    order = np.lexsort((others, -values))[:n]
    return [others[order], values[order].astype(np.float32)]


exercise = Exercise(
    number="7.5",
    task="Return (items, similarities): the n items most similar to `item` by the measure of this name, best first, without "
    "`item` itself.",
    reference=similarity.similar_items,
    uses=("cosine_similarity", "euclidean_similarity", "pearson_similarity", "similarity_table"),
    groups=(all_different, equal_and_empty_rows, few_others, equally_similar),
    mistakes=(
        itself_listed,
        itself_by_position,
        sentinel_minus_one,
        itself_at_the_end,
        least_first,
        best_last,
        one_short,
        index_shifted,
        always_cosine,
        dot_products,
        distance_as_similarity,
        distances_returned,
        results_exchanged,
        list_of_pairs,
        ones_removed,
        negatives_left_out,
        columns_not_rows,
        higher_index_first,
    ),
    hints=(
        "The table of similarities has a row for every item. Which row do you need, and which of its entries must not take part?",
        "`np.argsort` of the negative similarities is the order from best to worst. `item` is somewhere in it, not always in "
        "front.",
        '`order = np.argsort(-s, kind="stable")`, then `order[order != item][:n]`; the second result is s at these items.',
    ),
    variants=(loop_over_pairs, cut_to_the_others, with_pandas, single_precision),
)
