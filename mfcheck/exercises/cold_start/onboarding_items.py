"""onboarding_items: which items to ask a newcomer about, each the one that tells most after those before it."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.cold_start import _questions as questions
from mfcheck.exercises.cold_start._questions import in_turn, ones
from mfref import cold_start


def problem(rng, n_items, n_factors, n, reg, never=()):
    """Items of which some are nearly alike, so that one makes the other superfluous; no order hangs on the last digits."""
    while True:
        Q = rng.normal(0, 1, (n_items, n_factors)) * rng.uniform(0.5, 2, (n_items, 1))
        half = n_items // 2
        Q[:half] = 1.1 * Q[half : 2 * half] + rng.normal(0, 0.1, (half, n_factors))
        known = rng.uniform(0.1, 1, n_items)
        known[list(never)] = 0
        if questions.clear(Q, known, reg):
            return {"Q": Q, "known": known, "n": n, "reg": reg}


@group("the law: each time the largest known · qᵀA⁻¹q, then A learns from it", points=3)
def some_of_many(rng):
    """Four items by hand; then few factors and several, little and much regularization."""
    Q = np.array([[2.0, 0.0], [1.9, 0.0], [0.0, 1.0], [0.1, 0.7]])
    yield {"Q": Q, "known": np.array([0.9, 0.9, 0.8, 0.7]), "n": 3, "reg": 1.0}
    telling = []
    while not questions.told_apart(telling):
        telling = [problem(rng, n_items, k, n, reg) for n_items, k, n, reg in ((6, 2, 4, 0.5), (9, 2, 7, 2), (10, 3, 8, 0.3))]
    yield from telling
    yield problem(rng, 12, 4, 6, 4.0)


@group("as many as there are, also when n is larger", points=1)
def all_of_them(rng):
    """n is the number of items, and far larger."""
    yield problem(rng, 5, 2, 5, 1.0)
    yield problem(rng, 7, 3, 20, 0.5)


@group("items that nobody can answer about come last, by index; of equal ones the lower index comes first", points=1)
def never_and_equal(rng):
    """Known 0, and items that are exactly alike."""
    yield problem(rng, 6, 2, 6, 1.0, never=[1, 4])
    yield problem(rng, 8, 3, 9, 0.7, never=[0, 2, 5])
    Q = np.array([[1.0, 0.0], [0.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 1.0]])
    yield {"Q": Q, "known": np.full(5, 0.5), "n": 4, "reg": 1.0}
    yield {"Q": 2 * np.eye(4)[[3, 1, 0, 2]], "known": np.array([0.5, 0.25, 0.5, 0.5]), "n": 4, "reg": 2.0}


@mistake(
    title="Only the best known are asked about",
    message="The items were sorted by `known`. Nearly everybody can answer, but the answers say little: films that all have seen and most like do not tell people apart, and "
    "ten alike tell the same ten times.",
    next_step="Multiply by qᵀA⁻¹q: how much an answer would tell.",
)
def most_known(Q, known, n, reg):
    return np.argsort(-known, kind="stable")[:n]


@mistake(
    title="`known` is not used",
    message='The items were chosen as if everybody had seen everything. The most telling films are often obscure: the newcomer says "not seen", and nothing is learned.',
    next_step="Multiply the score by `known`, and what is added to A, too.",
)
def known_ignored(Q, known, n, reg):
    return in_turn(choose=ones, weigh=ones)(Q, known, n, reg)


@mistake(
    title="`known` is missing in the choice",
    message="A learns by the right weight, but the score of an item does not say whether the newcomer can answer.",
    next_step="The score is known_i · q_iᵀA⁻¹q_i.",
)
def known_in_the_update_only(Q, known, n, reg):
    return in_turn(choose=ones)(Q, known, n, reg)


@mistake(
    title="A learns from questions as if all were answered",
    message="`q qᵀ` was added to A in full. The question may remain without an answer: what it will tell, on average, is known_i times that.",
    next_step="Add known_i · q_i q_iᵀ.",
)
def updated_in_full(Q, known, n, reg):
    return in_turn(weigh=ones)(Q, known, n, reg)


@mistake(
    title="A learns by another weight",
    message="The weight of `q qᵀ` in the update is not known_i: it was squared, rooted, or turned into 1 − known.",
    next_step="Add known_i · q_i q_iᵀ.",
    also=(in_turn(weigh=np.sqrt), in_turn(weigh=lambda known: 1 - known)),
)
def another_weight(Q, known, n, reg):
    return in_turn(weigh=np.square)(Q, known, n, reg)


@mistake(
    title="Nothing is learned from the questions before",
    message="All scores were computed once, and the n highest taken. Of two films that are nearly alike both are asked, though the second then tells nothing new.",
    next_step="After each choice add it to A, and compute the scores anew.",
    also=(
        lambda Q, known, n, reg: np.argsort(-known * np.linalg.norm(Q, axis=1), kind="stable")[:n],
        lambda Q, known, n, reg: np.argsort(-np.linalg.norm(Q, axis=1), kind="stable")[:n],
    ),
)
def never_updated(Q, known, n, reg):
    return in_turn(updated=False)(Q, known, n, reg)


@mistake(
    title="An item is asked twice",
    message="What was asked before may be asked again. A good question stays a good one by the score: the formula knows nothing of your asking only once.",
    next_step="Take what is asked out: set its score to −∞ before you look for the largest.",
)
def asked_again(Q, known, n, reg):
    return in_turn(again=True)(Q, known, n, reg)


@mistake(
    title="The least telling comes first",
    message="The smallest score was taken in place of the largest: the questions from which nothing is learned.",
    next_step="Take the largest score.",
    also=(
        lambda Q, known, n, reg: cold_start.onboarding_items(Q, known, n, reg)[::-1],
        lambda Q, known, n, reg: np.argsort(known * np.sum(Q**2, axis=1), kind="stable")[:n],
    ),
)
def least_first(Q, known, n, reg):
    return in_turn(best=np.argmin)(Q, known, n, reg)


@mistake(
    title="A is not inverted",
    message="The score is qᵀAq. A grows in the directions that are asked about, so this asks for more of the same. A⁻¹ is large where little is known yet.",
    next_step="Use `np.linalg.inv(A)`, or `np.linalg.solve`.",
    also=(in_turn(invert=lambda A: 1 / np.where(A == 0, 1e-9, A)), in_turn(invert=lambda A: np.diag(1 / np.diag(A)))),
)
def not_inverted(Q, known, n, reg):
    return in_turn(invert=lambda A: A)(Q, known, n, reg)


@mistake(
    title="A does not begin at reg I",
    message="A began at the identity matrix, or at zeros. reg says how much is believed before any answer: the larger it is, the longer the obvious directions stay worth asking about.",
    next_step="Begin at `reg * np.eye(n_factors)`.",
    also=(in_turn(start=lambda reg: 1e-8), in_turn(start=lambda reg: 0, invert=np.linalg.pinv), in_turn(start=lambda reg: 0)),
)
def reg_ignored(Q, known, n, reg):
    return in_turn(start=lambda reg: 1)(Q, known, n, reg)


@mistake(
    title="The order is lost",
    message="The right items are there, but sorted by index. The most telling question comes first, for many newcomers go after two or three.",
    next_step="Return the items in the order in which they were chosen.",
)
def sorted_by_index(Q, known, n, reg):
    return np.sort(cold_start.onboarding_items(Q, known, n, reg))


@mistake(
    title="All items are returned",
    message="The order goes on to the last item. The task asks for the first n.",
    next_step="Stop after n, or cut off.",
)
def n_ignored(Q, known, n, reg):
    return cold_start.onboarding_items(Q, known, len(Q), reg)


@mistake(
    title="When all are asked, it goes on",
    message="There are fewer than n items. After the last one the largest of the scores, all −∞, is that of item 0, which then is asked again and again.",
    next_step="Make at most as many steps as there are items.",
)
def goes_on_at_the_end(Q, known, n, reg):
    asked = cold_start.onboarding_items(Q, known, n, reg)
    return np.append(asked, np.zeros(max(n - len(asked), 0), dtype=int))


@mistake(
    title="Items that nobody knows are left out",
    message="Items with known 0 are missing. They are the worst of questions, and come last, by index; when n is large enough they belong to the list.",
    next_step="Choose among all items that are not asked yet, also when the largest score is 0.",
)
def never_known_left_out(Q, known, n, reg):
    asked = cold_start.onboarding_items(Q, known, n, reg)
    return asked[known[asked] > 0]


@mistake(
    title="Ties go to the higher index",
    message="Of equal scores the last was taken. `np.argmax` takes the first; a sort that is turned round with `[::-1]` turns the ties round, too.",
    next_step="Take the first of the largest.",
)
def ties_to_the_higher(Q, known, n, reg):
    asked, left, A = [], np.ones(len(Q), dtype=bool), reg * np.eye(Q.shape[1])
    for _ in range(min(n, len(Q))):
        gain = np.where(left, known * np.sum(Q @ np.linalg.inv(A) * Q, axis=1), -np.inf)
        i = questions.last_higher(gain)
        asked.append(i)
        left[i] = False
        A += known[i] * np.outer(Q[i], Q[i])
    return asked


def loop(Q, known, n, reg):
    A, left, asked = reg * np.eye(Q.shape[1]), list(range(len(Q))), []
    while left and len(asked) < n:
        gains = [known[i] * (Q[i] @ np.linalg.solve(A, Q[i])) for i in left]
        i = left.pop(gains.index(max(gains)))
        asked.append(i)
        A = A + known[i] * np.outer(Q[i], Q[i])
    print(asked)
    return asked


def by_determinant(Q, known, n, reg):
    """The growth of log det A itself, which is what the score stands for."""
    A, asked = reg * np.eye(Q.shape[1]), []
    for _ in range(min(n, len(Q))):
        best, best_growth = None, -1.0
        for i in range(len(Q)):
            growth = np.linalg.slogdet(A + known[i] * np.outer(Q[i], Q[i]))[1] - np.linalg.slogdet(A)[1]
            if i not in asked and growth > best_growth + 1e-12:
                best, best_growth = i, growth
        asked.append(best)
        A += known[best] * np.outer(Q[best], Q[best])
    return tuple(asked)


def inverse_kept(Q, known, n, reg):
    """A⁻¹ is changed by the formula of Sherman and Morrison, not computed anew."""
    inverse, gains = np.eye(Q.shape[1]) / reg, []
    scores_of = lambda: known * np.einsum("if,fg,ig->i", Q, inverse, Q)  # noqa: E731
    for _ in range(len(Q)):
        scores = scores_of()
        scores[gains] = -1
        i = int(scores.argmax())
        gains.append(i)
        v = inverse @ Q[i]
        inverse -= known[i] * np.outer(v, v) / (1 + known[i] * Q[i] @ v)
    return np.array(gains[:n], dtype=np.int32)


def weighted_rows(Q, known, n, reg):
    """√known · q as rows, and the system solved for all at once."""
    rows = np.sqrt(known)[:, None] * Q
    asked = []
    for _ in range(min(n, len(Q))):
        A = rows[asked].T @ rows[asked] + reg * np.eye(Q.shape[1])
        gain = (rows * np.linalg.solve(A, rows.T).T).sum(axis=1)
        order = np.argsort(-np.round(gain, 9), kind="stable")
        asked.append(int(next(i for i in order if i not in asked)))
    return asked


def single_precision(Q, known, n, reg):
    return cold_start.onboarding_items(Q.astype(np.float32), known.astype(np.float32), n, np.float64(reg))


exercise = Exercise(
    number="11.4",
    task="Return n item indices in asking order: A = reg I; each time the item not asked yet with the largest known_i · q_iᵀA⁻¹q_i, then A += known_i q_i q_iᵀ; "
    "ties to the lower index; all items if there are fewer than n.",
    reference=cold_start.onboarding_items,
    groups=(some_of_many, all_of_them, never_and_equal),
    mistakes=(
        most_known,
        known_ignored,
        known_in_the_update_only,
        updated_in_full,
        another_weight,
        never_updated,
        asked_again,
        least_first,
        not_inverted,
        reg_ignored,
        sorted_by_index,
        n_ignored,
        goes_on_at_the_end,
        never_known_left_out,
        ties_to_the_higher,
    ),
    hints=(
        "Two things change after each question: what is known of the newcomer (A), and which items are left.",
        "`np.sum(Q @ np.linalg.inv(A) * Q, axis=1)` is qᵀA⁻¹q of all items at once. What is asked must not come again: −∞ is below every score.",
        "A loop of `min(n, len(Q))` steps. In it: the scores times `known`, those asked set to `-np.inf`, `np.argmax`, remember it, add `known[i] * np.outer(Q[i], Q[i])` to A.",
    ),
    variants=(loop, by_determinant, inverse_kept, weighted_rows, single_precision),
)
