"""`save_model` with its parts exchanged, from which the known mistakes are put together."""

import io
import os

import numpy as np

from mfcheck.exercises.ship_it._files import ABOUT
from mfref.ship_it import ARRAYS


def plain(model):
    return {name: np.asarray(model[name]) for name in ARRAYS}


def savez(file, arrays):
    np.savez(file, **arrays)


def in_one_step(path, write):
    """Beside the path, then `os.replace`."""
    with open(f"{path}.part", "wb") as file:
        write(file)
    os.replace(f"{path}.part", path)


def in_place(path, write):
    with open(path, "wb") as file:
        write(file)


def by_name(path, write):
    """The path is given to NumPy."""
    write(path)


def composed_first(path, write):
    file = io.BytesIO()
    write(file)
    with open(path, "wb") as target:
        target.write(file.getvalue())


def copied(path, write, tidy=True):
    with open(f"{path}.part", "wb") as file:
        write(file)
    with open(f"{path}.part", "rb") as source, open(path, "wb") as target:
        target.write(source.read())
    if tidy:
        os.remove(f"{path}.part")


def removed_first(path, write):
    if os.path.exists(path):
        os.remove(path)
    in_place(path, write)


def saver(arrays=plain, about=ABOUT, put=in_one_step, write=savez, refuse=True):
    """→ a `save_model`. arrays(model): what is written; about: beside it; put(path, write): how the file comes to its place."""

    def save_model(path, model):
        if refuse and any(array.dtype.hasobject for array in plain(model).values()):
            raise ValueError("an array of objects")
        put(path, lambda file: write(file, {**arrays(model), **about}))

    return save_model


def of_type(dtype):
    """→ a `save_model` whose numbers are of this type."""
    return saver(arrays=lambda model: {n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in plain(model).items()})
