"""train_biased_sgd: mu, biases from zero, random factors, then epoch after epoch."""

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.biases._training import divergence_shows, rmse_of, state, train, visits
from mfcheck.exercises.biases._training_mistakes import (
    after_epoch_history,
    bias_not_regularized,
    biases_do_not_begin_at_zero,
    biases_not_trained,
    biases_reset_each_epoch,
    clipped_error,
    divergence_hidden,
    factors_not_regularized,
    factors_not_trained,
    factors_redrawn_each_epoch,
    fixed_seed,
    fixed_shuffle,
    global_generator,
    global_shuffle,
    history_of_every_step,
    history_of_mean_squares,
    history_with_the_start,
    mu_not_the_mean,
    mu_trained,
    no_biases_in_error,
    no_regularization,
    no_shuffle,
    one_epoch_only,
    order_exchanged,
    shuffled_once,
    with_replacement,
    zero_factors,
    zeros_trained,
)
from mfcheck.rules import Facts
from mfref import biases

N_USERS, N_ITEMS, N_FACTORS = 18, 12, 4
UNRATED_USER, UNRATED_ITEM = N_USERS - 1, N_ITEMS - 1
OF_USER, OF_ITEM = np.linspace(-1.8, 1.8, N_USERS), np.linspace(1.5, -1.5, N_ITEMS)


def problem(source, users, items, ratings, **given):
    return {
        "users": np.array(users),
        "items": np.array(items),
        "ratings": np.array(ratings, dtype=float),
        "n_users": int(max(users)) + 1,
        "n_items": int(max(items)) + 1,
        "n_factors": 2,
        "lr": 0.05,
        "reg": 0.01,
        "n_epochs": 3,
        "rng": np.random.default_rng(source.integers(2**32)),
        **given,
    }


def planted(rng, mean):
    """Ratings that are exactly a mean, two effects and a product of two factors, which sum to 0; 70 % of them known."""
    p, q = (rng.permutation(n) * 2 * np.pi / n for n in (N_USERS, N_ITEMS))
    truth = mean + OF_USER[:, None] + OF_ITEM + 1.6 * np.cos(p[:, None] - q)
    known = rng.random(truth.shape) < 0.7
    known[UNRATED_USER], known[:, UNRATED_ITEM] = False, False
    users, items = rng.permutation(np.argwhere(known)).T
    return problem(
        rng, users, items, truth[users, items], n_users=N_USERS, n_items=N_ITEMS, n_factors=N_FACTORS, lr=0.07, n_epochs=30
    )


def follows(learned, truth, unrated):
    return bool(np.corrcoef(np.delete(learned, unrated), np.delete(truth, unrated))[0, 1] > 0)


def planted_facts(runs):
    facts = {}
    for run, what in zip(runs, ("ratings around 3", "ratings around 12"), strict=True):
        learned = mu, b_user, b_item, P, Q, history = state(run)
        ratings = run.arguments["ratings"]
        shapes = facts[f"{what}: the shapes of b_user, b_item, P and Q"] = (*b_user.shape, *b_item.shape, *P.shape, *Q.shape)
        if shapes != (N_USERS, N_ITEMS, *(N_USERS, N_FACTORS), *(N_ITEMS, N_FACTORS)):
            continue
        facts[f"{what}: the number of entries in history"] = len(history)
        facts[f"{what}: mu is the mean of the ratings"] = bool(np.isclose(mu, ratings.mean(), rtol=1e-5))
        facts[f"{what}: the last entry of history is below a third of the first"] = bool(
            len(history) == run.arguments["n_epochs"] and history[-1] < history[0] / 3
        )
        facts[f"{what}: mu + b_u + b_i + p · q comes near the known ratings"] = bool(rmse_of(learned, run) < 0.25 * ratings.std())
        without = mu, 0 * b_user, 0 * b_item, P, Q
        facts[f"{what}: the biases bring the predictions nearer"] = bool(rmse_of(learned, run) < rmse_of(without, run))
        facts[f"{what}: the factors have grown beyond their start"] = bool(P.std() > 0.25 and Q.std() > 0.25)
        facts[f"{what}: b_user tells generous users from harsh ones"] = follows(b_user, OF_USER, UNRATED_USER)
        facts[f"{what}: b_item tells loved items from unloved ones"] = follows(b_item, OF_ITEM, UNRATED_ITEM)
    return facts


