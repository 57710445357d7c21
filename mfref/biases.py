"""Lesson 04: harsh critics and loved films.

A rating is explained in steps: the mean of all ratings, what is special about the user, what is special about
the item, and only then how the two fit together:

    r_hat = mu + b_u + b_i + p_u . q_i

(Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009, equations 3 and 4. The
damped means are those of Koren, Factor in the Neighbors, 2010, baseline estimates: items first, then users.)
"""

import numpy as np


def damped_means(users, items, ratings, n_users, n_items, damping):
    """The mean rating and the damped effects of items and users, each the sum of what is left / (count + damping):

        mu  = mean of all ratings
        b_i = sum over the ratings of i of (r - mu)        / (number of them + damping)
        b_u = sum over the ratings of u of (r - mu - b_i)  / (number of them + damping)

    users, items, ratings (n_ratings,); damping >= 0, in ratings. Whoever has no rating gets 0, at damping 0 too.
    → `(mu, b_user, b_item)`: float, (n_users,), (n_items,).
    """
    mu = float(ratings.mean())
    total = np.bincount(items, ratings - mu, minlength=n_items)
    weight = np.bincount(items, minlength=n_items) + damping
    b_item = np.divide(total, weight, out=np.zeros(n_items), where=weight > 0)
    total = np.bincount(users, ratings - mu - b_item[items], minlength=n_users)
    weight = np.bincount(users, minlength=n_users) + damping
    b_user = np.divide(total, weight, out=np.zeros(n_users), where=weight > 0)
    return mu, b_user, b_item


def predict_baseline(mu, b_user, b_item, users, items):
    """→ (n,): mu + b_u + b_i for each pair of `users` and `items`, arrays of n indices.

    mu float, b_user (n_users,), b_item (n_items,).
    """
    return mu + b_user[users] + b_item[items]


def predict_biased(mu, b_user, b_item, P, Q, users, items):
    """→ (n,): mu + b_u + b_i + p_u . q_i for each pair of `users` and `items`, arrays of n indices.

    mu float, b_user (n_users,), b_item (n_items,), P (n_users, n_factors), Q (n_items, n_factors).
    """
    return mu + b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=1)


def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    """Move b_u, b_i, p_u and q_i one step down the loss of the rating r, in place; all four from the old values:

        e   = r - mu - b_u - b_i - p_u . q_i
        b_u <- b_u + lr (e - reg b_u)           p_u <- p_u + lr (e q_i - reg p_u)
        b_i <- b_i + lr (e - reg b_i)           q_i <- q_i + lr (e p_u - reg q_i)

    mu never changes. → float: the error e before the step.
    """
    p, q = P[u].copy(), Q[i].copy()
    e = r - mu - b_user[u] - b_item[i] - p @ q
    b_user[u] += lr * (e - reg * b_user[u])
    b_item[i] += lr * (e - reg * b_item[i])
    P[u] += lr * (e * q - reg * p)
    Q[i] += lr * (e * p - reg * q)
    return float(e)


def train_biased_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    """mu the mean rating, biases from zero, factors normal with standard deviation 0.1; then n_epochs times one
    `biased_sgd_step` for every rating, in an order shuffled by rng.

    → `(mu, b_user, b_item, P, Q, history)`: history is the list of the n_epochs training RMSEs, sqrt(mean e^2)
    over the errors met on the way.
    """
    mu = float(np.mean(ratings))
    b_user, b_item = np.zeros(n_users), np.zeros(n_items)
    P, Q = rng.normal(0, 0.1, (n_users, n_factors)), rng.normal(0, 0.1, (n_items, n_factors))
    history = []
    for _ in range(n_epochs):
        squared = 0.0
        for n in rng.permutation(len(ratings)):
            e = biased_sgd_step(mu, b_user, b_item, P, Q, users[n], items[n], ratings[n], lr, reg)
            squared += e * e
        history.append(float(np.sqrt(squared / len(ratings))))
    return mu, b_user, b_item, P, Q, history
