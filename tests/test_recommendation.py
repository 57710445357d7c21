"""Lesson 06's functions against brute force; titles that stay with their films; the adapter and the probes of its exercises."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfcheck.adapters.recommendation import Model, data_set, observe, prepare
from mfcheck.exercises.recommendation import _popular, _rows_and_ids, _titles
from mfcheck.exercises.recommendation._parts import instance
from mfref import load_ratings, recommendation
from mfref.models import MatrixFactorization
from mfref.recommendation import popularity_ranking, recommend, recommend_or_fallback, top_n, unseen_items

halves = st.integers(-20, 20).map(lambda n: n / 2)


# --- unseen_items, top_n, popularity_ranking


@given(
    n_items=st.integers(1, 12),
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 11)), max_size=30),
    user=st.integers(0, 5),
)
def test_unseen_items_are_those_without_a_rating_of_the_user(n_items, pairs, user):
    pairs = [(u, i) for u, i in pairs if i < n_items]
    users, items = np.array(pairs, dtype=int).reshape(-1, 2).T
    assert unseen_items(user, users, items, n_items).tolist() == [i for i in range(n_items) if (user, i) not in pairs]


@given(scores=st.lists(halves, max_size=15), n=st.integers(0, 18), exclude=st.sets(st.integers(0, 14)))
def test_top_n_is_a_sort_by_score_and_position(scores, n, exclude):
    exclude = [k for k in exclude if k < len(scores)]
    before = np.array(scores)
    left = sorted((-score, k) for k, score in enumerate(scores) if k not in exclude)
    for given_as in (tuple, list, lambda e: np.array(e, dtype=int)):
        got = top_n(before, n, given_as(exclude))
        assert got.tolist() == [k for _, k in left][:n]
        assert got.dtype.kind == "i"
    assert before.tolist() == scores


def test_top_n_leaves_out_nothing_by_default():
    assert top_n(np.array([1.0, 3.0, 2.0]), 2).tolist() == [1, 2]
    assert top_n([-1.0, -3.0], 5).tolist() == [0, 1]


@given(
    ratings=st.lists(st.tuples(st.integers(0, 7), halves), min_size=1, max_size=30),
    n_items=st.integers(8, 10),
    damping=st.sampled_from([0, 1, 3, 25]),
)
def test_popularity_ranking_is_exact(ratings, n_items, damping):
    """Against fractions, in which equal scores are equal."""
    mu = sum(Fraction(r) for _, r in ratings) / len(ratings)
    scores = []
    for i in range(n_items):
        own = [Fraction(r) for item, r in ratings if item == i]
        scores.append((sum(own) + damping * mu) / (len(own) + damping) if own else mu)
    items, values = (np.array(column) for column in zip(*ratings, strict=True))
    assert popularity_ranking(items, values, n_items, damping).tolist() == sorted(range(n_items), key=lambda i: (-scores[i], i))


def test_scores_that_differ_by_rounding_are_a_tie():
    items, ratings = np.array([1, 1, 1, 0, 0, 0]), np.array([0.3, 0.2, 0.1, 0.1, 0.2, 0.3])
    assert np.mean(ratings[:3]) != np.mean(ratings[3:])
    assert popularity_ranking(items, ratings, 2, 0).tolist() == [0, 1]


# --- recommend


def plain(user_id=40, n_seen=2, **more):
    rng = np.random.default_rng(more.pop("seed", 0))
    return instance(rng, user_id, [7, 40, 1000, 12], [90, 2, 5, 250, 11, 30, 4, 77], [3, 60, 1, 500], n_seen, **more)


def by_hand(user_id, model, ratings, n):
    """The rows of the table as tuples, from the plain parts."""
    user_index, item_ids, scores = model
    long, items = ratings
    seen = {i for u, i in zip(long["user_id"], long["item_id"], strict=True) if u == user_id}
    title = dict(zip(items["item_id"], items["title"], strict=True))
    rows = [(i, title[i], score) for i, score in zip(item_ids, scores[user_index[user_id]], strict=True) if i not in seen]
    return sorted(rows, key=lambda row: -row[2])[:n]


def rows_of(table):
    return list(table[["item_id", "title", "predicted"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("n", [1, 4, 20])
def test_recommend_is_the_sorted_list_of_unseen_films(seed, n):
    for user_id in (7, 40, 1000, 12):
        arguments = plain(user_id, seed=seed, n=n)
        table = recommend(**prepare(arguments))
        assert list(table.columns) == ["item_id", "title", "predicted"]
        assert rows_of(table) == by_hand(**arguments)


def assert_titles_belong_to_films(function):
    """Every row's id, title and score are those of one film, and every film of the right list is there once."""
    for seed in range(3):
        arguments = plain(seed=seed, n=5)
        try:
            table = function(**prepare(arguments))
        except (IndexError, KeyError) as error:
            raise AssertionError("not even a table") from error
        _, item_ids, scores = arguments["model"]
        titles = arguments["ratings"][1].set_index("item_id")["title"]
        assert table["item_id"].isin(item_ids).all()
        assert table["item_id"].is_unique
        assert table["title"].tolist() == titles[table["item_id"]].tolist()
        assert table["predicted"].tolist() == [scores[1, item_ids.tolist().index(i)] for i in table["item_id"]]
        assert table["item_id"].tolist() == [row[0] for row in by_hand(**arguments)]


