"""Lesson 06: a model and a data set from plain arguments, a table of recommendations back to plain columns.

Plain `model`: (user_index, item_ids, scores), scores an array (n_users, n_items). Plain `ratings`: (ratings, items), two
DataFrames with user_id, item_id, rating and, sorted by item_id, item_id, title.
"""

import numpy as np

from mfref.ratings import Ratings

COLUMNS = ("item_id", "title", "predicted", "reason")


class Model:
    """What an exercise may know of a fitted model: ids and predicted ratings."""

    def __init__(self, user_index, item_ids, scores):
        self.user_index, self.item_ids, self._scores = user_index, item_ids, scores

    def scores(self, u):
        return self._scores[u].copy()


def prepare(arguments):
    """→ the arguments with a `Model` and a `Ratings` in place of their plain forms."""
    return {**arguments, "model": Model(*arguments["model"]), "ratings": data_set(*arguments["ratings"])}


def data_set(ratings, items):
    """→ `Ratings`; the columns that are not part of any exercise hold nothing of interest."""
    rows = {**_columns(ratings), "timestamp": np.arange(len(ratings))}
    films = {**_columns(items), "year": np.full(len(items), 1995), "genres": ["Drama"] * len(items)}
    return Ratings("of the check", rows, films, {"user_id": np.unique(ratings["user_id"])})


def _columns(table):
    return {name: table[name].to_numpy() for name in table.columns}


def observe(value):
    """→ a table's columns that the task names, in one order, its rows numbered from 0; anything else as it is."""
    import pandas as pd

    if not isinstance(value, pd.DataFrame):
        return value
    names = [name for name in COLUMNS if name in value.columns]
    if not len(value):
        return pd.DataFrame({name: np.zeros(0) for name in names})
    table = value[names].reset_index(drop=True).infer_objects()
    if "item_id" in names and _whole(table["item_id"]):
        table["item_id"] = table["item_id"].astype(int)
    return table


def _whole(ids):
    """Ids that became floats on the way, say in an array beside the scores, are still the same ids."""
    return ids.dtype.kind == "f" and bool((ids % 1 == 0).all())
