"""The synthetic set: same seed, same bits; calibrated to MovieLens 100K; its truth is the truth."""

import hashlib

import numpy as np
import pytest

from mfref import load_ratings
from mfref.synthetic import Truth, synthetic_ratings
from tests.ladder import ladder, marginals

# MovieLens 100K, as published: its marginals, and the ladder of the curriculum on a random 80/20 split.
SHARES = [0.061, 0.114, 0.271, 0.342, 0.212]
PER_USER, PER_ITEM = [33, 65, 148], [6, 27, 80]
LADDER = {
    "global mean": 1.124,
    "user mean": 1.042,
    "item mean": 1.021,
    "biases": 0.942,
    "factors without biases": 0.917,
    "biased factors, tuned": 0.905,
}


def digest(data):
    h = hashlib.sha256()
    for column in ("user_id", "item_id", "rating", "timestamp"):
        h.update(np.ascontiguousarray(data.ratings[column].to_numpy()).tobytes())
    h.update("\n".join(data.items["title"]).encode())
    h.update("\n".join(data.users["occupation"]).encode())
    for name in ("cuts", "b_user", "b_item", "P", "Q", "user_drift", "item_drift", "first_time"):
        h.update(getattr(data.truth, name).tobytes())
    return h.hexdigest()[:16]


def test_same_seed_same_bits():
    """The digests were taken on Python 3.11, 3.12 and 3.13 with the NumPy of each; they must never change."""
    assert digest(load_ratings("synthetic-100k")) == "92d254ac0adb8fd7"
    assert digest(synthetic_ratings(seed=7, n_ratings=5_000)) == "b02cb1ff1ee84bee"
    assert digest(synthetic_ratings(seed=8, n_ratings=5_000)) != digest(synthetic_ratings(seed=7, n_ratings=5_000))


def test_calibration(record_property):
    data = load_ratings("synthetic-100k")
    users, items, ratings = data.arrays()
    found = marginals(users, items, ratings)
    rungs = ladder(users, items, ratings)
    lines = ["                           MovieLens  synthetic"]
    lines += [
        f"share of rating {k + 1}             {w:7.3f}    {f:7.3f}"
        for k, (w, f) in enumerate(zip(SHARES, found["shares"], strict=True))
    ]
    for what, wanted in (("per user", PER_USER), ("per item", PER_ITEM)):
        lines += [
            f"{q} % quantile, {what}    {w:7d}    {f:7.0f}" for q, w, f in zip((25, 50, 75), wanted, found[what], strict=True)
        ]
    lines += [f"{name:24}   {value:7.3f}    {rungs[name]:7.3f}" for name, value in LADDER.items()]
    record_property("table", "\n".join(["Calibration of synthetic-100k", *lines]))
    assert np.allclose(found["shares"], SHARES, atol=0.02)
    for what, wanted in (("per user", PER_USER), ("per item", PER_ITEM)):
        assert np.allclose(found[what], wanted, rtol=0.2)
    for name, value in LADDER.items():
        assert rungs[name] == pytest.approx(value, abs=0.015)
    assert found["top tenth of items"] == pytest.approx(0.43, abs=0.03)
    assert found["top tenth of users"] == pytest.approx(0.32, abs=0.03)
    assert found["std of user means"] == pytest.approx(0.445, abs=0.04)
    assert found["std of item means"] == pytest.approx(0.533, abs=0.06)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_fresh_seed_follows_the_same_law(seed):
    users, items, ratings = synthetic_ratings(seed).arrays()
    rungs = ladder(users, items, ratings)
    for name, value in LADDER.items():
        assert rungs[name] == pytest.approx(value, abs=0.025)


def test_shape_of_movielens():
    data = load_ratings("synthetic-100k")
    assert (data.n_users, data.n_items, len(data.ratings)) == (943, 1682, 100_000)
    assert not data.ratings.duplicated(["user_id", "item_id"]).any()
    assert data.items["title"].duplicated().sum() == 18
    assert data.items["genres"].str.split("|").str.len().mean() == pytest.approx(1.72, abs=0.1)
    days = data.ratings["timestamp"] / 86_400
    assert days.max() - days.min() == pytest.approx(214.8, abs=2)
    span = days.groupby(data.ratings["user_id"]).agg(lambda d: d.max() - d.min())
    assert span.median() == pytest.approx(0.034, rel=0.4)
    assert data.ratings["item_id"].nunique() == 1682
    assert data.ratings.groupby("user_id").size().min() >= 20


def test_the_truth_is_what_the_ratings_were_drawn_from():
    data = load_ratings("synthetic-100k")
    truth = data.truth
    assert isinstance(truth, Truth)
    users, items, ratings = data.arrays()
    days = (data.ratings["timestamp"].to_numpy() - data.ratings["timestamp"].min()) / (214.8 * 86_400)
    z = truth.score(users, items, days)
    noise = np.random.default_rng(0).normal(0, truth.noise, len(z))
    redrawn = 1 + np.searchsorted(truth.cuts, z + noise)
    assert np.bincount(redrawn, minlength=6)[1:] / len(z) == pytest.approx(SHARES, abs=0.01)
    for rating in (1, 2, 3, 4):
        assert z[ratings == rating].mean() < z[ratings == rating + 1].mean()
    # Given the truth, nothing but noise is left: the share of ratings 4 and 5 is what the normal law says.
    from scipy.stats import norm

    assert (ratings >= 4).mean() == pytest.approx(norm.sf((truth.cuts[2] - z) / truth.noise).mean(), abs=0.005)


def test_genres_explain_factors():
    data = load_ratings("synthetic-100k")
    Q = data.truth.Q / np.linalg.norm(data.truth.Q, axis=1, keepdims=True)
    genres = data.items["genres"].str.get_dummies("|").to_numpy(dtype=bool)
    share = (genres.astype(int) @ genres.T.astype(int)) > 0
    nearest = np.argsort(-(Q @ Q.T), axis=1)[:, 1:11]
    assert np.take_along_axis(share, nearest, axis=1).mean() > 1.5 * share.mean()


@pytest.mark.parametrize("n_ratings", [1_000, 30_000, 300_000])
def test_other_sizes(n_ratings):
    data = synthetic_ratings(seed=3, n_ratings=n_ratings)
    assert len(data.ratings) == n_ratings
    assert not data.ratings.duplicated(["user_id", "item_id"]).any()
    assert data.ratings["item_id"].nunique() == data.n_items
    shares = np.bincount(data.ratings["rating"].astype(int), minlength=6)[1:] / n_ratings
    assert shares == pytest.approx(SHARES, abs=0.02)


def test_too_few_ratings():
    with pytest.raises(ValueError, match="at least 1,000"):
        synthetic_ratings(1, 999)
