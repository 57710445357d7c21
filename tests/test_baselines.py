"""The simple estimators and the neighbourhood model, against linear algebra and sums by hand."""

import numpy as np
import pandas as pd
import pytest

from mfref import load_ratings
from mfref.biases import damped_means
from mfref.models import Baseline, GlobalMean, ItemKNN, PopularityRanking
from mfref.recommendation import popularity_ranking

RNG = np.random.default_rng(2)
KNOWN = np.argwhere(RNG.random((25, 18)) < 0.5)
USERS, ITEMS = KNOWN.T
RATINGS = RNG.integers(1, 6, len(USERS)).astype(float)
TABLE = pd.DataFrame({"user_id": USERS, "item_id": ITEMS, "rating": RATINGS})


def test_the_global_mean_is_the_mean():
    assert GlobalMean().fit(TABLE).predict([3, 99], [4, 99]).tolist() == [RATINGS.mean()] * 2


def test_the_baseline_converges_to_the_minimum_of_its_loss():
    """One system of linear equations for all biases at once has the same solution."""
    model = Baseline(damping_user=3.0, damping_item=2.0, n_epochs=500).fit(TABLE)
    A = np.zeros((len(RATINGS), 25 + 18))
    A[np.arange(len(RATINGS)), USERS] = A[np.arange(len(RATINGS)), 25 + ITEMS] = 1
    damping = np.diag([3.0] * 25 + [2.0] * 18)
    solved = np.linalg.solve(A.T @ A + damping, A.T @ (RATINGS - RATINGS.mean()))
    assert np.allclose(np.concatenate([model.b_user_, model.b_item_]), solved, atol=1e-10)
    assert model.history_[-1] == pytest.approx(np.sqrt(np.mean((RATINGS - RATINGS.mean() - A @ solved) ** 2)))


def test_one_round_of_the_baseline_is_lesson_04():
    model = Baseline(damping_user=4.0, damping_item=4.0, n_epochs=1).fit(TABLE)
    mu, b_user, b_item = damped_means(USERS, ITEMS, RATINGS, 25, 18, 4.0)
    assert model.mu_ == mu
    assert np.allclose(model.b_user_, b_user)
    assert np.allclose(model.b_item_, b_item)


def test_the_popularity_ranking_is_lesson_06():
    model = PopularityRanking(damping=5.0).fit(TABLE)
    ranking = popularity_ranking(ITEMS, RATINGS, 18, 5.0)
    assert model.recommend(0, n=18, seen=True)["item_id"].tolist() == list(ranking)


def by_brute_force(model, u, i):
    """The two formulas of the model, read off the table."""
    residual = np.full((25, 18), np.nan)
    residual[USERS, ITEMS] = RATINGS - model.mu_ - model.b_user_[USERS] - model.b_item_[ITEMS]
    weights = {}
    for j in range(18):
        both = ~np.isnan(residual[:, i]) & ~np.isnan(residual[:, j])
        n = both.sum()
        if j != i and n > 1 and not np.isnan(residual[u, j]):
            a, b = residual[both, i], residual[both, j]
            weights[j] = (n - 1) / (n - 1 + model.shrinkage) * (a @ b) / np.sqrt((a @ a) * (b @ b))
    nearest = sorted(weights, key=lambda j: -weights[j])[: model.n_neighbours]
    nearest = [j for j in nearest if weights[j] > 0]
    spoken = sum(weights[j] * residual[u, j] for j in nearest) / sum(weights[j] for j in nearest) if nearest else 0
    return model.mu_ + model.b_user_[u] + model.b_item_[i] + spoken


@pytest.mark.parametrize(("n_neighbours", "shrinkage"), [(1, 0.5), (4, 3.0), (50, 100.0)])
def test_neighbours_speak_as_the_equations_say(n_neighbours, shrinkage):
    model = ItemKNN(n_neighbours, shrinkage).fit(TABLE)
    users, items = np.indices((25, 18)).reshape(2, -1)
    expected = [by_brute_force(model, u, i) for u, i in zip(users, items, strict=True)]
    assert np.allclose(model.predict(users, items), expected, rtol=1e-5)


def test_the_similar_item_is_the_one_with_the_same_ratings():
    rng = np.random.default_rng(0)
    taste = rng.normal(size=(60, 4))
    ratings = np.round(3 + taste @ rng.normal(size=(4, 10)), 2)
    ratings[:, 7] = ratings[:, 2] + rng.normal(0, 0.05, 60)
    users, items = np.indices(ratings.shape).reshape(2, -1)
    model = ItemKNN().fit(pd.DataFrame({"user_id": users, "item_id": items + 100, "rating": ratings.ravel()}))
    best = model.similar_items(102, n=3)
    assert best["item_id"].iloc[0] == 107
    assert best["similarity"].is_monotonic_decreasing
    assert 102 not in set(model.similar_items(102, n=20)["item_id"])
    with pytest.raises(KeyError, match="55"):
        model.similar_items(55)


def test_each_rung_is_below_the_one_before_on_data_of_real_size():
    table = load_ratings().ratings
    test = np.random.default_rng(0).permutation(len(table)) < 20_000
    errors = {}
    for model in (GlobalMean(), PopularityRanking(), Baseline(), ItemKNN()):
        predicted = model.fit(table[~test]).predict(table["user_id"][test], table["item_id"][test])
        errors[type(model).__name__] = float(np.sqrt(np.mean((table["rating"][test] - predicted) ** 2)))
    assert list(errors.values()) == sorted(errors.values(), reverse=True), errors
