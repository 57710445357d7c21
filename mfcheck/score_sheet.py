"""The score sheet: a row an exercise, from a run of the reader's notebooks or from the record of the checks."""

from dataclasses import dataclass

from mfcheck.notebook import checked_in
from mfcheck.registry import find
from mfcheck.render import SIGNS, points_text
from mfcheck.verdict import Verdict

PROMISE = (
    "These are the public checks, and they promise less than a grade: a grade is made with other numbers, and it counts the "
    "written questions, too."
)


@dataclass(frozen=True)
class Row:
    """`state`: a few words; `title`: the named mistake, or what is wrong; `tone`: a verdict's."""

    exercise: str
    points: float
    max_points: float
    tone: str
    state: str
    title: str = ""
    next_step: str = ""

    @property
    def sign(self):
        return SIGNS[self.tone][0]

    @property
    def score(self):
        return f"{points_text(self.points)} of {points_text(self.max_points)}"

    @property
    def done(self):
        return self.tone == "correct"


@dataclass(frozen=True)
class LessonSheet:
    """`problem`: what stopped the notebook as a whole, or ""."""

    lesson: str
    rows: tuple
    problem: str = ""

    @property
    def score(self):
        return _sum(self.rows)


@dataclass(frozen=True)
class Sheet:
    """`notes`: what was left out, and why."""

    lessons: tuple
    notes: tuple = ()

    @property
    def rows(self):
        return [row for lesson in self.lessons for row in lesson.rows]

    @property
    def summary(self):
        done = sum(row.done for row in self.rows)
        return f"{done} of {len(self.rows)} exercises done. {self.following} {_sum(self.rows)} points."

    @property
    def following(self):
        """The first exercise that is not done, in the order of the course."""
        for lesson in self.lessons:
            for row in lesson.rows:
                if not row.done:
                    return f"Next: {row.exercise}."
        return "That is all of them."


def _sum(rows):
    return f"{points_text(sum(row.points for row in rows))} of {points_text(sum(row.max_points for row in rows))}"


def from_record(lessons, record):
    """→ the `Sheet` of what `check` has seen so far, in all notebooks."""
    return Sheet(
        tuple(LessonSheet(one.name, tuple(_remembered(find(n), record.get(n)) for n in one.exercise_names)) for one in lessons)
    )


def _remembered(exercise, entry):
    if entry is None:
        return Row(exercise.name, 0, exercise.points, "missing", "not checked yet")
    if entry["passed"]:
        state = f"passed {entry['first_passed'].replace('T', ' ')}"
        return Row(exercise.name, entry["points"], exercise.points, "correct", state)
    tries = f"tried {entry['tries']} time{'s' if entry['tries'] > 1 else ''}"
    tone = "almost" if entry["points"] else "keep working"
    known = {m.label: m for m in exercise.mistakes}.get(entry.get("last_label"))
    title = entry.get("title") or (known.title if known else "")
    next_step = entry.get("next_step") or (known.next_step if known else "")
    return Row(exercise.name, entry["points"], exercise.points, tone, tries, title, next_step)


def from_notebook(lesson, path, **seconds):
    """Run a notebook. → its `LessonSheet`, also for a file that is no notebook."""
    from mfcheck import own_run

    try:
        run = own_run.run(path, **seconds)
    except own_run.NotANotebook as problem:
        rows = [_without_points(find(name), "not run", "The file is not a notebook", "") for name in lesson.exercise_names]
        return LessonSheet(lesson.name, tuple(rows), f"{path}: {problem}")
    rows = tuple(_row(find(name), run) for name in lesson.exercise_names)
    return LessonSheet(lesson.name, rows, f"{path}: {run.problem}" if run.problem else "")


def _row(exercise, run):
    report = run.reports.get(exercise.name)
    if report is None:
        return _no_verdict(exercise, run)
    if not report["own"]:
        title, step = f"`{exercise.name}` is imported", "Write the function in the notebook: only what it defines counts."
        return _without_points(exercise, "not its own", title, step)
    verdict = Verdict.from_dict(report["verdict"])
    if verdict.kind == "fault":
        return _without_points(exercise, "the checker failed", verdict.title, verdict.message)
    if verdict.kind == "not_attempted":
        return _without_points(exercise, "not attempted", "", f"Write it. `hint({exercise.name!r})` in a new cell helps.")
    state = SIGNS[verdict.tone][1].lower()
    title = "" if verdict.kind == "right" else verdict.title
    return Row(exercise.name, verdict.points, verdict.max_points, verdict.tone, state, title, verdict.next_step)


def _no_verdict(exercise, run):
    name = exercise.name
    if name not in run.checks:
        call = f'`check("{name}", {name})`'
        return _without_points(
            exercise, "missing", "The check cell is not in the notebook", f"Put {call} into a cell under the function."
        )
    defining = [words for source, words in run.errors if f"def {name}(" in source or source.lstrip().startswith(f"{name} =")]
    if defining:
        return _without_points(
            exercise, "not run", f"Its own cell failed. {defining[-1]}", f"Run the cell of `{name}` in JupyterLab and mend it."
        )
    checking = [words for source, words in run.errors if name in checked_in(source)]
    if any(f"name '{name}' is not defined" in words for words in checking):
        return _without_points(
            exercise, "missing", f"The notebook defines no `{name}`", "Write the function in a cell above its check."
        )
    why = checking[-1] if checking else "The notebook stopped before this check"
    return _without_points(exercise, "not run", why, "Restart the kernel in JupyterLab, run all cells, and mend what stops them.")


def _without_points(exercise, state, title, next_step):
    return Row(exercise.name, 0, exercise.points, "missing", state, title, next_step)
