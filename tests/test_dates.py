"""Due dates, extensions and the penalty for being late: the file, the arithmetic, and the grades of one lesson."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from traitlets.config import Config, Configurable

from mfgrade.dates import EXAMPLE, Dates, DatesWrong, Late, check_students, in_utc, read_dates, write_dates
from mfgrade.late import LatePenalty, settle
from tests.courses import api, hand_in, new_course, run
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip, notebook

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def written(folder, text):
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return read_dates(folder)


# --- the file


def test_the_example_is_valid_and_says_what_it_says(tmp_path):
    dates = written(tmp_path, EXAMPLE)
    assert {lesson: in_utc(moment) for lesson, moment in dates.due.items()} == {
        "03-sgd": datetime(2027, 3, 1, 22, 59),
        "04-biases": datetime(2027, 3, 8, 22, 59),
    }
    assert dates.extensions == {("03-sgd", "ada"): 2 * DAY, ("04-biases", "bob@uni.edu"): 7 * DAY}
    assert dates.late == Late(0.1, 0.5, 15)
    assert in_utc(dates.due_for("03-sgd", "ada")) == datetime(2027, 3, 3, 22, 59)
    assert dates.due_for("05-evaluation", "ada") is None


def test_no_file_says_nothing(tmp_path):
    assert read_dates(tmp_path) == Dates()
    assert Dates().terms(LESSON.name, "ada") is None


@pytest.mark.parametrize(
    ("span", "expected"),
    [("1 day", DAY), ("90 minutes", 90 * MINUTE), ("1.5 hours", 90 * MINUTE), ("2 weeks", 14 * DAY), ("0 days", 0 * DAY)],
)
def test_spans_of_time(tmp_path, span, expected):
    dates = written(tmp_path, f'[due]\n03-sgd = 2026-03-01T12:00:00Z\n[extensions.ada]\n03-sgd = "{span}"\n')
    assert dates.extensions["03-sgd", "ada"] == expected


GOOD = "[due]\n03-sgd = 2026-03-01T12:00:00Z\n"
WRONG = [
    ("[due\n", "line 1"),
    ("[duo]\n", r"\[duo\]"),
    ("due = 3\n", "due = 3 is no table"),
    ("[due]\n03-sdg = 2026-03-01T12:00:00Z\n", "03-sdg: there is no such lesson"),
    ("[due]\n03-sgd = 2026-03-01T12:00:00\n", "no offset from UTC"),
    ("[due]\n03-sgd = 2026-03-01\n", "no date with a time"),
    ('[due]\n03-sgd = "tomorrow"\n', "no date with a time"),
    (GOOD + "[late]\nat_most = 0.5\n", "no per_day"),
    (GOOD + "[late]\nper_day = 10\n", "no share between 0 and 1"),
    (GOOD + "[late]\nper_day = -0.1\n", "no share"),
    (GOOD + "[late]\nper_day = nan\n", "no share"),
    (GOOD + '[late]\nper_day = "a lot"\n', "is no number"),
    (GOOD + "[late]\nper_day = true\n", "is no number"),
    (GOOD + "[late]\nper_day = 0.1\ngrace_minutes = -1\n", "grace_minutes = -1 cannot be"),
    (GOOD + "[late]\nper_day = 0.1\ngrace = 1\n", "grace is none of"),
    (GOOD + '[extensions]\nada = "2 days"\n', r"extensions.ada = 2 days is no table"),
    (GOOD + '[extensions.ada.lovelace]\n03-sgd = "2 days"\n', "quote a student's id"),
    (GOOD + '[extensions.ada]\n03-sgd = "soon"\n', "is no span of time"),
    (GOOD + '[extensions.ada]\n04-biases = "2 days"\n', r"04-biases: the lesson has no valid date in \[due\]"),
    (GOOD + '[extensions.ada]\n04-bias = "2 days"\n', "no such lesson"),
    (GOOD + "[extensions.ada]\n03-sgd = 2026-02-01T12:00:00Z\n", "before the due date"),
    (GOOD + "[extensions.ada]\n03-sgd = 2\n", "no date with a time"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_what_is_wrong_is_named(tmp_path, text, why):
    with pytest.raises(DatesWrong, match=why):
        written(tmp_path, text)


def test_all_problems_at_once(tmp_path):
    with pytest.raises(DatesWrong) as wrong:
        written(tmp_path, "[due]\n03-sdg = 2026-03-01T12:00:00Z\n[late]\nper_day = 7\n[what]\n")
    assert str(wrong.value).count("course.toml: ") == 3


def test_an_extension_for_nobody_is_named():
    dates = Dates({LESSON.name: DUE}, {(LESSON.name, "adda"): DAY})
    with pytest.raises(DatesWrong, match=r"\[extensions.adda\]"):
        check_students(dates, {"ada"})
    check_students(dates, {"adda"})


# --- the arithmetic


@pytest.mark.parametrize(
    ("late", "share"),
    [
        (0 * DAY, 0),
        (10 * MINUTE, 0),
        (10 * MINUTE + timedelta(seconds=1), 0.2),
        (DAY, 0.2),
        (DAY + timedelta(seconds=1), 0.4),
        (3 * DAY, 0.5),
        (300 * DAY, 0.5),
    ],
)
def test_each_day_begun(late, share):
    assert Late(0.2, 0.5, 10).share(late.total_seconds()) == pytest.approx(share)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e7), st.floats(0, 1e7))
def test_later_is_never_better(per_day, at_most, one, other):
    late = Late(per_day, at_most)
    earlier, later = sorted((one, other))
    assert 0 <= late.share(earlier) <= late.share(later) <= at_most


# --- the gradebook


@pytest.fixture
def gradebook(tmp_path):
    """Lesson 03 with one automatic and one written answer of 10 points each; ada and bob handed in a day late."""
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment(LESSON.name)
        gradebook.add_notebook("sgd", LESSON.name)
        for cell in ("sgd_step", "essay"):
            gradebook.add_grade_cell(cell, "sgd", LESSON.name, max_score=10, cell_type="code")
        for student in ("ada", "bob"):
            gradebook.add_student(student)
            gradebook.add_submission(LESSON.name, student, timestamp=in_utc(DUE + DAY))
            gradebook.find_grade("sgd_step", "sgd", LESSON.name, student).auto_score = 8
        gradebook.db.commit()
        yield gradebook


def penalties(gradebook):
    return {s.student.id: s.late_submission_penalty for s in gradebook.assignment_submissions(LESSON.name)}


def test_the_gradebook_gets_the_dates_and_only_changes_are_told(gradebook):
    dates = Dates({LESSON.name: DUE, "04-biases": DUE}, {(LESSON.name, "ada"): 2 * DAY})
    assert len(write_dates(gradebook, dates, LESSON.name)) == 2
    assert gradebook.find_submission(LESSON.name, "ada").total_seconds_late == 0
    assert gradebook.find_submission(LESSON.name, "bob").total_seconds_late == 86400
    assert write_dates(gradebook, dates, LESSON.name) == []
    assert write_dates(gradebook, dates, "04-biases") == [], "not in the gradebook yet"
    (change,) = write_dates(gradebook, Dates({LESSON.name: DUE}), LESSON.name)
    assert "ada: extension None; before 2 days" in change
    assert write_dates(gradebook, Dates(), LESSON.name) == [], "a lesson that is not named keeps its date"
    assert gradebook.find_assignment(LESSON.name).duedate == in_utc(DUE)


def test_one_student_only(gradebook):
    dates = Dates({LESSON.name: DUE}, {(LESSON.name, "ada"): DAY, (LESSON.name, "bob"): DAY})
    write_dates(gradebook, dates, LESSON.name, "bob")
    extensions = {s.student.id: s.extension for s in gradebook.assignment_submissions(LESSON.name)}
    assert extensions == {"ada": None, "bob": DAY}


def test_marks_and_extensions_that_come_later_are_settled(gradebook):
    dates = Dates({LESSON.name: DUE}, late=Late(0.25))
    write_dates(gradebook, dates, LESSON.name)
    assert settle(gradebook, dates) == [(LESSON.name, "ada"), (LESSON.name, "bob")]
    assert penalties(gradebook) == {"ada": 2, "bob": 2}
    assert settle(gradebook, dates) == []
    gradebook.find_grade("essay", "sgd", LESSON.name, "ada").manual_score = 4
    gradebook.db.commit()
    assert settle(gradebook, dates) == [(LESSON.name, "ada")]
    assert penalties(gradebook) == {"ada": 3, "bob": 2}
    extended = Dates(dates.due, {(LESSON.name, "bob"): DAY}, dates.late)
    write_dates(gradebook, extended, LESSON.name)
    settle(gradebook, extended)
    assert penalties(gradebook) == {"ada": 3, "bob": 0}
    assert settle(gradebook, Dates(dates.due)) == [], "without [late] the penalties are somebody else's"


# --- the grades


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Right answers handed in at different times; graded once under the dates."""
    bubblewrap_or_skip()
    course = new_course(tmp_path_factory.mktemp("dates") / "course")
    (course / "course.toml").write_text(
        "[due]\n03-sgd = 2026-03-01T13:00:00+01:00\n[late]\nper_day = 0.2\nat_most = 0.5\ngrace_minutes = 5\n"
        '[extensions.extended]\n03-sgd = "2 days"\n'
    )
    for student, after in (
        ("in-time", -MINUTE),
        ("a-minute", MINUTE),
        ("a-day", DAY),
        ("three-days", 3 * DAY),
        ("extended", 3 * DAY),
    ):
        hand_in(course, student, notebook(), f"{in_utc(DUE + after)} UTC")
    return course, run(course, "autograde", LESSON.name, "--jobs=2")


