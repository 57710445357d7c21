"""`python -m mfcheck grade my-work`: the reader's own score sheet."""

import sys
from contextlib import contextmanager
from pathlib import Path

from mfcheck.own_run import CELL_SECONDS
from mfcheck.registry import lessons
from mfcheck.score_sheet import PROMISE, Sheet, from_notebook
from mfcheck.sheet_view import as_page, as_plain, as_rich

EXAMPLES = """\
examples:
  python -m mfcheck grade my-work
  python -m mfcheck grade my-work --lesson 03-sgd --lesson 04-biases
  python -m mfcheck grade my-work --html sheet.html

Each notebook runs in a new kernel, without its pictures. The files are not changed, and `progress()` counts no tries.
"""


class WrongUsage(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


def add_arguments(parser):
    parser.add_argument("folder", nargs="?", default="my-work", type=Path, help="where your lessons are (default: my-work)")
    parser.add_argument("--lesson", action="append", default=[], metavar="NN-NAME", help="only this lesson; can be repeated")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write the sheet as a web page")
    parser.add_argument(
        "--cell-seconds", type=float, default=CELL_SECONDS, help="interrupt a cell after this time (default: %(default)s)"
    )


def grade(folder, only=(), html=None, cell_seconds=CELL_SECONDS):
    """Make the sheet and print it. → exit status: 0 when there is a sheet, 2 when what was asked for cannot be done."""
    try:
        if html and not html.resolve().parent.is_dir():
            raise WrongUsage(f"There is no folder {html.resolve().parent} for the page. Make it first, or name another --html.")
        if html and html.is_dir():
            raise WrongUsage(f"{html} is a folder. Name a file with --html.")
        if cell_seconds <= 0:
            raise WrongUsage("--cell-seconds takes a number above 0.")
        found, notes = find_notebooks(folder, only)
        sheet = Sheet(tuple(_run_all(found, cell_seconds)), notes)
        if html:
            html.write_text(as_page(sheet), encoding="utf-8")
    except (WrongUsage, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    _show(sheet)
    if html:
        print(f"The page is {html}")
    return 0


def find_notebooks(folder, only=()):
    """→ ({lesson: path} in the order of the course, notes on what is left out). Raises WrongUsage.

    A lesson's notebook has the lesson's name, or is alone in a folder of the lesson's name.
    """
    if not folder.is_dir():
        raise WrongUsage(f"There is no folder {folder}. `python -m mfcheck start {folder}` puts the lessons there.")
    if unknown := sorted(set(only) - {lesson.name for lesson in lessons()}):
        names = ", ".join(lesson.name for lesson in lessons())
        raise WrongUsage(f"There is no lesson {', '.join(unknown)}. Lessons: {names}.")
    paths = [path for path in sorted(folder.rglob("*.ipynb")) if not any(part.startswith(".") for part in path.parts[1:])]
    if not paths:
        raise WrongUsage(f"There are no notebooks in {folder}. `python -m mfcheck start {folder}` puts the lessons there.")
    asked = [lesson for lesson in lessons() if not only or lesson.name in only]
    places = {lesson: _of_lesson(lesson, paths) for lesson in lessons()}
    found = {lesson: places[lesson] for lesson in asked if places[lesson]}
    if not found:
        what = f"{', '.join(only)}" if only else "any lesson"
        raise WrongUsage(f"No notebook in {folder} is that of {what}. Expected, for example: {_expected(folder, asked[0])}.")
    notes = [f"Not a lesson's notebook, so not run: {path}" for path in paths if path not in places.values()]
    without = [lesson.name for lesson in asked if lesson not in found]
    return found, (*notes, *([f"No notebook here, so not counted: {', '.join(without)}"] if without else []))


def _expected(folder, lesson):
    return folder / lesson.name / f"{lesson.module}.ipynb"


def _of_lesson(lesson, paths):
    inside = [path for path in paths if path.resolve().parent.name == lesson.name]
    named = [path for path in inside or paths if path.stem == lesson.module]
    return named[0] if named else inside[0] if len(inside) == 1 else None


def _run_all(found, cell_seconds):
    with _progress(len(found)) as step:
        for lesson, path in found.items():
            step(lesson.name, 0)
            yield from_notebook(lesson, path, cell_seconds=cell_seconds)
            step(lesson.name, 1)


@contextmanager
def _progress(total):
    """→ `step(name, n)`: a bar in a terminal, a line a lesson elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, n: n or print(f"running {name}", file=sys.stderr, flush=True)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda name, n: bar.update(task, description=f"running {name}", advance=n)


def _show(sheet):
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        print(as_plain(sheet))
        return
    console.print(as_rich(sheet))
    for line in (*sheet.notes, PROMISE):
        console.print(line, markup=False, highlight=False)
