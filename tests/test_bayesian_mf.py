"""Bayesian matrix factorization: each draw against the dense posterior, planted truth, samples and their averages."""

from functools import partial

import numba
import numpy as np
import pandas as pd
import pytest

from mfref import load_ratings
from mfref.models import BayesianMF, MatrixFactorization
from mfref.models.bayesian_mf import Side, kept_sweeps
from mfref.models.gibbs import draw_rows, draw_weights
from tests.conftest import data_sets

needs_ml_100k = pytest.mark.skipif("ml-100k" not in data_sets(), reason="needs MFREF_DATA_HOME with ml-100k")


SHORT = partial(BayesianMF, n_epochs=150)


def table(users, items, ratings):
    return pd.DataFrame({"user_id": users, "item_id": items, "rating": ratings})


def rmse(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


@pytest.fixture(scope="module")
def music():
    return BayesianMF(n_factors=2, n_epochs=60, burn_in=20, implicit_features=True).fit(load_ratings("music"))


# --- the draws


def test_a_users_draws_have_the_mean_and_covariance_of_the_dense_posterior():
    rng, n_draws, k = np.random.default_rng(0), 40_000, 3
    other, offset, tau = rng.normal(size=(6, k)), rng.normal(size=6), rng.uniform(0.5, 2, 6)
    columns, ratings = np.array([0, 2, 2, 5]), rng.normal(size=4)
    prior_mean, precision, alpha = rng.normal(size=k), rng.uniform(0.5, 2, k), 1.7
    # The same user n_draws times over: rows do not depend on each other.
    rows_from = np.arange(n_draws + 1) * 4
    given = np.tile(columns, n_draws), np.tile(ratings, n_draws), np.full(n_draws, alpha), tau
    drawn, normals = np.empty((n_draws, k)), rng.normal(size=(n_draws, k))
    prior = np.tile(prior_mean, (n_draws, 1)), precision
    squared, weighted = draw_rows(drawn, other, offset, rows_from, *given, *prior, normals)

    X, noise = other[columns], np.diag(alpha * tau[columns])
    covariance = np.linalg.inv(np.diag(precision) + X.T @ noise @ X)
    mean = covariance @ (precision * prior_mean + X.T @ noise @ (ratings - offset[columns]))
    assert np.allclose(drawn.mean(0), mean, atol=4 * np.sqrt(covariance.max() / n_draws))
    assert np.allclose(np.cov(drawn.T), covariance, atol=0.02 * covariance.max())
    errors = ratings - offset[columns] - drawn @ X.T
    assert np.allclose(squared, (errors**2).sum(1))
    assert np.allclose(weighted, errors**2 @ tau[columns])


def implicit_problem(k=2):
    rng = np.random.default_rng(1)
    lists = rng.random((12, 5)) < 0.5
    lists[0] = True
    scale = 1 / np.sqrt(lists.sum(1).clip(1))
    rows, columns_from = np.nonzero(lists.T)[1], np.concatenate([[0], np.cumsum(lists.sum(0))])
    precision, weight_precision = rng.uniform(1, 3, k), rng.uniform(0.5, 2, k)
    return lists * scale[:, None], scale, columns_from, rows, precision, weight_precision, rng


def test_draws_of_the_weights_have_the_posterior_of_a_linear_regression():
    X, scale, columns_from, rows, precision, weight_precision, rng = implicit_problem()
    targets, n_draws = rng.normal(size=(12, 2)), 40_000
    weights, left, drawn = np.zeros((5, 2)), targets.copy(), np.empty((n_draws, 5, 2))
    for number in range(n_draws):
        normals = rng.normal(size=(5, 2))
        draw_weights(weights, left, scale, columns_from, rows, precision, weight_precision, normals)
        drawn[number] = weights
    assert np.allclose(left, targets - X @ weights, atol=1e-9)
    for f in range(2):
        covariance = np.linalg.inv(weight_precision[f] * np.eye(5) + precision[f] * X.T @ X)
        assert np.allclose(drawn[:, :, f].mean(0), precision[f] * covariance @ X.T @ targets[:, f], atol=0.03)
        assert np.allclose(np.cov(drawn[:, :, f].T), covariance, atol=0.05 * covariance.max())


def test_the_prior_is_drawn_from_its_conditional_distribution():
    rng, n = np.random.default_rng(2), 400
    side = Side(np.arange(n), np.zeros(n, int), np.zeros(n), n, 1, 1, rng)
    side.vectors = rng.normal([0.5, -1], [0.5, 2], (n, 2))
    drawn = []
    for _ in range(2000):
        side.draw_prior(rng)
        drawn.append([*side.mean, *side.precision])
    means, precisions = np.split(np.array(drawn), 2, axis=1)
    variances = side.vectors.var(0)
    assert np.allclose(means.mean(0), side.vectors.mean(0), atol=4 * np.sqrt(variances.max() / n / 2000) + 0.01)
    assert np.allclose(means.std(0), np.sqrt(variances / n), rtol=0.1)
    assert np.allclose(precisions.mean(0), 1 / variances, rtol=0.03)
    assert np.allclose(precisions.std(0), np.sqrt(2 / n) / variances, rtol=0.1)


def test_after_sweeps_the_prior_means_are_still_those_of_the_weights():
    data = load_ratings().busiest(60, 60).ratings
    users, items = (np.unique(data[name], return_inverse=True)[1] for name in ("user_id", "item_id"))
    rng = np.random.default_rng(0)
    sides = [Side(*pair, data["rating"].to_numpy() - 3.5, 60, 60, 4, rng) for pair in ((users, items), (items, users))]
    for _ in range(100):
        for side, other in (sides, sides[::-1]):
            weighted = side.draw_vectors(other, 1.5, rng)[1]
            side.draw_noise(weighted, 1.5, rng)
            side.draw_weights(other, rng)
            side.draw_prior(rng)
    X = np.zeros((60, 60))
    X[users, items] = 1
    for side, lists in zip(sides, (X, X.T), strict=True):
        expected = side.mean + lists @ side.weights / np.sqrt(lists.sum(1, keepdims=True))
        assert np.allclose(side.prior_mean, expected, atol=1e-9)


def test_kept_sweeps_are_evenly_spaced_and_end_with_the_last():
    assert kept_sweeps(10, 2, 4).tolist() == [3, 5, 7, 9]
    assert kept_sweeps(10, 2, 100).tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert len(np.unique(kept_sweeps(107, 7, 33))) == 33


# --- what it learns


def planted(share, noise=0.5):
    rng = np.random.default_rng(0)
    truth = 3 + rng.normal(0, 0.4, 80)[:, None] + rng.normal(0, 0.4, 60) + rng.normal(0, 0.8, (80, 2)) @ rng.normal(0, 1, (2, 60))
    known = rng.random(truth.shape) < share
    data = table(*np.nonzero(known), truth[known] + rng.normal(0, noise, known.sum()))
    return truth, np.nonzero(~known), data


def test_a_planted_matrix_and_its_noise_are_recovered():
    truth, unknown, data = planted(0.5)
    model = SHORT(2, own_noise=False).fit(data)
    assert rmse(model.predict(*unknown) - truth[unknown]) < 0.2 * truth.std()
    assert model.alpha_.mean() == pytest.approx(1 / 0.5**2, rel=0.1)


def test_with_few_ratings_it_is_better_than_one_factorization():
    truth, unknown, data = planted(0.15)
    bayesian = rmse(SHORT(4).fit(data).predict(*unknown) - truth[unknown])
    for reg in (0.03, 0.1, 0.3):
        one = MatrixFactorization(n_factors=4, reg=reg, solver="als").fit(data)
        assert bayesian < 0.95 * rmse(one.predict(*unknown) - truth[unknown])


def test_implicit_features_help_where_what_is_rated_tells_taste():
    rng = np.random.default_rng(3)
    p, q = rng.choice([-1.0, 1.0], 200), rng.choice([-1.0, 1.0], 60)
    truth = 3 + np.outer(p, q)
    known = rng.random(truth.shape) < np.where(truth > 3, 0.25, 0.02)
    data = table(*np.nonzero(known), truth[known] + rng.normal(0, 1, known.sum()))
    unknown = np.nonzero(~known)
    errors = [
        rmse(SHORT(3, implicit_features=implicit).fit(data).predict(*unknown) - truth[unknown]) for implicit in (False, True)
    ]
    assert errors[1] < 0.95 * errors[0], errors


def test_noise_of_its_own_weighs_users_who_rate_at_random_less():
    truth, unknown, data = planted(0.3, noise=0.1)
    rng = np.random.default_rng(1)
    random = data["user_id"] % 2 == 0
    data.loc[random, "rating"] += rng.normal(0, 2, random.sum())
    kept = unknown[0] % 2 == 1
    errors = [rmse((SHORT(2, own_noise=own).fit(data).predict(*unknown) - truth[unknown])[kept]) for own in (False, True)]
    assert errors[1] < 0.7 * errors[0], errors


@needs_ml_100k
def test_error_on_ml_100k():
    """With 50 sweeps; the defaults are better."""
    data = load_ratings("ml-100k").ratings
    held_out = np.random.default_rng(0).random(len(data)) < 0.1
    model = BayesianMF(n_epochs=50, burn_in=20, implicit_features=True).fit(data[~held_out])
    test = data[held_out]
    error = rmse(test["rating"] - model.predict(test["user_id"], test["item_id"]))
    assert error < 0.895, error


# --- what it answers


def test_predictions_are_means_over_the_samples_and_std_their_spread(music):
    u, i = np.array([0, 3, -1, 2]), np.array([1, 4, 0, -1])
    samples = np.array(
        [
            music.mu_ + music.b_user_[u, s] + music.b_item_[i, s] + (music.P_[u, s].astype(float) * music.Q_[i, s]).sum(1)
            for s in range(40)
        ]
    )
    assert music.P_.shape[1] == 40
    assert samples.std(0).min() > 0.01
    assert np.allclose(music.predict_rows(u, i), samples.mean(0), rtol=1e-5)
    users, items = np.append(music.user_ids_, 999)[u], np.append(music.item_ids_, 999)[i]
    assert np.allclose(music.predict_std(users, items), samples.std(0), rtol=1e-4)
    assert np.allclose(music.score_rows(u[:2])[[0, 1], i[:2]], samples.mean(0)[:2], rtol=1e-5)


def test_it_is_less_sure_where_there_are_few_ratings():
    truth, _, _ = planted(0.5)
    rng, many = np.random.default_rng(1), np.arange(80) < 40
    users, items = np.nonzero(rng.random(truth.shape) < np.where(many, 0.8, 0.1)[:, None])
    model = SHORT(2).fit(table(users, items, truth[users, items] + rng.normal(0, 0.5, len(users))))
    std = model.predict_std(*(index.ravel() for index in np.indices(truth.shape))).reshape(truth.shape)
    assert std[~many].mean() > 2 * std[many].mean()


def test_validation_is_that_of_the_mean_so_far():
    data = load_ratings().busiest(60, 60).ratings
    train, held_out = data.iloc[:2000], data.iloc[2000:2500]
    model = BayesianMF(3, n_epochs=40, burn_in=10, n_samples=7).fit(train, validation=held_out)
    errors = held_out["rating"] - model.predict(held_out["user_id"], held_out["item_id"])
    assert len(model.history_) == len(model.validation_) == 40
    assert model.validation_[-1] == pytest.approx(rmse(errors))
    assert model.validation_[-1] < min(model.validation_[:10])
    assert model.P_.shape == (61, 7, 3)


def test_the_number_of_threads_changes_nothing():
    data, before = load_ratings().busiest(100, 100), numba.get_num_threads()
    try:
        fitted = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            fitted.append(BayesianMF(4, n_epochs=10, burn_in=5, implicit_features=True).fit(data))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(fitted[0].P_, fitted[1].P_)
    assert np.array_equal(fitted[0].b_item_, fitted[1].b_item_)
    assert fitted[0].history_ == fitted[1].history_


def test_similar_items_share_their_group():
    rng = np.random.default_rng(0)
    truth = 3 + np.outer(rng.normal(size=50), np.repeat([1.0, -1.0], 10))
    users, items = np.nonzero(np.ones((50, 20)))
    model = SHORT(3).fit(table(users, items, truth[users, items] + rng.normal(0, 0.3, len(users))))
    near = model.similar_items(4, n=9)
    assert set(near["item_id"]) == set(range(10)) - {4}
    assert near["similarity"].is_monotonic_decreasing
    with pytest.raises(KeyError, match="77"):
        model.similar_items(77)


def test_settings_that_leave_no_sample_are_named():
    with pytest.raises(ValueError, match="burn_in is from 0 to .* 4, not 5"):
        BayesianMF(n_epochs=5, burn_in=5).fit(load_ratings("music"))
    with pytest.raises(ValueError, match="n_samples"):
        BayesianMF(n_samples=0).fit(load_ratings("music"))
