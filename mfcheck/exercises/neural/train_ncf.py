"""train_ncf: epoch after epoch, batch after batch."""

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.neural._epoch_mistakes import (
    batch_size_ignored,
    first_batch_only,
    last_batch_dropped,
    moments_forgotten,
    no_regularization,
    one_epoch_only,
    other_betas,
    plain_descent,
    shuffled_apart,
    t_from_zero,
    t_not_counted,
    weights_redrawn,
    with_replacement,
)
from mfcheck.exercises.neural._history_mistakes import (
    history_before_the_steps,
    history_of_batches,
    history_of_squares,
    history_with_penalty,
    history_with_the_start,
    last_entry_only,
)
from mfcheck.exercises.neural._training_mistakes import (
    biases_begin_elsewhere,
    equal_start,
    fixed_seed,
    global_generator,
    no_shuffle,
    same_order_each_epoch,
    zero_start,
)
from mfcheck.exercises.neural._trainings import ADAM, all_near, chains, near, orders_of, rmse, state
from mfcheck.rules import Facts
from mfref import neural


def problem(source, n, batch_size, **given):
    """n ratings of four users and five items; neither the last user nor the last item has any."""
    users, items = source.permutation([k % 3 for k in range(n)]), source.permutation([k % 4 for k in range(n)])
    return {
        "users": users,
        "items": items,
        "ratings": source.uniform(1, 5, n),
        "n_users": 4,
        "n_items": 5,
        "n_factors": 2,
        "n_hidden": 6,
        "lr": 0.1,
        "reg": 0.5,
        "n_epochs": 0,
        "batch_size": batch_size,
        "rng": np.random.default_rng(source.integers(2**32)),
        **given,
    }


def each_number_of_epochs(rng, arguments, most):
    """The same problem and the same generator for 0, 1, … epochs."""
    seed = int(rng.integers(2**32))
    for n_epochs in range(most + 1):
        yield {**arguments, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}


def law_facts(runs):
    facts = {}
    for chain in chains(runs):
        what = f"{len(chain[0].arguments['ratings'])} ratings in one batch"
        facts[f"{what}: the shapes of the weights"] = tuple(array.shape for array in state(chain[-1])[0].values())
        facts[f"{what}: each epoch is one step of Adam from the weights before it"] = orders_of(chain) is not None
    return facts


@group("the law: each epoch steps on from the last, by backward and adam_step", 3, Facts(law_facts))
def one_batch(rng):
    """All ratings in one batch, so that order cannot matter: two problems with 0, 1, 2 and 3 epochs from the same start."""
    yield from each_number_of_epochs(rng, problem(rng, 5, 5), 3)
    yield from each_number_of_epochs(rng, problem(rng, 6, 6, n_users=5, n_factors=3, n_hidden=4, lr=0.05, reg=2.0), 3)


def order_facts(runs):
    found = [orders_of(chain) for chain in chains(runs)]
    if not all(found):
        return {"each epoch goes once through all ratings, in batches of 2, 2 and 1": False}
    return {
        "each epoch goes once through all ratings, in batches of 2, 2 and 1": True,
        "the ratings always come in the order given": all(order == [[0, 1], [2, 3], [4]] for chain in found for order in chain),
        "the second epoch has the order of the first": all(first == second for first, second in found),
        "other generators give other orders": any(chain != found[0] for chain in found),
    }


@group("batches: every rating once an epoch, in an order drawn anew, the last batch smaller", 2, Facts(order_facts))
def small_batches(rng):
    """Five ratings in batches of two; 0, 1 and 2 epochs, under five generators."""
    arguments = problem(rng, 5, 2)
    for _ in range(5):
        yield from each_number_of_epochs(rng, arguments, 2)


def history_facts(runs):
    facts = {}
    for run in runs:
        weights, history = state(run)
        n, size = (run.arguments[name] for name in ("n_epochs", "batch_size"))
        facts[f"n_epochs = {n}, batch_size = {size}: the number of entries"] = len(history)
        if n:
            facts[f"n_epochs = {n}, batch_size = {size}: the last entry is the RMSE over all ratings of what was returned"] = (
                bool(len(history) and near(history[-1], np.asarray(rmse(weights, run.arguments))))
            )
    return facts


