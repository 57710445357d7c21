"""`mfgrade autograde`: a class graded in parallel, by one writer, and resumable at any moment."""

import fcntl
import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from mfgrade.course import check_done
from mfgrade.grading import Graded
from mfgrade.store import write_whole
from mfgrade.tidy import tidy
from mfgrade.work import begin, run_job


class Busy(Exception):
    """Another run is writing to this course's gradebook."""


@dataclass
class Summary:
    """What came of a run. `notes`: student → notes for the instructor; `failed`: student → why there are no grades."""

    graded: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    notes: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)


class Autograde:
    """Grades the submissions of one lesson in the course at `root`.

    Workers only compute; results are stored by content as they come. The gradebook has one writer, this process, which
    lets nbgrader convert one submission after the other with the result already there. A marker for each student says
    which result the gradebook holds: a run that was killed goes on where it was.
    """

    def __init__(self, api, root, lesson, grading):
        self.api, self.root, self.lesson, self.grading = api, Path(root), lesson, grading
        self.store = grading.store(root)
        self.state = self.root / grading.results
        self.summary = Summary()

    def students(self):
        """Everybody with a folder for the lesson in submitted/."""
        submitted = self.root / self.api.coursedir.submitted_directory
        return sorted(path.parent.name for path in submitted.glob(f"*/{self.lesson.name}") if path.is_dir())

    def run(self, students, make_executor, on_progress, force=False):
        """Grade these students. on_progress(done, total, student). → Summary"""
        with self._lock():
            self._know_the_assignment()
            plan = {student: self._job(student) for student in students}
            todo = {s: job for s, job in plan.items() if force or not self._is_written(s, job)}
            self.summary.unchanged = [s for s in plan if s not in todo]
            waiting = {job.key: job for job in todo.values() if self.store.get(job.key) is None}
            done = 0
            for student in [s for s, job in todo.items() if job.key not in waiting]:
                done = self._write_and_count(student, todo[student], done, len(todo), on_progress)
            if waiting:
                with make_executor() as executor:
                    futures = {executor.submit(run_job, **job.to_send()): key for key, job in waiting.items()}
                    try:
                        for future in as_completed(futures):
                            key = futures[future]
                            own = [s for s, job in todo.items() if job.key == key]
                            self._keep(key, future, own)
                            for student in own:
                                done = self._write_and_count(student, todo[student], done, len(todo), on_progress)
                    except BaseException:
                        executor.shutdown(wait=False, cancel_futures=True)
                        raise
        return self.summary

    def _job(self, student):
        folder = self._submitted(student)
        tidy(folder, self.lesson)
        return self.grading.job(self.root, self.lesson, folder)

    def _submitted(self, student):
        coursedir = self.api.coursedir
        return Path(coursedir.format_path(coursedir.submitted_directory, student, self.lesson.name))

    def _keep(self, key, future, students):
        try:
            graded = Graded.from_dict(future.result())
        except Exception as error:
            for student in students:
                self.summary.failed[student] = f"{type(error).__name__}: {error}"
            return
        self.store.put(key, graded)
        faults = [f"{v.exercise}: {v.message}" for v in graded.verdicts.values() if v.kind == "fault"]
        for student in students:
            if faults:
                self.summary.failed[student] = "; ".join(faults)

    def _write_and_count(self, student, job, done, total, on_progress):
        if student not in self.summary.failed:
            self._write(student, job)
        on_progress(done + 1, total, student)
        return done + 1

    def _write(self, student, job):
        """Let nbgrader write the grades of one student; the result is in the store."""
        try:
            check_done(f"{self.lesson.name} of {student}", self.api.autograde(self.lesson.name, student, force=True))
        except Exception as error:
            self.summary.failed[student] = str(error)
            return
        write_whole(self._marker(student), json.dumps(self._mark(student, job)))
        self.summary.graded.append(student)
        notes = [*job.repaired.notes, *self.store.get(job.key).notes]
        if notes:
            self.summary.notes[student] = notes

    def _marker(self, student):
        return self.state / "written" / self.lesson.name / f"{student}.json"

    def _mark(self, student, job):
        timestamp = self._submitted(student) / "timestamp.txt"
        return {"key": job.key, "timestamp": timestamp.read_text() if timestamp.is_file() else ""}

    def _is_written(self, student, job):
        try:
            return json.loads(self._marker(student).read_text()) == self._mark(student, job)
        except (OSError, ValueError):
            return False

    def _know_the_assignment(self):
        """nbgrader needs the lesson in its gradebook; making the student version puts it there."""
        with self.api.gradebook as gradebook:
            known = {assignment.name for assignment in gradebook.assignments}
        if self.lesson.name not in known:
            check_done(f"the release of {self.lesson.name}", self.api.generate_assignment(self.lesson.name))

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


def process_pool(jobs):
    return ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=begin)


@contextmanager
def dask_cluster(address):
    """The executor of a Dask cluster. Its workers need this course installed, and bubblewrap."""
    from distributed import Client

    with Client(address, timeout=10) as client:
        yield client.get_executor(pure=False)
