"""forward: from factors through a hidden layer to a rating."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.neural._networks import beside, by_hand, drawn, layers, relu
from mfref import neural


def problem(rng, n_users, n_items, n_factors, n_hidden, n):
    weights = drawn(rng, n_users, n_items, n_factors, n_hidden)
    return {"weights": weights, "users": rng.integers(0, n_users, n), "items": rng.integers(0, n_items, n)}


@group("the law: factors side by side, a hidden layer with ReLU, and a sum", points=3)
def any_network(rng):
    """One by hand; then other numbers of factors and hidden units."""
    yield {"weights": by_hand(), "users": np.array([0, 0]), "items": np.array([0, 1])}
    yield problem(rng, 3, 4, 2, 3, 6)
    yield problem(rng, 5, 3, 3, 8, 9)
    yield problem(rng, 4, 6, 4, 2, 7)


@group("pairs that repeat, a single pair, and predictions below 0", points=1)
def special_pairs(rng):
    """The same pair three times; one pair alone; a network whose output is always negative."""
    weights = drawn(rng, 3, 3, 2, 5)
    yield {"weights": weights, "users": np.array([1, 1, 2, 1]), "items": np.array([0, 0, 2, 0])}
    yield {"weights": weights, "users": np.array([2]), "items": np.array([1])}
    below = {**weights, "w2": -np.abs(weights["w2"]), "b2": np.array([-0.5])}
    yield {"weights": below, "users": np.array([0, 1, 2]), "items": np.array([1, 2, 0])}


@mistake(
    title="There is no ReLU",
    message="The hidden units keep their negative values. Then two layers in a row are one linear function of p and q: the network can only add up what it knows of the user and of the "
    "film, and never sees how they fit.",
    next_step="Replace the negative hidden values by 0.",
    also=(layers(activation=lambda z: z, returned=lambda predicted, hidden, z: (predicted, relu(z))),),
)
def no_relu(weights, users, items):
    return layers(activation=lambda z: z)(weights, users, items)


@mistake(
    title="ReLU keeps the wrong side",
    message="The hidden units keep what is below 0 and lose what is above. ReLU is the other way round: what is above 0 passes, and the rest becomes 0.",
    next_step="Look at `np.maximum` and `np.minimum`, or at the condition of your `np.where`.",
    also=(layers(activation=lambda z: relu(-z)),),
)
def relu_turned(weights, users, items):
    return layers(activation=lambda z: np.minimum(0, z))(weights, users, items)


@mistake(
    title="Another activation than ReLU",
    message="The hidden values went through another function: a sigmoid, tanh, the absolute value or a leaky ReLU. All of these work in networks. This one has max(0, z), whose slope is "
    "either 0 or 1.",
    next_step="Use max(0, z).",
    also=(
        layers(activation=np.tanh),
        layers(activation=np.abs),
        layers(activation=lambda z: np.where(z > 0, z, 0.01 * z)),
        layers(activation=lambda z: np.log1p(np.exp(z))),
    ),
)
def other_activation(weights, users, items):
    return layers(activation=lambda z: 1 / (1 + np.exp(-z)))(weights, users, items)


@mistake(
    title="ReLU is applied to the prediction, too",
    message="The output layer has no activation: it is a plain sum. A prediction below 0 is a bad one, but cut to 0 it would have slope 0, and training could not mend it.",
    next_step="Leave the prediction as `hidden @ w2 + b2` makes it.",
)
def relu_on_the_output(weights, users, items):
    return layers(returned=lambda predicted, hidden, z: (relu(predicted), hidden))(weights, users, items)


@mistake(
    title="The prediction is cut to the scale",
    message="The predictions were clipped, to 1 to 5 or another range. Where they are clipped the slope is 0, and training cannot correct them. Clip what you show, not what you train.",
    next_step="Return the plain sum.",
)
def prediction_clipped(weights, users, items):
    return layers(returned=lambda predicted, hidden, z: (np.clip(predicted, 1, 5), hidden))(weights, users, items)


@mistake(
    title="ReLU comes before the bias",
    message="The bias was added after ReLU. It belongs inside: it moves the place where a hidden unit wakes up. Added afterwards, hidden units can be negative.",
    next_step="Add b1 first, then take the maximum.",
)
def bias_after_relu(weights, users, items):
    return layers(z=lambda x, w: x @ w["W1"], activation=relu, output=with_late_bias, returned=late_bias(weights))(
        weights, users, items
    )


def with_late_bias(hidden, weights, z):
    return (hidden + weights["b1"]) @ weights["w2"] + weights["b2"]


def late_bias(weights):
    return lambda predicted, hidden, z: (predicted, hidden + weights["b1"])


@mistake(
    title="b1 is missing",
    message="The hidden layer has no bias. Then every hidden unit wakes up at the same place, where its weighted sum is 0.",
    next_step="Add `b1` before ReLU.",
)
def without_b1(weights, users, items):
    return layers(z=lambda x, w: x @ w["W1"])(weights, users, items)


@mistake(
    title="b2 is missing",
    message="The output has no bias. b2 is the rating that the network begins with, before any hidden unit adds or takes away.",
    next_step="Add `b2` to the prediction.",
)
def without_b2(weights, users, items):
    return layers(output=lambda hidden, w, z: hidden @ w["w2"])(weights, users, items)


@mistake(
    title="User and item are exchanged",
    message="The item's factors came first. The upper half of W1 belongs to the user and the lower half to the item, so the order counts.",
    next_step="Put p on the left, q on the right.",
)
def exchanged(weights, users, items):
    return layers(x=lambda p, q: beside(q, p))(weights, users, items)


@mistake(
    title="Every other number is the user's",
    message="The numbers of p and q are interleaved: p₀, q₀, p₁, q₁ and so on. The rows of W1 expect all of p first, then all of q.",
    next_step="Join the arrays along the second axis, `axis=1`.",
)
def interleaved(weights, users, items):
    return layers(x=lambda p, q: np.dstack([p, q]).reshape(len(p), -1))(weights, users, items)


def upper(weights):
    return weights["W1"][: weights["P"].shape[1]]


@mistake(
    title="p and q are multiplied or added, not set side by side",
    message="p and q were joined into one vector of n_factors numbers, and half of W1 was left out. The network is given all 2·n_factors numbers, and has to find out itself what to do with them.",
    next_step="Make x twice as long as p, with `np.hstack` or `np.concatenate`.",
    also=(
        layers(x=lambda p, q: p + q, z=lambda x, w: x @ upper(w) + w["b1"]),
        layers(x=lambda p, q: beside(p * q, p * q)),
        layers(x=lambda p, q: beside(p, p * q)),
    ),
)
def multiplied(weights, users, items):
    return layers(x=lambda p, q: p * q, z=lambda x, w: x @ upper(w) + w["b1"])(weights, users, items)


@mistake(
    title="The hidden units were returned before ReLU",
    message="The prediction is right, but the second value holds the sums before ReLU. `backward` needs the hidden units themselves, with their zeros.",
    next_step="Return what is multiplied by w2.",
)
def returned_before_relu(weights, users, items):
    return layers(returned=lambda predicted, hidden, z: (predicted, z))(weights, users, items)


@mistake(
    title="The first users and items were taken",
    message="The arrays `users` and `items` were not used as indices: row n of P and of Q stands where row `users[n]` and row `items[n]` should.",
    next_step="Look the rows up: `P[users]`.",
    also=(lambda weights, users, items: neural.forward(weights, np.arange(len(users)) % len(weights["P"]), items),),
)
def rows_in_order(weights, users, items):
    n = np.arange(len(users))
    return neural.forward(weights, n % len(weights["P"]), n % len(weights["Q"]))


@mistake(
    title="Each pair once",
    message="Pairs that occur several times came out once, or sorted. Entry n of the result belongs to `users[n]` and `items[n]`.",
    next_step="Predict for every entry, in the order given.",
)
def each_pair_once(weights, users, items):
    pairs = np.unique(np.column_stack([users, items]), axis=0)
    return neural.forward(weights, pairs[:, 0], pairs[:, 1])


@mistake(
    title="The two results are exchanged",
    message="The hidden units came first. The task asks for the prediction, then the hidden units.",
    next_step="Look at the order in the `return`.",
)
def results_exchanged(weights, users, items):
    return neural.forward(weights, users, items)[::-1]


def pair_by_pair(weights, users, items):
    predicted, hidden = [], []
    for u, i in zip(users, items, strict=True):
        x = [*weights["P"][u], *weights["Q"][i]]
        h = []
        for j in range(len(weights["b1"])):
            z = weights["b1"][j] + sum(x[k] * weights["W1"][k][j] for k in range(len(x)))
            h.append(z if z > 0 else 0.0)
        hidden.append(h)
        predicted.append(float(weights["b2"][0] + sum(a * b for a, b in zip(h, weights["w2"], strict=True))))
        print(predicted[-1])
    return predicted, hidden


def two_halves(weights, users, items):
    """x is never made: p meets the upper half of W1, q the lower."""
    n_factors = weights["P"].shape[1]
    z = (weights["P"] @ weights["W1"][:n_factors])[users] + (weights["Q"] @ weights["W1"][n_factors:])[items] + weights["b1"]
    hidden = z * (z > 0)
    return hidden.dot(weights["w2"]) + weights["b2"].item(), hidden


def concatenated_and_clipped(weights, users, items):
    x = np.concatenate((np.take(weights["P"], users, axis=0), np.take(weights["Q"], items, axis=0)), axis=-1)
    hidden = np.clip(np.einsum("nk,kh->nh", x, weights["W1"]) + weights["b1"], 0, None)
    return [np.sum(hidden * weights["w2"], axis=1) + weights["b2"], hidden]


def in_columns(weights, users, items):
    x = np.vstack([weights["P"][users].T, weights["Q"][items].T])
    z = weights["W1"].T @ x + weights["b1"][:, None]
    hidden = np.where(z > 0, z, 0)
    return (weights["w2"] @ hidden + weights["b2"]).ravel(), hidden.T


def with_a_loud_layer(weights, users, items):
    import warnings

    def layer(x, W, b, activation=None):
        warnings.warn("a layer", stacklevel=2)
        z = x @ W + b
        return activation(z) if activation else z

    hidden = layer(np.c_[weights["P"][users], weights["Q"][items]], weights["W1"], weights["b1"], relu)
    return layer(hidden, weights["w2"].reshape(-1, 1), weights["b2"])[:, 0], hidden


def single_precision(weights, users, items):
    return neural.forward({name: array.astype(np.float32) for name, array in weights.items()}, users, items)


exercise = Exercise(
    number="13.1",
    task="Return (predicted, hidden): x = [p_u, q_i], hidden = max(0, x W1 + b1), predicted = hidden w2 + b2, a row for each pair.",
    reference=neural.forward,
    groups=(any_network, special_pairs),
    mistakes=(
        no_relu,
        relu_turned,
        other_activation,
        relu_on_the_output,
        prediction_clipped,
        bias_after_relu,
        without_b1,
        without_b2,
        exchanged,
        interleaved,
        multiplied,
        returned_before_relu,
        rows_in_order,
        each_pair_once,
        results_exchanged,
    ),
    hints=(
        "Go through the network from left to right. What is the shape of each array? x has a row for each pair and 2·n_factors columns.",
        "`np.hstack([p, q])` sets two arrays with the same number of rows side by side. One `@` with W1 makes all hidden units of all pairs.",
        "x is `np.hstack` of `P[users]` and `Q[items]`. hidden is `np.maximum(0, …)` of `x @ W1 + b1`. The prediction is `hidden @ w2 + b2`. Return both.",
    ),
    variants=(pair_by_pair, two_halves, concatenated_and_clipped, in_columns, with_a_loud_layer, single_precision),
)
