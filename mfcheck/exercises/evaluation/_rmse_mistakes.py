"""What is done in place of the root mean squared error."""

import numpy as np

from mfcheck.exercise import mistake


def squares(actual, predicted):
    return (actual - predicted) ** 2


def root_mean(values):
    return np.sqrt(np.mean(values))


def raise_unless(condition, value):
    if not condition:
        raise ValueError("no ratings")
    return value


@mistake(
    title="The root is missing",
    message="This is the mean squared error. It is measured in squared stars: an error of 2 stars counts as 4. The root brings it back to stars, so that "
    "it can be compared with a rating.",
    next_step="Take the last step of the formula, too.",
    also=(lambda actual, predicted: np.mean(squares(actual, predicted)) / 2,),
)
def missing_root(actual, predicted):
    return np.mean(squares(actual, predicted))


@mistake(
    title="A sum in place of the mean",
    message="The squared errors were added up and not averaged. The value then grows with the number of ratings, and two test sets of different size "
    "cannot be compared. `np.linalg.norm` is the root of a sum as well.",
    next_step="Divide the sum of the squares by the number of ratings, before the root.",
    also=(lambda actual, predicted: np.sum(squares(actual, predicted)),),
)
def sum_not_mean(actual, predicted):
    return np.sqrt(np.sum(squares(actual, predicted)))


@mistake(
    title="The root was taken of each square",
    message="The root of a squared error is the size of that error. Averaged, this is the MAE. The squares must still be squares when they are averaged: "
    "that is what makes large errors count more.",
    next_step="Order the steps as the formula is read from inside: square, mean, root.",
    also=(lambda actual, predicted: root_mean(np.abs(actual - predicted)),),
)
def root_first(actual, predicted):
    return np.mean(np.sqrt(squares(actual, predicted)))


@mistake(
    title="Divided after the root",
    message="The root was taken of the sum, and the result divided by the number of ratings. The division belongs under the root: as it is, the error gets "
    "smaller with every rating added, however bad the predictions are.",
    next_step="Check the brackets: the root comes last.",
    also=(lambda actual, predicted: np.linalg.norm(actual - predicted) / (len(actual) - 1),),
)
def divided_after_the_root(actual, predicted):
    return np.linalg.norm(actual - predicted) / len(actual)


@mistake(
    title="Divided by n − 1",
    message="The sum of the squares was divided by one less than the number of ratings. That belongs to a variance whose mean was estimated from the same "
    "numbers. Here nothing was estimated, and of a single rating nothing would be left to divide by.",
    next_step="Divide by the number of ratings.",
    also=(lambda actual, predicted: np.sum(squares(actual, predicted)) / (len(actual) - 1),),
)
def n_minus_1(actual, predicted):
    return np.sqrt(np.sum(squares(actual, predicted)) / (len(actual) - 1))


@mistake(
    title="Errors cancel each other",
    message="Errors above and below were added before anything made them positive. Predictions that are one star too high and one too low then look "
    "perfect.",
    next_step="Square each single error before you average.",
    also=(
        lambda actual, predicted: np.mean(predicted - actual),
        lambda actual, predicted: np.abs(np.mean(actual - predicted)),
        lambda actual, predicted: np.mean(actual - predicted) ** 2,
        lambda actual, predicted: root_mean(actual - predicted),
        lambda actual, predicted: root_mean(predicted - actual),
    ),
)
def errors_cancel(actual, predicted):
    return np.mean(actual - predicted)


@mistake(
    title="The average error was subtracted",
    message="This is the spread of the errors around their own mean. A model that predicts every rating exactly two stars too low would have none.",
    next_step="Square the errors themselves. `np.std` and `np.var` subtract the mean first.",
    also=(
        lambda actual, predicted: np.var(actual - predicted),
        lambda actual, predicted: np.std(actual - predicted, ddof=1),
    ),
)
def spread_of_the_errors(actual, predicted):
    return np.std(actual - predicted)


