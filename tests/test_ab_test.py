"""Lesson 14's functions against SciPy, sha256sum, all courses of small experiments, a shuffle, and simulated experiments."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, kstest, norm

from mfcheck.exercises.ab_test._peeking import rates
from mfref import load_ratings
from mfref.ab_test import (
    assign_variant,
    false_positive_rate_when_peeking,
    sample_size,
    simulate_clicks,
    two_proportion_test,
)
from tests.conftest import ROOT

SEEDS = st.integers(0, 2**32 - 1)


def within(count, n, p):
    """Whether `count` of n draws is what probability p gives: left once in 10^9 times."""
    return abs(count - n * p) < 6.2 * np.sqrt(n * p * (1 - p)) + 1e-9


# --- assignment


def test_variants_written_down_once_stay_the_same():
    """Computed with `printf %s list:1 | sha256sum` and so on: where the last digit is odd, B."""
    assert [assign_variant(u, "list") for u in range(1, 9)] == [0, 1, 0, 0, 0, 0, 0, 0]


@given(user_id=st.one_of(st.integers(), st.text()), salt=st.text())
def test_the_variant_is_the_digests_last_bit(user_id, salt):
    try:
        text = f"{salt}:{user_id}".encode()
    except UnicodeEncodeError:
        return
    assert assign_variant(user_id, salt) == hashlib.sha256(text).digest()[-1] % 2
    assert assign_variant(str(user_id), salt) == assign_variant(user_id, salt)


def test_another_process_gives_the_same_variants():
    code = "from mfref.ab_test import assign_variant; print([assign_variant(u, 's') for u in range(50)])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert told.strip() == str([assign_variant(u, "s") for u in range(50)])


def test_halves_are_equal_and_two_experiments_independent():
    first, second = (np.array([assign_variant(u, salt) for u in range(20_000)]) for salt in ("one", "two"))
    assert within(first.sum(), 20_000, 0.5)
    assert chi2_contingency(np.histogram2d(first, second, bins=2)[0], correction=False)[1] > 1e-6


# --- the test


CLICKS = st.tuples(st.integers(1, 2000), st.integers(1, 2000), st.floats(0, 1), st.floats(0, 1))


@given(CLICKS)
def test_z_squared_is_pearsons_chi_squared(drawn):
    n_a, n_b, a, b = drawn[0], drawn[1], round(drawn[0] * drawn[2]), round(drawn[1] * drawn[3])
    difference, z, p_value = two_proportion_test(a, n_a, b, n_b)
    if a + b in (0, n_a + n_b):
        assert (difference, z, p_value) == (0, 0, 1)
        return
    chi2, p, *_ = chi2_contingency([[a, n_a - a], [b, n_b - b]], correction=False)
    assert z**2 == pytest.approx(chi2, abs=1e-9)
    assert p_value == pytest.approx(p, abs=1e-12)
    assert p_value == pytest.approx(2 * norm.sf(abs(z)), abs=1e-12)
    assert difference == pytest.approx(b / n_b - a / n_a, abs=1e-15)
    assert np.sign(z) == np.sign(difference)


@given(CLICKS)
def test_exchanging_the_variants_turns_the_sign_only(drawn):
    n_a, n_b, a, b = drawn[0], drawn[1], round(drawn[0] * drawn[2]), round(drawn[1] * drawn[3])
    there, back = two_proportion_test(a, n_a, b, n_b), two_proportion_test(b, n_b, a, n_a)
    assert np.allclose(there, (-back[0], -back[1], back[2]))


def test_by_hand_and_against_a_shuffle():
    """The p-value is about the share of shuffles of the clicks over all users that separate the shares as far."""
    difference, z, p_value = two_proportion_test(120, 1000, 150, 1000)
    assert (difference, z) == pytest.approx((0.03, 0.03 / np.sqrt(0.135 * 0.865 / 500)))
    clicks_in_b = np.random.default_rng(1).hypergeometric(270, 1730, 1000, 200_000)
    apart = np.abs(2 * clicks_in_b - 270)
    assert np.mean(apart > 30) + np.mean(apart == 30) / 2 == pytest.approx(p_value, abs=0.004)


def test_in_experiments_without_an_effect_all_p_values_are_equally_likely():
    rng = np.random.default_rng(3)
    a, b = rng.binomial(5000, 0.3, (2, 2000))
    assert kstest([two_proportion_test(x, 5000, y, 5000)[2] for x, y in zip(a, b, strict=True)], "uniform").pvalue > 1e-4


# --- the size


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.09), st.floats(0.001, 0.2), st.floats(0.5, 0.99), st.sampled_from([-1, 1]))
def test_size_is_the_first_with_the_power_by_the_normal_curve(p, lift, alpha, power, sign):
    """The power of n users each, written the other way round: P(Z > quantile − lift / standard error)."""
    lift = sign * min(lift, 0.9 * p)
    n = sample_size(p, lift, alpha, power)

    def reached(n):
        se = np.sqrt((p * (1 - p) + (p + lift) * (1 - p - lift)) / n)
        return norm.sf(norm.isf(alpha / 2) - abs(lift) / se)

    assert reached(n) >= power - 1e-9
    assert n == 1 or reached(n - 1) < power + 1e-9
    assert isinstance(n, int)


def test_sizes_of_a_table():
    """From 10 % to 12 % at 5 % and 80 %: known to every calculator of sample sizes, give or take its refinements."""
    assert sample_size(0.10, 0.02, 0.05, 0.8) == 3839
    assert sample_size(0.5, 0.1, 0.05, 0.8) == 385
    assert sample_size(0.3, 0.07, 0.05, 0.5) == int(np.ceil(norm.isf(0.025) ** 2 * (0.21 + 0.37 * 0.63) / 0.07**2))


def test_experiments_of_that_size_have_that_power():
    n = sample_size(0.2, 0.04, 0.05, 0.8)
    rng = np.random.default_rng(4)
    a, b = rng.binomial(n, 0.2, 4000), rng.binomial(n, 0.24, 4000)
    found = sum(two_proportion_test(x, n, y, n)[2] < 0.05 for x, y in zip(a, b, strict=True))
    assert found / 4000 == pytest.approx(0.8, abs=0.04)


# --- clicks


@given(seed=SEEDS)
def test_clicks_come_with_the_product_of_both_probabilities(seed):
    rng = np.random.default_rng(seed)
    attraction, examined = np.tile(rng.random((1, 7)), (4000, 1)), rng.random(3)
    shown = np.tile(rng.permutation(7)[:3], (4000, 1))
    clicks = simulate_clicks(attraction, shown, examined, rng)
    assert clicks.dtype == bool and clicks.shape == (4000, 3)
    for j in range(3):
        assert within(clicks[:, j].sum(), 4000, examined[j] * attraction[0, shown[0, j]])


def test_clicks_are_those_of_each_users_own_list():
    rng = np.random.default_rng(5)
    likes = rng.integers(0, 2, (50, 9)).astype(float)
    shown = np.array([rng.permutation(9)[:4] for _ in range(50)])
    clicks = simulate_clicks(likes, shown, np.ones(4), rng)
    assert all(clicks[u, j] == likes[u, shown[u, j]] for u in range(50) for j in range(4))


def test_draws_are_independent_and_repeatable():
    attraction, shown = np.full((6000, 2), 0.5), np.tile([0, 1], (6000, 1))
    one, same, other = (simulate_clicks(attraction, shown, np.ones(2), np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert within((one[:, 0] & one[:, 1]).sum(), 6000, 0.25)
    assert within((one[1:, 0] & one[:-1, 0]).sum(), 5999, 0.25)


# --- peeking


def exactly(p, n_per_look, n_looks, alpha):
    """The probability of an alarm by going through all courses of the two counts, state by state."""
    silent, alarm = {(0, 0): 1.0}, 0.0
    for look in range(1, n_looks + 1):
        after = {}
        for (a, b), weight in silent.items():
            for x in range(n_per_look + 1):
                for y in range(n_per_look + 1):
                    q = weight * binom.pmf(x, n_per_look, p) * binom.pmf(y, n_per_look, p)
                    after[a + x, b + y] = after.get((a + x, b + y), 0) + q
        n, silent = look * n_per_look, {}
        for (a, b), weight in after.items():
            if two_proportion_test(a, n, b, n)[2] < alpha:
                alarm += weight
            else:
                silent[a, b] = weight
    return alarm


@pytest.mark.parametrize(("p", "n_per_look", "n_looks", "alpha"), [(0.4, 5, 1, 0.2), (0.5, 4, 3, 0.1), (0.3, 3, 4, 0.3)])
def test_the_rate_is_that_of_all_courses(p, n_per_look, n_looks, alpha):
    expected = exactly(p, n_per_look, n_looks, alpha)
    assert rates(p, n_per_look, n_looks, alpha)["any"] == pytest.approx(expected)
    found = false_positive_rate_when_peeking(p, n_per_look, n_looks, alpha, 6000, np.random.default_rng(6))
    assert within(6000 * found, 6000, expected)


def test_rates_of_many_looks_are_those_of_a_brownian_path():
    """With many users, z at the looks is a standardized random walk: 5 % at one look become 19 % at ten (Armitage and others)."""
    walks = np.random.default_rng(7).normal(size=(40_000, 10)).cumsum(axis=1) / np.sqrt(np.arange(1, 11))
    expected = np.mean(np.abs(walks).max(axis=1) > norm.isf(0.025))
    assert expected == pytest.approx(0.193, abs=0.01)
    found = false_positive_rate_when_peeking(0.3, 400, 10, 0.05, 3000, np.random.default_rng(8))
    assert found == pytest.approx(expected, abs=0.04)


def test_without_clicks_there_is_no_alarm_and_the_draw_can_be_repeated():
    assert false_positive_rate_when_peeking(0.0, 10, 5, 0.05, 50, np.random.default_rng(1)) == 0
    one, same, other = (false_positive_rate_when_peeking(0.4, 20, 5, 0.2, 300, np.random.default_rng(s)) for s in (1, 1, 2))
    assert one == same != other


# --- the visitors of the lesson


@pytest.mark.parametrize("n", [60])
def test_attraction_of_synthetic_users_is_that_of_their_ratings(n):
    """Ratings drawn anew from the truth, on the last day: the share of 4 and 5 stars, times 0.2."""
    from mfref.visitors import CLICKS, attraction

    data = load_ratings("synthetic-100k")
    found, truth, rng = attraction(data), data.truth, np.random.default_rng(9)
    assert found.shape == (data.n_users, data.n_items)
    for u, i in zip(rng.integers(data.n_users, size=n), rng.integers(data.n_items, size=n), strict=True):
        z = truth.score(np.array([u]), np.array([i]), np.ones(1))[0] + rng.normal(0, truth.noise, 4000)
        stars = 1 + np.searchsorted(truth.cuts, z)
        assert within((stars >= 4).sum(), 4000, found[u, i] / CLICKS)


def test_attraction_without_truth_grows_with_the_rating_of_a_model():
    from mfref.visitors import attraction

    data = load_ratings("synthetic-100k").busiest(80, 60)
    found = attraction(data)
    users, items, ratings = data.arrays()
    assert data.truth is None and found.shape == (80, 60) and found.min() > 0 and found.max() < 0.2
    assert np.corrcoef(found[users, items], ratings)[0, 1] > 0.5


def test_lists_hold_the_best_of_what_is_not_rated():
    from mfref.models import PopularityRanking
    from mfref.visitors import lists

    data = load_ratings("synthetic-100k").busiest(50, 40)
    users, items, _ = data.arrays()
    train = np.random.default_rng(1).permutation(data.n_ratings)[:600]
    model = PopularityRanking().fit(data.ratings.iloc[train])
    counts = np.bincount(items[train], minlength=40)
    for found, scores in ((lists(model, data, train, 3), None), (lists(counts, data, train, 3), counts)):
        for u in range(50):
            seen = set(items[train][users[train] == u])
            ids = [i for i in range(40) if i not in seen and counts[i]]
            score = {i: model.score_[model.item_index[data.items["item_id"][i]]] if scores is None else scores[i] for i in ids}
            assert found[u].tolist() == sorted(ids, key=lambda i: (-score[i], i))[:3]


def test_the_first_position_is_looked_at_by_all_and_the_fourth_by_a_quarter():
    from mfref.visitors import examined

    assert examined(4).tolist() == [1, 0.5, pytest.approx(1 / 3), 0.25]


def test_the_interval_holds_the_true_difference_as_often_as_it_says():
    from mfref.visitors import interval

    rng = np.random.default_rng(10)
    a, b = rng.binomial(800, 0.2, 4000), rng.binomial(500, 0.26, 4000)
    for level in (0.8, 0.95):
        ends = np.array([interval(x, 800, y, 500, level) for x, y in zip(a, b, strict=True)])
        held = np.mean((ends[:, 0] <= 0.06) & (ends[:, 1] >= 0.06))
        assert held == pytest.approx(level, abs=0.04)
    assert sum(interval(160, 800, 130, 500)) / 2 == pytest.approx(0.06)
