"""train_implicit: all users, all items, again and again, each by one solution over all cells."""

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.implicit._history_mistakes import (
    history_before_the_epoch,
    history_is_an_rmse,
    history_of_half_steps,
    history_of_the_counted_cells,
    history_with_the_start,
    history_without_confidence,
    history_without_regularization,
    last_loss_only,
)
from mfcheck.exercises.implicit._training_mistakes import (
    confidence_forgotten,
    counts_as_targets,
    equal_start,
    factors_redrawn_each_epoch,
    fixed_seed,
    global_generator,
    gram_not_renewed,
    items_first,
    items_never_solved,
    items_with_the_old_users,
    no_regularization,
    one_epoch_only,
    only_the_counted_cells,
    reg_times_counts,
    uncounted_keep_their_draw,
    zero_start,
)
from mfcheck.exercises.implicit._trainings import chains, items_solved, loss, near, state, train, users_solved
from mfcheck.rules import Facts
from mfref import implicit

N_USERS, N_ITEMS = 15, 12
OF_FIRST_CROWD = np.arange(N_USERS) < 9


def problem(source, n_users, n_items, **given):
    """Counts of 1 to 5 in about half of the cells, in random order; every user and every item has one."""
    counted = source.random((n_users, n_items)) < 0.4
    counted[np.arange(max(n_users, n_items)) % n_users, np.arange(max(n_users, n_items)) % n_items] = True
    users, items = source.permutation(np.argwhere(counted)).T
    return {
        "users": users,
        "items": items,
        "counts": source.integers(1, 6, size=len(users)).astype(float),
        "n_users": n_users,
        "n_items": n_items,
        "n_factors": 2,
        "alpha": float(source.uniform(0.5, 1)),
        "reg": float(source.uniform(0.5, 1)),
        "rng": np.random.default_rng(source.integers(2**32)),
        **given,
    }


def each_number_of_epochs(rng, arguments):
    """The same problem and the same generator for 0, 1, 2 and 3 epochs."""
    seed = int(rng.integers(2**32))
    for n_epochs in range(4):
        yield {**arguments, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}


def two_crowds(rng):
    """Nine users who use the even items, six who use the odd ones; most of their cells, and none of the others'."""
    own = (np.arange(N_ITEMS) % 2 == 0) == OF_FIRST_CROWD[:, None]
    counted = own & (rng.random(own.shape) < 0.7)
    counted[np.arange(N_USERS), np.where(OF_FIRST_CROWD, 0, 1) + 2 * (np.arange(N_USERS) % 6)] = True
    users, items = rng.permutation(np.argwhere(counted)).T
    given = {"users": users, "items": items, "counts": np.ones(len(users)), "n_epochs": 12, "reg": 0.3, "alpha": 2.0}
    return problem(rng, N_USERS, N_ITEMS, **given)


def law_facts(runs):
    facts = {}
    for chain in chains(runs):
        what = f"{chain[0].arguments['n_users']} users"
        states = [state(run) for run in chain]
        given = chain[0].arguments
        facts[f"{what}: the shapes of P and Q"] = (*states[-1][0].shape, *states[-1][1].shape)
        for n, ((_, Q, _), (P, new_Q, _)) in enumerate(zip(states, states[1:], strict=False), 1):
            facts[f"{what}: epoch {n} solves the users with the items as they were"] = near(P, users_solved(Q, given))
            facts[f"{what}: epoch {n} leaves each item at its solution with the new users"] = near(new_Q, items_solved(P, given))
    P, Q, _ = state(runs[-1])
    scores = P @ Q.T
    lead = (scores[:, 0::2].mean(axis=1) - scores[:, 1::2].mean(axis=1)) * np.where(OF_FIRST_CROWD, 1, -1)
    facts["two crowds are told apart: everyone's own items score higher"] = bool((lead > 0.3).all())
    return facts


@group("the law: users, then items with the new users, each solved over all cells", 3, Facts(law_facts))
def solved_in_turn(rng):
    """Two problems with 0, 1, 2 and 3 epochs from the same start; two crowds with nothing in common."""
    yield from each_number_of_epochs(rng, problem(rng, 4, 6))
    yield from each_number_of_epochs(rng, problem(rng, 7, 5, n_factors=3, alpha=3.0, reg=2.0))
    yield two_crowds(rng)


def history_facts(runs):
    facts = {}
    for run in runs[1:4]:
        P, Q, history = state(run)
        n = run.arguments["n_epochs"]
        facts[f"with n_epochs = {n} the number of entries"] = len(history)
        facts[f"with n_epochs = {n} the last entry is the loss over all cells of what was returned"] = bool(
            len(history) and near(history[-1], np.asarray(loss(P, Q, run.arguments)))
        )
    long = state(runs[4])[2]
    facts["in twelve epochs no entry is above the one before"] = bool(
        len(long) == 12 and (np.diff(long) <= 1e-5 * np.abs(long[:-1])).all()
    )
    return facts


