"""Ratings and their predictions, for the probes of rmse and mae."""

import numpy as np


def by_hand():
    """One rating; then the errors 1, −2 and 2."""
    return (
        {"actual": np.array([4.0]), "predicted": np.array([1.5])},
        {"actual": np.array([4.0, 3.0, 5.0]), "predicted": np.array([3.0, 5.0, 3.0])},
    )


def stars(rng, n, lean):
    """n whole stars, and predictions that lie too low on the whole (lean > 0) or too high (lean < 0).

    Predictions are multiples of 1/8, so that their errors are exact in single precision, too.
    """
    actual = rng.integers(1, 6, n).astype(float)
    errors = rng.permutation(np.resize([7, 11, 13, -9], n)) * np.sign(lean) + rng.integers(-2, 3, n)
    return {"actual": actual, "predicted": actual - errors / 8}


def exact(rng):
    """Every prediction is right: one rating, then some."""
    for n in (1, 5):
        ratings = rng.integers(2, 11, n) / 2
        yield {"actual": ratings, "predicted": ratings.copy()}


def off_the_scale(rng):
    """Nothing but zeros; zeros among others; negative ratings; 0 to 100, in whole numbers."""
    yield {"actual": np.zeros(3), "predicted": rng.integers(5, 30, 3) / 8}
    yield {"actual": np.array([0.0, 3.0, 0.0, 5.0, 1.0]), "predicted": np.array([1.5, 3.25, 0.5, -0.75, 0.0])}
    yield {"actual": rng.integers(-10, 11, 7).astype(float), "predicted": rng.integers(-80, 81, 7) / 8}
    yield {"actual": rng.permutation(100)[:9], "predicted": rng.permutation(100)[:9]}


def nothing():
    return {"actual": np.array([]), "predicted": np.array([])}
