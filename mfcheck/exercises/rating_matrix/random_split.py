"""random_split: put some ratings aside, drawn at random."""

import itertools
import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.rules import Facts
from mfref import rating_matrix


def parts_of(run):
    """→ (train, test) as arrays. Raises TypeError for what cannot be used as positions."""
    train, test = (np.asarray(part) if len(part) else np.zeros(0, dtype=int) for part in run.outcome.value)
    if any(part.ndim != 1 or part.dtype.kind not in "iu" for part in (train, test)):
        raise TypeError("not two arrays of positions")
    return train, test


def partition_facts(n_ratings, train, test):
    """Whether each of n_ratings positions is in exactly one part, as sentences."""
    both = [*train.tolist(), *test.tolist()]
    return {
        "all positions lie between 0 and the number of ratings minus 1": set(both) <= set(range(n_ratings)),
        "no position is in both parts": not set(train.tolist()) & set(test.tolist()),
        "no position occurs twice in a part": all(len(set(part.tolist())) == len(part) for part in (train, test)),
        "every position is in one of the parts": set(range(n_ratings)) <= set(both),
    }


def size_facts(runs):
    """The size of both parts, by the arguments; "varies" where calls with the same arguments differ."""
    found = {}
    for run in runs:
        n, share = run.arguments["n_ratings"], run.arguments["test_fraction"]
        found.setdefault((n, share), set()).add(tuple(len(part) for part in parts_of(run)))
    if any(len(sizes) > 1 for sizes in found.values()):
        return {"calls with the same arguments give parts of the same size": False}
    return {
        "calls with the same arguments give parts of the same size": True,
        **{f"the sizes (train, test) are right for {n} ratings and test_fraction={f}": str(*found[n, f]) for n, f in found},
    }


def law_facts(runs):
    each = [partition_facts(run.arguments["n_ratings"], *parts_of(run)) for run in runs]
    return {sentence: all(facts[sentence] for facts in each) for sentence in each[0]} | size_facts(runs)


def calls(rng, *arguments, times):
    for n_ratings, share in arguments:
        for _ in range(times):
            yield {"n_ratings": n_ratings, "test_fraction": share, "rng": np.random.default_rng(rng.integers(2**32))}


@group("the law: disjoint, complete, of the right size", 1, Facts(law_facts))
def every_position_once(rng):
    """Sizes that come out whole, many times."""
    yield from calls(rng, (4, 0.5), (40, 0.3), (60, 0.25), times=15)


def held_out(run):
    return frozenset(parts_of(run)[1].tolist())


PAIRS = {frozenset(pair) for pair in itertools.combinations(range(4), 2)}


def chance_facts(runs):
    again, *others = (held_out(run) for run in runs[:12])
    ends = [frozenset(range(12)), frozenset(range(28, 40))]
    return {
        "the test part is not always the beginning or the end of the file": not all(part in ends for part in others),
        "the same generator state gives the same parts": again == others[0],
        "another generator gives other parts": len(set(others)) > 1,
        "of 4 ratings, any two are held out together at some time": PAIRS <= {held_out(run) for run in runs[12:]},
    }


@group("drawn by rng, every choice possible", 1, Facts(chance_facts))
def many_generators(rng):
    """The same generator twice, then others; then 2 of 4 ratings a hundred times."""
    seed = int(rng.integers(2**32))
    for s in (seed, *range(seed, seed + 11)):
        yield {"n_ratings": 40, "test_fraction": 0.3, "rng": np.random.default_rng(s)}
    yield from calls(rng, (4, 0.5), times=100)


@group("a size that does not come out whole is rounded", 1, Facts(size_facts))
def rounded_sizes(rng):
    """1.75, 2.25, and 28.999999999999996, which is 100 × 0.29 for the computer."""
    yield from calls(rng, (7, 0.25), (9, 0.25), (100, 0.29), times=12)


@group("a share so small that nothing is held out", 1, Facts(size_facts))
def nothing_held_out(rng):
    """The test part is empty, the training part is everything."""
    yield from calls(rng, (3, 0.1), (8, 0.05), times=20)


