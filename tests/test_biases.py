"""Lesson 04's functions against loops, pandas, finite differences and planted truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfref import biases
from mfref.biases import biased_sgd_step, damped_means, predict_baseline, predict_biased, train_biased_sgd

SEEDS = st.integers(0, 2**32 - 1)


def some_ratings(rng, n_users=7, n_items=9, share=0.35):
    """Some cells of a table in random order; users and items without ratings occur."""
    known = rng.random((n_users, n_items)) < share
    known[0, 0] = True
    users, items = rng.permutation(np.argwhere(known)).T
    return users, items, rng.uniform(-3, 11, len(users)), n_users, n_items


def damped_means_by_hand(users, items, ratings, n_users, n_items, damping):
    mu = sum(ratings) / len(ratings)
    b_user, b_item = [0.0] * n_users, [0.0] * n_items
    triples = list(zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True))
    for item in range(n_items):
        left = [r - mu for _, i, r in triples if i == item]
        b_item[item] = sum(left) / (len(left) + damping) if left else 0.0
    for user in range(n_users):
        left = [r - mu - b_item[i] for u, i, r in triples if u == user]
        b_user[user] = sum(left) / (len(left) + damping) if left else 0.0
    return mu, b_user, b_item


@given(seed=SEEDS, damping=st.sampled_from([0, 0.5, 3, 25.0]))
def test_damped_means_are_those_of_loops(seed, damping):
    arguments = some_ratings(np.random.default_rng(seed))
    mu, b_user, b_item = damped_means(*arguments, damping)
    expected = damped_means_by_hand(*arguments, damping)
    assert mu == pytest.approx(expected[0])
    assert np.allclose(b_user, expected[1])
    assert np.allclose(b_item, expected[2])


@given(seed=SEEDS)
def test_without_damping_they_are_what_groupby_gives(seed):
    users, items, ratings, n_users, n_items = some_ratings(np.random.default_rng(seed))
    mu, b_user, b_item = damped_means(users, items, ratings, n_users, n_items, 0)
    table = pd.DataFrame({"user": users, "item": items, "left": ratings - ratings.mean()})
    of_item = table.groupby("item")["left"].mean()
    table["left"] -= table["item"].map(of_item)
    of_user = table.groupby("user")["left"].mean()
    assert np.allclose(b_item, of_item.reindex(range(n_items), fill_value=0))
    assert np.allclose(b_user, of_user.reindex(range(n_users), fill_value=0))


@given(seed=SEEDS, damping=st.floats(0.1, 30))
def test_a_damped_mean_minimizes_a_penalized_sum(seed, damping):
    """Σ (r − mu − b)² + damping · b² over the ratings of one item is smallest at b = Σ (r − mu) / (n + damping)."""
    users, items, ratings, n_users, n_items = some_ratings(np.random.default_rng(seed))
    mu, _, b_item = damped_means(users, items, ratings, n_users, n_items, damping)

    def penalized(b):
        return np.sum((ratings[items == 0] - mu - b) ** 2) + damping * b**2

    h = 1e-3
    assert penalized(b_item[0]) <= min(penalized(b_item[0] + h), penalized(b_item[0] - h))


def test_more_damping_means_smaller_item_effects_and_in_the_end_none():
    arguments = some_ratings(np.random.default_rng(1))
    sizes = [np.abs(damped_means(*arguments, damping)[2]) for damping in (0, 1, 10, 1e9)]
    for larger, smaller in zip(sizes, sizes[1:], strict=False):
        assert (smaller <= larger).all()
    assert sizes[-1].max() < 1e-6


@given(seed=SEEDS)
def test_predictions_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    mu, b_user, b_item = rng.normal(), rng.normal(size=5), rng.normal(size=8)
    P, Q = rng.normal(size=(5, 3)), rng.normal(size=(8, 3))
    users, items = rng.integers(5, size=11), rng.integers(8, size=11)
    baseline = predict_baseline(mu, b_user, b_item, users, items)
    biased = predict_biased(mu, b_user, b_item, P, Q, users, items)
    for n, (u, i) in enumerate(zip(users, items, strict=True)):
        assert baseline[n] == pytest.approx(mu + b_user[u] + b_item[i])
        assert biased[n] == pytest.approx(mu + b_user[u] + b_item[i] + sum(P[u, f] * Q[i, f] for f in range(3)))


def one_rating_loss(mu, b_u, b_i, p, q, r, reg):
    return (r - mu - b_u - b_i - p @ q) ** 2 + reg * (b_u**2 + b_i**2 + p @ p + q @ q)


@given(seed=SEEDS, k=st.integers(1, 5), lr=st.floats(1e-3, 1), reg=st.floats(0, 1))
def test_step_is_half_the_negative_gradient(seed, k, lr, reg):
    rng = np.random.default_rng(seed)
    mu, r = rng.uniform(2, 4), rng.uniform(1, 5)
    model = [rng.normal(size=3), rng.normal(size=4), rng.normal(size=(3, k)), rng.normal(size=(4, k))]
    before = [part.copy() for part in model]
    e = biased_sgd_step(mu, *model, 1, 2, r, lr, reg)
    b_u, b_i, p, q = before[0][1], before[1][2], before[2][1], before[3][2]
    assert e == pytest.approx(r - mu - b_u - b_i - p @ q)
    point = np.concatenate([[b_u, b_i], p, q])
    moved = np.concatenate([[model[0][1], model[1][2]], model[2][1], model[3][2]])

    def loss(x):
        return one_rating_loss(mu, x[0], x[1], x[2 : 2 + k], x[2 + k :], r, reg)

    h = 1e-6
    for direction in np.eye(len(point)) * h:
        slope = (loss(point + direction) - loss(point - direction)) / (2 * h)
        assert (moved - point) @ direction / h == pytest.approx(-lr / 2 * slope, abs=1e-6)
    for part, old, row in zip(model, before, (1, 2, 1, 2), strict=True):
        assert np.array_equal(np.delete(part, row, axis=0), np.delete(old, row, axis=0))


def test_step_by_hand():
    model = [np.array([0.5]), np.array([-1.0]), np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]])]
    assert biased_sgd_step(3.0, *model, 0, 0, 5.0, lr=0.1, reg=0.5) == pytest.approx(0.5)
    for part, expected in zip(model, ([0.525], [-0.9], [[1.05, 0.05]], [[1.95, 0.95]]), strict=True):
        assert np.allclose(part, expected)


@settings(max_examples=20)
@given(seed=SEEDS)
def test_training_is_the_steps_in_the_generators_order(seed):
    users, items, ratings, n_users, n_items = some_ratings(np.random.default_rng(seed))
    given_ = users, items, ratings, n_users, n_items, 3, 0.05, 0.1
    mu, *model, history = train_biased_sgd(*given_, 2, np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    by_hand = [np.zeros(n_users), np.zeros(n_items), rng.normal(0, 0.1, (n_users, 3)), rng.normal(0, 0.1, (n_items, 3))]
    for epoch in range(2):
        order = rng.permutation(len(ratings))
        errors = [biased_sgd_step(mu, *by_hand, users[n], items[n], ratings[n], 0.05, 0.1) for n in order]
        assert history[epoch] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert mu == pytest.approx(ratings.mean())
    for part, expected in zip(model, by_hand, strict=True):
        assert np.array_equal(part, expected)


def test_training_recovers_a_planted_model_on_cells_it_never_saw():
    rng = np.random.default_rng(0)
    of_user, of_item = rng.normal(0, 0.7, 60), rng.normal(0, 0.7, 50)
    truth = 3 + of_user[:, None] + of_item + rng.normal(0, 0.7, (60, 2)) @ rng.normal(0, 0.7, (2, 50))
    known = rng.random(truth.shape) < 0.5
    users, items = np.nonzero(known)
    learned = train_biased_sgd(users, items, truth[users, items], 60, 50, 2, lr=0.05, reg=0.001, n_epochs=100, rng=rng)
    mu, b_user, b_item, P, Q, history = learned
    assert len(history) == 100
    assert history[-1] < 0.05
    unseen = np.nonzero(~known)
    error = np.sqrt(np.mean((truth[unseen] - predict_biased(mu, b_user, b_item, P, Q, *unseen)) ** 2))
    assert error < 0.15 * truth.std()
    assert np.corrcoef(b_user, of_user)[0, 1] > 0.9
    assert np.corrcoef(b_item, of_item)[0, 1] > 0.9


def test_biases_explain_most_of_what_is_to_be_explained():
    """On the course's data: global mean, then damped means, then biased factors; each is nearer than the one before."""
    from mfref import load_ratings

    users, items, ratings = load_ratings("synthetic-100k").busiest(150, 150).arrays()
    rng = np.random.default_rng(2)
    order = rng.permutation(len(ratings))
    test, train = order[: len(order) // 5], order[len(order) // 5 :]
    mu, b_user, b_item = damped_means(users[train], items[train], ratings[train], 150, 150, 5)
    learned = train_biased_sgd(users[train], items[train], ratings[train], 150, 150, 4, 0.02, 0.1, 12, rng)
    predictions = (
        mu,
        predict_baseline(mu, b_user, b_item, users[test], items[test]),
        predict_biased(*learned[:5], users[test], items[test]),
    )
    errors = [np.sqrt(np.mean((ratings[test] - predicted) ** 2)) for predicted in predictions]
    assert errors[0] > errors[1] + 0.1 > errors[2] + 0.1


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(biases).items() if callable(value) and not name.startswith("_")]
    assert public == ["damped_means", "predict_baseline", "predict_biased", "biased_sgd_step", "train_biased_sgd"]
