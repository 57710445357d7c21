"""early_stopping: the epoch to go back to."""

import itertools
import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.evaluation._stopping_mistakes import (
    best_of_all,
    compared_with_first,
    compared_with_previous,
    epoch_of_the_stop,
    fixed_start,
    highest_is_best,
    last_epoch,
    least_improvement,
    misses_in_all,
    one_based,
    one_too_early,
    one_too_late,
    only_if_stopped,
    patience_ignored,
    tie_is_improvement,
    value_not_index,
)
from mfref import evaluation


def curve(*values, patience):
    return {"val_rmse": [float(value) for value in values], "patience": patience}


def wavering(rng, n, patience):
    """A curve that falls, rises and falls again, with noise; no two values alike."""
    smooth = 1 + 0.3 * np.cos(np.linspace(0, 10, n)) - np.linspace(0, 0.3, n)
    return curve(*(smooth + rng.normal(0, 0.1, n)), patience=patience)


@group("the law: the best epoch before `patience` epochs in a row bring nothing better", 3)
def stopped(rng):
    """Better epochs that come too late, or just in time; counts that begin anew; dips that are no new best."""
    yield curve(3, 2, 2.5, 2.6, 1, patience=2)
    yield curve(3, 4, 2, patience=1)
    yield curve(3, 2, 2.5, 1.5, 1.8, 1.9, 1, patience=2)
    yield curve(5, 5.5, 4, 4.5, 3, 3.5, 2, 2.5, 2.6, 2.7, 1, patience=3)
    yield curve(5, 2, 4, 3.5, 3, 2.5, 1, patience=3)
    yield curve(5, 3, 4, 3.5, 3.2, 2, 2.2, 2.1, 2.4, 2.3, 1, 0.5, patience=4)
    yield curve(310, 280, 295, 270, 290, 275, 285, 150, patience=3)
    for patience in (1, 2, 3, 4, 6, 11):
        yield wavering(rng, 30, patience)


@group("training is never stopped: the best epoch of all", 1)
def never_stopped(rng):
    """One epoch; a curve that falls to the end; one that ends before patience does; one that is best at its start."""
    yield curve(2, patience=1)
    yield curve(5, 4, 3, 2, patience=1)
    yield curve(5, 3, 4, 2, 2.5, 2.2, patience=3)
    yield curve(1, 3, 2, patience=10)
    yield curve(*rng.permutation(np.arange(1, 9)), patience=8)


@group("an equal value is no improvement", 1)
def ties(rng):
    """Level stretches: the first of equal values is the best, and the count goes on."""
    yield curve(3, 2, 2, 2, 1, patience=2)
    yield curve(3, 2, 2.5, 2, 2.6, 2.7, 1, patience=4)
    yield curve(2, 2, 2, patience=5)


@group("a small improvement is an improvement", 1)
def small_steps(rng):
    """A curve that goes down by a few hundred-thousandths; then it rises."""
    steps = rng.uniform(3e-5, 6e-5, 6)
    yield curve(*(0.95 - np.cumsum(steps)), 1.0, 1.1, 0.9, patience=2)


def counter(val_rmse, patience):
    lowest, best, wait = float("inf"), None, 0
    for epoch, value in enumerate(val_rmse):
        print(epoch, value, wait)
        if value < lowest:
            lowest, best, wait = value, epoch, 0
        else:
            wait += 1
        if wait == patience:
            break
    return best


def window_ahead(val_rmse, patience):
    """The first epoch whose next `patience` values bring nothing lower; at the end, fewer are left."""
    epochs = range(len(val_rmse))
    return next(e for e in epochs if all(value >= val_rmse[e] for value in val_rmse[e + 1 : e + 1 + patience]))


def while_loop(val_rmse, patience):
    best, epoch = 0, 1
    while epoch < len(val_rmse) and epoch <= best + patience:
        if val_rmse[epoch] < val_rmse[best]:
            best = epoch
        epoch += 1
    return best


def running_minimum(val_rmse, patience):
    """Cut where the last strict fall of the running minimum is `patience` epochs back, then take the lowest that is left."""
    warnings.warn("vectorized", stacklevel=1)
    lowest = np.minimum.accumulate(np.asarray(val_rmse, dtype=float))
    falls = np.append(0, np.flatnonzero(np.diff(lowest) < 0) + 1)
    gaps = np.diff(np.append(falls, len(lowest) + patience + 1))
    return falls[np.argmax(gaps > patience)]


def seen_first(val_rmse, patience):
    """Lists every epoch that training sees, then looks for the lowest among them."""
    seen = []
    for value in val_rmse:
        seen.append(value)
        if len(seen) - 1 - seen.index(min(seen)) >= patience:
            break
    return seen.index(min(seen))


def one_lowest_at_a_time(val_rmse, patience):
    lowest = list(itertools.accumulate(val_rmse, min))
    epochs = [e for e in range(patience, len(lowest)) if lowest[e] == lowest[e - patience]]
    return np.int64(lowest.index(lowest[epochs[0]] if epochs else lowest[-1]))


exercise = Exercise(
    number="5.6",
    task="Return the index (from 0) of the best epoch seen before `patience` epochs in a row bring no strict improvement on the best so far; the best of "
    "all if that never happens. `val_rmse` is a list.",
    reference=evaluation.early_stopping,
    groups=(stopped, never_stopped, ties, small_steps),
    mistakes=(
        best_of_all,
        last_epoch,
        epoch_of_the_stop,
        only_if_stopped,
        tie_is_improvement,
        one_too_early,
        one_too_late,
        patience_ignored,
        compared_with_previous,
        compared_with_first,
        misses_in_all,
        highest_is_best,
        fixed_start,
        least_improvement,
        one_based,
        value_not_index,
    ),
    hints=(
        "Walk along the curve as training does, one epoch after the other. What must you remember on the way?",
        "Two numbers: the index of the best epoch so far, and how many epochs have passed since. A new best sets the second to 0.",
        "For each epoch: if its value is lower than that of the best, it is the best now. Otherwise, if `epoch - best` has reached `patience`, "
        "leave the loop. Return `best` after it.",
    ),
    variants=(counter, window_ahead, while_loop, running_minimum, seen_first, one_lowest_at_a_time),
)
