"""Known mistakes of `biased_sgd_step`: a move, an error or an order that is not that of the formula."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.biases import _steps as steps
from mfcheck.exercises.biases._steps import q_with_new_p_and, step_with


@mistake(
    title="q was moved with the new p",
    message="When the step of q was computed, `P[u]` had already moved. All four steps belong to the same point. If you did save p first: `P[u]`, `P[u, :]` and "
    "`P[u][:]` are views of P, not copies, and move with it.",
    next_step="Compute all steps before you apply any, or save `P[u].copy()`.",
    also=(
        q_with_new_p_and(bias=steps.bare),
        q_with_new_p_and(bias=steps.not_at_all),
        *(
            q_with_new_p_and(m, m)
            for m in (steps.bare, steps.twice, steps.twice_the_error, steps.weight_outside, steps.twice_the_error_weight_outside)
        ),
    ),
)
def q_with_new_p(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return q_with_new_p_and()(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="p was moved with the new q",
    message="When the step of p was computed, `Q[i]` had already moved. All four steps belong to the same point. A saved `Q[i]` is a view of Q, not a copy, and moves "
    "with it.",
    next_step="Compute all steps before you apply any, or save `Q[i].copy()`.",
)
def p_with_new_q(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return q_with_new_p_and()(mu, b_item, b_user, Q, P, i, u, r, lr, reg)


@mistake(
    title="The biases were moved with a fresh error",
    message="After p and q had moved, the error was computed again, and the biases were moved with it. All four belong to the error from before the step: together they "
    "are one step down one slope.",
    next_step="Compute e once, and use it four times.",
    also=(*(steps.biases_after_the_factors(saved, "fresh") for saved in (True, False)), steps.biases_after_the_factors(False)),
)
def biases_with_fresh_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return steps.biases_after_the_factors(True)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The error was computed again on the way",
    message="After the biases had moved, the error was computed again for p and q, or even for each of the four. All four belong to the error from before the step.",
    next_step="Compute e once, and use it four times.",
    also=(steps.fresh_before_each_kind(False), steps.recomputed_at_every_line),
)
def factors_with_fresh_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return steps.fresh_before_each_kind(True)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The biases are not regularized",
    message="The biases follow the error alone. They are learned from the same few ratings as the vectors, and the term with `reg` must pull them towards zero, too.",
    next_step="Find `reg` in the two formulas of the biases.",
)
def bias_not_regularized(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(bias=steps.bare)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The vectors are not regularized",
    message="p and q follow the error alone. The term with `reg` pulls them towards zero; without it they grow to fit noise.",
    next_step="Find `reg` in the two formulas of the vectors.",
)
def factors_not_regularized(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(vector=steps.bare)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The regularization is missing",
    message="The step follows the error alone. The term with `reg` pulls biases and vectors towards zero; without it they grow to fit noise.",
    next_step="Find `reg` in the formulas, and put it into all four updates.",
)
def no_regularization(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(steps.bare, steps.bare)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The regularization is outside the learning rate",
    message="The term with `reg` must be multiplied by `lr` like the rest of the step. As it is, everything shrinks by the full `reg` at every rating, however small the "
    "learning rate.",
    next_step="Check the brackets: `lr` times all of (e·q − reg·p), and likewise for the biases.",
    also=(
        step_with(bias=steps.weight_outside),
        step_with(vector=steps.weight_outside),
        step_with(steps.twice_the_error_weight_outside, steps.twice_the_error_weight_outside),
    ),
)
def regularization_outside_learning_rate(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(steps.weight_outside, steps.weight_outside)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The factor 2 does not fit",
    message="Some or all of the steps are multiplied by 2: the gradient's factor 2 was kept. In this function `lr` absorbs it, for the error and for the regularization alike.",
    next_step="Leave the factor 2 out everywhere.",
    also=(
        step_with(steps.twice_the_error, steps.twice_the_error),
        step_with(steps.regularized, steps.twice),
        step_with(steps.twice, steps.regularized),
        step_with(steps.regularized, steps.twice_the_error),
    ),
)
def twice_the_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(steps.twice, steps.twice)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The regularization pushes the wrong way",
    message="The sign of the term with `reg` is flipped: biases and vectors grow instead of shrinking. Often the error was defined as prediction minus rating and only one "
    "of the signs was turned.",
    next_step="Take a rating that is predicted exactly: everything must move towards zero.",
    also=(step_with(bias=steps.flipped), step_with(vector=steps.flipped)),
)
def half_flipped_sign(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(steps.flipped, steps.flipped)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The step goes uphill",
    message="After the step the error is larger than before: biases, vectors or both move away from the rating. The gradient points uphill, and the step goes against it.",
    next_step="Check the sign of e, and whether you add or subtract the step.",
    also=(step_with(bias=steps.uphill), step_with(vector=steps.uphill)),
)
def uphill(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(steps.uphill, steps.uphill)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The biases are not in the error",
    message="The error was taken without mu or without the biases: they were moved, but do not help to predict. Then they are pushed at every rating as if they had not yet "
    "moved.",
    next_step="The prediction has four terms. The error is the rating minus all of them.",
    also=(
        step_with(error=lambda r, mu, b_u, b_i, dot: r - mu - dot),
        step_with(error=lambda r, mu, b_u, b_i, dot: r - b_u - b_i - dot),
        step_with(error=lambda r, mu, b_u, b_i, dot: r - mu - b_u - dot),
        step_with(error=lambda r, mu, b_u, b_i, dot: r - mu - b_i - dot),
        q_with_new_p_and(error=lambda r, mu, b_u, b_i, dot: r - dot),
    ),
)
def no_biases_in_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(error=lambda r, mu, b_u, b_i, dot: r - dot)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The dot product is not in the error",
    message="The error was taken from the baseline alone. Then p and q are pushed without end, however well they already predict.",
    next_step="The prediction has four terms. The error is the rating minus all of them.",
)
def no_dot_product_in_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(error=lambda r, mu, b_u, b_i, dot: r - mu - b_u - b_i)(mu, b_user, b_item, P, Q, u, i, r, lr, reg)


@mistake(
    title="The prediction is clipped while training",
    message="The error was computed from a prediction cut to the range 1 to 5. Beyond the range the error then no longer says how far off the model is, and the step goes "
    "wrong.",
    next_step="Train on the plain sum; clip, if at all, what you show.",
    also=(
        step_with(error=lambda r, mu, b_u, b_i, dot: r - np.clip(mu + b_u + b_i + dot, 0, 5)),
        q_with_new_p_and(error=lambda r, mu, b_u, b_i, dot: r - np.clip(mu + b_u + b_i + dot, 1, 5)),
    ),
)
def clipped_error(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    return step_with(error=lambda r, mu, b_u, b_i, dot: r - np.clip(mu + b_u + b_i + dot, 1, 5))(
        mu, b_user, b_item, P, Q, u, i, r, lr, reg
    )
