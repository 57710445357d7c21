"""Lesson 13's hidden units, held to sums made here."""

import numpy as np
import pytest

from mfref import load_ratings
from mfref.neural import forward, train_ncf
from mfref.widgets.neural import hidden_units

DATA = load_ratings().busiest(40, 30)
users, items, ratings = DATA.arrays()
WEIGHTS, _ = train_ncf(users, items, ratings, 40, 30, 3, 7, 0.02, 0.1, 6, 64, np.random.default_rng(0))
IDS = DATA.users["user_id"].tolist()


def shown(network=forward, weights=WEIGHTS):
    return hidden_units(network, weights, DATA)


@pytest.mark.parametrize(("user", "film"), [(0, 0), (7, 12), (39, 29)])
def test_the_units_add_up_to_the_prediction(user, film):
    w = shown()
    w.user.value = user
    w.film.choose(film)
    x = np.concatenate([WEIGHTS["P"][user], WEIGHTS["Q"][film]])
    hidden = [max(0.0, x @ WEIGHTS["W1"][:, j] + WEIGHTS["b1"][j]) for j in range(7)]
    predicted = WEIGHTS["b2"][0] + sum(h * v for h, v in zip(hidden, WEIGHTS["w2"], strict=True))
    assert f"to the prediction, {predicted:.2f}" in w.alt
    assert f"together: {predicted:.2f}. The prediction of forward: {predicted:.2f}." in w.below.value
    assert f"above 0: {sum(h > 0 for h in hidden)} of 7" in w.below.value
    for j, (h, v) in enumerate(zip(hidden, WEIGHTS["w2"], strict=True)):
        assert f"<td>{j}</td><td>{h:.2f}</td><td>{v:+.2f}</td><td>{round(h * v, 2) + 0.0:+.2f}</td>" in w.table.value
    assert "-0.00" not in w.table.value
    assert f"User {IDS[user]} and {DATA.items['title'][film]}" in w.alt
    assert not w.message.value


def test_the_largest_unit_is_told_first():
    w = shown()
    u, i = w.user.value, w.film.chosen
    parts = forward(WEIGHTS, np.array([u]), np.array([i]))[1][0] * WEIGHTS["w2"]
    j = np.abs(parts).argmax()
    assert f"The largest steps: unit {j} {parts[j]:+.2f}" in w.alt


def test_the_known_rating_is_told_and_an_unknown_one_is_not_invented():
    w = shown()
    w.user.value = int(users[0])
    w.film.choose(items[0])
    assert f"The actual rating is {ratings[0]:g}." in w.below.value
    rated = set(zip(users.tolist(), items.tolist(), strict=True))
    u, i = next((u, i) for u in range(40) for i in range(30) if (u, i) not in rated)
    w.user.value = u
    w.film.choose(i)
    assert "has not rated this film" in w.below.value


def test_it_begins_with_the_film_that_has_most_ratings():
    assert DATA.items["title"][np.bincount(items).argmax()] in shown().alt


def test_a_network_that_is_asleep_says_so():
    asleep = {**WEIGHTS, "b1": np.full(7, -100.0)}
    w = shown(weights=asleep)
    assert "none. 7 of 7 hidden units are 0" in w.alt
    assert f"prediction, {asleep['b2'][0]:.2f}" in w.alt


def test_a_search_lists_films_and_a_choice_shows_them():
    w = shown()
    title = DATA.items["title"][7]
    w.film.part.value = title
    w.film.found.value = w.film.hits[0]
    assert title in w.alt


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ValueError("shapes (4,) and (7,) not aligned")

    assert "drawn by your own function" in shown(not_written).message.value
    assert "not aligned" in shown(wrong).message.value


def test_a_forward_without_relu_is_shown_as_it_is():
    def plain(weights, users, items):
        x = np.hstack([weights["P"][users], weights["Q"][items]])
        hidden = x @ weights["W1"] + weights["b1"]
        return hidden @ weights["w2"] + weights["b2"], hidden

    w = shown(plain)
    predicted = plain(WEIGHTS, np.array([w.user.value]), np.array([w.film.chosen]))[0][0]
    assert f"forward: {predicted:.2f}" in w.below.value
    assert "0 of 7 hidden units are 0" in w.alt