@group("history is the RMSE over all ratings after each epoch", 1, Facts(history_facts))
def what_history_means(rng):
    """One problem with 0, 1, 2 and 3 epochs in one batch, and another with 2 epochs of three batches."""
    yield from each_number_of_epochs(rng, problem(rng, 6, 8), 3)
    yield problem(rng, 7, 3, n_epochs=2)


def start_facts(runs):
    begun, again, other, trained = (state(run)[0] for run in runs)
    given = runs[0].arguments
    return {
        "b1 begins at zeros": not begun["b1"].any(),
        "b2 begins at the mean rating": near(begun["b2"], np.array([given["ratings"].mean()])),
        "no two hidden units begin alike": len(np.unique(begun["W1"], axis=1).T) == given["n_hidden"]
        and len(np.unique(begun["w2"])) == given["n_hidden"],
        "no two users and no two items begin alike": len(np.unique(begun["P"], axis=0)) == given["n_users"]
        and len(np.unique(begun["Q"], axis=0)) == given["n_items"],
        "the same generator state gives the same start": all_near(again, begun),
        "another generator gives another start": not near(other["P"], begun["P"]) and not near(other["W1"], begun["W1"]),
        "who has no ratings keeps what was drawn": near(trained["P"][3], begun["P"][3]) and near(trained["Q"][4], begun["Q"][4]),
    }


@group("the start: weights drawn once, by rng; b1 zeros, b2 the mean rating", 1, Facts(start_facts))
def the_start(rng):
    """No epoch, twice with the same generator and once with another; then two epochs with a small learning rate."""
    arguments = problem(rng, 8, 3, lr=0.001, n_hidden=5)
    seed = int(rng.integers(2**32))
    for n_epochs, s in ((0, seed), (0, seed), (0, seed + 1), (2, seed)):
        yield {**arguments, "n_epochs": n_epochs, "rng": np.random.default_rng(s)}


