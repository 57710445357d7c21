"""iterate_svd: fill in again and again, each time with what the first k terms say."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.svd import _iterations as iterations
from mfcheck.exercises.svd._iterations import iterating, rms
from mfref import svd


def table(rng, n_users, n_items, unrated_item=None):
    """A strong taste beside the means, a little noise, about a third unknown; every row and column partly known."""
    taste = np.outer(rng.choice([-1.5, 1.5], n_users) * rng.uniform(0.7, 1.3, n_users), rng.choice([-1, 1], n_items))
    R = 4 + rng.uniform(-1, 1, n_items) + taste + rng.normal(0, 0.2, (n_users, n_items))
    unknown = rng.random(R.shape) < 0.3
    unknown[np.arange(max(R.shape)) % n_users, np.arange(max(R.shape)) % n_items] = False
    unknown[0, 1] = unknown[-1, 0] = True
    unknown[0, 0] = unknown[1, 1] = unknown[1, 0] = False
    if unrated_item is not None:
        unknown[:, unrated_item] = True
    return np.where(unknown, np.nan, R)


@group("the law: start from item means, then each step puts the k terms into the unknown cells", points=3)
def several_steps(rng):
    """One step on a table by hand; then more users, more items, and a square table."""
    yield {"R": np.array([[1.0, 2.0], [2.0, 4.0], [3.0, np.nan]]), "k": 1, "n_steps": 1}
    yield {"R": table(rng, 6, 4), "k": 2, "n_steps": 3}
    yield {"R": table(rng, 4, 7), "k": 1, "n_steps": 4}
    yield {"R": table(rng, 5, 5), "k": 2, "n_steps": 2}


@group("nothing unknown: R comes back, and every change is 0.0", points=1)
def nothing_unknown(rng):
    """The list still has n_steps entries."""
    R = table(rng, 4, 5)
    yield {"R": np.where(np.isnan(R), 3.0, R), "k": 1, "n_steps": 3}


@group("no step, and an item that nobody has rated", points=1)
def at_the_edges(rng):
    """Without a step the item means come back and an empty list; an unrated item starts from the mean of all."""
    yield {"R": table(rng, 3, 4), "k": 1, "n_steps": 0}
    yield {"R": table(rng, 5, 4, unrated_item=2), "k": 1, "n_steps": 2}


@mistake(
    title="Known ratings were overwritten",
    message="After a step the k terms stand in all cells, the known ones too. The next step then fits the model's own opinion. What somebody really said must come back at every "
    "step: only this pulls the guesses into the right direction.",
    next_step="Put the product into the cells where `np.isnan(R)` is True, and R into the others.",
    also=(iterating(put=iterations.guess_everywhere, measure=lambda difference, R: float(np.sqrt(np.mean(difference**2)))),),
)
def known_overwritten(R, k, n_steps):
    return iterating(put=iterations.guess_everywhere)(R, k, n_steps)


@mistake(
    title="The start is not the item means",
    message="The unknown cells began with something else. In the end the start may matter little, but zeros take many steps more: they are far from any rating.",
    next_step='Begin with `impute(R, "item_mean")`.',
    also=tuple(iterating(how=how) for how in ("global_mean", "user_mean")),
)
def other_start(R, k, n_steps):
    return iterating(how="zero")(R, k, n_steps)


@mistake(
    title="Each step decomposes the start again",
    message="The decomposition was taken of the same matrix every time, so that the second step does what the first did. Each step has to see what the one before has filled in.",
    next_step="Inside the loop, decompose the matrix that the loop changes.",
)
def not_refilled(R, k, n_steps):
    return iterating(refill=False)(R, k, n_steps)


@mistake(
    title="The change is averaged over all cells",
    message="Known cells never change. To average over them as well makes the change look smaller, the more is known. The mean runs over the unknown cells only.",
    next_step="Take the difference at the cells where `np.isnan(R)` is True.",
)
def all_cells(R, k, n_steps):
    return iterating(measure=lambda difference, R: float(np.sqrt(np.mean(difference**2))))(R, k, n_steps)


@mistake(
    title="Another measure of the change",
    message="The changes are not root mean squares: the root or the mean is missing, or absolute values were averaged. Three operations in this order: square, mean, root.",
    next_step="`np.sqrt(np.mean(change**2))`.",
    also=(
        iterating(measure=lambda difference, R: float(np.sqrt(np.sum(difference**2)))),
        iterating(measure=lambda difference, R: float(np.sum(difference**2))),
        iterating(measure=lambda difference, R: float(np.mean(np.abs(difference[np.isnan(R)]))) if np.isnan(R).any() else 0.0),
        iterating(measure=lambda difference, R: float(np.abs(difference).max())),
    ),
)
def other_measure(R, k, n_steps):
    return iterating(measure=lambda difference, R: rms(difference, R) ** 2)(R, k, n_steps)


@mistake(
    title="The change from the start",
    message="Each change was measured against the item means. A change belongs to one step: from just before it to just after it. Only such changes go to 0 when the steps have "
    "nothing more to do.",
    next_step="Keep the matrix from before the step, and compare with that.",
)
def change_from_the_start(R, k, n_steps):
    start = svd.impute(R, "item_mean")
    filled = [svd.iterate_svd(R, k, n)[0] for n in range(n_steps + 1)]
    return filled[-1], [rms(one - start, R) for one in filled[1:]]


@mistake(
    title="The error of the known cells, not the change",
    message="The list holds how far the k terms are from the **known** ratings. That is worth knowing, too, but asked for is by how much the unknown cells moved.",
    next_step="Compare the unknown cells before and after the step.",
)
def training_error(R, k, n_steps):
    known = ~np.isnan(R)
    filled, errors = svd.impute(R, "item_mean"), []
    for _ in range(n_steps):
        guess = iterations.low_rank(filled, k)
        errors.append(float(np.sqrt(np.mean((guess - R)[known] ** 2))))
        filled = np.where(known, R, guess)
    return filled, errors


@mistake(
    title="The mean of nothing",
    message="Without unknown cells the change is the mean of nothing, which is NaN. Nothing changed, so the change is 0.",
    next_step="Ask whether any cell is unknown before you take the mean.",
)
def mean_of_nothing(R, k, n_steps):
    return iterating(measure=iterations.nan_if_none)(R, k, n_steps)


@mistake(
    title="It stops early",
    message="The loop ends when a change is small, or after its first step. The task asks for n_steps steps and as many changes, also when they are 0.",
    next_step="Take out the `break`, and look at the indentation of `return`.",
    also=(iterating(stop=lambda change: True),),
)
def stops_early(R, k, n_steps):
    return iterating(stop=lambda change: change < 1e-6)(R, k, n_steps)


@mistake(
    title="k was not used",
    message="All the terms were kept. They give the filled matrix back as it is, so nothing ever changes: the guesses are taken at their word.",
    next_step="Take the product of the first k terms only.",
)
def all_terms(R, k, n_steps):
    return iterating(fit=lambda filled, k: filled.copy())(R, k, n_steps)


@mistake(
    title="The singular values are missing or wrong",
    message="What was put in is not the product U · diag(s) · Vt of the first k terms: s is missing, or the last terms were taken, or s was made smaller.",
    next_step="With your own `truncated_svd`: `U * s @ Vt`.",
    also=(iterating(fit=iterations.smallest), iterating(fit=iterations.soft)),
)
def other_product(R, k, n_steps):
    return iterating(fit=iterations.all_but_s)(R, k, n_steps)


@mistake(
    title="Only the last change came back",
    message="One number was returned in place of the list. The list shows whether the steps come to rest.",
    next_step="Append every change to a list, and return the list.",
)
def last_change_only(R, k, n_steps):
    filled, changes = svd.iterate_svd(R, k, n_steps)
    return filled, changes[-1] if changes else 0.0


@mistake(
    title="The last product came back, not the filled table",
    message="The first value is the product of the k terms. In the filled table the known ratings are as they were.",
    next_step="Return the table with the product in its unknown cells only.",
)
def product_returned(R, k, n_steps):
    filled, changes = svd.iterate_svd(R, k, max(n_steps - 1, 0))
    changes = svd.iterate_svd(R, k, n_steps)[1]
    return iterations.low_rank(filled, k) if n_steps else filled, changes


def cell_by_cell(R, k, n_steps):
    n_users, n_items = R.shape
    blank = [(u, i) for u in range(n_users) for i in range(n_items) if np.isnan(R[u, i])]
    X, changes = svd.impute(R, "item_mean"), []
    for _ in range(n_steps):
        U, s, Vt = np.linalg.svd(X)
        new = {(u, i): sum(U[u, f] * s[f] * Vt[f, i] for f in range(k)) for u, i in blank}
        changes.append((sum((new[c] - X[c]) ** 2 for c in blank) / max(len(blank), 1)) ** 0.5)
        for c in blank:
            X[c] = new[c]
    print(changes)
    return X.tolist(), changes


def filled_in_place_of_a_copy(R, k, n_steps):
    blank, X, changes = np.isnan(R), svd.impute(R, "item_mean"), np.zeros(n_steps)
    for n in range(n_steps):
        before = X[blank]
        P, Q = svd.factors_from_svd(*svd.truncated_svd(X, k), k)
        X[blank] = (P @ Q.T)[blank]
        changes[n] = np.linalg.norm(X[blank] - before) / np.sqrt(max(blank.sum(), 1))
    return X, changes


def by_projection(R, k, n_steps):
    """The product of the first k terms is the projection on the first k directions of the items."""
    warnings.warn("no U needed", stacklevel=1)
    X, changes = svd.impute(R, "item_mean"), []
    for _ in range(n_steps):
        V = np.linalg.eigh(X.T @ X)[1][:, -k:]
        new = np.where(np.isnan(R), X @ V @ V.T, R)
        cells = (new - X)[np.isnan(R)]
        changes.append(np.sqrt(cells @ cells / len(cells)) if len(cells) else 0)
        X = new
    return [X, changes]


def single_precision(R, k, n_steps):
    filled, changes = svd.iterate_svd(R.astype(np.float32), k, n_steps)
    return filled.astype(np.float32), np.array(changes, dtype=np.float32)


exercise = Exercise(
    number="9.4",
    task="Fill R with the item means. Then n_steps times: decompose the filled matrix, and put the product of its first k terms into the unknown cells. Return "
    "(filled, changes): the last filled matrix, and for each step the root of the mean squared change of the unknown cells, 0.0 if there are none.",
    reference=svd.iterate_svd,
    uses=("impute", "truncated_svd"),
    groups=(several_steps, nothing_unknown, at_the_edges),
    mistakes=(
        known_overwritten,
        other_start,
        not_refilled,
        all_cells,
        other_measure,
        change_from_the_start,
        training_error,
        mean_of_nothing,
        stops_early,
        all_terms,
        other_product,
        last_change_only,
        product_returned,
    ),
    hints=(
        "Which cells may change at all? Remember them before the loop: once R is filled, nothing tells known from guessed.",
        "Before the loop: `unknown = np.isnan(R)` and the item means from your `impute`. In the loop, `truncated_svd` of the filled matrix gives U, s and Vt, and "
        "`U * s @ Vt` is their product.",
        "In each step: the product; its difference to the filled matrix at the `unknown` cells; the root of the mean of the squares of that, or 0.0 when there are "
        "none, goes to the list; then a new filled matrix by `np.where(unknown, product, R)`.",
    ),
    variants=(cell_by_cell, filled_in_place_of_a_copy, by_projection, single_precision),
)
