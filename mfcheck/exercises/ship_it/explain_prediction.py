"""explain_prediction: a prediction in its parts, and the rated films behind it."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.ship_it._explain_mistakes import (
    absolute,
    all_rated,
    among_all,
    ascending,
    by_distance,
    by_dot_product,
    itself_among_nearest,
    like_the_user,
    mu_missing,
    places,
    running_sums,
    sum_as_a_part,
    ties_by_row,
    ties_turned,
    zero_over_zero,
)
from mfref import ship_it


def problem(rng, **sizes):
    """A user who rated some items, item i among them or not. The cosine gives another order than what is mistaken for it."""
    while True:
        drawn = draw(rng, **sizes)
        if orders_differ(**drawn):
            return drawn


def orders_differ(p, Q, rated, i, n, **_):
    if len(rated) < 4 or i in rated:
        return True
    q, rows = Q[i], Q[rated]
    lengths = np.linalg.norm(rows, axis=1)
    cosines = rows @ q / lengths
    scores = cosines, rows @ q, -np.linalg.norm(rows - q, axis=1), rows @ p / lengths, np.abs(cosines)
    return len({tuple(np.argsort(-score)[: min(n, 2)]) for score in scores}) == len(scores) and np.ptp(cosines) > 0.1


def draw(rng, n_items=7, n_factors=3, n_rated=4, n=3, item_rated=False):
    order = rng.permutation(n_items)
    i = int(order[0] if item_rated else order[-1])
    return {
        "mu": float(rng.uniform(3, 4)),
        "b_u": float(rng.uniform(0.3, 1) * rng.choice([-1, 1])),
        "b_item": rng.uniform(0.3, 1, n_items) * rng.choice([-1, 1], n_items),
        "p": rng.uniform(0.5, 1.5, n_factors) * rng.choice([-1, 1], n_factors),
        "Q": rng.normal(size=(n_items, n_factors)) * rng.uniform(0.2, 3, (n_items, 1)),
        "rated": rng.permutation(order[:n_rated]),
        "i": i,
        "n": n,
    }


@group("the law: four parts that add up to the prediction, and the rated items most like i by cosine", points=2)
def parts_and_nearest(rng):
    """One by hand; then four rated items of seven, eight of twelve with two factors, and a single one asked for."""
    yield {
        "mu": 3.5,
        "b_u": 0.25,
        "b_item": np.array([0.5, -0.25, 0.125, 0.75]),
        "p": np.array([1.0, -0.5]),
        "Q": np.array([[0.4, 0.3], [-4.0, 3.0], [1.0, 0.0], [2.0, 1.0]]),
        "rated": np.array([1, 2, 0]),
        "i": 3,
        "n": 2,
    }
    yield problem(rng)
    yield problem(rng, n_items=12, n_factors=2, n_rated=8, n=5)
    yield problem(rng, n_items=7, n_factors=4, n_rated=6, n=1)


@group("i itself is never among the nearest; fewer are given where fewer are rated", points=1)
def itself_and_few(rng):
    """Item i is rated, too; n is larger than the number of rated items; one rated item, which is i; none."""
    yield problem(rng, item_rated=True)
    yield problem(rng, item_rated=True, n=9)
    yield problem(rng, n_rated=2, n=5)
    yield problem(rng, n_rated=1, item_rated=True)
    yield {**draw(rng), "rated": np.zeros(0, dtype=int)}


@group("a row of zeros has cosine 0; ties keep the order of `rated`", points=1)
def zeros_and_ties(rng):
    """Rows along the axes, so that the cosines are exactly 1, 0 or −1, and a row of zeros; then the row of i is zeros."""
    for of_i in (2.0, 0.0):
        for n in (3, 8):
            axis = int(rng.integers(2))
            Q = np.zeros((10, 2))
            Q[:5, axis] = rng.permutation([1.0, 2, 4, -1, -2])
            Q[5:8, 1 - axis] = rng.permutation([1.0, 2, -1])
            Q = np.vstack([rng.permutation(Q[:9]), Q[9:]])
            Q[9, axis] = of_i
            yield {**draw(rng, 10, 2, 0), "Q": Q, "rated": rng.permutation(9), "i": 9, "n": n}


def loop(mu, b_u, b_item, p, Q, rated, i, n):
    def cosine(a, b):
        lengths = np.sqrt(sum(a * a)) * np.sqrt(sum(b * b))
        return sum(a * b) / lengths if lengths else 0.0

    parts = [mu, b_u, b_item[i], sum(a * b for a, b in zip(p, Q[i], strict=True))]
    nearest = sorted((j for j in rated if j != i), key=lambda j: -cosine(Q[j], Q[i]))
    print(parts, nearest)
    return parts, nearest[:n]


def all_cosines(mu, b_u, b_item, p, Q, rated, i, n):
    warnings.warn("all of them", stacklevel=1)
    lengths = np.linalg.norm(Q, axis=1, keepdims=True)
    unit = Q / np.where(lengths == 0, 1, lengths)
    rated = np.delete(rated, np.flatnonzero(rated == i))
    order = np.lexsort((np.arange(len(rated)), -(unit @ unit.T)[i, rated]))
    return np.hstack([mu, b_u, b_item[i], Q[i] @ p]), rated[order][:n]


def one_after_the_other(mu, b_u, b_item, p, Q, rated, i, n):
    q, left, nearest = Q[i], [int(j) for j in rated if j != i], []
    while left and len(nearest) < n:
        best = max(left, key=lambda j: np.dot(Q[j], q) / (np.linalg.norm(Q[j]) * np.linalg.norm(q) or 1.0))
        nearest.append(best)
        left.remove(best)
    return (mu, b_u, float(b_item[i]), float(np.dot(p, q))), tuple(nearest)


def single_precision(mu, b_u, b_item, p, Q, rated, i, n):
    parts, nearest = ship_it.explain_prediction(mu, b_u, b_item.astype(np.float32), p.astype(np.float32), Q, list(rated), i, n)
    return [parts.astype(np.float32), nearest.astype(np.int32)]


exercise = Exercise(
    number="15.4",
    task="Return (parts, nearest): parts = [mu, b_u, b_item[i], p · Q[i]]; nearest = up to n of the rows in rated, most like i first by the cosine of their rows of Q, "
    "never i itself; a row of zeros has cosine 0, ties keep the order of rated.",
    reference=ship_it.explain_prediction,
    groups=(parts_and_nearest, itself_and_few, zeros_and_ties),
    mistakes=(
        itself_among_nearest,
        by_dot_product,
        by_distance,
        like_the_user,
        ascending,
        absolute,
        places,
        among_all,
        all_rated,
        zero_over_zero,
        ties_turned,
        ties_by_row,
        running_sums,
        sum_as_a_part,
        mu_missing,
    ),
    hints=(
        "Two answers in one: four numbers that you know from lesson 04, and a list of similar films as in lesson 07, among fewer candidates.",
        "Take i out of `rated`. The cosine is the dot product over both lengths, and 0 where a length is 0. Then sort downwards with a stable sort, and take the first n.",
        "`np.divide(dots, lengths, out=np.zeros(len(dots)), where=lengths > 0)`, then `np.argsort(-cosines, kind='stable')[:n]`, and look these places up in what is left of `rated`.",
    ),
    variants=(loop, all_cosines, one_after_the_other, single_precision),
)
