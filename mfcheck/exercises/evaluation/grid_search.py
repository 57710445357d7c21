"""grid_search: every combination of the settings is tried on ratings that training has not seen."""

import itertools

import numpy as np

from mfcheck.exercise import Exercise, group
from mfcheck.exercises.evaluation._search_mistakes import (
    best_is_a_row,
    biases_left_out,
    compared_on_training,
    factors_left_out,
    first_setting_only,
    first_wins,
    fixed_seed,
    highest_wins,
    improvements_only,
    keys_by_position,
    last_wins,
    nan_wins,
    not_the_root,
    one_key_at_a_time,
    own_generator,
    parts_exchanged,
    trained_on_both,
    zipped,
)
from mfcheck.exercises.evaluation._searches import (
    COLUMNS,
    NO_STEP,
    STEP,
    WILD,
    WITHOUT_LEARNING,
    contradiction,
    habits,
    measured_without_learning,
    misleads,
    problem,
    rmse_by_lr,
    search_facts,
    table_of,
    tastes,
)
from mfcheck.rules import EachRun, Facts
from mfref import biases, evaluation


def with_more(facts_of_a_search):
    """A rule: what holds of every search, and the given facts where the table can be read."""

    def facts(runs):
        (run,) = runs
        general = search_facts(run)
        return general | facts_of_a_search(run, table_of(run)[0]) if general[COLUMNS] is True else general

    return EachRun(facts)


def law_facts(run, best):
    """Learning pays where the validation part follows the rule of the training part, and misleads where it contradicts it."""
    rmse, lr = rmse_by_lr(run), best.get("lr")
    if misleads(run):
        return {
            WITHOUT_LEARNING: measured_without_learning(run),
            "where training misleads, the rmse gets worse": rmse[STEP] > 1.3 * rmse[NO_STEP],
            "where training misleads, best is the setting that learns nothing": lr == NO_STEP,
        }
    return {
        "where there is something to learn, the lr that learns halves the rmse": rmse[STEP] < 0.5 * rmse[NO_STEP],
        "where there is something to learn, best has the lr that learns, and the smallest reg": (lr, best.get("reg"))
        == (STEP, 0.01),
    }


@group("the law: trained on one part, compared on the other, every combination; the lowest RMSE wins", 3, with_more(law_facts))
def one_is_clearly_better(rng):
    """Training that misleads; a rule that biases can learn; a rule that only factors can learn."""
    yield problem(rng, contradiction(rng), n_factors=[1])
    yield problem(rng, habits(rng), n_factors=[1], reg=[0.01, 8.0])
    yield problem(rng, tastes(rng))
    yield problem(rng, contradiction(rng), lr=[STEP, NO_STEP], n_epochs=[10, 12])
    yield problem(rng, habits(rng), lr=[STEP, NO_STEP], reg=[8.0, 0.01])


def exploded_facts(run, best):
    return {
        "a training run that explodes shows in rmse": not rmse_by_lr(run)[WILD] < 100,
        "best is a setting whose training did not explode": best.get("lr") != WILD,
    }


@group("a setting whose training explodes is in the table, and is never best", 1, with_more(exploded_facts))
def explosions(rng):
    """The RMSE of such a setting is NaN. First it stands before the others, then behind them."""
    yield problem(rng, habits(rng), lr=[WILD, STEP], n_epochs=[10])
    yield problem(rng, habits(rng), lr=[STEP, NO_STEP, WILD], n_epochs=[10])


@group("other grids: one value each, several of all, the keys in another order", 1, with_more(lambda run, best: {}))
def other_grids(rng):
    """A single setting; two values of everything; the same grid with its keys turned round."""
    yield problem(rng, habits(rng), lr=[STEP], n_factors=[2], n_epochs=[4])
    grid = {"n_factors": [1, 4], "lr": [0.05, 0.02], "reg": [0.1, 0.0], "n_epochs": [1, 2]}
    yield problem(rng, tastes(rng), **grid)
    arguments = problem(rng, tastes(rng), **grid)
    yield arguments | {"grid": dict(reversed(arguments["grid"].items()))}


def chance_facts(runs):
    one, again, other = ([rmse for _, rmse in table_of(run)[1]] for run in runs)
    return {
        "the same generator state gives the same table": one == again,
        "another generator gives other numbers": one != other,
    }


@group("rng draws, and nothing else does", 1, Facts(chance_facts))
def generators(rng):
    """The same generator twice, then another, on the same ratings."""
    arguments, seed = problem(rng, tastes(rng), n_epochs=[3]), int(rng.integers(2**32))
    for s in (seed, seed, seed + 1):
        yield arguments | {"rng": np.random.default_rng(s)}


