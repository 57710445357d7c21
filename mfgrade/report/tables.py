"""The class report as CSV: students by exercises, and mistakes."""

import csv
import io

from mfcheck.render import points_text
from mfgrade.report.figures import failures
from mfgrade.report.page import column_names


def students_by_exercises(all_results, people):
    """→ CSV text: one row a student, one column a graded cell; empty where nothing is graded."""
    names = [(results, name) for results in all_results for name in column_names(results)]
    marks = {(results.lesson.name, e.student): e.marks for results in all_results for e in results.graded}
    rows = [["student", *(f"{results.lesson.name}/{name}" for results, name in names), "sum"]]
    for student in people.sorted({student for _, student in marks}):
        found = [marks.get((results.lesson.name, student), {}).get(name) for results, name in names]
        points = [points_text(mark.points) if mark else "" for mark in found]
        rows.append([people(student), *points, points_text(sum(mark.points for mark in found if mark))])
    return as_csv(rows)


def mistakes(all_results, people):
    """→ CSV text: one row a lesson, exercise and mistake, with the students who made it."""
    rows = [["lesson", "exercise", "mistake", "known", "count", "students"]]
    for results in all_results:
        for one in failures(results):
            students = "; ".join(people.names(one.students))
            rows.append([results.lesson.name, one.exercise, one.title, "yes" if one.named else "no", one.count, students])
    return as_csv(rows)


def as_csv(rows):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([[as_text(value) for value in row] for row in rows])
    return file.getvalue()


def as_text(value):
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
