"""confidence: how sure a count makes us that somebody wants the item."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import implicit


def some_counts(rng, *shape):
    """Whole counts up to 8, about half of them 0; a 0 and a 3 are always there."""
    counts = rng.integers(1, 9, size=shape) * rng.integers(2, size=shape)
    counts.flat[:2] = 0, 3
    return counts.astype(float)


@group("the law: 1 + alpha times the count, for each count", points=2)
def any_counts(rng):
    """Three counts by hand; then counts in a row; a whole table; counts that are no whole numbers, as hours are."""
    yield {"counts": np.array([0.0, 1.0, 4.0]), "alpha": 2.0}
    yield {"counts": some_counts(rng, 7), "alpha": float(rng.uniform(3, 9))}
    yield {"counts": some_counts(rng, 3, 5), "alpha": float(rng.uniform(0.2, 0.9))}
    yield {"counts": rng.uniform(0.1, 6, size=4), "alpha": float(rng.uniform(1.5, 4))}


@group("whole counts, no alpha, no counts at all", points=1)
def whole_and_none(rng):
    """Counts of NumPy's whole type, with an alpha that is none; alpha = 0; an empty array."""
    yield {"counts": some_counts(rng, 6).astype(int), "alpha": float(rng.uniform(0.2, 0.8))}
    yield {"counts": some_counts(rng, 4), "alpha": 0.0}
    yield {"counts": np.zeros(0), "alpha": 2.0}


@mistake(
    title="The 1 is missing",
    message="What was never played has the confidence 0 here: its cell then counts for nothing, and the loss knows only what was played. A 0 is weak evidence, and not "
    "none: there are very many of them.",
    next_step="Give each cell a confidence of 1 to begin with. A count adds to it.",
)
def without_the_one(counts, alpha):
    return alpha * counts


@mistake(
    title="A 0 has no confidence at all",
    message="Where the count is 0, the confidence was set to 0. Then these cells fall out of the loss, although they are most of the table. They have the confidence 1.",
    next_step="The formula fits all counts, 0 as well. No case needs a rule of its own.",
)
def unplayed_left_out(counts, alpha):
    return np.where(counts > 0, 1 + alpha * counts, 0.0)


@mistake(
    title="The logarithm was taken",
    message="The count entered by its logarithm. The paper offers that as a second way, for counts that range over many powers of ten. Here the plain count is asked for.",
    next_step="Multiply alpha by the count itself.",
    also=(lambda counts, alpha: 1 + alpha * np.log1p(counts / 1e-8), lambda counts, alpha: 1 + np.log1p(alpha * counts)),
)
def logarithm(counts, alpha):
    return 1 + alpha * np.log1p(counts)


@mistake(
    title="alpha is missing",
    message="The result is 1 plus the count. alpha says how much one count is worth beside the 1 that every cell has, and it is the setting to try out later.",
    next_step="Multiply the counts by alpha.",
)
def without_alpha(counts, alpha):
    return 1.0 + counts


@mistake(
    title="alpha also multiplies the 1",
    message="Everything is alpha times larger than it should be, the confidence in the zeros too. Only the ratio between a count and a 0 matters, and that no longer depends "
    "on alpha.",
    next_step="Check the brackets: alpha belongs to the count alone.",
)
def alpha_on_everything(counts, alpha):
    return alpha * (1 + counts)


@mistake(
    title="alpha is added",
    message="alpha was added to the counts. It is a factor: each single play adds alpha to the confidence.",
    next_step="Multiply alpha by the counts, then add 1.",
    also=(lambda counts, alpha: alpha + counts,),
)
def alpha_added(counts, alpha):
    return 1 + alpha + counts


@mistake(
    title="Played often is no surer than played once",
    message="All counts above 0 gave the same confidence. That is the preference, which is 0 or 1. The confidence grows with every play.",
    next_step="Use the count itself, not whether it is above 0.",
    also=(lambda counts, alpha: np.where(counts > 0, 1 + alpha, 0.0), lambda counts, alpha: 1.0 * (counts > 0)),
)
def presence_only(counts, alpha):
    return 1 + alpha * (counts > 0)


@mistake(
    title="The counts were scaled",
    message="The counts were divided by the largest or by their sum. The same count then means something else in every array. alpha alone sets the scale.",
    next_step="Leave the counts as they are.",
    also=(
        lambda counts, alpha: 1 + alpha * counts / np.sum(counts),
        lambda counts, alpha: (1 + alpha * counts) / np.max(1 + alpha * counts, initial=1),
    ),
)
def scaled(counts, alpha):
    return 1 + alpha * counts / np.max(counts, initial=1)


@mistake(
    title="The confidence was cut to whole numbers",
    message="The decimals are gone. With whole counts that happens by itself when the result is written into an array made from them: it has their type.",
    next_step="Make the result a new array of floats, or compute it in one expression.",
    also=(lambda counts, alpha: np.round(1 + alpha * counts),),
)
def whole_numbers(counts, alpha):
    return (1 + alpha * counts).astype(int)


@mistake(
    title="Decimals are lost with whole counts",
    message="With counts of a whole type the decimals are gone: an array made by `np.zeros_like(counts)` or a copy of it has the type of the counts, and cuts what is written "
    "into it.",
    next_step="Make the result with `dtype=float`, or compute it in one expression.",
)
def type_of_the_counts(counts, alpha):
    result = np.zeros_like(counts)
    result[...] = 1 + alpha * counts
    return result


@mistake(
    title="The caller's counts were changed",
    message="The result is written into `counts` itself. The caller still needs them, and a second call would start from confidences.",
    next_step="Make a new array: `1 + alpha * counts`, and no `*=` or `+=` on the argument.",
)
def changed_in_place(counts, alpha):
    counts *= alpha
    counts += 1
    return counts


def one_expression(counts, alpha):
    return counts * alpha + np.ones(np.shape(counts))


def loop(counts, alpha):
    print(counts.shape)
    result = np.empty(counts.shape)
    for place, count in np.ndenumerate(counts):
        result[place] = 1 + alpha * count
    return result


def single_precision(counts, alpha):
    return np.float32(1) + np.float32(alpha) * counts.astype(np.float32)


def as_lists(counts, alpha):
    warnings.warn("slow", stacklevel=1)
    return (1 + alpha * counts).tolist()


def copied(counts, alpha):
    result = counts.astype(float)
    result *= alpha
    result += 1
    return result


exercise = Exercise(
    number="10.1",
    task="Return 1 + alpha · count for each count, an array of the shape of counts.",
    reference=implicit.confidence,
    groups=(any_counts, whole_and_none),
    mistakes=(
        without_the_one,
        unplayed_left_out,
        logarithm,
        without_alpha,
        alpha_on_everything,
        alpha_added,
        presence_only,
        scaled,
        whole_numbers,
        type_of_the_counts,
        changed_in_place,
    ),
    hints=(
        "What confidence does a cell have that was never played? And one that was played once?",
        "It is a straight line: it begins at 1, and each play adds alpha.",
        "NumPy computes with whole arrays: alpha times the array is an array, and a number can be added to it. No loop is needed.",
    ),
    variants=(one_expression, loop, single_precision, as_lists, copied),
)
