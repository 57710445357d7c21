"""Lesson 06's list for you, held to a regression and sums made here."""

import re

import numpy as np
import pytest

from mfref import load_ratings
from mfref.models import MatrixFactorization
from mfref.recommendation import top_n
from mfref.widgets.recommendation import rate_films

DATA = load_ratings("synthetic-100k")
MODEL = MatrixFactorization(n_factors=5, n_epochs=5).fit(DATA)
MINE = {7: 5, 183: 5, 96: 4, 25: 2, 237: 1}
TITLES = DATA.items.set_index("item_id")["title"].reindex(MODEL.item_ids).to_numpy()
GENRES = DATA.items.set_index("item_id")["genres"].reindex(MODEL.item_ids).to_numpy()
TWICE = DATA.items["title"].duplicated(keep=False).set_axis(DATA.items["item_id"]).reindex(MODEL.item_ids).to_numpy()
NAMES = np.where(TWICE, [f"{title}, item {id_}" for title, id_ in zip(TITLES, MODEL.item_ids, strict=True)], TITLES)


def by_least_squares(ratings):
    """→ your bias and factors, by least squares with the penalty as extra rows."""
    rows = np.searchsorted(MODEL.item_ids, list(ratings))
    penalty = np.sqrt(len(rows) * MODEL.reg) * np.eye(6)
    A = np.vstack([np.column_stack([np.ones(len(rows)), MODEL.Q_[rows]]), penalty])
    solved = np.linalg.lstsq(A, np.append(np.array(list(ratings.values())) - MODEL.mu_ - MODEL.b_item_[rows], np.zeros(6)))[0]
    return solved[0], solved[1:]


def expected(ratings, n=10):
    """→ (rows of your list, their predictions, rows of everybody's list), all by sorting here."""
    b, p = by_least_squares(ratings) if ratings else (0, np.zeros(5))
    scores = MODEL.mu_ + b + MODEL.b_item_ + np.sum(MODEL.Q_ * p, axis=1)
    left = [row for row, id_ in enumerate(MODEL.item_ids) if id_ not in ratings]
    lists = [sorted(left, key=lambda row: -values[row])[:n] for values in (scores, MODEL.b_item_)]
    return lists[0], scores[lists[0]], lists[1]


def tables(html):
    """→ caption → the cells of its table, line by line."""
    parts = re.findall("<table>.*?</table>", html.replace("&#x27;", "'"))
    return {
        re.search("<caption>(.*?)</caption>", part).group(1): [
            re.findall("<td.*?>(.*?)</td>", line) for line in re.findall("<tr>.*?</tr>", part)[1:]
        ]
        for part in parts
    }


def row_of(item_id):
    return int(np.searchsorted(MODEL.item_ids, item_id))


def rate(w, item_id, rating):
    w.search.choose(row_of(item_id))
    w.rating.value = rating
    w.rate.click()


def check_lists(w, ratings):
    mine, predicted, crowd = expected(ratings)
    both = set(mine) & set(crowd)
    shown = tables(w.below.value)
    yours = shown[f"For you, after {len(ratings)} rating{'s' * (len(ratings) != 1)}"]
    assert [line[0] for line in yours] == [f"{'● ' * (row in both)}{NAMES[row]}" for row in mine]
    assert [line[1] for line in yours] == [f"{value:.2f}" for value in predicted]
    everybodys = shown["For everybody: mean + film's bias"]
    assert [line[0] for line in everybodys] == [f"{'● ' * (row in both)}{NAMES[row]}" for row in crowd]
    assert [line[1] for line in everybodys] == [f"{MODEL.mu_ + MODEL.b_item_[row]:.2f}" for row in crowd]
    assert f"Films in both lists: {len(both)}." in w.below.value
    given = shown.get("Your ratings", [])
    assert given == [[NAMES[row_of(id_)], str(rating)] for id_, rating in ratings.items()]
    assert not w.message.value


@pytest.mark.parametrize("ratings", [MINE, {50: 3}, {}])
def test_your_list_stands_beside_everybodys(ratings):
    check_lists(rate_films(top_n, MODEL, DATA, ratings), ratings)


