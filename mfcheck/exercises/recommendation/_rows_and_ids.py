"""Known mistakes of `recommend` in which rows, raw ids and positions are mixed up."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.recommendation._parts import best_first, finished, recommended, without_seen


@mistake(
    title="The raw id was taken for a row",
    message="`model.scores` takes a row of the model, 0 to the number of users minus 1. User 40 need not stand in row 40: you get another user's scores, "
    "or an IndexError.",
    next_step="Look the row up in `model.user_index`.",
    also=(recommended(row=lambda user_id, model, ratings: user_id, unknown=None),),
)
def raw_id_as_row(user_id, model, ratings, n=10):
    return recommended(row=lambda user_id, model, ratings: user_id)(user_id, model, ratings, n)


@mistake(
    title="Raw id minus 1 as a row",
    message="In MovieLens 100K the ids go from 1 to 943 without a gap, and then this works. In any other data set, or after some users are left out, it is "
    "another user's row.",
    next_step="Look the row up in `model.user_index`.",
    also=(recommended(row=lambda user_id, model, ratings: user_id - 1, unknown=None),),
)
def raw_minus_one(user_id, model, ratings, n=10):
    return recommended(row=lambda user_id, model, ratings: user_id - 1)(user_id, model, ratings, n)


@mistake(
    title="A row was compared with raw ids",
    message="What the user has seen was looked up with the user's row in the model. The table of ratings holds raw ids: a user with that id is somebody "
    "else, or nobody.",
    next_step="Use the raw id for `ratings.ratings`, the row for `model.scores`.",
)
def row_as_raw_id(user_id, model, ratings, n=10):
    def others(user_id, model, ratings):
        return without_seen(model.user_index[user_id], model, ratings)

    return recommended(candidates=others)(user_id, model, ratings, n)


def without_ids_as_rows(shift):
    def candidates(user_id, model, ratings):
        table = ratings.ratings
        return np.setdiff1d(np.arange(len(model.item_ids)), table["item_id"][table["user_id"] == user_id] - shift)

    return recommended(candidates=candidates)


@mistake(
    title="Raw item ids were excluded as if they were rows",
    message="The item ids in `ratings.ratings` are raw. As rows of the model they stand for other films: films that the user has seen stay in, and "
    "others fall out.",
    next_step="Turn raw item ids into rows of `model.item_ids`, or compare raw ids with raw ids.",
    also=(without_ids_as_rows(1),),
)
def seen_ids_as_rows(user_id, model, ratings, n=10):
    return without_ids_as_rows(0)(user_id, model, ratings, n)


def rows_in_sorted_order(items=True, users=True):
    """Rows found in the sorted ids that occur in the ratings, as if the model had numbered them like this."""

    def row(user_id, model, ratings):
        ids = sorted(model.user_index) if users else list(model.user_index)
        return ids.index(user_id)

    def sorted_ids(table, model, ratings, n):
        rows = [model.item_ids.tolist().index(id_) for id_ in table["item_id"]]
        item_ids = np.sort(model.item_ids)[rows]
        titles = ratings.items.set_index("item_id")["title"][item_ids].to_numpy()
        return table.assign(item_id=item_ids, title=titles)

    def seen_in_sorted(user_id, model, ratings):
        table = ratings.ratings
        return np.flatnonzero(~np.isin(np.sort(model.item_ids), table["item_id"][table["user_id"] == user_id]))

    return recommended(row, seen_in_sorted if items else without_seen, finish=sorted_ids if items else None)


@mistake(
    title="Rows were numbered anew",
    message="You numbered the ids of the ratings yourself, in sorted order. The model has its own order: row k of its items is `item_ids[k]`, the row of a "
    "user is in `user_index`. Only those belong to its scores.",
    next_step="Take every row and every id from the model.",
    also=(rows_in_sorted_order(items=False), rows_in_sorted_order(users=False)),
)
def sorted_ids_assumed(user_id, model, ratings, n=10):
    return rows_in_sorted_order()(user_id, model, ratings, n)


def without_rows_of_the_data_set(user_id, model, ratings):
    """What is left of the model's rows when those that the user's items have in `ratings.items` are taken away."""
    users, items, _ = ratings.arrays()
    return np.setdiff1d(np.arange(len(model.item_ids)), items[users == model.user_index[user_id]])


@mistake(
    title="Rows of the data set as rows of the model",
    message="`ratings.arrays()` numbers items by their place in `ratings.items`. The model has rows only for items that somebody has rated. With such rows "
    "other films are taken for seen.",
    next_step="Compare raw ids: `ratings.ratings` with `model.item_ids`.",
    also=(
        recommended(
            candidates=without_rows_of_the_data_set,
            titles=lambda rows, model, ratings: ratings.items["title"].iloc[rows].to_numpy(),
        ),
    ),
)
def rows_of_the_data_set(user_id, model, ratings, n=10):
    return recommended(candidates=without_rows_of_the_data_set)(user_id, model, ratings, n)


@mistake(
    title="Positions among the unseen were taken for rows",
    message="`top_n(scores[unseen], n)` gives positions in `unseen`: 0 is the first unseen film, not row 0 of the model.",
    next_step="Pick from `unseen` with them before you look up ids and titles.",
)
def positions_among_unseen(user_id, model, ratings, n=10):
    def choose(scores, rows, n):
        return best_first(scores[rows], np.arange(len(rows)), n)

    return recommended(choose=choose)(user_id, model, ratings, n)


def rows_for_ids(table, model, ratings, n):
    return table.assign(item_id=[model.item_ids.tolist().index(id_) for id_ in table["item_id"]])


@mistake(
    title="Rows in the column item_id",
    message="The column `item_id` holds rows of the model. Outside the model nobody knows these numbers: the catalogue, and the user's ratings, use raw ids.",
    next_step="Turn rows into raw ids with `model.item_ids`.",
)
def rows_as_item_ids(user_id, model, ratings, n=10):
    return finished(rows_for_ids)(user_id, model, ratings, n)
