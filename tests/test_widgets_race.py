"""The race: every error shown is computed here once more, by lesson 03's functions."""

import re
from contextlib import contextmanager
from threading import Event

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mfref import load_ratings
from mfref.sgd import init_factors, sgd_epoch, sgd_step, train_sgd
from mfref.widgets import race as race_module
from mfref.widgets.race import race

SMALL = load_ratings().busiest(15, 15)


def split():
    users, items, ratings = SMALL.arrays()
    order = np.random.default_rng(race_module.SEED).permutation(len(ratings))
    n_test = round(len(order) * 0.2)
    return order[:n_test], order[n_test:]


def trained(step, lr, reg, n_epochs):
    """→ the training and the test RMSE after the last epoch, by lesson 03's functions."""
    users, items, ratings = SMALL.arrays()
    test, train = split()
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
        columns = [column[split()[1]] for column in SMALL.arrays()]
        rng = np.random.default_rng(race_module.SEED)
        history = train_sgd(*columns, SMALL.n_users, SMALL.n_items, n_factors=8, lr=lr, reg=0.1, n_epochs=4, rng=rng)[2]
        assert [training for training, _ in w.histories[name]] == pytest.approx(history)
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
    assert w.progress.value == w.progress.max == 3
    assert w.told.value == "finished"
    assert "other" not in w.alt
    assert "other: left out" in [text.get_text() for text in w.legend.get_texts()]


def test_divergence_is_named():
    w = race({"calm": (sgd_step, {"lr": 0.02}), "wild": (sgd_step, {"lr": 2.0})}, SMALL, n_epochs=6)
    assert re.search(r"wild: diverges", w.alt)
    assert "calm: diverges" not in w.alt
    assert "wild: diverges" in [text.get_text() for text in w.legend.get_texts()]
    low, top = w.axes[0].get_ylim()
    for line in w.lines["wild"]:
        assert ((line.get_ydata() > low) & (line.get_ydata() < top)).all()
    calm = np.array(w.histories["calm"])
    assert np.allclose([line.get_ydata() for line in w.lines["calm"]], calm.T)
    assert low < calm[1:].min()
    assert calm[1:].max() < top


def test_the_picture_is_made_for_the_epochs_after_the_first():
    assert race_module.limits([[(3.0, 2.5), (1.0, 0.9)], [], [(2.0, 2.0), (9.0, np.nan)]]) == pytest.approx((0.7, 1.15))
    assert race_module.limits([[(3.0, 2.5)]]) == pytest.approx((2.3, 3.45))


def test_a_race_in_which_all_diverge_is_drawn_too():
    w = race({"wild": (sgd_step, {"lr": 5.0}), "wilder": (sgd_step, {"lr": 9.0})}, SMALL, n_epochs=3)
    assert not w.message.value
    assert "wild: diverges; wilder: diverges" in w.alt
    assert "exploded" in w.table.value


def test_the_picture_is_drawn_at_the_end_and_between_only_as_often_as_the_clock_allows(monkeypatch):
    drawn, now = [], [0.0]
    monkeypatch.setattr(race_module, "monotonic", lambda: now[0])
    w = race({"yours": (sgd_step, {}), "other": (sgd_step, {})}, SMALL, n_epochs=4)
    draw = w.draw
    w.draw = lambda: drawn.append(len(w.histories["other"])) or draw()
    finish(w)
    assert drawn == [4]
    drawn.clear()
    monkeypatch.setattr(race_module, "monotonic", lambda: now.append(now.pop() + 1) or now[0])
    finish(w)
    assert drawn == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_progress_says_the_epoch_and_the_runner():
    told = []
    w = race({"a": (sgd_step, {}), "b & c": (sgd_step, {})}, SMALL, n_epochs=2)
    w.told.observe(lambda change: told.append(change["new"]), names="value")
    finish(w)
    assert told == ["epoch 1 of 2, a", "epoch 1 of 2, b &amp; c", "epoch 2 of 2, a", "epoch 2 of 2, b &amp; c", "finished"]
    assert w.progress.value == w.progress.max == 4
    assert w.stop_button.disabled


def test_what_a_runner_fixes_has_no_slider():
    fixed = race({"a": (sgd_step, {"lr": 0.01})}, SMALL, n_epochs=1)
    free = race({"a": (sgd_step, {})}, SMALL, n_epochs=1)
    count = [sum(slider is w.lr for box in w.root.children for slider in getattr(box, "children", ())) for w in (fixed, free)]
    assert count == [0, 1]


