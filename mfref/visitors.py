"""Visitors for experiments: how much each user is attracted by each item, how far down a list people look, and what they click."""

import math
from statistics import NormalDist

import numpy as np

CLICKS = 0.2  # of five films that a visitor looks at and would like, one gets a click
LIKED = 4  # a rating that means "liked"
NOISE = 0.9  # standard deviation of a rating around what is predicted, for real data


def attraction(data):
    """→ (n_users, n_items): the probability that a user who looks at an item clicks on it, 0.2 P(the user's rating >= 4).

    Synthetic data: by the truth that the ratings were drawn from, on the last day. Real data has no truth: in its place stands
    SVD++, fitted to all ratings. It is a model's opinion, and wrong where the model is wrong.
    """
    if data.truth is None:
        from mfref.models import SVDpp

        scores, cut, noise = SVDpp().fit(data).score_rows(np.arange(data.n_users)), LIKED - 0.5, NOISE
    else:
        truth = data.truth
        of_user = truth.b_user + truth.user_drift * (1 - truth.first_time)
        scores = of_user[:, None] + truth.b_item + truth.item_drift / 2 + truth.P @ truth.Q.T
        cut, noise = truth.cuts[LIKED - 2], truth.noise
    return CLICKS * _normal_cdf((scores - cut) / noise)


def _normal_cdf(z):
    """By linear interpolation in a table, to 1e-6."""
    grid = np.linspace(-8, 8, 16_001)
    return np.interp(z, grid, [NormalDist().cdf(x) for x in grid.tolist()])


def examined(k):
    """→ (k,): the probability that a visitor looks at position j = 1, 2, …, k: 1 / j."""
    return 1 / np.arange(1, k + 1)


def lists(model, data, train, k=10):
    """Each user's k best items by the model among those that the user has not rated in the training part.

    model: fitted on `data.ratings.iloc[train]`, or an array (n_items,) of scores that are the same for everybody.
    → (n_users, k) indices of items, best first.
    """
    users, items, _ = data.arrays()
    if isinstance(model, np.ndarray):
        scores = np.tile(model.astype(float), (data.n_users, 1))
    else:
        scores = np.full((data.n_users, data.n_items), -np.inf)
        rows = np.searchsorted(data.users["user_id"], model.user_ids_)
        columns = np.searchsorted(data.items["item_id"], model.item_ids_)
        scores[np.ix_(rows, columns)] = model.score_rows(np.arange(len(rows)))
    scores[users[train], items[train]] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def interval(clicks_a, n_a, clicks_b, n_b, level=0.95):
    """→ (low, high): the confidence interval of B's share minus A's, with the variance of each variant's own share."""
    a, b = clicks_a / n_a, clicks_b / n_b
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(a * (1 - a) / n_a + b * (1 - b) / n_b)
    return b - a - half, b - a + half
