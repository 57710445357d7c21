"""Known mistakes of `solve_user_implicit`."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.implicit import _solves as solves
from mfcheck.exercises.implicit._solves import solve_with
from mfref import implicit


@mistake(
    title="Only the counted items count",
    message="YᵀY is missing, so the items that were never played are not in the loss. All that is left to learn has the preference 1, and the best answer is to predict 1 for "
    "everything: nobody is told apart.",
    next_step="Begin the matrix with YtY. It holds every item once, with the confidence 1.",
    also=(solve_with(gram=solves.no_gram), solve_with(gram=solves.gram_of_the_counted)),
)
def only_the_counted_items(Q, YtY, items, counts, alpha, reg):
    return solves.only_counted(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The 1 of the confidence is counted twice",
    message="The counted items are in YtY already, with the confidence 1. To these (1 + alpha·w) q qᵀ was added: their confidence is now 2 + alpha·w.",
    next_step="Add to YtY only what is missing: the confidence less 1.",
)
def confidence_counted_twice(Q, YtY, items, counts, alpha, reg):
    return solve_with(matrix_weight=solves.full_confidence)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The 1 is missing on the right side",
    message="The vector sums alpha·w·q. On this side nothing has been summed before: each counted item stands here with its whole confidence, 1 + alpha·w.",
    next_step="Compare the two sums of the formula. They have different weights.",
)
def vector_without_the_one(Q, YtY, items, counts, alpha, reg):
    return solve_with(vector_weight=lambda extra, w: extra)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The right side does not know the confidence",
    message="The vector is the plain sum of the counted items' factors. A song that was played six times should pull harder than one that was played once.",
    next_step="Multiply each q by its confidence before you add.",
    also=(lambda Q, YtY, items, counts, alpha, reg: np.linalg.solve(YtY + reg * np.eye(Q.shape[1]), Q[items].sum(axis=0)),),
)
def all_confidence_in_the_vector_lost(Q, YtY, items, counts, alpha, reg):
    return solve_with(vector_weight=lambda extra, w: np.ones(len(w)))(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The matrix does not know the confidence",
    message="The matrix is YᵀY + reg I, the same for every user. It pulls the prediction towards the preference with the confidence 1 only, while the right side pulls with "
    "more: predictions overshoot 1.",
    next_step="Add alpha·w·q qᵀ for each counted item.",
)
def confidence_not_in_the_matrix(Q, YtY, items, counts, alpha, reg):
    return solve_with(matrix_weight=lambda extra, w: np.zeros(len(w)))(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The count is used as if it were a rating",
    message="The right side aims at the count itself: p · q is to become 6 for a song played six times. The preference is 1 for all that was played. How often is said by the "
    "confidence.",
    next_step="On the right side, multiply q by its confidence and nothing else.",
    also=(
        solve_with(vector_weight=lambda extra, w: w),
        solve_with(matrix_weight=lambda extra, w: 0 * w, vector_weight=lambda extra, w: w),
        solve_with(gram=solves.no_gram, matrix_weight=solves.full_confidence, vector_weight=lambda extra, w: (1 + extra) * w),
        solve_with(gram=solves.no_gram, matrix_weight=lambda extra, w: np.ones(len(w)), vector_weight=lambda extra, w: w),
    ),
)
def counts_as_targets(Q, YtY, items, counts, alpha, reg):
    return solve_with(vector_weight=lambda extra, w: (1 + extra) * w)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="alpha is missing",
    message="The counts entered as they are. alpha says how much one count is worth beside the 1 that every cell has; it belongs into both sums.",
    next_step="Find alpha in the formula: twice.",
    also=(
        solve_with(matrix_weight=lambda extra, w: w),
        solve_with(vector_weight=lambda extra, w: 1 + w),
    ),
)
def alpha_missing(Q, YtY, items, counts, alpha, reg):
    return solve_with(weight=lambda alpha, w: w)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The logarithm was taken",
    message="The counts entered by their logarithm. The paper offers that as a second way. Here the confidence is 1 + alpha·w.",
    next_step="Multiply alpha by the count itself.",
)
def logarithm(Q, YtY, items, counts, alpha, reg):
    return solve_with(weight=lambda alpha, w: alpha * np.log1p(w))(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The weights are squared",
    message="The factors were multiplied by their weights on both sides of the product, so each weight entered twice. In q qᵀ the weight stands once.",
    next_step="Multiply only one of the two by the weights: `(q.T * weights) @ q`.",
)
def weights_squared(Q, YtY, items, counts, alpha, reg):
    return solve_with(matrix_weight=lambda extra, w: extra**2)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The regularization is missing",
    message="reg is not in the matrix. Without it a user with few counts gets factors that explain chance, and where there are fewer items than factors there is no solution "
    "at all.",
    next_step="Add reg times the unit matrix.",
)
def no_regularization(Q, YtY, items, counts, alpha, reg):
    return solve_with(penalty=solves.no_reg)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="reg grows with the counts",
    message="reg was multiplied by the number of items or by the sum of the counts. Here the penalty is reg ‖p‖², once for each user, whoever it is.",
    next_step="Add reg times the unit matrix, once.",
    also=(solve_with(penalty=solves.reg_times_sum),),
)
def reg_times_counts(Q, YtY, items, counts, alpha, reg):
    return solve_with(penalty=solves.reg_times_counts)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="reg was added to every entry",
    message="`A + reg` adds reg to all entries of the matrix. The penalty reg ‖p‖² belongs on the diagonal only.",
    next_step="Add `reg * np.eye(n_factors)`.",
)
def reg_on_every_entry(Q, YtY, items, counts, alpha, reg):
    return solve_with(penalty=solves.reg_everywhere)(Q, YtY, items, counts, alpha, reg)


@mistake(
    title="The first rows were taken",
    message="The first rows of Q were used, as many as there are counts. `items` says which rows the counts belong to.",
    next_step="Use `items` as an index: `Q[items]`.",
)
def first_rows_taken(Q, YtY, items, counts, alpha, reg):
    return implicit.solve_user_implicit(Q, YtY, np.arange(len(items)), counts, alpha, reg)


@mistake(
    title="The equations are not solved",
    message="The matrix was multiplied by the right side, or the right side was divided by numbers. A p = b asks for the p which, multiplied by A, gives b.",
    next_step="Let `np.linalg.solve(A, b)` do it.",
    also=(
        lambda Q, YtY, items, counts, alpha, reg: (1 + alpha * counts) @ Q[items],
        lambda Q, YtY, items, counts, alpha, reg: (
            (1 + alpha * counts) @ Q[items] / np.diag(YtY + (Q[items].T * (alpha * counts)) @ Q[items] + reg * np.eye(Q.shape[1]))
        ),
    ),
)
def not_solved(Q, YtY, items, counts, alpha, reg):
    q, extra = Q[items], alpha * counts
    return (YtY + (q.T * extra) @ q + reg * np.eye(Q.shape[1])) @ ((1 + extra) @ q)


@mistake(
    title="YtY was changed",
    message="The user's own terms were added into YtY itself. The next user gets this YtY too, and the terms of everybody before him with it. `A = YtY` is no copy: both names "
    "mean the same array.",
    next_step="Write `A = YtY + …`, or begin with `YtY.copy()`.",
)
def gram_changed(Q, YtY, items, counts, alpha, reg):
    p = implicit.solve_user_implicit(Q, YtY, items, counts, alpha, reg)
    YtY += (Q[items].T * (alpha * counts)) @ Q[items]
    YtY += reg * np.eye(Q.shape[1])
    return p


@mistake(
    title="The sum over all items was computed anew",
    message="YtY was not used: all rows of Q were summed again. That is the sum which is the same for every user. Made anew for each, it costs nearly all of the time, and "
    "where Q holds only a part of the catalogue it is another sum.",
    next_step="Take YtY as it was given. Only `Q[items]` is needed from Q.",
)
def gram_computed_anew(Q, YtY, items, counts, alpha, reg):
    return solve_with(gram=solves.gram_anew)(Q, YtY, items, counts, alpha, reg)
