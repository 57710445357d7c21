"""Lesson 06: what to show.

From predicted ratings to a list of films: leave out what the user has seen, sort the rest, and put titles to the rows.
`model` is a fitted model: `user_index` (dict raw id → row), `item_ids` (array, row → raw id) and `scores(u)`, the predicted
ratings of all items for user row u. `ratings` is a `Ratings`. Everything else works on 0-based rows.
"""

import numpy as np


def unseen_items(user, users, items, n_items):
    """The items that a user has not rated.

    user: a row. users, items: rows, parallel, (n_ratings,), in any order.
    → array: those of the rows 0..n_items-1 that do not occur with this user, sorted. Items that nobody has rated belong to them.
    """
    return np.setdiff1d(np.arange(n_items), np.asarray(items)[np.asarray(users) == user])


def top_n(scores, n, exclude=()):
    """The positions of the n highest scores, best first.

    scores: (n_items,). exclude: positions that may not be among them.
    → array of positions; of equal scores the lower position comes first. Fewer than n if fewer are left.
    """
    candidates = np.setdiff1d(np.arange(len(scores)), exclude)
    order = np.argsort(-np.asarray(scores)[candidates], kind="stable")
    return candidates[order[:n]]


def recommend(user_id, model, ratings, n=10):
    """The n items with the highest predicted rating among those that the user has not rated.

    user_id: raw id. What the user has rated stands in `ratings.ratings`, the titles in `ratings.items`. That table may hold more
    items than the model, in another order: titles are found by item id.
    → DataFrame, best first, with the columns item_id (raw), title and predicted (the model's score as it is); fewer than n rows if
    fewer items are left, none for a user who has rated everything.
    Raises KeyError, naming the id, for a user who is not in `model.user_index`.
    """
    import pandas as pd

    if user_id not in model.user_index:
        raise KeyError(f"there is no user {user_id} among those that the model learned from")
    user = model.user_index[user_id]
    users = ratings.ratings["user_id"].map(model.user_index)
    items = pd.Index(model.item_ids).get_indexer(ratings.ratings["item_id"])
    unseen = unseen_items(user, users, items, len(model.item_ids))
    scores = model.scores(user)
    best = unseen[top_n(scores[unseen], n)]
    item_ids = model.item_ids[best]
    titles = ratings.items.set_index("item_id").loc[item_ids, "title"].to_numpy()
    return pd.DataFrame({"item_id": item_ids, "title": titles, "predicted": scores[best]})


def popularity_ranking(items, ratings, n_items, damping):
    """All items, best first, by their mean rating, damped towards the global mean mu:

        score_i = (Σ_u r_ui + damping mu) / (count_i + damping) = mu + Σ_u (r_ui - mu) / (count_i + damping)

    items: rows, ratings: (n_ratings,). damping: as if every item had that many more ratings, all of them mu.
    → array of the n_items rows. An item without ratings has the score mu, at damping 0 too. Scores within 1e-9 of each other
    are a tie, and the lower row comes first.
    Source: Koren, Factorization Meets the Neighborhood, 2008, section 2.1 (the damped item effect).
    """
    count = np.bincount(items, minlength=n_items)
    residual = np.bincount(items, weights=ratings - np.mean(ratings), minlength=n_items)
    effect = residual / np.where(count > 0, count + damping, 1)
    return np.argsort(-np.round(effect, 9), kind="stable")


def recommend_or_fallback(user_id, model, ratings, n=10):
    """`recommend` for a user whom the model knows, the most popular items for anybody else.

    → DataFrame as `recommend` gives it, with one more column, `reason`: "predicted" in every row, or "popular" for a user who is
    not in `model.user_index`. Then the items are the first n of `popularity_ranking` over all of `ratings.items` with damping 5,
    without those that this user has rated, and `predicted` holds their damped means.
    """
    import pandas as pd

    if user_id in model.user_index:
        return recommend(user_id, model, ratings, n).assign(reason="predicted")
    _, items, values = ratings.arrays()
    damping, n_items = 5, ratings.n_items
    ranking = popularity_ranking(items, values, n_items, damping)
    seen = items[ratings.ratings["user_id"] == user_id]
    best = ranking[~np.isin(ranking, seen)][:n]
    total = np.bincount(items, weights=values, minlength=n_items) + damping * values.mean()
    damped_mean = total / (np.bincount(items, minlength=n_items) + damping)
    shown = ratings.items.iloc[best]
    columns = {"item_id": shown["item_id"], "title": shown["title"], "predicted": damped_mean[best], "reason": "popular"}
    return pd.DataFrame(columns).reset_index(drop=True)


def recommend_from_neighbours(user, predicted, known, n_neighbours, n=10):
    """What users of similar taste would like: the average of their predicted ratings, weighted by similarity.

        score_i = Σ_v s_uv predicted_vi / Σ_v s_uv     over the n_neighbours users v with the highest s_uv

    s_uv: cosine of the rows u and v of `predicted`; u itself is no neighbour. user: a row. predicted: (n_users, n_items), positive
    ratings, so that every s_uv is positive. known: boolean, same shape, True where a rating is known.
    → `(items, scores)`: the n items with the highest score that the user has not rated, best first, and their scores; fewer than n
    if fewer are left. With fewer than n_neighbours other users, all of them are neighbours.
    Source: Ning, Desrosiers and Karypis, A Comprehensive Survey of Neighborhood-Based Recommendation Methods, 2015, equation 2.
    """
    norms = np.linalg.norm(predicted, axis=1)
    similarity = predicted @ predicted[user] / (norms * norms[user])
    neighbours = top_n(similarity, n_neighbours, exclude=[user])
    weights = similarity[neighbours]
    scores = weights @ predicted[neighbours] / weights.sum()
    best = top_n(scores, n, exclude=np.flatnonzero(known[user]))
    return best, scores[best]
