"""A class graded from end to end: mfgrade, nbgrader's own commands, its formgrader's way, feedback, regrading."""

import json
import os
import sqlite3
import stat

import pytest

from tests.courses import api, grades, hand_in, hand_in_class, new_course, points, run
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip, notebook, released, with_cell

RIGHT = notebook()
WRONG_STEP = notebook(
    sgd_step="def sgd_step(P, Q, u, i, r, lr, reg):\n    e = r - P[u] @ Q[i]\n    P[u] += lr * (e * Q[i] - reg * P[u])\n"
    "    Q[i] += lr * (e * P[u] - reg * Q[i])\n    return e"
)
ZERO = dict.fromkeys(POINTS, 0)


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    return bubblewrap_or_skip()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class with broken submissions among it, graded once by `mfgrade autograde`."""
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    hand_in(course, "right", RIGHT)
    hand_in(course, "noisy", with_cell(RIGHT, "import warnings\nwarnings.warn('x')\nprint('hello')"))
    hand_in(course, "wrong", WRONG_STEP)
    hand_in(course, "blank", released())
    hand_in(course, "broken", b'{"cells": [')
    hand_in(course, "hostile", with_cell(released(), "import os\nos._exit(0)"))
    hand_in(course, "twice", RIGHT | {"cells": [*RIGHT["cells"], *[c | {"id": c["id"] + "-2"} for c in RIGHT["cells"]]]})
    misnamed = hand_in(course, "misnamed", RIGHT)
    misnamed.rename(misnamed.with_name("my homework (1).ipynb"))
    hand_in(course, "missing", "").unlink()
    linked = hand_in(course, "linked", RIGHT)
    (linked.parent / "gradebook.db").symlink_to(course / "gradebook.db")
    linked.unlink()
    linked.symlink_to(course / "source" / LESSON.name / "sgd.ipynb")
    os.mkfifo(linked.parent / "pipe.txt")
    return course, run(course, "autograde", LESSON.name, "--jobs=2")


EXPECTED = {
    "right": POINTS,
    "noisy": POINTS,
    "wrong": POINTS | {"sgd_step": 0},
    "blank": ZERO,
    "broken": ZERO,
    "hostile": ZERO,
    "twice": POINTS,
    "misnamed": POINTS,
    "missing": ZERO,
    "linked": ZERO,
}


def test_every_student_has_a_definite_score(course):
    folder, done = course
    assert points(folder) == EXPECTED
    assert "10 graded, 0 unchanged, 0 not graded" in done.stdout


def test_the_summary_names_the_broken_ones(course):
    _, done = course
    for student, words in (
        ("broken", "no valid JSON"),
        ("hostile", "ended the process"),
        ("twice", "more than once"),
        ("missing", "no notebook"),
    ):
        line = next(line for line in done.stdout.splitlines() if f" {student}:" in line)
        assert words in line
    assert "right:" not in done.stdout


def test_written_answers_wait_for_a_person(course):
    folder, _ = course
    found = grades(folder)
    assert found["blank"]["question-overfitting"] == (0, None, False), "no answer given"
    assert found["right"]["question-overfitting"][0] in (0, None)


def test_the_gradebook_is_sound_and_originals_are_kept(course):
    folder, _ = course
    with sqlite3.connect(folder / "gradebook.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (folder / "submitted" / "broken" / LESSON.name / "sgd.ipynb").read_bytes() == b'{"cells": ['
    assert (folder / "submitted" / "misnamed" / LESSON.name / "my homework (1).ipynb").exists()
    aside = list((folder / "submitted" / "linked").glob(".set-aside-*/*"))
    assert len(aside) == 3
    assert not (folder / "autograded" / "linked" / LESSON.name / "gradebook.db").exists()


def test_feedback_shows_verdicts_and_no_secrets(course):
    folder, _ = course
    run(folder, "generate_feedback", LESSON.name, program="nbgrader")
    pages = {page.parent.parent.name: page.read_text() for page in folder.glob(f"feedback/*/{LESSON.name}/sgd.html")}
    assert set(pages) == set(EXPECTED)
    assert "q was moved with the new p" in pages["wrong"]
    assert "could not be read" in pages["broken"]
    seed = (folder.parent / "config" / "seed").read_text().strip()
    for page in pages.values():
        assert (
            "expected" not in page.split("03 · One rating at a time")[-1].lower().replace("unexpected", "")
            or "smallest instance" not in page
        )
        assert seed not in page
        assert str(folder) not in page


def test_the_seed_is_secret(course):
    folder, _ = course
    seed = folder.parent / "config" / "seed"
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert not list(folder.rglob("seed"))


def test_nothing_is_done_again(course):
    folder, _ = course
    done = run(folder, "autograde", LESSON.name)
    assert "0 graded, 10 unchanged" in done.stdout


def test_only_what_changed_is_graded_again_and_manual_marks_stay(course):
    folder, _ = course
    with api(folder).gradebook as gradebook:
        grade = gradebook.find_grade("question-overfitting", LESSON.module, LESSON.name, "wrong")
        grade.manual_score, grade.needs_manual_grade = 3, False
        extra = gradebook.find_grade("sgd_step", LESSON.module, LESSON.name, "wrong")
        extra.manual_score = 1
        gradebook.db.commit()
    hand_in(folder, "wrong", with_cell(WRONG_STEP, "changed = True"), time="2026-03-02 10:00:00 UTC")
    done = run(folder, "autograde", LESSON.name)
    assert "1 graded, 9 unchanged" in done.stdout
    found = grades(folder)["wrong"]
    assert found["question-overfitting"][1] == 3
    assert found["sgd_step"][:2] == (0, 1)
    assert points(folder) == EXPECTED


def test_nbgraders_own_command_and_the_formgraders_way_grade_the_same(course):
    folder, _ = course
    other = new_course(folder.parent / "other")
    hand_in(other, "wrong", WRONG_STEP)
    hand_in(other, "broken", b"")
    hand_in(other, "right", RIGHT)
    run(other, "generate_assignment", LESSON.name, program="nbgrader")
    run(other, "autograde", LESSON.name, "--student=wrong", program="nbgrader")
    run(other, "autograde", LESSON.name, "--student=broken", program="nbgrader")
    os.environ["MFGRADE_CONFIG"] = str(folder.parent / "config")
    try:
        result = api(other).autograde(LESSON.name, "right")  # what the formgrader's button calls
    finally:
        del os.environ["MFGRADE_CONFIG"]
    assert result["success"], result
    assert points(other) == {name: EXPECTED[name] for name in ("wrong", "broken", "right")}


def test_graded_notebooks_show_what_happened(course):
    folder, _ = course
    graded = json.loads((folder / "autograded" / "wrong" / LESSON.name / "sgd.ipynb").read_text())
    html = "".join("".join(o["data"].get("text/html", "")) for c in graded["cells"] for o in c.get("outputs", []) if "data" in o)
    assert "0 of 4 points" in html
    assert "smallest instance" not in html


def test_validate_uses_the_check_in_the_kernel(tmp_path):
    path = tmp_path / "sgd.ipynb"
    path.write_text(json.dumps(WRONG_STEP))
    done = run(tmp_path, "validate", str(path), program="nbgrader", check=False)
    assert 'check("sgd_step", sgd_step)' in done.stdout
    answered = json.dumps(RIGHT).replace("YOUR ANSWER HERE", "An answer.")
    path.write_text(answered)
    assert "Success" in run(tmp_path, "validate", str(path), program="nbgrader", check=False).stdout


def test_wrong_usage_is_said_and_has_status_2(course, tmp_path):
    folder, _ = course
    for arguments, words in (
        (["autograde", "03"], "Name the lesson"),
        (["autograde"], "Name the lesson"),
        (["autograde", LESSON.name, "--student=nobody"], "Nothing is handed in"),
    ):
        done = run(folder, *arguments, check=False)
        assert done.returncode == 2
        assert words in done.stderr
    outside = run(tmp_path, "autograde", LESSON.name, check=False)
    assert outside.returncode == 2
    assert "Change into the course folder" in outside.stderr


def test_without_bubblewrap_it_refuses_unless_told(tmp_path, monkeypatch):
    folder = new_course(tmp_path / "course")
    hand_in(folder, "right", RIGHT)
    empty = tmp_path / "bin"
    empty.mkdir()
    hidden = {"PATH": str(empty)}
    done = run(folder, "autograde", LESSON.name, check=False, env_more=hidden)
    assert done.returncode == 2
    assert "bubblewrap is not installed" in done.stderr
    assert not (folder / "gradebook.db").exists()
    done = run(folder, "autograde", LESSON.name, "--no-sandbox", env_more=hidden)
    assert "WARNING: --no-sandbox" in done.stderr
    assert points(folder) == {"right": POINTS}


def test_one_writer_at_a_time(course):
    import fcntl

    folder, _ = course
    with (folder / ".mfgrade" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(folder, "autograde", LESSON.name, check=False)
    assert done.returncode == 2
    assert "Another `mfgrade autograde`" in done.stderr


def test_a_fault_of_the_checker_is_named_and_has_status_1(tmp_path, monkeypatch):
    from mfcheck.verdict import Verdict
    from mfgrade.autograde import Autograde
    from mfgrade.service import Grading

    folder = new_course(tmp_path / "course")
    hand_in_class(folder, 1)
    monkeypatch.setenv("MFGRADE_CONFIG", str(tmp_path / "config"))
    work = Autograde(api(folder), folder, Grading())

    class Faulty:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def submit(self, function, **job):
            from concurrent.futures import Future

            verdict = Verdict("sgd_step", "fault", 4, 4, "fault", "the checker broke").to_dict()
            future = Future()
            future.set_result({"verdicts": {"sgd_step": verdict}, "outputs": {}, "notes": [], "seconds": 0})
            return future

    summary = work.run(work.submissions([LESSON]), Faulty, lambda *_: None)
    assert summary.graded == []
    assert "the checker broke" in summary.failed[(LESSON.name, "s00")]
    assert points(folder) == {}
