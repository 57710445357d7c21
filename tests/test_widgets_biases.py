"""Lesson 04's waterfall for any user and film, held to sums made here."""

import numpy as np
import pytest

from mfref import load_ratings
from mfref.biases import predict_baseline, predict_biased
from mfref.widgets.biases import waterfall

SMALL = load_ratings().busiest(40, 40)
RNG = np.random.default_rng(1)
TRAINED = 3.5, RNG.normal(size=40), RNG.normal(size=40), RNG.normal(size=(40, 3)), RNG.normal(size=(40, 3))
USERS, ITEMS, RATINGS = SMALL.arrays()
HELD_OUT = np.arange(20)


def shown(baseline=predict_baseline, biased=predict_biased):
    return waterfall(baseline, biased, TRAINED, SMALL, HELD_OUT)


@pytest.mark.parametrize(("u", "i"), [(0, 0), (7, 14), (11, 3)])
def test_the_steps_add_up_to_the_prediction(u, i):
    w = shown()
    w.user.value = u
    w.film.choose(i)
    mu, b_user, b_item, P, Q = TRAINED
    interaction = P[u] @ Q[i]
    predicted = mu + b_user[u] + b_item[i] + interaction
    assert f"user {SMALL.users['user_id'][u]} {b_user[u]:+.2f}" in w.alt
    assert f"{SMALL.items['title'][i]} {b_item[i]:+.2f}; interaction {interaction:+.2f}" in w.alt
    assert f"prediction, {predicted:.2f}." in w.alt
    assert f"<td>{predicted:.2f}</td>" in w.table.value
    assert not w.message.value


def test_it_says_whether_the_model_has_seen_the_rating():
    w = shown()
    cases = [(0, "held out"), (25, "trained on")]
    for n, said in cases:
        w.user.value = int(USERS[n])
        w.film.choose(int(ITEMS[n]))
        assert said in w.below.value
        assert f"actual rating is {RATINGS[n]:g}" in w.alt
    known = set(zip(USERS.tolist(), ITEMS.tolist(), strict=True))
    u, i = next((u, i) for u in range(40) for i in range(40) if (u, i) not in known)
    w.user.value = u
    w.film.choose(i)
    assert "has not rated" in w.below.value
    assert "actual" not in w.alt


def test_it_begins_with_a_rating_that_was_held_out():
    assert "held out" in shown().below.value


def test_a_search_lists_films_and_a_choice_shows_them():
    w = shown()
    title = SMALL.items["title"][4]
    w.film.part.value = title
    assert [name for name, _ in w.film.found.options][0] == title
    w.film.found.value = w.film.hits[0]
    assert title in w.alt


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ValueError("shapes (3,) and (15,) do not fit")

    assert "drawn by your own function" in shown(biased=not_written).message.value
    assert "do not fit" in shown(baseline=wrong).message.value
