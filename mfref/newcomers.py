"""People and films that are kept away from the training, to see what a model can do for newcomers."""

from dataclasses import dataclass

import numpy as np

from mfref.models import MatrixFactorization


@dataclass(frozen=True)
class HeldOut:
    """A model that has never met some people or films, with the biases as two factors more, and the ratings to judge it by.

    r ≈ mu + P[u] @ Q[i];  P (n_users, n_factors + 2): p_u, b_u, 1;  Q (n_items, n_factors + 2): q_i, 1, b_i.
    Whoever is new has zeros in place of p and b. Rows are those of `data.users` and `data.items`.
    old_users, old_items: rows that the model has learned from. known (n_items,): the share of these users who rated the item.
    people: for each new user two arrays of indices into the ratings, in random order: those that may be asked for, and the test.
    test: indices of all ratings of new films.
    """

    mu: float
    P: np.ndarray
    Q: np.ndarray
    old_users: np.ndarray
    old_items: np.ndarray
    known: np.ndarray
    people: list
    test: np.ndarray


def hold_out(data, people=0, films=0, seed=3, n_factors=10):
    """Keep all ratings of so many random people and films away, train on the others; → `HeldOut`."""
    rng = np.random.default_rng(seed)
    users, items, _ = data.arrays()
    new_users = rng.choice(data.n_users, people, replace=False)
    new_items = rng.choice(data.n_items, films, replace=False)
    kept = ~np.isin(users, new_users) & ~np.isin(items, new_items)
    model = MatrixFactorization(n_factors=n_factors).fit(data.ratings[kept])
    P, Q = np.zeros((data.n_users, n_factors + 2)), np.zeros((data.n_items, n_factors + 2))
    P[:, -1], Q[:, -2] = 1, 1
    old_users, old_items = np.unique(users[kept]), np.unique(items[kept])
    P[old_users, :-1] = np.column_stack([model.P_, model.b_user_])
    Q[old_items, :-2], Q[old_items, -1] = model.Q_, model.b_item_
    known = np.bincount(items[kept], minlength=data.n_items) / len(old_users)
    halves = [np.array_split(rng.permutation(np.flatnonzero(users == u)), 2) for u in new_users]
    test = np.flatnonzero(np.isin(items, new_items))
    return HeldOut(model.mu_, P, Q, old_users, old_items, known, halves, test)
