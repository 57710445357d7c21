"""The rules of the house: environment, imports, notebooks in agreement with declarations."""

import ast
import builtins
import re
import subprocess
import sys
import tomllib

import nbformat
import pytest
import yaml

from mfcheck.registry import all_names, find, lesson_of, lessons
from mfgrade.build import build_release, left_out, notebook_path, same_text, solved
from mfgrade.names import bound, bound_at_top, parse, read
from tests.conftest import ROOT

PACKAGES = ("mfref", "mfcheck", "mfgrade")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LESSONS = lessons()


def source(lesson):
    return nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4)


def cells_with(notebook, **roles):
    return [c for c in notebook.cells if all(c.metadata.get("nbgrader", {}).get(k) == v for k, v in roles.items())]


# --- environment and imports


def names_and_versions(requirements):
    return {re.split(r"[<>=]", r, maxsplit=1)[0]: r for r in requirements}


def test_environment_agrees_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    conda = [d for d in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"] if isinstance(d, str)]
    ours = names_and_versions(project["dependencies"] + ["python" + project["requires-python"], "pip"])
    theirs = names_and_versions([d.replace("matplotlib-base", "matplotlib") for d in conda])
    assert theirs == ours


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way_and_files_are_short(path):
    package = path.relative_to(ROOT).parts[0]
    allowed = PACKAGES[: PACKAGES.index(package) + 1]
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            top = name.split(".")[0]
            assert top not in PACKAGES or top in allowed, f"{path} imports {name}"
    assert len(path.read_text().splitlines()) <= 300
    assert path.stem != "utils"


HEAVY = ("pandas", "matplotlib", "numba", "scipy", "nbformat", "nbgrader", "IPython", "rich", "pooch", "jupyter_client")


@pytest.mark.parametrize(
    "statement", ["import mfref", "from mfcheck import check", "import mfref; mfref.load_ratings('music').arrays()"]
)
def test_nothing_heavy_is_imported_early(statement):
    code = f"{statement}; import sys; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


# --- notebooks


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
@pytest.mark.parametrize("where", ["source", "release"])
def test_notebook_is_stored_clean(lesson, where):
    notebook = nbformat.read(notebook_path(ROOT / where, lesson), as_version=4)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
    if where == "release":
        text = "".join(cell.source for cell in notebook.cells)
        assert "BEGIN SOLUTION" not in text
        assert "Marking scheme" not in text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_every_exercise_has_its_cells(lesson):
    """A check cell for each declaration, in the order of the numbers, with the declared points, behind its solution cell."""
    notebook = source(lesson)
    checks = list(cells_with(notebook, grade=True, solution=False))
    assert [cell.metadata.nbgrader.grade_id for cell in checks] == lesson.exercise_names
    for cell in checks:
        exercise = find(cell.metadata.nbgrader.grade_id)
        assert cell.metadata.nbgrader.points == exercise.points, exercise.name
        assert cell.source == f'check("{exercise.name}", {exercise.name})'
        before = notebook.cells[notebook.cells.index(cell) - 1]
        assert before.metadata.nbgrader.grade_id == f"{exercise.name}-solution"
        assert before.source.count("### BEGIN SOLUTION") == 1
        tree = ast.parse(before.source)
        if exercise.is_value:
            assert before.source.startswith(f"{exercise.name} = None")
            assert bound_at_top(tree) == {exercise.name}
            continue
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert functions == [exercise.name]
        assert ast.get_docstring(tree.body[-1])
        arguments = tree.body[-1].args
        assert tuple(a.arg for a in arguments.args) == exercise.parameters
    assert len(cells_with(notebook, grade=True, solution=True)) >= 1, "a written question"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_pictures_define_nothing_that_others_read(lesson):
    """Cells tagged `show` are not run for the grade; nothing may depend on them."""
    code = {cell.id: (cell, parse(cell.source)) for cell in source(lesson).cells if cell.cell_type == "code"}
    shows = [cell_id for cell_id, (cell, _) in code.items() if "show" in cell.metadata.get("tags", [])]
    kept = [cell for cell_id, (cell, _) in code.items() if cell_id not in shows]
    common = set(dir(builtins)).union(*(bound(parse(cell.source)) for cell in kept))
    for cell_id, (_, tree) in code.items():
        known = common | (bound(tree) if cell_id in shows else set())
        assert read(tree) <= known, f"{cell_id} reads {read(tree) - known}"
    extra = [c.id for c in kept if "nbgrader" not in c.metadata and c.id != "data"]
    assert not extra, "cells that are neither exercise, check, setup nor data are pictures"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_prose_is_written_for_people(lesson):
    for cell in source(lesson).cells:
        if cell.cell_type == "markdown":
            assert "!" not in re.sub(r"!\[|!=|n!", "", cell.source), cell.id
            longest = max((len(s.split()) for s in re.split(r"(?<=[.?:])\s|\n", cell.source)), default=0)
            assert longest <= 40, f"{cell.id}: a sentence of {longest} words"
    first = source(lesson).cells[0].source
    assert first.startswith(f"# {lesson.name[:2]} · ")
    for promise in ("After this lesson you can", "You need", "Time"):
        assert promise in first


def test_release_is_up_to_date(tmp_path):
    for lesson in build_release(ROOT, tmp_path):
        fresh, stored = (notebook_path(folder, lesson).read_text() for folder in (tmp_path, ROOT / "release"))
        assert fresh == stored, f"release/{lesson.name} is out of date: run `make release`"
    for lesson in left_out():
        assert not [folder for folder in ("release", "solutions") if notebook_path(ROOT / folder, lesson).exists()], (
            "run `make release`"
        )


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_solutions_are_up_to_date(lesson):
    stored = nbformat.read(notebook_path(ROOT / "solutions", lesson), as_version=4)
    assert same_text(stored, solved(source(lesson))), f"solutions/{lesson.name} is out of date: run `make solutions`"
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]


def test_every_lesson_has_its_rooms():
    for lesson in LESSONS:
        for place in (f"mfref/{lesson.module}.py", f"mfcheck/exercises/{lesson.module}", f"tests/test_{lesson.module}.py"):
            assert (ROOT / place).exists(), place
        assert notebook_path(ROOT / "source", lesson).exists()
    for name in all_names():
        reference = find(name).reference
        module = lesson_of(name).module
        assert reference.__module__ in (f"mfref.{module}", f"mfcheck.exercises.{module}.{name}")
        assert reference.__doc__
