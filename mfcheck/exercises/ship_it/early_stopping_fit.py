"""early_stopping_fit: train, watch, stop, and go back to the best."""

import copy
import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.ship_it._epochs import (
    answer,
    kind_of_factors,
    kind_of_history,
    near,
    problem,
    right_run,
    triple,
    two_speeds,
    with_its_start,
    zigzag,
)
from mfcheck.exercises.ship_it._stopping_mistakes import (
    compared_with_previous,
    epoch_of_the_stop,
    first_rise,
    fixed_seed,
    half_a_copy,
    history_cut,
    last_factors,
    mean_squares,
    measured_before,
    misses_in_all,
    never_stops,
    one_based,
    one_too_early,
    one_too_late,
    redrawn,
    ties_are_better,
    training_error,
    validation_trained,
)
from mfcheck.rules import Facts
from mfref import sgd, ship_it
from mfref.evaluation import early_stopping


def pairs(runs):
    """→ the runs two by two: what gives the start away, and the run itself."""
    return zip(runs[::2], runs[1::2], strict=True)


def law_facts(runs):
    facts = {}
    for before, run in pairs(runs):
        P0, Q0, _, _ = answer(before)
        P, Q, best_epoch, history = answer(run)
        states = right_run((P0, Q0), run.arguments)[0]
        what = f"at most {run.arguments['max_epochs']} epochs"
        facts[f"{what}: the shapes of P and Q"] = (*P.shape, *Q.shape)
        facts[f"{what}: history holds"] = kind_of_history(history, states, run.arguments)
        for name, found, which in (("P", P, 0), ("Q", Q, 1)):
            facts[f"{what}: the {name} returned is that"] = kind_of_factors(found, which, states, history)
        facts[f"{what}: best_epoch, counted from the place of the lowest value in history"] = best_epoch - int(np.argmin(history))
        facts[f"{what}: who is in the validation part alone keeps the start"] = near(P[3], P0[3]) and near(Q[3], Q0[3])
        facts[f"{what}: who has no rating keeps the start"] = near(P[4], P0[4]) and near(Q[4], Q0[4])
    return facts


@group("the law: history is the validation RMSE after each epoch; P, Q are those of its lowest", 3, Facts(law_facts))
def best_of_history(rng):
    """Three ratings to learn, of which the validation part wants less: 40 epochs at most, then 3. Each run comes after one without learning, which shows the start."""
    yield from with_its_start(two_speeds(rng, patience=2))
    yield from with_its_start(two_speeds(rng, patience=2) | {"max_epochs": 3})


def patience_facts(runs):
    facts = {}
    for n, (before, run) in enumerate(pairs(runs), 1):
        _, _, best, n_epochs = right_run(answer(before)[:2], run.arguments)
        _, _, best_epoch, history = answer(run)
        facts[f"run {n}, patience {run.arguments['patience']}: epochs trained beyond those it takes"] = len(history) - n_epochs
        facts[f"run {n}, patience {run.arguments['patience']}: best_epoch, counted from the right one"] = best_epoch - best
    return facts


@group("it stops after `patience` epochs in a row without a new best", 2, Facts(patience_facts))
def patience_runs_out(rng):
    """Five curves that fall every second time, with patience 1, 2 and 3; a smooth one with patience 2 and 5."""
    for patience in (2, 3, 2, 3, 1):
        yield from with_its_start(zigzag(rng, patience=patience))
    for patience in (2, 5):
        yield from with_its_start(two_speeds(rng, patience=patience))


def level_facts(runs):
    facts = {}
    for run in runs:
        _, _, best_epoch, history = answer(run)
        what = f"with lr = 0 and patience {run.arguments['patience']}"
        facts[f"{what}: (best_epoch, epochs trained)"] = (best_epoch, len(history))
    return facts


@group("an equal value is no new best", 1, Facts(level_facts))
def level_stretch(rng):
    """Nothing is learned, so that all epochs are alike: patience 1, 3 and 20, at most 8 epochs."""
    for patience in (1, 3, 20):
        yield two_speeds(rng, patience=patience) | {"lr": 0.0, "max_epochs": 8}


def start_facts(runs):
    one, again, other = (answer(run) for run in runs)
    return {
        "the same generator state gives the same result": near(one[0], again[0]) and near(one[1], again[1]),
        "another generator gives another start": not near(one[0], other[0]),
    }


@group("the start is drawn by rng", 1, Facts(start_facts))
def start(rng):
    """The same generator twice, then another."""
    seed = int(rng.integers(2**32))
    given = problem(rng, triple([0, 1], [1, 0], [4, 2]), triple([0, 1], [1, 0], [3, 3]), lr=0.05, max_epochs=2)
    for s in (seed, seed, seed + 1):
        yield {**given, "rng": np.random.default_rng(s)}


