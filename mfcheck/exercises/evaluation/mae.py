"""mae: the mean of the sizes of the errors."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.evaluation._errors import errors_of, no_ratings, of_any_ratings
from mfref import evaluation


@group("the law: the mean of the sizes of the errors", points=2)
def any_ratings(rng):
    """Three ratings by hand, then more, on other scales, and one rating alone."""
    yield from of_any_ratings(rng)


@group("a perfect prediction gives 0, no ratings at all a ValueError", points=1)
def edges(rng):
    """Predictions that are right to the last digit; empty arrays."""
    yield from no_ratings(rng)


@mistake(
    title="Errors above and below cancel",
    message="The errors were averaged with their signs. One prediction too high and one too low then look like none wrong at all.",
    next_step="Take the size of each error, `np.abs`, before the mean.",
    also=(lambda actual, predicted: -float(np.mean(errors_of(actual, predicted))),),
)
def signs_kept(actual, predicted):
    return float(np.mean(errors_of(actual, predicted)))


@mistake(
    title="The size was taken after the mean",
    message="Errors above and below had cancelled already when the sign was dropped: `abs` of a mean is not the mean of the sizes.",
    next_step="First the size of each error, then the mean.",
)
def size_of_the_mean(actual, predicted):
    return float(np.abs(np.mean(errors_of(actual, predicted))))


@mistake(
    title="This is the RMSE",
    message="The errors were squared, and the root taken of their mean. That is the other measure: in it large errors weigh more.",
    next_step="The MAE needs neither a square nor a root, only the size of each error.",
)
def root_mean_square(actual, predicted):
    return float(np.sqrt(np.mean(errors_of(actual, predicted) ** 2)))


@mistake(
    title="The errors were squared",
    message="The mean of the squared errors came back. In the MAE an error of 2 counts as 2, not as 4.",
    next_step="Take `np.abs` of the errors in place of the square.",
)
def mean_square(actual, predicted):
    return float(np.mean(errors_of(actual, predicted) ** 2))


@mistake(
    title="A sum in place of the mean",
    message="The sizes were added up and not divided by their number. The value then grows with the number of ratings.",
    next_step="Divide by the number of ratings.",
)
def sum_not_mean(actual, predicted):
    return float(np.sum(np.abs(errors_of(actual, predicted))))


@mistake(
    title="Divided by n − 1",
    message="It is a plain mean over n errors. The divisor n − 1 belongs to the standard deviation of a sample.",
    next_step="Divide by the number of ratings.",
)
def n_minus_1(actual, predicted):
    sizes = np.abs(errors_of(actual, predicted))
    return float(np.sum(sizes) / np.float64(len(sizes) - 1))


@mistake(
    title="This is the median",
    message="The M stands for mean. The median looks only at the middle one of the sorted errors and does not see how large the others are.",
    next_step="Use `np.mean`.",
)
def median(actual, predicted):
    return float(np.median(np.abs(errors_of(actual, predicted))))


@mistake(
    title="The result is rounded",
    message="The value was rounded. Differences in the third digit decide between models, and whoever rounds early loses them.",
    next_step="Return the value as it is; round when you print.",
    also=(
        lambda actual, predicted: round(evaluation.mae(actual, predicted), 3),
        lambda actual, predicted: round(evaluation.mae(actual, predicted), 4),
    ),
)
def rounded(actual, predicted):
    return round(evaluation.mae(actual, predicted), 2)


@mistake(
    title="A perfect prediction is taken for no prediction",
    message="When all predictions are right, the error is 0, and `if error:` is False for 0. So the best result of all is thrown away.",
    next_step="Ask whether there are ratings, not whether the error is different from 0.",
    also=(lambda actual, predicted: evaluation.mae(actual, predicted) or float("nan"),),
)
def zero_is_false(actual, predicted):
    return evaluation.mae(actual, predicted) or None


@mistake(
    title="No ratings at all give a number",
    message="For empty input the answer was 0, None or NaN. A mean of nothing does not exist. NaN hides in later sums, and a 0 "
    "looks like the best model in the world.",
    next_step="Before anything else: if there are no ratings, `raise ValueError` with a sentence that says so.",
    also=(
        lambda actual, predicted: evaluation.mae(actual, predicted) if len(actual) else 0.0,
        lambda actual, predicted: evaluation.mae(actual, predicted) if len(actual) else None,
    ),
)
def empty_not_refused(actual, predicted):
    return evaluation.mae(actual, predicted) if len(actual) else float("nan")


def in_a_loop(actual, predicted):
    if len(actual) < 1:
        raise ValueError("nothing to measure")
    total = 0
    for k in range(len(actual)):
        total += abs(predicted[k] - actual[k])
    return total / len(actual)


def by_roots(actual, predicted):
    if np.size(actual) == 0:
        raise ValueError
    return np.sqrt((np.array(predicted) - np.array(actual)) ** 2).mean()


def by_scikit_learn(actual, predicted):
    """Scikit-learn's own function does the same: a ValueError for empty input, too."""
    from sklearn.metrics import mean_absolute_error

    print("measuring", len(actual))
    return mean_absolute_error(actual, predicted)


def single_precision(actual, predicted):
    return np.float32(evaluation.mae(list(actual), list(predicted)))


exercise = Exercise(
    number="5.2",
    task="Return the mean absolute error, the mean of |actual − predicted|. Raise ValueError for empty input.",
    reference=evaluation.mae,
    groups=(any_ratings, edges),
    mistakes=(
        signs_kept,
        size_of_the_mean,
        root_mean_square,
        mean_square,
        sum_not_mean,
        n_minus_1,
        median,
        rounded,
        zero_is_false,
        empty_not_refused,
    ),
    hints=(
        "How far off is each prediction, whatever the direction?",
        "`np.abs` gives the size of each error. The MAE is their mean.",
        "First `if len(actual) == 0: raise ValueError(…)`. Then `np.mean` of `np.abs` of the errors.",
    ),
    variants=(in_a_loop, by_roots, by_scikit_learn, single_precision),
)
