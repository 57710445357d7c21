"""The class list: who is in the course, by nbgrader's id and by what Canvas and Moodle call them.

It is read from a table of one's own, from Canvas's gradebook export or from Moodle's list of participants or grades, goes into
nbgrader's gradebook, and is kept in `.mfgrade/roster.csv`, where `mfgrade collect` and `mfgrade export` read it.
"""

import csv
import io
import re
from dataclasses import asdict, dataclass, field, fields

from mfgrade.store import write_whole
from mfgrade.table import TableWrong, read_table

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
MAX_ID = 128  # characters, as in nbgrader's gradebook


@dataclass(frozen=True)
class Student:
    """`id`: what nbgrader and submitted/ use. The names for matching are empty where first and last name tell enough."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    canvas_id: str = ""
    canvas_name: str = ""  # as in Canvas's downloads: lastnamefirstname
    moodle_name: str = ""  # as in Moodle's downloads: First Last
    sis_user_id: str = ""
    sis_login_id: str = ""
    section: str = ""
    id_number: str = ""  # Moodle's

    def updated(self, newer):
        """This student with what `newer` says; an empty cell takes nothing away."""
        return Student(**asdict(self) | {name: value for name, value in asdict(newer).items() if value})


COLUMNS = tuple(column.name for column in fields(Student))


@dataclass
class Reading:
    """`students`: id → Student. `problems`: of rows that were left out; `notes`: what else an instructor should know."""

    students: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def read_roster(path):
    """→ `Reading` of a CSV file. Raises TableWrong when the file as a whole is no roster."""
    table = read_table(path)
    reading, rows_of, canvas_ids = Reading(notes=list(table.notes)), {}, {}
    translate, used = _translation(table, reading.notes)
    if unused := [title for title in table.header if title.strip() and title not in used]:
        reading.notes.append(f"{len(unused)} column(s) are not used: {', '.join(unused[:8])}{' …' if len(unused) > 8 else ''}.")
    for number, cells in table.rows:
        if len(cells) != len(table.header):
            reading.problems.append(f"row {number}: {len(cells)} cells, but the header has {len(table.header)}")
            continue
        values = translate({title: cell.strip() for title, cell in zip(table.header, cells, strict=True)})
        if isinstance(values, str):
            reading.notes.append(f"Row {number} is no student: {values}.")
            continue
        student = Student(**values)
        problem = wrong_with(student) or _repeated(student, reading.students, rows_of, canvas_ids)
        if problem:
            reading.problems.append(f"row {number}: {problem}")
        elif student.id not in reading.students:
            reading.students[student.id] = student
            rows_of[student.id.casefold()] = number, student.id
            canvas_ids.setdefault(student.canvas_id, student.id)
    return reading


def wrong_with(student):
    """→ what is wrong with a student's data, or ""."""
    if not student.id:
        return "the id is missing"
    if bad := sorted(set(re.findall(r"[/\\*?\[\]{}\x00-\x1f\x7f]", student.id))):
        return f"the id {student.id!r} has {' '.join(map(repr, bad))} in it; it names a folder in submitted/"
    if student.id.startswith("."):
        return f"the id {student.id!r} begins with a dot; it names a folder in submitted/"
    if len(student.id) > MAX_ID:
        return f"the id {student.id[:20]}… is longer than {MAX_ID} characters"
    if student.email and not EMAIL.fullmatch(student.email):
        return f"the email address {student.email!r} of {student.id} is none"
    return ""


def _repeated(student, students, rows_of, canvas_ids):
    """What is wrong with a row beside the rows before it, or ""."""
    if student.id.casefold() in rows_of:
        row, other = rows_of[student.id.casefold()]
        if other != student.id:
            return f"the id {student.id} differs from {other} in row {row} only in upper and lower case"
        return "" if students[student.id] == student else f"the id {student.id} is in row {row} too, with other data"
    if student.canvas_id and student.canvas_id in canvas_ids:
        return f"the Canvas id {student.canvas_id} of {student.id} is {canvas_ids[student.canvas_id]}'s"
    return ""


