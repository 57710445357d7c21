"""The instructor's week, played once from the class list to the grades: forty simulated students, lesson 03, Canvas's download.

Everything is done by the commands that an instructor types; what stands in the gradebook and in the files is asserted after each.
"""

import csv
import json
import re

import pytest

from tests.courses import api, grades, new_course, run
from tests.downloads import archive
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip, notebook
from tests.test_dry_run import corrected, said

DUE = "2026-03-02T12:00:00+00:00"
IN_TIME, LATE = (2026, 3, 2, 9, 0, 0), (2026, 3, 4, 6, 0, 0)  # two days begun
STUDENTS = [f"s{n:02d}" for n in range(1, 41)]
WITH_NEW_P = """def sgd_step(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e"""
ERRORS_ONLY = """def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):
    errors = [sgd_step(P, Q, u, i, r, lr, reg) for u, i, r in zip(users, items, ratings)]
    return np.sqrt(np.mean(np.square(errors)))"""
# Who hands in what. The others do not hand in.
RIGHT = STUDENTS[:16]
NEW_P = STUDENTS[16:24]
NOT_SHUFFLED = STUDENTS[24:29]
BROKEN = STUDENTS[29:32]  # a notebook that is no JSON
SYNTAX = STUDENTS[32:34]
NO_NOTEBOOK = STUDENTS[34:36]  # a PDF
ABSENT = STUDENTS[36:]
LATE_ONES = {"s01", "s02", "s17"}
EXTENDED = "s02"
HANDED_IN = [*RIGHT, *NEW_P, *NOT_SHUFFLED, *BROKEN, *SYNTAX]
ALL = sum(POINTS.values())


def content(student):
    """What the student's file holds; each is another one."""
    if student in BROKEN:
        return b'{"cells": [' + student.encode()
    if student in NO_NOTEBOOK:
        return b"%PDF-1.4"
    written = {}
    if student in NEW_P:
        written["sgd_step"] = WITH_NEW_P
    if student in NOT_SHUFFLED:
        written["sgd_epoch"] = ERRORS_ONLY
    if student in SYNTAX:
        written["sgd_step"] = "def sgd_step(P, Q, u, i, r, lr, reg:\n    return 0"
    made = notebook(**written)
    made["cells"][0]["source"] += f"\n\nHanded in by {student}."
    return json.dumps(made).encode()


def member(student):
    n = int(student[1:])
    mark = "LATE_" if student in LATE_ONES else ""
    suffix = "pdf" if student in NO_NOTEBOOK else "ipynb"
    return f"simulated{n}student_{mark}{7000 + n}_{90000 + n}_sgd.{suffix}", content(student), LATE if mark else IN_TIME


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    bubblewrap_or_skip()
    return new_course(tmp_path_factory.mktemp("week") / "course")


