"""`make demo`: a course from release to feedback, played by a simulated class."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mfcheck.registry import find, lessons
from mfcheck.render import points_text
from mfgrade.autograde import Autograde, process_pool, processors
from mfgrade.build import notebook_path
from mfgrade.course import check_done, nbgrader_api
from mfgrade.demo_class import CLASS, submission
from mfgrade.service import Grading

MARKER = "this-folder-is-made-by-make-demo"


def play(root, folder):
    """Play the demo in `folder`, which is made anew. → exit status"""
    console, start = Console(), time.monotonic()
    folder = Path(folder)
    if folder.exists() and not (folder / MARKER).exists():
        console.print(f"{folder} was not made by the demo and is left alone. Name another with --folder.")
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    shutil.copytree(root / "source", folder / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(root / "nbgrader_config.py", folder)
    api = nbgrader_api(folder)
    with Progress(
        TextColumn("{task.description:<42}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        for lesson in bar.track(lessons(), description="building the release"):
            check_done(lesson.name, api.generate_assignment(lesson.name))
        hand_in(folder)
        grade(api, folder, bar)
        jobs = [(lesson, student) for lesson in lessons() for student in CLASS]
        for lesson, student in bar.track(jobs, description="writing feedback"):
            check_done(f"{lesson.name} of {student.id}", api.generate_feedback(lesson.name, student.id))
    for lesson in lessons():
        console.print(grade_table(api, lesson))
    console.print("\nPoints of the automatic checks; the written questions wait for a person.")
    console.print(f"Feedback, one page a student and lesson: {folder}/feedback/<student>/<lesson>/", soft_wrap=True)
    console.print(f"Open the formgrader on it: cd {folder} && jupyter lab", soft_wrap=True)
    console.print(f"All of this took {time.monotonic() - start:.0f} s.")
    return 0


def grade(api, folder, bar):
    work = Autograde(api, folder, Grading(config=api.config))
    submissions = work.submissions(lessons())
    task = bar.add_task("grading", total=len(submissions))
    summary = work.run(submissions, lambda: process_pool(processors()), lambda done, *_: bar.update(task, completed=done))
    if summary.failed:
        raise RuntimeError(f"not graded: {summary.failed}")


def hand_in(folder):
    """Write every simulated student's notebooks into submitted/."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    for lesson in lessons():
        released = nbformat.read(notebook_path(folder / "release", lesson), as_version=4)
        source = nbformat.read(notebook_path(folder / "source", lesson), as_version=4)
        for student in CLASS:
            target = notebook_path(folder / "submitted" / student.id, lesson)
            target.parent.mkdir(parents=True)
            nbformat.write(submission(student, released, source), target)
            (target.parent / "timestamp.txt").write_text(now)


def grade_table(api, lesson):
    """Students by exercises, from the gradebook."""
    exercises = [find(name) for name in lesson.exercise_names]
    legend = ", ".join(f"{exercise.number} {exercise.name}" for exercise in exercises)
    table = Table(
        title=f"\n{lesson.name}",
        title_justify="left",
        caption=legend,
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("student", "hands in"):
        table.add_column(heading, no_wrap=True)
    for exercise in exercises:
        table.add_column(f"{exercise.number}\n/{points_text(exercise.points)}", justify="right", no_wrap=True)
    table.add_column(f"sum\n/{points_text(sum(exercise.points for exercise in exercises))}", justify="right", no_wrap=True)
    with api.gradebook as gradebook:
        for student in CLASS:
            grades = {g.name: g for g in gradebook.find_submission_notebook(lesson.module, lesson.name, student.id).grades}
            row = [grades[exercise.name] for exercise in exercises]
            points = [points_text(score) for score in (*(g.auto_score for g in row), sum(g.auto_score for g in row))]
            table.add_row(student.id, student.about, *points)
    return table
