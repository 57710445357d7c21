"""precision_at_k: how many of the first k places were worth it."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation import _lists
from mfcheck.exercises.evaluation._lists import divided, drawn, general_mistakes, hits_in, hits_over, listing
from mfref import evaluation


@group("the law: hits among the first k, divided by k", points=2)
def full_lists(rng):
    """By hand; then more and fewer relevant items than k, lists longer than k, all hits, none."""
    yield from _lists.full_lists(rng)


@group("fewer recommended than k, or nothing relevant: the divisor stays k", points=1)
def short_lists(rng):
    """Two recommended and five places; a list with nothing in it; an empty set."""
    yield listing([4, 9], {4, 2}, 5)
    yield drawn(rng, 4, 3, 8, 10)
    yield listing([], {1, 2}, 3)
    yield listing([3, 1, 2], set(), 3)


(
    one_place_short,
    order_lost,
    places_looked_up,
    relevant_cut,
    compared_by_place,
    no_hit_found,
    behind_the_end,
    rounded,
    percent,
) = general = general_mistakes(evaluation.precision_at_k)


@mistake(
    title="Divided by the number recommended",
    message="Where fewer than k items are recommended, the divisor became their number. Then a system that dares to show one single item, and is lucky, gets "
    "1.0 for it: leaving places empty pays. The user sees k places, and an empty place is no hit. Thirteen of 34 published versions do this.",
    next_step="Divide by k, whatever the length of the list.",
    also=(
        *hits_over(lambda recommended, relevant, k: len(recommended[:k])),
        lambda recommended, relevant, k: hits_in(recommended[:k], relevant) / len(recommended[:k]) if recommended else 0.0,
    ),
)
def divides_by_returned(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(len(recommended[:k]), 1)


@mistake(
    title="Divided by the length of the whole list",
    message="The hits among the first k were divided by the number of all recommended items. The list may go on far behind the k places that the user sees.",
    next_step="Divide by k.",
    also=hits_over(lambda recommended, relevant, k: len(recommended)),
)
def divides_by_list_length(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(len(recommended), 1)


@mistake(
    title="This is recall",
    message="The hits were divided by the number of relevant items. Precision asks what part of the *shown places* was good, recall what part of the "
    "*good items* was shown.",
    next_step="Divide by k.",
    also=hits_over(lambda recommended, relevant, k: len(relevant)),
)
def divides_by_relevant(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(len(relevant), 1)


@mistake(
    title="Divided by the smaller of k and the number relevant",
    message="That makes a precision of 1 possible even where fewer than k items are relevant. It is used for other measures; the precision of this "
    "course keeps its divisor k.",
    next_step="Divide by k.",
    also=hits_over(lambda recommended, relevant, k: min(k, len(relevant))),
)
def divides_by_the_smaller(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(min(k, len(relevant)), 1)


@mistake(
    title="Nothing relevant is no exception here",
    message="When nothing is relevant you gave nan, 1 or an error. Recall is not defined then, because its divisor is 0. The divisor of precision is k, and k "
    "is never 0.",
    next_step="Do without the special case: what does the formula give for 0 hits?",
    also=(
        lambda recommended, relevant, k: 1.0 if not relevant else evaluation.precision_at_k(recommended, relevant, k),
        lambda recommended, relevant, k: (
            float("nan") if not len(recommended) or not relevant else hits_in(recommended[:k], relevant) / k
        ),
    ),
)
def empty_is_nan(recommended, relevant, k):
    return evaluation.precision_at_k(recommended, relevant, k) if relevant else float("nan")


@mistake(
    title="An empty list is no exception",
    message="When nothing is recommended you gave nan or an error. The k places stayed empty, and none of them holds a hit.",
    next_step="Do without the special case: what does the formula give for 0 hits?",
)
def no_list_is_nan(recommended, relevant, k):
    return evaluation.precision_at_k(recommended, relevant, k) if len(recommended) else float("nan")


@mistake(
    title="Any hit counts as 1",
    message="One hit in the list gives the same as many: 1, or 1/k. That is the hit rate. Precision counts how many of the k places are hits.",
    next_step="Count all hits, and divide by k. A `return` inside a loop ends it at the first.",
    also=(lambda recommended, relevant, k: min(hits_in(recommended[:k], relevant), 1) / k,),
)
def hit_rate(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant) > 0)


def precisions_at_hits(recommended, relevant, k):
    return [hits_in(recommended[:n], relevant) / n for n, item in enumerate(recommended[:k], start=1) if item in relevant]


@mistake(
    title="This is the average precision",
    message="The precision at each hit was computed, and these were averaged. Hits near the top then count more. That is another measure. For precision "
    "at k the order among the first k does not matter.",
    next_step="Count the hits once, among the first k.",
    also=(
        lambda recommended, relevant, k: sum(precisions_at_hits(recommended, relevant, k)) / k,
        lambda recommended, relevant, k: divided(sum(precisions_at_hits(recommended, relevant, k)), min(k, len(relevant))),
        lambda recommended, relevant, k: divided(sum(precisions_at_hits(recommended, relevant, k)), len(relevant)),
    ),
)
def average_precision(recommended, relevant, k):
    return float(np.mean(precisions_at_hits(recommended, relevant, k) or [0.0]))


@mistake(
    title="Divided by all items of both",
    message="The divisor is the number of items that are recommended or relevant. That is the Jaccard index. Relevant items outside the list do not matter for "
    "precision.",
    next_step="Divide by k.",
)
def jaccard(recommended, relevant, k):
    return divided(hits_in(recommended[:k], relevant), len({*recommended[:k], *relevant}))


@mistake(
    title="The division lost the fraction",
    message="`//` and `int` drop everything behind the point. Of a share between 0 and 1 nothing is left but 0 or 1.",
    next_step="Divide with `/`.",
)
def whole_division(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) // k


@mistake(
    title="The misses were counted",
    message="The share of the places without a relevant item came back. A perfect list gets 0.",
    next_step="Count the items that are in `relevant`.",
    also=(lambda recommended, relevant, k: sum(item not in relevant for item in recommended[:k]) / k,),
)
def misses_counted(recommended, relevant, k):
    return 1 - hits_in(recommended[:k], relevant) / k


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
    also=(
        lambda recommended, relevant, k: hits_in(recommended, relevant) / max(len(recommended), 1),
        lambda recommended, relevant, k: hits_in(recommended, relevant) / len(recommended),
        lambda recommended, relevant, k: hits_in(recommended[: k + 1], relevant) / k,
        lambda recommended, relevant, k: hits_in(recommended[: k + 1], relevant) / (k + 1),
    ),
)
def not_cut_at_k(recommended, relevant, k):
    return hits_in(recommended, relevant) / k


@mistake(
    title="The hits are not divided",
    message="The number of hits came back. Precision is a share: the hits divided by the k places.",
    next_step="Divide by k.",
)
def counted_only(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant))


def by_intersection(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / k


def by_isin(recommended, relevant, k):
    return np.isin(np.array(recommended[:k], dtype=int), list(relevant)).sum() / k


def in_a_loop(recommended, relevant, k):
    hits = 0
    for place, item in enumerate(recommended):
        if place >= k:
            break
        if item in relevant:
            hits += 1
            print("hit", item)
    return np.float32(hits / k)


def mean_of_k_places(recommended, relevant, k):
    places = np.zeros(k)
    for place, item in enumerate(recommended[:k]):
        places[place] = item in relevant
    return places.mean()


exercise = Exercise(
    number="5.3",
    task="Return the share of the first k places that hold a relevant item: hits divided by k, also when fewer than k items are recommended.",
    reference=evaluation.precision_at_k,
    groups=(full_lists, short_lists),
    mistakes=(
        divides_by_returned,
        divides_by_list_length,
        divides_by_relevant,
        divides_by_the_smaller,
        empty_is_nan,
        no_list_is_nan,
        hit_rate,
        not_cut_at_k,
        counted_only,
        whole_division,
        misses_counted,
        average_precision,
        jaccard,
        *general,
    ),
    hints=(
        "The user sees k places. How many of them hold something relevant?",
        "`recommended[:k]` are the first k, or fewer when there are not so many. `item in relevant` is True or False, and True counts as 1.",
        "Count the items of `recommended[:k]` that are in `relevant`, and divide by k in every case.",
    ),
    variants=(by_intersection, by_isin, in_a_loop, mean_of_k_places),
)
