"""als_sweep: all users, then all items."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.als._slips import half_step, root_mean_square, sweep
from mfref import als


def problem(rng, n_users, n_items, n_factors, unrated_users=(), unrated_items=(), **given):
    """More than half of the cells known, in random order; nobody is unrated but those named."""
    known = rng.random((n_users, n_items)) < 0.6
    known[np.arange(n_users), np.arange(n_users) % n_items] = True
    known[np.arange(n_items) % n_users, np.arange(n_items)] = True
    known[list(unrated_users)], known[:, list(unrated_items)] = False, False
    users, items = rng.permutation(np.argwhere(known)).T
    return {
        "P": rng.normal(size=(n_users, n_factors)),
        "Q": rng.normal(size=(n_items, n_factors)),
        "users": users,
        "items": items,
        "ratings": rng.uniform(1, 6, len(users)),
        "reg": float(rng.uniform(0.5, 2)),
        **given,
    }


@group("the law: each user's vector with Q as it is, then each item's with the new P; in place", points=3)
def everybody_has_ratings(rng):
    """Two users and two items; then larger."""
    yield problem(rng, 2, 2, 1)
    yield problem(rng, 4, 3, 2)
    yield problem(rng, 5, 7, 3)


@group("whoever has no ratings gets zeros", points=1)
def rows_without_ratings(rng):
    """At the beginning, in the middle, at the end."""
    yield problem(rng, 4, 4, 2, [0], [3])
    yield problem(rng, 5, 4, 3, [2, 4], [1])


@mistake(
    title="The items were solved with the old P",
    message="Both sides were solved from the factors as they were before the sweep. The two half-steps alternate: the items' best vectors belong to the users' new ones. Solved at "
    "the same time, the loss may rise.",
    next_step="Solve all users first, then the items with the P that has just been written.",
)
def items_with_old_p(P, Q, users, items, ratings, reg):
    return sweep(new=False)(P, Q, users, items, ratings, reg)


@mistake(
    title="The items came first",
    message="All items were solved before the users. That alternates, too, and reaches the same optimum, but after one sweep the numbers are others than the task's.",
    next_step="Exchange the two loops.",
    also=(sweep(users_first=False, new=False, error="before"),),
)
def items_first(P, Q, users, items, ratings, reg):
    return sweep(users_first=False)(P, Q, users, items, ratings, reg)


@mistake(
    title="Only the users were solved",
    message="P has new values, Q is as it was. A sweep has two half-steps.",
    next_step="Add the loop over the items: `solve_user` with P in place of Q.",
    also=(sweep(sides="first", error="before"),),
)
def only_users(P, Q, users, items, ratings, reg):
    return sweep(sides="first")(P, Q, users, items, ratings, reg)


@mistake(
    title="Only the items were solved",
    message="Q has new values, P is as it was. A sweep has two half-steps.",
    next_step="Add the loop over the users before the one over the items.",
    also=(sweep(sides="second", error="before"),),
)
def only_items(P, Q, users, items, ratings, reg):
    return sweep(sides="second")(P, Q, users, items, ratings, reg)


@mistake(
    title="P and Q were not changed",
    message="The solutions were computed, but the arrays that were handed in are as before. An assignment such as `P = …` gives the name to a new array, and the caller never sees "
    "it. `p = P[u]` and then `p = …` does the same.",
    next_step="Write into the rows: `P[u] = solve_user(…)`.",
    also=(lambda P, Q, users, items, ratings, reg: root_mean_square(P, Q, users, items, ratings),),
)
def not_in_place(P, Q, users, items, ratings, reg):
    return als.als_sweep(P.copy(), Q.copy(), users, items, ratings, reg)


@mistake(
    title="The error was measured before the sweep",
    message="The number returned is the RMSE of the factors that came in. The task asks for the RMSE after the sweep: what SGD cannot know during an epoch, ALS gets for one "
    "product of the factors.",
    next_step="Compute the errors after both loops.",
)
def error_before(P, Q, users, items, ratings, reg):
    return sweep(error="before")(P, Q, users, items, ratings, reg)


@mistake(
    title="The value returned is not a root mean square",
    message="The factors are right. The number is the sum or the mean of the squared errors, or a loss with the penalty. The RMSE is in rating points: the root of the mean of the "
    "squared errors.",
    next_step="Square the errors, take the mean, then the root.",
    also=(
        lambda P, Q, users, items, ratings, reg: als.als_sweep(P, Q, users, items, ratings, reg) ** 2 * len(ratings),
        lambda P, Q, users, items, ratings, reg: (
            als.als_sweep(P, Q, users, items, ratings, reg) ** 2 * len(ratings) + reg * ((P**2).sum() + (Q**2).sum())
        ),
        lambda P, Q, users, items, ratings, reg: als.als_sweep(P, Q, users, items, ratings, reg) * len(ratings) ** 0.5,
    ),
)
def no_root(P, Q, users, items, ratings, reg):
    return als.als_sweep(P, Q, users, items, ratings, reg) ** 2


@mistake(
    title="Rows without ratings were left as they were",
    message="A user or an item without ratings kept the random numbers it began with. The loss still has reg times its squared length: the lowest point is at zero.",
    next_step="Solve every row, also one without ratings: `solve_user` gives zeros there.",
)
def unrated_kept(P, Q, users, items, ratings, reg):
    return sweep(empty="kept")(P, Q, users, items, ratings, reg)


@mistake(
    title="Unknown ratings are fitted as zeros",
    message="Each half-step went over all items and all users, the unknown cells as ratings of 0. `solve_user` must get only what is known.",
    next_step="Select the ratings of the user: `known = users == u`.",
    also=(sweep(solve=half_step(gram=lambda A, Q, ratings: Q.T @ Q)),),
)
def zeros_fitted(P, Q, users, items, ratings, reg):
    table = np.zeros((len(P), len(Q)))
    table[users, items] = ratings
    every_user, every_item = np.indices(table.shape).reshape(2, -1)
    als.als_sweep(P, Q, every_user, every_item, table.ravel(), reg)
    return root_mean_square(P, Q, users, items, ratings)


@mistake(
    title="reg is multiplied by the number of ratings",
    message="The penalty of each vector was multiplied by how many ratings it has. That is another convention (weighted-λ regularization). Here each vector pays once.",
    next_step="Hand `reg` on to `solve_user` as it is.",
)
def reg_for_each_rating(P, Q, users, items, ratings, reg):
    return sweep(solve=half_step(penalty=lambda reg, n: reg * max(n, 1)))(P, Q, users, items, ratings, reg)


@mistake(
    title="The ratings of a row met the wrong vectors",
    message="The items' half-step took rows of Q in place of rows of P, or picked `items` where it needed `users`. For an item, the known side are the users who rated it.",
    next_step="In the second loop exchange everything: P for Q, `users` for `items`.",
)
def sides_mixed(P, Q, users, items, ratings, reg):
    sweep(sides="first")(P, Q, users, items, ratings, reg)
    for i in range(len(Q)):
        known = items == i
        Q[i] = als.solve_user(P, items[known] % len(P), ratings[known], reg)
    return root_mean_square(P, Q, users, items, ratings)


def sorted_once(P, Q, users, items, ratings, reg):
    for own, other, rows, columns in ((P, Q, users, items), (Q, P, items, users)):
        order = np.argsort(rows, kind="stable")
        edges = np.searchsorted(rows[order], np.arange(len(own) + 1))
        for row in range(len(own)):
            part = order[edges[row] : edges[row + 1]]
            own[row] = als.solve_user(other, columns[part], ratings[part], reg)
    return np.sqrt(np.mean([(r - P[u] @ Q[i]) ** 2 for u, i, r in zip(users, items, ratings, strict=True)]))


def with_dicts(P, Q, users, items, ratings, reg):
    of_user, of_item = {}, {}
    for u, i, r in zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True):
        of_user.setdefault(u, []).append((i, r))
        of_item.setdefault(i, []).append((u, r))
    for own, other, given in ((P, Q, of_user), (Q, P, of_item)):
        for row in range(len(own)):
            pairs = given.get(row, [])
            A = other[[column for column, _ in pairs]] if pairs else np.zeros((0, other.shape[1]))
            own[row] = np.linalg.inv(A.T @ A + reg * np.eye(own.shape[1])) @ A.T @ np.array([r for _, r in pairs])
    errors = ratings - (P @ Q.T)[users, items]
    return np.sqrt((errors**2).mean())


def all_users_at_once(P, Q, users, items, ratings, reg):
    for own, other, rows, columns in ((P, Q, users, items), (Q, P, items, users)):
        known, table = np.zeros((2, len(own), len(other)))
        known[rows, columns], table[rows, columns] = 1, ratings
        left = np.einsum("nm,mf,mg->nfg", known, other, other) + reg * np.eye(own.shape[1])
        own[:] = np.linalg.solve(left, (table @ other)[..., None])[..., 0]
    return float(np.linalg.norm(ratings - np.sum(P[users] * Q[items], axis=1)) / np.sqrt(len(ratings)))


def zeros_where_nothing_is_known(P, Q, users, items, ratings, reg):
    P[:] = 0
    for u in np.unique(users):
        P[u] = als.solve_user(Q, items[users == u], ratings[users == u], reg)
    Q[:] = 0
    for i in np.unique(items):
        Q[i] = als.solve_user(P, users[items == i], ratings[items == i], reg)
    return root_mean_square(P, Q, users, items, ratings)


exercise = Exercise(
    number="8.2",
    task="Solve every user's vector with Q fixed, then every item's with the new P, in place; return the RMSE on the ratings after the sweep.",
    reference=als.als_sweep,
    in_place=("P", "Q"),
    uses=("solve_user",),
    groups=(everybody_has_ratings, rows_without_ratings),
    mistakes=(
        items_with_old_p,
        items_first,
        only_users,
        only_items,
        not_in_place,
        error_before,
        no_root,
        unrated_kept,
        zeros_fitted,
        reg_for_each_rating,
        sides_mixed,
    ),
    hints=(
        "Two loops, one after the other: over the rows of P, then over the rows of Q. Each row is one call of `solve_user`.",
        "`known = users == u` selects the ratings of a user. For an item the same function works with P in place of Q, and its users in place of the items.",
        "`P[u] = solve_user(Q, items[known], ratings[known], reg)`; for an item write `Q[i]`, and hand P and `users[known]` in. The errors come after both loops.",
    ),
    variants=(sorted_once, with_dicts, all_users_at_once, zeros_where_nothing_is_known),
)
