"""Lesson 09's functions against pandas, SciPy, ARPACK, random matrices of low rank, and planted truth."""

import numpy as np
import pandas as pd
import pytest
import scipy.linalg
import scipy.sparse.linalg
from hypothesis import given
from hypothesis import strategies as st

from mfref.svd import factors_from_svd, impute, iterate_svd, truncated_svd

SEEDS = st.integers(0, 2**32 - 1)
WAYS = ("zero", "global_mean", "user_mean", "item_mean")


def with_gaps(rng, n_users=7, n_items=9, share=0.4):
    """Users and items without ratings occur; one cell is known at least."""
    R = np.where(rng.random((n_users, n_items)) < share, rng.uniform(1, 5, (n_users, n_items)), np.nan)
    R[0, 0] = 3.0
    return R


def filled_by_pandas(R, how):
    frame, mean = pd.DataFrame(R), pd.Series(R.ravel()).mean()
    if how == "user_mean":
        return frame.T.fillna(frame.mean(axis=1)).T.fillna(mean).to_numpy()
    return frame.fillna({"zero": 0.0, "global_mean": mean, "item_mean": frame.mean()}[how]).fillna(mean).to_numpy()


@given(seed=SEEDS, how=st.sampled_from(WAYS), share=st.sampled_from([0.05, 0.4, 1.0]))
def test_filling_in_is_what_pandas_does(seed, how, share):
    R = with_gaps(np.random.default_rng(seed), share=share)
    before = R.copy()
    filled = impute(R, how)
    assert np.allclose(filled, filled_by_pandas(R, how))
    assert np.array_equal(R, before, equal_nan=True)
    assert np.array_equal(filled[~np.isnan(R)], R[~np.isnan(R)])
    assert not np.shares_memory(filled, R)


def test_whoever_has_no_ratings_gets_the_mean_of_all():
    R = np.array([[5.0, np.nan, 2.0], [np.nan] * 3, [2.0, np.nan, np.nan]])
    assert np.array_equal(impute(R, "user_mean")[1], [3, 3, 3])
    assert np.array_equal(impute(R, "item_mean")[:, 1], [3, 3, 3])


def test_another_how_is_refused_by_name():
    with pytest.raises(ValueError, match="median") as refused:
        impute(np.eye(2), "median")
    assert all(how in str(refused.value) for how in WAYS)


@given(seed=SEEDS, k=st.integers(1, 5), shape=st.sampled_from([(6, 9), (9, 5), (7, 7)]))
def test_the_terms_are_those_of_scipy(seed, k, shape):
    R = np.random.default_rng(seed).normal(size=shape)
    U, s, Vt = truncated_svd(R, k)
    assert (U.shape, s.shape, Vt.shape) == ((shape[0], k), (k,), (k, shape[1]))
    by_qr = scipy.linalg.svd(R, full_matrices=False, lapack_driver="gesvd")
    assert np.allclose(s, by_qr[1][:k])
    assert np.allclose(s**2, scipy.linalg.eigvalsh(R.T @ R)[::-1][:k])
    assert np.allclose(U * s @ Vt, by_qr[0][:, :k] * by_qr[1][:k] @ by_qr[2][:k])
    assert np.allclose(U.T @ U, np.eye(k))
    assert np.allclose(Vt @ Vt.T, np.eye(k))
    assert (np.diff(s) <= 0).all()


def test_the_terms_are_those_of_arpack():
    R = np.random.default_rng(4).normal(size=(30, 20))
    s = scipy.sparse.linalg.svds(R, 4, return_singular_vectors=False, random_state=0)
    assert np.allclose(truncated_svd(R, 4)[1], np.sort(s)[::-1])


@given(seed=SEEDS, k=st.integers(1, 4))
def test_no_matrix_of_rank_k_is_nearer(seed, k):
    """Eckart and Young: not the best on random columns, not one near the best; and what is left is Σ of the s² beyond k."""
    rng = np.random.default_rng(seed)
    R = rng.normal(size=(8, 6))
    U, s, Vt = truncated_svd(R, k)
    left = np.sum((R - U * s @ Vt) ** 2)
    assert left == pytest.approx(np.sum(np.linalg.svd(R, compute_uv=False)[k:] ** 2))
    for size in (1e-3, 0.1, 10):
        columns = U + size * rng.normal(size=U.shape)
        best_on_them = columns @ np.linalg.lstsq(columns, R, rcond=None)[0]
        assert np.sum((R - best_on_them) ** 2) >= left - 1e-9


