"""How an answer is compared with what is right."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfcheck.compare import agree, difference

SAME = [
    (2.0, 2),
    (2.0, np.float32(2)),
    (2.0, np.array(2.0)),
    (2, np.int64(2)),
    (np.array([1.0, 2.0]), [1, 2]),
    (np.array([1.0, 2.0]), (1.0, 2.0)),
    (np.array([1, 2]), np.array([1, 2], dtype=np.int32)),
    (np.array([[1.0, np.nan]]), [[1.0, float("nan")]]),
    (np.array([1e6, 1e-6]), np.array([1e6 + 0.1, 0.0])),
    (np.array([1.0, 3.0]), np.array([1.00001, 3.0], dtype=np.float32)),
    ((1.0, np.array([2.0])), [1.0, [2.0]]),
    ({1: 0, 5: 1}, {np.int64(1): np.int64(0), 5: 1}),
    ({"P": np.ones((2, 1)), "b": np.zeros(1)}, {"b": [0], "P": np.ones((2, 1), dtype=np.float32)}),
    ("abc", np.str_("abc")),
    (True, np.True_),
    (None, None),
    (np.array(["a", "b"]), ["a", "b"]),
    (np.array([]), []),
]


@pytest.mark.parametrize(("expected", "got"), SAME)
def test_same(expected, got):
    assert difference(expected, got) is None


DIFFERENT = [
    (2.0, 2.00001, "values"),
    (2.0, "2.0", "type"),
    (2.0, None, "nothing"),
    (2.0, [2.0], "shape"),
    (2.0, float("nan"), "not_finite"),
    (float("nan"), 0.0, "values"),
    (2.0, True, "dtype"),
    (True, 1, "type"),
    (np.array([1, 2]), np.array([1.0, 2.0]), "dtype"),
    (np.array([1.0, 2.0]), np.array([1.0]), "shape"),
    (np.array([1.0, 2.0]), [[1.0, 2.0]], "shape"),
    (np.array([1.0, 2.0]), [1.0, [2.0]], "type"),
    (np.array([1.0, 2.0]), [1.0, None], "dtype"),
    (np.array([1.0, 2.0]), {"a": 1}, "type"),
    (np.array([1.0, 2.0]), pd.DataFrame([1.0]), "type"),
    (np.array([1.0, 2.0]), np.array([1.0, np.inf]), "not_finite"),
    ((1.0, 2.0), 1.0, "type"),
    ((1.0, 2.0), (1.0, 2.0, 3.0), "shape"),
    ((1.0, 2.0), (1.0, 2.5), "values"),
    ({1: 0}, {1: 1}, "values"),
    ({1: 0}, {"1": 0}, "values"),
    ({1: 0}, [0], "type"),
    ({"P": np.ones(2)}, {"P": np.array([1.0, 2.0])}, "values"),
    ({"P": np.ones(2)}, {"P": np.ones((2, 1))}, "shape"),
    ({"P": np.ones(2)}, {"P": np.array([1.0, np.nan])}, "not_finite"),
    ({"P": np.ones(2)}, {"P": np.ones(2), "Q": np.ones(2)}, "type"),
    ({"P": np.ones(2), "Q": np.ones(2)}, {"P": np.ones(2)}, "type"),
    ("abc", "abd", "values"),
    (None, 0, "type"),
    (np.array(["a", "b"]), ["a", "c"], "values"),
]


@pytest.mark.parametrize(("expected", "got", "kind"), DIFFERENT)
def test_different(expected, got, kind):
    assert difference(expected, got).kind == kind


def frame(**changes):
    table = {"index": [1, 2], "columns": ["a", "b"], "data": np.array([[1.0, np.nan], [3.0, 4.0]])}
    return pd.DataFrame(**(table | changes))


def test_frames():
    assert difference(frame(), frame()) is None
    assert difference(frame(), frame(data=np.array([[1, np.nan], [3, 4]], dtype=np.float32))) is None
    assert difference(frame(), frame(index=[2, 1])).where.endswith("its rows")
    assert difference(frame(), frame(columns=["a", "c"])).where.endswith("its columns")
    assert difference(frame(), frame().fillna(0)).where.endswith("column 'b'")
    assert difference(frame(), frame().iloc[:1]).kind == "shape"
    assert difference(frame(), frame().to_numpy()).kind == "type"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(0, 1e-7), st.floats(3e-6, 1))
def test_tolerance_is_relative_to_the_largest_entry(values, small, large):
    e = np.array(values)
    scale = np.abs(e).max()
    assert agree(e, e + small * scale)
    if scale > 1e-5:
        assert not agree(e, e + large * scale)


def test_where_names_the_part():
    assert "second of the 2 values" in difference((1.0, 2.0), (1.0, 9.0)).where


def test_where_names_the_array_of_a_dict():
    found = difference(({"P": np.ones(2), "Q": np.ones(3)}, 1.0), ({"P": np.ones(2), "Q": np.zeros(3)}, 1.0))
    assert found.where == "the first of the 2 values returned, 'Q'"
    assert difference({"P": np.ones(2)}, {"P": np.zeros(2)}, values=False) is None


def test_sets_agree_by_their_members():
    assert difference({1, 2}, {2, 1}) is None
    assert difference({1, 2}, {1}).kind == "values"
    assert difference({1, 2}, [1, 2]).kind == "type"
