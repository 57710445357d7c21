"""backward: from the error of a batch back to every weight."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.neural import _gradients as parts
from mfcheck.exercises.neural._chain_mistakes import (
    biases_forgotten,
    factors_forgotten,
    halves_exchanged,
    hidden_as_mask,
    mask_turned,
    no_mask,
    relu_of_the_gradient,
    w2_before_relu,
    w2_left_out,
)
from mfcheck.exercises.neural._gradients import gradients
from mfcheck.exercises.neural._networks import by_hand, drawn
from mfref import neural


def problem(rng, shape, users, items, reg):
    """A batch on a network of the given (n_users, n_items, n_factors, n_hidden)."""
    ratings = rng.uniform(1, 5, len(users))
    return {"weights": drawn(rng, *shape), "users": np.array(users), "items": np.array(items), "ratings": ratings, "reg": reg}


def both_sides(rng, shape, users, items, reg):
    """As `problem`, with hidden units above 0 and below in every layer: otherwise ReLU has nothing to say."""
    while True:
        arguments = problem(rng, shape, users, items, reg)
        _, hidden = neural.forward(arguments["weights"], arguments["users"], arguments["items"])
        if (hidden > 0).any() and (hidden == 0).any() and (hidden.sum(axis=0) > 0).sum() >= 2:
            return arguments


@group("the law: the gradient of every weight, where no user and no item comes twice", points=4)
def each_once(rng):
    """One rating by hand, without regularization; then batches of other networks, with it and without."""
    yield {"weights": by_hand(), "users": np.array([0]), "items": np.array([1]), "ratings": np.array([4.0]), "reg": 0.0}
    yield both_sides(rng, (4, 5, 2, 3), [2, 0, 3], [1, 4, 0], 0.0)
    yield both_sides(rng, (5, 4, 3, 6), [4, 1, 0, 3], [3, 0, 2, 1], 0.8)
    yield both_sides(rng, (3, 6, 2, 4), [1, 2], [5, 3], 2.0)


@group("users and items that come several times in a batch add up", points=2)
def repeated(rng):
    """One user with three items; one item with three users; both, and the same pair twice."""
    yield both_sides(rng, (3, 4, 2, 4), [1, 1, 1], [0, 3, 1], 0.7)
    yield both_sides(rng, (4, 3, 3, 5), [0, 3, 2], [1, 1, 1], 0.0)
    yield both_sides(rng, (4, 4, 2, 6), [0, 2, 0, 0, 3, 2], [1, 1, 3, 1, 3, 0], 1.5)


@mistake(
    title="Of several ratings only the last counts",
    message="`dP[users] += …` does not add up. Where a user comes several times, NumPy reads the old value once and keeps the last result. The other ratings of the batch are lost, for busy "
    "users most of them.",
    next_step="Use `np.add.at`, or a loop over the batch.",
)
def fancy_index_add(weights, users, items, ratings, reg):
    return gradients(add=parts.last_counts)(weights, users, items, ratings, reg)


@mistake(
    title="A sum in place of the mean",
    message="The gradient is that of the summed errors: it is not divided by the number of ratings. The loss is a mean, so that a step is as long with a large batch as with a small one.",
    next_step="Divide by `len(ratings)`, the penalty, too.",
    also=(
        gradients(
            error=lambda predicted, ratings: 2 * (predicted - ratings), penalty=lambda rows, at, reg, n: 2 * reg * rows[at]
        ),
    ),
)
def sum_not_mean(weights, users, items, ratings, reg):
    return gradients(error=lambda predicted, ratings: 2 * (predicted - ratings))(weights, users, items, ratings, reg)


@mistake(
    title="The factor 2 is missing",
    message="The slope of e² is 2e, and that of reg‖p‖² is 2·reg·p. A gradient of half the length leads to the same place, but here the numbers are compared with finite differences of the loss as it stands.",
    next_step="Look for the 2, at the error and at reg.",
    also=(
        gradients(error=lambda predicted, ratings: (predicted - ratings) / len(ratings)),
        gradients(penalty=lambda rows, at, reg, n: reg * rows[at] / n),
    ),
)
def factor_two_missing(weights, users, items, ratings, reg):
    f = gradients(
        error=lambda predicted, ratings: (predicted - ratings) / len(ratings), penalty=lambda rows, at, reg, n: reg * rows[at] / n
    )
    return f(weights, users, items, ratings, reg)


@mistake(
    title="The sign is turned",
    message="This gradient points down the loss. `adam_step` walks against the gradient it is given: with this one it would climb.",
    next_step="The gradient of (r̂ − r)² by r̂ is 2 (r̂ − r), not 2 (r − r̂).",
    also=(gradients(change=parts.turned),),
)
def sign_turned(weights, users, items, ratings, reg):
    return gradients(error=lambda predicted, ratings: 2 * (ratings - predicted) / len(ratings))(
        weights, users, items, ratings, reg
    )


@mistake(
    title="The regularization is missing",
    message="Without the penalty of p and q, a user with five ratings gets factors that explain these five by heart.",
    next_step="Add 2·reg·p / n to the gradient of each rating's user, and likewise for its item.",
)
def no_regularization(weights, users, items, ratings, reg):
    return gradients(penalty=parts.nothing)(weights, users, items, ratings, reg)


@mistake(
    title="The penalty has the other sign",
    message="The penalty was subtracted from the gradient. Then each step makes the factors longer, in place of shorter.",
    next_step="It is a part of the loss like the error: its gradient is added.",
)
def penalty_turned(weights, users, items, ratings, reg):
    return gradients(penalty=lambda rows, at, reg, n: -2 * reg * rows[at] / n)(weights, users, items, ratings, reg)


@mistake(
    title="All rows of P and Q are regularized",
    message="The penalty reached users and items that are not in this batch. In this loss each rating brings the penalty of its own user and its own item, so that a batch touches no other rows.",
    next_step="Add the penalty to the rows of the batch, rating by rating.",
    also=(gradients(penalty=parts.nothing, change=parts.of_all_rows_by_the_mean),),
)
def all_rows_regularized(weights, users, items, ratings, reg):
    return gradients(penalty=parts.nothing, change=parts.of_all_rows)(weights, users, items, ratings, reg)


@mistake(
    title="The penalty is not divided by n",
    message="The errors enter as a mean, but the penalties as a sum. Then reg weighs more in a large batch than in a small one.",
    next_step="The loss divides both by the number of ratings.",
)
def penalty_not_divided(weights, users, items, ratings, reg):
    return gradients(penalty=lambda rows, at, reg, n: 2 * reg * rows[at])(weights, users, items, ratings, reg)


@mistake(
    title="The penalty counts once for each row",
    message="A user who comes three times in the batch got the penalty once. It stands in the sum over the ratings: with each rating it comes again.",
    next_step="Add it to the gradient of each rating, before the rows are summed.",
    also=(gradients(penalty=parts.nothing, change=parts.of_each_row_once(divide=False)),),
)
def penalty_once_a_row(weights, users, items, ratings, reg):
    return gradients(penalty=parts.nothing, change=parts.of_each_row_once(divide=True))(weights, users, items, ratings, reg)


@mistake(
    title="Layers or biases are regularized, too",
    message="W1 and w2, or also b1 and b2, got a penalty. In the loss of this task only the factors have one.",
    next_step="Look at the formula of the loss: which norms are in it?",
    also=(gradients(change=parts.also_of_all),),
)
def layers_regularized(weights, users, items, ratings, reg):
    return gradients(change=parts.also_of_the_layers)(weights, users, items, ratings, reg)


@mistake(
    title="The biases' gradients are means",
    message="The gradients of b1 and b2 were divided by the number of ratings twice: the error holds 1/n already.",
    next_step="Sum over the batch for the biases.",
)
def mean_of_the_biases(weights, users, items, ratings, reg):
    return gradients(change=parts.means_of_biases)(weights, users, items, ratings, reg)


def rating_by_rating(weights, users, items, ratings, reg):
    k = weights["P"].shape[1]
    total = {name: np.zeros(array.shape) for name, array in weights.items()}
    for u, i, r in zip(users, items, ratings, strict=True):
        x = np.concatenate([weights["P"][u], weights["Q"][i]])
        z = weights["W1"].T @ x + weights["b1"]
        h = np.maximum(z, 0)
        d = 2 * (h @ weights["w2"] + weights["b2"][0] - r)
        d_z = np.array([d * w if one > 0 else 0.0 for w, one in zip(weights["w2"], z, strict=True)])
        d_x = weights["W1"] @ d_z
        total["P"][u] += d_x[:k] + 2 * reg * weights["P"][u]
        total["Q"][i] += d_x[k:] + 2 * reg * weights["Q"][i]
        total["W1"] += np.outer(x, d_z)
        total["b1"] += d_z
        total["w2"] += d * h
        total["b2"] += d
        print(u, i, d)
    return {name: array / len(ratings) for name, array in total.items()}


def by_indicator_matrices(weights, users, items, ratings, reg):
    """Rows are summed by a product with a matrix of ones and zeros."""
    U, V = np.eye(len(weights["P"]))[users], np.eye(len(weights["Q"]))[items]
    x = np.c_[U @ weights["P"], V @ weights["Q"]]
    hidden = np.maximum(0, x @ weights["W1"] + weights["b1"])
    d = (2 / len(ratings)) * (hidden @ weights["w2"] + weights["b2"] - ratings)[:, None]
    d_z = np.where(hidden > 0, d * weights["w2"], 0)
    d_x = d_z @ weights["W1"].T + 2 * reg / len(ratings) * x
    d_p, d_q = np.split(d_x, 2, axis=1)
    layers = {"b2": d.sum(axis=0), "w2": (hidden * d).sum(axis=0), "b1": d_z.sum(axis=0), "W1": np.einsum("nk,nh->kh", x, d_z)}
    return {"P": U.T @ d_p, "Q": V.T @ d_q, **layers}


def by_bincount(weights, users, items, ratings, reg):
    found = gradients(add=lambda total, at, values: total.__iadd__(column_sums(at, values, len(total))))
    return dict(reversed(found(weights, users, items, ratings, reg).items()))


def column_sums(at, values, n):
    return np.column_stack([np.bincount(at, column, n) for column in values.T])


def as_lists(weights, users, items, ratings, reg):
    return {name: array.tolist() for name, array in neural.backward(weights, users, items, ratings, reg).items()}


def single_precision(weights, users, items, ratings, reg):
    weights = {name: array.astype(np.float32) for name, array in weights.items()}
    found = neural.backward(weights, users, items, ratings.astype(np.float32), np.float32(reg))
    return {name: array.astype(np.float32) for name, array in found.items()}


exercise = Exercise(
    number="13.2",
    task="Return a dict with the gradients of P, Q, W1, b1, w2 and b2, of mean((predicted - r)² + reg (‖p_u‖² + ‖q_i‖²)) over the batch.",
    reference=neural.backward,
    uses=("forward",),
    groups=(each_once, repeated),
    mistakes=(
        fancy_index_add,
        no_mask,
        mask_turned,
        hidden_as_mask,
        relu_of_the_gradient,
        w2_left_out,
        w2_before_relu,
        sum_not_mean,
        factor_two_missing,
        sign_turned,
        no_regularization,
        penalty_turned,
        all_rows_regularized,
        penalty_not_divided,
        penalty_once_a_row,
        layers_regularized,
        mean_of_the_biases,
        biases_forgotten,
        factors_forgotten,
        halves_exchanged,
    ),
    hints=(
        "Walk the network backwards, one step a line: error, hidden units, ReLU, x, factors. Each array has the shape of what it is the gradient of.",
        "With `d = 2 * (predicted - ratings) / n`: w2 gets `hidden.T @ d`, b2 the sum of d. Then `np.outer(d, w2)` times `hidden > 0` is the gradient before ReLU. What do W1, b1 and x get from it?",
        "Call it d_z: W1 gets `x.T @ d_z`, b1 its sum over the batch, x gets `d_z @ W1.T`. Add 2·reg·p/n to the first half and 2·reg·q/n to the second. Sum them into the rows of zeros by `np.add.at`.",
    ),
    variants=(rating_by_rating, by_indicator_matrices, by_bincount, as_lists, single_precision),
)
