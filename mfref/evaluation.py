"""Lesson 05: how good is it, honestly.

Errors of predicted ratings, r_hat for r:

    RMSE = sqrt(mean (r - r_hat)²)          MAE = mean |r - r_hat|

Quality of a list, best first, of which some items are relevant:

    precision@k = hits among the first k / k
    recall@k    = hits among the first k / number relevant
    NDCG@k      = DCG / ideal DCG,   DCG = Σ 1 / log2(rank + 1) over the hits among the first k

(Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, 2002; Herlocker, Konstan, Terveen and Riedl,
Evaluating Collaborative Filtering Recommender Systems, 2004, section 4.)
"""

from itertools import product

import numpy as np

from mfref.biases import predict_biased, train_biased_sgd


def rmse(actual, predicted):
    """The root mean squared error, sqrt(mean (actual - predicted)²), in rating points.

    actual, predicted: (n,). → float. Raises ValueError when they are empty.
    """
    if len(actual) == 0:
        raise ValueError("the RMSE of no ratings at all is not defined")
    errors = np.asarray(actual, dtype=float) - np.asarray(predicted, dtype=float)
    return float(np.sqrt(np.mean(errors**2)))


def mae(actual, predicted):
    """The mean absolute error, mean |actual - predicted|, in rating points.

    actual, predicted: (n,). → float. Raises ValueError when they are empty.
    """
    if len(actual) == 0:
        raise ValueError("the MAE of no ratings at all is not defined")
    errors = np.asarray(actual, dtype=float) - np.asarray(predicted, dtype=float)
    return float(np.mean(np.abs(errors)))


def precision_at_k(recommended, relevant, k):
    """The share of the first k places that hold a relevant item: hits / k, also when fewer than k are recommended.

    recommended: item indices, best first, without repeats. relevant: set of item indices. k: int, at least 1. → float.
    """
    return sum(item in relevant for item in recommended[:k]) / k


def recall_at_k(recommended, relevant, k):
    """The share of the relevant items that are among the first k: hits / number relevant.

    recommended: item indices, best first, without repeats. relevant: set of item indices. k: int, at least 1.
    → float; nan when nothing is relevant.
    """
    if len(relevant) == 0:
        return float("nan")
    return sum(item in relevant for item in recommended[:k]) / len(relevant)


def ndcg_at_k(recommended, relevant, k):
    """The discounted gain of the hits among the first k, as a share of that of the best list possible:

        DCG = Σ 1 / log2(rank + 1) over the hits, rank from 1;   ideal: hits at the ranks 1 .. min(k, number relevant)

    recommended: item indices, best first, without repeats. relevant: set of item indices. k: int, at least 1.
    → float between 0 and 1; nan when nothing is relevant.
    """
    if len(relevant) == 0:
        return float("nan")
    gain = sum(1 / np.log2(rank + 1) for rank, item in enumerate(recommended[:k], start=1) if item in relevant)
    ideal = sum(1 / np.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return float(gain / ideal)


def early_stopping(val_rmse, patience):
    """The epoch to go back to, when training stops after `patience` epochs in a row without a new lowest value.

    val_rmse: the validation RMSE of each epoch, at least one. patience: int, at least 1.
    → int: index (from 0) of the lowest value seen before training stops. A tie is no improvement.
    """
    best = 0
    for epoch in range(1, len(val_rmse)):
        if val_rmse[epoch] < val_rmse[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


def grid_search(train, validation, n_users, n_items, grid, rng):
    """Train with biases for every combination of settings, and measure each on the validation part.

    train, validation: triples (users, items, ratings). grid: dict of lists over n_factors, lr, reg, n_epochs.
    rng: numpy.random.Generator.
    → `(best, table)`. table: DataFrame, a row for each setting, columns n_factors, lr, reg, n_epochs and `rmse`, the RMSE on the
    validation part. best: dict, the setting with the lowest; one that diverged (NaN) is never the best.
    """
    import pandas as pd

    users, items, ratings = validation
    rows = []
    for values in product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        model = train_biased_sgd(*train, n_users=n_users, n_items=n_items, rng=rng, **setting)
        predicted = predict_biased(*model[:5], users, items)
        rows.append({**setting, "rmse": float(np.sqrt(np.mean((ratings - predicted) ** 2)))})
    table = pd.DataFrame(rows)
    best = {name: table[name].tolist()[table["rmse"].idxmin()] for name in grid}
    return best, table
