"""What is known of a class: points from nbgrader's gradebook, verdicts from the stored results. Nothing is written."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from mfcheck.render import points_text
from mfgrade.build import notebook_path
from mfgrade.reading import read_submission
from mfgrade.repair import repair
from mfgrade.report.people import People
from mfgrade.service import notebook_path_in, released


class NoGradebook(Exception):
    """There is nothing to report yet; the message says what to do."""


@dataclass(frozen=True)
class Mark:
    """One graded cell of one student. `points`: what counts, the manual mark where there is one."""

    points: float
    automatic: float | None
    manual: float | None
    out_of: float
    needs_manual: bool


@dataclass
class Entry:
    """One student's submission. `late` is None where nothing is due. `state`: "graded", or "waiting" for the grader.

    `verdicts` is empty where the result that the gradebook holds is not in the store.
    """

    student: str
    state: str = "graded"
    marks: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    problem: str = ""
    notes: list = field(default_factory=list)
    time: datetime | None = None
    late: timedelta | None = None


@dataclass
class LessonResults:
    """`absent`: students in the gradebook who handed nothing in. `due`: the class's due date, or None."""

    lesson: object
    entries: list
    absent: list
    due: datetime | None = None

    @property
    def graded(self):
        return [entry for entry in self.entries if entry.state == "graded"]

    @property
    def written(self):
        """The names of the answers in words, which people mark."""
        names = dict.fromkeys(name for entry in self.graded for name in entry.marks)
        return [name for name in names if name not in self.lesson.exercise_names]


def open_gradebook(api):
    """→ nbgrader's Gradebook. Raises NoGradebook where there is none: nbgrader would make an empty one."""
    url = make_url(api.coursedir.db_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise NoGradebook(f"There is no gradebook at {url.database}. Grade first: mfgrade autograde LESSON.")
    return api.gradebook


def known_people(gradebook, all_results, anonymous):
    """→ People: everybody in the gradebook, which may be None, or in these results."""
    known = {entry.student: (None, None, None) for results in all_results for entry in results.entries}
    known |= {one.id: (one.first_name, one.last_name, one.email) for one in (gradebook.students if gradebook else ())}
    return People(known, anonymous)


def as_read(verdict):
    """→ the verdict's points as nbgrader reads them from the graded notebook."""
    return float(points_text(verdict.points))


class Gatherer:
    """Collects what is known of lessons of the course at `root`."""

    def __init__(self, api, root, grading):
        self.api, self.root, self.grading = api, Path(root), grading
        self.store = grading.store(root)

    def lesson(self, gradebook, lesson):
        """→ LessonResults. Raises NotReleased where the student version is missing."""
        assignment = next((one for one in gradebook.assignments if one.name == lesson.name), None)
        submissions = gradebook.assignment_submissions(lesson.name) if assignment else ()
        entries = {one.student.id: self._graded(one, lesson) for one in submissions}
        for student in self._handed_in(lesson):
            entries.setdefault(student, Entry(student, "waiting"))
        absent = [one.id for one in gradebook.students if one.id not in entries]
        due = assignment.duedate if assignment else None
        return LessonResults(lesson, [entries[student] for student in sorted(entries)], absent, due)

    def _handed_in(self, lesson):
        submitted = self.root / self.api.coursedir.submitted_directory
        return [path.parent.name for path in sorted(submitted.glob(f"*/{lesson.name}")) if path.is_dir()]

    def _graded(self, submission, lesson):
        entry = Entry(submission.student.id, time=submission.timestamp)
        notebook = next((one for one in submission.notebooks if one.name == lesson.module), None)
        grades = notebook.grades if notebook else ()
        entry.marks = {g.name: Mark(g.score, g.auto_score, g.manual_score, g.max_score, g.needs_manual_grade) for g in grades}
        due = submission.assignment.duedate
        if due and entry.time:
            entry.late = max(entry.time - due - (submission.extension or timedelta()), timedelta())
        self._read(entry, lesson)
        return entry

    def _read(self, entry, lesson):
        """Add what the submission's own file and its stored result say."""
        coursedir = self.api.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, entry.student, lesson.name))
        if folder.is_dir() and notebook_path(self.root / "release", lesson).is_file():
            submission = read_submission(notebook_path_in(folder, lesson))
            entry.problem = submission.problem
            mended = repair(submission, released(str(self.root), lesson.name)).notes
            entry.notes = [note for note in mended if note != submission.problem]
        if result := self._result(entry, lesson, folder):
            entry.verdicts = {name: result.verdicts[name] for name in lesson.exercise_names if name in result.verdicts}
            entry.notes += result.notes

    def _result(self, entry, lesson, folder):
        """The stored result from which the gradebook's points came, or None."""
        for key in self._keys(entry.student, lesson, folder):
            result = self.store.get(key)
            if result and all(
                name not in entry.marks or entry.marks[name].automatic == as_read(verdict)
                for name, verdict in result.verdicts.items()
            ):
                return result
        return None

    def _keys(self, student, lesson, folder):
        """Keys of results, the likeliest first: that of the last `mfgrade autograde`, then that of `nbgrader autograde`."""
        marker = self.root / self.grading.results / "written" / lesson.name / f"{student}.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            yield json.loads(marker.read_text(encoding="utf-8"))["key"]
        if folder.is_dir() and notebook_path(self.root / "release", lesson).is_file():
            yield self.grading.job(self.root, lesson, folder).key
