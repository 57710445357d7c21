"""popularity_ranking: all items by their damped mean."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.recommendation._damped_means import (
    another_mean,
    best_first,
    by_count,
    by_sum,
    damped,
    damped_to_zero,
    divisor_undamped,
    prior_unweighted,
    threshold,
    undamped_mean,
    weights_exchanged,
)
from mfref import recommendation


def rated(rng, counts, damping, low=1, high=5, unrated=()):
    """Items with these counts in random order, the frequent ones better on the whole; no two damped means are near each other."""
    n_items = len(counts) + len(unrated)
    names = rng.permutation(np.setdiff1d(np.arange(n_items), unrated))
    while True:
        items = rng.permutation(np.repeat(names, counts))
        centre = rng.uniform(0, 0.6, n_items) + 0.5 * np.bincount(items, minlength=n_items) / max(counts)
        values = np.clip(centre[items] + rng.normal(0, 0.2, len(items)), 0, 1)
        ratings = low + np.round(2 * (high - low) * values) / 2
        scores = np.sort(damped(items, ratings, n_items, damping))
        if np.diff(scores).min() > 1e-3 * (high - low):
            return {"items": items, "ratings": ratings, "n_items": n_items, "damping": damping}


@group("the law: all items, by the mean damped towards the global mean, best first", 2)
def every_item_rated(rng):
    """Few and many ratings, on three scales."""
    ratings = np.array([4.0, 5.0, 2.0, 5.0, 4.0, 1.0])
    yield {"items": np.array([1, 1, 0, 2, 1, 0]), "ratings": ratings, "n_items": 3, "damping": 3}
    yield rated(rng, [1, 1, 2, 3, 5, 8, 13, 21, 30], 5)
    yield rated(rng, [1, 2, 2, 4, 6, 10, 18, 25, 40, 40, 3], 2.5, 0, 10)
    yield rated(rng, [1, 1, 1, 2, 4, 6, 9, 15, 20, 33], 10, -10, 10)


@group("an item without ratings has the global mean", 1)
def one_unrated(rng):
    """In the middle of the rows, or behind all that occur."""
    yield rated(rng, [1, 2, 4, 3, 2], 2, unrated=(2,))
    yield rated(rng, [1, 1, 2, 3, 5, 8, 12, 16], 4, 0, 10, unrated=(8,))


@group("damping 0: the plain means, the global mean without ratings", 1)
def no_damping(rng):
    """0 ratings plus damping 0 is a divisor of 0."""
    yield rated(rng, [2, 1, 3], 0, unrated=(1,))
    yield rated(rng, [1, 2, 3, 5, 8, 12, 16], 0, -5, 5, unrated=(3,))


@group("equal scores: the lower row first", 1)
def equal_means(rng):
    """Equal ratings in another order, several items without ratings, and one whose mean is the global mean."""
    items = np.array([6, 2, 0, 3, 5, 6, 3, 2, 5, 0])
    ratings = np.array([4.0, 5.0, 1.0, 3.0, 2.0, 5.0, 3.0, 4.0, 1.0, 2.0])
    yield {"items": items, "ratings": ratings, "n_items": 7, "damping": 2}
    # Every rating has a counterpart on the other side of 3, so that the global mean is 3 whichever way it is computed.
    some = rng.integers(3, 6, 4)
    names = rng.permutation(30)
    items = np.repeat(names[:16], 4)
    ratings = np.concatenate([rng.permutation(some if k % 2 else 6 - some) for k in range(16)]).astype(float)
    order = rng.permutation(len(items))
    yield {"items": items[order], "ratings": ratings[order], "n_items": 30, "damping": 4}


def tied_otherwise(runs):
    """Every ranking is right up to the order of equal scores."""
    fits = []
    for run in runs:
        scores, got = damped(**run.arguments), np.asarray(run.outcome.value)
        complete = np.array_equal(np.sort(got), np.arange(len(scores)))
        fits.append(complete and np.allclose(scores[got], np.sort(scores)[::-1], rtol=0, atol=1e-9))
    return all(fits)


@mistake(
    title="The worst come first",
    message="The ranking begins with the lowest scores: `np.argsort` sorts upwards.",
    next_step="Sort the negative scores, or turn the order round.",
    also=(lambda items, ratings, n_items, damping: recommendation.popularity_ranking(items, ratings, n_items, damping)[::-1],),
)
def ascending(items, ratings, n_items, damping):
    return best_first(-damped(items, ratings, n_items, damping))


@mistake(
    title="Scores in place of items",
    message="You returned how high the scores are. A ranking says which item is first, second, and so on.",
    next_step="`np.argsort` gives positions, `np.sort` values.",
    also=(lambda items, ratings, n_items, damping: np.sort(damped(items, ratings, n_items, damping))[::-1],),
)
def scores_returned(items, ratings, n_items, damping):
    return damped(items, ratings, n_items, damping)


@mistake(
    title="Ranks in place of items",
    message="Entry i of your answer is the place of item i. The task asks for the item at each place.",
    next_step="Use `np.argsort` once, not twice.",
)
def ranks(items, ratings, n_items, damping):
    return np.argsort(recommendation.popularity_ranking(items, ratings, n_items, damping))


@mistake(
    title="Repeated items counted once",
    message="`total[items] += ratings` adds only one of the ratings of each item: NumPy reads all the old values first, and then writes.",
    next_step="Use `np.bincount` with `weights`, or `np.add.at`.",
)
def fancy_index_add(items, ratings, n_items, damping):
    count, total = np.zeros(n_items), np.zeros(n_items)
    count[items] += 1
    total[items] += ratings
    mu = np.mean(ratings)
    return best_first(np.where(count > 0, (total + damping * mu) / np.maximum(count + damping, 1e-300), mu))


@mistake(
    title="Items without ratings are missing",
    message="Only items that occur in `items` are in the ranking. It should hold each of the `n_items` rows once; without ratings an item has the global mean.",
    next_step="Count over all rows: `np.bincount` has an argument `minlength`.",
    also=(
        lambda items, ratings, n_items, damping: best_first(damped(items, ratings, items.max() + 1, damping)),
        lambda items, ratings, n_items, damping: best_first(
            damped(items, ratings, items.max() + 1, damping, unrated=None if damping else np.nan)
        ),
    ),
)
def unrated_missing(items, ratings, n_items, damping):
    ranking = recommendation.popularity_ranking(items, ratings, n_items, damping)
    return ranking[np.isin(ranking, items)]


@mistake(
    title="Items without ratings are last",
    message="Nothing is known of an item without ratings, and that is no bad mark: with `damping` ratings of the global mean, and no others, its score is the "
    "global mean.",
    next_step="Let the formula work for a count of 0, too.",
)
def unrated_last(items, ratings, n_items, damping):
    return best_first(damped(items, ratings, n_items, damping, unrated=-np.inf))


@mistake(
    title="0 divided by 0",
    message="At damping 0 an item without ratings gives 0 / 0, which is NaN, or was set to 0. NaN is sorted behind everything. Its score is the global "
    "mean, at damping 0 too.",
    next_step="Divide only where the count is above 0.",
    also=(
        lambda items, ratings, n_items, damping: best_first(
            damped(items, ratings, n_items, damping, unrated=None if damping else 0)
        ),
    ),
)
def zero_over_zero(items, ratings, n_items, damping):
    return best_first(damped(items, ratings, n_items, damping, unrated=None if damping else np.nan))


@mistake(
    title="Ties go to the higher row",
    message="Where scores are equal, the rows are not in ascending order. `[::-1]` turns ties round as well, and `np.argsort` promises no order of ties "
    'unless its `kind` is "stable".',
    next_step='Sort the negative scores with kind="stable".',
    recognise=tied_otherwise,
)
def ties_to_the_higher(items, ratings, n_items, damping):
    return np.argsort(np.round(damped(items, ratings, n_items, damping), 9), kind="stable")[::-1]


def item_by_item(items, ratings, n_items, damping):
    mu, scores = np.mean(ratings), []
    for i in range(n_items):
        own = ratings[items == i]
        scores.append((own.sum() + damping * mu) / (len(own) + damping) if len(own) else mu)
    return sorted(range(n_items), key=lambda i: (-scores[i], i))


def grouped(items, ratings, n_items, damping):
    print(len(items), "ratings")
    by_item = pd.Series(ratings).groupby(items).agg(["sum", "count"])
    scores = ((by_item["sum"] + damping * ratings.mean()) / (by_item["count"] + damping)).reindex(range(n_items))
    return scores.fillna(ratings.mean()).sort_values(ascending=False, kind="stable").index


def added_at(items, ratings, n_items, damping):
    warnings.warn("in float32", stacklevel=1)
    mu, effect, count = np.mean(ratings), np.zeros(n_items), np.zeros(n_items)
    np.add.at(effect, items, ratings - mu)
    np.add.at(count, items, 1)
    effect = np.divide(effect, count + damping, out=np.zeros(n_items), where=count > 0)
    return np.lexsort((np.arange(n_items), -effect.astype(np.float32)))


def weighted_means(items, ratings, n_items, damping):
    mu = ratings.sum() / len(ratings)
    mean = np.array([ratings[items == i].mean() if i in items else mu for i in range(n_items)])
    weight = np.array([(items == i).sum() / max((items == i).sum() + damping, 1e-9) for i in range(n_items)])
    return list(np.argsort(-np.round(weight * mean + (1 - weight) * mu, 6), kind="stable"))


exercise = Exercise(
    number="6.4",
    task="Return all rows 0 to n_items − 1, best first, by (sum of ratings + damping · global mean) / (count + damping); an item without ratings has "
    "the global mean; of equal scores the lower row first.",
    reference=recommendation.popularity_ranking,
    groups=(every_item_rated, one_unrated, no_damping, equal_means),
    mistakes=(
        by_count,
        by_sum,
        undamped_mean,
        damped_to_zero,
        prior_unweighted,
        divisor_undamped,
        weights_exchanged,
        another_mean,
        threshold,
        ascending,
        scores_returned,
        ranks,
        fancy_index_add,
        unrated_missing,
        unrated_last,
        zero_over_zero,
        ties_to_the_higher,
    ),
    hints=(
        "For each item you need two numbers, however many ratings it has. Which?",
        "`np.bincount(items, minlength=n_items)` counts, and with `weights=ratings` it sums. Where the count is 0, think about what the formula gives.",
        "Compute (sum + damping · mu) / (count + damping), put mu where the count is 0, and sort the negative scores with "
        '`np.argsort(…, kind="stable")`.',
    ),
    variants=(item_by_item, grouped, added_at, weighted_means),
)
