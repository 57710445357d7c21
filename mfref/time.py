"""Lesson 12: tastes move, and so do the numbers.

The biases of lesson 04 stand still. Here a film's bias has a part for each stretch of time, and a user's bias is a line:

    r_hat = mu + b_u + slope_u (t - centre_u) + b_i + b_i,bin(t)

(Koren, Collaborative Filtering with Temporal Dynamics, KDD 2009: section 3.1 bins the items' biases and gives users a linear
drift. His drift is bent by |t - t_u|^0.4 and all is learned by SGD; here the drift is a plain line, and all are means.)
"""

import numpy as np


def time_bins(timestamps, n_bins):
    """The bin of each moment, n_bins of equal width between the first moment and the last:

        bin(t) = floor(n_bins (t - first) / (last - first)), the last moment in bin n_bins - 1

    timestamps (n,), in any unit; n_bins >= 1. All at the same moment: all in bin 0.
    → (n,) whole numbers from 0 to n_bins - 1.
    """
    since = np.asarray(timestamps) - np.min(timestamps)
    if since.max() == 0:
        return np.zeros(len(since), dtype=int)
    return np.minimum(since * n_bins // since.max(), n_bins - 1).astype(int)


def item_bias_by_bin(items, bins, residuals, n_items, n_bins, damping):
    """What is special about each item in each bin: the sum of what is left / (count + damping).

        b_i,bin = sum of residuals of i in the bin / (number of them + damping)

    items, bins, residuals (n,): residuals is what mu + b_u + b_i leaves of a rating; damping >= 0, in ratings.
    → (n_items, n_bins); 0 where an item has no rating in a bin, at damping 0 too.
    """
    cells = items * n_bins + bins
    total = np.bincount(cells, residuals, minlength=n_items * n_bins)
    weight = np.bincount(cells, minlength=n_items * n_bins) + damping
    bias = np.divide(total, weight, out=np.zeros(n_items * n_bins), where=weight > 0)
    return bias.reshape(n_items, n_bins)


def user_drift(users, times, residuals, n_users, reg):
    """The line of each user through what is left, by ridge regression on time around the user's own mean time:

        centre_u = mean time of the ratings of u
        slope_u  = sum (t - centre_u) residual / (sum (t - centre_u)^2 + reg)

    users, times, residuals (n,); times are floats, such as parts of the whole period; reg >= 0.
    → `(slope, centre)`, both (n_users,). Without ratings both are 0. At reg 0 the slope of whoever rated at one moment is 0.
    """
    count = np.bincount(users, minlength=n_users)
    centre = np.bincount(users, times, minlength=n_users) / np.maximum(count, 1)
    away = times - centre[users]
    total = np.bincount(users, away * residuals, minlength=n_users)
    spread = np.bincount(users, away**2, minlength=n_users)
    weight = np.where(spread > 1e-20 * centre**2, spread, 0) + reg  # less is rounding: all at one moment
    return np.divide(total, weight, out=np.zeros(n_users), where=weight > 0), centre


def predict_temporal(mu, b_user, b_item, b_item_bin, slope, centre, users, items, times, bins):
    """→ (n,): mu + b_u + slope_u (t - centre_u) + b_i + b_i,bin for each pair of `users` and `items` at its time.

    mu float; b_user, slope, centre (n_users,); b_item (n_items,); b_item_bin (n_items, n_bins); users, items, times, bins (n,).
    """
    return mu + b_user[users] + slope[users] * (times - centre[users]) + b_item[items] + b_item_bin[items, bins]


def recent_popularity(items, timestamps, n_items, now, half_life):
    """How popular each item is now: its ratings, each worth half as much after every half_life:

        popularity_i = sum over the ratings of i of 2^(-(now - t) / half_life)

    items, timestamps (n,); now and half_life > 0 in the unit of timestamps. Ratings after `now` do not count: nobody
    knows them yet. → (n_items,)
    """
    age = now - timestamps
    weight = 0.5 ** (np.maximum(age, 0) / half_life) * (age >= 0)
    return np.bincount(items, weight, minlength=n_items)
