"""Values as plain bytes, and back: JSON for the structure, `.npy` without pickle for the arrays.

The grader sends arguments into the sandbox and receives what a submission returned. Nothing that arrives is trusted:
decoding runs no code of the sender, checks every size before it allocates, and makes built-in types, NumPy arrays and
DataFrames only. What cannot be written down arrives as `Foreign`, which is nobody's right answer.
"""

import io
import json
import struct
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 50_000_000
MAX_DEPTH = 20
MAX_ITEMS = 200_000
ARRAY_KINDS = "biufcUS"


class WireError(ValueError):
    """Bytes that are not a value, or a value that is too large to send."""


@dataclass(frozen=True)
class Foreign:
    """A value of a type that is not sent: only its type's name and a short text."""

    type_name: str
    text: str


def encode(value):
    """→ bytes. Raises WireError when the value is too large or too deep."""
    blobs = []
    text = json.dumps(_tree(value, blobs, 0)).encode()
    sizes = struct.pack(f"<{len(blobs) + 2}I", len(text), len(blobs), *map(len, blobs))
    data = b"".join([sizes, text, *blobs])
    if len(data) > MAX_BYTES:
        raise WireError(f"the value takes {len(data):,} bytes, more than {MAX_BYTES:,}")
    return data


def _tree(value, blobs, depth):
    if depth > MAX_DEPTH:
        raise WireError("the value is nested too deeply")
    kind = type(value)
    if value is None or kind in (bool, str):
        return {"v": value}
    if kind is int:
        return {"int": str(value)} if value.bit_length() < 10_000 else _foreign(value)
    if kind is float:
        return {"float": value.hex()}
    if kind is complex:
        return {"complex": [value.real.hex(), value.imag.hex()]}
    if isinstance(value, np.random.Generator):
        return {"rng": _tree(value.bit_generator.state, blobs, depth + 1)}
    if isinstance(value, np.ndarray | np.generic):
        return _array(value, blobs)
    if kind is range:
        return _tree(list(_limited(value)), blobs, depth + 1)
    if name := pandas_kind(value):
        return _pandas(value, name, blobs, depth)
    if isinstance(value, tuple | list | set | frozenset):
        name = "tuple" if isinstance(value, tuple) else "list" if isinstance(value, list) else "set"
        return {name: [_tree(v, blobs, depth + 1) for v in _limited(value)]}
    if isinstance(value, dict):
        pairs = _limited(dict.items(value))
        return {"dict": [[_tree(k, blobs, depth + 1), _tree(v, blobs, depth + 1)] for k, v in pairs]}
    if isinstance(value, str | int | float):
        base = next(c for c in (str, bool, int, float) if isinstance(value, c))
        return _tree(base(value), blobs, depth + 1)
    return _foreign(value)


def pandas_kind(value):
    """→ "DataFrame", "Series" or "Index" for pandas's own classes and what derives from them, else ""."""
    names = [c.__name__ for c in type(value).__mro__ if c.__module__.startswith("pandas")]
    return next((name for name in ("DataFrame", "Series", "Index") if name in names), "")


def _limited(values):
    if len(values) > MAX_ITEMS:
        raise WireError(f"a collection of {len(values):,} entries, more than {MAX_ITEMS:,}")
    return list(values)


def _array(value, blobs):
    array = np.asarray(value)
    if array.dtype.kind == "O":
        return {"objects": list(array.shape), "entries": _tree(array.ravel().tolist(), blobs, MAX_DEPTH - 3)}
    if array.dtype.kind not in ARRAY_KINDS or array.dtype.hasobject:
        return _foreign(value)
    if array.nbytes > MAX_BYTES:
        raise WireError(f"an array of {array.nbytes:,} bytes, more than {MAX_BYTES:,}")
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
    blobs.append(file.getvalue())
    return {"scalar" if isinstance(value, np.generic) else "array": len(blobs) - 1}


def _pandas(value, name, blobs, depth):
    if name == "Index":
        return _tree(value.to_numpy(), blobs, depth + 1)
    parts = {"index": value.index.to_numpy()}
    if name == "Series":
        parts["values"] = _numpy(value)
    else:
        parts["columns"] = list(value.columns)
        parts["values"] = [_numpy(value.iloc[:, k]) for k in range(value.shape[1])]
        parts["names"] = [value.index.name, value.columns.name]
    return {name: _tree(parts, blobs, depth + 1)}


def _numpy(series):
    """A column as an array; text columns as plain strings."""
    array = series.to_numpy()
    return array if array.dtype.kind in ARRAY_KINDS else array.astype(object)


