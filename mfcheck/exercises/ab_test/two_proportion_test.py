"""two_proportion_test: is one share another than the other, or was it chance?"""

import math
from statistics import NormalDist

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.ab_test._z_tests import (
    guarded,
    mean_of_shares,
    of_a,
    over_all,
    pooled,
    tail,
    two_sided,
    unpooled,
    without_n,
    z_test,
)
from mfref import ab_test


def problem(rng, n_a, n_b, p, z):
    """Clicks whose test gives about this z; the groups are as large as said."""
    difference = z * math.sqrt(p * (1 - p) * (1 / n_a + 1 / n_b))
    clicks_a = round(n_a * (p - difference / 2 + rng.uniform(-0.01, 0.01)))
    return {"clicks_a": clicks_a, "n_a": n_a, "clicks_b": round(n_b * (clicks_a / n_a + difference)), "n_b": n_b}


@group("the law: difference, z and two-sided p-value with the pooled share", points=3)
def any_clicks(rng):
    """By hand: 120 of 1,000 and 145 of 1,000. Then unequal groups, with B better and with B worse, shares small and large."""
    yield {"clicks_a": 120, "n_a": 1000, "clicks_b": 145, "n_b": 1000}
    yield {"clicks_a": 1, "n_a": 4, "clicks_b": 3, "n_b": 5}
    for n_a, n_b, p, z in ((300, 90, 0.3, 1.2), (150, 700, 0.6, -1.6), (900, 400, 0.15, -0.7), (250, 2000, 0.8, 2.3)):
        yield problem(rng, n_a + int(rng.integers(20)), n_b + int(rng.integers(20)), p, z)


@group("without any click, or with nothing but clicks: z 0 and p-value 1", points=1)
def nothing_to_tell(rng):
    """Nobody clicked; everybody clicked; nobody clicked in A only; equal shares."""
    n_a, n_b = (int(n) for n in rng.integers(20, 60, 2))
    yield {"clicks_a": 0, "n_a": n_a, "clicks_b": 0, "n_b": n_b}
    yield {"clicks_a": n_a, "n_a": n_a, "clicks_b": n_b, "n_b": n_b}
    yield {"clicks_a": 0, "n_a": n_a, "clicks_b": 3, "n_b": n_b}
    yield {"clicks_a": 10, "n_a": 40, "clicks_b": 5, "n_b": 20}


