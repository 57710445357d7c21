"""fold_in_user: the newcomer's vector from a few answers, with Q as it is."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import cold_start


def problem(rng, n_items, n_factors, n_answers, reg):
    """Answers about different items, above and below 0, as after the biases are taken off."""
    return {
        "Q": rng.normal(0, 1, (n_items, n_factors)),
        "items": rng.permutation(n_items)[:n_answers],
        "ratings": rng.uniform(0.5, 3, n_answers) * rng.choice([-1, 1, 1], n_answers),
        "reg": reg,
    }


@group("the law: (AᵀA + reg I)⁻¹ Aᵀ r with the rows of Q of the rated items", points=2)
def several_answers(rng):
    """Two answers by hand; then more answers than factors, fewer, as many; little and much regularization."""
    Q = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    yield {"Q": Q, "items": np.array([2, 0]), "ratings": np.array([3.0, 1.0]), "reg": 1.0}
    yield problem(rng, 7, 2, 5, 2.0)
    yield problem(rng, 9, 4, 3, 0.5)
    yield problem(rng, 6, 3, 3, 1.5)
    yield problem(rng, 12, 3, 8, 6)


@group("a single answer, and an item that is answered twice", points=1)
def one_and_two(rng):
    """One answer; an item twice with different ratings; a first answer of 0."""
    yield problem(rng, 5, 3, 1, 2.0)
    arguments = problem(rng, 8, 3, 5, 1.5)
    yield {**arguments, "items": np.append(arguments["items"], arguments["items"][:2]), "ratings": rng.uniform(1, 4, 7)}
    arguments = problem(rng, 6, 2, 3, 0.8)
    yield {**arguments, "ratings": np.append(0.0, arguments["ratings"][1:])}


@group("no answers: zeros", points=1)
def no_answers(rng):
    """A newcomer who has answered nothing yet, with one factor and with several."""
    for n_items, n_factors in ((3, 1), (6, 4)):
        yield {**problem(rng, n_items, n_factors, 0, 2.0), "ratings": np.zeros(0)}


def normal_equations(A, ratings, penalty):
    return np.linalg.solve(A.T @ A + penalty, A.T @ ratings)


def ridge(A, ratings, reg):
    return normal_equations(A, ratings, reg * np.eye(A.shape[1]))


def as_row(Q, items, ratings):
    row = np.zeros(len(Q))
    row[items] = ratings
    return row


@mistake(
    title="Items without an answer count as zeros",
    message="The whole of Q was used, with a rating of 0 wherever the newcomer said nothing. Unknown is not 0: hundreds of invented answers drown the few real ones.",
    next_step="Use the rows `Q[items]` only.",
    also=(
        lambda Q, items, ratings, reg: ridge(Q, np.bincount(items, ratings, len(Q)), reg),
        lambda Q, items, ratings, reg: normal_equations(Q, as_row(Q, items, ratings), len(items) * reg * np.eye(Q.shape[1])),
        lambda Q, items, ratings, reg: np.linalg.pinv(Q) @ as_row(Q, items, ratings),
    ),
)
def unknown_as_zero(Q, items, ratings, reg):
    return ridge(Q, as_row(Q, items, ratings), reg)


@mistake(
    title="The regularization is missing",
    message="This is plain least squares. With fewer answers than factors there are many exact solutions, and the matrix cannot be inverted; with a few more the vector "
    "follows every whim of the answers.",
    next_step="Add reg times the identity matrix to AᵀA.",
    also=(
        lambda Q, items, ratings, reg: np.linalg.pinv(Q[items]) @ ratings,
        lambda Q, items, ratings, reg: normal_equations(Q[items], ratings, 0),
        lambda Q, items, ratings, reg: np.linalg.inv(Q[items].T @ Q[items]) @ Q[items].T @ ratings,
        lambda Q, items, ratings, reg: ridge(Q[items], ratings, 1e-8),
    ),
)
def reg_forgotten(Q, items, ratings, reg):
    return np.linalg.lstsq(Q[items], ratings)[0]


@mistake(
    title="The penalty is multiplied by the number of answers",
    message="reg was counted once for each answer (or AᵀA was divided by their number). Some methods do that. Here reg counts once: the more answers, the less it should "
    "weigh against them.",
    next_step="Add `reg`, not `reg * len(items)`, and take sums, not means.",
)
def reg_per_answer(Q, items, ratings, reg):
    return normal_equations(Q[items], ratings, len(items) * reg * np.eye(Q.shape[1]))


@mistake(
    title="reg is added to every entry",
    message="`AᵀA + reg` adds the number to all entries of the matrix. Only the diagonal belongs to the squares of p's entries; the others are products of two factors.",
    next_step="Multiply reg by `np.eye(…)` first.",
)
def reg_everywhere(Q, items, ratings, reg):
    return normal_equations(Q[items], ratings, reg * np.ones((Q.shape[1], Q.shape[1])) + 1e-13 * np.eye(Q.shape[1]))


@mistake(
    title="The vectors are averaged, not solved for",
    message="This is a mean of the rated items' vectors, weighted by the ratings. It points roughly to what was liked, but its dot products do not give back the answers: "
    "two similar films count twice, and lengths mean nothing.",
    next_step="Ask which p has p · q near the rating for each answer: that is a linear system.",
    also=(
        lambda Q, items, ratings, reg: ratings @ Q[items] / max(len(items), 1),
        lambda Q, items, ratings, reg: ratings @ Q[items] / np.abs(ratings).sum(),
        lambda Q, items, ratings, reg: ratings @ Q[items] / (len(items) + reg),
        lambda Q, items, ratings, reg: ratings @ Q[items] / (np.sum(ratings) + reg),
        lambda Q, items, ratings, reg: ratings @ Q[items] / len(items),
        lambda Q, items, ratings, reg: np.average(Q[items], axis=0, weights=ratings),
    ),
)
def weighted_mean(Q, items, ratings, reg):
    return ratings @ Q[items] / np.sum(ratings)


def one_step(lr, factor=1):
    return lambda Q, items, ratings, reg: factor * lr * Q[items].T @ ratings


@mistake(
    title="Only one step was made",
    message="From p = 0 one gradient step leads to lr times Aᵀr. That is the direction in which to begin, and not the end: here the lowest point can be computed at once.",
    next_step="Divide by the matrix AᵀA + reg I: solve the linear system.",
    also=tuple(one_step(lr, factor) for lr in (0.001, 0.005, 0.01, 0.02, 0.05, 0.1) for factor in (1, 2)),
)
def one_gradient_step(Q, items, ratings, reg):
    return Q[items].T @ ratings


def moved_items(Q, items, ratings, reg):
    """The items' vectors are solved for the newcomer, too, and then the newcomer once more."""
    p = ridge(Q[items], ratings, reg)
    for n, i in enumerate(items):
        Q[i] = normal_equations(p[None], ratings[n : n + 1], reg * np.eye(len(p)))
    return ridge(Q[items], ratings, reg)


