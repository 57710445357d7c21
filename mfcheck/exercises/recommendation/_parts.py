"""What `recommend` and `recommend_or_fallback` have in common: instances, and the function with its parts exchanged."""

import numpy as np
import pandas as pd

WORDS = "Amber Birch Coral Dune Ember Fjord Grove Harbour Island Jasmine Kite Lantern Meadow North Orchard Pebble".split()


def instance(rng, user_id, user_ids, item_ids, unrated, n_seen, **more):
    """Arguments of `recommend` with random ratings and scores.

    user_ids, item_ids: in the order of the model's rows. unrated: ids in the table of items that the model does not know.
    n_seen: how many items user_id has rated. Their best has the highest score of all. Of the unseen ones, the best and the third best
    are different films with one title, and so are the second best and a seen one.
    """
    user_index = {id_: row for row, id_ in enumerate(user_ids)}
    n_users, n_items = len(user_ids), len(item_ids)
    # Some above 5 and some below 1, so that clipping shows.
    scores = np.array([rng.permutation(np.linspace(-1.13, 6.71, n_items)) for _ in range(n_users)])
    scores += rng.uniform(-0.1, 0.1, scores.shape)
    user = user_index.get(user_id, 0)
    by_score = np.argsort(-scores[user])
    seen = np.union1d(by_score[:1], rng.permutation(by_score[1:])[: n_seen - 1])
    unseen = by_score[~np.isin(by_score, seen)]
    # Everybody has rated something, and everything has been rated: otherwise the model would not know them.
    is_rated = rng.random((n_users, n_items)) < 0.4
    is_rated[np.arange(n_users), rng.integers(n_items, size=n_users)] = True
    is_rated[user] = np.isin(np.arange(n_items), seen)
    is_rated[(user + 1) % n_users, ~is_rated.any(axis=0)] = True
    pairs = np.argwhere(is_rated)
    ids = np.array(item_ids)
    twins = [ids[unseen[[0, 2]]], ids[[unseen[1], seen[-1]]]] if len(unseen) > 2 else []
    return {
        "user_id": user_id,
        "model": (user_index, ids, scores),
        "ratings": (long_table(rng, pairs, user_ids, ids), item_table(rng, [*item_ids, *unrated], twins)),
        **more,
    }


def long_table(rng, pairs, user_ids, item_ids):
    """A row a pair, in random order."""
    users, items = np.array(pairs)[rng.permutation(len(pairs))].T
    ratings = rng.integers(1, 6, len(pairs)).astype(float)
    return pd.DataFrame({"user_id": np.array(user_ids)[users], "item_id": np.asarray(item_ids)[items], "rating": ratings})


def item_table(rng, item_ids, twins=()):
    """Ids, sorted, and titles; the two ids of each of the twins have one title."""
    titles = dict(zip(sorted(item_ids), (WORDS[k % 16] + " II" * (k // 16) for k in rng.permutation(len(item_ids))), strict=True))
    for one, other in twins:
        titles[one] = titles[other]
    return pd.DataFrame({"item_id": list(titles), "title": list(titles.values())})


def own_row(user_id, model, ratings):
    return model.user_index[user_id]


def without_seen(user_id, model, ratings):
    table = ratings.ratings
    return np.flatnonzero(~np.isin(model.item_ids, table["item_id"][table["user_id"] == user_id]))


def best_first(scores, rows, n):
    return rows[np.argsort(-scores[rows], kind="stable")[:n]]


def by_id(rows, model, ratings):
    return ratings.items.set_index("item_id")["title"][model.item_ids[rows]].to_numpy()


def refuse(user_id, model, ratings):
    raise KeyError(user_id)


def recommended(row=own_row, candidates=without_seen, choose=best_first, titles=by_id, finish=None, unknown=refuse):
    """`recommend` with some of its parts exchanged.

    row: whose scores. candidates: rows that may be shown. choose: which of them. titles: of the rows chosen. finish: a last
    change to the table. unknown: what is done for an unknown user; None: nothing in particular.
    """

    def recommend(user_id, model, ratings, n=10):
        if unknown and user_id not in model.user_index:
            return unknown(user_id, model, ratings)
        scores = model.scores(row(user_id, model, ratings))
        rows = choose(scores, candidates(user_id, model, ratings), n)
        shown = {"item_id": model.item_ids[rows], "title": titles(rows, model, ratings), "predicted": scores[rows]}
        table = pd.DataFrame(shown)
        return finish(table, model, ratings, n) if finish else table

    return recommend


def finished(change):
    """`recommend` with a last change to the right table."""
    return recommended(finish=change)
