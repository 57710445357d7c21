"""Exercise 5.8 judges a value: what the reference reaches, what bad values are told, and what the bounds are worth.

The figures of the models: 50 factors, lr 0.005, reg 0.1, 100 epochs, chosen on a validation part. Two random 80/20 splits:
seed 0 is that of the curriculum's ladder, seed 3 that of the lessons. From split to split an RMSE moves by about 0.005.
The check of 5.8 trains with biases on ratings drawn afresh; its bounds are tested on trainings whose RMSE is known.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from mfcheck.exercises.evaluation import best_settings as declared
from mfcheck.exercises.evaluation.best_settings import FULL_MARKS, PASSES, PRAISED, Training, exercise
from mfcheck.judge import judge
from mfcheck.local import LocalCall
from mfref import load_ratings
from mfref.biases import damped_means
from mfref.evaluation import ndcg_at_k, rmse
from mfref.models import MatrixFactorization
from mfref.rating_matrix import random_split, temporal_split
from tests.conftest import data_sets

GOOD = {"n_factors": 20, "lr": 0.01, "reg": 0.1, "n_epochs": 40}
TUNED = {"n_factors": 50, "lr": 0.005, "reg": 0.1, "n_epochs": 100}
SPLITS = (0, 3)
WITHOUT_BIASES, WITH_BIASES = 0.917, 0.905  # MovieLens 100K in the ladder of the curriculum


def verdict_on(value, seed=7):
    return judge(exercise, LocalCall(exercise, value), np.random.default_rng(seed))


def told(verdict):
    """All words of a verdict that a student reads."""
    return " ".join(str(part) for part in (verdict.title, verdict.message, verdict.next_step, verdict.evidence))


# --- what the models reach


@pytest.mark.parametrize("name", ["ml-100k", "synthetic-100k"])
def test_reference_reaches_the_ladder(name, record_property):
    if name not in data_sets():
        pytest.skip("needs MFREF_DATA_HOME with ml-100k")
    data = load_ratings(name)
    lines, found = [f"Test RMSE on {name}, {TUNED}", "seed   without biases   with biases"], []
    for seed in SPLITS:
        train, test = (data.ratings.iloc[part] for part in random_split(data.n_ratings, 0.2, np.random.default_rng(seed)))
        pairs = test["user_id"].to_numpy(), test["item_id"].to_numpy()
        models = (MatrixFactorization(**TUNED, biases=biases).fit(train) for biases in (False, True))
        found.append([rmse(test["rating"].to_numpy(), model.predict(*pairs)) for model in models])
        lines.append(f"{seed:4}   {found[-1][0]:14.4f}   {found[-1][1]:11.4f}")
    record_property("table", "\n".join(lines))
    for without, with_biases in found:
        if name == "ml-100k":
            assert without <= 0.92
            assert with_biases <= 0.91
        assert without == pytest.approx(WITHOUT_BIASES, abs=0.015)
        assert with_biases == pytest.approx(WITH_BIASES, abs=0.015)


# --- values that cannot be tried

BAD_VALUES = {
    "a list": ([20, 0.01, 0.1, 40], "dict"),
    "a number": (0.9, "dict"),
    "text": ("20 factors", "dict"),
    "an empty dict": ({}, "n_factors"),
    "missing key": ({"n_factors": 20, "lr": 0.01, "reg": 0.1}, "n_epochs"),
    "misspelled key": ({"n_factors": 20, "lr": 0.01, "reg": 0.1, "epochs": 40}, "n_epochs"),
    "extra key": ({**GOOD, "rmse": 0.9}, "rmse"),
    "extra key that is no text": ({**GOOD, 3: 4}, "3"),
    "text in place of a number": ({**GOOD, "n_factors": "20"}, "n_factors"),
    "text for lr": ({**GOOD, "lr": "0.01"}, "lr"),
    "a list of candidates": ({**GOOD, "reg": [0.1, 0.2]}, "reg"),
    "an array": ({**GOOD, "reg": np.array([0.1, 0.2])}, "reg"),
    "None": ({**GOOD, "reg": None}, "reg"),
    "negative lr": ({**GOOD, "lr": -0.01}, "lr"),
    "lr 0": ({**GOOD, "lr": 0}, "lr"),
    "negative reg": ({**GOOD, "reg": -0.1}, "reg"),
    "negative n_factors": ({**GOOD, "n_factors": -20}, "n_factors"),
    "no epochs": ({**GOOD, "n_epochs": 0}, "n_epochs"),
    "half an epoch": ({**GOOD, "n_epochs": 40.5}, "n_epochs"),
    "NaN for lr": ({**GOOD, "lr": math.nan}, "lr"),
    "NaN for reg": ({**GOOD, "reg": np.float32("nan")}, "reg"),
    "NaN for n_factors": ({**GOOD, "n_factors": math.nan}, "n_factors"),
    "infinite reg": ({**GOOD, "reg": math.inf}, "reg"),
    "infinite n_epochs": ({**GOOD, "n_epochs": math.inf}, "n_epochs"),
    "bool for n_factors": ({**GOOD, "n_factors": True}, "n_factors"),
    "NumPy's bool for reg": ({**GOOD, "reg": np.True_}, "reg"),
    "complex lr": ({**GOOD, "lr": 0.01 + 0j}, "lr"),
    "a million factors": ({**GOOD, "n_factors": 10**6}, "n_factors"),
    "a thousand million epochs": ({**GOOD, "n_epochs": 10**9}, "n_epochs"),
    "more factors than a float can hold": ({**GOOD, "n_factors": 10**400}, "n_factors"),
    "more lr than a float can hold": ({**GOOD, "lr": 10**400}, "lr"),
    "both at their limits": ({**GOOD, "n_factors": 200, "n_epochs": 200}, "n_factors"),
}


@pytest.mark.parametrize(("value", "named"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_a_value_that_cannot_be_tried_is_named_without_a_training(value, named, monkeypatch):
    monkeypatch.setattr(declared, "training", lambda *_, **__: pytest.fail("it was trained"))
    verdict = verdict_on(value)
    assert verdict.kind in ("type", "values"), told(verdict)
    assert verdict.points == 0
    assert verdict.label == ""
    assert named in told(verdict)


def test_none_is_not_attempted():
    assert verdict_on(None).kind == "not_attempted"


@pytest.mark.parametrize("lr", [5.0, 1e6, 1e300])
def test_training_that_explodes_is_named(lr):
    verdict = verdict_on({**GOOD, "lr": lr})
    assert (verdict.points, verdict.label) == (0, "diverging")


# --- what the bounds are worth


@pytest.mark.parametrize(
    ("held_out", "points", "praised"),
    [(0.9199, 4, True), (PRAISED, 4, False), (0.9499, 4, False), (FULL_MARKS, 2, False), (0.9799, 2, False), (PASSES, 0, False)],
)
def test_bounds(monkeypatch, held_out, points, praised):
    trained = replace(Training(1.12, (1.0, 0.9), 0.0), held_out=held_out)
    monkeypatch.setattr(declared, "training", lambda *args, **settings: trained)
    verdict = verdict_on(GOOD)
    assert verdict.points == points
    assert (verdict.kind == "right") == (points == 4)
    assert ("very well tuned" in verdict.message) == praised
    if points < 4:
        assert f"{held_out:.3f}" in told(verdict)
    else:
        assert f"{held_out:.3f}" in verdict.message


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (GOOD, 4),
        ({"n_factors": 20, "lr": 0.01, "reg": 0.8, "n_epochs": 40}, 2),
        ({"n_factors": 20, "lr": 0.0001, "reg": 0.1, "n_epochs": 5}, 0),
    ],
    ids=["full", "part", "none"],
)
def test_points_of_real_trainings(value, points):
    for seed in (7, 8, 9):
        verdict = verdict_on(value, seed)
        assert verdict.points == points, told(verdict)


def test_praise_of_the_reference():
    for seed in range(3):
        assert "very well tuned" in verdict_on(GOOD, seed).message


def test_other_numbers_are_as_good_as_pythons():
    value = {"n_epochs": np.array(40), "n_factors": np.int64(20), "reg": np.float32(0.1), "lr": np.float64(0.01)}
    assert verdict_on(value).points == exercise.points


# --- what the lesson's text says of both data sets


def fifth(data, seed=3):
    """The random split of the lesson's pictures."""
    return random_split(data.n_ratings, 0.2, np.random.default_rng(seed))


