"""Lesson 08's functions against scikit-learn's ridge regression, finite differences, SciPy's minimizer and planted truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from mfref.als import als_sweep, solve_user, train_als
from mfref.factorization import gradient_descent, loss_gradient, regularized_loss
from mfref.sgd import init_factors


def problem(seed, n_users=8, n_items=6, n_factors=3, share=0.6):
    rng = np.random.default_rng(seed)
    known = rng.random((n_users, n_items)) < share
    known[1], known[:, 2] = False, False  # a user and an item without ratings
    users, items = rng.permutation(np.argwhere(known)).T
    P, Q = rng.normal(size=(n_users, n_factors)), rng.normal(size=(n_items, n_factors))
    return P, Q, users, items, rng.uniform(1, 5, len(users))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 6), st.floats(0.01, 100))
def test_a_user_is_scikit_learns_ridge_regression(seed, n_ratings, n_factors, reg):
    rng = np.random.default_rng(seed)
    Q, items, ratings = rng.normal(size=(9, n_factors)), rng.integers(0, 9, n_ratings), rng.uniform(1, 5, n_ratings)
    expected = Ridge(alpha=reg, fit_intercept=False).fit(Q[items], ratings).coef_
    assert np.allclose(solve_user(Q, items, ratings, reg), expected, rtol=1e-6, atol=1e-9)


def test_a_user_without_ratings_gets_zeros():
    assert solve_user(np.ones((4, 3)), np.array([], dtype=int), np.array([]), 0.5).tolist() == [0, 0, 0]


def test_scipys_minimizer_finds_no_lower_point():
    _, Q, _, _, _ = problem(0)
    items, ratings, reg = np.array([0, 3, 5]), np.array([5.0, 2.0, 4.0]), 0.7

    def loss(p):
        return ((ratings - Q[items] @ p) ** 2).sum() + reg * p @ p

    p = solve_user(Q, items, ratings, reg)
    found = minimize(loss, np.zeros(3), tol=1e-12)
    assert loss(p) <= found.fun + 1e-9
    assert np.allclose(p, found.x, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_after_a_sweep_the_gradient_of_the_items_is_zero(seed):
    P, Q, users, items, ratings = problem(seed)
    als_sweep(P, Q, users, items, ratings, 0.3)
    _, dQ = loss_gradient(users, items, ratings, P, Q, 0.3)
    assert np.allclose(dQ, 0, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_never_rises_and_rows_without_ratings_are_zero(seed):
    P, Q, *known = problem(seed)
    losses = [regularized_loss(*known, P, Q, 0.3)]
    for _ in range(10):
        rmse = als_sweep(P, Q, *known, 0.3)
        losses.append(regularized_loss(*known, P, Q, 0.3))
    assert all(later <= earlier + 1e-9 for earlier, later in zip(losses, losses[1:], strict=False))
    assert not P[1].any()
    assert not Q[2].any()
    users, items, ratings = known
    assert rmse == pytest.approx(np.sqrt(np.mean((ratings - (P @ Q.T)[users, items]) ** 2)))


def test_it_stays_where_gradient_descent_ends():
    P, Q, *known = problem(3, n_factors=2)
    P, Q, losses = gradient_descent(*known, P, Q, 0.01, 0.5, 20_000)
    before = P @ Q.T
    als_sweep(P, Q, *known, 0.5)
    assert np.allclose(P @ Q.T, before, atol=1e-6)
    assert regularized_loss(*known, P, Q, 0.5) == pytest.approx(losses[-1], rel=1e-9)


def test_planted_factors_are_found_on_cells_it_never_saw():
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(40, 2)) @ rng.normal(size=(30, 2)).T
    known = rng.random(truth.shape) < 0.6
    users, items = np.nonzero(known)
    P, Q, history = train_als(users, items, truth[known], 40, 30, 2, 1e-5, 60, rng)
    assert len(history) == 60
    assert np.sqrt(np.mean((P @ Q.T - truth)[~known] ** 2)) < 0.01


def test_training_is_sweeps_from_drawn_factors():
    _, _, *known = problem(5)
    P, Q, history = train_als(*known, 8, 6, 3, 0.4, 3, np.random.default_rng(9))
    by_hand = init_factors(8, 6, 3, np.random.default_rng(9))
    expected = [als_sweep(*by_hand, *known, 0.4) for _ in range(3)]
    assert history == expected
    assert np.array_equal(P, by_hand[0])
    assert np.array_equal(Q, by_hand[1])
    assert train_als(*known, 8, 6, 3, 0.4, 0, np.random.default_rng(9))[2] == []