def _translation(table, notes):
    """→ (a row as title → cell to the fields of a Student, or why the row is none; the titles that it reads)."""
    titles = {re.sub(r"[\s_]+", "_", title.strip().casefold()): title for title in reversed(table.header)}
    if "student" in titles and {"sis_user_id", "sis_login_id"} & set(titles):
        return _of_canvas(table, titles, notes)
    if "id" in titles:
        known = {name: title for name, title in titles.items() if name in COLUMNS}
        return (lambda row: {name: row[title] for name, title in known.items()}), set(known.values())
    if "first_name" in titles and {"email_address", "id_number"} & set(titles):
        return _of_moodle(table, titles, notes)
    raise TableWrong(
        f"{table.path}: the header has no column `id`, and is neither Canvas's (Student, ID, SIS Login ID …) nor Moodle's "
        f"(First name, Last name, ID number, Email address). It is: {', '.join(table.header)}"
    )


def _of_canvas(table, titles, notes):
    key = _first_filled(table, [titles[name] for name in ("sis_login_id", "sis_user_id", "id") if name in titles], notes)

    def translate(row):
        cell = {name: row[title] for name, title in titles.items()}
        if cell["student"] in ("Points Possible", "Student, Test") or not any((cell["student"], cell.get("id"), row[key])):
            return repr(cell["student"] or "a row without a name")
        last, _, first = cell["student"].partition(",")
        login = cell.get("sis_login_id", "")
        return {
            "id": row[key],
            "first_name": first.strip(),
            "last_name": last.strip(),
            "email": login if EMAIL.fullmatch(login) else "",
            "canvas_id": cell.get("id", ""),
            **{name: cell.get(name, "") for name in ("sis_user_id", "sis_login_id", "section")},
        }

    wanted = ("student", "id", "sis_user_id", "sis_login_id", "section")
    return translate, {titles[name] for name in wanted if name in titles}


def _of_moodle(table, titles, notes):
    last = next((titles[name] for name in ("last_name", "surname") if name in titles), None)
    key = _first_filled(table, [titles[name] for name in ("id_number", "username", "email_address") if name in titles], notes)
    named = {"first_name": titles["first_name"], "last_name": last}
    named |= {"email": titles.get("email_address"), "id_number": titles.get("id_number")}

    def translate(row):
        return {"id": row[key]} | {name: row[title] for name, title in named.items() if title}

    return translate, {key, *named.values()}


def _first_filled(table, titles, notes):
    """The first of these columns in which anything stands: it gives the ids. One column for all, so that they are of one kind."""
    places = {title: table.header.index(title) for title in titles}
    for title in titles:
        if any(len(cells) > places[title] and cells[places[title]].strip() for _, cells in table.rows):
            notes.append(f"The ids are those of the column {title!r}.")
            return title
    return titles[0]


def kept_path(root):
    return root / ".mfgrade" / "roster.csv"


def kept_roster(root):
    """→ id → Student, as last read in; empty when there is none."""
    if not kept_path(root).is_file():
        return {}
    with kept_path(root).open(encoding="utf-8", newline="") as file:
        return {row["id"]: Student(**row) for row in csv.DictReader(file)}


def keep_roster(root, students):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(asdict(student) for _, student in sorted(students.items()))
    write_whole(kept_path(root), text.getvalue())


def put_into_gradebook(gradebook, students):
    """Students into nbgrader's gradebook; nobody is taken out of it. → how many were not there before"""
    before = {student.id for student in gradebook.students}
    for student in students.values():
        about = {"first_name": student.first_name, "last_name": student.last_name, "email": student.email}
        about["lms_user_id"] = student.canvas_id
        gradebook.update_or_create_student(student.id, **{name: value for name, value in about.items() if value})
    return len(set(students) - before)
