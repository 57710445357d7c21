"""sample_size: how many users an experiment needs before it begins."""

import math
from statistics import NormalDist

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import ab_test

q = NormalDist().inv_cdf


def of_both(p, lift):
    return p * (1 - p) + (p + lift) * (1 - p - lift)


def size(
    quantiles=lambda alpha, power: q(1 - alpha / 2) + q(power), variance=of_both, lift_of=lambda p, lift: lift, whole=math.ceil
):
    """→ a `sample_size` with its parts exchanged: the sum of quantiles, the variances, the lift, how it is made whole."""

    def sample_size(p, lift, alpha, power):
        lift = lift_of(p, lift)
        return whole(quantiles(alpha, power) ** 2 * variance(p, lift) / lift**2)

    return sample_size


def clear(arguments, low=0.55, high=0.9):
    """Whether the size before rounding lies between these parts of a whole, so that rounding off or down gives another number."""
    exact = size(whole=float)(**arguments)
    return low < exact % 1 < high


def problem(rng, low=0.55, high=0.9, falls=False):
    """A share, a lift, a level and a power, drawn until the size before rounding lies where it is wanted."""
    while True:
        arguments = {
            "p": round(float(rng.uniform(0.25, 0.4)), 3),
            "lift": round(float(rng.uniform(0.03, 0.09)), 3) * (-1 if falls else 1),
            "alpha": float(rng.choice([0.01, 0.02, 0.05, 0.1])),
            "power": float(rng.choice([0.7, 0.8, 0.9, 0.95])),
        }
        if clear(arguments, low, high):
            return arguments


@group("the law: the sum of both quantiles squared, times both variances, over the lift squared", points=3)
def some_plans(rng):
    """By hand: from 0.10 to 0.12 at level 0.05 with power 0.8. Then others, with all four numbers changing."""
    yield {"p": 0.1, "lift": 0.02, "alpha": 0.05, "power": 0.8}
    for _ in range(6):
        yield problem(rng)


@group("rounded up, never down", points=1)
def just_above(rng):
    """Sizes that lie a little above a whole number."""
    for _ in range(4):
        yield problem(rng, 0.08, 0.4)


@group("a lift below 0, and a power of one half", points=1)
def falling(rng):
    """A new list that is expected to do worse; q(0.5) is 0."""
    yield problem(rng, falls=True)
    yield problem(rng, falls=True)
    yield {"p": 0.3, "lift": 0.07, "alpha": 0.05, "power": 0.5}


@mistake(
    title="Both variants together",
    message="The number is twice as large: that is how many users the whole experiment needs. The task asks for each variant.",
    next_step="Do not double it.",
)
def both_together(p, lift, alpha, power):
    return 2 * ab_test.sample_size(p, lift, alpha, power)


@mistake(
    title="The size is not a whole number",
    message="There are no parts of users. The formula gives the smallest size that is enough, so any part counts as one user more.",
    next_step="Round up, with `math.ceil` or `np.ceil`.",
)
def not_whole(p, lift, alpha, power):
    return size(whole=float)(p, lift, alpha, power)


@mistake(
    title="Rounded down",
    message="What stands behind the point was cut off. With that many users, the power is a little less than was asked for.",
    next_step="Round up, with `math.ceil` or `np.ceil`.",
    also=(size(whole=math.floor),),
)
def rounded_down(p, lift, alpha, power):
    return size(whole=int)(p, lift, alpha, power)


@mistake(
    title="Rounded to the nearest",
    message="Where less than one half stands behind the point, `round` goes down, and the power is a little less than was asked for.",
    next_step="Round up, with `math.ceil` or `np.ceil`.",
)
def rounded(p, lift, alpha, power):
    return size(whole=round)(p, lift, alpha, power)


@mistake(
    title="One user too many",
    message="1 was added after rounding up, or the number was cut off and 1 added on top of `ceil`. The smallest size that is enough is the first whole number above.",
    next_step="Round up once, and add nothing.",
)
def one_too_many(p, lift, alpha, power):
    return ab_test.sample_size(p, lift, alpha, power) + 1


@mistake(
    title="alpha is not halved",
    message="The quantile of 1 − alpha belongs to a test with one side. The test has two, and alpha / 2 for each of them.",
    next_step="Use the quantile of 1 − alpha / 2.",
    also=(size(lambda alpha, power: q(alpha) - q(power)),),
)
def one_sided(p, lift, alpha, power):
    return size(lambda alpha, power: q(1 - alpha) + q(power))(p, lift, alpha, power)


@mistake(
    title="The power plays no part",
    message="Only the level's quantile went in. With that many users, a true lift of this size is found in half of the experiments and missed in the other half: the power is 0.5.",
    next_step="Add the quantile of the power before you square.",
)
def power_forgotten(p, lift, alpha, power):
    return size(lambda alpha, power: q(1 - alpha / 2))(p, lift, alpha, power)


@mistake(
    title="The quantiles are subtracted",
    message="The two quantiles have opposite signs here, and take from each other. More power then seems to need fewer users. `q(alpha / 2)` and `q(1 − power)` are negative: both must be, or "
    "neither.",
    next_step="Take q(1 − alpha / 2) and q(power).",
    also=(size(lambda alpha, power: q(1 - alpha / 2) + q(1 - power)),),
)
def quantiles_subtracted(p, lift, alpha, power):
    return size(lambda alpha, power: q(1 - alpha / 2) - q(power))(p, lift, alpha, power)


@mistake(
    title="Squared one by one",
    message="The quantiles were squared, then added. The task adds first: the two distances lie one behind the other on the way from no lift to this lift.",
    next_step="Square the sum.",
)
def sum_of_squares(p, lift, alpha, power):
    return size(lambda alpha, power: math.hypot(q(1 - alpha / 2), q(power)))(p, lift, alpha, power)


