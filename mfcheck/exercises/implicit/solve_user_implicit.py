"""solve_user_implicit: one user's factors from what was counted and from all that was not."""

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.implicit._solve_mistakes import (
    all_confidence_in_the_vector_lost,
    alpha_missing,
    confidence_counted_twice,
    confidence_not_in_the_matrix,
    counts_as_targets,
    first_rows_taken,
    gram_changed,
    gram_computed_anew,
    logarithm,
    no_regularization,
    not_solved,
    only_the_counted_items,
    reg_on_every_entry,
    reg_times_counts,
    vector_without_the_one,
    weights_squared,
)
from mfref import implicit


def problem(rng, n_items, n_counted, n_factors=2, **given):
    """Factors, some items in any order with counts of 1 to 6, and a regularization that is felt."""
    Q = rng.normal(size=(n_items, n_factors))
    return {
        "Q": Q,
        "YtY": Q.T @ Q,
        "items": rng.permutation(n_items)[:n_counted],
        "counts": rng.permutation(6)[:n_counted] + 1.0,
        "alpha": float(rng.uniform(0.4, 0.8)),
        "reg": float(rng.uniform(1.5, 3)),
        **given,
    }


@group("the law: equal to the solution over all items", points=3)
def any_user(rng):
    """The example of the lesson by hand; then more items; more factors; a large alpha; an item and its users."""
    Q = np.array([[1.0], [0.5], [-1.0]])
    yield {"Q": Q, "YtY": Q.T @ Q, "items": np.array([0, 1]), "counts": np.array([2.0, 1.0]), "alpha": 1.0, "reg": 0.5}
    yield problem(rng, 5, 3)
    yield problem(rng, 8, 4, n_factors=3)
    yield problem(rng, 6, 3, alpha=4.0, reg=8.0)
    yield problem(rng, 9, 6, n_factors=4)


@group("a single count, no count at all, whole counts", points=1)
def few_counts(rng):
    """One item; none, where the answer is zeros; counts of NumPy's whole type."""
    yield problem(rng, 5, 1, counts=np.array([3.0]))
    yield problem(rng, 4, 0)
    yield problem(rng, 6, 3, counts=np.array([2, 5, 1]))


@group("YtY is used as it was given", points=1)
def of_a_larger_catalogue(rng):
    """Q holds one shelf of a large catalogue; YtY was summed over all of it, before."""
    for n_items, n_factors in ((4, 2), (6, 3)):
        elsewhere = rng.normal(size=(10, n_factors))
        arguments = problem(rng, n_items, 3, n_factors)
        yield {**arguments, "YtY": arguments["YtY"] + elsewhere.T @ elsewhere}


def sum_of_outer_products(Q, YtY, items, counts, alpha, reg):
    A, b = YtY.copy(), np.zeros(Q.shape[1])
    for item, count in zip(items, counts, strict=True):
        A += alpha * count * np.outer(Q[item], Q[item])
        b += (1 + alpha * count) * Q[item]
    print(A)
    return np.linalg.inv(A + reg * np.eye(len(b))) @ b


def diagonal_matrix(Q, YtY, items, counts, alpha, reg):
    C, q = np.diag(1 + alpha * counts), Q[items]
    A = YtY + q.T @ (C - np.eye(len(items))) @ q + reg * np.eye(Q.shape[1])
    return np.linalg.lstsq(A, q.T @ C @ np.ones(len(items)), rcond=None)[0]


def over_all_items_with_weights(Q, YtY, items, counts, alpha, reg):
    extra, wanted = np.zeros(len(Q)), np.zeros(len(Q))
    extra[items], wanted[items] = alpha * counts, 1
    A = YtY + Q.T @ (extra[:, None] * Q) + reg * np.identity(Q.shape[1])
    return np.linalg.solve(A, Q.T @ ((1 + extra) * wanted)).tolist()


def single_precision(Q, YtY, items, counts, alpha, reg):
    given = Q.astype(np.float32), YtY.astype(np.float32), items, counts.astype(np.float32), np.float32(alpha), np.float32(reg)
    return implicit.solve_user_implicit(*given).astype(np.float32)


def zeros_said_first(Q, YtY, items, counts, alpha, reg):
    if len(items) == 0:
        return np.zeros(Q.shape[1])
    L = np.linalg.cholesky(YtY + np.einsum("n,nf,ng->fg", alpha * counts, Q[items], Q[items]) + np.diag([reg] * Q.shape[1]))
    return np.linalg.solve(L.T, np.linalg.solve(L, Q[items].T @ (alpha * counts + 1)))


exercise = Exercise(
    number="10.2",
    task="Return p = (YtY + Σ alpha·w·q qᵀ + reg·I)⁻¹ Σ (1 + alpha·w)·q, the sums over the counted items; shape (n_factors,).",
    reference=implicit.solve_user_implicit,
    groups=(any_user, few_counts, of_a_larger_catalogue),
    mistakes=(
        only_the_counted_items,
        confidence_counted_twice,
        vector_without_the_one,
        all_confidence_in_the_vector_lost,
        confidence_not_in_the_matrix,
        counts_as_targets,
        alpha_missing,
        logarithm,
        weights_squared,
        no_regularization,
        reg_times_counts,
        reg_on_every_entry,
        first_rows_taken,
        not_solved,
        gram_changed,
        gram_computed_anew,
    ),
    hints=(
        "It is one system of linear equations, A p = b. First write down the shapes of A and of b.",
        "A begins as YtY, which already has every item once. For a counted item only the rest of its confidence is added, alpha·w. b has the "
        "whole confidence, for only counted items stand in it.",
        "With `q = Q[items]`: the sum of the outer products is `(q.T * weights) @ q`, and `weights @ q` is a weighted sum of rows. "
        "`np.linalg.solve(A, b)` does the rest. Do not write into YtY.",
    ),
    variants=(sum_of_outer_products, diagonal_matrix, over_all_items_with_weights, single_precision, zeros_said_first),
)
