"""Grading as nbgrader and the command line ask for it: limits from nbgrader_config.py, jobs, results."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
from traitlets import Bool, Float, Integer, Unicode
from traitlets.config import LoggingConfigurable

from mfcheck.registry import Lesson
from mfgrade.build import notebook_path
from mfgrade.reading import read_submission
from mfgrade.repair import repair
from mfgrade.secret import seed
from mfgrade.store import Store, key_of

MAX_FILE, MAX_FILES = 10_000_000, 100


class NotReleased(Exception):
    """The lesson has no student version to compare a submission with, or none that agrees with its exercises."""


class Grading(LoggingConfigurable):
    """How submissions are graded. Set these in nbgrader_config.py, as in `c.Grading.cell_seconds = 60`."""

    sandbox = Bool(True, help="Run submissions inside bubblewrap. False runs other people's code unprotected.").tag(config=True)
    memory = Integer(2 * 1024**3, help="bytes that one submission may use").tag(config=True)
    processes = Integer(64, help="processes that one submission may have").tag(config=True)
    output = Integer(10_000_000, help="characters of output that are kept of one submission").tag(config=True)
    check_seconds = Float(10.0, help="seconds for all calls of one exercise").tag(config=True)
    cell_seconds = Float(120.0, help="seconds for one cell").tag(config=True)
    total_seconds = Float(600.0, help="seconds for one submission").tag(config=True)
    results = Unicode(".mfgrade", help="folder of the stored results, relative to the course").tag(config=True)

    def limits(self):
        return {
            name: getattr(self, name)
            for name in ("memory", "processes", "output", "check_seconds", "cell_seconds", "total_seconds")
        }

    def store(self, root):
        return Store(Path(root) / self.results / "results")

    def job(self, root, lesson, folder):
        """→ `Job` for the notebook of `lesson` in the submission's folder."""
        path = notebook_path_in(folder, lesson)
        repaired = repair(read_submission(path), released(str(root), lesson.name))
        cells = tuple((n, repaired.notebook.cells[n].source) for n in repaired.to_run)
        files = own_files(folder)
        key = key_of(lesson, cells, files, seed(), self.limits())
        return Job(lesson.name, cells, files, seed(), self.limits(), self.sandbox, key, repaired)


@dataclass
class Job:
    """All that grading one submission needs; it can be sent to another process or machine."""

    lesson: str
    cells: tuple
    files: dict
    secret: int
    limits: dict
    sandbox: bool
    key: str
    repaired: object = field(default=None, compare=False)

    def to_send(self):
        return {k: v for k, v in vars(self).items() if k not in ("repaired", "key")}


@cache
def released(root, lesson_name):
    """The student version of a lesson. Raises NotReleased."""
    path = notebook_path(Path(root) / "release", Lesson(lesson_name))
    if not path.is_file():
        raise NotReleased(
            f"{path} is missing: make the student version first, with `nbgrader generate_assignment {lesson_name}`."
        )
    return nbformat.read(path, as_version=4)


def notebook_path_in(folder, lesson):
    """The notebook in a submission's folder: by its name, or the only one under another name."""
    expected = Path(folder) / f"{lesson.module}.ipynb"
    if not expected.exists() and not expected.is_symlink():
        others = sorted(Path(folder).glob("*.ipynb"))
        if len(others) == 1:
            return others[0]
    return expected


def own_files(folder):
    """The submission's other files, name → bytes: regular ones of modest size, no links, nothing special."""
    files = {}
    for path in sorted(Path(folder).iterdir()) if Path(folder).is_dir() else ():
        skip = path.is_symlink() or not path.is_file() or path.suffix == ".ipynb" or path.name == "timestamp.txt"
        if not skip and path.stat().st_size <= MAX_FILE and len(files) < MAX_FILES:
            files[path.name] = path.read_bytes()
    return files