def held():
    """→ (a race whose step waits, how to begin one in the background, how to let it go on)."""
    begun, may_go_on = Event(), Event()

    def waiting(*arguments):
        begun.set()
        may_go_on.wait(30)
        return sgd_step(*arguments)

    may_go_on.set()
    w = race({"yours": (waiting, {})}, SMALL, n_epochs=1)
    w.n_epochs.value = 40

    def begin():
        begun.clear()
        may_go_on.clear()
        w.run_button.click()
        assert begun.wait(30)

    return w, begin, may_go_on.set


@pytest.mark.parametrize("stop", [lambda w: w.stop_button.click(), lambda w: w.close()])
def test_a_race_can_be_stopped_and_a_closed_panel_stops_it(stop):
    w, begin, go_on = held()
    assert w.stop_button.disabled
    begin()
    assert not w.stop_button.disabled
    stop(w)
    go_on()
    w._thread.join(30)
    assert not w._thread.is_alive()
    assert len(w.histories["yours"]) < 3
    assert w.told.value == "stopped"


def test_a_second_run_ends_the_first(monkeypatch):
    w, begin, go_on = held()
    begin()
    first = w._thread
    monkeypatch.setattr(first, "join", lambda: (go_on(), type(first).join(first, 30)))  # the first ends when it is waited for
    w.n_epochs.value = 2
    finish(w)
    assert not first.is_alive()
    assert w._thread is not first
    assert len(w.histories["yours"]) == 2
    assert w.told.value == "finished"


def test_the_thread_starts_when_the_message_is_settled(monkeypatch):
    """Else what the click has to say, nothing, could wipe out what the thread says at once."""
    w = race({"right": (sgd_step, {})}, SMALL, n_epochs=1)
    inside, seen, guarded = [], [], w.guarded

    @contextmanager
    def watched():
        inside.append(1)
        with guarded():
            yield
        inside.pop()

    class Started(race_module.Thread):
        def start(self):
            seen.append(len(inside))
            super().start()

    monkeypatch.setattr(w, "guarded", watched)
    monkeypatch.setattr(race_module, "Thread", Started)
    finish(w)
    assert seen == [0]


def test_an_error_in_the_background_is_shown_and_the_others_go_on():
    calls = []

    def fails_later(*arguments):
        calls.append(1)
        if len(calls) > 400:
            raise ZeroDivisionError("in the second race")
        return sgd_step(*arguments)

    w = race({"yours": (fails_later, {}), "right": (sgd_step, {})}, SMALL, n_epochs=1)
    calls += [1] * 400
    w.n_epochs.value = 3
    said = []
    w.message.observe(lambda change: said.append(change["new"]), names="value")
    finish(w)
    assert len(set(said)) == 1  # it does not flicker
    assert "in the second race" in w.message.value
    assert "yours: failed" in w.alt
    assert w.histories["yours"] == []
    assert len(w.histories["right"]) == 3
    w.takes_part[1].value = False
    finish(w)
    assert not w.picture.value  # nobody is left to draw
    calls.clear()
    w.n_epochs.value = 1
    finish(w)
    assert not w.message.value
    assert "failed" not in w.alt


def test_one_who_fails_in_the_first_race_leaves_the_picture_to_the_others():
    def not_written(*_):
        raise NotImplementedError

    w = race({"yours": (not_written, {}), "right": (sgd_step, {})}, SMALL, n_epochs=2)
    assert "drawn by your own function" in w.message.value
    assert "yours: failed; right: " in w.alt


def test_a_step_that_returns_nothing_is_said():
    w = race({"yours": (lambda *arguments: sgd_step(*arguments) and None, {})}, SMALL, n_epochs=1)
    assert "the step returned nothing" in w.message.value


def test_nobody_in_the_race_is_said_kindly():
    w = race({"yours": (sgd_step, {})}, SMALL, n_epochs=1)
    w.takes_part[0].value = False
    w.run_button.click()
    assert "Tick at least one" in w.message.value


@pytest.mark.parametrize(("error", "said"), [(NotImplementedError, "drawn by your own function"), (IndexError("row 7"), "row 7")])
def test_a_step_that_fails_is_said_in_the_panel(error, said):
    def sgd_step(*_):
        raise error

    w = race({"yours": (sgd_step, {})}, SMALL, n_epochs=1)
    assert said in w.message.value
    assert not w.picture.value
    assert "<img" not in w.still()


def test_no_figure_is_left_to_pyplot():
    before = plt.get_fignums()
    finish(race({"yours": (sgd_step, {})}, SMALL, n_epochs=1))
    assert plt.get_fignums() == before
