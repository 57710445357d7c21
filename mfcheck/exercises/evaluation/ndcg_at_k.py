"""ndcg_at_k: hits that come early count more."""

import math

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation._lists import drawn, listing
from mfref import evaluation


@group("the law: the discounted hits among the first k, divided by those of the best list possible", points=2)
def full_lists(rng):
    """One hit at rank 1 of three relevant; one at rank 2; then more and fewer relevant items than k, all hits, none."""
    yield listing([4, 0, 7], {4, 2, 9}, 3)
    yield listing([4, 0, 7], {0}, 3)
    yield listing([4, 0, 7, 2, 5], {0, 2, 5, 9, 8, 6}, 3)
    yield drawn(rng, 12, 5, 9, 8)
    yield drawn(rng, 10, 3, 3, 7)
    yield drawn(rng, 6, 6, 20, 6)
    yield drawn(rng, 15, 9, 14, 6)
    yield listing([3, 1, 2], {4, 5}, 3)
    yield listing([8, 1, 2], {8}, 1)


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


def base_2(rank):
    return 1 / np.log2(rank + 1)


def gain(recommended, relevant, discount=base_2):
    return sum(discount(rank) for rank, item in enumerate(recommended, start=1) if item in relevant)


def ideal(n, discount=base_2):
    return sum(discount(rank) for rank in range(1, n + 1))


def with_discount(of_the_list, of_the_ideal=None):
    """NDCG with another discount by rank, in the list and in the ideal."""

    def ndcg_at_k(recommended, relevant, k):
        if not relevant:
            return float("nan")
        best = ideal(min(k, len(relevant)), of_the_ideal or of_the_list)
        return float(gain(recommended[:k], relevant, of_the_list) / best)

    return ndcg_at_k


def with_ideal(of, for_nothing=0.0):
    """NDCG whose ideal is of(recommended, relevant, k); for_nothing: the answer where that is 0."""

    def ndcg_at_k(recommended, relevant, k):
        if not relevant:
            return float("nan")
        best = of(recommended, relevant, k)
        return float(gain(recommended[:k], relevant) / best) if best else for_nothing

    return ndcg_at_k


def of_own_list(recommended, relevant, k):
    return ideal(sum(item in relevant for item in recommended[:k]))


@mistake(
    title="The ideal comes from the list's own hits",
    message="The list was compared with its own hits sorted to the front. A list with one hit at rank 1 then gets 1.0, even if two more relevant items "
    "are missing from it. The ideal has all relevant items in front, also those that were not recommended.",
    next_step="Build the ideal from the number of relevant items, at most k.",
    also=(with_ideal(of_own_list, float("nan")), with_ideal(lambda rec, rel, k: ideal(sum(i in rel for i in rec)))),
)
def ideal_from_own_list(recommended, relevant, k):
    return with_ideal(of_own_list)(recommended, relevant, k)


@mistake(
    title="The ideal counts all relevant items",
    message="Where more than k items are relevant, the ideal went beyond place k. No list of k items can reach that, so that even a perfect one stays "
    "below 1.",
    next_step="The best list possible has hits at the ranks 1 to min(k, number relevant).",
)
def ideal_over_all_relevant(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(len(rel)))(recommended, relevant, k)


@mistake(
    title="The ideal always has k hits",
    message="Where fewer than k items are relevant, no list can have k hits. A perfect list then stays below 1.",
    next_step="The best list possible has hits at the ranks 1 to min(k, number relevant).",
)
def ideal_over_k(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(k))(recommended, relevant, k)


@mistake(
    title="The ideal has only as many places as were recommended",
    message="Where fewer than k items are recommended, the ideal was cut at their number. Leaving places empty would then cost nothing.",
    next_step="Cut the ideal at k, not at the length of the list.",
)
def ideal_cut_at_list(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(min(k, len(rel), len(rec))))(recommended, relevant, k)


@mistake(
    title="Two different logarithms",
    message="The list was discounted with one base of the logarithm, the ideal with another. Any base is right if it is the same on both sides: then it cancels.",
    next_step="Use one function for both, `np.log2`.",
    also=(with_discount(base_2, lambda rank: 1 / np.log(rank + 1)),),
)
def two_logarithms(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log(rank + 1), base_2)(recommended, relevant, k)


