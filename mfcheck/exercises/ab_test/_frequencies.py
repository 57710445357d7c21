"""What random clicks and alarms are judged by: how often they come, within bounds that a right answer leaves once in 10^10 times."""

import numpy as np

SIGMAS = 6.5
NAMED = 4.5  # narrower, so that mistakes of similar rates are told apart; whose rate lies outside is wrong without a name


def often_as(count, n, probability, sigmas=SIGMAS):
    """Whether `count` of n independent draws is what this probability gives; exact where it is 0 or 1."""
    return bool(abs(count - n * probability) <= sigmas * np.sqrt(n * probability * (1 - probability)) + 1e-6 * n)


def all_often_as(counts, n, probabilities):
    return all(map(often_as, np.ravel(counts), np.full(np.size(counts), n), np.ravel(probabilities)))