@mistake(
    title="The sum of quantiles is not squared",
    message="The lift is squared and the quantiles are not. Both are distances: half the lift needs four times as many users, and so do twice as many standard errors.",
    next_step="Square the sum of the quantiles, too.",
)
def quantiles_not_squared(p, lift, alpha, power):
    return size(lambda alpha, power: math.sqrt(abs(q(1 - alpha / 2) + q(power))))(p, lift, alpha, power)


@mistake(
    title="The probabilities in place of their quantiles",
    message="1 − alpha / 2 and the power went into the formula themselves. What counts is how many standard errors out on the normal curve they lie.",
    next_step="`NormalDist().inv_cdf(probability)`, from `statistics`, gives the quantile.",
    also=(size(lambda alpha, power: alpha + power),),
)
def no_quantiles(p, lift, alpha, power):
    return size(lambda alpha, power: 1 - alpha / 2 + power)(p, lift, alpha, power)


@mistake(
    title="The lift is taken as relative",
    message="The lift was multiplied by p. A lift of 0.02 is two points here: from 0.10 to 0.12. As a relative lift it would mean from 0.10 to 0.102, which needs about a hundred times as many users.",
    next_step="The share of B is p + lift.",
)
def relative_lift(p, lift, alpha, power):
    return size(lift_of=lambda p, lift: p * lift)(p, lift, alpha, power)


@mistake(
    title="Only one variant's variance",
    message="A difference has the uncertainty of both shares, and only one of the two variances went in. The size is about half of what is needed.",
    next_step="Add p(1 − p) of A and of B.",
    also=(size(variance=lambda p, lift: (p + lift) * (1 - p - lift)),),
)
def one_variance(p, lift, alpha, power):
    return size(variance=lambda p, lift: p * (1 - p))(p, lift, alpha, power)


@mistake(
    title="A's variance twice",
    message="2p(1 − p) takes B's variance to be the same as A's. That is a usual rule of thumb. The task asks for both variances: B's share is p + lift.",
    next_step="Compute p(1 − p) with each variant's own share.",
)
def variance_of_a_twice(p, lift, alpha, power):
    return size(variance=lambda p, lift: 2 * p * (1 - p))(p, lift, alpha, power)


@mistake(
    title="The variance of the mean share",
    message="The variance was computed at the middle between both shares. Some textbooks do so, in all of the formula or in a part of it. The task asks for the sum of both variances.",
    next_step="Compute p(1 − p) with each variant's own share, and add.",
    also=(
        lambda p, lift, alpha, power: math.ceil(
            (
                q(1 - alpha / 2) * math.sqrt(2 * (p + lift / 2) * (1 - p - lift / 2))
                + q(power) * math.sqrt(p * (1 - p) + (p + lift) * (1 - p - lift))
            )
            ** 2
            / lift**2
        ),
    ),
)
def variance_of_the_middle(p, lift, alpha, power):
    return size(variance=lambda p, lift: 2 * (p + lift / 2) * (1 - p - lift / 2))(p, lift, alpha, power)


@mistake(
    title="The lift is not squared",
    message="The size was divided by the lift itself. The standard error falls with the root of the number of users, so half the lift needs four times as many.",
    next_step="Divide by lift².",
)
def lift_not_squared(p, lift, alpha, power):
    return math.ceil(size(whole=float)(p, lift, alpha, power) * abs(lift))


def by_hand(p, lift, alpha, power):
    p_a, p_b = p, p + lift
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    n = z * z * (p_a * (1 - p_a) + p_b * (1 - p_b)) / (p_a - p_b) ** 2
    print(n)
    return math.ceil(n)


def lower_quantiles(p, lift, alpha, power):
    z = q(alpha / 2) + q(1 - power)
    return np.ceil(z**2 * ((p - p**2) + (p + lift - (p + lift) ** 2)) / lift**2)


def by_scipy(p, lift, alpha, power):
    from scipy.stats import norm

    spread = np.sqrt(of_both(p, lift))
    return int(-(-(((norm.isf(alpha / 2) + norm.ppf(power)) * spread / abs(lift)) ** 2) // 1))


def searched(p, lift, alpha, power):
    """The first size at which the lift is that many standard errors."""
    n = 1
    while abs(lift) / math.sqrt(of_both(p, lift) / n) < q(1 - alpha / 2) + q(power):
        n += 1
    return np.float32(n)


exercise = Exercise(
    number="14.3",
    task="Return how many users each variant needs, rounded up: (q(1 − alpha/2) + q(power))² times the sum of both variances, p(1 − p) of A and of B, over lift²; "
    "B's share is p + lift.",
    reference=ab_test.sample_size,
    groups=(some_plans, just_above, falling),
    mistakes=(
        both_together,
        not_whole,
        rounded_down,
        rounded,
        one_too_many,
        one_sided,
        power_forgotten,
        quantiles_subtracted,
        sum_of_squares,
        quantiles_not_squared,
        no_quantiles,
        relative_lift,
        one_variance,
        variance_of_a_twice,
        variance_of_the_middle,
        lift_not_squared,
    ),
    hints=(
        "What is B's share, if A's is p? What are the variances of a single click in A and in B?",
        "`NormalDist().inv_cdf`, from `statistics`, gives the quantile of a probability. You need two of them. Add, then square.",
        "With `q = NormalDist().inv_cdf` and `p_b = p + lift`: (q(1 − alpha / 2) + q(power))² · (p(1 − p) + p_b(1 − p_b)) / lift², rounded up by `math.ceil`.",
    ),
    variants=(by_hand, lower_quantiles, by_scipy, searched),
)
