"""Lesson 14: ask the people. Who sees which list, what they do with it, and what may be concluded.

Variant 0 is A, what there is; variant 1 is B, what is new. (R. Kohavi, D. Tang, Y. Xu: Trustworthy Online Controlled Experiments,
Cambridge University Press 2020, chapters 2, 17 and 19. The normal quantiles and probabilities are the standard library's.)
"""

import hashlib

import numpy as np


def assign_variant(user_id, salt):
    """Which of two variants a user sees in the experiment named by the salt: the same one always and everywhere.

        variant = SHA-256 of the text "salt:user_id", read as a hexadecimal number, modulo 2

    user_id: a number or a text, 17 and "17" are the same; salt: a text. The text is encoded in UTF-8.
    → 0 (A) or 1 (B).
    """
    digest = hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest()
    return int(digest, 16) % 2


def two_proportion_test(clicks_a, n_a, clicks_b, n_b):
    """Is the share of B another one than that of A? The pooled z-test, two-sided:

        difference = clicks_b / n_b - clicks_a / n_a
        p = (clicks_a + clicks_b) / (n_a + n_b),   se = sqrt(p (1 - p) (1 / n_a + 1 / n_b))
        z = difference / se,   p_value = P(|Z| >= |z|) = 2 Phi(-|z|)

    clicks_a, clicks_b: how many of the n_a, n_b >= 1 users clicked. → `(difference, z, p_value)`, floats.
    Where nobody clicked, or everybody, nothing speaks for a difference: z is 0 and p_value 1.
    (Chapter 17; z squared is Pearson's chi-squared of the 2 x 2 table.)
    """
    from statistics import NormalDist

    difference = clicks_b / n_b - clicks_a / n_a
    p = (clicks_a + clicks_b) / (n_a + n_b)
    if p in (0, 1):
        return 0.0, 0.0, 1.0
    z = difference / (p * (1 - p) * (1 / n_a + 1 / n_b)) ** 0.5
    return difference, z, 2 * NormalDist().cdf(-abs(z))


def sample_size(p, lift, alpha, power):
    """How many users each variant needs, so that a two-sided test at level alpha finds the lift with probability power:

        n = (q(1 - alpha / 2) + q(power))^2 (p_a (1 - p_a) + p_b (1 - p_b)) / lift^2,   p_a = p,   p_b = p + lift

    rounded up; q: the quantiles of the standard normal distribution. lift: the absolute difference, above or below 0, with
    p and p + lift between 0 and 1; alpha, power between 0 and 1. → int
    (J. L. Fleiss, B. Levin, M. C. Paik: Statistical Methods for Rates and Proportions, 3rd ed., Wiley 2003, chapter 4, has
    this normal approximation and its refinements.)
    """
    from statistics import NormalDist

    q = NormalDist().inv_cdf
    variances = p * (1 - p) + (p + lift) * (1 - p - lift)
    return int(np.ceil((q(1 - alpha / 2) + q(power)) ** 2 * variances / lift**2))


def simulate_clicks(attraction, shown, examined, rng):
    """Who clicks on what, by the position-based model: a user clicks on position j who looks there and likes what is there.

        P(click of u on position j) = examined[j] attraction[u, shown[u, j]],   all draws independent

    attraction (n_users, n_items), examined (k,): probabilities; shown (n_users, k): indices of the items shown, the first
    position first. → boolean (n_users, k)
    (A. Chuklin, I. Markov, M. de Rijke: Click Models for Web Search, Morgan & Claypool 2015, chapter 3.)
    """
    liked = np.take_along_axis(attraction, shown, axis=1)
    return rng.random(shown.shape) < examined * liked


def false_positive_rate_when_peeking(p, n_per_look, n_looks, alpha, n_experiments, rng):
    """How often an A/A experiment is called significant by who looks n_looks times and stops at the first p_value < alpha.

    Both variants have the click probability p, so that each alarm is false. Before each look n_per_look more users come to
    each variant; a look tests all clicks so far. → the share of n_experiments with an alarm at any look, a float.
    (P. Armitage, C. K. McPherson, B. C. Rowe: Repeated Significance Tests on Accumulating Data, JRSS A 132, 1969.)
    """
    clicks = rng.binomial(n_per_look, p, (n_experiments, n_looks, 2)).cumsum(axis=1)
    n = n_per_look * np.arange(1, n_looks + 1)
    alarms = 0
    for a, b in clicks.transpose(0, 2, 1):
        alarms += any(two_proportion_test(*look)[2] < alpha for look in zip(a, n, b, n, strict=True))
    return alarms / n_experiments
