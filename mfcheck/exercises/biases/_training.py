"""What the probes of `train_biased_sgd` are judged by, and a training run with its parts exchanged."""

import itertools

import numpy as np

from mfcheck.exercises.biases._steps import q_with_new_p_and
from mfref import biases


def state(run):
    """→ the six values that a run returned, as arrays."""
    return tuple(np.asarray(value, dtype=float) for value in run.outcome.value)


def rmse_of(learned, run):
    """The RMSE of what was learned on the ratings of the run."""
    users, items, ratings = (run.arguments[name] for name in ("users", "items", "ratings"))
    return float(np.sqrt(np.mean((ratings - biases.predict_biased(*learned[:5], users, items)) ** 2)))


def divergence_shows(run):
    """Python's own floats stop with an OverflowError where NumPy's go on with inf: that hides nothing either."""
    if run.outcome.raised:
        return True
    history = state(run)[5]
    return len(history) == run.arguments["n_epochs"] and not bool(history[-1] <= 2 * history[0])


def visits(before, after, arguments):
    """→ the order of visits that leads from one state to the next, or None where none does: other rates, another start.

    Orders in which each rating comes once are tried first, then all others. For three ratings.
    """
    n = len(arguments["ratings"])
    orders = *itertools.permutations(range(n)), *itertools.product(range(n), repeat=n)
    for step, order in itertools.product((biases.biased_sgd_step, q_with_new_p_and()), orders):
        mu, *parts = (part.copy() for part in before[:5])
        for k in order:
            one = (arguments[name][k] for name in ("users", "items", "ratings"))
            step(float(mu), *parts, *one, arguments["lr"], arguments["reg"])
        if all(np.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in zip(parts, after[1:5], strict=True)):
            return order
    return None


def permutation(rng, n, epoch):
    return rng.permutation(n)


def root_mean_square(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


def zeros(rng, n):
    return np.zeros(n)


def normal(rng, shape):
    return rng.normal(0, 0.1, shape)


def train(
    name="train_biased_sgd",
    step=biases.biased_sgd_step,
    order=permutation,
    start=zeros,
    draw=normal,
    center=np.mean,
    summary=root_mean_square,
    begin=None,
    stop=None,
):
    """→ a `train_biased_sgd` of this name. `begin(model, rng)` changes the list [b_user, b_item, P, Q] before each epoch;
    `stop(history)` ends the training early."""

    def train_biased_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
        mu = float(center(ratings))
        P, Q = (draw(rng, (n, n_factors)) for n in (n_users, n_items))
        model = [start(rng, n_users), start(rng, n_items), P, Q]
        history = []
        for epoch in range(n_epochs):
            if begin:
                begin(model, rng)
            errors = [step(mu, *model, users[n], items[n], ratings[n], lr, reg) for n in order(rng, len(ratings), epoch)]
            history.append(summary(errors))
            if stop and stop(history):
                break
        return mu, *model, history

    train_biased_sgd.__name__ = name
    return train_biased_sgd


def redraw(model, rng):
    model[2][:], model[3][:] = (rng.normal(0, 0.1, factors.shape) for factors in model[2:])


def reset(model, rng):
    model[0][:], model[1][:] = 0, 0


def exploded(history):
    if not np.isfinite(history[-1]) or history[-1] > 1e3:
        history.pop()
        return True
    return False
