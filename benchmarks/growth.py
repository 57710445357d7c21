"""Whether time and memory grow in step with the ratings: 0.1, 1 and 10 million of them, in MovieLens's shapes, 20 factors.

Seconds of an epoch are the difference of fits with many epochs and with one. Memory is the most that Python and NumPy held at a time
during a fit, the ratings themselves not counted (tracemalloc).
"""

import tracemalloc

from benchmarks.data import SHAPES, planted
from benchmarks.requirements import Requirement, table
from benchmarks.threads import FEW, per_epoch, threads
from mfref.models import MatrixFactorization
from mfref.progress_bar import progress_bar

SOLVERS = "sgd", "als"


def measure(quick=False, shapes=SHAPES):
    """→ {"threads", "rows": solver → list of {"ratings", "seconds", "bytes"}, both per rating}. quick: without the largest."""
    sizes = sorted(shapes)[: -1 if quick else None]
    rows = {solver: [] for solver in SOLVERS}
    for n in progress_bar(sizes, "growth: size"):
        ratings = planted(n, *shapes[n])
        for solver in SOLVERS:
            with threads(FEW):
                seconds = per_epoch(lambda n_epochs, solver=solver, table=ratings: fit(solver, n_epochs, table), n, repeats=2)
            rows[solver].append({"ratings": n, "seconds": seconds / n, "bytes": peak(solver, ratings) / n})
    return {"threads": FEW, "rows": rows}


def fit(solver, n_epochs, ratings):
    return MatrixFactorization(n_factors=20, solver=solver, n_epochs=n_epochs, lr=0.005, dtype="float32").fit(ratings)


def peak(solver, ratings):
    """→ bytes."""
    tracemalloc.start()
    try:
        fit(solver, 1, ratings)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def flatness(values):
    """→ the largest as a multiple of the smallest."""
    return max(values) / min(values)


def tables(result):
    rows = [
        (f"MatrixFactorization, {solver}", f"{row['ratings']:,}", f"{row['seconds'] * 1e9:.1f}", f"{row['bytes']:.0f}")
        for solver, measured in result["rows"].items()
        for row in measured
    ]
    headings = "library", "ratings", "nanoseconds per rating and epoch", "peak bytes per rating"
    return [table(f"Growth: 20 factors, float32, {result['threads']} thread", headings, rows)]


def requirements(result):
    made = []
    for solver, measured in result["rows"].items():
        sizes = f"{measured[0]['ratings']:,} to {measured[-1]['ratings']:,} ratings"
        for what, unit, digits in (("seconds", 1e9, 0), ("bytes", 1, 0)):
            values = [row[what] * unit for row in measured]
            shown = " / ".join(f"{value:.{digits}f}" for value in values) + (" ns" if what == "seconds" else " B")
            made.append(Requirement(f"growth flat in {what}: {solver}, {sizes}", shown, "", flatness(values), 2.0, 2.0))
    return made
