"""top_n: the positions of the highest scores."""

import heapq
import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import recommendation


def distinct_scores(rng, n_items, high=6.0):
    """Random, with gaps that no rounding closes; about half of them negative, or all where high=0."""
    return rng.permutation(np.linspace(-6, high, n_items)) + rng.uniform(-0.2, 0.2, n_items) * 6 / n_items - 0.2


def with_the_best(rng, scores, n_excluded):
    """Positions to exclude, that of the highest score among them."""
    others = np.setdiff1d(rng.permutation(len(scores)), [np.argmax(scores)])
    return rng.permutation([np.argmax(scores), *rng.permutation(others)[: n_excluded - 1]])


@group("the law: the positions of the n highest scores, best first, nothing excluded among them", 2)
def enough_are_left(rng):
    """Negative scores, too; the best is always excluded."""
    yield {"scores": np.array([2.0, -1.5, 4.5, 3.0, 0.5]), "n": 2, "exclude": np.array([2])}
    for n_items, n, n_excluded, high in ((8, 3, 2, 6.0), (15, 6, 5, 6.0), (9, 5, 3, 0.0)):
        scores = distinct_scores(rng, n_items, high)
        yield {"scores": scores, "n": n, "exclude": with_the_best(rng, scores, n_excluded)}
    scores = distinct_scores(rng, 7)
    yield {"scores": scores, "n": 3, "exclude": with_the_best(rng, scores, 2).tolist()}


@group("nothing is excluded", 1)
def nothing_excluded(rng):
    """`exclude` is not given, or empty."""
    yield {"scores": distinct_scores(rng, 5), "n": 3}
    yield {"scores": distinct_scores(rng, 12), "n": 4}
    yield {"scores": distinct_scores(rng, 6), "n": 2, "exclude": np.zeros(0, dtype=int)}


@group("fewer are left than n", 1)
def few_are_left(rng):
    """Two, one, none."""
    for n_items, n, n_excluded in ((4, 3, 2), (6, 10, 5), (3, 2, 3)):
        scores = distinct_scores(rng, n_items)
        yield {"scores": scores, "n": n, "exclude": with_the_best(rng, scores, n_excluded)}


@group("equal scores: the lower position first", 1)
def equal_scores(rng):
    """Also across the n-th place, and equal to one that is excluded."""
    yield {"scores": np.array([1.0, 3.0, 3.0, 1.0, 3.0]), "n": 4, "exclude": np.array([1])}
    yield {"scores": np.full(6, 2.5), "n": 3, "exclude": np.array([4])}
    yield {"scores": rng.integers(1, 4, 60).astype(float), "n": 25, "exclude": np.array([7, 30])}


def descending(scores):
    return np.argsort(-scores, kind="stable")


def lowered(scores, exclude, value):
    """A copy in which the excluded have another score."""
    copy = np.array(scores)
    copy[exclude] = value
    return copy


def in_other_order(runs, right):
    """Every run has the right positions (or, by `right`, the right scores), some of them in another order."""
    pairs = [(np.asarray(run.outcome.value), recommendation.top_n(**run.arguments)) for run in runs]
    scores = [run.arguments["scores"] for run in runs]
    fits = all(right(s, got, expected) for s, (got, expected) in zip(scores, pairs, strict=True))
    return fits and any(not np.array_equal(*pair) for pair in pairs)


def unsorted(runs):
    return in_other_order(runs, lambda scores, got, expected: np.array_equal(np.sort(scores[got]), np.sort(scores[expected])))


def same_scores(runs):
    allowed = all(not set(np.asarray(run.outcome.value)) & set(run.arguments.get("exclude", ())) for run in runs)
    return allowed and in_other_order(runs, lambda scores, got, expected: np.array_equal(scores[got], scores[expected]))


@mistake(
    title="The lowest scores come first",
    message="`np.argsort` sorts upwards: its first entries are the positions of the lowest scores. These are the items that the user would like least.",
    next_step="Sort the negative scores, or turn the order round.",
    also=(lambda scores, n, exclude=(): recommendation.top_n(-scores, n),),
)
def ascending(scores, n, exclude=()):
    return recommendation.top_n(-scores, n, exclude)


