"""Lesson 02: a rating as a dot product.

Model: the predicted rating of user u for item i is p_u . q_i, rows of the factors P (n_users, n_factors)
and Q (n_items, n_factors). Loss over the known ratings:

    L(P, Q) = sum (r_ui - p_u . q_i)^2 + reg (||P||^2 + ||Q||^2)

with ||.|| the Frobenius norm (Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender
Systems, 2009, equation 2, where the norms are summed per rating instead).
"""

import numpy as np


def predict_one(P, Q, u, i):
    """→ float: the predicted rating p_u . q_i. P (n_users, n_factors), Q (n_items, n_factors), u, i: indices."""
    return float(P[u] @ Q[i])


def predict_all(P, Q):
    """→ (n_users, n_items): every predicted rating, P Q^T."""
    return P @ Q.T


def squared_error(users, items, ratings, P, Q):
    """→ float: the sum over the known ratings of (r_ui - p_u . q_i)^2.

    users, items, ratings: parallel, (n_ratings,); P (n_users, n_factors), Q (n_items, n_factors).
    """
    errors = ratings - (P[users] * Q[items]).sum(axis=1)
    return float((errors**2).sum())


def regularized_loss(users, items, ratings, P, Q, reg):
    """→ float: `squared_error` + reg (||P||^2 + ||Q||^2), the squared norms added once, reg >= 0."""
    return squared_error(users, items, ratings, P, Q) + reg * float((P**2).sum() + (Q**2).sum())


def loss_gradient(users, items, ratings, P, Q, reg):
    """The gradient of `regularized_loss`.

        dL/dp_u = sum over u's ratings of -2 e_ui q_i + 2 reg p_u,   e_ui = r_ui - p_u . q_i
        dL/dq_i = sum over i's ratings of -2 e_ui p_u + 2 reg q_i

    → `(dP, dQ)` of the shapes of P and Q, which stay as they are.
    """
    errors = ratings - (P[users] * Q[items]).sum(axis=1)
    dP, dQ = 2.0 * reg * P, 2.0 * reg * Q
    np.add.at(dP, users, -2 * errors[:, None] * Q[items])
    np.add.at(dQ, items, -2 * errors[:, None] * P[users])
    return dP, dQ


def gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps):
    """Walk down the loss: n_steps times P <- P - lr dP, Q <- Q - lr dQ, both from the same point.

    lr: learning rate > 0; n_steps >= 0.
    → `(P, Q, losses)`: new factors (the arguments stay as they are) and the n_steps + 1 regularized losses,
    that of the start and that after each step.
    """
    losses = [regularized_loss(users, items, ratings, P, Q, reg)]
    for _ in range(n_steps):
        dP, dQ = loss_gradient(users, items, ratings, P, Q, reg)
        P, Q = P - lr * dP, Q - lr * dQ
        losses.append(regularized_loss(users, items, ratings, P, Q, reg))
    return P, Q, losses
