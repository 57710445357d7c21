"""predict_one: a rating is a dot product."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import factorization


def problem(P, Q, u, i):
    return {"P": np.array(P, dtype=float), "Q": np.array(Q, dtype=float), "u": u, "i": i}


def drawn(rng, n_users, n_items, n_factors, u, i):
    """Factors whose every prediction lies on the scale of 1 to 5: the sum of the products is between 1.2 and 4.9."""
    low, high = np.sqrt(1.2 / n_factors), np.sqrt(4.9 / n_factors)
    return problem(rng.uniform(low, high, (n_users, n_factors)), rng.uniform(low, high, (n_items, n_factors)), u, i)


@group("the law: any user, any item, any number of factors", points=2)
def any_pair(rng):
    """Two factors by hand; then more of them; one table is square, so that rows and columns can be mixed up."""
    yield problem([[1, 2], [2, 1]], [[1, 1], [0, 2]], 0, 1)
    yield drawn(rng, 3, 3, 3, 2, 1)
    yield drawn(rng, 4, 3, 5, 0, 2)
    yield drawn(rng, 3, 5, 2, 1, 0)


@group("a prediction may lie outside the scale, and one factor is enough", points=1)
def beyond_the_scale(rng):
    """Above 5, below 1, and with a single factor."""
    yield problem([[3, 2]], [[2, 1]], 0, 0)
    yield problem(rng.uniform(1, 2, (3, 3)), -rng.uniform(1, 2, (2, 3)), 2, 1)
    yield problem(rng.uniform(0.2, 0.8, (2, 1)), rng.uniform(0.2, 0.8, (2, 1)), 1, 0)


@mistake(
    title="The products are not added up",
    message="A vector was returned, one product for each factor. `*` multiplies number by number. The dot product is the **sum** of these products: a "
    "single number.",
    next_step="Add the products up, or use `@`.",
)
def elementwise_product(P, Q, u, i):
    return P[u] * Q[i]


def first_then_return(P, Q, u, i):
    for k in range(P.shape[1]):
        return P[u, k] * Q[i, k]


@mistake(
    title="Only one factor counts",
    message="The answer is the product of a single factor. Either `return` stands inside the loop, so that it ends after the first round, or the loop "
    "writes `=` where it should add, so that only the last round is left.",
    next_step="Look at the indentation of `return`, and at `=` or `+=`.",
    also=(first_then_return,),
)
def one_factor_counts(P, Q, u, i):
    return P[u, -1] * Q[i, -1]


@mistake(
    title="Two factors are written into the code",
    message="The answer is right for two factors only: the factors 0 and 1 are named one by one. With three or more the rest is left out, and with one "
    "there is no factor 1.",
    next_step="Use an operation that runs over all factors, however many there are.",
    also=(lambda P, Q, u, i: P[u, 0] * Q[i, 0] + P[u, 1] * Q[i, 1],),
)
def two_factors_only(P, Q, u, i):
    return P[u][0] * Q[i][0] + P[u][1] * Q[i][1]


@mistake(
    title="User and item are exchanged",
    message="The row u was taken from Q, or the row i from P. A user's factors are a row of P, an item's factors a row of Q.",
    next_step="Say aloud what each index counts: u counts users, and users are the rows of P.",
)
def indices_swapped(P, Q, u, i):
    return P[i] @ Q[u]


@mistake(
    title="Columns in place of rows",
    message="`P[:, u]` is a column: one factor of all users. The vector of user u is the row `P[u]`, and that of item i the row `Q[i]`. This goes "
    "unnoticed where the table happens to be square.",
    next_step="Print `P.shape` and the shape of what you take from it.",
    also=(
        lambda P, Q, u, i: np.dot(P[:, u], Q[:, i]),
        lambda P, Q, u, i: (P[:, u] * Q[:, i]).sum(),
        lambda P, Q, u, i: P[u] @ Q[:, i],
    ),
)
def columns_not_rows(P, Q, u, i):
    return P[:, u] @ Q[:, i]


@mistake(
    title="The index is off by one",
    message="The rows before the right ones were used: 1 was subtracted from u and i. Indices count from 0 already. Only raw ids begin at 1, "
    "and lesson 01 turned those into indices.",
    next_step="Use u and i as they are.",
)
def one_based(P, Q, u, i):
    return P[u - 1] @ Q[i - 1]


@mistake(
    title="More than one prediction",
    message="A row of the table, or the whole table, was returned. The task asks for one cell: user u, item i.",
    next_step="Pick both vectors, `P[u]` and `Q[i]`, before you multiply.",
    also=(lambda P, Q, u, i: P[u] @ Q.T, lambda P, Q, u, i: P @ Q[i]),
)
def whole_table(P, Q, u, i):
    return P @ Q.T


@mistake(
    title="The products are averaged",
    message="The answer is the sum divided by the number of factors. A dot product is a plain sum. With the mean, more factors would not help: each "
    "would count for less.",
    next_step="Take the sum in place of the mean.",
)
def mean_of_products(P, Q, u, i):
    return np.mean(P[u] * Q[i])


@mistake(
    title="The lengths were divided out",
    message="This is the cosine of the angle between the two vectors, a number between −1 and 1. A rating needs the lengths, too: someone with a long "
    "vector has strong opinions.",
    next_step="Return the dot product itself.",
)
def cosine(P, Q, u, i):
    return P[u] @ Q[i] / (np.linalg.norm(P[u]) * np.linalg.norm(Q[i]))


@mistake(
    title="The prediction is cut to the scale",
    message="Predictions above 5 or below 1 were set to 5 or 1. That may be good for showing them. While the model learns, it needs to know how far off "
    "it is, and the cut hides it.",
    next_step="Return the plain dot product.",
    also=(lambda P, Q, u, i: np.clip(P[u] @ Q[i], 0, 5), lambda P, Q, u, i: min(P[u] @ Q[i], 5)),
)
def clipped(P, Q, u, i):
    return np.clip(P[u] @ Q[i], 1, 5)


@mistake(
    title="The prediction is rounded",
    message="The prediction was rounded. Known ratings are whole stars; a prediction may lie between them, and 3.6 and 4.4 are different tastes.",
    next_step="Return the number as it comes out.",
    also=tuple(lambda P, Q, u, i, digits=digits: round(P[u] @ Q[i], digits) for digits in (1, 2, 3)),
)
def rounded(P, Q, u, i):
    return round(P[u] @ Q[i])


def loop_over_factors(P, Q, u, i):
    total = 0
    for k in range(P.shape[1]):
        total += P[u][k] * Q[i][k]
        print(k, total)
    return total


def generator_sum(P, Q, u, i):
    warnings.warn("plain Python", stacklevel=1)
    return sum(p * q for p, q in zip(P[u].tolist(), Q[i].tolist(), strict=True))


def einstein(P, Q, u, i):
    return np.einsum("k,k->", P[u], Q[i])


def single_precision(P, Q, u, i):
    return np.dot(np.float32(P[u]), np.float32(Q[i]))


def one_cell_of_the_table(P, Q, u, i):
    return (P @ Q.T)[u, i]


exercise = Exercise(
    number="2.1",
    task="Return the predicted rating of user u for item i: the dot product of row u of P and row i of Q, one number.",
    reference=factorization.predict_one,
    groups=(any_pair, beyond_the_scale),
    mistakes=(
        elementwise_product,
        one_factor_counts,
        two_factors_only,
        indices_swapped,
        columns_not_rows,
        one_based,
        whole_table,
        mean_of_products,
        cosine,
        clipped,
        rounded,
    ),
    hints=(
        "Two vectors are needed: that of the user and that of the item. Where does each of them stand?",
        "`P[u]` is the row of user u. Multiply it with the item's row, number by number, and add the products up.",
        "`a @ b` is the dot product of two vectors. Take the row u of P and the row i of Q, and return what `@` gives.",
    ),
    variants=(loop_over_factors, generator_sum, einstein, single_precision, one_cell_of_the_table),
)
