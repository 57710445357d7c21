"""Known mistakes of `train_implicit` in the history."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.implicit._trainings import chains, loss, near, state, summarizes, train


def summary_mistake(name, summaries, **words):
    """→ a mistake whose history holds the first of `summaries` after each epoch, or one of the others."""
    return mistake(recognise=summarizes(*summaries), also=tuple(train(summary=s) for s in summaries[1:]), **words)(
        train(name, summary=summaries[0])
    )


def lengths(length):
    """→ recognise(runs): whether every history has `length(n_epochs)` entries."""
    return lambda runs: all(len(state(run)[2]) == length(run.arguments["n_epochs"]) for run in runs)


history_with_the_start = mistake(
    title="The history has one entry too many",
    message="The loss of the start stands in the history. Asked for is one entry for each epoch, after it.",
    next_step="Begin with an empty list, and append at the end of each epoch.",
    recognise=lengths(lambda n: n + 1),
)(train("history_with_the_start", entries=lambda losses: losses))


def half_steps(losses):
    return [entry for before, after in zip(losses, losses[1:], strict=False) for entry in ((before + after) / 2, after)]


history_of_half_steps = mistake(
    title="The history has two entries for each epoch",
    message="The loss was noted after the users and again after the items. An epoch is both.",
    next_step="Append once, at the end of the epoch.",
    recognise=lengths(lambda n: 2 * n),
)(train("history_of_half_steps", entries=half_steps))

last_loss_only = mistake(
    title="The history has only one entry",
    message="Only the loss of the last epoch is there. The list is made anew in each epoch, or filled after the loop.",
    next_step="Make the empty list before the loop, append inside it.",
    recognise=lengths(lambda n: min(n, 1)),
)(train("last_loss_only", entries=lambda losses: losses[1:][-1:]))


def loss_of_the_epoch_before(runs):
    """The last entry is the loss of what one epoch less gives."""
    pairs = [pair for chain in chains(runs) for pair in zip(chain, chain[1:], strict=False)]
    return bool(pairs) and all(
        near(state(after)[2][-1], np.asarray(loss(*state(before)[:2], before.arguments))) for before, after in pairs
    )


history_before_the_epoch = mistake(
    title="The loss was taken before the epoch",
    message="Each entry is the loss of the factors with which its epoch began. The last epoch then does not show at all.",
    next_step="Compute the loss after both halves.",
    recognise=loss_of_the_epoch_before,
)(train("history_before_the_epoch", entries=lambda losses: losses[:-1]))

history_of_the_counted_cells = summary_mistake(
    "history_of_the_counted_cells",
    [
        lambda P, Q, given: loss(P, Q, given, over_all=False),
        lambda P, Q, given: loss(P, Q, given, over_all=False, reg=False),
        lambda P, Q, given: loss(P, Q, given, over_all=False, confidence=np.ones_like),
    ],
    title="The loss knows the counted cells only",
    message="The history sums over what was counted. The loss that is minimized runs over all cells: where nothing was counted, the preference is 0, the confidence 1, and "
    "(p · q)² is its share.",
    next_step="Add the squares of all other scores of `P @ Q.T`.",
)

history_without_regularization = summary_mistake(
    "history_without_regularization",
    [lambda P, Q, given: loss(P, Q, given, reg=False)],
    title="The regularization is not in the history",
    message="The entries lack reg (‖P‖² + ‖Q‖²). Without it the history is not what the epochs minimize, and it may rise.",
    next_step="Add reg times the sum of all squares in P and in Q.",
)

history_without_confidence = summary_mistake(
    "history_without_confidence",
    [
        lambda P, Q, given: loss(P, Q, given, confidence=np.ones_like),
        lambda P, Q, given: loss(P, Q, given, confidence=lambda w: given["alpha"] * w),
        lambda P, Q, given: loss(P, Q, given, confidence=lambda w: 2 + given["alpha"] * w),
        lambda P, Q, given: loss(P, Q, given, target=given["counts"]),
    ],
    title="The counted cells enter the history wrongly",
    message="All cells are there, but a counted one does not enter as c (1 − p · q)² with c = 1 + alpha·w: its confidence is missing or another one, or its target is the count.",
    next_step="Compute the counted cells apart, with `confidence(counts, alpha)`.",
)


def rmse_of_the_counted(P, Q, given):
    counted = np.sum(P[given["users"]] * Q[given["items"]], axis=1)
    return float(np.sqrt(np.mean((1 - counted) ** 2)))


def rmse_of_all(P, Q, given):
    cells = given["n_users"] * given["n_items"]
    return float(np.sqrt(loss(P, Q, given, confidence=np.ones_like, reg=False) / cells))


def weighted_rmse(P, Q, given):
    return float(np.sqrt(loss(P, Q, given, reg=False) / (given["n_users"] * given["n_items"])))


history_is_an_rmse = summary_mistake(
    "history_is_an_rmse",
    [rmse_of_the_counted, rmse_of_all, weighted_rmse],
    title="The history is an RMSE",
    message="The entries are roots of a mean, as in the lessons before. Here the loss itself is asked for, the number that each half of an epoch makes smaller.",
    next_step="Return the sum, without mean and without root.",
)
