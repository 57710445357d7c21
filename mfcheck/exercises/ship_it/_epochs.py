"""Training runs for the probes of `early_stopping_fit`, and what the right run would have been from the same start.

No two training ratings share a user or an item, so their order cannot matter: from the start everything follows.
"""

import numpy as np

from mfref.evaluation import early_stopping


def triple(users, items, ratings):
    return np.array(users), np.array(items), np.array(ratings, dtype=float)


def two_speeds(rng, **given):
    """Two users overshoot what the validation part wants, a fast one and a slow one. User 3 and item 3 are in the validation part
    alone, user 4 and item 4 nowhere."""
    items = rng.permutation(3)
    train = triple([0, 1, 2], items, [5, 2.5, 4] + rng.uniform(-0.2, 0.2, 3))
    validation = triple([0, 1, 2, 3], [*items, 3], [*(train[2] * [0.5, 0.8, 0.6]), 1])
    return problem(rng, train, validation, lr=0.15, max_epochs=40, **given)


def zigzag(rng, **given):
    """A large step: the prediction swings around the training rating, and the validation error is low every second time."""
    u, i = (int(n) for n in rng.integers(3, size=2))
    below = float(rng.uniform(0.08, 0.15))
    return problem(rng, triple([u], [i], [5]), triple([u], [i], [5 - below]), lr=0.19, max_epochs=30, **given)


def problem(rng, train, validation, **given):
    settings = {"n_users": 5, "n_items": 5, "n_factors": 3, "reg": 0.02, "patience": 2}
    return {"train": train, "validation": validation, **settings, "rng": np.random.default_rng(rng.integers(2**32)), **given}


def with_its_start(arguments):
    """The same generator without learning for one epoch, which gives the start away; then the run itself."""
    seed = arguments["rng"].integers(2**32)
    yield {**arguments, "lr": 0.0, "max_epochs": 1, "rng": np.random.default_rng(seed)}
    yield {**arguments, "rng": np.random.default_rng(seed)}


def answer(run):
    P, Q, best_epoch, history = run.outcome.value
    return np.asarray(P, dtype=float), np.asarray(Q, dtype=float), int(best_epoch), np.asarray(history, dtype=float)


def error(P, Q, part):
    users, items, ratings = part
    return float(np.sqrt(np.mean((ratings - (P[users] * Q[items]).sum(axis=1)) ** 2)))


def right_run(start, arguments):
    """→ `(states, errors, best, n_epochs)` from this start: P and Q before training and after each of max_epochs epochs, the validation
    errors after each, the best epoch, and how many epochs are trained."""
    P, Q = (factors.copy() for factors in start)
    users, items, ratings = arguments["train"]
    states = [(P.copy(), Q.copy())]
    for _ in range(arguments["max_epochs"]):
        p, q = P[users], Q[items]
        e = (ratings - (p * q).sum(axis=1))[:, None]
        P[users] += arguments["lr"] * (e * q - arguments["reg"] * p)
        Q[items] += arguments["lr"] * (e * p - arguments["reg"] * q)
        states.append((P.copy(), Q.copy()))
    errors = [error(*state, arguments["validation"]) for state in states[1:]]
    best = early_stopping(errors, arguments["patience"])
    return states, errors, best, min(best + arguments["patience"] + 1, len(errors))


def near(a, b):
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-3, atol=1e-4))


def kind_of_history(history, states, arguments):
    """→ in words what the entries are."""
    n = len(history)
    after = np.array([error(*state, arguments["validation"]) for state in states])
    learned = np.array([error(*state, arguments["train"]) for state in states])
    for words, expected in (
        ("the validation RMSE after each epoch", after[1 : n + 1]),
        ("the validation RMSE before each epoch", after[:n]),
        ("the mean of squares", after[1 : n + 1] ** 2),
        ("an error on the training part", learned[:n]),
        ("an error on the training part", learned[1 : n + 1]),
    ):
        if n and near(history, expected):
            return words
    return "something else"


def kind_of_factors(found, which, states, history):
    """→ in words when P (which = 0) or Q (1) was as it was returned."""
    best, last = int(np.argmin(history)) + 1, len(history)
    for words, n in (("of the best epoch", best), ("of the last epoch", last), ("of the epoch before the best", best - 1)):
        if n < len(states) and near(found, states[n][which]):
            return words
    return "something else"