@mistake(
    title="The p-value has one side only",
    message="The p-value is the chance of a z at least as far out on one side. The question was whether A and B differ, in either direction: a B that is much worse is news, too.",
    next_step="Count both tails of the normal curve.",
    also=(z_test(p_value=lambda z: tail(abs(z))),),
)
def one_sided(clicks_a, n_a, clicks_b, n_b):
    return z_test(p_value=tail)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="Doubled, but without |z|",
    message="The tail beyond z was doubled. Where B is worse, z is negative, and the tail beyond it is more than half of the curve: the p-value is above 1, which no probability can be.",
    next_step="Take |z| before you look for the tail.",
    also=(z_test(p_value=lambda z: 2 * NormalDist().cdf(z)), z_test(p_value=lambda z: min(1, 2 * tail(z)))),
)
def without_absolute_value(clicks_a, n_a, clicks_b, n_b):
    return z_test(p_value=lambda z: 2 * tail(z))(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="1 − p-value",
    message="The middle of the curve was returned, not its tails. A large difference then gives a number near 1. The p-value is how often chance alone goes at least so far, so a large "
    "difference gives a small one.",
    next_step="Take the area outside −|z| and |z|.",
    also=(z_test(p_value=lambda z: NormalDist().cdf(abs(z))), z_test(p_value=lambda z: NormalDist().cdf(z))),
)
def middle_of_the_curve(clicks_a, n_a, clicks_b, n_b):
    return z_test(p_value=lambda z: 1 - two_sided(z))(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The height of the curve",
    message="The p-value was taken from the density, which is the height of the normal curve at z. A probability is an area under the curve.",
    next_step="Use `NormalDist().cdf`, not `pdf`.",
    also=(z_test(p_value=lambda z: NormalDist().pdf(z)),),
)
def density(clicks_a, n_a, clicks_b, n_b):
    return z_test(p_value=lambda z: 2 * NormalDist().pdf(z))(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The standard error is not pooled",
    message="Each variant's own variance was used. That test exists, and with many users it hardly differs. The task asks for the pooled one: if A and B are the same, as the test supposes, then both "
    "together say best what their share is.",
    next_step="Put all clicks and all users together, and compute one share.",
)
def not_pooled(clicks_a, n_a, clicks_b, n_b):
    return z_test(unpooled)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The pooled share is the mean of the two shares",
    message="The two shares were added and halved. With groups of unequal size that is not the share of all: a small group would count as much as a large one.",
    next_step="All clicks divided by all users.",
)
def shares_averaged(clicks_a, n_a, clicks_b, n_b):
    return z_test(mean_of_shares)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="Only A's share is in the standard error",
    message="The standard error was computed from A's clicks. If the variants are the same, as the test supposes, B's users tell as much about the common share as A's.",
    next_step="Put all clicks and all users together.",
)
def share_of_a_only(clicks_a, n_a, clicks_b, n_b):
    return z_test(of_a)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The root is missing",
    message="The difference was divided by a variance. A variance is a square; only its root has the unit of a share. Your z is far too large, and everything looks significant.",
    next_step="Take the square root of p(1 − p)(1/n_a + 1/n_b).",
)
def root_missing(clicks_a, n_a, clicks_b, n_b):
    return z_test(root=float)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="All users stand in the denominator together",
    message="p(1 − p) was divided by n_a + n_b. Each of the two shares has its own uncertainty, p(1 − p)/n_a and p(1 − p)/n_b, and a difference has both.",
    next_step="Use 1/n_a + 1/n_b.",
)
def one_group_in_the_error(clicks_a, n_a, clicks_b, n_b):
    return z_test(over_all)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The number of users plays no part",
    message="The difference was divided by the standard deviation of a single user's click. However many users take part, z then stays the same: nothing is ever learned from more of them.",
    next_step="The factor 1/n_a + 1/n_b is missing under the root.",
)
def number_forgotten(clicks_a, n_a, clicks_b, n_b):
    return z_test(without_n)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="A minus B",
    message="The difference is A's share minus B's, so that a better B looks like a loss. The task asks for what B changes: B minus A.",
    next_step="Take A's share off B's.",
)
def a_minus_b(clicks_a, n_a, clicks_b, n_b):
    return z_test(sign=-1)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="Percent in place of shares",
    message='The difference is a hundred times too large. A share is between 0 and 1; percent is how it is printed, `f"{difference:.1%}"`.',
    next_step="Do not multiply by 100.",
)
def percent(clicks_a, n_a, clicks_b, n_b):
    return z_test(told=lambda d, z, p: (100 * d, z, p))(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="The relative lift",
    message='The difference was divided by A\'s share. "2.5 points more" became "a fifth more". Both are said in practice; the task asks for the difference of the shares.',
    next_step="Return B's share minus A's share, as it is.",
)
def relative_lift(clicks_a, n_a, clicks_b, n_b):
    relative = (lambda d, z, p: (d / (clicks_a / n_a), z, p)) if clicks_a else (lambda d, z, p: (0.0, z, p))
    return z_test(told=relative)(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="|z| was returned",
    message="z lost its sign. Where B is worse, z is negative, like the difference. Only the p-value looks at |z|.",
    next_step="Return z as it is, and take |z| inside the p-value.",
    also=(z_test(told=lambda d, z, p: (abs(d), abs(z), p)),),
)
def sign_lost(clicks_a, n_a, clicks_b, n_b):
    return z_test(told=lambda d, z, p: (d, abs(z), p))(clicks_a, n_a, clicks_b, n_b)


