"""What all estimators have in common: raw ids at the edge, rows inside; parameters, recommending, files."""

import inspect
import json

import numpy as np

FILE_VERSION = 1
BLOCK = 4_000_000  # scores at a time when many users are served


class NotFitted(AttributeError):
    """The model has not learned anything yet: call `fit` first."""


class ModelFileError(ValueError):
    """A file that holds no model of this course; the message names the file and says what is wrong."""


class Recommender:
    """Base of the estimators. A subclass has `fit`, `predict_rows`, `score_rows`, and names its fitted arrays in ARRAYS.

    All keep to the following. Ratings may come in any order, and ids be numbers or text, with gaps. A pair that is rated twice
    counts twice. Only who has a rating is known: `predict` answers for all, known or not, with a finite number; `recommend`,
    `similar_items` and `fold_in` raise KeyError for an unknown id. One rating in all, ratings all alike, and more factors than
    users or items are learned from like others. A rating that is NaN or infinite, and an id that is missing, is an error that names the row.
    """

    ARRAYS = ()

    def get_params(self, deep=True):
        """→ dict of the constructor's arguments."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params):
        """Set constructor arguments by name; → self. Raises ValueError for an unknown name."""
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}. It has: {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"

    def __getattr__(self, name):
        if name in ("user_index", "item_index") or (name.endswith("_") and not name.startswith("_")):
            raise NotFitted(f"this {type(self).__name__} has no {name} yet: call fit(ratings) first.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def item_ids(self):
        """(n_items,): the raw id of each item row."""
        return self.item_ids_

    def _learn_ids(self, ratings):
        """Take the ids of the users and items that occur; → (users, items, ratings) with rows in place of ids."""
        user_ids, item_ids, values = columns(ratings)
        self.user_ids_, users = np.unique(user_ids, return_inverse=True)
        self.item_ids_, items = np.unique(item_ids, return_inverse=True)
        order = np.lexsort((items, users))
        self.seen_ = items[order]
        self.seen_from_ = np.searchsorted(users[order], np.arange(len(self.user_ids_) + 1))
        self._index()
        return users, items, values

    def _learn_more_ids(self, ratings):
        """Take in the ids that are new, with what is rated anew; → (users, items, values, old user rows, old item rows).

        The old rows are where the users and items known so far stand among all.
        Raises ValueError for ids of text where training had numbers, or the other way round.
        """
        user_ids, item_ids, values = columns(ratings)
        old_users, old_items = self.user_ids_, self.item_ids_
        for name, new, old in (("user_id", user_ids, old_users), ("item_id", item_ids, old_items)):
            if (new.dtype.kind == "U") != (old.dtype.kind == "U"):
                raise ValueError(f"{name} is {new.dtype.name} here, and was {old.dtype.name} in the ratings learned before.")
        self.user_ids_, self.item_ids_ = np.union1d(old_users, user_ids), np.union1d(old_items, item_ids)
        users, items = rows_of(self.user_ids_, user_ids), rows_of(self.item_ids_, item_ids)
        rows = rows_of(self.user_ids_, old_users), rows_of(self.item_ids_, old_items)
        seen_users = np.repeat(rows[0], np.diff(self.seen_from_))
        pairs = np.unique(np.column_stack([np.append(seen_users, users), np.append(rows[1][self.seen_], items)]), axis=0)
        self.seen_, self.seen_from_ = pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(len(self.user_ids_) + 1))
        self._index()
        return users, items, values, *rows

    def _index(self):
        self.user_index = {id_: row for row, id_ in enumerate(self.user_ids_.tolist())}
        self.item_index = {id_: row for row, id_ in enumerate(self.item_ids_.tolist())}

    def seen_by(self, u):
        """→ the rows of the items that user row u rated in training, sorted."""
        return self.seen_[self.seen_from_[u] : self.seen_from_[u + 1]]

    def predict(self, users, items):
        """→ (n,): predicted ratings of parallel arrays of raw ids. What is unknown contributes 0, in `BayesianMF` the prior's mean:
        an unknown user of an unknown item gets mu or near it."""
        return self.predict_rows(rows_of(self.user_ids_, users), rows_of(self.item_ids_, items))

    def scores(self, u):
        """→ (n_items,): the predicted ratings of all items for user row u."""
        return self.score_rows(np.array([u]))[0]

    def recommend(self, user_id, n=10, seen=False):
        """→ DataFrame of the n items with the highest predicted rating, best first: columns item_id, predicted.

        user_id: raw id; or a list or array of them, and the table has a column user_id before the others, and the lists
        one after the other. seen: whether items that the user rated in training may be among them.
        Ties go to the lower row. Raises KeyError, naming the id, for a user that training did not know.
        """
        import pandas as pd

        if np.ndim(user_id) == 0:
            u = row_of(self.user_index, user_id, "user")
            return self._best(np.array(self.scores(u), dtype=float), n, () if seen else self.seen_by(u))
        ids = plain_ids(user_id)
        rows = np.array([row_of(self.user_index, id_, "user") for id_ in ids.tolist()], dtype=int)
        items, predicted = self.top_items(rows, n, seen)
        filled = items >= 0
        table = {"user_id": np.repeat(ids, filled.sum(1)), "item_id": self.item_ids_[items[filled]]}
        return pd.DataFrame({**table, "predicted": predicted[filled].astype(float)})

    def top_items(self, users, n=10, seen=False):
        """→ `(items, scores)`, both (len(users), n): rows of the best items of each user row, best first, and their scores.

        Where fewer than n are left, items are −1. seen: whether items rated in training may be among them. All items
        are scored, in blocks of users that need less than 50 MB.
        """
        from mfref.models.top_n import best_of_rows

        items = np.full((len(users), n), -1)
        scores = np.full((len(users), n), -np.inf)
        block = max(1, BLOCK // max(1, len(self.item_ids_)))
        for start in range(0, len(users), block):
            rows = np.asarray(users[start : start + block])
            best_of_rows(self.score_rows(rows), rows, self.seen_from_, self.seen_, not seen, items[start:], scores[start:])
        return items, scores

    def _best(self, scores, n, excluded=()):
        import pandas as pd

        left = np.ones(len(scores), dtype=bool)
        left[list(excluded)] = False
        candidates = np.flatnonzero(left)
        best = candidates[np.argsort(-scores[candidates], kind="stable")[:n]]
        return pd.DataFrame({"item_id": self.item_ids_[best], "predicted": scores[best]})

    def save(self, path):
        """Write the fitted model as one `.npz` file of plain arrays, without pickle. → the path"""
        path = str(path) if str(path).endswith(".npz") else f"{path}.npz"
        about = {"model": type(self).__name__, "version": FILE_VERSION, "params": self.get_params()}
        np.savez(path, about=json.dumps(about), **{name: getattr(self, name) for name in self._all_arrays()})
        return path

    @classmethod
    def load(cls, path):
        """→ the fitted model that `save` wrote. Raises ModelFileError for any other file, FileNotFoundError for none."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                arrays = {name: file[name] for name in cls._all_arrays()}
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ModelFileError(f"{path} is not a model that was saved by this course ({error}).") from None
        if about["model"] != cls.__name__ or about["version"] > FILE_VERSION:
            raise ModelFileError(
                f"{path} holds a {about['model']}, version {about['version']} of the format; "
                f"this is {cls.__name__}, version {FILE_VERSION}."
            )
        model = cls(**about["params"])
        for name, array in arrays.items():
            setattr(model, name, array.item() if array.ndim == 0 else array)
        model._index()
        return model

    @classmethod
    def _all_arrays(cls):
        return ("user_ids_", "item_ids_", "seen_", "seen_from_", *cls.ARRAYS)


