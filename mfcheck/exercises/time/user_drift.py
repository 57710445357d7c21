"""user_drift: whether a user becomes harsher or kinder with time."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.time import _lines as lines
from mfcheck.exercises.time._lines import line, over, ridge
from mfref import time


def problem(rng, counts, reg, period=1.0):
    """So many ratings of each user, in random order; times and what is left are neither small nor centred."""
    users = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    times = period * (rng.uniform(0, 1, len(users)) + 0.4 * rng.uniform(0, 1, len(counts))[users])
    residuals = rng.uniform(-2, 2, len(users)) + rng.uniform(0.5, 2, len(counts))[users]
    return {"users": users, "times": times, "residuals": residuals, "n_users": len(counts), "reg": reg}


@group("the law: each user's ridge regression on the time since the own mean time", points=3)
def everybody_has_ratings(rng):
    """Five ratings by hand; then unequal counts, little and much regularization, none, and times in days."""
    yield {
        "users": np.array([0, 0, 1, 0, 1]),
        "times": np.array([0.0, 1.0, 0.0, 0.5, 2.0]),
        "residuals": np.array([1.0, -1.0, 0.5, 0.25, 2.5]),
        "n_users": 2,
        "reg": 0.5,
    }
    yield problem(rng, [3, 6, 4], 0.2)
    yield problem(rng, [5, 2, 9, 3], 2.0)
    yield problem(rng, [4, 7], 0)
    yield problem(rng, [6, 3, 5], 30.0, period=20.0)


@group("without ratings, slope and centre are 0", points=1)
def without_ratings(rng):
    """Users without ratings at the beginning, in the middle and at the end; users with one; reg above 0, then 0."""
    yield problem(rng, [3, 0], 0.5)
    yield problem(rng, [0, 4, 0, 1, 5, 0], 1.0)
    yield problem(rng, [0, 3, 0, 4], 0)


@group("all ratings at one moment, without regularization: slope 0", points=1)
def one_moment(rng):
    """Everything rated in one evening, and a single rating; somebody else with a line."""
    for moment in (0.5, 3.0):
        arguments = problem(rng, [4, 3, 1], 0)
        still = np.where(arguments["users"] == 1, arguments["times"], moment)
        yield {**arguments, "times": still}


@mistake(
    title="The times are not centred",
    message="The slope was computed with the times themselves. Then it answers how high the user's ratings are, not how they change: a user who is generous throughout seems to "
    "become more generous.",
    next_step="Take the user's mean time off each time, in the numerator and in the denominator.",
    also=(
        line(centre=lambda t, times: 0.0, told=lines.mean, slope=lines.plain),
        line(slope=lambda away, r, reg: ridge(away, r, reg), centre=lambda t, times: 0.0),
    ),
)
def not_centred(users, times, residuals, n_users, reg):
    return line(centre=lambda t, times: 0.0, told=lines.mean)(users, times, residuals, n_users, reg)


@mistake(
    title="All users have the same centre",
    message="The mean time of **all** ratings was taken off. Somebody who came late then lies on one side of it, and the slope measures the height of the ratings. Each user's "
    "line turns around the user's own mean time.",
    next_step="Take the mean time by user.",
    also=(
        line(centre=lambda t, times: times.mean(), told=lines.mean),
        line(centre=lambda t, times: (times.min() + times.max()) / 2),
    ),
)
def common_centre(users, times, residuals, n_users, reg):
    return line(centre=lambda t, times: times.mean())(users, times, residuals, n_users, reg)


@mistake(
    title="The centre is the first rating",
    message="Each user's first time was taken off in place of the mean time. The user's bias b_u is a mean over all the user's ratings, and belongs to their middle: with the "
    "first time, bias and drift both explain the same.",
    next_step="Use the mean of the user's times.",
    also=(line(centre=lambda t, times: t.min(), told=lines.mean),),
)
def first_as_centre(users, times, residuals, n_users, reg):
    return line(centre=lambda t, times: t.min())(users, times, residuals, n_users, reg)


@mistake(
    title="The centre is the middle of the period",
    message="The centre lies half-way between the user's first and last rating, or is the median. The task asks for the mean of the times: with it, the drifts of a user's ratings "
    "add up to 0, and b_u stays what it is.",
    next_step="Use the mean of the user's times.",
    also=(line(centre=lambda t, times: np.median(t)),),
)
def middle_as_centre(users, times, residuals, n_users, reg):
    return line(centre=lambda t, times: (t.min() + t.max()) / 2)(users, times, residuals, n_users, reg)


@mistake(
    title="The sum is not divided",
    message="The slope is the sum of (t − centre) · residual alone. It grows with the number of ratings and with the spread of their times. A slope is rating points for each unit "
    "of time.",
    next_step="Divide by the sum of (t − centre)², plus reg.",
)
def not_divided(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: away @ r)(users, times, residuals, n_users, reg)


@mistake(
    title="The regularization is missing",
    message="The plain slope of least squares was computed. With two ratings on two evenings it believes in any trend. `reg` pulls the slope towards 0 where the times hardly "
    "differ.",
    next_step="Find `reg` in the formula.",
)
def no_regularization(users, times, residuals, n_users, reg):
    return line(slope=lines.plain)(users, times, residuals, n_users, reg)


@mistake(
    title="Means in place of sums",
    message="Numerator and denominator are means over the user's ratings, and reg was added to a mean (or multiplied by the number of ratings, which is the same). Then many ratings "
    "are damped as much as few.",
    next_step="Use sums on both sides.",
    also=(
        line(
            slope=lambda away, r, reg: over(
                (away - away.mean()) @ r / max(len(r) - 1, 1), away.var(ddof=min(1, len(r) - 1)) + reg
            )
        ),
    ),
)
def means_not_sums(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: over(np.mean(away * r), np.mean(away**2) + reg))(users, times, residuals, n_users, reg)


@mistake(
    title="Times and residuals are exchanged",
    message="The denominator holds the squares of the residuals. That is the line which predicts the time from the rating. Here the time is given, and the rating is to be "
    "predicted.",
    next_step="Square t − centre in the denominator.",
)
def exchanged(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: over(away @ r, r @ r + reg))(users, times, residuals, n_users, reg)


@mistake(
    title="The denominator is not squared",
    message="The sum was divided by the distances |t − centre|, not by their squares. With time measured in days in place of years the prediction would change, and it must not.",
    next_step="Square t − centre before you sum.",
)
def not_squared(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: over(away @ r, np.abs(away).sum() + reg))(users, times, residuals, n_users, reg)


@mistake(
    title="The sum is squared, not the times",
    message="The denominator is a sum, squared, and should be a sum of squares. The distances from the mean cancel, so almost nothing is left.",
    next_step="Square each t − centre first, then sum.",
)
def square_of_the_sum(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: over(away @ r, np.abs(away).sum() ** 2 + reg))(users, times, residuals, n_users, reg)


@mistake(
    title="Of several ratings only the last counts",
    message="`total[users] += …` does not add up: where a user comes several times, NumPy reads the old value once and keeps the last result.",
    next_step="Use `np.bincount` with weights, `np.add.at`, or a loop over the users.",
)
def fancy_index_add(users, times, residuals, n_users, reg):
    return lines.last_counts(users, times, residuals, n_users, reg)


@mistake(
    title="Zero is divided by zero",
    message="A user has no ratings, or all at one moment while reg is 0: something was divided by 0, and that gives NaN. Where no change can be seen, the slope is 0, and whoever has no "
    "ratings has the centre 0.",
    next_step="Divide only where there is something to divide by: once for the centre, once for the slope.",
    also=(lines.slope_divided_anyway, line(empty=np.nan)),
)
def zero_over_zero(users, times, residuals, n_users, reg):
    return lines.divided_anyway(users, times, residuals, n_users, reg)


@mistake(
    title="Slope and centre are exchanged",
    message="The centres came first. The task asks for the slopes, then the centres.",
    next_step="Look at the order in the `return`.",
)
def order_exchanged(users, times, residuals, n_users, reg):
    return time.user_drift(users, times, residuals, n_users, reg)[::-1]


@mistake(
    title="The slope has the other sign",
    message="A user who grows kinder got a negative slope. The time passed is t − centre, not centre − t.",
    next_step="Take a user whose late ratings are the high ones: the slope must be positive.",
)
def sign_turned(users, times, residuals, n_users, reg):
    slope, centre = time.user_drift(users, times, residuals, n_users, reg)
    return -slope, centre


def loop(users, times, residuals, n_users, reg):
    slope, centre = [0.0] * n_users, [0.0] * n_users
    for u in range(n_users):
        rated = [(t, r) for v, t, r in zip(users, times, residuals, strict=True) if u == v]
        if rated:
            centre[u] = sum(t for t, _ in rated) / len(rated)
            below = sum((t - centre[u]) ** 2 for t, _ in rated) + reg
            slope[u] = sum((t - centre[u]) * r for t, r in rated) / below if below else 0
    print(slope)
    return slope, centre


def residuals_centred_too(users, times, residuals, n_users, reg):
    return line(slope=lambda away, r, reg: over(away @ (r - r.mean()), away @ away + reg))(users, times, residuals, n_users, reg)


def stacked_least_squares(users, times, residuals, n_users, reg):
    """One row more, with which `lstsq` solves the regularized problem."""

    def solve(away, r, reg):
        A, b = np.append(away, np.sqrt(reg))[:, None], np.append(r, 0)
        return np.linalg.lstsq(A, b, rcond=None)[0][0]

    return line(slope=solve)(users, times, residuals, n_users, reg)


def groupby(users, times, residuals, n_users, reg):
    import pandas as pd

    table = pd.DataFrame({"u": users, "t": times, "r": residuals})
    centre = table.groupby("u")["t"].mean().reindex(range(n_users), fill_value=0.0)
    table["t"] -= table["u"].map(centre)
    table["tr"], table["tt"] = table["t"] * table["r"], table["t"] ** 2
    sums = table.groupby("u")[["tr", "tt"]].sum()
    return (sums["tr"] / (sums["tt"] + reg)).reindex(range(n_users)).fillna(0), centre


def by_moments(users, times, residuals, n_users, reg):
    """The sum of squares as the mean of squares minus the square of the mean."""

    def solve(away, r, reg):
        return over(len(r) * (np.mean(away * r) - away.mean() * r.mean()), len(r) * away.var() + reg)

    return line(slope=solve)(users, times, residuals, n_users, reg)


def single_precision(users, times, residuals, n_users, reg):
    slope, centre = time.user_drift(users, times, residuals, n_users, reg)
    return [slope.astype(np.float32), centre.astype(np.float32)]


exercise = Exercise(
    number="12.3",
    task="Return (slope, centre): each user's mean time, and the slope of the residuals over t - centre, by ridge regression with weight reg.",
    reference=time.user_drift,
    groups=(everybody_has_ratings, without_ratings, one_moment),
    mistakes=(
        not_centred,
        common_centre,
        first_as_centre,
        middle_as_centre,
        not_divided,
        no_regularization,
        means_not_sums,
        exchanged,
        not_squared,
        square_of_the_sum,
        fancy_index_add,
        zero_over_zero,
        order_exchanged,
        sign_turned,
    ),
    hints=(
        "Take one user alone. Where is the middle of the ratings in time? Do the late ones lie higher than the early ones?",
        "`np.bincount(users, values, n_users)` sums values by user. You need four such sums: the number of ratings, the times, and the two sums of the formula.",
        "centre is the sum of times over the count. Then `away = times - centre[users]`. The slope is the sum of `away * residuals` over the sum of `away**2` plus reg. "
        "Where you would divide by 0, leave 0.",
    ),
    variants=(loop, residuals_centred_too, stacked_least_squares, groupby, by_moments, single_precision),
)
