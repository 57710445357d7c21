"""Crowds of users who are alike, so that the probability of a click shows as a frequency."""

import numpy as np

from mfcheck.exercises.ab_test._frequencies import all_often_as

N_KINDS, N_ALIKE, N_ITEMS, K = 3, 1500, 6, 4


def clicks_of(run):
    """→ the clicks, boolean, of the shape of `shown`. Raises TypeError for anything else."""
    clicks = np.asarray(run.outcome.value)
    if clicks.dtype.kind != "b" or clicks.shape != run.arguments["shown"].shape:
        raise TypeError("not a boolean for each position")
    return clicks


def crowd(rng, n_alike=N_ALIKE):
    """Three kinds of users, each many times over, in turns: another taste and another list for each kind."""
    attraction = 0.25 + 0.65 * np.array([rng.permutation(N_ITEMS) for _ in range(N_KINDS)]) / (N_ITEMS - 1)
    shown = np.array([rng.permutation(N_ITEMS)[:K] for _ in range(N_KINDS)])
    while not distinct(attraction, shown):
        shown = np.array([rng.permutation(N_ITEMS)[:K] for _ in range(N_KINDS)])
    return {
        "attraction": np.tile(attraction, (n_alike, 1)),
        "shown": np.tile(shown, (n_alike, 1)),
        "examined": np.array([0.95, 0.8, 0.6, 0.4]) - rng.uniform(0, 0.05, K),
        "rng": np.random.default_rng(rng.integers(2**32)),
    }


def distinct(attraction, shown):
    """Whether it shows if items are taken by position: in two places at least the attraction is quite another."""
    liked = np.take_along_axis(attraction, shown, axis=1)
    return (np.abs(liked - attraction[:, :K]) > 0.3).sum() >= 4


def by_kind(run):
    """→ how many clicks each kind of user made on each position, (N_KINDS, K)."""
    return clicks_of(run).reshape(-1, N_KINDS, K).sum(axis=0)


def parts(run):
    """→ (liked, examined): attraction of what is shown to each kind (N_KINDS, K), and examined (K,)."""
    arguments = run.arguments
    attraction, shown = arguments["attraction"][:N_KINDS], arguments["shown"][:N_KINDS]
    return np.take_along_axis(attraction, shown, axis=1), arguments["examined"]


def rates_are(rate):
    """→ recognise(runs): whether the crowds click with the probability rate(liked, examined, run) in place of the product."""

    def one_is(run):
        liked, _ = parts(run)
        expected = np.broadcast_to(rate(liked, run.arguments["examined"], run), liked.shape)
        return all_often_as(by_kind(run), len(run.arguments["shown"]) // N_KINDS, expected)

    return lambda runs: bool(crowds(runs)) and all(map(one_is, crowds(runs)))


def crowds(runs):
    """The runs with so many users that a probability can be told."""
    return [run for run in runs if len(run.arguments["shown"]) == N_KINDS * N_ALIKE]


def all_alike(runs):
    """Whether on every position of every crowd all users of a kind click, or none."""
    return bool(crowds(runs)) and all(np.isin(by_kind(run), (0, N_ALIKE)).all() for run in crowds(runs))
