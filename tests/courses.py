"""Courses in temporary folders, for the tests that grade whole classes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from mfgrade.course import nbgrader_api
from mfgrade.demo_class import CLASS, submission
from tests.conftest import ROOT
from tests.submissions import LESSON, POINTS, write

CONFIG = """
c.Grading.check_seconds = 2.0
c.Grading.cell_seconds = 5.0
"""


def new_course(folder, db_url=None):
    """A course with the source and nbgrader's configuration, limits small. → its folder"""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "source" / LESSON.name, folder / "source" / LESSON.name)
    config = (ROOT / "nbgrader_config.py").read_text() + CONFIG
    (folder / "nbgrader_config.py").write_text(config + (f"c.CourseDirectory.db_url = {db_url!r}\n" if db_url else ""))
    return folder


def hand_in(course, student, made, time="2026-03-01 10:00:00 UTC"):
    folder = course / "submitted" / student / LESSON.name
    path = write(folder, made)
    (folder / "timestamp.txt").write_text(time)
    return path


def hand_in_class(course, n=8):
    """n submissions: the simulated class over and over, each a little different."""
    source = nbformat.read(ROOT / "source" / LESSON.name / "sgd.ipynb", as_version=4)
    released = nbformat.read(ROOT / "release" / LESSON.name / "sgd.ipynb", as_version=4)
    for k in range(n):
        made = submission(CLASS[k % len(CLASS)], released, source)
        made.cells.append(nbformat.v4.new_code_cell(f"student_number = {k}"))
        hand_in(course, f"s{k:02d}", nbformat.writes(made))


def environment(course):
    return {
        **os.environ,
        "MFGRADE_CONFIG": str(course.parent / "config"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def run(course, *arguments, program="mfgrade", check=True, env_more=()):
    """Run a command in the course, as an instructor would. → CompletedProcess"""
    variables = environment(course) | dict(env_more)
    done = subprocess.run([sys.executable, "-m", program, *arguments], cwd=course, env=variables, capture_output=True, text=True)
    assert not check or done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def api(course):
    return nbgrader_api(course)


def grades(course):
    """→ student → exercise → (auto_score, manual_score, needs_manual_grade), from the gradebook."""
    found = {}
    with api(course).gradebook as gradebook:
        for one in gradebook.assignment_submissions(LESSON.name):
            cells = one.notebooks[0].grades
            found[one.student.id] = {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in cells}
    return found


def points(course):
    """→ student → exercise → points of the automatic checks."""
    return {student: {name: cells[name][0] for name in POINTS} for student, cells in grades(course).items()}