def split_at(size=lambda n, share: round(n * share), order=lambda n, rng: rng.permutation(n)):
    """A split with its parts exchanged: the number held out, and the order that is cut."""

    def random_split(n_ratings, test_fraction, rng):
        test, train = np.split(order(n_ratings, rng), [size(n_ratings, test_fraction)])
        return train, test

    return random_split


def complement(n_ratings, test):
    return np.setdiff1d(np.arange(n_ratings), test), test


@mistake(
    title="The size was cut off, not rounded",
    message="`int` cuts at the point: 1.75 becomes 1, and 100 × 0.29, which is 28.999999999999996 for the computer, becomes 28.",
    next_step="Use `round`.",
)
def truncated_size(n_ratings, test_fraction, rng):
    return split_at(lambda n, share: int(n * share))(n_ratings, test_fraction, rng)


@mistake(
    title="The size was rounded up",
    message="2.25 became 3. Perhaps the training part's size was cut off with `int`, so that the test part got the rest.",
    next_step="Compute the number of test ratings with `round`; the training part gets the others.",
    also=(split_at(lambda n, share: n - int(n * (1 - share))),),
)
def rounded_up(n_ratings, test_fraction, rng):
    return split_at(lambda n, share: int(np.ceil(n * share)))(n_ratings, test_fraction, rng)


@mistake(
    title="One rating is always held out",
    message="Where the rounded size is 0, your test part has one rating all the same.",
    next_step="Let the size be what `round` gives, also 0.",
)
def at_least_one(n_ratings, test_fraction, rng):
    return split_at(lambda n, share: max(1, round(n * share)))(n_ratings, test_fraction, rng)


@mistake(
    title="A coin was flipped for each rating",
    message="Each rating goes into the test part with the given probability, so that the size is right only on average. The task fixes it.",
    next_step="Shuffle all positions once, and cut the shuffled array at one place.",
)
def coin_flip_split(n_ratings, test_fraction, rng):
    in_test = rng.random(n_ratings) < test_fraction
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


@mistake(
    title="A slice with minus zero",
    message="When nothing is to be held out, `order[:-n_test]` is `order[:-0]`, and that is `order[:0]`: empty. Everything is in the test part.",
    next_step="Cut from the front: `order[:n_test]` and `order[n_test:]` are right for every size.",
)
def minus_zero_slice(n_ratings, test_fraction, rng):
    order, n_test = rng.permutation(n_ratings), round(n_ratings * test_fraction)
    return order[:-n_test], order[-n_test:]


@mistake(
    title="Positions are drawn with replacement",
    message="Some positions come twice and others never: each draw began again from all of them. Deal them out like cards, each once.",
    next_step="Use `rng.permutation`, or `rng.choice` with `replace=False`.",
    also=(lambda n_ratings, test_fraction, rng: complement(n_ratings, rng.choice(n_ratings, round(n_ratings * test_fraction))),),
)
def with_replacement(n_ratings, test_fraction, rng):
    return split_at(order=lambda n, rng: rng.integers(0, n, n))(n_ratings, test_fraction, rng)


@mistake(
    title="The parts share ratings",
    message="Some ratings are in both parts. A model would be tested on what it has learned by heart, and look better than it is.",
    next_step="Draw one order of all positions, and cut it once.",
    also=(lambda **arguments: (np.arange(arguments["n_ratings"]), rating_matrix.random_split(**arguments)[1]),),
)
def parts_share_ratings(n_ratings, test_fraction, rng):
    train, _ = rating_matrix.random_split(n_ratings, test_fraction, rng)
    return train, rating_matrix.random_split(n_ratings, test_fraction, rng)[1]


@mistake(
    title="Training and test part are exchanged",
    message="The test part came first, or `test_fraction` was taken for the share of the training part.",
    next_step="Return (train, test), with `round(n_ratings * test_fraction)` positions in the second.",
)
def exchanged(n_ratings, test_fraction, rng):
    return rating_matrix.random_split(n_ratings, test_fraction, rng)[::-1]