@mistake(
    title="Squared before the subtraction",
    message="The square was applied to a rating or to a prediction, not to their difference. `a - b ** 2` squares b alone.",
    next_step="Put the difference in brackets, then square it.",
    also=(
        lambda actual, predicted: root_mean(actual**2 - predicted**2),
        lambda actual, predicted: root_mean(np.abs(actual**2 - predicted**2)),
    ),
)
def squared_before_subtraction(actual, predicted):
    return root_mean(actual - predicted**2)


@mistake(
    title="One half too many",
    message="A factor 1/2 stands before the mean. A loss often has it, so that the 2 of the gradient cancels. An error that people read has none.",
    next_step="Leave the factor out.",
    also=(lambda actual, predicted: root_mean(squares(actual, predicted)) / 2,),
)
def half_the_mean(actual, predicted):
    return root_mean(squares(actual, predicted) / 2)


@mistake(
    title="Divided by the scale",
    message="The error was divided by the range or by the mean of the ratings. That is the normalized RMSE. This one is in rating points.",
    next_step="Leave the last division out.",
    also=(
        lambda actual, predicted: root_mean(squares(actual, predicted)) / np.mean(actual),
        lambda actual, predicted: root_mean(squares(actual, predicted)) / 4,
        lambda actual, predicted: root_mean(squares(actual, predicted)) / 5,
    ),
)
def normalized(actual, predicted):
    return root_mean(squares(actual, predicted)) / (np.max(actual) - np.min(actual))


@mistake(
    title="Only one rating counts",
    message="The answer is the error of a single rating. Either `return` stands inside the loop, or the loop writes `=` where it should add.",
    next_step="Look at the indentation of `return`, and at `=` or `+=`.",
    also=(
        lambda actual, predicted: squares(actual, predicted)[0],
        lambda actual, predicted: np.sqrt(squares(actual, predicted)[-1]),
        lambda actual, predicted: np.sqrt(squares(actual, predicted)[-1] / len(actual)),
        lambda actual, predicted: np.sqrt(squares(actual, predicted)[0] / len(actual)),
    ),
)
def one_rating_counts(actual, predicted):
    return np.sqrt(squares(actual, predicted)[0])


@mistake(
    title="A rating is left out",
    message="The loop misses the first or the last rating. `range(n)` ends at n − 1 already, and starts at 0.",
    next_step="Loop over `range(len(actual))`.",
    also=(
        lambda actual, predicted: np.sqrt(np.sum(squares(actual, predicted)[1:]) / len(actual)),
        lambda actual, predicted: root_mean(squares(actual, predicted)[:-1]),
        lambda actual, predicted: root_mean(squares(actual, predicted)[1:]),
    ),
)
def one_left_out(actual, predicted):
    return np.sqrt(np.sum(squares(actual, predicted)[:-1]) / len(actual))


@mistake(
    title="Every rating meets every prediction",
    message="Each rating was compared with all predictions. Only those that stand in the same place belong together.",
    next_step="Use one loop over the positions, or subtract the arrays as they are.",
)
def all_pairs(actual, predicted):
    return root_mean(squares(actual[:, None], predicted))


@mistake(
    title="Something was rounded",
    message="The result, or the predictions before it, lost their fractions. Models often differ in the third or fourth digit. And a prediction of 3.4 for "
    "a 3 is not perfect.",
    next_step="Return the full value; round where it is printed.",
    also=(
        *(lambda actual, predicted, n=n: round(root_mean(squares(actual, predicted)), n) for n in (0, 1, 2, 4)),
        lambda actual, predicted: root_mean(squares(actual, np.round(predicted))),
        lambda actual, predicted: root_mean(squares(actual, predicted.astype(int))),
        lambda actual, predicted: root_mean((actual - predicted).astype(int) ** 2),
    ),
)
def rounded(actual, predicted):
    return round(root_mean(squares(actual, predicted)), 3)


