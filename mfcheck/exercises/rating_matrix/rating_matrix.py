"""rating_matrix: the long list of ratings as a table with blanks."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfref import rating_matrix as lesson

# Two different films have one title.
TITLES = {3: "Solaris", 11: "Nosferatu", 250: "Solaris"}


def frame(rows):
    """Ratings as `load_ratings` gives them, with titles. rows: (user_id, item_id, rating), one a rating."""
    user_ids, item_ids, ratings = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "user_id": np.array(user_ids),
            "item_id": np.array(item_ids),
            "title": [TITLES.get(item_id, f"Film {item_id % 4}") for item_id in item_ids],
            "rating": np.array(ratings, dtype=float),
            "timestamp": 880_000_000 + 60 * np.arange(len(rows)),
        }
    )


def random_rows(rng, n_users=5, n_items=6, n_ratings=16):
    """Rows of so many distinct cells, ids with gaps, in random order."""
    user_ids = rng.choice(np.arange(2, 900), n_users, replace=False)
    item_ids = rng.choice(np.arange(300, 700), n_items, replace=False)
    cells = rng.choice(n_users * n_items, n_ratings, replace=False)
    values = rng.integers(1, 11, n_ratings) / 2
    return [(int(user_ids[c // n_items]), int(item_ids[c % n_items]), float(v)) for c, v in zip(cells, values, strict=True)]


@group("the law: a row a user_id, a column an item_id, both sorted, NaN where nothing is known", 2)
def each_pair_once(rng):
    """Ids with gaps, rows in any order, two films of one title."""
    yield {"ratings": frame([(40, 250, 4.0), (7, 3, 5.0), (1000, 11, 2.0), (40, 3, 1.0)])}
    yield {"ratings": frame(random_rows(rng))}
    yield {"ratings": frame(random_rows(rng, 7, 4, 13))}


@group("a pair that occurs twice raises ValueError naming it", 1)
def a_pair_twice(rng):
    """Once with two opinions, once as the same row written twice."""
    yield {"ratings": frame([(40, 250, 4.0), (7, 3, 5.0), (40, 250, 1.0)])}
    rows = random_rows(rng)
    yield {"ratings": frame([*rows, rows[4]])}


def pivoted(ratings, columns="item_id", **more):
    return ratings.pivot_table(index="user_id", columns=columns, values="rating", **more)


@mistake(
    title="The columns are titles, not item ids",
    message="Two different films can have the same title. In a pivot by title they share one column: their ratings are averaged, or pandas stops "
    "with an error where somebody rated both. In MovieLens 100K, 18 titles belong to two item ids each.",
    next_step="Take `item_id` for the columns. Titles are looked up later, for people to read.",
    also=(
        lambda ratings: ratings.pivot(index="user_id", columns="title", values="rating"),
        lambda ratings: pivoted(ratings, "title").fillna(0),
    ),
)
def pivot_by_title(ratings):
    return pivoted(ratings, "title")


@mistake(
    title="Unknown cells hold 0",
    message="Nobody gave these zeros. A 0 says: hated it. A blank says: not asked. Every mean, and every model that is trained on this table, "
    "would take the blanks for the worst rating there is.",
    next_step="Leave the unknown cells NaN.",
    also=(lambda ratings: lesson.rating_matrix(ratings).fillna(0), lambda ratings: pivoted(ratings).fillna(-1)),
)
def zeros_for_unknown(ratings):
    return pivoted(ratings, fill_value=0)


@mistake(
    title="Unknown cells were filled with a mean",
    message="The blanks were replaced by the mean of an item, of a user, or of all. That is a prediction, though a simple one. The rating matrix "
    "holds what is known; afterwards nobody could tell the two apart.",
    next_step="Leave the unknown cells NaN.",
    also=(
        lambda ratings: pivoted(ratings).T.fillna(pivoted(ratings).mean(axis=1)).T,
        lambda ratings: pivoted(ratings).fillna(ratings["rating"].mean()),
    ),
)
def filled_with_means(ratings):
    return pivoted(ratings).fillna(pivoted(ratings).mean())


@mistake(
    title="Repeated pairs were averaged in silence",
    message="`pivot_table` takes the mean when a user has rated an item twice, and says nothing. The cell then holds a rating that nobody gave, and "
    "a fault of the data stays hidden.",
    next_step="Look for repeated pairs first: `duplicated` takes a list of columns. Raise a ValueError that names the pair.",
    also=(lambda ratings: pivoted(ratings, aggfunc="sum"),),
)
def duplicates_averaged(ratings):
    return pivoted(ratings)


@mistake(
    title="Of a repeated pair one rating was dropped",
    message="When a user has rated an item twice, one rating is kept and the other vanishes without a word. Nobody here can say which is right.",
    next_step="Raise a ValueError that names the user and the item.",
    also=(lambda ratings: pivoted(ratings, aggfunc="first"),),
)
def duplicates_overwritten(ratings):
    return pivoted(ratings, aggfunc="last")


@mistake(
    title="The error does not name the pair",
    message="A ValueError comes, perhaps the one of pandas itself, but it does not say which user and which item are concerned. In a file of "
    "100,000 rows somebody has to find them.",
    next_step="Find the repeated pair yourself, and put its user id and item id into the message.",
)
def pair_not_named(ratings):
    return ratings.pivot(index="user_id", columns="item_id", values="rating")


def stopping_with(error):
    def rating_matrix(ratings):
        if ratings.duplicated(["user_id", "item_id"]).any():
            raise error("a pair occurs twice")
        return pivoted(ratings)

    return rating_matrix


@mistake(
    title="Another kind of error was raised",
    message="The function stops at a repeated pair, but not with a ValueError. Whoever calls it and is prepared for one will not catch yours.",
    next_step="Write `raise ValueError(…)`, with the pair in the message.",
    also=(stopping_with(AssertionError), stopping_with(Exception)),
)
def other_exception(ratings):
    return stopping_with(KeyError)(ratings)


def by_raw_id(ratings, offset=1, size=pd.DataFrame.max):
    R = np.full(tuple(size(ratings[["user_id", "item_id"]]) + 1 - offset), np.nan)
    R[ratings["user_id"] - offset, ratings["item_id"] - offset] = ratings["rating"]
    return pd.DataFrame(R)


@mistake(
    title="The id minus 1 was used as the row number",
    message="The ids are taken for positions, so that the table has a row for every number up to the largest id, or falls off its end. Ids of 1, 2, 3 … "
    "without a gap are a feature of one data set, not a rule.",
    next_step="Take the ids as labels, or number them with `index_ids`.",
    also=(
        lambda ratings: by_raw_id(ratings).to_numpy(),
        lambda ratings: by_raw_id(ratings, size=pd.DataFrame.nunique),
        lambda ratings: by_raw_id(ratings, offset=0),
    ),
)
def raw_minus_one(ratings):
    R = by_raw_id(ratings)
    return R.set_axis(R.index + 1, axis=0).set_axis(R.columns + 1, axis=1)


@mistake(
    title="Rows and columns are exchanged",
    message="The table has a row for each item. In this course users are rows: `R.loc[user_id]` is what one person said.",
    next_step="Exchange what goes into the index and what into the columns.",
)
def transposed(ratings):
    return lesson.rating_matrix(ratings).T


@mistake(
    title="The ids are gone",
    message="The numbers are in place, but rows and columns are no longer labelled with the ids. From such a table nobody can say whose row it is.",
    next_step="Return a DataFrame whose index holds the user ids and whose columns hold the item ids.",
    also=(lambda ratings: pd.DataFrame(pivoted(ratings).to_numpy()), lambda ratings: pivoted(ratings).reset_index(drop=True)),
)
def labels_lost(ratings):
    return pivoted(ratings).to_numpy()


@mistake(
    title="user_id became a column of numbers",
    message="After `reset_index` the user ids stand among the ratings, as a column. Whoever takes the mean of a row takes the id along.",
    next_step="Leave the user ids in the index.",
)
def user_id_as_column(ratings):
    return pivoted(ratings).reset_index()


@mistake(
    title="All columns were spread out",
    message="Titles and timestamps stand in the table, too, because it was not said which column goes into the cells.",
    next_step="Say which column fills the cells, for example with `values=`.",
)
def values_not_named(ratings):
    return ratings.pivot(index="user_id", columns="item_id")


@mistake(
    title="The axes are in order of appearance",
    message="Rows and columns stand in the order in which the ids occur in the file. Two tables of the same ratings could then differ.",
    next_step="Sort both axes.",
)
def order_of_appearance(ratings):
    return pivoted(ratings).reindex(index=ratings["user_id"].unique(), columns=ratings["item_id"].unique())


@mistake(
    title="The cells are objects, not numbers",
    message="A DataFrame that is made empty and filled cell by cell holds Python objects. NumPy cannot compute with them: `np.isnan` stops.",
    next_step="Make it with NaN as numbers from the start: `pd.DataFrame(np.nan, index=…, columns=…)`.",
)
def object_cells(ratings):
    return lesson.rating_matrix(ratings).astype(object)


def unstacked(ratings):
    cells = ratings.set_index(["user_id", "item_id"])["rating"]
    if not cells.index.is_unique:
        raise ValueError(f"pair {cells.index[cells.index.duplicated()][0]} occurs twice")
    return cells.unstack()


def filled_in_a_loop(ratings):
    R = pd.DataFrame(np.nan, index=sorted(set(ratings["user_id"])), columns=sorted(set(ratings["item_id"])))
    for row in ratings.itertuples():
        if not np.isnan(R.at[row.user_id, row.item_id]):
            raise ValueError(f"{row.user_id} has rated {row.item_id} before")
        R.at[row.user_id, row.item_id] = row.rating
    print(R.shape)
    return R


def single_precision_array(ratings):
    for pair, count in ratings.groupby(["user_id", "item_id"]).size().items():
        if count > 1:
            raise ValueError(f"{pair}: {count} ratings")
    users, u = np.unique(ratings["user_id"], return_inverse=True)
    items, i = np.unique(ratings["item_id"], return_inverse=True)
    R = np.full((len(users), len(items)), np.nan, dtype=np.float32)
    R[u, i] = ratings["rating"]
    return pd.DataFrame(R, index=users, columns=items)


def pivot_and_explain(ratings):
    warnings.warn("pivoting", stacklevel=1)
    try:
        return ratings.pivot(index="user_id", columns="item_id", values="rating")
    except ValueError as error:
        twice = ratings.loc[ratings.duplicated(["user_id", "item_id"], keep=False), ["user_id", "item_id"]]
        raise ValueError(f"repeated: {twice.to_dict('records')}") from error


exercise = Exercise(
    number="1.2",
    task="Return a DataFrame with a row a user_id and a column an item_id, both sorted, the ratings in its cells and NaN where none is known. "
    "A pair of user and item that occurs twice raises ValueError naming it.",
    reference=lesson.rating_matrix,
    groups=(each_pair_once, a_pair_twice),
    mistakes=(
        pivot_by_title,
        zeros_for_unknown,
        filled_with_means,
        duplicates_averaged,
        duplicates_overwritten,
        pair_not_named,
        other_exception,
        raw_minus_one,
        transposed,
        labels_lost,
        user_id_as_column,
        values_not_named,
        order_of_appearance,
        object_cells,
    ),
    hints=(
        "pandas has a method that turns a long table into a wide one. It needs three columns: one for the rows, one for the columns, one for the cells.",
        "`DataFrame.pivot(index=…, columns=…, values=…)` sorts both axes and leaves NaN. `DataFrame.duplicated([…])` marks every row whose pair came before.",
        "First take the rows that `ratings.duplicated(['user_id', 'item_id'])` marks; if there are any, raise ValueError with the ids of the first. "
        "Then return the pivot with user_id, item_id and rating.",
    ),
    variants=(unstacked, filled_in_a_loop, single_precision_array, pivot_and_explain),
)
