"""Lesson 02's functions against brute force, finite differences, SciPy and planted truth; its checks, pictures and prose."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.stats import ortho_group

from mfcheck.judge import judge, judge_carrying_forward
from mfcheck.local import LocalCall
from mfcheck.registry import find, lesson_of
from mfref import factorization, load_ratings
from mfref.factorization import gradient_descent, loss_gradient, predict_all, predict_one, regularized_loss, squared_error
from mfref.plots import factorization as pictures
from mfref.plots import picture
from tests.conftest import ROOT

TOY = load_ratings("music")
NAMES = ("predict_one", "predict_all", "squared_error", "regularized_loss", "loss_gradient", "gradient_descent")

seeds = st.integers(0, 2**32 - 1)


def problem(seed, n_users=5, n_items=6, n_factors=3, share=0.5):
    """Some known cells of a table; users and items without any may occur."""
    rng = np.random.default_rng(seed)
    known = rng.random((n_users, n_items)) < share
    users, items = np.nonzero(known)
    order = rng.permutation(len(users))
    users, items = users[order], items[order]
    P, Q = rng.normal(size=(n_users, n_factors)), rng.normal(size=(n_items, n_factors))
    return users, items, rng.uniform(1, 5, len(users)), P, Q


def numerical_gradient(f, x, h=1e-4):
    """Central differences: exact but for rounding, since the loss is a parabola in every single number."""
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps]).reshape(x.shape)


@given(seed=seeds, shape=st.tuples(*[st.integers(1, 5)] * 3))
def test_every_cell_of_the_table_is_the_sum_of_products(seed, shape):
    rng = np.random.default_rng(seed)
    P, Q = rng.normal(size=(shape[0], shape[2])), rng.normal(size=(shape[1], shape[2]))
    table = predict_all(P, Q)
    assert table.shape == shape[:2]
    for u, i in np.ndindex(*shape[:2]):
        by_hand = sum(float(P[u, k]) * float(Q[i, k]) for k in range(shape[2]))
        assert predict_one(P, Q, u, i) == pytest.approx(by_hand, abs=1e-12)
        assert table[u, i] == pytest.approx(by_hand, abs=1e-12)


@given(seed=seeds, share=st.floats(0, 1), reg=st.floats(0, 3))
def test_loss_is_the_sum_over_known_cells_and_all_squared_entries(seed, share, reg):
    users, items, ratings, P, Q = problem(seed, share=share)
    error = sum((r - P[u] @ Q[i]) ** 2 for u, i, r in zip(users, items, ratings, strict=True))
    penalty = sum(x * x for x in [*P.ravel(), *Q.ravel()])
    assert squared_error(users, items, ratings, P, Q) == pytest.approx(error, abs=1e-12)
    assert regularized_loss(users, items, ratings, P, Q, reg) == pytest.approx(error + reg * penalty)


@given(seed=seeds, share=st.floats(0, 1), reg=st.floats(0, 3))
def test_gradient_agrees_with_finite_differences(seed, share, reg):
    users, items, ratings, P, Q = problem(seed, share=share)
    dP, dQ = loss_gradient(users, items, ratings, P, Q, reg)
    assert dP == pytest.approx(numerical_gradient(lambda X: regularized_loss(users, items, ratings, X, Q, reg), P), abs=1e-6)
    assert dQ == pytest.approx(numerical_gradient(lambda X: regularized_loss(users, items, ratings, P, X, reg), Q), abs=1e-6)


@given(seed=seeds)
def test_gradient_is_a_sparse_product(seed):
    users, items, ratings, P, Q = problem(seed, n_users=30, n_items=20)
    E = csr_array((ratings - predict_all(P, Q)[users, items], (users, items)), shape=(30, 20))
    dP, dQ = loss_gradient(users, items, ratings, P, Q, 0.7)
    assert dP == pytest.approx(-2 * E @ Q + 1.4 * P)
    assert dQ == pytest.approx(-2 * E.T @ P + 1.4 * Q)


def test_whole_numbers_are_as_good_as_floats():
    users, items, ratings = np.array([0, 0]), np.array([0, 1]), np.array([5.0, 3.25])
    P, Q = np.array([[1, 2]]), np.array([[1, 1], [0, 2]])
    for whole, exact in zip(loss_gradient(users, items, ratings, P, Q, 0), ([[-4, -1]], [[-4, -8], [1.5, 3]]), strict=True):
        assert np.array_equal(whole, exact)


@settings(max_examples=30)
@given(seed=seeds, n_steps=st.integers(0, 6))
def test_walk_goes_down_and_leaves_its_arguments_alone(seed, n_steps):
    users, items, ratings, P, Q = problem(seed)
    before = P.copy(), Q.copy()
    new_P, new_Q, losses = gradient_descent(users, items, ratings, P, Q, 1e-3, 0.5, n_steps)
    assert np.array_equal(P, before[0])
    assert np.array_equal(Q, before[1])
    assert len(losses) == n_steps + 1
    assert losses[0] == regularized_loss(users, items, ratings, P, Q, 0.5)
    assert losses[-1] == regularized_loss(users, items, ratings, new_P, new_Q, 0.5)
    assert all(np.diff(losses) < 0)


def test_one_step_is_against_the_gradient_of_one_point():
    users, items, ratings, P, Q = problem(4)
    dP = numerical_gradient(lambda X: regularized_loss(users, items, ratings, X, Q, 0.3), P)
    dQ = numerical_gradient(lambda X: regularized_loss(users, items, ratings, P, X, 0.3), Q)
    new_P, new_Q, _ = gradient_descent(users, items, ratings, P, Q, 0.1, 0.3, 1)
    assert new_P == pytest.approx(P - 0.1 * dP, abs=1e-6)
    assert new_Q == pytest.approx(Q - 0.1 * dQ, abs=1e-6)


def test_two_walks_in_a_row_are_one():
    known, (P, Q) = problem(1)[:3], problem(1)[3:]
    whole_P, whole_Q, losses = gradient_descent(*known, P, Q, 0.01, 0.2, 5)
    P, Q, first = gradient_descent(*known, P, Q, 0.01, 0.2, 2)
    P, Q, second = gradient_descent(*known, P, Q, 0.01, 0.2, 3)
    assert np.array_equal(P, whole_P)
    assert np.array_equal(Q, whole_Q)
    assert first + second[1:] == losses


def test_walk_ends_where_another_optimizer_does():
    known, rng = TOY.arrays(), np.random.default_rng(0)
    P, Q = rng.normal(0, 0.5, (4, 2)), rng.normal(0, 0.5, (12, 2))

    def loss(x):
        return regularized_loss(*known, x[:8].reshape(4, 2), x[8:].reshape(12, 2), 0.5)

    best = minimize(loss, np.concatenate([P.ravel(), Q.ravel()]), method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 10**6})
    assert gradient_descent(*known, P, Q, 0.02, 0.5, 600)[2][-1] == pytest.approx(best.fun, abs=1e-3)


def test_walk_recovers_a_planted_matrix_on_cells_it_never_saw():
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.5, 1.5, (40, 2)) @ rng.uniform(0.5, 1.5, (2, 30))
    known = rng.random(truth.shape) < 0.6
    users, items = np.nonzero(known)
    P, Q = rng.normal(0, 0.3, (40, 2)), rng.normal(0, 0.3, (30, 2))
    P, Q, losses = gradient_descent(users, items, truth[users, items], P, Q, 0.005, 0.0, 2000)
    assert losses[-1] < 1e-3 * losses[0]
    assert np.sqrt(np.mean((P @ Q.T - truth)[~known] ** 2)) < 0.05 * truth.std()


@settings(max_examples=20)
@given(seed=seeds)
def test_a_rotation_changes_the_factors_and_nothing_else(seed):
    users, items, ratings, P, Q = problem(seed)
    G = ortho_group.rvs(3, random_state=np.random.default_rng(seed))
    assert predict_all(P @ G, Q @ G) == pytest.approx(predict_all(P, Q))
    before, after = (regularized_loss(users, items, ratings, A, B, 0.5) for A, B in ((P, Q), (P @ G, Q @ G)))
    assert before == pytest.approx(after)
    assert not np.allclose(P @ G, P)


def test_lesson_has_no_other_public_functions():
    public = [name for name, value in vars(factorization).items() if callable(value) and not name.startswith("_")]
    assert tuple(public) == NAMES == tuple(lesson_of("predict_one").exercise_names)


# --- what a student hears

REFERENCES = {name: getattr(factorization, name) for name in NAMES}
NOTEBOOK = """
def squared_error(users, items, ratings, P, Q):
    return np.sum([(r - predict_one(P, Q, u, i)) ** 2 for u, i, r in zip(users, items, ratings)])

