"""The inner loops of stochastic gradient descent, compiled by numba: lesson 03's and lesson 04's steps, one after the other.

An epoch deals with the ratings in blocks: N_PARTS parts of the users by N_PARTS parts of the items. Blocks that share no user and
no item can be dealt with at the same time, and the result is the same whatever the number of threads (Gemulla, Nijkamp,
Haas and Sismanis, Large-Scale Matrix Factorization with Distributed SGD, KDD 2011, section 4). Within a block it goes user by
user, in shuffled order, which keeps p_u at hand.

A test holds the kernel to the textbook function: the same order of updates gives the same factors. Compiled code is kept
on disk, so that only the first run on a machine waits for the compiler.
"""

from contextlib import contextmanager

import numba
import numpy as np
from numba import njit, prange

from mfref.models.vectors import FAST, copy_to

N_PARTS = 8
WORTH_THREADS = 5_000_000  # ratings times factors: with fewer, waiting for a busy core costs more than a second thread brings


@njit(cache=True, parallel=True)
def sgd_epoch_in_blocks(mu, b_user, b_item, P, Q, starts, items, ratings, order, parts, lr, lr_bias, reg, squared):
    """`biased_sgd_step` of lesson 04 for every rating, in place; the squared errors met are added up into `squared`, by parts.

    starts[u, c]: where the ratings of user u for items of part c begin in items and ratings. order: the users, those of
    part d at parts[d] to parts[d + 1]. lr_bias: 0 leaves the biases alone, which makes it `sgd_step` of lesson 03.
    """
    n_parts = len(parts) - 1
    for shift in range(n_parts):
        for d in prange(n_parts):
            c = (d + shift) % n_parts
            users = order, parts[d], parts[d + 1]
            squared[d] += sgd_block(mu, b_user, b_item, P, Q, starts, c, items, ratings, users, lr, lr_bias, reg)


@njit(cache=True, fastmath=FAST)
def sgd_block(mu, b_user, b_item, P, Q, starts, c, items, ratings, users, lr, lr_bias, reg):
    """The ratings of a part of the users for part c of the items, in place. → the sum of the squared errors met."""
    k, squared = P.shape[1], 0.0
    p = np.empty(k, P.dtype)
    order, first_user, last_user = users
    for n_user in range(first_user, last_user):
        u = order[n_user]
        b = b_user[u]
        copy_to(p, P[u])
        for n in range(starts[u, c], starts[u, c + 1]):
            i = items[n]
            q = Q[i]
            dot = P.dtype.type(0)
            for f in range(k):
                dot += p[f] * q[f]
            e = ratings[n] - (mu + b + b_item[i] + dot)
            b += lr_bias * (e - reg * b)
            b_item[i] += lr_bias * (e - reg * b_item[i])
            for f in range(k):
                old_p, old_q = p[f], q[f]
                p[f] = old_p + lr * (e * old_q - reg * old_p)
                q[f] = old_q + lr * (e * old_p - reg * old_q)
            squared += e * e
        copy_to(P[u], p)
        b_user[u] = b
    return squared


def sgd_epochs(P, Q, users, items, ratings, lr, reg, n_epochs, rng):
    """Epochs of lesson 03 in place, shuffled by rng. Yields the training RMSE of each, of the errors met on the way."""
    no_biases = np.zeros(len(P), P.dtype), np.zeros(len(Q), Q.dtype)
    return _epochs(0, *no_biases, P, Q, users, items, ratings, lr, 0, reg, n_epochs, rng)


def biased_sgd_epochs(mu, b_user, b_item, P, Q, users, items, ratings, lr, reg, n_epochs, rng):
    """Epochs of lesson 04 in place, shuffled by rng. Yields the training RMSE of each, of the errors met on the way."""
    return _epochs(mu, b_user, b_item, P, Q, users, items, ratings, lr, lr, reg, n_epochs, rng)


def _epochs(mu, b_user, b_item, P, Q, users, items, ratings, lr, lr_bias, reg, n_epochs, rng):
    number = P.dtype.type
    by_block, starts, parts = blocks(users, items, len(P), len(Q), rng)
    given = starts, items[by_block], ratings[by_block].astype(P.dtype)
    for _ in range(n_epochs):
        order = np.concatenate([rng.permutation(np.arange(*part)) for part in zip(parts, parts[1:], strict=False)])
        rates = number(lr), number(lr_bias), number(reg)
        squared = np.zeros(N_PARTS)
        with threads_for(len(ratings) * P.shape[1]):
            sgd_epoch_in_blocks(number(mu), b_user, b_item, P, Q, *given, order, parts, *rates, squared)
        yield float(np.sqrt(squared.sum() / len(ratings)))


@contextmanager
def threads_for(work):
    """One thread for little work, all that numba may use otherwise."""
    before = numba.get_num_threads()
    numba.set_num_threads(before if work >= WORTH_THREADS else 1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def blocks(users, items, n_users, n_items, rng):
    """→ `(by_block, starts, parts)`: the order of the ratings by user and part of the items, shuffled within; where each
    begins, (n_users, N_PARTS + 1); and the first user of each part, (N_PARTS + 1,).

    A part is a run of rows with an equal share of the ratings, as near as rows can be cut.
    """
    parts, item_parts = cut(users, n_users), cut(items, n_items)
    part_of = np.searchsorted(item_parts, np.arange(n_items), side="right") - 1
    shuffled = rng.permutation(len(users))
    block = (users * N_PARTS + part_of[items])[shuffled]
    by_block = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[by_block], np.arange(n_users + 1)[:, None] * N_PARTS + np.arange(N_PARTS + 1))
    return shuffled[by_block], starts[:n_users], parts


def cut(rows, n_rows, n_parts=N_PARTS):
    """→ (n_parts + 1,): edges that cut 0..n_rows − 1 into runs of about as many ratings each."""
    passed = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])
    edges = np.searchsorted(passed, np.arange(n_parts + 1) * passed[-1] / n_parts)
    edges[-1] = n_rows
    return edges
