"""The tables for Canvas and Moodle: read back by Python's csv and by pandas, with grades that are put into the gradebook directly."""

import csv
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgrade.export import ExportWrong, defused, read_grades
from mfgrade.roster import Student, keep_roster
from tests.courses import api, new_course, run

PEOPLE = {
    one.id: one
    for one in (
        Student("ada", "Ada", 'Love"lace, jr', "ada@uni.edu", "11", sis_user_id="S1", sis_login_id="ada.l", section="Mon, 9"),
        Student("bob", "=HYPERLINK(0)", "@Brien", "bob@uni.edu", id_number="N2"),
        Student("none", "No", "Body"),
        Student("zoe", "Zoë", "Müller", "+zoe@uni.edu", "33"),
    )
}
DATES = '[due]\n03-sgd = 2026-03-01T12:00:00Z\n[late]\nper_day = 0.25\n[extensions.zoe]\n03-sgd = "1 day"\n'


@pytest.fixture
def course(tmp_path):
    """Lesson 03, of 10 checked and 5 written points: ada a day late and marked by hand, bob not marked yet, zoe extended; 04: nobody."""
    course = new_course(tmp_path / "course")
    (course / "course.toml").write_text(DATES)
    keep_roster(course, PEOPLE)
    with api(course).gradebook as gradebook:
        for lesson, notebook in (("03-sgd", "sgd"), ("04-biases", "biases")):
            gradebook.add_assignment(lesson, duedate=datetime(2026, 3, 1, 12))
            gradebook.add_notebook(notebook, lesson)
            gradebook.add_grade_cell("check", notebook, lesson, max_score=10, cell_type="code")
            gradebook.add_grade_cell("essay", notebook, lesson, max_score=5, cell_type="markdown")
        for who in PEOPLE:
            gradebook.add_student(who)
        gradebook.add_student("guest", first_name="Gu", last_name="Est")
        for who, day, checked, essay in (("ada", 2, 7, 3), ("bob", 1, 10 / 3, None), ("zoe", 2, 10, 5), ("guest", 1, 0, 0)):
            gradebook.add_submission("03-sgd", who, timestamp=datetime(2026, 3, day, 12))
            check = gradebook.find_grade("check", "sgd", "03-sgd", who)
            check.auto_score, check.needs_manual_grade = checked, False
            mark = gradebook.find_grade("essay", "sgd", "03-sgd", who)
            mark.manual_score, mark.needs_manual_grade = essay, essay is None
        gradebook.find_submission("03-sgd", "zoe").extension = pd.Timedelta(days=1).to_pytimedelta()
        gradebook.db.commit()
    return course


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas(course):
    done = run(course, "export", "canvas")
    header, possible, *students = rows(course / "canvas.csv")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03-sgd"]
    assert possible == ["    Points Possible", "", "", "", "", "15"]
    assert students == [
        ["'@Brien, =HYPERLINK(0)", "", "", "bob", "", "3.33"],
        ["Body, No", "", "", "none", "", ""],
        ["Est, Gu", "", "", "guest", "", "0"],
        ['Love"lace, jr, Ada', "11", "S1", "ada.l", "Mon, 9", "7.5"],
        ["Müller, Zoë", "33", "", "", "", "15"],
    ]
    assert "STILL TO MARK 03-sgd bob" in done.stderr
    assert done.stderr.count("STILL TO MARK") == 1
    assert "may not know: bob, none, guest" in done.stderr
    with api(course).gradebook as gradebook:
        assert gradebook.find_submission("03-sgd", "ada").late_submission_penalty == 2.5, "the mark by hand counts in it"


def test_moodle(course):
    run(course, "export", "moodle", "--to", "out.csv")
    table = pd.read_csv(course / "out.csv", dtype=str, keep_default_na=False)
    assert list(table) == ["First name", "Last name", "ID number", "Email address", "03-sgd"]
    assert table.set_index("Last name").loc["'@Brien"].tolist() == ["'=HYPERLINK(0)", "N2", "bob@uni.edu", "3.33"]
    assert table.set_index("Last name").loc["Müller"].tolist() == ["Zoë", "", "'+zoe@uni.edu", "15"]
    assert table.set_index("Last name").loc["Body"].tolist() == ["No", "none", "", ""]


def test_lessons_and_students_can_be_named(course):
    run(course, "export", "canvas", "04-biases", "03-sgd", "--student=['ada']")
    header, possible, *students = rows(course / "canvas.csv")
    assert header[5:] == ["04-biases", "03-sgd"]
    assert possible[5:] == ["15", "15"]
    assert [student[5:] for student in students] == [["", "7.5"]]


def test_nbgraders_own_command_writes_the_same(course):
    run(course, "export", "canvas", "--to=ours.csv")
    run(course, "export", "--exporter=mfgrade.export.CanvasExport", "--to=theirs.csv", program="nbgrader")
    assert rows(course / "ours.csv") == rows(course / "theirs.csv")


def test_wrong_usage(course):
    for arguments, words in (
        ((), "Name the platform"),
        (("blackboard",), "Name the platform"),
        (("canvas", "05-evaluation"), "no lesson 05-evaluation. It has: 03-sgd, 04-biases"),
        (("canvas", "--student=['eve']"), "no student eve"),
        (("canvas", "--to=missing/x.csv"), "cannot be written"),
    ):
        done = run(course, "export", *arguments, check=False)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert not (course / "canvas.csv").exists()
    (course / "course.toml").write_text("[due]\n03-sdg = 3\n")
    assert "03-sdg" in run(course, "export", "canvas", check=False).stderr


def test_points_are_never_below_nothing(course):
    with api(course).gradebook as gradebook:
        gradebook.find_submission("03-sgd", "ada").notebooks[0].late_submission_penalty = 99
        gradebook.db.commit()
        grades = read_grades(gradebook)
        assert grades.points["03-sgd", "ada"] == 0
        assert ("03-sgd", "none") not in grades.points
        with pytest.raises(ExportWrong):
            read_grades(gradebook, ["x"])


@given(st.text())
def test_no_cell_is_a_formula(text):
    cell = defused(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert cell.endswith(text)