def columns(ratings):
    """→ (user ids, item ids, ratings) of a `Ratings` or a DataFrame with user_id, item_id, rating.

    Raises ValueError for missing columns, no rows, missing ids, and ratings that are not finite numbers.
    """
    table = getattr(ratings, "ratings", ratings)
    if missing := [name for name in ("user_id", "item_id", "rating") if name not in getattr(table, "columns", ())]:
        raise ValueError(f"a model learns from a Ratings object or a DataFrame with {', '.join(missing)}; this has none.")
    if not len(table):
        raise ValueError("there are no ratings to learn from.")
    values = table["rating"].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"rating number {int(np.flatnonzero(~np.isfinite(values))[0])} is not a finite number.")
    for name in ("user_id", "item_id"):
        if table[name].isna().any():
            raise ValueError(f"{name} number {int(np.flatnonzero(table[name].isna())[0])} is missing.")
    return *(plain_ids(table[name]) for name in ("user_id", "item_id")), values


def plain_ids(ids):
    """→ the ids as an array of numbers or of text, never of objects."""
    ids = np.asarray(ids)
    return ids.astype(str) if ids.dtype.kind == "O" else ids


def row_of(index, id_, what):
    """→ the row of a raw id. Raises KeyError, naming the id."""
    if id_ not in index:
        raise KeyError(f"there is no {what} {id_!r} among those that the model learned from.")
    return index[id_]


def rows_of(sorted_ids, ids):
    """→ the row of each raw id among the sorted ones, −1 for an unknown one."""
    ids = plain_ids(ids)
    if not len(ids) or (ids.dtype.kind == "U") != (sorted_ids.dtype.kind == "U"):
        return np.full(len(ids), -1)
    rows = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return np.where(sorted_ids[rows] == ids, rows, -1)
