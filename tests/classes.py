"""A class of simulated students whose grades and verdicts are put in place directly, without grading anybody."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from mfcheck.registry import find
from mfcheck.verdict import Verdict
from mfgrade.course import check_done
from mfgrade.grading import Graded
from mfgrade.service import Grading
from mfgrade.store import write_whole
from tests.courses import api, hand_in, new_course
from tests.submissions import LESSON, POINTS, notebook

DUE = datetime(2026, 3, 2, 12)
ODD = "<script>alert(1)</script>"


@dataclass
class Truth:
    """What was planted. `made`: (exercise, title) → the ids; `points`: id → exercise → points."""

    folder: object
    students: list
    made: dict
    points: dict
    late: list


def verdict_of(name, known=None, carried=()):
    """A right verdict, or that of a known mistake."""
    exercise = find(name)
    if known is None:
        return Verdict(name, "right", exercise.points, exercise.points, "Right", "x", carried=carried)
    return Verdict(name, "mistake", 0, exercise.points, known.title, known.message, label=known.label)


def planted_class(folder, n=40, seed=7):
    """A course with n graded students of lesson 03, some mistakes, one broken submission, one odd name. → Truth"""
    course, rng = new_course(folder), np.random.default_rng(seed)
    students = [f"id{k:03d}x" for k in range(n - 1)] + [ODD.replace("/", "|")]
    check_done("release", api(course).generate_assignment(LESSON.name))
    truth = Truth(course, students, {}, {}, [])
    verdicts = {student: draw_verdicts(student, rng, truth.made) for student in students}
    with api(course).gradebook as gradebook:
        gradebook.update_or_create_assignment(LESSON.name, duedate=DUE)
        for k, student in enumerate(students):
            put(course, gradebook, k, student, verdicts[student], truth)
        gradebook.add_student("absentee", first_name="Nimue", last_name="Absentia")
        gradebook.db.commit()
    (course / "submitted" / students[0] / LESSON.name / "sgd.ipynb").write_bytes(b'{"cells": [')
    return truth


def draw_verdicts(student, rng, made):
    """Verdicts by chance: `init_factors` is right for all, the better half makes fewer mistakes."""
    able, found = rng.random() < 0.5, {}
    for name in POINTS:
        wrong = name != "init_factors" and rng.random() < (0.1 if able else 0.7)
        known = find(name).mistakes[int(rng.integers(3))] if wrong else None
        found[name] = verdict_of(name, known, ("sgd_step",) if name == "train_sgd" and not known and not able else ())
        if known:
            made.setdefault((name, known.title), set()).add(student)
    return found


def put(course, gradebook, k, student, verdicts, truth):
    """Hand in, and put the result into the store and the points into the gradebook."""
    time = DUE + timedelta(hours=k - 35)
    hand_in(course, student, notebook(), f"{time:%Y-%m-%d %H:%M:%S} UTC")
    gradebook.add_student(student, first_name=f"Given{k}name", last_name=f"Family{k}name", email=f"mail{k}box@example.org")
    submission = gradebook.add_submission(LESSON.name, student, timestamp=time)
    for grade in submission.notebooks[0].grades:
        grade.needs_manual_grade = grade.name not in verdicts
        grade.auto_score = verdicts[grade.name].points if grade.name in verdicts else None
    key = f"{k:064x}"
    Grading().store(course).put(key, Graded(verdicts, notes=["A note of the grader."] if k == 1 else []))
    write_whole(course / ".mfgrade" / "written" / LESSON.name / f"{student}.json", json.dumps({"key": key, "timestamp": ""}))
    truth.points[student] = {name: verdict.points for name, verdict in verdicts.items()}
    if time > DUE:
        truth.late.append(student)
