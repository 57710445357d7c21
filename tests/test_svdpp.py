"""SVD++: its kernel against the formulas in NumPy, its gradient against finite differences, its answers against sums by hand."""

import numpy as np
import pandas as pd
import pytest

from mfref import load_ratings
from mfref.models import MatrixFactorization, SVDpp
from mfref.models.svdpp_kernel import svdpp_epoch, whole_user_vectors
from tests.conftest import data_sets


def problem(k, seed=0):
    rng = np.random.default_rng(seed)
    known = rng.random((6, 9)) < 0.5
    known[2] = False  # a user without ratings
    users, items = np.nonzero(known)
    vectors = rng.normal(size=6), rng.normal(size=9), *(rng.normal(size=(n, k)) for n in (6, 9, 9))
    return users, items, rng.uniform(1, 5, len(users)), vectors


def epoch_by_formula(mu, b_user, b_item, P, Q, Y, users, items, ratings, order, lr, reg):
    squared = 0.0
    for u in order:
        rated = np.flatnonzero(users == u)
        share = len(rated) ** -0.5 if len(rated) else 0
        z, pull = share * Y[items[rated]].sum(axis=0), np.zeros(P.shape[1])
        for n in rated:
            i, p, q = items[n], P[u].copy(), Q[items[n]].copy()
            e = ratings[n] - (mu + b_user[u] + b_item[i] + (p + z) @ q)
            pull += e * q
            b_user[u] += lr * (e - reg * b_user[u])
            b_item[i] += lr * (e - reg * b_item[i])
            P[u] += lr * (e * q - reg * p)
            Q[i] += lr * (e * (p + z) - reg * q)
            squared += e**2
        Y[items[rated]] += lr * (share * pull - reg * Y[items[rated]])
    return squared


@pytest.mark.parametrize("k", [1, 3, 17])
def test_the_kernel_is_the_formula(k):
    users, items, ratings, vectors = problem(k)
    by_hand, order = [array.copy() for array in vectors], np.array([3, 2, 5, 0, 1, 4])
    starts = np.searchsorted(users, np.arange(7))
    for _ in range(2):
        expected = epoch_by_formula(3.0, *by_hand, users, items, ratings, order, 0.05, 0.1)
        assert svdpp_epoch(3.0, *vectors, starts, items, ratings, order, 0.05, 0.1) == pytest.approx(expected, rel=1e-12)
    for ours, theirs in zip(vectors, by_hand, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-13)


def test_a_small_step_goes_down_the_loss_of_the_docstring():
    """With a tiny learning rate an epoch is one gradient step: Δ = −lr/2 · gradient of the loss, up to lr²."""
    users, items, ratings, vectors = problem(3)
    reg, lr, starts = 0.1, 1e-7, np.searchsorted(users, np.arange(7))

    def loss(b_user, b_item, P, Q, Y):
        total = 0.0
        for u, i, r in zip(users, items, ratings, strict=True):
            rated = items[users == u]
            z = Y[rated].sum(axis=0) / np.sqrt(len(rated))
            total += (r - 3.0 - b_user[u] - b_item[i] - Q[i] @ (P[u] + z)) ** 2
            total += reg * (b_user[u] ** 2 + b_item[i] ** 2 + P[u] @ P[u] + Q[i] @ Q[i] + (Y[rated] ** 2).sum() / len(rated))
        return total

    after = [array.copy() for array in vectors]
    svdpp_epoch(3.0, *after, starts, items, ratings, np.arange(6), lr, reg)
    for n, array in enumerate(vectors):
        for at in np.ndindex(array.shape):
            sides = []
            for h in (1e-5, -1e-5):
                moved = [a.copy() for a in vectors]
                moved[n][at] += h
                sides.append(loss(*moved))
            gradient = (sides[0] - sides[1]) / 2e-5
            assert (after[n][at] - array[at]) / lr == pytest.approx(-gradient / 2, rel=1e-3, abs=1e-3)


def test_the_whole_user_vector_adds_what_was_rated():
    users, items, _, (_, _, P, _, Y) = problem(3)
    whole = whole_user_vectors(P, Y, np.searchsorted(users, np.arange(7)), items)
    for u in range(6):
        rated = items[users == u]
        assert np.allclose(whole[u], P[u] + (Y[rated].sum(axis=0) / np.sqrt(len(rated)) if len(rated) else 0))


def test_which_items_were_rated_tells_taste_when_the_ratings_do_not():
    """Two camps that each rate their own items and alike; of two items that all rate, each loves one."""
    rng = np.random.default_rng(0)
    rows = []
    for u in range(60):
        camp = u % 2
        rows += [(u, 10 * camp + i, 3.0) for i in rng.permutation(10)[:6]]
        if u < 40:
            rows += [(u, 20, 5.0 if camp else 1.0), (u, 21, 1.0 if camp else 5.0)]
    data = pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])
    settings = {"n_factors": 4, "lr": 0.02, "reg": 0.01, "n_epochs": 200, "scale": 0.1}
    new_users, loved = np.arange(40, 60), np.where(np.arange(40, 60) % 2, 20, 21)
    knows, other = SVDpp(**settings).fit(data), MatrixFactorization(**settings).fit(data)
    assert (knows.predict(new_users, loved) > 4.3).all()
    assert np.mean(other.predict(new_users, loved)) < 3.7


def test_fold_in_of_a_known_user_finds_his_predictions():
    data = load_ratings().busiest(100, 100)
    model = SVDpp(n_factors=5, lr=0.01, reg=0.03, n_epochs=80).fit(data)
    close = []
    for user_id, rated in list(data.ratings.groupby("user_id"))[:20]:
        folded = model.scores_of(*model.fold_in(rated["item_id"], rated["rating"]))
        close.append(np.corrcoef(folded, model.scores(model.user_index[user_id]))[0, 1])
    assert np.mean(close) > 0.95
    b, p = model.fold_in([], [])
    assert b == 0
    assert not p.any()


@pytest.mark.skipif("ml-100k" not in data_sets(), reason="needs MFREF_DATA_HOME with ml-100k")
def test_it_beats_the_same_model_without_implicit_feedback_on_movielens():
    data = load_ratings("ml-100k").ratings
    held_out = np.random.default_rng(0).random(len(data)) < 0.1
    settings = {"n_factors": 50, "reg": 0.05, "n_epochs": 200, "scale": 0.01, "dtype": "float32"}
    best = {
        name: min(model(**settings, lr=0.005).fit(data[~held_out], validation=data[held_out], patience=3).validation_)
        for name, model in (("SVD++", SVDpp), ("plain", MatrixFactorization))
    }
    print(best)
    assert best["SVD++"] < best["plain"] - 0.003
