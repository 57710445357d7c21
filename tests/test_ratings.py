"""load_ratings: all names, the three layouts, and one clear error for each thing that can be wrong."""

import numpy as np
import pandas as pd
import pytest

from mfref import DataError, load_ratings
from mfref.music import TABLE

U_DATA = "1\t10\t5\t100\n1\t20\t3\t200\n2\t10\t1\t300\n"
U_ITEM = (
    "10|Fog Horn (1995)|01-Jan-1995||http://x|"
    + "|".join("0100000000000000001")
    + "\n20|Plain|||x|"
    + "|".join("1" + "0" * 18)
    + "\n"
)
U_USER = "1|24|M|technician|85711\n2|53|F|other|94043\n"
RATINGS_DAT = "1::10::5::100\n1::20::3::200\n2::10::1::300\n"
MOVIES_DAT = "10::Fog: The Horn (1995)::Action|War\n20::Plain::Drama\n"
USERS_DAT = "1::M::25::10::48067\n2::F::56::16::70072\n"
RATINGS_CSV = "userId,movieId,rating,timestamp\n1,10,5.0,100\n1,20,3.5,200\n2,10,0.5,300\n"
MOVIES_CSV = 'movieId,title,genres\n10,"Fog, The (1995)",Action|War\n20,Plain,Drama\n'


def write(folder, **files):
    for name, text in files.items():
        encoding = "latin-1" if isinstance(text, str) and not text.isascii() else "utf-8"
        (folder / name.replace("__", ".")).write_text(text, encoding=encoding)
    return folder


def test_toy_is_the_table():
    toy = load_ratings("music")
    users, items, ratings = toy.arrays()
    assert (toy.n_users, toy.n_items, len(ratings)) == (4, 12, 39)
    rebuilt = np.zeros((4, 12))
    rebuilt[users, items] = ratings
    assert np.array_equal(rebuilt, TABLE)
    assert toy.users["name"].tolist() == ["Darth Vader", "Hermione", "Ripley", "Spock"]
    assert TABLE[1].tolist() == [1, 0, 5, 0, 5, 2, 2, 5, 5, 2, 2, 1]


def test_tables_are_copies():
    toy = load_ratings("music")
    ratings = toy.ratings
    ratings.loc[0, "rating"] = 99
    ratings["more"] = 1
    assert toy.ratings.loc[0, "rating"] == 4
    assert "more" not in toy.ratings
    with pytest.raises(AttributeError):
        toy.name = "other"


@pytest.mark.parametrize(
    ("files", "lowest"),
    [
        ({"u__data": U_DATA, "u__item": U_ITEM, "u__user": U_USER}, 1),
        ({"ratings__dat": RATINGS_DAT, "movies__dat": MOVIES_DAT, "users__dat": USERS_DAT}, 1),
        ({"ratings__csv": RATINGS_CSV, "movies__csv": MOVIES_CSV}, 0.5),
    ],
)
def test_three_layouts(tmp_path, files, lowest):
    data = load_ratings(write(tmp_path, **files))
    assert list(data.ratings.columns) == ["user_id", "item_id", "rating", "timestamp"]
    assert data.items["item_id"].tolist() == [10, 20]
    assert data.items["title"].str.contains("Fog").tolist() == [True, False]
    assert data.items["year"].tolist()[0] == 1995
    assert np.isnan(data.items["year"].tolist()[1])
    assert data.items["genres"].tolist()[0] == "Action|War" or data.items["genres"].tolist()[0] == "Action|Western"
    assert data.users["user_id"].tolist() == [1, 2]
    assert data.scale == (lowest, 5)
    users, items, _ = data.arrays()
    assert users.tolist() == [0, 0, 1]
    assert items.tolist() == [0, 1, 0]


def test_a_ratings_file_alone(tmp_path):
    data = load_ratings(write(tmp_path, my__base=U_DATA) / "my.base")
    assert data.items["title"].tolist() == ["item 10", "item 20"]
    assert len(data.ratings) == 3


