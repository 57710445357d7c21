"""The item and user files beside MovieLens's ratings."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd

from mfref.ratings import DataError

GENRES_100K = (
    "unknown Action Adventure Animation Children Comedy Crime Documentary Drama Fantasy Film-Noir Horror Musical "
    "Mystery Romance Sci-Fi Thriller War Western"
).split()
YEAR = re.compile(r"\((\d{4})\)\s*$")


def read_text(file):
    """The text of a file: UTF-8, or Latin-1 as in the older sets."""
    raw = Path(file).read_bytes()
    if not raw.strip():
        raise DataError(f"{file}: the file is empty. Download it again, or restore it from your copy.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def item_table(folder, ratings_file, item_ids):
    """→ DataFrame item_id, title, year (NaN where the title names none), genres, sorted by item_id."""
    name, separator, example = {
        "u.data": ("u.item", "|", "id|title|release|video|URL|19 genre flags"),
        "ratings.dat": ("movies.dat", "::", "id::title::genres"),
        "ratings.csv": ("movies.csv", ",", "movieId,title,genres"),
    }[ratings_file]
    file = folder / name
    if not file.is_file():
        ids = np.unique(item_ids)
        return pd.DataFrame({"item_id": ids, "title": [f"item {i}" for i in ids], "year": np.nan, "genres": ""})
    rows = []
    for number, fields in _records(file, separator):
        try:
            rows.append(_item(fields, ratings_file))
        except (ValueError, IndexError):
            raise DataError(_wrong(file, number, example, fields)) from None
    return _sorted(pd.DataFrame(rows, columns=["item_id", "title", "year", "genres"]), "item_id", file)


def _item(fields, ratings_file):
    item_id, title = int(fields[0]), fields[1].strip()
    year = YEAR.search(title)
    if ratings_file == "u.data":
        flags = [int(f) for f in fields[5:]]
        if len(flags) != len(GENRES_100K):
            raise ValueError
        genres = "|".join(g for g, flag in zip(GENRES_100K, flags, strict=True) if flag)
    else:
        (genres,) = fields[2:]
    return item_id, title, float(year.group(1)) if year else np.nan, genres.strip()


def user_table(folder, ratings_file, user_ids):
    """→ DataFrame user_id, and age, gender, occupation, zip_code where published, sorted by user_id."""
    name, separator, columns = {
        "u.data": ("u.user", "|", ["user_id", "age", "gender", "occupation", "zip_code"]),
        "ratings.dat": ("users.dat", "::", ["user_id", "gender", "age", "occupation", "zip_code"]),
        "ratings.csv": (None, None, None),
    }[ratings_file]
    if name is None or not (folder / name).is_file():
        return pd.DataFrame({"user_id": np.unique(user_ids)})
    rows = []
    for number, fields in _records(folder / name, separator):
        row = dict(zip(columns, fields, strict=False))
        try:
            if len(fields) != len(columns):
                raise ValueError
            row.update(user_id=int(row["user_id"]), age=int(row["age"]))
        except ValueError:
            raise DataError(_wrong(folder / name, number, separator.join(columns), fields)) from None
        rows.append(row)
    table = pd.DataFrame(rows)[["user_id", "age", "gender", "occupation", "zip_code"]]
    return _sorted(table, "user_id", folder / name)


def _records(file, separator):
    """Yield (line number, fields) of each line that is not blank, the header of a csv left out."""
    lines = read_text(file).splitlines()
    if separator == ",":
        yield from list(enumerate(csv.reader(lines), 1))[1:]
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line.split(separator)


def _wrong(file, number, example, fields):
    return f"{file}, line {number}: expected {example}. Found: {'|'.join(fields)[:80]!r}"


def _sorted(table, column, file):
    repeated = table[column][table[column].duplicated()]
    if len(repeated):
        raise DataError(f"{file}: {column} {repeated.iloc[0]} is listed twice. Keep one of the two rows.")
    return table.sort_values(column, ignore_index=True)
