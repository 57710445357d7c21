"""A user's line with its parts exchanged, from which the known mistakes of `user_drift` are put together."""

import numpy as np


def line(centre=None, slope=None, told=None, empty=0.0):
    """→ a `user_drift`, user by user.

    centre(t, times): where the line turns, from the user's times and from all. slope(away, r, reg): its slope.
    told: the centre that is returned, where that is another one. empty: the centre of whoever has no ratings.
    """
    centre, slope = centre or mean, slope or ridge

    def user_drift(users, times, residuals, n_users, reg):
        slopes, centres = np.zeros(n_users), np.full(n_users, empty)
        for u in range(n_users):
            t, r = times[users == u], residuals[users == u]
            if len(t):
                slopes[u] = slope(t - centre(t, times), r, reg)
                centres[u] = (told or centre)(t, times)
        return slopes, centres

    return user_drift


def mean(t, times):
    return t.mean()


def over(total, weight):
    return total / weight if weight > 0 else 0.0


def ridge(away, r, reg):
    return over(away @ r, away @ away + reg)


def plain(away, r, reg):
    return over(away @ r, away @ away)


def last_counts(users, times, residuals, n_users, reg):
    """`total[users] += …`, where of several ratings only the last one adds."""
    count = np.bincount(users, minlength=n_users)
    centre = np.bincount(users, times, minlength=n_users) / np.maximum(count, 1)
    away = times - centre[users]
    total, weight = np.zeros(n_users), np.zeros(n_users)
    total[users] += away * residuals
    weight[users] += away**2
    weight += reg
    return np.divide(total, weight, out=np.zeros(n_users), where=weight > 0), centre


def divided_anyway(users, times, residuals, n_users, reg):
    """NaN where there is nothing to divide by."""
    count = np.bincount(users, minlength=n_users)
    centre = np.bincount(users, times, minlength=n_users) / count
    away = times - centre[users]
    total = np.bincount(users, away * residuals, minlength=n_users)
    return total / (np.bincount(users, away**2, minlength=n_users) + reg), centre


def slope_divided_anyway(users, times, residuals, n_users, reg):
    """As above, with a centre for whoever has no ratings."""
    slope, centre = divided_anyway(users, times, residuals, n_users, reg)
    return slope, np.nan_to_num(centre)
