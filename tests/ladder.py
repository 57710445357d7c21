"""The ladder of baselines and the marginals of a data set, computed plainly and on their own.

SGD runs on blocks of ratings without common users or items, which gives the order of updates a freedom that does not
change what is measured and lets NumPy do the work.
"""

import numpy as np


def marginals(users, items, ratings):
    per_user, per_item = np.bincount(users), np.bincount(items)
    user_means = np.bincount(users, ratings) / per_user
    item_means = (np.bincount(items, ratings) / np.maximum(per_item, 1))[per_item >= 20]
    return {
        "shares": np.bincount(ratings.astype(int), minlength=6)[1:] / len(ratings),
        "per user": np.quantile(per_user, (0.25, 0.5, 0.75)),
        "per item": np.quantile(per_item, (0.25, 0.5, 0.75)),
        "top tenth of items": np.sort(per_item)[::-1][: len(per_item) // 10].sum() / len(ratings),
        "top tenth of users": np.sort(per_user)[::-1][: len(per_user) // 10].sum() / len(ratings),
        "std of user means": user_means.std(),
        "std of item means": item_means.std(),
    }


def ladder(users, items, ratings, seed=0):
    """RMSE on a random fifth for each rung, trained on the rest. → dict name → RMSE"""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(ratings))
    n_test = len(ratings) // 5
    test, train = order[:n_test], order[n_test:]
    u, i, r = users[train], items[train], ratings[train]
    n_users, n_items = users.max() + 1, items.max() + 1
    mean = r.mean()

    def rmse(predicted):
        return float(np.sqrt(np.mean((ratings[test] - predicted) ** 2)))

    def group_mean(index, n, values, damping=0.0):
        counts = np.bincount(index, minlength=n)
        return np.bincount(index, values, n) / np.maximum(counts + damping, 1e-9)

    b_item = group_mean(i, n_items, r - mean, 5)
    b_user = group_mean(u, n_users, r - mean - b_item[i], 5)
    tu, ti = users[test], items[test]
    P, Q, _, _ = train_sgd(u, i, r, n_users, n_items, 20, 0.1, 48, False, rng)
    result = {
        "global mean": rmse(mean),
        "user mean": rmse(mean + group_mean(u, n_users, r - mean)[tu]),
        "item mean": rmse(mean + group_mean(i, n_items, r - mean)[ti]),
        "biases": rmse(mean + b_user[tu] + b_item[ti]),
        "factors without biases": rmse((P[tu] * Q[ti]).sum(axis=1)),
    }
    P, Q, bu, bi = train_sgd(u, i, r - mean, n_users, n_items, 50, 0.1, 48, True, rng)
    result["biased factors, tuned"] = rmse(mean + bu[tu] + bi[ti] + (P[tu] * Q[ti]).sum(axis=1))
    return result


def train_sgd(users, items, ratings, n_users, n_items, k, reg, n_epochs, biased, rng, lr=0.01):
    P, Q = rng.normal(0, 0.1, (n_users, k)), rng.normal(0, 0.1, (n_items, k))
    b_user, b_item = np.zeros(n_users), np.zeros(n_items)
    blocks = disjoint_blocks(users, items, rng)
    for _ in range(n_epochs):
        for block in rng.permutation(len(blocks)):
            n = blocks[block]
            u, i = users[n], items[n]
            p, q = P[u], Q[i]
            e = ratings[n] - (p * q).sum(axis=1)
            if biased:
                e -= b_user[u] + b_item[i]
                b_user[u] += lr * (e - reg * b_user[u])
                b_item[i] += lr * (e - reg * b_item[i])
            P[u] += lr * (e[:, None] * q - reg * p)
            Q[i] += lr * (e[:, None] * p - reg * q)
    return P, Q, b_user, b_item


def disjoint_blocks(users, items, rng):
    """Split the ratings into blocks in which no user and no item occurs twice: the diagonals of a shuffled square."""
    n = max(users.max(), items.max()) + 1
    at = rng.permutation(n)[users], rng.permutation(n)[items]
    diagonal = (at[0] - at[1]) % n
    order = np.argsort(diagonal, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(diagonal[order])) + 1)