def all_written_out(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    k = n_factors
    P, Q = rng.normal(0, 0.05, (n_users, k)), rng.normal(0, 0.05, (n_items, k))
    W, b = rng.normal(0, 0.5, (2 * k, n_hidden)), np.zeros(n_hidden)
    w, c = rng.normal(0, 0.5, n_hidden), np.full(1, np.sum(ratings) / len(ratings))
    names, arrays = ("P", "Q", "W1", "b1", "w2", "b2"), [P, Q, W, b, w, c]
    m, v = [0 * a for a in arrays], [0 * a for a in arrays]
    history, t = [], 0
    for epoch in range(n_epochs):
        order = rng.permutation(len(ratings)).tolist()
        while order:
            t, batch, order = t + 1, order[:batch_size], order[batch_size:]
            g = [0 * a for a in arrays]
            for n in batch:
                x = np.concatenate([P[users[n]], Q[items[n]]])
                h = np.maximum(0, x @ W + b)
                d = 2 * (h @ w + c - ratings[n]) / len(batch)
                dz = d * w * (h > 0)
                dx = W @ dz + 2 * reg * x / len(batch)
                g[0][users[n]] += dx[:k]
                g[1][items[n]] += dx[k:]
                for total, part in zip(g[2:], (np.outer(x, dz), dz, d * h, d), strict=True):
                    total += part
            for a, one, mean, square in zip(arrays, g, m, v, strict=True):
                mean[:] = 0.9 * mean + 0.1 * one
                square[:] = 0.999 * square + 0.001 * one**2
                a -= lr * mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        z = np.c_[P[users], Q[items]] @ W + b
        history.append(np.linalg.norm(ratings - np.maximum(z, 0) @ w - c) / len(ratings) ** 0.5)
        print("epoch", epoch, history[-1])
    return dict(zip(names, arrays, strict=True)), history


def uniform_start(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    def draw(*shape):
        return rng.uniform(-1, 1, shape) / np.sqrt(n_factors)

    weights = {"b2": np.array([ratings.mean()]), "b1": np.zeros(n_hidden), "w2": draw(n_hidden)}
    weights |= {"W1": draw(2 * n_factors, n_hidden), "Q": draw(n_items, n_factors), "P": draw(n_users, n_factors)}
    return trained(weights, users, items, ratings, lr, reg, n_epochs, batch_size, lambda n: rng.permutation(n))


def trained(weights, users, items, ratings, lr, reg, n_epochs, batch_size, order_of):
    moments = {name: np.zeros((2, *array.shape), array.dtype) for name, array in weights.items()}
    history, t = np.zeros(n_epochs), 0
    for epoch in range(n_epochs):
        order = order_of(len(ratings))
        for batch in np.split(order, range(batch_size, len(order), batch_size)):
            t += 1
            gradients = neural.backward(weights, users[batch], items[batch], ratings[batch], reg)
            neural.adam_step(weights, gradients, moments, t, lr, *ADAM)
        history[epoch] = np.sqrt(np.mean((neural.forward(weights, users, items)[0] - ratings) ** 2))
    return weights, history


def shuffled_in_place(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    shapes = {"w2": n_hidden, "W1": (2 * n_factors, n_hidden), "P": (n_users, n_factors), "Q": (n_items, n_factors)}
    weights = {name: rng.standard_normal(shape) * 0.3 for name, shape in shapes.items()}
    weights |= {"b1": np.zeros(n_hidden), "b2": np.mean(ratings, keepdims=True)}
    order = np.arange(len(ratings))

    def again(n):
        rng.shuffle(order)
        return order

    return trained(weights, users, items, ratings, lr, reg, n_epochs, batch_size, again)


def single_precision(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    given = users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg
    weights, history = neural.train_ncf(*given, n_epochs, batch_size, rng)
    return [{name: array.astype(np.float32) for name, array in weights.items()}, tuple(history)]


def single_precision_throughout(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    given = users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg
    start, _ = neural.train_ncf(*given, 0, batch_size, rng)
    weights = {name: array.astype(np.float32) for name, array in start.items()}
    return trained(weights, users, items, ratings.astype(np.float32), lr, reg, n_epochs, batch_size, lambda n: rng.permutation(n))


exercise = Exercise(
    number="13.4",
    task="Draw the weights by rng (b1 zeros, b2 the mean rating). n_epochs times, go through all ratings in a new order, in batches of batch_size, the last one "
    "of what is left, with one adam_step each (0.9, 0.999, 1e-8; t counts the steps from 1). Return (weights, history): the RMSE over all ratings after each epoch.",
    reference=neural.train_ncf,
    uses=("forward", "backward", "adam_step"),
    groups=(one_batch, small_batches, what_history_means, the_start),
    mistakes=(
        t_from_zero,
        zero_start,
        equal_start,
        one_epoch_only,
        plain_descent,
        no_regularization,
        other_betas,
        moments_forgotten,
        t_not_counted,
        last_batch_dropped,
        first_batch_only,
        batch_size_ignored,
        global_generator,
        with_replacement,
        no_shuffle,
        same_order_each_epoch,
        fixed_seed,
        weights_redrawn,
        shuffled_apart,
        biases_begin_elsewhere,
        history_with_the_start,
        last_entry_only,
        history_of_batches,
        history_before_the_steps,
        history_of_squares,
        history_with_penalty,
    ),
    hints=(
        "Before the loops: the weights, moments of zeros in their shapes, t = 0 and an empty history. Then a loop over epochs, and in it one over batches.",
        "At the beginning of an epoch draw `order = rng.permutation(len(ratings))`. A batch is a piece of it, and picks from `users`, `items` and `ratings` at once. `range(0, n, batch_size)` gives the starts.",
        "For each batch: `gradients = backward(weights, users[batch], items[batch], ratings[batch], reg)`, add 1 to t, then `adam_step(weights, gradients, moments, t, lr, 0.9, 0.999, 1e-8)`. After the last batch append the RMSE of `forward(weights, users, items)`.",
    ),
    variants=(all_written_out, uniform_start, shuffled_in_place, single_precision, single_precision_throughout),
)
