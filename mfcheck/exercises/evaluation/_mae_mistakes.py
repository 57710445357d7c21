"""What is done in place of the mean absolute error."""

import numpy as np

from mfcheck.exercise import mistake


def sizes(actual, predicted):
    return np.abs(actual - predicted)


def mean_size(actual, predicted):
    return np.mean(sizes(actual, predicted))


def raise_unless(condition, value):
    if not condition:
        raise ValueError("no ratings")
    return value


@mistake(
    title="Errors cancel each other",
    message="The errors were averaged with their signs, or their size was taken after the mean. Predictions that are one star too high and one too low "
    "then look perfect.",
    next_step="Take the size of each single error, then the mean.",
    also=(
        lambda actual, predicted: np.mean(predicted - actual),
        lambda actual, predicted: np.abs(np.mean(actual - predicted)),
        lambda actual, predicted: np.abs(np.sum(actual - predicted)),
        lambda actual, predicted: np.sum(actual - predicted),
    ),
)
def errors_cancel(actual, predicted):
    return np.mean(actual - predicted)


@mistake(
    title="Sizes were taken before the subtraction",
    message="`abs` was applied to rating and prediction, not to their difference. Of numbers that are not negative it changes nothing, and the "
    "errors cancel.",
    next_step="Subtract first, then take the size.",
)
def sizes_before_subtraction(actual, predicted):
    return np.mean(np.abs(actual) - np.abs(predicted))


@mistake(
    title="This is the RMSE",
    message="The errors were squared, and the root taken at the end. In that measure large errors count more than in this one, where an error of 2 counts "
    "as two errors of 1.",
    next_step="Use `np.abs` in place of the square, and no root.",
    also=(lambda actual, predicted: np.linalg.norm(actual - predicted),),
)
def root_mean_square(actual, predicted):
    return np.sqrt(np.mean((actual - predicted) ** 2))


@mistake(
    title="Squares in place of sizes",
    message="The mean of the squared errors was returned. It is in squared stars. In the MAE an error of 2 counts as 2, not as 4.",
    next_step="Use `np.abs` in place of the square.",
    also=(lambda actual, predicted: np.sum((actual - predicted) ** 2),),
)
def mean_square(actual, predicted):
    return np.mean((actual - predicted) ** 2)


@mistake(
    title="A root was taken",
    message="The root of the mean was returned. The root belongs to the RMSE, where it undoes the square. Here nothing was squared.",
    next_step="Leave the root out.",
    also=(lambda actual, predicted: np.mean(np.sqrt(sizes(actual, predicted))),),
)
def root_taken(actual, predicted):
    return np.sqrt(mean_size(actual, predicted))


@mistake(
    title="A sum in place of the mean",
    message="The sizes of the errors were added up and not averaged. The value then grows with the number of ratings, and two test sets of different size "
    "cannot be compared.",
    next_step="Divide by the number of ratings.",
)
def sum_not_mean(actual, predicted):
    return np.sum(sizes(actual, predicted))


@mistake(
    title="Divided by n − 1",
    message="The sum of the sizes was divided by one less than the number of ratings. That belongs to a variance whose mean was estimated from the same "
    "numbers. Here nothing was estimated.",
    next_step="Divide by the number of ratings.",
)
def n_minus_1(actual, predicted):
    return np.sum(sizes(actual, predicted)) / (len(actual) - 1)


@mistake(
    title="The median, or the largest error",
    message="One of the errors was picked, the middle one or the largest. The others could be anything, and it would not change.",
    next_step="The M stands for mean: every error counts the same.",
    also=(lambda actual, predicted: np.max(sizes(actual, predicted)),),
)
def one_error_picked(actual, predicted):
    return np.median(sizes(actual, predicted))


@mistake(
    title="The average error was subtracted",
    message="This is the spread of the errors around their own mean. A model that predicts every rating exactly two stars too low would have none.",
    next_step="Average the sizes of the errors themselves.",
)
def spread_of_the_errors(actual, predicted):
    errors = actual - predicted
    return np.mean(np.abs(errors - np.mean(errors)))


@mistake(
    title="One half too many",
    message="A factor 1/2 stands before the mean. It is known from losses with a square, where it cancels a 2. Here is none.",
    next_step="Leave the factor out.",
)
def half_the_mean(actual, predicted):
    return mean_size(actual, predicted) / 2


@mistake(
    title="Divided by the ratings",
    message="The errors were divided by the ratings, their mean or their range. That is a relative error. This one is in rating points.",
    next_step="Divide by the number of ratings, and by nothing else.",
    also=(
        lambda actual, predicted: 100 * np.mean(sizes(actual, predicted) / np.abs(actual)),
        lambda actual, predicted: mean_size(actual, predicted) / (np.max(actual) - np.min(actual)),
        lambda actual, predicted: mean_size(actual, predicted) / np.mean(actual),
        lambda actual, predicted: mean_size(actual, predicted) / 4,
        lambda actual, predicted: mean_size(actual, predicted) / 5,
    ),
)
def relative(actual, predicted):
    return np.mean(sizes(actual, predicted) / actual)


@mistake(
    title="Only one rating counts",
    message="The answer is made of a single error. Either `return` stands inside the loop, or the loop writes `=` where it should add.",
    next_step="Look at the indentation of `return`, and at `=` or `+=`.",
    also=(
        lambda actual, predicted: sizes(actual, predicted)[-1],
        lambda actual, predicted: sizes(actual, predicted)[0] / len(actual),
        lambda actual, predicted: sizes(actual, predicted)[-1] / len(actual),
    ),
)
def one_rating_counts(actual, predicted):
    return sizes(actual, predicted)[0]


