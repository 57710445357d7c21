"""sgd_step: move two vectors for one rating."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import sgd


def problem(rng, n_factors=2, **given):
    """Large numbers and steps, so that every mistake shows."""
    return {
        "P": rng.normal(size=(3, n_factors)),
        "Q": rng.normal(size=(4, n_factors)),
        "u": int(rng.integers(3)),
        "i": int(rng.integers(4)),
        "r": float(rng.uniform(2, 5)),
        "lr": float(rng.uniform(0.2, 0.5)),
        "reg": float(rng.uniform(0.2, 0.6)),
        **given,
    }


@group("the law: any rating, both vectors from the old values, the error returned", points=3)
def any_rating(rng):
    """One factor by hand, then more."""
    yield problem(rng, 1, P=np.array([[1.0]]), Q=np.array([[2.0]]), u=0, i=0, r=4.0, lr=0.1, reg=0.5)
    yield problem(rng, 2)
    yield problem(rng, 5)
    yield problem(rng, 3, lr=1.0)


@group("a rating that is already predicted exactly: only the regularization moves the vectors", points=1)
def already_predicted(rng):
    """With e = 0 the step must shrink both vectors."""
    arguments = problem(rng, 3)
    arguments["r"] = float(arguments["P"][arguments["u"]] @ arguments["Q"][arguments["i"]])
    yield arguments


def q_with_new_p_and(step):
    """The same mistake when the step itself is wrong, too: `step(e, a, b, lr, reg)` moves a along b."""

    def sgd_step(P, Q, u, i, r, lr, reg):
        e = r - P[u] @ Q[i]
        P[u] += step(e, P[u], Q[i], lr, reg)
        Q[i] += step(e, Q[i], P[u], lr, reg)
        return e

    return sgd_step


@mistake(
    title="q was moved with the new p",
    message="When the step of q was computed, `P[u]` had already moved. Both steps belong to the same point. If you did "
    "save p first: `P[u]`, `P[u, :]` and `P[u][:]` are views of P, not copies, and move with it. "
    "This is the most frequent mistake in published code, too.",
    next_step="Compute both steps before you apply either, or save `P[u].copy()`.",
    also=(
        q_with_new_p_and(lambda e, a, b, lr, reg: lr * 2 * (e * b - reg * a)),
        q_with_new_p_and(lambda e, a, b, lr, reg: lr * (2 * e * b - reg * a)),
        q_with_new_p_and(lambda e, a, b, lr, reg: lr * 2 * e * b - reg * a),
        q_with_new_p_and(lambda e, a, b, lr, reg: lr * e * b - reg * a),
        q_with_new_p_and(lambda e, a, b, lr, reg: lr * e * b),
    ),
)
def q_with_new_p(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e


@mistake(
    title="p was moved with the new q",
    message="When the step of p was computed, `Q[i]` had already moved. Both steps belong to the same point. A saved `Q[i]` "
    "is a view of Q, not a copy, and moves with it.",
    next_step="Compute both steps before you apply either, or save `Q[i].copy()`.",
)
def p_with_new_q(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    Q[i] += lr * (e * P[u] - reg * Q[i])
    P[u] += lr * (e * Q[i] - reg * P[u])
    return e


def twice_the_error_outside(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * 2 * e * q - reg * p
    Q[i] += lr * 2 * e * p - reg * q
    return e


@mistake(
    title="The regularization is outside the learning rate",
    message="The term with `reg` must be multiplied by `lr` like the rest of the step. As it is, the vectors shrink by the full "
    "`reg` at every rating, however small the learning rate.",
    next_step="Check the brackets: `lr` times all of (e·q − reg·p).",
    also=(twice_the_error_outside,),
)
def regularization_outside_learning_rate(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * e * q - reg * p
    Q[i] += lr * e * p - reg * q
    return e


@mistake(
    title="A factor 2 with the error only",
    message="The step of the error is twice as large as the task says, and the regularization's is not. Where the 2 of the "
    "gradient is kept, it belongs to both terms; here it is absorbed in the learning rate.",
    next_step="Compare your update with the formula, term by term.",
)
def factor_two_on_the_error(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * (2 * e * q - reg * p)
    Q[i] += lr * (2 * e * p - reg * q)
    return e


@mistake(
    title="Twice the step",
    message="Both terms are multiplied by 2: the gradient's factor 2 was kept. That is the same method with twice the learning "
    "rate, but the contract of this function absorbs the 2 in `lr`.",
    next_step="Leave the factor 2 out of both terms.",
)
def twice_the_step(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += 2 * lr * (e * q - reg * p)
    Q[i] += 2 * lr * (e * p - reg * q)
    return e


@mistake(
    title="The regularization is missing",
    message="Your step follows the error alone. The term with `reg` pulls the vectors towards zero; without it they grow to fit "
    "noise.",
    next_step="Find `reg` in the formula, and put it into both updates.",
)
def no_regularization(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * e * q
    Q[i] += lr * e * p
    return e


@mistake(
    title="The regularization pushes the wrong way",
    message="The sign of the term with `reg` is flipped: it lengthens the vectors instead of shortening them. Often the error was "
    "defined as prediction minus rating and only one of the signs was turned.",
    next_step="Take a rating that is predicted exactly: both vectors must become shorter.",
)
def half_flipped_sign(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] += lr * (e * q + reg * p)
    Q[i] += lr * (e * p + reg * q)
    return e


@mistake(
    title="The step goes uphill",
    message="The vectors move away from the rating: after the step the error is larger than before. The gradient points uphill, "
    "and the step goes against it.",
    next_step="Check the sign of e = r − p·q, and whether you add or subtract the step.",
)
def uphill(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P[u] -= lr * (e * q - reg * p)
    Q[i] -= lr * (e * p - reg * q)
    return e


@mistake(
    title="The error has the other sign",
    message="The vectors move as they should, but prediction minus rating is returned. The task asks for rating minus prediction.",
    next_step="Return r − p·q.",
)
def error_with_other_sign(P, Q, u, i, r, lr, reg):
    return -sgd.sgd_step(P, Q, u, i, r, lr, reg)


@mistake(
    title="The error after the step was returned",
    message="The error was computed again with the moved vectors. The history of a training run is made of the errors met on the "
    "way, before each step.",
    next_step="Compute e once, before P and Q change, and return that.",
)
def error_after_the_step(P, Q, u, i, r, lr, reg):
    sgd.sgd_step(P, Q, u, i, r, lr, reg)
    return r - P[u] @ Q[i]


@mistake(
    title="P and Q stay as they were",
    message="The error is right, but P and Q are unchanged after the call: the new vectors were put into local variables. "
    "`p = p + …` makes a new array; `P[u] = …` and `P[u] += …` change the caller's.",
    next_step="Write the new vectors into the rows `P[u]` and `Q[i]`.",
)
def not_in_place(P, Q, u, i, r, lr, reg):
    return sgd.sgd_step(P.copy(), Q.copy(), u, i, r, lr, reg)


@mistake(
    title="Only p was moved",
    message="`P[u]` moves as it should, `Q[i]` stays. A rating teaches something about the user and about the item.",
    next_step="Move `Q[i]` as well, with the old p.",
)
def only_p_moved(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    return e


@mistake(
    title="All rows were moved",
    message="More rows than those of this user and this item have changed: the regularization, or the whole step, was applied to "
    "all of P and Q. One rating says nothing about other users and items.",
    next_step="Index both sides: `P[u]` and `Q[i]`.",
)
def all_rows_shrink(P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = r - p @ q
    P -= lr * reg * P
    Q -= lr * reg * Q
    P[u] += lr * e * q
    Q[i] += lr * e * p
    return e


def both_steps_first(P, Q, u, i, r, lr, reg):
    error = r - np.dot(P[u], Q[i])
    step_p = lr * (error * Q[i] - reg * P[u])
    step_q = lr * (error * P[u] - reg * Q[i])
    P[u] += step_p
    Q[i] += step_q
    return error


def tuple_assignment(P, Q, u, i, r, lr, reg):
    e = r - P[u].dot(Q[i])
    P[u, :], Q[i, :] = P[u, :] + lr * (e * Q[i, :] - reg * P[u, :]), Q[i, :] + lr * (e * P[u, :] - reg * Q[i, :])
    print("error", e)
    return e


def scalar_loop(P, Q, u, i, r, lr, reg):
    warnings.warn("slow but clear", stacklevel=1)
    e = r - sum(P[u][k] * Q[i][k] for k in range(P.shape[1]))
    for k in range(P.shape[1]):
        p, q = P[u][k], Q[i][k]
        P[u][k], Q[i][k] = p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)
    return e


def q_first_with_saved_p_step(P, Q, u, i, r, lr, reg):
    e = np.float32(r - P[u] @ Q[i])
    new_p = np.array(P[u]) * (1 - lr * reg) + lr * e * Q[i]
    Q[i] = Q[i] - lr * (-e * P[u] + reg * Q[i])
    P[u] = new_p
    return e


exercise = Exercise(
    number="3.2",
    task="Move p_u and q_i one step down the loss of one rating, in place, both from the old values; return the error "
    "e = r − p·q before the step.",
    reference=sgd.sgd_step,
    in_place=("P", "Q"),
    groups=(any_rating, already_predicted),
    mistakes=(
        q_with_new_p,
        p_with_new_q,
        regularization_outside_learning_rate,
        factor_two_on_the_error,
        twice_the_step,
        no_regularization,
        half_flipped_sign,
        uphill,
        error_with_other_sign,
        error_after_the_step,
        not_in_place,
        only_p_moved,
        all_rows_shrink,
    ),
    hints=(
        "Three things are needed before anything changes: the user's row of P, the item's row of Q, and the error.",
        "Each update mentions both vectors. Which value of p does the formula for q mean, and which does your code use?",
        "Keep copies, `p = P[u].copy()` and `q = Q[i].copy()`. Then `P[u] += lr * (…)` with p, q and e only, the same for "
        "`Q[i]` with the two letters exchanged, and return e.",
    ),
    variants=(both_steps_first, tuple_assignment, scalar_loop, q_first_with_saved_p_step),
)