@mistake(
    title="Nothing was shuffled",
    message="The file was cut at one place. A file is often sorted by user: whole people would then be in one part only.",
    next_step="Cut `rng.permutation(n_ratings)`.",
    also=(split_at(order=lambda n, rng: np.arange(n)[::-1]),),
)
def not_shuffled(n_ratings, test_fraction, rng):
    return split_at(order=lambda n, rng: np.arange(n))(n_ratings, test_fraction, rng)


@mistake(
    title="`rng` is not what draws",
    message="The same `rng` gives other parts at every call: the numbers come from `np.random`. Nobody could repeat your result.",
    next_step="Call the methods of the argument: `rng.permutation(…)`.",
)
def global_generator(n_ratings, test_fraction, rng):
    return split_at(order=lambda n, rng: np.random.permutation(n))(n_ratings, test_fraction, rng)


@mistake(
    title="A seed is fixed inside the function",
    message="The parts are the same at every call, whatever `rng` is: a generator with a fixed seed is made inside.",
    next_step="Use the argument `rng` and make no generator of your own.",
)
def fixed_seed(n_ratings, test_fraction, rng):
    return rating_matrix.random_split(n_ratings, test_fraction, np.random.default_rng(0))


@mistake(
    title="True and False in place of positions",
    message="For every rating there is a True or a False. The task asks for positions. If each True was drawn by itself, their number varies, too.",
    next_step="Return arrays of positions; `np.flatnonzero` finds those of the True.",
    also=(lambda n_ratings, test_fraction, rng: masks(n_ratings, coin_flip_split(n_ratings, test_fraction, rng)[1]),),
)
def masks_returned(n_ratings, test_fraction, rng):
    return masks(n_ratings, rating_matrix.random_split(n_ratings, test_fraction, rng)[1])


def masks(n_ratings, test):
    in_test = np.isin(np.arange(n_ratings), test)
    return ~in_test, in_test


def shuffled_in_place(n_ratings, test_fraction, rng):
    order = np.arange(n_ratings)
    rng.shuffle(order)
    n_train = n_ratings - int(round(n_ratings * test_fraction))
    print(n_train)
    return order[:n_train], order[n_train:]


def chosen_and_the_rest(n_ratings, test_fraction, rng):
    test = rng.choice(n_ratings, size=round(test_fraction * n_ratings), replace=False)
    return [n for n in range(n_ratings) if n not in test], test


def dealt_out_like_cards(n_ratings, test_fraction, rng):
    train, test = list(range(n_ratings)), []
    for _ in range(round(n_ratings * test_fraction)):
        test.append(train.pop(rng.integers(len(train))))
    return train, test


def random_keys(n_ratings, test_fraction, rng):
    warnings.warn("sorting", stacklevel=1)
    is_test = np.zeros(n_ratings, dtype=bool)
    is_test[np.argsort(rng.random(n_ratings))[: int(np.round(n_ratings * test_fraction))]] = True
    return [np.flatnonzero(~is_test).astype(np.uint16), np.flatnonzero(is_test)]


exercise = Exercise(
    number="1.6",
    task="Return (train, test): arrays of positions from 0 to n_ratings − 1, each in exactly one of the two, round(n_ratings * test_fraction) of them in "
    "`test`, drawn at random by `rng`.",
    reference=rating_matrix.random_split,
    groups=(every_position_once, many_generators, rounded_sizes, nothing_held_out),
    mistakes=(
        truncated_size,
        rounded_up,
        at_least_one,
        coin_flip_split,
        minus_zero_slice,
        with_replacement,
        parts_share_ratings,
        exchanged,
        not_shuffled,
        global_generator,
        fixed_seed,
        masks_returned,
    ),
    hints=(
        "Think of a pack of cards: shuffle once, then cut once. Which positions are in neither part, or in both?",
        "`rng.permutation(n_ratings)` is the shuffled pack. How many cards go to the test part? Remember `round`.",
        "With `order = rng.permutation(n_ratings)` and `n_test = round(n_ratings * test_fraction)` return `order[n_test:]` and `order[:n_test]`.",
    ),
    variants=(shuffled_in_place, chosen_and_the_rest, dealt_out_like_cards, random_keys),
)