@given(seed=SEEDS, k=st.integers(1, 4))
def test_factors_give_the_product_and_are_equally_long(seed, k):
    R = np.random.default_rng(seed).normal(size=(8, 6))
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    P, Q = factors_from_svd(U, s, Vt, k)
    assert (P.shape, Q.shape) == ((8, k), (6, k))
    assert np.allclose(P @ Q.T, scipy.linalg.svd(R)[0][:, :k] @ np.diag(s[:k]) @ scipy.linalg.svd(R)[2][:k])
    assert np.allclose(P.T @ P, np.diag(s[:k]))
    assert np.allclose(Q.T @ Q, np.diag(s[:k]))


def test_the_even_split_has_the_least_penalty():
    """‖P‖² + ‖Q‖² over all P Qᵀ of one product is least for the roots: 2 Σ s, which ties the soft threshold to `reg`."""
    rng = np.random.default_rng(2)
    U, s, Vt = truncated_svd(rng.normal(size=(8, 6)), 3)
    P, Q = factors_from_svd(U, s, Vt, 3)
    least = np.sum(P**2) + np.sum(Q**2)
    assert least == pytest.approx(2 * s.sum())
    for _ in range(20):
        M = rng.normal(size=(3, 3)) + 2 * np.eye(3)
        assert np.sum((P @ M) ** 2) + np.sum((Q @ np.linalg.inv(M).T) ** 2) > least


def iterated_by_hand(R, k, n_steps):
    n_users, n_items = R.shape
    blank = [(u, i) for u in range(n_users) for i in range(n_items) if np.isnan(R[u, i])]
    X, changes = filled_by_pandas(R, "item_mean"), []
    for _ in range(n_steps):
        U, s, Vt = scipy.linalg.svd(X, lapack_driver="gesvd")
        product = sum(s[f] * np.outer(U[:, f], Vt[f]) for f in range(k))
        changes.append((sum((product[c] - X[c]) ** 2 for c in blank) / len(blank)) ** 0.5)
        for c in blank:
            X[c] = product[c]
    return X, changes


@given(seed=SEEDS, k=st.integers(1, 3), n_steps=st.integers(0, 4))
def test_iterating_is_that_of_loops(seed, k, n_steps):
    R = with_gaps(np.random.default_rng(seed), share=0.6)
    R[0, 1] = np.nan
    before = R.copy()
    filled, changes = iterate_svd(R, k, n_steps)
    expected = iterated_by_hand(R, k, n_steps)
    assert np.allclose(filled, expected[0])
    assert np.allclose(changes, expected[1])
    assert np.array_equal(R, before, equal_nan=True)


def test_nothing_unknown_nothing_changed():
    R = np.random.default_rng(0).normal(size=(4, 5))
    filled, changes = iterate_svd(R, 2, 3)
    assert np.array_equal(filled, R)
    assert changes == [0.0, 0.0, 0.0]


def test_planted_low_rank_is_found_again():
    rng = np.random.default_rng(5)
    truth = 3 + rng.normal(size=(40, 2)) @ rng.normal(size=(2, 30))
    R = np.where(rng.random(truth.shape) < 0.3, np.nan, truth)
    filled, changes = iterate_svd(R, 3, 300)
    assert np.abs(filled - truth).max() < 1e-3
    assert changes[-1] < 1e-4 < changes[0]


@given(seed=SEEDS)
def test_no_step_raises_the_error_on_what_is_known(seed):
    """Hard-Impute descends: the nearest matrix of rank k fits the known cells no worse after each step."""
    R = with_gaps(np.random.default_rng(seed), share=0.6)
    errors = []
    for n_steps in range(6):
        U, s, Vt = truncated_svd(iterate_svd(R, 2, n_steps)[0], 2)
        errors.append(np.nansum((R - U * s @ Vt) ** 2))
    assert (np.diff(errors) <= 1e-9).all()
