"""csr_arrays: all ratings in a row, user after user."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import rating_matrix


def shuffled(rng, users, n_users, n_items=8):
    """Ratings of these users, each of distinct items, in random order."""
    users = np.sort(users)
    items = np.concatenate([rng.permutation(n_items)[: np.sum(users == u)] for u in np.unique(users)])
    order = rng.permutation(len(users))
    return {
        "users": users[order],
        "items": items[order],
        "ratings": rng.integers(1, 11, len(users)) / 2 + rng.uniform(0, 0.4, len(users)).round(2),
        "n_users": n_users,
    }


@group("the law: three arrays, user after user, each row sorted by item", 2)
def every_user_has_ratings(rng):
    """Unsorted ratings; every user has some."""
    yield {"users": np.array([1, 0, 1]), "items": np.array([4, 2, 0]), "ratings": np.array([5.0, 3.0, 1.0]), "n_users": 2}
    yield shuffled(rng, [0, 0, 0, 1, 2, 2], 3)
    yield shuffled(rng, rng.permutation([*range(6), *rng.integers(0, 6, 12)]), 6, 20)


@group("users without ratings at the beginning and in the middle", 1)
def gaps_between_users(rng):
    """Their rows are empty."""
    yield {"users": np.array([3, 1]), "items": np.array([0, 2]), "ratings": np.array([4.0, 2.0]), "n_users": 4}
    yield shuffled(rng, [1, 1, 1, 4, 5, 5, 9, 9], 10)


@group("users without ratings at the end", 1)
def gap_at_the_end(rng):
    """Also when nobody has rated anything."""
    yield {"users": np.array([0, 0]), "items": np.array([3, 1]), "ratings": np.array([4.0, 2.0]), "n_users": 3}
    yield shuffled(rng, [0, 1, 1, 2, 2, 2], 6)
    nobody = np.zeros(0, dtype=int)
    yield {"users": nobody, "items": nobody, "ratings": np.zeros(0), "n_users": 2}


def with_parts(indptr=None, order=None, give=lambda *parts: parts):
    """The right construction with one part exchanged."""

    def csr_arrays(users, items, ratings, n_users):
        right, *_ = rating_matrix.csr_arrays(users, items, ratings, n_users)
        o = (order or (lambda users, items, ratings: np.lexsort((items, users))))(users, items, ratings)
        return give(indptr(users, n_users) if indptr else right, items[o], ratings[o])

    return csr_arrays


@mistake(
    title="The leading 0 is missing",
    message="`indptr` begins with the end of the first row, and has one entry too few. Row u lies between `indptr[u]` and `indptr[u + 1]`, so that "
    "the beginning of row 0 must be there, too.",
    next_step="Put a 0 before the cumulative sums.",
)
def no_leading_zero(users, items, ratings, n_users):
    return with_parts(lambda users, n: np.cumsum(np.bincount(users, minlength=n)))(users, items, ratings, n_users)


@mistake(
    title="The last end is missing",
    message="`indptr` holds where each row begins, but not where the last one ends. It has one entry more than there are users; the last is the number of "
    "ratings.",
    next_step="Append the number of ratings.",
)
def no_last_entry(users, items, ratings, n_users):
    indptr, indices, data = rating_matrix.csr_arrays(users, items, ratings, n_users)
    return indptr[:-1], indices, data


@mistake(
    title="Counts in place of their running sums",
    message="`indptr` says how many ratings each user has. It should say where each row begins in the long arrays: that is the number of all ratings of "
    "the users before.",
    next_step="Add the counts up as you go along: `np.cumsum`.",
    also=(with_parts(lambda users, n: np.bincount(users, minlength=n)),),
)
def counts_not_sums(users, items, ratings, n_users):
    return with_parts(lambda users, n: np.append(0, np.bincount(users, minlength=n)))(users, items, ratings, n_users)


@mistake(
    title="Users without ratings lost their row",
    message="Only users who have ratings got an entry of `indptr`, so that all rows behind an empty one move up and belong to the wrong user. An empty "
    "row begins where it ends.",
    next_step="Count for every index from 0 to `n_users` − 1; `np.bincount` counts zeros as well.",
)
def empty_users_skipped(users, items, ratings, n_users):
    return with_parts(lambda users, n: np.cumsum([0, *np.unique(users, return_counts=True)[1]]))(users, items, ratings, n_users)


@mistake(
    title="The users at the end are missing",
    message="`indptr` ends with the last user who has a rating. Users behind them have rows as well, empty ones; the number of rows is `n_users`.",
    next_step="`np.bincount` has an argument `minlength`.",
    also=(with_parts(lambda users, n: np.append(0, np.cumsum(np.bincount(users, minlength=np.max(users) + 1)))),),
)
def trailing_users_missing(users, items, ratings, n_users):
    return with_parts(lambda users, n: np.append(0, np.cumsum(np.bincount(users))))(users, items, ratings, n_users)


@mistake(
    title="The rows are not sorted by item",
    message="Each row holds the right ratings, but its items stand in the order of the file. SciPy sorts them; then an item is found by bisection, and two "
    "rows can be compared in one pass.",
    next_step="Sort by user, and among the ratings of one user by item.",
)
def rows_not_sorted(users, items, ratings, n_users):
    return with_parts(order=lambda u, i, r: np.argsort(u, kind="stable"))(users, items, ratings, n_users)


@mistake(
    title="The ratings were taken to be sorted already",
    message="`indices` and `data` stand in the order of the file. The slices of `indptr` then cut out other people's ratings. Files come in any order.",
    next_step="Sort before you cut: find one order and apply it to items and ratings.",
)
def input_assumed_sorted(users, items, ratings, n_users):
    return with_parts(order=lambda u, i, r: np.arange(len(u)))(users, items, ratings, n_users)


@mistake(
    title="The ratings stayed behind",
    message="The items were sorted and the ratings were not, so that they no longer belong together. Parallel arrays must be reordered together.",
    next_step="Apply the same order to both arrays.",
)
def ratings_left_behind(users, items, ratings, n_users):
    indptr, indices, _ = rating_matrix.csr_arrays(users, items, ratings, n_users)
    return indptr, indices, ratings


@mistake(
    title="Sorted by item first",
    message="The ratings stand item after item; those of one user are scattered. That is the order for compressed columns. `np.lexsort` takes the most "
    "important key last.",
    next_step="Let the user decide first, the item second.",
)
def sorted_by_item_first(users, items, ratings, n_users):
    return with_parts(order=lambda u, i, r: np.lexsort((u, i)))(users, items, ratings, n_users)


@mistake(
    title="Columns were compressed, not rows",
    message="The arrays go item after item: `indptr` belongs to the items, and `indices` holds users. That is the format CSC. Here the rows, the "
    "users, are compressed.",
    next_step="Exchange the parts of users and items.",
)
def columns_compressed(users, items, ratings, n_users):
    return rating_matrix.csr_arrays(items, users, ratings, max(items, default=-1) + 1)


@mistake(
    title="The arrays come in another order",
    message="The three arrays are right but returned in another order. SciPy's constructor takes (data, indices, indptr); this function returns them the "
    "other way round.",
    next_step="Return indptr, indices, data.",
    also=(with_parts(give=lambda indptr, indices, data: (indices, indptr, data)),),
)
def other_order_returned(users, items, ratings, n_users):
    return rating_matrix.csr_arrays(users, items, ratings, n_users)[::-1]


@mistake(
    title="The users are not compressed",
    message="The first array names the user of every rating. That is the format COO, sorted. CSR keeps only where each row begins, which is shorter and finds "
    "a row at once.",
    next_step="Replace the sorted users by the positions at which each one's ratings begin.",
)
def users_not_compressed(users, items, ratings, n_users):
    return np.sort(users), *rating_matrix.csr_arrays(users, items, ratings, n_users)[1:]


def triples(users, items, ratings, n_users):
    rows = sorted(zip(users, items, ratings, strict=True))
    indptr = [sum(1 for u, _, _ in rows if u < row) for row in range(n_users + 1)]
    return indptr, [i for _, i, _ in rows], [r for _, _, r in rows]


def user_by_user(users, items, ratings, n_users):
    indptr, indices, data = [0], [], []
    for u in range(n_users):
        mine = {i: r for v, i, r in zip(users, items, ratings, strict=True) if v == u}
        for i in sorted(mine):
            indices.append(int(i))
            data.append(float(mine[i]))
        indptr.append(len(indices))
    print(indptr)
    return indptr, np.array(indices, dtype=np.int32), np.array(data, dtype=np.float32)


def bisected(users, items, ratings, n_users):
    warnings.warn("bisecting", stacklevel=1)
    order = np.argsort(items, kind="stable")
    order = order[np.argsort(users[order], kind="stable")]
    return [np.searchsorted(users[order], np.arange(n_users + 1)), items[order], ratings[order]]


def one_key(users, items, ratings, n_users):
    order = np.argsort(users * (items.max(initial=0) + 1) + items)
    indptr = np.zeros(n_users + 1, dtype=np.uint32)
    np.add.at(indptr, users + 1, 1)
    return indptr.cumsum(), items[order], ratings[order]


exercise = Exercise(
    number="1.5",
    task="Return (indptr, indices, data), the compressed sparse rows: the ratings of user u are data[indptr[u]:indptr[u + 1]], their items "
    "indices[indptr[u]:indptr[u + 1]], each row sorted by item.",
    reference=rating_matrix.csr_arrays,
    groups=(every_user_has_ratings, gaps_between_users, gap_at_the_end),
    mistakes=(
        no_leading_zero,
        no_last_entry,
        counts_not_sums,
        empty_users_skipped,
        trailing_users_missing,
        rows_not_sorted,
        input_assumed_sorted,
        ratings_left_behind,
        sorted_by_item_first,
        columns_compressed,
        other_order_returned,
        users_not_compressed,
    ),
    hints=(
        "Two jobs: bring the ratings into the right order, and note where each user's begin. Do the first with one array of positions.",
        "`np.lexsort((items, users))` sorts by user, then by item. `np.bincount(users, minlength=n_users)` counts each user's ratings.",
        "With `order = np.lexsort((items, users))` the last two arrays are `items[order]` and `ratings[order]`. The first is a 0 followed by the "
        "`np.cumsum` of the counts.",
    ),
    variants=(triples, user_by_user, bisected, one_key),
)
