"""Lesson 01's functions against SciPy, dictionaries, brute force, and their own definitions."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array

from mfref import load_ratings, rating_matrix
from mfref.rating_matrix import (
    aligned_matrices,
    csr_arrays,
    index_ids,
    leave_one_out,
    random_split,
    sparsity,
    temporal_split,
)

cells = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=30, unique=True)
shares = st.floats(0, 1)


def frame(pairs, values=None):
    values = values if values is not None else [1.0 + n for n in range(len(pairs))]
    table = pd.DataFrame(pairs, columns=["user_id", "item_id"]).astype({"user_id": int, "item_id": int})
    return table.assign(rating=np.array(values, dtype=float), title="one title for all", timestamp=0)


@given(st.one_of(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.lists(st.text("abcXYZ019 ", min_size=1), min_size=1)))
def test_ids_and_indices_are_inverse(raw):
    index_of, ids = index_ids(np.array(raw))
    assert list(ids) == sorted(set(raw))
    assert sorted(index_of.values()) == list(range(len(ids)))
    assert all(ids[index_of[x]] == x for x in raw)


@given(cells)
def test_matrix_has_each_rating_in_its_cell_and_nothing_else(pairs):
    known = dict(zip(pairs, [1.0 + n for n in range(len(pairs))], strict=True))
    R = rating_matrix.rating_matrix(frame(pairs))
    assert list(R.index) == sorted({u for u, _ in pairs})
    assert list(R.columns) == sorted({i for _, i in pairs})
    for u in R.index:
        for i in R.columns:
            assert known[u, i] == R.loc[u, i] if (u, i) in known else np.isnan(R.loc[u, i])


@pytest.mark.parametrize("pair", [(7, 40), (1_234_567, 89_012_345)])
def test_repeated_pair_is_named_in_full(pair):
    table = frame([(1, 2), pair, (3, 4), pair])
    with pytest.raises(ValueError, match=f"user {pair[0]} .*item {pair[1]} "):
        rating_matrix.rating_matrix(table)


def test_repeated_pair_of_text_ids_is_named():
    table = pd.DataFrame({"user_id": ["ann", "ann"], "item_id": ["x1", "x1"], "rating": [1.0, 2.0]})
    with pytest.raises(ValueError, match="user ann rates item x1"):
        rating_matrix.rating_matrix(table)


@given(cells, st.integers(0, 30))
def test_aligned_matrices_add_up_to_the_whole(pairs, cut):
    whole = frame(pairs)
    train, test = whole.iloc[:cut], whole.iloc[cut:]
    R_train, R_test = aligned_matrices(train, test)
    R = rating_matrix.rating_matrix(whole)
    for part in (R_train, R_test):
        assert list(part.index) == list(R.index)
        assert list(part.columns) == list(R.columns)
    assert not (R_train.notna() & R_test.notna()).to_numpy().any()
    assert R_train.fillna(0).add(R_test.fillna(0)).equals(R.fillna(0))


@given(cells)
def test_sparsity_counts_blank_cells(pairs):
    users, items = np.array(pairs).T
    blank = sum((u, i) not in set(pairs) for u in range(7) for i in range(9))
    assert sparsity(users, items, 7, 9) == pytest.approx(blank / 63, abs=1e-12)


@given(cells, st.integers(7, 12))
def test_csr_equals_scipy(pairs, n_users):
    users, items = np.array(pairs).T
    ratings = np.arange(1.0, len(pairs) + 1)
    scipy = coo_array((ratings, (users, items)), shape=(n_users, 9)).tocsr()
    scipy.sort_indices()
    indptr, indices, data = csr_arrays(users, items, ratings, n_users)
    assert np.array_equal(indptr, scipy.indptr)
    assert np.array_equal(indices, scipy.indices)
    assert np.array_equal(data, scipy.data)
    assert indptr.dtype.kind == indices.dtype.kind == "i"


def test_csr_of_nothing_has_empty_rows():
    nobody = np.zeros(0, dtype=int)
    indptr, indices, data = csr_arrays(nobody, nobody, np.zeros(0), 3)
    assert indptr.tolist() == [0, 0, 0, 0]
    assert len(indices) == len(data) == 0


def is_partition(n, train, test):
    return sorted([*train, *test]) == list(range(n))


@given(st.integers(0, 200), shares, st.integers(0, 2**32 - 1))
def test_random_split_deals_out_every_position(n, share, seed):
    train, test = random_split(n, share, np.random.default_rng(seed))
    assert is_partition(n, train, test)
    assert len(test) == round(n * share)
    again = random_split(n, share, np.random.default_rng(seed))
    assert np.array_equal(test, again[1])


def test_random_split_draws_every_subset_equally_often():
    rng = np.random.default_rng(0)
    seen = Counter(frozenset(random_split(5, 0.4, rng)[1].tolist()) for _ in range(4000))
    assert len(seen) == math.comb(5, 2)
    # 400 expected of each, with a standard deviation of 19.
    assert all(310 < count < 490 for count in seen.values())


@given(st.lists(st.integers(0, 20), max_size=60), shares)
def test_temporal_split_trains_on_the_past(times, share):
    times = np.array(times, dtype=int)
    train, test = temporal_split(times, share)
    assert is_partition(len(times), train, test)
    assert len(test) == round(len(times) * share)
    assert all(times[a] <= times[b] for a in train for b in test)


def test_temporal_split_gives_arrays_for_a_column_of_a_table():
    times = pd.Series([30, 10, 20], index=[7, 8, 9])
    train, test = temporal_split(times, 1 / 3)
    assert isinstance(train, np.ndarray)
    assert (train.tolist(), test.tolist()) == ([1, 2], [0])


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=40))
def test_leave_one_out_holds_out_a_latest_rating_of_each_user(rows):
    users, times = (np.array(column, dtype=int) for column in (zip(*rows, strict=True) if rows else ([], [])))
    train, test = leave_one_out(users, times)
    assert is_partition(len(rows), train, test)
    assert sorted(users[test]) == sorted(set(users.tolist()))
    assert all(times[n] == times[users == users[n]].max() for n in test)


def test_default_data_set_as_the_lesson_shows_it():
    data = load_ratings("synthetic-100k")
    users, items, ratings = data.arrays()
    assert sparsity(users, items, data.n_users, data.n_items) == pytest.approx(0.937, abs=5e-4)
    R = rating_matrix.rating_matrix(data.ratings)
    assert R.shape == (943, 1682)
    assert int(R.notna().to_numpy().sum()) == len(ratings)
    assert data.items["title"].nunique() == R.shape[1] - 18


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(rating_matrix).items() if callable(value) and not name.startswith("_")]
    assert public == [
        "index_ids",
        "rating_matrix",
        "aligned_matrices",
        "sparsity",
        "csr_arrays",
        "random_split",
        "temporal_split",
        "leave_one_out",
    ]
