"""What is done in place of early stopping with patience."""

import numpy as np

from mfcheck.exercise import mistake
from mfref import evaluation


def lower_than_best(values, epoch, best):
    return values[epoch] < values[best]


def lower_than_previous(values, epoch, best):
    return values[epoch] < values[epoch - 1]


def walk(values, patience, improves=lower_than_best, resets=True):
    """Early stopping with its parts exchanged. → `(best, last)`: the epoch held for the best, and the last one seen."""
    best = misses = last = 0
    for last in range(1, len(values)):
        if improves(values, last, best):
            best, misses = last, 0 if resets else misses
        else:
            misses += 1
            if misses >= patience:
                break
    return best, last


def lowest_seen(values, last):
    return int(np.argmin(values[: last + 1]))


def is_stopped(values, patience):
    best, last = walk(values, patience)
    return last - best >= patience


@mistake(
    title="The best of all, seen or not",
    message="The lowest value of the whole curve was taken. Training stops when patience runs out. What would have come later is never trained, so it cannot "
    "be known.",
    next_step="Walk along the curve, count the epochs without a new lowest value, and leave the loop when the count reaches `patience`.",
    also=(lambda val_rmse, patience: len(val_rmse) - 1 - int(np.argmin(val_rmse[::-1])),),
)
def best_of_all(val_rmse, patience):
    return int(np.argmin(val_rmse))


@mistake(
    title="The last epoch",
    message="The answer is always the last epoch of the curve, as if nothing had stopped the training.",
    next_step="Remember the best epoch so far, and leave the loop when patience runs out.",
    also=(lambda val_rmse, patience: len(val_rmse),),
)
def last_epoch(val_rmse, patience):
    return len(val_rmse) - 1


@mistake(
    title="The epoch of the stop, not the best one",
    message="The answer is the epoch at which training stops. By then the error has not fallen for some epochs. The model to keep is an earlier one.",
    next_step="Remember the index of the lowest value so far, and return that.",
    also=(
        lambda val_rmse, patience: walk(val_rmse, patience)[1] + 1,
        lambda val_rmse, patience: walk(val_rmse, patience)[1] if is_stopped(val_rmse, patience) else walk(val_rmse, patience)[0],
        lambda val_rmse, patience: walk(val_rmse, patience)[1] if is_stopped(val_rmse, patience) else None,
        lambda val_rmse, patience: walk(val_rmse, patience)[1] if is_stopped(val_rmse, patience) else len(val_rmse),
        lambda val_rmse, patience: walk(val_rmse, patience)[1] - 1,
    ),
)
def epoch_of_the_stop(val_rmse, patience):
    return walk(val_rmse, patience)[1]


@mistake(
    title="Right only if training is stopped",
    message="Where patience never runs out, the answer is not the best epoch. Then the loop ends by itself, and what stands behind it is returned. The best "
    "epoch seen is still the one to go back to.",
    next_step="Return the best epoch behind the loop, whichever way it ended.",
    also=tuple(
        lambda val_rmse, patience, otherwise=otherwise: (
            walk(val_rmse, patience)[0] if is_stopped(val_rmse, patience) else otherwise(val_rmse, patience)
        )
        for otherwise in (
            lambda val_rmse, patience: len(val_rmse) - 1,
            lambda val_rmse, patience: len(val_rmse),
            lambda val_rmse, patience: len(val_rmse) - 1 - patience,
            lambda val_rmse, patience: max(len(val_rmse) - 1 - patience, 0),
            lambda val_rmse, patience: -1,
            lambda val_rmse, patience: 0,
        )
    ),
)
def only_if_stopped(val_rmse, patience):
    return walk(val_rmse, patience)[0] if is_stopped(val_rmse, patience) else None


@mistake(
    title="An equal value counts as an improvement",
    message="A value that equals the lowest so far was taken for a new best, or did not count as a miss. On a level stretch training could then go on for "
    "ever without getting better.",
    next_step="Only `<` is an improvement; everything else counts as a miss.",
    also=(
        lambda val_rmse, patience: lowest_seen(val_rmse, walk(val_rmse, patience, lambda v, e, b: v[e] <= v[b])[1]),
        lambda val_rmse, patience: last_of_equals(val_rmse, patience),
        lambda val_rmse, patience: equals_not_counted(val_rmse, patience),
    ),
)
def tie_is_improvement(val_rmse, patience):
    return walk(val_rmse, patience, lambda values, epoch, best: values[epoch] <= values[best])[0]


def last_of_equals(values, patience):
    """The count is right, but the last of equal values is taken for the best."""
    best, last = walk(values, patience)
    return max(epoch for epoch in range(last + 1) if values[epoch] == values[best])


def equals_not_counted(values, patience):
    best = misses = 0
    for epoch in range(1, len(values)):
        if values[epoch] < values[best]:
            best, misses = epoch, 0
        elif values[epoch] > values[best]:
            misses += 1
        if misses >= patience:
            break
    return best


@mistake(
    title="It stops one epoch too early",
    message="Training stops when the misses in a row are one fewer than `patience`. The count is one ahead.",
    next_step="The count is 0 at each new best epoch, and 1 at the first epoch that brings no improvement.",
    also=(lambda val_rmse, patience: walk(val_rmse, max(patience - 1, 1))[0] if patience > 1 else 0,),
)
def one_too_early(val_rmse, patience):
    return walk(val_rmse, patience - 1)[0]


