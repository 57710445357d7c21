"""A new exercise is one Python file and a few cells of a notebook; the suites pick it up by themselves."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

DECLARATION = '''"""halve_step: a made-up exercise."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake


def halve_step(step):
    """→ half of the step."""
    return step / 2


@group("the law", points=2)
def some_steps(rng):
    """Numbers."""
    for _ in range(3):
        yield {"step": float(rng.uniform(1, 9))}


@mistake(title="Doubled", message="The step was doubled.", next_step="Divide.")
def doubled(step):
    return step * 2


@mistake(title="Unchanged", message="The step came back.", next_step="Divide.")
def unchanged(step):
    return step


@mistake(title="Negative", message="The sign was turned.", next_step="Divide by 2.")
def negative(step):
    return -step / 2


exercise = Exercise(
    number="3.5",
    task="Return half of the step.",
    reference=halve_step,
    groups=(some_steps,),
    mistakes=(doubled, unchanged, negative),
    hints=("Think.", "Divide.", "Divide by 2."),
    variants=(lambda step: step * 0.5, lambda step: np.float32(step) / 2, lambda step: step - step / 2, lambda step: np.divide(step, 2)),
)
'''


def role(grade_id, grade, points=None):
    more = {"points": points} if grade else {}
    return {
        "nbgrader": {
            "grade": grade,
            "grade_id": grade_id,
            "locked": grade,
            "schema_version": 3,
            "solution": not grade,
            "task": False,
            **more,
        }
    }


def cells(points):
    solution = 'def halve_step(step):\n    """Return half."""\n    ### BEGIN SOLUTION\n    return step / 2\n    ### END SOLUTION'
    for cell_id, grade_id, source, grade in (
        ("halve-step-solution", "halve_step-solution", solution, False),
        ("check-halve-step", "halve_step", 'check("halve_step", halve_step)', True),
    ):
        yield {
            "cell_type": "code",
            "id": cell_id,
            "metadata": role(grade_id, grade, points),
            "source": source,
            "outputs": [],
            "execution_count": None,
        }


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with one exercise more in lesson 03."""
    copy = tmp_path_factory.mktemp("course")
    for folder in ("mfref", "mfcheck", "mfgrade", "tests", "source"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def add(course, declaration, points):
    (course / "mfcheck" / "exercises" / "sgd" / "halve_step.py").write_text(declaration)
    notebook = json.loads((ROOT / "source" / "03-sgd" / "sgd.ipynb").read_text())
    last_check = max(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == "check-train-sgd")
    notebook["cells"][last_check + 1 : last_check + 1] = cells(points)
    (course / "source" / "03-sgd" / "sgd.ipynb").write_text(json.dumps(notebook))


def run(course, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(course)}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True).stdout


def test_it_is_picked_up(course):
    add(course, DECLARATION, points=2)
    shown = run(course, "tests/test_exercises.py", "-k", "halve_step")
    assert "11 passed" in shown, shown
    assert "failed" not in shown
    shown = run(course, "tests/test_house.py", "-k", "has_its_cells and 03-sgd")
    assert "1 passed" in shown, shown


def test_a_grade_cell_with_other_points_fails(course):
    add(course, DECLARATION, points=3)
    assert "1 failed" in run(course, "tests/test_house.py", "-k", "has_its_cells and 03-sgd")


def test_a_mistake_that_is_not_listed_fails(course):
    add(course, DECLARATION.replace("(doubled, unchanged, negative)", "(doubled, unchanged)"), points=2)
    assert "1 failed" in run(course, "tests/test_exercises.py", "-k", "halve_step and declaration")


def test_a_mistake_that_is_right_fails(course):
    add(course, DECLARATION.replace("    return step * 2\n", "    return step / 2\n"), points=2)
    assert "failed" in run(course, "tests/test_exercises.py", "-k", "halve_step and rejected")
