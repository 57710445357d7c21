"""What the runs of `train_implicit` are judged by, and a training with its parts exchanged.

An epoch is replayed: `epoch(P, Q, arguments, start)` gives the factors that follow on P and Q. Whatever was drawn at the
start, the factors after n epochs are those that follow on the factors after n − 1.
"""

import numpy as np

from mfref import implicit


def state(run):
    """→ (P, Q, history) of a run, as arrays."""
    return tuple(np.asarray(value, dtype=float) for value in run.outcome.value)


def near(got, expected):
    """Whether they agree to what single precision allows, 1e-4 of the largest."""
    return bool(got.shape == expected.shape and np.allclose(got, expected, rtol=0, atol=1e-4 * np.abs(expected).max() + 1e-12))


def solved(fixed, rows, others, n, given, solve=implicit.solve_user_implicit, gram=None):
    """→ the factors of all n rows, each solved with `fixed` as it is; gram: the factors that YtY is made of, if not `fixed`."""
    of_gram = fixed if gram is None else gram
    pairs = [np.flatnonzero(rows == row) for row in range(n)]
    settings = given["alpha"], given["reg"]
    return np.array([solve(fixed, of_gram.T @ of_gram, others[k], given["counts"][k], *settings) for k in pairs])


def users_solved(Q, given, **parts):
    return solved(Q, given["users"], given["items"], given["n_users"], given, **parts)


def items_solved(P, given, **parts):
    return solved(P, given["items"], given["users"], given["n_items"], given, **parts)


def right_epoch(P, Q, given, start):
    P = users_solved(Q, given)
    return P, items_solved(P, given)


def epoch_with(solve):
    """→ an epoch in which both sides are solved by this `solve_user_implicit`."""

    def epoch(P, Q, given, start):
        P = users_solved(Q, given, solve=solve)
        return P, items_solved(P, given, solve=solve)

    return epoch


def loss(P, Q, given, confidence=None, target=1.0, over_all=True, reg=True):
    """The loss of equation 3. confidence(w): of a counted cell, if not 1 + alpha w."""
    w, counted = given["counts"], np.sum(P[given["users"]] * Q[given["items"]], axis=1)
    c = confidence(w) if confidence else 1 + given["alpha"] * w
    total = np.sum(c * (target - counted) ** 2)
    if over_all:
        total += np.sum((P @ Q.T) ** 2) - np.sum(counted**2)
    return float(total + (given["reg"] * (np.sum(P**2) + np.sum(Q**2)) if reg else 0))


def normal(rng, shape):
    return rng.normal(0, 0.1, shape)


def every_epoch(losses):
    return losses[1:]


def train(name="train_implicit", epoch=right_epoch, draw=normal, summary=loss, entries=every_epoch, redraw=False):
    """→ a `train_implicit` of this name. draw(rng, shape): the first factors. entries(losses): the history, from the
    summaries of the start and of each epoch. redraw: whether every epoch begins with a new draw."""

    def train_implicit(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
        given = {"users": users, "items": items, "counts": counts, "n_users": n_users, "n_items": n_items}
        given |= {"alpha": alpha, "reg": reg}
        start = P, Q = draw(rng, (n_users, n_factors)), draw(rng, (n_items, n_factors))
        losses = [summary(P, Q, given)]
        for _ in range(n_epochs):
            if redraw:
                P, Q = draw(rng, P.shape), draw(rng, Q.shape)
            P, Q = epoch(P, Q, given, start)
            losses.append(summary(P, Q, given))
        return P, Q, list(entries(losses))

    train_implicit.__name__ = name
    return train_implicit


def chains(runs):
    """→ for each problem that was trained for 0, 1, 2, … epochs: its runs."""
    found = []
    for run in runs:
        if run.arguments["n_epochs"] == 0:
            found.append([])
        if found and run.arguments["n_epochs"] == len(found[-1]):
            found[-1].append(run)
    return [chain for chain in found if len(chain) > 2]


def replays(*epochs):
    """→ recognise(runs): whether one of these epochs leads from each number of epochs to the next."""

    def follows(epoch, chain):
        start, *_ = states = [state(run)[:2] for run in chain]
        steps = zip(states, states[1:], strict=False)
        return all(all(map(near, after, epoch(*before, chain[0].arguments, start))) for before, after in steps)

    return lambda runs: bool(chains(runs)) and any(all(follows(epoch, c) for c in chains(runs)) for epoch in epochs)


def summarizes(*summaries):
    """→ recognise(runs): whether the last entry of every history is one of these summaries of the factors returned."""

    def last_is(summary, run):
        P, Q, history = state(run)
        return history.ndim == 1 and len(history) and near(history[-1], np.asarray(summary(P, Q, run.arguments)))

    def all_are(summary, runs):
        return all(last_is(summary, run) for run in runs if run.arguments["n_epochs"])

    return lambda runs: any(all_are(summary, runs) for summary in summaries)
