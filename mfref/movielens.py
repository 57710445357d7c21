"""Reading MovieLens's three file layouts, with every malformed row named by file and line.

u.data       user TAB item TAB rating TAB timestamp     with u.item, u.user     (ml-100k)
ratings.dat  user::item::rating::timestamp              with movies.dat, users.dat  (ml-1m, ml-10m)
ratings.csv  userId,movieId,rating,timestamp + header   with movies.csv         (ml-latest, ml-32m)
"""

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mfref.movielens_tables import item_table, read_text, user_table
from mfref.ratings import DataError, Ratings

COLUMNS = ["user_id", "item_id", "rating", "timestamp"]


@dataclass(frozen=True)
class Layout:
    ratings_file: str
    separator: str
    header: int  # number of header lines
    lowest: float
    example: str


LAYOUTS = (
    Layout("u.data", "\t", 0, 1, "user id, item id, rating, timestamp, separated by tabs: 196 242 3 881250949"),
    Layout("ratings.dat", "::", 0, 0.5, "user id, item id, rating, timestamp, separated by '::': 1::1193::5::978300760"),
    Layout("ratings.csv", ",", 1, 0.5, "userId,movieId,rating,timestamp, as in: 1,31,2.5,1260759144"),
)
HIGHEST = 5


def read_path(path):
    """→ `Ratings` from a folder that holds one of the three layouts, or from a ratings file itself.

    Titles, genres and demographics come from the files beside it; without them, items are titled by id.
    Raises DataError naming the file and the line for a missing, empty or malformed file, a rating outside
    the scale, a repeated (user, item) pair, or a rating of an item that the item file does not list.
    """
    path = Path(path)
    if path.is_dir():
        found = [layout for layout in LAYOUTS if (path / layout.ratings_file).is_file()]
        if not found:
            names = ", ".join(layout.ratings_file for layout in LAYOUTS)
            raise DataError(f"{path}: none of {names} is in this folder. One of them must be.")
        layout, file = found[0], path / found[0].ratings_file
    else:
        layout, file = _layout_of(path), path
    ratings = _read_ratings(file, layout)
    items = item_table(file.parent, layout.ratings_file, ratings["item_id"])
    users = user_table(file.parent, layout.ratings_file, ratings["user_id"])
    _check_known(ratings, "item_id", items, file, layout, "item")
    _check_known(ratings, "user_id", users, file, layout, "user")
    lowest = 1 if (ratings["rating"] % 1 == 0).all() else 0.5
    tables = ({column: table[column].to_numpy() for column in table} for table in (ratings, items, users))
    return Ratings(file.parent.name or str(file), *tables, (lowest, HIGHEST))


def _layout_of(file):
    first = read_text(file).lstrip().split("\n", 1)[0]
    for layout in LAYOUTS:
        if layout.separator in first:
            return layout
    expected = "; or ".join(layout.example for layout in LAYOUTS)
    raise DataError(f"{file}, line 1: expected {expected}. Found: {first[:80]!r}")


def _read_ratings(file, layout):
    text = read_text(file)
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            ratings = _parse(text, layout)
    except (ValueError, OverflowError, pd.errors.ParserWarning) as error:
        raise DataError(_malformed(text, file, layout, error)) from None
    if ratings.empty:
        raise DataError(f"{file}: the file holds a header and no ratings.")
    _check_scale(ratings, file, layout)
    _check_pairs(ratings, file, layout)
    return ratings


def _parse(text, layout):
    if layout.separator == "::":
        text = text.replace("::", "\t")
    return pd.read_csv(
        io.StringIO(text),
        sep="\t" if layout.separator == "::" else layout.separator,
        skiprows=layout.header,
        names=COLUMNS,
        index_col=False,
        on_bad_lines="error",
        skip_blank_lines=False,
        dtype={"user_id": np.int64, "item_id": np.int64, "rating": np.float64, "timestamp": np.int64},
    )


NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def _malformed(text, file, layout, error):
    """The fast reader refused: find the first line at fault."""
    for number, line in enumerate(text.rstrip("\n").split("\n")[layout.header :], 1 + layout.header):
        fields = line.rstrip("\r").split(layout.separator)
        whole = [fields[0], fields[1], fields[3]] if len(fields) == 4 else []
        if not whole or not all(f.strip().isdigit() for f in whole) or not NUMBER.fullmatch(fields[2].strip()):
            return f"{file}, line {number}: expected {layout.example}. Found: {line[:80]!r}"
    return f"{file}: cannot be read as {layout.example} ({error})."


def _line(position, layout):
    return int(position) + 1 + layout.header


def _check_scale(ratings, file, layout):
    values = ratings["rating"].to_numpy()
    wrong = np.flatnonzero(~((values >= layout.lowest) & (values <= HIGHEST)))
    if len(wrong):
        raise DataError(
            f"{file}, line {_line(wrong[0], layout)}: the rating {values[wrong[0]]:g} is outside the scale "
            f"{layout.lowest:g} to {HIGHEST}. If it stands for 'not rated', leave the row out."
        )


def _check_pairs(ratings, file, layout):
    repeated = np.flatnonzero(ratings.duplicated(["user_id", "item_id"]))
    if len(repeated):
        user, item = ratings.loc[repeated[0], ["user_id", "item_id"]].astype(int)
        first = np.flatnonzero((ratings["user_id"] == user) & (ratings["item_id"] == item))[0]
        raise DataError(
            f"{file}, line {_line(repeated[0], layout)}: user {user} rates item {item} a second time "
            f"(first on line {_line(first, layout)}). Keep one of the two rows."
        )


def _check_known(ratings, column, table, file, layout, what):
    unknown = np.flatnonzero(~ratings[column].isin(table[column]))
    if len(unknown):
        raise DataError(
            f"{file}, line {_line(unknown[0], layout)}: {what} {ratings[column].iloc[unknown[0]]} is not in the "
            f"{what} file beside it. The two files must belong to the same data set."
        )
