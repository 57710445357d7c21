"""impute: fill in what is unknown, in one of four ways."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.svd import _fills as fills
from mfcheck.exercises.svd._fills import WAYS, filling
from mfcheck.rules import EachRun
from mfref import svd


def table(rng, n_users, n_items, unrated_users=(), unrated_items=()):
    """About half of the cells known, every row and column by another number of them; nobody is unrated but those named."""
    known = rng.random((n_users, n_items)) < 0.4
    rated_users, rated_items = (np.setdiff1d(range(n), no) for n, no in ((n_users, unrated_users), (n_items, unrated_items)))
    known[rated_users, rated_items[np.arange(len(rated_users)) % len(rated_items)]] = True
    known[rated_users[0], rated_items] = True
    known[rated_users[1], rated_items[0]] = True
    known[rated_users[1], rated_items[1:]] = False
    known[list(unrated_users)] = False
    known[:, list(unrated_items)] = False
    levels = rng.uniform(0, 3, n_users)[:, None] + rng.uniform(0, 3, n_items)
    return np.where(known, rng.uniform(1, 4, (n_users, n_items)) + levels, np.nan)


@group("the law: known cells stay, unknown ones get 0, the mean of all, of their user, or of their item", points=2)
def all_four_ways(rng):
    """A table by hand; then a square one, more users, and more items."""
    by_hand = np.array([[5.0, 3.0, np.nan], [1.0, np.nan, np.nan], [np.nan, 2.0, 4.0]])
    for R in (by_hand, table(rng, 4, 4), table(rng, 6, 3), table(rng, 3, 5)):
        for how in WAYS:
            yield {"R": R, "how": how}


@group("users and items without ratings get the mean of all known cells", points=1)
def unrated(rng):
    """A blank row, a blank column, both."""
    yield {"R": table(rng, 4, 3, [2]), "how": "user_mean"}
    yield {"R": table(rng, 3, 4, (), [1]), "how": "item_mean"}
    R = table(rng, 5, 4, [4], [0])
    for how in WAYS:
        yield {"R": R, "how": how}


def facts(runs):
    how, raised = runs[0].arguments["how"], runs[0].outcome.raised
    message = raised.message if raised else ""
    return {
        "another `how` raises ValueError": raised is not None,
        "the message names the `how` that was asked for": how in message,
        "the message names the four that there are": all(way in message for way in WAYS),
    }


@group("another how raises ValueError naming it and the four", points=1, rule=EachRun(facts, tolerated=("ValueError",)))
def another_how(rng):
    """A way that is not offered, and a slip of the pen."""
    yield {"R": table(rng, 3, 3), "how": "median"}
    yield {"R": table(rng, 3, 4), "how": "items"}


@mistake(
    title="Unknown cells were counted as zeros",
    message="A mean was taken over all cells, with 0 where nothing is known. Nobody gave these zeros. With one cell in twenty known, such a mean lies near 0.2 stars.",
    next_step="Divide the sum of the known cells by **their** number. `np.nanmean` does that.",
    also=(filling(total=fills.mean_with_zeros), filling(line=fills.mean_with_zeros)),
)
def zeros_counted(R, how):
    return filling(total=fills.mean_with_zeros, line=fills.mean_with_zeros)(R, how)


@mistake(
    title="User means and item means are exchanged",
    message='For "user_mean" the mean of the column was taken, for "item_mean" that of the row. In R a row is a user. `axis=0` runs down the rows, so it gives one '
    "number for each **column**.",
    next_step="Look at the shape of your means: n_users of them for the users.",
    also=(filling(axes=(0, 0)), filling(axes=(1, 1))),
)
def axes_exchanged(R, how):
    return filling(axes=(0, 1))(R, how)


@mistake(
    title="Known ratings were overwritten",
    message="The guess was put into every cell, also where a rating is known. What somebody really said is worth more than any mean.",
    next_step="Change only the cells where `np.isnan(R)` is True.",
    also=(filling(put=fills.everywhere_but_zero),),
)
def known_overwritten(R, how):
    return filling(put=fills.everywhere)(R, how)


@mistake(
    title="The caller's R was filled",
    message="The NaN of the caller's own R are gone: `R[…] = …` writes into the array that was handed over, and `X = R` is only a second name for it. Nobody can tell "
    "known from guessed any more.",
    next_step="Begin with `R.copy()`, or make a new array with `np.where`.",
)
def callers_table_filled(R, how):
    return filling(put=fills.into_the_callers)(R, how)


@mistake(
    title="Who has no ratings stays NaN",
    message="The mean of nothing is NaN, so the row of a user (or the column of an item) without ratings is still blank. The decomposition cannot work on NaN.",
    next_step="Where a mean is NaN, take the mean of all known cells.",
)
def mean_of_nothing(R, how):
    return filling(lonely=np.nan)(R, how)


@mistake(
    title="Who has no ratings gets 0",
    message="A user or an item without ratings was filled with 0. That is worse than the worst rating. Knowing nothing about somebody, expect what is usual: the mean of all.",
    next_step="Where a mean is missing, take the mean of all known cells.",
)
def nothing_means_zero(R, how):
    return filling(lonely=0.0)(R, how)


@mistake(
    title="The mean of all is a mean of means",
    message="First a mean for each user (or item) was taken, then the mean of these. Someone with one rating then weighs as much as someone with a hundred.",
    next_step="Take all known cells at once: `R[~np.isnan(R)]`.",
    also=(filling(total=fills.mean_of_item_means),),
)
def mean_of_user_means(R, how):
    return filling(total=fills.mean_of_means)(R, how)


@mistake(
    title="User means were laid along the columns",
    message="There is a mean for each user, but they were put side by side along a row, so that column n got the mean of user n. `fillna` does that, and so does "
    "NumPy when R happens to be square.",
    next_step="Make the user means a column: `means[:, None]`, or `keepdims=True`.",
    also=(fills.user_means_as_a_row,),
)
def user_means_along_columns(R, how):
    import pandas as pd

    if how != "user_mean":
        return svd.impute(R, how)
    means = np.where(np.isnan(R).all(axis=1), np.nanmean(R), fills.mean_of_known(R, 1)[:, 0])
    return pd.DataFrame(R).fillna(pd.Series(means)).to_numpy()


@mistake(
    title="Another how is taken without a word",
    message="For a `how` that does not exist something came back, or None, as if all was well. A slip of the pen then costs an afternoon.",
    next_step="End with `raise ValueError(…)`, and name in it what was asked for and what there is.",
)
def no_error(R, how):
    return filling(otherwise=lambda how: None)(R, how)


@mistake(
    title="The error says too little",
    message="A ValueError comes, but its message lacks the `how` that was asked for, or the four that there are. Whoever reads it wants to know both.",
    next_step="Put `how` and the four names into the message.",
    also=(filling(otherwise=fills.naming_only_the_four), filling(otherwise=fills.raising(ValueError("unknown")))),
)
def error_says_too_little(R, how):
    return filling(otherwise=fills.naming_only_it)(R, how)


@mistake(
    title="Another kind of error was raised",
    message="For an unknown `how` an error comes, but not a ValueError. A dict of ways raises KeyError by itself, and whoever is prepared for a ValueError does not "
    "catch that.",
    next_step="Raise ValueError yourself.",
    also=(filling(otherwise=fills.raising(AssertionError("how"))), filling(otherwise=fills.raising(UnboundLocalError("guess")))),
)
def other_exception(R, how):
    return filling(otherwise=fills.raising(KeyError(how)))(R, how)


def loops(R, how):
    if how not in WAYS:
        raise ValueError(f"{how!r}? Choose from {WAYS}")
    known = [(u, i) for u in range(R.shape[0]) for i in range(R.shape[1]) if R[u, i] == R[u, i]]
    filled = [[float(r) for r in row] for row in R]
    for u in range(R.shape[0]):
        for i in range(R.shape[1]):
            if np.isnan(R[u, i]):
                side = {"user_mean": [c for c in known if c[0] == u], "item_mean": [c for c in known if c[1] == i]}
                cells = side.get(how) or known
                filled[u][i] = 0 if how == "zero" else sum(R[c] for c in cells) / len(cells)
    return filled


def with_nanmean(R, how):
    warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=1)
    mean = np.nanmean(R)
    ways = {
        "zero": 0,
        "global_mean": mean,
        "user_mean": np.nan_to_num(np.nanmean(R, axis=1, keepdims=True), nan=mean),
        "item_mean": np.nan_to_num(np.nanmean(R, axis=0), nan=mean),
    }
    if how not in ways:
        raise ValueError(f"how must be in {list(ways)}, not {how}")
    return np.where(np.isnan(R), ways[how], R)


def with_pandas(R, how):
    import pandas as pd

    frame, mean = pd.DataFrame(R), np.nanmean(R)
    if how == "zero":
        return frame.fillna(0).to_numpy()
    if how == "global_mean":
        return frame.fillna(mean).to_numpy()
    if how == "user_mean":
        return frame.T.fillna(frame.mean(axis=1)).fillna(mean).T.to_numpy()
    if how == "item_mean":
        return frame.fillna(frame.mean()).fillna(mean).to_numpy()
    raise ValueError(f"{how} is not zero, global_mean, user_mean or item_mean")


def copied_and_indexed(R, how):
    filled, (rows, columns) = np.array(R, dtype=np.float32), np.nonzero(np.isnan(R))
    mean = filled[~np.isnan(R)].astype(float).mean()
    if how == "zero":
        filled[rows, columns] = 0
    elif how == "global_mean":
        filled[rows, columns] = mean
    elif how in ("user_mean", "item_mean"):
        lines, index = (R, rows) if how == "user_mean" else (R.T, columns)
        means = [np.mean(line[~np.isnan(line)]) if (~np.isnan(line)).any() else mean for line in lines]
        filled[rows, columns] = np.array(means)[index]
    else:
        raise ValueError(f"{how}: there are zero, global_mean, user_mean and item_mean")
    return filled


exercise = Exercise(
    number="9.1",
    task="Return a copy of R whose NaN are filled in: with 0, or the mean of all known cells, of the user's row, or of the item's column. Without any "
    "rating in the row or column: the mean of all. Another `how` raises ValueError naming it and the four.",
    reference=svd.impute,
    groups=(all_four_ways, unrated, another_how),
    mistakes=(
        zeros_counted,
        axes_exchanged,
        known_overwritten,
        callers_table_filled,
        mean_of_nothing,
        nothing_means_zero,
        mean_of_user_means,
        user_means_along_columns,
        no_error,
        error_says_too_little,
        other_exception,
    ),
    hints=(
        "Two questions, one after the other: what is the guess for each cell, and which cells need one?",
        "`np.nanmean(R, axis=1, keepdims=True)` gives a column of user means, `axis=0` a row of item means. `np.where(np.isnan(R), guess, R)` puts guesses into the "
        "blanks only, and stretches a row, a column or a number to the whole table.",
        "Take the mean of all known cells first. For each `how` make the guess; where a user's or item's mean is NaN, put the mean of all in its place. After "
        "the four, `raise ValueError` with `how` and the four names. At the end one `np.where`.",
    ),
    variants=(loops, with_nanmean, with_pandas, copied_and_indexed),
)
