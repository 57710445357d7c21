"""rmse: the root of the mean of the squared errors."""

import math

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation._errors import errors_of, no_ratings, of_any_ratings
from mfref import evaluation


@group("the law: the root of the mean of the squared errors", points=2)
def any_ratings(rng):
    """Three ratings by hand, then more, on other scales, and one rating alone."""
    yield from of_any_ratings(rng)


@group("a perfect prediction gives 0, no ratings at all a ValueError", points=1)
def edges(rng):
    """Predictions that are right to the last digit; empty arrays."""
    yield from no_ratings(rng)


@mistake(
    title="The root is missing",
    message="The mean of the squared errors came back. Its unit is squared rating points, which nobody can picture: an error of 2 counts as 4.",
    next_step="Take the root of the mean, as the last step.",
)
def missing_root(actual, predicted):
    return float(np.mean(errors_of(actual, predicted) ** 2))


@mistake(
    title="A sum in place of the mean",
    message="The squared errors were added up and not divided by their number. The value then grows with the number of ratings, "
    "and two test parts of different size cannot be compared.",
    next_step="Divide by the number of ratings before you take the root.",
    also=(lambda actual, predicted: float(np.sum(errors_of(actual, predicted) ** 2)),),
)
def sum_not_mean(actual, predicted):
    return float(np.sqrt(np.sum(errors_of(actual, predicted) ** 2)))


@mistake(
    title="The root was taken first",
    message="The root of each squared error is the size of that error, and the mean of the sizes is the MAE. In the RMSE the "
    "mean comes before the root, so that large errors weigh more.",
    next_step="Square, then mean, then root: in this order.",
)
def root_first(actual, predicted):
    return float(np.mean(np.abs(errors_of(actual, predicted))))


@mistake(
    title="The errors were averaged before they were squared",
    message="In the plain mean, errors above and below cancel each other. Predictions that are all wrong can then look perfect.",
    next_step="Square each error, and take the mean of the squares.",
)
def mean_before_square(actual, predicted):
    return float(np.sqrt(np.mean(errors_of(actual, predicted)) ** 2))


@mistake(
    title="Divided by n − 1",
    message="The divisor n − 1 belongs to the standard deviation of a sample, whose mean was estimated from the same numbers. "
    "Here nothing was estimated: it is a plain mean over n errors.",
    next_step="Divide by the number of ratings.",
)
def n_minus_1(actual, predicted):
    errors = errors_of(actual, predicted)
    return float(np.sqrt(np.sum(errors**2) / np.float64(len(errors) - 1)))


@mistake(
    title="The spread of the errors was taken",
    message="The standard deviation measures how far the errors lie from *their own mean*. Predictions that are all too high by 1 have a spread of 0.",
    next_step="Take the mean of the squared errors themselves, with nothing subtracted from them.",
)
def spread_of_errors(actual, predicted):
    return float(np.std(errors_of(actual, predicted)))


@mistake(
    title="The result is rounded",
    message="The value was rounded. Differences in the third digit decide between models, and whoever rounds early loses them.",
    next_step="Return the value as it is; round when you print.",
    also=(
        lambda actual, predicted: round(evaluation.rmse(actual, predicted), 3),
        lambda actual, predicted: round(evaluation.rmse(actual, predicted), 4),
    ),
)
def rounded(actual, predicted):
    return round(evaluation.rmse(actual, predicted), 2)


@mistake(
    title="A perfect prediction is taken for no prediction",
    message="When all predictions are right, the error is 0, and `if error:` is False for 0. So the best result of all is thrown away.",
    next_step="Ask whether there are ratings, not whether the error is different from 0.",
    also=(lambda actual, predicted: evaluation.rmse(actual, predicted) or float("nan"),),
)
def zero_is_false(actual, predicted):
    return evaluation.rmse(actual, predicted) or None


@mistake(
    title="No ratings at all give a number",
    message="For empty input the answer was 0, None or NaN. A mean of nothing does not exist. NaN hides in later sums, and a 0 "
    "looks like the best model in the world.",
    next_step="Before anything else: if there are no ratings, `raise ValueError` with a sentence that says so.",
    also=(
        lambda actual, predicted: evaluation.rmse(actual, predicted) if len(actual) else 0.0,
        lambda actual, predicted: evaluation.rmse(actual, predicted) if len(actual) else None,
    ),
)
def empty_not_refused(actual, predicted):
    return evaluation.rmse(actual, predicted) if len(actual) else float("nan")


def in_a_loop(actual, predicted):
    if len(actual) == 0:
        raise ValueError("nothing to measure")
    total = 0
    for a, p in zip(actual, predicted):
        total += (p - a) ** 2
    print("total", total)
    return math.sqrt(total / len(actual))


def by_norm(actual, predicted):
    n = np.size(actual)
    if not n:
        raise ValueError("empty")
    return np.linalg.norm(np.subtract(predicted, actual)) / np.sqrt(n)


def by_scikit_learn(actual, predicted):
    """Scikit-learn's own function does the same: a ValueError for empty input, too."""
    from sklearn.metrics import mean_squared_error

    return mean_squared_error(actual, predicted) ** 0.5


def single_precision(actual, predicted):
    return np.float32(evaluation.rmse(np.asarray(actual, dtype=float), list(predicted)))


exercise = Exercise(
    number="5.1",
    task="Return the root mean squared error, √(mean of (actual − predicted)²). Raise ValueError for empty input.",
    reference=evaluation.rmse,
    groups=(any_ratings, edges),
    mistakes=(
        missing_root,
        sum_not_mean,
        root_first,
        mean_before_square,
        n_minus_1,
        spread_of_errors,
        rounded,
        zero_is_false,
        empty_not_refused,
    ),
    hints=(
        "Read the name backwards: error, squared, mean, root.",
        "`actual - predicted` are the errors of all ratings at once. What is left is to square, `np.mean`, `np.sqrt`.",
        "First `if len(actual) == 0: raise ValueError(…)`. Then the root of the mean of `(actual - predicted) ** 2`.",
    ),
    variants=(in_a_loop, by_norm, by_scikit_learn, single_precision),
)
