"""Lesson 10's widget and pictures: what they show is held to training and to measures made here."""

import re

import numpy as np
import pytest

from mfref import load_ratings
from mfref.evaluation import ndcg_at_k, precision_at_k, recall_at_k
from mfref.implicit import solve_user_implicit, train_implicit
from mfref.plots import implicit as pictures
from mfref.plots import implicit_lists as lists
from mfref.widgets.implicit import retrain

TOY = load_ratings("music")


def predicted(alpha, reg):
    """→ (predicted preferences, counts) of the toy as the widget trains it."""
    users, items, counts = TOY.arrays()
    P, Q, _ = train_implicit(users, items, counts, 4, 12, 2, alpha, reg, 15, np.random.default_rng(3))
    return P @ Q.T, pictures.table_of_counts(TOY)


def in_place(values):
    return [f"{value:.2f}" for value in values]


@pytest.mark.parametrize(("alpha", "reg"), [(2.0, 1.0), (0.0, 10.0), (7.5, 0.1)])
def test_the_panel_shows_what_the_function_trains(alpha, reg):
    w = retrain(train_implicit, TOY)
    w.alpha.value, w.reg.value = alpha, reg
    scores, counts = predicted(alpha, reg)
    assert in_place(float(text.get_text()) for text in w.axes.texts) == in_place(scores.ravel())
    inside, outside = scores[counts > 0].mean(), scores[counts == 0].mean()
    assert f"{inside:.2f} where something was played, {outside:.2f} where nothing was" in w.alt
    assert not w.message.value


def test_the_list_holds_what_the_listener_has_not_played_best_first():
    w = retrain(train_implicit, TOY)
    scores, counts = predicted(2.0, 1.0)
    for u in range(4):
        w.listener.value = u
        listed = re.findall(r"([^:;>]+) \((-?\d\.\d\d)\)", w.below.value)
        unplayed = np.flatnonzero(counts[u] == 0)
        best = unplayed[np.argsort(-scores[u, unplayed], kind="stable")]
        assert [title.strip() for title, _ in listed] == [TOY.items["title"][i] for i in best]
        assert w.table.value.count("● ") == len(best)


def test_as_many_frames_as_cells_without_plays():
    w = retrain(train_implicit, TOY)
    w.alpha.value = 3
    assert len(w.axes.patches) == 9


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ValueError("shapes (3,) and (15,) do not fit")

    assert "drawn by your own function" in retrain(not_written, TOY).message.value
    assert "do not fit" in retrain(wrong, TOY).message.value


def shown(capsys, picture, *arguments, **more):
    """→ the alt text of a picture, which is its plain text."""
    picture(*arguments, **more)
    return capsys.readouterr().out


def test_what_is_dear_and_what_is_not_is_the_same(capsys):
    rng = np.random.default_rng(0)
    Q, items, counts = rng.normal(size=(20, 3)), np.array([3, 8]), np.array([2.0, 5.0])
    dense = pictures.dense_solution(Q, items, counts, 0.5, 2.0)
    assert np.allclose(dense, solve_user_implicit(Q, Q.T @ Q, items, counts, 0.5, 2.0))
    text = shown(capsys, pictures.what_yty_saves, solve_user_implicit, sizes=(60, 120))
    assert re.search(r"Largest difference \de-1\d", text)
    assert "at 60, " in text

    def wrong(Q, YtY, *rest):
        return solve_user_implicit(Q, 0 * YtY, *rest)

    assert re.search(r"Largest difference \de-0[12]", shown(capsys, pictures.what_yty_saves, wrong, sizes=(60, 120)))


def test_the_picture_of_confidences_is_the_students(capsys):
    text = shown(capsys, pictures.toy_confidence, lambda counts, alpha: 7 + alpha * counts, TOY, alpha=2)
    assert "0: 7; 1: 9" in text
    assert "39 cells" in shown(capsys, pictures.toy_preferences, TOY)


def test_quality_is_that_of_lists_made_one_by_one():
    rng = np.random.default_rng(2)
    pairs = rng.permutation(np.argwhere(rng.random((12, 40)) < 0.4))
    pairs = pairs[pairs[:, 0] != 5]
    extra = np.array([[5, 1], [5, 2]])  # a user whom training does not know
    known, asked = pairs[:120].T, np.vstack([pairs[120:], extra]).T
    scores = rng.normal(size=(12, 40))
    each = []
    for u in set(known[0]) & set(asked[0]):
        relevant = set(asked[1][asked[0] == u].tolist())
        ranked = [i for i in np.argsort(-scores[u]).tolist() if i not in known[1][known[0] == u]][:10]
        each.append([f(ranked, relevant, 10) for f in (precision_at_k, recall_at_k, ndcg_at_k)])
    assert list(lists.quality(scores, known, asked).values()) == pytest.approx(np.mean(each, axis=0).tolist())


def test_popularity_is_one_ranking_for_all():
    known = np.array([0, 0, 1]), np.array([2, 0, 2])
    assert lists.best_items(np.array([1, 0, 2, 5]), *known, n=2).tolist() == [[3, 1], [3, 0]]


def test_pictures_say_their_numbers(capsys):
    quality = {"precision@10": 0.125, "recall@10": 0.25, "NDCG@10": 0.5}
    assert "factors: precision@10 0.125, recall@10 0.250, NDCG@10 0.500" in shown(
        capsys, lists.measures, {"popularity": quality, "factors": quality}
    )
    assert "highest is at reg = 10" in shown(capsys, lists.reg_curve, {1: 0.2, 10: 0.4, 100: 0.1}, 0.15)
    assert "highest is that of: b" in shown(capsys, lists.ndcg_ladder, {"a": 0.2, "b": 0.4}, "Ladder")
    assert "from 12 after the first to 9 after epoch 2" in shown(capsys, pictures.loss_curve, [12.0, 9.0])
