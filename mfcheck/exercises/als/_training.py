"""A training run with its parts exchanged, and the known mistakes of `train_als` that are made of it."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.als._slips import half_step, sweep
from mfref import als
from mfref.sgd import init_factors


def train(one_sweep=als.als_sweep, draw=init_factors, before=None, history_of=None, name="train_als"):
    """→ a `train_als` with its parts exchanged. before(P, Q, rng): done before each sweep."""

    def train_als(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
        P, Q = draw(n_users, n_items, n_factors, rng)
        history = []
        for _ in range(n_epochs):
            if before:
                before(P, Q, rng)
            error = one_sweep(P, Q, users, items, ratings, reg)
            history.append(history_of(P, Q, users, items, ratings, reg) if history_of else error)
        return P, Q, history

    train_als.__name__ = name
    return train_als


def redraw(P, Q, rng):
    P[:], Q[:] = rng.normal(0, 0.1, P.shape), rng.normal(0, 0.1, Q.shape)


factors_redrawn_each_epoch = mistake(
    title="The factors are drawn anew in each epoch",
    message="Every sweep begins from new random factors, so nothing that the sweep before has learned is kept.",
    next_step="Draw the factors once, before the loop.",
)(train(before=redraw, name="factors_redrawn_each_epoch"))


@mistake(
    title="Only one sweep",
    message="The history has a single entry, whatever n_epochs is: the loop is missing, or `return` stands inside it.",
    next_step="Check the indentation of `return`.",
)
def one_epoch_only(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    return als.train_als(users, items, ratings, n_users, n_items, n_factors, reg, min(n_epochs, 1), rng)


zero_factors = mistake(
    title="The factors begin at zero",
    message="Q begins as zeros. Then every user's best vector is zero, and so is every item's for those: all sweeps leave zeros.",
    next_step="Draw the factors with `init_factors`.",
)(train(draw=lambda n_users, n_items, k, rng: (np.zeros((n_users, k)), np.zeros((n_items, k))), name="zero_factors"))

equal_factors = mistake(
    title="The factors begin all equal",
    message="All entries of the start are the same number. Then the factors of a vector stay equal in every sweep: many columns do the work of one.",
    next_step="Draw the factors at random, with `init_factors`.",
)(train(draw=lambda n_users, n_items, k, rng: (np.full((n_users, k), 0.1), np.full((n_items, k), 0.1)), name="equal_factors"))

fixed_seed = mistake(
    title="The start is always the same",
    message="The factors do not depend on `rng`: a generator with a fixed seed is made inside the function.",
    next_step="Hand `rng` to `init_factors`.",
)(train(draw=lambda n_users, n_items, k, rng: init_factors(n_users, n_items, k, np.random.default_rng(0)), name="fixed_seed"))

global_generator = mistake(
    title="`rng` does not draw the factors",
    message="The same `rng` gives other factors at every call: they come from `np.random` or from a generator of their own. Nobody could repeat your result.",
    next_step="Hand `rng` to `init_factors`.",
)(
    train(
        draw=lambda n_users, n_items, k, rng: init_factors(n_users, n_items, k, np.random.default_rng()), name="global_generator"
    )
)

history_before = mistake(
    title="The history has the errors before the sweeps",
    message="Each entry is the RMSE that the sweep began with. So it was in SGD, whose errors are met on the way. Here an entry is the RMSE after its sweep, and the last one "
    "belongs to the factors that you return.",
    next_step="Append what `als_sweep` returns.",
)(train(one_sweep=sweep(error="before"), name="history_before"))


@mistake(
    title="The history has an entry too many",
    message="The error of the random start was put before the entries of the sweeps. The history has exactly n_epochs entries.",
    next_step="Append to history inside the loop only.",
)
def history_with_the_start(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    P, Q, history = als.train_als(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng)
    return P, Q, [float(np.sqrt(np.mean(ratings**2))), *history]


def loss(P, Q, users, items, ratings, reg):
    return float(np.sum((ratings - np.sum(P[users] * Q[items], axis=1)) ** 2) + reg * ((P**2).sum() + (Q**2).sum()))


history_of_losses = mistake(
    title="The history is not made of root mean squares",
    message="The entries are losses, sums or means of squares. An entry is an RMSE in rating points, as `als_sweep` returns it.",
    next_step="Append what `als_sweep` returns.",
    also=tuple(
        train(history_of=what)
        for what in (
            lambda P, Q, u, i, r, reg: float(np.sum((r - np.sum(P[u] * Q[i], axis=1)) ** 2)),
            lambda P, Q, u, i, r, reg: float(np.mean((r - np.sum(P[u] * Q[i], axis=1)) ** 2)),
        )
    ),
)(train(history_of=loss, name="history_of_losses"))

items_with_old_p = mistake(
    title="Both sides were solved at the same time",
    message="The items were solved for the users' vectors of the sweep before. After the last sweep they do not fit the P that is returned, and the error may even rise.",
    next_step="Use `als_sweep`: users first, then items with the new P.",
)(train(one_sweep=sweep(new=False), name="items_with_old_p"))

only_users = mistake(
    title="Only the users were trained",
    message="Q is as it was drawn. With random vectors for the items even the best P explains little.",
    next_step="Use `als_sweep`, which solves both sides.",
)(train(one_sweep=sweep(sides="first"), name="only_users"))

no_regularization = mistake(
    title="There is no regularization",
    message="A very strong `reg` changes nothing: it was not handed on.",
    next_step="Give `reg` to `als_sweep`.",
)(train(one_sweep=lambda P, Q, u, i, r, reg: als.als_sweep(P, Q, u, i, r, 1e-8), name="no_regularization"))

reg_for_each_rating = mistake(
    title="reg is multiplied by the number of ratings",
    message="The penalty of each vector was multiplied by how many ratings it has. That is another convention (weighted-λ regularization). Here each vector pays once.",
    next_step="Hand `reg` on as it is.",
)(train(one_sweep=sweep(solve=half_step(penalty=lambda reg, n: reg * max(n, 1))), name="reg_for_each_rating"))


@mistake(
    title="Unknown ratings are trained as zeros",
    message="The known ratings are not learned: the sweeps went over all cells of the matrix, the unknown ones as ratings of 0.",
    next_step="Train on `users, items, ratings` only, without a full matrix.",
)
def zeros_trained(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    table = np.zeros((n_users, n_items))
    table[users, items] = ratings
    cells = np.indices(table.shape).reshape(2, -1)
    return als.train_als(*cells, table.ravel(), n_users, n_items, n_factors, reg, n_epochs, rng)


@mistake(
    title="P and Q have changed places",
    message="The shapes show that Q stands where P should. Whoever calls the function relies on the order.",
    next_step="Return P, Q, history.",
)
def order_exchanged(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng):
    P, Q, history = als.train_als(users, items, ratings, n_users, n_items, n_factors, reg, n_epochs, rng)
    return Q, P, history
