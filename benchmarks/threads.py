"""How many threads a measurement may use, and how long it takes."""

import os
import time
from contextlib import contextmanager, nullcontext

import numba

CORES = len(os.sched_getaffinity(0))
FEW, MANY = 1, min(4, CORES)


@contextmanager
def threads(n, blas=None):
    """n threads for numba's kernels in the block, and for BLAS `blas` of them (default n), where threadpoolctl is installed."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        limits = nullcontext()
    else:
        limits = threadpool_limits(blas or n, user_api="blas")
    before = numba.get_num_threads()
    numba.set_num_threads(n)
    try:
        with limits:
            yield
    finally:
        numba.set_num_threads(before)


def timed(function, *arguments, **settings):
    """→ (seconds, what the function gives)."""
    start = time.perf_counter()
    given = function(*arguments, **settings)
    return time.perf_counter() - start, given


def best(function, repeats=3):
    """→ the fewest seconds that calls of the function took."""
    return min(timed(function)[0] for _ in range(repeats))


def per_epoch(fit, n_ratings, few=1, repeats=3):
    """→ seconds of one epoch: the difference of fits with many and few epochs, each the best of several, taken in turns.

    fit: takes the number of epochs. Many is four, and on few ratings so many that a million are dealt with.
    """
    many = few + max(3, round(1_000_000 / n_ratings))
    fit(few)  # compiles
    taken = {few: [], many: []}
    for _ in range(repeats):
        for n_epochs, seconds in taken.items():
            seconds.append(timed(fit, n_epochs)[0])
    return max(min(taken[many]) - min(taken[few]), 1e-9) / (many - few)
