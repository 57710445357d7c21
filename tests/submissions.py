"""Submissions for the tests of the grader: lesson 03 handed in, with some cells written otherwise."""

import copy
import json

import nbformat
import pytest

from mfcheck.registry import Lesson
from mfgrade.build import notebook_path
from mfgrade.demo_class import _solved
from mfgrade.grading import Graded
from mfgrade.reading import read_submission
from mfgrade.repair import repair
from mfgrade.sandbox import bubble
from mfgrade.service import own_files
from mfgrade.work import run_job
from tests.conftest import ROOT

LESSON = Lesson("03-sgd")
POINTS = {"init_factors": 3, "sgd_step": 4, "sgd_epoch": 4, "train_sgd": 4}
LIMITS = {"memory": 2 * 1024**3, "processes": 64, "output": 2_000_000, "check_seconds": 3, "cell_seconds": 4, "total_seconds": 60}


def bubblewrap_or_skip():
    try:
        return bubble.find_bubblewrap()
    except bubble.NoSandbox as problem:
        pytest.skip(f"no sandbox on this machine: {problem}")


def released():
    """The student version as plain dicts, each source one text."""
    return json.loads(json.dumps(nbformat.read(notebook_path(ROOT / "release", LESSON), as_version=4)))


def solutions():
    source = nbformat.read(notebook_path(ROOT / "source", LESSON), as_version=4)
    found = {}
    for cell in source.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.endswith("-solution"):
            found[name.removesuffix("-solution")] = _solved(cell.source)
    return found


def notebook(**written):
    """The released notebook with right answers; written: exercise=text of its cell instead."""
    answers = solutions() | written
    made = released()
    for cell in made["cells"]:
        name = grade_id(cell).removesuffix("-solution")
        if grade_id(cell).endswith("-solution"):
            cell["source"] = answers[name]
    return made


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def with_cell(made, source, at=3):
    """The notebook with one more code cell."""
    made = copy.deepcopy(made)
    extra = {"cell_type": "code", "id": f"extra-{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    made["cells"].insert(at, extra)
    return made


def write(folder, made, name="sgd.ipynb"):
    """Write a notebook, given as dict, text or bytes, into a submission's folder. → the path"""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if isinstance(made, dict):
        made = json.dumps(made)
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    return path


def grade(folder, made, sandbox=True, **limits):
    """Hand in and grade in the sandbox. → Graded"""
    path = write(folder, made) if made is not None else folder / "sgd.ipynb"
    repaired = repair(read_submission(path), nbformat.from_dict(released()))
    cells = [(n, repaired.notebook.cells[n].source) for n in repaired.to_run]
    graded = Graded.from_dict(run_job(LESSON.name, cells, own_files(folder), 1234, LIMITS | limits, sandbox))
    graded.notes = [*repaired.notes, *graded.notes]
    return graded


def points(graded):
    return {name: verdict.points for name, verdict in graded.verdicts.items()}


def printed(graded):
    """All that the cells printed."""
    return "".join(o.get("text", "") for outputs in graded.outputs.values() for o in outputs)
