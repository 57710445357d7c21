"""rmse: the root mean squared error, in rating points."""

import math
import statistics
import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.evaluation import _error_probes
from mfcheck.exercises.evaluation._rmse_mistakes import (
    all_pairs,
    another_exception,
    clipped,
    divided_after_the_root,
    empty_gives_a_value,
    errors_cancel,
    half_the_mean,
    missing_root,
    n_minus_1,
    normalized,
    one_left_out,
    one_rating_counts,
    root_first,
    rounded,
    spread_of_the_errors,
    squared_before_subtraction,
    sum_not_mean,
    zero_is_false,
    zero_raises,
    zeros_left_out,
)
from mfref import evaluation


@group("the law: errors squared, averaged, and the root of that", 1)
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
    if len(actual) == 0 or len(predicted) == 0:
        raise ValueError("nothing to compare")
    total = 0
    for a, p in zip(actual, predicted, strict=True):
        total += (p - a) ** 2
        print(a, p, total)
    return math.sqrt(total / len(actual))


def norm(actual, predicted):
    if not actual.size:
        raise ValueError
    warnings.warn("by the norm", stacklevel=1)
    return np.linalg.norm(predicted - actual) / np.sqrt(actual.size)


def plain_lists(actual, predicted):
    """statistics.mean raises a StatisticsError for nothing, which is a ValueError."""
    return statistics.mean((a - p) ** 2 for a, p in zip(actual.tolist(), predicted.tolist(), strict=True)) ** 0.5


def single_precision(actual, predicted):
    errors = actual.astype(np.float32) - np.asarray(predicted, dtype="float32")
    if errors.shape == (0,):
        raise ValueError("empty")
    return np.sqrt((errors @ errors) / np.float32(len(errors)))


def scikit_learn(actual, predicted):
    from sklearn.metrics import mean_squared_error

    return np.array(mean_squared_error(actual, predicted) ** 0.5)


exercise = Exercise(
    number="5.1",
    task="Return the root of the mean squared error of `predicted` against `actual`, two arrays of the same length: one number. Raise ValueError when they "
    "are empty.",
    reference=evaluation.rmse,
    groups=(any_ratings, zeros_and_other_scales, empty),
    mistakes=(
        missing_root,
        sum_not_mean,
        root_first,
        divided_after_the_root,
        n_minus_1,
        errors_cancel,
        spread_of_the_errors,
        squared_before_subtraction,
        half_the_mean,
        normalized,
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
        "Read the name from its end: the error of each rating, its square, the mean of the squares, the root. What if there are none?",
        "Arrays are subtracted number by number. `** 2` squares each, `np.mean` averages, `np.sqrt` takes the root.",
        "First `if len(actual) == 0: raise ValueError(…)`. Then the root of the mean of `(actual - predicted) ** 2`.",
    ),
    variants=(loop, norm, plain_lists, single_precision, scikit_learn),
)
