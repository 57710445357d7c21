"""The benchmarks at a size that takes no time. No times are asserted."""

import inspect
import json
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest

import mfref.models
from benchmarks import accuracy, growth, ranking, settings, speed
from benchmarks.data import planted, split
from benchmarks.peers import MISSING, PEERS, Peer, cmfrec_cmf
from benchmarks.requirements import Requirement, requirement_table
from mfref.models import MatrixFactorization

TOY = planted(300, 40, 30)


@pytest.fixture
def toy_data(monkeypatch):
    monkeypatch.setattr(accuracy, "folds", lambda: ("toy", [split(TOY, 0.2, seed) for seed in range(5)]))
    for module in (accuracy, ranking, speed):
        monkeypatch.setattr(module, "all_ratings", lambda: ("toy", TOY))


def text(table):
    """→ every cell of a rich table, row by row."""
    return list(zip(*(list(column.cells) for column in table.columns), strict=True))


def test_a_missing_peer_is_reported_and_the_rest_goes_on(monkeypatch, toy_data):
    monkeypatch.setitem(sys.modules, "cmfrec", None)
    means = Peer(lambda train, **settings: lambda users, items: np.full(len(users), train["rating"].mean()))
    monkeypatch.setattr(accuracy, "PEERS", {**dict.fromkeys(PEERS, means), "cmfrec CMF": Peer(cmfrec_cmf)})
    small = {"MatrixFactorization, SGD": ("MatrixFactorization", {"n_factors": 2, "n_epochs": 2})}
    monkeypatch.setattr(settings, "SETTINGS", {**{name: ("GlobalMean", {}) for name in settings.SETTINGS}, **small})
    monkeypatch.setattr(accuracy, "SETTINGS", settings.SETTINGS)
    result = accuracy.measure()
    assert result["rows"]["cmfrec CMF"] == {"missing": MISSING}
    assert len(result["rows"]["Surprise SVDpp"]["rmse"]) == 5
    shown = {row[0]: row for row in text(accuracy.tables(result)[0])}
    assert shown["cmfrec CMF"][1] == MISSING
    train, test = split(TOY, 0.2, seed=0)
    expected = np.sqrt(np.mean((test["rating"] - train["rating"].mean()) ** 2))
    assert result["rows"]["GlobalMean"]["random"][0] == pytest.approx(expected, rel=1e-12)
    by_measure = {one.measure: one for one in accuracy.requirements(result)}
    assert by_measure["mean RMSE: MatrixFactorization, ALS"].peer == f"{MISSING} cmfrec CMF"
    json.dumps(result)


def test_quick_leaves_out_the_slow_ones_and_says_so():
    taking_part = accuracy.contestants(quick=True)
    for name, peer in PEERS.items():
        assert (taking_part[name] == accuracy.LEFT_OUT) == peer.slow
    assert any(peer.slow for peer in PEERS.values())


def test_predictions_are_clipped_to_the_scale():
    train = pd.DataFrame({"user_id": [1, 2], "item_id": [1, 2], "rating": [1.0, 5.0]})
    rmse, mae, _ = accuracy.error(lambda train: lambda users, items: np.array([9.0, -3.0]), train, train)
    assert (rmse, mae) == (4.0, 4.0)
    right = accuracy.error(lambda train: lambda users, items: np.array([-3.0, 9.0]), train, train)
    assert right[:2] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("value", "higher", "met"),
    [(0.89, False, "aim"), (0.90, False, "aim"), (0.905, False, "must"), (0.92, False, "no"), (None, False, "not measured")]
    + [(0.92, True, "aim"), (0.89, True, "no")],
)
def test_a_requirement_says_whether_it_is_met(value, higher, met):
    must, aim = (0.90, 0.91) if higher else (0.91, 0.90)
    one = Requirement("error", "0.9", "1.0 peer", value, must, aim, higher)
    (row,) = text(requirement_table([one]))
    assert one.met == met
    assert row[0] == "error"
    assert row[4:] == (f"{'≥' if higher else '≤'} {must:.2f}", f"{'≥' if higher else '≤'} {aim:.2f}", met)


def test_speed_is_shown_as_times_faster_or_as_a_share_of_the_peer():
    rows = {"SGD epoch, 80,000 ratings": {1: (0.1, 1.0)}, "top 10 of all users, 1,000,000 ratings": {2: (0.1, 0.4)}}
    rows["ALS iteration, 100,000 ratings"] = {1: (0.1, MISSING)}
    race = {name: {"seconds": n + 1.0, "epochs": 3, "settings": {}} for n, name in enumerate(speed.RACE)}
    race["LensKit BiasedMF"] = MISSING
    result = {"data": "toy", "rows": rows, "als errors": (0.91, MISSING), "race": race}
    values = {one.measure: (one.value, one.met) for one in speed.requirements(result)}
    assert values["SGD epoch, 80,000 ratings, 1 threads"] == (pytest.approx(10), "must")
    assert values["top 10 of all users, 1,000,000 ratings, 2 threads"] == (pytest.approx(0.25), "aim")
    assert values["ALS iteration, 100,000 ratings, 1 threads"] == (None, "not measured")
    assert values[f"seconds to RMSE {speed.TARGET}"] == (pytest.approx(1 / 3), "aim")
    assert ("LensKit BiasedMF", MISSING) in {row[:2] for row in text(speed.tables(result)[0])}


