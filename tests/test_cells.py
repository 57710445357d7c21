"""`mfgrade cells`, and lessons that are left out: what follows from the declarations, in the notebooks and in the gradebook."""

import shutil

import nbformat
import pytest

from mfcheck import registry
from mfcheck.registry import Lesson, all_names, find
from mfgrade.build import dead_links, notebook_path, remove_left_out
from mfgrade.cells import give_cells, solution_source
from mfgrade.preprocessors import lesson_named
from mfgrade.released import different_points, release
from mfgrade.sandbox.room import earlier_lessons
from mfgrade.service import NotReleased
from tests.conftest import ROOT
from tests.courses import api, hand_in, new_course, points, run
from tests.submissions import LESSON, bubblewrap_or_skip, notebook


@pytest.fixture
def course(tmp_path):
    return new_course(tmp_path / "course")


def read(course):
    return nbformat.read(notebook_path(course / "source", LESSON), as_version=4)


def change(course, change_it):
    """Let change_it(cells) change the source of the lesson."""
    made = read(course)
    change_it(made.cells)
    nbformat.write(made, notebook_path(course / "source", LESSON))


def names_of(cells):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]


def taken_out(*names):
    def change_it(cells):
        gone = {*names, *(f"{name}-solution" for name in names)}
        cells[:] = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in gone]

    return change_it


def with_points(name, n):
    def change_it(cells):
        cells[names_of(cells).index(name)].metadata.nbgrader.points = n

    return change_it


@pytest.mark.parametrize("names", [("sgd_step",), ("init_factors",), ("train_sgd",), ("sgd_step", "sgd_epoch")])
def test_cells_are_added_in_their_place(course, names):
    before = [name for name in names_of(read(course).cells) if name]
    change(course, taken_out(*names))
    done, orphans = give_cells(course, LESSON)
    assert done == [f"cells for {name} added" for name in names]
    assert orphans == []
    made = read(course)
    nbformat.validate(made)
    assert [name for name in names_of(made.cells) if name] == before
    for name in names:
        cell = made.cells[names_of(made.cells).index(name)]
        assert cell.source == f'check("{name}", {name})'
        assert cell.metadata.nbgrader.points == find(name).points


def test_a_lesson_without_any_cells_of_exercises(course):
    change(course, taken_out(*LESSON.exercise_names))
    give_cells(course, LESSON)
    found = [name for name in names_of(read(course).cells) if name]
    expected = [other for name in LESSON.exercise_names for other in (f"{name}-solution", name)]
    assert found == ["setup", *expected, "question-overfitting"]
    cells = read(course).cells
    assert cells[names_of(cells).index("question-overfitting") - 1].source.startswith("## Question")


def test_nothing_to_do_leaves_the_file_as_it_is(course):
    path = notebook_path(course / "source", LESSON)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert give_cells(course, LESSON) == ([], [])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_points_are_set_and_nothing_else_changes(course):
    before = notebook_path(course / "source", LESSON).read_text()
    change(course, with_points("sgd_step", 9))
    assert give_cells(course, LESSON)[0] == ["sgd_step: 4 points, until now 9"]
    assert notebook_path(course / "source", LESSON).read_text() == before


def test_a_cell_without_an_exercise_is_named(course):
    def rename(cells):
        cells[names_of(cells).index("sgd_step")].metadata.nbgrader.grade_id = "sgd_stepp"

    change(course, rename)
    done = run(course, "cells", "03-sgd", check=False)
    assert done.returncode == 1
    assert "sgd_stepp" in done.stderr
    assert run(course, "cells", "03-sdg", check=False).returncode == 2


@pytest.mark.parametrize("name", [name for name in all_names() if not find(name).is_value])
def test_a_solution_cell_is_the_reference(name):
    written = solution_source(find(name))
    assert written.startswith(f"def {name}(")
    head, rest = written.split("    ### BEGIN SOLUTION\n")
    assert '"""' in head and rest.endswith("    ### END SOLUTION")
    compile(written, name, "exec")
    compile(head + "    raise NotImplementedError()", name, "exec")


# --- the gradebook


def test_points_that_changed_come_into_a_gradebook_with_submissions(course):
    bubblewrap_or_skip()
    change(course, with_points("sgd_step", 3))
    gradebook_api = api(course)
    gradebook_api.generate_assignment(LESSON.name)
    with gradebook_api.gradebook as gradebook:
        assert different_points(gradebook, LESSON) == ["sgd_step"]
    hand_in(course, "ada", notebook())
    done = run(course, "autograde", LESSON.name, check=False)
    assert (done.returncode, "mfgrade cells 03-sgd" in done.stderr) == (2, True), done.stderr
    give_cells(course, LESSON)
    run(course, "autograde", LESSON.name)
    assert points(course)["ada"]["sgd_step"] == 4
    with gradebook_api.gradebook as gradebook:
        assert different_points(gradebook, LESSON) == []
        assert gradebook.find_submission(LESSON.name, "ada").max_score == 19
    change(course, taken_out("sgd_step"))
    with pytest.raises(NotReleased, match="03-sgd"):
        release(gradebook_api, LESSON)


# --- lessons that are left out


@pytest.fixture
def without_biases(monkeypatch):
    monkeypatch.setattr(registry, "LEFT_OUT", ("04-biases",))
    registry._lesson_of.cache_clear()
    yield Lesson("04-biases")
    registry._lesson_of.cache_clear()


def test_a_lesson_left_out_stays_for_those_that_build_on_it(without_biases):
    assert without_biases not in registry.lessons()
    assert len(registry.lessons()) == len(registry.LESSONS) - 1
    assert earlier_lessons(Lesson("05-evaluation")) == ["rating_matrix", "factorization", "sgd", "biases"]
    assert registry.lesson_of("damped_means") == without_biases
    assert lesson_named("04-biases") == without_biases, "its submissions are still not run outside the sandbox"


def test_a_name_that_is_no_lesson_cannot_be_left_out(monkeypatch):
    monkeypatch.setattr(registry, "LEFT_OUT", ("04-bias",))
    with pytest.raises(ValueError, match="04-bias"):
        registry.lessons()


def test_what_was_generated_of_it_is_removed_and_nothing_else(without_biases, tmp_path):
    shutil.copytree(ROOT / "release", tmp_path / "release")
    kept = tmp_path / "release" / "exam" / "exam.ipynb"
    kept.parent.mkdir()
    kept.touch()
    assert remove_left_out(tmp_path / "release") == [without_biases]
    assert not (tmp_path / "release" / "04-biases").exists()
    assert kept.exists()
    assert remove_left_out(tmp_path / "release") == []
    shutil.copytree(ROOT / "release" / "04-biases", tmp_path / "release" / "04-biases")
    (tmp_path / "release" / "04-biases" / "notes.txt").touch()
    remove_left_out(tmp_path / "release")
    assert [path.name for path in (tmp_path / "release" / "04-biases").iterdir()] == ["notes.txt"]


def test_links_to_it_are_named(monkeypatch):
    assert dead_links(ROOT) == []
    monkeypatch.setattr(registry, "LEFT_OUT", ("14-ab-test",))
    assert [lesson.name for lesson, _ in dead_links(ROOT)] == ["13-neural", "15-ship-it"]