def test_latin_1_titles(tmp_path):
    write(tmp_path, u__data=U_DATA, u__item=U_ITEM.replace("Plain", "Misérables, Les (1995)"), u__user=U_USER)
    assert load_ratings(tmp_path).items["title"][1] == "Misérables, Les (1995)"


BAD = {
    "too few fields": ({"u__data": U_DATA + "3\t10\t4\n"}, ["u.data", "line 4", "expected user id"]),
    "too many fields": ({"u__data": "1\t2\t3\t4\t5\n" + U_DATA}, ["u.data", "line 1"]),
    "a word for a number": ({"u__data": U_DATA.replace("20\t3", "20\tthree")}, ["u.data", "line 2", "three"]),
    "a blank line inside": ({"u__data": U_DATA.replace("1\t20", "\n1\t20")}, ["u.data", "line 2"]),
    "a fraction for an id": ({"u__data": U_DATA.replace("2\t10", "2.5\t10")}, ["u.data", "line 3"]),
    "outside the scale": ({"u__data": U_DATA.replace("20\t3", "20\t6")}, ["u.data", "line 2", "6", "scale 1 to 5"]),
    "zero for not rated": ({"u__data": U_DATA.replace("20\t3", "20\t0")}, ["u.data", "line 2", "leave the row out"]),
    "not a number": ({"ratings__csv": RATINGS_CSV.replace("3.5", "nan")}, ["ratings.csv", "line 3"]),
    "a pair twice": ({"u__data": U_DATA + "1\t20\t4\t900\n"}, ["u.data", "line 4", "user 1", "item 20", "line 2"]),
    "an item not listed": ({"u__data": U_DATA + "2\t77\t4\t9\n", "u__item": U_ITEM}, ["u.data", "line 4", "item 77"]),
    "an empty file": ({"u__data": ""}, ["u.data", "empty"]),
    "only a header": ({"ratings__csv": "userId,movieId,rating,timestamp\n"}, ["ratings.csv", "no ratings"]),
    "nothing known in the folder": ({"notes__txt": "hello"}, ["u.data", "ratings.csv", "folder"]),
    "a bad item row": ({"u__data": U_DATA, "u__item": U_ITEM + "x|y\n"}, ["u.item", "line 3"]),
    "an item twice": ({"u__data": U_DATA, "u__item": U_ITEM + U_ITEM.split("\n")[0] + "\n"}, ["u.item", "10", "twice"]),
    "a bad user row": ({"u__data": U_DATA, "u__user": "1|old|M|x|1\n"}, ["u.user", "line 1"]),
    "a wrong separator": ({"ratings__dat": RATINGS_DAT.replace("1::20", "1:20")}, ["ratings.dat", "line 2"]),
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_data_is_named_by_file_and_line(tmp_path, case):
    files, words = BAD[case]
    with pytest.raises(DataError) as caught:
        load_ratings(write(tmp_path, **files))
    for word in words:
        assert word in str(caught.value)


def test_unknown_names():
    with pytest.raises(DataError, match=r"Did you mean 'ml-100k'\?"):
        load_ratings("ml100k")
    with pytest.raises(DataError, match="There is no file or folder"):
        load_ratings("./nowhere")


def test_the_environment_chooses_the_data_set(monkeypatch):
    monkeypatch.setenv("MFREF_DATASET", "music")
    assert load_ratings().name == "music"
    monkeypatch.delenv("MFREF_DATASET")
    assert load_ratings().name == "synthetic-100k"


def test_busiest_keeps_the_densest_corner():
    data = load_ratings("synthetic-100k")
    small = data.busiest(50, 40)
    assert (small.n_users, small.n_items) == (50, 40)
    counts = data.ratings["item_id"].value_counts()
    assert counts[small.items["item_id"]].min() >= counts[~counts.index.isin(small.items["item_id"])].max()
    users, items, ratings = small.arrays()
    assert users.max() == 49
    assert len(pd.DataFrame({"u": users, "i": items}).drop_duplicates()) == len(ratings)
