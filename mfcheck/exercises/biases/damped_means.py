"""damped_means: what is special about an item, then what is left of each user."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.biases import _slips as slips
from mfcheck.exercises.biases._slips import divided_anyway, in_steps, undamped
from mfref import biases


def problem(rng, n_users, n_items, damping, unrated_users=(), unrated_items=()):
    """About half of the cells known, in random order; nobody is unrated but those named; ratings also above 5."""
    known = rng.random((n_users, n_items)) < 0.4
    rated_users, rated_items = (np.setdiff1d(range(n), no) for n, no in ((n_users, unrated_users), (n_items, unrated_items)))
    longest = max(len(rated_users), len(rated_items))
    known[np.resize(rated_users, longest), np.resize(rated_items, longest)] = True
    known[rated_users[0], rated_items] = True
    known[list(unrated_users)] = False
    known[:, list(unrated_items)] = False
    users, items = rng.permutation(np.argwhere(known)).T
    ratings = rng.uniform(1, 5, len(users)) + rng.uniform(0, 4, n_users)[users] * rng.uniform(0, 1, n_items)[items]
    return {"users": users, "items": items, "ratings": ratings, "n_users": n_users, "n_items": n_items, "damping": damping}


@group("the law: items first, then users on what is left, each sum divided by count + damping", points=3)
def everybody_has_ratings(rng):
    """Four ratings by hand; then unequal counts, little and much damping, none, and a scale beyond 5."""
    yield {
        "users": np.array([0, 1, 2, 0]),
        "items": np.array([0, 0, 0, 1]),
        "ratings": np.array([5.0, 5.0, 5.0, 1.0]),
        "n_users": 3,
        "n_items": 2,
        "damping": 2,
    }
    yield problem(rng, 4, 4, 1)
    yield problem(rng, 5, 3, 10.0)
    yield problem(rng, 3, 6, 0.5)
    yield problem(rng, 6, 5, 0)


@group("users and items without ratings get 0, with damping and without", points=1)
def unrated(rng):
    """Unrated ones at the beginning, in the middle and at the end; damping 3, then 0."""
    yield problem(rng, 3, 3, 3.0, [2], [1])
    yield problem(rng, 5, 4, 3, [1], [0, 3])
    yield problem(rng, 4, 6, 0.0, [0, 3], [2, 5])
    yield problem(rng, 3, 4, 0, [1], [3])


@mistake(
    title="The user effects come from the raw ratings",
    message="Both effects were computed as deviations from mu alone. A user who rated only loved films then looks generous, although the films explain it: "
    "the same points are counted twice. Of 18 published versions, 7 do this.",
    next_step="Take mu **and** the item's effect off each rating before you look at the users.",
    also=(*undamped(second_sees_first=False), in_steps(second_sees_first=False, mean=slips.last_counts)),
)
def both_raw(users, items, ratings, n_users, n_items, damping):
    return in_steps(second_sees_first=False)(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="The users come first",
    message="The user effects were computed first, and the items got what was left. That is a model, too, but not the one of the task: items come first, "
    "because an item mostly has more ratings than a user, so that its effect is the surer one.",
    next_step="Exchange the two steps.",
    also=(*undamped(first="users"), in_steps(first="users", mean=slips.last_counts)),
)
def user_first(users, items, ratings, n_users, n_items, damping):
    return in_steps(first="users")(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="There is no damping",
    message="The sums are divided by the number of ratings alone. A film with a single 5 then counts as one of the best. Damping acts like some more ratings "
    "that say nothing special: it pulls what rests on few ratings towards 0.",
    next_step="Find `damping` in the formula.",
    also=(in_steps(factors=(0, 0), mean=divided_anyway), in_steps(factors=(0, 0), mean=slips.grouped)),
)
def no_damping(users, items, ratings, n_users, n_items, damping):
    return in_steps(factors=(0, 0))(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="Only one side is damped",
    message="One of the two effects is divided by count + damping, the other by the count alone. Few ratings are no surer for a user than for an item.",
    next_step="Compare the divisors of both steps.",
    also=(in_steps(factors=(0, 1)), *(in_steps(factors=f, mean=divided_anyway) for f in ((1, 0), (0, 1)))),
)
def damping_once(users, items, ratings, n_users, n_items, damping):
    return in_steps(factors=(1, 0))(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="Zero is divided by zero",
    message="Someone has no ratings, and damping is 0: the sum 0 over the count 0 gives NaN or an error. Where nothing is known, nothing special is known: "
    "the effect is 0.",
    next_step="Divide only where count + damping is above 0.",
    also=(in_steps(mean=slips.divided_by_python),),
)
def zero_over_zero(users, items, ratings, n_users, n_items, damping):
    return in_steps(mean=divided_anyway)(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="Of several ratings only the last counts",
    message="`total[items] += …` does not add up: where an index comes several times, NumPy reads the old value once and keeps the last result. A loop with "
    "`=` in place of `+=` does the same.",
    next_step="Use `np.bincount` with weights, `np.add.at`, or a loop with `+=`.",
    also=(in_steps(mean=slips.last_counts, factors=(0, 0)),),
)
def fancy_index_add(users, items, ratings, n_users, n_items, damping):
    return in_steps(mean=slips.last_counts)(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="Unknown ratings are counted as zeros",
    message="A mean was taken over all cells of the table, with 0 where nobody rated. These zeros are no ratings: they pull mu, or the effects of all who rated "
    "little, far down.",
    next_step="Sum and count over the known ratings only: the three arrays hold nothing else.",
    also=(slips.zeros_known_mu_over_all, slips.zeros_in_the_sums, slips.zeros_undamped),
)
def mean_over_nan_as_0(users, items, ratings, n_users, n_items, damping):
    cells = np.indices((n_users, n_items)).reshape(2, -1)
    return in_steps()(*cells, slips.table_of(users, items, ratings, n_users, n_items).ravel(), n_users, n_items, damping)


@mistake(
    title="mu is a mean of means",
    message="First the mean of each user (or item) was taken, then the mean of these. Someone with two ratings then weighs as much as someone with two hundred. "
    "mu is the mean of all ratings.",
    next_step="Take the mean of `ratings` itself.",
    also=(slips.mean_of_item_means,),
)
def mu_of_means(users, items, ratings, n_users, n_items, damping):
    return in_steps(center=lambda r: slips.mean_of_means(users, r))(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="mu is not taken off",
    message="The effects are means of whole ratings. An effect says by how much someone lies above or below mu, so it is near 0 for most. As it is, mu would be "
    "counted twice in the prediction.",
    next_step="Take mu off each rating before you add up.",
    also=(slips.means_themselves, in_steps(second_sees_mu=False)),
)
def mu_not_subtracted(users, items, ratings, n_users, n_items, damping):
    _, b_user, b_item = in_steps(center=lambda r: 0.0)(users, items, ratings, n_users, n_items, damping)
    return ratings.mean(), b_user, b_item


@mistake(
    title="The effects have the other sign",
    message="A loved film got a negative effect: the rating was taken off the mean instead of the mean off the rating. Added to mu, such an effect goes the wrong "
    "way.",
    next_step="Look at an item whose ratings are all above mu: its effect must be positive.",
)
def sign_turned(users, items, ratings, n_users, n_items, damping):
    mu, b_user, b_item = biases.damped_means(users, items, ratings, n_users, n_items, damping)
    return mu, -b_user, -b_item


@mistake(
    title="Users and items are exchanged",
    message="The second value returned belongs to the items, the third to the users. The task asks for mu, then the users, then the items, although the items "
    "are computed first.",
    next_step="Look at the order in the `return`.",
)
def order_exchanged(users, items, ratings, n_users, n_items, damping):
    mu, b_user, b_item = biases.damped_means(users, items, ratings, n_users, n_items, damping)
    return mu, b_item, b_user


@mistake(
    title="A mean is divided once more",
    message="The numerator is already a mean, and was then divided by count + damping. The damped mean is the **sum** of what is left over count + damping.",
    next_step="Use the sum in the numerator.",
)
def mean_in_the_numerator(users, items, ratings, n_users, n_items, damping):
    return in_steps(mean=slips.divided_twice)(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="The damping is in the numerator, too",
    message="`damping` was added to the sum as well as to the count. That acts like ratings one point above the mean. The ratings that damping stands for lie at "
    "the mean and add 0 to the sum.",
    next_step="Add `damping` to the count only.",
)
def damping_in_the_sum(users, items, ratings, n_users, n_items, damping):
    return in_steps(mean=slips.damping_added_to_both)(users, items, ratings, n_users, n_items, damping)


@mistake(
    title="The arrays are too short",
    message="b_user or b_item has no place for those who have no ratings. The arrays must have n_users and n_items entries, so that index u means user u "
    "everywhere.",
    next_step="Start from `np.zeros(n_users)`, or give `np.bincount` a `minlength`.",
    also=(in_steps(mean=slips.grouped),),
)
def only_rated_rows(users, items, ratings, n_users, n_items, damping):
    return in_steps(mean=slips.as_long_as_rated)(users, items, ratings, n_users, n_items, damping)


def loop(users, items, ratings, n_users, n_items, damping):
    mu = sum(ratings) / len(ratings)
    b_user, b_item = [0.0] * n_users, [0.0] * n_items
    for i in range(n_items):
        left = [r - mu for j, r in zip(items, ratings, strict=True) if i == j]
        b_item[i] = sum(left) / (len(left) + damping) if left else 0
    for u in range(n_users):
        left = [r - mu - b_item[i] for v, i, r in zip(users, items, ratings, strict=True) if u == v]
        b_user[u] = sum(left) / (len(left) + damping) if left else 0
    print(b_user)
    return mu, b_user, b_item


def groupby(users, items, ratings, n_users, n_items, damping):
    import pandas as pd

    table = pd.DataFrame({"u": users, "i": items, "r": ratings})
    mu = table["r"].mean()
    by_item = (table["r"] - mu).groupby(table["i"])
    b_item = (by_item.sum() / (by_item.count() + damping)).reindex(range(n_items), fill_value=0.0)
    by_user = (table["r"] - mu - table["i"].map(b_item)).groupby(table["u"])
    return mu, (by_user.sum() / (by_user.size() + damping)).reindex(range(n_users)).fillna(0), b_item


def table_with_nan(users, items, ratings, n_users, n_items, damping):
    table = np.full((n_users, n_items), np.nan)
    table[users, items] = ratings
    mu = np.nanmean(table)
    b_item = np.nan_to_num(np.nansum(table - mu, axis=0) / ((~np.isnan(table)).sum(axis=0) + damping))
    b_user = np.nan_to_num(np.nansum(table - mu - b_item, axis=1) / ((~np.isnan(table)).sum(axis=1) + damping))
    return [mu, b_user, b_item]


def ratings_at_the_mean(users, items, ratings, n_users, n_items, damping):
    """The item's effect as a mean to which `damping` ratings of the value mu were added."""
    mu = np.average(ratings)
    total, count = np.zeros(n_items), np.zeros(n_items)
    np.add.at(total, items, ratings)
    np.add.at(count, items, 1)
    b_item = (total + damping * mu + 1e-12 * mu) / (count + damping + 1e-12) - mu
    total, count = np.zeros(n_users), np.zeros(n_users)
    np.add.at(total, users, ratings - mu - b_item[items])
    np.add.at(count, users, 1)
    return mu, total / np.maximum(count + damping, 1e-9), b_item


