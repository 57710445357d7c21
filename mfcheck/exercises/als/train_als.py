"""train_als: random factors, then sweep after sweep."""

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.als._slips import root_mean_square
from mfcheck.exercises.als._training import (
    equal_factors,
    factors_redrawn_each_epoch,
    fixed_seed,
    global_generator,
    history_before,
    history_of_losses,
    history_with_the_start,
    items_with_old_p,
    no_regularization,
    one_epoch_only,
    only_users,
    order_exchanged,
    reg_for_each_rating,
    train,
    zero_factors,
    zeros_trained,
)
from mfcheck.rules import Facts
from mfref import als

N_USERS, N_ITEMS, N_FACTORS = 14, 11, 2


def problem(source, users, items, ratings, **given):
    return {
        "users": np.array(users),
        "items": np.array(items),
        "ratings": np.array(ratings, dtype=float),
        "n_users": int(max(users)) + 1,
        "n_items": int(max(items)) + 1,
        "n_factors": 2,
        "reg": 0.5,
        "n_epochs": 3,
        "rng": np.random.default_rng(source.integers(2**32)),
        **given,
    }


def planted(rng, n_epochs=20):
    """Ratings that are exactly products of two factors, all known: whatever the start, a few sweeps learn them."""
    left, right = (np.linalg.qr(rng.normal(size=(n, N_FACTORS)))[0] for n in (N_USERS, N_ITEMS))
    truth = 12 * left * [1.5, 1.0] @ right.T
    users, items = rng.permutation(np.argwhere(np.ones(truth.shape))).T
    given = {"n_users": N_USERS, "n_items": N_ITEMS, "n_factors": N_FACTORS, "reg": 1e-4, "n_epochs": n_epochs}
    return problem(rng, users, items, truth[users, items], **given)


def some(rng, **given):
    known = rng.random((6, 5)) < 0.7
    known[np.arange(6), np.arange(6) % 5] = True
    users, items = rng.permutation(np.argwhere(known)).T
    return problem(rng, users, items, rng.uniform(1, 6, len(users)), n_users=6, n_items=5, **given)


def state(run):
    """→ `(P, Q, history)` as arrays."""
    return tuple(np.asarray(value, dtype=float) for value in run.outcome.value)


def rmse_of(P, Q, arguments):
    return root_mean_square(P, Q, *(arguments[name] for name in ("users", "items", "ratings")))


def solved(fixed, rows, columns, n, arguments):
    """→ (n, n_factors): each of n rows at its solution, from its ratings and the fixed side."""
    ratings, reg = arguments["ratings"], arguments["reg"]
    return np.array([als.solve_user(fixed, columns[rows == row], ratings[rows == row], reg) for row in range(n)])


def near(one, other):
    return bool(np.allclose(one, other, rtol=1e-3, atol=1e-4))


def law_facts(runs):
    facts, (*chain, one, two) = {}, runs
    for name, run in (("last sweep", chain[-1]), ("planted", one), ("planted again", two)):
        P, Q, history = state(run)
        given = run.arguments
        facts[f"{name}: the shapes of P and Q"] = (*P.shape, *Q.shape)
        facts[f"{name}: the number of entries in history"] = len(history)
        if name != "last sweep" and len(P) == given["n_users"]:
            facts[f"{name}: P · Q comes near the known ratings"] = bool(rmse_of(P, Q, given) < 0.1 * given["ratings"].std())
    if len(state(chain[0])[0]) != chain[0].arguments["n_users"]:
        return facts
    for n, (before, after) in enumerate(zip(chain, chain[1:], strict=False), 1):
        (_, Q, _), (new_P, new_Q, _), given = state(before), state(after), after.arguments
        users, items = given["users"], given["items"]
        facts[f"sweep {n} solves the users with the items as they were"] = near(new_P, solved(Q, users, items, len(new_P), given))
        facts[f"sweep {n} leaves every item at its solution with the new users"] = near(
            new_Q, solved(new_P, items, users, len(new_Q), given)
        )
    return facts


@group("the law: sweep after sweep from the factors drawn; history has a number for each", 2, Facts(law_facts))
def sweep_by_sweep(rng):
    """One start with 0, 1, 2 and 3 sweeps; then products of two factors, twice, which are learned."""
    given, seed = some(rng), int(rng.integers(2**32))
    for n_epochs in range(4):
        yield {**given, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}
    yield planted(rng)
    yield planted(rng)


