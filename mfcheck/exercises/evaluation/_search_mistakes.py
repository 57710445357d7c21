"""What goes wrong in grid_search: wrong implementations, and what to say to whoever wrote them."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.evaluation._searches import every_combination
from mfref import biases, sgd


def measured(
    train, validation, n_users, n_items, setting, rng, error=lambda r, predicted: np.sqrt(np.mean((r - predicted) ** 2))
):
    *model, _ = biases.train_biased_sgd(*train, n_users, n_items, **setting, rng=rng)
    return error(validation[2], biases.predict_biased(*model, *validation[:2]))


def lowest(rows):
    return min(rows, key=lambda row: np.inf if np.isnan(row["rmse"]) else row["rmse"])


def search(settings=every_combination, measure=measured, choose=lowest, result=lambda best, table: (best, table)):
    """A grid search with its parts exchanged."""

    def grid_search(train, validation, n_users, n_items, grid, rng):
        import pandas as pd

        rows = [setting | {"rmse": measure(train, validation, n_users, n_items, setting, rng)} for setting in settings(grid)]
        best = {name: value for name, value in choose(rows).items() if name != "rmse"}
        return result(best, pd.DataFrame(rows))

    return grid_search


@mistake(
    title="The settings are compared on the training part",
    message="The error in the table is that of the ratings which training has seen. There a setting wins that learns by heart: more factors, less "
    "regularization, more epochs always look better. Only ratings put aside show what a setting is worth.",
    next_step="Predict the users and items of `validation`, and compare with its ratings.",
    also=(
        search(measure=lambda train, _, n, m, setting, rng: biases.train_biased_sgd(*train, n, m, **setting, rng=rng)[-1][-1]),
    ),
)
def compared_on_training(train, validation, n_users, n_items, grid, rng):
    return search()(train, train, n_users, n_items, grid, rng)


@mistake(
    title="It trains on the validation part as well",
    message="The validation ratings are among those that the model is trained on, so it has seen the answers. The error in the table is too good, and "
    "nothing is left to compare on.",
    next_step="Give `train_biased_sgd` the three arrays of `train` only.",
)
def trained_on_both(train, validation, n_users, n_items, grid, rng):
    both = tuple(np.concatenate(pair) for pair in zip(train, validation))
    return search()(both, validation, n_users, n_items, grid, rng)


@mistake(
    title="Training and validation part are exchanged",
    message="The model was trained on the validation part and measured on the training part.",
    next_step="Train on `train`, measure on `validation`.",
)
def parts_exchanged(train, validation, n_users, n_items, grid, rng):
    return search()(validation, train, n_users, n_items, grid, rng)


@mistake(
    title="The setting with the highest RMSE won",
    message="The table is right, but `best` is its worst row. RMSE is an error: less is better.",
    next_step="Look for the minimum.",
    also=(search(choose=lambda rows: sorted(rows, key=lambda row: row["rmse"])[-1]),),
)
def highest_wins(train, validation, n_users, n_items, grid, rng):
    return search(choose=lambda rows: max(rows, key=lambda row: -np.inf if np.isnan(row["rmse"]) else row["rmse"]))(
        train, validation, n_users, n_items, grid, rng
    )


@mistake(
    title="`best` is the setting tried last",
    message="Whatever the table says, `best` is its last row: it is overwritten at every turn of the loop.",
    next_step="Replace `best` only where the new RMSE is lower than the lowest so far.",
)
def last_wins(train, validation, n_users, n_items, grid, rng):
    return search(choose=lambda rows: rows[-1])(train, validation, n_users, n_items, grid, rng)


@mistake(
    title="`best` is the first setting",
    message="Whatever the table says, `best` is its first row: no later setting ever takes its place.",
    next_step="Compare each RMSE with the lowest so far, and remember setting and RMSE together.",
)
def first_wins(train, validation, n_users, n_items, grid, rng):
    return search(choose=lambda rows: rows[0])(train, validation, n_users, n_items, grid, rng)


@mistake(
    title="Only the first setting was tried",
    message="The table has a single row, though the grid has more combinations. Perhaps `return` stands inside the loop.",
    next_step="Check the indentation of `return`; the loop must come to its end.",
)
def first_setting_only(train, validation, n_users, n_items, grid, rng):
    return search(lambda grid: every_combination(grid)[:1])(train, validation, n_users, n_items, grid, rng)


@mistake(
    title="The lists were zipped, not combined",
    message="The first values were tried together, then the second ones, and so on. A grid has every value of one list with every value of the others: "
    "2 × 3 × 1 × 1 lists make 6 settings.",
    next_step="Use `itertools.product`, or a loop inside a loop for each key.",
)
def zipped(train, validation, n_users, n_items, grid, rng):
    return search(lambda grid: [dict(zip(grid, v)) for v in zip(*grid.values())])(train, validation, n_users, n_items, grid, rng)


def one_key_changed(grid):
    """The first value of each key, and each other value with the first of all the others."""
    first = every_combination(grid)[0]
    return [first] + [first | {name: value} for name, values in grid.items() for value in values[1:]]


@mistake(
    title="Only one key was changed at a time",
    message="Settings that differ from the first in two keys were not tried. What is best together is not always best one by one: more factors, for "
    "example, need more regularization.",
    next_step="Try every value with every value of the other keys.",
)
def one_key_at_a_time(train, validation, n_users, n_items, grid, rng):
    return search(one_key_changed)(train, validation, n_users, n_items, grid, rng)


@mistake(
    title="The keys are taken by their position",
    message="The values of a grid whose keys stand in another order went to the wrong parameters. A dict is read by its keys, not by their order.",
    next_step='Read each list by name, as in `grid["lr"]`, or carry each value together with its key.',
)
def keys_by_position(train, validation, n_users, n_items, grid, rng):
    names = ("n_factors", "lr", "reg", "n_epochs")
    return search(lambda grid: [dict(zip(names, setting.values())) for setting in every_combination(grid)])(
        train, validation, n_users, n_items, grid, rng
    )


def first_stays_if_nan(rows):
    best = rows[0]
    for row in rows[1:]:
        if row["rmse"] < best["rmse"]:
            best = row
    return best


@mistake(
    title="A setting whose training exploded won",
    message="The RMSE of such a setting is NaN, and every comparison with NaN is False. `np.argmin` takes NaN for the lowest, and a NaN that comes first "
    "is never beaten.",
    next_step="Start with infinity as the lowest RMSE so far and ask `if rmse < lowest`, or use `np.nanargmin`.",
    also=(search(choose=first_stays_if_nan),),
)
def nan_wins(train, validation, n_users, n_items, grid, rng):
    return search(choose=lambda rows: rows[np.argmin([row["rmse"] for row in rows])])(
        train, validation, n_users, n_items, grid, rng
    )


def measured_with(error):
    return search(measure=lambda *arguments: measured(*arguments, error=error))


@mistake(
    title="The column holds another error, not the RMSE",
    message="The numbers in `rmse` are means of squared or of absolute errors. Nobody can compare them with the ladder of RMSEs above.",
    next_step="Use your `rmse` from exercise 5.1.",
    also=(measured_with(lambda r, predicted: np.mean(np.abs(r - predicted))),),
)
def not_the_root(train, validation, n_users, n_items, grid, rng):
    return measured_with(lambda r, predicted: np.mean((r - predicted) ** 2))(train, validation, n_users, n_items, grid, rng)


def in_a_row(best, table):
    """`best` as a row of the table."""
    return table.loc[table["rmse"].idxmin()], table


@mistake(
    title="`best` is a row of the table, not a dict",
    message="`best` came as a part of the DataFrame. There all values have become floats, and a setting is wanted that can be handed on with `**best`.",
    next_step="Make a dict of the four settings, and leave the RMSE out.",
    also=(search(result=lambda best, table: (table.nsmallest(1, "rmse"), table)),),
)
def best_is_a_row(train, validation, n_users, n_items, grid, rng):
    return search(result=in_a_row)(train, validation, n_users, n_items, grid, rng)


def without_biases(train, validation, n_users, n_items, setting, rng):
    P, Q, _ = sgd.train_sgd(*train, n_users, n_items, **setting, rng=rng)
    return np.sqrt(np.mean((validation[2] - (P[validation[0]] * Q[validation[1]]).sum(axis=1)) ** 2))


def factors_alone(train, validation, n_users, n_items, setting, rng):
    P, Q = biases.train_biased_sgd(*train, n_users, n_items, **setting, rng=rng)[3:5]
    return np.sqrt(np.mean((validation[2] - (P[validation[0]] * Q[validation[1]]).sum(axis=1)) ** 2))


@mistake(
    title="The mean and the biases are left out",
    message="With a tiny learning rate the prediction should be the mean rating. Yours is nearly 0: it comes from the factors alone.",
    next_step="Train with `train_biased_sgd` and predict with `predict_biased`, lesson 04.",
    also=(search(measure=without_biases),),
)
def biases_left_out(train, validation, n_users, n_items, grid, rng):
    return search(measure=factors_alone)(train, validation, n_users, n_items, grid, rng)


def biases_alone(train, validation, n_users, n_items, setting, rng):
    *model, _, _, _ = biases.train_biased_sgd(*train, n_users, n_items, **setting, rng=rng)
    return np.sqrt(np.mean((validation[2] - biases.predict_baseline(*model, *validation[:2])) ** 2))


@mistake(
    title="The factors are left out of the prediction",
    message="The factors are trained, but the prediction is made of the mean and the biases only. What a user likes especially is lost.",
    next_step="Predict with `predict_biased`, which adds p · q.",
)
def factors_left_out(train, validation, n_users, n_items, grid, rng):
    return search(measure=biases_alone)(train, validation, n_users, n_items, grid, rng)


@mistake(
    title="A seed is fixed inside the function",
    message="The table is the same whatever `rng` is: a generator with a fixed seed is made inside.",
    next_step="Hand the argument `rng` on to the training.",
)
def fixed_seed(train, validation, n_users, n_items, grid, rng):
    return search()(train, validation, n_users, n_items, grid, np.random.default_rng(0))


@mistake(
    title="`rng` is not what draws",
    message="The same `rng` gives another table at every call: a generator without a seed is made inside. Nobody could repeat your result.",
    next_step="Hand the argument `rng` on to the training.",
)
def own_generator(train, validation, n_users, n_items, grid, rng):
    return search()(train, validation, n_users, n_items, grid, np.random.default_rng())


@mistake(
    title="Only settings that improved are in the table",
    message="A row is missing for each setting that was not better than those before it. The table should show the bad ones, too: from them one sees what "
    "matters, and in which direction to go on.",
    next_step="Append a row at every turn of the loop, outside the `if`.",
)
def improvements_only(train, validation, n_users, n_items, grid, rng):
    return search(result=lambda best, table: (best, table[table["rmse"] == table["rmse"].cummin()]))(
        train, validation, n_users, n_items, grid, rng
    )
