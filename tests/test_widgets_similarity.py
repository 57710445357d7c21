"""The widgets of lesson 07 without a browser: controls are set, and what the panel shows is read."""

import re

import numpy as np
import pytest

from mfref import load_ratings
from mfref.models import MatrixFactorization
from mfref.similarity import similar_items
from mfref.widgets.similarity import MEASURES, neighbours_by_measure, turn_map

DATA = load_ratings("synthetic-100k")
MODEL = MatrixFactorization(n_factors=6, n_epochs=5).fit(DATA)
TWO = MatrixFactorization(n_factors=2, n_epochs=5).fit(DATA)
COUNTS = DATA.ratings["item_id"].value_counts().reindex(MODEL.item_ids).to_numpy()


def tables(html):
    """→ the cells of each table, line by line."""
    parts = re.findall("<table>.*?</table>", html)
    return [[re.findall(r"<td.*?>(.*?)</td>", line) for line in re.findall("<tr>.*?</tr>", part)[1:]] for part in parts]


def brute_force(Q, row, measure):
    """→ the similarities of all rows to one, by other means than the lesson's."""
    if measure == "euclidean":
        return np.array([1 / (1 + np.sqrt(np.sum((q - Q[row]) ** 2))) for q in Q])
    if measure == "pearson":
        return np.array([np.corrcoef(q, Q[row])[0, 1] for q in Q])
    return np.array([q @ Q[row] / np.sqrt((q @ q) * (Q[row] @ Q[row])) for q in Q])


def best(values, row, n):
    return [i for i in np.argsort(-values, kind="stable") if i != row][:n]


def test_three_lists_of_any_film_stand_side_by_side():
    w = neighbours_by_measure(similar_items, MODEL, DATA)
    for row, n in ((3, 5), (100, 9)):
        w.search.choose(row)
        w.length.value = n
        lists = {m: best(brute_force(MODEL.Q_, row, m), row, n) for m in MEASURES}
        shared = set.intersection(*map(set, lists.values()))
        shown = tables(w.below.value)
        assert [len(lines) for lines in shown] == [n, n, n]
        for lines, measure in zip(shown, MEASURES, strict=True):
            values = brute_force(MODEL.Q_, row, measure)
            names = [("● " if i in shared else "") + w.films["name"].iloc[i] for i in lists[measure]]
            assert lines == [[name, str(COUNTS[i]), f"{values[i]:.2f}"] for name, i in zip(names, lists[measure], strict=True)]
        assert f"{len(shared)} are in all three lists" in w.alt
        assert w.below.value.count("font-weight:bold") == 3 * len(shared)


def test_a_longer_list_asks_the_function_no_more():
    asked = []

    def mine(*args):
        asked.append(args[3])
        return similar_items(*args)

    w = neighbours_by_measure(mine, MODEL, DATA)
    w.length.value = 12
    assert asked == list(MEASURES)
    w.search.next.click()
    assert asked == 2 * list(MEASURES)


def test_without_a_kernel_the_lists_stay():
    w = neighbours_by_measure(similar_items, MODEL, DATA)
    assert len(tables(w.still())) == 3
    assert not w.picture.value
    assert w.alt.startswith("Nearest to ")


@pytest.mark.parametrize(("widget", "model"), [(neighbours_by_measure, MODEL), (turn_map, TWO)])
def test_what_goes_wrong_in_the_students_function_is_said(widget, model):
    def mine(Q, item, n, measure):
        if measure == "pearson":
            raise KeyError("pearson & co")
        return similar_items(Q, item, n, measure)

    def unwritten(Q, item, n, measure):
        raise NotImplementedError

    assert "KeyError: &#x27;pearson &amp; co&#x27;" in widget(mine, model, DATA).message.value
    w = widget(unwritten, model, DATA)
    assert "your own function" in w.message.value
    assert not w.below.value


def test_a_turn_moves_all_numbers_and_keeps_the_neighbours_by_angle_and_distance():
    w = turn_map(similar_items, TWO, DATA)
    before = tables(w.below.value)[:2]
    row = w.search.chosen
    w.angle.value = 65
    a = np.radians(65)
    x, y = w.Q[row]
    turned = x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)
    assert f"to ({turned[0]:.2f}, {turned[1]:.2f})" in w.alt
    np.testing.assert_allclose(np.ravel(w.chosen.get_data()), turned)
    assert tables(w.below.value)[:2] == before
    assert "cosine: as before the turn; by euclidean: as before the turn" in w.alt


def test_the_function_is_asked_on_the_turned_numbers():
    """By the first number alone, a quarter turn must change the list; then the caption says so."""

    def by_first(Q, item, n, measure):
        order = [i for i in np.argsort(np.abs(Q[:, 0] - Q[item, 0]), kind="stable") if i != item]
        return np.array(order[:n]), np.zeros(n)

    w = turn_map(by_first, TWO, DATA)
    w.angle.value = 90
    expected = set(by_first(w.Q[:, ::-1], w.search.chosen, 5, "")[0])
    new = len(expected - set(by_first(w.Q, w.search.chosen, 5, "")[0]))
    assert new
    assert f"cosine: {new} of 5 are new" in w.alt


def test_films_with_few_ratings_are_left_out():
    w = turn_map(similar_items, TWO, DATA, at_least=200)
    assert len(w.Q) == sum(COUNTS >= 200)
    assert f"A map of {len(w.Q)} films" in w.alt


def test_a_model_with_more_factors_is_refused():
    with pytest.raises(ValueError, match="this one has 6"):
        turn_map(similar_items, MODEL, DATA)


def test_a_model_of_other_ratings_is_refused():
    for widget in (neighbours_by_measure, turn_map):
        with pytest.raises(ValueError, match=r"model\.fit\(data\)"):
            widget(similar_items, TWO, load_ratings("music"))
