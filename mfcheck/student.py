"""The four calls of a student: check, hint, solution, progress."""

import inspect
import sys
import zlib
from itertools import count

from mfcheck import record
from mfcheck.judge import judge_carrying_forward
from mfcheck.local import LocalCall
from mfcheck.registry import UnknownExercise, find, lesson_of, lessons
from mfcheck.render import as_html, as_text, in_box, points_text


class Shown:
    """Something to look at: HTML in a notebook, text elsewhere."""

    def __init__(self, text, html):
        self.text, self.html = text, html

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return self.html


class Result(Shown):
    """A check's result. Its plain text is the bare points, which is what nbgrader reads; `verdict` says it all."""

    def __init__(self, verdict):
        super().__init__(points_text(verdict.points), as_html(verdict))
        self.verdict = verdict


def check(name, function):
    """Check your function: `check("sgd_step", sgd_step)`.

    name: the exercise's name, in quotes. function: your function, without parentheses.
    Says what is right, what is wrong and why. It promises no more than that the public checks pass: the grade uses
    other numbers.
    """
    if callable(name):
        own = getattr(name, "__name__", "name")
        raise UnknownExercise(f"check takes the name first, in quotes: check({own!r}, {own})")
    exercise = find(name)

    def make_call(replaced):
        return LocalCall(exercise, function, {other: find(other).reference for other in replaced})

    verdict = judge_carrying_forward(exercise, make_call, public_seed(name))
    if not record.report(verdict, exercise.is_value or is_own(function)):
        record.remember(verdict)
    if not _in_jupyter():
        print(as_text(verdict))
    return Result(verdict)


def is_own(function):
    """Whether it was written in the notebook: everything except a function that was imported."""
    function = inspect.unwrap(function) if callable(function) else function
    return not inspect.isfunction(function) or function.__module__ == "__main__"


def public_seed(name):
    """The seed of the public probes: the same instances at every check, so that one can work on them."""
    return zlib.crc32(name.encode())


_hints_given = {}


def hint(name):
    """A hint for the exercise; the next call gives the next one, from a nudge to nearly the answer."""
    hints = find(name).hints
    n = next(_hints_given.setdefault(name, count())) % len(hints)
    more = f"Call hint({name!r}) again for the next one." if n + 1 < len(hints) else "That was the last hint."
    return _show(f"Hint {n + 1} of {len(hints)} for {name}", hints[n], more)


def solution(name):
    """The reference solution of the exercise. Try the three hints first."""
    source = inspect.getsource(find(name).reference)
    lesson = lesson_of(name)
    where = f"From mfref/{lesson.module}.py. Other ways of writing it are as right."
    return _show(f"One solution of {name}", source, where, code=True)


def mistakes(name):
    """The known mistakes of the exercise as functions, by title: to see what each does to a training run."""
    return {known.title: known.function for known in find(name).mistakes}


def progress():
    """All exercises of the course: which are done, since when, and what comes next."""
    from mfcheck.score_sheet import from_record
    from mfcheck.sheet_view import as_plain, as_table

    sheet = from_record(lessons(), record.load())
    return Shown(as_plain(sheet), as_table(sheet))


def _show(title, body, footer, code=False):
    return Shown(f"{title}\n{body}\n({footer})", in_box(title, body, footer, code))


def _in_jupyter():
    """Whether a frontend shows rich output: inside a kernel, not in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return bool(shell) and hasattr(shell, "kernel")
