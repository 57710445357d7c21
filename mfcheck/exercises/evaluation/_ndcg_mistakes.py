"""What can go wrong in NDCG: the discount, the ideal, the cut."""

import math

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.evaluation._lists import divided, hits_in, refusing
from mfref import evaluation


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


def with_ideal(of, gain_of=lambda recommended, relevant, k: gain(recommended[:k], relevant)):
    """→ versions of NDCG whose ideal is of(recommended, relevant, k); where that is 0 they give 0, nan or an error."""

    def or_zero(recommended, relevant, k):
        if not relevant:
            return float("nan")
        best = of(recommended, relevant, k)
        return float(gain_of(recommended, relevant, k) / best) if best else 0.0

    def or_nan(recommended, relevant, k):
        return divided(gain_of(recommended, relevant, k), of(recommended, relevant, k))

    def or_error(recommended, relevant, k):
        return float(gain_of(recommended, relevant, k)) / float(of(recommended, relevant, k))

    return or_zero, or_nan, or_error


def later(rank):
    """The discount that leaves the first two ranks alike."""
    return 1 / np.log2(max(rank, 2))


def hits_first(recommended, relevant, k):
    return ideal(hits_in(recommended[:k], relevant))


own_list, *own_list_or_not = with_ideal(hits_first)


@mistake(
    title="The ideal comes from the list's own hits",
    message="The list was compared with its own hits sorted to the front. A list with one hit at rank 1 then gets 1.0, even if two more relevant items "
    "are missing from it. The ideal has all relevant items in front, also those that were not recommended.",
    next_step="Build the ideal from the number of relevant items, at most k.",
    also=(
        *own_list_or_not,
        *with_ideal(lambda rec, rel, k: ideal(hits_in(rec, rel))),
        *with_ideal(lambda rec, rel, k: ideal(min(k, hits_in(rec, rel)))),
        *with_ideal(lambda rec, rel, k: ideal(hits_in(rec, rel)), lambda rec, rel, k: gain(rec, rel)),
        *with_ideal(lambda rec, rel, k: ideal(hits_in(rec[:k], rel), later), lambda rec, rel, k: gain(rec[:k], rel, later)),
        *with_ideal(lambda rec, rel, k: ideal(min(k, hits_in(rec, rel)), later), lambda rec, rel, k: gain(rec[:k], rel, later)),
    ),
)
def ideal_from_own_list(recommended, relevant, k):
    return own_list(recommended, relevant, k)


@mistake(
    title="The ideal counts all relevant items",
    message="Where more than k items are relevant, the ideal went beyond place k. No list of k items can reach that, so that even a perfect one stays "
    "below 1.",
    next_step="The best list possible has hits at the ranks 1 to min(k, number relevant).",
)
def ideal_over_all_relevant(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(len(rel)))[0](recommended, relevant, k)


@mistake(
    title="The ideal always has k hits",
    message="Where fewer than k items are relevant, no list can have k hits. A perfect list then stays below 1.",
    next_step="The best list possible has hits at the ranks 1 to min(k, number relevant).",
)
def ideal_over_k(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(k))[0](recommended, relevant, k)


@mistake(
    title="The ideal has only as many places as were recommended",
    message="Where fewer than k items are recommended, the ideal was cut at their number. Leaving places empty would then cost nothing.",
    next_step="Cut the ideal at k, not at the length of the list.",
    also=with_ideal(lambda rec, rel, k: ideal(min(k, len(rel), len(rec))))[1:],
)
def ideal_cut_at_list(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(min(k, len(rel), len(rec))))[0](recommended, relevant, k)


@mistake(
    title="Two different logarithms",
    message="The list was discounted with one base of the logarithm, the ideal with another. Any base is right if it is the same on both sides: then it cancels.",
    next_step="Use one function for both, `np.log2`.",
    also=(
        with_discount(base_2, lambda rank: 1 / np.log(rank + 1)),
        with_discount(lambda rank: 1 / np.log10(rank + 1), base_2),
        with_discount(base_2, lambda rank: 1 / np.log10(rank + 1)),
    ),
)
def two_logarithms(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log(rank + 1), base_2)(recommended, relevant, k)


@mistake(
    title="The first two ranks count the same",
    message="The discount begins at rank 2 as if it were rank 1: an older formula divides by log2(rank) from rank 2 on. Then a hit at rank 2 is worth as much as "
    "one at rank 1, and their order does not matter.",
    next_step="Divide by log2(rank + 1), with ranks from 1.",
    also=(with_discount(later, base_2), with_discount(base_2, later)),
)
def first_two_undiscounted(recommended, relevant, k):
    return with_discount(later)(recommended, relevant, k)


@mistake(
    title="The discount begins one rank too late",
    message="The first place was discounted already: `enumerate` counted from 1, and the 2 that belongs to counting from 0 was added.",
    next_step="log2(rank + 1) for ranks from 1, or log2(place + 2) for places from 0.",
    also=(with_discount(lambda rank: 1 / np.log2(rank + 2), base_2), with_discount(base_2, lambda rank: 1 / np.log2(rank + 2))),
)
def one_rank_too_late(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log2(rank + 2))(recommended, relevant, k)


@mistake(
    title="The logarithm of the first place is 0",
    message="The first place was divided by log2(1), and that is 0: it gives infinity, NaN or an error. `enumerate` and `range` count from 0, and log2(0 + 1) "
    "is log2(1); or the `+ 1` of log2(rank + 1) is missing.",
    next_step="log2(rank + 1) for ranks from 1, or log2(place + 2) for places from 0.",
    also=(
        with_discount(lambda rank: 1 / math.log2(rank)),
        with_discount(lambda rank: 1 / np.log2(np.float64(rank)), base_2),
        with_discount(lambda rank: 1 / math.log2(rank), base_2),
        with_discount(base_2, lambda rank: 1 / math.log2(rank)),
    ),
)
def rank_from_zero(recommended, relevant, k):
    return with_discount(lambda rank: 1 / np.log2(np.float64(rank)))(recommended, relevant, k)


