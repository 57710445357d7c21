"""recommend: the best unseen items of a user, with their titles."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.recommendation._parts import best_first, instance, long_table, recommended
from mfcheck.exercises.recommendation._predictions import clipped, predicted_of_others, rounded, seen_lowered
from mfcheck.exercises.recommendation._rows_and_ids import (
    positions_among_unseen,
    raw_id_as_row,
    raw_minus_one,
    row_as_raw_id,
    rows_as_item_ids,
    rows_of_the_data_set,
    seen_ids_as_rows,
    sorted_ids_assumed,
)
from mfcheck.exercises.recommendation._titles import (
    column_missing,
    merged_on_title,
    merged_with_the_long_table,
    order_of_the_item_table,
    seen_by_title,
    titles_by_position,
    titles_from_the_long_table,
    titles_in_table_order,
    titles_raw_minus_one,
)
from mfref import recommendation


@group("the law: the best unseen items, raw ids, and the titles that belong to them", 3)
def any_user(rng):
    """Ids with gaps, films that nobody has rated, different films with one title, ratings in any order."""
    yield instance(rng, 40, [7, 40, 1000], [2, 5, 11, 90, 250], [3, 60], 2, n=3)
    users = [2, 3, 5, 7, 8, 11]
    films = [1, 3, 4, *range(6, 15)]
    yield instance(rng, 3, users, films, [2, 5], 4, n=6)
    yield instance(rng, 7, users, films, [2, 5], 4, n=7)
    drawn = np.sort(rng.choice(np.arange(20, 3000), 20, replace=False)).tolist()
    yield instance(rng, 5, users, drawn[:3] + drawn[4:11] + drawn[12:], [4, drawn[3], drawn[11]], 3)


@group("a model whose rows are in an order of their own", 1)
def unsorted_rows(rng):
    """Neither users nor items are sorted."""
    for n_items, n in ((6, 2), (12, 5)):
        drawn = rng.choice(np.arange(5, 900), n_items + 2, replace=False).tolist()
        yield instance(rng, 12, [31, 4, 12, 1000], [*sorted(drawn[2:], reverse=True)[1:], max(drawn[2:])], drawn[:2], 2, n=n)


@group("a user whom the model does not know: KeyError with the id", 1)
def unknown_users(rng):
    """One who occurs nowhere, one whose id would be a row, one who has rated something since the model was trained."""
    known = [7, 40, 1000], [2, 5, 11, 90, 250]
    for user_id in (41, 1):
        yield instance(rng, user_id, *known, [3], 2, n=3)
    arguments = instance(rng, 55, *known, [3], 2, n=3)
    ratings, items = arguments["ratings"]
    since = long_table(rng, [(0, 1), (0, 3)], [55], known[1])
    yield {**arguments, "ratings": (pd.concat([ratings, since], ignore_index=True), items)}


@group("fewer items are left than n, or none", 1)
def few_are_left(rng):
    """Two, then a user who has seen everything: an empty table with the same columns."""
    yield instance(rng, 40, [7, 40, 1000], [2, 5, 11, 90], [3, 60], 2, n=3)
    yield instance(rng, 7, [7, 40, 1000], [2, 5, 11, 90, 250, 300], [8], 4)
    yield instance(rng, 1000, [7, 40, 1000], [2, 5, 11, 90], [3, 60], 4, n=3)


def everything(user_id, model, ratings):
    return np.arange(len(model.item_ids))


@mistake(
    title="Films that the user has seen",
    message="The best of all films came back, seen ones included. Films that somebody has rated highly have high predictions: without this step a "
    "recommender mostly shows what is known already.",
    next_step="Take away what this user has rated, by raw id, in `ratings.ratings`.",
    also=(recommended(candidates=everything, unknown=None),),
)
def seen_recommended(user_id, model, ratings, n=10):
    return recommended(candidates=everything)(user_id, model, ratings, n)


@mistake(
    title="Only films that the user has seen",
    message="These are the best of the films that the user has rated. The mask is turned round.",
    next_step="Keep what is not among the user's ratings.",
)
def only_seen(user_id, model, ratings, n=10):
    def candidates(user_id, model, ratings):
        table = ratings.ratings
        return np.flatnonzero(np.isin(model.item_ids, table["item_id"][table["user_id"] == user_id]))

    return recommended(candidates=candidates)(user_id, model, ratings, n)


@mistake(
    title="What anybody has seen was left out",
    message="You took away the films of all users' ratings. Every film that the model knows has been rated by somebody, so that nothing is left.",
    next_step="Look at the rows of this user only.",
)
def seen_by_anybody(user_id, model, ratings, n=10):
    def candidates(user_id, model, ratings):
        return np.flatnonzero(~np.isin(model.item_ids, ratings.ratings["item_id"]))

    return recommended(candidates=candidates)(user_id, model, ratings, n)


@mistake(
    title="The worst films come first",
    message="The films with the lowest predicted rating are recommended. Sorting goes upwards unless it is told otherwise.",
    next_step="Sort from the highest prediction to the lowest; `top_n` does.",
)
def ascending(user_id, model, ratings, n=10):
    return recommended(choose=lambda scores, rows, n: best_first(-scores, rows, n))(user_id, model, ratings, n)


@mistake(
    title="Cut off before the seen films were removed",
    message="The n best were taken first, and those that the user has seen removed then. What was removed is not replaced: fewer than n are shown, though "
    "more are left.",
    next_step="Remove first, then take n.",
)
def cut_before_removing(user_id, model, ratings, n=10):
    def choose(scores, rows, n):
        best = best_first(scores, np.arange(len(scores)), n)
        return best[np.isin(best, rows)]

    return recommended(choose=choose)(user_id, model, ratings, n)


@mistake(
    title="`n` is not used",
    message="The number of films is not the n that was asked for.",
    next_step="Hand `n` on to `top_n`, or cut the table off after n rows.",
    also=(recommended(choose=lambda scores, rows, n: best_first(scores, rows, 10)),),
)
def n_ignored(user_id, model, ratings, n=10):
    return recommended(choose=lambda scores, rows, n: best_first(scores, rows, len(rows)))(user_id, model, ratings, n)


@mistake(
    title="An unknown user gets an empty answer",
    message="For a user whom the model does not know, nothing was raised. Whoever calls the function cannot tell this from a user who has seen "
    "everything, and the error is found much later.",
    next_step="Raise KeyError, with the id in the message, and do not catch it.",
    also=tuple(recommended(unknown=lambda *_, value=value: value) for value in (None, [], pd.DataFrame(), "unknown user")),
)
def empty_for_unknown(user_id, model, ratings, n=10):
    return recommended(unknown=lambda *_: pd.DataFrame(columns=["item_id", "title", "predicted"]))(user_id, model, ratings, n)


@mistake(
    title="The error does not name the user",
    message="KeyError is raised, but its message does not say for which id. In a log of a thousand users nobody could find out who is meant.",
    next_step="Put `user_id` into the message.",
)
def error_without_the_id(user_id, model, ratings, n=10):
    def unknown(user_id, model, ratings):
        raise KeyError("unknown user")

    return recommended(unknown=unknown)(user_id, model, ratings, n)


def raises_something_else(runs):
    """Asked about unknown users alone: each of them raises, and none a KeyError."""
    unknown = [run for run in runs if run.arguments["user_id"] not in run.arguments["model"][0]]
    kinds = [run.outcome.raised and run.outcome.raised.types for run in runs]
    return len(unknown) == len(runs) and all(types and "KeyError" not in types for types in kinds)


@mistake(
    title="Another kind of error",
    message="For an unknown user the task asks for KeyError, the error of a dict that lacks a key. Callers catch it by its type, so that yours would pass "
    "them by.",
    next_step="Look the user up first, with `model.user_index[user_id]`, and raise KeyError.",
    recognise=raises_something_else,
)
def value_error(user_id, model, ratings, n=10):
    def unknown(user_id, model, ratings):
        raise ValueError(f"unknown user {user_id}")

    return recommended(unknown=unknown)(user_id, model, ratings, n)


def minus_infinity(user_id, model, ratings, n=10):
    scores = model.scores(model.user_index[user_id])
    long = ratings.ratings
    row_of = {item_id: row for row, item_id in enumerate(model.item_ids)}
    scores[[row_of[i] for i in long[long.user_id == user_id].item_id]] = -np.inf
    rows = [row for row in np.argsort(-scores) if np.isfinite(scores[row])][:n]
    title_of = dict(zip(ratings.items.item_id, ratings.items.title, strict=True))
    ids = model.item_ids[rows]
    return pd.DataFrame(
        {"predicted": scores[rows], "title": [title_of[i] for i in ids], "item_id": ids, "rank": range(len(rows))}
    )


def filter_and_merge(user_id, model, ratings, n=10):
    if user_id not in model.user_index:
        raise KeyError(f"User {user_id}?")
    seen = ratings.ratings.query("user_id == @user_id")["item_id"]
    table = pd.DataFrame({"item_id": model.item_ids, "predicted": model.scores(model.user_index[user_id])})
    best = table[~table["item_id"].isin(seen)].sort_values("predicted", ascending=False).head(n)
    return best.merge(ratings.items, on="item_id", how="left")


def row_by_row(user_id, model, ratings, n=10):
    scores, long, items = model.scores(model.user_index[user_id]), ratings.ratings, ratings.items
    seen = {i for u, i in zip(long["user_id"], long["item_id"], strict=True) if u == user_id}
    pairs = sorted(((s, i) for s, i in zip(scores.tolist(), model.item_ids.tolist(), strict=True) if i not in seen), reverse=True)
    table = pd.DataFrame(columns=["item_id", "title", "predicted"])
    for predicted, item_id in pairs[:n]:
        print(item_id)
        table.loc[len(table)] = [item_id, items.loc[items["item_id"] == item_id, "title"].iloc[0], predicted]
    return table


def ids_beside_scores(user_id, model, ratings, n=10):
    warnings.warn("ids as floats", stacklevel=1)
    long = ratings.ratings
    both = np.column_stack([model.item_ids, model.scores(model.user_index[user_id])])
    left = both[~np.isin(both[:, 0], long["item_id"][long["user_id"] == user_id])]
    table = pd.DataFrame(left[np.argsort(left[:, 1])[::-1][:n]], columns=["item_id", "predicted"]).astype(
        {"predicted": np.float32}
    )
    table["title"] = table["item_id"].map(ratings.items.set_index("item_id")["title"])
    return table.set_index(pd.Index(range(1, len(table) + 1), name="place"))


exercise = Exercise(
    number="6.3",
    task="Return a DataFrame with the columns item_id, title, predicted: the n items with the highest scores that the user has not rated, best first. "
    "For a user_id that is not in model.user_index raise KeyError naming it.",
    reference=recommendation.recommend,
    uses=("unseen_items", "top_n"),
    adapter="recommendation",
    groups=(any_user, unsorted_rows, unknown_users, few_are_left),
    mistakes=(
        raw_id_as_row,
        raw_minus_one,
        row_as_raw_id,
        seen_ids_as_rows,
        sorted_ids_assumed,
        rows_of_the_data_set,
        positions_among_unseen,
        rows_as_item_ids,
        titles_by_position,
        titles_raw_minus_one,
        titles_from_the_long_table,
        merged_with_the_long_table,
        titles_in_table_order,
        merged_on_title,
        seen_by_title,
        seen_recommended,
        seen_lowered,
        only_seen,
        seen_by_anybody,
        ascending,
        order_of_the_item_table,
        cut_before_removing,
        n_ignored,
        predicted_of_others,
        rounded,
        clipped,
        column_missing,
        empty_for_unknown,
        error_without_the_id,
        value_error,
    ),
    hints=(
        "Three kinds of numbers meet here: raw ids, rows of the model, positions in a table. Say for each variable of your code which of them it holds.",
        "Row of the user: `model.user_index`. Scores of all rows: `model.scores`. Raw id of a row: `model.item_ids`. Titles: by item id in `ratings.items`.",
        "With `seen` the raw ids that the user has rated, `np.isin(model.item_ids, seen)` marks their rows. `top_n` with these excluded gives the rows to "
        'show; `ratings.items.set_index("item_id").loc[ids, "title"]` gives titles in the order of the ids.',
    ),
    variants=(minus_infinity, filter_and_merge, row_by_row, ids_beside_scores),
)
