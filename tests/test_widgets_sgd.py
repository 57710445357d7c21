"""Lesson 03's widgets: every number shown is computed here once more."""

import re
from threading import Event

import numpy as np
import pytest

from mfcheck import mistakes
from mfref import load_ratings
from mfref.sgd import init_factors, sgd_epoch, sgd_step
from mfref.widgets import race as race_module
from mfref.widgets.sgd import MOST_STEPS, NEW, OLD, YOURS, one_update, race, with_the_new_p

SMALL = load_ratings().busiest(15, 15)


def press(widget, name):
    next(button for button in widget.buttons if button.description == name).click()


# --- one update


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


def test_steps_have_an_end():
    w = one_update(sgd_step)
    for _ in range(MOST_STEPS + 5):
        press(w, "Step")
    assert f"Step {MOST_STEPS}," in w.alt


@pytest.mark.parametrize(("error", "said"), [(NotImplementedError, "drawn by your own function"), (IndexError("row 7"), "row 7")])
def test_a_step_that_fails_is_said_in_the_panel(error, said):
    def sgd_step(*_):
        raise error

    assert said in one_update(sgd_step).message.value
    assert said in race({"yours": (sgd_step, {})}, SMALL, n_epochs=1).message.value


# --- the race


def trained(step, lr, reg, n_epochs):
    """→ the test RMSE after the last epoch, by lesson 03's functions."""
    users, items, ratings = SMALL.arrays()
    order = np.random.default_rng(race_module.SEED).permutation(len(ratings))
    n_test = round(len(order) * 0.2)
    test, train = order[:n_test], order[n_test:]
    rng = np.random.default_rng(race_module.SEED)
    P, Q = init_factors(SMALL.n_users, SMALL.n_items, 8, rng)
    for _ in range(n_epochs):
        training = sgd_epoch(P, Q, users[train], items[train], ratings[train], lr, reg, rng)
    return training, np.sqrt(np.mean((ratings[test] - (P[users[test]] * Q[items[test]]).sum(axis=1)) ** 2))


def finish(w):
    w.run_button.click()
    w._thread.join(30)
    assert not w._thread.is_alive()


def test_every_runner_trains_as_lesson_03_does():
    w = race({"slow": (sgd_step, {"lr": 0.01}), "fast": (sgd_step, {"lr": 0.05})}, SMALL, reg=0.1, n_epochs=4)
    for name, lr in (("slow", 0.01), ("fast", 0.05)):
        training, test = trained(sgd_step, lr, 0.1, 4)
        assert w.histories[name][-1] == pytest.approx((training, test))
        assert f"{name}: {test:.3f}" in w.alt


def test_the_controls_speak_of_the_next_race():
    w = race({"yours": (sgd_step, {}), "other": (sgd_step, {})}, SMALL, lr=0.02, n_epochs=2)
    before = w.alt
    w.lr.value, w.n_epochs.value, w.takes_part[1].value = 0.05, 3, False
    assert w.alt == before
    finish(w)
    assert w.histories.keys() == {"yours"}
    assert w.histories["yours"][-1] == pytest.approx(trained(sgd_step, 0.05, 0.1, 3))
    assert w.progress.value == 3
    assert w.progress.description == "finished"


def test_divergence_is_named():
    w = race({"calm": (sgd_step, {"lr": 0.02}), "wild": (sgd_step, {"lr": 2.0})}, SMALL, n_epochs=6)
    assert re.search(r"wild: diverges", w.alt)
    assert "calm: diverges" not in w.alt
    assert np.isfinite(w.lines["wild"][0].get_ydata()).all()


def test_what_a_runner_fixes_has_no_slider():
    fixed = race({"a": (sgd_step, {"lr": 0.01})}, SMALL, n_epochs=1)
    free = race({"a": (sgd_step, {})}, SMALL, n_epochs=1)
    count = [sum(slider is w.lr for box in w.root.children for slider in getattr(box, "children", ())) for w in (fixed, free)]
    assert count == [0, 1]


def test_a_race_can_be_stopped_and_a_closed_panel_stops_it():
    begun, may_go_on = Event(), Event()

    def waiting(*arguments):
        begun.set()
        may_go_on.wait(30)
        return sgd_step(*arguments)

    for stop in (lambda w: w.stop_button.click(), lambda w: w.close()):
        may_go_on.set()
        w = race({"yours": (waiting, {})}, SMALL, n_epochs=1)
        w.n_epochs.value = 40
        begun.clear()
        may_go_on.clear()
        w.run_button.click()
        begun.wait(30)
        stop(w)
        may_go_on.set()
        w._thread.join(30)
        assert not w._thread.is_alive()
        assert len(w.histories["yours"]) < 3
        assert w.progress.description == "stopped"


def test_an_error_in_the_background_is_shown_and_the_others_go_on():
    calls = []

    def fails_later(*arguments):
        calls.append(1)
        if len(calls) > 400:
            raise ZeroDivisionError("in the second race")
        return sgd_step(*arguments)

    w = race({"yours": (fails_later, {}), "right": (sgd_step, {})}, SMALL, n_epochs=1)
    calls += [1] * 400
    finish(w)
    assert "in the second race" in w.message.value
    assert len(w.histories["right"]) == 1


def test_nobody_in_the_race_is_said_kindly():
    w = race({"yours": (sgd_step, {})}, SMALL, n_epochs=1)
    w.takes_part[0].value = False
    w.run_button.click()
    assert "Tick at least one" in w.message.value
