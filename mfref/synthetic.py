"""Synthetic ratings of MovieLens's shape, together with the truth that they were drawn from.

The latent score of user u for item i at time t (0 on the first day, 1 on the last) is

    z_ui(t) = b_u + v_u (t - t_u) + b_i + s_i (t - 1/2) + p_u . q_i + N(0, NOISE^2)

with t_u the time of u's first rating, and the rating is 1 plus the number of cut points below z. The cut
points lie where the shares of the ratings 1 to 5 become MovieLens 100K's. People choose what they rate: of
two items, u rates i before j with odds fame_i exp(CHOICE p_u . q_i) to fame_j exp(CHOICE p_u . q_j).

The constants were fitted to MovieLens 100K (Harper and Konstan, 2015): its marginals, and the errors of a
ladder of models on it. `tests/test_synthetic.py` prints both columns side by side.
"""

from dataclasses import dataclass

import numpy as np

from mfref.ratings import Ratings
from mfref.synthetic_titles import GENRES, genre_sets, titles

RATING_SHARES = (0.061, 0.114, 0.271, 0.342, 0.212)
SECONDS = int(214.8 * 86_400)
FIRST_SECOND = 874_724_710

# Sizes at 100,000 ratings, and quantiles of the number of ratings per user and per item.
N_USERS, N_ITEMS = 943, 1682
QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
PER_USER = (20, 33, 65, 148, 244, 311, 443, 737)
PER_ITEM = (1, 6, 27, 80, 169, 230, 369, 583)

N_FACTORS = 12
SPECTRUM = 0.774  # each factor's standard deviation is this part of the one before
TASTE = 0.385  # standard deviation of p_u . q_i over all pairs
GENRE_PART = 0.6  # part of an item's factor variance that comes from its genres
PEOPLE_PART = 0.2  # part of a user's factor variance that comes from age, gender and occupation
USER_BIAS = 0.456
ITEM_BIAS = 0.535
FAME_BIAS = 0.67  # correlation of an item's bias with the logarithm of its fame
USER_DRIFT = 0.25  # standard deviation of v_u, in latent points over the whole period
ITEM_DRIFT = 0.45  # standard deviation of s_i
NOISE = 0.823
CHOICE = 0.63
FAME = (0.7, 0.055)  # log fame = 0.7 x + 0.055 x^2 at x = log of the wanted number of ratings
RETURNING = 0.3  # share of users who come back after their first sitting
GAP = 22  # mean seconds between two ratings of one sitting

OCCUPATIONS = (
    "administrator artist doctor educator engineer entertainment executive healthcare homemaker lawyer librarian "
    "marketing none other programmer retired salesman scientist student technician writer"
).split()


@dataclass(frozen=True)
class Truth:
    """What the ratings were drawn from; rows in the order of `Ratings.users` and `Ratings.items`."""

    cuts: np.ndarray  # (4,), the latent scores between the ratings 1|2, 2|3, 3|4, 4|5
    b_user: np.ndarray  # (n_users,)
    b_item: np.ndarray  # (n_items,)
    P: np.ndarray  # (n_users, N_FACTORS)
    Q: np.ndarray  # (n_items, N_FACTORS)
    user_drift: np.ndarray  # (n_users,), v_u
    item_drift: np.ndarray  # (n_items,), s_i
    first_time: np.ndarray  # (n_users,), t_u as a part of the whole period
    noise: float

    def score(self, users, items, times):
        """The latent score z without noise. users, items: 0-based indices; times: parts of the period, 0 to 1."""
        return (
            self.b_user[users]
            + self.user_drift[users] * (times - self.first_time[users])
            + self.b_item[items]
            + self.item_drift[items] * (times - 0.5)
            + np.einsum("nf,nf->n", self.P[users], self.Q[items])
        )


