"""The estimator: its kernels against the textbook functions, its answers against sums by hand, its files against damage."""

import numba
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from mfref import load_ratings
from mfref.biases import biased_sgd_step
from mfref.models import MatrixFactorization, kernels
from mfref.models.base import ModelFileError, NotFitted
from mfref.models.kernels import N_PARTS, biased_sgd_epochs, blocks, cut, sgd_epochs
from mfref.sgd import sgd_step


def problem(seed=0, n=300, k=3):
    rng = np.random.default_rng(seed)
    users, items, ratings = rng.integers(0, 20, n), rng.integers(0, 15, n), rng.uniform(1, 5, n)
    return users, items, ratings, rng.normal(size=(20, k)), rng.normal(size=(15, k))


def table(users, items, ratings):
    return pd.DataFrame({"user_id": users, "item_id": items, "rating": ratings})


@pytest.fixture(scope="module")
def toy():
    data = load_ratings("music")
    return data, MatrixFactorization(n_factors=2, lr=0.05, n_epochs=60).fit(data)


# --- the kernels


def order_of_updates(users, items, rng, n_epochs, n_users=20, n_items=15):
    """The ratings' numbers in the order in which the kernel takes them, epoch by epoch, written without its layout."""
    by_block, starts, parts = blocks(users, items, n_users, n_items, rng)
    for _ in range(n_epochs):
        order = np.concatenate([rng.permutation(np.arange(*part)) for part in zip(parts, parts[1:], strict=False)])
        yield [
            n
            for shift in range(N_PARTS)
            for d in range(N_PARTS)
            for u in order[parts[d] : parts[d + 1]]
            for n in by_block[starts[u, (d + shift) % N_PARTS] : starts[u, (d + shift) % N_PARTS + 1]]
        ]


def test_an_epoch_meets_every_rating_once_and_blocks_of_a_round_share_nothing():
    users, items, *_ = problem()
    by_block, starts, parts = blocks(users, items, 20, 15, np.random.default_rng(4))
    for epoch in order_of_updates(users, items, np.random.default_rng(4), 3):
        assert sorted(epoch) == list(range(len(users)))
    item_parts = cut(items, 15)
    for u in range(20):
        for c in range(N_PARTS):
            block = by_block[starts[u, c] : starts[u, c + 1]]
            assert (users[block] == u).all()
            assert ((items[block] >= item_parts[c]) & (items[block] < item_parts[c + 1])).all()
    assert parts[0] == 0
    assert parts[-1] == 20


