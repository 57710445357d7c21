"""Lesson 05's functions: more properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfref import evaluation
from mfref.evaluation import early_stopping, mae, ndcg_at_k, recall_at_k, rmse

ratings = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=30)
curves = st.lists(st.integers(1, 12), min_size=1, max_size=25)
patiences = st.integers(1, 3) | st.integers(1, 27)


@st.composite
def rankings(draw):
    """`(recommended, relevant, k)` over 12 items; some relevant ones are not recommended, k may exceed both."""
    recommended = draw(st.permutations(range(12)))[: draw(st.integers(0, 12))]
    return list(recommended), draw(st.sets(st.integers(0, 11))), draw(st.integers(1, 15))


@given(pairs=ratings, shift=st.integers(-5, 5), factor=st.integers(-5, 5))
def test_errors_are_norms(pairs, shift, factor):
    """MAE is never above RMSE, and RMSE not above the largest error; both ignore a shift and follow a change of scale."""
    actual, predicted = np.array(pairs).T
    largest = np.max(np.abs(actual - predicted))
    assert mae(actual, predicted) <= rmse(actual, predicted) * (1 + 1e-9) + 1e-12
    assert rmse(actual, predicted) <= largest * (1 + 1e-9) + 1e-12
    for error in (rmse, mae):
        assert error(actual, predicted) == error(predicted, actual)
        assert error(actual + shift, predicted + shift) == pytest.approx(error(actual, predicted), abs=1e-9)
        assert error(factor * actual, factor * predicted) == pytest.approx(abs(factor) * error(actual, predicted), abs=1e-9)
        assert error(actual, actual) == 0


@given(ranking=rankings())
def test_recall_grows_with_k_up_to_what_was_recommended(ranking):
    recommended, relevant, k = ranking
    if relevant:
        assert recall_at_k(recommended, relevant, k) <= recall_at_k(recommended, relevant, k + 1)
        assert recall_at_k(recommended, relevant, 12) == pytest.approx(len(set(recommended) & relevant) / len(relevant))


@given(ranking=rankings(), place=st.integers(0, 10))
def test_ndcg_grows_when_a_hit_moves_up(ranking, place):
    recommended, relevant, _ = ranking
    if place + 1 < len(recommended) and recommended[place] not in relevant and recommended[place + 1] in relevant:
        better = [*recommended]
        better[place], better[place + 1] = better[place + 1], better[place]
        assert ndcg_at_k(better, relevant, 12) > ndcg_at_k(recommended, relevant, 12)


def test_nothing_relevant_is_nan():
    assert math.isnan(recall_at_k([1, 2], set(), 2))
    assert math.isnan(ndcg_at_k([1, 2], set(), 2))


def stop_word_by_word(curve, patience):
    """Of all prefixes, take the first whose last `patience` epochs bring nothing lower than what came before them."""
    for end in range(patience + 1, len(curve) + 1):
        before, waited = curve[: end - patience], curve[end - patience : end]
        if min(waited) >= min(before):
            return curve.index(min(before))
    return curve.index(min(curve))


@given(curve=curves, patience=patiences)
def test_early_stopping_is_its_definition(curve, patience):
    assert early_stopping(curve, patience) == stop_word_by_word(curve, patience)
    assert early_stopping(np.array(curve) / 7, patience) == stop_word_by_word(curve, patience)


@given(curve=curves, patience=patiences, later=curves)
def test_more_patience_is_never_worse_and_what_comes_after_the_stop_does_not_count(curve, patience, later):
    best = early_stopping(curve, patience)
    assert curve[early_stopping(curve, patience + 1)] <= curve[best]
    if best + patience < len(curve):
        assert early_stopping(curve[: best + patience + 1] + later, patience) == best


def test_early_stopping_by_hand():
    curve = [1.05, 0.98, 0.99, 0.95, 0.96, 0.97, 0.94]
    assert [early_stopping(curve, patience) for patience in (1, 2, 3)] == [1, 3, 6]
    assert early_stopping([3, 2, 2, 2, 1], 2) == 1
    assert early_stopping([2.0], 1) == 0


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(evaluation).items() if getattr(value, "__module__", "") == evaluation.__name__]
    assert public == ["rmse", "mae", "precision_at_k", "recall_at_k", "ndcg_at_k", "early_stopping", "grid_search"]