def synthetic_ratings(seed, n_ratings=100_000, name=None):
    """Draw a data set of MovieLens's shape.

    seed: int; the same seed gives the same data set, bit for bit, and another seed another of the same law.
    n_ratings: 1,000 to 10,000,000 or more; users and items grow with it as they do from MovieLens 100K to 10M.
    → `Ratings` with `truth`. Raises ValueError for fewer than 1,000 ratings.
    """
    if n_ratings < 1000:
        raise ValueError(f"n_ratings = {n_ratings}: the law of MovieLens needs at least 1,000 ratings.")
    rng = np.random.default_rng(seed)
    growth = n_ratings / 100_000
    n_users, n_items = round(N_USERS * growth**0.93), round(N_ITEMS * growth**0.4)

    genres = genre_sets(n_items, rng)
    items = _items(genres, rng)
    users, people = _users(n_users, rng)
    P, Q = _factors(people, genres, rng)
    wanted = _quantile_counts(n_items, PER_ITEM, n_ratings, rng)
    activity = _activity(n_users, n_items, n_ratings, rng)
    b_user, b_item = _biases(activity, wanted, rng)

    user, item = _choices(activity, wanted, P, Q, rng)
    first_time, time = _times(user, n_users, rng)
    truth = Truth(
        cuts=np.zeros(4),
        b_user=b_user,
        b_item=b_item,
        P=P,
        Q=Q,
        user_drift=_normal(rng, n_users, USER_DRIFT),
        item_drift=_normal(rng, n_items, ITEM_DRIFT),
        first_time=first_time,
        noise=NOISE,
    )
    z = truth.score(user, item, time) + rng.normal(0, NOISE, n_ratings)
    truth.cuts[:] = np.quantile(z, np.cumsum(RATING_SHARES)[:-1]).round(6)
    order = rng.random(n_ratings).argsort()
    ratings = {
        "user_id": user[order] + 1,
        "item_id": item[order] + 1,
        "rating": 1.0 + np.searchsorted(truth.cuts, z)[order],
        "timestamp": FIRST_SECOND + (time * SECONDS).astype(np.int64)[order],
    }
    return Ratings(name or f"synthetic, seed {seed}", ratings, items, users, truth=truth)


def _normal(rng, size, scale):
    """Normal numbers on a grid of 1e-6, so that the last bit of a machine's arithmetic decides nothing."""
    return (rng.standard_normal(size) * scale).round(6)


def _items(genres, rng):
    names = np.array(list(GENRES))
    years = np.where(rng.random(len(genres)) < 0.7, 1993 + 6 * rng.random(len(genres)), 1930 + 63 * rng.random(len(genres)))
    years = years.astype(int)
    names_of = titles(genres, years, rng)
    return {
        "item_id": np.arange(1, len(genres) + 1),
        "title": names_of,
        "year": years.astype(float),
        "genres": ["|".join(names[row]) for row in genres],
    }


def _users(n_users, rng):
    """→ the table of users, and their features as numbers, (n_users, 23): age, gender, one column an occupation."""
    age = np.clip(np.exp(3.47 + 0.36 * rng.standard_normal(n_users)), 7, 73).astype(int)
    male = rng.random(n_users) < 0.71
    occupation = (rng.random(n_users) ** 1.3 * len(OCCUPATIONS)).astype(int)
    zip_code = (rng.random(n_users) * 99_999).astype(int)
    table = {
        "user_id": np.arange(1, n_users + 1),
        "age": age,
        "gender": np.where(male, "M", "F"),
        "occupation": np.array(OCCUPATIONS)[occupation],
        "zip_code": [f"{z:05d}" for z in zip_code],
    }
    features = np.column_stack([(age - 34) / 12, np.where(male, 0.64, -1.56), np.eye(len(OCCUPATIONS))[occupation]])
    return table, features


def _factors(people, genres, rng):
    """→ P, Q: independent factors of falling size, in part explained by features."""
    size = SPECTRUM ** np.arange(N_FACTORS)
    size *= np.sqrt(TASTE / np.sqrt((size**4).sum()))
    return _explained(people, PEOPLE_PART, size, rng), _explained(genres / genres.sum(1, keepdims=True), GENRE_PART, size, rng)