def penalties_in(folder):
    with api(folder).gradebook as gradebook:
        return penalties(gradebook)


TOTAL = sum(POINTS.values())
EXPECTED = {"in-time": 0, "a-minute": 0, "a-day": 0.2 * TOTAL, "three-days": 0.5 * TOTAL, "extended": 0.2 * TOTAL}


def test_penalties_of_a_class(course):
    folder, _ = course
    assert penalties_in(folder) == pytest.approx(EXPECTED)


def test_a_new_extension_regrades_that_student_only(course):
    folder, _ = course
    assert "0 graded, 5 unchanged" in run(folder, "autograde", LESSON.name).stdout
    file = folder / "course.toml"
    before = file.read_text()
    file.write_text(before + '[extensions.three-days]\n03-sgd = "3 days"\n')
    done = run(folder, "autograde", LESSON.name)
    assert "1 graded, 4 unchanged" in done.stdout
    assert penalties_in(folder) == pytest.approx(EXPECTED | {"three-days": 0})
    file.write_text(before)
    assert "1 graded" in run(folder, "autograde", LESSON.name).stdout
    assert penalties_in(folder) == pytest.approx(EXPECTED)


def test_nbgraders_own_command_goes_by_the_same_dates(course):
    folder, _ = course
    file = folder / "course.toml"
    before = file.read_text()
    file.write_text(before.replace('"2 days"', '"3 days"'))
    run(folder, "autograde", LESSON.name, "--student=extended", "--force", program="nbgrader")
    assert penalties_in(folder)["extended"] == 0
    file.write_text(before)
    run(folder, "dates")
    assert penalties_in(folder) == pytest.approx(EXPECTED)


