"""Lesson 12's functions against pandas, NumPy's histogram and polynomials, scikit-learn, loops, and planted truth."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.linear_model import Ridge

from mfref import load_ratings, time
from mfref.biases import damped_means, predict_baseline
from mfref.synthetic import synthetic_ratings
from mfref.time import item_bias_by_bin, predict_temporal, recent_popularity, time_bins, user_drift
from tests.conftest import ROOT

SEEDS = st.integers(0, 2**32 - 1)


def some_ratings(rng, n_users=6, n_items=5, n_bins=4, n=40):
    """Random users, items and bins, some of them without any rating; residuals that are not centred."""
    users, items = rng.integers(n_users - 1, size=n), rng.integers(n_items - 1, size=n)
    return users, items, rng.integers(n_bins, size=n), rng.normal(0.5, 1, n), rng.uniform(0, 3, n)


# --- bins


@given(seed=SEEDS, n_bins=st.integers(1, 12))
def test_bins_hold_as_many_as_numpys_histogram(seed, n_bins):
    """NumPy's histogram has equal widths, each bin with its left border, the last with both."""
    timestamps = np.random.default_rng(seed).exponential(50, 60)
    bins = time_bins(timestamps, n_bins)
    assert np.array_equal(np.bincount(bins, minlength=n_bins), np.histogram(timestamps, n_bins)[0])
    order = np.argsort(timestamps)
    assert (np.diff(bins[order]) >= 0).all()
    assert bins[order[0]] == 0 and bins[order[-1]] == n_bins - 1
    assert bins.dtype.kind == "i"


@given(seed=SEEDS, n_bins=st.integers(2, 9))
def test_bins_are_those_of_pandas_cut_in_any_unit(seed, n_bins):
    seconds = np.random.default_rng(seed).integers(880_000_000, 890_000_000, 50)
    bins = time_bins(seconds, n_bins)
    assert np.array_equal(bins, pd.cut(seconds.astype(float), n_bins, labels=False))
    assert np.array_equal(bins, time_bins((seconds - 880_000_000) / 86_400, n_bins))


@pytest.mark.parametrize("moment", [880_000_000, 0.1, 0, -7])
def test_one_moment_is_bin_zero(moment):
    assert time_bins(np.full(3, moment), 5).tolist() == [0, 0, 0]


# --- the bias of an item in a bin


@given(seed=SEEDS, damping=st.sampled_from([0, 0.5, 4, 30.0]))
def test_bin_biases_are_those_of_groupby(seed, damping):
    _, items, bins, residuals, _ = some_ratings(np.random.default_rng(seed))
    table = pd.DataFrame({"i": items, "b": bins, "r": residuals}).groupby(["i", "b"])["r"].agg(["sum", "count"])
    expected = np.zeros((5, 4))
    expected[tuple(zip(*table.index, strict=True))] = table["sum"] / (table["count"] + damping)
    assert np.allclose(item_bias_by_bin(items, bins, residuals, 5, 4, damping), expected)


@given(seed=SEEDS, damping=st.floats(0.1, 20))
def test_a_bin_bias_minimizes_a_penalized_sum(seed, damping):
    _, items, bins, residuals, _ = some_ratings(np.random.default_rng(seed))
    i, b = items[0], bins[0]
    left = residuals[(items == i) & (bins == b)]
    best = minimize_scalar(lambda x: np.sum((left - x) ** 2) + damping * x**2).x
    assert item_bias_by_bin(items, bins, residuals, 5, 4, damping)[i, b] == pytest.approx(best, abs=1e-6)


def test_with_one_bin_it_is_the_item_effect_of_lesson_04():
    rng = np.random.default_rng(2)
    users, items, _, ratings, _ = some_ratings(rng)
    mu, _, b_item = damped_means(users, items, ratings, 6, 5, 3)
    assert np.allclose(item_bias_by_bin(items, 0 * items, ratings - mu, 5, 1, 3)[:, 0], b_item)


# --- a user's drift


@given(seed=SEEDS)
def test_without_regularization_the_slope_is_that_of_polyfit(seed):
    users, _, _, residuals, times = some_ratings(np.random.default_rng(seed))
    slope, centre = user_drift(users, times, residuals, 6, 0)
    for u in np.flatnonzero(np.bincount(users, minlength=6) > 2):
        rated = users == u
        assert slope[u] == pytest.approx(np.polyfit(times[rated], residuals[rated], 1)[0])
        assert centre[u] == pytest.approx(times[rated].mean())
    assert slope[5] == centre[5] == 0


@given(seed=SEEDS, reg=st.floats(0.01, 20))
def test_with_regularization_it_is_scikit_learns_ridge(seed, reg):
    users, _, _, residuals, times = some_ratings(np.random.default_rng(seed))
    slope, _ = user_drift(users, times, residuals, 6, reg)
    for u in np.unique(users):
        rated = users == u
        assert slope[u] == pytest.approx(Ridge(alpha=reg).fit(times[rated, None], residuals[rated]).coef_[0], abs=1e-9)