def _foreign(value):
    try:
        text = repr(value)[:200]
    except Exception:
        text = ""
    return {"foreign": [type(value).__name__[:100], str(text)]}


def plain(value):
    """The value as it would arrive: built-in types, arrays and DataFrames only, whatever its own methods say."""
    try:
        return decode(encode(value))
    except Exception as error:
        return Foreign(type(value).__name__[:100], str(error)[:200])


def decode(data):
    """bytes → value. Raises WireError for anything that `encode` would not have written."""
    try:
        tree, blobs = _split(bytes(data))
        return _value(tree, blobs, 0)
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"not a value ({type(error).__name__})") from None


def _split(data):
    if len(data) > MAX_BYTES:
        raise WireError("more bytes than allowed")
    text_size, n_blobs = struct.unpack_from("<2I", data)
    if 8 + 4 * n_blobs > len(data):
        raise WireError("cut short")
    sizes = struct.unpack_from(f"<{n_blobs}I", data, 8)
    at = 8 + 4 * n_blobs
    if at + text_size + sum(sizes) != len(data):
        raise WireError("the sizes do not add up")
    tree = json.loads(data[at : at + text_size])
    blobs, at = [], at + text_size
    for size in sizes:
        blobs.append(data[at : at + size])
        at += size
    return tree, blobs


def _value(tree, blobs, depth):
    if depth > MAX_DEPTH + 5:
        raise WireError("nested too deeply")
    (tag, content), *more = tree.items()
    if tag == "v" and not more:
        return content if content is None or type(content) in (bool, str) else _refuse()
    if tag == "int":
        return int(content)
    if tag == "float":
        return float.fromhex(content)
    if tag == "complex":
        return complex(*map(float.fromhex, content))
    if tag in ("array", "scalar"):
        array = read_array(blobs[content])
        return array if tag == "array" else array[()]
    if tag in ("tuple", "list", "set"):
        entries = [_value(v, blobs, depth + 1) for v in content]
        return {"tuple": tuple, "list": list, "set": _set}[tag](entries)
    if tag == "dict":
        return {_key(_value(k, blobs, depth + 1)): _value(v, blobs, depth + 1) for k, v in content}
    if tag == "objects":
        return _objects(content, _value(tree["entries"], blobs, depth + 1))
    if tag == "rng":
        return _generator(_value(content, blobs, depth + 1))
    if tag in ("DataFrame", "Series"):
        return _from_pandas(tag, _value(content, blobs, depth + 1))
    if tag == "foreign":
        return Foreign(str(content[0]), str(content[1]))
    return _refuse()


def _refuse():
    raise WireError("not a value")


def _set(entries):
    return {_key(entry) for entry in entries}


def _key(value):
    """A value that can be a key; what cannot becomes Foreign."""
    try:
        hash(value)
    except TypeError:
        return Foreign(type(value).__name__, "")
    return value


def read_array(blob):
    """An array from `.npy` bytes; its size is checked against the bytes that are there before anything is allocated."""
    file = io.BytesIO(blob)
    version = np.lib.format.read_magic(file)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject or dtype.kind not in ARRAY_KINDS or dtype.shape:
        _refuse()
    count = 1
    for n in shape:
        count *= int(n)
    left = len(blob) - file.tell()
    if len(shape) > 32 or any(n < 0 for n in shape) or count * dtype.itemsize != left:
        raise WireError("an array whose size is not that of its bytes")
    array = np.frombuffer(blob, dtype, count, file.tell()) if count and dtype.itemsize else np.zeros(count, dtype)
    return array.reshape(shape, order="F" if fortran else "C").copy()


def _objects(shape, entries):
    if int(np.prod(shape, dtype=object) if shape else 1) != len(entries):
        _refuse()
    array = np.empty(len(entries), dtype=object)
    for n, entry in enumerate(entries):
        array[n] = entry
    return array.reshape([int(n) for n in shape])


def _generator(state):
    """A Generator in the state that was sent; only ever read inside the sandbox, from the grader."""
    bit_generator = getattr(np.random, state["bit_generator"])()
    bit_generator.state = state
    return np.random.Generator(bit_generator)


def _from_pandas(kind, parts):
    import pandas as pd

    if kind == "Series":
        return pd.Series(parts["values"], index=parts["index"])
    columns = parts["columns"]
    table = (
        pd.DataFrame(dict(enumerate(parts["values"])), index=parts["index"]) if columns else pd.DataFrame(index=parts["index"])
    )
    table.columns = columns
    table.index.name, table.columns.name = parts["names"]
    return table
