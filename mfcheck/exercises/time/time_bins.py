"""time_bins: which stretch of time a rating falls into."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import time


def moments(rng, n, n_bins, width=10_000, first=880_000_000):
    """n moments in random order and uneven numbers, the first and the last among them; none near a border between two bins."""
    crowd = rng.permutation(n_bins)[rng.integers(0, n_bins, n) * rng.integers(0, 2, n)]
    places = np.concatenate([[0, n_bins], (crowd + rng.uniform(0.15, 0.85, n))[2:]])
    return first + rng.permutation((places * width).round().astype(np.int64))


@group("the law: bins of equal width, the last moment in the last bin", points=2)
def any_moments(rng):
    """Five moments by hand; seconds, days in floats, moments below 0; few bins, one, and more bins than moments."""
    yield {"timestamps": np.array([100, 119, 200, 130, 141]), "n_bins": 4}
    yield {"timestamps": moments(rng, 9, 3), "n_bins": 3}
    yield {"timestamps": moments(rng, 20, 7), "n_bins": 7}
    yield {"timestamps": moments(rng, 12, 5, first=0) / 86_400, "n_bins": 5}
    yield {"timestamps": moments(rng, 10, 4, 100, first=-700), "n_bins": 4}
    yield {"timestamps": moments(rng, 6, 1), "n_bins": 1}
    yield {"timestamps": moments(rng, 4, 9), "n_bins": 9}


@group("all at the same moment: all in bin 0", points=1)
def one_moment(rng):
    """Several ratings at once, and a single rating; whole numbers, then floats."""
    yield {"timestamps": np.full(3, 880_000_000 + int(rng.integers(1000))), "n_bins": 4}
    yield {"timestamps": np.array([17]), "n_bins": 3}
    yield {"timestamps": np.full(4, 0.5), "n_bins": 2}


def guarded(bins):
    """The bins, and 0 where all moments are the same."""
    return lambda t, n: np.zeros(len(t), dtype=int) if np.ptp(t) == 0 else bins(t, n)


def share(t):
    return (t - t.min()) / (t.max() - t.min())


@mistake(
    title="The last moment falls out of the last bin",
    message="The last moment got the bin n_bins. The bins are counted from 0, so the last one is n_bins − 1. Used as an index, n_bins ends in an IndexError, or lands in "
    "somebody else's row.",
    next_step="The last moment stands at the right border of the last bin. Put it inside.",
)
def last_moment_overflows(timestamps, n_bins):
    return guarded(lambda t, n: (share(t) * n).astype(int))(timestamps, n_bins)


@mistake(
    title="All bins have the same number of ratings",
    message="The ratings were ordered by time and dealt out in equal numbers. Then a busy week fills many bins, and a quiet year shares one. The task asks for bins of equal "
    "width in time, however many ratings each of them gets.",
    next_step="Work with the times themselves, not with their ranks.",
    also=(
        lambda timestamps, n_bins: guarded(
            lambda t, n: np.clip(np.searchsorted(np.quantile(t, np.arange(1, n) / n), t, "right"), 0, n - 1)
        )(timestamps, n_bins),
    ),
)
def equal_counts(timestamps, n_bins):
    return guarded(lambda t, n: np.argsort(np.argsort(t, kind="stable"), kind="stable") * n // len(t))(timestamps, n_bins)


@mistake(
    title="There is one bin too few",
    message="The share of the period was multiplied by n_bins − 1. Then the bins are too wide, and the last one holds nothing but the last moment. It avoids the bin n_bins, "
    "but at the price of all other bins.",
    next_step="Multiply by n_bins, and take care of the last moment by itself.",
)
def width_of_one_bin_less(timestamps, n_bins):
    return guarded(lambda t, n: (share(t) * (n - 1)).astype(int))(timestamps, n_bins)


@mistake(
    title="The bins are rounded",
    message="The place in the period was rounded to the nearest whole number, so a moment in the second half of a bin went to the next one. A moment belongs to the bin in "
    "which it lies: what is behind the point falls away.",
    next_step="Round down, as `//`, `np.floor` or `astype(int)` do.",
    also=(lambda timestamps, n_bins: guarded(lambda t, n: np.round(share(t) * (n - 1)).astype(int))(timestamps, n_bins),),
)
def rounded(timestamps, n_bins):
    return guarded(lambda t, n: np.minimum(np.round(share(t) * n), n - 1).astype(int))(timestamps, n_bins)


@mistake(
    title="The bins are counted from 1",
    message="The first bin is number 1 here, and the last one n_bins. Bins are used as indices, so they begin at 0. `np.digitize` and `pd.cut` with labels count from 1.",
    next_step="Take 1 off.",
    also=(lambda timestamps, n_bins: guarded(time.time_bins)(timestamps, n_bins) + (1 if np.ptp(timestamps) else 0),),
)
def counted_from_one(timestamps, n_bins):
    return time.time_bins(timestamps, n_bins) + 1


@mistake(
    title="The period begins at 0",
    message="The bins were laid from 0 to the last moment. Timestamps count seconds since 1970, so nearly all of that time lies before the first rating, and all ratings land "
    "in the last bins.",
    next_step="Take the first moment off before you divide.",
)
def begins_at_zero(timestamps, n_bins):
    return guarded(lambda t, n: np.minimum(t / t.max() * n, n - 1).astype(int))(timestamps, n_bins)


@mistake(
    title="n_bins is used as a width",
    message="The time was divided by n_bins itself, as if each bin were n_bins seconds long. n_bins says how many bins there are; the width follows from the period.",
    next_step="The width of a bin is (last − first) / n_bins.",
)
def number_as_width(timestamps, n_bins):
    return ((timestamps - timestamps.min()) // n_bins).astype(int)


@mistake(
    title="The bins are not whole numbers",
    message="The place in the period was returned with everything behind the point. A bin is a whole number that can be used as an index.",
    next_step="Round down and turn the result into integers.",
    also=(lambda timestamps, n_bins: share(timestamps) * n_bins,),
)
def not_whole(timestamps, n_bins):
    return guarded(lambda t, n: share(t) * n)(timestamps, n_bins)


@mistake(
    title="The ratings were put in order",
    message="The bins belong to the sorted times. Entry n of the result must be the bin of `timestamps[n]`; in a sorted list nobody knows which rating is which.",
    next_step="Leave the order as it is. Only the first and the last moment are needed, not the order.",
)
def sorted_first(timestamps, n_bins):
    return time.time_bins(np.sort(timestamps), n_bins)


@mistake(
    title="The newest come first",
    message="Bin 0 holds the latest ratings, and the last bin the earliest. Time runs from bin 0 on.",
    next_step="Take the first moment off the time, not the time off the last moment.",
)
def newest_first(timestamps, n_bins):
    return guarded(lambda t, n: n - 1 - time.time_bins(t, n))(timestamps, n_bins)


@mistake(
    title="A period without length",
    message="All ratings have the same time, so last − first is 0. Dividing by it gives NaN or an error; counting borders puts everything into the last bin. Where nothing "
    "tells the ratings apart, they all belong to the first bin.",
    next_step="Ask first whether the first moment is the last one.",
    also=(
        lambda timestamps, n_bins: np.minimum((share(timestamps) * n_bins).astype(int), n_bins - 1),
        lambda timestamps, n_bins: np.minimum((share(timestamps) * n_bins), n_bins - 1).astype(int),
        lambda timestamps, n_bins: (
            np.full(len(timestamps), n_bins - 1) if np.ptp(timestamps) == 0 else time.time_bins(timestamps, n_bins)
        ),
    ),
)
def zero_over_zero(timestamps, n_bins):
    first, last = float(min(timestamps)), float(max(timestamps))
    return [min(int((float(t) - first) / (last - first) * n_bins), n_bins - 1) for t in timestamps]


def loop(timestamps, n_bins):
    first, last = min(timestamps), max(timestamps)
    bins = []
    for t in timestamps:
        n = 0
        while n < n_bins - 1 and t >= first + (n + 1) * (last - first) / n_bins and last > first:
            n += 1
        bins.append(n)
    print(bins)
    return bins


def digitized(timestamps, n_bins):
    borders = np.linspace(timestamps.min(), timestamps.max(), n_bins + 1)
    return np.digitize(timestamps, borders[1:-1]) if timestamps.max() > timestamps.min() else np.zeros(len(timestamps), int)


def by_pandas(timestamps, n_bins):
    import pandas as pd

    if timestamps.min() == timestamps.max():
        return [0] * len(timestamps)
    return pd.Series(pd.cut(timestamps, n_bins, labels=False))


def almost_one(timestamps, n_bins):
    period = (timestamps.max() - timestamps.min()) or 1
    return ((timestamps - timestamps.min()) / period * (1 - 1e-9) * n_bins).astype(np.int32)


def single_precision(timestamps, n_bins):
    since = (timestamps - timestamps.min()).astype(np.float32)
    return np.clip(np.floor(n_bins * since / max(since.max(), 1e-6)), 0, n_bins - 1).astype(int)


exercise = Exercise(
    number="12.1",
    task="Return the bin of each moment, 0 to n_bins - 1: bins of equal width from the first moment to the last, which belongs to the last bin.",
    reference=time.time_bins,
    groups=(any_moments, one_moment),
    mistakes=(
        last_moment_overflows,
        equal_counts,
        width_of_one_bin_less,
        rounded,
        counted_from_one,
        begins_at_zero,
        number_as_width,
        not_whole,
        sorted_first,
        newest_first,
        zero_over_zero,
    ),
    hints=(
        "Which share of the whole period has passed at a moment? It is 0 at the first one and 1 at the last.",
        "The share times n_bins, rounded down, is the bin. Which moment gets a bin that does not exist? And when is the period 0 long?",
        "With `since = timestamps - timestamps.min()`: the bin is `since / since.max() * n_bins` rounded down, but at most n_bins − 1. If `since.max()` is 0, all bins are 0.",
    ),
    variants=(loop, digitized, by_pandas, almost_one, single_precision),
)