@mistake(
    title="Q was trained again",
    message="The items' vectors were moved towards the newcomer's answers. Q holds what all the others have taught, and everybody's predictions rest on it: one newcomer's "
    "answers may not change it.",
    next_step="Solve for p alone, and leave Q as it is.",
    also=(moved_items,),
)
def items_refitted(Q, items, ratings, reg):
    return moved_items(Q.copy(), items, ratings, reg)


@mistake(
    title="An item that is answered twice counts once",
    message="The answers were put into an array with a place for each item, or into a dict, so that a second answer overwrites the first. Every answer is one term of the sum.",
    next_step="Take `Q[items]`: an index that comes twice gives its row twice.",
    also=(
        lambda Q, items, ratings, reg: ridge(Q[np.unique(items)], ratings[np.unique(items, return_index=True)[1]], reg),
        lambda Q, items, ratings, reg: ridge(Q[np.unique(items)], np.bincount(items, ratings, len(Q))[np.unique(items)], reg),
    ),
)
def repeats_once(Q, items, ratings, reg):
    answered = np.unique(items)
    return ridge(Q[answered], as_row(Q, items, ratings)[answered], reg)


@mistake(
    title="Answers of 0 are left out",
    message="An answer of 0 was taken for no answer. The arrays hold answers only; once the mean and the biases are taken off, 0 means: as expected.",
    next_step="Use all of `items`.",
)
def zero_is_unknown(Q, items, ratings, reg):
    return ridge(Q[items[ratings != 0]], ratings[ratings != 0], reg)


