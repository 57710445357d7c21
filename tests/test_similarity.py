"""Lesson 07's functions against SciPy, NumPy, scikit-learn and brute force; the pictures as the checker sees them."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise

from mfcheck.adapters import similarity as adapter
from mfcheck.registry import find
from mfcheck.student import check
from mfref import similarity
from mfref.similarity import (
    cosine_similarity,
    euclidean_similarity,
    factor_extremes,
    pearson_similarity,
    plot_factors,
    similar_items,
    similar_users,
    similarity_table,
)

MEASURES = {"cosine": cosine_similarity, "euclidean": euclidean_similarity, "pearson": pearson_similarity}


@st.composite
def matrices(draw, least=1):
    """Tenths, so that no length is tiny; rows of zeros, constant rows and equal rows occur."""
    shape = draw(st.integers(1, 8)), draw(st.integers(least, 6))
    A = draw(arrays(int, shape, elements=st.integers(-30, 30))) / 10
    for row in draw(st.lists(st.integers(0, len(A) - 1), max_size=3)):
        A[row] = draw(st.sampled_from([0.0, 0.5, A[0]]))
    return A


@given(matrices())
def test_cosine_is_scikit_learns_and_scipys(A):
    S = cosine_similarity(A)
    assert np.allclose(S, pairwise.cosine_similarity(A))
    directed = A.any(axis=1)
    assert np.allclose(S[directed][:, directed], 1 - cdist(A[directed], A[directed], "cosine"))
    assert not S[~directed].any() and not S[:, ~directed].any()
    assert np.allclose(np.diag(S), directed)


@given(matrices())
def test_euclidean_is_scipys(A):
    S = euclidean_similarity(A)
    assert np.allclose(S, 1 / (1 + cdist(A, A)))
    assert (np.diag(S) == 1).all()


@given(matrices(least=2))
def test_pearson_is_numpys_where_rows_vary(A):
    S, varies = pearson_similarity(A), np.ptp(A, axis=1) > 0
    if varies.any():
        assert np.allclose(S[varies][:, varies], np.corrcoef(A[varies]))
    assert not S[~varies].any() and not S[:, ~varies].any()
    assert np.allclose(np.diag(S), varies)


@given(st.floats(-1e6, 1e6), st.integers(1, 9))
def test_a_constant_row_has_no_correlation_however_its_mean_is_rounded(constant, n_factors):
    A = np.vstack([np.full(n_factors, constant), np.arange(n_factors)])
    assert not pearson_similarity(A)[0].any()


@given(matrices(), st.sampled_from(sorted(MEASURES)))
def test_table_is_the_measure_in_the_order_given(A, measure):
    labels = [f"title {n % 3}" for n in range(len(A))]
    table = similarity_table(A, labels, measure)
    assert list(table.index) == list(table.columns) == labels
    assert np.array_equal(table.to_numpy(), MEASURES[measure](A))


@given(matrices(), st.sampled_from(sorted(MEASURES)), st.integers(1, 12), st.data())
def test_neighbours_by_brute_force(A, measure, n, data):
    row = data.draw(st.integers(0, len(A) - 1))
    S = MEASURES[measure](A)
    expected = sorted((-S[row, other], other) for other in range(len(A)) if other != row)[:n]
    for function in (similar_items, similar_users):
        rows, values = function(A, row, n, measure)
        assert rows.tolist() == [other for _, other in expected]
        assert np.array_equal(values, [-value for value, _ in expected])


@given(matrices(), st.integers(1, 10), st.data())
def test_extremes_by_brute_force(Q, n, data):
    factor = data.draw(st.integers(0, Q.shape[1] - 1))
    titles = [f"title {i}" for i in range(len(Q))]
    up = sorted(range(len(Q)), key=lambda i: (Q[i, factor], i))
    down = sorted(range(len(Q)), key=lambda i: (-Q[i, factor], i))
    lists = [titles[i] for i in up[:n]], [titles[i] for i in down[:n]]
    assert factor_extremes(Q, factor, titles, n) == lists
    assert factor_extremes(Q, factor, np.array(titles), n) == lists


@pytest.fixture
def Q():
    return np.random.default_rng(0).normal(size=(6, 4))


TITLES = ["Ran", "Alien", "Alien", "Solaris", "Brazil", "M"]


def test_map_has_a_point_for_each_item_and_the_titles_asked_for(Q):
    seen = adapter.drawing(plot_factors(Q, TITLES, (3, 1), [4, 2]))
    plt.close("all")
    assert {tuple(p) for p in seen["points"]} == {tuple(q) for q in Q[:, [3, 1]]}
    assert "3" in seen["xlabel"] and "1" in seen["ylabel"] and seen["title"]
    assert seen["texts"] == ["Brazil", "Alien"]
    assert np.array_equal(seen["places"], Q[[4, 2]][:, [3, 1]])


def test_only_marks_are_points():
    fig, ax = plt.subplots()
    ax.plot([1, 2], [3, 4])
    ax.axhline(0)
    ax.fill_between([0, 1], [2, 3])
    assert adapter.drawing(ax)["points"].shape == (0, 2)
    ax.plot([1, 2], [3, 4], "x-")
    ax.scatter([5], [6])
    assert sorted(map(tuple, adapter.drawing(ax)["points"])) == [(1, 3), (2, 4), (5, 6)]
    plt.close(fig)


def raises(Q, titles, factors=(0, 1), highlight=()):
    plt.scatter(Q[:, 0], Q[:, 1])
    raise ValueError("stop")


@pytest.mark.parametrize("function", [plot_factors, raises, find("plot_factors").mistakes[0].function])
def test_checking_pictures_leaves_the_notebooks_figures_alone(function, Q):
    own, ax = plt.subplots()
    for _ in range(2):  # the second time the references' answers are remembered, so that nothing else opens and closes figures
        check("plot_factors", function)
    assert plt.get_fignums() == [own.number]
    assert not ax.collections and not ax.lines
    plt.close(own)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_a_title_may_stand_a_little_beside_its_point(seed, dx, dy):
    exercise, rng = find("plot_factors"), np.random.default_rng(seed)

    def beside(Q, titles, factors, highlight):
        fig, ax = plt.subplots()
        ax.scatter(*Q[:, list(factors)].T)
        for item in highlight:
            ax.text(Q[item, factors[0]] + dx, Q[item, factors[1]] + dy, titles[item])
        return ax

    group = exercise.groups[2]
    runs = [run_of(exercise, beside, arguments) for arguments in group.probes(rng)]
    assert group.rule.first_difference(exercise.reference, exercise, runs) is None


def run_of(exercise, function, arguments):
    from mfcheck.outcome import Run

    return Run(arguments, exercise.run(function, arguments))


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(similarity).items() if callable(value) and not name.startswith("_")]
    assert public == [
        find(name).name
        for name in (
            "cosine_similarity",
            "euclidean_similarity",
            "pearson_similarity",
            "similarity_table",
            "similar_items",
            "similar_users",
            "factor_extremes",
            "plot_factors",
        )
    ]
