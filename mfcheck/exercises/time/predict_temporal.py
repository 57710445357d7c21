"""predict_temporal: the baseline at a moment."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import time


def problem(rng, n_users, n_items, n_bins, n, size=1.0):
    """n ratings of random users and items at random times; size: how far the parts lie from 0."""

    def parts(*shape):
        return size * rng.uniform(0.3, 1, shape) * rng.choice([-1, 1], shape)

    times = rng.uniform(0, 1, n)
    return {
        "mu": float(rng.uniform(2.8, 3.6)),
        "b_user": parts(n_users),
        "b_item": parts(n_items),
        "b_item_bin": parts(n_items, n_bins),
        "slope": parts(n_users),
        "centre": rng.uniform(0.3, 0.7, n_users),
        "users": rng.integers(n_users, size=n),
        "items": rng.integers(n_items, size=n),
        "times": times,
        "bins": np.minimum(times * n_bins, n_bins - 1).astype(int),
    }


@group("the law: mu + b_u + slope_u (t − centre_u) + b_i + b_i,bin for each pair", points=2)
def any_pairs(rng):
    """Two pairs by hand; then as many users as items and bins; more users; more items; a single pair."""
    yield {
        "mu": 3.0,
        "b_user": np.array([0.5, -0.25]),
        "b_item": np.array([0.25, 0.75]),
        "b_item_bin": np.array([[0.5, -0.5], [-0.125, 0.0625]]),
        "slope": np.array([1.0, -2.0]),
        "centre": np.array([0.5, 0.25]),
        "users": np.array([0, 1]),
        "items": np.array([1, 0]),
        "times": np.array([0.75, 0.5]),
        "bins": np.array([1, 1]),
    }
    yield problem(rng, 4, 4, 4, 6, 0.4)
    yield problem(rng, 6, 3, 2, 4, 0.4)
    yield problem(rng, 3, 7, 5, 9, 0.4)
    yield problem(rng, 5, 2, 3, 1, 0.4)


@group("a prediction may lie outside the scale", points=1)
def beyond_the_scale(rng):
    """Large effects, and a scale that is not 1 to 5."""
    arguments = problem(rng, 3, 4, 3, 8, 3.0)
    yield {**arguments, "b_user": np.abs(arguments["b_user"]) + 6}
    yield {**arguments, "b_user": -np.abs(arguments["b_user"]) - 6}
    yield {**arguments, "mu": 70.0}


def sum_of(drift="centred", static=True, own_bias=True, mean=True, in_bin=lambda b, items, bins: b[items, bins]):
    """→ a `predict_temporal` with parts left out or exchanged."""
    drifts = {
        "centred": lambda slope, centre, users, times: slope[users] * (times - centre[users]),
        "plain": lambda slope, centre, users, times: slope[users] * times,
        "turned": lambda slope, centre, users, times: slope[users] * (centre[users] - times),
        "added": lambda slope, centre, users, times: slope[users] * (times + centre[users]),
        "bare": lambda slope, centre, users, times: slope[users],
        "bracket": lambda slope, centre, users, times: slope[users] * times - centre[users],
        "common": lambda slope, centre, users, times: slope[users] * (times - times.mean()),
        "none": lambda slope, centre, users, times: 0.0,
    }

    def predict_temporal(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
        own = b_user[users] if own_bias else 0
        still = b_item[items] if static else 0
        return (mu if mean else 0) + own + drifts[drift](slope, centre, users, times) + still + in_bin(b_item_bin, items, bins)

    return predict_temporal


@mistake(
    title="The drift is not centred",
    message="The slope was multiplied by the time itself. The line of a user turns around the user's own mean time: there the prediction is b_u alone. As it is, a late user is moved "
    "far off although nothing has changed.",
    next_step="Multiply the slope by t − centre_u.",
    also=(sum_of("common"),),
)
def drift_not_centred(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of("plain")(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The bracket is missing",
    message="The slope was multiplied by the time, and the centre was taken off afterwards: slope · t − centre. The formula wants slope · (t − centre).",
    next_step="Set brackets around t − centre.",
)
def bracket_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of("bracket")(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The drift goes the wrong way",
    message="A sign in the drift is turned. Before the centre the drift must have the other sign than after it, and after it the sign of the slope.",
    next_step="Check: with slope 1 and t later than the centre, the prediction must rise.",
    also=(sum_of("added"),),
)
def drift_turned(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of("turned")(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The slope is added as it is",
    message="The slope was added without any time. It says how much changes in one unit of time, so it must be multiplied by the time that has passed since the centre.",
    next_step="Multiply the slope by t − centre_u.",
)
def slope_without_time(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of("bare")(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The drift is missing",
    message="The user's part stands still: slope and centre were not used.",
    next_step="Add slope_u · (t − centre_u).",
)
def drift_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of("none")(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The bias of the bin is missing",
    message="The item's part stands still: b_item_bin was not used. The same film gets the same bias in every bin.",
    next_step="Add the bias of the item in the bin of the pair.",
)
def bin_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(in_bin=lambda b, items, bins: 0)(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The item's own bias is missing",
    message="The bias of the bin took the place of b_i. It was computed from what b_i had left, so it says only by how much the film differs from itself at that time. Both belong to "
    "the prediction.",
    next_step="Add b_i as well.",
)
def item_bias_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(static=False)(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The user's own bias is missing",
    message="The drift took the place of b_u. The drift is 0 at the user's mean time; the height of the line is b_u.",
    next_step="Add b_u as well.",
)
def user_bias_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(own_bias=False)(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="mu is missing",
    message="Only the effects were added. They say how far a rating lies from the mean: the mean itself belongs to the prediction.",
    next_step="Start from mu.",
)
def mu_missing(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(mean=False)(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)


@mistake(
    title="The bin is looked up with the user",
    message="The users' numbers were used as rows of b_item_bin. Its rows are items. With more users than items this ends in an IndexError; otherwise it silently takes another film's "
    "bias.",
    next_step="Use `items` for the rows and `bins` for the columns.",
)
def bin_of_the_user(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(in_bin=lambda b, items, bins: b[users, bins])(
        mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins
    )


@mistake(
    title="Item and bin are exchanged",
    message="The bins were used as rows and the items as columns. b_item_bin has a row for each item and a column for each bin.",
    next_step="The first index is the item.",
)
def row_and_column_exchanged(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(in_bin=lambda b, items, bins: b[bins, items])(
        mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins
    )


@mistake(
    title="Every item with every bin",
    message="A table was made: each item combined with each bin. The pairs are given: `items[n]` belongs with `bins[n]`, so there is one bias for each n.",
    next_step="Index with both arrays at once, `b[items, bins]`.",
)
def every_combination(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(in_bin=lambda b, items, bins: b[items][:, bins])(
        mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins
    )


@mistake(
    title="All bins were added up",
    message="The biases of all the item's bins were added. A rating lies in one bin, and only that one counts.",
    next_step="Pick the column with `bins`.",
    also=(sum_of(in_bin=lambda b, items, bins: b[items].mean(axis=1)),),
)
def all_bins(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return sum_of(in_bin=lambda b, items, bins: b[items].sum(axis=1))(
        mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins
    )


@mistake(
    title="The predictions are cut to the scale",
    message="Predictions above 5 or below 1 were set to 5 or 1. That may be good for showing them. Here the plain sum is asked for: not every scale is 1 to 5.",
    next_step="Return the plain sums.",
)
def clipped(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return np.clip(sum_of()(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins), 1, 5)


def loop(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    predicted = []
    for u, i, t, b in zip(users, items, times, bins, strict=True):
        predicted.append(mu + b_user[u] + slope[u] * (t - centre[u]) + b_item[i] + b_item_bin[i][b])
    print(predicted)
    return predicted


def biases_first(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    of_item_and_bin = (b_item[:, None] + b_item_bin).ravel()
    return (b_user - slope * centre)[users] + slope[users] * times + of_item_and_bin[items * b_item_bin.shape[1] + bins] + mu


def one_hot(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    warnings.warn("a dense table", stacklevel=1)
    in_bin = (b_item_bin[items] * np.eye(b_item_bin.shape[1])[bins]).sum(axis=1)
    return (
        mu + np.take(b_user, users) + np.take(slope, users) * (times - np.take(centre, users)) + np.take(b_item, items) + in_bin
    )


def single_precision(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    return time.predict_temporal(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins).astype(np.float32)


exercise = Exercise(
    number="12.4",
    task="Return mu + b_u + slope_u (t - centre_u) + b_i + b_item_bin[i, bin] for each pair of users[n] and items[n] at times[n], in bins[n].",
    reference=time.predict_temporal,
    groups=(any_pairs, beyond_the_scale),
    mistakes=(
        drift_not_centred,
        bracket_missing,
        drift_turned,
        slope_without_time,
        drift_missing,
        bin_missing,
        item_bias_missing,
        user_bias_missing,
        mu_missing,
        bin_of_the_user,
        row_and_column_exchanged,
        every_combination,
        all_bins,
        clipped,
    ),
    hints=(
        "For one pair it is a sum of five numbers. Which come from the user, which from the item, which know the time?",
        "`b_user[users]` has one bias for each pair. `b_item_bin[items, bins]` picks one cell for each pair, when both arrays stand in one pair of brackets.",
        "The baseline of lesson 04, plus `slope[users]` times (times minus `centre[users]`), plus the picked cells of b_item_bin.",
    ),
    variants=(loop, biases_first, one_hot, single_precision),
)
