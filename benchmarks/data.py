"""The ratings that the estimators are measured on, as DataFrames with user_id, item_id, rating."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from mfref import load_ratings
from mfref.rating_matrix import random_split

COLUMNS = ["user_id", "item_id", "rating", "timestamp"]
SYNTHETIC = "synthetic-100k, five random folds (no ml-100k in MFREF_DATA_HOME)"
# number of ratings: (users, items), as in MovieLens 100K, 1M and 10M
SHAPES = {100_000: (943, 1682), 1_000_000: (6040, 3706), 10_000_000: (69_878, 10_677)}


def movielens_100k():
    """→ the folder of ml-100k, or None where it is not."""
    folder = Path(os.environ.get("MFREF_DATA_HOME", "")).expanduser() / "ml-100k"
    return folder if (folder / "u1.base").exists() else None


def all_ratings():
    """→ `(name, table)`: ml-100k, or the synthetic set where that is missing."""
    if folder := movielens_100k():
        return "ml-100k", read(folder / "u.data")
    return SYNTHETIC, load_ratings("synthetic-100k").ratings


def folds():
    """→ `(name, list of five (train, test))`: the canonical u1..u5, or five random folds of the synthetic set."""
    if folder := movielens_100k():
        return "ml-100k, u1 to u5", [tuple(read(folder / f"u{n}.{part}") for part in ("base", "test")) for n in range(1, 6)]
    name, table = all_ratings()
    fold = np.random.default_rng(0).permutation(len(table)) % 5
    return name, [(table[fold != n], table[fold == n]) for n in range(5)]


def split(table, test_fraction, seed):
    """→ `(train, test)`, at random."""
    train, test = random_split(len(table), test_fraction, np.random.default_rng(seed))
    return table.iloc[train], table.iloc[test]


def read(path):
    return pd.read_csv(path, sep="\t", names=COLUMNS)


def planted(n_ratings, n_users, n_items, seed=0):
    """→ DataFrame of n_ratings distinct pairs, drawn from biases and five factors.

        r = 3.5 + b_u + b_i + p_u . q_i + N(0, 0.8²), rounded, between 1 and 5

    Users and items are drawn with odds 1 / (rank + a tenth of their number), so that few are in most of the ratings.
    Raises ValueError when there are not twice as many cells as ratings.
    """
    if 2 * n_ratings > n_users * n_items:
        raise ValueError(f"{n_ratings:,} distinct ratings are too many for {n_users:,} × {n_items:,} cells.")
    rng, cells = np.random.default_rng(seed), np.empty(0, dtype=np.int64)
    while len(cells) < n_ratings:
        missing = n_ratings - len(cells)
        users, items = skewed(rng, n_users, 2 * missing), skewed(rng, n_items, 2 * missing)
        cells = np.unique(np.concatenate([cells, users * n_items + items]))
    users, items = np.divmod(rng.permutation(cells)[:n_ratings], n_items)
    b_user, b_item = rng.normal(0, 0.4, n_users), rng.normal(0, 0.5, n_items)
    P, Q = rng.normal(0, 0.5, (n_users, 5)), rng.normal(0, 0.5, (n_items, 5))
    taste = sum(P[users, f] * Q[items, f] for f in range(5))
    exact = 3.5 + b_user[users] + b_item[items] + taste + rng.normal(0, 0.8, n_ratings)
    return pd.DataFrame({"user_id": users, "item_id": items, "rating": np.clip(np.rint(exact), 1, 5)})


def skewed(rng, n, size):
    """→ (size,): rows 0..n − 1, the popular ones spread over all numbers."""
    odds = 1 / (np.arange(n) + n / 10)
    return rng.permutation(n)[np.searchsorted(np.cumsum(odds / odds.sum()), rng.random(size)).clip(max=n - 1)]
