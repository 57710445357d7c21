"""What every estimator keeps to. A model passes by one line in MODELS."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from mfref import load_ratings
from mfref.models import Baseline, BayesianMF, GlobalMean, ImplicitALS, ItemKNN, MatrixFactorization, PopularityRanking, SVDpp
from mfref.models.base import ModelFileError, NotFitted

MODELS = {
    "GlobalMean": GlobalMean(),
    "Baseline": Baseline(n_epochs=3),
    "PopularityRanking": PopularityRanking(),
    "ItemKNN": ItemKNN(n_neighbours=3, shrinkage=1.0),
    "MatrixFactorization": MatrixFactorization(n_factors=2, n_epochs=5),
    "MatrixFactorization without biases": MatrixFactorization(n_factors=2, n_epochs=5, biases=False),
    "MatrixFactorization by ALS": MatrixFactorization(n_factors=2, n_epochs=5, solver="als"),
    "MatrixFactorization by ALS, float32": MatrixFactorization(n_factors=2, n_epochs=5, solver="als", dtype="float32"),
    "MatrixFactorization by ALS with conjugate gradient": MatrixFactorization(2, n_epochs=5, solver="als", cg_steps=2),
    "SVDpp": SVDpp(n_factors=2, n_epochs=5),
    "ImplicitALS": ImplicitALS(n_factors=2, n_epochs=5, dtype="float64"),
    "ImplicitALS, exact": ImplicitALS(n_factors=2, n_epochs=5, cg_steps=None),
    "BayesianMF": BayesianMF(n_factors=2, n_epochs=60, burn_in=20),
    "BayesianMF with implicit features": BayesianMF(n_factors=2, n_epochs=60, burn_in=20, implicit_features=True),
}
MUSIC = load_ratings("music")
TABLE = MUSIC.ratings[["user_id", "item_id", "rating"]]


def table(users, items, ratings):
    return pd.DataFrame({"user_id": users, "item_id": items, "rating": ratings})


@pytest.fixture(params=MODELS.values(), ids=MODELS)
def model(request):
    return clone(request.param)


@pytest.fixture
def fitted(model):
    return model.fit(MUSIC)


def test_fit_returns_the_model_and_does_not_change_the_ratings(model):
    before = TABLE.copy()
    assert model.fit(TABLE) is model
    assert TABLE.equals(before)


def test_a_ratings_object_and_its_table_teach_the_same(model):
    pairs = TABLE["user_id"], TABLE["item_id"]
    assert np.array_equal(clone(model).fit(MUSIC).predict(*pairs), model.fit(TABLE).predict(*pairs))


def test_the_same_seed_gives_the_same_model(model):
    pairs = TABLE["user_id"], TABLE["item_id"]
    assert np.array_equal(clone(model).fit(MUSIC).predict(*pairs), model.fit(MUSIC).predict(*pairs))


def test_parameters_go_in_and_come_out(model):
    params = model.get_params()
    assert type(model)(**params).get_params() == params
    assert all(f"{name}=" in repr(model) for name in params)
    for name, value in params.items():
        assert model.set_params(**{name: value}) is model
    with pytest.raises(ValueError, match="no parameter"):
        model.set_params(unheard_of=1)


def test_before_fit_it_says_what_to_do(model):
    with pytest.raises(NotFitted, match="fit"):
        model.predict([1], [2])
    with pytest.raises(NotFitted, match="fit"):
        model.recommend(1)


def test_scores_are_the_predictions_of_all_items(fitted):
    for user_id, u in fitted.user_index.items():
        expected = fitted.predict([user_id] * len(fitted.item_ids_), fitted.item_ids_)
        assert np.allclose(fitted.scores(u), expected, rtol=1e-5)


def test_predictions_have_the_length_of_the_pairs_and_are_finite(fitted):
    assert fitted.predict([], []).shape == (0,)
    predicted = fitted.predict([1, 1, 999, 999], [1, 999, 1, 999])
    assert predicted.shape == (4,)
    assert np.isfinite(predicted).all()


def test_recommendations_are_the_best_of_what_is_new(fitted):
    for user_id, u in fitted.user_index.items():
        scores, seen = fitted.scores(u), set(fitted.seen_by(u).tolist())
        new = [i for i in range(len(scores)) if i not in seen]
        best = sorted(new, key=lambda i: (-scores[i], i))[:4]
        assert fitted.recommend(user_id, n=4)["item_id"].tolist() == fitted.item_ids_[best].tolist()
        assert len(fitted.recommend(user_id, n=100)) == len(new)
    with pytest.raises(KeyError, match="4711"):
        fitted.recommend(4711)


def test_many_users_get_the_lists_that_each_gets_alone(fitted):
    ids = [*fitted.user_index, *fitted.user_index]
    for seen in (False, True):
        many = fitted.recommend(ids, n=5, seen=seen)
        alone = pd.concat([fitted.recommend(id_, n=5, seen=seen).assign(user_id=id_) for id_ in ids], ignore_index=True)
        assert many.columns.tolist() == ["user_id", "item_id", "predicted"]
        assert many["user_id"].tolist() == alone["user_id"].tolist()
        assert many["item_id"].tolist() == alone["item_id"].tolist()
        assert np.allclose(many["predicted"], alone["predicted"], rtol=1e-5)
    assert len(fitted.recommend([], n=5)) == 0
    assert len(fitted.recommend(ids, n=0)) == 0
    with pytest.raises(KeyError, match="4711"):
        fitted.recommend([1, 4711])


def test_the_order_of_the_rows_does_not_matter_to_ids(model):
    mixed = TABLE.sample(frac=1, random_state=3)
    model.fit(mixed)
    assert model.user_ids_.tolist() == sorted(TABLE["user_id"].unique())
    for user_id, u in model.user_index.items():
        rated = set(TABLE.loc[TABLE["user_id"] == user_id, "item_id"])
        assert set(model.item_ids_[model.seen_by(u)]) == rated


def test_columns_may_be_views_that_are_not_contiguous(model):
    wide = np.empty((len(TABLE), 6))
    wide[:, ::2] = TABLE.to_numpy()
    part = pd.DataFrame(wide[:, ::2], columns=TABLE.columns)
    pairs = TABLE["user_id"], TABLE["item_id"]
    assert np.allclose(clone(model).fit(part).predict(*pairs), model.fit(TABLE).predict(*pairs))


def test_text_is_as_good_an_id_as_a_number(model):
    text = TABLE.assign(user_id="u" + TABLE["user_id"].astype(str), item_id=[f"i{i:02}" for i in TABLE["item_id"]])
    assert np.allclose(clone(model).fit(text).predict(["u1"], ["i02"]), model.fit(TABLE).predict([1], [2]))


@pytest.mark.parametrize(
    "given",
    [table([5], [9], [4.0]), table([1, 1, 2, 2], [1, 2, 1, 2], [3.0, 3.0, 3.0, 3.0])],
    ids=["one rating in all", "constant ratings"],
)
def test_the_smallest_data_is_learned(model, given):
    model.fit(given)
    predicted = model.predict(given["user_id"], given["item_id"])
    assert np.isfinite(predicted).all()
    if getattr(model, "biases", True):
        assert predicted == pytest.approx(given["rating"].mean(), abs=0.2)


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if "n_factors" in model.get_params()])
def test_more_factors_than_users_and_items_are_learned(name):
    model = clone(MODELS[name]).set_params(n_factors=40).fit(MUSIC)
    assert np.isfinite(model.predict(TABLE["user_id"], TABLE["item_id"])).all()
    assert len(model.recommend(1, n=100, seen=True)) == len(MUSIC.items)


def test_a_pair_that_is_rated_twice_is_learned(model):
    model.fit(pd.concat([TABLE, TABLE]))
    assert np.isfinite(model.predict(TABLE["user_id"], TABLE["item_id"])).all()
    u = model.user_index[1]
    assert len(model.recommend(1, n=100)) == len(model.item_ids_) - len(set(model.seen_by(u).tolist()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pd.DataFrame({"user_id": [1], "item_id": [2]}), "rating"),
        (table([], [], []), "no ratings"),
        (table([1, 1], [2, 3], [4.0, np.inf]), "number 1 is not a finite"),
        (table([1, 1], [2, np.nan], [4.0, 1.0]), "item_id number 1 is missing"),
    ],
)
def test_bad_input_is_named(model, given, words):
    with pytest.raises(ValueError, match=words):
        model.fit(given)


def test_a_saved_model_comes_back_whole(fitted, tmp_path):
    back = type(fitted).load(fitted.save(tmp_path / "model"))
    assert back.get_params() == fitted.get_params()
    assert np.array_equal(back.predict([1, 4], [2, 7]), fitted.predict([1, 4], [2, 7]))
    assert back.recommend(1).equals(fitted.recommend(1))


def test_a_file_of_another_model_is_named(fitted, tmp_path):
    path = fitted.save(tmp_path / "model")
    other = PopularityRanking if not isinstance(fitted, PopularityRanking) else Baseline
    with pytest.raises(ModelFileError, match="model.npz"):
        other.load(path)
