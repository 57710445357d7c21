"""squared_error: how far the predictions are from the known ratings."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import factorization


def problem(rng, users, items, n_users, n_items, n_factors=2):
    """The known cells are given, no pair twice and no rating 0, so that a dense table with a mask is as good."""
    return {
        "users": np.array(users, dtype=int),
        "items": np.array(items, dtype=int),
        "ratings": rng.uniform(1, 5, len(users)),
        "P": rng.normal(size=(n_users, n_factors)),
        "Q": rng.normal(size=(n_items, n_factors)),
    }


def some_cells(rng, n_users, n_items, n_known, n_factors=2):
    """Known cells drawn without repeats, in no order; the last user has at least two of them."""
    cells = rng.permutation((n_users - 1) * n_items)[: n_known - 2]
    users, items = np.divmod(cells, n_items)
    order = rng.permutation(n_known)
    users, items = np.append(users, [n_users - 1] * 2)[order], np.append(items, [0, n_items - 1])[order]
    return problem(rng, users, items, n_users, n_items, n_factors)


def by_hand():
    """One user, two items; the known rating 5 is predicted as 3."""
    return {
        "users": np.array([0]),
        "items": np.array([1]),
        "ratings": np.array([5.0]),
        "P": np.array([[1.0, 1.0]]),
        "Q": np.array([[1.0, 0.0], [1.0, 2.0]]),
    }


@group("the law: the squared errors of the known ratings, added up", points=2)
def known_ratings(rng):
    """One rating by hand; then several of the same users, most cells unknown; once with predictions far above 5."""
    yield by_hand()
    yield problem(rng, [0, 0, 1], [1, 2, 1], 2, 3)
    yield {**problem(rng, [0, 1, 1], [1, 2, 0], 2, 3), "P": rng.uniform(2, 3, (2, 2)), "Q": rng.uniform(2, 3, (3, 2))}
    yield some_cells(rng, 4, 3, 6)
    yield some_cells(rng, 3, 5, 7, n_factors=3)


@group("without any known rating the error is 0", points=1)
def nothing_known(rng):
    """A sum of nothing."""
    yield problem(rng, [], [], 2, 3)


def errors_of(users, items, ratings, P, Q):
    return ratings - (P[users] * Q[items]).sum(axis=1)


def dense_errors(users, items, ratings, P, Q):
    """The table of errors with unknown ratings as zeros."""
    table = np.zeros((len(P), len(Q)))
    table[users, items] = ratings
    return table - P @ Q.T


@mistake(
    title="Unknown ratings are counted as zeros",
    message="The error was added up over all cells of the table, the unknown ones as ratings of 0. Nobody gave these zeros. A model that is taught them "
    "learns to predict 0 for everything that was not rated.",
    next_step="Sum over `users, items, ratings` only, or leave the unknown cells out with a mask.",
)
def zeros_counted(users, items, ratings, P, Q):
    return (dense_errors(users, items, ratings, P, Q) ** 2).sum()


@mistake(
    title="A mean in place of the sum",
    message="The squared errors were averaged. The task asks for their sum. The mean has the same lowest point, but its gradient is smaller "
    "by the number of ratings, and `reg` would weigh that many times more beside it.",
    next_step="Add the squares up, and divide by nothing.",
    also=(lambda users, items, ratings, P, Q: (dense_errors(users, items, ratings, P, Q) ** 2).mean(),),
)
def mean_not_sum(users, items, ratings, P, Q):
    return np.mean(errors_of(users, items, ratings, P, Q) ** 2)


@mistake(
    title="A root was taken",
    message="The square root of the sum or of the mean was returned. The RMSE is a good number to read, and lesson 05 is about it. The loss that we go "
    "down has no root.",
    next_step="Return the sum of the squares itself. `np.linalg.norm` takes the root, too.",
    also=(lambda users, items, ratings, P, Q: np.sqrt(np.mean(errors_of(users, items, ratings, P, Q) ** 2)),),
)
def root_taken(users, items, ratings, P, Q):
    return np.linalg.norm(errors_of(users, items, ratings, P, Q))


@mistake(
    title="Half of the sum",
    message="The sum was multiplied by 1/2. Many texts do that, so that the 2 of the gradient cancels. This course keeps the plain sum, and the 2.",
    next_step="Leave the factor 1/2 out.",
)
def half_the_sum(users, items, ratings, P, Q):
    return np.sum(errors_of(users, items, ratings, P, Q) ** 2) / 2


@mistake(
    title="The errors are not squared",
    message="The errors were added up as they are, or by their size. In the plain sum an error of +2 and one of −2 cancel, and two bad predictions look "
    "like two perfect ones.",
    next_step="Square each error before you add.",
    also=(lambda users, items, ratings, P, Q: -np.sum(errors_of(users, items, ratings, P, Q)),),
)
def not_squared(users, items, ratings, P, Q):
    return np.sum(errors_of(users, items, ratings, P, Q))


@mistake(
    title="Absolute errors in place of squares",
    message="The sizes of the errors were added up. Here an error of 2 counts as two errors of 1. In the squared error it counts as four: large errors "
    "matter more.",
    next_step="Square each error in place of `abs`.",
)
def absolute_errors(users, items, ratings, P, Q):
    return np.sum(np.abs(errors_of(users, items, ratings, P, Q)))


@mistake(
    title="Squared after the sum",
    message="The errors were added up first, and their sum was squared. Errors above and below then cancel before the square can count them.",
    next_step="Check the brackets: the square belongs to each single error.",
)
def square_of_the_sum(users, items, ratings, P, Q):
    return np.sum(errors_of(users, items, ratings, P, Q)) ** 2


@mistake(
    title="Every user was combined with every item",
    message="`P[users] @ Q[items].T` is a table with a row **and** a column for each rating: the user of one rating meets the items of all. Only the pairs "
    "that stand in the same place of `users` and `items` belong together.",
    next_step="Multiply `P[users]` and `Q[items]` number by number, and add along the factors.",
    also=(lambda users, items, ratings, P, Q: ((ratings[:, None] - P[users] @ Q[items].T) ** 2).sum(),),
)
def all_pairs(users, items, ratings, P, Q):
    return ((ratings - P[users] @ Q[items].T) ** 2).sum()


@mistake(
    title="The products are not added up before the error",
    message="Each product of two factors was compared with the rating. The prediction is the sum over the factors; only this sum can be compared with a "
    "rating.",
    next_step="Sum along `axis=1` first, then subtract.",
)
def error_per_factor(users, items, ratings, P, Q):
    return ((ratings[:, None] - P[users] * Q[items]) ** 2).sum()


def last_one(users, items, ratings, P, Q):
    return errors_of(users, items, ratings, P, Q)[-1] ** 2


@mistake(
    title="Only one rating counts",
    message="The answer is the squared error of a single rating. Either `return` stands inside the loop, or the loop writes `=` where it should add.",
    next_step="Look at the indentation of `return`, and at `=` or `+=`.",
    also=(last_one,),
)
def one_rating_counts(users, items, ratings, P, Q):
    return errors_of(users, items, ratings, P, Q)[0] ** 2


@mistake(
    title="The last rating is left out",
    message="The sum ends one rating too early. `range(n)` ends at n − 1 already.",
    next_step="Loop over `range(len(ratings))`.",
)
def last_left_out(users, items, ratings, P, Q):
    return np.sum(errors_of(users, items, ratings, P, Q)[:-1] ** 2)


@mistake(
    title="The prediction is cut to the scale",
    message="The error was computed from predictions cut to the scale. A prediction of 9 then counts as one of 5, and the loss no longer says "
    "how far off it is.",
    next_step="Use the plain dot product.",
    also=tuple(
        lambda users, items, ratings, P, Q, low=low: np.sum((ratings - np.clip((P[users] * Q[items]).sum(axis=1), low, 5)) ** 2)
        for low in (0, -np.inf)
    ),
)
def clipped(users, items, ratings, P, Q):
    return np.sum((ratings - np.clip((P[users] * Q[items]).sum(axis=1), 1, 5)) ** 2)


def loop_over_ratings(users, items, ratings, P, Q):
    total = 0
    for u, i, r in zip(users, items, ratings, strict=True):
        total += (r - P[u] @ Q[i]) ** 2
        print(u, i, total)
    return total


def mask_on_a_table(users, items, ratings, P, Q):
    warnings.warn("a dense table", stacklevel=1)
    table = np.zeros((len(P), len(Q)))
    table[users, items] = ratings
    return (((table - P @ Q.T) ** 2) * (table > 0)).sum()


def nan_table(users, items, ratings, P, Q):
    table = np.full((len(P), len(Q)), np.nan)
    table[users, items] = ratings
    return np.nansum((table - P @ Q.T) ** 2)


def einstein(users, items, ratings, P, Q):
    errors = np.einsum("nk,nk->n", P[users], Q[items]) - ratings
    return errors @ errors


def single_precision(users, items, ratings, P, Q):
    errors = ratings.astype(np.float32) - (P @ Q.T).astype(np.float32)[users, items]
    return np.linalg.norm(errors) ** 2


def plain_lists(users, items, ratings, P, Q):
    cells = list(zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True))
    return sum((r - sum(p * q for p, q in zip(P[u], Q[i], strict=True))) ** 2 for u, i, r in cells)


exercise = Exercise(
    number="2.3",
    task="Return the sum over the known ratings of (rating − predicted rating)², one number.",
    reference=factorization.squared_error,
    uses=("predict_one", "predict_all"),
    groups=(known_ratings, nothing_known),
    mistakes=(
        zeros_counted,
        mean_not_sum,
        root_taken,
        half_the_sum,
        not_squared,
        absolute_errors,
        square_of_the_sum,
        all_pairs,
        error_per_factor,
        one_rating_counts,
        last_left_out,
        clipped,
    ),
    hints=(
        "`users[n]`, `items[n]` and `ratings[n]` belong to the n-th known rating. What is its error?",
        "Go through the known ratings only, in a loop or with whole arrays: `P[users]` and `Q[items]` have a row for each rating.",
        "`(P[users] * Q[items]).sum(axis=1)` holds the predictions of all known ratings. Subtract them from `ratings`, square, and add up.",
    ),
    variants=(loop_over_ratings, mask_on_a_table, nan_table, einstein, single_precision, plain_lists),
)
