"""The wire: what goes through is the same afterwards, and nothing that arrives is trusted."""

import contextlib
import io
import json
import struct

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mfcheck.compare import difference
from mfcheck.wire import MAX_BYTES, Foreign, WireError, decode, encode

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
def test_plain_values_return_the_same(value):
    back = decode(encode(value))
    assert repr(back) == repr(value)


@given(
    hnp.arrays(
        hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.floating_dtypes() | hnp.unicode_string_dtypes(),
        hnp.array_shapes(max_dims=3),
    )
)
def test_arrays_return_the_same(array):
    back = decode(encode(array))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert np.array_equal(back, array, equal_nan=array.dtype.kind == "f")


@pytest.mark.parametrize(
    "array", [np.zeros((0, 3)), np.array(2.5), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(9)[::2]]
)
def test_awkward_arrays(array):
    assert np.array_equal(decode(encode(array)), array)
    assert decode(encode(array)).shape == array.shape


def test_scalars_stay_scalars():
    back = decode(encode(np.float32(2.5)))
    assert type(back) is np.float32
    assert type(decode(encode(np.int64(3)))) is np.int64


def test_frames_return_the_same():
    frame = pd.DataFrame({"a": [1.0, np.nan], "title": ["x", "y"]}, index=[7, 40])
    back = decode(encode(frame))
    assert difference(frame, back) is None
    assert list(back["title"]) == ["x", "y"]
    assert back.index.tolist() == [7, 40]
    assert decode(encode(pd.Series([1, 2], index=[5, 6])))[6] == 2
    assert decode(encode(pd.DataFrame(index=[1, 2]))).shape == (2, 0)


def test_ranges_and_indexes_are_as_good_as_arrays():
    for value in (range(3), pd.RangeIndex(3), pd.Index([0, 1, 2]), pd.Series([0, 1, 2])):
        assert difference(np.array([0, 1, 2]), decode(encode(value))) is None
        assert difference(np.array([0, 1, 2]), value) is None


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(3)
    rng.random(5)
    there = decode(encode(rng))
    assert there.random() == np.random.Generator(_copy(rng)).random()


def _copy(rng):
    bit_generator = np.random.PCG64()
    bit_generator.state = rng.bit_generator.state
    return bit_generator


def test_subclasses_become_their_plain_selves():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

    class Sly(dict):
        def items(self):
            return [("other", 1)]

    back = decode(encode(np.zeros(2).view(Liar)))
    assert type(back) is np.ndarray
    assert decode(encode(Sly(a=1))) == {"a": 1}
    assert type(decode(encode(True))) is bool


@pytest.mark.parametrize("value", [object(), lambda: 0, open, np.dtype("f8"), iter([]), b"bytes"])
def test_foreign_types_arrive_by_name_only(value):
    back = decode(encode(value))
    assert isinstance(back, Foreign)
    assert back.type_name == type(value).__name__
    assert difference(np.zeros(2), back).kind == "type"
    assert difference(1.0, back).kind == "type"


def test_a_repr_that_raises():
    class Bad:
        def __repr__(self):
            raise RuntimeError

    assert decode(encode(Bad())) == Foreign("Bad", "")


def test_object_arrays_and_their_contents():
    back = decode(encode(np.array([1, None, "x"], dtype=object)))
    assert back.dtype == object
    assert back.tolist() == [1, None, "x"]


def test_too_large_too_deep_and_cyclic():
    with pytest.raises(WireError):
        encode(np.zeros(MAX_BYTES // 8 + 1))
    nested = []
    for _ in range(100):
        nested = [nested]
    cycle = []
    cycle.append(cycle)
    for value in (nested, cycle, list(range(300_000))):
        with pytest.raises(WireError):
            encode(value)


def raw(tree, *blobs):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack(f"<{len(blobs) + 2}I", len(text), len(blobs), *map(len, blobs)) + text + b"".join(blobs)


def npy(array, **kwargs):
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    return file.getvalue()


def lying_header():
    blob = npy(np.zeros(4))
    return blob.replace(b"(4,), }          ", b"(400000000000,), }")[: len(blob)]


HOSTILE = {
    "nothing": b"",
    "noise": b"\x00" * 40,
    "huge sizes": struct.pack("<2I", 4_000_000_000, 4_000_000_000),
    "not JSON": raw(b"{"),
    "no tag": raw({}),
    "unknown tag": raw({"eval": "1"}),
    "a number under v": raw({"v": [1, 2]}),
    "an array that is not there": raw({"array": 5}),
    "a pickle": raw({"array": 0}, npy(np.array([object()], dtype=object), allow_pickle=True)),
    "a shape larger than the bytes": raw({"array": 0}, lying_header()),
    "structured dtype": raw({"array": 0}, npy(np.zeros(2, dtype=[("a", "f8")]))),
    "cut short": encode(np.zeros(10))[:-3],
    "more than announced": encode(1.0) + b"x",
    "object shape too large": raw({"objects": [10**9], "entries": {"list": []}}),
    "deep": raw(b'{"list":[' * 400 + b'{"v":null}' + b"]}" * 400),
    "an int of a million digits": raw({"int": "9" * 1_000_000}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_bytes_are_refused(case):
    with pytest.raises(WireError):
        decode(HOSTILE[case])


@given(st.binary(max_size=200))
def test_random_bytes_never_do_more_than_raise(data):
    with contextlib.suppress(WireError):
        decode(data)
