"""How long `check` takes on a right answer, for every exercise: the median of five checks, after a first one.

`python -m benchmarks.checks`, part of `make bench`.
"""

import statistics
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.results import write
from mfcheck.judge import judge_carrying_forward
from mfcheck.local import LocalCall
from mfcheck.registry import find, lessons
from mfcheck.student import public_seed

REPEATS = 5


def seconds(exercise):
    """→ (the first check, the median of those after it); the first also computes what the references answer."""
    answer = exercise.reference(0) if exercise.is_value else exercise.reference
    taken = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        verdict = judge_carrying_forward(
            exercise,
            lambda replaced: LocalCall(exercise, answer, {name: find(name).reference for name in replaced}),
            public_seed(exercise.name),
        )
        taken.append(time.perf_counter() - start)
        if verdict.kind != "right":
            raise RuntimeError(f"{exercise.name}: {verdict}")
    return taken[0], statistics.median(taken[1:])


def main():
    rows = {name: seconds(find(name)) for lesson in lessons() for name in lesson.exercise_names}
    table = Table(title="A check of a right answer, in seconds", title_justify="left")
    for heading in ("exercise", "first", "again"):
        table.add_column(heading, justify="left" if heading == "exercise" else "right")
    for name, (first, again) in rows.items():
        table.add_row(f"{find(name).number} {name}", f"{first:.3f}", f"{again:.3f}")
    firsts, agains = np.array(list(rows.values())).T
    console = Console()
    console.print(table)
    console.print(
        f"{len(rows)} exercises. First check: median {np.median(firsts):.3f} s, slowest {firsts.max():.3f} s. "
        f"Again: median {np.median(agains):.3f} s, slowest {agains.max():.3f} s."
    )
    write("checks", {"seconds": {name: {"first": f, "again": a} for name, (f, a) in rows.items()}})


if __name__ == "__main__":
    main()
