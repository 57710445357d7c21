"""The figures of the class report: how each exercise went, and which mistakes were made."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from mfcheck.registry import find

ENOUGH = 10  # students; with fewer, nothing is said about how an exercise discriminates
WEAK = 0.2  # item-rest correlation

KINDS = {
    "not_attempted": "not attempted",
    "missing": "no function of this name",
    "not_callable": "not a function",
    "wrong_signature": "other parameters than the task's",
    "copied": "takes the reference instead of implementing it",
    "out_of_time": "out of time",
    "ended": "ended the process",
    "raised": "raised an error",
    "nothing": "returned nothing",
    "type": "wrong type",
    "shape": "wrong shape",
    "dtype": "wrong dtype",
    "not_finite": "NaN or infinity",
    "changed_inputs": "changed its inputs",
    "values": "wrong values, no known mistake",
}


@dataclass
class ExerciseFigures:
    """`n`: graded students. `full`: how many have all points. `item_rest`: correlation with the rest of the lesson, or None.

    `carried`: earlier exercise → how often its reference stood in for it. `remarks`: what is odd, in words.
    """

    name: str
    number: str
    out_of: float
    n: int
    full: int
    attempted: int
    mean: float
    item_rest: float | None = None
    carried: Counter = field(default_factory=Counter)
    judged_with_reference: int = 0
    remarks: list = field(default_factory=list)


@dataclass
class Failure:
    """One way in which an exercise failed. `named`: it is one of the exercise's known mistakes."""

    exercise: str
    title: str
    named: bool
    students: list = field(default_factory=list)

    @property
    def count(self):
        return len(self.students)


def exercise_figures(results):
    """→ list of ExerciseFigures, in the order of the lesson; [] when nobody is graded."""
    graded = [entry for entry in results.graded if entry.marks]
    if not graded:
        return []
    names = [name for name in results.lesson.exercise_names if any(name in entry.marks for entry in graded)]
    table = np.array([[_points(entry, name) for name in names] for entry in graded])
    return [_figures(name, graded, table[:, k], table.sum(axis=1) - table[:, k]) for k, name in enumerate(names)]


def _points(entry, name):
    return entry.marks[name].points if name in entry.marks else 0.0


def _figures(name, graded, points, rest):
    out_of = max(entry.marks[name].out_of for entry in graded if name in entry.marks)
    verdicts = [entry.verdicts[name] for entry in graded if name in entry.verdicts]
    figures = ExerciseFigures(
        name,
        find(name).number,
        out_of,
        n=len(graded),
        full=int(np.sum(points >= out_of)),
        attempted=sum(verdict.kind not in ("not_attempted", "missing") for verdict in verdicts),
        mean=float(points.mean()),
        carried=Counter(earlier for verdict in verdicts for earlier in verdict.carried),
        judged_with_reference=sum(bool(verdict.carried) for verdict in verdicts),
    )
    if figures.n >= ENOUGH:
        figures.item_rest = correlation(points, rest)
        figures.remarks = _remarks(figures)
    return figures


def correlation(x, y):
    """Pearson's correlation, or None where one of the two is constant."""
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 1e-12 else None


def _remarks(figures):
    if figures.full == figures.n:
        return [f"All {figures.n} students have full points."]
    if figures.full == 0:
        return [f"None of {figures.n} students has full points."]
    if figures.item_rest is not None and figures.item_rest < WEAK:
        return [
            f"Item-rest correlation {figures.item_rest:.2f} ({figures.n} students): it hardly goes with the rest of the lesson."
        ]
    return []


def failures(results):
    """→ list of Failure: known mistakes and other failures, the most frequent first."""
    found = {}
    for entry in results.graded:
        for name, verdict in entry.verdicts.items():
            if verdict.kind in ("right", "fault"):
                continue
            named = verdict.kind == "mistake"
            title = verdict.title if named else KINDS[verdict.kind]
            failure = found.setdefault((name, verdict.kind, verdict.label), Failure(name, title, named))
            failure.students.append(entry.student)
    return sorted(found.values(), key=lambda failure: (-failure.count, failure.exercise, failure.title))


def totals(entries):
    """→ array of each student's points in the lesson."""
    return np.array([sum(mark.points for mark in entry.marks.values()) for entry in entries])
