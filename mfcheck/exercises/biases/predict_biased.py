"""predict_biased: the baseline, plus how this user and this item fit together."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.biases import predict_baseline
from mfref import biases


def problem(rng, n_users, n_items, n_factors, n, spread=0.3):
    """Predictions within 1 to 5 unless spread is large."""
    size = np.sqrt(2 * spread / n_factors)
    return {
        **predict_baseline.problem(rng, n_users, n_items, n, spread),
        "P": rng.uniform(-size, size, (n_users, n_factors)),
        "Q": rng.uniform(-size, size, (n_items, n_factors)),
    }


@group("the law: mu + b_u + b_i + p · q for each pair", points=2)
def any_pairs(rng):
    """Two pairs by hand; then as many factors as pairs; more users, more items, many factors, and a single pair."""
    yield {
        "mu": 3.0,
        "b_user": np.array([0.5, -1.0]),
        "b_item": np.array([0.25, 0.75]),
        "P": np.array([[1.0, 0.5], [0.5, -1.0]]),
        "Q": np.array([[1.0, 1.0], [0.5, 0.25]]),
        "users": np.array([0, 1]),
        "items": np.array([1, 1]),
    }
    yield problem(rng, 4, 4, 3, 6)
    yield problem(rng, 6, 3, 4, 5)
    yield problem(rng, 3, 7, 9, 8)
    yield problem(rng, 5, 2, 3, 1)


@group("a prediction may lie outside the scale, and one factor is enough", points=1)
def beyond_the_scale(rng):
    """A single factor; above 5, below 1, and a scale that is not 1 to 5."""
    yield problem(rng, 3, 5, 1, 4)
    arguments = problem(rng, 3, 4, 2, 8)
    yield {**arguments, "b_user": arguments["b_user"] + 4}
    yield {**arguments, "b_item": arguments["b_item"] - 5}
    yield {**arguments, "mu": 70.0}


def dots(P, Q, users, items):
    return (P[users] * Q[items]).sum(axis=1)


@mistake(
    title="Everything is added into one sum",
    message="The products of all pairs were added up together, and every prediction got the same total: `np.sum` without an axis, or `np.vdot`. Each pair has a dot product "
    "of its own.",
    next_step="Add over the factors only, the second axis.",
)
def summed_over_all(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + np.sum(P[users] * Q[items])


@mistake(
    title="The sum runs over the pairs",
    message="The products were added down the pairs (axis 0), which gives one number for each factor. Each prediction needs the sum over the factors of its own pair.",
    next_step="The factors are the second axis.",
)
def wrong_axis(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=0)


@mistake(
    title="The products are not added up",
    message="`*` multiplies factor by factor and leaves n × n_factors products. A dot product is their sum, one number for each pair.",
    next_step="Add the products up over the factors.",
    also=(lambda mu, b_user, b_item, P, Q, users, items: (mu + b_user[users] + b_item[items])[:, None] + P[users] * Q[items],),
)
def products_not_summed(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + P[users] * Q[items]


@mistake(
    title="Every user with every item",
    message="A table was returned. `@` with `Q.T` multiplies each row of the first with each row of the second; the pairs are given, and `users[n]` belongs with "
    "`items[n]` only.",
    next_step="Multiply row by row, then add over the factors.",
    also=(
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[:, None] + b_item + P @ Q.T,
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[users][:, None] + b_item[items] + P[users] @ Q[items].T,
    ),
)
def every_combination(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + P[users] @ Q[items].T


@mistake(
    title="The biases are missing",
    message="The prediction is mu and the dot product, or the dot product alone. The factors were trained to explain only what mu and the biases leave over.",
    next_step="Start from the baseline prediction.",
    also=(
        lambda mu, b_user, b_item, P, Q, users, items: mu + dots(P, Q, users, items),
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[users] + dots(P, Q, users, items),
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_item[items] + dots(P, Q, users, items),
    ),
)
def biases_missing(mu, b_user, b_item, P, Q, users, items):
    return dots(P, Q, users, items)


@mistake(
    title="mu is missing",
    message="The biases and the dot product were added, but not the mean from which they are measured.",
    next_step="Start from mu.",
)
def mu_missing(mu, b_user, b_item, P, Q, users, items):
    return b_user[users] + b_item[items] + dots(P, Q, users, items)


@mistake(
    title="The dot product is missing",
    message="This is the baseline: P and Q are not used. The baseline says the same about two users with the same bias, whatever they like.",
    next_step="Add p · q for each pair.",
)
def factors_missing(mu, b_user, b_item, P, Q, users, items):
    return biases.predict_baseline(mu, b_user, b_item, users, items)


@mistake(
    title="Only one factor counts",
    message="The product of a single factor was added. A loop over the factors that writes `=` where it should add keeps the last only.",
    next_step="Add up the products of all factors.",
    also=(lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[users] + b_item[items] + P[users, 0] * Q[items, 0],),
)
def one_factor_counts(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + P[users, -1] * Q[items, -1]


@mistake(
    title="The products are averaged",
    message="The mean of the products was added. A dot product is a plain sum.",
    next_step="Take the sum in place of the mean.",
)
def mean_of_products(mu, b_user, b_item, P, Q, users, items):
    return mu + b_user[users] + b_item[items] + (P[users] * Q[items]).mean(axis=1)


@mistake(
    title="Users and items are exchanged",
    message="The users' numbers were used to look up what belongs to items, or the other way round. Where there are more users than items this ends in an IndexError; "
    "otherwise it silently takes somebody else's numbers.",
    next_step="`users` belongs to b_user and P, `items` to b_item and Q.",
    also=(
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[items] + b_item[users] + dots(P, Q, users, items),
        lambda mu, b_user, b_item, P, Q, users, items: mu + b_user[users] + b_item[items] + dots(P, Q, items, users),
    ),
)
def exchanged(mu, b_user, b_item, P, Q, users, items):
    return biases.predict_biased(mu, b_user, b_item, P, Q, items, users)


@mistake(
    title="Only one pair is answered",
    message="A single number was returned. `users` and `items` hold many pairs, and each wants its prediction; a `return` inside a loop ends after the first.",
    next_step="Return an array with one prediction for each pair.",
)
def first_pair_only(mu, b_user, b_item, P, Q, users, items):
    return biases.predict_biased(mu, b_user, b_item, P, Q, users, items)[0]


@mistake(
    title="The predictions are cut to the scale",
    message="Predictions above 5 or below 1 were set to 5 or 1. That may be good for showing them. Here the plain sum is asked for: whoever computes an error from it needs "
    "to know how far off it is, and not every scale is 1 to 5.",
    next_step="Return the plain sums.",
    also=(
        lambda mu, b_user, b_item, P, Q, users, items: cut(0, 5, mu, b_user, b_item, P, Q, users, items),
        lambda mu, b_user, b_item, P, Q, users, items: cut(0.5, 5, mu, b_user, b_item, P, Q, users, items),
        lambda mu, b_user, b_item, P, Q, users, items: cut(-np.inf, 5, mu, b_user, b_item, P, Q, users, items),
    ),
)
def clipped(mu, b_user, b_item, P, Q, users, items):
    return cut(1, 5, mu, b_user, b_item, P, Q, users, items)


def cut(low, high, *arguments):
    return np.clip(biases.predict_biased(*arguments), low, high)


@mistake(
    title="The predictions are rounded",
    message="The predictions were rounded. Known ratings are whole stars; a prediction may lie between them.",
    next_step="Return the numbers as they come out.",
    also=tuple(
        lambda mu, b_user, b_item, P, Q, users, items, d=d: rounded_to(d, mu, b_user, b_item, P, Q, users, items)
        for d in (1, 2, 3)
    ),
)
def rounded(mu, b_user, b_item, P, Q, users, items):
    return rounded_to(0, mu, b_user, b_item, P, Q, users, items)


def rounded_to(digits, *arguments):
    return np.round(biases.predict_biased(*arguments), digits)


def loop(mu, b_user, b_item, P, Q, users, items):
    print(len(users))
    return [
        mu + b_user[u] + b_item[i] + sum(p * q for p, q in zip(P[u], Q[i], strict=True))
        for u, i in zip(users, items, strict=True)
    ]


def on_top_of_the_baseline(mu, b_user, b_item, P, Q, users, items):
    return biases.predict_baseline(mu, b_user, b_item, users, items) + np.einsum("nk,nk->n", P[users], Q[items])


def taken_from_a_table(mu, b_user, b_item, P, Q, users, items):
    warnings.warn("a dense table", stacklevel=1)
    return (mu + b_user[:, None] + b_item + P @ Q.T)[users, items]


def diagonal(mu, b_user, b_item, P, Q, users, items):
    return np.diag(P[users] @ Q[items].T) + b_item[items] + b_user[users] + mu


def single_precision(mu, b_user, b_item, P, Q, users, items):
    P, Q = P.astype(np.float32), Q.astype(np.float32)
    predicted = np.float32(mu) + np.float32(b_user[users]) + np.float32(b_item[items])
    for k in range(P.shape[1]):
        predicted += P[users, k] * Q[items, k]
    return predicted


exercise = Exercise(
    number="4.3",
    task="Return mu + b_u + b_i + p_u · q_i for each pair: entry n belongs to the user users[n] and the item items[n].",
    reference=biases.predict_biased,
    uses=("predict_baseline",),
    groups=(any_pairs, beyond_the_scale),
    mistakes=(
        summed_over_all,
        wrong_axis,
        products_not_summed,
        every_combination,
        biases_missing,
        mu_missing,
        factors_missing,
        one_factor_counts,
        mean_of_products,
        exchanged,
        first_pair_only,
        clipped,
        rounded,
    ),
    hints=(
        "`predict_baseline` gives the first three terms. What is added to them for each pair?",
        "`P[users]` and `Q[items]` both have a row for each pair. Row times row, added over the factors, is a dot product.",
        "Multiply `P[users]` and `Q[items]` with `*`, add up over axis 1, and add that to the baseline.",
    ),
    variants=(loop, on_top_of_the_baseline, taken_from_a_table, diagonal, single_precision),
)
