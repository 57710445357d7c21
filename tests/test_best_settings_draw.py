"""Exercise 5.8 draws a data set for each judgement: every draw means the same, and training on it is lesson 04's."""

import numpy as np
import pytest

from mfcheck.exercises.evaluation.best_settings import drawn, exercise, training
from mfcheck.judge import judge
from mfcheck.local import LocalCall
from mfcheck.wire import decode, encode
from mfref import synthetic
from mfref.biases import biased_sgd_step, damped_means, predict_baseline, predict_biased
from mfref.sgd import init_factors
from tests.test_matrix_factorization import order_of_updates

GOOD = {"n_factors": 20, "lr": 0.01, "reg": 0.1, "n_epochs": 40}


def verdict_on(value, seed):
    return judge(exercise, LocalCall(exercise, value), np.random.default_rng(seed))


def rmse(actual, predicted):
    return float(np.sqrt(np.mean((actual - predicted) ** 2)))


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_the_bounds_mean_the_same_on_every_set(seed):
    """Who passes has learned something, full marks are about as good as biases, praise is better than biases."""
    train, test, n_users, n_items = drawn(seed)
    biases = predict_baseline(*damped_means(*train, n_users, n_items, 5), *test[:2])
    assert 1.08 < rmse(test[2], train[2].mean()) < 1.16
    assert 0.92 < rmse(test[2], biases) < 0.955
    assert training(seed, **GOOD).held_out < 0.92
    assert training(seed, **GOOD | {"n_epochs": 3}).held_out < 0.98


def test_it_is_trained_as_lesson_04_trains(monkeypatch):
    """On a small set: from the same start, the textbook's steps in the kernel's order of the ratings give the same errors."""
    drawn.cache_clear()
    whole = synthetic.synthetic_ratings
    monkeypatch.setattr(synthetic, "synthetic_ratings", lambda seed: whole(seed, n_ratings=2_000))
    train, test, n_users, n_items = drawn(3)
    assert (len(train[2]), len(test[2])) == (1600, 400)
    settings = {"n_factors": 3, "lr": 0.02, "reg": 0.05, "n_epochs": 4}
    users, items, ratings = train
    rng, history = np.random.default_rng(3), []
    model = ratings.mean(), np.zeros(n_users), np.zeros(n_items), *init_factors(n_users, n_items, 3, rng)
    for order in order_of_updates(users, items, rng, 4, n_users, n_items):
        errors = [biased_sgd_step(*model, users[n], items[n], ratings[n], 0.02, 0.05) for n in order]
        history.append(np.sqrt(np.mean(np.square(errors))))
    found = training.__wrapped__(3, **settings)
    drawn.cache_clear()
    assert np.allclose(found.history, history)
    assert found.held_out == pytest.approx(rmse(test[2], predict_biased(*model, *test[:2])))


def test_both_groups_share_one_set_and_another_seed_draws_another():
    one, other, elsewhere = (
        list(group.probes(np.random.default_rng(seed)))
        for group, seed in ((exercise.groups[0], 4), (exercise.groups[1], 4), (exercise.groups[0], 5))
    )
    assert one == other != elsewhere


def test_what_comes_out_of_the_sandbox_is_judged_alike():
    """Only the dict is sent; the training is the grader's."""
    sent = decode(encode({"n_factors": np.int64(20), "lr": 0.01, "reg": np.float64(0.1), "n_epochs": 40.0}))
    assert verdict_on(sent, 1).to_dict() == verdict_on(GOOD, 1).to_dict()


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"lr": 5.0}, "diverging"),
        ({"reg": 0.0}, "overfitting"),
        ({"n_factors": 100, "reg": 0.01, "n_epochs": 100}, "overfitting"),
        ({"n_epochs": 1}, "underfitting"),
        ({"lr": 1e-6}, "underfitting"),
        ({"reg": 2.0}, "over-regularized"),
        ({"reg": 30, "lr": 0.002}, "over-regularized"),
    ],
)
def test_what_went_wrong_is_named_on_every_set(change, label):
    for seed in (1, 2):
        assert verdict_on(GOOD | change, seed).label == label
