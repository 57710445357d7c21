"""Lesson 11: somebody nobody knows yet.

A newcomer has no row in P, a new film none in Q. A few answers, or what is known of them otherwise, give them one:

    answers   p = (AᵀA + reg I)⁻¹ Aᵀ r,    A = the rows of Q of the films answered for     (fold-in)
    features  q = q_own + Σ_g x_g g_g,     one vector for each genre, age, …, shared by all who have it

The bias of a user fits in as one more factor, whose partner in Q is always 1.
"""

import numpy as np


def fold_in_user(Q, items, ratings, reg):
    """The newcomer's vector that explains a few answers best, with Q as it is: one ridge regression,

        p = argmin Σ (r_n − p . q_i(n))² + reg ‖p‖² = (AᵀA + reg I)⁻¹ Aᵀ r,    A = Q[items]

    Q (n_items, n_factors); items, ratings (n_answers,), an item twice counts twice; reg > 0, counted once.
    → (n_factors,); without answers zeros.
    """
    A = Q[items]
    return np.linalg.solve(A.T @ A + reg * np.eye(Q.shape[1]), A.T @ ratings)


def genre_factors(Q, genres, reg):
    """A vector for each genre, so that the vectors of a film's genres add up to something near the film's own:

        G = argmin ‖Q − genres G‖² + reg ‖G‖² = (XᵀX + reg I)⁻¹ Xᵀ Q,    X = genres

    Q (n_items, n_factors); genres (n_items, n_genres), 1 where the film has the genre, else 0; reg > 0.
    → (n_genres, n_factors); zeros for a genre that no film has.
    """
    return np.linalg.solve(genres.T @ genres + reg * np.eye(genres.shape[1]), genres.T @ Q)


def predict_with_features(P, Q, user_features, item_features, D, G, users, items):
    """For each pair of `users` and `items`, arrays of n indices:

        (p_u + Σ_f x_uf d_f) . (q_i + Σ_g y_ig g_g)

    P (n_users, n_factors), user_features x (n_users, n_user_features), D (n_user_features, n_factors);
    Q (n_items, n_factors), item_features y (n_items, n_item_features), G (n_item_features, n_factors).
    Features are any numbers, not only 0 and 1. → (n,).
    Source: Kula, Metadata Embeddings for User and Item Cold-start Recommendations, 2015, without the biases.
    """
    p = P[users] + user_features[users] @ D
    q = Q[items] + item_features[items] @ G
    return np.sum(p * q, axis=1)


def onboarding_items(Q, known, n, reg):
    """Which items to ask a newcomer about, best first: each the one that tells most after those before it.

        A = reg I;  n times: ask argmax_i known_i q_iᵀ A⁻¹ q_i of those not asked yet,  A ← A + known_i q_i q_iᵀ

    Q (n_items, n_factors); known (n_items,), the probability that a newcomer can answer about the item; reg > 0.
    → (n,) item indices, all items if there are fewer than n. Ties go to the lower index. Items with known 0 come last.
    Each step makes log det A grow most: by log(1 + known_i q_iᵀ A⁻¹ q_i), a greedy D-optimal design.
    """
    A = reg * np.eye(Q.shape[1])
    left = np.ones(len(Q), dtype=bool)
    asked = []
    for _ in range(min(n, len(Q))):
        gain = known * np.sum(Q @ np.linalg.inv(A) * Q, axis=1)
        i = int(np.argmax(np.where(left, gain, -np.inf)))
        asked.append(i)
        left[i] = False
        A += known[i] * np.outer(Q[i], Q[i])
    return np.array(asked, dtype=int)
