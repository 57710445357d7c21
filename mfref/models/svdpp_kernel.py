"""The inner loops of `SVDpp`, compiled by numba."""

import numpy as np
from numba import njit

from mfref.models.vectors import FAST, add_to, copy_to, fill


@njit(cache=True, fastmath=FAST)
def svdpp_epoch(mu, b_user, b_item, P, Q, Y, starts, items, ratings, order, lr, reg):
    """Every rating once, user by user in the given order, in place. → the sum of the squared errors met.

        e = r − mu − b_u − b_i − q_i . (p_u + z)        z = |N(u)|^(−1/2) Σ_j y_j
        b_u += lr (e − reg b_u),   b_i += lr (e − reg b_i)
        p_u += lr (e q_i − reg p_u),   q_i += lr (e (p_u + z) − reg q_i)      both from the old values
        y_j += lr (|N(u)|^(−1/2) Σ_i e_ui q_i − reg y_j)      for all j of N(u), after the user's ratings

    starts, items, ratings: the ratings, user after user.
    """
    k, squared = P.shape[1], 0.0
    p, z, pull = np.zeros(k, P.dtype), np.zeros(k, P.dtype), np.zeros(k, P.dtype)
    for u in order:
        first, last, b = starts[u], starts[u + 1], b_user[u]
        share = P.dtype.type(1 / np.sqrt(max(last - first, 1)))
        copy_to(p, P[u])
        fill(z, 0)
        fill(pull, 0)
        for n in range(first, last):
            add_to(z, share, Y[items[n]])
        for n in range(first, last):
            i = items[n]
            q = Q[i]
            dot = P.dtype.type(0)
            for f in range(k):
                dot += (p[f] + z[f]) * q[f]
            e = ratings[n] - (mu + b + b_item[i] + dot)
            b += lr * (e - reg * b)
            b_item[i] += lr * (e - reg * b_item[i])
            for f in range(k):
                old_p, old_q = p[f], q[f]
                pull[f] += e * old_q
                p[f] = old_p + lr * (e * old_q - reg * old_p)
                q[f] = old_q + lr * (e * (old_p + z[f]) - reg * old_q)
            squared += e * e
        for n in range(first, last):
            y = Y[items[n]]
            for f in range(k):
                y[f] += lr * (share * pull[f] - reg * y[f])
        copy_to(P[u], p)
        b_user[u] = b
    return squared


@njit(cache=True, fastmath=FAST)
def whole_user_vectors(P, Y, starts, items):
    """→ (n_users, n_factors): p_u + |N(u)|^(−1/2) Σ_{j ∈ N(u)} y_j."""
    whole = P.copy()
    for u in range(len(P)):
        for n in range(starts[u], starts[u + 1]):
            add_to(whole[u], P.dtype.type(1 / np.sqrt(starts[u + 1] - starts[u])), Y[items[n]])
    return whole