def test_each_prediction_is_shown_in_its_parts():
    w = rate_films(top_n, MODEL, DATA, MINE)
    b, p = by_least_squares(MINE)
    mine, predicted, _ = expected(MINE)
    assert f"begin at the mean, {MODEL.mu_:.2f}, and step by your bias, {b:+.2f}" in w.alt
    lines = tables(w.table.value)["Your films, each in its parts"]
    for place, row in enumerate(mine):
        parts = [b, MODEL.b_item_[row], MODEL.Q_[row] @ p]
        genres = GENRES[row].replace("|", ", ")
        assert lines[place] == [NAMES[row], genres, f"{MODEL.mu_:.2f}", *(f"{x:+.2f}" for x in parts), f"{predicted[place]:.2f}"]
        assert (
            f"{NAMES[row]}: film's bias {parts[1]:+.2f}, interaction {parts[2]:+.2f}, prediction {predicted[place]:.2f}" in w.alt
        )
        bars = [bars[place] for bars in w.steps]
        np.testing.assert_allclose([bar.get_width() for bar in bars], parts)
        np.testing.assert_allclose([bar.get_x() for bar in bars], MODEL.mu_ + np.cumsum([0, *parts[:2]]))
    np.testing.assert_allclose(w.ends.get_xdata(), predicted)
    assert [label.get_text()[:12] for label in w.axes.get_yticklabels()] == [NAMES[row][:12] for row in mine]


def test_rating_and_taking_back_return_to_the_start():
    w = rate_films(top_n, MODEL, DATA, MINE)
    start = w.alt, w.below.value, w.table.value, w.picture.value
    rate(w, 50, 1)
    check_lists(w, MINE | {50: 1})
    rate(w, 50, 5)
    check_lists(w, MINE | {50: 5})
    assert w.picture.value != start[-1]
    assert w.yours.label == f"5: {NAMES[row_of(50)]}"
    w.take_back.click()
    assert (w.alt, w.below.value, w.table.value, w.picture.value) == start


def test_any_rating_can_be_taken_back_until_none_is_left():
    w = rate_films(top_n, MODEL, DATA, MINE)
    left = dict(MINE)
    for id_ in (25, 7):
        w.yours.value = row_of(id_)
        w.take_back.click()
        del left[id_]
        check_lists(w, left)
    for _ in range(3):
        w.take_back.click()
    check_lists(w, {})
    assert w.take_back.disabled
    rate(w, 7, 4)
    check_lists(w, {7: 4})
    assert not w.take_back.disabled


def test_the_dict_that_was_given_stays_as_it_is():
    given = dict(MINE)
    rate(rate_films(top_n, MODEL, DATA, given), 50, 1)
    assert given == MINE


def test_a_search_and_a_choice_rate_nothing_yet():
    w = rate_films(top_n, MODEL, DATA, MINE)
    shown = w.alt
    assert w.search.chosen == DATA.ratings["item_id"].map(row_of).value_counts().sort_index(kind="stable").idxmax()
    w.search.part.value = TITLES[20]
    w.search.found.value = 20
    assert TITLES[20] in w.chosen.value
    assert GENRES[20].replace("|", ", ") in w.chosen.value
    w.rating.value = 1
    assert w.alt == shown


def test_the_list_is_the_one_of_the_students_function():
    def fixed(scores, n, exclude=()):
        return [4, 2]

    w = rate_films(fixed, MODEL, DATA, MINE)
    yours, everybodys, _ = tables(w.below.value).values()
    assert [line[0] for line in yours] == [line[0] for line in everybodys] == [f"● {NAMES[4]}", f"● {NAMES[2]}"]
    assert len(w.ends.get_xdata()) == 2


def test_a_function_not_written_yet_is_said_kindly():
    def unwritten(scores, n, exclude=()):
        raise NotImplementedError

    w = rate_films(unwritten, MODEL, DATA, MINE)
    assert "drawn by your own function" in w.message.value
    assert "<img" not in w.still()


def test_what_goes_wrong_in_the_students_function_is_said_and_goes_away_when_it_does():
    def mine(scores, n, exclude=()):
        if len(exclude) == 6:
            raise IndexError("6 & more")
        return top_n(scores, n, exclude)

    w = rate_films(mine, MODEL, DATA, MINE)
    rate(w, 50, 1)
    assert "IndexError: 6 &amp; more" in w.message.value
    w.take_back.click()
    check_lists(w, MINE)


@pytest.mark.parametrize(("answer", "said"), [(None, "returned nothing"), (range(100), "returned 100"), ([99999], "IndexError")])
def test_answers_of_another_kind_are_said(answer, said):
    assert said in rate_films(lambda scores, n, exclude=(): answer, MODEL, DATA, MINE).message.value


def test_taking_back_what_is_not_there_is_said():
    w = rate_films(top_n, MODEL, DATA)
    w.take_back.click()
    assert 'role="alert"' in w.message.value


def test_films_that_the_model_does_not_know_are_named():
    assert "77777" in rate_films(top_n, MODEL, DATA, {77777: 5}).message.value
