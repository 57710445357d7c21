"""save_model: one file of plain arrays, whole or not at all."""

import os
import warnings
import zipfile
from pathlib import Path

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.ship_it._files import ABOUT, kind, members, npz, some_model, states
from mfcheck.exercises.ship_it._save_mistakes import (
    as_text,
    baseline_not_saved,
    dict_under_one_name,
    error_swallowed,
    exchanged,
    ids_not_saved,
    np_save_of_a_dict,
    objects_saved,
    old_file_removed_first,
    part_left_behind,
    pickled,
    rounded,
    suffix_added,
    version_missing,
    without_names,
    written_in_place,
    written_over,
)
from mfcheck.rules import EachRun
from mfref import ship_it
from mfref.ship_it import ARRAYS

ANY_ERROR = ("Exception",)


def probe(model, name="films.npz", content=None, **more):
    return {"path": {"name": name, "content": content, **more}, "model": model}


def left(run):
    return run.outcome.after["left"]


def written_facts(runs):
    facts = {}
    for run in runs:
        content = left(run)["content"]
        facts["a file is written"] = bool(left(run)["files"])
        facts["what lies at the path"] = kind(content)
        for name, how in states(run.arguments["model"], content).items():
            facts[f"{name} in the file"] = how
    return facts


@group("the law: an .npz without pickle, and in it the seven arrays, exactly", 2, EachRun(written_facts))
def arrays_come_back(rng):
    """As many users as items; other sizes; ids of text; float32; no users yet."""
    yield probe(some_model(rng, 3, 3))
    yield probe(some_model(rng, 2, 5, 3))
    yield probe(some_model(rng, 4, 2, 1, text=True))
    yield probe(some_model(rng, 3, 4, dtype=np.float32))
    yield probe(some_model(rng, 0, 3))


def about_facts(runs):
    (run,) = runs
    found = members(left(run)["content"])
    version = found.get("version")
    return {
        'the file says format "mf-course"': str(found.get("format")) == "mf-course",
        "the file says version 1, a whole number": bool(np.ndim(version) == 0 and version == 1 and version.dtype.kind in "iu"),
    }


@group('beside them format = "mf-course" and version = 1', 1, EachRun(about_facts))
def says_what_it_is(rng):
    """Two models."""
    yield probe(some_model(rng))
    yield probe(some_model(rng, 2, 2))


def place_facts(runs):
    (run,) = runs
    return {
        "there is a file of exactly the name given": run.arguments["path"]["name"] in left(run)["files"],
        "there is no other file": len(left(run)["files"]) <= 1,
    }


@group("the file has exactly the name given, and nothing is left beside it", 1, EachRun(place_facts))
def any_name(rng):
    """Names with and without .npz, with dots and blanks; a file of that name exists or does not."""
    for name in ("films.npz", "films", "films.v2", "my films.model"):
        yield probe(some_model(rng), name)
        yield probe(some_model(rng), name, npz({**some_model(rng), **ABOUT}))


def crash_facts(runs):
    (run,) = runs
    content = left(run)["content"]
    before = run.arguments["path"]["content"]
    if "arrays until full" not in run.arguments["path"]:
        return {"whoever had the old file open goes on reading the old one": left(run)["kept"]}
    same = content is not None and np.array_equal(content, before)
    return {
        "the error reaches the caller": run.outcome.raised is not None,
        "the old file is still there": content is not None,
        "the old file is as it was": same,
    }


@group("a disk that fills up halfway leaves the old file as it was", 2, EachRun(crash_facts, ANY_ERROR))
def halfway(rng):
    """The disk is full after the first array, after the third, after the sixth; and once there is room."""
    for n_arrays in (1, 3, 6):
        yield probe(some_model(rng), content=npz({**some_model(rng), **ABOUT}), **{"arrays until full": n_arrays})
    yield probe(some_model(rng), content=npz({**some_model(rng), **ABOUT}))


def objects_facts(runs):
    (run,) = runs
    content = left(run)["content"]
    return {
        "an array of objects raises": "ValueError" if run.outcome.raised and "ValueError" in run.outcome.raised.types else "else",
        "the file from before is as it was": content is not None and np.array_equal(content, run.arguments["path"]["content"]),
    }


@group("an array of objects raises ValueError, and the old file stays", 1, EachRun(objects_facts, ANY_ERROR))
def objects(rng):
    """Ids of text as pandas hands them out, an array of objects; of users, then of items."""
    for name in ("user_ids", "item_ids"):
        model = some_model(rng, text=True)
        yield probe({**model, name: model[name].astype(object)}, content=npz({**some_model(rng), **ABOUT}))


def by_pathlib(path, model):
    arrays = {name: np.array(model[name]) for name in ARRAYS}
    for name, array in arrays.items():
        if array.dtype == object:
            raise ValueError(f"{name} is an array of objects")
    beside = Path(path).with_name("new-" + Path(path).name)
    with beside.open("wb") as file:
        np.savez_compressed(file, **arrays, format="mf-course", version=np.int64(1))
    print("written", beside.replace(path))


def member_by_member(path, model):
    warnings.warn("no savez here", stacklevel=1)
    contents = {**{name: np.asarray(model[name]) for name in ARRAYS}, "format": np.array("mf-course"), "version": np.array(1)}
    if any(array.dtype.kind == "O" for array in contents.values()):
        raise ValueError("objects")
    try:
        with zipfile.ZipFile(path + "~", "w") as file:
            for name, array in contents.items():
                with file.open(name + ".npy", "w") as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
    except Exception:
        os.remove(path + "~")
        raise
    os.rename(path + "~", path)
    return path


def pickle_forbidden(path, model):
    beside = str(path) + ".tmp"
    with open(beside, "wb") as file:
        np.savez(file, **model, format="mf-course", version=1, allow_pickle=False)
    os.replace(beside, path)


def suffix_reckoned_with(path, model):
    if any(np.asarray(array).dtype == object for array in model.values()):
        raise ValueError("objects cannot be saved")
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.tmp.npz")
    np.savez(beside, **{name: model[name] for name in ARRAYS}, **ABOUT)
    os.replace(beside, path)


exercise = Exercise(
    number="15.1",
    task="Write the seven arrays of model, exactly as they are, with format='mf-course' and version=1 to one .npz file without pickle, at exactly path, in one step: a "
    "failure halfway goes on to the caller and leaves the old file as it was. An array of objects raises ValueError.",
    reference=ship_it.save_model,
    adapter="ship_it",
    groups=(arrays_come_back, says_what_it_is, any_name, halfway, objects),
    mistakes=(
        pickled,
        np_save_of_a_dict,
        dict_under_one_name,
        without_names,
        ids_not_saved,
        baseline_not_saved,
        exchanged,
        rounded,
        as_text,
        version_missing,
        suffix_added,
        written_in_place,
        written_over,
        old_file_removed_first,
        error_swallowed,
        objects_saved,
        part_left_behind,
    ),
    hints=(
        "Which function of NumPy writes many arrays into one file? And how can a file that takes a while to write come to its place in one moment?",
        "First make arrays of the seven entries, and refuse objects. Then write to a second name in the same folder, to a file that you have opened yourself. Last, `os.replace`.",
        "`with open(path + '.part', 'wb') as file:` and in it `np.savez(file, format=…, version=…, **arrays)`. Behind the block, when the file is closed: "
        "`os.replace(path + '.part', path)`.",
    ),
    variants=(by_pathlib, member_by_member, pickle_forbidden, suffix_reckoned_with),
)
