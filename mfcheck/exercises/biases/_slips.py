"""Damped means with their parts exchanged, from which the known mistakes of `damped_means` are put together."""

import numpy as np


def damped(rows, left, n, damping):
    """The sum of what is left for each row, over count + damping; 0 without ratings."""
    return over(np.bincount(rows, left, n), np.bincount(rows, minlength=n) + damping)


def over(total, weight):
    return np.divide(total, weight, out=np.zeros(len(total)), where=weight > 0)


def divided_anyway(rows, left, n, damping):
    return np.bincount(rows, left, n) / (np.bincount(rows, minlength=n) + damping)


def divided_by_python(rows, left, n, damping):
    return np.array([float(left[rows == row].sum()) / (int((rows == row).sum()) + damping) for row in range(n)])


def last_counts(rows, left, n, damping):
    total = np.zeros(n)
    total[rows] += left
    return over(total, np.bincount(rows, minlength=n) + damping)


def as_long_as_rated(rows, left, n, damping):
    return over(np.bincount(rows, left), np.bincount(rows) + damping)


def grouped(rows, left, n, damping):
    """As `groupby` does it: nothing at all for whoever has no rating."""
    return as_long_as_rated(np.unique(rows, return_inverse=True)[1], left, n, damping)


def divided_twice(rows, left, n, damping):
    return over(damped(rows, left, n, 0), np.bincount(rows, minlength=n) + damping)


def damping_added_to_both(rows, left, n, damping):
    return over(np.bincount(rows, left, n) + damping, np.bincount(rows, minlength=n) + damping)


def in_steps(first="items", second_sees_first=True, second_sees_mu=True, mean=damped, factors=(1, 1), center=np.mean):
    """→ a `damped_means`. Which effect comes first, what the other sees, how a mean is taken, by what the damping of items
    and of users is multiplied, and where the middle is."""

    def damped_means(users, items, ratings, n_users, n_items, damping):
        mu = center(ratings)
        sides = {"items": (items, n_items, factors[0] * damping), "users": (users, n_users, factors[1] * damping)}
        second = "users" if first == "items" else "items"
        rows, n, d = sides[first]
        b = {first: mean(rows, ratings - mu, n, d)}
        left = ratings - (mu if second_sees_mu else 0) - (over_rows(b[first], rows) if second_sees_first else 0)
        rows, n, d = sides[second]
        b[second] = mean(rows, left, n, d)
        return mu, b["users"], b["items"]

    return damped_means


def over_rows(effects, rows):
    """The effect of each rating's row, also when rows without ratings are left out."""
    return effects[rows] if len(effects) > max(rows) else effects[np.unique(rows, return_inverse=True)[1]]


def undamped(**parts):
    """The same mistake without any damping, in two ways."""
    return [in_steps(**parts, factors=(0, 0), mean=mean) for mean in (damped, divided_anyway)]


def table_of(users, items, ratings, n_users, n_items):
    """The table with 0 for unknown."""
    table = np.zeros((n_users, n_items))
    table[users, items] = ratings
    return table


def zeros_known_mu_over_all(users, items, ratings, n_users, n_items, damping):
    mu = table_of(users, items, ratings, n_users, n_items).mean()
    return in_steps(center=lambda r: mu)(users, items, ratings, n_users, n_items, damping)


def zeros_in_the_sums(users, items, ratings, n_users, n_items, damping):
    cells = np.indices((n_users, n_items)).reshape(2, -1)
    table = table_of(users, items, ratings, n_users, n_items)
    return in_steps(center=lambda r: ratings.mean())(*cells, table.ravel(), n_users, n_items, damping)


def zeros_undamped(users, items, ratings, n_users, n_items, damping):
    table = table_of(users, items, ratings, n_users, n_items)
    return table.mean(), table.mean(axis=1) - table.mean(), table.mean(axis=0) - table.mean()


def mean_of_means(rows, ratings):
    return np.mean([ratings[rows == row].mean() for row in np.unique(rows)])


def mean_of_item_means(users, items, ratings, n_users, n_items, damping):
    return in_steps(center=lambda r: mean_of_means(items, r))(users, items, ratings, n_users, n_items, damping)


def means_themselves(users, items, ratings, n_users, n_items, damping):
    _, b_user, b_item = in_steps(second_sees_first=False, center=lambda r: 0.0)(users, items, ratings, n_users, n_items, damping)
    return ratings.mean(), b_user, b_item
