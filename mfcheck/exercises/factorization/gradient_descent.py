"""gradient_descent: walk down the loss, all ratings at once."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.factorization.squared_error import by_hand, problem
from mfref import factorization, sgd


def walk(arguments, lr, reg, n_steps):
    return {**arguments, "lr": float(lr), "reg": float(reg), "n_steps": n_steps}


@group("the law: n_steps steps against the gradient, and the loss at the start and after each step", points=2)
def several_steps(rng):
    """One step by hand; then users and items that meet again, and rows without ratings. The loss falls at every step."""
    yield walk({**by_hand(), "items": np.array([0]), "Q": np.array([[1.0, 2.0]])}, 0.05, 0.5, 1)
    yield walk(problem(rng, [0, 0, 1], [1, 0, 1], 2, 3), rng.uniform(0.01, 0.03), rng.uniform(0.5, 1), 2)
    yield walk(problem(rng, [2, 0, 0, 1, 2, 1], [0, 2, 0, 1, 1, 3], 4, 4), rng.uniform(0.01, 0.02), rng.uniform(0.5, 1), 4)
    yield walk(problem(rng, [1, 0, 1, 0], [0, 0, 2, 1], 2, 3, 3), rng.uniform(0.01, 0.02), rng.uniform(1, 2), 3)


@group("n_steps = 0: the factors as they are, and one loss", points=1)
def no_step(rng):
    """Nothing moves; the list holds the loss of the start."""
    yield walk(problem(rng, [0, 1, 1], [0, 0, 1], 2, 2), 0.1, rng.uniform(0.5, 1), 0)


@group("all steps are done, also when the loss rises or stands still", points=1)
def rising_or_resting(rng):
    """Steps far too large; then a start on a level place."""
    factors = {"P": rng.uniform(1.6, 2.4, (2, 2)), "Q": rng.uniform(1.6, 2.4, (2, 2))}
    yield walk({**problem(rng, [0, 0, 1], [0, 1, 1], 2, 2), **factors}, rng.uniform(0.4, 0.5), rng.uniform(0.5, 1), 2)
    factors = {"P": np.zeros((2, 2)), "Q": np.zeros((2, 2))}
    yield walk({**problem(rng, [0, 1], [0, 1], 2, 2), **factors}, 0.1, 0.5, 4)


def right_step(users, items, ratings, P, Q, lr, reg):
    dP, dQ = factorization.loss_gradient(users, items, ratings, P, Q, reg)
    return P - lr * dP, Q - lr * dQ


def descent(step=right_step, loss=factorization.regularized_loss, stop=lambda before, after: False):
    """The walk with its parts exchanged: one step, what is kept of it, and when the walk ends."""

    def gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps):
        losses = [loss(users, items, ratings, P, Q, reg)]
        for _ in range(n_steps):
            P, Q = step(users, items, ratings, P, Q, lr, reg)
            losses.append(loss(users, items, ratings, P, Q, reg))
            if stop(*losses[-2:]):
                break
        return P, Q, losses

    return gradient_descent


def p_then_q(users, items, ratings, P, Q, lr, reg):
    P, _ = right_step(users, items, ratings, P, Q, lr, reg)
    return P, right_step(users, items, ratings, P, Q, lr, reg)[1]


def q_then_p(users, items, ratings, P, Q, lr, reg):
    _, Q = right_step(users, items, ratings, P, Q, lr, reg)
    return right_step(users, items, ratings, P, Q, lr, reg)[0], Q


@mistake(
    title="P and Q were not moved from the same point",
    message="The one had already moved when the gradient of the other was taken. A gradient belongs to one point: both its parts come from the old P and "
    "the old Q.",
    next_step="Take dP and dQ with one call of `loss_gradient`, then move both.",
    also=(
        descent(q_then_p),
        descent(lambda users, items, ratings, P, Q, lr, reg: p_then_q(users, items, ratings, P, Q, lr / 2, reg)),
    ),
)
def p_moved_before_gradient_of_q(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(p_then_q)(users, items, ratings, P, Q, lr, reg, n_steps)


def callers_arrays_changed(runs):
    pairs = [(run.arguments[name], run.outcome.after[name]) for run in runs for name in ("P", "Q")]
    return any(not np.array_equal(before, after) for before, after in pairs)


@mistake(
    title="The caller's P and Q were changed",
    message="After the call the caller's own P and Q are not what they were: `P -= …` and `P[:] = …` write into the array that was "
    "handed over. `P0 = P` does not help, it is a second name for the same array. A second walk from the same start would begin elsewhere.",
    next_step="Make new arrays, `P = P - …`, or begin with `P.copy()`.",
    recognise=callers_arrays_changed,
)
def callers_factors_changed(users, items, ratings, P, Q, lr, reg, n_steps):
    new_P, new_Q, losses = factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps)
    P[:], Q[:] = new_P, new_Q
    return P, Q, losses


@mistake(
    title="The loss of the start is missing",
    message="The list begins after the first step. Without the start nobody sees what the first step did. The full list has n_steps + 1 entries.",
    next_step="Compute one loss before the loop.",
)
def start_missing(users, items, ratings, P, Q, lr, reg, n_steps):
    P, Q, losses = factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps)
    return P, Q, losses[1:]


@mistake(
    title="The losses are taken before the step",
    message="In the loop the loss is taken first and the step is made after it. The last step then never shows its effect: the loss of the end is missing. "
    "The list holds the start and what comes after each step, n_steps + 1 entries.",
    next_step="One loss before the loop; in the loop, move first, then append the loss.",
    also=(lambda **more: (*descent()(**more)[:2], descent()(**more)[2][:-1]),),
)
def loss_before_the_step(users, items, ratings, P, Q, lr, reg, n_steps):
    P, Q, losses = factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps)
    return P, Q, losses[:1] + losses[:-1] if n_steps else losses


@mistake(
    title="Only the last loss is kept",
    message="One number was returned in place of a list. The whole list is the curve that shows how the walk went.",
    next_step="Append each loss to a list, and return the list.",
)
def last_loss_only(users, items, ratings, P, Q, lr, reg, n_steps):
    P, Q, losses = factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps)
    return P, Q, losses[-1]


@mistake(
    title="The losses leave the penalty out",
    message="The list holds the squared errors, or the RMSE. What a small step brings down is the loss that the gradient belongs to: the sum with "
    "the penalty. The error alone may rise.",
    next_step="Append what `regularized_loss` gives.",
    also=(descent(loss=lambda *known: np.sqrt(factorization.squared_error(*known[:5]) / len(known[2]))),),
)
def unregularized_losses(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(loss=lambda *args: factorization.squared_error(*args[:5]))(users, items, ratings, P, Q, lr, reg, n_steps)


@mistake(
    title="The steps go uphill",
    message="The gradient was added. It points to where the loss grows, so a step goes against it.",
    next_step="Subtract `lr` times the gradient.",
)
def uphill(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(lambda *args: right_step(*args[:5], -args[5], args[6]))(users, items, ratings, P, Q, lr, reg, n_steps)


@mistake(
    title="`reg` is not used",
    message="The steps follow the error alone, as with reg = 0. The vectors then grow to fit the last bit of every rating.",
    next_step="Pass `reg` on to `loss_gradient` and to `regularized_loss`.",
    also=(lambda **more: factorization.gradient_descent(**{**more, "reg": 0.0}),),
)
def reg_ignored(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(lambda *args: right_step(*args[:6], 0.0))(users, items, ratings, P, Q, lr, reg, n_steps)


@mistake(
    title="Half of each step",
    message="The steps are half as long as they should be: the factor 2 of the gradient is lost. That is the same walk with lr / 2, but here the "
    "step is lr times the gradient.",
    next_step="Use the gradient of exercise 2.5 as it is.",
)
def factor_two_lost(users, items, ratings, P, Q, lr, reg, n_steps):
    return factorization.gradient_descent(users, items, ratings, P, Q, lr / 2, reg, n_steps)


def one_rating_after_the_other(users, items, ratings, P, Q, lr, reg):
    P, Q = P.copy(), Q.copy()
    for n in range(len(ratings)):
        sgd.sgd_step(P, Q, users[n], items[n], ratings[n], 2 * lr, reg)
    return P, Q


@mistake(
    title="A step for every rating",
    message="P and Q moved after each single rating. That is another method, the subject of lesson 03. Here a step looks at all ratings from one point, then "
    "moves once.",
    next_step="Add the pulls of all ratings up first; `loss_gradient` does that.",
    also=(descent(lambda *args: one_rating_after_the_other(*args[:5], args[5] / 2, args[6])),),
)
def rating_by_rating(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(one_rating_after_the_other)(users, items, ratings, P, Q, lr, reg, n_steps)


@mistake(
    title="Only one step",
    message="The walk ends after its first step: `return` stands inside the loop.",
    next_step="Check the indentation of `return`.",
)
def one_step_only(users, items, ratings, P, Q, lr, reg, n_steps):
    return factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, 1) if n_steps else None


@mistake(
    title="One step too few or too many",
    message="The number of steps is not n_steps. `range(1, n)` has n − 1 rounds, `range(n + 1)` one more than n.",
    next_step="Loop over `range(n_steps)`.",
    also=(lambda **more: factorization.gradient_descent(**{**more, "n_steps": more["n_steps"] + 1}),),
)
def steps_miscounted(users, items, ratings, P, Q, lr, reg, n_steps):
    return factorization.gradient_descent(users, items, ratings, P, Q, lr, reg, max(n_steps - 1, 0))


@mistake(
    title="The walk stops early",
    message="When the loss rises or stands still, the walk ends before n_steps. A rising loss is what a reader must see: it says that the learning rate is too "
    "large.",
    next_step="Do all n_steps, and keep every loss.",
    also=(descent(stop=lambda before, after: after > before), descent(stop=lambda before, after: abs(before - after) < 1e-9)),
)
def stops_early(users, items, ratings, P, Q, lr, reg, n_steps):
    return descent(stop=lambda before, after: after >= before)(users, items, ratings, P, Q, lr, reg, n_steps)


def copies_moved_in_place(users, items, ratings, P, Q, lr, reg, n_steps):
    P, Q = P.copy(), Q.copy()
    losses = np.zeros(n_steps + 1)
    losses[0] = factorization.regularized_loss(users, items, ratings, P, Q, reg)
    for step in range(1, n_steps + 1):
        dP, dQ = factorization.loss_gradient(users, items, ratings, P, Q, reg)
        P -= lr * dP
        Q -= lr * dQ
        losses[step] = factorization.regularized_loss(users, items, ratings, P, Q, reg)
        print("step", step, losses[step])
    return P, Q, losses


def written_out(users, items, ratings, P, Q, lr, reg, n_steps):
    warnings.warn("a dense table", stacklevel=1)
    table = np.full((len(P), len(Q)), np.nan)
    table[users, items] = ratings
    losses = []
    for step in range(n_steps + 1):
        E = np.nan_to_num(table - P @ Q.T)
        losses.append(np.sum(E**2) + reg * (np.linalg.norm(P) ** 2 + np.linalg.norm(Q) ** 2))
        if step < n_steps:
            P, Q = P + 2 * lr * (E @ Q - reg * P), Q + 2 * lr * (E.T @ P - reg * Q)
    return [P, Q, losses]


def recursive(users, items, ratings, P, Q, lr, reg, n_steps):
    loss = factorization.regularized_loss(users, items, ratings, P, Q, reg)
    if n_steps == 0:
        return P.tolist(), Q.tolist(), (loss,)
    P, Q = right_step(users, items, ratings, P, Q, lr, reg)
    P, Q, losses = recursive(users, items, ratings, P, Q, lr, reg, n_steps - 1)
    return P, Q, (loss, *losses)


def single_precision(users, items, ratings, P, Q, lr, reg, n_steps):
    P, Q = np.float32(P), np.float32(Q)
    return [np.float32(x) for x in factorization.gradient_descent(users, items, np.float32(ratings), P, Q, lr, reg, n_steps)]


exercise = Exercise(
    number="2.6",
    task="From P and Q do n_steps steps against the gradient of regularized_loss, P − lr·dP and Q − lr·dQ; return (P, Q, losses) with the "
    "n_steps + 1 losses, that of the start first.",
    reference=factorization.gradient_descent,
    uses=("predict_one", "predict_all", "squared_error", "regularized_loss", "loss_gradient"),
    groups=(several_steps, no_step, rising_or_resting),
    mistakes=(
        p_moved_before_gradient_of_q,
        callers_factors_changed,
        start_missing,
        loss_before_the_step,
        last_loss_only,
        unregularized_losses,
        uphill,
        reg_ignored,
        factor_two_lost,
        rating_by_rating,
        one_step_only,
        steps_miscounted,
        stops_early,
    ),
    hints=(
        "You have both parts already: `loss_gradient` says which way is uphill, `regularized_loss` how high you are.",
        "Begin the list with the loss of the start. In each round: both gradients from the same P and Q, then both moves, then one loss.",
        "In the loop: `dP, dQ = loss_gradient(…)`, then `P, Q = P - lr * dP, Q - lr * dQ`, which makes new arrays, then append the regularized loss.",
    ),
    variants=(copies_moved_in_place, written_out, recursive, single_precision),
)
