"""The half-step with its parts exchanged: what the known mistakes of this lesson are made of."""

import numpy as np


def half_step(
    rated=lambda Q, items: Q[items],
    gram=lambda A, Q, ratings: A.T @ A,
    penalty=lambda reg, n: reg,
    target=lambda ratings: ratings,
    name="solve_user",
):
    """→ a `solve_user`: (gram + penalty I)⁻¹ Aᵀ target, A the vectors of the rated items."""

    def solve_user(Q, items, ratings, reg):
        A, ratings = rated(Q, items), np.asarray(ratings, dtype=float)
        left = gram(A, Q, ratings) + penalty(reg, len(ratings)) * np.eye(Q.shape[1])
        return np.linalg.solve(left, A.T @ target(ratings))

    solve_user.__name__ = name
    return solve_user


def over_all_items(Q, ratings):
    return Q.T @ Q


def weighted_by_ratings(A, Q, ratings):
    return A.T @ (ratings[:, None] * A)


def sweep(users_first=True, new=True, solve=half_step(), error="after", empty="zeros", sides="both", name="als_sweep"):
    """→ an `als_sweep`. new: the second side is solved with the first one's new values. error: "after" or "before" the sweep.
    empty: what becomes of rows without ratings, "zeros" or "kept". sides: "both", "first" or "second"."""

    def als_sweep(P, Q, users, items, ratings, reg):
        before = root_mean_square(P, Q, users, items, ratings)
        old = P.copy(), Q.copy()
        order = [(P, Q, users, items, old[1]), (Q, P, items, users, old[0])]
        for n, (own, other, rows, columns, other_before) in enumerate(order if users_first else order[::-1]):
            if sides == ("second" if n == 0 else "first"):
                continue
            side(own, other if new else other_before, rows, columns, ratings, reg, solve, empty)
        return before if error == "before" else root_mean_square(P, Q, users, items, ratings)

    als_sweep.__name__ = name
    return als_sweep


def side(own, other, rows, columns, ratings, reg, solve, empty):
    for row in range(len(own)):
        known = rows == row
        if known.any() or empty == "zeros":
            own[row] = solve(other, columns[known], ratings[known], reg)


def root_mean_square(P, Q, users, items, ratings):
    return float(np.sqrt(np.mean((ratings - np.sum(P[users] * Q[items], axis=1)) ** 2)))
