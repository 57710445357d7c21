"""temporal_split: train on the past, test on the future."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.rating_matrix.random_split import masks, partition_facts, parts_of
from mfcheck.rules import EachRun
from mfref import rating_matrix


def facts(runs):
    timestamps, share = runs[0].arguments["timestamps"], runs[0].arguments["test_fraction"]
    train, test = parts_of(runs[0])
    n = len(timestamps)
    partition = partition_facts(n, train, test)
    usable = partition["all positions lie between 0 and the number of ratings minus 1"]
    held_out = np.sort(timestamps[test]) if usable else np.zeros(0)
    in_order = not (usable and len(train) and len(held_out)) or timestamps[train].max() <= held_out[0]
    return {
        **partition,
        f"the sizes (train, test) are right for {n} ratings and test_fraction={share}": str((len(train), len(test))),
        "no training rating is later than a test rating": bool(in_order),
        "the times in the test part": held_out,
    }


def uneven_times(rng, n):
    """Distinct times, many early and few late ones, in random order."""
    return 880_000_000 + rng.permutation(np.arange(n)) ** 3 * 100 + int(rng.integers(100))


@group("the law: the latest ratings are the test part", 2, EachRun(facts))
def any_order(rng):
    """The file is in any order; the last instance comes twice."""
    yield {"timestamps": np.array([30, 10, 40, 20]), "test_fraction": 0.25}
    yield {"timestamps": uneven_times(rng, 20), "test_fraction": 0.4}
    twice = {"timestamps": uneven_times(rng, 40), "test_fraction": 0.3}
    yield from (twice, twice)


@group("a size that does not come out whole is rounded, also to none", 1, EachRun(facts))
def rounded_sizes(rng):
    """1.75, 2.25, 28.999999999999996 and 0.3."""
    for n, share in ((7, 0.25), (9, 0.25), (100, 0.29), (3, 0.1)):
        yield {"timestamps": uneven_times(rng, n), "test_fraction": share}


@group("several ratings at the same time", 1, EachRun(facts))
def ties_at_the_cut(rng):
    """The cut goes through them; which of them are held out is free."""
    yield {"timestamps": np.array([20, 10, 20, 20, 30]), "test_fraction": 0.4}
    yield {"timestamps": np.full(10, 50), "test_fraction": 0.3}
    yield {"timestamps": 100 * rng.permutation(np.repeat([7, 8, 9], [6, 8, 6])), "test_fraction": 0.5}


def split_at(size=lambda n, share: round(n * share), order=np.argsort):
    """A split with its parts exchanged: the number held out, and the order whose end is held out."""

    def temporal_split(timestamps, test_fraction):
        n_train = len(timestamps) - size(len(timestamps), test_fraction)
        return order(timestamps)[:n_train], order(timestamps)[n_train:]

    return temporal_split


def by_mask(in_test):
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


@mistake(
    title="The file was taken to be in order of time",
    message="The file was cut at one place without looking at the timestamps. Files are often sorted by user, or not at all, as MovieLens 100K. Then "
    "the training part holds ratings from after the test.",
    next_step="Find the order of the timestamps first, with `np.argsort`.",
)
def not_sorted(timestamps, test_fraction):
    return split_at(order=lambda t: np.arange(len(t)))(timestamps, test_fraction)


def drawn_at_random(runs):
    """Parts of the right size that differ between two calls with the same arguments."""
    same = {}
    for run in runs:
        train, test = parts_of(run)
        n = len(run.arguments["timestamps"])
        if not all(partition_facts(n, train, test).values()) or len(test) != round(n * run.arguments["test_fraction"]):
            return False
        same.setdefault((run.arguments["timestamps"].tobytes(), n), set()).add(frozenset(test.tolist()))
    return any(len(parts) > 1 for parts in same.values())


@mistake(
    title="The parts are drawn at random",
    message="Two calls with the same timestamps gave different parts: chance decides, not time. Then the model learns from ratings that come after the "
    "ones that it has to predict.",
    next_step="Leave chance out: order the ratings by time and cut.",
    recognise=drawn_at_random,
)
def random_not_temporal(timestamps, test_fraction):
    return split_at(order=lambda t, order=np.random.permutation(len(timestamps)): order)(timestamps, test_fraction)


@mistake(
    title="The training part is the future",
    message="The earliest ratings are held out, and the model learns from the later ones. In use it is the other way round: the past is known.",
    next_step="Hold out the end of the sorted order, not its beginning.",
)
def trains_on_the_future(timestamps, test_fraction):
    return split_at(order=lambda t: np.argsort(-t))(timestamps, test_fraction)


@mistake(
    title="Training and test part are exchanged",
    message="The later ratings came first, or `test_fraction` of the ratings went into the training part.",
    next_step="Return (train, test): first the earlier ratings, then the round(n · test_fraction) latest.",
    also=(split_at(lambda n, share: n - round(n * share)),),
)
def exchanged(timestamps, test_fraction):
    return rating_matrix.temporal_split(timestamps, test_fraction)[::-1]


@mistake(
    title="Cut by the calendar",
    message="The period was cut, not the ratings: the test part holds what falls into the last stretch of time. How many ratings that are depends on how busy "
    "it was. The task fixes their number.",
    next_step="Sort by time and count from the end.",
)
def cut_by_the_calendar(timestamps, test_fraction):
    first, last = np.min(timestamps), np.max(timestamps)
    return by_mask(timestamps > last - test_fraction * (last - first))


@mistake(
    title="Cut at a moment",
    message="All ratings after one moment are held out. Where several ratings share that moment, they all fall on one side, and the size is no longer "
    "what was asked for.",
    next_step="Cut the sorted order at a position, not at a time.",
    also=(
        lambda timestamps, test_fraction: by_mask(timestamps >= np.quantile(timestamps, 1 - test_fraction)),
        lambda timestamps, test_fraction: by_mask(
            timestamps >= np.sort(timestamps)[len(timestamps) - round(len(timestamps) * test_fraction)]
        ),
    ),
)
def cut_at_a_moment(timestamps, test_fraction):
    return by_mask(timestamps > np.quantile(timestamps, 1 - test_fraction))


@mistake(
    title="Times in place of positions",
    message="The two arrays hold the sorted timestamps themselves. With them nobody can pick out the users, items and ratings that belong to the parts.",
    next_step="`np.sort` gives the sorted values, `np.argsort` the positions at which they stand.",
)
def times_not_positions(timestamps, test_fraction):
    return split_at(order=np.sort)(timestamps, test_fraction)


@mistake(
    title="The parts share ratings",
    message="The test part is right, but its ratings are in the training part, too. A model would be tested on what it has learned by heart.",
    next_step="The training part ends where the test part begins.",
    also=(lambda timestamps, test_fraction: overlapping(np.argsort(timestamps), round(len(timestamps) * test_fraction)),),
)
def parts_share_ratings(timestamps, test_fraction):
    return np.argsort(timestamps), rating_matrix.temporal_split(timestamps, test_fraction)[1]


def overlapping(order, n_test):
    return order[n_test:], order[len(order) - n_test :]


@mistake(
    title="The size was cut off, not rounded",
    message="`int` throws away everything behind the point: 1.75 becomes 1. Even 100 × 0.29 is 28.999999999999996 for the computer, and `int` makes 28 of it.",
    next_step="Use `round`.",
)
def truncated_size(timestamps, test_fraction):
    return split_at(lambda n, share: int(n * share))(timestamps, test_fraction)


@mistake(
    title="The size was rounded up",
    message="2.25 became 3. Perhaps the training part's size was cut off with `int`, so that the test part got the rest.",
    next_step="Compute the number of test ratings with `round`; the training part gets the others.",
    also=(split_at(lambda n, share: n - int(n * (1 - share))),),
)
def rounded_up(timestamps, test_fraction):
    return split_at(lambda n, share: int(np.ceil(n * share)))(timestamps, test_fraction)


def cut_from_the_end(size):
    return lambda timestamps, test_fraction: tuple(np.split(np.argsort(timestamps), [-size(len(timestamps) * test_fraction)]))


@mistake(
    title="A slice with minus zero",
    message="When nothing is to be held out, `order[:-n_test]` is `order[:-0]`, and that is `order[:0]`: empty. The training part has vanished, and everything "
    "is in the test part.",
    next_step="Count the training ratings, and cut there: `order[:n_train]` and `order[n_train:]`.",
    also=(cut_from_the_end(int),),
)
def minus_zero_slice(timestamps, test_fraction):
    return cut_from_the_end(round)(timestamps, test_fraction)


@mistake(
    title="True and False in place of positions",
    message="For every rating there is a True or a False. The task asks for positions, so that the length of a part is its size.",
    next_step="Return arrays of positions; `np.flatnonzero` finds those of the True.",
)
def masks_returned(timestamps, test_fraction):
    return masks(len(timestamps), rating_matrix.temporal_split(timestamps, test_fraction)[1])


def newest_first(timestamps, test_fraction):
    order = np.argsort(timestamps)[::-1]
    n_test = round(len(timestamps) * test_fraction)
    return order[n_test:], order[:n_test]


def sorted_pairs(timestamps, test_fraction):
    order = [n for _, n in sorted((t, n) for n, t in enumerate(timestamps))]
    n_train = len(order) - round(len(order) * test_fraction)
    print(order[n_train:])
    return order[:n_train], order[n_train:]


def one_after_the_other(timestamps, test_fraction):
    train, test = list(range(len(timestamps))), []
    for _ in range(round(len(timestamps) * test_fraction)):
        latest = max(train, key=lambda n: timestamps[n])
        train.remove(latest)
        test.append(latest)
    return np.array(train, dtype=int), np.array(test, dtype=int)


def partitioned(timestamps, test_fraction):
    warnings.warn("in float64", stacklevel=1)
    n_train = round(len(timestamps)) - round(len(timestamps) * test_fraction)
    order = np.lexsort((np.arange(len(timestamps))[::-1], np.asarray(timestamps, dtype=float))).astype(np.int32)
    return list(np.split(order, [n_train]))


exercise = Exercise(
    number="1.7",
    task="Return (train, test): arrays of positions, round(n_ratings * test_fraction) of them in `test`; no training rating is later than a test rating.",
    reference=rating_matrix.temporal_split,
    groups=(any_order, rounded_sizes, ties_at_the_cut),
    mistakes=(
        not_sorted,
        random_not_temporal,
        trains_on_the_future,
        exchanged,
        cut_by_the_calendar,
        cut_at_a_moment,
        times_not_positions,
        parts_share_ratings,
        truncated_size,
        rounded_up,
        minus_zero_slice,
        masks_returned,
    ),
    hints=(
        "Put the ratings in order of time, in your mind. Where do you cut? And which positions of the file lie behind the cut?",
        "`np.argsort(timestamps)` gives the positions from the earliest rating to the latest. The number of test ratings is computed as in `random_split`.",
        "With `order = np.argsort(timestamps)` and `n_train = len(order) - round(len(order) * test_fraction)` return `order[:n_train]` and `order[n_train:]`.",
    ),
    variants=(newest_first, sorted_pairs, one_after_the_other, partitioned),
)
