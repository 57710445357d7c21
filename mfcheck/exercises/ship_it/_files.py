"""Models and files for the probes of `save_model` and `load_model`, and what is found in a file that a submission left."""

import io
import zipfile

import numpy as np

from mfcheck.wire import read_array
from mfref.ship_it import ARRAYS, FORMAT, VERSION

MAX_BYTES, MAX_ENTRIES = 1_000_000, 20
ABOUT = {"format": FORMAT, "version": VERSION}


def some_model(rng, n_users=3, n_items=4, n_factors=2, text=False, dtype=float):
    """A model of this size; ids are numbers with gaps, or text."""
    users, items = (np.sort(rng.choice(900, n, replace=False)) + 1 for n in (n_users, n_items))
    return {
        "mu": float(rng.uniform(3, 4)),
        "b_user": rng.normal(size=n_users).astype(dtype),
        "b_item": rng.normal(size=n_items).astype(dtype),
        "P": rng.normal(size=(n_users, n_factors)).astype(dtype),
        "Q": rng.normal(size=(n_items, n_factors)).astype(dtype),
        "user_ids": np.array([f"user-{n}" for n in users]) if text else users,
        "item_ids": np.array([f"film {n}, né" for n in items]) if text else items,
    }


def npz(arrays):
    """→ the bytes of an `.npz` file with these arrays, each a whole number from 0 to 255."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return as_numbers(file.getvalue())


def as_numbers(content):
    return np.frombuffer(content, dtype=np.uint8).copy()


def kind(content):
    """→ what the bytes are, by how they begin."""
    if content is None:
        return "no file"
    begins = {b"PK": ".npz", b"\x93N": ".npy"} | {bytes([128, version]): "pickle" for version in range(2, 6)}
    return begins.get(bytes(content[:2]), "something else")


def members(content):
    """→ dict name → array of an `.npz` file, "objects" where an entry is none of plain numbers or text. Nothing is unpickled.

    The bytes may come from anybody: neither the number of entries nor what they say of their size is believed.
    """
    found = {}
    with zipfile.ZipFile(io.BytesIO(np.asarray(content, dtype=np.uint8).tobytes())) as file:
        for info in file.infolist()[:MAX_ENTRIES]:
            with file.open(info) as member:
                data = member.read(MAX_BYTES + 1)
            try:
                found[info.filename.removesuffix(".npy")] = read_array(data)
            except ValueError:
                found[info.filename.removesuffix(".npy")] = "objects"
    return found


def state(given, found):
    """→ in words how an array in a file compares with the one that should be there."""
    given = np.asarray(given)
    if found is None or isinstance(found, str):
        return found or "missing"
    if (given.dtype.kind in "OUS") != (found.dtype.kind in "OUS"):
        return "text in place of numbers, or numbers in place of text"
    if found.shape != given.shape:
        return "another shape"
    if np.array_equal(given, found):
        return "exact"
    rounded = given.dtype.kind == "f" and np.allclose(given, found, rtol=0.02, atol=0.02)
    return "rounded" if rounded else "other values"


def states(model, content):
    """→ dict of the `state` of each array of the model in the bytes of a file."""
    found = members(content) if kind(content) == ".npz" else {}
    return {name: state(model[name], found.get(name)) for name in ARRAYS}
