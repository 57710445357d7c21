"""Which of the files is a student's work on the lesson: the newest attempt's notebook. Everything else is named, with the reason."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from mfcheck.registry import UnknownExercise, lesson_of
from mfgrade.collect.archives import Refused, is_junk
from mfgrade.collect.naming import Nobody, read_label
from mfgrade.reading import read_notebook

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Work:
    """A notebook of the lesson, whose student is known. `broken`: why it cannot be read as a notebook, or ""."""

    student: str
    member: object
    label: object
    name: str
    sha256: str
    broken: str = ""

    @property
    def content(self):
        """→ the file's bytes, read again: a class's notebooks need not fit into memory."""
        return self.member.read()

    @property
    def attempt(self):
        return self.label.attempt

    @property
    def time(self):
        return self.member.time

    @property
    def download(self):
        """The archive that it came in; files that lie loose came together."""
        archive, colon, _ = self.member.where.partition(": ")
        return archive if colon else ""


@dataclass
class Left:
    """A file that is not collected. `grave`: somebody has to look at it, whatever else the student handed in."""

    where: str
    why: str
    student: str = ""
    grave: bool = False


def lesson_of_notebook(submission):
    """→ the name of the lesson whose cells are in it, or "" when nbgrader's marks are gone."""
    votes = Counter()
    for cell in submission.cells:
        try:
            votes[lesson_of(cell.grade_id.removesuffix("-solution")).name] += 1
        except UnknownExercise:
            continue
    return votes.most_common(1)[0][0] if votes else ""


def sort_out(members, people, lesson, on_progress=lambda number: None):
    """→ (student id → the `Work` that counts, list of `Left`): every member is in one of the two."""
    found, left = {}, []
    for number, member in enumerate(members, 1):
        on_progress(number)
        one = _look_at(member, people, lesson)
        if isinstance(one, Left):
            left.append(one)
        else:
            found.setdefault(one.student, []).append(one)
    taken = {student: _newest(works, lesson) for student, works in found.items()}
    for student, works in found.items():
        left += [_why_not(work, taken[student]) for work in works if work is not taken[student]]
    return taken, left


def _look_at(member, people, lesson):
    """→ `Work` or `Left`"""
    if is_junk(member.path) or is_junk(member.where):
        return Left(member.where, "left behind by an operating system, nobody's work")
    if member.problem:
        return Left(member.where, member.problem, grave=True)
    label = read_label(member.inside or member.path)
    if label is None:
        return Left(member.where, "its name is neither one of Canvas's downloads nor of Moodle's", grave=True)
    try:
        student = people.find(label).id
        name = PurePosixPath(member.path if member.inside else label.original).name
        if not name.casefold().endswith(".ipynb"):
            return Left(member.where, "no notebook", student)
        content = member.read()
    except (Nobody, Refused) as problem:
        return Left(member.where, str(problem), grave=True)
    submission = read_notebook(content)
    other = lesson_of_notebook(submission)
    if other not in ("", lesson.name):
        return Left(member.where, f"a notebook of lesson {other}", student)
    return Work(student, member, label, name, hashlib.sha256(content).hexdigest(), submission.problem)


def _newest(works, lesson):
    """Of each attempt the best notebook; of these the newest."""
    attempts = {}
    for work in works:
        attempts.setdefault((work.download, work.attempt), []).append(work)

    def fits(work):
        return not work.broken, work.name.casefold() == f"{lesson.module}.ipynb", work.time or NEVER

    best = [max(group, key=fits) for group in attempts.values()]
    return max(best, key=lambda work: (work.attempt, work.time or NEVER))


def _why_not(work, taken):
    if work.sha256 == taken.sha256:
        return Left(work.member.where, f"the same as {taken.member.where}", work.student)
    if (work.download, work.attempt) == (taken.download, taken.attempt):
        return Left(work.member.where, f"another notebook of {work.student}; {taken.name} was taken", work.student)
    return Left(work.member.where, f"an older attempt of {work.student}", work.student)
