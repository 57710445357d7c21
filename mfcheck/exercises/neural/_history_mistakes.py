"""Known mistakes of `train_ncf` in the history."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.neural._trainings import chains, near, rmse, state, train
from mfref import neural


def left(weights, given):
    return given["ratings"] - neural.forward(weights, given["users"], given["items"])[0]


def penalized(weights, given):
    """The loss that the steps go down, over all ratings."""
    norms = np.sum(weights["P"][given["users"]] ** 2, axis=1) + np.sum(weights["Q"][given["items"]] ** 2, axis=1)
    return float(np.mean(left(weights, given) ** 2 + given["reg"] * norms))


def summary_mistake(name, summaries, **words):
    """→ a mistake whose history holds the first of `summaries` after each epoch, or one of the others."""

    def last_is(summary, run):
        weights, history = state(run)
        return history.ndim == 1 and len(history) and near(history[-1], np.asarray(summary(weights, run.arguments)))

    def recognise(runs):
        trained = [run for run in runs if run.arguments["n_epochs"]]
        return bool(trained) and any(all(last_is(summary, run) for run in trained) for summary in summaries)

    return mistake(recognise=recognise, also=tuple(train(summary=s) for s in summaries[1:]), **words)(
        train(name, summary=summaries[0])
    )


def lengths(length):
    """→ recognise(runs): whether every history has `length(n_epochs)` entries."""
    return lambda runs: all(len(state(run)[1]) == length(run.arguments["n_epochs"]) for run in runs)


history_with_the_start = mistake(
    title="The history has one entry too many",
    message="The RMSE of the start stands in the history. Asked for is one entry for each epoch, after it.",
    next_step="Begin with an empty list, and append at the end of each epoch.",
    recognise=lengths(lambda n: n + 1),
)(train("history_with_the_start", entries=lambda summaries: summaries))

last_entry_only = mistake(
    title="The history has only one entry",
    message="Only the RMSE of the last epoch is there. The list is made anew in each epoch, or filled after the loop.",
    next_step="Make the empty list before the loop, append inside it.",
    recognise=lengths(lambda n: min(n, 1)),
)(train("last_entry_only", entries=lambda summaries: summaries[1:][-1:]))


def entries_for_batches(runs):
    several = [run for run in runs if run.arguments["batch_size"] < len(run.arguments["ratings"]) and run.arguments["n_epochs"]]
    return bool(several) and all(len(state(run)[1]) > run.arguments["n_epochs"] for run in several)


@mistake(
    title="The history has an entry for each batch",
    message="An error was noted after each step. A batch is few ratings, and its error jumps; the history is to have one entry for each epoch.",
    next_step="Append in the outer loop, after the last batch.",
    recognise=entries_for_batches,
)
def history_of_batches(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    run = train()
    weights, history = run(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng)
    return weights, list(np.repeat(history, -(-len(ratings) // batch_size)))


def rmse_of_the_run_before(runs):
    pairs = [pair for chain in chains(runs, full=True) for pair in zip(chain, chain[1:], strict=False)]
    return bool(pairs) and all(
        near(state(after)[1][-1], np.asarray(rmse(state(before)[0], before.arguments))) for before, after in pairs
    )


history_before_the_steps = mistake(
    title="The errors were measured before the steps",
    message="Each entry is made of errors from before the epoch, or of those met on the way, each before its step. Here the history tells how good the weights are that the epoch has left.",
    next_step="Call `forward` on all ratings when the epoch is over.",
    recognise=rmse_of_the_run_before,
)(train("history_before_the_steps", entries=lambda summaries: summaries[:-1]))

history_of_squares = summary_mistake(
    "history_of_squares",
    [
        lambda weights, given: float(np.mean(left(weights, given) ** 2)),
        lambda weights, given: float(np.sum(left(weights, given) ** 2)),
        lambda weights, given: float(np.sqrt(np.sum(left(weights, given) ** 2))),
        lambda weights, given: float(np.mean(np.abs(left(weights, given)))),
    ],
    title="The history is no RMSE",
    message="The entries are means or sums of squares, or means of the errors' sizes. The RMSE is the root of the mean of the squares, and has the unit of a rating.",
    next_step="Square, take the mean, then the root.",
)

history_with_penalty = summary_mistake(
    "history_with_penalty",
    [penalized, lambda weights, given: float(np.sqrt(penalized(weights, given)))],
    title="The penalty is part of the history",
    message="reg entered the history. The penalty belongs to the loss that is minimized; what is told is the error of the predictions.",
    next_step="Compute the RMSE from `predicted` and `ratings` alone.",
)