@mistake(
    title="Scores in place of positions",
    message="You returned how high the best scores are, not where they stand. Without the positions nobody knows which items they belong to.",
    next_step="`np.sort` gives values, `np.argsort` positions.",
)
def scores_returned(scores, n, exclude=()):
    return scores[recommendation.top_n(scores, n, exclude)]


@mistake(
    title="Ranks in place of positions",
    message="Entry i of your answer says at which place item i ends up. The task asks the other way round: which item is at place 1, which at place 2.",
    next_step="`np.argsort` once gives the items in order; a second time gives ranks.",
    also=(lambda scores, n, exclude=(): np.argsort(descending(scores))[:n],),
)
def ranks(scores, n, exclude=()):
    return np.argsort(descending(lowered(scores, list(exclude), -np.inf)))[:n]


@mistake(
    title="`exclude` is not used",
    message="Positions that are to be excluded are among the best. A recommender would show the user what the user has already seen.",
    next_step="Take the excluded positions out before you cut off after n.",
)
def exclude_ignored(scores, n, exclude=()):
    return recommendation.top_n(scores, n)


@mistake(
    title="The excluded got an ordinary score",
    message="The excluded positions were given a score such as 0 or −1. Scores can be lower than that, and then an excluded item is ahead of them.",
    next_step="Take them out, or give them a score that is below every number, and do not return them when few are left.",
    also=(
        lambda scores, n, exclude=(): descending(lowered(scores, list(exclude), -1))[:n],
        lambda scores, n, exclude=(): descending(scores * ~np.isin(np.arange(len(scores)), exclude))[:n],
        lambda scores, n, exclude=(): descending(lowered(scores, list(exclude), 0))[: min(n, len(scores) - len(exclude))],
    ),
)
def excluded_set_to_zero(scores, n, exclude=()):
    return descending(lowered(scores, list(exclude), 0))[:n]


@mistake(
    title="Positions in the shortened array",
    message="After the excluded entries were deleted, everything behind them moved up. A position in the shortened array is another item than the same "
    "position in `scores`.",
    next_step="Keep the positions that are left in an array of their own, and pick from that one.",
)
def positions_after_deletion(scores, n, exclude=()):
    return descending(np.delete(scores, list(exclude)))[:n]


@mistake(
    title="Places were deleted, not items",
    message="`exclude` holds positions in `scores`. You deleted these places of the sorted order: place 2 is the third best, whichever item that is.",
    next_step="Keep those entries of the order that are not in `exclude`.",
)
def deleted_from_the_order(scores, n, exclude=()):
    return np.delete(descending(scores), list(exclude))[:n]


@mistake(
    title="Cut off too early",
    message="You took the n best first and removed the excluded ones then. What was removed is not replaced, so that fewer than n come back though "
    "more are left.",
    next_step="Remove first, then take n.",
)
def cut_before_excluding(scores, n, exclude=()):
    best = descending(scores)[:n]
    return best[~np.isin(best, exclude)]


@mistake(
    title="The excluded come back at the end",
    message="Excluded positions are behind all others, but still in the list. When fewer than n others are left, the answer is filled up with what "
    "must not be shown.",
    next_step="Return at most as many as are left.",
)
def excluded_at_the_end(scores, n, exclude=()):
    return descending(lowered(scores, list(exclude), -np.inf))[:n]


@mistake(
    title="An empty `exclude` as an index",
    message="When nothing is excluded, `exclude` is `()`. As an index `()` stands for the whole array, so that every score is overwritten; and "
    "`np.array(())` holds floats, which are no indices at all.",
    next_step="Make a list of it, or use a function that takes any sequence, such as `np.isin`.",
    also=(
        lambda scores, n, exclude=(): descending(lowered(scores, exclude, -np.inf))[: min(n, len(scores) - len(exclude))],
        lambda scores, n, exclude=(): descending(lowered(scores, np.array(exclude), -np.inf))[:n],
        lambda scores, n, exclude=(): descending(lowered(scores, np.array(exclude), -np.inf))[
            : min(n, len(scores) - len(exclude))
        ],
    ),
)
def empty_tuple_as_index(scores, n, exclude=()):
    return descending(lowered(scores, exclude, -np.inf))[:n]