def regularized_loss(users, items, ratings, P, Q, reg):
    return squared_error(users, items, ratings, P, Q) + reg * ((P**2).sum() + (Q**2).sum())

def loss_gradient(users, items, ratings, P, Q, reg):
    dP, dQ = 2 * reg * P, 2 * reg * Q
    for u, i, r in zip(users, items, ratings):
        e = r - predict_all(P, Q)[u, i]
        dP[u] -= 2 * e * Q[i]
        dQ[i] -= 2 * e * P[u]
    return dP, dQ

def gradient_descent(users, items, ratings, P, Q, lr, reg, n_steps):
    losses = [regularized_loss(users, items, ratings, P, Q, reg)]
    for step in range(n_steps):
        dP, dQ = loss_gradient(users, items, ratings, P, Q, reg)
        P, Q = P - lr * dP, Q - lr * dQ
        losses.append(regularized_loss(users, items, ratings, P, Q, reg))
    return P, Q, losses
"""


def broken(*args, **more):
    raise NotImplementedError


@pytest.mark.parametrize("name", NAMES[2:])
def test_error_in_an_earlier_function_costs_nothing_here(name):
    notebook, exercise = {"np": np}, find(name)
    exec(NOTEBOOK, notebook)
    notebook.update(dict.fromkeys(NAMES[: NAMES.index(name)], broken))

    def make_call(replaced):
        return LocalCall(exercise, notebook[name], {other: REFERENCES[other] for other in replaced})

    assert judge(exercise, make_call(()), np.random.default_rng(1)).points == 0
    verdict = judge_carrying_forward(exercise, make_call, 1)
    assert verdict.points == exercise.points
    assert verdict.carried
    assert set(verdict.carried) <= set(exercise.uses)


def in_place_errors(users, items, ratings, P, Q):
    ratings -= (P[users] * Q[items]).sum(axis=1)
    return (ratings**2).sum()


def moved_in_place_and_uphill(users, items, ratings, P, Q, lr, reg, n_steps):
    losses = [regularized_loss(users, items, ratings, P, Q, reg)]
    for _ in range(n_steps):
        dP, dQ = loss_gradient(users, items, ratings, P, Q, reg)
        P += lr * dP
        Q += lr * dQ
        losses.append(regularized_loss(users, items, ratings, P, Q, reg))
    return P, Q, losses


@pytest.mark.parametrize(
    ("name", "function", "kind"),
    [
        ("predict_one", lambda P, Q, u, i: print(P[u] @ Q[i]), "nothing"),
        ("predict_one", lambda P, Q, u, i: P[u : u + 1] @ Q[i], "shape"),
        ("predict_all", lambda P, Q: np.matrix(P) * np.matrix(Q).T, "right"),
        ("squared_error", in_place_errors, "changed_inputs"),
        ("loss_gradient", lambda *args, **more: loss_gradient(*args, **more)[0], "type"),
        ("gradient_descent", moved_in_place_and_uphill, "mistake"),
    ],
)
def test_kind_of_verdict(name, function, kind):
    exercise = find(name)
    assert judge(exercise, LocalCall(exercise, function), np.random.default_rng(3)).kind == kind


def test_in_place_walk_is_named_whatever_else_is_wrong():
    exercise = find("gradient_descent")
    verdict = judge(exercise, LocalCall(exercise, moved_in_place_and_uphill), np.random.default_rng(3))
    assert verdict.label == "callers-factors-changed"


# --- pictures and prose


@pytest.fixture
def shown(monkeypatch):
    alts = []
    monkeypatch.setattr(picture, "show", lambda figure, alt: alts.append(alt))
    monkeypatch.setattr(picture, "say", lambda text: alts.append(text))
    return alts


@pytest.fixture(scope="module")
def by_hand():
    """What the notebook's setup cell defines: the factors that its prose speaks of."""
    cells = json.loads((ROOT / "source/02-factorization/factorization.ipynb").read_text())["cells"]
    names = {}
    exec("".join(next(cell["source"] for cell in cells if cell["id"] == "setup")), names)
    return names["hand_P"], names["hand_Q"]


