"""The films of a trained model: what is known of each, by the rows of Q, and finding them by a part of the title."""

import numpy as np

UNKNOWN = "unknown"


def film_table(model, ratings):
    """→ `films_of` the model's items. Raises ValueError, saying what to do, if the model is not trained or was trained on other ratings."""
    check_trained_on(model, ratings)
    return films_of(model.item_ids, ratings)


def films_of(item_ids, ratings):
    """→ DataFrame of the films with these ids, in their order.

    Index item_id; columns title, name (the title, with the item id where two films share it), year and genres as text,
    mean_rating, n_ratings.
    """
    columns = ["title", "year", "genres"]
    films = ratings.items.set_index("item_id").reindex(index=item_ids, columns=columns)
    given = ratings.ratings.groupby("item_id")["rating"].agg(["mean", "size"]).reindex(films.index)
    twice = films["title"].duplicated(keep=False).to_numpy()
    films["title"] = films["title"].fillna(UNKNOWN).astype(str)
    films["name"] = films["title"].where(~twice, films["title"] + ", item " + films.index.astype(str))
    films["year"] = [UNKNOWN if year != year else f"{int(year)}" for year in films["year"].astype(float)]
    films["genres"] = films["genres"].fillna("").astype(str).replace("", UNKNOWN)
    films["mean_rating"], films["n_ratings"] = given["mean"], given["size"].fillna(0).astype(int)
    return films


def check_trained_on(model, ratings):
    """Raise ValueError, saying what to do, unless the model has learned from (some of) these ratings, and nothing else."""
    if not hasattr(model, "item_ids_"):
        raise ValueError("The model is not trained yet. Train it first: model.fit(data).")
    if len(model.Q_[0]) < 2:
        raise ValueError("A map needs two factors. Train a model with n_factors=2 or more.")
    table = ratings.ratings
    known = _pairs(table["user_id"].to_numpy(), table["item_id"].to_numpy())
    users = np.repeat(model.user_ids_, np.diff(model.seen_from_))
    others = len(users) - int(np.isin(_pairs(users, model.item_ids_[model.seen_]), known).sum())
    if others:
        raise ValueError(
            f"{others} of the {len(users)} ratings that this model was trained on are not in {ratings.name}. "
            "Train a model on this data, model.fit(data), or give the data that the model was trained on."
        )


def _pairs(users, items):
    """→ one number for each pair of ids, to compare two sets of pairs."""
    return users.astype(np.int64) << 32 | items.astype(np.int64)


def with_title_like(films, part):
    """→ the rows of the films whose name contains `part` (letter case does not matter), those with most ratings first."""
    hits = films["name"].str.contains(part.strip(), case=False, regex=False).to_numpy()
    order = most_rated(films)
    return order[hits[order]]


def most_rated(films):
    """→ all rows, those with most ratings first."""
    return np.argsort(-films["n_ratings"].to_numpy(), kind="stable")
