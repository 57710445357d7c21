"""predict_baseline: the mean, plus what is special about the user, plus what is special about the item."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import biases


def problem(rng, n_users, n_items, n, spread=0.3):
    """n pairs of random users and items, some of them several times; predictions within 1 to 5 unless spread is large."""
    return {
        "mu": float(rng.uniform(2.8, 3.6)),
        "b_user": rng.uniform(0.2, 1, n_users) * rng.choice([-spread, spread], n_users),
        "b_item": rng.uniform(0.2, 1, n_items) * rng.choice([-spread, spread], n_items),
        "users": rng.integers(n_users, size=n),
        "items": rng.integers(n_items, size=n),
    }


@group("the law: mu + b_u + b_i for each pair", points=2)
def any_pairs(rng):
    """Two pairs by hand; then as many users as items; more users; more items; a single pair."""
    yield {
        "mu": 3.0,
        "b_user": np.array([0.5, -1.0]),
        "b_item": np.array([0.25, 0.75]),
        "users": np.array([0, 1]),
        "items": np.array([1, 1]),
    }
    yield problem(rng, 4, 4, 6)
    yield problem(rng, 6, 3, 4)
    yield problem(rng, 3, 7, 9)
    yield problem(rng, 5, 2, 1)


@group("a prediction may lie outside the scale", points=1)
def beyond_the_scale(rng):
    """Loved films and generous users, unloved films and harsh critics, and a scale that is not 1 to 5."""
    arguments = problem(rng, 3, 4, 8, spread=3.0)
    yield {**arguments, "b_user": np.abs(arguments["b_user"]) + 1, "b_item": np.abs(arguments["b_item"]) + 1}
    yield {**arguments, "b_user": -np.abs(arguments["b_user"]) - 2, "b_item": -np.abs(arguments["b_item"]) - 2}
    yield {**arguments, "mu": 70.0}


@mistake(
    title="The biases are not looked up",
    message="The whole arrays b_user and b_item were added. Entry n of `users` says **whose** bias belongs to pair n; the biases themselves are ordered by user and "
    "by item, not by pair.",
    next_step="Use `users` as an index.",
)
def not_looked_up(mu, b_user, b_item, users, items):
    return mu + b_user + b_item


@mistake(
    title="Every user with every item",
    message="A table was returned: each user combined with each item. The pairs are given: `users[n]` belongs with `items[n]`, so there is one number for each n.",
    next_step="Look up both biases with arrays of the same length, and add.",
    also=(lambda mu, b_user, b_item, users, items: mu + b_user[:, None] + b_item,),
)
def every_combination(mu, b_user, b_item, users, items):
    return mu + b_user[users][:, None] + b_item[items]


@mistake(
    title="Users and items are exchanged",
    message="The users' numbers were used to look up item biases, or the other way round. With more users than items this ends in an IndexError; otherwise it silently "
    "takes somebody else's bias.",
    next_step="`users` belongs to b_user, `items` to b_item.",
)
def exchanged(mu, b_user, b_item, users, items):
    return mu + b_user[items] + b_item[users]


@mistake(
    title="mu is missing",
    message="Only the two biases were added. They say by how much the user and the item lie above or below the mean: the mean itself belongs to the prediction.",
    next_step="Start from mu.",
)
def mu_missing(mu, b_user, b_item, users, items):
    return b_user[users] + b_item[items]


@mistake(
    title="mu is added twice",
    message="The prediction contains mu twice, once with the user and once with the item.",
    next_step="Add mu once.",
)
def mu_twice(mu, b_user, b_item, users, items):
    return (mu + b_user[users]) + (mu + b_item[items])


@mistake(
    title="The item's bias is missing",
    message="Whatever the film, the same user gets the same prediction.",
    next_step="Add the item's bias.",
)
def item_missing(mu, b_user, b_item, users, items):
    return mu + b_user[users]


@mistake(
    title="The user's bias is missing",
    message="All users get the same prediction for the same film.",
    next_step="Add the user's bias.",
)
def user_missing(mu, b_user, b_item, users, items):
    return mu + b_item[items]


@mistake(
    title="The biases are averaged",
    message="Half of each bias was added. Both effects apply in full: a generous user and a loved film go together above either alone. The item's share was already "
    "taken off when the user's bias was computed.",
    next_step="Add, and divide by nothing.",
)
def averaged(mu, b_user, b_item, users, items):
    return mu + (b_user[users] + b_item[items]) / 2


@mistake(
    title="A sign is turned",
    message="A bias was subtracted. A harsh critic's bias is negative already: added, it lowers the prediction.",
    next_step="Add both biases.",
    also=(
        lambda mu, b_user, b_item, users, items: mu - b_user[users] + b_item[items],
        lambda mu, b_user, b_item, users, items: mu + b_user[users] - b_item[items],
    ),
)
def sign_turned(mu, b_user, b_item, users, items):
    return mu - b_user[users] - b_item[items]


@mistake(
    title="Only one pair is answered",
    message="A single number was returned. `users` and `items` hold many pairs, and each wants its prediction; a `return` inside a loop ends after the first.",
    next_step="Return an array with one prediction for each pair.",
)
def first_pair_only(mu, b_user, b_item, users, items):
    return mu + b_user[users[0]] + b_item[items[0]]


@mistake(
    title="The predictions are cut to the scale",
    message="Predictions above 5 or below 1 were set to 5 or 1. That may be good for showing them. Here the plain sum is asked for: whoever computes an error from it needs "
    "to know how far off it is, and not every scale is 1 to 5.",
    next_step="Return the plain sums.",
    also=(
        lambda mu, b_user, b_item, users, items: np.clip(mu + b_user[users] + b_item[items], 0, 5),
        lambda mu, b_user, b_item, users, items: np.clip(mu + b_user[users] + b_item[items], 0.5, 5),
        lambda mu, b_user, b_item, users, items: np.minimum(mu + b_user[users] + b_item[items], 5),
    ),
)
def clipped(mu, b_user, b_item, users, items):
    return np.clip(mu + b_user[users] + b_item[items], 1, 5)


@mistake(
    title="The predictions are rounded",
    message="The predictions were rounded. Known ratings are whole stars; a prediction may lie between them.",
    next_step="Return the numbers as they come out.",
    also=tuple(lambda mu, b_user, b_item, users, items, d=d: np.round(mu + b_user[users] + b_item[items], d) for d in (1, 2, 3)),
)
def rounded(mu, b_user, b_item, users, items):
    return np.round(mu + b_user[users] + b_item[items])


def loop(mu, b_user, b_item, users, items):
    print(len(users))
    return [mu + b_user[u] + b_item[i] for u, i in zip(users, items, strict=True)]


def taken_from_a_table(mu, b_user, b_item, users, items):
    warnings.warn("a dense table", stacklevel=1)
    return (mu + np.add.outer(b_user, b_item))[users, items]


def filled_in(mu, b_user, b_item, users, items):
    predicted = np.full(len(users), mu, dtype=np.float32)
    for n in range(len(users)):
        predicted[n] += b_user[users[n]] + b_item[items[n]]
    return predicted


def as_series(mu, b_user, b_item, users, items):
    import pandas as pd

    return pd.Series(users).map(pd.Series(b_user)) + pd.Series(items).map(pd.Series(b_item)) + mu


exercise = Exercise(
    number="4.2",
    task="Return mu + b_u + b_i for each pair: entry n belongs to the user users[n] and the item items[n].",
    reference=biases.predict_baseline,
    groups=(any_pairs, beyond_the_scale),
    mistakes=(
        not_looked_up,
        every_combination,
        exchanged,
        mu_missing,
        mu_twice,
        item_missing,
        user_missing,
        averaged,
        sign_turned,
        first_pair_only,
        clipped,
        rounded,
    ),
    hints=(
        "For one pair it is a sum of three numbers. Which of them depend on the user, which on the item?",
        "An array of indices looks up many entries at once: `b_user[users]` has one bias for each pair.",
        "Add mu, `b_user[users]` and the same for the items. No loop is needed, but a loop over the pairs is right, too.",
    ),
    variants=(loop, taken_from_a_table, filled_in, as_series),
)
