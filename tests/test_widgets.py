"""What all widgets share, and each widget without a browser: controls are set, and what the panel shows is read."""

import gc
import re
import weakref

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from mfref import load_ratings
from mfref.factorization import predict_one
from mfref.widgets import board
from mfref.widgets.factorization import move_factors

TOY = load_ratings("music")
P = np.array([[2, 0], [0, 2], [2, 1], [1, 2]], dtype=float)
Q = np.random.default_rng(0).normal(1, 0.5, (12, 2)).round(2)


def shown(function):
    """→ a panel of lesson 02, as an example of all."""
    return move_factors(function, P, Q, TOY)


def test_a_change_redraws_the_picture_and_its_alt_text():
    w = shown(predict_one)
    before = w.picture.value
    assert f"rating is {P[2] @ Q[5]:.2f}" in w.alt
    w.sliders[0].value = -1
    assert w.picture.value != before
    assert f"rating is {np.array([-1, P[2, 1]]) @ Q[5]:.2f}" in w.alt
    assert re.search(r'^<img alt="[^"]{40,}"', w.picture.value)


def test_a_choice_that_sets_several_sliders_does_not_redraw_for_each():
    drawn = []
    w = shown(lambda *a: drawn.append(1) or 3.0)
    one = len(drawn)
    drawn.clear()
    w.listener.value = 1  # sets two sliders
    assert len(drawn) <= 2 * one


def test_a_function_not_written_yet_is_said_kindly():
    def predict_one(P, Q, u, i):
        raise NotImplementedError

    w = shown(predict_one)
    assert "drawn by your own function" in w.message.value
    assert not w.picture.value
    assert "drawn by your own function" in w.still()
    assert "<img" not in w.still()


def test_an_error_of_the_students_function_is_shown_and_goes_away_when_it_does():
    def predict_one(P, Q, u, i):
        if u == 1:
            raise IndexError("row 40 & more")
        return P[u] @ Q[i]

    w = shown(predict_one)
    assert not w.message.value
    w.listener.value = 1
    assert 'role="alert"' in w.message.value
    assert "IndexError: row 40 &amp; more" in w.message.value
    w.listener.value = 2
    assert not w.message.value


def test_an_answer_of_another_kind_is_an_error_in_the_panel_too():
    assert "TypeError" in shown(lambda P, Q, u, i: None).message.value


def test_a_table_says_what_the_picture_shows():
    w = shown(predict_one)
    for title, q in zip(TOY.items["title"], Q, strict=True):
        assert title.replace("'", "&#x27;") in w.table.value
        assert f"<td>{q[0]:.2f}</td>" in w.table.value
    button = next(child for child in w.root.children if isinstance(child, ipywidgets.ToggleButton))
    assert w.table.layout.display == "none"
    button.value = True
    assert w.table.layout.display == "block"
    assert w.table.value in w.still()


def displayed(w, monkeypatch):
    bundles = []
    monkeypatch.setattr(board, "display", lambda data, raw: bundles.append(data))
    w._ipython_display_()
    return bundles


def test_a_kernel_shows_both_and_the_live_one_hides_the_still_one(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    w = shown(predict_one)
    still, live = displayed(w, monkeypatch)
    name = re.search(r'class="(mf-still-\d+)"', still["text/html"]).group(1)
    assert board.VIEW in live
    assert any(name in getattr(child, "value", "") for child in w.root.children)


def test_a_run_that_nobody_watches_gives_the_still_picture_alone(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "build")
    (still,) = displayed(shown(predict_one), monkeypatch)
    assert set(still) == {"text/html", "text/plain"}
    assert "<img alt=" in still["text/html"]


def test_running_a_cell_again_leaves_nothing_of_the_earlier_run(monkeypatch):
    runs = iter(range(100))
    monkeypatch.setattr(board, "_execution", lambda: ("cell", next(runs)))
    monkeypatch.setattr(board, "_of_cells", {})
    shown(predict_one)
    gc.collect()
    widgets, figures = len(_instances), len(plt.get_fignums())
    old = weakref.ref(shown(predict_one).figure)
    for _ in range(5):
        shown(predict_one)
    gc.collect()
    assert len(_instances) == widgets
    assert len(plt.get_fignums()) == figures
    assert old() is None


def test_two_panels_of_one_cell_stay():
    w, other = shown(predict_one), shown(predict_one)
    other.angle.value = 30
    w.angle.value = 60
    assert "turned by 60" in w.alt
    assert "turned by 30" in other.alt


@pytest.mark.parametrize("degrees", [-180, -35, 90])
def test_a_turn_changes_every_factor_and_no_prediction(degrees):
    w = shown(predict_one)
    w.angle.value = degrees
    assert "of a prediction <b>0.00</b>" in w.below.value
    assert float(re.search(r"of a factor <b>([\d.]+)</b>", w.below.value).group(1)) > 0.5
