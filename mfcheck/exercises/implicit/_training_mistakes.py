"""Known mistakes of `train_implicit` in what is solved, from what, and where it starts."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.implicit import _solves as solves
from mfcheck.exercises.implicit._solves import solve_with
from mfcheck.exercises.implicit._trainings import (
    chains,
    epoch_with,
    items_solved,
    near,
    replays,
    right_epoch,
    state,
    train,
    users_solved,
)


def epoch_mistake(name, epochs, **words):
    """→ a mistake that makes each epoch by the first of `epochs`, or by one of the others."""
    return mistake(recognise=replays(*epochs), also=tuple(train(epoch=epoch) for epoch in epochs[1:]), **words)(
        train(name, epoch=epochs[0])
    )


def all_equal(factors):
    """Whether in each of the arrays all columns are the same."""
    return bool(factors) and all(near(Q, Q[:, :1] + 0 * Q) for Q in factors)


def trained(runs):
    return [state(run) for run in runs if run.arguments["n_epochs"]]


zero_start = mistake(
    title="The factors begin at zero",
    message="P and Q are full of zeros, and they stay so: with Q = 0 the best P is 0, and with P = 0 the best Q is 0. It is a resting point, and the worst of all.",
    next_step="Draw the factors at random, by `rng`.",
    recognise=lambda runs: not any(P.any() or Q.any() for P, Q, _ in trained(runs)),
)(train("zero_start", draw=lambda rng, shape: np.zeros(shape)))

equal_start = mistake(
    title="All factors begin equal",
    message="Every factor began with the same numbers, so every factor gets the same solution: they are one factor, written several times, until rounding errors part them "
    "at last. One factor can only say how popular an item is.",
    next_step="Draw the factors at random, by `rng`.",
    recognise=lambda runs: all_equal([state(run)[1] for run in runs if not run.arguments["n_epochs"]]),
    also=(train(draw=lambda rng, shape: np.repeat(rng.random((shape[0], 1)), shape[1], axis=1)),),
)(train("equal_start", draw=lambda rng, shape: np.full(shape, 0.1)))


def the_same_after_one(runs):
    return bool(chains(runs)) and all(
        near(a, b) for c in chains(runs) for r in c[2:] for a, b in zip(state(c[1]), state(r), strict=True)
    )


def one_epoch(users, items, counts, n_users, n_items, n_factors, alpha, reg, n_epochs, rng):
    return train()(users, items, counts, n_users, n_items, n_factors, alpha, reg, min(n_epochs, 1), rng)


one_epoch.__name__ = "one_epoch_only"
one_epoch_only = mistake(
    title="Training ends after one epoch",
    message="Whatever n_epochs is, P and Q are those after the first epoch. Most often the `return` stands inside the loop.",
    next_step="Check the indentation of `return`, and what the loop runs over.",
    recognise=the_same_after_one,
)(one_epoch)

only_the_counted_cells = epoch_mistake(
    "only_the_counted_cells",
    [epoch_with(solves.only_counted), epoch_with(solve_with(gram=solves.no_gram))],
    title="Only the counted cells are fitted",
    message="YᵀY does not take part: each row was solved from its counted cells alone, as with ratings. All of these have the preference 1, so nothing says that anybody would "
    "not want anything.",
    next_step="Hand `Q.T @ Q` to the users and `P.T @ P` to the items.",
)

counts_as_targets = epoch_mistake(
    "counts_as_targets",
    [
        epoch_with(solve_with(vector_weight=lambda extra, w: (1 + extra) * w)),
        epoch_with(
            solve_with(gram=solves.no_gram, matrix_weight=lambda extra, w: np.ones(len(w)), vector_weight=lambda extra, w: w)
        ),
        epoch_with(solve_with(matrix_weight=lambda extra, w: 0 * w, vector_weight=lambda extra, w: w)),
    ],
    title="The counts are fitted as if they were ratings",
    message="p · q aims at the count itself. What is to be predicted is the preference, 1 for all that was used. How often is said by the confidence.",
    next_step="Leave the solving to `solve_user_implicit`, with the counts as they are.",
)

confidence_forgotten = epoch_mistake(
    "confidence_forgotten",
    [
        epoch_with(solve_with(weight=lambda alpha, w: 0 * w)),
        epoch_with(solve_with(weight=lambda alpha, w: alpha + 0 * w)),
        epoch_with(solve_with(weight=lambda alpha, w: w)),
    ],
    title="The counts or alpha do not reach the solution",
    message="The factors are those of other confidences: of 1 for every cell, of the same for each count, or of 1 + count without alpha. Something was lost on the way to "
    "`solve_user_implicit`.",
    next_step="Hand over the row's own counts and alpha.",
)

no_regularization = epoch_mistake(
    "no_regularization",
    [epoch_with(solve_with(penalty=solves.no_reg))],
    title="reg does not reach the solution",
    message="The factors are those of reg = 0. With few counts they then explain chance.",
    next_step="Hand reg to `solve_user_implicit`, for users and for items.",
)

reg_times_counts = epoch_mistake(
    "reg_times_counts",
    [epoch_with(solve_with(penalty=solves.reg_times_counts)), epoch_with(solve_with(penalty=solves.reg_times_sum))],
    title="reg grows with the counts",
    message="reg was multiplied by the number of counts of each row. In this loss the penalty stands once for each user and item.",
    next_step="Hand over reg as it is.",
)


def items_then_users(P, Q, given, start):
    Q = items_solved(P, given)
    return users_solved(Q, given), Q


items_first = epoch_mistake(
    "items_first",
    [items_then_users],
    title="The items are solved first",
    message="Each epoch solves the items and then the users. That would come to a good end, too, but the task begins with the users: after it the items fit the users, not the "
    "other way round.",
    next_step="Exchange the two halves.",
)

items_with_the_old_users = epoch_mistake(
    "items_with_the_old_users",
    [lambda P, Q, given, start: (users_solved(Q, given), items_solved(P, given))],
    title="The items were solved with the old users",
    message="Both halves began from the factors before the epoch: the items fit users who are no longer there. The loss may then rise, for nobody answers to what the other has "
    "just done.",
    next_step="Solve the items with the P that this epoch has made, and its `P.T @ P`.",
)


def items_with(gram):
    def epoch(P, Q, given, start):
        new = users_solved(Q, given)
        return new, items_solved(new, given, gram=gram(P, Q))

    return epoch


def grams_of_the_start(P, Q, given, start):
    P = users_solved(Q, given, gram=start[1])
    return P, items_solved(P, given, gram=start[0])


def item_gram_of_the_start(P, Q, given, start):
    P = users_solved(Q, given, gram=start[1])
    return P, items_solved(P, given, gram=start[1])


gram_not_renewed = epoch_mistake(
    "gram_not_renewed",
    [items_with(lambda P, Q: Q), items_with(lambda P, Q: P), grams_of_the_start, item_gram_of_the_start],
    title="YtY is out of date",
    message="A half of the epoch was solved with the YtY of other factors: that of the items for the items, or one from before they moved. It then speaks of cells that no "
    "longer exist.",
    next_step="Make YtY anew before each half, from the factors that are fixed in it.",
)

items_never_solved = epoch_mistake(
    "items_never_solved",
    [lambda P, Q, given, start: (users_solved(Q, given), Q), lambda P, Q, given, start: (P, items_solved(P, given))],
    title="Only one side is solved",
    message="Users or items still have the factors that were drawn. One half of the epoch is missing, or its result went into another array.",
    next_step="Solve both, and write the results into `P[u]` and `Q[i]`.",
)


def counted_only(P, Q, given, start):
    new = right_epoch(P, Q, given, start)
    users = np.isin(np.arange(given["n_users"]), given["users"])
    P = np.where(users[:, None], new[0], P)
    items = np.isin(np.arange(given["n_items"]), given["items"])
    return P, np.where(items[:, None], items_solved(P, given), Q)


uncounted_keep_their_draw = mistake(
    title="Who has no counts was left out",
    message="Rows without counts keep the numbers that were drawn. They take part in the loss, and in YᵀY, like all others; their cells all say 0, and so should their factors.",
    next_step="Run over all users and all items. For those without counts the solution is zeros.",
)(train("uncounted_keep_their_draw", epoch=counted_only))

fixed_seed = mistake(
    title="The generator was made inside",
    message="Another generator gave the same factors: the function draws from one of its own, with a fixed seed. Then nobody can ask for another start.",
    next_step="Draw from the argument `rng`.",
)(train("fixed_seed", draw=lambda rng, shape: np.random.default_rng(0).normal(0, 0.1, shape)))


def same_state_same_result(runs):
    """Of the last group, where the third run repeats the second; None where it was not asked."""
    *_, before, after, again, other = runs
    return near(state(after)[0], state(again)[0])


def items_fit(runs):
    return all(near(state(r)[1], items_solved(state(r)[0], r.arguments)) for r in runs if r.arguments["n_epochs"])


global_generator = mistake(
    title="The draw does not come from rng",
    message="The same generator state gave two results: the numbers come from `np.random`, or from a generator without a seed. Nobody can then repeat a training.",
    next_step="Draw from the argument `rng`.",
    recognise=lambda runs: items_fit(runs) and not same_state_same_result(runs),
)(train("global_generator", draw=lambda rng, shape: np.random.normal(0, 0.1, shape)))

factors_redrawn_each_epoch = mistake(
    title="The factors are drawn anew in each epoch",
    message="Each epoch starts from new random factors, so nothing of the epoch before is kept.",
    next_step="Draw the factors once, before the loop.",
    recognise=lambda runs: items_fit(runs) and same_state_same_result(runs) and not replays(right_epoch)(runs),
)(train("factors_redrawn_each_epoch", redraw=True))