@mistake(
    title="0 is taken for no answer",
    message="For perfect predictions, whose error is 0, the function gives no number. In an `if`, 0 counts as false, just as None does. Here 0 is "
    "the best possible result.",
    next_step="Ask whether there are ratings, not whether the error is something.",
    also=(
        lambda actual, predicted: root_mean(squares(actual, predicted)) or np.nan,
        lambda actual, predicted: raise_unless(len(actual), root_mean(squares(actual, predicted)) or None),
    ),
)
def zero_is_false(actual, predicted):
    return root_mean(squares(actual, predicted)) or None


@mistake(
    title="0 is taken for no answer, and an error is raised",
    message="A `ValueError` is raised though there are ratings. Zeros count as false in an `if`, and the sum of ratings can be 0, too. Only a missing "
    "rating is a reason to raise.",
    next_step="Ask for the number of ratings: `len(actual) == 0`.",
    also=(
        lambda actual, predicted: raise_unless(np.any(actual), root_mean(squares(actual, predicted))),
        lambda actual, predicted: raise_unless(np.all(actual), root_mean(squares(actual, predicted))),
    ),
)
def zero_raises(actual, predicted):
    value = root_mean(squares(actual, predicted))
    return raise_unless(value > 0, value)


@mistake(
    title="Ratings of 0 are left out",
    message="Only places where the rating is not 0, or is above 0, were counted. In a table, 0 may stand for unknown. Here `actual` holds "
    "known ratings only, on any scale.",
    next_step="Use all of `actual`, without a mask.",
    also=(
        lambda actual, predicted: root_mean(squares(actual, predicted)[actual > 0]),
        lambda actual, predicted: raise_unless(len(actual), root_mean(squares(actual, predicted)[actual != 0])),
        lambda actual, predicted: raise_unless(len(actual), root_mean(squares(actual, predicted)[actual > 0])),
    ),
)
def zeros_left_out(actual, predicted):
    return root_mean(squares(actual, predicted)[actual != 0])


@mistake(
    title="The predictions were cut to the scale",
    message="Predictions were cut to 1 to 5 before they were compared. This function measures what it is given: it does not know the scale, and whoever "
    "wants to cut does so first.",
    next_step="Leave the predictions as they are.",
    also=(
        lambda actual, predicted: root_mean(squares(actual, np.clip(predicted, 1, 5))),
        lambda actual, predicted: raise_unless(len(actual), root_mean(squares(actual, np.clip(predicted, 0, 5)))),
    ),
)
def clipped(actual, predicted):
    return raise_unless(len(actual), root_mean(squares(actual, np.clip(predicted, 1, 5))))


@mistake(
    title="No ratings, and yet an answer",
    message="Without any rating the function returned something, such as NaN, 0 or None. A 0 looks like a perfect model, and a NaN shows up much later, where "
    "nobody knows where it came from.",
    next_step='At the start: if there are no ratings, `raise ValueError("…")`.',
    also=tuple(
        lambda actual, predicted, answer=answer: root_mean(squares(actual, predicted)) if len(actual) else answer
        for answer in (0.0, None, np.inf, -1)
    ),
)
def empty_gives_a_value(actual, predicted):
    return root_mean(squares(actual, predicted))


@mistake(
    title="Another error than ValueError",
    message="Without any rating the function stops, but not with a `ValueError`. A division by zero, or an `assert`, does not tell the caller what is missing, "
    "and `except ValueError` does not catch it.",
    next_step='At the start: if there are no ratings, `raise ValueError("…")`.',
    also=tuple(
        lambda actual, predicted, other=other: root_mean(squares(actual, predicted)) if len(actual) else stop_with(other)
        for other in (AssertionError, TypeError, IndexError, Exception)
    ),
)
def another_exception(actual, predicted):
    return root_mean(squares(actual, predicted)) if len(actual) else stop_with(ZeroDivisionError)


def stop_with(exception):
    raise exception("no ratings")
