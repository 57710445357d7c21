"""What the runs of `train_ncf` are judged by, and a training with its parts exchanged.

A training is replayed: whatever was drawn at the start, the weights after n epochs follow on those after n − 1, with the ratings
in some order. Where one batch holds all the ratings, order does not matter; otherwise all orders are tried.
"""

import itertools

import numpy as np

from mfref import neural

NAMES = ("P", "Q", "W1", "b1", "w2", "b2")
ADAM = 0.9, 0.999, 1e-8


def state(run):
    """→ (weights, history) of a run, as arrays."""
    weights, history = run.outcome.value
    return {name: np.asarray(weights[name], dtype=float) for name in NAMES}, np.asarray(history, dtype=float)


def near(got, expected):
    """Whether they agree to what single precision allows, 1e-4 of the largest."""
    return bool(got.shape == expected.shape and np.allclose(got, expected, rtol=0, atol=1e-4 * np.abs(expected).max() + 1e-9))


def all_near(got, expected):
    return all(near(got[name], expected[name]) for name in NAMES)


def no_moments(weights):
    return {name: np.zeros((2, *array.shape)) for name, array in weights.items()}


def rmse(weights, given):
    """Over all the ratings of a training."""
    predicted, _ = neural.forward(weights, given["users"], given["items"])
    return float(np.sqrt(np.mean((given["ratings"] - predicted) ** 2)))


# --- the orders of an epoch: n, batch_size → each possible list of batches


def every_order(n, batch_size):
    """Batches of batch_size, the last one of what is left; within a batch the order does not matter."""

    def deal(left):
        if len(left) <= batch_size:
            yield [np.array(left)]
            return
        for batch in itertools.combinations(left, batch_size):
            for rest in deal([k for k in left if k not in batch]):
                yield [np.array(batch), *rest]

    return deal(list(range(n)))


def without_the_smaller(n, batch_size):
    return ([batch for batch in batches if len(batch) == batch_size] for batches in every_order(n, batch_size))


def all_at_once(n, batch_size):
    yield [np.arange(n)]


def first_batch_only(n, batch_size):
    return (list(batch) for batch in {tuple(map(tuple, batches[:1])) for batches in every_order(n, batch_size)})


def any_draws(n, batch_size):
    """Each batch drawn anew out of all ratings: some come twice, and others not at all."""
    sizes = [len(batch) for batch in next(every_order(n, batch_size))]
    options = [list(itertools.combinations_with_replacement(range(n), size)) for size in sizes]
    return ([np.array(batch) for batch in batches] for batches in itertools.product(*options))


# --- the replay


def every_step(epoch, step):
    return step


def replay(weights, moments, given, batches, epoch=1, step=0, gradient=neural.backward, adam=neural.adam_step, clock=every_step):
    """→ (weights, moments, step) after these batches. clock(epoch, step), both from 1: the t of Adam."""
    weights, moments = ({name: array.copy() for name, array in arrays.items()} for arrays in (weights, moments))
    for batch in batches:
        step += 1
        batch = np.asarray(batch)
        gradients = gradient(weights, *(given[name][batch] for name in ("users", "items", "ratings")), given["reg"])
        adam(weights, gradients, moments, clock(epoch, step), given["lr"], *ADAM)
    return weights, moments, step


def orders_of(chain, orders=every_order, forget=False, **parts):
    """→ for each epoch of a chain the batches by which one run leads to the next; None where no possible ones do.

    forget: the moments begin anew in each epoch. The first step of Adam shows only signs, so that several orders may fit one epoch.
    """
    given, states = chain[0].arguments, [state(run)[0] for run in chain]

    def follow(epoch, moments, step):
        if epoch == len(states):
            return []
        for batches in orders(len(given["ratings"]), given["batch_size"]):
            replayed, new, new_step = replay(states[epoch - 1], moments, given, batches, epoch, step, **parts)
            if all_near(states[epoch], replayed):
                later = follow(epoch + 1, no_moments(replayed) if forget else new, new_step)
                if later is not None:
                    return [[sorted(map(int, batch)) for batch in batches], *later]
        return None

    return follow(1, no_moments(states[0]), 0)


def chains(runs, full=None):
    """→ for each problem that was trained for 0, 1, 2, … epochs: its runs. full: only those with one batch, or with several."""
    found = []
    for run in runs:
        if run.arguments["n_epochs"] == 0:
            found.append([])
        if found and run.arguments["n_epochs"] == len(found[-1]):
            found[-1].append(run)
    return [chain for chain in found if len(chain) > 2 and full in (None, is_full(chain[0].arguments))]


def is_full(given):
    return given["batch_size"] >= len(given["ratings"])


def replays(full=None, **parts):
    """→ recognise(runs): whether a training with these parts leads from each number of epochs to the next."""

    def recognise(runs):
        asked = chains(runs, full)
        return bool(asked) and all(orders_of(chain, **parts) for chain in asked)

    return recognise


# --- a training with its parts exchanged


def right_start(rng, n_users, n_items, n_factors, n_hidden, ratings):
    return {
        "P": rng.normal(0, 0.1, (n_users, n_factors)),
        "Q": rng.normal(0, 0.1, (n_items, n_factors)),
        "W1": rng.normal(0, n_factors**-0.5, (2 * n_factors, n_hidden)),
        "b1": np.zeros(n_hidden),
        "w2": rng.normal(0, n_hidden**-0.5, n_hidden),
        "b2": np.array([np.mean(ratings)]),
    }


def cut(order, batch_size):
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def shuffled(rng, n, batch_size, epoch):
    return cut(rng.permutation(n), batch_size)


def after_each_epoch(summaries):
    return summaries[1:]


def train(
    name="train_ncf",
    start=right_start,
    batches=shuffled,
    summary=rmse,
    entries=after_each_epoch,
    forget=False,
    redraw=False,
    **parts,
):
    """→ a `train_ncf` of this name. start(rng, …): the first weights. batches(rng, n, batch_size, epoch). entries(summaries): the
    history, from the summary of the start and of each epoch. forget, parts: as for `orders_of`. redraw: a new start in each epoch."""

    def train_ncf(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
        given = {"users": users, "items": items, "ratings": ratings, "lr": lr, "reg": reg}
        sizes = n_users, n_items, n_factors, n_hidden, ratings
        weights, step = start(rng, *sizes), 0
        moments, summaries = no_moments(weights), [summary(weights, given)]
        for epoch in range(1, n_epochs + 1):
            weights = start(rng, *sizes) if redraw else weights
            dealt = batches(rng, len(ratings), batch_size, epoch)
            weights, moments, step = replay(weights, moments, given, dealt, epoch, step, **parts)
            moments = no_moments(weights) if forget else moments
            summaries.append(summary(weights, given))
        return weights, list(entries(summaries))

    train_ncf.__name__ = name
    return train_ncf
