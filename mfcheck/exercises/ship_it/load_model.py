"""load_model: a model from a file, or an error that says what is wrong with it."""

import pickle
import zipfile
from pathlib import Path

import numpy as np

from mfcheck.adapters import ship_it as adapter
from mfcheck.exercise import Exercise, group
from mfcheck.exercises.ship_it._files import ABOUT, as_numbers, members, npz, some_model
from mfcheck.exercises.ship_it._load_mistakes import (
    all_that_is_there,
    exchanged,
    file_not_named,
    format_ignored,
    missing_ignored,
    missing_not_named,
    no_file_is_a_bad_file,
    not_finite_ignored,
    open_file_returned,
    own_errors_of_numpy,
    pickle_allowed,
    shapes_ignored,
    swallowed,
    version_ignored,
    without_ids,
)
from mfcheck.rules import EachRun
from mfref import ship_it
from mfref.ship_it import ARRAYS

ANY_ERROR = ("Exception",)


def probe(content, name="films.npz"):
    return {"path": {"name": name, "content": content}}


@group("the law: the dict of the seven arrays", 2)
def models(rng):
    """As many users as items; other sizes; ids of text and a name without .npz; a single user with a single factor."""
    yield probe(npz({**some_model(rng, 3, 3), **ABOUT}))
    yield probe(npz({**some_model(rng, 2, 5, 3), **ABOUT}))
    yield probe(npz({**some_model(rng, 4, 2, text=True), **ABOUT}), "films")
    yield probe(npz({**ABOUT, **some_model(rng, 1, 3, 1)}))


def error(run):
    """→ the name of the exception that counts, or what was returned in its place."""
    raised = run.outcome.raised
    if raised is None:
        return "nothing was returned and nothing raised" if run.outcome.value is None else "none"
    return "ValueError" if "ValueError" in raised.types else raised.name


def names(run, text):
    return run.outcome.raised is None or text in run.outcome.raised.message


def error_facts(runs):
    (run,) = runs
    return {
        "the error": error(run),
        "no pickle in the file is opened": not run.outcome.after["left"]["code_ran"],
        "the message names the file": names(run, run.arguments["path"]["name"]),
    }