@mistake(
    title="The answers' mean was taken off",
    message="The ratings were centred by the mean of the answers. With three answers of 5 nothing would be left. What must be taken off was taken off before: the function "
    "fits the numbers that it is given.",
    next_step="Use `ratings` as they are.",
)
def centred(Q, items, ratings, reg):
    return ridge(Q[items], ratings - ratings.mean() if len(ratings) else ratings, reg)


@mistake(
    title="The penalty is squared",
    message="When the penalty is put below A as extra rows, their squares count in the sum: rows of reg give a penalty of reg².",
    next_step="Use rows of √reg, or add reg to the diagonal of AᵀA.",
)
def reg_squared(Q, items, ratings, reg):
    return ridge(Q[items], ratings, reg**2)


@mistake(
    title="The factor 2 does not fit",
    message="The slope of the sum has a factor 2 in both of its parts, and it cancels. Kept in one of them only, it doubles or halves the penalty.",
    next_step="Drop the factor 2 everywhere.",
    also=(lambda Q, items, ratings, reg: ridge(Q[items], ratings, reg / 2),),
)
def penalty_twice(Q, items, ratings, reg):
    return ridge(Q[items], ratings, 2 * reg)


@mistake(
    title="No answers do not give zeros",
    message="Without answers only the penalty is left, and ‖p‖² is smallest at p = 0: the newcomer then gets the mean and the items' biases, which is a good first list.",
    next_step="Return zeros, as the formula does by itself.",
    also=(
        lambda Q, items, ratings, reg: ridge(Q[items], ratings, reg) if len(items) else np.full(Q.shape[1], np.nan),
        lambda Q, items, ratings, reg: ridge(Q[items], ratings, reg) if len(items) else [][0],
        lambda Q, items, ratings, reg: ridge(Q[items], ratings, reg) if len(items) else None,
    ),
)
def nothing_known_is_not_zero(Q, items, ratings, reg):
    return ridge(Q[items], ratings, reg) if len(items) else Q.mean(axis=0)


def loop(Q, items, ratings, reg):
    k = Q.shape[1]
    left, right = [[reg * (f == g) for g in range(k)] for f in range(k)], [0.0] * k
    for i, r in zip(items, ratings, strict=True):
        for f in range(k):
            right[f] += Q[i, f] * r
            for g in range(k):
                left[f][g] += Q[i, f] * Q[i, g]
    print(left)
    return np.linalg.inv(left) @ right


def stacked(Q, items, ratings, reg):
    k = Q.shape[1]
    return np.linalg.lstsq(np.vstack([Q[items], np.sqrt(reg) * np.eye(k)]), np.append(ratings, np.zeros(k)))[0]


def by_answers(Q, items, ratings, reg):
    """The same through a system with a row for each answer."""
    warnings.warn("the dual form", stacklevel=1)
    A = Q[items]
    return A.T @ np.linalg.solve(A @ A.T + reg * np.eye(len(items)), ratings)


def by_singular_values(Q, items, ratings, reg):
    U, s, Vt = np.linalg.svd(Q[items], full_matrices=False)
    return list(Vt.T @ (s / (s**2 + reg) * (U.T @ ratings)))


def single_precision(Q, items, ratings, reg):
    return ridge(Q[items].astype(np.float32), ratings.astype(np.float32), np.float32(reg)).astype(np.float32)


exercise = Exercise(
    number="11.1",
    task="Return the newcomer's vector p = (AᵀA + reg I)⁻¹ Aᵀ r, with A the rows of Q of the answered items and r the ratings; zeros without answers; "
    "Q stays as it is.",
    reference=cold_start.fold_in_user,
    groups=(several_answers, one_and_two, no_answers),
    mistakes=(
        unknown_as_zero,
        reg_forgotten,
        reg_per_answer,
        reg_everywhere,
        weighted_mean,
        one_gradient_step,
        items_refitted,
        repeats_once,
        zero_is_unknown,
        centred,
        reg_squared,
        penalty_twice,
        nothing_known_is_not_zero,
    ),
    hints=(
        "Which numbers are unknown? Only the entries of p. The rows of Q that belong to the answers are known, and so are the answers.",
        "`A = Q[items]` has a row for each answer. The left side of the system is a matrix of n_factors × n_factors, the right side a vector.",
        "Left: `A.T @ A` plus reg on the diagonal (`np.eye`). Right: `A.T @ ratings`. `np.linalg.solve(left, right)` does the rest.",
    ),
    variants=(loop, stacked, by_answers, by_singular_values, single_precision),
)
