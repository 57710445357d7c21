"""pearson_similarity: the cosine of what is left when each row has lost its mean."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity._slips import centred, unguarded_cosine, with_diagonal, without_guard
from mfref import similarity


@group("the law: the correlation of any two rows", 2)
def any_rows(rng):
    """By hand: one row falls where the other rises; then tall, wide, square."""
    yield {"A": np.array([[1.0, 2.0, 3.0], [9.0, 7.0, 5.0]])}
    yield {"A": rng.normal(2, 1, (5, 3)) * rng.uniform(2, 5, (5, 1))}
    yield {"A": rng.normal(3, 2, (3, 6))}
    yield {"A": rng.uniform(1, 5, (4, 4)) + np.array([[0.0], [5.0], [-3.0], [20.0]])}


@group("a constant row has similarity 0 with every row, itself included", 1)
def constant_rows(rng):
    """One, then a row of zeros as well."""
    yield {"A": np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 2.0], [5.0, 1.0, 0.0]])}
    A = rng.normal(1, 3, (6, 4))
    A[1], A[4] = 0.5, 0
    yield {"A": A}


def covariance(A):
    return centred(A) @ centred(A).T / A.shape[1]


def n_over_n_minus_1(A):
    return A.shape[1] / (A.shape[1] - 1)


def standardized_columns(A):
    return (A - A.mean(axis=0)) / A.std(axis=0)


@mistake(
    title="The rows were not centred",
    message="This is the cosine of the rows as they are. Pearson first takes its own mean from each row; what counts is whether "
    "two rows rise and fall together, not on which level.",
    next_step="Subtract each row's mean, then take the cosine.",
    also=(unguarded_cosine,),
)
def not_centred(A):
    return similarity.cosine_similarity(A)


@mistake(
    title="The columns were centred",
    message="Each column lost its mean. `A.mean(axis=0)` is one number for each factor; Pearson needs one for each row.",
    next_step="Take the mean along the rows, with `axis=1`, and keep it as a column: `keepdims=True`.",
    also=(
        lambda A: unguarded_cosine(A - A.mean(axis=0)),
        lambda A: standardized_columns(A) @ standardized_columns(A).T / A.shape[1],
    ),
)
def columns_centred(A):
    return similarity.cosine_similarity(A - A.mean(axis=0))


@mistake(
    title="All rows lost the same mean",
    message="`A.mean()` is the mean of the whole matrix. Each row has a level of its own, and that is what has to go.",
    next_step="Take the mean of each row: look at `axis`.",
    also=(lambda A: unguarded_cosine(A - A.mean()),),
)
def overall_mean(A):
    return similarity.cosine_similarity(A - A.mean())


@mistake(
    title="A constant row was divided by 0",
    message="A constant row is all zeros once it is centred, and 0/0 is NaN. `np.corrcoef` and pandas do the same. NaN then "
    "spreads into every sort and every mean.",
    next_step="Decide what happens where a centred row has length 0. The task names the similarity that such a row has.",
    also=(lambda A: with_diagonal(unguarded_cosine(centred(A)), 1),),
)
def constant_row_divided(A):
    return unguarded_cosine(centred(A))


@mistake(
    title="A constant row is similar to itself",
    message="The diagonal was set to 1 everywhere, or NaN was replaced by 1. A constant row does not rise or fall; it goes "
    "along with nothing, also not with itself.",
    next_step="Leave 0 on the diagonal for such rows.",
    also=(lambda A: np.nan_to_num(unguarded_cosine(centred(A)), nan=1.0),),
)
def constant_row_like_itself(A):
    return with_diagonal(similarity.pearson_similarity(A), 1)


@mistake(
    title="The columns were compared, not the rows",
    message="The result says how the factors go together. `DataFrame.corr()` compares columns, and so does `np.corrcoef` with "
    "`rowvar=False`. The rows of A are the items (or users), and the result must have as many rows as A.",
    next_step="Compare rows: transpose what you pass to pandas, or leave `rowvar` out.",
    also=(lambda A: similarity.pearson_similarity(A.T), lambda A: pd.DataFrame(A).corr().fillna(0).to_numpy()),
)
def columns_not_rows(A):
    return pd.DataFrame(A).corr().to_numpy()


@mistake(
    title="This is the covariance",
    message="The centred rows were multiplied, but not divided by their lengths. Rows with large swings then seem alike only "
    "because they swing widely.",
    next_step="Divide by the lengths of the two centred rows.",
    also=(lambda A: covariance(A) * n_over_n_minus_1(A), lambda A: centred(A) @ centred(A).T, lambda A: np.cov(A)),
)
def covariance_returned(A):
    return covariance(A)


@mistake(
    title="n and n − 1 are mixed",
    message="The covariance was divided by n and the standard deviations by n − 1, or the other way round: `np.cov` and pandas "
    "take n − 1, `np.std` takes n. A row and itself then do not have similarity 1.",
    next_step="Use one divisor on both sides. In the cosine of the centred rows none is needed.",
    also=(
        lambda A: similarity.pearson_similarity(A) / n_over_n_minus_1(A),
        lambda A: unguarded_cosine(centred(A)) * n_over_n_minus_1(A),
        lambda A: unguarded_cosine(centred(A)) / n_over_n_minus_1(A),
    ),
)
def divisors_mixed(A):
    return similarity.pearson_similarity(A) * n_over_n_minus_1(A)


@mistake(
    title="The sum was not divided by the number of factors",
    message="The products of the standardized rows were summed. The correlation is their mean: as it is, a row and itself have "
    "as similarity the number of factors.",
    next_step="Take the mean of the products, not the sum.",
    also=(
        lambda A: similarity.pearson_similarity(A) * (A.shape[1] - 1),
        lambda A: unguarded_cosine(centred(A)) * A.shape[1],
        lambda A: unguarded_cosine(centred(A)) * (A.shape[1] - 1),
    ),
)
def sum_not_mean(A):
    return similarity.pearson_similarity(A) * A.shape[1]


def over_lengths(dots, rows):
    lengths = np.linalg.norm(rows, axis=1)
    return dots / np.outer(lengths, lengths)


@mistake(
    title="The lengths are those of the rows before centring",
    message="The dot products are of centred rows, and the lengths of the rows as they were. Numerator and divisor must speak "
    "of the same vectors; a row and itself have similarity 1 only then.",
    next_step="Take the lengths of the centred rows.",
    also=(lambda A: np.nan_to_num(over_lengths(centred(A) @ centred(A).T, A)),),
)
def lengths_before_centring(A):
    return over_lengths(centred(A) @ centred(A).T, A)


@mistake(
    title="Only the lengths were taken from the centred rows",
    message="The dot products are of the rows as they were, and the lengths of the centred rows. The mean must go from both.",
    next_step="Make the centred matrix once, and use it in both places.",
    also=(lambda A: np.nan_to_num(over_lengths(A @ A.T, centred(A)), posinf=0, neginf=0),),
)
def products_before_centring(A):
    return over_lengths(A @ A.T, centred(A))


@mistake(
    title="The correlation was squared",
    message="r² says how much of one row the other explains. It has lost the sign: rows that go opposite ways look alike.",
    next_step="Return r itself.",
    also=(lambda A: np.abs(similarity.pearson_similarity(A)), without_guard(lambda A: similarity.pearson_similarity(A) ** 2)),
)
def squared(A):
    return similarity.pearson_similarity(A) ** 2


@mistake(
    title="The similarity was squeezed into 0 to 1",
    message="0.5 + 0.5·r is found in a well-known book. Here rows that have nothing to do with each other have similarity 0, "
    "and opposite ones −1.",
    next_step="Return the correlation itself.",
    also=(lambda A: 0.5 + 0.5 * unguarded_cosine(centred(A)),),
)
def rescaled_half(A):
    return 0.5 + 0.5 * similarity.pearson_similarity(A)


@mistake(
    title="This is the distance",
    message="1 − r grows with the difference. A similarity is large where two rows go together.",
    next_step="Return the correlation itself.",
    also=(lambda A: 1 - unguarded_cosine(centred(A)),),
)
def distance_returned(A):
    return 1 - similarity.pearson_similarity(A)


@mistake(
    title="Ranks were compared",
    message="The rows were turned into ranks first: that is Spearman's correlation. Pearson takes the numbers as they are.",
    next_step="Leave the ranks out.",
    also=(lambda A: pd.DataFrame(A.T).corr(method="spearman").fillna(0).to_numpy(),),
)
def ranks(A):
    return pd.DataFrame(A.T).corr(method="spearman").to_numpy()


@mistake(
    title="The diagonal is 0",
    message="A row goes along with itself: similarity 1, unless it is constant. The item itself is left out later, where "
    "neighbours are looked for.",
    next_step="Compute the diagonal like every other cell.",
    also=(lambda A: with_diagonal(unguarded_cosine(centred(A)), 0),),
)
def diagonal_zero(A):
    return with_diagonal(similarity.pearson_similarity(A), 0)


def own_cosine(A):
    rows = A - A.mean(axis=1)[:, None]
    lengths = np.sqrt((rows**2).sum(axis=1))
    products = np.outer(lengths, lengths)
    return np.where(products > 0, rows @ rows.T / np.where(products > 0, products, 1), 0)


def corrcoef_mended(A):
    print("np.corrcoef")
    return np.nan_to_num(np.corrcoef(A))


def standardized(A):
    warnings.warn("z scores", stacklevel=1)
    std = A.std(axis=1, keepdims=True)
    z = (A - A.mean(axis=1, keepdims=True)) / np.where(std == 0, np.inf, std)
    return (z @ z.T / A.shape[1]).tolist()


def pandas_transposed(A):
    return pd.DataFrame(A).T.corr().fillna(0).to_numpy()


def single_precision_loops(A):
    S = np.zeros((len(A), len(A)), dtype=np.float32)
    for i in range(len(A)):
        for j in range(len(A)):
            if np.std(A[i]) > 0 and np.std(A[j]) > 0:
                S[i, j] = np.corrcoef(A[i], A[j])[0, 1]
    return S


exercise = Exercise(
    number="7.3",
    task="Return the table (n, n) of Pearson's correlations between any two rows of A. A constant row has similarity 0 with "
    "every row, itself included.",
    reference=similarity.pearson_similarity,
    uses=("cosine_similarity",),
    groups=(any_rows, constant_rows),
    mistakes=(
        not_centred,
        columns_centred,
        overall_mean,
        constant_row_divided,
        constant_row_like_itself,
        columns_not_rows,
        covariance_returned,
        divisors_mixed,
        sum_not_mean,
        lengths_before_centring,
        products_before_centring,
        squared,
        rescaled_half,
        distance_returned,
        ranks,
        diagonal_zero,
    ),
    hints=(
        "You have a function for the cosine. What must happen to the rows before it sees them?",
        "Each row loses its own mean: `A.mean(axis=1, keepdims=True)` is a column of row means, and can be subtracted from A.",
        "Return `cosine_similarity` of the centred matrix. A constant row is then a row of zeros, and `cosine_similarity` knows "
        "what to do with it.",
    ),
    variants=(own_cosine, corrcoef_mended, standardized, pandas_transposed, single_precision_loops),
)
