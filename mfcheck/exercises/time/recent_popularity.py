"""recent_popularity: what is popular now, not what once was."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import time


def problem(rng, counts, half_life, now=1000.0):
    """So many ratings of each item in random order, up to some half-lives ago; none at `now`, none later."""
    items = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    ages = half_life * rng.uniform(0.1, 4, len(items))
    return {"items": items, "timestamps": now - ages, "n_items": len(counts), "now": now, "half_life": half_life}


@group("the law: a rating counts half as much after every half-life", points=2)
def ratings_of_the_past(rng):
    """Four ratings by hand; then days, seconds, items without ratings, and a last rating long ago."""
    yield {"items": np.array([0, 1, 0, 1]), "timestamps": np.array([10, 8, 6, 8]), "n_items": 2, "now": 10, "half_life": 2}
    yield problem(rng, [3, 5, 2], 7.0, 40.0)
    yield problem(rng, [4, 0, 6, 1, 0], 30.0)
    seconds = problem(rng, [5, 3, 4, 2], 86_400.0, 893_000_000)
    yield {**seconds, "timestamps": seconds["timestamps"].astype(np.int64)}
    yield {**problem(rng, [2, 6], 5.0, 60.0), "now": 64.0}


@group("what comes after now does not count", points=2)
def the_future_is_unknown(rng):
    """Ratings after now, one exactly at now, an item with nothing but a future, and a time before everything."""
    arguments = problem(rng, [3, 4, 5], 10.0, 100.0)
    later = rng.uniform(1, 30, len(arguments["items"])) * (rng.permutation(len(arguments["items"])) < 5)
    timestamps = np.where(later > 0, 100 + later, arguments["timestamps"])
    yield {"items": np.array([0, 1, 0]), "timestamps": np.array([4, 12, 10]), "n_items": 2, "now": 10, "half_life": 6}
    yield {**arguments, "timestamps": timestamps}
    yield {**arguments, "timestamps": np.where(arguments["items"] == 1, 120.0, timestamps)}
    yield {**arguments, "timestamps": arguments["timestamps"] + 100}


def weighted(weight, known=lambda t, now: t <= now, at=lambda t, now: now):
    """→ a `recent_popularity` with parts exchanged: what a rating of some age weighs, which ratings are known, and when now is."""

    def recent_popularity(items, timestamps, n_items, now, half_life):
        inside = known(timestamps, now)
        ages = at(timestamps, now) - timestamps[inside].astype(float)
        return np.bincount(items[inside], weight(ages / half_life), minlength=n_items)

    return recent_popularity


def halved(ages):
    return 0.5**ages


def everything(t, now):
    return np.full(len(t), True)


def in_order_of_time(combine):
    """→ a `recent_popularity` in which each item has a single rating's weight, that of the last one in the file or in time."""

    def recent_popularity(items, timestamps, n_items, now, half_life):
        known = timestamps <= now
        popularity = np.zeros(n_items)
        combine(popularity, items[known], 0.5 ** ((now - timestamps[known]) / half_life))
        return popularity

    return recent_popularity


def last_of_the_file(popularity, items, weights):
    popularity[items] += weights


@mistake(
    title="Nothing decays",
    message="All ratings count the same, however old they are. That is the popularity of all times: a film that everybody saw last year stands above the one that everybody sees now.",
    next_step="Weigh each rating by its age before you add up.",
    also=(weighted(np.ones_like, everything),),
)
def no_decay(items, timestamps, n_items, now, half_life):
    return weighted(np.ones_like)(items, timestamps, n_items, now, half_life)


@mistake(
    title="Old ratings count more",
    message="The weight grows with the age: a sign in the exponent is turned. A rating one half-life old must count one half, not two.",
    next_step="Compute the weight of a rating from one half-life ago by hand.",
    also=(weighted(lambda ages: 2.0**ages, everything),),
)
def grows_with_age(items, timestamps, n_items, now, half_life):
    return weighted(lambda ages: 2.0**ages)(items, timestamps, n_items, now, half_life)


@mistake(
    title="Decay by e, not by 2",
    message="The weight is exp(−age / half_life). After one half-life that leaves 1/e = 0.37 of a rating, not one half. The time after which 1/e is left is another one than the "
    "half-life.",
    next_step="Take powers of 2 (or of one half) in place of powers of e.",
    also=(weighted(lambda ages: np.exp(-ages), everything),),
)
def decay_by_e(items, timestamps, n_items, now, half_life):
    return weighted(lambda ages: np.exp(-ages))(items, timestamps, n_items, now, half_life)


@mistake(
    title="The window is cut off",
    message="Ratings younger than one half-life count in full, older ones not at all. Half-life means that the weight fades: one half after one half-life, one quarter after two.",
    next_step="Let the weight of a rating depend on its age.",
    also=(weighted(lambda ages: np.clip(1 - ages / 2, 0, None)),),
)
def hard_window(items, timestamps, n_items, now, half_life):
    return weighted(lambda ages: (ages <= 1).astype(float))(items, timestamps, n_items, now, half_life)


@mistake(
    title="The weight falls in steps",
    message="The age was rounded down to whole half-lives. A rating then keeps its full weight until the first half-life is over. The weight fades evenly.",
    next_step="Divide without rounding: `/`, not `//`.",
)
def in_steps(items, timestamps, n_items, now, half_life):
    return weighted(lambda ages: 0.5 ** np.floor(ages))(items, timestamps, n_items, now, half_life)


