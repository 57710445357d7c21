"""euclidean_similarity: near is similar."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity._slips import with_diagonal
from mfref import similarity


@group("the law: 1 / (1 + d) for any two rows", 2)
def any_rows(rng):
    """By hand: distances 5 and 1; then tall, wide, square, a single row."""
    yield {"A": np.array([[1.0, 1.0], [4.0, 5.0], [4.0, 6.0]])}
    yield {"A": rng.normal(size=(5, 3))}
    yield {"A": rng.normal(1, 2, (3, 6))}
    yield {"A": rng.uniform(0, 1, (4, 4))}
    yield {"A": np.array([[1.0, -2.0, 2.0]])}


@group("many rows, some of them equal", 1)
def equal_rows(rng):
    """Equal rows have similarity 1, however the distances are computed."""
    yield {"A": np.array([[1.0, -1.0, 0.5], [3.0, 1.0, 2.0], [1.0, -1.0, 0.5]])}
    A = rng.normal(size=(40, 5))
    A[20:] = A[:20]
    yield {"A": A}


def distances(A):
    return np.sqrt(((A[:, None] - A[None]) ** 2).sum(axis=2))


def expanded(A):
    """The distances from |a|² + |b|² − 2 a·b: what is rounded below 0 has no root."""
    squares = (A**2).sum(axis=1)
    return np.sqrt(squares[:, None] + squares - 2 * A @ A.T)


@mistake(
    title="This is the distance",
    message="The distance is 0 for equal rows and grows as they part. As a similarity it would put the most different pair "
    "first.",
    next_step="Turn it round as the task says: distance 0 becomes 1, large distances come near 0.",
    also=(lambda A: -distances(A), lambda A: distances(A) ** 2),
)
def distance_returned(A):
    return distances(A)


@mistake(
    title="1 − d instead of 1 / (1 + d)",
    message="1 − d is negative as soon as two rows are more than 1 apart, and has no lower limit. The task's formula stays "
    "between 0 and 1.",
    next_step="Divide 1 by 1 + d.",
    also=(lambda A: 1 - distances(A) / distances(A).max(),),
)
def one_minus_distance(A):
    return 1 - distances(A)


@mistake(
    title="Divided by the distance itself",
    message="1/d is infinite where two rows are equal, already on the diagonal.",
    next_step="Add 1 to the distance before you divide.",
    also=(
        lambda A: with_diagonal(1 / distances(A), 1),
        lambda A: with_diagonal(1 / distances(A), 0),
        lambda A: 1 / (distances(A) + 1e-9),
        lambda A: 1 / (distances(A) + 1e-8),
    ),
)
def one_over_distance(A):
    return 1 / distances(A)


@mistake(
    title="The brackets are missing",
    message="`1 / 1 + d` is 1 + d: Python divides first and adds then. The similarity would grow with the distance.",
    next_step="Put brackets round the divisor.",
)
def no_brackets(A):
    return 1 / 1 + distances(A)


@mistake(
    title="The distance lacks the square root",
    message="The sum of the squared differences is d². The formula has d.",
    next_step="Take the root before you add 1, or use `np.linalg.norm`.",
)
def squared_distance(A):
    return 1 / (1 + distances(A) ** 2)


@mistake(
    title="The mean was taken, not the sum",
    message="The squared differences were averaged over the factors before the root. Euclid's distance takes their sum.",
    next_step="Sum the squares.",
    also=(lambda A: 1 / (1 + distances(A) ** 2 / A.shape[1]),),
)
def mean_of_squares(A):
    return 1 / (1 + distances(A) / np.sqrt(A.shape[1]))


@mistake(
    title="The distance is the sum of absolute differences",
    message="That is the way through a city of square blocks. Euclid's distance goes straight: the root of the sum of squares.",
    next_step="Square the differences, sum, take the root.",
    also=(lambda A: 1 / (1 + np.abs(A[:, None] - A[None]).max(axis=2)),),
)
def city_blocks(A):
    return 1 / (1 + np.abs(A[:, None] - A[None]).sum(axis=2))


@mistake(
    title="The differences were summed before they were squared",
    message="Differences of both signs cancel in a plain sum, so that different rows can come out equal.",
    next_step="Square each difference first, then sum.",
)
def signed_sum(A):
    return 1 / (1 + np.abs((A[:, None] - A[None]).sum(axis=2)))


@mistake(
    title="The lengths were compared",
    message="The difference of the two lengths was taken. Rows of one length can be far apart. The distance is the length of "
    "the difference.",
    next_step="Subtract first, then take the length.",
)
def difference_of_lengths(A):
    norms = np.linalg.norm(A, axis=1)
    return 1 / (1 + np.abs(norms[:, None] - norms))


@mistake(
    title="The columns were compared, not the rows",
    message="The result says how alike the factors are. The rows of A are the items (or users), one for each row; the result "
    "must have as many rows as A.",
    next_step="Check along which axis the squares are summed.",
)
def columns_not_rows(A):
    return similarity.euclidean_similarity(A.T)


@mistake(
    title="One distance for the whole matrix",
    message="The norm or the sum ran over everything, and not for each pair along its factors.",
    next_step="With the differences in an array of three dimensions, sum along the last axis only.",
    also=(lambda A: 1 / (1 + np.array([np.sqrt(((A - a) ** 2).sum()) for a in A])),),
)
def one_distance(A):
    return 1 / (1 + float(np.linalg.norm(A[:, None] - A[None])))


@mistake(
    title="The rows were scaled to length 1",
    message="The rows were divided by their lengths before the distance was taken. Then only the angle counts. This measure is "
    "for the positions themselves.",
    next_step="Take the rows as they are.",
)
def unit_rows(A):
    return similarity.euclidean_similarity(A / np.linalg.norm(A, axis=1, keepdims=True))


@mistake(
    title="Another curve",
    message="exp(−d) is also 1 for equal rows and falls with the distance, but it is not the formula of the task.",
    next_step="Use 1 / (1 + d).",
    also=(lambda A: np.exp(-(distances(A) ** 2)), lambda A: np.exp(-(distances(A) ** 2) / 2)),
)
def exponential(A):
    return np.exp(-distances(A))


@mistake(
    title="A root of a number below 0",
    message="In |a|² + |b|² − 2a·b large numbers cancel. Where two rows are equal, rounding can leave a tiny negative number, "
    "and its root is NaN.",
    next_step="Cut the squared distances off at 0 before you take the root, or square the differences themselves.",
    recognise=lambda runs: nan_only_between_equal_rows(runs),
)
def rounding_below_zero(A):
    return 1 / (1 + expanded(A))


def nan_only_between_equal_rows(runs):
    """NaN in some cells of distance 0, and everywhere else the right number."""
    found = 0
    for run in runs:
        S, A = np.asarray(run.outcome.value), run.arguments["A"]
        missing = np.isnan(S)
        found += missing.sum()
        if distances(A)[missing].any() or not np.allclose(S[~missing], similarity.euclidean_similarity(A)[~missing]):
            return False
    return found > 0


@mistake(
    title="The diagonal is 0",
    message="The distance of a row to itself is 0, and 1 / (1 + 0) is 1. The item itself is left out later, where neighbours "
    "are looked for; in a table of all pairs it belongs.",
    next_step="Compute the diagonal like every other cell.",
)
def diagonal_zero(A):
    return with_diagonal(similarity.euclidean_similarity(A), 0)


@mistake(
    title="One half of the table is empty",
    message="Only the pairs i < j were filled in. The similarity of j and i is that of i and j, and the table has a cell for "
    "both.",
    next_step="Fill `S[i, j]` and `S[j, i]`.",
    also=(lambda A: np.tril(similarity.euclidean_similarity(A)), lambda A: np.triu(similarity.euclidean_similarity(A), 1)),
)
def half_filled(A):
    return np.triu(similarity.euclidean_similarity(A))


def two_loops(A):
    S = []
    for a in A:
        S.append([1 / (1 + float(np.linalg.norm(a - b))) for b in A])
        print(len(S))
    return S


def broadcast(A):
    return 1 / (1 + distances(A))


def expanded_and_cut(A):
    warnings.warn("the fast way", stacklevel=1)
    squares = np.einsum("ik,ik->i", A, A)
    d2 = squares[:, None] + squares[None, :] - 2 * (A @ A.T)
    d = np.sqrt(np.clip(d2, 0, None))
    np.fill_diagonal(d, 0)
    return (1 + d) ** -1


def single_precision(A):
    differences = A[:, None].astype(np.float32) - A[None].astype(np.float32)
    return (1 / (1 + np.linalg.norm(differences, axis=-1))).astype(np.float32)


def half_and_mirror(A):
    S = np.eye(len(A))
    for i in range(len(A)):
        for j in range(i):
            S[i, j] = S[j, i] = 1 / (1 + sum((x - y) ** 2 for x, y in zip(A[i], A[j], strict=True)) ** 0.5)
    return S


exercise = Exercise(
    number="7.2",
    task="Return the table (n, n) of 1 / (1 + d) between any two rows of A, where d is their Euclidean distance.",
    reference=similarity.euclidean_similarity,
    groups=(any_rows, equal_rows),
    mistakes=(
        distance_returned,
        one_minus_distance,
        one_over_distance,
        no_brackets,
        squared_distance,
        mean_of_squares,
        city_blocks,
        signed_sum,
        difference_of_lengths,
        columns_not_rows,
        one_distance,
        unit_rows,
        exponential,
        rounding_below_zero,
        diagonal_zero,
        half_filled,
    ),
    hints=(
        "For one row a: which distances has it to all rows? `A - a` subtracts a from every row at once.",
        "The distance is the length of the difference: `np.linalg.norm(…, axis=1)`. One row of the table comes from one a.",
        "Collect `np.linalg.norm(A - a, axis=1)` for every a in A into an array (n, n), and put it into 1 / (1 + d).",
    ),
    variants=(two_loops, broadcast, expanded_and_cut, single_precision, half_and_mirror),
)
