"""solve_user: one ridge regression."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.als._slips import half_step, over_all_items, weighted_by_ratings
from mfref import als


def problem(rng, n_items, n_factors, n_ratings, **given):
    """Items in random order, ratings of any size, a strong reg."""
    return {
        "Q": rng.normal(size=(n_items, n_factors)),
        "items": rng.permutation(n_items)[:n_ratings],
        "ratings": rng.uniform(1, 6, n_ratings),
        "reg": float(rng.uniform(0.5, 3)),
        **given,
    }


@group("the law: p = (AᵀA + reg I)⁻¹ Aᵀ r, with A the vectors of the items that were rated", points=3)
def some_ratings(rng):
    """One factor by hand; then more ratings than factors."""
    yield {"Q": np.array([[1.0], [2.0], [3.0]]), "items": np.array([2, 0]), "ratings": np.array([4.0, 3.0]), "reg": 5.0}
    yield problem(rng, 4, 2, 3)
    yield problem(rng, 9, 3, 6)
    yield problem(rng, 12, 4, 12, reg=20.0)


@group("fewer ratings than factors: without reg there would be no single answer", points=1)
def few_ratings(rng):
    """One rating; two ratings and five factors."""
    yield problem(rng, 3, 2, 1)
    yield problem(rng, 6, 5, 2)


@group("a user without ratings, and an item that was rated twice", points=1)
def special_users(rng):
    """Where nothing is known, nothing pulls p away from 0. A rating that stands there twice counts twice."""
    yield problem(rng, 4, 3, 0)
    yield problem(rng, 5, 2, 4, items=np.array([3, 1, 3, 0]))


@mistake(
    title="Unknown ratings are fitted as zeros",
    message="The sum QᵀQ goes over all items, also those that this user never rated: for them the solution is pulled to a rating of 0. "
    "Four of fifteen published versions do this. Unknown is not 0.",
    next_step="Take only the rows `Q[items]` for both products.",
    also=(half_step(gram=lambda A, Q, ratings: Q.T @ Q, penalty=lambda reg, n: 0.0 * reg + 1e-9),),
)
def zeros_fitted(Q, items, ratings, reg):
    return half_step(gram=lambda A, Q, ratings: over_all_items(Q, ratings))(Q, items, ratings, reg)


@mistake(
    title="The ratings are used as weights",
    message="AᵀA has the ratings in it, as in Aᵀ diag(r) A. A rating of 5 then counts five times as much as a 1, and its own value is lost in part. "
    "Weights come in lesson 10, where there are counts and no ratings.",
    next_step="Leave the ratings out of AᵀA: they stand only on the right side, in Aᵀr.",
    also=(half_step(gram=weighted_by_ratings, target=np.ones_like),),
)
def ratings_as_weights(Q, items, ratings, reg):
    return half_step(gram=weighted_by_ratings)(Q, items, ratings, reg)


@mistake(
    title="reg is multiplied by the number of ratings",
    message="The penalty was added once for each rating. That is another convention, with a name (weighted-λ regularization), and lesson 03's steps have it, too. In this "
    "task each vector pays once, as in `regularized_loss`.",
    next_step="Add `reg * np.eye(n_factors)`, whatever the number of ratings.",
)
def reg_for_each_rating(Q, items, ratings, reg):
    return half_step(penalty=lambda reg, n: reg * n if n else reg)(Q, items, ratings, reg)


@mistake(
    title="There is no regularization",
    message="`reg` does not appear. With fewer ratings than factors AᵀA has no inverse: `solve` fails, or many vectors fit equally well and the longest is as good "
    "as any.",
    next_step="Add `reg` to the diagonal of AᵀA before you solve.",
    also=(half_step(penalty=lambda reg, n: 0.0),),
)
def no_regularization(Q, items, ratings, reg):
    return np.linalg.lstsq(Q[items], np.asarray(ratings, dtype=float), rcond=None)[0]


@mistake(
    title="reg is added to every entry",
    message="`A.T @ A + reg` adds reg to all entries of the matrix. The penalty reg ‖p‖² has only squares, no products of two factors: it belongs on the diagonal.",
    next_step="Multiply `reg` by `np.eye(n_factors)`.",
)
def reg_everywhere(Q, items, ratings, reg):
    A = Q[items]
    return np.linalg.solve(A.T @ A + reg + 1e-12 * np.eye(Q.shape[1]), A.T @ ratings)


@mistake(
    title="Half of the penalty, or twice of it",
    message="The factor 2 of a derivative was dropped on one side only. Both terms of the loss are squares, so both derivatives have a 2, and it cancels.",
    next_step="Set the derivative to 0 and divide both terms by 2.",
    also=(half_step(penalty=lambda reg, n: 2 * reg),),
)
def half_the_penalty(Q, items, ratings, reg):
    return half_step(penalty=lambda reg, n: reg / 2)(Q, items, ratings, reg)


@mistake(
    title="reg is squared",
    message="The penalty is reg ‖p‖². The square belongs to the norm. On the diagonal stands reg itself.",
    next_step="Add `reg`, not `reg**2`.",
)
def reg_squared(Q, items, ratings, reg):
    return half_step(penalty=lambda reg, n: reg**2)(Q, items, ratings, reg)


@mistake(
    title="Only the right side was solved for",
    message="The result is Aᵀr, without the inverse. That points in the direction of what the user liked, but its length and its corrections are missing.",
    next_step="Solve (AᵀA + reg I) p = Aᵀr with `np.linalg.solve`.",
)
def not_solved(Q, items, ratings, reg):
    return Q[items].T @ np.asarray(ratings, dtype=float)


@mistake(
    title="The first rows of Q were taken",
    message="The rows `Q[:len(items)]` belong to other items. `items` says which rows were rated, in the order of `ratings`.",
    next_step="Index Q with `items`.",
)
def first_rows(Q, items, ratings, reg):
    return half_step(rated=lambda Q, items: Q[: len(items)])(Q, items, ratings, reg)


@mistake(
    title="The items were sorted, the ratings were not",
    message="The rows of Q come in the order of the item numbers, as from a mask, but `ratings` is in the order of `items`: every rating meets another item's vector.",
    next_step="Use `Q[items]`, which keeps the order.",
)
def order_lost(Q, items, ratings, reg):
    return half_step(rated=lambda Q, items: Q[np.sort(items)])(Q, items, ratings, reg)


@mistake(
    title="The mean was taken off the ratings",
    message="The ratings were centred before solving. Here p . q explains the whole rating. Means and biases are another model.",
    next_step="Use `ratings` as they are.",
)
def centred(Q, items, ratings, reg):
    return half_step(target=lambda r: r - r.mean() if len(r) else r)(Q, items, ratings, reg)


def by_inverse(Q, items, ratings, reg):
    A = Q[items]
    return np.linalg.inv(A.T @ A + reg * np.identity(A.shape[1])) @ A.T @ ratings


def stacked_least_squares(Q, items, ratings, reg):
    k = Q.shape[1]
    rows = np.vstack([Q[items], np.sqrt(reg) * np.eye(k)])
    return np.linalg.lstsq(rows, np.concatenate([ratings, np.zeros(k)]), rcond=None)[0]


def dual(Q, items, ratings, reg):
    A = Q[items]
    return A.T @ np.linalg.solve(A @ A.T + reg * np.eye(len(A)), ratings)


def sums_in_loops(Q, items, ratings, reg):
    k = len(Q[0])
    left, right = reg * np.eye(k), [0.0] * k
    for i, r in zip(items, ratings, strict=True):
        for f in range(k):
            right[f] += r * Q[i][f]
            for g in range(k):
                left[f, g] += Q[i][f] * Q[i][g]
    print("solving for", len(ratings), "ratings")
    return np.linalg.solve(left, right).tolist()


def zeros_for_nobody(Q, items, ratings, reg):
    if len(items) == 0:
        return np.zeros(Q.shape[1])
    return by_inverse(Q, items, ratings, reg)


exercise = Exercise(
    number="8.1",
    task="With Q fixed, find the vector p that minimizes Σ (r − p · q_i)² + reg ‖p‖² over the given ratings.",
    reference=als.solve_user,
    groups=(some_ratings, few_ratings, special_users),
    mistakes=(
        zeros_fitted,
        ratings_as_weights,
        reg_for_each_rating,
        no_regularization,
        reg_everywhere,
        half_the_penalty,
        reg_squared,
        not_solved,
        first_rows,
        order_lost,
        centred,
    ),
    hints=(
        "With Q fixed the loss is a bowl in p, and a bowl has one lowest point: where the derivative is zero.",
        "Call the rows of the rated items A. The derivative of ‖r − A p‖² + reg ‖p‖² is zero where (AᵀA + reg I) p = Aᵀr.",
        "`A = Q[items]` gives the rows; `np.linalg.solve` takes the matrix on the left side and the vector on the right one; `np.eye(k)` is I.",
    ),
    variants=(by_inverse, stacked_least_squares, dual, sums_in_loops, zeros_for_nobody),
)
