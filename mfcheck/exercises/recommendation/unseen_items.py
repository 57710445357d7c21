"""unseen_items: what a user has not rated."""

import warnings
from dataclasses import replace

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.rules import known_outcome, outcome_difference
from mfref import recommendation


class InAnyOrder:
    """Each outcome holds the items of the function's: the ascending order has a group of its own."""

    def first_difference(self, function, exercise, runs):
        for n, run in enumerate(runs):
            expected = in_order(known_outcome(function, exercise, run.arguments, n))
            if found := outcome_difference(exercise, run.arguments, expected, in_order(run.outcome)):
                return run, found
        return None


def in_order(outcome):
    """The outcome with its items sorted, if they are a plain row of numbers."""
    is_row = isinstance(outcome.value, np.ndarray | list | tuple) and np.ndim(outcome.value) == 1
    return replace(outcome, value=np.sort(outcome.value)) if is_row else outcome


def some_ratings(rng, n_users, n_items, n_ratings, without=()):
    """Distinct pairs in random order; nobody rates the items of `without`."""
    cells = rng.permutation([(u, i) for u in range(n_users) for i in range(n_items) if i not in without])[:n_ratings]
    return {"users": cells[:, 0], "items": cells[:, 1], "n_items": n_items}


@group("the law: the items without a rating of this user", 2, InAnyOrder())
def some_seen(rng):
    """Several users, in any order; some items that nobody rates, the last among them."""
    yield {"user": 1, "users": np.array([1, 0, 1, 2]), "items": np.array([3, 0, 1, 2]), "n_items": 6}
    yield {"user": 2, **some_ratings(rng, 4, 9, 20, without=(0, 5, 8))}
    yield {"user": 0, **some_ratings(rng, 7, 6, 21, without=(5,))}
    # The same pair twice, as in a file with two ratings of one film.
    yield {"user": 5, "users": np.array([5, 3, 5, 5]), "items": np.array([4, 4, 0, 4]), "n_items": 5}


@group("in ascending order", 1)
def many_items(rng):
    """So many that a set of them is no longer in order by itself."""
    yield {"user": 0, "users": np.zeros(5, dtype=int), "items": np.array([2, 5, 3, 0, 4]), "n_items": 9}
    yield {"user": 1, "users": np.ones(2900, dtype=int), "items": rng.permutation(3000)[:2900], "n_items": 3000}


@group("a user who has rated nothing, and one who has rated everything", 1, InAnyOrder())
def nothing_and_everything(rng):
    """All items, and none."""
    yield {"user": 1, "users": np.array([0, 2, 0]), "items": np.array([1, 2, 0]), "n_items": 4}
    yield {"user": 0, "users": np.array([0, 1, 0, 0]), "items": np.array([1, 2, 2, 0]), "n_items": 3}


def everything_but(seen, n_items):
    return np.setdiff1d(np.arange(n_items), seen)


@mistake(
    title="The seen items were returned",
    message="These are the items that the user has rated. A recommender shows what is left when they are taken away.",
    next_step="Take all items from 0 to `n_items` − 1 and remove these.",
    also=(lambda user, users, items, n_items: items[users == user],),
)
def seen_items(user, users, items, n_items):
    return np.unique(items[users == user])


@mistake(
    title="Items that others have rated",
    message="You took the items in the rows of other users. An item that this user has rated, too, is among them, because somebody else has also "
    "rated it.",
    next_step="Collect what this user has rated, and take it away from all items.",
    also=(lambda user, users, items, n_items: items[users != user],),
)
def rated_by_others(user, users, items, n_items):
    return np.unique(items[users != user])


@mistake(
    title="Items without any rating are missing",
    message="You began with the items that occur in `items`. What nobody has rated is not among them, though this user has not seen it either. New "
    "items are of that kind.",
    next_step="Begin with all rows from 0 to `n_items` − 1.",
    also=(lambda user, users, items, n_items: [i for i in items if i not in items[users == user]],),
)
def only_rated_items(user, users, items, n_items):
    return np.setdiff1d(items, items[users == user])


@mistake(
    title="Items that nobody has rated",
    message="The ratings of all users were taken away, not those of this user. What only others have rated is new to this user.",
    next_step="Pick out the rows with `users == user` first.",
)
def unseen_by_all(user, users, items, n_items):
    return everything_but(items, n_items)


@mistake(
    title="Positions of ratings in place of items",
    message="`users != user` has an entry for each rating, not for each item. Its positions are rows of the ratings.",
    next_step="Use the mask to pick from `items`: `items[users == user]`.",
    also=(lambda user, users, items, n_items: everything_but(np.flatnonzero(users == user), n_items),),
)
def positions_of_ratings(user, users, items, n_items):
    return np.flatnonzero(users != user)


@mistake(
    title="The user was taken for a position",
    message="`items[user]` is the item of the rating at that position of the file. Whose rating it is, `users` says.",
    next_step="Pick out all positions at which `users` equals `user`.",
)
def user_as_position(user, users, items, n_items):
    return everything_but([items[user]], n_items)


