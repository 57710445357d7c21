"""Lesson 05's functions against scikit-learn, the definitions by brute force, and properties that must hold."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, mean_squared_error, ndcg_score

from mfref.biases import predict_biased, train_biased_sgd
from mfref.evaluation import early_stopping, grid_search, mae, ndcg_at_k, precision_at_k, recall_at_k, rmse

pairs = st.lists(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), min_size=1, max_size=30)
lists = st.permutations(range(12)).flatmap(lambda ids: st.integers(0, 12).map(lambda n: ids[:n]))
relevants = st.sets(st.integers(0, 11))
ks = st.integers(1, 14)


# --- errors of ratings


@given(pairs)
def test_errors_are_scikit_learns(both):
    actual, predicted = np.array(both).T
    assert rmse(actual, predicted) == pytest.approx(np.sqrt(mean_squared_error(actual, predicted)))
    assert mae(actual, predicted) == pytest.approx(mean_absolute_error(actual, predicted))
    assert mae(actual, predicted) <= rmse(actual, predicted) + 1e-12


def test_errors_by_hand():
    assert rmse([4, 2, 5], [3, 4, 3]) == pytest.approx(3**0.5)
    assert mae([4, 2, 5], [3, 4, 3]) == pytest.approx(5 / 3)
    assert rmse([1.5], [1.5]) == mae([1.5], [1.5]) == 0.0


@pytest.mark.parametrize("measure", [rmse, mae])
def test_no_ratings_at_all_are_refused(measure):
    for nothing in ([], np.array([])):
        with pytest.raises(ValueError, match="no ratings"):
            measure(nothing, nothing)


# --- lists


@given(lists, relevants, ks)
def test_precision_and_recall_count_hits(recommended, relevant, k):
    hits = len(set(recommended[:k]) & relevant)
    assert precision_at_k(recommended, relevant, k) == pytest.approx(hits / k)
    if relevant:
        assert recall_at_k(recommended, relevant, k) == pytest.approx(hits / len(relevant))
    else:
        assert np.isnan(recall_at_k(recommended, relevant, k))


@given(st.permutations(range(12)), relevants, ks)
def test_ndcg_of_a_full_list_is_scikit_learns(recommended, relevant, k):
    value = ndcg_at_k(recommended, relevant, k)
    if not relevant:
        assert np.isnan(value)
        return
    gains = [[float(item in relevant) for item in range(12)]]
    scores = [[-recommended.index(item) for item in range(12)]]
    assert value == pytest.approx(ndcg_score(gains, scores, k=k))


@given(lists, relevants, st.integers(1, 5))
def test_ndcg_is_the_share_of_the_best_of_all_lists(recommended, relevant, k):
    if not relevant:
        return

    def dcg(items):
        return sum(1 / np.log2(rank + 1) for rank, item in enumerate(items[:k], start=1) if item in relevant)

    few = [*sorted(relevant)[:k], *sorted(set(range(12)) - relevant)[: max(k - len(relevant), 0)]]
    best = max(dcg(order) for order in itertools.permutations(few, min(k, len(few))))
    assert ndcg_at_k(recommended, relevant, k) == pytest.approx(dcg(recommended) / best)


def test_ndcg_by_hand():
    assert ndcg_at_k([4, 0, 7], {4, 2, 9}, 3) == pytest.approx(1 / (1 + 1 / np.log2(3) + 1 / 2))
    assert ndcg_at_k([4, 0, 7], {0}, 3) == pytest.approx(1 / np.log2(3))
    assert ndcg_at_k([1, 2], {1, 2}, 10) == 1.0
    assert ndcg_at_k([], {1}, 10) == 0.0


# --- early stopping


@given(st.lists(st.integers(0, 8), min_size=1, max_size=15), st.integers(1, 6))
def test_early_stopping_is_training_epoch_by_epoch(val_rmse, patience):
    seen = []
    for value in val_rmse:
        seen.append(value)
        if len(seen) - 1 - seen.index(min(seen)) >= patience:
            break
    assert early_stopping(val_rmse, patience) == seen.index(min(seen))


def test_endless_patience_gives_the_best_of_all():
    values = np.random.default_rng(0).normal(size=40)
    assert early_stopping(values, 40) == values.argmin()


# --- grid search


def parts(seed=0):
    """Ratings of two planted factors, a fifth of the cells put aside."""
    rng = np.random.default_rng(seed)
    truth = 3 + 0.8 * rng.normal(size=(12, 2)) @ rng.normal(size=(2, 10))
    out = rng.random(truth.shape) < 0.2
    users, items = np.indices(truth.shape)
    return tuple((users[part], items[part], truth[part]) for part in (~out, out))


def test_every_row_is_that_setting_trained_by_hand():
    train, validation = parts()
    grid = {"lr": [0.05, 0.01], "n_factors": [2], "reg": [0.0, 0.3, 1.0], "n_epochs": [15]}
    best, table = grid_search(train, validation, 12, 10, grid, np.random.default_rng(5))
    assert len(table) == 6
    assert set(table) == {"n_factors", "lr", "reg", "n_epochs", "rmse"}
    rng = np.random.default_rng(5)
    for row in table.to_dict("records"):
        settings = {name: int(row[name]) if name in ("n_factors", "n_epochs") else row[name] for name in grid}
        *model, _ = train_biased_sgd(*train, 12, 10, **settings, rng=rng)
        assert row["rmse"] == pytest.approx(rmse(validation[2], predict_biased(*model, *validation[:2])))
    lowest = table.loc[table["rmse"].idxmin()]
    assert best == {name: lowest[name] for name in grid}
    assert isinstance(best["n_factors"], int)


def test_a_setting_that_is_clearly_best_wins_and_an_exploded_one_never_does():
    train, validation = parts(1)
    grid = {"n_factors": [2], "lr": [1000.0, 1e-6, 0.05], "reg": [0.01], "n_epochs": [60]}
    with np.errstate(all="ignore"):
        best, table = grid_search(train, validation, 12, 10, grid, np.random.default_rng(0))
    assert best["lr"] == 0.05
    assert not table["rmse"][0] < 100
    assert table["rmse"][2] < 0.5 * table["rmse"][1]
