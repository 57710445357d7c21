"""Lesson 03's functions against finite differences, a loop by hand, and planted truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfref import sgd
from mfref.factorization import regularized_loss
from mfref.sgd import init_factors, sgd_epoch, sgd_step, train_sgd


def one_rating_loss(p, q, r, reg):
    return (r - p @ q) ** 2 + reg * (p @ p + q @ q)


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 6), lr=st.floats(1e-3, 1), reg=st.floats(0, 1))
def test_step_is_half_the_negative_gradient(seed, k, lr, reg):
    rng = np.random.default_rng(seed)
    P, Q = rng.normal(size=(3, k)), rng.normal(size=(4, k))
    before_P, before_Q, r = P.copy(), Q.copy(), rng.uniform(1, 5)
    e = sgd_step(P, Q, 1, 2, r, lr, reg)
    assert e == pytest.approx(r - before_P[1] @ before_Q[2])
    h = 1e-6
    for f in range(k):
        d = np.zeros(k)
        d[f] = h
        p, q = before_P[1], before_Q[2]
        slope_p = (one_rating_loss(p + d, q, r, reg) - one_rating_loss(p - d, q, r, reg)) / (2 * h)
        slope_q = (one_rating_loss(p, q + d, r, reg) - one_rating_loss(p, q - d, r, reg)) / (2 * h)
        assert P[1, f] - p[f] == pytest.approx(-lr / 2 * slope_p, abs=1e-6)
        assert Q[2, f] - q[f] == pytest.approx(-lr / 2 * slope_q, abs=1e-6)
    others = [0, 2], [0, 1, 3]
    assert np.array_equal(P[others[0]], before_P[others[0]])
    assert np.array_equal(Q[others[1]], before_Q[others[1]])


def test_step_on_an_exact_rating_only_shrinks():
    P, Q = np.array([[1.0, 2.0]]), np.array([[3.0, -1.0]])
    assert sgd_step(P, Q, 0, 0, 1.0, lr=0.1, reg=0.5) == 0
    assert np.allclose(P, [[0.95, 1.9]])
    assert np.allclose(Q, [[2.85, -0.95]])


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_epoch_is_the_steps_in_the_generators_order(seed):
    rng = np.random.default_rng(seed)
    users, items, ratings = rng.integers(0, 5, 30), rng.integers(0, 6, 30), rng.uniform(1, 5, 30)
    P, Q = rng.normal(size=(5, 2)), rng.normal(size=(6, 2))
    by_hand = P.copy(), Q.copy()
    value = sgd_epoch(P, Q, users, items, ratings, 0.05, 0.1, np.random.default_rng(seed))
    errors = [sgd_step(*by_hand, users[n], items[n], ratings[n], 0.05, 0.1) for n in np.random.default_rng(seed).permutation(30)]
    assert np.array_equal(P, by_hand[0])
    assert np.array_equal(Q, by_hand[1])
    assert value == pytest.approx(np.sqrt(np.mean(np.square(errors))))


def test_init_factors_has_the_scale_and_is_reproducible():
    P, Q = init_factors(300, 200, 20, np.random.default_rng(1), scale=0.5)
    assert P.shape == (300, 20)
    assert Q.shape == (200, 20)
    assert np.concatenate([P, Q]).std() == pytest.approx(0.5, rel=0.03)
    again, _ = init_factors(300, 200, 20, np.random.default_rng(1), scale=0.5)
    assert np.array_equal(P, again)


def test_training_recovers_a_planted_matrix_on_cells_it_never_saw():
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.5, 1.5, (60, 2)) @ rng.uniform(0.5, 1.5, (2, 50))
    known = rng.random(truth.shape) < 0.5
    users, items = np.nonzero(known)
    P, Q, history = train_sgd(users, items, truth[users, items], 60, 50, 2, lr=0.05, reg=0.0, n_epochs=120, rng=rng)
    assert len(history) == 120
    assert history[-1] < 0.02
    assert np.sqrt(np.mean((P @ Q.T - truth)[~known] ** 2)) < 0.1 * truth.std()


def test_training_goes_down_the_loss_of_lesson_02():
    rng = np.random.default_rng(0)
    users, items, ratings = rng.integers(0, 20, 200), rng.integers(0, 20, 200), rng.uniform(1, 5, 200)
    start = init_factors(20, 20, 3, np.random.default_rng(5))
    P, Q, _ = train_sgd(users, items, ratings, 20, 20, 3, lr=0.01, reg=0.0, n_epochs=30, rng=np.random.default_rng(5))
    assert regularized_loss(users, items, ratings, P, Q, 0.0) < 0.3 * regularized_loss(users, items, ratings, *start, 0.0)


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(sgd).items() if callable(value) and not name.startswith("_")]
    assert public == ["init_factors", "sgd_step", "sgd_epoch", "train_sgd"]
