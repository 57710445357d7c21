"""predict_all: every rating at once, as a product of two matrices."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import factorization


def problem(P, Q):
    return {"P": np.array(P, dtype=float), "Q": np.array(Q, dtype=float)}


def drawn(rng, n_users, n_items, n_factors):
    """Factors whose every prediction lies on the scale of 1 to 5: the sum of the products is between 1.2 and 4.9."""
    low, high = np.sqrt(1.2 / n_factors), np.sqrt(4.9 / n_factors)
    return problem(rng.uniform(low, high, (n_users, n_factors)), rng.uniform(low, high, (n_items, n_factors)))


@group("the law: a row for each user, a column for each item", points=2)
def any_table(rng):
    """Two factors by hand; more factors; a square table, in which rows and columns can be mixed up."""
    yield problem([[1, 2], [2, 1]], [[1, 1], [0, 2], [2, 0]])
    yield drawn(rng, 3, 5, 4)
    yield drawn(rng, 3, 3, 3)


@group("predictions outside the scale, a table of one row, one column or one factor", points=1)
def unusual_tables(rng):
    """Above 5 and below 1; then shapes in which an axis is easily lost."""
    yield problem([[3, 2]], [[2, 1], [-1, 1]])
    yield problem(rng.normal(0, 3, (4, 2)), rng.normal(0, 3, (1, 2)))
    yield problem(rng.uniform(0.2, 0.8, (2, 1)), rng.uniform(0.2, 0.8, (3, 1)))


@mistake(
    title="The second matrix is not turned",
    message="`P @ Q` multiplies rows of P by **columns** of Q. A column of Q is one factor of all items. Here rows of P must meet rows of Q: the factors of "
    "one user and those of one item.",
    next_step="Write down the shapes of both matrices. The inner numbers of a product must agree: both must be n_factors.",
    also=(lambda P, Q: np.dot(P, Q),),
)
def not_transposed(P, Q):
    return P @ Q


@mistake(
    title="The wrong matrix is turned",
    message="`P.T @ Q` adds up over users, as if user 0 and item 0 belonged together. The sum of a prediction runs over factors.",
    next_step="The inner numbers of the product's shapes must be n_factors.",
    also=(lambda P, Q: np.dot(P.T, Q),),
)
def users_summed(P, Q):
    return P.T @ Q


@mistake(
    title="Rows and columns are exchanged",
    message="The table has a row for each item and a column for each user. Its values are right, but `table[u, i]` would look up the wrong cell.",
    next_step="The result has the shape (n_users, n_items): begin with P.",
    also=(lambda P, Q: (P @ Q.T).T,),
)
def table_transposed(P, Q):
    return Q @ P.T


@mistake(
    title="Number by number in place of a matrix product",
    message="`*` multiplies cell by cell and needs two arrays of one shape. The matrix product `@` takes every row of the one with every column "
    "of the other, and adds the products up.",
    next_step="Use `@`, and mind the shapes.",
    also=(lambda P, Q: P * Q.T, lambda P, Q: np.multiply(P, Q)),
)
def elementwise_product(P, Q):
    return P * Q


@mistake(
    title="Only pairs with the same number",
    message="User 0 was combined with item 0, user 1 with item 1, and so on: the diagonal of the table. The task asks for every user with every item.",
    next_step="The result has n_users × n_items numbers. Which operation combines every row with every row?",
    also=(lambda P, Q: np.diag(P @ Q.T), lambda P, Q: np.einsum("uk,uk->u", P, Q)),
)
def diagonal_only(P, Q):
    return (P * Q).sum(axis=1)


@mistake(
    title="The table is flattened",
    message="The predictions are right, but they stand in one long row. The table has two axes: users down, items across.",
    next_step="Collect a list for each user, or `reshape` to (n_users, n_items).",
    also=(lambda P, Q: [p @ q for p in P for q in Q],),
)
def flattened(P, Q):
    return (P @ Q.T).ravel()


@mistake(
    title="An axis is lost",
    message="With a single user or a single item a flat array was returned. The result is a table in every case, also with one row or one column.",
    next_step="Leave `squeeze` out, and do not treat a single row as a special case.",
)
def squeezed(P, Q):
    return np.squeeze(P @ Q.T)


@mistake(
    title="Only one factor counts",
    message="The products of the other factors are missing from the sum. In a loop, `=` in place of `+=` keeps only the last one.",
    next_step="Start each sum at 0 and add to it for every factor.",
    also=(lambda P, Q: np.outer(P[:, 0], Q[:, 0]),),
)
def one_factor_counts(P, Q):
    return np.outer(P[:, -1], Q[:, -1])


@mistake(
    title="Two factors are written into the code",
    message="The table is right for two factors only: the factors 0 and 1 are named one by one, and any others are left out.",
    next_step="Use an operation that runs over all factors, however many there are.",
)
def two_factors_only(P, Q):
    return np.outer(P[:, 0], Q[:, 0]) + np.outer(P[:, 1], Q[:, 1])


@mistake(
    title="The products are averaged",
    message="Each cell is the sum divided by the number of factors. A dot product is a plain sum.",
    next_step="Take the sum in place of the mean.",
)
def mean_of_products(P, Q):
    return (P[:, None, :] * Q[None, :, :]).mean(axis=2)


@mistake(
    title="The last row and column are missing",
    message="The loops end one too early, so that the last user and the last item keep their zeros. `range(n)` ends at n − 1 already.",
    next_step="Loop over `range(len(P))` and `range(len(Q))`.",
)
def last_left_out(P, Q):
    table = np.zeros((len(P), len(Q)))
    table[:-1, :-1] = P[:-1] @ Q[:-1].T
    return table


@mistake(
    title="The predictions are cut to the scale",
    message="Predictions above 5 or below 1 were set to 5 or 1. That may be good for showing them. While the model learns, it needs to know how far off "
    "it is, and the cut hides it.",
    next_step="Return the plain dot products.",
    also=(lambda P, Q: np.clip(P @ Q.T, 0, 5), lambda P, Q: np.minimum(P @ Q.T, 5)),
)
def clipped(P, Q):
    return np.clip(P @ Q.T, 1, 5)


@mistake(
    title="The predictions are rounded",
    message="The predictions were rounded. Known ratings are whole stars; a prediction may lie between them.",
    next_step="Return the numbers as they come out.",
    also=tuple(lambda P, Q, digits=digits: np.round(P @ Q.T, digits) for digits in (1, 2, 3)),
)
def rounded(P, Q):
    return np.round(P @ Q.T)


def two_loops(P, Q):
    table = np.zeros((len(P), len(Q)))
    for u in range(len(P)):
        for i in range(len(Q)):
            table[u, i] = sum(P[u, k] * Q[i, k] for k in range(P.shape[1]))
    print(table.shape)
    return table


def list_of_lists(P, Q):
    warnings.warn("plain Python", stacklevel=1)
    return [[float(p @ q) for q in Q] for p in P]


def one_outer_product_a_factor(P, Q):
    return sum(np.outer(P[:, k], Q[:, k]) for k in range(P.shape[1]))


def einstein(P, Q):
    return np.einsum("uk,ik->ui", P, Q)


def single_precision(P, Q):
    return P.astype(np.float32) @ Q.astype(np.float32).T


def turned_twice(P, Q):
    return (Q @ P.T).T


exercise = Exercise(
    number="2.2",
    task="Return the table of all predicted ratings, (n_users, n_items): cell [u, i] is the dot product of row u of P and row i of Q.",
    reference=factorization.predict_all,
    uses=("predict_one",),
    groups=(any_table, unusual_tables),
    mistakes=(
        not_transposed,
        users_summed,
        table_transposed,
        elementwise_product,
        diagonal_only,
        flattened,
        squeezed,
        one_factor_counts,
        two_factors_only,
        mean_of_products,
        last_left_out,
        clipped,
        rounded,
    ),
    hints=(
        "Cell [u, i] is what `predict_one` gives. Two loops are right, but one operation does it all.",
        "A matrix product takes the dot product of every row of the first matrix with every column of the second. What must become a column?",
        "`Q.T` has a column for each item. P has the shape (n_users, n_factors), `Q.T` (n_factors, n_items): multiply them in this order with `@`.",
    ),
    variants=(two_loops, list_of_lists, one_outer_product_a_factor, einstein, single_precision, turned_twice),
)