TITLES = "titles_by_position titles_raw_minus_one titles_from_the_long_table merged_with_the_long_table titles_in_table_order"
MISALIGNED = [getattr(_titles, name) for name in f"{TITLES} merged_on_title seen_by_title".split()] + [
    _rows_and_ids.raw_id_as_row,
    _rows_and_ids.raw_minus_one,
    _rows_and_ids.rows_as_item_ids,
    _rows_and_ids.sorted_ids_assumed,
    _rows_and_ids.rows_of_the_data_set,
]


def test_titles_belong_to_films():
    assert_titles_belong_to_films(recommend)


@pytest.mark.parametrize("known", MISALIGNED, ids=lambda m: m.label)
def test_every_known_misalignment_fails_that_test(known):
    for function in (known.function, *known.also):
        with pytest.raises(AssertionError):
            assert_titles_belong_to_films(function)


def test_unknown_user_is_named():
    with pytest.raises(KeyError, match="123456"):
        recommend(**{**prepare(plain()), "user_id": 123456})


def test_user_who_has_seen_everything_gets_an_empty_table():
    for n in (1, 10):
        table = recommend(**prepare(plain(n_seen=8, n=n)))
        assert list(table.columns) == ["item_id", "title", "predicted"]
        assert len(table) == 0


def test_fewer_than_n_when_fewer_are_left():
    assert len(recommend(**prepare(plain(n_seen=6, n=5)))) == 2
    assert len(recommend(**prepare(plain(n_seen=1)))) == 7


def test_recommend_on_a_fitted_model_is_what_the_model_itself_recommends():
    ratings = load_ratings("music")
    model = MatrixFactorization(n_factors=2, n_epochs=20).fit(ratings)
    for user_id in ratings.users["user_id"]:
        table = recommend(user_id, model, ratings, n=5)
        pd.testing.assert_frame_equal(table.drop(columns="title"), model.recommend(user_id, n=5))
        rated = ratings.ratings.query("user_id == @user_id")["item_id"]
        assert not table["item_id"].isin(rated).any()


# --- recommend_or_fallback


def test_known_user_gets_recommendations_with_a_reason():
    arguments = prepare(plain(n=4))
    table = recommend_or_fallback(**arguments)
    pd.testing.assert_frame_equal(table.drop(columns="reason"), recommend(**arguments))
    assert set(table["reason"]) == {"predicted"}


def test_unknown_user_gets_the_most_popular_items():
    arguments = plain(n=20)
    long, items = arguments["ratings"]
    mu = long["rating"].mean()
    own = long.groupby("item_id")["rating"].agg(["sum", "count"]).reindex(items["item_id"], fill_value=0)
    damped = (own["sum"] + 5 * mu) / (own["count"] + 5)
    table = recommend_or_fallback(**{**prepare(arguments), "user_id": 123456})
    expected = damped.round(9).sort_values(ascending=False, kind="stable")
    assert table["item_id"].tolist() == expected.index.tolist()
    assert table["title"].tolist() == items.set_index("item_id")["title"][expected.index].tolist()
    assert np.allclose(table["predicted"], expected)
    assert set(table["reason"]) == {"popular"}
    assert table.index.tolist() == list(range(12))


def test_popular_items_that_an_unknown_user_has_rated_are_left_out():
    arguments = plain(n=20)
    user_index, item_ids, scores = arguments["model"]
    rated = set(arguments["ratings"][0].query("user_id == 1000")["item_id"])
    without = {"model": ({k: row for k, row in user_index.items() if k != 1000}, item_ids, scores)}
    table = recommend_or_fallback(**prepare({**arguments, **without, "user_id": 1000}))
    assert rated
    assert set(table["item_id"]) == set(arguments["ratings"][1]["item_id"]) - rated