@pytest.mark.parametrize("k", [1, 3, 17])
def test_sgd_kernel_is_the_textbook_function(k):
    users, items, ratings, P, Q = problem(k=k)
    by_hand, expected = (P.copy(), Q.copy()), []
    for order in order_of_updates(users, items, np.random.default_rng(4), 2):
        errors = [sgd_step(*by_hand, users[n], items[n], ratings[n], 0.05, 0.1) for n in order]
        expected.append(np.sqrt(np.mean(np.square(errors))))
    got = list(sgd_epochs(P, Q, users, items, ratings, 0.05, 0.1, 2, np.random.default_rng(4)))
    assert np.allclose(got, expected, rtol=1e-12)
    assert np.allclose(P, by_hand[0], rtol=1e-12, atol=1e-13)
    assert np.allclose(Q, by_hand[1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("k", [1, 3, 17])
def test_biased_kernel_is_the_textbook_function(k):
    users, items, ratings, P, Q = problem(k=k)
    arrays = np.zeros(20), np.zeros(15), P, Q
    by_hand, expected = [array.copy() for array in arrays], []
    for order in order_of_updates(users, items, np.random.default_rng(4), 2):
        errors = [biased_sgd_step(3.0, *by_hand, users[n], items[n], ratings[n], 0.05, 0.1) for n in order]
        expected.append(np.sqrt(np.mean(np.square(errors))))
    got = list(biased_sgd_epochs(3.0, *arrays, users, items, ratings, 0.05, 0.1, 2, np.random.default_rng(4)))
    assert np.allclose(got, expected, rtol=1e-12)
    for ours, theirs in zip(arrays, by_hand, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-13)


def test_the_number_of_threads_changes_nothing(monkeypatch):
    monkeypatch.setattr(kernels, "WORTH_THREADS", 0)
    data, before = load_ratings().busiest(100, 100), numba.get_num_threads()
    try:
        fitted = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            fitted += [MatrixFactorization(n_epochs=3, solver=solver).fit(data) for solver in ("sgd", "als")]
    finally:
        numba.set_num_threads(before)
    for one, many in zip(fitted[:2], fitted[2:], strict=True):
        assert np.array_equal(one.P_, many.P_)
        assert np.array_equal(one.b_item_, many.b_item_)


def test_single_precision_is_near_double():
    data = load_ratings().busiest(100, 100)
    double, single = (MatrixFactorization(dtype=dtype).fit(data) for dtype in ("float64", "float32"))
    assert single.P_.dtype == single.b_item_.dtype == np.float32
    assert np.allclose(single.Q_, double.Q_, atol=1e-3)


# --- what it learns and answers


def test_a_planted_matrix_is_recovered_on_cells_it_never_saw():
    rng = np.random.default_rng(0)
    truth = (
        3 + rng.normal(0, 0.5, 80)[:, None] + rng.normal(0, 0.5, 60) + rng.normal(0, 0.7, (80, 2)) @ rng.normal(0, 0.7, (2, 60))
    )
    known = rng.random(truth.shape) < 0.5
    model = MatrixFactorization(n_factors=2, lr=0.03, reg=0.002, n_epochs=300).fit(table(*np.nonzero(known), truth[known]))
    unknown = np.nonzero(~known)
    assert np.sqrt(np.mean((model.predict(*unknown) - truth[unknown]) ** 2)) < 0.1 * truth.std()


def test_predictions_are_the_formula(toy):
    data, model = toy
    predicted = model.predict([1, 4], [2, 7])
    for value, user, item in zip(predicted, (1, 4), (2, 7), strict=True):
        u, i = model.user_index[user], model.item_index[item]
        assert value == pytest.approx(model.mu_ + model.b_user_[u] + model.b_item_[i] + model.P_[u] @ model.Q_[i])
        assert model.scores(u)[i] == pytest.approx(value)


def test_what_is_unknown_contributes_nothing(toy):
    model = toy[1]
    assert model.predict([99], [99]) == pytest.approx(model.mu_)
    assert model.predict([1], [99]) == pytest.approx(model.mu_ + model.b_user_[0])
    assert model.predict([99], [3]) == pytest.approx(model.mu_ + model.b_item_[2])


def test_recommend_leaves_out_what_was_rated_and_sorts(toy):
    data, model = toy
    for user in data.users["user_id"]:
        shown = model.recommend(user)
        seen = set(data.ratings.query("user_id == @user")["item_id"])
        assert set(shown["item_id"]) == set(data.items["item_id"]) - seen
        assert shown["predicted"].is_monotonic_decreasing
    assert len(model.recommend(1, n=12, seen=True)) == 12
    with pytest.raises(KeyError, match="42"):
        model.recommend(42)


def test_ids_may_be_text_and_have_gaps():
    users, items, ratings, _, _ = problem()
    numbers = MatrixFactorization(n_epochs=5).fit(table(users * 7 + 3, items * 1000, ratings))
    text = MatrixFactorization(n_epochs=5).fit(table([f"u{u:02}" for u in users], [f"i{i:02}" for i in items], ratings))
    assert np.array_equal(numbers.P_, text.P_)
    assert np.array_equal(numbers.predict([10], [3000]), text.predict(["u01"], ["i03"]))


def test_fold_in_is_a_ridge_regression(toy):
    model = toy[1]
    b, p = model.fold_in([1, 3, 8], [5, 2, 4])
    A = np.column_stack([model.Q_[[0, 2, 7]], np.ones(3)])
    solved = Ridge(alpha=3 * model.reg, fit_intercept=False).fit(A, np.array([5, 2, 4]) - model.mu_ - model.b_item_[[0, 2, 7]])
    assert np.allclose([*p, b], solved.coef_)
    assert model.fold_in([], [])[0] == 0
    with pytest.raises(KeyError, match="77"):
        model.fold_in([77], [3])


def test_without_biases_everything_but_the_factors_is_zero():
    data = load_ratings("music")
    model = MatrixFactorization(n_factors=2, biases=False).fit(data)
    assert model.mu_ == 0
    assert not model.b_user_.any()
    assert np.allclose(model.scores(1), model.Q_ @ model.P_[1])
    b, p = model.fold_in([1, 2], [5, 1])
    assert b == 0
    assert np.allclose(p, Ridge(alpha=2 * model.reg, fit_intercept=False).fit(model.Q_[:2], [5, 1]).coef_)


def test_validation_is_measured_after_each_epoch():
    data = load_ratings().busiest(60, 60).ratings
    train, held_out = data.iloc[:2000], data.iloc[2000:2500]
    model = MatrixFactorization(n_epochs=7).fit(train, validation=held_out)
    errors = held_out["rating"] - model.predict(held_out["user_id"], held_out["item_id"])
    assert len(model.history_) == len(model.validation_) == model.best_epoch_ == 7
    assert model.validation_[-1] == pytest.approx(np.sqrt(np.mean(errors**2)))


def test_patience_goes_back_to_the_best_epoch():
    data = load_ratings().busiest(60, 60).ratings
    given, held_out = data.iloc[:2000], data.iloc[2000:2500]
    settings = {"n_factors": 30, "lr": 0.05, "reg": 0.01}
    stopped = MatrixFactorization(**settings, n_epochs=200).fit(given, validation=held_out, patience=3)
    assert len(stopped.validation_) == stopped.best_epoch_ + 3 < 200
    assert stopped.best_epoch_ == 1 + int(np.argmin(stopped.validation_))
    errors = held_out["rating"] - stopped.predict(held_out["user_id"], held_out["item_id"])
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(min(stopped.validation_))
    until_then = MatrixFactorization(**settings, n_epochs=stopped.best_epoch_).fit(given)
    assert np.array_equal(until_then.P_, stopped.P_)
    with pytest.raises(ValueError, match="validation"):
        MatrixFactorization().fit(given, patience=3)


def test_partial_fit_goes_on_from_where_the_model_stands():
    data = load_ratings().busiest(80, 80).ratings[["user_id", "item_id", "rating"]]
    late = data["user_id"].isin(data["user_id"].unique()[-20:]) & (data["item_id"] % 2 == 0) | (data["item_id"] % 17 == 0)
    early, late = data[~late], data[late]
    model = MatrixFactorization(n_factors=4, n_epochs=30).fit(early)
    before = model.predict(early["user_id"], early["item_id"])
    model.set_params(n_epochs=0).partial_fit(late)
    assert set(model.item_ids_) == set(data["item_id"])
    assert np.allclose(model.predict(early["user_id"], early["item_id"]), before, atol=1e-12)
    for user_id, u in model.user_index.items():
        rated = set(data.loc[data["user_id"] == user_id, "item_id"])
        assert set(model.item_ids_[model.seen_by(u)].tolist()) == rated

    errors = [np.std(late["rating"] - model.predict(late["user_id"], late["item_id"]))]
    model.set_params(n_epochs=10).partial_fit(late)
    errors.append(np.std(late["rating"] - model.predict(late["user_id"], late["item_id"])))
    assert errors[1] < 0.9 * errors[0]
    assert len(model.history_) == 40


def test_partial_fit_says_what_it_cannot_do():
    data = load_ratings("music")
    first = MatrixFactorization(n_factors=2).partial_fit(data)
    assert np.array_equal(first.P_, MatrixFactorization(n_factors=2).fit(data).P_)
    with pytest.raises(ValueError, match="item_id"):
        first.partial_fit(table([1], ["Firework"], [3.0]))
    with pytest.raises(ValueError, match="fold_in"):
        MatrixFactorization(solver="als").partial_fit(data)


# --- conventions, bad input, files


def test_parameters_as_in_scikit_learn():
    from sklearn.base import clone

    model = MatrixFactorization(n_factors=7)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(lr=0.5).lr == 0.5
    with pytest.raises(ValueError, match="n_factors"):
        model.set_params(factors=3)
    with pytest.raises(NotFitted, match="fit"):
        _ = model.P_


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pd.DataFrame({"user_id": [1], "item_id": [2]}), "rating"),
        (table([], [], []), "no ratings"),
        (table([1, 1], [2, 3], [4.0, np.nan]), "number 1 is not a finite"),
        (table([1, np.nan], [2, 3], [4.0, 1.0]), "user_id number 1 is missing"),
        ([1, 2, 3], "DataFrame"),
    ],
)
def test_bad_input_is_named(given, words):
    with pytest.raises(ValueError, match=words):
        MatrixFactorization().fit(given)


