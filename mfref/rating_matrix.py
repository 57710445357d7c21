"""Lesson 01: what is known, and what is not.

The rating matrix R has a row a user and a column an item; most cells are unknown. Everything here
takes and gives parallel arrays `users, items, ratings` of shape (n_ratings,), or a DataFrame with the
columns user_id, item_id, rating.
"""

import numpy as np


def index_ids(raw_ids):
    """Number raw ids from 0.

    raw_ids: ids of any sortable type, in any order, with repeats, (n,).
    → `(index_of, ids)`: `index_of` is a dict raw id → 0..n_distinct-1, `ids` the sorted array of distinct
    ids; `ids[index_of[x]] == x` for every x.
    """
    ids = np.unique(raw_ids)
    index_of = {raw: index for index, raw in enumerate(ids.tolist())}
    return index_of, ids


def rating_matrix(ratings):
    """The rating matrix as a table.

    ratings: DataFrame with the columns user_id, item_id, rating.
    → DataFrame, one row a user_id, one column an item_id, both sorted, NaN where no rating is known.
    Raises ValueError naming the pair when a user rates the same item twice.
    """
    repeated = ratings[ratings.duplicated(["user_id", "item_id"])]
    if len(repeated):
        user_id, item_id = repeated["user_id"].iloc[0], repeated["item_id"].iloc[0]
        raise ValueError(f"user {user_id} rates item {item_id} more than once")
    return ratings.pivot(index="user_id", columns="item_id", values="rating")


def aligned_matrices(train, test):
    """Two rating matrices on the same axes.

    train, test: DataFrames as for `rating_matrix`.
    → `(train_matrix, test_matrix)`: both have a row for every user_id and a column for every item_id that
    occurs in either part, sorted, so that cell [r, c] means the same pair in both.
    """
    R_train, R_test = rating_matrix(train), rating_matrix(test)
    user_ids = R_train.index.union(R_test.index)
    item_ids = R_train.columns.union(R_test.columns)
    return (
        R_train.reindex(index=user_ids, columns=item_ids),
        R_test.reindex(index=user_ids, columns=item_ids),
    )


def sparsity(users, items, n_users, n_items):
    """The share of cells that is unknown: 1 - n_ratings / (n_users n_items), between 0 and 1.

    users, items: 0-based indices of the known cells, (n_ratings,), no pair twice.
    """
    return 1 - len(users) / (n_users * n_items)


def csr_arrays(users, items, ratings, n_users):
    """Compressed sparse rows: all ratings in a row, user after user.

    users, items, ratings: parallel, (n_ratings,), in any order.
    → `(indptr, indices, data)`: the ratings of user u are `data[indptr[u]:indptr[u + 1]]` and belong to the
    items `indices[indptr[u]:indptr[u + 1]]`, sorted by item. `indptr` has n_users + 1 entries; a user
    without ratings has an empty slice. Equal to the arrays of `scipy.sparse.csr_array`.
    """
    order = np.lexsort((items, users))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=n_users))])
    return indptr, np.asarray(items)[order], np.asarray(ratings)[order]


def random_split(n_ratings, test_fraction, rng):
    """Split the positions 0..n_ratings-1 at random.

    → `(train, test)`: index arrays; every position is in exactly one of them, `round(n_ratings * test_fraction)`
    of them in `test`, every subset of that size equally likely. rng: numpy.random.Generator.
    """
    order = rng.permutation(n_ratings)
    n_test = round(n_ratings * test_fraction)
    return order[n_test:], order[:n_test]


def temporal_split(timestamps, test_fraction):
    """Split by time: train on the past, test on the future.

    timestamps: (n_ratings,), in any order.
    → `(train, test)`: index arrays, `round(n_ratings * test_fraction)` in `test`, and no rating of `train` is
    later than any of `test`.
    """
    order = np.argsort(np.asarray(timestamps), kind="stable")
    n_train = len(order) - round(len(order) * test_fraction)
    return order[:n_train], order[n_train:]


def leave_one_out(users, timestamps):
    """Hold out each user's last rating.

    users, timestamps: parallel, (n_ratings,).
    → `(train, test)`: index arrays; `test` has exactly one position for each user, one with the user's largest
    timestamp (of two at the same time, either); `train` has all the others.
    """
    order = np.lexsort((timestamps, users))
    sorted_users = np.asarray(users)[order]
    is_last = np.append(sorted_users[1:] != sorted_users[:-1], True) if len(order) else np.zeros(0, dtype=bool)
    return order[~is_last], order[is_last]
