"""Comparing what a student's function gave with what is right: the rungs from type to values.

Lists, tuples and arrays are equally good, and so are Python's and NumPy's scalars. Values agree to a relative
1e-6 of the largest expected magnitude; where the answer is float32, to 1e-4.
"""

import numbers
from dataclasses import dataclass

import numpy as np

from mfcheck.wire import Foreign, pandas_kind

RTOL = 1e-6
RTOL_FLOAT32 = 1e-4


@dataclass(frozen=True)
class Difference:
    """Where and how an answer differs. `kind`: nothing, type, shape, dtype, not_finite, changed_inputs, values, raised."""

    kind: str
    where: str
    expected: object
    got: object
    detail: str = ""


def difference(expected, got, where="the result", values=True):
    """→ the first `Difference` of `got` from `expected`, or None. values=False: only types and dimensions."""
    if got is None and expected is not None:
        return Difference("nothing", where, expected, got)
    if isinstance(got, Foreign):
        return Difference("type", where, expected, got, _kind_of(expected))
    if pandas_kind(expected) == "DataFrame":
        return _frame(expected, got, where, values)
    if isinstance(expected, dict):
        return _dict(expected, got, where, values)
    if isinstance(expected, tuple):
        return _tuple(expected, got, where, values)
    if isinstance(expected, str | bool | np.bool_ | set) or expected is None:
        return _plain(expected, got, where, values)
    if isinstance(expected, numbers.Number):
        return _scalar(expected, got, where, values)
    return _array(np.asarray(expected), got, where, values)


def _kind_of(expected):
    if isinstance(expected, tuple):
        return f"{len(expected)} values, as in `return a, b`"
    if np.ndim(expected) and not isinstance(expected, str):
        return f"a {type(expected).__name__}" if type(expected).__name__ == "DataFrame" else "an array"
    return "one number" if isinstance(expected, numbers.Number) else f"a {type(expected).__name__}"


def _tuple(expected, got, where, values):
    if not isinstance(got, tuple | list):
        return Difference("type", where, expected, got, _kind_of(expected))
    if len(got) != len(expected):
        return Difference("shape", where, expected, got, f"{len(expected)} values")
    parts = (
        difference(e, g, f"{where}[{n}]" if where != "the result" else _ordinal(n, len(expected)), values)
        for n, (e, g) in enumerate(zip(expected, got, strict=True))
    )
    return next((d for d in parts if d), None)


def _ordinal(n, of):
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    return f"the {names[n]} of the {of} values returned" if n < len(names) else f"value {n + 1} of {of} returned"


def _dict(expected, got, where, values):
    if not isinstance(got, dict):
        return Difference("type", where, expected, got, "a dict")
    plain = {_key(k): v for k, v in got.items()}
    if any(isinstance(value, np.ndarray) for value in expected.values()):
        return _named_arrays(expected, plain, where, values)
    if not values:
        return None
    if set(plain) != set(expected) or any(difference(expected[k], plain[k], where) for k in expected):
        return Difference("values", where, expected, got)
    return None


def _named_arrays(expected, got, where, values):
    """A dict of arrays: its keys, then each array by itself."""
    if set(got) != set(expected):
        return Difference("type", where, expected, got, f"a dict with the keys {', '.join(map(str, expected))}")
    parts = (difference(expected[name], got[name], f"{where}, {name!r}", values) for name in expected)
    return next((d for d in parts if d), None)


def _key(key):
    return key.item() if isinstance(key, np.generic) else key


def _plain(expected, got, where, values):
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    fits = isinstance(got, bool | np.bool_) if isinstance(expected, bool | np.bool_) else isinstance(got, type(expected))
    if not fits:
        return Difference("type", where, expected, got, "nothing" if expected is None else f"a {type(expected).__name__}")
    return Difference("values", where, expected, got) if values and got != expected else None


def _scalar(expected, got, where, values):
    try:
        array = np.asarray(got)
    except Exception:
        return Difference("type", where, expected, got, "one number")
    if isinstance(got, str | bytes | dict | set) or array.dtype == object:
        return Difference("type", where, expected, got, "one number")
    if array.ndim:
        return Difference("shape", where, expected, got, "one number, not an array")
    return _numbers(np.asarray(expected), array, where, values, expected, got)


def _array(expected, got, where, values):
    if not (isinstance(got, np.ndarray | list | tuple | range) or pandas_kind(got) in ("Series", "Index")):
        return Difference("type", where, expected, got, "an array")
    try:
        array = np.asarray(got)
    except Exception:
        return Difference("type", where, expected, got, "an array")
    if array.ndim != expected.ndim or (values and array.shape != expected.shape):
        return Difference("shape", where, expected, got, f"the shape {expected.shape}")
    return _numbers(expected, array, where, values, expected, got)


def _numbers(e, g, where, values, expected, got):
    """Arrays of one shape: dtype, finite, values."""
    if e.dtype.kind not in "biufc":
        same = g.astype(str) == e.astype(str)
        return Difference("values", where, expected, got) if values and not same.all() else None
    whole = e.dtype.kind in "iu"
    if g.dtype.kind not in "biuf" or (e.dtype.kind == "b") != (g.dtype.kind == "b"):
        return Difference("dtype", where, expected, got, "numbers" if e.dtype.kind != "b" else "True or False")
    if whole and e.ndim and g.size and g.dtype.kind == "f":
        return Difference("dtype", where, expected, got, "whole numbers, that can be used as indices")
    if np.isfinite(e).all() and not np.isfinite(g).all():
        return Difference("not_finite", where, expected, got)
    if not values or agree(e, g):
        return None
    return Difference("values", where, expected, got)


def agree(expected, got):
    """Whether two numeric arrays of one shape agree to the tolerance; NaN agrees with NaN."""
    e, g = np.asarray(expected), np.asarray(got)
    if e.dtype.kind in "iub" and g.dtype.kind in "iub":
        return bool((e == g).all())
    rtol = RTOL_FLOAT32 if g.dtype.itemsize < 8 and g.dtype.kind == "f" else RTOL
    finite = np.abs(e[np.isfinite(e)])
    scale = finite.max() if finite.size else 0.0
    return bool(np.allclose(g.astype(float), e.astype(float), rtol=0, atol=rtol * scale + 1e-12, equal_nan=True))


def _frame(expected, got, where, values):
    if pandas_kind(got) != "DataFrame":
        return Difference("type", where, expected, got, "a DataFrame")
    if values and got.shape != expected.shape:
        return Difference("shape", where, expected, got, f"the shape {expected.shape}")
    if not values:
        return None
    for axis, e, g in (("rows", expected.index, got.index), ("columns", expected.columns, got.columns)):
        if list(e) != list(g):
            return Difference("values", f"{where}: the labels of its {axis}", list(e), list(g))
    for column in expected.columns:
        name = f"{where}, column {column!r}"
        if found := difference(expected[column].to_numpy(), got[column].to_numpy(), name):
            return found
    return None