@mistake(
    title="Only one of the ratings was taken away",
    message="The user has several ratings, and only the first of them was found. The other seen items are still in your answer.",
    next_step="Look for all positions of this user: `users == user` gives a True for each.",
    also=(lambda user, users, items, n_items: everything_but(items[users == user][-1:], n_items),),
)
def first_rating_only(user, users, items, n_items):
    return everything_but(items[users == user][:1], n_items)


@mistake(
    title="Users and items are exchanged",
    message="You looked for the user's number among the items. The two arrays are parallel, and hold different things: whose rating it is, and of what.",
    next_step="Compare `user` with `users`, then take from `items`.",
)
def exchanged(user, users, items, n_items):
    return everything_but(users[items == user], n_items)


@mistake(
    title="True and False in place of items",
    message="For every item there is a True or a False. The task asks for the items themselves, as indices.",
    next_step="`np.flatnonzero` finds the positions of the True.",
)
def mask_returned(user, users, items, n_items):
    return ~np.isin(np.arange(n_items), items[users == user])


@mistake(
    title="An array inside a tuple",
    message="`np.where` with one argument gives a tuple with one array for each dimension. Here that is a tuple of one.",
    next_step="Take its first entry, or use `np.flatnonzero`.",
)
def where_tuple(user, users, items, n_items):
    return np.where(mask_returned.function(user, users, items, n_items))


@mistake(
    title="Counting starts at 1",
    message="The rows are numbered from 0: the first item is 0, the last is `n_items` − 1. Your candidates go from 1 to `n_items`.",
    next_step="Use `np.arange(n_items)` or `range(n_items)`.",
    also=(lambda user, users, items, n_items: np.setdiff1d(np.arange(1, n_items), items[users == user]),),
)
def from_one(user, users, items, n_items):
    return np.setdiff1d(np.arange(1, n_items + 1), items[users == user])


@mistake(
    title="The end is cut off",
    message="Your candidates end with the largest item that occurs in `items`, or before it. How many items there are, `n_items` says: the last ones "
    "may have no rating yet.",
    next_step="Take the candidates from `n_items`, not from the ratings.",
    also=(
        lambda user, users, items, n_items: everything_but(items[users == user], items.max()),
        lambda user, users, items, n_items: everything_but(items[users == user], n_items - 1),
    ),
)
def size_from_the_ratings(user, users, items, n_items):
    return everything_but(items[users == user], items.max() + 1)


@mistake(
    title="How many, not which",
    message="You returned the number of unseen items. To recommend something, one must know which they are.",
    next_step="Return the array of the items.",
)
def count_only(user, users, items, n_items):
    return len(recommendation.unseen_items(user, users, items, n_items))


@mistake(
    title="Not in ascending order",
    message="The items are the right ones, but a Python set has no order: on small numbers it looks sorted, on others it is not.",
    next_step="Sort before you return.",
    also=(lambda user, users, items, n_items: recommendation.unseen_items(user, users, items, n_items)[::-1],),
)
def order_of_a_set(user, users, items, n_items):
    return list(set(range(n_items)) - set(items[users == user].tolist()))


def loop_over_items(user, users, items, n_items):
    seen = {i for u, i in zip(users, items, strict=True) if u == user}
    return [i for i in range(n_items) if i not in seen]


def mask_of_unseen(user, users, items, n_items):
    print("user", user)
    unseen = np.ones(n_items, dtype=bool)
    unseen[items[users == user]] = False
    return np.where(unseen)[0]


def sorted_set(user, users, items, n_items):
    warnings.warn("through a set", stacklevel=1)
    return sorted(set(range(n_items)).difference(items[users == user]))


def deleted(user, users, items, n_items):
    return np.delete(np.arange(n_items, dtype=np.int32), items[users == user])


def counted(user, users, items, n_items):
    counts = np.bincount(items, weights=(users == user), minlength=n_items)
    return np.argwhere(counts == 0).ravel()


exercise = Exercise(
    number="6.1",
    task="Return the items, from 0 to n_items − 1, that have no rating of this user, in ascending order.",
    reference=recommendation.unseen_items,
    groups=(some_seen, many_items, nothing_and_everything),
    mistakes=(
        seen_items,
        rated_by_others,
        only_rated_items,
        unseen_by_all,
        positions_of_ratings,
        user_as_position,
        first_rating_only,
        exchanged,
        mask_returned,
        where_tuple,
        from_one,
        size_from_the_ratings,
        count_only,
        order_of_a_set,
    ),
    hints=(
        "Which items has this user rated? The two arrays are parallel: where `users` holds the user, `items` holds the item.",
        "`items[users == user]` are the seen items. You need all the others, also those that nobody has rated.",
        "`np.setdiff1d(a, b)` gives what is in a and not in b, sorted. Here a is `np.arange(n_items)`.",
    ),
    variants=(loop_over_items, mask_of_unseen, sorted_set, deleted, counted),
)
