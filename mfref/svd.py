"""Lesson 09: filling in, and why it loses.

The singular value decomposition takes a full matrix R (n_users, n_items) apart:

    R = U diag(s) Vt        U and V with orthonormal columns, s >= 0, the largest first

Its first k terms are the nearest matrix of rank k, in the sum of squared differences (Eckart and Young, The Approximation
of One Matrix by Another of Lower Rank, 1936). It knows no gaps: whatever is filled in is fitted like a rating.

(Filling in again and again: Mazumder, Hastie and Tibshirani, Spectral Regularization Algorithms for Learning Large Incomplete
Matrices, 2010, where it is called Hard-Impute.)
"""

import numpy as np


def impute(R, how):
    """A copy of R (n_users, n_items) whose NaN are filled in; known cells stay.

    how: "zero", "global_mean" (of all known cells), "user_mean" (of the row) or "item_mean" (of the column); a row or column
    without a known cell gets the global mean. → (n_users, n_items). Raises ValueError on any other `how`.
    """
    if how not in ("zero", "global_mean", "user_mean", "item_mean"):
        raise ValueError(f"how is {how!r}, and not one of zero, global_mean, user_mean, item_mean")
    known = ~np.isnan(R)
    if how == "zero":
        return np.where(known, R, 0.0)
    guess = np.mean(R[known])
    if how != "global_mean":
        axis = 1 if how == "user_mean" else 0
        total = np.sum(R, axis=axis, keepdims=True, where=known)
        count = np.sum(known, axis=axis, keepdims=True)
        guess = np.where(count > 0, total / np.maximum(count, 1), guess)
    return np.where(known, R, guess)


def truncated_svd(R, k):
    """The first k terms of the singular value decomposition of R (n_users, n_items), a matrix without NaN.

    1 <= k <= min(n_users, n_items). → `(U, s, Vt)`: (n_users, k) with orthonormal columns, (k,) the largest first, (k, n_items)
    with orthonormal rows. The signs are free: a column of U and its row of Vt may be turned together.
    """
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return U[:, :k], s[:k], Vt[:k]


def factors_from_svd(U, s, Vt, k):
    """User and item factors of the first k terms, each with half of every singular value:

        P = U sqrt(diag(s))        Q = V sqrt(diag(s))        P @ Q.T = U diag(s) Vt

    U (n_users, n), s (n,), Vt (n, n_items), n >= k. → `(P, Q)`: (n_users, k), (n_items, k).
    """
    root = np.sqrt(s[:k])
    return U[:, :k] * root, Vt[:k].T * root


def iterate_svd(R, k, n_steps):
    """Fill the NaN of R (n_users, n_items) with the item means, then n_steps times with what k terms say about them:

        X <- R where known, else the first k terms of the SVD of X

    → `(filled, changes)`: (n_users, n_items), and a list of the n_steps root mean squared changes of the unknown cells. Without
    unknown cells R comes back as a copy, and the changes are 0.0.
    """
    unknown = np.isnan(R)
    filled, changes = impute(R, "item_mean"), []
    for _ in range(n_steps):
        U, s, Vt = truncated_svd(filled, k)
        guess = (U * s) @ Vt
        change = (guess - filled)[unknown]
        filled = np.where(unknown, guess, R)
        changes.append(float(np.sqrt(np.mean(change**2))) if change.size else 0.0)
    return filled, changes
