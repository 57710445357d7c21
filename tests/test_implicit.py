"""Lesson 10's functions against dense algebra, scikit-learn, gradients, and crowds that share nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from mfref import implicit
from mfref.implicit import confidence, solve_user_implicit, train_implicit

SEEDS = st.integers(0, 2**32 - 1)


def some_counts(rng, n_users=6, n_items=8, share=0.4):
    """→ a table of counts, and its (users, items, counts) in random order; users and items without counts occur."""
    table = (rng.integers(1, 7, (n_users, n_items)) * (rng.random((n_users, n_items)) < share)).astype(float)
    table[0, 0] = 2
    pairs = rng.permutation(np.argwhere(table > 0))
    return table, *pairs.T, table[pairs[:, 0], pairs[:, 1]]


def loss_over_all(table, P, Q, alpha, reg):
    """Equation 3, cell by cell."""
    total = reg * (np.sum(P**2) + np.sum(Q**2))
    for u, i in np.ndindex(table.shape):
        wanted = 1 if table[u, i] > 0 else 0
        total += (1 + alpha * table[u, i]) * (wanted - P[u] @ Q[i]) ** 2
    return total


@given(seed=SEEDS, alpha=st.floats(0, 50))
def test_confidence_is_a_line_in_the_count(seed, alpha):
    table = some_counts(np.random.default_rng(seed))[0]
    sure = confidence(table, alpha)
    assert sure.shape == table.shape
    assert (sure[table == 0] == 1).all()
    for place, count in np.ndenumerate(table):
        assert sure[place] == pytest.approx(1 + alpha * count)


def test_confidence_of_whole_counts_is_a_float():
    counts = np.array([0, 1, 3])
    assert confidence(counts, 0.5).tolist() == [1.0, 1.5, 2.5]
    assert counts.tolist() == [0, 1, 3]
    assert confidence(np.array([0.25, 2.5]), 2).tolist() == [1.5, 6.0]


def test_solve_by_hand():
    """The example of the lesson: 4 / 5."""
    Q = np.array([[1.0], [0.5], [-1.0]])
    assert solve_user_implicit(Q, Q.T @ Q, np.array([0, 1]), np.array([2.0, 1.0]), 1.0, 0.5) == pytest.approx(0.8)


@given(seed=SEEDS, k=st.integers(1, 4), alpha=st.floats(0, 20), reg=st.floats(0.1, 20))
def test_solve_is_a_ridge_regression_over_all_items(seed, k, alpha, reg):
    rng = np.random.default_rng(seed)
    row, Q = some_counts(rng)[0][0], rng.normal(size=(8, k))
    items, YtY = np.flatnonzero(row), Q.T @ Q
    before = YtY.copy()
    p = solve_user_implicit(Q, YtY, items, row[items], alpha, reg)
    ridge = Ridge(alpha=reg, fit_intercept=False, solver="cholesky").fit(Q, row > 0, sample_weight=1 + alpha * row)
    assert np.allclose(p, ridge.coef_, rtol=1e-8, atol=1e-10)
    assert np.array_equal(YtY, before)


@given(seed=SEEDS)
def test_no_small_step_away_lowers_the_loss_of_the_user(seed):
    rng = np.random.default_rng(seed)
    table, Q = some_counts(rng)[0], rng.normal(size=(8, 3))
    items = np.flatnonzero(table[0])
    p = solve_user_implicit(Q, Q.T @ Q, items, table[0, items], 2.0, 1.0)
    at = loss_over_all(table[:1], p[None], Q, 2.0, 1.0)
    for direction in (*np.eye(3), *-np.eye(3)):
        assert loss_over_all(table[:1], (p + 1e-3 * direction)[None], Q, 2.0, 1.0) > at


def test_without_counts_zeros():
    Q = np.random.default_rng(0).normal(size=(5, 3))
    nothing = np.array([], dtype=int)
    assert solve_user_implicit(Q, Q.T @ Q, nothing, np.array([]), 2.0, 1.0).tolist() == [0, 0, 0]


def trained(seed, n_epochs=3, alpha=1.5, reg=0.8):
    rng = np.random.default_rng(seed)
    table, users, items, counts = some_counts(rng)
    return table, train_implicit(users, items, counts, *table.shape, 3, alpha, reg, n_epochs, np.random.default_rng(seed))


@settings(max_examples=30)
@given(seed=SEEDS)
def test_history_is_the_loss_over_all_cells_and_never_rises(seed):
    for n_epochs in (1, 2, 3):
        table, (P, Q, history) = trained(seed, n_epochs)
        assert len(history) == n_epochs
        assert history[-1] == pytest.approx(loss_over_all(table, P, Q, 1.5, 0.8))
    assert (np.diff(trained(seed, 25)[1][2]) <= 1e-9).all()


@settings(max_examples=30)
@given(seed=SEEDS)
def test_an_epoch_solves_users_and_then_items_with_the_new_users(seed):
    table, (_, Q, _) = trained(seed, 2)
    _, (P, new_Q, _) = trained(seed, 3)
    C, T = 1 + 1.5 * table, 1.0 * (table > 0)
    for u in range(len(P)):
        assert np.allclose(P[u], np.linalg.solve((Q.T * C[u]) @ Q + 0.8 * np.eye(3), Q.T @ (C[u] * T[u])))
    for i in range(len(Q)):
        assert np.allclose(new_Q[i], np.linalg.solve((P.T * C[:, i]) @ P + 0.8 * np.eye(3), P.T @ (C[:, i] * T[:, i])))


def test_long_training_ends_where_the_gradient_is_zero():
    table, (P, Q, _) = trained(5, 2000)
    h = 1e-5
    for factors in (P, Q):
        for place in np.ndindex(factors.shape):
            ends = []
            for step in (h, -h):
                factors[place] += step
                ends.append(loss_over_all(table, P, Q, 1.5, 0.8))
                factors[place] -= step
            assert abs(ends[0] - ends[1]) / (2 * h) < 1e-4


def test_the_estimator_minimizes_the_same_loss():
    import pandas as pd

    from mfref.models import ImplicitALS

    table, (_, _, history) = trained(7, 800)
    users, items = np.nonzero(table)
    counts = pd.DataFrame({"user_id": users, "item_id": items, "rating": table[users, items]})
    model = ImplicitALS(n_factors=3, alpha=1.5, reg=0.8, n_epochs=800, cg_steps=None, scale=0.1, dtype="float64").fit(counts)
    assert model.history_[-1] == pytest.approx(history[-1], rel=1e-6)


def test_two_crowds_are_told_apart_on_items_they_have_not_met():
    rng = np.random.default_rng(0)
    crowd, kind = np.arange(40) % 2, np.arange(30) % 2
    known = (rng.random((40, 30)) < 0.4) & (kind == crowd[:, None])
    users, items = np.nonzero(known)
    P, Q, _ = train_implicit(users, items, np.ones(len(users)), 40, 30, 2, 2.0, 0.5, 15, rng)
    scores = np.where(known, -np.inf, P @ Q.T)
    assert (kind[np.argsort(-scores, axis=1)[:, :3]] == crowd[:, None]).all()


def test_who_has_no_counts_has_zeros():
    users, items, counts = np.array([0, 2, 2]), np.array([1, 1, 3]), np.array([1.0, 2.0, 1.0])
    P, Q, _ = train_implicit(users, items, counts, 3, 4, 2, 1.0, 0.5, 2, np.random.default_rng(1))
    assert not P[1].any()
    assert not Q[[0, 2]].any()
    assert Q[3].any()


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(implicit).items() if callable(value) and not name.startswith("_")]
    assert public == ["confidence", "solve_user_implicit", "train_implicit"]