def test_one_rating_in_all_and_more_factors_than_anything():
    model = MatrixFactorization(n_factors=30, n_epochs=3).fit(table([5], [9], [4.0]))
    assert np.isfinite(model.predict([5], [9])).all()
    assert len(model.recommend(5)) == 0


def test_a_saved_model_comes_back_whole(toy, tmp_path):
    model = toy[1]
    back = MatrixFactorization.load(model.save(tmp_path / "model"))
    assert back.get_params() == model.get_params()
    assert back.recommend(1).equals(model.recommend(1))
    assert np.array_equal(back.history_, model.history_)


def test_a_damaged_or_foreign_file_is_named(toy, tmp_path):
    path = tmp_path / "model.npz"
    toy[1].save(path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"not a model", b"\x80\x04pickle"):
        path.write_bytes(damaged)
        with pytest.raises(ModelFileError, match="model.npz"):
            MatrixFactorization.load(path)
    np.savez(path, P=np.ones(3))
    with pytest.raises(ModelFileError, match="model.npz"):
        MatrixFactorization.load(path)
    with pytest.raises(FileNotFoundError):
        MatrixFactorization.load(tmp_path / "none.npz")


# --- alternating least squares


def als_problem():
    rng = np.random.default_rng(5)
    known = rng.random((20, 15)) < 0.4
    known[3], known[3, 4] = False, True  # a user with one rating
    return table(*np.nonzero(known), rng.uniform(1, 5, known.sum()))