@mistake(
    title="Zero is divided by zero",
    message="Nobody clicked, or everybody: the standard error is 0, and so is the difference. 0/0 is NaN or an error, and it stops the report of the first quiet night. Where nothing speaks for a difference, z "
    "is 0 and the p-value 1.",
    next_step="Ask first whether the pooled share is 0 or 1.",
    also=(
        lambda clicks_a, n_a, clicks_b, n_b: guarded(np.nan)(clicks_a, n_a, clicks_b, n_b),
        lambda clicks_a, n_a, clicks_b, n_b: guarded(0.0)(clicks_a, n_a, clicks_b, n_b),
    ),
)
def zero_over_zero(clicks_a, n_a, clicks_b, n_b):
    difference = clicks_b / n_b - clicks_a / n_a
    z = difference / math.sqrt(pooled(clicks_a, n_a, clicks_b, n_b))
    return difference, z, two_sided(z)


def by_the_error_function(clicks_a, n_a, clicks_b, n_b):
    a, b, p = clicks_a / n_a, clicks_b / n_b, (clicks_a + clicks_b) / (n_a + n_b)
    se = math.sqrt(p * (1 - p) / n_a + p * (1 - p) / n_b)
    z = (b - a) / se if se > 0 else 0.0
    print(a, b, z)
    return b - a, z, math.erfc(abs(z) / math.sqrt(2))


def by_numpy(clicks_a, n_a, clicks_b, n_b):
    clicks, n = np.array([clicks_a, clicks_b]), np.array([n_a, n_b])
    shares, p = clicks / n, clicks.sum() / n.sum()
    se = np.sqrt(p * (1 - p) * np.sum(1 / n))
    z = np.float64(0) if se == 0 else np.diff(shares)[0] / se
    return [np.diff(shares)[0], z, 2 * (1 - NormalDist().cdf(np.abs(z)))]


def by_the_table(clicks_a, n_a, clicks_b, n_b):
    """z as the root of Pearson's chi-squared, which is made of all four cells."""
    seen = np.array([[clicks_a, n_a - clicks_a], [clicks_b, n_b - clicks_b]], dtype=float)
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / seen.sum()
    if not expected.all():
        return 0, 0, 1
    difference = clicks_b / n_b - clicks_a / n_a
    z = np.sign(difference) * np.sqrt(np.sum((seen - expected) ** 2 / expected))
    return difference, z, 2 * NormalDist().cdf(-abs(z))


def by_scipy(clicks_a, n_a, clicks_b, n_b):
    from scipy.stats import norm

    difference = clicks_b / n_b - clicks_a / n_a
    p = (clicks_a + clicks_b) / (n_a + n_b)
    if p == 0 or p == 1:
        return difference, 0.0, 1.0
    z = difference / np.sqrt(p * (1 - p) * (1 / n_a + 1 / n_b))
    return difference, z, 2 * norm.sf(abs(z))


def single_precision(clicks_a, n_a, clicks_b, n_b):
    return tuple(np.float32(part) for part in ab_test.two_proportion_test(clicks_a, n_a, clicks_b, n_b))


exercise = Exercise(
    number="14.2",
    task="Return (difference, z, p_value) of the pooled, two-sided z-test: difference is B's share minus A's; without any click or with nothing but "
    "clicks z is 0 and p_value 1.",
    reference=ab_test.two_proportion_test,
    groups=(any_clicks, nothing_to_tell),
    mistakes=(
        one_sided,
        without_absolute_value,
        middle_of_the_curve,
        density,
        not_pooled,
        shares_averaged,
        share_of_a_only,
        root_missing,
        one_group_in_the_error,
        number_forgotten,
        a_minus_b,
        percent,
        relative_lift,
        sign_lost,
        zero_over_zero,
    ),
    hints=(
        "If both lists were the same, how far apart would the two shares be by chance? That is the standard error. z says how many of them the difference is.",
        "The pooled share p is all clicks over all users, and the standard error the root of p(1 − p)(1/n_a + 1/n_b). What if p is 0 or 1?",
        "`NormalDist().cdf(-abs(z))`, from `statistics`, is the area of one tail. The p-value is both tails.",
    ),
    variants=(by_the_error_function, by_numpy, by_the_table, by_scipy, single_precision),
)