@group(
    "the law: ratings made of a mean, effects and factors are learned; history has a number for each epoch",
    2,
    Facts(planted_facts),
)
def planted_truth(rng):
    """Twice: around 3, and on a scale that goes far beyond 5. One user and one item have no ratings."""
    yield planted(rng, 3.0)
    yield planted(rng, 12.0)


def history_facts(runs):
    at_rest, start, one, two, wild = runs
    first, second = state(two)[5]
    return {
        "with lr = 0 every entry is the RMSE of the model that was drawn": bool(
            np.allclose(state(at_rest)[5], rmse_of(state(at_rest), at_rest), rtol=2e-6)
        ),
        "the first entry is the error of the start": bool(np.isclose(first, rmse_of(state(start), start), rtol=2e-6)),
        "the second entry is the error that the first epoch left": bool(np.isclose(second, rmse_of(state(one), one), rtol=2e-6)),
        "a training run that diverges shows it: all entries are there, and they grow": divergence_shows(wild),
    }


@group("history is the RMSE of the errors met on the way, before each step", 1, Facts(history_facts, ("OverflowError",)))
def what_history_means(rng):
    """No learning; ratings that share nothing, for no epoch, one and two; a learning rate far too large."""
    apart = problem(rng, range(8), [2, 0, 1, 7, 3, 6, 4, 5], rng.permutation(8), n_factors=200)
    yield {**apart, "lr": 0.0}
    seed = int(rng.integers(2**32))
    for n_epochs in (0, 1, 2):
        yield {**apart, "lr": 0.1, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}
    yield problem(rng, [0, 0, 1, 2], [0, 1, 1, 0], [5, 3, 4, 1], lr=5.0, n_epochs=12)


def start_facts(runs):
    before, after, again, other = (state(run) for run in runs)
    return {
        "with n_epochs = 0 the history is empty": len(before[5]),
        "with n_epochs = 0 all biases are 0": bool(not before[1].any() and not before[2].any()),
        "users and items without ratings keep the bias 0": bool(after[1][1] == 0 and after[2][0] == 0),
        "users and items without ratings keep the factors that were drawn": bool(
            np.allclose(before[3][1], after[3][1], atol=1e-12) and np.allclose(before[4][0], after[4][0], atol=1e-12)
        ),
        "the same generator state gives the same result": bool(np.array_equal(after[3], again[3])),
        "another generator gives other factors": not np.allclose(before[3], other[3]),
    }


@group("biases begin at 0, factors are drawn once, by rng, and only ratings move them", 1, Facts(start_facts))
def start_and_unrated(rng):
    """The same generator with no epoch and twice with two; then another generator. User 1 and item 0 have no ratings."""
    seed = int(rng.integers(2**32))
    for n_epochs, s in ((0, seed), (2, seed), (2, seed), (0, seed + 1)):
        yield problem(
            rng,
            [0, 2, 2, 3, 3, 0],
            [1, 2, 1, 1, 2, 2],
            [4, 2, 5, 3, 1, 5],
            reg=0.3,
            n_epochs=n_epochs,
            rng=np.random.default_rng(s),
        )


def shrinking_facts(runs):
    _, b_user, b_item, P, Q, _ = state(runs[0])
    return {
        "with a strong reg the biases explain only a part of the ratings": bool(b_user[0] + b_item[0] < 1.5),
        "with a strong reg the factors shrink to almost nothing": bool(max(np.abs(P).max(), np.abs(Q).max()) < 1e-2),
    }


@group("biases and factors are both regularized", 1, Facts(shrinking_facts))
def strong_regularization(rng):
    """Two ratings, 2 above the mean and 2 below: with reg = 2 the biases settle at half of that, without any at all of it."""
    yield problem(rng, [0, 1], [0, 1], [5, 1], lr=0.1, reg=2.0, n_epochs=80)


def order_facts(runs):
    orders = []
    for start, one, two in zip(*[iter(runs)] * 3, strict=True):
        states = [state(run) for run in (start, one, two)]
        orders.append((visits(*states[:2], start.arguments), visits(*states[1:], start.arguments)))
    firsts, seconds = zip(*orders, strict=True)
    known = [order for order in firsts + seconds if order]
    return {
        "in every epoch each rating comes exactly once": all(len(set(order)) == 3 for order in known),
        "the ratings are always visited as they were given": set(firsts + seconds) == {(0, 1, 2)},
        "another generator leads to another order": None in firsts or len(set(firsts)) > 1,
        "the order changes from epoch to epoch": any(a is None or a != b for a, b in orders),
    }