def by_means(data, train, damping):
    """→ (n_users, n_items): the predictions of damped means."""
    arrays = (array[train] for array in data.arrays())
    mu, b_user, b_item = damped_means(*arrays, data.n_users, data.n_items, damping)
    return mu + b_user[:, None] + b_item


def by_factors(data, train):
    """→ (n_users, n_items): the predictions of biased factors."""
    model, ids = MatrixFactorization().fit(data.ratings.iloc[train]), data.items["item_id"].to_numpy()
    return np.array([model.predict(np.full(len(ids), user_id), ids) for user_id in data.users["user_id"]])


def error_and_ndcg(data, train, test, predicted):
    """→ (test RMSE, NDCG@10 by user), lists from all films that the user has not rated in the training part."""
    users, items, ratings = data.arrays()
    liked = test[ratings[test] >= 4]
    scores = predicted.copy()
    scores[users[train], items[train]] = -np.inf
    top = np.argsort(-scores, axis=1, kind="stable")[:, :10].tolist()
    ndcg = [ndcg_at_k(top[u], set(items[liked[users[liked] == u]].tolist()), 10) for u in range(data.n_users)]
    return rmse(ratings[test], predicted[users[test], items[test]]), np.array(ndcg)


@pytest.mark.parametrize("name", data_sets())
def test_the_error_gets_better_and_the_list_gets_worse(name, record_property):
    data = load_ratings(name)
    train, test = fifth(data)
    means = error_and_ndcg(data, train, test, by_means(data, train, 25))
    factors = error_and_ndcg(data, train, test, by_factors(data, train))
    lines = [f"{what:20} RMSE {e:.3f}   NDCG@10 {np.nanmean(n):.3f}" for what, (e, n) in (("means", means), ("factors", factors))]
    record_property("table", "\n".join([f"Two measures on {name}", *lines]))
    assert factors[0] < means[0] - 0.03
    difference = (factors[1] - means[1])[~np.isnan(means[1])]
    assert difference.mean() < -4 * difference.std() / np.sqrt(len(difference))


@pytest.mark.parametrize("name", data_sets())
def test_by_time_the_factors_gain_little_because_people_are_new(name):
    data = load_ratings(name)
    users, items, ratings = data.arrays()
    past, future = temporal_split(data.ratings["timestamp"].to_numpy(), 0.2)
    known = future[np.isin(users[future], users[past])]

    def gain(train, test):
        errors = [rmse(ratings[test], p[users[test], items[test]]) for p in (by_means(data, train, 5), by_factors(data, train))]
        return errors[0] - errors[1]

    assert len(known) < 0.25 * len(future)
    assert gain(past, future) < 0.3 * gain(*fifth(data))
    assert gain(past, known) == pytest.approx(gain(*fifth(data)), abs=0.01)
