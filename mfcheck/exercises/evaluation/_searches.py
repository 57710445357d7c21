"""Small searches for grid_search: ratings on which one setting is better whatever is drawn, and what a table says of them."""

import itertools

import numpy as np

from mfcheck.wire import pandas_kind

KEYS = ("n_factors", "lr", "reg", "n_epochs")
NO_STEP, STEP, WILD = 1e-7, 0.1, 1000.0  # learning rates: nothing is learned, much is learned, everything explodes
COLUMNS = "the table has the columns n_factors, lr, reg, n_epochs and rmse"
WITHOUT_LEARNING = "where lr is nearly 0, the rmse is that of predicting the mean training rating for the validation part"


def problem(rng, ratings, **grid):
    """A search on `ratings`, a pair (train, validation). The last item is rated by nobody."""
    train, validation = ratings
    return {
        "train": train,
        "validation": validation,
        "n_users": int(train[0].max()) + 1,
        "n_items": int(max(train[1].max(), validation[1].max())) + 2,
        "grid": {"n_factors": [3], "lr": [NO_STEP, STEP], "reg": [0.01], "n_epochs": [20]} | grid,
        "rng": np.random.default_rng(rng.integers(2**32)),
    }


def habits(rng):
    """Users and items that lie above or below the mean, all of it learned by the biases."""
    user, item = rng.permutation([-1, -0.6, 0.2, 0.7, 1]), rng.permutation([-0.8, -0.5, 0.4, 1])
    return one_held_out_of_each(rng.uniform(2.8, 3.2) + user[:, None] + item)


def tastes(rng):
    """Two camps of users and two of items, nothing for a bias to learn: only factors can."""
    user, item = (rng.permutation([-1, -1, -1, 1, 1, 1]) for _ in range(2))
    return one_held_out_of_each(rng.uniform(2.8, 3.2) + 1.5 * user[:, None] * item)


def one_held_out_of_each(table):
    """→ (train, validation) of a table of ratings, one rating of each user held out"""
    users, items = (index.ravel() for index in np.indices(table.shape))
    out = items == users % table.shape[1]
    return tuple((users[part], items[part], table[users[part], items[part]]) for part in (~out, out))


def contradiction(rng):
    """Whoever rates high in the training part rates low in the validation part: what is learned there makes it worse.

    The numbers are such that every other error that someone might take for the RMSE lies far from it.
    """
    high, other_high, *low = rng.permutation(4)
    users, items = np.repeat([high, other_high, *low], 4), np.tile(rng.permutation(4), 4)
    middle = rng.uniform(2.9, 3.1)
    train = users, items, middle + np.repeat([1.5, 1.5, -1.5, -1.5], 4)
    newcomers = 4 + np.array([0, 0, 1, 2, 0, 1, 2])
    validation = np.repeat([high, *low], (1, 3, 3)), newcomers, middle + np.array([0.0, 0.3, 0.5, 2.4, 0.3, 0.9, 1.6])
    return train, validation


def misleads(run):
    """Whether the ratings of the run are a `contradiction`: there the validation part has items that training has not."""
    return not set(run.arguments["validation"][1]) <= set(run.arguments["train"][1])


def every_combination(grid):
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def table_of(run):
    """→ (best, list of (setting, rmse)). Raises where there is no table of settings."""
    best, table = run.outcome.value
    if not isinstance(best, dict) or pandas_kind(table) != "DataFrame":
        raise TypeError("not a dict and a DataFrame")
    rows = zip(*(np.asarray(table[name], dtype=float).tolist() for name in (*KEYS, "rmse")), strict=True)
    return best, [(dict(zip(KEYS, values, strict=False)), values[-1]) for values in rows]


def search_facts(run):
    """What holds of every search, as sentences."""
    columns = getattr(run.outcome.value[1], "columns", None)
    if columns is not None and not {*KEYS, "rmse"} <= set(columns):
        return {COLUMNS: f"it has {', '.join(map(str, columns))}"}
    best, rows = table_of(run)
    tried = [tuple(setting.values()) for setting, _ in rows]
    wanted = [tuple(float(setting[name]) for name in KEYS) for setting in every_combination(run.arguments["grid"])]
    lowest = min(rows, key=lambda row: row[1] if row[1] == row[1] else np.inf)[0]
    return {
        COLUMNS: True,
        "the table has one row for every combination of the values in the grid, and no others": sorted(tried) == sorted(wanted)
        or f"{len(tried)} rows, {len(set(tried) & set(wanted))} of {len(wanted)} combinations",
        "best has a value for each of n_factors, lr, reg, n_epochs": set(KEYS) <= set(best)
        or f"it has {', '.join(map(str, best))}",
        "best is the setting with the lowest rmse in the table": {name: best.get(name) for name in KEYS} == lowest,
    }


def measured_without_learning(run):
    """What the entry in `rmse` of a setting that learns nothing turns out to be: True for what it should be, or words."""
    got = rmse_by_lr(run)[NO_STEP]
    train, validation = (run.arguments[part][2] for part in ("train", "validation"))
    both = np.concatenate([train, validation])
    known = (
        (True, off(validation, train.mean()) ** 0.5),
        ("it is the mean squared error", off(validation, train.mean())),
        ("it is the mean absolute error", off(validation, train.mean(), 1)),
        ("it is the RMSE on the training part", off(train, train.mean()) ** 0.5),
        ("it is the RMSE on the training part of a training on the validation part", off(train, validation.mean()) ** 0.5),
        ("it is that of the mean rating of both parts", off(validation, both.mean()) ** 0.5),
        ("it is that of a prediction without the mean", off(validation, 0) ** 0.5),
    )
    words, nearest = min(known, key=lambda pair: abs(got - pair[1]))
    return words if abs(got - nearest) < 0.05 * nearest else "it is something else"


def off(ratings, predicted, power=2):
    return float(np.mean(np.abs(ratings - predicted) ** power))


def rmse_by_lr(run):
    """→ dict lr → the lowest rmse with it; NaN where the table has none."""
    found = {lr: [np.nan] for lr in (*run.arguments["grid"]["lr"], STEP, NO_STEP, WILD)}
    for setting, rmse in table_of(run)[1]:
        found.setdefault(setting["lr"], []).append(rmse)
    return {lr: float(np.fmin.reduce(errors)) for lr, errors in found.items()}
