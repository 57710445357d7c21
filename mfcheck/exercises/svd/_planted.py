"""Matrices whose singular values are known before: far enough from each other that every way to compute them agrees."""

import numpy as np


def orthonormal(rng, n, k):
    return np.linalg.qr(rng.normal(size=(n, k)))[0]


def parts(rng, n_users, n_items, n=None):
    """→ (U, s, Vt) with n singular values, the first above 6, each at most two thirds of the one before."""
    n = n or min(n_users, n_items)
    s = rng.uniform(6, 9) * np.cumprod(np.concatenate([[1.0], rng.uniform(0.4, 0.66, n - 1)]))
    return orthonormal(rng, n_users, n), s, orthonormal(rng, n_items, n).T


def matrix(rng, n_users, n_items):
    U, s, Vt = parts(rng, n_users, n_items)
    return U * s @ Vt
