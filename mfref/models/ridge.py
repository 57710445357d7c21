"""Alternating least squares, compiled by numba: each user's, then each item's vector is one ridge regression."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from mfref.models.kernels import cut
from mfref.models.vectors import FAST, add_to, conjugate_gradient_step, copy_to, dot, fill, multiply

N_CHUNKS = 64


class Side(NamedTuple):
    """The ratings seen from one side, row after row; row u has those from rows_from[u] to rows_from[u + 1]."""

    rows_from: np.ndarray
    chunks: np.ndarray  # (N_CHUNKS + 1,): edges of runs of rows with about as many ratings each
    columns: np.ndarray
    ratings: np.ndarray


def side(rows, columns, ratings, n_rows):
    """→ `Side` of ratings in any order."""
    order = np.lexsort((columns, rows))
    return Side(np.searchsorted(rows[order], np.arange(n_rows + 1)), cut(rows, n_rows, N_CHUNKS), columns[order], ratings[order])


def solve_side(factors, bias, other_factors, other_bias, side, reg, biases, cg_steps=None):
    """Solve the factors, and with `biases` the bias, of every row, in place, with the other side fixed.

    A bias is a factor more, whose counterpart on the other side is 1. side: its ratings without mu. cg_steps: None solves
    exactly, a number takes so many steps of conjugate gradient.
    """
    own, other = factors, other_factors
    if biases:
        own = np.column_stack([factors, bias])
        other = np.column_stack([other_factors, np.ones(len(other_factors), factors.dtype)])
    targets = side.ratings - other_bias[side.columns]
    given = own, other, side.rows_from, side.chunks, side.columns, targets, factors.dtype.type(reg)
    if cg_steps is None:
        ridge_rows(*given)
    else:
        conjugate_gradient_rows(*given, cg_steps)
    if biases:
        factors[:], bias[:] = own[:, :-1], own[:, -1]


@njit(cache=True, parallel=True, fastmath=FAST)
def ridge_rows(factors, other, rows_from, chunks, columns, targets, reg):
    """Solve every row of `factors`, in place, with `other` fixed; a row without ratings becomes 0.

        factors_u = argmin Σ_i (r_ui − factors_u · other_i)² + n_u reg ‖factors_u‖²   over the n_u ratings of row u
                  = (Σ_i other_i other_iᵀ + n_u reg I)⁻¹ Σ_i r_ui other_i

    (Zhou, Wilkinson, Schreiber and Pan, Large-Scale Parallel Collaborative Filtering for the Netflix Prize, 2008,
    section 3.1.) rows_from, columns, targets: the ratings, row after row. chunks: runs of rows, one task each. Rows do not
    depend on each other, so that threads do not change a result.
    """
    k = factors.shape[1]
    for chunk in prange(len(chunks) - 1):
        A, b = np.zeros((k, k), factors.dtype), np.zeros(k, factors.dtype)
        for u in range(chunks[chunk], chunks[chunk + 1]):
            fill(b, 0)
            for f in range(k):
                fill(A[f], 0)
            for n in range(rows_from[u], rows_from[u + 1]):
                q = other[columns[n]]
                add_to(b, targets[n], q)
                for f in range(k):
                    add_to(A[f, : f + 1], q[f], q)
            for f in range(k):
                A[f, f] += (rows_from[u + 1] - rows_from[u]) * reg + 1e-12
            if rows_from[u + 1] > rows_from[u]:
                cholesky_solve(A, b)
            copy_to(factors[u], b)


@njit(cache=True, fastmath=FAST)
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


@njit(cache=True, parallel=True, fastmath=FAST)
def conjugate_gradient_rows(factors, other, rows_from, chunks, columns, targets, reg, steps):
    """As `ridge_rows`, but only so many steps of the conjugate gradient method from where the row stands.

        A = Σ_i other_i other_iᵀ + n_u reg I,   b = Σ_i r_ui other_i;   from x = factors_u:   r = p = b − A x

    (Takács, Pilászy and Tikk, Applications of the Conjugate Gradient
    Method for Implicit Feedback Collaborative Filtering, RecSys 2011.) A is never written out: A p takes two passes over the
    row's ratings. chunks: runs of rows with about as many ratings each, one task each.
    """
    k = factors.shape[1]
    for chunk in prange(len(chunks) - 1):
        x, r = np.empty(k, factors.dtype), np.empty(k, factors.dtype)
        p, Ap = np.empty(k, factors.dtype), np.empty(k, factors.dtype)
        for u in range(chunks[chunk], chunks[chunk + 1]):
            rated, weight = range(rows_from[u], rows_from[u + 1]), (rows_from[u + 1] - rows_from[u]) * reg
            if len(rated) == 0:
                fill(factors[u], 0)
                continue
            copy_to(x, factors[u])
            copy_to(r, x)
            multiply(r, -weight)
            for n in rated:
                q = other[columns[n]]
                add_to(r, targets[n] - dot(q, x), q)
            copy_to(p, r)
            rr = dot(r, r)
            for _ in range(steps):
                if rr < 1e-20:
                    break
                copy_to(Ap, p)
                multiply(Ap, weight)
                for n in rated:
                    q = other[columns[n]]
                    add_to(Ap, dot(q, p), q)
                rr = conjugate_gradient_step(x, r, p, Ap, rr)
            copy_to(factors[u], x)


@njit(cache=True, parallel=True, fastmath=FAST)
def squared_error(factors, bias, other_factors, other_bias, rows_from, chunks, columns, ratings):
    """→ Σ (rating − bias_u − other_bias_i − factors_u . other_i)² over all ratings."""
    squared = np.zeros(len(chunks) - 1)
    for chunk in prange(len(chunks) - 1):
        for u in range(chunks[chunk], chunks[chunk + 1]):
            for n in range(rows_from[u], rows_from[u + 1]):
                i = columns[n]
                squared[chunk] += (ratings[n] - bias[u] - other_bias[i] - dot(factors[u], other_factors[i])) ** 2
    return squared.sum()