@pytest.mark.parametrize("tiers", [_popular.CLEAR, _popular.MANY], ids=["clear", "many"])
def test_probes_do_not_depend_on_the_damping(tiers):
    arguments = _popular.popular(np.random.default_rng(0), 1, tiers, unrated=(2, 950))
    ratings = data_set(*arguments["ratings"])
    _, items, values = ratings.arrays()
    n = 3 if tiers is _popular.CLEAR else 10
    first = {tuple(popularity_ranking(items, values, ratings.n_items, damping)[:n]) for damping in (1, 2, 5, 10, 25, 100)}
    assert len(first) == 1


# --- recommend_from_neighbours


def neighbours_by_hand(user, predicted, known, n_neighbours, n):
    def cosine(v):
        dot = sum(a * b for a, b in zip(predicted[user], predicted[v], strict=True))
        return dot / (sum(a * a for a in predicted[user]) * sum(b * b for b in predicted[v])) ** 0.5

    others = sorted((v for v in range(len(predicted)) if v != user), key=lambda v: -cosine(v))[:n_neighbours]
    total = sum(cosine(v) for v in others)
    scores = {
        i: sum(cosine(v) * predicted[v, i] for v in others) / total for i in range(predicted.shape[1]) if not known[user, i]
    }
    items = sorted(scores, key=lambda i: -scores[i])[:n]
    return items, [scores[i] for i in items]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_users=st.integers(2, 7), n_neighbours=st.integers(1, 8), n=st.integers(1, 9))
def test_neighbours_against_loops(seed, n_users, n_neighbours, n):
    rng = np.random.default_rng(seed)
    predicted, known = rng.uniform(1, 5, (n_users, 6)), rng.random((n_users, 6)) < 0.5
    user = int(rng.integers(n_users))
    items, scores = recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)
    expected_items, expected_scores = neighbours_by_hand(user, predicted, known, n_neighbours, n)
    assert items.tolist() == expected_items
    assert np.allclose(scores, expected_scores)


def test_an_average_stays_on_the_scale():
    rng = np.random.default_rng(1)
    predicted, known = rng.uniform(1, 5, (30, 20)), np.zeros((30, 20), dtype=bool)
    _, scores = recommendation.recommend_from_neighbours(3, predicted, known, 10, n=20)
    assert scores.min() >= 1
    assert scores.max() <= 5
    predicted[:, 4] = 4.0
    items, scores = recommendation.recommend_from_neighbours(3, predicted, known, 10, n=20)
    assert scores[items.tolist().index(4)] == pytest.approx(4.0)


def test_own_predictions_have_no_say():
    predicted = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [5.0, 1.0, 1.0]])
    known = np.array([[True, False, False]] * 3)
    items, scores = recommendation.recommend_from_neighbours(0, predicted, known, 1)
    assert items.tolist() == [2, 1]
    assert scores.tolist() == [3.0, 2.0]
    items, scores = recommendation.recommend_from_neighbours(2, predicted, np.ones((3, 3), dtype=bool), 5)
    assert len(items) == len(scores) == 0


# --- the adapter


def test_adapter_builds_a_model_and_a_data_set_and_leaves_the_rest_alone():
    arguments = plain(n=3)
    ready = prepare(arguments)
    assert isinstance(ready["model"], Model)
    assert ready["model"].item_ids is arguments["model"][1]
    assert ready["user_id"] == 40
    assert set(arguments["model"][0]) == {7, 40, 1000, 12}
    assert list(ready["ratings"].ratings) == ["user_id", "item_id", "rating", "timestamp"]
    assert list(ready["ratings"].items) == ["item_id", "title", "year", "genres"]
    ready["model"].scores(0)[:] = 0
    assert arguments["model"][2].all()


def test_adapter_reads_any_table_with_the_columns():
    right = pd.DataFrame({"item_id": [5, 2], "title": ["a", "b"], "predicted": [4.5, 3.0]})
    float_ids = right.astype({"item_id": float}).set_index(pd.Index([9, 8]))
    for table in (right, right[["title", "predicted", "item_id"]], right.assign(year=1995), float_ids, right.astype(object)):
        pd.testing.assert_frame_equal(observe(table), right)
    nothing = observe(pd.DataFrame(columns=["item_id", "predicted", "title"]))
    pd.testing.assert_frame_equal(nothing, observe(right.iloc[:0]))
    assert observe([1, 2]) == [1, 2]
    assert observe(None) is None
    assert list(observe(right.set_index("item_id"))) == ["title", "predicted"]
    assert observe(right.assign(item_id=[1.5, 2]))["item_id"].tolist() == [1.5, 2]


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(recommendation).items() if callable(value) and not name.startswith("_")]
    named = "unseen_items top_n recommend popularity_ranking recommend_or_fallback recommend_from_neighbours"
    assert public == named.split()
