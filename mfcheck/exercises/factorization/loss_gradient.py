"""loss_gradient: which way is uphill, and how steep."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.factorization.regularized_loss import with_reg
from mfcheck.exercises.factorization.squared_error import by_hand, dense_errors, errors_of, problem
from mfref import factorization


@group("the law: both gradients, each the sum over its ratings plus its part of the penalty", points=3)
def every_row_is_rated(rng):
    """One rating by hand; three ratings of one user; then users and items that meet again and again."""
    yield with_reg(0.5, {**by_hand(), "items": np.array([0]), "Q": np.array([[1.0, 2.0]])})
    yield with_reg(rng.uniform(0.3, 0.9), problem(rng, [0, 0, 0], [2, 0, 1], 1, 3))
    yield with_reg(rng.uniform(1.2, 2), problem(rng, [2, 0, 0, 1, 2], [0, 2, 0, 1, 1], 3, 3))
    yield with_reg(rng.uniform(0.3, 0.9), problem(rng, [1, 0, 0, 2, 1, 2], [3, 0, 1, 2, 1, 0], 3, 4, 3))


@group("rows without any rating feel the penalty alone", points=1)
def unrated_rows(rng):
    """Unrated users and items; then nothing known at all."""
    yield with_reg(rng.uniform(0.5, 1.5), problem(rng, [1, 1], [0, 2], 3, 4))
    yield with_reg(rng.uniform(0.5, 1.5), problem(rng, [], [], 2, 2))


def pulls(users, items, ratings, P, Q):
    """→ the sums of e q over each user's ratings, and of e p over each item's."""
    known = np.zeros((len(P), len(Q)))
    known[users, items] = 1
    E = known * dense_errors(users, items, ratings, P, Q)
    return E @ Q, E.T @ P


def weighted(a, b):
    """A gradient with other factors: a times the pulls plus b times reg times the vectors; a is -2 and b is 2 in the right one."""

    def loss_gradient(users, items, ratings, P, Q, reg):
        pull_P, pull_Q = pulls(users, items, ratings, P, Q)
        return a * pull_P + b * reg * P, a * pull_Q + b * reg * Q

    return loss_gradient


def penalty_inside(users, items, ratings, P, Q, reg):
    e = errors_of(users, items, ratings, P, Q)[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    dP[users] += -2 * e * Q[items] + 2 * reg * P[users]
    dQ[items] += -2 * e * P[users] + 2 * reg * Q[items]
    return dP, dQ


@mistake(
    title="Of several ratings of one user only the last counts",
    message="`dP[users] += …` does not add up: where an index comes several times, NumPy reads the old values once and keeps the last result. A loop "
    "with `dP[u] = …` loses the earlier ratings in the same way. A user with one rating hides it.",
    next_step="Use `np.add.at(dP, users, …)`, or a loop with `dP[u] += …`.",
    also=(penalty_inside,),
)
def fancy_index_add(users, items, ratings, P, Q, reg):
    e = errors_of(users, items, ratings, P, Q)[:, None]
    dP, dQ = 2 * reg * P, 2 * reg * Q
    dP[users] += -2 * e * Q[items]
    dQ[items] += -2 * e * P[users]
    return dP, dQ


@mistake(
    title="The factor 2 is lost",
    message="Both terms are half of what they should be. The derivative of a square brings a factor 2: of the squared error and of the squared norm. "
    "Finite differences would show twice your values.",
    next_step="Derive e² once more, with the chain rule.",
)
def factor_two_lost(users, items, ratings, P, Q, reg):
    return weighted(-1, 1)(users, items, ratings, P, Q, reg)


@mistake(
    title="The factor 2 stands in one term only",
    message="One of the two terms is half of what it should be. Squared error and squared norm both bring a factor 2 when they are derived.",
    next_step="Compare both terms with the formula. With `reg = 0` you see the error's term alone.",
    also=(weighted(-1, 2),),
)
def factor_two_once(users, items, ratings, P, Q, reg):
    return weighted(-2, 1)(users, items, ratings, P, Q, reg)


@mistake(
    title="The gradient points downhill",
    message="Both signs are turned: this is the direction of a step. The gradient points to where the loss grows, and `gradient_descent` will subtract it.",
    next_step="Turn both signs.",
    also=(weighted(1, -1),),
)
def downhill(users, items, ratings, P, Q, reg):
    return weighted(2, -2)(users, items, ratings, P, Q, reg)


@mistake(
    title="One of the two signs is turned",
    message="One term points uphill, the other downhill. With e = rating − prediction the chain rule brings a minus into the error's term, because "
    "the prediction is subtracted. The penalty's term grows with the vectors and has a plus.",
    next_step="Set `reg = 0` to see the error's term alone: a small step against it must make the error smaller.",
    also=(weighted(1, 1), weighted(1, 2), weighted(-2, -2), weighted(-1, -1), weighted(-2, -1)),
)
def one_sign_turned(users, items, ratings, P, Q, reg):
    return weighted(2, 2)(users, items, ratings, P, Q, reg)


@mistake(
    title="The penalty is missing",
    message="This is the gradient of the squared error alone: whatever `reg` is, the answer is the same.",
    next_step="Derive reg (‖P‖² + ‖Q‖²) as well, and add it.",
    also=(weighted(-1, 0),),
)
def penalty_missing(users, items, ratings, P, Q, reg):
    return weighted(-2, 0)(users, items, ratings, P, Q, reg)


def counts(users, items, P, Q):
    return np.bincount(users, minlength=len(P))[:, None], np.bincount(items, minlength=len(Q))[:, None]


@mistake(
    title="The penalty is added once per rating",
    message="A user with three ratings gets the penalty three times: it was added inside the loop over the ratings. In `regularized_loss` each row pays "
    "once, so its derivative comes once, too.",
    next_step="Start dP and dQ with the penalty's part, then add the ratings.",
    also=(lambda users, items, ratings, P, Q, reg: norm_per_entry.function(users, items, ratings, P, Q, reg / 2),),
)
def norm_per_entry(users, items, ratings, P, Q, reg):
    pull_P, pull_Q = pulls(users, items, ratings, P, Q)
    count_P, count_Q = counts(users, items, P, Q)
    return -2 * pull_P + 2 * reg * count_P * P, -2 * pull_Q + 2 * reg * count_Q * Q


@mistake(
    title="Rows without ratings get no penalty",
    message="Users and items without a rating have gradient 0. The penalty runs over all rows: without ratings it is all that they feel, and it pulls them "
    "towards zero.",
    next_step="Add the penalty's part to all rows, outside the loop over the ratings.",
)
def only_rated_rows(users, items, ratings, P, Q, reg):
    dP, dQ = factorization.loss_gradient(users, items, ratings, P, Q, reg)
    count_P, count_Q = counts(users, items, P, Q)
    return dP * (count_P > 0), dQ * (count_Q > 0)


@mistake(
    title="The gradient of a mean",
    message="The terms were divided by the number of ratings. The loss is a sum, so its gradient is a sum.",
    next_step="Divide by nothing.",
    also=(lambda users, items, ratings, P, Q, reg: weighted(-2 / max(len(users), 1), 2)(users, items, ratings, P, Q, reg),),
)
def gradient_of_the_mean(users, items, ratings, P, Q, reg):
    n = max(len(users), 1)
    return weighted(-2 / n, 2 / n)(users, items, ratings, P, Q, reg)


@mistake(
    title="Unknown ratings are counted as zeros",
    message="The errors of all cells were used, the unknown ones as ratings of 0. They pull all predictions of unknown cells towards 0.",
    next_step="Set the errors of the unknown cells to 0, or go through the known ratings only.",
)
def zeros_counted(users, items, ratings, P, Q, reg):
    E = dense_errors(users, items, ratings, P, Q)
    return -2 * E @ Q + 2 * reg * P, -2 * E.T @ P + 2 * reg * Q


@mistake(
    title="The two gradients are exchanged",
    message="The first value returned belongs to Q, the second to P. dP has the shape of P.",
    next_step="Return dP first.",
)
def order_exchanged(users, items, ratings, P, Q, reg):
    return factorization.loss_gradient(users, items, ratings, P, Q, reg)[::-1]


@mistake(
    title="Each vector is multiplied with itself",
    message="dP was built from e·p and dQ from e·q. The prediction is p·q: derived with respect to p, the other vector, q, is left.",
    next_step="Exchange the two vectors in the error's terms.",
)
def own_vector(users, items, ratings, P, Q, reg):
    e = errors_of(users, items, ratings, P, Q)
    sum_P, sum_Q = np.bincount(users, e, len(P))[:, None], np.bincount(items, e, len(Q))[:, None]
    return -2 * sum_P * P + 2 * reg * P, -2 * sum_Q * Q + 2 * reg * Q


@mistake(
    title="The index is forgotten",
    message="Each rating was added to all rows: `dP += …` in place of `dP[u] += …`. A rating says something about its own user and its own item only.",
    next_step="Index both sides: `dP[u]` and `dQ[i]`.",
)
def all_rows_pulled(users, items, ratings, P, Q, reg):
    e = errors_of(users, items, ratings, P, Q)[:, None]
    return 2 * reg * P - 2 * (e * Q[items]).sum(axis=0), 2 * reg * Q - 2 * (e * P[users]).sum(axis=0)


@mistake(
    title="Only the first rating counts",
    message="The gradient is that of a single rating: `return` stands inside the loop over the ratings.",
    next_step="Move `return` out of the loop.",
)
def first_rating_only(users, items, ratings, P, Q, reg):
    return factorization.loss_gradient(users[:1], items[:1], ratings[:1], P, Q, reg)


def add_at(users, items, ratings, P, Q, reg):
    e = ratings - np.einsum("nk,nk->n", P[users], Q[items])
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, e[:, None] * Q[items])
    np.add.at(dQ, items, e[:, None] * P[users])
    return -2 * (dP - reg * P), -2 * (dQ - reg * Q)


def loop_over_ratings(users, items, ratings, P, Q, reg):
    dP, dQ = 2 * reg * P, 2 * reg * Q
    for n in range(len(ratings)):
        u, i = users[n], items[n]
        e = ratings[n] - P[u] @ Q[i]
        dP[u] -= 2 * e * Q[i]
        dQ[i] -= 2 * e * P[u]
        print("error", e)
    return dP, dQ


def bincount(users, items, ratings, P, Q, reg):
    e = (P[users] * Q[items]).sum(axis=1) - ratings
    columns = range(P.shape[1])
    dP = np.column_stack([np.bincount(users, 2 * e * Q[items, k], len(P)) for k in columns])
    dQ = np.column_stack([np.bincount(items, 2 * e * P[users, k], len(Q)) for k in columns])
    return [dP + 2 * reg * P, dQ + 2 * reg * Q]


def mask_on_a_table(users, items, ratings, P, Q, reg):
    warnings.warn("a dense table", stacklevel=1)
    table = np.zeros((len(P), len(Q)))
    table[users, items] = ratings
    E = np.where(table > 0, table - P @ Q.T, 0)
    return -2 * (E @ Q) + 2 * reg * P, -2 * (E.T @ P) + 2 * reg * Q


def sparse_product(users, items, ratings, P, Q, reg):
    from scipy.sparse import csr_array

    E = csr_array((ratings - (P[users] * Q[items]).sum(axis=1), (users, items)), shape=(len(P), len(Q)))
    return -2 * E @ Q + 2 * reg * P, -2 * E.T @ P + 2 * reg * Q


def single_precision(users, items, ratings, P, Q, reg):
    dP, dQ = mask_on_a_table(users, items, ratings, np.float32(P), np.float32(Q), reg)
    return dP.astype(np.float32).tolist(), dQ.astype(np.float32)


exercise = Exercise(
    number="2.5",
    task="Return (dP, dQ), the gradient of regularized_loss: −2·e·q for each of a user's ratings, added up, plus 2·reg·p; dQ likewise.",
    reference=factorization.loss_gradient,
    uses=("predict_one", "predict_all"),
    groups=(every_row_is_rated, unrated_rows),
    mistakes=(
        fancy_index_add,
        factor_two_lost,
        factor_two_once,
        downhill,
        one_sign_turned,
        penalty_missing,
        norm_per_entry,
        only_rated_rows,
        gradient_of_the_mean,
        zeros_counted,
        order_exchanged,
        own_vector,
        all_rows_pulled,
        first_rating_only,
    ),
    hints=(
        "Begin with the penalty: its gradient is 2·reg·P, whatever the ratings are. Then each known rating adds something to one row of dP "
        "and to one row of dQ.",
        "The rating of user u for item i adds −2·e·`Q[i]` to `dP[u]` and −2·e·`P[u]` to `dQ[i]`, with e = r − p·q.",
        "`dP, dQ = 2 * reg * P, 2 * reg * Q`. In a loop over the ratings, compute e from P and Q, then `dP[u] -= 2 * e * Q[i]` and the same for "
        "dQ. P and Q themselves stay as they are.",
    ),
    variants=(add_at, loop_over_ratings, bincount, mask_on_a_table, sparse_product, single_precision),
)
