"""The inner loops of `ImplicitALS`, compiled by numba.

A sum over all items for one user is QᵀQ, the same for all users, plus what the user's own items add (Hu, Koren and
Volinsky, 2008, section 4); so a round costs what the counts cost, not what the cells would.
"""

import numpy as np
from numba import njit, prange

from mfref.models.ridge import cholesky_solve
from mfref.models.vectors import FAST, add_to, conjugate_gradient_step, copy_to, dot, fill


def solve_side(factors, other, side, reg, cg_steps):
    """Solve every row of `factors`, in place, with `other` fixed.

        factors_u = argmin Σ_i c_ui (t_ui − factors_u . other_i)² + reg ‖factors_u‖²   over all i
                  = (gram + Σ_n extra_n other_n other_nᵀ)⁻¹ Σ_n (1 + extra_n) other_n,   gram = otherᵀ other + reg I

    the sums over what row u has counts of; extra = alpha w. side: a `Side` with extra in place of ratings.
    cg_steps: None solves exactly, a number takes so many steps of conjugate gradient from where the row stands.
    """
    gram = other.T @ other + factors.dtype.type(reg) * np.eye(other.shape[1], dtype=factors.dtype)
    if cg_steps is None:
        exact_rows(factors, other, gram, *side)
    else:
        conjugate_gradient_rows(factors, other, gram, *side, cg_steps)


def loss(P, Q, side, reg):
    """→ the loss over all cells: Σ_all (p_u . q_i)² by the two gram matrices, corrected where there are counts."""
    everywhere = np.sum((P.T @ P).astype(float) * (Q.T @ Q))
    return float(everywhere + correction(P, Q, *side) + reg * (np.vdot(P, P) + np.vdot(Q, Q)))


@njit(cache=True, parallel=True, fastmath=FAST)
def exact_rows(factors, other, gram, rows_from, chunks, columns, extra):
    """`solve_side`, exactly. Rows do not depend on each other, so that threads do not change a result."""
    k = factors.shape[1]
    for chunk in prange(len(chunks) - 1):
        A, b = np.empty((k, k), factors.dtype), np.zeros(k, factors.dtype)
        for u in range(chunks[chunk], chunks[chunk + 1]):
            fill(b, 0)
            for f in range(k):
                copy_to(A[f], gram[f])
            for n in range(rows_from[u], rows_from[u + 1]):
                q = other[columns[n]]
                add_to(b, 1 + extra[n], q)
                for f in range(k):
                    add_to(A[f, : f + 1], extra[n] * q[f], q)
            cholesky_solve(A, b)
            copy_to(factors[u], b)


@njit(cache=True, parallel=True, fastmath=FAST)
def conjugate_gradient_rows(factors, other, gram, rows_from, chunks, columns, extra, steps):
    """`solve_side` by conjugate gradient, as in `ridge.conjugate_gradient_rows`; A p = gram p + Σ_n extra_n (other_n . p) other_n
    (Takács, Pilászy and Tikk, RecSys 2011)."""
    k = factors.shape[1]
    for chunk in prange(len(chunks) - 1):
        x, r = np.empty(k, factors.dtype), np.zeros(k, factors.dtype)
        p, Ap = np.empty(k, factors.dtype), np.zeros(k, factors.dtype)
        for u in range(chunks[chunk], chunks[chunk + 1]):
            counted = range(rows_from[u], rows_from[u + 1])
            copy_to(x, factors[u])
            fill(r, 0)
            for f in range(k):
                add_to(r, -x[f], gram[f])
            for n in counted:
                q = other[columns[n]]
                add_to(r, 1 + extra[n] - extra[n] * dot(q, x), q)
            copy_to(p, r)
            rr = dot(r, r)
            for _ in range(steps):
                if rr < 1e-20:
                    break
                fill(Ap, 0)
                for f in range(k):
                    add_to(Ap, p[f], gram[f])
                for n in counted:
                    q = other[columns[n]]
                    add_to(Ap, extra[n] * dot(q, p), q)
                rr = conjugate_gradient_step(x, r, p, Ap, rr)
            copy_to(factors[u], x)


@njit(cache=True, parallel=True, fastmath=FAST)
def correction(P, Q, rows_from, chunks, columns, extra):
    """→ Σ (1 + extra) (1 − p_u . q_i)² − (p_u . q_i)² over the counts."""
    totals = np.zeros(len(chunks) - 1)
    for chunk in prange(len(chunks) - 1):
        for u in range(chunks[chunk], chunks[chunk + 1]):
            for n in range(rows_from[u], rows_from[u + 1]):
                predicted = dot(P[u], Q[columns[n]])
                totals[chunk] += (1 + extra[n]) * (1 - predicted) ** 2 - predicted**2
    return totals.sum()
