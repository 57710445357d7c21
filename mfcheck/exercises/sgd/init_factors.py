"""init_factors: where the walk begins."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.rules import Facts
from mfref import sgd


def distribution_facts(runs):
    facts = {}
    for run in runs:
        scale = run.arguments.get("scale", 0.1)
        P, Q = (np.asarray(factors, dtype=float) for factors in run.outcome.value)
        values = np.concatenate([P.ravel(), Q.ravel()])
        facts[f"the shape of P, scale {scale}"] = P.shape
        facts[f"the shape of Q, scale {scale}"] = Q.shape
        facts[f"the mean is 0, scale {scale}"] = bool(abs(values.mean()) < 0.05 * scale)
        facts[f"the standard deviation, scale {scale}"] = f"{half_doublings(values.std() / scale):.2g} times the scale"
        # Normal numbers lie within one standard deviation 68 % of the time, uniform ones 58 %.
        within = np.mean(np.abs(values - values.mean()) < values.std()) if values.std() else 1.0
        facts[f"68 % within one standard deviation, scale {scale}"] = bool(0.65 < within < 0.71)
        facts[f"no two rows are equal, scale {scale}"] = len(np.unique(P, axis=0)) == len(P)
    return facts


def half_doublings(ratio):
    """A ratio as the nearest power of the square root of 2: 1 stays 1 whatever the draw."""
    return 2 ** (round(2 * np.log2(ratio)) / 2) if ratio else 0.0


@group("the law: two arrays of the right shape, normal with mean 0 and the given scale", 2, Facts(distribution_facts))
def many_factors(rng):
    """So many that their distribution can be measured; the last without `scale`."""
    for n_users, scale in ((120, {"scale": 0.5}), (90, {"scale": 2.0}), (150, {})):
        yield {"n_users": n_users, "n_items": 100, "n_factors": 30, "rng": np.random.default_rng(rng.integers(2**32)), **scale}


def generator_facts(runs):
    first, again, other = (np.asarray(run.outcome.value[0], dtype=float) for run in runs)
    return {
        "the same generator state gives the same factors": bool(np.array_equal(first, again)),
        "another generator gives other factors": not np.array_equal(first, other),
    }


@group("all randomness comes from rng", 1, Facts(generator_facts))
def same_and_other_seed(rng):
    """Twice the same state, then another."""
    seed = int(rng.integers(2**32))
    for s in (seed, seed, seed + 1):
        yield {"n_users": 3, "n_items": 4, "n_factors": 2, "rng": np.random.default_rng(s)}


@mistake(
    title="The draws are uniform",
    message="The numbers are spread evenly over an interval. The task asks for a normal distribution around 0: many small values, few "
    "large ones, as many negative as positive.",
    next_step="Use `rng.normal`.",
)
def uniform(n_users, n_items, n_factors, rng, scale=0.1):
    return rng.random((n_users, n_factors)) * scale, rng.random((n_items, n_factors)) * scale


@mistake(
    title="All factors are equal",
    message="Every row starts with the same numbers. Then all users get the same updates for the same reasons, and the columns of P never "
    "become different from one another: the model behaves as if it had a single factor.",
    next_step="Draw the factors at random.",
)
def all_equal(n_users, n_items, n_factors, rng, scale=0.1):
    return np.full((n_users, n_factors), scale), np.full((n_items, n_factors), scale)


@mistake(
    title="Everything starts at zero",
    message="With p = 0 and q = 0 both updates are 0 as well: e·q and e·p vanish. The model can never leave this point.",
    next_step="Draw the factors at random.",
)
def all_zero(n_users, n_items, n_factors, rng, scale=0.1):
    return np.zeros((n_users, n_factors)), np.zeros((n_items, n_factors))


@mistake(
    title="`scale` is not used",
    message="The factors have standard deviation 1 whatever `scale` is. Large first factors give large first errors, and with a large "
    "learning rate the steps explode.",
    next_step="The second argument of `rng.normal` is the standard deviation.",
)
def scale_ignored(n_users, n_items, n_factors, rng, scale=0.1):
    return rng.normal(size=(n_users, n_factors)), rng.normal(size=(n_items, n_factors))


@mistake(
    title="`scale` was taken for the variance",
    message="The standard deviation of your factors is not `scale` but its square or its root. `rng.normal` takes the standard deviation.",
    next_step="Hand `scale` to `rng.normal` as it is.",
    also=(lambda n_users, n_items, n_factors, rng, scale=0.1: scale_to_the(0.5, n_users, n_items, n_factors, rng, scale),),
)
def scale_squared(n_users, n_items, n_factors, rng, scale=0.1):
    return scale_to_the(2, n_users, n_items, n_factors, rng, scale)


def scale_to_the(power, n_users, n_items, n_factors, rng, scale):
    return rng.normal(0, scale**power, (n_users, n_factors)), rng.normal(0, scale**power, (n_items, n_factors))


@mistake(
    title="Rows and columns are exchanged",
    message="A factor array has a row for each user (or item) and a column for each factor: `P[u]` must be the vector of user u.",
    next_step="Check the order of the two numbers in each shape.",
)
def transposed(n_users, n_items, n_factors, rng, scale=0.1):
    return rng.normal(0, scale, (n_factors, n_users)), rng.normal(0, scale, (n_factors, n_items))


@mistake(
    title="`rng` is not what draws",
    message="The same `rng` gives other factors at every call: the numbers come from `np.random` or from a generator of their own. Nobody could "
    "repeat your result.",
    next_step="Call the methods of the argument: `rng.normal(…)`.",
)
def global_generator(n_users, n_items, n_factors, rng, scale=0.1):
    return np.random.normal(0, scale, (n_users, n_factors)), np.random.normal(0, scale, (n_items, n_factors))


@mistake(
    title="A seed is fixed inside the function",
    message="The factors are the same at every call, whatever `rng` is: a generator with a fixed seed is made inside. Several runs could then not be "
    "compared.",
    next_step="Use the argument `rng` and make no generator of your own.",
)
def fixed_seed(n_users, n_items, n_factors, rng, scale=0.1):
    return sgd.init_factors(n_users, n_items, n_factors, np.random.default_rng(0), scale)


def standard_normal_times_scale(n_users, n_items, n_factors, rng, scale=0.1):
    P = scale * rng.standard_normal((n_users, n_factors))
    Q = scale * rng.standard_normal((n_items, n_factors))
    return P, Q


def one_draw_cut_in_two(n_users, n_items, n_factors, rng, scale=0.1):
    both = rng.normal(loc=0.0, scale=scale, size=(n_users + n_items, n_factors))
    return [both[:n_users], both[n_users:]]


def row_by_row(n_users, n_items, n_factors, rng, scale=0.1):
    print("drawing")
    return [list(rng.normal(0, scale, n_factors)) for _ in range(n_users)], [
        list(rng.normal(0, scale, n_factors)) for _ in range(n_items)
    ]


def single_precision(n_users, n_items, n_factors, rng, scale=0.1):
    P = rng.normal(0, scale, (n_users, n_factors)).astype(np.float32)
    Q = rng.normal(0, scale, (n_items, n_factors)).astype(np.float32)
    return P, Q


exercise = Exercise(
    number="3.1",
    task="Draw P (n_users, n_factors) and Q (n_items, n_factors) with `rng` from a normal distribution with mean 0 and standard "
    "deviation `scale`; return both.",
    reference=sgd.init_factors,
    groups=(many_factors, same_and_other_seed),
    mistakes=(
        uniform,
        all_equal,
        all_zero,
        scale_ignored,
        scale_squared,
        transposed,
        global_generator,
        fixed_seed,
    ),
    hints=(
        "A Generator has a method for every distribution. Which one has a mean and a standard deviation?",
        "`rng.normal(mean, standard_deviation, shape)` gives an array. What shape must P have, so that `P[u]` is one user's vector?",
        "Return two calls of `rng.normal(0, scale, …)`: one of shape (n_users, n_factors), one of shape (n_items, n_factors).",
    ),
    variants=(standard_normal_times_scale, one_draw_cut_in_two, row_by_row, single_precision),
)
