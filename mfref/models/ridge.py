"""Alternating least squares, compiled by numba: each user's, then each item's vector is one ridge regression."""

import numpy as np
from numba import njit, prange


def solve_side(factors, bias, other_factors, other_bias, rows, columns, ratings, reg, biases):
    """Solve the factors, and with `biases` the bias, of every row, in place, with the other side fixed.

    rows, columns, ratings: parallel arrays sorted by rows; ratings without mu. A bias is a factor more, whose
    counterpart on the other side is 1.
    """
    rows_from = np.searchsorted(rows, np.arange(len(factors) + 1))
    targets = (ratings - other_bias[columns]).astype(factors.dtype)
    if not biases:
        ridge_rows(factors, other_factors, rows_from, columns, targets, factors.dtype.type(reg))
        return
    with_one = np.column_stack([other_factors, np.ones(len(other_factors), factors.dtype)])
    solved = np.empty((len(factors), factors.shape[1] + 1), factors.dtype)
    ridge_rows(solved, with_one, rows_from, columns, targets, factors.dtype.type(reg))
    factors[:], bias[:] = solved[:, :-1], solved[:, -1]


@njit(cache=True, parallel=True)
def ridge_rows(factors, other, rows_from, columns, targets, reg):
    """Solve every row of `factors`, in place, with `other` fixed; a row without ratings becomes 0.

        factors_u = argmin Σ_i (r_ui − factors_u · other_i)² + n_u reg ‖factors_u‖²   over the n_u ratings of row u
                  = (Σ_i other_i other_iᵀ + n_u reg I)⁻¹ Σ_i r_ui other_i

    (Zhou, Wilkinson, Schreiber and Pan, Large-Scale Parallel Collaborative Filtering for the Netflix Prize, 2008, section 3.1.) rows_from, columns, targets: the ratings, row after row. Rows do not depend on each
    other, so that threads do not change a result.
    """
    k = factors.shape[1]
    for u in prange(len(factors)):
        A, b = np.zeros((k, k), factors.dtype), np.zeros(k, factors.dtype)
        start, end = rows_from[u], rows_from[u + 1]
        for n in range(start, end):
            q = other[columns[n]]
            for f in range(k):
                b[f] += targets[n] * q[f]
                for g in range(f + 1):
                    A[f, g] += q[f] * q[g]
        for f in range(k):
            A[f, f] += (end - start) * reg + 1e-12
        if end > start:
            cholesky_solve(A, b)
        factors[u] = b


@njit(cache=True)
def cholesky_solve(A, b):
    """Solve A x = b for symmetric positive definite A, given by its lower half; A and b are overwritten, b with x."""
    k = len(b)
    for f in range(k):  # A = L Lᵀ, and L y = b
        for g in range(f):
            dot = A.dtype.type(0)
            for h in range(g):
                dot += A[f, h] * A[g, h]
            A[f, g] = (A[f, g] - dot) / A[g, g]
        dot, y = A.dtype.type(0), b[f]
        for h in range(f):
            dot += A[f, h] * A[f, h]
            y -= A[f, h] * b[h]
        A[f, f] = np.sqrt(A[f, f] - dot)
        b[f] = y / A[f, f]
    for f in range(k - 1, -1, -1):  # Lᵀ x = y
        for h in range(f + 1, k):
            b[f] -= A[h, f] * b[h]
        b[f] /= A[f, f]