@mistake(
    title="The future counts",
    message="Ratings after `now` were counted, and with a weight above 1, because their age is negative. At that time nobody could know them. A test that does this looks better than "
    "any use of it can be.",
    next_step="Leave out what is later than now.",
    also=(weighted(lambda ages: 0.5 ** np.abs(ages), everything), weighted(lambda ages: 0.5 ** np.maximum(ages, 0), everything)),
)
def future_counted(items, timestamps, n_items, now, half_life):
    return weighted(halved, everything)(items, timestamps, n_items, now, half_life)


@mistake(
    title="A rating of this moment is left out",
    message="A rating exactly at `now` was not counted. Only what comes **after** now is unknown; a rating of this moment counts in full.",
    next_step="Compare with `<=` in place of `<`.",
)
def now_left_out(items, timestamps, n_items, now, half_life):
    return weighted(halved, lambda t, now: t < now)(items, timestamps, n_items, now, half_life)


@mistake(
    title="The age is measured from the last rating",
    message="The age was taken from the latest rating in the data, not from `now`. Whoever asks at another time gets the same numbers.",
    next_step="The age of a rating is now − t.",
    also=(weighted(halved, everything, at=lambda t, now: t.max()),),
)
def now_not_used(items, timestamps, n_items, now, half_life):
    return weighted(halved, at=lambda t, now: t[t <= now].max() if (t <= now).any() else now)(
        items, timestamps, n_items, now, half_life
    )


@mistake(
    title="Only one rating of each item counts",
    message="Each item has the weight of a single rating: `popularity[items] += …` keeps the last of several, and so does `=` in a loop, or a maximum. Popularity is a sum over all of "
    "an item's ratings.",
    next_step="Use `np.bincount` with weights, `np.add.at`, or a loop with `+=`.",
    also=(in_order_of_time(np.maximum.at),),
)
def one_rating_each(items, timestamps, n_items, now, half_life):
    return in_order_of_time(last_of_the_file)(items, timestamps, n_items, now, half_life)


@mistake(
    title="A mean in place of a sum",
    message="The weights were averaged over the item's ratings. That says how fresh the ratings are, not how many: a film with one rating today would be the most popular of all.",
    next_step="Add the weights up, and divide by nothing.",
)
def mean_not_sum(items, timestamps, n_items, now, half_life):
    count = np.bincount(items[timestamps <= now], minlength=n_items)
    return time.recent_popularity(items, timestamps, n_items, now, half_life) / np.maximum(count, 1)


@mistake(
    title="The array is too short",
    message="The last items have no rating before now, and no place in the array. Index i must mean item i everywhere, so there are n_items entries.",
    next_step="Start from `np.zeros(n_items)`, or give `np.bincount` a `minlength`.",
)
def only_rated_items(items, timestamps, n_items, now, half_life):
    known = timestamps <= now
    return np.bincount(items[known], 0.5 ** ((now - timestamps[known]) / half_life))


def loop(items, timestamps, n_items, now, half_life):
    popularity = [0.0] * n_items
    for i, t in zip(items.tolist(), timestamps.tolist(), strict=True):
        if t <= now:
            popularity[i] += 2 ** (-(now - t) / half_life)
    print(popularity)
    return popularity


def by_the_exponential(items, timestamps, n_items, now, half_life):
    ages = np.asarray(now - timestamps, dtype=float)
    weights = np.where(ages >= 0, np.exp(-np.log(2) * np.maximum(ages, 0) / half_life), 0)
    popularity = np.zeros(n_items)
    np.add.at(popularity, items, weights)
    return popularity


def groupby(items, timestamps, n_items, now, half_life):
    import pandas as pd

    table = pd.DataFrame({"item": items, "age": now - timestamps}).query("age >= 0")
    return table["age"].div(half_life).rpow(0.5).groupby(table["item"]).sum().reindex(range(n_items), fill_value=0.0)


def one_hot_product(items, timestamps, n_items, now, half_life):
    return np.exp2(-(now - timestamps) / half_life) * (timestamps <= now) @ np.eye(n_items)[items]


def single_precision(items, timestamps, n_items, now, half_life):
    return time.recent_popularity(items, timestamps, n_items, now, half_life).astype(np.float32)


exercise = Exercise(
    number="12.5",
    task="Return an array (n_items,): each item's ratings up to now, a rating of age a weighing 2^(-a / half_life).",
    reference=time.recent_popularity,
    groups=(ratings_of_the_past, the_future_is_unknown),
    mistakes=(
        no_decay,
        grows_with_age,
        decay_by_e,
        hard_window,
        in_steps,
        future_counted,
        now_left_out,
        now_not_used,
        one_rating_each,
        mean_not_sum,
        only_rated_items,
    ),
    hints=(
        "How much does a rating of today weigh? One of a half-life ago, of two half-lives ago? And one of tomorrow?",
        "The weight is `0.5 ** (age / half_life)`, with the age `now - timestamps`. `np.bincount` sums weights by item.",
        "Keep the ratings with `timestamps <= now`. Then `np.bincount` of their items, with the weights of the hint before, and `minlength=n_items`.",
    ),
    variants=(loop, by_the_exponential, groupby, one_hot_product, single_precision),
)
