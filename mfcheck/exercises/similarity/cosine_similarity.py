"""cosine_similarity: the angle between any two rows."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity._slips import centred, unguarded_cosine, with_diagonal, without_guard
from mfref import similarity


@group("the law: a·b / (|a| |b|) for any two rows", 2)
def any_rows(rng):
    """By hand: two at right angles, one twice as long; then tall, wide, square, a single row."""
    yield {"A": np.array([[3.0, 4.0], [4.0, -3.0], [6.0, 8.0]])}
    yield {"A": rng.normal(size=(5, 3)) * rng.uniform(2, 5, (5, 1))}
    yield {"A": rng.normal(1, 2, (3, 6))}
    yield {"A": rng.uniform(1, 5, (4, 4))}
    yield {"A": np.array([[1.0, -2.0, 2.0]])}


@group("a row of zeros has similarity 0 with every row, itself included", 1)
def rows_of_zeros(rng):
    """One, then several among others."""
    yield {"A": np.array([[3.0, 4.0], [0.0, 0.0], [4.0, 3.0]])}
    A = rng.normal(size=(6, 3)) * 3
    A[[0, 4]] = 0
    yield {"A": A}


def divided_by(divisor):
    """A·Aᵀ over another divisor, where that is not 0."""

    def cosine_similarity(A):
        over = np.broadcast_to(divisor(A, np.linalg.norm(A, axis=1)), (len(A), len(A)))
        return A @ A.T / np.where(over == 0, 1, over)

    return cosine_similarity


def stops_at_zero(A):
    if not A.any(axis=1).all():
        raise ZeroDivisionError("float division by zero")
    return similarity.cosine_similarity(A)


@mistake(
    title="A row of zeros was divided by its length 0",
    message="0/0 is NaN, so that the whole row and column of such an item are not numbers. An item without ratings in the "
    "training part can have such a row. NaN then spreads into every sort and every mean.",
    next_step="Decide what happens where a length is 0, before you divide. The task names the similarity that such a row has.",
    also=(stops_at_zero, lambda A: with_diagonal(unguarded_cosine(A), 1)),
)
def zero_row_divided(A):
    return unguarded_cosine(A)


@mistake(
    title="A row of zeros is similar to itself",
    message="The diagonal was set to 1 everywhere, or NaN was replaced by 1. A row of zeros points nowhere; so there is no "
    "angle, also not to itself.",
    next_step="Leave 0 on the diagonal for such rows.",
    also=(lambda A: np.nan_to_num(unguarded_cosine(A), nan=1.0),),
)
def zero_row_like_itself(A):
    return with_diagonal(similarity.cosine_similarity(A), 1)


@mistake(
    title="The dot products were not divided by the lengths",
    message="a·b grows with the lengths of a and b. A long row would be similar to everything, only because it is long. "
    "The cosine takes the lengths out.",
    next_step="Divide each dot product by the product of the two lengths.",
)
def dot_product(A):
    return A @ A.T


@mistake(
    title="The columns were compared, not the rows",
    message="The result says how alike the factors are. The rows of A are the items (or users), one for each row; the result "
    "must have as many rows as A.",
    next_step="Check which axis the lengths are taken along, and which of the two factors of the matrix product is transposed.",
    also=(lambda A: unguarded_cosine(A.T),),
)
def columns_not_rows(A):
    return similarity.cosine_similarity(A.T)


@mistake(
    title="The lengths are those of the columns",
    message="Each column of A was divided by its length. The cosine takes the length of each row.",
    next_step="A row's length sums over its columns: look at `axis`.",
    also=(lambda A: (A / np.linalg.norm(A, axis=0)) @ (A / np.linalg.norm(A, axis=0)).T,),
)
def columns_normalized(A):
    lengths = np.linalg.norm(A, axis=0)
    unit = A / np.where(lengths > 0, lengths, 1)
    return unit @ unit.T


@mistake(
    title="Divided by one length only",
    message="The dot product was divided by the length of only one of the two rows. The result is then not symmetric: a would "
    "be more like b than b like a.",
    next_step="Divide by both lengths. `lengths[:, None]` gives a column, which works along the rows.",
    also=(
        divided_by(lambda A, norms: norms[:, None]),
        lambda A: A @ A.T / np.linalg.norm(A, axis=1),
        lambda A: A @ A.T / np.linalg.norm(A, axis=1)[:, None],
        lambda A: A @ A.T / np.linalg.norm(A, axis=1) ** 2,
    ),
)
def one_length_only(A):
    return divided_by(lambda A, norms: norms)(A)


@mistake(
    title="The lengths lack the square root",
    message="The dot products were divided by sums of squares. The length of a row is the square root of that sum. As it is, a "
    "row and itself do not have similarity 1.",
    next_step="Take the root of each sum of squares, or use `np.linalg.norm`.",
    also=(
        lambda A: A @ A.T / np.outer((A**2).sum(axis=1), (A**2).sum(axis=1)),
        without_guard(divided_by(lambda A, norms: np.outer(norms**2, norms**2))),
    ),
)
def no_square_root(A):
    return divided_by(lambda A, norms: np.outer(norms**2, norms**2))(A)


@mistake(
    title="One length for the whole matrix",
    message="Without `axis`, `np.linalg.norm` gives a single number for all of A. Each row needs its own length.",
    next_step="Take the norm along the rows, with `axis=1`.",
    also=(lambda A: A @ A.T / np.linalg.norm(A),),
)
def length_of_the_matrix(A):
    return A @ A.T / np.linalg.norm(A) ** 2


@mistake(
    title="The rows were centred first",
    message="Each row lost its mean before the angle was taken. That is Pearson's correlation, which comes two exercises later.",
    next_step="Take the rows as they are.",
    also=(lambda A: unguarded_cosine(centred(A)),),
)
def centred_rows(A):
    return similarity.pearson_similarity(A)


@mistake(
    title="The similarity was squeezed into 0 to 1",
    message="0.5 + 0.5·s is found in a well-known book. Here two rows at right angles have similarity 0, and opposite ones −1: "
    "the sign tells unlike from unrelated.",
    next_step="Return the cosine itself.",
    also=(without_guard(lambda A: 0.5 + 0.5 * similarity.cosine_similarity(A)),),
)
def rescaled_half(A):
    return 0.5 + 0.5 * similarity.cosine_similarity(A)


@mistake(
    title="This is the distance",
    message="1 − cosine grows with the difference. A similarity is large where two rows are alike.",
    next_step="Return the cosine itself.",
    also=(without_guard(lambda A: 1 - similarity.cosine_similarity(A)),),
)
def distance_returned(A):
    return 1 - similarity.cosine_similarity(A)


@mistake(
    title="This is the angle, not its cosine",
    message="The angle is 0 where two rows point the same way, and grows as they part. The task asks for its cosine.",
    next_step="Leave out the arc cosine.",
    also=(lambda A: np.degrees(np.arccos(np.clip(similarity.cosine_similarity(A), -1, 1))),),
)
def angle_returned(A):
    return np.arccos(np.clip(similarity.cosine_similarity(A), -1, 1))


@mistake(
    title="The signs are gone",
    message="Rows that point in opposite directions have a negative cosine. Without the sign they would count as alike.",
    next_step="Keep negative values: neither `abs` nor a square belongs there.",
    also=(without_guard(lambda A: np.abs(similarity.cosine_similarity(A))), lambda A: similarity.cosine_similarity(A) ** 2),
)
def sign_lost(A):
    return np.abs(similarity.cosine_similarity(A))


@mistake(
    title="Negative similarities became 0",
    message="Two rows that point in opposite directions look unrelated when everything below 0 is cut off.",
    next_step="Keep negative values.",
    also=(without_guard(lambda A: np.maximum(similarity.cosine_similarity(A), 0)),),
)
def negatives_cut_off(A):
    return np.maximum(similarity.cosine_similarity(A), 0)


@mistake(
    title="The diagonal is 0",
    message="A row and itself form the angle 0, whose cosine is 1. The item itself is left out later, where neighbours are "
    "looked for; in a table of all pairs it belongs.",
    next_step="Compute the diagonal like every other cell.",
    also=(without_guard(lambda A: with_diagonal(similarity.cosine_similarity(A), 0)),),
)
def diagonal_zero(A):
    return with_diagonal(similarity.cosine_similarity(A), 0)


@mistake(
    title="One half of the table is empty",
    message="Only the pairs i < j were filled in. The similarity of j and i is that of i and j, and the table has a cell for "
    "both.",
    next_step="Fill `S[i, j]` and `S[j, i]`.",
    also=(
        lambda A: np.tril(similarity.cosine_similarity(A)),
        lambda A: np.triu(similarity.cosine_similarity(A), 1),
        without_guard(lambda A: np.triu(similarity.cosine_similarity(A))),
    ),
)
def half_filled(A):
    return np.triu(similarity.cosine_similarity(A))


def two_loops(A):
    S = np.zeros((len(A), len(A)))
    for i, a in enumerate(A):
        for j, b in enumerate(A):
            lengths = np.sqrt((a**2).sum()) * np.sqrt((b**2).sum())
            if lengths != 0:
                S[i, j] = (a * b).sum() / lengths
    print(S.shape)
    return S


def small_number_in_the_divisor(A):
    norms = np.linalg.norm(A, axis=1)
    return A @ A.T / (np.outer(norms, norms) + 1e-9)


def nan_to_zero(A):
    warnings.warn("zero rows are mended afterwards", stacklevel=1)
    S = np.clip(np.nan_to_num(unguarded_cosine(A)), -1, 1)
    return S.tolist()


def single_precision(A):
    A = A.astype(np.float32)
    norms = np.sqrt(np.einsum("ik,ik->i", A, A))[:, None]
    unit = np.divide(A, norms, out=np.zeros_like(A), where=norms > 0)
    return unit @ unit.T


def diagonal_by_hand(A):
    norms = np.linalg.norm(A, axis=1)
    norms[norms == 0] = np.inf
    S = (A / norms[:, None]) @ (A / norms[:, None]).T
    S[np.arange(len(A)), np.arange(len(A))] = np.isfinite(norms)
    return S


exercise = Exercise(
    number="7.1",
    task="Return the table (n, n) of the cosines a·b / (|a| |b|) between any two rows of A. A row of zeros has similarity 0 "
    "with every row, itself included.",
    reference=similarity.cosine_similarity,
    groups=(any_rows, rows_of_zeros),
    mistakes=(
        zero_row_divided,
        zero_row_like_itself,
        dot_product,
        columns_not_rows,
        columns_normalized,
        one_length_only,
        no_square_root,
        length_of_the_matrix,
        centred_rows,
        rescaled_half,
        distance_returned,
        angle_returned,
        sign_lost,
        negatives_cut_off,
        diagonal_zero,
        half_filled,
    ),
    hints=(
        "All dot products at once are one matrix product. What is left to do with each of them?",
        "`np.linalg.norm(A, axis=1)` gives the length of every row. If each row is divided by its own length first, the dot "
        "product is the cosine.",
        "Replace lengths of 0 by 1: a row of zeros then stays one. `unit = A / lengths[:, None]`, and the table is the product "
        "of `unit` and its transpose.",
    ),
    variants=(two_loops, small_number_in_the_divisor, nan_to_zero, single_precision, diagonal_by_hand),
)
