"""sparsity: how much of the matrix is blank."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import rating_matrix


def cells(rng, n_users, n_items, n_ratings):
    """So many distinct known cells."""
    drawn = rng.choice(n_users * n_items, n_ratings, replace=False)
    return {"users": drawn // n_items, "items": drawn % n_items, "n_users": n_users, "n_items": n_items}


@group("the law: the share of cells that is unknown", 1)
def some_known(rng):
    """Users and items without a rating count as well."""
    yield {"users": np.array([0, 2, 0]), "items": np.array([1, 0, 2]), "n_users": 4, "n_items": 3}
    yield cells(rng, 1, 7, 1)
    yield cells(rng, 9, 5, int(rng.integers(14, 20)))
    yield cells(rng, 6, 11, int(rng.integers(3, 6)))


@group("nothing is known, or everything", 1)
def empty_and_full(rng):
    """The ends of the scale."""
    yield cells(rng, 3, 4, 0)
    yield cells(rng, 2, 5, 10)


def share(users, n_users, n_items):
    return 1 - len(users) / (n_users * n_items)


@mistake(
    title="This is the density",
    message="The share of the cells that is known was returned. Sparsity is the other part, the share that is unknown: about 0.94 for MovieLens "
    "100K, where the density is 0.06.",
    next_step="Known and unknown cells make up the whole: their shares add up to 1.",
    also=(
        lambda users, items, n_users, n_items: 100 * (1 - share(users, n_users, n_items)),
        lambda users, items, n_users, n_items: len(users) / (len(set(users)) * len(set(items))),
    ),
)
def density(users, items, n_users, n_items):
    return 1 - share(users, n_users, n_items)


@mistake(
    title="In percent",
    message="The value is a hundred times too large. The task asks for a share, a number between 0 and 1. To show it in percent is the job of "
    'whoever prints it: f"{share:.1%}".',
    next_step="Leave out the factor 100.",
    also=(
        lambda users, items, n_users, n_items: round(100 * share(users, n_users, n_items), 1),
        lambda users, items, n_users, n_items: round(100 * share(users, n_users, n_items), 2),
        lambda users, items, n_users, n_items: round(100 * share(users, n_users, n_items), 3),
    ),
)
def percent(users, items, n_users, n_items):
    return 100 * share(users, n_users, n_items)


@mistake(
    title="The result was rounded",
    message="Some digits are lost. Whoever computes on with the value carries the error along: 3 digits of 0.99987 make 1, a matrix of which nothing "
    "is known.",
    next_step="Return the full value; round, if at all, where it is printed.",
    also=(
        lambda users, items, n_users, n_items: round(share(users, n_users, n_items), 2),
        lambda users, items, n_users, n_items: round(share(users, n_users, n_items), 4),
        lambda users, items, n_users, n_items: round(share(users, n_users, n_items), 1),
    ),
)
def rounded(users, items, n_users, n_items):
    return round(share(users, n_users, n_items), 3)


@mistake(
    title="The size was read off the ratings",
    message="Users and items without a rating were not counted: the size of the matrix was taken from the ratings themselves. A user who has rated "
    "nothing still has a row, and all its cells are unknown.",
    next_step="Use the arguments `n_users` and `n_items`.",
    also=(lambda users, items, n_users, n_items: share(users, max(users, default=0) + 1, max(items, default=0) + 1),),
)
def size_from_the_ratings(users, items, n_users, n_items):
    return share(users, len(np.unique(users)), len(np.unique(items)))


@mistake(
    title="A number of cells in place of a share",
    message="The unknown cells were counted, and not divided by the number of all cells. Matrices of different sizes cannot be compared by that.",
    next_step="Divide by the number of all cells.",
)
def count_not_share(users, items, n_users, n_items):
    return n_users * n_items - len(users)


@mistake(
    title="Users and items were added",
    message="The number of cells was taken for `n_users + n_items`. A table of 4 rows and 3 columns has 12 cells.",
    next_step="Multiply the two sizes.",
)
def sizes_added(users, items, n_users, n_items):
    return 1 - len(users) / (n_users + n_items)


@mistake(
    title="Divided by the square of one size",
    message="The number of cells was computed as if there were as many items as users, or as users alone. The matrix is rarely square.",
    next_step="The number of cells is rows times columns.",
    also=(
        lambda users, items, n_users, n_items: share(users, n_items, n_items),
        lambda users, items, n_users, n_items: share(users, n_users, 1),
        lambda users, items, n_users, n_items: share(users, 1, n_items),
    ),
)
def one_size_only(users, items, n_users, n_items):
    return share(users, n_users, n_users)


@mistake(
    title="The division lost the fraction",
    message="`//` or `int` cuts everything behind the point. A share lies between 0 and 1, so that nothing of it is left.",
    next_step="Divide with `/`.",
    also=(lambda users, items, n_users, n_items: int(share(users, n_users, n_items)),),
)
def whole_division(users, items, n_users, n_items):
    return 1 - len(users) // (n_users * n_items)


@mistake(
    title="Unknown for each known",
    message="The number of unknown cells was divided by that of the known ones. A share compares with the whole, so that it stays between 0 and 1.",
    next_step="Divide by the number of all cells.",
)
def odds(users, items, n_users, n_items):
    return (n_users * n_items - len(users)) / max(len(users), 1)


def mask(users, items, n_users, n_items):
    unknown = np.ones((n_users, n_items), dtype=bool)
    unknown[users, items] = False
    return unknown.mean()


def counted_in_loops(users, items, n_users, n_items):
    known = set(zip(users, items, strict=True))
    unknown = [(u, i) for u in range(n_users) for i in range(n_items) if (u, i) not in known]
    print(len(unknown), "unknown")
    return len(unknown) / (n_users * n_items)


def single_precision(users, items, n_users, n_items):
    warnings.warn("in float32", stacklevel=1)
    return np.float32((n_users * n_items - np.size(users)) / n_users / n_items)


def mean_of_user_shares(users, items, n_users, n_items):
    return np.array(np.mean(1 - np.bincount(users, minlength=n_users) / n_items))


exercise = Exercise(
    number="1.4",
    task="Return the share of the n_users × n_items cells that is unknown, a number between 0 and 1. No pair occurs twice.",
    reference=rating_matrix.sparsity,
    groups=(some_known, empty_and_full),
    mistakes=(
        density,
        percent,
        rounded,
        size_from_the_ratings,
        count_not_share,
        sizes_added,
        one_size_only,
        whole_division,
        odds,
    ),
    hints=(
        "How many cells has a table of n_users rows and n_items columns? How many of them are known?",
        "The share of known cells is the number of ratings divided by the number of cells. You want the rest.",
        "Subtract `len(users) / (n_users * n_items)` from 1.",
    ),
    variants=(mask, counted_in_loops, single_precision, mean_of_user_shares),
)