@group("history is the loss over all cells after each epoch", 2, Facts(history_facts))
def what_history_means(rng):
    """One problem with 0, 1, 2 and 3 epochs, and another with 12."""
    yield from each_number_of_epochs(rng, problem(rng, 5, 6))
    yield problem(rng, 6, 5, n_epochs=12)


def start_facts(runs):
    before, after, again, other = (state(run) for run in runs)
    return {
        "with n_epochs = 0 the history is empty": len(before[2]),
        "who has no counts has zeros": bool(not after[0][1].any() and not after[1][2].any()),
        "the same generator state gives the same result": near(after[0], again[0]),
        "another generator gives another start": not near(before[1], other[1]),
        "every factor has its own start": not near(before[1], before[1][:, :1] + 0 * before[1]),
    }


@group("factors are drawn once, by rng; who has no counts ends at zeros", 1, Facts(start_facts))
def start_and_uncounted(rng):
    """The same generator with no epoch and twice with two; then another generator. User 1 and item 2 have no counts."""
    arguments = problem(rng, 4, 4)
    users, items = arguments["users"], arguments["items"]
    kept = (users != 1) & (items != 2)
    arguments |= {name: arguments[name][kept] for name in ("users", "items", "counts")}
    seed = int(rng.integers(2**32))
    for n_epochs, s in ((0, seed), (2, seed), (2, seed), (0, seed + 1)):
        yield {**arguments, "n_epochs": n_epochs, "rng": np.random.default_rng(s)}


def full_table(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    W = np.zeros((n_users, n_items))
    W[users, items] = counts
    C, T = 1 + alpha * W, (W > 0).astype(float)
    P, Q = np.zeros((n_users, n_factors)), rng.normal(size=(n_items, n_factors))
    history, unit = [], reg * np.eye(n_factors)
    for epoch in range(n_epochs):
        P = np.array([np.linalg.solve(Q.T * C[u] @ Q + unit, Q.T @ (C[u] * T[u])) for u in range(n_users)])
        Q = np.array([np.linalg.solve(P.T * C[:, i] @ P + unit, P.T @ (C[:, i] * T[:, i])) for i in range(n_items)])
        history.append((C * (T - P @ Q.T) ** 2).sum() + reg * (np.linalg.norm(P) ** 2 + np.linalg.norm(Q) ** 2))
        print("epoch", epoch, history[-1])
    return P, Q, history


def uniform_start(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    run = train(draw=lambda rng, shape: rng.random(shape) / np.sqrt(n_factors))
    P, Q, history = run(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng)
    return [P, Q, np.array(history)]


def items_drawn_first(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    Q, P = rng.normal(0, 0.5, (n_items, n_factors)), rng.normal(0, 0.5, (n_users, n_factors))
    given = {"users": users, "items": items, "counts": counts, "n_users": n_users, "n_items": n_items, "alpha": alpha, "reg": reg}
    history = []
    for _ in range(n_epochs):
        P = users_solved(Q, given)
        Q = items_solved(P, given)
        history.append(loss(P, Q, given))
    return P, Q, history


def single_precision(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    run = implicit.train_implicit(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng)
    return run[0].astype(np.float32), run[1].astype(np.float32), np.float32(run[2])


exercise = Exercise(
    number="10.3",
    task="Draw P and Q by rng, then n_epochs times solve all users, then all items with the new P; return (P, Q, history) with history the list "
    "of the n_epochs losses over all cells, regularization included.",
    reference=implicit.train_implicit,
    uses=("confidence", "solve_user_implicit"),
    groups=(solved_in_turn, what_history_means, start_and_uncounted),
    mistakes=(
        zero_start,
        equal_start,
        one_epoch_only,
        only_the_counted_cells,
        counts_as_targets,
        confidence_forgotten,
        no_regularization,
        reg_times_counts,
        items_first,
        items_with_the_old_users,
        gram_not_renewed,
        items_never_solved,
        uncounted_keep_their_draw,
        fixed_seed,
        global_generator,
        factors_redrawn_each_epoch,
        history_with_the_start,
        history_of_half_steps,
        last_loss_only,
        history_before_the_epoch,
        history_of_the_counted_cells,
        history_without_regularization,
        history_without_confidence,
        history_is_an_rmse,
    ),
    hints=(
        "One epoch has two halves which look alike. In the first, P is solved with Q fixed; in the second, Q with the new P. What does "
        "`solve_user_implicit` need for an item?",
        "Before each half make YtY once, from the factors that are fixed in it. For user u take the places where `users == u`: their items and counts. "
        "For an item, exchange the roles. Nobody is left out, for who has no counts gets zeros.",
        "For the history make all scores, `P @ Q.T`. Sum their squares: that is the loss if nothing were counted. For the counted cells take "
        "s² off again, and add c·(1 − s)². Then add reg times both sums of squares.",
    ),
    variants=(full_table, uniform_start, items_drawn_first, single_precision),
)
