"""Implicit feedback: every solve against the dense problem over all cells, its loss and ranking against brute force."""

import numpy as np
import pandas as pd
import pytest

from mfref import load_ratings
from mfref.evaluation import ndcg_at_k
from mfref.models import ImplicitALS


def counts(seed=0, n_users=20, n_items=15):
    rng = np.random.default_rng(seed)
    known = rng.random((n_users, n_items)) < 0.3
    known[3] = False
    known[3, 4] = True  # a user with one count
    return pd.DataFrame(
        {"user_id": np.nonzero(known)[0], "item_id": np.nonzero(known)[1], "rating": rng.integers(1, 6, known.sum()) * 1.0}
    )


def dense(model, data):
    """→ (preference, confidence) of all cells."""
    preference = np.zeros((len(model.user_ids_), len(model.item_ids_)))
    confidence = np.ones(preference.shape)
    for user, item, count in data.itertuples(index=False):
        u, i = model.user_index[user], model.item_index[item]
        preference[u, i] = 1
        confidence[u, i] += model.alpha * count
    return preference, confidence


def weighted_ridge(A, targets, weights, reg):
    return np.linalg.solve(A.T @ (weights[:, None] * A) + reg * np.eye(A.shape[1]), A.T @ (weights * targets))


def fit(data, **settings):
    return ImplicitALS(
        **{"n_factors": 3, "alpha": 2.0, "reg": 0.5, "n_epochs": 4, "dtype": "float64", "scale": 0.1, **settings}
    ).fit(data)


def test_every_item_is_left_at_its_weighted_ridge_regression_over_all_users():
    data = counts()
    model = fit(data, cg_steps=None)
    preference, confidence = dense(model, data)
    for i in range(len(model.item_ids_)):
        solved = weighted_ridge(model.P_, preference[:, i], confidence[:, i], model.reg)
        assert np.allclose(model.Q_[i], solved, rtol=1e-10, atol=1e-10)


def test_conjugate_gradient_with_more_steps_than_factors_is_exact():
    data = counts()
    exact, steps = fit(data, cg_steps=None), fit(data, cg_steps=6)
    assert np.allclose(steps.P_, exact.P_, atol=1e-8)
    assert np.allclose(steps.Q_, exact.Q_, atol=1e-8)


def test_a_few_steps_reach_the_same_loss_in_more_epochs():
    data = counts()
    exact, steps = fit(data, cg_steps=None, n_epochs=200), fit(data, cg_steps=1, n_epochs=400)
    assert steps.history_[-1] == pytest.approx(exact.history_[-1], rel=1e-4)


def test_the_loss_is_the_sum_over_all_cells_and_never_rises():
    data = counts()
    model = fit(data, cg_steps=None, n_epochs=12)
    preference, confidence = dense(model, data)
    over_all = (confidence * (preference - model.P_ @ model.Q_.T) ** 2).sum()
    assert model.history_[-1] == pytest.approx(over_all + model.reg * ((model.P_**2).sum() + (model.Q_**2).sum()))
    assert all(later <= earlier + 1e-9 for earlier, later in zip(model.history_, model.history_[1:], strict=False))


def test_two_crowds_are_told_apart():
    rng = np.random.default_rng(0)
    crowd = np.arange(40) % 2
    known = (rng.random((40, 30)) < 0.4) & (np.arange(30) % 2 == crowd[:, None])
    data = pd.DataFrame({"user_id": np.nonzero(known)[0], "item_id": np.nonzero(known)[1], "rating": 1.0})
    model = fit(data, n_factors=2, n_epochs=20)
    for u in range(40):
        shown = model.recommend(u, n=3)
        assert (shown["item_id"] % 2 == crowd[u]).all()


def test_counts_of_a_pair_add_up():
    data = counts()
    twice = pd.concat([data.assign(rating=data["rating"] / 4), data.assign(rating=data["rating"] * 3 / 4)])
    assert np.allclose(fit(twice.sample(frac=1, random_state=1)).Q_, fit(data).Q_, atol=1e-12)


def test_a_count_that_is_none_is_named():
    with pytest.raises(ValueError, match="rating number 2 "):
        ImplicitALS().fit(counts().assign(rating=lambda table: np.where(np.arange(len(table)) == 2, 0, 1)))


def test_fold_in_is_the_row_that_training_would_solve():
    data = counts()
    model = fit(data, cg_steps=None)
    given = data[data["user_id"] == 5]
    preference, confidence = dense(model, data)
    b, p = model.fold_in(given["item_id"], given["rating"])
    assert b == 0
    assert np.allclose(p, weighted_ridge(model.Q_, preference[5], confidence[5], model.reg))
    assert not model.fold_in([], [])[1].any()
    with pytest.raises(KeyError, match="77"):
        model.fold_in([77], [1])


def test_validation_is_ndcg_over_the_whole_catalogue():
    data = load_ratings().busiest(80, 80).ratings[["user_id", "item_id", "rating"]]
    held_out = np.random.default_rng(0).random(len(data)) < 0.2
    given, asked = data[~held_out], data[held_out]
    user_id = int(asked["user_id"].iloc[0])
    unknown = pd.DataFrame({"user_id": user_id, "item_id": [987654, 987655], "rating": 1.0})
    asked = pd.concat([asked, unknown])
    model = ImplicitALS(n_factors=8, n_epochs=3).fit(given, validation=asked)
    each = []
    for user_id, relevant in asked.groupby("user_id"):
        shown = model.recommend(user_id, n=10)["item_id"].tolist()
        each.append(ndcg_at_k(shown, set(relevant["item_id"]), 10))
    assert model.validation_[-1] == pytest.approx(np.mean(each))
    assert len(model.validation_) == 3


def test_patience_keeps_the_epoch_with_the_highest_ndcg():
    data = load_ratings().busiest(80, 80).ratings
    held_out = np.random.default_rng(0).random(len(data)) < 0.2
    model = ImplicitALS(n_factors=30, reg=0.1, n_epochs=60).fit(data[~held_out], validation=data[held_out], patience=4)
    assert len(model.validation_) == model.best_epoch_ + 4 < 60
    assert model.best_epoch_ == 1 + int(np.argmax(model.validation_))
    again = ImplicitALS(n_factors=30, reg=0.1, n_epochs=model.best_epoch_).fit(data[~held_out])
    assert np.array_equal(again.P_, model.P_)
