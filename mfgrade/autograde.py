"""`mfgrade autograde`: a class graded in parallel, by one writer, and resumable at any moment."""

import fcntl
import json
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry

from mfcheck.registry import Lesson
from mfgrade.build import notebook_path
from mfgrade.course import check_done
from mfgrade.dates import read_dates, write_dates
from mfgrade.grading import Graded
from mfgrade.late import settle
from mfgrade.people import check_extensions
from mfgrade.released import different_points, release
from mfgrade.repair import role
from mfgrade.store import write_whole
from mfgrade.tidy import tidy
from mfgrade.work import begin, run_job


class Busy(Exception):
    """Another run is writing to this course's gradebook."""


@dataclass
class Summary:
    """What came of a run, by (lesson name, student). `notes`: for the instructor; `failed`: why there are no grades."""

    graded: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    notes: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)


class Autograde:
    """Grades submissions of the course at `root`.

    Workers only compute; results are stored by content as they come. The gradebook has one writer, this process, which
    lets nbgrader convert one submission after the other with the result already there. A marker for each student says
    which result the gradebook holds, under which due date and penalty: a run that was killed goes on where it was.

    Raises DatesWrong when the course's dates cannot be read.
    """

    def __init__(self, api, root, grading):
        self.api, self.root, self.grading = api, Path(root), grading
        self.store = grading.store(root)
        self.state = self.root / grading.results
        self.dates = read_dates(self.root)
        self.summary = Summary()

    def submissions(self, lessons, student="*"):
        """→ list of (lesson, student): everybody with a folder for a lesson in submitted/."""
        submitted = self.root / self.api.coursedir.submitted_directory
        return [
            (lesson, path.parent.name)
            for lesson in lessons
            for path in sorted(submitted.glob(f"{student}/{lesson.name}"))
            if path.is_dir()
        ]

    def run(self, submissions, make_executor, on_progress, force=False):
        """Grade these (lesson, student). on_progress(done, total, lesson, student). → Summary. Raises Busy, DatesWrong."""
        check_extensions(self.root, self.api, self.dates)
        with self._lock():
            self._know_the_assignments({lesson.name for lesson, _ in submissions})
            self._write_dates({lesson.name for lesson, _ in submissions})
            plan = {(lesson.name, student): self._job(lesson, student) for lesson, student in submissions}
            todo = {who: job for who, job in plan.items() if force or not self._is_written(who, job)}
            self.summary.unchanged = [who for who in plan if who not in todo]
            waiting = {job.key: job for job in todo.values() if self.store.get(job.key) is None}
            done = 0
            for key in self._results(todo, waiting, make_executor):
                for who in [who for who, job in todo.items() if job.key == key]:
                    if who not in self.summary.failed:
                        self._write(who, todo[who])
                    done += 1
                    on_progress(done, len(todo), *who)
        return self.summary

    def _results(self, todo, waiting, make_executor):
        """Yield the keys of results as they are there: those in the store at once, the others as workers bring them."""
        yield from {job.key: None for job in todo.values() if job.key not in waiting}
        if not waiting:
            return
        with make_executor() as executor:
            futures = {executor.submit(run_job, **job.to_send()): key for key, job in waiting.items()}
            try:
                for future in as_completed(futures):
                    key = futures[future]
                    self._keep(key, future, [who for who, job in todo.items() if job.key == key])
                    yield key
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise

    def _job(self, lesson, student):
        folder = self._submitted(lesson.name, student)
        tidy(folder, lesson)
        return self.grading.job(self.root, lesson, folder)

    def _submitted(self, lesson_name, student):
        coursedir = self.api.coursedir
        return Path(coursedir.format_path(coursedir.submitted_directory, student, lesson_name))

    def _keep(self, key, future, whose):
        try:
            graded = Graded.from_dict(future.result())
        except Exception as error:
            self.summary.failed.update(dict.fromkeys(whose, f"{type(error).__name__}: {error}"))
            return
        if faults := graded.faults():
            self.summary.failed.update(dict.fromkeys(whose, faults))
        else:
            self.store.put(key, graded)

    def _write(self, who, job):
        """Let nbgrader write the grades of one submission; the result is in the store."""
        lesson_name, student = who
        try:
            check_done(f"{lesson_name} of {student}", self.api.autograde(lesson_name, student, force=True))
        except Exception as error:
            self.summary.failed[who] = str(error)
            return
        write_whole(self._marker(who), json.dumps(self._mark(who, job)))
        self.summary.graded.append(who)
        if notes := [*job.repaired.notes, *self.store.get(job.key).notes]:
            self.summary.notes[who] = notes

    def _marker(self, who):
        lesson_name, student = who
        return self.state / "written" / lesson_name / f"{student}.json"

    def _mark(self, who, job):
        timestamp = self._submitted(*who) / "timestamp.txt"
        mark = {"key": job.key, "timestamp": timestamp.read_text() if timestamp.is_file() else ""}
        terms = self.dates.terms(*who)
        return mark | {"terms": terms} if terms else mark

    def _is_written(self, who, job):
        try:
            return json.loads(self._marker(who).read_text()) == self._mark(who, job)
        except (OSError, ValueError):
            return False

    def _know_the_assignments(self, names):
        """Make the student versions that are missing, which also puts their cells into nbgrader's gradebook."""
        with self.api.gradebook as gradebook:
            known = {name for name in names if self._is_known(gradebook, Lesson(name))}
        for name in sorted(names - known):
            release(self.api, Lesson(name))

    def _write_dates(self, names):
        with self.api.gradebook as gradebook:
            for name in sorted(names):
                write_dates(gradebook, self.dates, name)
            settle(gradebook, self.dates)

    def _is_known(self, gradebook, lesson):
        """Whether the student version and all its cells are there: a run may have been killed while it made them."""
        try:
            notebook = gradebook.find_notebook(lesson.module, lesson.name)
            student_version = nbformat.read(notebook_path(self.root / "release", lesson), as_version=4)
        except (MissingEntry, OSError, ValueError):
            return False
        if different_points(gradebook, lesson):
            return False
        labels = {role(cell)["grade_id"] for cell in student_version.cells if role(cell)}
        return bool(notebook.submissions) or labels <= {cell.name for cell in notebook.source_cells}

    @contextmanager
    def _lock(self):
        """One writer at a time."""
        self.state.mkdir(exist_ok=True)
        with (self.state / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("Another `mfgrade autograde` is at work in this course. Wait until it has finished.") from None
            yield


def processors():
    """How many submissions at a time by default: one for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_pool(jobs):
    return ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=begin)


@contextmanager
def dask_cluster(address):
    """The executor of a Dask cluster. Its workers need this course installed, and bubblewrap."""
    from distributed import Client

    with Client(address, timeout=10) as client:
        yield client.get_executor(pure=False)
