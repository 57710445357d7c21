"""Iterating with its parts exchanged, from which the known mistakes of `iterate_svd` are put together."""

import numpy as np

from mfref import svd


def rms(difference, R):
    """Over the unknown cells."""
    cells = difference[np.isnan(R)]
    return float(np.sqrt(np.mean(cells**2))) if cells.size else 0.0


def low_rank(filled, k):
    U, s, Vt = svd.truncated_svd(filled, k)
    return U * s @ Vt


def known_stay(guess, R):
    return np.where(np.isnan(R), guess, R)


def guess_everywhere(guess, R):
    return guess


def iterating(how="item_mean", fit=low_rank, put=known_stay, measure=rms, refill=True, stop=lambda change: False):
    """→ an `iterate_svd`. What it starts from, the fit, where the guess is put, how a change is measured, whether the next step
    sees what this one filled in, and after which change it stops."""

    def iterate_svd(R, k, n_steps):
        start = filled = svd.impute(R, how)
        changes = []
        for _ in range(n_steps):
            before, filled = filled, put(fit(filled if refill else start, k), R)
            changes.append(measure(filled - before, R))
            if stop(changes[-1]):
                break
        return filled, changes

    return iterate_svd


def nan_if_none(difference, R):
    cells = difference[np.isnan(R)]
    return float(np.sqrt(np.mean(cells**2))) if cells.size else float("nan")


def soft(filled, k):
    """The singular values beyond k are dropped, and the others lose what the next one has."""
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return U * np.maximum(s - (s[k] if k < len(s) else 0), 0) @ Vt


def smallest(filled, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return U[:, -k:] * s[-k:] @ Vt[-k:]


def all_but_s(filled, k):
    U, _, Vt = svd.truncated_svd(filled, k)
    return U @ Vt