def drawn_by(by_hand, functions):
    """Every picture that a student's functions drive, as (name, call)."""
    P, Q = by_hand
    one, everything, _, loss, gradient, _ = (functions(name) for name in NAMES)
    known = TOY.arrays()
    return [
        lambda: pictures.one_listener(one, P, Q, 2, TOY),
        lambda: pictures.known_and_predicted(everything, P, Q, TOY),
        lambda: pictures.price_of_length(loss, known, P, Q, Q + 1, "Two candidates"),
        lambda: pictures.tangent(loss, gradient, known, P, Q, 0.5, 3, 0),
        lambda: pictures.rotation(one, P, Q, TOY, 2, 5),
    ]


def test_pictures_say_in_numbers_what_is_to_be_seen(shown, by_hand):
    pictures.shadow((2, 1), (-2, 1))
    pictures.plane(*by_hand, TOY)
    with np.errstate(all="ignore"):
        far_too_large = gradient_descent(*TOY.arrays(), *by_hand, 0.2, 0.5, 40)[2]
    pictures.loss_curves({"lr = 0.2": far_too_large}, "The toy")
    assert "-3.00" in shown[0]
    assert "Ripley (2.00, 1.00)" in shown[1]
    assert "lr = 0.2: diverges" in shown[2]
    for draw in drawn_by(by_hand, REFERENCES.get):
        draw()
    one, table, price, slope, rotation = shown[3:]
    assert "O Fortuna: 5.0" in one
    assert "39 known ratings" in table
    assert "Hermione, Firework: predicted 2.0, known 5" in table
    assert "a line over reg from" in price
    assert "slope 9.00" in slope
    assert rotation.count("p · q = 3.00") == 3


