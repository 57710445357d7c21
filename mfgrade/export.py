"""Grades in the tables that Canvas and Moodle import.

The classes are nbgrader's export plugins: `nbgrader export --exporter=mfgrade.export.CanvasExport` works like
`mfgrade export canvas`. A grade is what the gradebook holds, with marks given by hand and without the penalty for being late;
who has handed in nothing gets an empty cell, which both platforms leave as it is.
"""

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.plugins import ExportPlugin

from mfcheck.render import points_text
from mfgrade.dates import read_dates
from mfgrade.late import settle
from mfgrade.roster import Student, kept_roster

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportWrong(Exception):
    """What was asked for is not in the gradebook."""


@dataclass
class Grades:
    """`lessons`: name → points possible. `points`: (lesson, student id) → points. `unmarked`: (lesson, student id)."""

    lessons: dict
    points: dict
    unmarked: list


def read_grades(gradebook, lessons=(), students=()):
    """→ `Grades` of these lessons (default: all that somebody handed in) and students (default: all). Raises ExportWrong."""
    known = {assignment.name: assignment for assignment in gradebook.assignments}
    if unknown := [name for name in lessons if name not in known]:
        raise ExportWrong(f"The gradebook has no lesson {', '.join(unknown)}. It has: {', '.join(sorted(known)) or 'none'}.")
    people = {student.id for student in gradebook.students}
    if unknown := [who for who in students if who not in people]:
        raise ExportWrong(f"The gradebook has no student {', '.join(unknown)}.")
    grades = Grades({}, {}, [])
    for name in lessons or sorted(known):
        submissions = [one for one in known[name].submissions if not students or one.student.id in students]
        if submissions or lessons:
            grades.lessons[name] = known[name].max_score
        for one in submissions:
            grades.points[name, one.student.id] = max(0.0, one.score - one.late_submission_penalty)
            if one.needs_manual_grade:
                grades.unmarked.append((name, one.student.id))
    return grades


def defused(cell):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


class PlatformExport(ExportPlugin):
    """What the two platforms' tables have in common. A subclass says which columns come before the grades."""

    default_file = columns = ()

    def export(self, gradebook):
        """Write the table to `to`. Penalties are worked out again before, as marks given by hand may have changed the points."""
        root = Path(self.parent.coursedir.root)
        settle(gradebook, read_dates(root))
        grades = read_grades(gradebook, self.assignment, self.student)
        people = self._people(gradebook, kept_roster(root))
        target = Path(self.to or self.default_file)
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([*self.columns, *grades.lessons])
        writer.writerows(self.rows_before(grades))
        for student in people:
            points = [grades.points.get((lesson, student.id)) for lesson in grades.lessons]
            cells = [defused(cell) for cell in self.about(student)]
            writer.writerow([*cells, *("" if p is None else points_text(p) for p in points)])
        target.write_text(text.getvalue(), encoding="utf-8", newline="")
        self._tell(target, grades, people)

    def _people(self, gradebook, roster):
        """The students of the gradebook, with what the roster adds, by name."""
        people = []
        for one in gradebook.students:
            if not self.student or one.id in self.student:
                about = Student(one.id, one.first_name or "", one.last_name or "", one.email or "", one.lms_user_id or "")
                people.append(about.updated(roster[one.id]) if one.id in roster else about)
        return sorted(people, key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))

    def _tell(self, target, grades, people):
        print(f"{target}: {len(people)} students, {len(grades.lessons)} lesson(s).", file=sys.stderr)
        for lesson, student in sorted(grades.unmarked):
            print(f"  STILL TO MARK {lesson} {student}: the points are those so far.", file=sys.stderr)
        if nameless := [student.id for student in people if not self.is_known(student)]:
            print(f"  The platform may not know: {', '.join(nameless)}. {self.advice}", file=sys.stderr)

    def rows_before(self, grades):
        return []


class CanvasExport(PlatformExport):
    """Canvas finds a student by its own number, which the roster has when it was read from Canvas's gradebook."""

    default_file = "canvas.csv"
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    advice = "The roster gives neither Canvas's ID nor a SIS ID; the id stands as SIS Login ID."

    def rows_before(self, grades):
        return [["    Points Possible", "", "", "", "", *(points_text(float(p)) for p in grades.lessons.values())]]

    def about(self, student):
        name = ", ".join(part for part in (student.last_name, student.first_name) if part)
        login = student.sis_login_id or ("" if self.is_known(student) else student.id)
        return name or student.id, student.canvas_id, student.sis_user_id, login, student.section

    def is_known(self, student):
        return bool(student.canvas_id or student.sis_user_id or student.sis_login_id)


class MoodleExport(PlatformExport):
    """Moodle finds a student by the column that is chosen at the import: ID number or Email address."""

    default_file = "moodle.csv"
    columns = ("First name", "Last name", "ID number", "Email address")
    advice = "The roster gives neither an ID number nor an email address; the id stands as ID number."

    def about(self, student):
        return student.first_name, student.last_name, self._number(student), student.email

    def _number(self, student):
        return student.id_number or ("" if student.email else student.id)

    def is_known(self, student):
        return bool(student.id_number or student.email)
