"""ndcg_at_k: hits that come early count more."""

import math

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.evaluation import _lists
from mfcheck.exercises.evaluation._lists import drawn, general_mistakes, listing
from mfcheck.exercises.evaluation._ndcg_mistakes import (
    divided_by_rank,
    divides_by_zero,
    empty_is_zero,
    first_two_undiscounted,
    hits_numbered,
    ideal_cut_at_list,
    ideal_from_own_list,
    ideal_not_discounted,
    ideal_over_all_relevant,
    ideal_over_k,
    later_counts_more,
    no_discount,
    no_list_is_nan,
    not_cut_at_k,
    not_normalized,
    one_outside_the_logarithm,
    one_rank_too_late,
    rank_from_zero,
    two_logarithms,
)
from mfref import evaluation


@group("the law: the discounted hits among the first k, divided by those of the best list possible", points=2)
def full_lists(rng):
    """By hand, one hit at rank 1 of three relevant, one at rank 2; then more and fewer relevant items than k, all hits, none."""
    yield from _lists.full_lists(rng)


@group("fewer recommended than k: the best list possible still has k places", points=1)
def short_lists(rng):
    """Two recommended and five places; a list with nothing in it."""
    yield listing([4, 9], {4, 2, 3}, 5)
    yield drawn(rng, 4, 2, 8, 10)
    yield listing([], {1, 2}, 3)


@group("nothing relevant: the answer is nan", points=1)
def nothing_relevant(rng):
    """With items recommended, and with none."""
    yield listing([3, 1, 2], set(), 2)
    yield listing([], set(), 4)


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
) = general = general_mistakes(evaluation.ndcg_at_k)


def natural_logarithms(recommended, relevant, k):
    if len(relevant) == 0:
        return math.nan
    hits = [1 / math.log(place + 2) for place, item in enumerate(recommended[:k]) if item in relevant]
    print("hits", len(hits))
    return sum(hits) / sum(1 / math.log(place + 2) for place in range(min(k, len(relevant))))


def by_arrays(recommended, relevant, k):
    first = np.array(list(recommended)[:k], dtype=int)
    gains = np.isin(first, list(relevant)).astype(float)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal_gains = np.arange(k) < len(relevant)
    with np.errstate(all="ignore"):
        return (gains @ discounts[: len(gains)]) / (ideal_gains @ discounts)


def with_epsilon(recommended, relevant, k):
    if not relevant:
        return np.nan
    dcg = 0.0
    for place in range(min(k, len(recommended))):
        dcg += (2 ** int(recommended[place] in relevant) - 1) / np.log10(place + 2)
    best = 0.0
    for place in range(min(k, len(relevant))):
        best += 1 / np.log10(place + 2)
    return dcg / (best + 1e-9)


def single_precision(recommended, relevant, k):
    return np.float32(evaluation.ndcg_at_k(np.array(recommended, dtype=int), frozenset(relevant), k))


exercise = Exercise(
    number="5.5",
    task="Return NDCG@k with binary gains and the discount 1 / log2(rank + 1); the ideal has hits at the ranks 1 to min(k, number relevant); nan when "
    "nothing is relevant.",
    reference=evaluation.ndcg_at_k,
    groups=(full_lists, short_lists, nothing_relevant),
    mistakes=(
        ideal_from_own_list,
        ideal_over_all_relevant,
        ideal_over_k,
        ideal_cut_at_list,
        two_logarithms,
        first_two_undiscounted,
        one_rank_too_late,
        rank_from_zero,
        no_discount,
        divided_by_rank,
        one_outside_the_logarithm,
        later_counts_more,
        hits_numbered,
        not_cut_at_k,
        not_normalized,
        ideal_not_discounted,
        no_list_is_nan,
        empty_is_zero,
        divides_by_zero,
        *general,
    ),
    hints=(
        "Two sums of the same kind: one over the hits of the list, one over the hits of the best list that anybody could make.",
        "A hit at rank 1 counts 1 / log2(2) = 1, at rank 2 it counts 1 / log2(3), and so on. How many hits can the best list have among k places?",
        "Sum `1 / np.log2(rank + 1)` over the ranks of the hits in `recommended[:k]`; divide by the same sum over the ranks 1 to "
        "`min(k, len(relevant))`. For an empty set, return nan before that.",
    ),
    variants=(natural_logarithms, by_arrays, with_epsilon, single_precision),
)