@pytest.mark.parametrize("needed", range(1, 18))
def test_the_fewest_epochs_are_found(needed):
    assert speed.fewest(lambda n: n >= needed, 16) == (needed if needed <= 16 else None)


def test_settings_name_only_what_the_estimators_have():
    for name, (model, given) in settings.SETTINGS.items():
        known = set(inspect.signature(getattr(mfref.models, model)).parameters)
        assert set(given) <= known, name
        assert set(settings.GRIDS.get(name, {})) <= known, name
    assert set(settings.GRIDS) <= set(settings.SETTINGS)
    assert settings.estimator("MatrixFactorization, ALS", n_factors=3).n_factors == 3


def test_the_search_finds_the_setting_that_is_best_on_the_validation_part(monkeypatch):
    monkeypatch.setitem(settings.GRIDS, "Baseline", {"damping_user": [1e6, 1.0], "damping_item": [1e6, 1.0]})
    train, validation = split(planted(2000, 100, 80), 0.1, seed=0)
    found = settings.search("Baseline", train, validation)
    assert [error for error, _ in found] == sorted(error for error, _ in found)
    best = found[0][1]
    assert (best["damping_user"], best["damping_item"]) == (1.0, 1.0)
    errors = validation["rating"] - settings.estimator("Baseline", **best).fit(train).predict(*validation.T.to_numpy()[:2])
    assert found[0][0] == pytest.approx(np.sqrt(np.mean(errors**2)))


def test_planted_ratings_are_what_they_say():
    table = planted(20_000, 400, 300)
    assert len(table) == len(table.drop_duplicates(["user_id", "item_id"])) == 20_000
    assert table["user_id"].between(0, 399).all()
    assert table["item_id"].between(0, 299).all()
    assert set(table["rating"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    for name in ("user_id", "item_id"):
        counts = np.sort(table[name].value_counts().to_numpy())[::-1]
        assert 0.2 < counts[: len(counts) // 10].sum() / 20_000 < 0.4
    assert table.equals(planted(20_000, 400, 300))
    with pytest.raises(ValueError, match="too many"):
        planted(100, 10, 10)
    train, test = split(table, 0.2, seed=0)
    model = MatrixFactorization(5, reg=0.05).fit(train)
    biases = MatrixFactorization(5, n_epochs=0).fit(train)
    errors = [np.std(test["rating"] - m.predict(test["user_id"], test["item_id"])) for m in (model, biases)]
    assert errors[0] < 0.95 * errors[1]


def test_growth_counts_per_rating(monkeypatch):
    monkeypatch.setattr(growth, "per_epoch", lambda fit, n, repeats: fit(1) and 1e-6 * n)
    result = growth.measure(shapes={200: (30, 20), 400: (40, 30)})
    for rows in result["rows"].values():
        assert [row["ratings"] for row in rows] == [200, 400]
        assert [row["seconds"] for row in rows] == pytest.approx([1e-6, 1e-6])
        assert all(row["bytes"] > 24 for row in rows)
    assert growth.flatness([2.0, 6.0, 3.0]) == 3.0
    assert {one.met for one in growth.requirements(result) if "seconds" in one.measure} == {"aim"}


def test_ndcg_is_that_of_lesson_05():
    lists, relevant = [[1, 2, 3], [4, 5, 6]], [{1, 3}, {6}]
    first = (1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    assert ranking.mean_ndcg(lists, relevant) == pytest.approx((first + 1 / np.log2(4)) / 2)


def test_lists_are_new_items_best_first(toy_data):
    train, _ = split(TOY, 0.2, seed=0)
    user_ids, counts = np.unique(train["user_id"]), train["item_id"].value_counts()
    for fits in (ranking.RANKINGS["most ratings"], partial(ranking.ours, "PopularityRanking")):
        for user_id, items in zip(user_ids, fits(train, user_ids), strict=True):
            seen = set(train.loc[train["user_id"] == user_id, "item_id"])
            assert len(items) == len(set(items)) == min(ranking.K, train["item_id"].nunique() - len(seen))
            assert not seen & set(items)
    by_count = [counts[i] for i in ranking.RANKINGS["most ratings"](train, user_ids)[0]]
    assert by_count == sorted(by_count, reverse=True)


def test_pictures_are_drawn_of_what_was_measured(monkeypatch, tmp_path):
    from benchmarks import plots

    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    row = {"rmse": [0.9], "mae": [0.7], "random": [0.9, 0.7], "seconds": 1.0}
    rows = {"Baseline": row, "Surprise SVD": row, "SVDpp": {"missing": accuracy.LEFT_OUT}}
    assert plots.save("accuracy", {"data": "toy", "rows": rows}).exists()
    assert plots.save("ranking", {"data": "toy", "rows": {"a": {"ndcg": 0.4}, "b": {"missing": MISSING}}}).exists()
    assert plots.save("speed", {"rows": {"SGD epoch": {1: (0.1, 0.8), 2: (0.1, MISSING)}}}).exists()
    growing = [{"ratings": n, "seconds": 1e-7, "bytes": 50.0} for n in (10, 100)]
    assert plots.save("growth", {"rows": {"sgd": growing, "als": growing}}).exists()