@pytest.mark.parametrize("biases", [True, False])
def test_als_leaves_every_item_at_its_ridge_regression(biases):
    data = als_problem()
    model = MatrixFactorization(n_factors=3, reg=0.2, n_epochs=4, solver="als", biases=biases).fit(data)
    for item, given in data.groupby("item_id"):
        rows = [model.user_index[u] for u in given["user_id"]]
        A = np.column_stack([model.P_[rows], np.ones(len(rows))]) if biases else model.P_[rows]
        targets = given["rating"] - model.mu_ - model.b_user_[rows]
        solved = Ridge(alpha=0.2 * len(rows), fit_intercept=False).fit(A, targets).coef_
        i = model.item_index[item]
        assert np.allclose([*model.Q_[i], model.b_item_[i]] if biases else model.Q_[i], solved, atol=1e-8)


def regularized(model, data):
    users, items = (
        data[name].map(index).to_numpy() for name, index in (("user_id", model.user_index), ("item_id", model.item_index))
    )
    errors = data["rating"] - model.predict(data["user_id"], data["item_id"])
    weights = sum(
        (part**2).reshape(len(part), -1).sum(1)[rows]
        for part, rows in ((model.P_, users), (model.Q_, items), (model.b_user_, users), (model.b_item_, items))
    )
    return float((errors**2).sum() + model.reg * weights.sum())


