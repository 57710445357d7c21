"""Damped means, and known mistakes of `popularity_ranking` in their formula."""

import numpy as np

from mfcheck.exercise import mistake


def damped(items, ratings, n_items, damping, mu=None, towards=None, unrated=None):
    """The damped means. mu: the global mean. towards: what the means are damped towards. unrated: the score without ratings."""
    count, total = np.bincount(items, minlength=n_items), np.bincount(items, ratings, n_items)
    mu = np.mean(ratings) if mu is None else mu
    scores = (total + damping * (mu if towards is None else towards)) / np.maximum(count + damping, 1e-300)
    return np.where(count > 0, scores, mu if unrated is None else unrated)


def best_first(scores):
    return np.argsort(-np.asarray(scores), kind="stable")


@mistake(
    title="Ranked by the number of ratings",
    message="The items with the most ratings come first. That is what is watched most, not what is liked best: a film that many found bad would be on top.",
    next_step="Rank by the damped mean; the counts only belong into its divisor.",
)
def by_count(items, ratings, n_items, damping):
    return best_first(np.bincount(items, minlength=n_items))


@mistake(
    title="Ranked by the sum of the ratings",
    message="A sum grows with every rating, even with bad ones. It nearly ranks by the number of ratings.",
    next_step="Divide by the number of ratings plus the damping.",
)
def by_sum(items, ratings, n_items, damping):
    return best_first(np.bincount(items, ratings, n_items))


@mistake(
    title="The mean is not damped",
    message="The plain means decide. A film with a single 5 then stands above one with a hundred ratings and a mean of 4.8: chance is on top.",
    next_step="Add `damping` ratings of the global mean to every item.",
)
def undamped_mean(items, ratings, n_items, damping):
    return best_first(damped(items, ratings, n_items, 0))


@mistake(
    title="The mean is damped towards 0",
    message="The divisor has the damping, the sum above it has not. That pulls every mean towards 0, far below any rating: items with few ratings sink "
    "however good they are.",
    next_step="What `damping` adds to the divisor are ratings of the global mean: they belong into the sum as well.",
    also=(lambda items, ratings, n_items, damping: best_first(damped(items, ratings, n_items, damping, towards=0, unrated=0)),),
)
def damped_to_zero(items, ratings, n_items, damping):
    return best_first(damped(items, ratings, n_items, damping, towards=0))


@mistake(
    title="The global mean is missing its weight",
    message="The sum got one rating of the global mean, or the bare number `damping`, but the divisor got `damping` ratings. Both must speak of the same "
    "ratings.",
    next_step="Multiply the global mean by `damping` in the sum.",
    also=(
        lambda items, ratings, n_items, damping: best_first(damped(items, ratings, n_items, damping, towards=1)),
        lambda items, ratings, n_items, damping: best_first(prior_once(items, ratings, n_items, damping)),
    ),
)
def prior_unweighted(items, ratings, n_items, damping):
    count = np.bincount(items, minlength=n_items)
    return best_first(np.where(count > 0, prior_once(items, ratings, n_items, damping), np.mean(ratings)))


def prior_once(items, ratings, n_items, damping):
    count, total = np.bincount(items, minlength=n_items), np.bincount(items, ratings, n_items)
    return (total + np.mean(ratings)) / np.maximum(count + damping, 1e-300)


@mistake(
    title="The damping is missing in the divisor",
    message="`damping` ratings were added to the sum and not to the count. The fewer ratings an item has, the more this lifts it.",
    next_step="Divide by the count plus the damping.",
)
def divisor_undamped(items, ratings, n_items, damping):
    count, mu = np.bincount(items, minlength=n_items), np.mean(ratings)
    total = np.bincount(items, ratings, n_items) + damping * mu
    return best_first(np.where(count > 0, total / np.maximum(count, 1), mu))


@mistake(
    title="The weights are exchanged",
    message="The item's own mean got the weight of the damping, and the global mean that of the count: the more ratings an item has, the less they matter.",
    next_step="Let an item with many ratings keep its own mean.",
)
def weights_exchanged(items, ratings, n_items, damping):
    count, mu = np.bincount(items, minlength=n_items), np.mean(ratings)
    mean = damped(items, ratings, n_items, 0)
    return best_first((count * mu + damping * mean) / np.maximum(count + damping, 1e-300))


@mistake(
    title="Another global mean",
    message="The means were damped towards a number that is not the mean of all ratings: the middle of the scale, or the mean of the items' means, in "
    "which an item with one rating counts as much as one with a hundred.",
    next_step="Take the mean of all ratings.",
    also=(
        lambda items, ratings, n_items, damping: best_first(
            damped(items, ratings, n_items, damping, mu=mean_of_means(items, ratings))
        ),
    ),
)
def another_mean(items, ratings, n_items, damping):
    return best_first(damped(items, ratings, n_items, damping, mu=3))


def mean_of_means(items, ratings):
    return np.mean([np.mean(ratings[items == i]) for i in np.unique(items)])


@mistake(
    title="A threshold in place of damping",
    message="Items with fewer ratings than `damping` were put behind all others. Damping moves a mean little by little: an item with few, very good "
    "ratings may still be ahead.",
    next_step="Compute the damped mean for every item, and rank by that alone.",
)
def threshold(items, ratings, n_items, damping):
    enough = np.bincount(items, minlength=n_items) >= damping
    return best_first(np.where(enough, damped(items, ratings, n_items, 0), -np.inf))
