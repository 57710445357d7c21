"""Lesson 14's experiment from day to day, held to SciPy and to experiments drawn here."""

import re

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from mfref.ab_test import false_positive_rate_when_peeking, two_proportion_test
from mfref.widgets.ab_test import run_experiment


def rows(widget):
    """→ the table's rows: day, users in each variant, difference in points, p-value, percent of A/A experiments stopped."""
    text = re.findall(r"<tr>(.*?)</tr>", widget.table.value)[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in text]
    return [[float(cell.replace(",", "").replace("● ", "").rstrip("%")) for cell in row] for row in cells]


@pytest.mark.parametrize(("lift", "users", "days", "run"), [(0.0, 400, 14, 1), (2.5, 1000, 5, 7), (-4.0, 2000, 3, 2)])
def test_each_day_tests_all_clicks_so_far(lift, users, days, run):
    told = []

    def listening(*clicks):
        told.append(clicks)
        return two_proportion_test(*clicks)

    w = run_experiment(listening)
    told.clear()
    with w.quietly():
        w.lift.value, w.users.value, w.days.value, w.run.value = lift, users, days, run
    looks = told[:days]
    table = rows(w)
    assert len(table) == days and not w.message.value
    for day, (row, (a, n_a, b, n_b)) in enumerate(zip(table, looks, strict=True), 1):
        assert row[0] == day and row[1] == n_a == n_b == day * users / 2
        assert row[2] == pytest.approx(100 * (b / n_b - a / n_a), abs=0.006)
        assert row[3] == pytest.approx(chi2_contingency([[a, n_a - a], [b, n_b - b]], correction=False)[1], abs=0.0006)
        assert f"{row[3]:.3f}" in w.alt
    clicks = np.array(looks)
    assert (np.diff(clicks[:, [0, 2]], axis=0) > 0).all()
    assert abs(clicks[-1, 2] - n_b * (0.3 + lift / 100)) < 6 * np.sqrt(n_b * 0.25)


def test_the_share_of_stopped_experiments_is_that_of_peeking():
    w = run_experiment(two_proportion_test)
    w.days.value = 20
    share = rows(w)[-1][4] / 100
    expected = false_positive_rate_when_peeking(0.3, 200, 20, 0.05, 2000, np.random.default_rng(1))
    assert share == pytest.approx(expected, abs=0.12)
    stopped = [row[4] for row in rows(w)]
    assert stopped == sorted(stopped)


def test_a_large_lift_is_found_and_another_number_is_another_experiment():
    w = run_experiment(two_proportion_test)
    before = w.alt
    w.run.value = 2
    assert w.alt != before
    with w.quietly():
        w.lift.value, w.users.value = 4, 2000
    assert "Who peeks stops on day" in w.below.value and "0.000: significant" in w.below.value
    assert "<td style=" in w.table.value and "● 14" in w.table.value


def test_what_is_not_written_or_wrong_is_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ZeroDivisionError("division by zero")

    assert "drawn by your own function" in run_experiment(not_written).message.value
    assert "division by zero" in run_experiment(wrong).message.value
