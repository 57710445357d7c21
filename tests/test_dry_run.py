"""`mfgrade autograde --dry-run`: after a correction of an exercise, what is shown is what then happens, and nothing before."""

import hashlib
import re
import shutil
from types import SimpleNamespace

import pytest

from mfcheck.verdict import Verdict
from mfgrade.dry_run import Change, outlook_of
from tests.conftest import ROOT
from tests.courses import api, grades, hand_in, new_course, points, run
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip, notebook

TWICE = "def sgd_step(P, Q, u, i, r, lr, reg):\n    p, q = P[u].copy(), Q[i].copy()\n    e = r - p @ q\n"
TWICE += "    P[u] += 2 * lr * (e * q - reg * p)\n    Q[i] += 2 * lr * (e * p - reg * q)\n    return e"
GROUP = 'rating, both vectors from the old values, the error returned", points=3'


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three graded submissions; two of them got a mark by hand."""
    bubblewrap_or_skip()
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    for student, made in (("right", notebook()), ("twice", notebook(sgd_step=TWICE)), ("marked", notebook())):
        hand_in(course, student, made)
    run(course, "autograde", LESSON.name, "--jobs=2")
    with api(course).gradebook as gradebook:
        gradebook.find_grade("sgd_step", LESSON.module, LESSON.name, "marked").manual_score = 2
        gradebook.find_grade("question-overfitting", LESSON.module, LESSON.name, "twice").manual_score = 3
        gradebook.db.commit()
    return course


def corrected(folder, first_group):
    """A copy of the packages in which the first group of sgd_step is worth so many points. → environment"""
    for package in ("mfref", "mfcheck", "mfgrade"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    exercise = folder / "mfcheck" / "exercises" / "sgd" / "sgd_step.py"
    text = exercise.read_text()
    assert GROUP in text
    exercise.write_text(text.replace(GROUP, GROUP.replace("=3", f"={first_group}")))
    return {"PYTHONPATH": str(folder)}


def fingerprints(course):
    """All files but the stored results and the lock."""
    files = [path for path in course.rglob("*") if path.is_file() and ".mfgrade/results" not in str(path) and path.name != "lock"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def said(done):
    """→ student → lines of changes, from what the command printed."""
    found, student = {}, ""
    for line in done.stdout.splitlines():
        if head := re.match(rf"{LESSON.name} (\w+): (.*)", line):
            student = head[1]
            found[student] = [head[2]]
        elif line.startswith("    "):
            found[student].append(line.strip())
    return found


def test_without_a_correction_nothing_would_change(course):
    before = fingerprints(course)
    done = run(course, "autograde", LESSON.name, "--dry-run")
    assert said(done) == {}
    assert "0 would change, 3 unchanged, 0 graded for the first time, 0 not graded." in done.stdout
    assert fingerprints(course) == before


def test_what_nbgrader_would_refuse_is_named(course, tmp_path):
    done = run(course, "autograde", LESSON.name, "--dry-run", "--jobs=2", check=False, env_more=corrected(tmp_path, 5))
    assert done.returncode == 1
    assert done.stderr.count("sgd_step gives 6 points, but its cell in the student version has 4.") == 2
    assert "0 would change, 1 unchanged, 0 graded for the first time, 2 not graded." in done.stdout


def test_what_is_shown_is_what_happens_and_marks_by_hand_stay(course, tmp_path):
    environment = corrected(tmp_path, 2)
    run(course, "cells", LESSON.name, env_more=environment)
    before, marks = fingerprints(course), grades(course)
    shown = run(course, "autograde", LESSON.name, "--dry-run", "--jobs=2", env_more=environment)
    assert fingerprints(course) == before, "neither the gradebook nor autograded/ nor a marker has changed"
    assert said(shown) == {
        "right": ["sum 15 → 14", "sgd_step 4 → 3"],
        "marked": ["sum 13 → 13", "sgd_step 4 → 3, but the mark by hand, 2, is kept and counts"],
    }
    assert "2 would change, 1 unchanged, 0 graded for the first time" in shown.stdout
    assert "Marks by hand are kept: 2." in shown.stdout
    results = sorted((course / ".mfgrade" / "results").rglob("*.json"))
    done = run(course, "autograde", LESSON.name, env_more=environment)
    assert "3 graded" in done.stdout
    assert sorted((course / ".mfgrade" / "results").rglob("*.json")) == results, "all results were there already"
    assert points(course) == {
        "right": POINTS | {"sgd_step": 3},
        "marked": POINTS | {"sgd_step": 3},
        "twice": POINTS | {"sgd_step": 0},
    }
    after = grades(course)
    assert after["marked"]["sgd_step"][1] == 2
    assert after["twice"]["question-overfitting"][1] == 3
    assert marks["marked"]["sgd_step"][1] == 2


def test_in_a_course_without_a_gradebook_none_is_made(tmp_path, course):
    fresh = new_course(tmp_path / "course")
    hand_in(fresh, "new", notebook())
    done = run(fresh, "autograde", LESSON.name, "--dry-run", check=False)
    assert (done.returncode, "nbgrader generate_assignment" in done.stderr) == (2, True)
    shutil.copytree(ROOT / "release" / LESSON.name, fresh / "release" / LESSON.name)
    done = run(fresh, "autograde", LESSON.name, "--dry-run")
    assert said(done)["new"][0] == "would be graded for the first time"
    assert "sgd_step – → 4" in said(done)["new"]
    assert not list(fresh.rglob("gradebook.db"))


# --- the arithmetic, on grades made here


def grade(auto, manual=None, extra=None):
    counts = manual if manual is not None else auto or 0.0
    return SimpleNamespace(auto_score=auto, manual_score=manual, extra_credit=extra, score=counts + (extra or 0.0))


def verdict(name, got):
    return Verdict(name, "values", got, 4, "t", "m")


def test_sums_count_manual_marks_extra_credit_and_answers_in_words():
    found = {"a": grade(0.0, extra=0.5), "b": grade(4.0, manual=1.0), "words": grade(None, manual=2.5)}
    outlook = outlook_of(found, {"a": verdict("a", 3.0), "b": verdict("b", 2.0)})
    assert outlook.changes == [Change("a", 0.0, 3.0), Change("b", 4.0, 2.0, 1.0)]
    assert (outlook.old, outlook.new, outlook.manual, outlook.first) == (4.0, 7.0, 2, False)


def test_points_are_compared_as_nbgrader_reads_them():
    assert outlook_of({"a": grade(0.33)}, {"a": verdict("a", 1 / 3)}).changes == []


def test_a_submission_without_grades_is_graded_for_the_first_time():
    for found in ({}, {"a": grade(None)}):
        outlook = outlook_of(found, {"a": verdict("a", 3.0)})
        assert (outlook.first, outlook.old, outlook.new) == (True, 0.0, 3.0)