def penalties(course):
    """→ student → what is taken off for being late."""
    with api(course).gradebook as gradebook:
        return {one.student.id: one.late_submission_penalty for one in gradebook.assignment_submissions(LESSON.name)}


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_week(course, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    # Monday: the class list, and the dates.
    rows = [f"{one},Student,Simulated {int(one[1:])},{one}@example.org,{7000 + int(one[1:])}" for one in STUDENTS]
    (course / "roster.csv").write_text("\n".join(["id,first_name,last_name,email,canvas_id", *rows, ",nobody,,,"]))
    done = run(course, "roster", "roster.csv", check=False)
    assert done.returncode == 1
    assert "row 42" in done.stdout + done.stderr
    with api(course).gradebook as gradebook:
        assert sorted(one.id for one in gradebook.students) == STUDENTS
    (course / "course.toml").write_text(
        f'[due]\n{LESSON.name} = {DUE}\n[late]\nper_day = 0.1\nat_most = 0.5\n[extensions.{EXTENDED}]\n{LESSON.name} = "2 days"\n'
    )
    assert "s02" in run(course, "dates").stdout
    # The student version.
    run(course, "generate_assignment", LESSON.name, program="nbgrader")
    assert (course / "release" / LESSON.name / "sgd.ipynb").is_file()

    # Thursday: what Canvas lets one download.
    downloads = archive(tmp_path / "submissions.zip", *map(member, [*HANDED_IN, *NO_NOTEBOOK]))
    done = run(course, "collect", str(downloads), "--lesson", LESSON.name, check=False)
    assert done.returncode == 1
    assert f"Collected: {len(HANDED_IN)}" in done.stdout
    assert f"Not collected: {len(NO_NOTEBOOK)}" in done.stdout
    assert f"Missing: {len(ABSENT) + len(NO_NOTEBOOK)}" in done.stdout
    assert sorted(path.parent.parent.name for path in (course / "submitted").glob("*/*/*.ipynb")) == HANDED_IN
    assert [path.read_bytes() for path in (course / ".mfgrade" / "originals").rglob("submissions.zip")] == [
        downloads.read_bytes()
    ]

    # Grading.
    done = run(course, "autograde", LESSON.name, "--jobs=2")
    assert f"{len(HANDED_IN)} graded, 0 unchanged, 0 not graded." in done.stdout
    automatic = {who: {name: cells[name][0] for name in POINTS} for who, cells in grades(course).items()}
    assert sorted(automatic) == HANDED_IN
    for who in RIGHT:
        assert automatic[who] == POINTS
    for who in NEW_P:
        assert automatic[who] == POINTS | {"sgd_step": 0}, "what calls sgd_step is not charged"
    for who in NOT_SHUFFLED:
        assert automatic[who]["sgd_epoch"] < POINTS["sgd_epoch"]
        assert automatic[who] | {"sgd_epoch": 4} == POINTS
    for who in BROKEN:
        assert sum(automatic[who].values()) == 0
    for who in SYNTAX:
        assert automatic[who]["sgd_step"] == 0 and automatic[who]["init_factors"] == POINTS["init_factors"]
    lost = penalties(course)
    assert {who for who, penalty in lost.items() if penalty} == LATE_ONES - {EXTENDED}
    assert lost["s01"] == pytest.approx(0.2 * ALL)

    # Friday: marks by hand. One of them is for late work, and one sets an automatic verdict right.
    with api(course).gradebook as gradebook:
        for who in [*RIGHT, *NEW_P]:
            gradebook.find_grade("question-overfitting", LESSON.module, LESSON.name, who).manual_score = 3
        gradebook.find_grade("sgd_step", LESSON.module, LESSON.name, "s20").manual_score = 2
        gradebook.db.commit()
    run(course, "generate_feedback", LESSON.name, program="nbgrader")
    pages = {path.parent.parent.name: path.read_text() for path in (course / "feedback").glob("*/*/*.html")}
    assert sorted(pages) == HANDED_IN
    assert all("Right" in pages[who] for who in RIGHT)

    # The report.
    assert run(course, "report", LESSON.name, "--csv").returncode == 0
    page = (course / "reports" / f"{LESSON.name}.html").read_text()
    assert page.count("<h1") == 1
    mistakes = {row[2]: (int(row[4]), row[5]) for row in table(course / "reports" / f"{LESSON.name}-mistakes.csv")[1:]}
    (count, who), *_ = [found for title, found in mistakes.items() if title == "q was moved with the new p"]
    assert count == len(NEW_P)
    assert all(f"Simulated {int(one[1:])}" in who for one in NEW_P)
    exercises = table(course / "reports" / f"{LESSON.name}-exercises.csv")
    assert len(exercises) == len(HANDED_IN) + 1
    run(course, "report", LESSON.name, "--anonymous", "--csv", "--to", str(tmp_path / "shared.html"))
    shared = "".join(path.read_text() for path in tmp_path.glob("shared*"))
    assert "Simulated" not in shared and not re.search(r"\bs\d\d\b", shared)

    # The grades, with marks by hand and without what is lost for being late.
    run(course, "export", "canvas", "--to", str(tmp_path / "canvas.csv"))
    header, possible, *lines = table(tmp_path / "canvas.csv")
    out_of, points = float(possible[-1]), {line[1]: line[-1] for line in lines}
    assert header[-1] == LESSON.name and possible[0].strip() == "Points Possible"
    assert out_of > ALL
    assert len(lines) == 40
    assert float(points["7003"]) == ALL + 3
    assert float(points["7001"]) == pytest.approx(0.8 * (ALL + 3))
    assert float(points["7002"]) == ALL + 3
    assert float(points["7020"]) == ALL - 2 + 3
    assert all(points[f"{7000 + int(one[1:])}"] == "" for one in [*NO_NOTEBOOK, *ABSENT])

    # An exercise is corrected: shown first, then done, and marks by hand stay.
    environment = corrected(tmp_path / "packages", 2)
    run(course, "cells", LESSON.name, env_more=environment)
    shown = run(course, "autograde", LESSON.name, "--dry-run", "--jobs=2", env_more=environment)
    changed = sorted([*RIGHT, *NOT_SHUFFLED])
    assert sorted(said(shown)) == changed
    assert all("sgd_step 4 → 3" in said(shown)[who] for who in changed)
    run(course, "autograde", LESSON.name, "--jobs=2", env_more=environment)
    after = grades(course)
    assert all(after[who]["sgd_step"][0] == 3 for who in changed)
    assert {who: after[who]["sgd_step"][0] for who in NEW_P} == dict.fromkeys(NEW_P, 0)
    assert after["s20"]["sgd_step"][1] == 2
    assert all(after[who]["question-overfitting"][1] == 3 for who in [*RIGHT, *NEW_P])
    assert penalties(course)["s01"] == pytest.approx(0.2 * (ALL - 1 + 3))
