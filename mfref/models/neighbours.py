"""The inner loops of `ItemKNN`, compiled by numba."""

import numpy as np
from numba import njit, prange


@njit(cache=True, parallel=True)
def correlations(seen_from, seen, residual, raters_from, raters, given, shrinkage):
    """→ (n_items, n_items) float32: the shrunk correlation of the residuals of each two items, over the users of both.

    seen_from, seen, residual: each user's items and residuals, row after row. raters_from, raters, given: each item's users
    and residuals. An item's row is its own task, so that threads do not change a result.
    """
    n_items = len(raters_from) - 1
    similarity = np.zeros((n_items, n_items), dtype=np.float32)
    for i in prange(n_items):
        products, mine, theirs, both = np.zeros(n_items), np.zeros(n_items), np.zeros(n_items), np.zeros(n_items)
        for a in range(raters_from[i], raters_from[i + 1]):
            u, e = raters[a], given[a]
            for b in range(seen_from[u], seen_from[u + 1]):
                j = seen[b]
                products[j] += e * residual[b]
                mine[j] += e * e
                theirs[j] += residual[b] * residual[b]
                both[j] += 1
        for j in range(n_items):
            if j != i and both[j] > 1 and mine[j] > 0 and theirs[j] > 0:
                correlation = products[j] / np.sqrt(mine[j] * theirs[j])
                similarity[i, j] = (both[j] - 1) / (both[j] - 1 + shrinkage) * correlation
    return similarity


@njit(cache=True, parallel=True)
def weighted_residuals(users, items, seen_from, seen, residual, similarity, n_neighbours):
    """→ (n,): Σ_j s_ij (r_uj − b_uj) / Σ_j s_ij over the user's n_neighbours items most similar to i; 0 where there are none.

    users, items: rows, −1 for unknown.
    """
    spoken = np.zeros(len(users))
    for n in prange(len(users)):
        u, i = users[n], items[n]
        if u < 0 or i < 0:
            continue
        weights = np.empty(seen_from[u + 1] - seen_from[u])
        for b in range(len(weights)):
            weights[b] = similarity[i, seen[seen_from[u] + b]]
        nearest = np.argsort(-weights, kind="mergesort")[:n_neighbours]
        total, weight = 0.0, 0.0
        for b in nearest:
            if weights[b] > 0:
                total += weights[b] * residual[seen_from[u] + b]
                weight += weights[b]
        if weight > 0:
            spoken[n] = total / weight
    return spoken
