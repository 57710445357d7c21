"""Lesson 09's widget and pictures, held to decompositions made here."""

import re

import numpy as np
import pytest
import scipy.linalg

from mfref import load_ratings
from mfref.plots import svd as pictures
from mfref.svd import impute, iterate_svd, truncated_svd
from mfref.widgets.svd import fill_and_cut

TOY = load_ratings("music")
HELD_OUT = np.array([2, 9, 17, 30])
USERS, ITEMS, RATINGS = TOY.arrays()


def shown(fill=impute, cut=truncated_svd):
    return fill_and_cut(fill, cut, TOY, HELD_OUT)


def errors_by_hand(guess, k):
    """RMSE on the known and on the held-out ratings, guess the number or row or column that fills the gaps."""
    R = np.full((4, 12), np.nan)
    R[USERS, ITEMS] = RATINGS
    R[USERS[HELD_OUT], ITEMS[HELD_OUT]] = np.nan
    U, s, Vt = scipy.linalg.svd(np.where(np.isnan(R), guess(R), R))
    X = sum(s[f] * np.outer(U[:, f], Vt[f]) for f in range(k))
    held_out = X[USERS[HELD_OUT], ITEMS[HELD_OUT]]
    return np.sqrt(np.nanmean((X - R) ** 2)), np.sqrt(np.mean((held_out - RATINGS[HELD_OUT]) ** 2)), held_out


GUESSES = {
    "zero": lambda R: 0.0,
    "global_mean": np.nanmean,
    "user_mean": lambda R: np.nanmean(R, axis=1, keepdims=True),
    "item_mean": lambda R: np.nanmean(R, axis=0),
}


@pytest.mark.parametrize("k", [1, 3, 4])
@pytest.mark.parametrize("how", GUESSES)
def test_errors_and_table_are_those_of_the_choice(how, k):
    w = shown()
    w.how.value, w.k.value = how, k
    training, unseen, held_out = errors_by_hand(GUESSES[how], k)
    assert f"filled with {how}, and the table that k = {k} terms give" in w.alt
    assert f"known ratings {training:.2f}, on the 4 that were held out {unseen:.2f}." in w.alt
    for n, value in zip(HELD_OUT, held_out, strict=True):
        title = TOY.items["title"][ITEMS[n]].replace("'", "&#x27;")
        row = re.search(rf"<td>{TOY.users['name'][USERS[n]]}</td><td>{re.escape(title)}</td>(.*?)</tr>", w.table.value).group(1)
        assert row.startswith(f"<td>{RATINGS[n]:g}</td>")
        assert row.endswith(f"<td>{value:.2f}</td>")
        assert f"{value:.1f} ({RATINGS[n]:g})" in [text.get_text() for text in w.axes[0].texts]
    assert not w.message.value


def test_the_whole_curve_is_told():
    w = shown()
    w.how.value = "user_mean"
    curve = ", ".join(f"{errors_by_hand(GUESSES['user_mean'], k)[1]:.2f}" for k in (1, 2, 3, 4))
    assert w.alt.endswith(f"Held out, by k: {curve}.")


def test_held_out_ratings_are_not_among_the_known():
    w = shown()
    assert np.isnan(w.R[USERS[HELD_OUT], ITEMS[HELD_OUT]]).all()
    assert np.sum(~np.isnan(w.R)) == 35


def test_the_students_functions_cannot_change_the_data():
    def in_place(R, how):
        R[np.isnan(R)] = 0.0
        return R

    w = shown(fill=in_place)
    assert np.isnan(w.R).sum() == 13


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ValueError("SVD did not converge")

    assert "drawn by your own function" in shown(fill=not_written).message.value
    assert "did not converge" in shown(cut=wrong).message.value


# --- pictures


def told(capsys):
    return capsys.readouterr().out


def test_the_guesses_of_the_toy_are_its_means(capsys):
    pictures.toy_guesses(TOY, listener="Darth Vader", song="Firework")
    assert "zero 0.00; mean of all 3.31; mean of Darth Vader 3.00; mean of Firework 3.67" in told(capsys)


def test_what_is_left_is_told_for_each_k(capsys):
    R = np.random.default_rng(0).normal(size=(6, 5))
    pictures.nearest(truncated_svd, {"left": R, "right": R.T}, np.random.default_rng(1))
    words, s = told(capsys), scipy.linalg.svdvals(R)
    for k in range(1, 5):
        left, best_of_others = re.search(rf"left, k = {k}: (\S+) left, the best random one leaves (\S+?);", words).groups()
        assert float(left) == pytest.approx(np.sum(s[k:] ** 2), abs=0.051)
        assert float(best_of_others) >= float(left)


def test_iterating_on_the_toy_is_told(capsys):
    pictures.guesses_by_step(iterate_svd, TOY, k=2, n_steps=5)
    words, (filled, changes) = told(capsys), iterate_svd(pictures.table_of(TOY), 2, 5)
    assert f"from {changes[0]:.2f} to {changes[-1]:.3f} in 5 steps" in words
    assert f"Darth Vader, Firework: {filled[0, 7]:.1f}" in words


def test_points_after_the_turn_are_together(capsys):
    Q = np.random.default_rng(2).normal(size=(5, 2))
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    pictures.turned(Q, Q @ turn.T, turn, list("abcde"))
    assert "turned: the two points of a song are at most 0.00 apart" in told(capsys)


def test_pictures_wait_for_the_function(capsys):
    def not_written(*_):
        raise NotImplementedError

    pictures.toy_filled(not_written, TOY)
    assert "HTML" in told(capsys)