def history_facts(runs):
    facts = {}
    for run in runs:
        P, Q, history = state(run)
        n = run.arguments["n_epochs"]
        facts[f"after {n} sweeps history has {n} entries"] = len(history)
        facts[f"after {n} sweeps the last entry is the RMSE of the factors returned"] = bool(
            np.isclose(history[-1], rmse_of(P, Q, run.arguments), rtol=1e-5)
        )
    one, two = (state(run)[2] for run in runs)
    facts["no entry is the error that its sweep began with"] = not np.isclose(
        two[-1], rmse_of(*state(runs[0])[:2], runs[0].arguments), rtol=1e-5
    )
    facts["with one sweep more the earlier entries stay as they were"] = bool(np.isclose(one[0], two[0], rtol=1e-5))
    return facts


@group("history is the RMSE after each sweep", 1, Facts(history_facts))
def what_history_means(rng):
    """The same generator with one sweep and with two; a strong reg."""
    given, seed = some(rng, reg=2.0), int(rng.integers(2**32))
    for n_epochs in (1, 2):
        yield {**given, "n_epochs": n_epochs, "rng": np.random.default_rng(seed)}


def start_facts(runs):
    none, again, other, strong = runs
    _, Q, history = state(none)
    strong_P, strong_Q, _ = state(strong)
    return {
        "with n_epochs = 0 the history is empty": len(history),
        "with n_epochs = 0 Q is drawn at random": len(np.unique(Q)) > 2,
        "the same generator state gives the same factors": bool(np.array_equal(Q, state(again)[1])),
        "another generator gives other factors": not np.allclose(Q, state(other)[1]),
        "with a strong reg the factors shrink to almost nothing": bool(
            max(np.abs(strong_P).max(), np.abs(strong_Q).max()) < 0.05
        ),
    }


@group("the factors are drawn by rng; a strong reg shrinks them", 1, Facts(start_facts))
def start_and_strength(rng):
    """No sweep, twice with one generator and once with another; thirty sweeps with a very strong reg."""
    given, seed = some(rng, reg=1.0), int(rng.integers(2**32))
    for n_epochs, s, reg in ((0, seed, 1.0), (0, seed, 1.0), (0, seed + 1, 1.0), (30, seed, 1000.0)):
        yield {**given, "n_epochs": n_epochs, "reg": reg, "rng": np.random.default_rng(s)}


def written_out(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    P, Q = rng.normal(0, 0.1, (n_users, n_factors)), rng.normal(0, 0.1, (n_items, n_factors))
    history = []
    for epoch in range(n_epochs):
        for own, other, rows, columns in ((P, Q, users, items), (Q, P, items, users)):
            for row in range(len(own)):
                A, r = other[columns[rows == row]], ratings[rows == row]
                own[row] = np.linalg.solve(A.T @ A + reg * np.eye(n_factors), A.T @ r)
        errors = ratings - (P @ Q.T)[users, items]
        history.append(np.sqrt(np.mean(errors**2)))
        print("sweep", epoch + 1, history[-1])
    return P, Q, np.array(history)


def uniform_start(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    run = train(draw=lambda n_users, n_items, k, rng: (rng.random((n_users, k)) / 5, rng.random((n_items, k)) / 5))
    return list(run(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng))


def users_from_zeros(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    """The first half-step overwrites P, so only Q needs a draw; here of another size."""
    run = train(draw=lambda n_users, n_items, k, rng: (np.zeros((n_users, k)), rng.normal(size=(n_items, k))))
    return run(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng)


def items_drawn_first(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    def draw(n_users, n_items, k, rng):
        Q = rng.normal(0, 0.1, (n_items, k))
        return rng.normal(0, 0.1, (n_users, k)), Q

    return train(draw=draw)(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng)


def factors_as_nested_lists(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    P, Q, history = als.train_als(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng)
    return P.tolist(), Q.tolist(), history


exercise = Exercise(
    number="8.3",
    task="Draw the factors, then sweep n_epochs times; return (P, Q, history) with history the list of the RMSE after each sweep.",
    reference=als.train_als,
    uses=("solve_user", "als_sweep"),
    groups=(sweep_by_sweep, what_history_means, start_and_strength),
    mistakes=(
        factors_redrawn_each_epoch,
        one_epoch_only,
        zero_factors,
        equal_factors,
        fixed_seed,
        global_generator,
        history_before,
        history_with_the_start,
        history_of_losses,
        items_with_old_p,
        only_users,
        no_regularization,
        reg_for_each_rating,
        zeros_trained,
        order_exchanged,
    ),
    hints=(
        "It is `train_sgd` without a learning rate and without a shuffle.",
        "Draw the factors once with lesson 03's `init_factors`. Then a loop over the epochs, in which each round is one call.",
        "`history.append(als_sweep(P, Q, users, items, ratings, reg))` is all that the loop holds.",
    ),
    variants=(written_out, uniform_start, users_from_zeros, items_drawn_first, factors_as_nested_lists),
)
