"""Networks small enough to follow, and the network with its parts exchanged, from which known mistakes are put together."""

import numpy as np


def drawn(rng, n_users, n_items, n_factors, n_hidden):
    """→ weights with no small numbers among them, so that nothing that is forgotten goes unseen."""

    def clear(*shape):
        return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)

    return {
        "P": clear(n_users, n_factors),
        "Q": clear(n_items, n_factors),
        "W1": clear(2 * n_factors, n_hidden),
        "b1": clear(n_hidden),
        "w2": clear(n_hidden),
        "b2": clear(1),
    }


def by_hand():
    """→ one factor and two hidden units: for user 0 and item 0 both are above 0, for item 1 the first is not."""
    return {
        "P": np.array([[1.0], [2.0]]),
        "Q": np.array([[3.0], [-2.0]]),
        "W1": np.array([[1.0, 2.0], [1.0, -1.0]]),
        "b1": np.array([0.5, 2.0]),
        "w2": np.array([1.0, -2.0]),
        "b2": np.array([3.0]),
    }


def beside(p, q):
    return np.hstack([p, q])


def relu(z):
    return np.maximum(0, z)


def layers(x=beside, z=None, activation=relu, output=None, returned=None):
    """→ a `forward` with its parts exchanged.

    x(p, q): what goes in. z(x, weights): before the activation. output(hidden, weights, z): the prediction.
    returned(predicted, hidden, z): the pair.
    """
    z = z or (lambda x, w: x @ w["W1"] + w["b1"])
    output = output or (lambda hidden, w, z: hidden @ w["w2"] + w["b2"])
    returned = returned or (lambda predicted, hidden, z: (predicted, hidden))

    def forward(weights, users, items):
        before = z(x(weights["P"][users], weights["Q"][items]), weights)
        hidden = activation(before)
        return returned(output(hidden, weights, before), hidden, before)

    return forward
