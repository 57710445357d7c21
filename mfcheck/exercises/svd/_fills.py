"""Filling in with its parts exchanged, from which the known mistakes of `impute` are put together."""

import numpy as np

WAYS = ("zero", "global_mean", "user_mean", "item_mean")


def mean_of_known(R, axis=None):
    """The mean of the known cells along the axis, kept as a row or column; NaN where none is known."""
    known = ~np.isnan(R)
    count = known.sum(axis=axis, keepdims=True)
    return np.divide(
        np.where(known, R, 0).sum(axis=axis, keepdims=True), count, out=np.full(count.shape, np.nan), where=count > 0
    )


def mean_with_zeros(R, axis=None):
    return np.nan_to_num(R).mean(axis=axis, keepdims=True)


def mean_of_means(R, axis=None):
    """Along no axis: every user weighs the same, however many cells are known."""
    return np.nanmean(mean_of_known(R, 1)) if axis is None else mean_of_known(R, axis)


def mean_of_item_means(R, axis=None):
    return np.nanmean(mean_of_known(R, 0)) if axis is None else mean_of_known(R, axis)


def known_or(guess, R):
    return np.where(np.isnan(R), guess, R)


def complain(how):
    raise ValueError(f"{how} is none of {', '.join(WAYS)}")


def filling(total=mean_of_known, line=mean_of_known, lonely=None, axes=(1, 0), put=known_or, otherwise=complain):
    """→ an `impute`. How the mean of all is taken, how that of a row or column, what stands for a mean of nothing, which axis
    belongs to users and which to items, how the guess is put into R, and what another `how` does."""

    def impute(R, how):
        if how not in WAYS:
            return otherwise(how)
        if how == "zero":
            return put(0.0, R)
        if how == "global_mean":
            return put(total(R), R)
        guess = line(R, axes[0] if how == "user_mean" else axes[1])
        rest = total(R) if lonely is None else lonely
        return put(np.where(np.isnan(guess), rest, guess), R)

    return impute


def everywhere(guess, R):
    return np.full(R.shape, guess, dtype=float) if np.ndim(guess) == 0 else np.zeros(R.shape) + guess


def everywhere_but_zero(guess, R):
    """As a whole row or column set to its mean; zeros are put into the blanks only."""
    return known_or(guess, R) if np.ndim(guess) == 0 else everywhere(guess, R)


def into_the_callers(guess, R):
    R[:] = known_or(guess, R)
    return R


def user_means_as_a_row(R, how):
    """On a square table it runs through in silence; on others NumPy refuses."""
    if how != "user_mean":
        return filling()(R, how)
    means = mean_of_known(R, 1)[:, 0]
    return known_or(np.where(np.isnan(means), mean_of_known(R), means), R)


def raising(error):
    def otherwise(how):
        raise error

    return otherwise


def naming_only_it(how):
    raise ValueError(f"unknown: {how}")


def naming_only_the_four(how):
    raise ValueError(f"one of {', '.join(WAYS)}")
