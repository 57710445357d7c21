"""truncated_svd: the first k terms of a full matrix, judged by what all signs have in common."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.svd._planted import matrix
from mfcheck.rules import EachRun
from mfref import svd


def facts(runs):
    """What does not depend on the signs. Parts of the wrong shapes are not multiplied."""
    U, s, Vt = (np.asarray(part) for part in runs[0].outcome.value)
    told = {"the shapes are (n_users, k) for U, (k,) for s, (k, n_items) for Vt": f"{U.shape} {s.shape} {Vt.shape}"}
    R, k = runs[0].arguments["R"], runs[0].arguments["k"]
    told["s holds the k largest singular values, the largest first"] = s
    if (U.shape, s.shape, Vt.shape) == ((R.shape[0], k), (k,), (k, R.shape[1])):
        told["U · diag(s) · Vt is the nearest matrix of rank k"] = U * s @ Vt
        told["the columns of U are orthonormal"] = U.T @ U
        told["the rows of Vt are orthonormal"] = Vt @ Vt.T
    return told


@group("the law: the k largest singular values and their vectors", points=3, rule=EachRun(facts))
def some_terms(rng):
    """A diagonal by hand; then more users, more items, and a square matrix."""
    yield {"R": np.array([[0.0, 2.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), "k": 2}
    yield {"R": matrix(rng, 5, 4), "k": 3}
    yield {"R": matrix(rng, 3, 6), "k": 2}
    yield {"R": matrix(rng, 4, 4) + 1, "k": 2}
    yield {"R": matrix(rng, 6, 5), "k": 3}


@group("one term, and all of them", points=1, rule=EachRun(facts))
def first_and_all(rng):
    """k = 1 still gives arrays of two dimensions; k = min(n_users, n_items) gives R back."""
    yield {"R": matrix(rng, 4, 3), "k": 1}
    yield {"R": matrix(rng, 3, 5), "k": 3}
    yield {"R": matrix(rng, 5, 3), "k": 3}


def cut(U, s, Vt, k):
    return U[:, :k], s[:k], Vt[:k]


def turned_round(U, s, Vt):
    return U[:, ::-1], s[::-1], Vt[::-1]


def all_terms(R, full=False):
    return np.linalg.svd(R, full_matrices=full)


@mistake(
    title="V came back in place of Vt",
    message="The third array has a row for each item. `np.linalg.svd` gives V transposed already, with a row for each **term**, so that U · diag(s) · Vt can be multiplied as "
    "it stands.",
    next_step="Do not transpose what `np.linalg.svd` gives as its third value.",
)
def v_not_transposed(R, k):
    U, s, Vt = svd.truncated_svd(R, k)
    return U, s, Vt.T


@mistake(
    title="The columns of Vt were cut",
    message="U has a column for each term, but Vt has a **row** for each. `Vt[:, :k]` keeps all the terms and throws items away.",
    next_step="Take the first k rows of Vt.",
    also=(lambda R, k: (all_terms(R, True)[0][:, :k], all_terms(R)[1][:k], all_terms(R, True)[2][:, :k]),),
)
def items_cut_off(R, k):
    U, s, Vt = all_terms(R)
    return U[:, :k], s[:k], Vt[:, :k]


@mistake(
    title="The rows of U were cut",
    message="`U[:k]` keeps the first k users with all their terms. The terms are the **columns** of U.",
    next_step="Take all rows and the first k columns: the comma decides.",
    also=(lambda R, k: (all_terms(R, True)[0][:k], all_terms(R)[1][:k], all_terms(R)[2][:k]),),
)
def users_cut_off(R, k):
    U, s, Vt = all_terms(R)
    return U[:k], s[:k], Vt[:k]


@mistake(
    title="Nothing was cut",
    message="All the terms came back, whatever k is. Their product is R itself, so nothing was left out and nothing learned.",
    next_step="Keep the first k columns of U, entries of s and rows of Vt.",
    also=(lambda R, k: all_terms(R, True), lambda R, k: (all_terms(R)[0], all_terms(R)[1][:k], all_terms(R)[2])),
)
def not_truncated(R, k):
    return all_terms(R)


@mistake(
    title="s is a matrix",
    message="The singular values came back as a square matrix with zeros around its diagonal. Here s is the list of its k numbers: `U * s @ Vt` needs no more.",
    next_step="Return the numbers as an array of shape (k,).",
)
def s_as_matrix(R, k):
    U, s, Vt = svd.truncated_svd(R, k)
    return U, np.diag(s), Vt


@mistake(
    title="s holds the squares",
    message="The eigenvalues of R Rᵀ are the **squares** of the singular values of R. With them U · diag(s) · Vt is far too large.",
    next_step="Take the square roots, or take s from `np.linalg.svd`.",
)
def s_squared(R, k):
    U, s, Vt = svd.truncated_svd(R, k)
    return U, s**2, Vt


@mistake(
    title="The smallest were kept",
    message="The last terms came back, those with the smallest singular values. They are the ones to leave out: each adds the square of its value to the error.",
    next_step="NumPy sorts the singular values from large to small. An eigensolver sorts the other way round.",
    also=(lambda R, k: cut(*turned_round(*all_terms(R)), k),),
)
def smallest_kept(R, k):
    U, s, Vt = all_terms(R)
    return U[:, len(s) - k :], s[-k:], Vt[-k:]


@mistake(
    title="The order is turned round",
    message="The right terms came back with the smallest of them first. `np.linalg.eigh` sorts in this way. Whoever takes the first two terms later gets the wrong ones.",
    next_step="Turn the order of all three round.",
    also=(lambda R, k: (svd.truncated_svd(R, k)[0], svd.truncated_svd(R, k)[1][::-1], svd.truncated_svd(R, k)[2]),),
)
def ascending(R, k):
    return turned_round(*svd.truncated_svd(R, k))


@mistake(
    title="The columns were centred first",
    message="A mean was taken off before the decomposition, as in principal component analysis. The terms then add up to R without its means, not to R.",
    next_step="Decompose R as it is.",
    also=(lambda R, k: svd.truncated_svd(R - R.mean(), k), lambda R, k: svd.truncated_svd(R - R.mean(axis=1, keepdims=True), k)),
)
def centred(R, k):
    return svd.truncated_svd(R - R.mean(axis=0), k)


@mistake(
    title="The singular values are in U as well",
    message="The columns of U were multiplied by s, and s came back besides. Their lengths must be 1. scikit-learn's `TruncatedSVD.fit_transform` gives U times s.",
    next_step="Return U as it comes from the decomposition.",
    also=(lambda R, k: scaled(R, k, 0.5, 0.5), lambda R, k: scaled(R, k, 0, 1)),
)
def s_in_u(R, k):
    return scaled(R, k, 1, 0)


def scaled(R, k, in_u, in_vt):
    U, s, Vt = svd.truncated_svd(R, k)
    return U * s**in_u, s, Vt * s[:, None] ** in_vt


@mistake(
    title="The product came back",
    message="One matrix was returned, the product of the three. The next exercise makes factors out of the parts.",
    next_step="Return U, s and Vt, cut to k terms.",
)
def product_only(R, k):
    U, s, Vt = svd.truncated_svd(R, k)
    return U * s @ Vt


def equal_but_for_signs(runs):
    """Each column of U and row of Vt is right or turned, and together they do not give the product."""
    wrong = False
    for run in runs:
        U, s, Vt = (np.asarray(part, dtype=float) for part in run.outcome.value)
        right = svd.truncated_svd(run.arguments["R"], run.arguments["k"])
        if not all(np.allclose(np.abs(a), np.abs(b), atol=1e-5) for a, b in zip((U, s, Vt), right, strict=True)):
            return False
        wrong |= not np.allclose(U * s @ Vt, right[0] * right[1] @ right[2], atol=1e-4)
    return wrong


@mistake(
    title="The signs of U and Vt do not fit",
    message="U and Vt are right one by one, but some term has the wrong sign. Whoever takes U from R Rᵀ and V from Rᵀ R gets two decompositions that know nothing of "
    "each other: each chooses its signs by itself.",
    next_step="Take one side only, and compute the other from it: Vt = diag(1/s) · Uᵀ · R.",
    recognise=equal_but_for_signs,
)
def signs_apart(R, k):
    U, s, Vt = svd.truncated_svd(R, k)
    return U, s, -Vt


def turned_signs(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    print(s)
    return -U[:, :k], s[:k].tolist(), -Vt[:k, :]


def of_scipy(R, k):
    import scipy.linalg

    U, s, Vt = scipy.linalg.svd(R, lapack_driver="gesvd")
    return [U[:, :k], s[:k], Vt[:k]]


def by_eigenvalues(R, k):
    """One side by eigenvalues, the other from it."""
    warnings.warn("squares the condition number", stacklevel=1)
    values, U = np.linalg.eigh(R @ R.T) if R.shape[0] <= R.shape[1] else (None, None)
    if U is None:
        V, s, Ut = by_eigenvalues(R.T, k)
        return Ut.T, s, V.T
    U, s = U[:, ::-1][:, :k], np.sqrt(values[::-1][:k])
    return U, s, U.T @ R / s[:, None]


def single_precision(R, k):
    return cut(*np.linalg.svd(R.astype(np.float32), full_matrices=True), k)


def term_by_term(R, k):
    """The power method: the largest term, taken off, then the next."""
    left, terms = R.copy(), []
    for _ in range(k):
        v = np.cos(np.arange(R.shape[1]) + 1.0)
        for _ in range(400):
            v = left.T @ (left @ v)
            v = v / np.linalg.norm(v)
        u = left @ v
        s = np.linalg.norm(u)
        terms.append((u / s, s, v))
        left = left - np.outer(u, v)
    U, s, V = (np.array(part) for part in zip(*terms, strict=True))
    return U.T, s, V


exercise = Exercise(
    number="9.2",
    task="Return (U, s, Vt): the k largest singular values of R, the largest first, in an array of shape (k,), with their vectors as the columns "
    "of U, (n_users, k), and the rows of Vt, (k, n_items).",
    reference=svd.truncated_svd,
    groups=(some_terms, first_and_all),
    mistakes=(
        v_not_transposed,
        items_cut_off,
        users_cut_off,
        not_truncated,
        s_as_matrix,
        s_squared,
        smallest_kept,
        ascending,
        centred,
        s_in_u,
        product_only,
        signs_apart,
    ),
    hints=(
        "NumPy decomposes the whole matrix. What remains is to keep the first k terms: where does a term live in each of the three arrays?",
        "`np.linalg.svd(R, full_matrices=False)` returns U, s and Vt, sorted. A term is a column of U, an entry of s, a row of Vt.",
        "Call it once. Then cut the columns of U with `U[:, :k]`, and s and the rows of Vt each with `[:k]`.",
    ),
    variants=(turned_signs, of_scipy, by_eigenvalues, single_precision, term_by_term),
)
