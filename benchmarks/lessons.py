"""How long each solved lesson takes from its first cell to its last, in a new kernel, on each data set that is there.

`python -m benchmarks.lessons [LESSON …]`, part of `make bench`. ml-100k is measured where `MFREF_DATA_HOME` has it.
"""

import argparse
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from benchmarks.data import movielens_100k
from benchmarks.results import write
from mfcheck.registry import lessons
from mfgrade.build import execute, notebook_path, solved

SOURCE = Path(__file__).parent.parent / "source"


def data_sets():
    return ["synthetic-100k", *(["ml-100k"] if movielens_100k() else [])]


def seconds(lesson, data_set):
    notebook = solved(nbformat.read(notebook_path(SOURCE, lesson), as_version=4))
    start = time.perf_counter()
    execute(notebook, {"MFREF_DATASET": data_set})
    return time.perf_counter() - start


def main():
    known = {lesson.name: lesson for lesson in lessons()}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lessons", description=__doc__.split("\n")[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="e.g. 08-als; all when none is named")
    named = parser.parse_args().lessons
    if unknown := [name for name in named if name not in known]:
        parser.error(f"no lesson is named {', '.join(unknown)}; there are {', '.join(known)}")
    console = Console()
    table = Table("lesson", title="A solved lesson in a new kernel, in seconds", title_justify="left")
    for data_set in data_sets():
        table.add_column(data_set, justify="right")
    rows = {}
    for name in named or known:
        with console.status(f"{name} …"):
            rows[name] = {data_set: round(seconds(known[name], data_set), 1) for data_set in data_sets()}
        table.add_row(name, *(f"{taken:.1f}" for taken in rows[name].values()))
    table.add_section()
    table.add_row("together", *(f"{sum(row[data_set] for row in rows.values()):.1f}" for data_set in data_sets()))
    console.print(table)
    if not named:
        write("lessons", {"seconds": rows})


if __name__ == "__main__":
    main()
