"""Lesson 01's busiest corner, held to a table made here."""

import re

import numpy as np
import pytest

from mfref import load_ratings
from mfref.rating_matrix import sparsity
from mfref.widgets import rating_matrix
from mfref.widgets.rating_matrix import activity, known_shares

DATA = load_ratings("synthetic-100k")
USERS, ITEMS, _ = DATA.arrays()
KNOWN = np.zeros((DATA.n_users, DATA.n_items), dtype=bool)
KNOWN[USERS, ITEMS] = True
KNOWN = KNOWN[np.argsort(-KNOWN.sum(axis=1), kind="stable")][:, np.argsort(-KNOWN.sum(axis=0), kind="stable")]


def cells_of(w):
    return re.findall("<td>(.*?)</td>", w.table.value)


@pytest.mark.parametrize(("n_users", "n_items"), [(10, 10), (200, 60), (60, 200), (DATA.n_users, DATA.n_items)])
def test_the_corner_is_counted_and_drawn(n_users, n_items):
    w = activity(sparsity, DATA)
    w.n_users.value, w.n_items.value = n_users, n_items
    corner = KNOWN[:n_users, :n_items]
    blank, kept = f"{1 - corner.mean():.1%}", f"{corner.sum() / DATA.n_ratings:.1%}"
    assert f"the first {n_users} users and {n_items} items" in w.alt
    assert f"{blank} of its cells are blank; it holds {kept} of all ratings" in w.alt
    assert w.title.get_text() == f"In the frame {blank} is blank"
    assert f"<b>{corner.sum():,}</b> of the {DATA.n_ratings:,} ratings ({kept})" in w.below.value
    assert cells_of(w)[1::2] == [f"{n_users:,}", f"{n_items:,}", f"{corner.size:,}", f"{corner.sum():,}", kept, blank]
    assert [text.get_text() for text in w.sizes] == [f"{n_items:,} items", f"{n_users:,} users"]
    assert w.frame.get_bbox().bounds == (0, 0, n_items, n_users)
    if corner.shape[0] <= 200 and corner.shape[1] <= 200:
        np.testing.assert_array_equal(np.asarray(w.image.get_array()), corner)
    assert not w.message.value


def test_each_slider_changes_what_is_shown():
    w = activity(sparsity, DATA)
    for slider in (w.n_users, w.n_items):
        before = w.alt, w.picture.value
        slider.value += 10
        assert w.alt != before[0]
        assert w.picture.value != before[1]


def test_cells_that_share_a_block_are_averaged(monkeypatch):
    monkeypatch.setattr(rating_matrix, "BLOCKS", 3)
    known = np.random.default_rng(0).random((5, 7)) < 0.4
    by_rows = [known[rows] for rows in (slice(0, 2), slice(2, 4), slice(4, 5))]
    expected = [[part[:, columns].mean() for columns in (slice(0, 3), slice(3, 5), slice(5, 7))] for part in by_rows]
    np.testing.assert_allclose(known_shares(*np.nonzero(known), 5, 7), expected)


def test_the_function_is_asked_about_the_corner_alone():
    asked = []

    def mine(users, items, n_users, n_items):
        asked.append((len(users), users.max(), items.max(), n_users, n_items))
        return 0.125

    w = activity(mine, DATA, n_users=50, n_items=70)
    corner = KNOWN[:50, :70]
    rows, columns = np.nonzero(corner)
    assert asked == [(corner.sum(), rows.max(), columns.max(), 50, 70)]
    assert "In the frame 12.5% is blank" in w.title.get_text()


def test_data_smaller_than_where_the_sliders_start():
    w = activity(sparsity, load_ratings("music"))
    assert (w.n_users.value, w.n_items.value) == (4, 12)
    assert "18.8% of its cells are blank; it holds 100.0% of all ratings" in w.alt


def test_a_function_not_written_yet_is_said_kindly():
    def unwritten(users, items, n_users, n_items):
        raise NotImplementedError

    w = activity(unwritten, DATA)
    assert "drawn by your own function" in w.message.value
    assert "<img" not in w.still()


def test_what_goes_wrong_in_the_students_function_is_said_and_goes_away_when_it_does():
    def mine(users, items, n_users, n_items):
        if n_users == 50:
            raise KeyError("50 users")
        return sparsity(users, items, n_users, n_items)

    w = activity(mine, DATA)
    w.n_users.value = 50
    assert "KeyError" in w.message.value
    w.n_users.value = 60
    assert not w.message.value
    assert f"{1 - KNOWN[:60, :100].mean():.1%} of its cells" in w.alt


def test_an_answer_of_another_kind_is_said():
    assert "TypeError" in activity(lambda *_: None, DATA).message.value
