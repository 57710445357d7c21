"""train_sgd: draw the factors, then epoch after epoch."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.rules import Facts
from mfref import sgd

N_USERS, N_ITEMS = 18, 12


def problem(source, users, items, ratings, **given):
    return {
        "users": np.array(users),
        "items": np.array(items),
        "ratings": np.array(ratings, dtype=float),
        "n_users": int(max(users)) + 1,
        "n_items": int(max(items)) + 1,
        "n_factors": 2,
        "lr": 0.05,
        "reg": 0.01,
        "n_epochs": 3,
        "rng": np.random.default_rng(source.integers(2**32)),
        **given,
    }


def planted(rng, offset=0.0):
    """Ratings that are exactly dot products of two factors, 70 % of them known; item 0 is rated by nobody."""
    truth = offset + rng.uniform(0.6, 1.5, (N_USERS, 2)) @ rng.uniform(0.6, 1.5, (2, N_ITEMS))
    known = rng.random(truth.shape) < 0.7
    known[:, 0] = False
    users, items = np.nonzero(known)
    return problem(rng, users, items, truth[users, items], n_users=N_USERS, n_items=N_ITEMS, n_epochs=20), truth, known


def factors(run):
    P, Q, history = run.outcome.value
    return np.asarray(P, dtype=float), np.asarray(Q, dtype=float), np.asarray(history, dtype=float)


def rmse(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


def planted_facts(runs):
    facts = {}
    for run, what in zip(runs, ("ratings up to 5", "ratings above 5"), strict=True):
        P, Q, history = factors(run)
        facts[f"{what}: the shapes of P and Q"] = (P.shape, Q.shape)
        facts[f"{what}: the number of entries in history"] = len(history)
        facts[f"{what}: the last entry of history is below a third of the first"] = bool(history[-1] < history[0] / 3)
    users, items, ratings = (run.arguments[name] for name in ("users", "items", "ratings"))
    left = rmse(ratings, (P[users] * Q[items]).sum(axis=1))
    facts["the known ratings are learned"] = bool(left < 0.8 * ratings.std())
    return facts


@group("the law: ratings made of two factors are learned; history has a number for each epoch", 2, Facts(planted_facts))
def planted_truth(rng):
    """Twice: ratings between 1 and 5, and a scale that goes beyond 5."""
    yield planted(rng)[0]
    yield planted(rng, offset=4.0)[0]


def history_facts(runs):
    at_rest, one, two, wild = runs
    P, Q, history = factors(at_rest)
    a = at_rest.arguments
    error = rmse(a["ratings"], (P[a["users"]] * Q[a["items"]]).sum(axis=1))
    P1, Q1, _ = factors(one)
    _, _, history2 = factors(two)
    left_after_one = abs(one.arguments["ratings"][0] - P1[0] @ Q1[0])
    return {
        "with lr = 0 every entry is the RMSE of the factors that were drawn": bool(np.allclose(history, error, rtol=1e-4)),
        "the second entry is the error that the first epoch left": bool(np.isclose(history2[1], left_after_one, rtol=1e-4)),
        "a training run that diverges shows it: all entries are there, and they grow": divergence_shows(wild),
    }


def divergence_shows(run):
    """Python's own floats stop with an OverflowError where NumPy's go on with inf: that hides nothing either."""
    if run.outcome.raised:
        return True
    history = factors(run)[2]
    return len(history) == run.arguments["n_epochs"] and not bool(history[-1] <= 2 * history[0])


@group("history is the RMSE of the errors met on the way, before each step", 1, Facts(history_facts, ("OverflowError",)))
def what_history_means(rng):
    """No learning; one rating for one epoch and for two; a learning rate far too large."""
    users, items = [0, 0, 1, 2], [0, 1, 1, 0]
    yield problem(rng, users, items, [5, 3, 4, 1], lr=0.0)
    seed = int(rng.integers(2**32))
    for n_epochs in (1, 2):
        yield problem(rng, [0], [0], [5], lr=0.1, n_epochs=n_epochs, rng=np.random.default_rng(seed))
    yield problem(rng, users, items, [5, 3, 4, 1], lr=5.0, n_epochs=12)


def start_facts(runs):
    before, after, other = (factors(run) for run in runs)
    return {
        "with n_epochs = 0 the history is empty": len(before[2]),
        "an item without ratings keeps the factors that were drawn": bool(np.allclose(before[1][0], after[1][0], atol=1e-12)),
        "another generator gives other factors": not np.allclose(before[0], other[0]),
    }


@group("the factors are drawn once, by rng, and only ratings move them", 1, Facts(start_facts))
def start_and_unrated_item(rng):
    """The same generator with no epoch and with two; then another generator."""
    seed = int(rng.integers(2**32))
    for n_epochs, s in ((0, seed), (2, seed), (0, seed + 1)):
        yield problem(rng, [0, 1, 1], [1, 2, 1], [4, 2, 5], reg=0.3, n_epochs=n_epochs, rng=np.random.default_rng(s))


def train(epoch=sgd.sgd_epoch, init=sgd.init_factors, stop=lambda history: False):
    """A training run with its parts exchanged."""

    def train_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
        P, Q = init(n_users, n_items, n_factors, rng)
        history = []
        for _ in range(n_epochs):
            history.append(epoch(P, Q, users, items, ratings, lr, reg, rng))
            if stop(history):
                break
        return P, Q, history

    return train_sgd


def epoch_over_zeros(P, Q, users, items, ratings, lr, reg, rng):
    table = np.zeros((len(P), len(Q)))
    table[users, items] = ratings
    all_users, all_items = np.nonzero(table > -1)
    return sgd.sgd_epoch(P, Q, all_users, all_items, table.ravel(), lr, reg, rng)


@mistake(
    title="Unknown ratings are trained as zeros",
    message="An item that nobody rated was moved, and the known ratings are not learned: the training goes over all cells of the matrix, the unknown "
    "ones as zeros. Unknown is not a rating of 0.",
    next_step="Train on `users, items, ratings` only, without a full matrix.",
)
def zeros_trained(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return train(epoch_over_zeros)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


@mistake(
    title="The factors are drawn anew in each epoch",
    message="Each epoch starts from new random factors, so nothing learned is kept: the history never falls.",
    next_step="Draw the factors once, before the loop.",
)
def factors_redrawn_each_epoch(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    P, Q = sgd.init_factors(n_users, n_items, n_factors, rng)
    history = []
    for _ in range(n_epochs):
        P, Q = sgd.init_factors(n_users, n_items, n_factors, rng)
        history.append(sgd.sgd_epoch(P, Q, users, items, ratings, lr, reg, rng))
    return P, Q, history


def clipped_epoch(P, Q, users, items, ratings, lr, reg, rng):
    squares = []
    for n in rng.permutation(len(ratings)):
        p, q = P[users[n]].copy(), Q[items[n]].copy()
        e = ratings[n] - np.clip(p @ q, 1, 5)
        P[users[n]] += lr * (e * q - reg * p)
        Q[items[n]] += lr * (e * p - reg * q)
        squares.append(e**2)
    return np.sqrt(np.mean(squares))


@mistake(
    title="The prediction is clipped while training",
    message="The error was computed from a prediction cut to the range 1 to 5. Beyond the range the error then no longer says how far off the "
    "factors are, and the steps go wrong.",
    next_step="Train on the plain dot product; clip, if at all, what you show.",
)
def clipped_error(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return train(clipped_epoch)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


@mistake(
    title="Divergence is hidden",
    message="With a learning rate far too large the training stops early and the history ends before it shows why. Whoever reads it sees a "
    "short, harmless curve.",
    next_step="Run all n_epochs and keep every entry, also inf and NaN.",
)
def divergence_hidden(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    def stop(history):
        if not np.isfinite(history[-1]) or history[-1] > 1e3:
            history.pop()
            return True
        return False

    return train(stop=stop)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


def rmse_after_epoch(P, Q, users, items, ratings, lr, reg, rng):
    sgd.sgd_epoch(P, Q, users, items, ratings, lr, reg, rng)
    return rmse(ratings, (P[users] * Q[items]).sum(axis=1))


@mistake(
    title="The history was computed anew after each epoch",
    message="Each entry is the RMSE of the factors after the epoch. The history here is made of the errors met on the way, each before its step, as "
    "`sgd_epoch` returns it.",
    next_step="Append what `sgd_epoch` returns.",
)
def after_epoch_history(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return train(rmse_after_epoch)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


@mistake(
    title="History holds squared errors",
    message="The entries are means of squared errors. The history holds their square roots, in the unit of a rating.",
    next_step="Append the RMSE that `sgd_epoch` returns, as it is.",
)
def history_of_mean_squares(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    P, Q, history = sgd.train_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return P, Q, [h**2 for h in history]


@mistake(
    title="The start is always the same",
    message="The factors do not depend on `rng`: a generator with a fixed seed is made inside the function.",
    next_step="Pass `rng` on to `init_factors` and to `sgd_epoch`.",
)
def fixed_seed(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    rng = np.random.default_rng(0)
    return sgd.train_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


@mistake(
    title="Only one epoch",
    message="The history has a single entry: the loop over the epochs is missing, or `return` stands inside it.",
    next_step="Check the indentation of `return`.",
)
def one_epoch_only(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return sgd.train_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, min(n_epochs, 1), rng)


def written_out(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    P = rng.normal(0, 0.1, size=(n_users, n_factors))
    Q = rng.normal(0, 0.1, size=(n_items, n_factors))
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for n in rng.permutation(len(ratings)):
            u, i = users[n], items[n]
            e = ratings[n] - P[u] @ Q[i]
            P[u], Q[i] = P[u] + lr * (e * Q[i] - reg * P[u]), Q[i] + lr * (e * P[u] - reg * Q[i])
            total += e**2
        history.append((total / len(ratings)) ** 0.5)
        print("epoch", epoch, history[-1])
    return P, Q, history


def small_uniform_start(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    P, Q = rng.random((n_users, n_factors)) / n_factors, rng.random((n_items, n_factors)) / n_factors
    return P, Q, np.array([sgd.sgd_epoch(P, Q, users, items, ratings, lr, reg, rng) for _ in range(n_epochs)])


def factor_two_on_both(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return train(lambda P, Q, u, i, r, lr, reg, rng: sgd.sgd_epoch(P, Q, u, i, r, 2 * lr, reg, rng))(
        users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng
    )


def single_precision(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    P, Q = (f.astype(np.float32) for f in sgd.init_factors(n_users, n_items, n_factors, rng))
    history = [sgd.sgd_epoch(P, Q, users, items, ratings, lr, reg, rng) for _ in range(n_epochs)]
    return [P, Q, history]


exercise = Exercise(
    number="3.4",
    task="Draw the factors with init_factors, do n_epochs of sgd_epoch, and return (P, Q, history) with history the list of the "
    "n_epochs training RMSEs.",
    reference=sgd.train_sgd,
    uses=("init_factors", "sgd_step", "sgd_epoch"),
    groups=(planted_truth, what_history_means, start_and_unrated_item),
    mistakes=(
        zeros_trained,
        factors_redrawn_each_epoch,
        clipped_error,
        divergence_hidden,
        after_epoch_history,
        history_of_mean_squares,
        fixed_seed,
        one_epoch_only,
    ),
    hints=(
        "You have written every part already; here they are put together.",
        "Draw once, loop n_epochs times, keep what each epoch returns.",
        "`P, Q = init_factors(…)`, then a list of `sgd_epoch(P, Q, users, items, ratings, lr, reg, rng)`, one for each epoch; return all three.",
    ),
    variants=(written_out, small_uniform_start, factor_two_on_both, single_precision),
)