def written_out(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    P, Q = rng.normal(0, 0.1, (n_users, n_factors)), rng.normal(0, 0.1, (n_items, n_factors))
    lowest, waited, history = np.inf, 0, []
    while len(history) < max_epochs and waited < patience:
        for n in rng.permutation(len(train[2])):
            u, i, r = train[0][n], train[1][n], train[2][n]
            e = r - P[u] @ Q[i]
            P[u], Q[i] = P[u] + lr * (e * Q[i] - reg * P[u]), Q[i] + lr * (e * P[u] - reg * Q[i])
        left = [r - P[u] @ Q[i] for u, i, r in zip(*validation, strict=True)]
        history.append(float(np.mean(np.square(left)) ** 0.5))
        print("epoch", len(history), history[-1])
        waited += 1
        if history[-1] < lowest:
            lowest, waited, best_epoch, best_P, best_Q = history[-1], 0, len(history) - 1, P + 0, Q + 0
    return best_P, best_Q, best_epoch, history


def all_epochs_kept(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    warnings.warn("this takes memory", stacklevel=1)
    P, Q = sgd.init_factors(n_users, n_items, n_factors, rng)
    users, items, ratings = validation
    kept, history = [], np.zeros(0)
    for _ in range(max_epochs):
        sgd.sgd_epoch(P, Q, *train, lr, reg, rng)
        kept.append(copy.deepcopy((P, Q)))
        history = np.append(history, np.sqrt(((ratings - (P @ Q.T)[users, items]) ** 2).mean()))
        if len(history) - 1 - early_stopping(history, patience) == patience:
            break
    best_epoch = np.argmin(history)
    return [*kept[best_epoch], best_epoch, history]


def items_drawn_first(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    Q = rng.uniform(0, 0.2, (n_items, n_factors))
    P = rng.uniform(0, 0.2, (n_users, n_factors))
    best_P, best_Q, history = P.copy(), Q.copy(), []
    for epoch in range(max_epochs):
        sgd.sgd_epoch(P, Q, train[0], train[1], train[2], lr, reg, rng)
        history.append(
            np.linalg.norm(validation[2] - np.einsum("nf,nf->n", P[validation[0]], Q[validation[1]])) / len(validation[2]) ** 0.5
        )
        best_epoch = history.index(min(history))
        if best_epoch == epoch:
            best_P[:], best_Q[:] = P, Q
        if epoch - best_epoch == patience:
            return best_P, best_Q, best_epoch, history
    return best_P, best_Q, best_epoch, history


def single_precision(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    P, Q = (factors.astype(np.float32) for factors in sgd.init_factors(n_users, n_items, n_factors, rng))
    users, items, ratings = validation
    best, history = None, []
    for epoch in range(max_epochs):
        sgd.sgd_epoch(P, Q, *train, lr, reg, rng)
        history.append(np.float32(np.sqrt(np.mean((np.float32(ratings) - (P[users] * Q[items]).sum(axis=1)) ** 2))))
        if best is None or history[-1] < history[best[2]]:
            best = P.copy(), Q.copy(), epoch
        if epoch - best[2] >= patience:
            break
    return (*best, history)


exercise = Exercise(
    number="15.3",
    task="Train by sgd_epoch from init_factors; after each epoch append the validation RMSE to history; stop after patience epochs in a row without a strictly "
    "lower one, or after max_epochs. Return (P, Q, best_epoch, history): the factors as they were after the best epoch, and its index in history.",
    reference=ship_it.early_stopping_fit,
    uses=("init_factors", "sgd_step", "sgd_epoch", "rmse"),
    groups=(best_of_history, patience_runs_out, level_stretch, start),
    mistakes=(
        last_factors,
        half_a_copy,
        never_stops,
        first_rise,
        one_too_early,
        one_too_late,
        ties_are_better,
        measured_before,
        training_error,
        one_based,
        epoch_of_the_stop,
        misses_in_all,
        compared_with_previous,
        validation_trained,
        redrawn,
        mean_squares,
        history_cut,
        fixed_seed,
    ),
    hints=(
        "It is lesson 03's training loop with three more things: a number to watch, something to keep, and a reason to leave the loop.",
        "In each epoch: `sgd_epoch`, the validation RMSE to the history, then compare with the lowest so far. What must be kept at a new best so that the next epoch cannot change it?",
        "Predictions for the validation part: the row sums of `P[users] * Q[items]`. At a new best: the epoch, `P.copy()`, `Q.copy()`. Otherwise, when epoch − best_epoch has "
        "reached patience, `break`.",
    ),
    variants=(written_out, all_epochs_kept, items_drawn_first, single_precision),
)