@group("a damaged file, or one that is no .npz: ValueError that names the file", 2, EachRun(error_facts, ANY_ERROR))
def damaged(rng):
    """Text; nothing; the first half; the end cut off; one number damaged; a single array as .npy."""
    whole = npz({**some_model(rng, 20, 30), **ABOUT})
    yield probe(as_numbers(b"user_id,item_id,rating\n1,1,5\n"), "ratings.csv")
    yield probe(as_numbers(b""), "empty.npz")
    yield probe(whole[: len(whole) // 2], "half.npz")
    yield probe(whole[:-30], "cut.npz")
    yield probe(with_a_flipped_byte(whole, "Q.npy"), "flipped.npz")
    yield probe(one_array(rng), "array.npz")


def with_a_flipped_byte(content, member):
    """One bit of the last number of an array is another one."""
    at = bytes(content).index(b"PK\x03\x04", bytes(content).index(member.encode()))
    return as_numbers(bytes(content[: at - 5]) + bytes([content[at - 5] ^ 1]) + bytes(content[at - 4 :]))


def one_array(rng):
    header = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }".ljust(117) + b"\n"
    return as_numbers(header + rng.normal(size=3).tobytes())


class Stranger:
    """Opened by pickle, it calls a function of the checker that notes it."""

    def __reduce__(self):
        return adapter.ran, ()


def with_an_object(arrays, name):
    return npz({**arrays, name: np.array([Stranger()], dtype=object)})


@group("a pickle in the file is not opened: ValueError", 1, EachRun(error_facts, ANY_ERROR))
def pickles(rng):
    """Ids that are an array of objects; a pickle instead of an .npz."""
    yield probe(with_an_object({**some_model(rng), **ABOUT}, "item_ids"), "objects.npz")
    yield probe(as_numbers(pickle.dumps(Stranger())), "pickled.npz")


def missing_facts(runs):
    (run,) = runs
    facts = error_facts(runs)
    missing = [name for name in ARRAYS if name not in members(run.arguments["path"]["content"])]
    if len(missing) == 1:
        facts["the message names the array that is missing"] = names(run, missing[0])
    return facts


@group("not of this course, of a newer version, an array missing: ValueError", 2, EachRun(missing_facts, ANY_ERROR))
def foreign(rng):
    """Other arrays; another format with the right arrays; versions 2 and 30; no item_ids; no b_user."""
    model = some_model(rng)
    yield probe(npz({"x": np.arange(3), "y": np.zeros(2)}), "foreign.npz")
    yield probe(npz({**model, "format": "another course", "version": 1}), "other.npz")
    yield probe(npz({**model, **ABOUT, "version": 2}), "newer.npz")
    yield probe(npz({**model, **ABOUT, "version": 30}), "newest.npz")
    for name in ("item_ids", "b_user"):
        yield probe(npz({n: a for n, a in {**model, **ABOUT}.items() if n != name}), "incomplete.npz")


@group("shapes that do not fit together: ValueError", 1, EachRun(error_facts, ANY_ERROR))
def misfits(rng):
    """One user's factors too few; an item's bias too many; P and Q with unlike numbers of factors; ids too few; P a row of numbers."""
    model = some_model(rng, 4, 5, 3)
    for name, array in (
        ("P", model["P"][:-1]),
        ("b_item", np.append(model["b_item"], 0.5)),
        ("Q", model["Q"][:, :-1]),
        ("user_ids", model["user_ids"][:-1]),
        ("P", model["P"][:, 0]),
    ):
        yield probe(npz({**model, **ABOUT, name: array}), "misfit.npz")


@group("a number that is not finite: ValueError", 1, EachRun(error_facts, ANY_ERROR))
def not_numbers(rng):
    """NaN among P, then Q; infinity among the biases of the users, then of the items; mu is NaN."""
    model = some_model(rng)
    for name, value in (("P", np.nan), ("Q", np.nan), ("b_user", np.inf), ("b_item", -np.inf), ("mu", np.nan)):
        array = np.array(model[name])
        array.flat[-1] = value
        yield probe(npz({**model, **ABOUT, name: array}), "nan.npz")


@group("no file: FileNotFoundError", 1, EachRun(lambda runs: {"the error": error(runs[0])}, ANY_ERROR))
def no_file(rng):
    """There is nothing at the path."""
    yield probe(None, "missing.npz")


def one_test_after_the_other(path):
    names = ["format", "version", *ARRAYS]
    if not Path(path).exists():
        raise FileNotFoundError(f"there is no {path}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is not an .npz file")
    try:
        file = np.load(path)
        model = {name: file[name] for name in file.files if name in names}
    except Exception:
        raise ValueError(f"{path} is damaged")
    for name in names:
        if name not in model:
            raise ValueError(f"{path} has no {name}")
    if model.pop("format") != "mf-course" or model.pop("version") != 1:
        raise ValueError(f"{path} has another format or version")
    mu, b_user, b_item, P, Q, user_ids, item_ids = (model[name] for name in ARRAYS)
    n_users, n_items = len(user_ids), len(item_ids)
    if P.ndim != 2 or Q.ndim != 2 or P.shape[1] != Q.shape[1] or len(P) != n_users or len(Q) != n_items:
        raise ValueError(f"{path}: P {P.shape} and Q {Q.shape} do not fit")
    if b_user.shape != (n_users,) or b_item.shape != (n_items,):
        raise ValueError(f"{path}: the biases do not fit")
    for array in (mu, b_user, b_item, P, Q):
        if np.isnan(array).any() or np.isinf(array).any():
            raise ValueError(f"{path}: not finite")
    print("loaded", path)
    return model


class ModelFileError(ValueError):
    """An error of one's own."""


def error_of_its_own(path):
    try:
        return ship_it.load_model(path)
    except ValueError as error:
        raise ModelFileError(f"cannot use {Path(path).name}: {error}") from None


def checked_by_predicting(path):
    with open(path, "rb") as file:
        try:
            model = {name: np.asarray(array) for name, array in np.load(file).items()}
            about = str(model.pop("format")), int(model.pop("version"))
            shapes = (
                {len(model["P"]), len(model["b_user"]), len(model["user_ids"])},
                {len(model[n]) for n in ("Q", "b_item", "item_ids")},
            )
            table = model["mu"] + model["b_user"][:, None] + model["b_item"] + model["P"] @ model["Q"].T
            good = (
                about == ("mf-course", 1)
                and all(len(s) == 1 for s in shapes)
                and model["P"].ndim == 2
                and np.isfinite(table).all()
            )
        except Exception as error:
            raise ValueError(f"{path}: {type(error).__name__} {error}")
    if not good:
        raise ValueError(f"{path} holds no model that could predict")
    return {name: model[name] for name in ARRAYS}


def single_precision(path):
    model = ship_it.load_model(path)
    return {name: np.float32(array) if np.asarray(array).dtype.kind == "f" else list(array) for name, array in model.items()}


exercise = Exercise(
    number="15.2",
    task="Return the dict of the seven arrays that save_model wrote to path. Raise ValueError, with the file's name and what is wrong, for a file that is no whole .npz, holds "
    "pickles, is not 'mf-course', has a version above 1, lacks an array (name it), or has shapes that do not fit or numbers that are not finite. FileNotFoundError for no file.",
    reference=ship_it.load_model,
    adapter="ship_it",
    groups=(models, damaged, pickles, foreign, misfits, not_numbers, no_file),
    mistakes=(
        open_file_returned,
        pickle_allowed,
        swallowed,
        version_ignored,
        format_ignored,
        own_errors_of_numpy,
        missing_ignored,
        missing_not_named,
        shapes_ignored,
        not_finite_ignored,
        all_that_is_there,
        exchanged,
        without_ids,
        file_not_named,
        no_file_is_a_bad_file,
    ),
    hints=(
        "Reading is the easy part. What could be wrong with the file? Make a list, and for each entry one `if` and one `raise ValueError`.",
        "`np.load` needs a `try` around it: a damaged file raises errors of many kinds. Within `with np.load(path) as file:` make a dict of all arrays, for a damaged array is "
        "found only when it is read.",
        "Then in this order: the format, the version, the seven names, the shapes against the lengths of user_ids and item_ids and the columns of P, `np.isfinite`. "
        "Before `except Exception`, an `except FileNotFoundError: raise`.",
    ),
    variants=(one_test_after_the_other, error_of_its_own, checked_by_predicting, single_precision),
)