def test_pictures_wait_for_the_function_that_draws_them(shown, by_hand):
    def unwritten(*args, **more):
        raise NotImplementedError

    for draw in drawn_by(by_hand, lambda name: unwritten):
        draw()
    assert len(shown) == 5
    assert all("Write it in the cell above" in text for text in shown)


def test_prose_on_the_toy_is_true(by_hand):
    P, Q = by_hand
    users, items, ratings = TOY.arrays()
    table = np.zeros((4, 12))
    table[users, items] = ratings
    assert squared_error(users, items, ratings, P, Q) == 34
    assert ((table - predict_all(P, Q)) ** 2).sum() == 82
    assert np.sum(table[users, items] == predict_all(P, Q)[users, items]) == 19
    exact = Q.copy()
    exact[8] = -2, 2.5
    assert np.array_equal(P @ exact[8], [-4, 5, -1.5, 3])
    assert squared_error(users, items, ratings, P, exact) == 32
    assert exact[8] @ exact[8] - Q[8] @ Q[8] == 6.25
    walks = [gradient_descent(users, items, ratings, P, Q, 0.02, reg, 400) for reg in (0, 0.1, 0.5, 1)]
    assert walks[2][2][0] == 65.5
    assert walks[2][2][200] == pytest.approx(43.0, abs=0.05)
    guesses = [predict_one(P, Q, 0, 8) for P, Q, _ in walks]
    assert guesses == sorted(guesses)
    assert guesses[2] < 0
