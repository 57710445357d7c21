"""factors_from_svd: user and item factors out of the first k terms, the singular values shared out evenly."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.svd._planted import parts
from mfref import svd


def terms(rng, n_users, n_items, n, k):
    U, s, Vt = parts(rng, n_users, n_items, n)
    return {"U": U, "s": s, "Vt": Vt, "k": k}


@group("the law: P = U√Σ and Q = V√Σ", points=2)
def as_many_as_there_are(rng):
    """Two terms by hand; then as many users as items, more users, more items."""
    yield {"U": np.eye(3)[:, :2], "s": np.array([9.0, 4.0]), "Vt": np.eye(4)[1:3], "k": 2}
    yield terms(rng, 4, 4, 3, 3)
    yield terms(rng, 6, 3, 2, 2)
    yield terms(rng, 3, 5, 3, 3)


@group("k smaller than the number of terms given", points=1)
def fewer_than_given(rng):
    """Only the first k count; k = 1 gives one column each."""
    yield terms(rng, 5, 4, 4, 2)
    yield terms(rng, 3, 6, 3, 1)
    yield terms(rng, 4, 4, 4, 3)


def splitting(in_p=np.sqrt, in_q=np.sqrt, which=lambda k: slice(k), turn=np.transpose):
    """→ a `factors_from_svd`. What P and Q get of the singular values, which terms are kept, and how Vt is turned."""

    def factors_from_svd(U, s, Vt, k):
        kept = which(k)
        return U[:, kept] * in_p(s[kept]), turn(Vt[kept]) * in_q(s[kept])

    return factors_from_svd


@mistake(
    title="All of Σ is on one side",
    message="The singular values went into one of the two, and the other kept columns of length 1. The product P Qᵀ is right, the split is not: one side is then far longer "
    "than the other. A square root for each makes them equally long.",
    next_step="Multiply both sides by `np.sqrt(s)`.",
    also=(splitting(np.ones_like, np.positive),),
)
def all_on_one_side(U, s, Vt, k):
    return splitting(np.positive, np.ones_like)(U, s, Vt, k)


@mistake(
    title="Σ is on both sides in full",
    message="P and Q were both multiplied by s, so P Qᵀ contains every singular value twice, as its square. Predictions come out far too large.",
    next_step="Each side gets the square root: √s · √s = s.",
)
def no_root(U, s, Vt, k):
    return splitting(np.positive, np.positive)(U, s, Vt, k)


@mistake(
    title="Σ is missing",
    message="P and Q are U and V themselves. All terms then count the same, the strongest and the weakest, and the predictions lie near 0.",
    next_step="Multiply the columns of both by `np.sqrt(s)`.",
)
def no_singular_values(U, s, Vt, k):
    return splitting(np.ones_like, np.ones_like)(U, s, Vt, k)


@mistake(
    title="Σ is on one side, as its root",
    message="Only one of the two was multiplied by √s. P Qᵀ then holds √s where s belongs.",
    next_step="Multiply both sides by the root.",
    also=(splitting(np.ones_like, np.sqrt),),
)
def root_on_one_side(U, s, Vt, k):
    return splitting(np.sqrt, np.ones_like)(U, s, Vt, k)


@mistake(
    title="Σ was halved",
    message='"Half for each side" was taken as s / 2. But P and Q are **multiplied**, so what gives s again is √s · √s. Half times half is a quarter of the square.',
    next_step="Take `np.sqrt(s)` in place of `s / 2`.",
)
def halved(U, s, Vt, k):
    return splitting(lambda s: s / 2, lambda s: s / 2)(U, s, Vt, k)


@mistake(
    title="P and Q were divided by √Σ",
    message="The columns were divided by the root of the singular values. The strongest term becomes the weakest.",
    next_step="Multiply.",
    also=(splitting(lambda s: 1 / s, lambda s: 1 / s),),
)
def divided(U, s, Vt, k):
    return splitting(lambda s: 1 / np.sqrt(s), lambda s: 1 / np.sqrt(s))(U, s, Vt, k)


@mistake(
    title="Q has a row for each factor",
    message="Q was made of Vt without turning it: a row a factor, a column an item. In this course Q has a row for each item, so that the prediction is P Qᵀ.",
    next_step="Transpose Vt first, then multiply its columns.",
)
def q_not_transposed(U, s, Vt, k):
    P, Q = svd.factors_from_svd(U, s, Vt, k)
    return P, Q.T


@mistake(
    title="Vt was reshaped, not transposed",
    message="`reshape` reads the numbers row by row and fills the new shape with them: the shape is right, and the numbers are mixed up. Each item then has parts of others.",
    next_step="Use `.T`.",
)
def reshaped(U, s, Vt, k):
    return splitting(turn=lambda Vt: Vt.reshape(Vt.shape[::-1]))(U, s, Vt, k)


@mistake(
    title="k was not used",
    message="All the terms given were turned into factors. The task asks for the first k of them.",
    next_step="Cut U, s and Vt to their first k terms.",
    also=(splitting(np.positive, np.ones_like, which=lambda k: slice(None)),),
)
def not_cut(U, s, Vt, k):
    return splitting(which=lambda k: slice(None))(U, s, Vt, k)


@mistake(
    title="The last k were taken",
    message="The factors come from the last k terms. The terms are sorted with the largest singular value first, so those were the weakest.",
    next_step="Take the first k: `[:k]`, not `[-k:]`.",
)
def last_terms(U, s, Vt, k):
    return splitting(which=lambda k: slice(-k, None))(U, s, Vt, k)


@mistake(
    title="P and Q are exchanged",
    message="The item factors came first. In this course P is the users', Q the items', and P comes first.",
    next_step="Look at the order in the `return`.",
)
def exchanged(U, s, Vt, k):
    return svd.factors_from_svd(U, s, Vt, k)[::-1]


def with_a_matrix(U, s, Vt, k):
    root = np.diag(s[:k]) ** 0.5
    return U[:, :k] @ root, (root @ Vt[:k]).T


def loops(U, s, Vt, k):
    P = [[float(row[f]) * float(s[f]) ** 0.5 for f in range(k)] for row in U]
    print(len(P))
    return P, [[float(Vt[f, i]) * float(s[f]) ** 0.5 for f in range(k)] for i in range(Vt.shape[1])]


def with_einsum(U, s, Vt, k):
    warnings.warn("einsum", stacklevel=1)
    root = np.sqrt(s)
    return np.einsum("uf,f->uf", U, root)[:, :k], np.einsum("fi,f->if", Vt, root)[:, :k]


def single_precision(U, s, Vt, k):
    U, s, Vt = (part.astype(np.float32) for part in (U, s, Vt))
    return [np.multiply(U, np.sqrt(s))[:, :k], np.multiply(Vt.T, np.sqrt(s))[:, :k]]


exercise = Exercise(
    number="9.3",
    task="Return (P, Q) of the first k terms: P = U√Σ, of shape (n_users, k), and Q = V√Σ, of shape (n_items, k), so that P Qᵀ = UΣVᵀ.",
    reference=svd.factors_from_svd,
    groups=(as_many_as_there_are, fewer_than_given),
    mistakes=(
        all_on_one_side,
        no_root,
        no_singular_values,
        root_on_one_side,
        halved,
        divided,
        q_not_transposed,
        reshaped,
        not_cut,
        last_terms,
        exchanged,
    ),
    hints=(
        "P Qᵀ has to be UΣVᵀ. Σ has to go somewhere: how do you share out a number so that the product of the two shares is the number again?",
        "`np.sqrt(s[:k])` is what each side gets. Multiplying an array of shape (n, k) by one of shape (k,) multiplies every column by its own number.",
        "Cut U to its first k columns and Vt to its first k rows. Turn Vt over with `.T`. Multiply both by the roots, and return them, users first.",
    ),
    variants=(with_a_matrix, loops, with_einsum, single_precision),
)
