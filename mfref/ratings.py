"""`load_ratings`: every data set of the course as one small immutable object."""

import difflib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mfref.synthetic import Truth

DEFAULT = "synthetic-100k"
EMBEDDED = ("music", "synthetic-100k")
PUBLISHED = ("ml-100k", "ml-1m", "ml-latest-small", "ml-32m")


class DataError(ValueError):
    """A data set that cannot be used; the message names the file and the line, and says what to do."""


@dataclass(frozen=True, repr=False, eq=False)
class Ratings:
    """A data set of ratings, with tables in MovieLens's column names.

    `ratings`: user_id, item_id, rating, timestamp (seconds since 1970), one row a rating.
    `items`: item_id, title, year, genres ("Action|Comedy"), sorted by item_id.
    `users`: user_id and what is known of the user (age, gender, occupation, zip_code), sorted by user_id.
    `scale`: the lowest and the highest possible rating.
    `truth`: for synthetic sets what the ratings were drawn from, otherwise None.

    The tables are DataFrames made anew at each call: writing to one does not change the data set.
    """

    name: str
    _ratings: dict  # column → array
    _items: dict
    _users: dict
    scale: tuple[float, float] = (1, 5)
    truth: "Truth | None" = None

    @property
    def ratings(self):
        return _frame(self._ratings)

    @property
    def items(self):
        return _frame(self._items)

    @property
    def users(self):
        return _frame(self._users)

    @property
    def n_ratings(self):
        return len(self._ratings["rating"])

    @property
    def n_users(self):
        return len(self._users["user_id"])

    @property
    def n_items(self):
        return len(self._items["item_id"])

    def arrays(self):
        """→ `(users, items, ratings)`: parallel arrays, (n_ratings,), with 0-based indices.

        `users[k]` is the row of the k-th rating's user in the table `users`, `items[k]` the row of its
        item in the table `items`.
        """
        return (
            np.searchsorted(self._users["user_id"], self._ratings["user_id"]),
            np.searchsorted(self._items["item_id"], self._ratings["item_id"]),
            np.array(self._ratings["rating"], dtype=float),
        )

    def busiest(self, n_users, n_items):
        """→ `Ratings` of the n_users users with the most ratings among the n_items items with the most ratings."""
        items = _most_frequent(self._ratings["item_id"], n_items)
        kept = _rows(self._ratings, np.isin(self._ratings["item_id"], items))
        users = _most_frequent(kept["user_id"], n_users)
        return Ratings(
            f"{self.name}, {n_users} × {n_items}",
            _rows(kept, np.isin(kept["user_id"], users)),
            _rows(self._items, np.isin(self._items["item_id"], items)),
            _rows(self._users, np.isin(self._users["user_id"], users)),
            self.scale,
        )

    def __repr__(self):
        return (
            f"{self.name}: {self.n_ratings:,} ratings of {self.n_items:,} items by {self.n_users:,} users, "
            f"scale {self.scale[0]:g} to {self.scale[1]:g}"
        )


def _frame(columns):
    import pandas as pd  # takes longer than all the rest of a lesson's set-up

    return pd.DataFrame(columns, copy=True)


def _rows(columns, mask):
    return {name: np.asarray(values)[mask] for name, values in columns.items()}


def _most_frequent(ids, n):
    """The n most frequent ids; of equally frequent ones the smaller."""
    distinct, counts = np.unique(ids, return_counts=True)
    return distinct[np.argsort(-counts, kind="stable")[:n]]


def load_ratings(name_or_path=None):
    """Load a data set by name or from a folder or file, as a `Ratings` object.

    name_or_path: "music" (4 listeners, 12 songs), "synthetic-100k", a published MovieLens set ("ml-100k",
        "ml-1m", "ml-latest-small", "ml-32m"), or the path of a folder or ratings file in one of
        MovieLens's layouts (`u.data`, `ratings.dat`, `ratings.csv`). None: the environment variable
        MFREF_DATASET, else "synthetic-100k".

    Published sets are looked for in the folder MFREF_DATA_HOME (default: the user's cache folder) and
    downloaded into it when absent. Raises DataError, naming file and line, for anything malformed.
    """
    wanted = name_or_path if name_or_path is not None else os.environ.get("MFREF_DATASET") or DEFAULT
    if isinstance(wanted, str) and wanted in EMBEDDED + PUBLISHED:
        return _by_name(wanted, os.environ.get("MFREF_DATA_HOME") if wanted in PUBLISHED else None)
    path = Path(wanted).expanduser()
    if path.exists():
        from mfref.movielens import read_path

        return read_path(path)
    raise DataError(_unknown(str(wanted)))


@lru_cache(maxsize=2)
def _by_name(name, data_home):
    if name == "music":
        from mfref.music import music

        return music()
    if name == "synthetic-100k":
        from mfref.synthetic import synthetic_ratings

        return synthetic_ratings(seed=1, name=name)
    from mfref.download import published

    return published(name, data_home)


def _unknown(wanted):
    known = EMBEDDED + PUBLISHED
    if os.sep in wanted or wanted.startswith(("~", ".")):
        return f"There is no file or folder {wanted!r}. Give the path of a MovieLens folder, or one of: {', '.join(known)}."
    near = difflib.get_close_matches(wanted.lower(), known, n=1, cutoff=0.5)
    did_you_mean = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no data set {wanted!r}.{did_you_mean} Known: {', '.join(known)}, or the path of a MovieLens folder."
