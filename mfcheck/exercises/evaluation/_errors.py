"""Probes that rmse and mae share."""

import numpy as np


def errors_of(actual, predicted):
    return np.asarray(actual, dtype=float) - np.asarray(predicted, dtype=float)


def of_any_ratings(rng):
    """The errors 1, −2 and 2 first: RMSE √3, MAE 5/3. And none of the means is 0. Then other scales, and one rating alone."""
    yield {"actual": np.array([4.0, 2.0, 5.0]), "predicted": np.array([3.0, 4.0, 3.0])}
    yield {"actual": rng.integers(1, 6, 7).astype(float), "predicted": rng.uniform(1, 5, 7) + 0.3}
    yield {"actual": rng.normal(0, 30, 25), "predicted": rng.normal(10, 30, 25)}
    yield {"actual": np.array([2.0]), "predicted": np.array([rng.uniform(3, 5)])}


def no_ratings(rng):
    same = rng.uniform(1, 5, 4)
    yield {"actual": same, "predicted": same.copy()}
    yield {"actual": np.array([]), "predicted": np.array([])}
