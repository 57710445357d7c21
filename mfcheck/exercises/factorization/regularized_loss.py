"""regularized_loss: the error, and a price for long vectors."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.factorization.squared_error import by_hand, dense_errors, problem, some_cells
from mfref import factorization


def with_reg(reg, arguments):
    return {**arguments, "reg": float(reg)}


@group("the law: squared error plus reg times the squared norms of P and Q", points=2)
def error_and_penalty(rng):
    """One rating by hand; then users with several ratings, and rows without any."""
    yield with_reg(2, by_hand())
    yield with_reg(rng.uniform(0.5, 1.5), problem(rng, [0, 0, 0], [1, 2, 3], 2, 4, 3))
    yield with_reg(rng.uniform(2, 3), some_cells(rng, 4, 3, 6))
    yield with_reg(rng.uniform(0.5, 1.5), some_cells(rng, 3, 6, 7, n_factors=3))


@group("one of the two terms alone: no known rating, or reg = 0", points=1)
def one_term(rng):
    """Long vectors cost something also when there is nothing to predict."""
    yield with_reg(rng.uniform(1, 2), problem(rng, [], [], 2, 3))
    yield with_reg(0, some_cells(rng, 3, 4, 5))


def error(users, items, ratings, P, Q):
    return factorization.squared_error(users, items, ratings, P, Q)


def norms(P, Q):
    return (P**2).sum() + (Q**2).sum()


def norms_per_rating(users, items, P, Q):
    return (P[users] ** 2).sum() + (Q[items] ** 2).sum()


@mistake(
    title="The norms are added once per rating",
    message="For every rating norms were added: those of its user's and its item's vector, or of all of P and Q. A user with a hundred ratings then "
    "pays a hundred times. Papers and tutorials do write it so; in this task each row of P and Q pays once.",
    next_step="Take the norms out of the loop over the ratings.",
    also=(
        lambda users, items, ratings, P, Q, reg: (
            error(users, items, ratings, P, Q) + reg / 2 * norms_per_rating(users, items, P, Q)
        ),
        lambda users, items, ratings, P, Q, reg: error(users, items, ratings, P, Q) + reg * len(ratings) * norms(P, Q),
    ),
)
def norm_per_entry(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * norms_per_rating(users, items, P, Q)


@mistake(
    title="The norm is not squared",
    message="The penalty uses ‖P‖ and ‖Q‖. `np.linalg.norm` takes a root at the end; the loss needs ‖P‖², the plain sum of all squared entries.",
    next_step="Square the norm, or add up `P**2`.",
    also=(
        lambda users, items, ratings, P, Q, reg: (
            error(users, items, ratings, P, Q) + reg * sum(np.linalg.norm(A, axis=1).sum() for A in (P, Q))
        ),
    ),
)
def norm_not_squared(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (np.linalg.norm(P) + np.linalg.norm(Q))


@mistake(
    title="A norm of another kind",
    message="`np.linalg.norm(P, 2)` is not the root of all squared entries: for a table, the 2 asks for its largest singular value. They agree only for "
    "a single row or column.",
    next_step="Leave the 2 out, or add up `P**2`.",
)
def spectral_norm(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (np.linalg.norm(P, 2) ** 2 + np.linalg.norm(Q, 2) ** 2)


@mistake(
    title="The entries are not squared one by one",
    message="The penalty adds up the factors themselves, or squares their sum. Factors of +2 and −2 then cancel, and long vectors cost nothing.",
    next_step="Square every entry, then add.",
    also=(lambda users, items, ratings, P, Q, reg: error(users, items, ratings, P, Q) + reg * (P.sum() ** 2 + Q.sum() ** 2),),
)
def entries_not_squared(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (P.sum() + Q.sum())


@mistake(
    title="Absolute values in place of squares",
    message="The penalty adds up the sizes of the factors. That is another regularization (its name is L1), with another gradient.",
    next_step="Square each entry in place of `abs`.",
)
def absolute_values(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (np.abs(P).sum() + np.abs(Q).sum())


@mistake(
    title="The mean of the squares in place of their sum",
    message="The squared entries of P and Q were averaged. ‖P‖² is their sum.",
    next_step="Take `sum` in place of `mean`.",
)
def mean_of_squares(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * ((P**2).mean() + (Q**2).mean())


@mistake(
    title="Half of the penalty",
    message="The norms are multiplied by reg/2. Many texts do that, so that a 2 cancels in the gradient. This course writes reg (‖P‖² + ‖Q‖²).",
    next_step="Leave the factor 1/2 out, of the penalty and of the error.",
    also=(lambda users, items, ratings, P, Q, reg: (error(users, items, ratings, P, Q) + reg * norms(P, Q)) / 2,),
)
def half_the_penalty(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg / 2 * norms(P, Q)


@mistake(
    title="Only one of the two pays",
    message="The penalty holds ‖P‖² or ‖Q‖², but not both. If only P pays, P becomes short and Q long, and the predictions stay as wild as before.",
    next_step="Add the squared norms of both.",
    also=(lambda users, items, ratings, P, Q, reg: error(users, items, ratings, P, Q) + reg * (Q**2).sum(),),
)
def only_p_pays(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (P**2).sum()


@mistake(
    title="`reg` weighs only one of the norms",
    message="One of the two norms is multiplied by `reg`, the other is not: brackets are missing.",
    next_step="Multiply the sum of both norms by `reg`.",
    also=(lambda users, items, ratings, P, Q, reg: error(users, items, ratings, P, Q) + (P**2).sum() + reg * (Q**2).sum(),),
)
def bracket_missing(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + reg * (P**2).sum() + (Q**2).sum()


@mistake(
    title="Rows without ratings pay nothing",
    message="Only users and items with a rating were counted in the norms. ‖P‖² and ‖Q‖² run over all rows.",
    next_step="Use all of P and Q for the penalty.",
)
def only_rated_rows(users, items, ratings, P, Q, reg):
    rated = norms(P[np.unique(users)], Q[np.unique(items)])
    return error(users, items, ratings, P, Q) + reg * rated


@mistake(
    title="The penalty is missing",
    message="The squared error alone was returned: whatever `reg` is, the answer is the same.",
    next_step="Add reg (‖P‖² + ‖Q‖²).",
)
def penalty_missing(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q)


@mistake(
    title="`reg` is not used",
    message="The norms were added with weight 1, whatever `reg` is. Then nobody can choose how strong the pull towards short vectors is.",
    next_step="Multiply the norms by `reg`.",
)
def reg_ignored(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) + norms(P, Q)


@mistake(
    title="`reg` weighs the error, too",
    message="The whole sum was multiplied by `reg`. Its task is to weigh the norms against the error; multiplied with both it weighs nothing.",
    next_step="Check the brackets: `reg` belongs to the norms.",
)
def reg_weighs_all(users, items, ratings, P, Q, reg):
    return reg * (error(users, items, ratings, P, Q) + norms(P, Q))


@mistake(
    title="The penalty is subtracted",
    message="Long vectors make this loss smaller. Going down it, the factors would grow without bound.",
    next_step="Add the penalty.",
)
def reward_for_length(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) - reg * norms(P, Q)


@mistake(
    title="The error is averaged",
    message="The mean of the squared errors was used. The loss adds them up. Beside a mean the same `reg` would weigh much more.",
    next_step="Use the sum, as in `squared_error`.",
    also=(
        lambda users, items, ratings, P, Q, reg: (error(users, items, ratings, P, Q) + reg * norms(P, Q)) / max(len(ratings), 1),
    ),
)
def mean_error(users, items, ratings, P, Q, reg):
    return error(users, items, ratings, P, Q) / max(len(ratings), 1) + reg * norms(P, Q)


@mistake(
    title="Unknown ratings are counted as zeros",
    message="The error was added up over all cells of the table, the unknown ones as ratings of 0. Only the known ratings count.",
    next_step="Call your `squared_error`, or sum over `users, items, ratings` only.",
)
def zeros_counted(users, items, ratings, P, Q, reg):
    return (dense_errors(users, items, ratings, P, Q) ** 2).sum() + reg * norms(P, Q)


def frobenius_norms(users, items, ratings, P, Q, reg):
    errors = ratings - np.einsum("nk,nk->n", P[users], Q[items])
    return errors @ errors + reg * (np.linalg.norm(P) ** 2 + np.linalg.norm(Q) ** 2)


def all_in_loops(users, items, ratings, P, Q, reg):
    loss = 0
    for u, i, r in zip(users, items, ratings, strict=True):
        loss += (r - P[u] @ Q[i]) ** 2
    for row in [*P, *Q]:
        for x in row:
            loss += reg * x * x
    print(loss)
    return loss


def mask_on_a_table(users, items, ratings, P, Q, reg):
    warnings.warn("a dense table", stacklevel=1)
    known = np.zeros((len(P), len(Q)), dtype=bool)
    known[users, items] = True
    table = np.zeros(known.shape)
    table[users, items] = ratings
    return np.sum((table - P @ Q.T)[known] ** 2) + reg * np.sum(np.vstack([P, Q]) ** 2)


def single_precision(users, items, ratings, P, Q, reg):
    P, Q = np.float32(P), np.float32(Q)
    errors = np.float32(ratings) - (P[users] * Q[items]).sum(axis=1)
    return np.sum(errors**2) + np.float32(reg) * (np.vdot(P, P) + np.vdot(Q, Q))


def built_on_squared_error(users, items, ratings, P, Q, reg):
    penalty = reg * sum(p @ p for p in P) + reg * sum(q @ q for q in Q)
    return np.array(factorization.squared_error(users, items, ratings, P, Q) + penalty)


exercise = Exercise(
    number="2.4",
    task="Return squared_error plus reg · (‖P‖² + ‖Q‖²), where ‖P‖² is the sum of all squared entries of P, added once.",
    reference=factorization.regularized_loss,
    uses=("predict_one", "predict_all", "squared_error"),
    groups=(error_and_penalty, one_term),
    mistakes=(
        norm_per_entry,
        norm_not_squared,
        spectral_norm,
        entries_not_squared,
        absolute_values,
        mean_of_squares,
        half_the_penalty,
        only_p_pays,
        bracket_missing,
        only_rated_rows,
        penalty_missing,
        reg_ignored,
        reg_weighs_all,
        reward_for_length,
        mean_error,
        zeros_counted,
    ),
    hints=(
        "The first term is a function that you have written already.",
        "‖P‖² is the sum of all squared entries of P. It has nothing to do with which ratings are known.",
        "`squared_error(…)` plus `reg` times the sum of two numbers: `(P**2).sum()` and the same for Q.",
    ),
    variants=(frobenius_norms, all_in_loops, mask_on_a_table, single_precision, built_on_squared_error),
)
