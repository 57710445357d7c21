"""Lesson 03: one rating at a time.

Stochastic gradient descent on the loss of one rating r of user u for item i (the factor 2 of the gradient is
absorbed in the learning rate):

    e   = r - p_u . q_i
    p_u <- p_u + lr (e q_i - reg p_u)
    q_i <- q_i + lr (e p_u - reg q_i)      with the old p_u

(Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009, the two updates
after equation 2).
"""

import numpy as np


def init_factors(n_users, n_items, n_factors, rng, scale=0.1):
    """→ `(P, Q)`: factors drawn from a normal distribution with mean 0 and standard deviation `scale`.

    P (n_users, n_factors), Q (n_items, n_factors); rng: numpy.random.Generator.
    """
    return rng.normal(0, scale, (n_users, n_factors)), rng.normal(0, scale, (n_items, n_factors))


def sgd_step(P, Q, u, i, r, lr, reg):
    """Move p_u and q_i one step down the loss of the rating r, in place; both steps from the old values.

    → float: the error e = r - p_u . q_i before the step.
    """
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * (e * q - reg * p)
    Q[i] += lr * (e * p - reg * q)
    return float(e)


def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):
    """One `sgd_step` for every rating, in an order shuffled by rng; P and Q change in place.

    → float: the epoch's training RMSE, sqrt(mean e^2) over the errors met on the way.
    """
    squared = 0.0
    for n in rng.permutation(len(ratings)):
        e = sgd_step(P, Q, users[n], items[n], ratings[n], lr, reg)
        squared += e * e
    return float(np.sqrt(squared / len(ratings)))


def train_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    """Factors from `init_factors`, then n_epochs of `sgd_epoch`.

    → `(P, Q, history)`: history is the list of the n_epochs training RMSEs.
    """
    P, Q = init_factors(n_users, n_items, n_factors, rng)
    history = [sgd_epoch(P, Q, users, items, ratings, lr, reg, rng) for _ in range(n_epochs)]
    return P, Q, history
