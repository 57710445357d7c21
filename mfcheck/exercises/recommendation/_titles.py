"""Known mistakes of `recommend` in which titles and films do not belong together, or the table is put together wrongly."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.recommendation._parts import best_first, by_id, finished, recommended


def long_titles(ratings):
    """The table of ratings, each row with its film's title."""
    return ratings.ratings.merge(ratings.items, on="item_id")


def ids_and_titles_by_position(rows, model, ratings, n):
    at = [model.item_ids.tolist().index(id_) for id_ in rows["item_id"]]
    return rows.assign(**{name: ratings.items[name].iloc[at].to_numpy() for name in ("item_id", "title")})


@mistake(
    title="Titles by position",
    message="Row k of the model was looked up in row k of `ratings.items`. That table also holds films that nobody has rated, and the model does not know "
    "them: from the first of them on, every title belongs to another film.",
    next_step="Find titles by item id.",
    also=(finished(ids_and_titles_by_position),),
)
def titles_by_position(user_id, model, ratings, n=10):
    return recommended(titles=lambda rows, model, ratings: ratings.items["title"].iloc[rows].to_numpy())(
        user_id, model, ratings, n
    )


@mistake(
    title="Titles from row item_id − 1",
    message="The title of film 250 was looked up in row 249 of `ratings.items`. That works only where the ids go up from 1 without a gap.",
    next_step="Find titles by item id, for example with `set_index`.",
    also=(recommended(titles=lambda rows, model, ratings: ratings.items["title"].iloc[model.item_ids[rows]].to_numpy()),),
)
def titles_raw_minus_one(user_id, model, ratings, n=10):
    titles = recommended(titles=lambda rows, model, ratings: ratings.items["title"].iloc[model.item_ids[rows] - 1].to_numpy())
    return titles(user_id, model, ratings, n)


def films_of_long_table(table, model, ratings, n):
    at = [model.item_ids.tolist().index(id_) for id_ in table["item_id"]]
    long = long_titles(ratings)
    return table.assign(item_id=long["item_id"].iloc[at].to_numpy(), title=long["title"].iloc[at].to_numpy())


@mistake(
    title="Titles from the long table",
    message="The titles were taken from a table with a row for each rating. Its row k is the k-th rating, not the k-th film: titles do not fit, and one film "
    "can come twice.",
    next_step="Take titles from `ratings.items`, where every film has one row, by item id.",
    also=(
        finished(films_of_long_table),
        recommended(titles=lambda rows, model, ratings: long_titles(ratings)["title"].unique()[rows]),
        recommended(
            titles=lambda rows, model, ratings: long_titles(ratings).drop_duplicates("item_id")["title"].iloc[rows].to_numpy()
        ),
    ),
)
def titles_from_the_long_table(user_id, model, ratings, n=10):
    titles = recommended(titles=lambda rows, model, ratings: long_titles(ratings)["title"].iloc[rows].to_numpy())
    return titles(user_id, model, ratings, n)


def merged_with_ratings(table, model, ratings, n):
    return table[["item_id", "predicted"]].merge(long_titles(ratings), on="item_id")


@mistake(
    title="One film fills several rows",
    message="The recommendations were merged with a table that has a row for each rating. A film that five people have rated then comes five times.",
    next_step="Merge with `ratings.items`, where every film has one row.",
    also=(finished(lambda *given: merged_with_ratings(*given).head(given[-1])),),
)
def merged_with_the_long_table(user_id, model, ratings, n=10):
    return finished(merged_with_ratings)(user_id, model, ratings, n)


@mistake(
    title="Titles in the order of the item table",
    message="The table was filtered to the recommended films and keeps its own order. The films came best first, so that each now stands beside another's "
    "title.",
    next_step="Ask for the titles in the order of the ids: `.loc[ids]` after `set_index`, or a merge.",
)
def titles_in_table_order(user_id, model, ratings, n=10):
    def titles(rows, model, ratings):
        return ratings.items["title"][ratings.items["item_id"].isin(model.item_ids[rows])].to_numpy()

    return recommended(titles=titles)(user_id, model, ratings, n)


def looked_up_by_title(table, model, ratings, n):
    id_of = dict(zip(ratings.items["title"], ratings.items["item_id"], strict=True))
    return table.assign(item_id=table["title"].map(id_of))


def best_by_title(keep):
    def choose_after(table, model, ratings, n):
        return table.drop_duplicates("title", keep=keep).head(n)

    everything = recommended(choose=lambda scores, rows, n: best_first(scores, rows, len(rows)), finish=choose_after)
    return everything


@mistake(
    title="Two films with one title",
    message="Different films can have the same title. You joined or grouped by title, so that they became one film, or each came twice, or both got the same "
    "id.",
    next_step="Use the item id to tell films apart; the title is only for showing.",
    also=(
        finished(lambda table, model, ratings, n: table[["title", "predicted"]].merge(ratings.items, on="title")),
        finished(lambda table, model, ratings, n: table[["title", "predicted"]].merge(ratings.items, on="title").head(n)),
        best_by_title("first"),
        finished(lambda table, model, ratings, n: table.drop_duplicates("title")),
    ),
)
def merged_on_title(user_id, model, ratings, n=10):
    return finished(looked_up_by_title)(user_id, model, ratings, n)


@mistake(
    title="Seen films were recognized by title",
    message="The user has seen a film of the same title, but a different one. As you compare titles, this film is left out, too.",
    next_step="Compare item ids.",
)
def seen_by_title(user_id, model, ratings, n=10):
    def candidates(user_id, model, ratings):
        titles = by_id(np.arange(len(model.item_ids)), model, ratings)
        long = long_titles(ratings)
        return np.flatnonzero(~np.isin(titles.astype(str), long["title"][long["user_id"] == user_id].to_numpy().astype(str)))

    return recommended(candidates=candidates)(user_id, model, ratings, n)


@mistake(
    title="Not best first",
    message="The right films are there, each with its title, but not in order of the prediction: filtering or merging left them in the order of a table.",
    next_step="Sort by `predicted` at the end, the highest first.",
    also=(finished(lambda table, model, ratings, n: table[::-1]), finished(lambda table, *_: table.sort_values("title"))),
)
def order_of_the_item_table(user_id, model, ratings, n=10):
    return finished(lambda table, *_: table.sort_values("item_id"))(user_id, model, ratings, n)


@mistake(
    title="A column is missing",
    message="The table lacks one of the columns item_id, title and predicted. Perhaps it has another name, or the ids are the index. Whoever uses the table "
    "relies on these three: with a title alone nobody can tell which of two films of that title is meant.",
    next_step="Return all three under these names; `reset_index` makes a column of an index.",
    also=tuple(finished(lambda table, m, r, n, name=name: table.drop(columns=name)) for name in ("title", "predicted")),
)
def column_missing(user_id, model, ratings, n=10):
    return finished(lambda table, *_: table.set_index("item_id"))(user_id, model, ratings, n)