def _explained(features, part, size, rng):
    common = features @ rng.standard_normal((features.shape[1], len(size)))
    common = (common - common.mean(0)) / common.std(0)
    own = rng.standard_normal(common.shape)
    return (size * (np.sqrt(part) * common + np.sqrt(1 - part) * own)).round(6)


def _biases(activity, wanted, rng):
    fame = _standard(np.log(wanted), np.ones(len(wanted)))
    b_item = FAME_BIAS * fame + np.sqrt(1 - FAME_BIAS**2) * rng.standard_normal(len(wanted))
    b_user = rng.standard_normal(len(activity))
    return (USER_BIAS * _standard(b_user, activity)).round(6), (ITEM_BIAS * _standard(b_item, wanted)).round(6)


def _standard(values, weights):
    """Values moved and scaled to a weighted mean of 0 and a weighted standard deviation of 1."""
    values = values - np.average(values, weights=weights)
    return values / np.sqrt(np.average(values**2, weights=weights))


def _quantile_counts(n, quantiles, n_ratings, rng):
    """Numbers of ratings (not rounded) whose quantiles are those given, in random order, summing to n_ratings."""
    at = (np.arange(n) + 0.5) / n
    counts = np.exp(np.interp(at, QUANTILES, np.log(quantiles)))
    return (counts * (n_ratings / counts.sum()))[rng.random(n).argsort()]


def _activity(n_users, n_items, n_ratings, rng):
    """Whole numbers of ratings per user: at least 20, at most 60 % of the items, summing to n_ratings."""
    counts = _quantile_counts(n_users, PER_USER, n_ratings, rng).round().astype(int)
    most = int(0.6 * n_items)
    counts = np.clip(counts, 20, most)
    order = rng.random(n_users).argsort()
    while (missing := n_ratings - counts.sum()) != 0:
        step = np.sign(missing)
        room = order[(counts[order] < most) if step > 0 else (counts[order] > 20)]
        counts[room[: abs(missing)]] += step
    return counts


def _choices(activity, wanted, P, Q, rng):
    """→ parallel arrays (users, items): each user's items without repeats, every item at least once."""
    x = np.log(wanted)
    log_fame = FAME[0] * x + FAME[1] * x**2
    items = np.empty(activity.sum(), dtype=np.int64)
    end = activity.cumsum()
    for u, n in enumerate(activity):
        # The n smallest of exponential waiting times with these rates are n draws without replacement.
        waiting = rng.standard_exponential(len(x)) * np.exp(-log_fame - CHOICE * (Q @ P[u]))
        items[end[u] - n : end[u]] = np.sort(np.argpartition(waiting, n)[:n])
    users = np.repeat(np.arange(len(activity)), activity)
    popular = np.flatnonzero(np.bincount(items, minlength=len(x))[items] > np.median(wanted))
    unrated = np.flatnonzero(np.bincount(items, minlength=len(x)) == 0)
    items[popular[rng.random(len(popular)).argsort()[: len(unrated)]]] = unrated
    return users, items


def _times(users, n_users, rng):
    """→ (first_time, time): when each user begins and when each rating is given, as parts of the period.

    Most users rate everything in one sitting, with GAP seconds between two ratings; RETURNING of them
    spread the later part of their ratings over the time that is left.
    """
    first_time = (0.97 * rng.random(n_users)).round(6)
    pace = np.exp(0.8 * rng.standard_normal(n_users)) * GAP / SECONDS
    returns = rng.random(n_users) < RETURNING
    reach = rng.random(n_users)
    start = np.flatnonzero(np.r_[True, users[1:] != users[:-1]])
    waited = np.cumsum(rng.standard_exponential(len(users)) * pace[users])
    in_sitting = waited - np.repeat(waited[start], np.diff(np.r_[start, len(users)]))
    later = returns[users] & (rng.random(len(users)) < 0.6)
    spread = rng.random(len(users)) * reach[users] * (1 - first_time[users])
    return first_time, np.minimum(first_time[users] + np.where(later, spread, in_sitting), 1.0).round(9)
