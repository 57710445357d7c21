"""`recommend_or_fallback`: instances, the function with its parts exchanged, and known mistakes in which popular items are shown."""

import numpy as np
import pandas as pd

from mfcheck.exercise import mistake
from mfcheck.exercises.recommendation._parts import item_table, recommended
from mfref import recommendation

# Whoever damps with 1, 5 or 50 ratings gets the same order: the better ones have the larger sums of residuals as well.
CLEAR = [(16, 4.9), (13, 4.6), (15, 4.4), (20, 1.2), (1, 5.0), (6, 2.5)]
MANY = [*((24 - j, 4.9 - 0.1 * j) for j in range(12)), (30, 1.4), (28, 1.6), (26, 1.2)]


def popular(rng, user_id, counts_and_means, unrated=(), **more):
    """Arguments of `recommend` in which the items have these numbers of ratings and these means, in random order."""
    n_items, n_users = len(counts_and_means), 2 + max(count for count, _ in counts_and_means)
    user_ids = np.sort(rng.choice(np.arange(20, 900), n_users, replace=False))
    item_ids = np.sort(rng.choice(np.arange(20, 900), n_items, replace=False))
    parts = []
    for item_id, (count, mean) in zip(rng.permutation(item_ids), counts_and_means, strict=True):
        low, more_than_low = divmod(round(count * mean), count)
        values = low + (np.arange(count) < more_than_low)
        raters = rng.permutation(user_ids)[:count]
        parts.append(pd.DataFrame({"user_id": raters, "item_id": item_id, "rating": values.astype(float)}))
    long = pd.concat(parts).iloc[rng.permutation(sum(map(len, parts)))].reset_index(drop=True)
    user_index = {id_: row for row, id_ in enumerate(user_ids.tolist())}
    scores = rng.uniform(1, 5, (n_users, n_items))
    table = item_table(rng, [*item_ids.tolist(), *unrated])
    return {"user_id": user_id, "model": (user_index, item_ids, scores), "ratings": (long, table), **more}


def known_part(user_id, model, ratings, n):
    return recommended()(user_id, model, ratings, n).assign(reason="predicted")


def ranking(ratings):
    _, items, values = ratings.arrays()
    return recommendation.popularity_ranking(items, values, ratings.n_items, 5)


def table_of(rows, ratings, reason="popular", predicted=4.0):
    shown = ratings.items.iloc[rows][["item_id", "title"]]
    return shown.assign(predicted=predicted, reason=reason)


def popular_part(user_id, model, ratings, n):
    return table_of(ranking(ratings)[:n], ratings)


def with_parts(known=known_part, unknown=popular_part):
    """The function with one of its two parts exchanged."""

    def recommend_or_fallback(user_id, model, ratings, n=10):
        return (known if user_id in model.user_index else unknown)(user_id, model, ratings, n)

    return recommend_or_fallback


def ranked(order):
    """Popular items in another order."""
    return with_parts(unknown=lambda user_id, model, ratings, n: table_of(order(model, ratings)[:n], ratings))


def statistics(ratings):
    _, items, values = ratings.arrays()
    return np.bincount(items, minlength=ratings.n_items), np.bincount(items, values, ratings.n_items)


@mistake(
    title="Popular by the number of ratings",
    message="The films with the most ratings are shown to newcomers, whatever those ratings say. `popularity_ranking` ranks by how well films are liked.",
    next_step="Use `popularity_ranking`.",
    also=(ranked(lambda model, ratings: np.argsort(-statistics(ratings)[1], kind="stable")),),
)
def by_count(user_id, model, ratings, n=10):
    return ranked(lambda model, ratings: np.argsort(-statistics(ratings)[0], kind="stable"))(user_id, model, ratings, n)


@mistake(
    title="A film with one rating is on top",
    message="Plain means decide what newcomers see: a film with a single 5 stands above films that many people love.",
    next_step="Use `popularity_ranking`, with damping 5.",
    also=(
        ranked(lambda model, ratings: np.argsort(-statistics(ratings)[1] / np.maximum(statistics(ratings)[0], 1), kind="stable")),
    ),
)
def undamped(user_id, model, ratings, n=10):
    def order(model, ratings):
        count, total = statistics(ratings)
        # Of equal means the one with fewer ratings: chance has its way.
        return np.lexsort((count, -total / np.maximum(count, 1)))

    return ranked(order)(user_id, model, ratings, n)


@mistake(
    title="The least popular films",
    message="The ranking was read from its end. `popularity_ranking` has the best first.",
    next_step="Take the first n.",
    also=(ranked(lambda model, ratings: ranking(ratings)[::-1]),),
)
def worst_first(user_id, model, ratings, n=10):
    def unknown(user_id, model, ratings, n):
        return table_of(ranking(ratings)[-n:], ratings)

    return with_parts(unknown=unknown)(user_id, model, ratings, n)


@mistake(
    title="The mean of the predictions",
    message="For an unknown user the predictions of all users were averaged. That depends on who happens to be in the model, not on what the films' own "
    "ratings say; the task asks for `popularity_ranking`.",
    next_step="Rank the films by their ratings.",
)
def mean_prediction(user_id, model, ratings, n=10):
    def unknown(user_id, model, ratings, n):
        mean = np.mean([model.scores(u) for u in model.user_index.values()], axis=0)
        best = np.argsort(-mean)[:n]
        titles = ratings.items.set_index("item_id")["title"][model.item_ids[best]].to_numpy()
        return pd.DataFrame({"item_id": model.item_ids[best], "title": titles, "predicted": mean[best], "reason": "popular"})

    return with_parts(unknown=unknown)(user_id, model, ratings, n)


def relabelled(**columns):
    """Popular items with other ids or titles: functions of the rows, the model and the data."""

    def unknown(user_id, model, ratings, n):
        rows = ranking(ratings)[:n]
        return table_of(rows, ratings).assign(**{name: make(rows, model, ratings) for name, make in columns.items()})

    return with_parts(unknown=unknown)


def title_of_model_row(rows, model, ratings):
    titles = ratings.items.set_index("item_id")["title"]
    return titles[model.item_ids[rows]].to_numpy()


def id_of_model_row(rows, model, ratings):
    return model.item_ids[rows]


@mistake(
    title="Rows of two tables are mixed up",
    message="The ranking counts in the rows of one table, and ids or titles were taken from another. `ratings.items` also has films that the model does not "
    "know, so that row k of one is not row k of the other.",
    next_step="Count ratings and look up ids and titles in the same table.",
    also=(relabelled(item_id=id_of_model_row),),
)
def rows_of_the_model(user_id, model, ratings, n=10):
    return relabelled(item_id=id_of_model_row, title=title_of_model_row)(user_id, model, ratings, n)


@mistake(
    title="Rows in the column item_id",
    message="`popularity_ranking` returns rows, 0 to n_items − 1. In the column `item_id` raw ids are asked for.",
    next_step='Take the ids from these rows of `ratings.items`: `.iloc[rows]["item_id"]`.',
    also=(relabelled(item_id=lambda rows, model, ratings: rows + 1),),
)
def rows_as_item_ids(user_id, model, ratings, n=10):
    return relabelled(item_id=lambda rows, model, ratings: rows)(user_id, model, ratings, n)
