"""The class list: every way in which spreadsheets and learning platforms write it, and what is wrong with rows, by number."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from mfgrade.roster import Student, keep_roster, kept_path, kept_roster, put_into_gradebook, read_roster
from mfgrade.table import TableWrong, read_table
from tests.courses import api, new_course, run

OWN = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@uni.edu\nzoë,Zoë,Müller,\n"


def reading(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_roster(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_usual_encoding_and_separator(tmp_path, encoding, separator, line_end):
    found = reading(tmp_path, OWN.replace(",", separator).replace("\n", line_end), encoding)
    assert found.students == {
        "ada": Student("ada", "Ada", "Lovelace", "ada@uni.edu"),
        "zoë": Student("zoë", "Zoë", "Müller"),
    }
    assert not found.problems
    assert any("Windows-1252" in note for note in found.notes) == (encoding == "cp1252")


def test_what_excel_adds(tmp_path):
    found = reading(tmp_path, "sep=;\nID;First Name;Canvas_ID\nada;Ada;7;;\n;;;;\n\nbob;Bob;8\n")
    assert found.students == {
        "ada": Student("ada", "Ada", canvas_id="7"),
        "bob": Student("bob", "Bob", canvas_id="8"),
    }
    assert not found.problems


BAD_ROWS = [
    ("", "the id is missing"),
    ("   ", "the id is missing"),
    ("a/b", "'/'"),
    ("a\\b", "names a folder"),
    ("..", "begins with a dot"),
    (".hidden", "begins with a dot"),
    ("a*", "'*'"),
    ("x" * 129, "longer than 128"),
    ("ada", "row 2 too, with other data"),
    ("ADA", "only in upper and lower case"),
]


@pytest.mark.parametrize(("bad", "why"), BAD_ROWS)
def test_a_bad_id_is_named_with_its_row_and_the_others_go_in(tmp_path, bad, why):
    found = reading(tmp_path, f"id,first_name\nada,Ada\n{bad},Bad\ncarl,Carl\n")
    assert list(found.students) == ["ada", "carl"]
    (problem,) = found.problems
    assert problem.startswith("row 3: ")
    assert why in problem


def test_upper_and_lower_case_do_not_tell_students_apart(tmp_path):
    found = reading(tmp_path, "id\nBob\nbob\n")
    assert list(found.students) == ["Bob"]
    assert found.problems == ["row 3: the id bob differs from Bob in row 2 only in upper and lower case"]


def test_other_bad_rows(tmp_path):
    text = (
        "id,email,canvas_id\na,a@uni.edu,1\nb,nobody at uni.edu,2\nc,c@uni\nd,d@uni.edu,4,more\ne,e@uni,5\nf,f@uni.edu,1\n"
        "a,a@uni.edu,1\n"
    )
    found = reading(tmp_path, text)
    assert list(found.students) == ["a"], "the same row twice is no problem"
    for row, words in ((3, "email"), (4, "2 cells, but the header has 3"), (5, "4 cells"), (6, "email"), (7, "is a's")):
        assert any(p.startswith(f"row {row}: ") and words in p for p in found.problems), (row, found.problems)
    assert len(found.problems) == 5


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    found = reading(tmp_path, 'id,first_name\nada,"Ada\nAugusta"\n\n/,Bad\n')
    assert found.students["ada"].first_name == "Ada\nAugusta"
    assert found.problems[0].startswith("row 4: ")


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework (12)\n    Points Possible,,,,,10\n"
    '"Lovelace, Ada",501,S1,ada,"Maths, Monday",9\n"Student, Test",999,,,Maths,\n"Cher",502,S2,cher@uni.edu,Maths,\n'
    '"Nobody, No",503,,,Maths,\n'
)


def test_canvas_gradebook_export(tmp_path):
    found = reading(tmp_path, CANVAS)
    ada = Student(
        "ada", "Ada", "Lovelace", canvas_id="501", sis_user_id="S1", sis_login_id="ada", section="Maths, Monday", email=""
    )
    assert found.students["ada"] == ada
    assert found.students["cher@uni.edu"].email == "cher@uni.edu"
    assert len(found.students) == 2
    assert found.problems == ["row 6: the id is missing"]
    text = " ".join(found.notes)
    assert "Row 2 is no student: 'Points Possible'" in text
    assert "Row 4 is no student: 'Student, Test'" in text
    assert "Homework (12)" in text
    assert "'SIS Login ID'" in text


def test_canvas_without_logins_gives_the_next_best_ids(tmp_path):
    found = reading(tmp_path, 'Student,ID,SIS User ID,SIS Login ID,Section\n"Lovelace, Ada",501,,,M\n')
    assert found.students["501"].canvas_id == "501"


@pytest.mark.parametrize(("surname", "numbers", "expected"), [("Last name", "N1", "N1"), ("Surname", "", "ada@uni.edu")])
def test_moodle_export(tmp_path, surname, numbers, expected):
    text = f"First name,{surname},ID number,Institution,Email address\nAda,Lovelace,{numbers},,ada@uni.edu\n"
    found = reading(tmp_path, text)
    assert found.students == {expected: Student(expected, "Ada", "Lovelace", "ada@uni.edu", id_number=numbers)}
    assert "Institution" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "is empty"),
        (b"name,email\nada,x\n", "no column `id`"),
        (b"id,email,email\nada,x,y\n", "more than once"),
        (b'id,first_name\nada,"Ada\n', "no CSV"),
        (b"\xff\xfea", "utf-16"),
    ],
)
def test_what_is_no_roster_is_said(tmp_path, text, why):
    with pytest.raises(TableWrong, match=why):
        reading(tmp_path, text)
    with pytest.raises(TableWrong, match="cannot be read"):
        read_table(tmp_path)


cell = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12).map(str.strip)
good_id = st.text("abcXYZ012é+@ ,;'\"=-", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.dictionaries(good_id, st.tuples(cell, cell), max_size=6), st.sampled_from(",;\t"))
def test_whatever_the_names_are_they_come_back(tmp_path_factory, people, separator):
    unlike = {who.casefold(): who for who in people}
    expected = {who: Student(who, *people[who]) for who in unlike.values()}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["id", "first_name", "last_name"])
    writer.writerows([s.id, s.first_name, s.last_name] for s in expected.values())
    folder = tmp_path_factory.mktemp("roster")
    found = reading(folder, text.getvalue())
    assert found.students == expected
    assert not found.problems
    keep_roster(folder, found.students)
    assert kept_roster(folder) == expected


def test_the_gradebook_gets_what_is_known_and_loses_nothing(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada", first_name="Ada", email="old@uni.edu")
        gradebook.add_student("carl")
        students = {"ada": Student("ada", last_name="Lovelace"), "bob": Student("bob", "Bob", canvas_id="8")}
        assert put_into_gradebook(gradebook, students) == 1
        ada, bob = gradebook.find_student("ada"), gradebook.find_student("bob")
        assert (ada.first_name, ada.last_name, ada.email) == ("Ada", "Lovelace", "old@uni.edu")
        assert (bob.first_name, bob.lms_user_id) == ("Bob", "8")
        assert {student.id for student in gradebook.students} == {"ada", "bob", "carl"}


def test_the_command(tmp_path):
    course = new_course(tmp_path / "course")
    table = tmp_path / "list.csv"
    table.write_text(OWN + "../x,Eve,,\n")

    done = run(course, "roster", str(table), "--dry-run", check=False)
    assert done.returncode == 1
    assert "Dry run" in done.stdout
    assert not kept_path(course).exists()

    done = run(course, "roster", str(table), check=False)
    assert done.returncode == 1
    assert "2 new, 0 changed, 0 as before, 1 bad rows" in done.stdout
    assert "NOT READ row 4" in done.stderr
    with api(course).gradebook as gradebook:
        assert {student.id for student in gradebook.students} == {"ada", "zoë"}

    table.write_text("id,moodle_name\nada,Ada King\n")
    done = run(course, "roster", str(table))
    assert "0 new, 1 changed" in done.stdout
    assert "Not in this file (kept; --replace forgets them): zoë" in done.stdout
    assert kept_roster(course)["ada"] == Student("ada", "Ada", "Lovelace", "ada@uni.edu", moodle_name="Ada King")
    good = table.read_text()
    table.write_text(good + "/,\n")
    assert "kept, as there are bad rows): zoë" in run(course, "roster", str(table), "--replace", check=False).stdout
    assert set(kept_roster(course)) == {"ada", "zoë"}
    table.write_text(good)
    run(course, "roster", str(table), "--replace")
    assert set(kept_roster(course)) == {"ada"}

    assert run(course, "roster", check=False).returncode == 2
    assert "cannot be read" in run(course, "roster", "missing.csv", check=False).stderr
