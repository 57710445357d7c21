"""recommend_or_fallback: predictions for those whom the model knows, popular items for the others."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.recommendation._parts import instance, recommended
from mfcheck.exercises.recommendation._popular import (
    CLEAR,
    MANY,
    by_count,
    known_part,
    mean_prediction,
    popular,
    popular_part,
    ranked,
    ranking,
    rows_as_item_ids,
    rows_of_the_model,
    undamped,
    with_parts,
    worst_first,
)
from mfcheck.rules import EachRun
from mfref import recommendation


def facts(runs):
    """All that is fixed: what stands in `predicted` beside a popular item is left to the one who writes it."""
    arguments, table = runs[0].arguments, runs[0].outcome.value
    found = {
        "the table has the columns item_id, title, predicted and reason": sorted(table.columns)
        == ["item_id", "predicted", "reason", "title"],
        "the items are the right ones, best first": table["item_id"].to_numpy(),
        "every item has its own title": table["title"].to_numpy(),
        "the reason says where the items come from": table["reason"].to_numpy(),
    }
    if arguments["user_id"] in arguments["model"][0]:
        found["predicted holds the model's scores"] = table["predicted"].to_numpy()
    return found


@group("the law: predictions for a known user, the most popular items for an unknown one, and the reason", 2, EachRun(facts))
def known_and_unknown(rng):
    """First a known user; ids that nobody has, one of them a row of the model."""
    yield instance(rng, 40, [7, 40, 1000], [2, 5, 11, 90, 250], [3], 2, n=2)
    yield popular(rng, 1000, [(5, 5.0), (6, 1.5), (1, 5.0)], n=1)
    yield popular(rng, 1, CLEAR, n=3)
    drawn = np.sort(rng.choice(np.arange(20, 900), 16, replace=False)).tolist()
    yield instance(rng, 8, [2, 3, 5, 8], drawn, [4], 3)


@group("popular items, where the table of items has other rows than the model", 1, EachRun(facts))
def more_items_than_the_model(rng):
    """Films that nobody has rated stand before and behind the others."""
    yield popular(rng, 1000, CLEAR, (1, 950), n=3)
    yield popular(rng, 3, MANY, (4, 9, 2000))


@group("a known user for whom little or nothing is left", 1, EachRun(facts))
def little_is_left(rng):
    """No other items are put in their place."""
    yield instance(rng, 40, [7, 40, 1000], [2, 5, 11, 90], [3, 60], 2, n=3)
    yield instance(rng, 1000, [7, 40, 1000], [2, 5, 11, 90], [3, 60], 4, n=3)


@mistake(
    title="An unknown user still raises KeyError",
    message="`recommend` refuses users whom the model does not know, and nothing catches that. The newcomer, for whom this function is made, sees an error.",
    next_step="Ask whether the user is in `model.user_index` before you call `recommend`, or catch its KeyError.",
)
def no_fallback(user_id, model, ratings, n=10):
    return known_part(user_id, model, ratings, n)


@mistake(
    title="An unknown user sees nothing",
    message="For an unknown user the table is empty. A newcomer would open an empty page, and have nothing to rate, so that nothing is ever learned.",
    next_step="Show the items that `popularity_ranking` puts first.",
    also=(with_parts(unknown=lambda *_: None),),
)
def empty_for_unknown(user_id, model, ratings, n=10):
    return with_parts(unknown=lambda *_: pd.DataFrame(columns=["item_id", "title", "predicted", "reason"]))(
        user_id, model, ratings, n
    )


@mistake(
    title="An unknown user gets somebody else's films",
    message="For an unknown user the predictions of the first user of the model came back. They are one person's taste, and nothing says it is this one's.",
    next_step="Use `popularity_ranking` for users who are not in `model.user_index`.",
)
def first_user_for_unknown(user_id, model, ratings, n=10):
    def unknown(user_id, model, ratings, n):
        return known_part(next(iter(model.user_index)), model, ratings, n).assign(reason="popular")

    return with_parts(unknown=unknown)(user_id, model, ratings, n)


@mistake(
    title="The same for everyone",
    message="Users whom the model knows get the popular items, too. Then all of them see the same, and what they have seen is among it.",
    next_step="Call `recommend` for users who are in `model.user_index`.",
    also=(with_parts(known=lambda *given: popular_part(*given).assign(reason="predicted")),),
)
def always_popular(user_id, model, ratings, n=10):
    return popular_part(user_id, model, ratings, n)


@mistake(
    title="There is no column reason",
    message="The films are right, but the table does not say why they are shown. Users, and whoever looks into a complaint, should see whether a film was "
    "predicted for them or is shown to all newcomers.",
    next_step="Add the column `reason` in both cases.",
    also=(with_parts(known=recommended()), with_parts(unknown=lambda *given: popular_part(*given).drop(columns="reason"))),
)
def no_reason(user_id, model, ratings, n=10):
    return with_parts()(user_id, model, ratings, n).drop(columns="reason")


@mistake(
    title="One reason for all",
    message="The column `reason` says the same for users whom the model knows and for those whom it does not.",
    next_step='Write "predicted" where the model predicts, and "popular" where popularity decides.',
    also=(with_parts(known=lambda *given: known_part(*given).assign(reason="popular")),),
)
def reason_always_predicted(user_id, model, ratings, n=10):
    return with_parts(unknown=lambda *given: popular_part(*given).assign(reason="predicted"))(user_id, model, ratings, n)


@mistake(
    title="The reasons are exchanged",
    message='Popular items are called "predicted", and predicted ones "popular".',
    next_step="Look at which branch of your `if` is the one for known users.",
)
def reasons_exchanged(user_id, model, ratings, n=10):
    table = with_parts()(user_id, model, ratings, n)
    return table.assign(reason=table["reason"].map({"popular": "predicted", "predicted": "popular"}))


@mistake(
    title="There is no column predicted",
    message="The popular items lack the column `predicted`. Whoever shows the table should not have to know which of two forms it has.",
    next_step="Put the damped mean of each popular item there.",
)
def no_predicted(user_id, model, ratings, n=10):
    return with_parts(unknown=lambda *given: popular_part(*given).drop(columns="predicted"))(user_id, model, ratings, n)


@mistake(
    title="`n` is not used for popular items",
    message="An unknown user gets another number of films than the n that was asked for.",
    next_step="Cut the ranking off after n.",
    also=(with_parts(unknown=lambda user_id, model, ratings, n: popular_part(user_id, model, ratings, 10)),),
)
def n_ignored(user_id, model, ratings, n=10):
    return ranked(lambda model, ratings: ranking(ratings))(
        user_id, model, ratings, None if user_id not in model.user_index else n
    )


@mistake(
    title="A known user is sent to the popular items",
    message="Little or nothing is left for a user who has seen nearly everything, and popular items were shown instead, though the user has seen them. "
    "The fallback is for users whom the model does not know.",
    next_step="Decide by `model.user_index`, not by the length of the table.",
    also=(with_parts(known=lambda *given: pd.concat([known_part(*given), popular_part(*given)]).head(given[-1])),),
)
def popular_when_nothing_is_left(user_id, model, ratings, n=10):
    def known(user_id, model, ratings, n):
        table = known_part(user_id, model, ratings, n)
        return table if len(table) else popular_part(user_id, model, ratings, n)

    return with_parts(known=known)(user_id, model, ratings, n)


def key_error_caught(user_id, model, ratings, n=10):
    try:
        return recommendation.recommend(user_id, model, ratings, n).assign(reason="predicted")
    except KeyError:
        print("unknown:", user_id)
    means = ratings.ratings.groupby("item_id")["rating"].agg(["sum", "count"])
    damped = (means["sum"] + 25 * ratings.ratings["rating"].mean()) / (means["count"] + 25)
    best = damped.nlargest(n).rename("predicted").reset_index().assign(reason="popular")
    return best.merge(ratings.items, how="left")


def rows_of_the_models_items(user_id, model, ratings, n=10):
    is_known = user_id in model.user_index
    if is_known:
        best = recommendation.recommend(user_id, model, ratings, n)
        return best.assign(reason=["predicted"] * len(best))
    row_of = {item_id: row for row, item_id in enumerate(model.item_ids.tolist())}
    items = ratings.ratings["item_id"].map(row_of).to_numpy()
    rows = recommendation.popularity_ranking(items, ratings.ratings["rating"].to_numpy(), len(model.item_ids), 5)[:n]
    table = pd.DataFrame({"reason": "popular", "item_id": model.item_ids[rows], "predicted": np.nan})
    return table.join(ratings.items.set_index("item_id")["title"], on="item_id")


def list_of_dicts(user_id, model, ratings, n=10):
    warnings.warn("row by row", stacklevel=1)
    if user_id in model.user_index:
        table = recommendation.recommend(user_id, model, ratings, n)
        table["reason"] = "predicted"
        return table
    rows, items = [], ratings.items
    for row in recommendation.popularity_ranking(*ratings.arrays()[1:], ratings.n_items, damping=2)[:n]:
        rows.append({**items.iloc[row].to_dict(), "predicted": np.float32(4), "reason": "popular"})
    return pd.DataFrame(rows)


def ids_in_place_of_rows(user_id, model, ratings, n=10):
    """Rows are raw ids: those that nobody has have the global mean."""
    if user_id in model.user_index:
        table = recommendation.recommend(user_id, model, ratings, n)
        return table.assign(reason="predicted").set_index("title", drop=False)
    long = ratings.ratings
    ids = recommendation.popularity_ranking(long["item_id"], long["rating"], ratings.items["item_id"].max() + 1, 10)[:n]
    table = ratings.items.set_index("item_id").loc[ids].reset_index()
    table["predicted"], table["reason"] = 0.0, pd.Categorical(["popular"] * len(table))
    return table


exercise = Exercise(
    number="6.5",
    task='Return what `recommend` returns, with one more column, `reason`: "predicted". For a user who is not in model.user_index: the first n items of '
    '`popularity_ranking` with damping 5, their damped means in `predicted`, and "popular" in `reason`.',
    reference=recommendation.recommend_or_fallback,
    uses=("unseen_items", "top_n", "recommend", "popularity_ranking"),
    adapter="recommendation",
    groups=(known_and_unknown, more_items_than_the_model, little_is_left),
    mistakes=(
        no_fallback,
        empty_for_unknown,
        first_user_for_unknown,
        always_popular,
        no_reason,
        reason_always_predicted,
        reasons_exchanged,
        no_predicted,
        by_count,
        undamped,
        worst_first,
        mean_prediction,
        n_ignored,
        rows_of_the_model,
        rows_as_item_ids,
        popular_when_nothing_is_left,
    ),
    hints=(
        "Two cases, and how to tell them apart you know from `recommend`. Which part is already written?",
        '`recommend(…).assign(reason="predicted")` is one case. For the other, `ratings.arrays()` gives items as rows of `ratings.items`, just what '
        "`popularity_ranking` takes.",
        "Rank all rows of `ratings.items`, keep the first n, and take ids and titles with `ratings.items.iloc[rows]`. Then add the columns `predicted` and "
        "`reason`.",
    ),
    variants=(key_error_caught, rows_of_the_models_items, list_of_dicts, ids_in_place_of_rows),
)
