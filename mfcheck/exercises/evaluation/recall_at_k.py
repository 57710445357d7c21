"""recall_at_k: how much of what is good was shown."""

import math

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation._lists import drawn, hits_in, listing
from mfref import evaluation


@group("the law: hits among the first k, divided by the number relevant", points=2)
def any_list(rng):
    """By hand; then more and fewer relevant items than k, lists longer and shorter than k, all hits, none."""
    yield listing([4, 0, 7, 2], {0, 2, 9}, 4)
    yield listing([4, 0, 7, 2, 5], {0, 2, 5, 9, 8, 6}, 3)
    yield drawn(rng, 12, 5, 9, 8)
    yield drawn(rng, 10, 3, 3, 7)
    yield drawn(rng, 6, 6, 20, 6)
    yield drawn(rng, 4, 3, 9, 10)
    yield listing([8, 1, 2], {8}, 1)
    yield listing([3, 1, 2], {4, 5}, 3)
    yield listing([], {1, 2}, 3)


@group("nothing relevant: the answer is nan", points=1)
def nothing_relevant(rng):
    """With items recommended, and with none."""
    yield listing([3, 1, 2], set(), 2)
    yield listing([], set(), 4)


@mistake(
    title="This is precision",
    message="The hits were divided by k. Recall asks what part of the *good items* was shown, so it is divided by their number, however many places there are.",
    next_step="Divide by the number of relevant items.",
)
def divides_by_k(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / k


@mistake(
    title="Divided by the smaller of k and the number relevant",
    message="That makes a recall of 1 possible even where k places cannot hold all relevant items. It is a measure of its own; the recall of this course "
    "is a share of *all* that is relevant.",
    next_step="Divide by the number of relevant items.",
)
def divides_by_the_smaller(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / min(k, len(relevant)) if relevant else float("nan")


@mistake(
    title="Divided by the number recommended",
    message="The hits were divided by the length of the list. Recall is a share of the relevant items, however many are shown.",
    next_step="Divide by the number of relevant items.",
)
def divides_by_returned(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / len(recommended[:k]) if len(recommended) else 0.0


@mistake(
    title="Any hit counts as 1",
    message="The answer is 1 as soon as there is one hit. That is the hit rate, and equals recall only where a single item is relevant. With two of "
    "four relevant items found, recall is a half.",
    next_step="Count the hits, and divide by the number of relevant items.",
)
def hit_rate(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant) > 0) if relevant else float("nan")


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
)
def not_cut_at_k(recommended, relevant, k):
    return hits_in(recommended, relevant) / len(relevant) if relevant else float("nan")


@mistake(
    title="The hits are not divided",
    message="The number of hits came back. Recall is a share of the relevant items.",
    next_step="Divide by the number of relevant items.",
)
def counted_only(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant))


@mistake(
    title="Nothing relevant counts as a number",
    message="Where nothing is relevant, there is nothing to find: a share of nothing is not defined. A 0 would pull the mean over users down, a 1 up, for "
    "users about whom the list can say nothing. With nan they can be left out.",
    next_step='For an empty set, return `float("nan")` before you divide.',
    also=(lambda recommended, relevant, k: evaluation.recall_at_k(recommended, relevant, k) if relevant else 1.0,),
)
def empty_is_zero(recommended, relevant, k):
    return evaluation.recall_at_k(recommended, relevant, k) if relevant else 0.0


@mistake(
    title="Nothing relevant: a division by zero",
    message="Where nothing is relevant, the number relevant is 0, and dividing by it stops the program. Many users have no relevant item in a test part.",
    next_step='For an empty set, return `float("nan")` before you divide.',
)
def divides_by_zero(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / len(relevant)


@mistake(
    title="The relevant items are cut at k",
    message="Only k of the relevant items were looked at. The set of relevant items has no order and is used whole.",
    next_step="Cut only the list of recommended items.",
)
def relevant_cut(recommended, relevant, k):
    return hits_in(recommended[:k], sorted(relevant)[:k]) / len(relevant) if relevant else float("nan")


def by_intersection(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / len(relevant) if relevant else math.nan


def by_isin(recommended, relevant, k):
    with np.errstate(all="ignore"):
        return np.isin(np.array(recommended[:k], dtype=int), list(relevant)).sum() / np.float64(len(relevant))


def in_a_loop(recommended, relevant, k):
    if len(relevant) == 0:
        return np.nan
    hits = 0
    for item in recommended[:k]:
        if item in relevant:
            hits += 1
            print("hit", item)
    return np.float32(hits / len(relevant))


def what_is_missed(recommended, relevant, k):
    if not relevant:
        return np.array(np.nan)
    return 1 - len(relevant - set(recommended[:k])) / len(relevant)


exercise = Exercise(
    number="5.4",
    task="Return the share of the relevant items that are among the first k: hits divided by the number relevant; nan when nothing is relevant.",
    reference=evaluation.recall_at_k,
    groups=(any_list, nothing_relevant),
    mistakes=(
        divides_by_k,
        divides_by_the_smaller,
        divides_by_returned,
        hit_rate,
        not_cut_at_k,
        counted_only,
        empty_is_zero,
        divides_by_zero,
        relevant_cut,
    ),
    hints=(
        "The same hits as in precision_at_k. Of what are they a share this time?",
        "Divide by the number of relevant items. What if that number is 0?",
        'First `if len(relevant) == 0: return float("nan")`. Then the hits of `recommended[:k]`, divided by `len(relevant)`.',
    ),
    variants=(by_intersection, by_isin, in_a_loop, what_is_missed),
)
