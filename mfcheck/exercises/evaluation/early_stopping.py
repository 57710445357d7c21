"""early_stopping: which epoch to go back to."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import evaluation


def curve(values, patience):
    return {"val_rmse": [float(v) for v in values], "patience": patience}


def wavering(rng, n, patience):
    """A curve that falls, wavers and rises, no two values alike."""
    values = np.abs(np.linspace(-1, 0.8, n)) * 0.3 + 0.9 + rng.normal(0, 0.05, n)
    return curve(values, patience)


@group("the law: the best epoch before `patience` epochs in a row bring nothing better", points=2)
def any_curve(rng):
    """A better epoch that comes too late; waits that begin anew; dips that are no record; training that is never stopped."""
    yield curve([1.0, 0.9, 0.95, 0.96, 0.8], 2)
    yield curve([1.0, 0.9, 0.95, 0.85, 0.86, 0.87, 0.5], 2)
    yield curve([1.0, 1.1, 0.9, 1.0, 0.8, 0.85, 0.7, 0.75, 0.76, 0.77, 0.6], 3)
    yield curve([0.8, 0.9, 0.85, 0.95, 0.9, 0.7], 2)
    yield curve([1.0, 0.9, 0.95, 0.8, 0.7, 0.75], 5)
    yield curve([0.9], 1)
    yield curve([1.2, 1.1, 1.15, 0.3], 1)
    for patience in (1, 2, 3, 4, 6):
        yield wavering(rng, 14, patience)


@group("an equal value is no improvement", points=1)
def ties(rng):
    """Plateaus: the first of equal values is the best, and the wait goes on."""
    yield curve([1.0, 0.9, 0.9, 0.9, 0.8], 2)
    yield curve([1.0, 0.9, 0.95, 0.9, 0.96, 0.97, 0.5], 4)
    yield curve([0.9, 0.9, 0.9], 5)


def stopping(improves=lambda value, best, previous: value < best, limit=lambda patience: patience, resets=True, result=None):
    """Early stopping with its parts exchanged. result(best, epoch, val_rmse): what is returned."""

    def early_stopping(val_rmse, patience):
        best = wait = epoch = 0
        for epoch in range(1, len(val_rmse)):
            if improves(val_rmse[epoch], val_rmse[best], val_rmse[epoch - 1]):
                best, wait = epoch, 0 if resets else wait
            else:
                wait += 1
                if wait >= limit(patience):
                    break
        return result(best, epoch, val_rmse) if result else best

    return early_stopping


@mistake(
    title="The best epoch of all, not the best before the stop",
    message="The lowest value of the whole curve was taken. But training stops when patience runs out, and what would have come later is never "
    "seen.",
    next_step="Go through the curve from the left, count the epochs without improvement, and stop at `patience`.",
)
def best_of_all(val_rmse, patience):
    return int(np.argmin(val_rmse))


@mistake(
    title="The epoch of the stop, not the best one",
    message="The answer is the epoch in which patience ran out. By then the model had been getting worse for `patience` epochs; the one to go back to "
    "lies before.",
    next_step="Remember the index of the lowest value so far, and return that.",
)
def epoch_of_the_stop(val_rmse, patience):
    return stopping(result=lambda best, epoch, _: epoch)(val_rmse, patience)


@mistake(
    title="The last epoch",
    message="The answer is always the last epoch, as if there had been no stopping at all.",
    next_step="Remember the best epoch so far, and leave the loop when patience runs out.",
)
def last_epoch(val_rmse, patience):
    return len(val_rmse) - 1


@mistake(
    title="It waits one epoch too long",
    message="Training goes on after `patience` epochs in a row without improvement: it stops one epoch later. Often that is `>` in place of `>=`, or a "
    "test before the count is raised.",
    next_step="With patience 1, a single epoch without improvement is enough to stop.",
)
def one_too_late(val_rmse, patience):
    return stopping(limit=lambda patience: patience + 1)(val_rmse, patience)


@mistake(
    title="It stops one epoch too early",
    message="Training stops before `patience` epochs in a row have passed without improvement: the count is one ahead.",
    next_step="The count is 0 at each new best epoch, and 1 after the first epoch that is no better.",
)
def one_too_early(val_rmse, patience):
    return stopping(limit=lambda patience: max(patience - 1, 1))(val_rmse, patience)


@mistake(
    title="An equal value counts as an improvement",
    message="On a plateau the count begins anew with each equal value, and training can go on for ever without getting better.",
    next_step="Compare with `<`, not with `<=`.",
)
def tie_counts(val_rmse, patience):
    return stopping(lambda value, best, previous: value <= best)(val_rmse, patience)


@mistake(
    title="Compared with the epoch before, not with the best so far",
    message="A value that is lower than the one before was taken for an improvement. After a bad epoch nearly every value is. What counts is "
    "whether the lowest value so far is beaten.",
    next_step="Keep the lowest value so far, and compare with that.",
    also=(
        lambda val_rmse, patience: compared_with_previous_best_kept(val_rmse, patience),
        lambda val_rmse, patience: max(
            stopping(lambda value, best, previous: value < previous, result=lambda best, epoch, _: epoch)(val_rmse, patience)
            - patience,
            0,
        ),
    ),
)
def compared_with_previous(val_rmse, patience):
    return stopping(lambda value, best, previous: value < previous)(val_rmse, patience)


def compared_with_previous_best_kept(val_rmse, patience):
    best = wait = 0
    for epoch in range(1, len(val_rmse)):
        wait = 0 if val_rmse[epoch] < val_rmse[epoch - 1] else wait + 1
        best = epoch if val_rmse[epoch] < val_rmse[best] else best
        if wait >= patience:
            break
    return best


@mistake(
    title="The count never goes back to 0",
    message="Epochs without improvement are counted over the whole training. The task says *in a row*: each new best epoch begins a new count.",
    next_step="Set the count to 0 whenever there is a new best value.",
)
def misses_in_all(val_rmse, patience):
    return stopping(resets=False)(val_rmse, patience)


@mistake(
    title="Counted from 1",
    message="The answer is one too large: the first epoch has the index 0.",
    next_step="Return the index, as Python counts.",
)
def counted_from_one(val_rmse, patience):
    return evaluation.early_stopping(val_rmse, patience) + 1


@mistake(
    title="The value, not the epoch",
    message="The lowest RMSE came back. Wanted is the epoch in which it was reached: its index.",
    next_step="Remember the index together with the value, and return the index.",
)
def value_not_index(val_rmse, patience):
    return stopping(result=lambda best, _, values: values[best])(val_rmse, patience)


def with_a_counter(val_rmse, patience):
    lowest, best, wait = float("inf"), None, 0
    for epoch, value in enumerate(val_rmse):
        if value < lowest:
            lowest, best, wait = value, epoch, 0
        else:
            wait += 1
        print(epoch, wait)
        if wait == patience:
            break
    return best


def by_running_minimum(val_rmse, patience):
    """The first epoch whose next `patience` values bring nothing lower."""
    values = np.asarray(val_rmse)
    for epoch in range(len(values)):
        window = values[epoch + 1 : epoch + 1 + patience]
        if values[epoch] == values[: epoch + 1].min() and len(window) == patience and window.min() >= values[epoch]:
            return np.int64(epoch)
    return np.argmin(values)


def go_on(val_rmse, patience, best, epoch):
    if epoch == len(val_rmse) or epoch - best > patience:
        return best
    if val_rmse[epoch] < val_rmse[best]:
        return go_on(val_rmse, patience, epoch, epoch + 1)
    return best if epoch - best == patience else go_on(val_rmse, patience, best, epoch + 1)


def as_a_recursion(val_rmse, patience):
    return go_on(val_rmse, patience, 0, 1)


def with_while(val_rmse, patience):
    best, epoch = 0, 1
    while epoch < len(val_rmse) and epoch <= best + patience:
        if val_rmse[epoch] < val_rmse[best]:
            best = epoch
        epoch += 1
    return best


exercise = Exercise(
    number="5.6",
    task="Return the index (from 0) of the best epoch seen before `patience` epochs in a row bring no strict improvement on the best so far.",
    reference=evaluation.early_stopping,
    groups=(any_curve, ties),
    mistakes=(
        best_of_all,
        epoch_of_the_stop,
        last_epoch,
        one_too_late,
        one_too_early,
        tie_counts,
        compared_with_previous,
        misses_in_all,
        counted_from_one,
        value_not_index,
    ),
    hints=(
        "Walk along the curve as training does, one epoch after the other. What must you remember on the way?",
        "Two numbers: the index of the best epoch so far, and how many epochs have passed since. A new best sets the second to 0.",
        "For each epoch: if its value is lower than that of the best, it is the best now. Otherwise, if `epoch - best` has reached `patience`, "
        "leave the loop. Return `best`.",
    ),
    variants=(with_a_counter, by_running_minimum, as_a_recursion, with_while),
)
