"""Finding exercises by name. Nothing is listed by hand: a file in `exercises/<lesson>/` is an exercise."""

import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

EXERCISES = Path(__file__).parent / "exercises"
LESSONS = (
    "01-rating-matrix",
    "02-factorization",
    "03-sgd",
    "04-biases",
    "05-evaluation",
    "06-recommendation",
    "07-similarity",
    "08-als",
    "09-svd",
    "10-implicit",
    "11-cold-start",
    "12-time",
    "13-neural",
    "14-ab-test",
    "15-ship-it",
)
# Lessons that this course leaves out, as in ("14-ab-test",). What they hold stays, for the lessons that build on it.
LEFT_OUT = ()


class UnknownExercise(LookupError):
    """No exercise has this name; the message names the nearest."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Lesson:
    """`name`: "03-sgd", also the nbgrader assignment; `module`: "sgd", also the notebook's name."""

    name: str

    @property
    def module(self):
        return self.name[3:].replace("-", "_")

    @property
    def exercise_names(self):
        """In the order of their numbers, which means importing them."""
        found = [path.stem for path in (EXERCISES / self.module).glob("[!_]*.py")]
        return sorted(found, key=lambda name: find(name).number)


def lessons():
    """→ the lessons that are taught. Raises ValueError when LEFT_OUT names none."""
    if unknown := set(LEFT_OUT) - set(LESSONS):
        raise ValueError(f"LEFT_OUT in {__file__} names {', '.join(sorted(unknown))}. The lessons are {', '.join(LESSONS)}.")
    return [Lesson(name) for name in LESSONS if name not in LEFT_OUT]


def all_lessons():
    """→ the lessons that there are, those that are left out, too."""
    return [Lesson(name) for name in LESSONS]


@cache
def _lesson_of():
    return {path.stem: lesson for lesson in all_lessons() for path in (EXERCISES / lesson.module).glob("[!_]*.py")}


def all_names():
    return sorted(_lesson_of())


def lesson_of(name):
    """→ the `Lesson` of an exercise. Raises UnknownExercise."""
    if name not in _lesson_of():
        near = difflib.get_close_matches(str(name), _lesson_of(), n=1, cutoff=0.4)
        did_you_mean = f" Did you mean {near[0]!r}?" if near else f" Exercises: {', '.join(all_names())}."
        raise UnknownExercise(f"there is no exercise {str(name)!r}.{did_you_mean}")
    return _lesson_of()[name]


@cache
def find(name):
    """→ the `Exercise` of this name; only its own file is imported. Raises UnknownExercise."""
    return import_module(f"mfcheck.exercises.{lesson_of(name).module}.{name}").exercise
