"""Lesson 08's half-steps on the toy, held to sweeps and losses made here."""

import re

import numpy as np

from mfref import load_ratings
from mfref.als import als_sweep, solve_user
from mfref.factorization import regularized_loss
from mfref.widgets.als import AGAIN, LISTENERS, SONGS, HalfSteps, half_steps

TOY = load_ratings("music")


def buttons(panel):
    return {b.description: b for row in panel.root.children[:2] for b in row.children if type(b).__name__ == "Button"}


def test_the_buttons_make_a_sweep():
    w = half_steps(solve_user, TOY, reg=0.5)
    P, Q = w.P.copy(), w.Q.copy()
    buttons(w)[LISTENERS].click()
    assert "Half-step 1, listeners solved" in w.alt
    buttons(w)[SONGS].click()
    als_sweep(P, Q, *TOY.arrays(), 0.5)
    assert np.allclose(w.P, P)
    assert np.allclose(w.Q, Q)
    loss = regularized_loss(*TOY.arrays(), P, Q, 0.5)
    assert f"Half-step 2, songs solved, reg 0.5: loss {loss:.2f}" in w.alt
    assert f"<td>{loss:.3f}</td>" in w.table.value


def test_the_same_button_twice_changes_nothing():
    w = half_steps(solve_user, TOY)
    buttons(w)[LISTENERS].click()
    P = w.P.copy()
    buttons(w)[LISTENERS].click()
    assert np.array_equal(w.P, P)


def test_the_slider_and_the_button_start_again():
    w = half_steps(solve_user, TOY)
    start = w.P.copy()
    for again in (lambda: setattr(w.reg, "value", 2.0), buttons(w)[AGAIN].click):
        buttons(w)[LISTENERS].click()
        again()
        assert np.array_equal(w.P, start)
        assert "Half-step 0" in w.alt


def test_it_calls_the_students_function_and_shows_its_errors():
    def breaks(Q, items, ratings, reg):
        raise ZeroDivisionError("no ratings")

    w = half_steps(breaks, TOY)
    assert "Half-step 0" in w.alt
    buttons(w)[LISTENERS].click()
    assert "ZeroDivisionError: no ratings" in w.message.value
    assert "Half-step 0" in w.alt

    def not_written(Q, items, ratings, reg):
        raise NotImplementedError

    w = half_steps(not_written, TOY)
    buttons(w)[SONGS].click()
    assert "Write it in the cell above" in w.message.value

    for wrong in (None, 1.0, [1.0, 2.0, 3.0]):
        w = half_steps(lambda Q, items, ratings, reg, wrong=wrong: wrong, TOY)
        buttons(w)[LISTENERS].click()
        assert "solve_user should return 2 numbers" in w.message.value


def test_without_a_kernel_there_is_a_picture_with_words():
    w = HalfSteps(solve_user, TOY, 0.1)
    assert re.search(r'<img alt="[^"]{80,}"', w.still())


def test_no_name_covers_another():
    w = half_steps(solve_user, TOY)
    for button in (LISTENERS, SONGS, LISTENERS, SONGS):
        buttons(w)[button].click()
        w.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in w.labels]
        assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])
