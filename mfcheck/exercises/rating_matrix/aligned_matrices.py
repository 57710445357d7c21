"""aligned_matrices: training and test part on the same axes."""

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.rating_matrix.rating_matrix import frame, pivoted, random_rows
from mfref import rating_matrix as lesson


@group("the law: both tables have the union of the user ids and of the item ids, sorted", 2)
def overlapping_parts(rng):
    """Some users and items occur in both parts, some in one."""
    yield {
        "train": frame([(40, 250, 4.0), (7, 3, 5.0), (7, 250, 2.0)]),
        "test": frame([(1000, 11, 3.0), (40, 3, 1.0)]),
    }
    rows = random_rows(rng, 6, 7, 20)
    # A pair of ids on either side of all the others, one a part, so that neither part has all axes.
    yield {"train": frame([(1, 900, 2.5), *rows[:13]]), "test": frame([*rows[13:], (2000, 250, 4.5)])}


@group("parts with no user in common", 1)
def only_newcomers(rng):
    """As when the test part is a later month."""
    rows = random_rows(rng, 3, 5, 8)
    yield {"train": frame(rows), "test": frame([(user_id + 5000, item_id + 40, r) for user_id, item_id, r in rows[2:6]])}


def reindexed(train, test, index, columns):
    return tuple(pivoted(part).reindex(index=index, columns=columns) for part in (train, test))


def both(train, test, column):
    return sorted({*train[column], *test[column]})


@mistake(
    title="Each part was pivoted on its own",
    message="Each table has only the users and items of its own part. Row 0 of one and row 0 of the other can then be two people, and whoever subtracts "
    "the arrays compares strangers.",
    next_step="Collect the ids of both parts, and give both tables these axes.",
    also=(lambda train, test: tuple(pivoted(part).fillna(0) for part in (train, test)),),
)
def pivoted_apart(train, test):
    return pivoted(train), pivoted(test)


@mistake(
    title="The axes are those of the training part",
    message="Users and items that occur in the test part only have vanished, and their ratings with them. The test would look easier than it is: "
    "newcomers are the hard cases.",
    next_step="Take the union of both parts' ids, not those of one part.",
)
def only_training_axes(train, test):
    return reindexed(train, test, pivoted(train).index, pivoted(train).columns)


@mistake(
    title="Only ids that occur in both parts were kept",
    message="The tables have the intersection of the axes: whoever occurs in one part only was thrown out, with known ratings.",
    next_step="Take the union of the ids: an outer join, not an inner one.",
)
def intersection_of_axes(train, test):
    return pivoted(train).align(pivoted(test), join="inner")


@mistake(
    title="Only the rows are aligned",
    message="Both tables have the same users, but each has its own items. Column 2 of one is then another item than column 2 of the other.",
    next_step="Give both tables the union of the item ids as well.",
)
def rows_only(train, test):
    return pivoted(train).align(pivoted(test), join="outer", axis=0)


@mistake(
    title="Only the columns are aligned",
    message="Both tables have the same items, but each has its own users. Row 2 of one is then another user than row 2 of the other.",
    next_step="Give both tables the union of the user ids as well.",
)
def columns_only(train, test):
    return pivoted(train).align(pivoted(test), join="outer", axis=1)


@mistake(
    title="Unknown cells hold 0",
    message="The axes agree, but the cells without a rating were filled with 0. A rating that stands in the test part would be a 0 in the training "
    "part: the worst rating, where the truth is that nothing is known.",
    next_step="Leave the unknown cells NaN.",
)
def zeros_for_unknown(train, test):
    return tuple(R.fillna(0) for R in lesson.aligned_matrices(train, test))


@mistake(
    title="The two tables are exchanged",
    message="The test part came first. Whoever writes `R_train, R_test = aligned_matrices(…)` would train on the test ratings.",
    next_step="Return the training table first.",
)
def exchanged(train, test):
    return lesson.aligned_matrices(train, test)[::-1]


@mistake(
    title="Both tables hold all ratings",
    message="The parts were put together for the common axes and not taken apart again. The training table then contains the test ratings, and a model "
    "is tested on what it has seen.",
    next_step="Take only the axes from the whole, and the cells of each table from its own part.",
)
def the_whole_twice(train, test):
    whole = pivoted(pd.concat([train, test]))
    return whole, whole.copy()


@mistake(
    title="The axes are not sorted",
    message="The axes have the right ids, but newcomers were put at the end. Then the same ratings give other tables for another split.",
    next_step="Sort the union of the ids.",
)
def axes_not_sorted(train, test):
    index, columns = (list(dict.fromkeys([*sorted(train[c]), *sorted(test[c])])) for c in ("user_id", "item_id"))
    return reindexed(train, test, index, columns)


@mistake(
    title="The columns are titles, not item ids",
    message="Two different films can have the same title, and share one column then. Alignment needs something that is unique: the item id.",
    next_step="Make each table with `rating_matrix`, then align.",
    also=(lambda train, test: (pivoted(train, "title"), pivoted(test, "title")),),
)
def pivot_by_title(train, test):
    return pivoted(train, "title").align(pivoted(test, "title"))


@mistake(
    title="The ids are gone",
    message="The numbers are in place, but the tables have no labels. From an array nobody can say whose row it is.",
    next_step="Return two DataFrames.",
)
def labels_lost(train, test):
    return tuple(R.to_numpy() for R in lesson.aligned_matrices(train, test))


def outer_join(train, test):
    return lesson.rating_matrix(train).align(lesson.rating_matrix(test), join="outer")


def sorted_sets(train, test):
    users, items = both(train, test, "user_id"), both(train, test, "item_id")
    print(len(users), len(items))
    return [lesson.rating_matrix(part).reindex(users, columns=items) for part in (train, test)]


def filled_in_loops(train, test):
    tables = []
    for part in (train, test):
        R = pd.DataFrame(np.nan, index=both(train, test, "user_id"), columns=both(train, test, "item_id"))
        for user_id, item_id, rating in zip(part["user_id"], part["item_id"], part["rating"], strict=True):
            R.loc[user_id, item_id] = rating
        tables.append(R)
    return tuple(tables)


def whole_then_masked(train, test):
    whole = lesson.rating_matrix(pd.concat([train, test]))
    is_train = lesson.rating_matrix(train).reindex_like(whole).notna()
    return whole.where(is_train).astype(np.float32), whole.mask(is_train).astype(np.float32)


exercise = Exercise(
    number="1.3",
    task="Return (train_matrix, test_matrix): two rating matrices on the same axes, a row for every user_id and a column for every item_id that "
    "occurs in either part, sorted.",
    reference=lesson.aligned_matrices,
    uses=("rating_matrix",),
    groups=(overlapping_parts, only_newcomers),
    mistakes=(
        pivoted_apart,
        only_training_axes,
        intersection_of_axes,
        rows_only,
        columns_only,
        zeros_for_unknown,
        exchanged,
        the_whole_twice,
        axes_not_sorted,
        pivot_by_title,
        labels_lost,
    ),
    hints=(
        "Make both tables first, each on its own. Which rows and columns does each of them lack?",
        "An index has a method `union`, and a DataFrame has a method `reindex` that gives it new axes and leaves NaN where nothing was.",
        "`R_train.index.union(R_test.index)` are the rows, the same with `columns` the columns. Reindex both tables with "
        "`reindex(index=…, columns=…)` and return them.",
    ),
    variants=(outer_join, sorted_sets, filled_in_loops, whole_then_masked),
)
