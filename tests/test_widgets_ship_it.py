"""Lesson 15's film page without a browser, held to sums made here."""

import re

import numpy as np
import pytest

from mfref import load_ratings
from mfref.ship_it import explain_prediction
from mfref.widgets.ship_it import REG, check_known, film_page, in_short, move

DATA = load_ratings("synthetic-100k").busiest(60, 40)
rng = np.random.default_rng(4)
MODEL = {
    "mu": np.array(3.5),
    "b_user": rng.normal(0, 0.3, 60),
    "b_item": rng.normal(0, 0.5, 40),
    "P": rng.normal(0, 0.5, (60, 4)),
    "Q": rng.normal(0, 0.5, (40, 4)),
    "user_ids": DATA.users["user_id"].to_numpy(),
    "item_ids": DATA.items["item_id"].to_numpy(),
}


def shown(explain=explain_prediction, model=MODEL):
    return film_page(model, DATA, explain)


def rate(page, row, stars):
    page.search.choose(row)
    page.stars[stars - 1].click()


def predictions(ratings):
    """→ (40,): by least squares with the penalty as rows of its own, the bias being one factor more."""
    rows, left = list(ratings), np.array(list(ratings.values())) - 3.5 - MODEL["b_item"][list(ratings)]
    A = np.column_stack([MODEL["Q"], np.ones(40)])
    stacked = np.vstack([A[rows], np.sqrt(REG) * np.eye(5)])
    x = np.linalg.lstsq(stacked, np.append(left, np.zeros(5)), rcond=None)[0]
    return 3.5 + MODEL["b_item"] + A @ x


def test_without_ratings_the_list_is_that_of_the_films_biases():
    page = shown()
    assert page.list == np.argsort(-MODEL["b_item"], kind="stable")[:10].tolist()
    assert "Liked by everybody" in page.below.value
    assert "rated nothing yet" in page.below.value
    assert page.status.value == "<p> </p>"


def test_the_list_is_the_best_of_what_is_folded_in_without_what_was_rated():
    page, ratings = shown(), {7: 5, 11: 1, 30: 4}
    for row, stars in ratings.items():
        rate(page, row, stars)
    expected = predictions(ratings)
    best = [row for row in np.argsort(-expected) if row not in ratings][:10]
    assert page.list == best
    totals = [
        float(number) for number in re.findall(r'<b>Together</b></th><td class="mf-number"><b>(-?\d+\.\d\d)', page.below.value)
    ]
    assert totals == pytest.approx(expected[best], abs=0.0051)
    assert not page.message.value


def test_each_films_reasons_are_its_parts_and_the_nearest_rated_films():
    page = shown()
    for row, stars in ((7, 5), (11, 1), (30, 4), (2, 3)):
        rate(page, row, stars)
    i = page.list[0]
    cosines = {j: MODEL["Q"][j] @ MODEL["Q"][i] / np.linalg.norm(MODEL["Q"][j]) for j in (7, 11, 30, 2)}
    nearest = sorted(cosines, key=cosines.get, reverse=True)[:3]
    first = page.below.value.split("<details>")[1]
    named = re.findall(r"<li>(.*?), to which you gave (\d)</li>", first)
    assert named == [(page.names[j], str(page.ratings[j])) for j in nearest]
    assert f"{MODEL['b_item'][i]:+.2f}" in first


def test_a_rating_is_changed_and_taken_back():
    page = shown()
    start = page.list
    rate(page, 5, 5)
    assert page.names[5] in page.yours.options[0][0]
    rate(page, 5, 2)
    assert page.ratings == {5: 2}
    assert "in place of 5" in page.status.value
    page.back.click()
    assert page.list == start
    assert page.ratings == {}
    assert page.back.disabled and page.yours.disabled
    assert "is taken back" in page.status.value


def test_only_a_film_that_is_listed_can_be_rated():
    page = shown()
    page.search.part.value = "no such film"
    assert "No film has" in page.chosen.value
    assert all(star.disabled for star in page.stars)
    page.search.part.value = page.names[3]
    assert page.search.chosen in page.search.hits
    assert page.names[3] in page.chosen.value
    assert not any(star.disabled for star in page.stars)


def test_titles_are_text_not_html():
    page = shown()
    page.search.part.value = "<script>"
    assert "<script>" not in page.chosen.value
    page.names = ["<i>" + name for name in page.names]
    page.refresh()
    assert "<i>" not in page.below.value


def test_moves_in_the_list_are_told():
    assert [move([4, 5, 6], [5, 7, 4], i) for i in (5, 7, 4)] == ["up 1", "new", "down 2"]
    assert move([1, 2], [1, 2], 2) == ""
    assert in_short(["", "", ""]) == "The list has the same order as before; the reasons have changed."
    assert in_short(["new", "up 1", "", "down 1"]) == "Of the 4 films in the list, 1 is new, and 2 moved."
    assert in_short(["new", "new", ""]) == "Of the 3 films in the list, 2 are new, and 0 moved."


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((3.5, 0.2, 0.3, 0.1), ("You rate higher than others", "Others like it more than most films", "It is to your taste")),
        ((3.5, -0.2, -0.3, -0.1), ("You rate lower", "Others like it less", "It is not quite to your taste")),
        ((3.5, 0.001, -0.001, 0.0), ("You rate as high as others", "as much as most films", "nothing is known")),
    ],
)
def test_parts_are_told_in_words(parts, words):
    page = shown(explain=lambda *_: (np.array(parts), np.array([], dtype=int)))
    assert all(word in page.below.value for word in words)
    assert "-0.00" not in page.below.value


def test_what_lies_beyond_the_scale_is_cut_and_said():
    page = shown(explain=lambda *_: (np.array([3.5, 1, 1, 1]), np.array([], dtype=int)))
    assert "about 5.0 of 5 stars" in page.below.value
    assert "<b>6.50</b>" in page.below.value and "(cut to 5)" in page.below.value


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    assert "drawn by your own function" in shown(not_written).message.value
    assert "(parts, nearest)" in shown(lambda *_: None).message.value


def test_films_of_other_data_are_refused():
    with pytest.raises(ValueError, match=r"1 of the model's 2 films .* item 999999"):
        check_known([int(MODEL["item_ids"][0]), 999999], DATA)


def test_without_a_kernel_the_list_and_its_reasons_are_there():
    still = shown().still()
    assert still.count("<details>") == 10