@pytest.mark.parametrize("moment", [0.1, 0.3, 880_000_000.7])
def test_one_moment_gives_no_slope_whatever_the_rounding(moment):
    users, residuals = np.repeat([0, 1], 7), np.random.default_rng(1).normal(size=14)
    slope, centre = user_drift(users, np.full(14, moment), residuals, 2, 0)
    assert slope.tolist() == [0, 0]
    assert centre == pytest.approx([moment, moment])


@given(seed=SEEDS)
def test_drifts_of_a_users_ratings_add_up_to_zero(seed):
    users, _, _, residuals, times = some_ratings(np.random.default_rng(seed))
    slope, centre = user_drift(users, times, residuals, 6, 0.3)
    assert np.allclose(np.bincount(users, slope[users] * (times - centre[users])), 0)


def test_arguments_stay_as_they_are():
    users, _, _, residuals, times = some_ratings(np.random.default_rng(3))
    before = users.copy(), times.copy(), residuals.copy()
    user_drift(users, times, residuals, 6, 0.0)
    assert all(np.array_equal(a, b) for a, b in zip((users, times, residuals), before, strict=True))


# --- prediction


@given(seed=SEEDS)
def test_predictions_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    users, items, bins, _, times = some_ratings(rng)
    b_user, slope, centre = rng.normal(size=(3, 6))
    b_item, b_item_bin = rng.normal(size=5), rng.normal(size=(5, 4))
    predicted = predict_temporal(3.5, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins)
    for n, (u, i, t, b) in enumerate(zip(users, items, times, bins, strict=True)):
        assert predicted[n] == pytest.approx(3.5 + b_user[u] + slope[u] * (t - centre[u]) + b_item[i] + b_item_bin[i, b])


def test_without_time_it_is_the_baseline_of_lesson_04():
    rng = np.random.default_rng(4)
    users, items, bins, _, times = some_ratings(rng)
    b_user, b_item, still = rng.normal(size=6), rng.normal(size=5), np.zeros(6)
    predicted = predict_temporal(3.5, b_user, b_item, np.zeros((5, 4)), still, still + 1, users, items, times, bins)
    assert np.allclose(predicted, predict_baseline(3.5, b_user, b_item, users, items))


# --- popularity


@given(seed=SEEDS, half_life=st.floats(0.2, 9), now=st.floats(0, 5))
def test_popularity_is_that_of_a_loop(seed, half_life, now):
    _, items, _, _, timestamps = some_ratings(np.random.default_rng(seed))
    expected = np.zeros(5)
    for i, t in zip(items, timestamps, strict=True):
        expected[i] += 2 ** (-(now - t) / half_life) if t <= now else 0
    assert np.allclose(recent_popularity(items, timestamps, 5, now, half_life), expected)


def test_a_half_life_later_all_are_half_as_popular_and_the_long_run_is_a_count():
    _, items, _, _, timestamps = some_ratings(np.random.default_rng(5))
    at_three, later = (recent_popularity(items, timestamps, 5, now, 2.0) for now in (3.0, 5.0))
    assert np.allclose(later, at_three / 2)
    assert np.allclose(recent_popularity(items, timestamps, 5, 3.0, 1e12), np.bincount(items, minlength=5))


def test_a_far_future_neither_overflows_nor_counts():
    with np.errstate(all="raise"):
        assert recent_popularity(np.array([0, 1]), np.array([1e9, 0]), 3, 0, 1e-3).tolist() == [0, 1, 0]


# --- planted truth


@pytest.fixture(scope="module")
def planted():
    """A fresh synthetic set, what the biases leave of it, and the slope of ratings against its latent scores."""
    data = synthetic_ratings(77)
    users, items, ratings = data.arrays()
    seconds = data.ratings["timestamp"].to_numpy()
    means = damped_means(users, items, ratings, data.n_users, data.n_items, 5)
    times = (seconds - seconds.min()) / np.ptp(seconds)
    return data, users, items, times, ratings - predict_baseline(*means, users, items)


def test_the_films_planted_drift_is_found(planted):
    data, _, items, times, residuals = planted
    bias = item_bias_by_bin(items, time_bins(times, 2), residuals, data.n_items, 2, 5)
    often = np.bincount(items, minlength=data.n_items) >= 200
    found = 2 * (bias[:, 1] - bias[:, 0])[often]
    assert np.corrcoef(found, data.truth.item_drift[often])[0, 1] > 0.7


def test_the_users_planted_drift_is_hard_to_see_but_there(planted):
    """Most ratings of a user are of one sitting: only a few users have a line at all."""
    data, users, _, times, residuals = planted
    slope, centre = user_drift(users, times, residuals, data.n_users, 1.0)
    spread = np.bincount(users, (times - centre[users]) ** 2)
    long = spread > np.quantile(spread, 0.9)
    assert np.corrcoef(slope[long], data.truth.user_drift[long])[0, 1] > 0.3


def test_time_of_the_standard_library_is_not_hidden():
    code = "import mfref.time, time; assert callable(time.sleep); from mfref import load_ratings; load_ratings('music')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert not hasattr(time, "sleep")


def test_the_default_data_reach_over_the_whole_period():
    seconds = load_ratings().ratings["timestamp"].to_numpy()
    assert set(time_bins(seconds, 10)) == set(range(10))
