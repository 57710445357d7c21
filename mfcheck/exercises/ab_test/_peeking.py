"""How often who peeks is alarmed, computed exactly; the false positive rates of right and of wrong ways to count."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from mfcheck.exercises.ab_test._frequencies import NAMED, often_as


def critical(alpha):
    return NormalDist().inv_cdf(1 - alpha / 2)


def alarmed(m, alpha):
    """→ (m + 1, m + 1) boolean: for which numbers of clicks of m users in A and of m in B the test is significant."""
    a, b = np.arange(m + 1)[:, None], np.arange(m + 1)
    p = (a + b) / (2 * m)
    return np.abs(b - a) / m > critical(alpha) * np.sqrt(p * (1 - p) * 2 / m)


def pmf(n, p):
    ways = np.cumprod(np.r_[1.0, (n - np.arange(n)) / np.arange(1, n + 1)])
    return ways * p ** np.arange(n + 1) * (1 - p) ** np.arange(n, -1, -1)


@lru_cache(maxsize=100)
def rates(p, n_per_look, n_looks, alpha):
    """→ dict: the probability of an alarm at any look, at all looks, at the last one, at the first one, and its mean over looks.

    The distribution of both counts is carried from look to look, once over all courses and once over those that are still silent
    or have been alarmed each time.
    """
    one, single = pmf(n_per_look, p), []
    every = silent = loud = np.ones((1, 1))
    for look in range(1, n_looks + 1):
        m = look * n_per_look
        significant = alarmed(m, alpha)
        more = np.array([np.r_[np.zeros(c), one, np.zeros(m - n_per_look - c)] for c in range(m - n_per_look + 1)])
        every, silent, loud = (more.T @ part @ more for part in (every, silent, loud))
        single.append(every[significant].sum())
        silent, loud = np.where(significant, 0, silent), np.where(significant, loud, 0)
    return {
        "any": 1 - silent.sum(),
        "all": loud.sum(),
        "last": single[-1],
        "mean": float(np.mean(single)),
        "fresh": 1 - (1 - single[0]) ** n_looks,
    }


def of(arguments, which="any", **changed):
    """→ the rate for the arguments of a probe, some of them changed."""
    given = {name: arguments[name] for name in ("p", "n_per_look", "n_looks", "alpha")} | changed
    return rates(**given)[which]


def answer(run):
    """→ the share that was returned. Raises TypeError for what is not one number."""
    value = np.asarray(run.outcome.value)
    if value.ndim or value.dtype.kind not in "biuf":
        raise TypeError("not one number")
    return float(value)


def large(runs):
    """The runs with so many experiments that a rate can be told, and with several looks."""
    return [run for run in runs if run.arguments["n_experiments"] >= 2000 and run.arguments["n_looks"] > 1]


def is_rate(rate, scale=lambda run: 1.0):
    """→ recognise(runs): whether all large runs give rate(arguments), times a scale."""

    def fits(run):
        n = run.arguments["n_experiments"]
        return often_as(answer(run) / scale(run) * n, n, rate(run.arguments), NAMED)

    return lambda runs: bool(large(runs)) and all(map(fits, large(runs)))


def at_any(alarms):
    return alarms.any(axis=1).mean()


def whole(runs):
    """Whether each share is a number of experiments, divided by n_experiments."""
    counts = [answer(run) * run.arguments["n_experiments"] for run in runs if run.arguments["n_looks"] > 1]
    return all(abs(count - round(count)) < 1e-3 for count in counts)


def peek(
    verdict=at_any, level=lambda alpha: alpha, accumulate=True, users=lambda n_per_look, look: n_per_look * look, root=np.sqrt
):
    """→ a `false_positive_rate_when_peeking` with its parts exchanged.

    verdict(alarms): what is made of the alarms, boolean (n_experiments, n_looks). accumulate: whether clicks add up from look to
    look. users: how many users a variant is said to have at a look. root: how the standard error is made of its square.
    """

    def false_positive_rate_when_peeking(p, n_per_look, n_looks, alpha, n_experiments, rng):
        clicks = rng.binomial(n_per_look, p, (2, n_experiments, n_looks))
        a, b = clicks.cumsum(axis=2) if accumulate else clicks
        n = np.array([users(n_per_look, look) for look in range(1, n_looks + 1)])
        share = (a + b) / (2 * n)
        with np.errstate(all="ignore"):
            z = np.nan_to_num(np.abs(b - a) / n / root(share * (1 - share) * 2 / n), posinf=0)
        return verdict(z > critical(level(alpha)))

    return false_positive_rate_when_peeking


def comes_of(*functions):
    """→ recognise(runs): whether all large runs give the rate that one of these functions has in 20,000 experiments."""

    def fits(function, run):
        n, more = run.arguments["n_experiments"], {"n_experiments": 20_000, "rng": np.random.default_rng(0)}
        return often_as(answer(run) * n, n, function(**{**run.arguments, **more}), NAMED)

    return lambda runs: bool(large(runs)) and any(all(fits(function, run) for run in large(runs)) for function in functions)
