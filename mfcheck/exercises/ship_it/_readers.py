"""`load_model` with its parts exchanged, from which the known mistakes are put together."""

import os

import numpy as np

from mfref.ship_it import ARRAYS, what_is_wrong


def read(path, allow_pickle=False):
    with np.load(path, allow_pickle=allow_pickle) as file:
        return {name: file[name] for name in file.files}


def without(*words):
    """→ a check that overlooks what is wrong when the verdict has one of these words."""

    def check(found):
        wrong = what_is_wrong(found)
        return "" if any(word in wrong for word in words) else wrong

    return check


def seven(found):
    """→ the model, None for an array that is missing."""
    return {name: found.get(name) for name in ARRAYS} | {"mu": float(np.mean(found["mu"])) if "mu" in found else None}


def loader(check=what_is_wrong, model=seven, allow_pickle=False, name="{path}: ", translate=True, no_file=FileNotFoundError):
    """→ a `load_model`. check(found): what is wrong; model(found): what is returned; translate: errors of NumPy become ValueError."""

    def load_model(path):
        if not os.path.exists(path):
            raise no_file(path)
        try:
            found = read(path, allow_pickle)
        except Exception as error:
            if not translate:
                raise
            raise ValueError(name.format(path=path) + "not a whole .npz file") from error
        if wrong := check(found):
            raise ValueError(name.format(path=path) + wrong)
        return model(found)

    return load_model
