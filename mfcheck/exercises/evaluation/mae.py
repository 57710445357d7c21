"""mae: the mean absolute error, in rating points."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.evaluation import _error_probes
from mfcheck.exercises.evaluation._mae_mistakes import (
    all_pairs,
    another_exception,
    clipped,
    empty_gives_a_value,
    errors_cancel,
    half_the_mean,
    mean_square,
    n_minus_1,
    one_error_picked,
    one_left_out,
    one_rating_counts,
    relative,
    root_mean_square,
    root_taken,
    rounded,
    sizes_before_subtraction,
    spread_of_the_errors,
    sum_not_mean,
    zero_is_false,
    zero_raises,
    zeros_left_out,
)
from mfref import evaluation


@group("the law: the mean of the sizes of the errors", 1)
def any_ratings(rng):
    """One rating and three by hand; then more, predicted too low, and too high."""
    yield from _error_probes.by_hand()
    yield _error_probes.stars(rng, 7, lean=1)
    yield _error_probes.stars(rng, 11, lean=-1)
    yield _error_probes.stars(rng, 46, lean=1)


@group("zeros are numbers: a perfect prediction, ratings of 0 and below", 1)
def zeros_and_other_scales(rng):
    """Errors that are all 0; ratings on any scale, since an error measure knows nothing of stars."""
    yield from _error_probes.exact(rng)
    yield from _error_probes.off_the_scale(rng)


@group("no ratings at all: ValueError", 1)
def empty(rng):
    """The mean of nothing is not defined."""
    yield _error_probes.nothing()


def loop(actual, predicted):
    if len(actual) < 1:
        raise ValueError("nothing to measure")
    total = 0
    for n in range(len(actual)):
        total += abs(predicted[n] - actual[n])
        print(n, total)
    return total / len(actual)


def with_roots(actual, predicted):
    if np.size(actual) == 0:
        raise ValueError
    warnings.warn("the size as the root of the square", stacklevel=1)
    return np.sqrt((predicted - actual) ** 2).mean()


def norm(actual, predicted):
    if not len(actual):
        raise ValueError("no MAE of nothing")
    return np.linalg.norm(actual - predicted, ord=1) / len(actual)


def scikit_learn(actual, predicted):
    """For empty input it raises a ValueError itself."""
    from sklearn.metrics import mean_absolute_error

    return mean_absolute_error(actual, predicted)


def single_precision(actual, predicted):
    return np.float32(evaluation.mae(actual.tolist(), predicted.tolist()))


exercise = Exercise(
    number="5.2",
    task="Return the mean of |actual − predicted| for two arrays of the same length: one number. Raise ValueError when they are empty.",
    reference=evaluation.mae,
    groups=(any_ratings, zeros_and_other_scales, empty),
    mistakes=(
        errors_cancel,
        sizes_before_subtraction,
        root_mean_square,
        mean_square,
        root_taken,
        sum_not_mean,
        n_minus_1,
        one_error_picked,
        spread_of_the_errors,
        half_the_mean,
        relative,
        one_rating_counts,
        one_left_out,
        all_pairs,
        rounded,
        zero_is_false,
        zero_raises,
        zeros_left_out,
        clipped,
        empty_gives_a_value,
        another_exception,
    ),
    hints=(
        "How far off is each prediction, whatever the direction? And what if there are none?",
        "`np.abs` gives the sizes of all errors at once. The MAE is their mean.",
        "First `if len(actual) == 0: raise ValueError(…)`. Then `np.mean` of `np.abs` of `actual - predicted`.",
    ),
    variants=(loop, with_roots, norm, scikit_learn, single_precision),
)
