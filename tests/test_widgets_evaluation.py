"""Lesson 05's list to tick, held to sums made here."""

import re
from math import log2

import numpy as np
import pytest

from mfref.evaluation import ndcg_at_k, precision_at_k, recall_at_k
from mfref.widgets.evaluation import ranking_metrics

TITLES = [f"Film {letter} & Sons" for letter in "ABCDEFGHIJ"]


def shown(precision=precision_at_k, recall=recall_at_k, ndcg=ndcg_at_k, **start):
    return ranking_metrics(precision, recall, ndcg, TITLES, **start)


def expected(hits, missed, k):
    """→ the three measures at k, from the ranks of the hits."""
    found, n = [rank for rank in hits if rank <= k], len(hits) + missed
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(k, n) + 1))
    return len(found) / k, len(found) / n, sum(1 / log2(rank + 1) for rank in found) / ideal


def told(hits, missed, k):
    return "precision@{k} {:.3f}, recall@{k} {:.3f}, NDCG@{k} {:.3f}".format(*expected(hits, missed, k), k=k)


def tick(w, hits):
    for rank, box in enumerate(w.boxes, start=1):
        box.value = rank in hits


def lines_of(w):
    return [re.findall("<td>(.*?)</td>", line) for line in re.findall("<tr>.*?</tr>", w.table.value)[1:]]


def test_it_begins_with_the_example_that_the_lesson_does_by_hand():
    assert "Marked: precision@3 0.667, recall@3 0.400, NDCG@3 0.704." in shown().alt


@pytest.mark.parametrize(("hits", "missed", "k"), [((2, 3, 7), 0, 4), ((10,), 5, 9), (range(1, 11), 0, 10), ((), 3, 1)])
def test_the_three_measures_at_every_k(hits, missed, k):
    w = shown()
    tick(w, hits)
    w.missed.value = missed
    w.k.value = k
    assert f"Marked: {told(hits, missed, k)}. At the end of the list: {told(hits, missed, 10)}." in w.alt
    assert f"{len(hits) + missed} relevant in all" in w.alt
    assert told(hits, missed, k) in w.title.get_text()
    for rank, (title, line) in enumerate(zip(TITLES, lines_of(w), strict=True), start=1):
        numbers = [f"{value:.3f}" for value in expected(hits, missed, rank)]
        assert line == [str(rank), title.replace("&", "&amp;"), "yes" if rank in hits else "no", *numbers]
    by_k = np.array([expected(hits, missed, rank) for rank in range(1, 11)]).T
    np.testing.assert_allclose([line.get_ydata() for line in w.lines.values()], by_k)
    np.testing.assert_allclose(w.rings.get_ydata(), by_k[:, k - 1])
    assert w.hits.get_xdata().tolist() == list(hits)
    assert not w.message.value


def test_each_control_changes_what_is_shown():
    w = shown()
    for control, value in [(w.k, 4), (w.missed, 3), (w.boxes[0], False), (w.boxes[9], True)]:
        before = w.alt, w.picture.value
        control.value = value
        assert w.alt != before[0]
        assert w.picture.value != before[1]


def test_a_hit_moved_up_raises_ndcg_alone_at_the_end_of_the_list():
    w = shown(k=10)
    tick(w, (1, 2, 3))
    assert told((1, 3, 5), 2, 10).split(" NDCG")[0] in w.alt
    assert told((1, 3, 5), 2, 10) not in w.alt


def test_the_films_are_the_labels_of_the_boxes():
    assert [box.description for box in shown().boxes] == [f"{rank}  {title}" for rank, title in enumerate(TITLES, start=1)]


def test_with_nothing_relevant_two_measures_are_not_defined():
    w = shown(hits=(), missed=0)
    assert "Marked: precision@3 0.000, recall@3 not defined, NDCG@3 not defined." in w.alt
    assert lines_of(w)[4] == ["5", "Film E &amp; Sons", "no", "0.000", "not defined", "not defined"]
    assert not w.message.value


def test_the_numbers_are_those_of_the_students_functions():
    w = shown(precision=lambda recommended, relevant, k: len(relevant) / 7, k=2)
    assert "precision@2 0.714, recall@2 0.200" in w.alt


def test_a_function_that_changes_its_arguments_does_no_harm_to_the_others():
    def recall(recommended, relevant, k):
        recommended.clear()
        relevant.clear()
        return 0.5

    assert "precision@3 0.667, recall@3 0.500, NDCG@3 0.704" in shown(recall=recall).alt


def test_a_function_not_written_yet_is_said_kindly():
    def ndcg(recommended, relevant, k):
        raise NotImplementedError

    w = shown(ndcg=ndcg)
    assert "drawn by your own function" in w.message.value
    assert "<img" not in w.still()


def test_an_error_of_the_students_function_is_shown_and_goes_away_when_it_does():
    def recall(recommended, relevant, k):
        return sum(item in relevant for item in recommended[:k]) / len(relevant)

    w = shown(recall=recall, hits=(1,), missed=0)
    assert not w.message.value
    w.boxes[0].value = False
    assert "ZeroDivisionError" in w.message.value
    w.missed.value = 1
    assert not w.message.value
    assert "recall@3 0.000" in w.alt


def test_an_answer_of_another_kind_is_said():
    assert "TypeError" in shown(precision=lambda *_: None).message.value