def loops_in_loops(train, validation, n_users, n_items, grid, rng):
    import pandas as pd

    table = pd.DataFrame(columns=["n_factors", "lr", "reg", "n_epochs", "rmse"])
    lowest, best = float("inf"), None
    users, items, ratings = validation
    for n_factors in grid["n_factors"]:
        for lr in grid["lr"]:
            for reg in grid["reg"]:
                for n_epochs in grid["n_epochs"]:
                    mu, b_user, b_item, P, Q, history = biases.train_biased_sgd(
                        *train, n_users, n_items, n_factors, lr, reg, n_epochs, rng
                    )
                    squared = 0.0
                    for u, i, r in zip(users, items, ratings):
                        squared += (r - (mu + b_user[u] + b_item[i] + sum(P[u] * Q[i]))) ** 2
                    rmse = (squared / len(ratings)) ** 0.5
                    print(n_factors, lr, reg, n_epochs, rmse)
                    table.loc[len(table)] = [n_factors, lr, reg, n_epochs, rmse]
                    if rmse < lowest:
                        lowest, best = rmse, {"n_factors": n_factors, "lr": lr, "reg": reg, "n_epochs": n_epochs}
    return best, table


def sorted_table_with_more_columns(train, validation, n_users, n_items, grid, rng):
    """The row as a dict, with its floats and its RMSE; the table sorted, with the training error beside."""
    import pandas as pd

    rows = []
    for n_factors, lr, reg, n_epochs in itertools.product(*(grid[k] for k in ("n_factors", "lr", "reg", "n_epochs"))):
        *model, history = biases.train_biased_sgd(*train, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
        error = evaluation.rmse(validation[2], biases.predict_biased(*model, validation[0], validation[1]))
        rows.append((error, n_epochs, reg, lr, n_factors, history[-1]))
    table = pd.DataFrame(rows, columns=["rmse", "n_epochs", "reg", "lr", "n_factors", "training"]).sort_values("rmse")
    return table.iloc[0].to_dict(), table


def same_start_for_each(train, validation, n_users, n_items, grid, rng):
    """Every setting from its own copy of the generator, so that they differ by nothing but the setting."""
    import copy

    import pandas as pd

    rows = []
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid.keys(), values))
        model = biases.train_biased_sgd(*train, n_users, n_items, **setting, rng=copy.deepcopy(rng))[:5]
        setting["rmse"] = evaluation.rmse(validation[2], biases.predict_biased(*model, *validation[:2]))
        rows.append(setting)
    table = pd.DataFrame(rows)
    best = table.loc[table["rmse"].idxmin(), list(grid)].to_dict()
    return [{**best, "n_factors": int(best["n_factors"]), "n_epochs": int(best["n_epochs"])}, table]


def single_precision_and_infinity(train, validation, n_users, n_items, grid, rng):
    """RMSEs as float32, that of an exploded run as infinity."""
    best, table = evaluation.grid_search(train, validation, n_users, n_items, grid, rng)
    table["rmse"] = table["rmse"].fillna(np.inf).astype(np.float32)
    return best, table[::-1]


exercise = Exercise(
    number="5.7",
    task="Train with train_biased_sgd on `train` for every combination of the values in `grid`; return (best, table): a DataFrame with a row for each, its "
    "settings and its RMSE on `validation` in the column rmse; and the setting with the lowest RMSE as a dict.",
    reference=evaluation.grid_search,
    uses=("rmse",),
    groups=(one_is_clearly_better, explosions, other_grids, generators),
    mistakes=(
        compared_on_training,
        trained_on_both,
        parts_exchanged,
        highest_wins,
        last_wins,
        first_wins,
        first_setting_only,
        zipped,
        one_key_at_a_time,
        keys_by_position,
        nan_wins,
        not_the_root,
        best_is_a_row,
        biases_left_out,
        factors_left_out,
        fixed_seed,
        own_generator,
        improvements_only,
    ),
    hints=(
        "With two values for lr and three for reg there are six settings. Which loop, or which function of `itertools`, visits them all?",
        "For each setting: train on `train`, predict the users and items of `validation`, measure. Keep setting and error together as one row.",
        "`itertools.product(*grid.values())` gives the values of each setting, `dict(zip(grid, values))` names them, and "
        "`train_biased_sgd(*train, n_users, n_items, **setting, rng=rng)` takes them. Mind NaN when you look for the lowest.",
    ),
    variants=(loops_in_loops, sorted_table_with_more_columns, same_start_for_each, single_precision_and_infinity),
)
