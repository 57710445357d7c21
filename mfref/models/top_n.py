"""The best items of many users at once, compiled by numba."""

import numpy as np
from numba import njit, prange


@njit(cache=True, parallel=True)
def best_of_rows(scores, users, seen_from, seen, hide_seen, items, best):
    """Write into items and best, (≥ n_users, n), the rows and scores of each row's n highest scores, best first.

    scores: (n_users, n_items), overwritten. seen_from, seen: what each user row rated, row after row; left out if
    hide_seen. An equal score that comes later never takes a place, so that ties go to the lower item. Places that stay
    empty keep what was in them.
    """
    n = items.shape[1]
    for row in prange(len(scores)):
        own = scores[row]
        if hide_seen:
            for s in range(seen_from[users[row]], seen_from[users[row] + 1]):
                own[seen[s]] = -np.inf
        least = -np.inf
        for i in range(len(own) if n else 0):
            if own[i] > least:
                place = n - 1
                while place > 0 and own[i] > best[row, place - 1]:
                    best[row, place], items[row, place] = best[row, place - 1], items[row, place - 1]
                    place -= 1
                best[row, place], items[row, place] = own[i], i
                least = best[row, n - 1]
