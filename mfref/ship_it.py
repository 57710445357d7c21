"""Lesson 15: ship it.

A model leaves the notebook as one file of plain arrays, a dict of

    mu ()                        b_user (n_users,)      P (n_users, n_factors)    user_ids (n_users,)
                                 b_item (n_items,)      Q (n_items, n_factors)    item_ids (n_items,)

with r_hat = mu + b_u + b_i + p_u . q_i for the user and the item whose ids stand in row u and row i (Koren, Bell and Volinsky, 2009,
equation 4). Early stopping is lesson 05's (Prechelt, Early Stopping - but when?, 1998).
"""

from pathlib import Path

import numpy as np

from mfref.evaluation import rmse
from mfref.sgd import init_factors, sgd_epoch

ARRAYS = ("mu", "b_user", "b_item", "P", "Q", "user_ids", "item_ids")
FORMAT, VERSION = "mf-course", 1


def save_model(path, model):
    """Write the arrays of `model` to one `.npz` file, with format = "mf-course" and version = 1, and without pickle.

    path: text, the file's name to the letter. model: dict of the seven arrays. The file is written beside `path` and then put
    in its place in one step: whoever reads `path` finds the old file or the new one, never a half.
    Raises ValueError for an array of objects, which could be written by pickle only; what was at `path` stays.
    """
    arrays = {name: np.asarray(model[name]) for name in ARRAYS}
    if objects := [name for name, array in arrays.items() if array.dtype.hasobject]:
        raise ValueError(f"{', '.join(objects)}: an array of objects is not saved. Make it numbers or text.")
    beside = Path(f"{path}.part")
    try:
        with beside.open("wb") as file:
            np.savez(file, format=FORMAT, version=VERSION, **arrays)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load_model(path):
    """→ the dict of the seven arrays that `save_model` wrote, mu as a float. No pickle is ever opened.

    Raises ValueError, which names the file and says what is wrong, when it is damaged or no .npz, not of this course, of a newer
    version, when an array is missing, when shapes do not fit together, when a number is not finite. FileNotFoundError for no file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
            damaged = file.zip.testzip()
    except (FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise ValueError(f"{path} is no .npz file of plain arrays, or it is damaged ({error}).") from error
    if wrong := f"{damaged} is damaged" if damaged else what_is_wrong(found):
        raise ValueError(f"{path} is not loaded: {wrong}.")
    return {name: found[name] for name in ARRAYS} | {"mu": float(found["mu"])}


def what_is_wrong(found):
    """→ why these arrays are no model of this course, as text; "" when they are one."""
    if str(found.get("format")) != FORMAT:
        return "it holds no model of this course"
    if "version" not in found or found["version"].shape or found["version"].dtype.kind not in "iu":
        return "it does not say its version"
    if found["version"] > VERSION:
        return f"it has version {found['version']} of the format, and this program reads up to {VERSION}"
    if missing := [name for name in ARRAYS if name not in found]:
        return f"{', '.join(missing)} is missing"
    n_users, n_items, n_factors = found["user_ids"].size, found["item_ids"].size, found["P"].shape[-1:]
    shapes = {"mu": (), "b_user": (n_users,), "b_item": (n_items,), "P": (n_users, *n_factors), "Q": (n_items, *n_factors)}
    for name, shape in (shapes | {"user_ids": (n_users,), "item_ids": (n_items,)}).items():
        if found[name].shape != shape:
            return f"{name} has the shape {found[name].shape}, where {shape} fits the others"
    for name in ("mu", "b_user", "b_item", "P", "Q"):
        if found[name].dtype.kind not in "fiu" or not np.isfinite(found[name]).all():
            return f"{name} holds something that is not a finite number"
    return ""


def early_stopping_fit(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    """Train by `sgd_epoch` from `init_factors`, watch the validation part after each epoch, and keep the best factors.

    train, validation: triples (users, items, ratings). Stops after `patience` epochs in a row without a strictly lower
    validation RMSE, or after max_epochs, both at least 1. rng: numpy.random.Generator.
    → `(P, Q, best_epoch, history)`: the factors as they were after the best epoch; its index in history; history: list of the
    validation RMSE after each epoch trained.
    """
    P, Q = init_factors(n_users, n_items, n_factors, rng)
    users, items, ratings = validation
    best_epoch, best, history = 0, None, []
    for epoch in range(max_epochs):
        sgd_epoch(P, Q, *train, lr, reg, rng)
        history.append(rmse(ratings, (P[users] * Q[items]).sum(axis=1)))
        if best is None or history[epoch] < history[best_epoch]:
            best_epoch, best = epoch, (P.copy(), Q.copy())
        elif epoch - best_epoch >= patience:
            break
    return *best, best_epoch, history


def explain_prediction(mu, b_u, b_item, p, Q, rated, i, n):
    """Why the prediction for item i is what it is: its parts, and the rated items most like i.

    mu, b_u floats; b_item (n_items,); p (n_factors,); Q (n_items, n_factors); rated: rows of the items the user rated, each once.
    → `(parts, nearest)`. parts (4,): mu, b_u, b_i, p . q_i, whose sum is the prediction. nearest: up to n of `rated`, most like i
    first by the cosine of their rows of Q; never i itself; a row of zeros has cosine 0; ties keep the order of `rated`.
    """
    parts = np.array([mu, b_u, b_item[i], p @ Q[i]])
    others = np.array([j for j in rated if j != i], dtype=int)
    lengths = np.linalg.norm(Q[others], axis=1) * np.linalg.norm(Q[i])
    cosines = np.divide(Q[others] @ Q[i], lengths, out=np.zeros(len(others)), where=lengths > 0)
    return parts, others[np.argsort(-cosines, kind="stable")[:n]]