@mistake(
    title="It waits one epoch too long",
    message="Training goes on though `patience` epochs in a row have brought no improvement. Often that is `>` in place of `>=`, or the test stands before "
    "the count is raised.",
    next_step="With patience 1, one epoch without improvement is enough to stop.",
)
def one_too_late(val_rmse, patience):
    return walk(val_rmse, patience + 1)[0]


@mistake(
    title="Patience is not used",
    message="Training stops after a fixed number of epochs without improvement, whatever `patience` says. With 1, every little jitter ends it.",
    next_step="Count the epochs without a new lowest value, and compare the count with `patience`.",
    also=tuple(lambda val_rmse, patience, fixed=fixed: walk(val_rmse, fixed)[0] for fixed in (2, 3, 5)),
)
def patience_ignored(val_rmse, patience):
    return walk(val_rmse, 1)[0]


@mistake(
    title="Compared with the epoch before",
    message="An epoch that is better than the one before was taken for an improvement. After a bad epoch nearly every one is. An improvement "
    "is a value lower than all before it.",
    next_step="Keep the lowest value so far, and compare with that.",
    also=(
        lambda val_rmse, patience: lowest_seen(val_rmse, walk(val_rmse, patience, lower_than_previous)[1]),
        lambda val_rmse, patience: walk(val_rmse, patience, lower_than_previous)[1] - patience,
        lambda val_rmse, patience: walk(val_rmse, patience, lower_than_previous)[1],
    ),
)
def compared_with_previous(val_rmse, patience):
    return walk(val_rmse, patience, lower_than_previous)[0]


@mistake(
    title="Compared with the first epoch",
    message="Each value was compared with one that never changes, so that an epoch can count as an improvement though a better one came before it.",
    next_step="When there is a new lowest value, remember it, and compare the next ones with that.",
    also=(lambda val_rmse, patience: lowest_seen(val_rmse, walk(val_rmse, patience, lambda v, e, b: v[e] < v[0])[1]),),
)
def compared_with_first(val_rmse, patience):
    return walk(val_rmse, patience, lambda values, epoch, best: values[epoch] < values[0])[0]


@mistake(
    title="The misses are never set back to 0",
    message="All epochs without improvement were counted together. Patience means misses *in a row*: each new best begins a new count.",
    next_step="Set the count to 0 whenever there is a new lowest value.",
)
def misses_in_all(val_rmse, patience):
    return walk(val_rmse, patience, resets=False)[0]


@mistake(
    title="The highest value is the best",
    message="The comparison is turned round. The values are errors, so the best epoch is the one with the lowest.",
    next_step="Ask whether the new value is lower.",
    also=(lambda val_rmse, patience: int(np.argmax(val_rmse)),),
)
def highest_is_best(val_rmse, patience):
    return walk(val_rmse, patience, lambda values, epoch, best: values[epoch] > values[best])[0]


@mistake(
    title="The first best value is a fixed number",
    message="The lowest value so far starts at a number that a curve may never fall below. An RMSE on a scale of 0 to 100 can be 30. Then no epoch "
    "counts as an improvement.",
    next_step='Start with the first value of the curve, or with `float("inf")`.',
    also=tuple(lambda val_rmse, patience, start=start: below(val_rmse, patience, start) for start in (0.95, 1, 2, 5, 10, 100)),
)
def fixed_start(val_rmse, patience):
    return below(val_rmse, patience, 0)


def below(values, patience, lowest):
    best = misses = 0
    for epoch, value in enumerate(values):
        if value < lowest:
            lowest, best, misses = value, epoch, 0
        else:
            misses += 1
            if misses >= patience:
                break
    return best


@mistake(
    title="Small improvements do not count",
    message="An improvement was asked to have a certain size, or the values were rounded. Libraries offer that as a setting, often called `min_delta`. This "
    "function has none: every lower value is an improvement.",
    next_step="Compare the values as they are.",
    also=(
        *(lambda val_rmse, patience, least=least: at_least(val_rmse, patience, least) for least in (1e-2, 1e-4)),
        *(lambda val_rmse, patience, n=n: walk(np.round(val_rmse, n), patience)[0] for n in (2, 3)),
    ),
)
def least_improvement(val_rmse, patience):
    return at_least(val_rmse, patience, 1e-3)


def at_least(values, patience, least):
    return walk(values, patience, lambda values, epoch, best: values[epoch] < values[best] - least)[0]


@mistake(
    title="Counted from 1",
    message="The answer is one too large: the first epoch has the index 0.",
    next_step="Return the index, as Python counts.",
)
def one_based(val_rmse, patience):
    return evaluation.early_stopping(val_rmse, patience) + 1


@mistake(
    title="The value, not the epoch",
    message="The lowest RMSE was returned. The task asks for the epoch in which it was reached: its index.",
    next_step="Remember the index together with the value, and return the index.",
    also=(lambda val_rmse, patience: min(val_rmse),),
)
def value_not_index(val_rmse, patience):
    return val_rmse[evaluation.early_stopping(val_rmse, patience)]
