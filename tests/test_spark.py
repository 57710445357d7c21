"""Spark's ALS on the course's ratings: its own predictions, its equations, and what is said where it is missing. Slow to start."""

import os
import shutil
import sys

import numpy as np
import pandas as pd
import pytest

from mfref import load_ratings, spark
from mfref.models import MatrixFactorization
from mfref.rating_matrix import random_split

needs_java = pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java")
MOVIELENS = pytest.param("ml-100k", marks=pytest.mark.needs_ml_100k)


@pytest.fixture(scope="module")
def session():
    pytest.importorskip("pyspark")
    with spark.session_or_own() as running:
        yield running


def split(name):
    """→ (train, test), DataFrames."""
    table = load_ratings(name).ratings
    train, test = random_split(len(table), 0.2, np.random.default_rng(0))
    return table.iloc[train], table.iloc[test]


def fit_and_keep(monkeypatch, train, session, **settings):
    """→ (our model, Spark's own)."""
    from pyspark.ml.recommendation import ALS

    kept, fit = [], ALS.fit
    monkeypatch.setattr(ALS, "fit", lambda self, table: kept.append(fit(self, table)) or kept[-1])
    return spark.fit_als(train, session=session, **settings), kept[0]


@needs_java
@pytest.mark.parametrize("name", ["synthetic-100k", MOVIELENS])
def test_the_factors_give_the_test_rmse_of_sparks_own_transform(monkeypatch, session, name):
    train, test = split(name)
    model, own = fit_and_keep(monkeypatch, train, session, n_factors=8, n_iterations=5)
    known = test[test["user_id"].isin(model.user_index) & test["item_id"].isin(model.item_index)]
    rows = known.assign(user=known["user_id"].map(model.user_index), item=known["item_id"].map(model.item_index))
    given = zip(*(rows[column].tolist() for column in ("user", "item", "rating")), strict=True)
    told = (
        own.transform(session.createDataFrame(given, "user int, item int, rating double"))
        .select("rating", "prediction")
        .collect()
    )
    theirs = np.sqrt(np.mean([(one["rating"] - one["prediction"]) ** 2 for one in told]))
    ours = np.sqrt(np.mean((known["rating"] - model.predict(known["user_id"], known["item_id"])) ** 2))
    assert len(told) == len(known) > 19_000
    assert ours == pytest.approx(theirs, abs=1e-6)


@needs_java
def test_users_vectors_solve_their_equations_with_the_penalty_once_a_rating(session):
    table = load_ratings("synthetic-100k").busiest(120, 80).ratings
    model = spark.fit_als(table, n_factors=3, reg=0.2, n_iterations=2, session=session)
    for u in (0, 17, 119):
        of_user = table[table["user_id"] == model.user_ids_[u]]
        A = model.Q_[[model.item_index[i] for i in of_user["item_id"]]].astype(float)
        p = np.linalg.solve(A.T @ A + 0.2 * len(A) * np.eye(3), A.T @ of_user["rating"].to_numpy(dtype=float))
        assert np.allclose(model.P_[u], p, atol=1e-4)


@needs_java
def test_it_ends_where_our_own_als_ends(session):
    table = load_ratings("synthetic-100k").busiest(100, 60).ratings
    theirs = spark.fit_als(table, n_factors=2, reg=0.1, n_iterations=40, session=session)
    ours = MatrixFactorization(2, reg=0.1, n_epochs=200, solver="als", biases=False).fit(table)
    assert theirs.history_[-1] == pytest.approx(ours.history_[-1], abs=2e-3)


@needs_java
def test_the_model_recommends_and_is_saved_like_any_other(session, tmp_path):
    names = pd.DataFrame({"user_id": ["ann", "bo", "cy", "ann"], "item_id": ["x", "y", "x", "z"], "rating": [5.0, 1.0, 4.0, 2.0]})
    model = spark.fit_als(names, n_factors=2, session=session)
    assert set(model.recommend("bo")["item_id"]) == {"x", "z"}
    same = MatrixFactorization.load(model.save(tmp_path / "model"))
    assert np.array_equal(same.predict(["ann"], ["y"]), model.predict(["ann"], ["y"]))


def test_without_spark_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(spark.NoSpark, match=r"pip install"):
        spark.fit_als(load_ratings("music"))


def test_without_java_it_says_so(monkeypatch):
    pytest.importorskip("pyspark")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(spark.NoSpark, match="JDK"):
        spark.fit_als(load_ratings("music"))


def test_what_is_no_table_of_ratings_is_refused_before_spark_starts():
    with pytest.raises(ValueError, match="user_id"):
        spark.fit_als(pd.DataFrame({"a": [1]}))