@group("the order is shuffled by rng, anew in each epoch", 1, Facts(order_facts))
def eight_generators(rng):
    """Three ratings of one user; each generator with no epoch, one and two."""
    for seed in rng.integers(2**32, size=8):
        for n_epochs in (0, 1, 2):
            given = {"lr": 0.3, "reg": 0.2, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}
            yield problem(rng, [0, 0, 0], [0, 1, 2], [5, 1, 3.5], **given)


def written_out(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    mu = sum(ratings) / len(ratings)
    P = rng.normal(0, 0.1, size=(n_users, n_factors))
    Q = rng.normal(0, 0.1, size=(n_items, n_factors))
    b_user, b_item, history = np.zeros(n_users), np.zeros(n_items), []
    for epoch in range(n_epochs):
        total, order = 0.0, np.arange(len(ratings))
        rng.shuffle(order)
        for u, i, r in zip(users[order], items[order], ratings[order], strict=True):
            e = r - (mu + b_user[u] + b_item[i] + P[u] @ Q[i])
            P[u], Q[i] = P[u] + lr * (e * Q[i] - reg * P[u]), Q[i] + lr * (e * P[u] - reg * Q[i])
            b_user[u] += lr * (e - reg * b_user[u])
            b_item[i] += lr * (e - reg * b_item[i])
            total += e**2
        history.append((total / len(ratings)) ** 0.5)
        print("epoch", epoch, history[-1])
    return mu, b_user, b_item, P, Q, history


def factor_two_on_both(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return biases.train_biased_sgd(users, items, ratings, n_users, n_items, n_factors, 2 * lr, reg, n_epochs, rng)


def small_uniform_start(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    run = train(draw=lambda rng, shape: rng.random(shape) / n_factors, summary=lambda e: np.linalg.norm(e) / np.sqrt(len(e)))
    *learned, history = run(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return *learned, np.array(history)


def separate_rates(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    def step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
        before = b_user[u], b_item[i]
        e = biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)
        b_user[u], b_item[i] = (b + lr / 2 * (e - reg * b) for b in before)
        return e

    return train(step=step)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


def single_precision(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    def halve(model, rng):
        model[:] = [part.astype(np.float32) for part in model]

    return list(train(begin=halve)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng))


exercise = Exercise(
    number="4.5",
    task="Take mu, biases of 0 and random factors, do n_epochs times one biased_sgd_step for every rating, in an order shuffled by rng; return "
    "(mu, b_user, b_item, P, Q, history) with history the list of the n_epochs training RMSEs.",
    reference=biases.train_biased_sgd,
    uses=("biased_sgd_step",),
    groups=(planted_truth, what_history_means, start_and_unrated, strong_regularization, eight_generators),
    mistakes=(
        divergence_hidden,
        after_epoch_history,
        history_of_mean_squares,
        history_of_every_step,
        history_with_the_start,
        no_shuffle,
        shuffled_once,
        fixed_shuffle,
        global_shuffle,
        global_generator,
        fixed_seed,
        with_replacement,
        factors_not_regularized,
        bias_not_regularized,
        no_regularization,
        biases_do_not_begin_at_zero,
        mu_trained,
        mu_not_the_mean,
        biases_not_trained,
        zero_factors,
        factors_not_trained,
        no_biases_in_error,
        factors_redrawn_each_epoch,
        biases_reset_each_epoch,
        clipped_error,
        zeros_trained,
        one_epoch_only,
        order_exchanged,
    ),
    hints=(
        "It is `train_sgd` with three things more: mu, and two arrays of biases. mu is computed once and stays.",
        "Before the loop: the mean rating, two arrays of zeros, the factors from `init_factors`. In each epoch: a fresh permutation, a step for each rating, and the "
        "errors that the steps return.",
        "For every n in `rng.permutation(len(ratings))` add `biased_sgd_step(mu, b_user, b_item, P, Q, users[n], items[n], ratings[n], lr, reg) ** 2` to a sum. "
        "After the epoch append the root of its mean to history.",
    ),
    variants=(written_out, factor_two_on_both, small_uniform_start, separate_rates, single_precision),
)
