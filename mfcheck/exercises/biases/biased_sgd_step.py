"""biased_sgd_step: move two biases and two vectors for one rating."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.biases._step_mistakes import (
    bias_not_regularized,
    biases_with_fresh_error,
    clipped_error,
    factors_not_regularized,
    factors_with_fresh_error,
    half_flipped_sign,
    no_biases_in_error,
    no_dot_product_in_error,
    no_regularization,
    p_with_new_q,
    q_with_new_p,
    regularization_outside_learning_rate,
    twice_the_step,
    uphill,
)
from mfcheck.exercises.biases._steps import error_now, not_at_all, q_with_new_p_and, step_with
from mfref import biases


def problem(rng, n_factors=2, **given):
    """Large numbers and steps, so that every mistake shows."""
    return {
        "mu": float(rng.uniform(2, 4)),
        "b_user": rng.normal(size=3),
        "b_item": rng.normal(size=4),
        "P": rng.normal(size=(3, n_factors)),
        "Q": rng.normal(size=(4, n_factors)),
        "u": int(rng.integers(3)),
        "i": int(rng.integers(4)),
        "r": float(rng.uniform(2, 5)),
        "lr": float(rng.uniform(0.2, 0.5)),
        "reg": float(rng.uniform(0.2, 0.6)),
        **given,
    }


@group("the law: both biases and both vectors from the old values, the error returned", points=3)
def any_rating(rng):
    """One factor by hand, then more; predictions within 1 to 5, above and below."""
    one = {"b_user": np.array([0.5]), "b_item": np.array([-1.0]), "P": np.array([[1.0]]), "Q": np.array([[2.0]])}
    yield problem(rng, 1, mu=3.0, **one, u=0, i=0, r=4.0, lr=0.1, reg=0.5)
    yield problem(rng, 2)
    yield problem(rng, 3, lr=1.0)
    yield problem(rng, 5, mu=14.0, r=11.0)
    yield problem(rng, 4, mu=-8.0, r=-6.0)


@group("a rating that is already predicted exactly: only the regularization moves anything", points=1)
def already_predicted(rng):
    """With e = 0 the step must shrink both biases and both vectors."""
    arguments = problem(rng, 3, r=0.0)
    without_rating = {name: value for name, value in arguments.items() if name not in ("lr", "reg")}
    yield {**arguments, "r": -float(error_now(**without_rating))}


@mistake(
    title="All biases were moved",
    message="b_user or b_item has changed for others than this user and this item: the index was forgotten, so that NumPy moves the whole array. One rating says nothing "
    "about other people and films.",
    next_step="Index both sides: `b_user[u]` and `b_item[i]`.",
    also=(lambda **given: whole(given["b_user"], None, **given), lambda **given: whole(None, given["b_item"], **given)),
)
def whole_vector_bias(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return whole(b_user, b_item, mu, b_user, b_item, P, Q, u, i, r, lr, reg)


def whole(all_users, all_items, mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    """The right step, then the other users' or items' biases as well."""
    e = biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)
    for b, row in ((all_users, u), (all_items, i)):
        if b is not None:
            others = np.arange(len(b)) != row
            b[others] += lr * (e - reg * b[others])
    return e


@mistake(
    title="All rows were moved",
    message="More rows of P and Q than those of this user and this item have changed: the regularization, or the whole step, was applied to all. One rating says nothing "
    "about other people and films.",
    next_step="Index both sides: `P[u]` and `Q[i]`.",
)
def all_rows_shrink(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    p, q = P[u].copy(), Q[i].copy()
    e = biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)
    P -= lr * reg * P
    Q -= lr * reg * Q
    P[u], Q[i] = p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)
    return e


@mistake(
    title="The biases stay as they were",
    message="P and Q move as they should, b_user and b_item do not. `b_user[u]` is a number: a name such as `bu` for it is a copy, and `bu += …` changes only "
    "the copy.",
    next_step="Write into the array: `b_user[u] += …`.",
)
def biases_stay(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(bias=not_at_all)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The vectors stay as they were",
    message="The biases move as they should, `P[u]` and `Q[i]` do not: the new vectors were put into local variables, or forgotten.",
    next_step="Write the new vectors into `P[u]` and `Q[i]`.",
)
def factors_stay(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(vector=not_at_all)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="Nothing has changed after the call",
    message="The error is right, but all four arrays are as they were: the new values were put into local variables. `b = b + …` makes something new; `b_user[u] = …` and "
    "`b_user[u] += …` change the caller's array.",
    next_step="Write into the arrays that were given.",
)
def not_in_place(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return error_now(mu, b_user, b_item, P, Q, u, i, r)


@mistake(
    title="Only one side was moved",
    message="Either the user's bias or the item's stays, or one of the two vectors. A rating teaches something about the user and about the item.",
    next_step="Four things move: count your updates.",
    also=(
        lambda **given: biases.biased_sgd_step(**{**given, "b_user": given["b_user"].copy()}),
        lambda **given: biases.biased_sgd_step(**{**given, "P": given["P"].copy()}),
        lambda **given: biases.biased_sgd_step(**{**given, "Q": given["Q"].copy()}),
        lambda **given: q_with_new_p_and()(**{**given, "b_item": given["b_item"].copy()}),
    ),
)
def one_side_only(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return biases.biased_sgd_step(mu, b_user, b_item.copy(), P, Q, u, i, r, lr, reg)


@mistake(
    title="A bias is moved along the other bias",
    message="The step of b_u was computed as e·b_i, after the pattern of p and q. In the dot product p and q are multiplied, so each is the other's slope. The biases are "
    "added: their slope is 1.",
    next_step="Derive e² once more with respect to b_u.",
)
def bias_along_the_other(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    b_u, b_i = b_user[u], b_item[i]
    e = biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)
    b_user[u], b_item[i] = b_u + lr * (e * b_i - reg * b_u), b_i + lr * (e * b_u - reg * b_i)
    return e


@mistake(
    title="The error has the other sign",
    message="Biases and vectors move as they should, but prediction minus rating is returned. The task asks for rating minus prediction.",
    next_step="Return the rating minus the prediction.",
)
def error_with_other_sign(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return -biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The squared error was returned",
    message="Biases and vectors move as they should, but e² (or its size without the sign) is returned in place of e.",
    next_step="Return e itself.",
    also=(lambda **given: abs(biases.biased_sgd_step(**given)),),
)
def squared_error_returned(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg) ** 2


@mistake(
    title="The error after the step was returned",
    message="The error was computed again with what has moved. The history of a training run is made of the errors met on the way, before each step.",
    next_step="Compute e once, before anything changes, and return that.",
)
def error_after_the_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    biases.biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg)
    return error_now(mu, b_user, b_item, P, Q, u, i, r)


def all_steps_first(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    error = r - (mu + b_user[u] + b_item[i] + np.dot(P[u], Q[i]))
    steps = error - reg * b_user[u], error - reg * b_item[i], error * Q[i] - reg * P[u], error * P[u] - reg * Q[i]
    b_user[u] += lr * steps[0]
    b_item[i] += lr * steps[1]
    P[u] += lr * steps[2]
    Q[i] += lr * steps[3]
    return error


def biases_last_with_the_old_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    e = float(r - mu - b_user[u] - b_item[i] - sum(P[u][k] * Q[i][k] for k in range(P.shape[1])))
    for k in range(P.shape[1]):
        p, q = P[u][k], Q[i][k]
        P[u][k], Q[i][k] = p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)
    b_user[u], b_item[i] = b_user[u] + lr * (e - reg * b_user[u]), b_item[i] + lr * (e - reg * b_item[i])
    print("error", e)
    return e


def shrink_then_move(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    warnings.warn("two lines for each", stacklevel=1)
    e = np.float32(r - mu - b_user[u] - b_item[i] - P[u].dot(Q[i]))
    old_p = np.array(P[u])
    for array, row, along in ((b_user, u, 1), (b_item, i, 1), (P, u, Q[i].copy()), (Q, i, old_p)):
        array[row] = array[row] * (1 - lr * reg)
        array[row] += lr * e * along
    return e


def tuple_assignment(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    e = -(mu + b_item[i] + b_user[u] + Q[i] @ P[u] - r)
    Q[i, :], P[u, :] = Q[i, :] - lr * (-e * P[u, :] + reg * Q[i, :]), P[u, :] - lr * (-e * Q[i, :] + reg * P[u, :])
    b_item[i] -= lr * (reg * b_item[i] - e)
    b_user[u] -= lr * (reg * b_user[u] - e)
    return np.array(e)


exercise = Exercise(
    number="4.4",
    task="Move b_u, b_i, p_u and q_i one step down the loss of one rating, in place, all four from the old values; return the error "
    "e = r − mu − b_u − b_i − p·q before the step.",
    reference=biases.biased_sgd_step,
    in_place=("b_user", "b_item", "P", "Q"),
    groups=(any_rating, already_predicted),
    mistakes=(
        q_with_new_p,
        p_with_new_q,
        biases_with_fresh_error,
        factors_with_fresh_error,
        bias_not_regularized,
        factors_not_regularized,
        no_regularization,
        regularization_outside_learning_rate,
        twice_the_step,
        half_flipped_sign,
        uphill,
        no_biases_in_error,
        no_dot_product_in_error,
        clipped_error,
        whole_vector_bias,
        all_rows_shrink,
        biases_stay,
        factors_stay,
        not_in_place,
        one_side_only,
        bias_along_the_other,
        error_with_other_sign,
        squared_error_returned,
        error_after_the_step,
    ),
    hints=(
        "It is `sgd_step` with two more updates, and with an error that counts two more terms. What must be computed before anything changes?",
        "A bias is added to the prediction, a vector is multiplied with another. So the step of b_u is lr times (e − reg·b_u), and that of p is lr times "
        "(e·q − reg·p).",
        "Copy p and q, compute e from all four terms, then four lines: `b_user[u] += …`, `b_item[i] += …`, `P[u] += …`, `Q[i] += …`, with e and the copies. "
        "Return e.",
    ),
    variants=(all_steps_first, biases_last_with_the_old_error, shrink_then_move, tuple_assignment),
)