@mistake(
    title="A rating is left out",
    message="The loop misses the first or the last rating. `range(n)` ends at n − 1 already, and starts at 0.",
    next_step="Loop over `range(len(actual))`.",
    also=(
        lambda actual, predicted: np.sum(sizes(actual, predicted)[1:]) / len(actual),
        lambda actual, predicted: np.mean(sizes(actual, predicted)[:-1]),
        lambda actual, predicted: np.mean(sizes(actual, predicted)[1:]),
    ),
)
def one_left_out(actual, predicted):
    return np.sum(sizes(actual, predicted)[:-1]) / len(actual)


@mistake(
    title="Every rating meets every prediction",
    message="Each rating was compared with all predictions. Only those that stand in the same place belong together.",
    next_step="Use one loop over the positions, or subtract the arrays as they are.",
)
def all_pairs(actual, predicted):
    return mean_size(actual[:, None], predicted)


@mistake(
    title="Something was rounded",
    message="The result, or the predictions before it, lost their fractions. Models often differ in the third or fourth digit. And a prediction of 3.4 for "
    "a 3 is not perfect.",
    next_step="Return the full value; round where it is printed.",
    also=(
        *(lambda actual, predicted, n=n: round(mean_size(actual, predicted), n) for n in (0, 1, 2, 4)),
        lambda actual, predicted: mean_size(actual, np.round(predicted)),
        lambda actual, predicted: mean_size(actual, predicted.astype(int)),
        lambda actual, predicted: np.mean(sizes(actual, predicted).astype(int)),
    ),
)
def rounded(actual, predicted):
    return round(mean_size(actual, predicted), 3)


@mistake(
    title="0 is taken for no answer",
    message="For perfect predictions, whose error is 0, the function gives no number. In an `if`, 0 counts as false, just as None does. Here 0 is "
    "the best possible result.",
    next_step="Ask whether there are ratings, not whether the error is something.",
    also=(
        lambda actual, predicted: mean_size(actual, predicted) or np.nan,
        lambda actual, predicted: raise_unless(len(actual), mean_size(actual, predicted) or None),
    ),
)
def zero_is_false(actual, predicted):
    return mean_size(actual, predicted) or None


@mistake(
    title="0 is taken for no answer, and an error is raised",
    message="A `ValueError` is raised though there are ratings. Zeros count as false in an `if`. Only a missing rating is a reason to raise.",
    next_step="Ask for the number of ratings: `len(actual) == 0`.",
    also=(
        lambda actual, predicted: raise_unless(np.any(actual), mean_size(actual, predicted)),
        lambda actual, predicted: raise_unless(np.all(actual), mean_size(actual, predicted)),
    ),
)
def zero_raises(actual, predicted):
    value = mean_size(actual, predicted)
    return raise_unless(value > 0, value)


@mistake(
    title="Ratings of 0 are left out",
    message="Only places where the rating is not 0, or is above 0, were counted. In a table, 0 may stand for unknown. Here `actual` holds "
    "known ratings only, on any scale.",
    next_step="Use all of `actual`, without a mask.",
    also=(
        lambda actual, predicted: np.mean(sizes(actual, predicted)[actual > 0]),
        lambda actual, predicted: raise_unless(len(actual), np.mean(sizes(actual, predicted)[actual != 0])),
        lambda actual, predicted: raise_unless(len(actual), np.mean(sizes(actual, predicted)[actual > 0])),
    ),
)
def zeros_left_out(actual, predicted):
    return np.mean(sizes(actual, predicted)[actual != 0])


@mistake(
    title="The predictions were cut to the scale",
    message="Predictions were cut to the scale before they were compared. This function measures what it is given: it does not know the scale.",
    next_step="Leave the predictions as they are.",
    also=(
        lambda actual, predicted: mean_size(actual, np.clip(predicted, 1, 5)),
        lambda actual, predicted: raise_unless(len(actual), mean_size(actual, np.clip(predicted, 0, 5))),
    ),
)
def clipped(actual, predicted):
    return raise_unless(len(actual), mean_size(actual, np.clip(predicted, 1, 5)))


@mistake(
    title="No ratings, and yet an answer",
    message="Without any rating the function returned something, such as NaN, 0 or None. A 0 looks like a perfect model, and a NaN shows up much later, where "
    "nobody knows where it came from.",
    next_step='At the start: if there are no ratings, `raise ValueError("…")`.',
    also=tuple(
        lambda actual, predicted, answer=answer: mean_size(actual, predicted) if len(actual) else answer
        for answer in (0.0, None, np.inf, -1)
    ),
)
def empty_gives_a_value(actual, predicted):
    return mean_size(actual, predicted)


@mistake(
    title="Another error than ValueError",
    message="Without any rating the function stops, but not with a `ValueError`. A division by zero, or an `assert`, does not tell the caller what is missing, "
    "and `except ValueError` does not catch it.",
    next_step='At the start: if there are no ratings, `raise ValueError("…")`.',
    also=tuple(
        lambda actual, predicted, other=other: mean_size(actual, predicted) if len(actual) else stop_with(other)
        for other in (AssertionError, TypeError, IndexError, Exception)
    ),
)
def another_exception(actual, predicted):
    return mean_size(actual, predicted) if len(actual) else stop_with(ZeroDivisionError)


def stop_with(exception):
    raise exception("no ratings")
