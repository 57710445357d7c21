"""Lesson 08: one side at a time.

With Q fixed, the loss of lesson 02 falls apart into one small problem a user, and each is a ridge regression: the user's
ratings on the vectors of the items that the user rated. With P fixed it is the same for the items. Each half-step is solved
exactly, so that the loss can only fall:

    loss = sum over the known ratings of (r - p_u . q_i)^2 + reg (||P||^2 + ||Q||^2)

(Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009, "Alternating least squares"; Hoerl and Kennard,
Ridge Regression, 1970, for the half-step.)
"""

import numpy as np

from mfref.sgd import init_factors


def solve_user(Q, items, ratings, reg):
    """The vector p of a user with these ratings that is best for the given Q:

        minimizes  sum of (r - p . q_i)^2 + reg ||p||^2      =>      p = (A^T A + reg I)^-1 A^T r

    with A = Q[items], one row a rating. Q (n_items, n_factors); items, ratings (n_ratings,); reg > 0.
    → (n_factors,). Without ratings: zeros. For an item, give P and the item's users.
    """
    A = Q[items]
    return np.linalg.solve(A.T @ A + reg * np.eye(Q.shape[1]), A.T @ ratings)


def als_sweep(P, Q, users, items, ratings, reg):
    """Solve every user with Q as it is, then every item with the new P; in place.

    A row without ratings becomes zeros. → float: the RMSE on the ratings after the sweep.
    """
    for u in range(len(P)):
        known = users == u
        P[u] = solve_user(Q, items[known], ratings[known], reg)
    for i in range(len(Q)):
        known = items == i
        Q[i] = solve_user(P, users[known], ratings[known], reg)
    errors = ratings - np.sum(P[users] * Q[items], axis=1)
    return float(np.sqrt(np.mean(errors**2)))


def train_als(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    """Factors drawn by `init_factors`, then n_epochs sweeps.

    users, items, ratings (n_ratings,); rng: numpy.random.Generator.
    → `(P, Q, history)`: history is the list of the RMSE after each sweep.
    """
    P, Q = init_factors(n_users, n_items, n_factors, rng)
    history = [als_sweep(P, Q, users, items, ratings, reg) for _ in range(n_epochs)]
    return P, Q, history
