"""The work of one worker process, here or on another machine: grade one submission. Imports as little as it can."""

import ctypes
import multiprocessing
import os
import signal
import tempfile
from functools import cache
from pathlib import Path

from mfcheck.registry import Lesson
from mfgrade.grading import Grader
from mfgrade.sandbox import bubble
from mfgrade.sandbox.room import furnish
from mfgrade.sandbox.session import Limits, Session

PR_SET_PDEATHSIG = 1


def begin():
    """A worker ends with the process that started it, however that ends, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(ctypes.CDLL(None), "prctl"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != multiprocessing.parent_process().pid:  # it ended before this one had asked to follow
        os._exit(1)


def run_job(lesson, cells, files, secret, limits, sandbox):
    """Grade one submission; the one function that runs in a worker. → Graded as a dict"""
    lesson, limits = Lesson(lesson), Limits(**limits)
    bwrap = bubblewrap() if sandbox else None
    with tempfile.TemporaryDirectory(prefix="mfgrade-") as folder:
        staged = Path(folder)
        staged.chmod(0o755)
        for name, content in files.items():
            (staged / name).write_bytes(content)
        grader = Grader(lesson, cells, secret, lambda: Session(room(lesson), staged, limits, bwrap))
        return grader.grade().to_dict()


@cache
def bubblewrap():
    return bubble.find_bubblewrap()


_rooms = {}


def room(lesson):
    """The folder that this process's sandboxes have on their import path; made once."""
    if lesson.name not in _rooms:
        folder = tempfile.TemporaryDirectory(prefix="mfgrade-room-")
        Path(folder.name).chmod(0o755)
        furnish(folder.name, lesson)
        _rooms[lesson.name] = folder
    return _rooms[lesson.name].name
