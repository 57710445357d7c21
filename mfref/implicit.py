"""Lesson 10: counts instead of ratings.

Nobody said how good it was. It is only known how often u used i, a count w_ui, 0 for most pairs. From it follow a
preference, to be predicted, and a confidence in it:

    t_ui = 1 where counted, else 0          c_ui = 1 + alpha w_ui

    loss = Σ_{all u, i} c_ui (t_ui − p_u . q_i)² + reg (Σ ‖p_u‖² + Σ ‖q_i‖²)

(Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008, equation 3.)
"""

import numpy as np


def confidence(counts, alpha):
    """→ float array of the shape of `counts`: 1 + alpha w, for each count w. What was never used has the confidence 1.

    counts: array of any shape, ≥ 0. alpha: how much one count adds, ≥ 0.
    """
    return 1.0 + alpha * np.asarray(counts, dtype=float)


def solve_user_implicit(Q, YtY, items, counts, alpha, reg):
    """→ (n_factors,): the p that minimizes Σ_all items c (t − p . q)² + reg ‖p‖² for one user, with Q fixed:

        p = (YᵀY + Σ_n alpha w_n q_n q_nᵀ + reg I)⁻¹ Σ_n (1 + alpha w_n) q_n

    the sums over the user's own counts only (Hu, Koren and Volinsky 2008, equation 4 and what follows it). For an item the
    same, with P in place of Q. Without counts: zeros.

    Q (n_items, n_factors). YtY (n_factors, n_factors): Σ q qᵀ over all items, not changed. items (n,): the items that the user
    used, each once, with their `counts` (n,).
    """
    q, extra = Q[items], alpha * counts
    A = YtY + (q.T * extra) @ q + reg * np.eye(Q.shape[1])
    return np.linalg.solve(A, (1 + extra) @ q)


def train_implicit(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    """Factors normal with standard deviation 0.1; then n_epochs times: solve all users, then all items with the new P.

    users, items, counts (n_counts,): each pair at most once, counts > 0.
    → `(P, Q, history)`: history is the list of the n_epochs losses over ALL cells, after each epoch. Since
    Σ_all (p . q)² needs no confidence, only the counted cells are corrected: c (1 − p . q)² in place of (p . q)².
    """
    P, Q = rng.normal(0, 0.1, (n_users, n_factors)), rng.normal(0, 0.1, (n_items, n_factors))
    of_user = [np.flatnonzero(users == u) for u in range(n_users)]
    of_item = [np.flatnonzero(items == i) for i in range(n_items)]
    history = []
    for _ in range(n_epochs):
        YtY = Q.T @ Q
        for u, n in enumerate(of_user):
            P[u] = solve_user_implicit(Q, YtY, items[n], counts[n], alpha, reg)
        YtY = P.T @ P
        for i, n in enumerate(of_item):
            Q[i] = solve_user_implicit(P, YtY, users[n], counts[n], alpha, reg)
        scores = P @ Q.T
        counted = scores[users, items]
        loss = np.sum(scores**2) + np.sum(confidence(counts, alpha) * (1 - counted) ** 2 - counted**2)
        history.append(float(loss + reg * (np.sum(P**2) + np.sum(Q**2))))
    return P, Q, history
