"""recall_at_k: how much of what is good was shown."""

import math

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation import _lists
from mfcheck.exercises.evaluation._lists import drawn, general_mistakes, hits_in, hits_over, listing
from mfref import evaluation


@group("the law: hits among the first k, divided by the number relevant", points=1)
def full_lists(rng):
    """By hand; then more and fewer relevant items than k, lists longer than k, all hits, none."""
    yield from _lists.full_lists(rng)


@group("fewer recommended than k", points=1)
def short_lists(rng):
    """Two recommended and five places; a list with nothing in it."""
    yield listing([4, 9], {4, 2}, 5)
    yield drawn(rng, 4, 3, 9, 10)
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
) = general = general_mistakes(evaluation.recall_at_k)


def or_undefined(divisor):
    """→ the versions of `hits_over`, and one that is nan where nothing is relevant, else 0 where the divisor is."""
    plain, or_zero, or_nan = hits_over(divisor)

    def defined(recommended, relevant, k):
        return or_zero(recommended, relevant, k) if relevant else float("nan")

    return plain, or_zero, or_nan, defined


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
    also=or_undefined(lambda recommended, relevant, k: min(k, len(relevant))),
)
def divides_by_the_smaller(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / min(k, len(relevant)) if relevant else float("nan")


@mistake(
    title="Divided by the number recommended",
    message="The hits were divided by the length of the list, or of its first k. Recall is a share of what there was to find, however many items are shown.",
    next_step="Divide by the number of relevant items.",
    also=(
        *or_undefined(lambda recommended, relevant, k: len(recommended[:k])),
        *or_undefined(lambda recommended, relevant, k: len(recommended)),
    ),
)
def divides_by_returned(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(len(recommended[:k]), 1)


@mistake(
    title="Divided by the hits of the whole list",
    message="Only those relevant items were counted that stand somewhere in `recommended`. What the list misses altogether then costs nothing, and that is "
    "what recall should tell.",
    next_step="Divide by the number of all relevant items.",
    also=or_undefined(lambda recommended, relevant, k: hits_in(recommended, relevant)),
)
def divides_by_hits(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(hits_in(recommended, relevant), 1)


@mistake(
    title="Any hit counts as 1",
    message="The answer is 1 as soon as there is one hit. That is the hit rate, and equals recall only where a single item is relevant. With two of "
    "four relevant items found, recall is a half.",
    next_step="Count the hits, and divide by the number of relevant items.",
)
def hit_rate(recommended, relevant, k):
    return float(hits_in(recommended[:k], relevant) > 0) if relevant else float("nan")


@mistake(
    title="The division lost the fraction",
    message="`//` and `int` drop everything behind the point. Of a share between 0 and 1 nothing is left but 0 or 1.",
    next_step="Divide with `/`.",
)
def whole_division(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) // len(relevant) if relevant else float("nan")


@mistake(
    title="What was missed",
    message="The share of the relevant items that are not among the first k came back. A list that finds everything gets 0.",
    next_step="Count the relevant items that are found.",
)
def misses_counted(recommended, relevant, k):
    return 1 - evaluation.recall_at_k(recommended, relevant, k)


@mistake(
    title="An empty list is no exception",
    message="When nothing is recommended you gave nan or an error. There was something to find, and nothing of it was found.",
    next_step="Only an empty `relevant` needs a case of its own.",
    also=(lambda recommended, relevant, k: evaluation.recall_at_k(recommended, relevant, k) if len(recommended) else 0 / 0,),
)
def no_list_is_nan(recommended, relevant, k):
    return evaluation.recall_at_k(recommended, relevant, k) if len(recommended) else float("nan")


@mistake(
    title="The list is not cut at k",
    message="Hits behind the first k places were counted too. The user sees k places.",
    next_step="Look only at `recommended[:k]`.",
    also=(
        lambda recommended, relevant, k: hits_in(recommended[: k + 1], relevant) / len(relevant) if relevant else float("nan"),
    ),
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
    title="Divided by all items of both",
    message="The divisor is the number of items that are recommended or relevant. That is the Jaccard index. Bad items in the list do not matter for recall.",
    next_step="Divide by the number of relevant items.",
    also=or_undefined(lambda recommended, relevant, k: len({*recommended[:k], *relevant}))[2:],
)
def jaccard(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / max(len({*recommended[:k], *relevant}), 1)


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
    also=(_lists.refusing(evaluation.recall_at_k),),
)
def divides_by_zero(recommended, relevant, k):
    return hits_in(recommended[:k], relevant) / len(relevant)


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
    groups=(full_lists, short_lists, nothing_relevant),
    mistakes=(
        divides_by_k,
        divides_by_the_smaller,
        divides_by_returned,
        divides_by_hits,
        hit_rate,
        not_cut_at_k,
        counted_only,
        whole_division,
        misses_counted,
        jaccard,
        no_list_is_nan,
        empty_is_zero,
        divides_by_zero,
        *general,
    ),
    hints=(
        "The same hits as in precision_at_k. Of what are they a share this time?",
        "Divide by the number of relevant items. What if that number is 0?",
        'First `if len(relevant) == 0: return float("nan")`. Then the hits of `recommended[:k]`, divided by `len(relevant)`.',
    ),
    variants=(by_intersection, by_isin, in_a_loop, what_is_missed),
)
