"""`mfgrade autograde --dry-run`: what a run would change in the gradebook, before it does."""

from contextlib import nullcontext
from dataclasses import dataclass, field

from mfcheck.render import points_text
from mfgrade.autograde import Autograde
from mfgrade.repair import role
from mfgrade.report.gather import NoGradebook, as_read, open_gradebook


@dataclass(frozen=True)
class Change:
    """Automatic points of one exercise: `old` is None where nothing is graded. `manual`: the mark by hand that stays, or None."""

    exercise: str
    old: float | None
    new: float
    manual: float | None = None


@dataclass
class Outlook:
    """What a run would do to one submission. `first`: it has no grades yet. `old` and `new`: the sum of what counts.

    `manual`: how many marks by hand stay.
    """

    first: bool
    changes: list
    old: float
    new: float
    manual: int


@dataclass
class Preview:
    """By (lesson name, student): `outlooks` of the submissions that change, and those that do not, and why some cannot be graded."""

    outlooks: dict = field(default_factory=dict)
    unchanged: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)


class DryRun(Autograde):
    """Grades as Autograde does and stores the results, so that the run that follows is quick, but writes no grade.

    Files in submitted/ stay as they are, too: what a run would move aside is read as if it were not there.
    """

    def run(self, submissions, make_executor, on_progress):
        """Look at these (lesson, student). on_progress(done, total, lesson name, student). → Preview"""
        with self._lock():
            plan = {(lesson.name, student): self._job(lesson, student) for lesson, student in submissions}
            waiting = {job.key: job for job in plan.values() if self.store.get(job.key) is None}
            done = 0
            for key in self._results(plan, waiting, make_executor):
                for who in [who for who, job in plan.items() if job.key == key]:
                    done += 1
                    on_progress(done, len(plan), *who)
        return self._preview(plan)

    def _job(self, lesson, student):
        return self.grading.job(self.root, lesson, self._submitted(lesson.name, student))

    def _preview(self, plan):
        preview = Preview(failed=self.summary.failed)
        try:
            opened = open_gradebook(self.api)
        except NoGradebook:
            opened = nullcontext()
        with opened as gradebook:
            for who, job in plan.items():
                if who in preview.failed:
                    continue
                verdicts = self.store.get(job.key).verdicts
                if too_many := beyond_the_release(job.repaired.notebook, verdicts):
                    preview.failed[who] = (
                        f"{too_many} Make the student version anew: nbgrader generate_assignment {who[0]} --force"
                    )
                else:
                    outlook = outlook_of(grades_of(gradebook, *who), verdicts)
                    kind = preview.outlooks if outlook.first or outlook.changes else preview.unchanged
                    kind[who] = outlook
        return preview


def beyond_the_release(notebook, verdicts):
    """Which exercise gives more points than its check cell in the student version allows; nbgrader refuses those. "" if none."""
    allowed = {role(cell)["grade_id"]: role(cell).get("points", 0) for cell in notebook.cells if role(cell)}
    for name, verdict in verdicts.items():
        if name in allowed and verdict.points > allowed[name]:
            return (
                f"{name} gives {number(verdict.points)} points, but its cell in the student version has {number(allowed[name])}."
            )
    return ""


def grades_of(gradebook, lesson_name, student):
    """→ cell → nbgrader's Grade of this submission; {} where there is none."""
    known = gradebook and lesson_name in {assignment.name for assignment in gradebook.assignments}
    found = [one for one in gradebook.assignment_submissions(lesson_name) if one.student.id == student] if known else []
    return {grade.name: grade for submission in found for notebook in submission.notebooks for grade in notebook.grades}


def outlook_of(grades, verdicts):
    """→ Outlook: these grades, if the automatic points were the verdicts'. A manual mark counts in their place."""
    changes, old_sum, new_sum = [], 0.0, 0.0
    for name, verdict in verdicts.items():
        grade = grades.get(name)
        old, manual = (grade.auto_score, grade.manual_score) if grade else (None, None)
        new = as_read(verdict)
        if old != new:
            changes.append(Change(name, old, new, manual))
        extra = (grade.extra_credit or 0.0) if grade else 0.0
        new_sum += (new if manual is None else manual) + extra
        old_sum += grade.score if grade else 0.0
    others = sum(grade.score for name, grade in grades.items() if name not in verdicts)
    by_hand = sum(grade.manual_score is not None for grade in grades.values())
    first = all(grade.auto_score is None and grade.manual_score is None for grade in grades.values())
    return Outlook(first, changes, old_sum + others, new_sum + others, by_hand)


def in_words(preview):
    """→ the lines for an instructor: each change, then the counts."""
    lines = []
    for (lesson_name, student), outlook in sorted(preview.outlooks.items()):
        words = "would be graded for the first time" if outlook.first else f"sum {number(outlook.old)} → {number(outlook.new)}"
        lines.append(f"{lesson_name} {student}: {words}")
        lines += [f"    {change_in_words(change)}" for change in outlook.changes]
    n_changed = sum(not outlook.first for outlook in preview.outlooks.values())
    first, unchanged = len(preview.outlooks) - n_changed, len(preview.unchanged)
    lines.append(
        f"{n_changed} would change, {unchanged} unchanged, {first} graded for the first time, {len(preview.failed)} not graded."
    )
    if kept := sum(outlook.manual for outlook in (*preview.outlooks.values(), *preview.unchanged.values())):
        lines.append(f"Marks by hand are kept: {kept}. After grading, the formgrader asks for another look at them.")
    lines.append("Nothing was written into the gradebook. The same command without --dry-run does what is shown.")
    return lines


def change_in_words(change):
    words = f"{change.exercise} {number(change.old)} → {number(change.new)}"
    return words if change.manual is None else f"{words}, but the mark by hand, {number(change.manual)}, is kept and counts"


def number(points):
    """Points as people write them; a dash where nothing is graded."""
    return "–" if points is None else points_text(points)