@mistake(
    title="`n` is not used",
    message="All positions that are left came back. The task asks for the best n of them.",
    next_step="Cut off after n: `[:n]`.",
    also=(lambda scores, n, exclude=(): recommendation.top_n(scores, 10, exclude),),
)
def n_ignored(scores, n, exclude=()):
    return recommendation.top_n(scores, len(scores), exclude)


@mistake(
    title="Equal to an excluded score",
    message="You compared scores, not positions: an item that has the same score as an excluded one was left out as well.",
    next_step="Check the position itself against `exclude`.",
)
def excluded_by_value(scores, n, exclude=()):
    taboo = [scores[k] for k in exclude]
    return [k for k in descending(scores) if scores[k] not in taboo][:n]


@mistake(
    title="Ties go to the higher position",
    message="Where scores are equal, yours are not in the order of their positions. Turning an ascending order round with `[::-1]` turns the ties round "
    'as well, and `np.argsort` promises no order of ties unless its `kind` is "stable".',
    next_step='Sort the negative scores with kind="stable".',
    recognise=same_scores,
)
def ties_to_the_higher(scores, n, exclude=()):
    upwards = np.argsort(scores, kind="stable")[::-1]
    return upwards[~np.isin(upwards, exclude)][:n]


@mistake(
    title="The right ones, not in order",
    message="The n best are there, but not best first. `np.argpartition` separates them without sorting; the last n of an ascending order begin with the "
    "worst of them; and a set has no order.",
    next_step="Sort by score, the highest first.",
    recognise=unsorted,
)
def best_last(scores, n, exclude=()):
    return recommendation.top_n(scores, n, exclude)[::-1]


def minus_infinity_and_cut(scores, n, exclude=()):
    scores = scores.copy()
    scores[list(exclude)] = -np.inf
    order = np.argsort(-scores, kind="stable")
    return order[np.isfinite(scores[order])][:n]


def filter_then_sorted(scores, n, exclude=()):
    left = [k for k in range(len(scores)) if k not in set(exclude)]
    print(len(left), "left")
    return sorted(left, key=lambda k: -scores[k])[:n]


def more_than_n_then_filter(scores, n, exclude=()):
    warnings.warn("takes a few more", stacklevel=1)
    best = np.argsort(-np.asarray(scores), kind="stable")[: n + len(exclude)]
    return best[~np.isin(best, exclude)][:n].astype(np.int32)


def heap(scores, n, exclude=()):
    return heapq.nsmallest(n, set(range(len(scores))) - set(exclude), key=lambda k: (-scores[k], k))


def one_after_the_other(scores, n, exclude=()):
    left, best = {k: scores[k] for k in range(len(scores)) if k not in exclude}, []
    while left and len(best) < n:
        best.append(max(left, key=left.get))
        del left[best[-1]]
    return tuple(best)


exercise = Exercise(
    number="6.2",
    task="Return the positions of the n highest scores, best first, without those in `exclude`; of equal scores the lower position first; fewer than n if fewer are left.",
    reference=recommendation.top_n,
    groups=(enough_are_left, nothing_excluded, few_are_left, equal_scores),
    mistakes=(
        ascending,
        scores_returned,
        ranks,
        exclude_ignored,
        excluded_set_to_zero,
        positions_after_deletion,
        deleted_from_the_order,
        cut_before_excluding,
        excluded_at_the_end,
        empty_tuple_as_index,
        n_ignored,
        excluded_by_value,
        ties_to_the_higher,
        best_last,
    ),
    hints=(
        "Two things, in this order: which positions may be shown at all, and how are they sorted?",
        "`np.setdiff1d` gives the positions that are left. `np.argsort` sorts upwards; the negative scores, sorted upwards, are the scores sorted downwards.",
        'With `left` the positions that may be shown and `order = np.argsort(-scores[left], kind="stable")`, pick from `left` along the order and cut off after n.',
    ),
    variants=(minus_infinity_and_cut, filter_then_sorted, more_than_n_then_filter, heap, one_after_the_other),
)
