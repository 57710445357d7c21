"""Lesson 13 against independent oracles: finite differences, scikit-learn's network, Adam written out, a planted function."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPRegressor

from mfref.neural import adam_step, backward, forward, train_ncf

NAMES = ["P", "Q", "W1", "b1", "w2", "b2"]


def network(rng, n_users=4, n_items=5, n_factors=2, n_hidden=6):
    shapes = (n_users, n_factors), (n_items, n_factors), (2 * n_factors, n_hidden), (n_hidden,), (n_hidden,), (1,)
    return {name: rng.normal(size=shape) for name, shape in zip(NAMES, shapes, strict=True)}


def loss(weights, users, items, ratings, reg):
    """Rating by rating, with plain numbers."""
    total = 0.0
    for u, i, r in zip(users, items, ratings, strict=True):
        x = [*weights["P"][u], *weights["Q"][i]]
        predicted = float(weights["b2"][0])
        for j, b in enumerate(weights["b1"]):
            predicted += max(0.0, b + sum(a * w for a, w in zip(x, weights["W1"][:, j], strict=True))) * weights["w2"][j]
        total += (predicted - r) ** 2 + reg * sum(a * a for a in x)
    return total / len(ratings)


# --- forward


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 7))
@settings(max_examples=25, deadline=None)
def test_layers_are_those_of_scikit_learn(seed, n_factors, n_hidden):
    rng = np.random.default_rng(seed)
    weights = network(rng, n_factors=n_factors, n_hidden=n_hidden)
    users, items = rng.integers(0, 4, 9), rng.integers(0, 5, 9)
    x = np.concatenate([weights["P"][users], weights["Q"][items]], axis=1)
    model = MLPRegressor(hidden_layer_sizes=(n_hidden,), activation="relu", max_iter=1, solver="sgd", learning_rate_init=1e-9)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        model.fit(x, np.zeros(9))
    model.coefs_ = [weights["W1"], weights["w2"][:, None]]
    model.intercepts_ = [weights["b1"], weights["b2"]]
    predicted, hidden = forward(weights, users, items)
    assert np.allclose(predicted, model.predict(x))
    assert np.allclose(hidden @ weights["w2"] + weights["b2"], predicted)
    assert hidden.shape == (9, n_hidden)
    assert (hidden >= 0).all()


def test_a_network_by_hand():
    weights = {
        "P": [[1.0]],
        "Q": [[3.0], [-2.0]],
        "W1": [[1.0, 2.0], [1.0, -1.0]],
        "b1": [0.5, 2.0],
        "w2": [1.0, -2.0],
        "b2": [3.0],
    }
    weights = {name: np.array(value) for name, value in weights.items()}
    predicted, hidden = forward(weights, np.array([0, 0]), np.array([0, 1]))
    assert hidden.tolist() == [[4.5, 1.0], [0.0, 6.0]]
    assert predicted.tolist() == [5.5, -9.0]


# --- backward


@given(st.integers(0, 10_000), st.integers(1, 8), st.floats(0, 3))
@settings(max_examples=30, deadline=None)
def test_gradient_by_finite_differences(seed, n, reg):
    """Two-sided differences of a loss written with plain numbers; the batch may repeat users and items."""
    rng = np.random.default_rng(seed)
    weights = network(rng, n_users=3, n_items=3)
    batch = rng.integers(0, 3, n), rng.integers(0, 3, n), rng.uniform(1, 5, n)
    gradients = backward(weights, *batch, reg)
    assert list(gradients) == NAMES
    step = 1e-6
    for name, array in weights.items():
        assert gradients[name].shape == array.shape
        for at in np.ndindex(array.shape):
            keep, sides = array[at], []
            for side in (step, -step):
                array[at] = keep + side
                sides.append(loss(weights, *batch, reg))
            array[at] = keep
            assert math.isclose(gradients[name][at], (sides[0] - sides[1]) / (2 * step), rel_tol=1e-3, abs_tol=1e-3), (name, at)


def test_rows_outside_the_batch_have_no_gradient_and_nothing_is_changed():
    rng = np.random.default_rng(1)
    weights = network(rng)
    before = {name: array.copy() for name, array in weights.items()}
    gradients = backward(weights, np.array([2, 2]), np.array([0, 4]), np.array([3.0, 1.0]), 0.7)
    assert not gradients["P"][[0, 1, 3]].any()
    assert not gradients["Q"][[1, 2, 3]].any()
    assert all(np.array_equal(weights[name], before[name]) for name in NAMES)


def test_a_batch_is_the_mean_of_its_ratings():
    rng = np.random.default_rng(2)
    weights = network(rng)
    users, items, ratings = np.array([0, 0, 3, 0]), np.array([1, 2, 1, 1]), rng.uniform(1, 5, 4)
    whole = backward(weights, users, items, ratings, 0.4)
    each = [backward(weights, users[[n]], items[[n]], ratings[[n]], 0.4) for n in range(4)]
    for name in NAMES:
        assert np.allclose(whole[name], np.mean([g[name] for g in each], axis=0))


# --- Adam


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.floats(1e-4, 1), st.floats(0, 0.99), st.floats(0, 0.9999))
@settings(deadline=None)
def test_adam_is_the_two_weighted_means_in_closed_form(gradients, lr, beta1, beta2):
    """m and v after t steps, written as sums over all the gradients."""
    weights, moments = {"w": np.array([1.0])}, {"w": np.zeros((2, 1))}
    expected = 1.0
    for t, g in enumerate(gradients, 1):
        adam_step(weights, {"w": np.array([g])}, moments, t, lr, beta1, beta2, 1e-3)
        fade1, fade2 = ([beta ** (t - 1 - k) for k in range(t)] for beta in (beta1, beta2))
        m = sum(f * x for f, x in zip(fade1, gradients, strict=False)) / sum(fade1)
        v = sum(f * x * x for f, x in zip(fade2, gradients, strict=False)) / sum(fade2)
        expected -= lr * m / (math.sqrt(v) + 1e-3)
    assert np.isclose(weights["w"][0], expected, rtol=1e-6, atol=1e-6)


def test_the_first_step_of_adam_has_the_length_lr_whatever_the_gradient():
    weights, moments = {"w": np.zeros(4)}, {"w": np.zeros((2, 4))}
    adam_step(weights, {"w": np.array([1e-3, 5.0, -700.0, 0.0])}, moments, 1, 0.1, 0.9, 0.999, 1e-8)
    assert np.allclose(weights["w"], [-0.1, -0.1, 0.1, 0.0], atol=1e-5)


def test_adam_agrees_with_scikit_learn():
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

    rng = np.random.default_rng(3)
    weights = network(rng)
    theirs = [array.copy() for array in weights.values()]
    optimizer = AdamOptimizer(theirs, 0.05, 0.8, 0.95, 1e-12)
    moments = {name: np.zeros((2, *array.shape)) for name, array in weights.items()}
    for t in range(1, 20):
        gradients = {name: rng.normal(size=array.shape) for name, array in weights.items()}
        adam_step(weights, gradients, moments, t, 0.05, 0.8, 0.95, 1e-12)
        optimizer.update_params(theirs, list(gradients.values()))
    for ours, other in zip(weights.values(), theirs, strict=True):
        assert np.allclose(ours, other)


def test_adam_changes_the_very_arrays():
    weights, moments = {"w": np.ones(2)}, {"w": np.zeros((2, 2))}
    array, both = weights["w"], moments["w"]
    assert adam_step(weights, {"w": np.ones(2)}, moments, 1, 0.1, 0.9, 0.99, 1e-8) is None
    assert weights["w"] is array
    assert moments["w"] is both
    assert (array < 1).all()
    assert both.any()


# --- training


def planted(rng, n_users=30, n_items=25):
    """Ratings by a rule that no single dot product of few factors follows: users like items that are near to them."""
    a, b = rng.uniform(0, 1, n_users), rng.uniform(0, 1, n_items)
    users, items = (index.ravel() for index in np.meshgrid(np.arange(n_users), np.arange(n_items), indexing="ij"))
    return users, items, 5 - 4 * np.abs(a[users] - b[items])


def test_a_planted_function_is_learned():
    rng = np.random.default_rng(4)
    users, items, ratings = planted(rng)
    known = rng.random(len(ratings)) < 0.7
    weights, history = train_ncf(users[known], items[known], ratings[known], 30, 25, 4, 16, 0.01, 0.0, 60, 64, rng)
    left = forward(weights, users[~known], items[~known])[0] - ratings[~known]
    assert history[-1] < 0.15 < history[0]
    assert np.sqrt(np.mean(left**2)) < 0.25 * ratings.std()


def test_history_is_the_error_of_what_is_returned():
    rng = np.random.default_rng(5)
    users, items, ratings = planted(rng, 8, 7)
    runs = [train_ncf(users, items, ratings, 8, 7, 2, 5, 0.02, 0.1, n, 10, np.random.default_rng(9)) for n in range(4)]
    for n, (weights, history) in enumerate(runs):
        assert history == runs[-1][1][:n]
        if n:
            assert history[-1] == pytest.approx(np.sqrt(np.mean((forward(weights, users, items)[0] - ratings) ** 2)))


def test_the_start():
    weights, history = train_ncf(
        np.array([0]), np.array([1]), np.array([4.0]), 300, 200, 9, 50, 0.1, 0.1, 0, 8, np.random.default_rng(6)
    )
    assert history == []
    assert weights["b2"].tolist() == [4.0]
    assert not weights["b1"].any()
    for name, scale in (("P", 0.1), ("Q", 0.1), ("W1", 1 / 3), ("w2", 50**-0.5)):
        assert weights[name].std() == pytest.approx(scale, rel=0.3)
    assert [weights[name].shape for name in NAMES] == [(300, 9), (200, 9), (18, 50), (50,), (50,), (1,)]


def test_batches_hold_each_rating_once_in_an_order_of_their_own(monkeypatch):
    seen = []

    def remembered(weights, users, items, ratings, reg):
        seen.append(ratings.tolist())
        return backward(weights, users, items, ratings, reg)

    monkeypatch.setattr("mfref.neural.backward", remembered)
    ratings = np.arange(1.0, 12.0)
    train_ncf(np.arange(11) % 3, np.arange(11) % 4, ratings, 3, 4, 2, 3, 0.01, 0.0, 2, 4, np.random.default_rng(7))
    assert [len(batch) for batch in seen] == [4, 4, 3] * 2
    epochs = [sum(seen[:3], []), sum(seen[3:], [])]
    assert all(sorted(epoch) == ratings.tolist() for epoch in epochs)
    assert epochs[0] != epochs[1] != ratings.tolist()


def test_steps_are_counted_through_all_epochs_and_the_moments_are_kept(monkeypatch):
    told = []

    def remembered(weights, gradients, moments, t, lr, *usual):
        told.append((t, lr, usual, id(moments), bool(moments["b2"].any())))
        adam_step(weights, gradients, moments, t, lr, *usual)

    monkeypatch.setattr("mfref.neural.adam_step", remembered)
    train_ncf(np.arange(7) % 3, np.arange(7) % 4, np.arange(7.0), 3, 4, 2, 3, 0.02, 0.1, 3, 4, np.random.default_rng(8))
    steps, rates, usual, same, begun = zip(*told, strict=True)
    assert steps == (1, 2, 3, 4, 5, 6)
    assert set(rates) == {0.02}
    assert set(usual) == {(0.9, 0.999, 1e-8)}
    assert len(set(same)) == 1
    assert begun == (False, True, True, True, True, True)


def test_the_penalty_makes_factors_shorter():
    rng = np.random.default_rng(8)
    users, items, ratings = planted(rng)
    lengths = []
    for reg in (0.0, 0.3, 3.0):
        weights, _ = train_ncf(users, items, ratings, 30, 25, 3, 8, 0.01, reg, 15, 64, np.random.default_rng(1))
        lengths.append(np.linalg.norm(weights["P"]) + np.linalg.norm(weights["Q"]))
    assert lengths == sorted(lengths, reverse=True)