def test_als_never_raises_its_loss():
    data = als_problem()
    losses = [regularized(MatrixFactorization(3, reg=0.2, n_epochs=n, solver="als").fit(data), data) for n in range(1, 8)]
    assert all(later <= earlier + 1e-9 for earlier, later in zip(losses, losses[1:], strict=False))
    assert losses[-1] < losses[0]


def test_als_and_sgd_reach_the_same_optimum():
    rng = np.random.default_rng(1)
    truth = 3 + rng.normal(size=(20, 2)) @ rng.normal(size=(2, 15))
    known = rng.random(truth.shape) < 0.7
    data = table(*np.nonzero(known), truth[known])
    als = MatrixFactorization(2, reg=0.05, n_epochs=200, solver="als").fit(data)
    sgd = MatrixFactorization(2, lr=0.002, reg=0.05, n_epochs=4000).fit(data)
    assert regularized(sgd, data) == pytest.approx(regularized(als, data), rel=0.005)
    assert np.allclose(sgd.predict(*np.nonzero(known)), als.predict(*np.nonzero(known)), atol=0.1)


@pytest.mark.parametrize("biases", [True, False])
def test_conjugate_gradient_with_as_many_steps_as_factors_is_exact(biases):
    data = als_problem()
    settings = {"n_factors": 3, "reg": 0.2, "n_epochs": 4, "solver": "als", "biases": biases}
    exact, steps = (MatrixFactorization(**settings, cg_steps=n).fit(data) for n in (None, 8))
    for name in ("P_", "Q_", "b_user_", "b_item_", "history_"):
        assert np.allclose(getattr(exact, name), getattr(steps, name), atol=1e-8), name


def test_a_few_steps_of_conjugate_gradient_reach_the_optimum_in_more_epochs():
    data = als_problem()
    settings = {"n_factors": 5, "reg": 0.2, "solver": "als"}
    exact = MatrixFactorization(**settings, n_epochs=300).fit(data)
    steps = MatrixFactorization(**settings, n_epochs=300, cg_steps=1).fit(data)
    assert regularized(steps, data) == pytest.approx(regularized(exact, data), rel=1e-4)


def test_als_history_is_the_error_after_each_epoch():
    data = als_problem()
    model = MatrixFactorization(n_factors=3, reg=0.2, n_epochs=4, solver="als").fit(data)
    errors = data["rating"] - model.predict(data["user_id"], data["item_id"])
    assert model.history_[-1] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)


@pytest.mark.parametrize("cg_steps", [None, 3])
def test_a_row_that_has_gone_wrong_leaves_its_neighbours_alone(cg_steps):
    """A vector of NaN on one side spoils those who rated it, not whoever is solved after them."""
    from mfref.models.ridge import side, solve_side

    rng = np.random.default_rng(0)
    users, items = np.repeat(np.arange(200), 2), np.tile([0, 1], 200)
    items[2:] = 1 + rng.integers(0, 5, 398)  # only user 0 has rated item 0
    P, Q, ratings = rng.normal(size=(201, 3)), rng.normal(size=(6, 3)), rng.uniform(1, 5, 400)
    P[200], Q[0] = np.nan, np.nan  # user 200 has no ratings
    solve_side(P, np.zeros(201), Q, np.zeros(6), side(users, items, ratings, 201), 0.1, False, cg_steps)
    assert np.isnan(P[0]).all()
    assert np.isfinite(P[1:]).all()
    assert not P[200].any()


def test_als_recovers_a_planted_matrix():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(80, 2)) @ rng.normal(size=(2, 60))
    known = rng.random(truth.shape) < 0.5
    model = MatrixFactorization(2, reg=1e-4, n_epochs=60, solver="als", biases=False).fit(table(*np.nonzero(known), truth[known]))
    unknown = np.nonzero(~known)
    assert np.sqrt(np.mean((model.predict(*unknown) - truth[unknown]) ** 2)) < 0.01 * truth.std()


def test_an_unknown_solver_is_named():
    with pytest.raises(ValueError, match="'adam'"):
        MatrixFactorization(solver="adam").fit(als_problem())
