"""What the probes and the wrong answers of similar_items and similar_users share: a matrix A, one of its rows, n, a measure."""

import numpy as np

from mfref import similarity

HALF = np.array([1.0, 1.0, 1.0, 1.0])  # rows of such entries have lengths 2, 4, …: their cosines come out exactly


def similarities(A, row, measure):
    return getattr(similarity, f"{measure}_similarity")(A)[row]


def distances(A, row):
    return np.linalg.norm(A - A[row], axis=1)


def best_first(values):
    return np.argsort(-values, kind="stable")


def all_different(rng):
    """By hand, once all others, so that negative similarities count; then each measure."""
    A = np.array([[3.0, 4.0], [4.0, 3.0], [-3.0, 4.0], [5.0, 0.5], [-4.0, -1.0]])
    yield A, 1, 2, "cosine"
    yield A, 1, 4, "cosine"
    yield A, 1, 3, "euclidean"
    for measure in ("pearson", "cosine", "euclidean"):
        yield rng.normal(0.5, 1, (8, 4)) * rng.uniform(1, 4, (8, 1)), 3, 4, measure
        yield rng.normal(size=(9, 5)), 7, 1, measure


def equal_and_empty_rows(rng):
    """A row twice, rows of one direction, a row of zeros, everybody opposite."""
    others = rng.normal(size=(3, 4))
    yield np.array([[3.0, 0.0], [1.0, 2.0], [3.0, 0.0], [0.0, 4.0]]), 2, 2, "cosine"
    yield np.vstack([2 * HALF, others, HALF, 4 * HALF]), 4, 3, "cosine"
    yield np.array([[1.0, 2.0], [0.0, 0.0], [3.0, -1.0], [-2.0, 1.0]]), 1, 2, "cosine"
    yield np.vstack([HALF, -HALF, -2 * HALF, -4 * HALF]), 0, 2, "cosine"
    yield np.array([[1.0, 2.0, 5.0], [3.0, 1.0, 1.0], [1.0, 2.0, 5.0], [0.0, 2.0, 5.0]]), 2, 2, "euclidean"
    yield np.vstack([others, [2.0, 2.0, 2.0, 2.0], others[::-1] + 1]), 3, 3, "pearson"


def few_others(rng):
    """n is larger than the number of other rows."""
    yield np.array([[3.0, 4.0], [4.0, 3.0], [-3.0, 4.0]]), 1, 5, "cosine"
    yield rng.normal(size=(6, 4)), 2, 6, "euclidean"
    yield rng.normal(size=(5, 4)), 4, 50, "pearson"


def equally_similar(rng):
    """Several rows of one direction, or at one distance."""
    yield np.array([[4.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 8.0], [-1.0, 0.0], [0.0, 2.0]]), 2, 4, "cosine"
    yield np.array([[3.0, 0.0], [1.0, 0.0], [0.0, 3.0], [0.0, 0.5], [-3.0, 0.0], [0.0, -3.0]]) + 4, 3, 5, "euclidean"


def facts(matrix, row, runs):
    """What holds of a list of neighbours, in whatever order equally similar ones come; marked by −inf counts as left out."""
    (run,) = runs
    rows, found = run.outcome.value
    rows, found = np.asarray(rows), np.asarray(found, dtype=float)
    A, own = run.arguments[matrix], run.arguments[row]
    true = similarities(A, own, run.arguments["measure"])
    if rows.ndim != 1 or rows.shape != found.shape or rows.dtype.kind not in "iu":
        raise ValueError("not two arrays of one length")
    rows, found = rows[np.isfinite(found)], found[np.isfinite(found)]
    return {
        f"the {row} itself is not in the list": own not in rows,
        f"no {row} comes twice": len(set(rows.tolist())) == len(rows),
        "the similarities are the largest there are, best first": found,
        f"each similarity is that of the {row} at the same place": bool(np.allclose(true[rows], found, rtol=0, atol=1e-4)),
    }


def itself_marked(A, row, n, measure, mark):
    """The row's own similarity is overwritten, and the best n of all are taken."""
    values = similarities(A, row, measure)
    values[row] = mark
    best = best_first(values)[:n]
    return best, values[best]


def itself_listed(A, row, n, measure):
    values = similarities(A, row, measure)
    best = best_first(values)[:n]
    return best, values[best]


def first_skipped(A, row, n, measure):
    values = similarities(A, row, measure)
    best = best_first(values)[1 : n + 1]
    return best, values[best]


def last_skipped(A, row, n, measure):
    """The same on an ascending sort turned round."""
    values = similarities(A, row, measure)
    best = np.argsort(values, kind="stable")[::-1][1 : n + 1]
    return best, values[best]


def least_first(A, row, n, measure):
    rows, values = similarity.similar_items(A, row, len(A), measure)
    return rows[::-1][:n], values[::-1][:n]


def least_first_skipped(A, row, n, measure):
    """As if the values were distances: ascending, without the first."""
    values = similarities(A, row, measure)
    rows = np.argsort(values, kind="stable")[1 : n + 1]
    return rows, values[rows]


def best_last(A, row, n, measure):
    rows, values = similarity.similar_items(A, row, n, measure)
    return rows[::-1], values[::-1]


def one_short(A, row, n, measure):
    best, values = itself_listed(A, row, n, measure)
    return best[best != row], values[best != row]


def index_shifted(A, row, n, measure):
    values = np.delete(similarities(A, row, measure), row)
    best = best_first(values)[:n]
    return best, values[best]


def index_shifted_in_both(A, row, n, measure):
    best, _ = index_shifted(A, row, n, measure)
    return best, similarities(A, row, measure)[best]


def by(values, row, n):
    """The n others with the largest of any values, and these values."""
    order = best_first(values)
    best = order[order != row][:n]
    return best, values[best]


def dot_products(A, row, n, measure):
    return by(A @ A[row], row, n) if measure == "cosine" else similarity.similar_items(A, row, n, measure)


def farthest_first(A, row, n, measure):
    return by(distances(A, row), row, n) if measure == "euclidean" else similarity.similar_items(A, row, n, measure)


def with_distances(A, row, n, measure):
    rows, values = similarity.similar_items(A, row, n, measure)
    return rows, distances(A, row)[rows] if measure == "euclidean" else values


def ones_removed(A, row, n, measure):
    values = similarities(A, row, measure)
    order = best_first(values)
    best = order[values[order] < 1 - 1e-9][:n]
    return best, values[best]


def only_where(A, row, n, measure, keep):
    """Of all others only those whose similarity `keep` lets through."""
    rows, values = similarity.similar_items(A, row, len(A), measure)
    return rows[keep(values)][:n], values[keep(values)][:n]


def higher_index_first(A, row, n, measure, sort="stable"):
    values = similarities(A, row, measure)
    order = np.argsort(values, kind=sort)[::-1]
    best = order[order != row][:n]
    return best, values[best]