@mistake(
    title="The first two ranks count the same",
    message="The discount begins at rank 2 as if it were rank 1: an older formula divides by log2(rank) from rank 2 on. Then a hit at rank 2 is worth as much as "
    "one at rank 1, and their order does not matter.",
    next_step="Divide by log2(rank + 1), with ranks from 1.",
)
def first_two_undiscounted(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log2(max(rank, 2)))(recommended, relevant, k)


@mistake(
    title="The discount begins one rank too late",
    message="The first place was discounted already: `enumerate` counted from 1, and the 2 that belongs to counting from 0 was added.",
    next_step="log2(rank + 1) for ranks from 1, or log2(place + 2) for places from 0.",
)
def one_rank_too_late(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log2(rank + 2))(recommended, relevant, k)


@mistake(
    title="The logarithm of the first place is 0",
    message="`enumerate` counts from 0, and log2(0 + 1) is 0: the first place is divided by zero, which gives infinity or NaN.",
    next_step="log2(rank + 1) for ranks from 1, or log2(place + 2) for places from 0.",
)
def rank_from_zero(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log2(np.float64(rank)))(recommended, relevant, k)


@mistake(
    title="There is no discount",
    message="A hit at rank 10 counts as much as one at rank 1. The D in NDCG says that later places count less: people look at the top first.",
    next_step="Divide each hit by log2(rank + 1).",
)
def no_discount(recommended, relevant, k):
    return with_discount(lambda rank: 1.0)(recommended, relevant, k)


@mistake(
    title="The discount is the rank itself",
    message="Each hit was divided by its rank. That falls much faster than the logarithm of NDCG: rank 3 would count a third, and not a half.",
    next_step="Divide each hit by log2(rank + 1).",
)
def divided_by_rank(recommended, relevant, k):
    return with_discount(lambda rank: 1 / rank)(recommended, relevant, k)


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
)
def not_cut_at_k(recommended, relevant, k):
    return gain(recommended, relevant) / ideal(min(k, len(relevant))) if relevant else float("nan")


@mistake(
    title="Not divided by the ideal",
    message="This is the DCG. The N of NDCG says normalized: divided by the DCG of the best list possible, so that 1 means perfect for every user.",
    next_step="Divide by the ideal DCG.",
)
def not_normalized(recommended, relevant, k):
    return float(gain(recommended[:k], relevant)) if relevant else float("nan")


@mistake(
    title="Nothing relevant counts as a number",
    message="Where nothing is relevant, no list is better than another. A 0 would pull the mean over users down, a 1 up, for users about whom the list can "
    "say nothing. With nan they can be left out.",
    next_step='For an empty set, return `float("nan")` before you divide.',
    also=(lambda recommended, relevant, k: evaluation.ndcg_at_k(recommended, relevant, k) if relevant else 1.0,),
)
def empty_is_zero(recommended, relevant, k):
    return evaluation.ndcg_at_k(recommended, relevant, k) if relevant else 0.0


@mistake(
    title="Nothing relevant: a division by zero",
    message="Where nothing is relevant, the ideal is 0, and dividing by it stops the program. Many users have no relevant item in a test part.",
    next_step='For an empty set, return `float("nan")` before you divide.',
)
def divides_by_zero(recommended, relevant, k):
    return gain(recommended[:k], relevant) / ideal(min(k, len(relevant)))


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
        not_cut_at_k,
        not_normalized,
        empty_is_zero,
        divides_by_zero,
    ),
    hints=(
        "Two sums of the same kind: one over the hits of the list, one over the hits of the best list that anybody could make.",
        "A hit at rank 1 counts 1 / log2(2) = 1, at rank 2 it counts 1 / log2(3), and so on. How many hits can the best list have among k places?",
        "Sum `1 / np.log2(rank + 1)` over the ranks of the hits in `recommended[:k]`; divide by the same sum over the ranks 1 to "
        "`min(k, len(relevant))`. For an empty set, return nan before that.",
    ),
    variants=(natural_logarithms, by_arrays, with_epsilon, single_precision),
)