def test_the_command_shows_who_is_extended(course):
    folder, _ = course
    out = run(folder, "dates").stdout
    for words in ("03-sgd", "extended", "Tue 2026-03-03 13:00 +0100", "20% of its points", "at most 50%", "says the same"):
        assert words in out


@pytest.mark.parametrize("command", ["autograde", "dates"])
def test_a_wrong_file_stops_before_anything_is_done(course, command):
    folder, _ = course
    file = folder / "course.toml"
    before = file.read_text()
    marks = {p: json.loads(p.read_text()) for p in (folder / ".mfgrade" / "written").rglob("*.json")}
    try:
        for text, why in (("[due]\n03-sdg = 3\n", "03-sdg"), (before.replace("extended", "exended"), "[extensions.exended]")):
            file.write_text(text)
            done = run(folder, command, *([LESSON.name] if command == "autograde" else []), check=False)
            assert done.returncode == 2
            assert why in done.stderr
            assert "Traceback" not in done.stderr
    finally:
        file.write_text(before)
    assert marks == {p: json.loads(p.read_text()) for p in (folder / ".mfgrade" / "written").rglob("*.json")}


def test_without_late_nbgraders_own_method_holds(tmp_path):
    def child_of(parent, **about):
        one = Configurable(parent=parent)
        vars(one).update(about)
        return one

    converter = child_of(None, coursedir=SimpleNamespace(root=tmp_path))
    step = child_of(child_of(converter))
    plugin = LatePenalty(parent=step, config=Config(LateSubmissionPlugin={"penalty_method": "zero"}))
    assert plugin.late_submission_penalty("ada", 7, 60) == 7
    written(tmp_path, "[late]\nper_day = 0.5\n")
    assert plugin.late_submission_penalty("ada", 7, 60) == 3.5