@mistake(
    title="There is no discount",
    message="A hit at rank 10 counts as much as one at rank 1. The D in NDCG says that later places count less: people look at the top first.",
    next_step="Divide each hit by log2(rank + 1).",
    also=(
        evaluation.precision_at_k,
        evaluation.recall_at_k,
        with_discount(lambda rank: 1.0, base_2),
        *with_ideal(hits_first, lambda rec, rel, k: hits_in(rec[:k], rel)),
    ),
)
def no_discount(recommended, relevant, k):
    return with_discount(lambda rank: 1.0)(recommended, relevant, k)


@mistake(
    title="The discount is the rank itself",
    message="Each hit was divided by its rank. That falls much faster than the logarithm of NDCG: rank 3 would count a third, and not a half.",
    next_step="Divide each hit by log2(rank + 1).",
    also=(with_discount(lambda rank: 1 / rank, base_2), with_discount(base_2, lambda rank: 1 / rank)),
)
def divided_by_rank(recommended, relevant, k):
    return with_discount(lambda rank: 1 / rank)(recommended, relevant, k)


@mistake(
    title="The 1 is added outside the logarithm",
    message="log2(rank) + 1 was computed. The 1 belongs to the rank: log2(rank + 1). At rank 1 both give 1, from rank 2 on they differ.",
    next_step="Check the brackets of the discount.",
    also=(
        with_discount(lambda rank: 1 / (1 + np.log2(rank)), base_2),
        with_discount(base_2, lambda rank: 1 / (1 + np.log2(rank))),
    ),
)
def one_outside_the_logarithm(recommended, relevant, k):
    return with_discount(lambda rank: 1 / (1 + np.log2(rank)))(recommended, relevant, k)


@mistake(
    title="Later places count more",
    message="Each hit was multiplied by the logarithm, so that a hit far down is worth more than one at the top. The logarithm is the divisor.",
    next_step="Divide each hit by log2(rank + 1).",
    also=(with_discount(lambda rank: np.log2(rank + 1), base_2),),
)
def later_counts_more(recommended, relevant, k):
    return with_discount(lambda rank: np.log2(rank + 1))(recommended, relevant, k)


@mistake(
    title="Hits are numbered, not places",
    message="The discount went by the number of the hit: first hit, second hit. The misses between them were skipped, so that it does not matter where in the list "
    "the hits are.",
    next_step="The rank is the place in the whole list: count the misses as well.",
    also=with_ideal(lambda rec, rel, k: ideal(min(k, len(rel))), hits_first)[1:],
)
def hits_numbered(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: ideal(min(k, len(rel))), hits_first)[0](recommended, relevant, k)


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
    also=(
        *with_ideal(lambda rec, rel, k: ideal(len(rel)), lambda rec, rel, k: gain(rec, rel)),
        *with_ideal(lambda rec, rel, k: ideal(min(k, len(rel))), lambda rec, rel, k: gain(rec[: k + 1], rel)),
        *with_ideal(lambda rec, rel, k: ideal(min(len(rec), len(rel))), lambda rec, rel, k: gain(rec, rel)),
    ),
)
def not_cut_at_k(recommended, relevant, k):
    return gain(recommended, relevant) / ideal(min(k, len(relevant))) if relevant else float("nan")


@mistake(
    title="Not divided by the ideal",
    message="This is the DCG. The N of NDCG says normalized: divided by the DCG of the best list possible, so that 1 means perfect for every user.",
    next_step="Divide by the ideal DCG.",
    also=(
        lambda recommended, relevant, k: float(gain(recommended[:k], relevant)),
        lambda recommended, relevant, k: float(gain(recommended, relevant)),
    ),
)
def not_normalized(recommended, relevant, k):
    return float(gain(recommended[:k], relevant)) if relevant else float("nan")


@mistake(
    title="Divided by a number of items",
    message="The discounted hits were divided by how many items or places there are. A perfect list then stays below 1, because its later hits are discounted and "
    "the divisor is not.",
    next_step="Discount the ideal like the list itself.",
    also=(
        *with_ideal(lambda rec, rel, k: k),
        *with_ideal(lambda rec, rel, k: len(rel)),
        *with_ideal(lambda rec, rel, k: min(k, len(rel)))[1:],
        *with_ideal(lambda rec, rel, k: hits_in(rec[:k], rel)),
        *with_ideal(lambda rec, rel, k: len(rec[:k])),
    ),
)
def ideal_not_discounted(recommended, relevant, k):
    return with_ideal(lambda rec, rel, k: min(k, len(rel)))[0](recommended, relevant, k)


@mistake(
    title="An empty list is no exception",
    message="When nothing is recommended you gave nan or an error. There was something to find, and a list with nothing in it gains nothing.",
    next_step="Only an empty `relevant` needs a case of its own.",
    also=(lambda recommended, relevant, k: evaluation.ndcg_at_k(recommended, relevant, k) if len(recommended) else 0 / 0,),
)
def no_list_is_nan(recommended, relevant, k):
    return evaluation.ndcg_at_k(recommended, relevant, k) if len(recommended) else float("nan")


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
    also=(refusing(evaluation.ndcg_at_k),),
)
def divides_by_zero(recommended, relevant, k):
    return gain(recommended[:k], relevant) / ideal(min(k, len(relevant)))
