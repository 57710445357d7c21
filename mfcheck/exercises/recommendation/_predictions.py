"""Known mistakes of `recommend` in the scores."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.recommendation._parts import best_first, finished, recommended


def row_of_each(table, model):
    return [model.item_ids.tolist().index(id_) for id_ in table["item_id"]]


def all_scores(table, model):
    """The scores behind the table: the user is the one whose scores it holds."""
    users = model.user_index.values()
    return next(s for s in map(model.scores, users) if np.array_equal(s[row_of_each(table, model)], table["predicted"]))


@mistake(
    title="The predictions were rounded",
    message="Films, titles and order are right, but `predicted` holds fewer digits than the model gives. Rounding is for showing: whoever goes on "
    "computing with the table needs all of them.",
    next_step="Return the scores as they are.",
    also=tuple(finished(lambda table, m, r, n, digits=digits: table.round({"predicted": digits})) for digits in (1, 3, 4)),
)
def rounded(user_id, model, ratings, n=10):
    return finished(lambda table, *_: table.round({"predicted": 2}))(user_id, model, ratings, n)


@mistake(
    title="The predictions were clipped to the scale",
    message="Predictions above 5 were set to 5, or those below 1 to 1. The task asks for the model's scores as they are: clipped ones are equal, and "
    "their order is lost.",
    next_step="Leave the scores alone.",
    also=(finished(lambda table, *_: table.assign(predicted=table["predicted"].clip(upper=5))),),
)
def clipped(user_id, model, ratings, n=10):
    return finished(lambda table, *_: table.assign(predicted=table["predicted"].clip(1, 5)))(user_id, model, ratings, n)


def first_scores(table, model, ratings, n):
    return table.assign(predicted=all_scores(table, model)[: len(table)])


@mistake(
    title="Films beside other films' predictions",
    message="The films are right, but `predicted` holds other scores: the highest of all, those of seen films among them, or the first of the array.",
    next_step="Pick the scores with the same rows as the films: `scores[rows]`.",
    also=(finished(first_scores),),
)
def predicted_of_others(user_id, model, ratings, n=10):
    def highest(table, model, ratings, n):
        return table.assign(predicted=np.sort(all_scores(table, model))[::-1][: len(table)])

    return finished(highest)(user_id, model, ratings, n)


def lowered(value, shown=True):
    """The seen films get this score, and stay. shown: whether `predicted` shows it."""

    def recommend(user_id, model, ratings, n=10):
        table = recommended(
            candidates=lambda user_id, model, ratings: np.arange(len(model.item_ids)), choose=lambda s, rows, n: rows
        )
        everything, long = table(user_id, model, ratings), ratings.ratings
        is_seen = everything["item_id"].isin(long["item_id"][long["user_id"] == user_id])
        scores = np.where(is_seen, value, everything["predicted"])
        if shown:
            everything["predicted"] = scores
        return everything.iloc[best_first(scores, np.arange(len(scores)), n)]

    return recommend


@mistake(
    title="Seen films come back",
    message="Seen films got a score such as 0 or −∞ and stayed in the list. They return when few others are left: the list is filled up with what the user "
    "has seen, or with it ahead of films that have a lower prediction.",
    next_step="Take the seen films out, and return as many as are left.",
    also=(lowered(-np.inf, shown=False), lowered(0), lowered(0, shown=False), lowered(-1), lowered(-999)),
)
def seen_lowered(user_id, model, ratings, n=10):
    return lowered(-np.inf)(user_id, model, ratings, n)
