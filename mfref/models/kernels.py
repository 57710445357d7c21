"""The inner loops of training, compiled by numba: lesson 03's and lesson 04's steps, one after the other.

A test holds each to the textbook function: the same order of updates gives the same factors. Compiled code is kept
on disk, so that only the first run on a machine waits for the compiler.
"""

import numpy as np
from numba import njit

# Sums may be added up in another order, which lets the processor take several factors at a time.
FAST = {"reassoc", "contract", "nsz"}


@njit(cache=True, fastmath=FAST)
def sgd_steps(P, Q, users, items, ratings, order, lr, reg):
    """`sgd_step` of lesson 03 for every rating in the given order, in place. → the sum of the squared errors met."""
    squared = 0.0
    for n in order:
        p, q = P[users[n]], Q[items[n]]
        dot = P.dtype.type(0)
        for f in range(len(p)):
            dot += p[f] * q[f]
        e = ratings[n] - dot
        for f in range(len(p)):
            p[f], q[f] = p[f] + lr * (e * q[f] - reg * p[f]), q[f] + lr * (e * p[f] - reg * q[f])
        squared += e * e
    return squared


@njit(cache=True, fastmath=FAST)
def biased_sgd_steps(mu, b_user, b_item, P, Q, users, items, ratings, order, lr, reg):
    """`biased_sgd_step` of lesson 04 for every rating in the given order, in place. → the sum of the squared errors met."""
    squared = 0.0
    for n in order:
        u, i = users[n], items[n]
        p, q = P[u], Q[i]
        dot = P.dtype.type(0)
        for f in range(len(p)):
            dot += p[f] * q[f]
        e = ratings[n] - (mu + b_user[u] + b_item[i] + dot)
        b_user[u] += lr * (e - reg * b_user[u])
        b_item[i] += lr * (e - reg * b_item[i])
        for f in range(len(p)):
            p[f], q[f] = p[f] + lr * (e * q[f] - reg * p[f]), q[f] + lr * (e * p[f] - reg * q[f])
        squared += e * e
    return squared


def sgd_epochs(P, Q, users, items, ratings, lr, reg, n_epochs, rng):
    """Epochs of lesson 03 in place, shuffled by rng. Yields the training RMSE of each, of the errors met on the way."""
    number = P.dtype.type
    ratings = np.asarray(ratings, dtype=P.dtype)
    for _ in range(n_epochs):
        order = rng.permutation(len(ratings))
        squared = sgd_steps(P, Q, users, items, ratings, order, number(lr), number(reg))
        yield float(np.sqrt(squared / len(ratings)))


def biased_sgd_epochs(mu, b_user, b_item, P, Q, users, items, ratings, lr, reg, n_epochs, rng):
    """Epochs of lesson 04 in place, shuffled by rng. Yields the training RMSE of each, of the errors met on the way."""
    number = P.dtype.type
    ratings = np.asarray(ratings, dtype=P.dtype)
    for _ in range(n_epochs):
        order = rng.permutation(len(ratings))
        squared = biased_sgd_steps(number(mu), b_user, b_item, P, Q, users, items, ratings, order, number(lr), number(reg))
        yield float(np.sqrt(squared / len(ratings)))