def sparse_product(users, items, ratings, n_users, n_items, damping):
    from scipy.sparse import csr_array

    mu = ratings.mean()
    known = csr_array((np.ones(len(ratings)), (users, items)), shape=(n_users, n_items))
    left = csr_array((ratings - mu, (users, items)), shape=(n_users, n_items))
    b_item = left.sum(axis=0) / np.maximum(known.sum(axis=0) + damping, 1e-9)
    return mu, (left.sum(axis=1) - known @ b_item) / np.maximum(known.sum(axis=1) + damping, 1e-9), b_item


def single_precision(users, items, ratings, n_users, n_items, damping):
    mu, b_user, b_item = biases.damped_means(users, items, ratings, n_users, n_items, damping)
    return np.float32(mu), b_user.astype(np.float32), b_item.astype(np.float32)


exercise = Exercise(
    number="4.1",
    task="Return (mu, b_user, b_item): the mean rating, then for each item the sum of r − mu, then for each user the sum of r − mu − b_i, "
    "both divided by count + damping; 0 for whoever has no ratings.",
    reference=biases.damped_means,
    groups=(everybody_has_ratings, unrated),
    mistakes=(
        both_raw,
        user_first,
        no_damping,
        damping_once,
        zero_over_zero,
        fancy_index_add,
        mean_over_nan_as_0,
        mu_of_means,
        mu_not_subtracted,
        sign_turned,
        order_exchanged,
        mean_in_the_numerator,
        damping_in_the_sum,
        only_rated_rows,
    ),
    hints=(
        "Three steps, and each begins with what the one before has left: all ratings, then r − mu for the items, then r − mu − b_i for the users.",
        "`np.bincount(items, weights=…, minlength=n_items)` adds up for each item; without weights it counts. In the users' step, `b_item[items]` is "
        "the item's effect of each rating.",
        "Two zero arrays. For every item with ratings: the sum of `ratings[items == i] - mu`, divided by their number + damping. Then for every user with "
        "ratings: the same with mu and `b_item` of the rated items taken off.",
    ),
    variants=(loop, groupby, table_with_nan, ratings_at_the_mean, sparse_product, single_precision),
)
