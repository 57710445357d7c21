"""Lesson 03, one update: every number shown is computed here once more."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mfcheck import mistakes
from mfref.sgd import sgd_step
from mfref.widgets.sgd import MOST_STEPS, NEW, OLD, YOURS, one_update, with_the_new_p


def press(widget, name):
    next(button for button in widget.buttons if button.description == name).click()


def by_hand(step, n, r=5.0, lr=0.1, reg=0.05):
    P, Q = np.array([[0.4, 1.0]]), np.array([[1.4, 0.3]])
    with np.errstate(all="ignore"):
        for _ in range(n):
            step(P, Q, 0, 0, r, lr, reg)
    return P[0], Q[0]


@pytest.mark.parametrize(("way", "step"), [(YOURS, sgd_step), (OLD, sgd_step), (NEW, with_the_new_p)])
def test_steps_are_those_of_the_function(way, step):
    w = one_update(sgd_step)
    w.way.value = way
    for _ in range(3):
        press(w, "Step")
    p, q = by_hand(step, 3)
    assert f"p · q = {p @ q:.2f}, error e = {5 - p @ q:.2f}" in w.alt
    assert f"({p[0]:.2f}, {p[1]:.2f})" in w.table.value
    following = by_hand(step, 4)
    assert np.allclose(np.stack([w.moves.U, w.moves.V], axis=1), np.array(following) - np.array([p, q]))


def test_pale_arrows_and_dots_show_the_step_before():
    w = one_update(sgd_step)
    for _ in range(2):
        press(w, "Step")
    before, now = np.array(by_hand(sgd_step, 1)), np.array(by_hand(sgd_step, 2))
    assert np.allclose(np.stack([w.before.U, w.before.V], axis=1), before)
    dots = w.moved.get_xydata()
    assert np.allclose(dots[[0, 1, 3, 4]], [before[0], now[0], before[1], now[1]])
    assert np.isnan(dots[2]).all()
    press(w, "Start again")
    assert np.allclose(w.moved.get_xydata()[[0, 3]], w.moved.get_xydata()[[1, 4]])


def test_the_wrong_way_is_the_known_mistake():
    known = mistakes("sgd_step")["q was moved with the new p"]
    assert np.allclose(by_hand(with_the_new_p, 3), by_hand(known, 3))
    assert not np.allclose(by_hand(with_the_new_p, 3), by_hand(sgd_step, 3))


def test_back_undoes_a_step_and_start_again_all():
    w = one_update(sgd_step)
    seen = []
    for _ in range(4):
        seen.append(w.alt)
        press(w, "Step")
    assert len(set(seen)) == 4
    for earlier in reversed(seen):
        press(w, "Back")
        assert w.alt == earlier
    press(w, "Back")
    assert w.alt == seen[0]
    press(w, "Step")
    press(w, "Start again")
    assert w.alt == seen[0]


def test_sliders_change_the_steps():
    w = one_update(sgd_step)
    press(w, "Step")
    w.rating.value, w.lr.value, w.reg.value = 2.0, 0.25, 0.5
    p, q = by_hand(sgd_step, 1, 2.0, 0.25, 0.5)
    assert f"p · q = {p @ q:.2f}" in w.alt


def test_the_classic_mistake_diverges_where_the_right_step_does_not():
    w = one_update(sgd_step)
    w.lr.value = 0.2
    for _ in range(25):
        press(w, "Step")
    assert f"{NEW}: diverged" in w.alt
    assert f"{YOURS}: diverged" not in w.alt
    assert f"{OLD}: diverged" not in w.alt
    w.way.value = NEW
    assert "the numbers have exploded" in w.alt
    assert not w.message.value


def test_all_ways_diverge_at_the_largest_steps_and_the_picture_stays():
    w = one_update(sgd_step, p=(3.0, 3.0), q=(3.0, 3.0), lr=0.5)
    for n_steps in range(30):
        w.n_steps = n_steps
        press(w, "Step")
        assert not w.message.value
        assert all(np.abs(arrows.U).max() <= 100 for arrows in (w.before, w.now, w.moves))
    assert all(f"{way}: diverged" in w.alt for way in (YOURS, OLD, NEW))
    assert "all three ways: diverged" in w.titles[1].get_text()


def test_steps_have_an_end():
    w = one_update(sgd_step)
    w.n_steps = MOST_STEPS - 1
    for _ in range(2):
        press(w, "Step")
    assert f"Step {MOST_STEPS}," in w.alt


@pytest.mark.parametrize(("error", "said"), [(NotImplementedError, "drawn by your own function"), (IndexError("row 7"), "row 7")])
def test_a_step_that_fails_is_said_in_the_panel(error, said):
    def sgd_step(*_):
        raise error

    w = one_update(sgd_step)
    assert said in w.message.value
    assert not w.picture.value
    assert "<img" not in w.still()


def test_no_figure_is_left_to_pyplot():
    before = plt.get_fignums()
    press(one_update(sgd_step), "Step")
    assert plt.get_fignums() == before
