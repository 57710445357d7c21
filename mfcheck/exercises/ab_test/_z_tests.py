"""A z-test with its parts exchanged, from which the known mistakes of `two_proportion_test` are put together."""

import math
from statistics import NormalDist

from mfref import ab_test


def tail(z):
    return NormalDist().cdf(-z)


def two_sided(z):
    return 2 * tail(abs(z))


def pooled(clicks_a, n_a, clicks_b, n_b):
    p = (clicks_a + clicks_b) / (n_a + n_b)
    return p * (1 - p) * (1 / n_a + 1 / n_b)


def unpooled(clicks_a, n_a, clicks_b, n_b):
    a, b = clicks_a / n_a, clicks_b / n_b
    return a * (1 - a) / n_a + b * (1 - b) / n_b


def z_test(variance=pooled, root=math.sqrt, p_value=two_sided, sign=1, told=lambda d, z, p: (d, z, p)):
    """→ a `two_proportion_test` with its parts exchanged: the variance, its root, the p-value, the sign, what is returned."""

    def two_proportion_test(clicks_a, n_a, clicks_b, n_b):
        difference = sign * (clicks_b / n_b - clicks_a / n_a)
        if clicks_a + clicks_b in (0, n_a + n_b):
            return told(0.0, 0.0, 1.0)
        z = difference / root(variance(clicks_a, n_a, clicks_b, n_b))
        return told(difference, z, p_value(z))

    return two_proportion_test


def mean_of_shares(clicks_a, n_a, clicks_b, n_b):
    p = (clicks_a / n_a + clicks_b / n_b) / 2
    return p * (1 - p) * (1 / n_a + 1 / n_b)


def of_a(clicks_a, n_a, clicks_b, n_b):
    p = clicks_a / n_a
    return p * (1 - p) * (1 / n_a + 1 / n_b)


def over_all(clicks_a, n_a, clicks_b, n_b):
    p = (clicks_a + clicks_b) / (n_a + n_b)
    return p * (1 - p) / (n_a + n_b)


def without_n(clicks_a, n_a, clicks_b, n_b):
    p = (clicks_a + clicks_b) / (n_a + n_b)
    return p * (1 - p)


def guarded(p_value):
    """→ a test with this p-value where there is nothing to tell: NaN throughout, or 0."""

    def test(clicks_a, n_a, clicks_b, n_b):
        if clicks_a + clicks_b in (0, n_a + n_b):
            return 0.0, p_value, p_value
        return ab_test.two_proportion_test(clicks_a, n_a, clicks_b, n_b)

    return test
