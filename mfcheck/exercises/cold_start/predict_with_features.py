"""predict_with_features: everybody's own vector plus those of their features, on both sides of the dot product."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.cold_start._feature_mistakes import (
    dots,
    every_combination,
    exchanged,
    features_as_yes_or_no,
    features_averaged,
    features_missing,
    features_only,
    from_parts,
    multiplied,
    no_cross_terms,
    not_looked_up,
    one_feature_counts,
    own_vector_missing,
    parts,
    vectors_exchanged,
    wrong_axis,
)
from mfref import cold_start


def problem(rng, n_users, n_items, n_factors, n_features, n):
    """n pairs, some users and items several times; n_features: (of users, of items); features of 0 and 1, several a row."""
    x, y = (
        (rng.random((rows, columns)) < 0.6).astype(float) for rows, columns in zip((n_users, n_items), n_features, strict=True)
    )
    x[:, :2], y[:, :2] = 1, 1  # everybody has two at least, so that a sum is no mean
    return {
        "P": rng.normal(0, 1, (n_users, n_factors)),
        "Q": rng.normal(0, 1, (n_items, n_factors)),
        "user_features": x,
        "item_features": y,
        "D": rng.normal(0.3, 1, (n_features[0], n_factors)),
        "G": rng.normal(0.3, 1, (n_features[1], n_factors)),
        "users": rng.permutation(np.resize(np.arange(n_users)[::-1], n)),
        "items": rng.permutation(np.resize(np.arange(n_items), n)),
    }


@group("the law: (p + Σ x d) · (q + Σ y g) for each pair", points=2)
def any_pairs(rng):
    """Two pairs by hand; then as many pairs as factors, as many users as items, and other numbers of everything."""
    yield {
        "P": np.array([[1.0, 0.0], [0.0, 2.0]]),
        "Q": np.array([[1.0, 1.0], [2.0, 0.0]]),
        "user_features": np.array([[1.0, 1.0], [0.0, 1.0]]),
        "item_features": np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
        "D": np.array([[1.0, 1.0], [0.0, 3.0]]),
        "G": np.array([[0.5, 0.0], [1.0, 2.0], [0.0, 1.0]]),
        "users": np.array([1, 0]),
        "items": np.array([0, 1]),
    }
    yield problem(rng, 4, 4, 3, (3, 3), 3)
    yield problem(rng, 6, 4, 2, (3, 5), 7)
    yield problem(rng, 3, 7, 5, (4, 2), 9)


@group("features that are any numbers, and newcomers without a vector of their own", points=1)
def any_numbers(rng):
    """Ages and shares; rows of zeros in P and Q; rows of zeros in the features; a single pair."""
    arguments = problem(rng, 4, 5, 2, (3, 3), 6)
    yield {
        **arguments,
        "user_features": rng.uniform(-1, 4, (4, 3)),
        "item_features": arguments["item_features"] * rng.uniform(0.2, 3, (5, 3)),
    }
    arguments = problem(rng, 5, 4, 3, (2, 4), 8)
    yield {**arguments, "P": arguments["P"] * [[1], [0], [1], [0], [1]], "Q": arguments["Q"] * [[0], [1], [0], [1]]}
    arguments = problem(rng, 3, 3, 2, (2, 2), 5)
    yield {**arguments, "item_features": arguments["item_features"] * [[0.0], [1], [1]]}
    yield problem(rng, 3, 4, 2, (3, 2), 1)


def loop(P, Q, user_features, item_features, D, G, users, items):
    predicted = []
    for u, i in zip(users, items, strict=True):
        p, q = P[u].copy(), Q[i].copy()
        for x, d in zip(user_features[u], D, strict=True):
            p += x * d
        for y, g in zip(item_features[i], G, strict=True):
            q += y * g
        predicted.append(sum(p * q))
    print(predicted)
    return predicted


def all_rows_first(P, Q, user_features, item_features, D, G, users, items):
    p, q = P + user_features @ D, Q + item_features @ G
    return np.einsum("nf,nf->n", p[users], q[items])


def taken_from_a_table(P, Q, user_features, item_features, D, G, users, items):
    warnings.warn("a dense table", stacklevel=1)
    return ((P + user_features @ D) @ (Q + item_features @ G).T)[users, items]


def four_terms(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(p, q) + dots(p, y) + dots(x, q) + dots(x, y))(
        P, Q, user_features, item_features, D, G, users, items
    )


def side_by_side(P, Q, user_features, item_features, D, G, users, items):
    """The own row as one more feature of each."""
    p = np.hstack([np.eye(len(P)), user_features]) @ np.vstack([P, D])
    q = np.hstack([np.eye(len(Q)), item_features]) @ np.vstack([Q, G])
    return (p[users] * q[items]).sum(axis=1)


def single_precision(P, Q, user_features, item_features, D, G, users, items):
    p, x, q, y = (part.astype(np.float32) for part in parts(P, Q, user_features, item_features, D, G, users, items))
    return dots(p + x, q + y)


exercise = Exercise(
    number="11.3",
    task="Return (p_u + Σ x_uf d_f) · (q_i + Σ y_ig g_g) for each pair: entry n belongs to the user users[n] and the item items[n].",
    reference=cold_start.predict_with_features,
    groups=(any_pairs, any_numbers),
    mistakes=(
        own_vector_missing,
        features_only,
        features_missing,
        no_cross_terms,
        features_averaged,
        features_as_yes_or_no,
        one_feature_counts,
        not_looked_up,
        exchanged,
        vectors_exchanged,
        multiplied,
        every_combination,
        wrong_axis,
    ),
    hints=(
        "Make the two vectors of a pair first, each its own plus something. The dot product comes last.",
        "`user_features @ D` has a row for each user: the sum of the vectors of all features, each times its value.",
        "`p = P[users] + user_features[users] @ D`, `q` likewise with the items, G and Q. Multiply them with `*` and add over axis 1.",
    ),
    variants=(loop, all_rows_first, taken_from_a_table, four_terms, side_by_side, single_precision),
)
