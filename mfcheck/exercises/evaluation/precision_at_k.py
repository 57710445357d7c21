"""precision_at_k: how many of the first k places were worth it."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation._lists import drawn, hits_in, listing
from mfref import evaluation


@group("the law: hits among the first k, divided by k", points=2)
def full_lists(rng):
    """By hand; then more and fewer relevant items than k, lists longer than k, all hits, none."""
    yield listing([4, 0, 7, 2], {0, 2, 9}, 4)
    yield listing([4, 0, 7, 2, 5], {0, 2, 5, 9, 8, 6}, 3)
    yield drawn(rng, 12, 5, 9, 8)
    yield drawn(rng, 10, 3, 3, 7)
    yield drawn(rng, 6, 6, 20, 6)
    yield listing([3, 1, 2], set(), 3)
    yield listing([8, 1, 2], {8}, 1)
    yield drawn(rng, 9, 4, 30, 5)


@group("fewer recommended than k: the divisor stays k", points=1)
def short_lists(rng):
    """Two recommended and five places; a list with nothing in it."""
    yield listing([4, 9], {4, 2}, 5)
    yield drawn(rng, 4, 3, 8, 10)
    yield listing([], {1, 2}, 3)


def by_returned(value_for_nothing):
    def precision_at_k(recommended, relevant, k):
        first = list(recommended[:k])
        return hits_in(first, relevant) / len(first) if first else value_for_nothing

    return precision_at_k


@mistake(
    title="Divided by the number recommended",
    message="Where fewer than k items are recommended, the divisor became their number. A system that dares to show one single item would get 1.0 for "
    "it, and leaving places empty would pay. Thirteen of 34 published versions do this.",
    next_step="Divide by k, whatever the length of the list.",
    also=(by_returned(float("nan")), lambda recommended, relevant, k: hits_in(recommended[:k], relevant) / len(recommended[:k])),
)
def divides_by_returned(recommended, relevant, k):
    return by_returned(0.0)(recommended, relevant, k)


@mistake(
    title="This is recall",
    message="The hits were divided by the number of relevant items. Precision asks what part of the *shown places* was good, recall what part of the "
    "*good items* was shown.",
    next_step="Divide by k.",
)
def divides_by_relevant(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / len(relevant) if relevant else 0.0


@mistake(
    title="Divided by the smaller of k and the number relevant",
    message="That makes a precision of 1 possible even where fewer than k items are relevant. It is used for other measures; the precision of this "
    "course keeps its divisor k.",
    next_step="Divide by k.",
)
def divides_by_the_smaller(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / min(k, len(relevant)) if relevant else 0.0


@mistake(
    title="Any hit counts as 1",
    message="The answer is 1 as soon as there is one hit, and 0 without. That is the hit rate. Precision counts how many of the k places are hits.",
    next_step="Count the hits, and divide by k.",
)
def hit_rate(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant) > 0)


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
    also=(lambda recommended, relevant, k: hits_in(recommended, relevant) / max(len(recommended), 1),),
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


@mistake(
    title="In percent",
    message="The share was multiplied by 100. Precision is a number between 0 and 1.",
    next_step="Leave out the factor 100.",
)
def percent(recommended, relevant, k):
    return 100 * evaluation.precision_at_k(recommended, relevant, k)


@mistake(
    title="One place too few",
    message="The last of the k places was left out. The slice `[:k]` holds exactly k items; its end is not included.",
    next_step="Use `recommended[:k]`.",
)
def one_place_short(recommended, relevant, k):
    return hits_in(recommended[: k - 1], relevant) / k


@mistake(
    title="The relevant items are cut at k",
    message="Only k of the relevant items were looked at, so that hits were missed. The set of relevant items has no order and is used whole.",
    next_step="Cut only the list of recommended items.",
)
def relevant_cut(recommended, relevant, k):
    return hits_in(recommended[:k], sorted(relevant)[:k]) / k


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
        divides_by_relevant,
        divides_by_the_smaller,
        hit_rate,
        not_cut_at_k,
        counted_only,
        percent,
        one_place_short,
        relevant_cut,
    ),
    hints=(
        "The user sees k places. How many of them hold something relevant?",
        "`recommended[:k]` are the first k, or fewer when there are not so many. `item in relevant` is True or False, and True counts as 1.",
        "Count the items of `recommended[:k]` that are in `relevant`, and divide by k in every case.",
    ),
    variants=(by_intersection, by_isin, in_a_loop, mean_of_k_places),
)
