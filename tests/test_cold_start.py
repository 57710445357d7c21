"""Lesson 11's functions against SciPy, scikit-learn's closed forms, loops, brute force and planted truth."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mfref import cold_start
from mfref.cold_start import fold_in_user, genre_factors, onboarding_items, predict_with_features

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=25)
@given(seed=SEEDS, k=st.integers(1, 5), n=st.integers(0, 9), reg=st.floats(0.1, 5))
def test_fold_in_is_the_minimum_that_scipy_finds(seed, k, n, reg):
    rng = np.random.default_rng(seed)
    Q, items, ratings = rng.normal(size=(6, k)), rng.integers(6, size=n), rng.uniform(-3, 3, n)

    def loss(p):
        return sum((r - p @ Q[i]) ** 2 for i, r in zip(items, ratings, strict=True)) + reg * p @ p

    p = fold_in_user(Q, items, ratings, reg)
    found = minimize(loss, np.ones(k), method="BFGS", options={"gtol": 1e-9})
    assert np.allclose(p, found.x, atol=1e-5)
    assert loss(p) <= found.fun + 1e-9


def test_fold_in_by_hand_and_without_answers():
    Q = np.array([[1.0, 0.0], [0.0, 2.0]])
    before = Q.copy()
    assert np.allclose(fold_in_user(Q, np.array([0, 0]), np.array([3.0, 3.0]), 1.0), [2, 0])
    assert np.allclose(fold_in_user(Q, np.array([1]), np.array([2.5]), 1.0), [0, 1])
    assert np.array_equal(fold_in_user(Q, np.zeros(0, dtype=int), np.zeros(0), 1.0), [0, 0])
    assert np.array_equal(Q, before)


def test_more_answers_come_nearer_to_a_planted_taste():
    rng = np.random.default_rng(4)
    Q, p = rng.normal(size=(200, 5)), rng.normal(size=5)
    distances = [np.linalg.norm(fold_in_user(Q, np.arange(n), Q[:n] @ p, 1.0) - p) for n in (0, 3, 10, 50, 200)]
    assert all(b < a for a, b in itertools.pairwise(distances))
    assert distances[-1] < 0.05


@settings(max_examples=25)
@given(seed=SEEDS, reg=st.floats(0.1, 5))
def test_genre_factors_are_those_of_least_squares_with_the_penalty_as_rows(seed, reg):
    rng = np.random.default_rng(seed)
    genres, Q = (rng.random((9, 4)) < 0.4).astype(float), rng.normal(size=(9, 3))
    X, Y = np.vstack([genres, np.sqrt(reg) * np.eye(4)]), np.vstack([Q, np.zeros((4, 3))])
    assert np.allclose(genre_factors(Q, genres, reg), np.linalg.lstsq(X, Y)[0])


def test_genre_factors_recover_planted_vectors_and_give_zeros_to_a_genre_without_films():
    rng = np.random.default_rng(5)
    genres, G = (rng.random((300, 5)) < 0.4).astype(float), rng.normal(size=(5, 3))
    genres[:, 2] = 0
    found = genre_factors(genres @ G, genres, 1e-6)
    assert np.array_equal(found[2], np.zeros(3))
    assert np.allclose(np.delete(found, 2, axis=0), np.delete(G, 2, axis=0), atol=1e-6)


@given(seed=SEEDS)
def test_predictions_with_features_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    P, Q, D, G = (rng.normal(size=(n, 3)) for n in (4, 6, 2, 5))
    x, y = rng.uniform(-1, 2, (4, 2)), rng.uniform(-1, 2, (6, 5))
    users, items = rng.integers(4, size=7), rng.integers(6, size=7)
    predicted = predict_with_features(P, Q, x, y, D, G, users, items)
    for n, (u, i) in enumerate(zip(users, items, strict=True)):
        expected = sum(
            (P[u, f] + sum(x[u, a] * D[a, f] for a in range(2))) * (Q[i, f] + sum(y[i, a] * G[a, f] for a in range(5)))
            for f in range(3)
        )
        assert predicted[n] == pytest.approx(expected)


def test_a_bias_is_a_factor_whose_partner_is_one():
    rng = np.random.default_rng(6)
    P, Q, b_user, b_item = rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=3), rng.normal(size=4)
    users, items = np.array([0, 2, 1]), np.array([3, 0, 1])
    none = np.zeros((4, 1))
    long_P, long_Q = np.column_stack([P, b_user, np.ones(3)]), np.column_stack([Q, np.ones(4), b_item])
    predicted = predict_with_features(long_P, long_Q, none[:3], none, np.zeros((1, 4)), np.zeros((1, 4)), users, items)
    assert np.allclose(predicted, b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=1))


@settings(max_examples=25)
@given(seed=SEEDS, reg=st.floats(0.1, 4))
def test_each_question_makes_the_determinant_grow_most(seed, reg):
    rng = np.random.default_rng(seed)
    Q, known = rng.normal(size=(7, 3)), rng.uniform(0.1, 1, 7)
    asked = onboarding_items(Q, known, 7, reg).tolist()
    assert sorted(asked) == list(range(7))
    A = reg * np.eye(3)
    for n, i in enumerate(asked):
        volume = {j: np.linalg.slogdet(A + known[j] * np.outer(Q[j], Q[j]))[1] for j in asked[n:]}
        assert volume[i] == pytest.approx(max(volume.values()))
        growth = np.log(1 + known[i] * Q[i] @ np.linalg.inv(A) @ Q[i])
        assert volume[i] - np.linalg.slogdet(A)[1] == pytest.approx(growth)
        A += known[i] * np.outer(Q[i], Q[i])


def test_greedy_questions_are_nearly_as_good_as_the_best_set_of_all():
    rng = np.random.default_rng(8)
    Q, known = rng.normal(size=(9, 3)), rng.uniform(0.2, 1, 9)

    def told(items):
        rows = np.sqrt(known[list(items)])[:, None] * Q[list(items)]
        return np.linalg.slogdet(np.eye(3) + rows.T @ rows)[1]

    best = max(told(items) for items in itertools.combinations(range(9), 4))
    assert told(onboarding_items(Q, known, 4, 1.0)) >= (1 - 1 / np.e) * best


def test_questions_at_the_edges():
    Q, known = np.eye(3)[[0, 0, 1, 2]], np.array([0.5, 0.5, 0.0, 0.5])
    assert onboarding_items(Q, known, 99, 1.0).tolist() == [0, 3, 1, 2]
    assert onboarding_items(Q, np.zeros(4), 3, 1.0).tolist() == [0, 1, 2]
    empty = onboarding_items(Q, known, 0, 1.0)
    assert empty.shape == (0,)
    assert empty.dtype.kind == "i"


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(cold_start).items() if callable(value) and not name.startswith("_")]
    assert public == ["fold_in_user", "genre_factors", "predict_with_features", "onboarding_items"]
