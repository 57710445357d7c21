"""Due dates, extensions and the penalty for being late, in one place: `course.toml` in the course folder.

nbgrader keeps the due date with an assignment and the extension with a submission, in UTC without saying so; this module reads
the file, checks it, and writes both there. Lessons that the file does not name keep what the gradebook says.
"""

import math
import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nbgrader.api import MissingEntry

from mfcheck.registry import LESSONS

FILE = "course.toml"
EXAMPLE = """\
# course.toml, in the course folder. `mfgrade dates` shows what it says; `mfgrade autograde` goes by it.

[due]  # lesson = date and time, with the offset from UTC
03-sgd = 2027-03-01T23:59:00+01:00
04-biases = 2027-03-08T23:59:00+01:00

[late]  # leave this out, and late work loses nothing
per_day = 0.10  # of the points that the work got, for each day begun after the due date
at_most = 0.50  # never more than this
grace_minutes = 15  # as little as this is not late

[extensions.ada]  # one table for each student, by the id in submitted/
03-sgd = "2 days"  # or minutes, hours, weeks; or a date and time as above

[extensions."bob@uni.edu"]  # quote an id that has other characters than letters, digits, - and _
04-biases = 2027-03-15T23:59:00+01:00
"""
SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(minute|hour|day|week)s?")


class DatesWrong(Exception):
    """What is wrong with course.toml, one line for each problem."""


@dataclass(frozen=True)
class Late:
    """The penalty: a share of the points that the work got. `per_day`, `at_most`: between 0 and 1."""

    per_day: float
    at_most: float = 1.0
    grace_minutes: float = 0.0

    def share(self, seconds):
        """→ the share of the points that is taken off for work this much after its due date."""
        if seconds <= self.grace_minutes * 60:
            return 0.0
        return min(self.at_most, self.per_day * math.ceil(seconds / 86400))


@dataclass(frozen=True)
class Dates:
    """`due`: lesson → datetime; `extensions`: (lesson, student) → timedelta; `late`: a `Late`, or None for no penalty."""

    due: dict = field(default_factory=dict)
    extensions: dict = field(default_factory=dict)
    late: Late | None = None

    def due_for(self, lesson, student):
        """→ when this student's work is due, or None."""
        return self.due[lesson] + self.extensions.get((lesson, student), timedelta()) if lesson in self.due else None

    def terms(self, lesson, student):
        """→ all that decides on this student's penalty, as text; None where the file says nothing about the lesson."""
        return f"{in_utc(self.due_for(lesson, student))} {self.late}" if lesson in self.due else None


def in_utc(moment):
    """nbgrader's times: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def read_dates(root):
    """→ `Dates` of the course; empty when it has no course.toml. Raises DatesWrong."""
    path = root / FILE
    if not path.is_file():
        return Dates()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatesWrong(f"{path}: {error}") from None
    problems = [f"[{name}] is none of [due], [late], [extensions]" for name in data if name not in ("due", "late", "extensions")]
    due = {
        lesson: moment for lesson, moment in _table(data, "due", problems).items() if _is_date("due", lesson, moment, problems)
    }
    extensions = {}
    for student in _table(data, "extensions", problems):
        for lesson, value in _table(data["extensions"], student, problems, "extensions.").items():
            extension = _extension(f"extensions.{student}", lesson, value, due, problems)
            extensions[lesson, student] = extension
    late = _late(_table(data, "late", problems), problems) if "late" in data else None
    if problems:
        raise DatesWrong("\n".join(f"{path}: {problem}." for problem in problems))
    return Dates(due, extensions, late)


def _table(data, name, problems, prefix=""):
    value = data.get(name, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{prefix}{name} = {value} is no table: write [{prefix}{name}] and the values under it")
    return {}


def _is_date(table, lesson, moment, problems):
    where = f"[{table}] {lesson}"
    if lesson not in LESSONS:
        nested = "; quote a student's id that has dots in it" if isinstance(moment, dict) else ""
        problems.append(f"{where}: there is no such lesson{nested}")
    elif not isinstance(moment, datetime):
        problems.append(f"{where} = {moment} is no date with a time; write it as 2027-03-01T23:59:00+01:00")
    elif moment.tzinfo is None:
        problems.append(f"{where} = {moment.isoformat()} has no offset from UTC; add it, as in {moment.isoformat()}+01:00")
    else:
        return True
    return False


def _extension(table, lesson, value, due, problems):
    """→ timedelta, or None where a problem was noted."""
    where = f"[{table}] {lesson}"
    if isinstance(value, str) and lesson in LESSONS:
        span = SPAN.fullmatch(value.strip())
        if span is None:
            problems.append(f'{where} = "{value}" is no span of time; write it as "2 days", or a date with a time')
            return None
        extension = timedelta(**{f"{span[2]}s": float(span[1])})
    elif not _is_date(table, lesson, value, problems):
        return None
    else:
        extension = value - due[lesson] if lesson in due else None
    if lesson not in due:
        problems.append(f"{where}: the lesson has no valid date in [due], so nothing can be extended")
        return None
    if extension < timedelta():
        problems.append(f"{where} = {value} is before the due date, {due[lesson]}")
    return extension


def _late(table, problems):
    for name, value in table.items():
        if name not in ("per_day", "at_most", "grace_minutes"):
            problems.append(f"[late] {name} is none of per_day, at_most, grace_minutes")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(f"[late] {name} = {value} is no number")
        elif name != "grace_minutes" and not 0 <= value <= 1:
            problems.append(f"[late] {name} = {value} is no share between 0 and 1")
        elif not 0 <= value < math.inf:
            problems.append(f"[late] {name} = {value} cannot be")
    if "per_day" not in table:
        problems.append("[late] has no per_day: the share of the points for each day begun")
    return Late(**table) if not problems else None


def check_students(dates, known):
    """Raises DatesWrong when an extension is for somebody whom nobody knows."""
    unknown = sorted({student for _, student in dates.extensions} - set(known))
    if unknown:
        raise DatesWrong(
            "\n".join(
                f"{FILE}: [extensions.{who}]: no such student in the roster, the gradebook or submitted/." for who in unknown
            )
        )


def write_dates(gradebook, dates, lesson, student=None):
    """Write the lesson's due date, and the extensions of those who have handed in, into nbgrader's gradebook.

    `student`: only this one's extension. → what was changed, as lines of text. An assignment or submission that nbgrader
    does not know yet gets its dates when it is graded.
    """
    if lesson not in dates.due:
        return []
    try:
        assignment = gradebook.find_assignment(lesson)
    except MissingEntry:
        return []
    changes = []
    if assignment.duedate != in_utc(dates.due[lesson]):
        changes.append(f"{lesson} is due {dates.due[lesson]}; before, the gradebook said {assignment.duedate or 'nothing'}.")
        assignment.duedate = in_utc(dates.due[lesson])
    for submission in assignment.submissions:
        extension = dates.extensions.get((lesson, submission.student.id))
        if student in (None, submission.student.id) and submission.extension != extension:
            changes.append(f"{lesson} {submission.student.id}: extension {extension}; before {submission.extension}.")
            submission.extension = extension
    gradebook.db.commit()
    return changes
