"""The gradient of a batch with its parts exchanged, from which the known mistakes of `backward` are put together."""

import numpy as np

from mfref import neural


def of_the_mean(predicted, ratings):
    return 2 * (predicted - ratings) / len(ratings)


def through_relu(d_hidden, hidden, z):
    return d_hidden * (hidden > 0)


def own_penalty(rows, at, reg, n):
    """What each rating of the batch brings: reg times the gradient of its own row's squared norm, by the mean."""
    return 2 * reg * rows[at] / n


def gradients(error=of_the_mean, mask=through_relu, back=None, penalty=own_penalty, add=np.add.at, of_w2=None, change=None):
    """→ a `backward` with its parts exchanged.

    error(predicted, ratings): the gradient of the prediction. mask(d_hidden, hidden, z): back through ReLU. back(d_predicted,
    weights): the gradient of the hidden units. penalty(rows, at, reg, n): of each rating of the batch. add(total, at, values): how
    rows are summed. of_w2(d_predicted, hidden, z). change(gradients, weights, batch): what is done to the right ones in the end.
    """
    back = back or (lambda d_predicted, weights: np.outer(d_predicted, weights["w2"]))
    of_w2 = of_w2 or (lambda d_predicted, hidden, z: hidden.T @ d_predicted)

    def backward(weights, users, items, ratings, reg):
        n, k = len(ratings), weights["P"].shape[1]
        x = np.hstack([weights["P"][users], weights["Q"][items]])
        z = x @ weights["W1"] + weights["b1"]
        predicted, hidden = neural.forward(weights, users, items)
        d_predicted = error(predicted, ratings)
        d_z = mask(back(d_predicted, weights), hidden, z)
        d_x = d_z @ weights["W1"].T
        found = {"P": np.zeros(weights["P"].shape), "Q": np.zeros(weights["Q"].shape)}
        add(found["P"], users, d_x[:, :k] + penalty(weights["P"], users, reg, n))
        add(found["Q"], items, d_x[:, k:] + penalty(weights["Q"], items, reg, n))
        found |= {
            "W1": x.T @ d_z,
            "b1": d_z.sum(axis=0),
            "w2": of_w2(d_predicted, hidden, z),
            "b2": d_predicted.sum(keepdims=True),
        }
        return change(found, weights, (users, items, ratings, reg)) or found if change else found

    return backward


def last_counts(total, at, values):
    total[at] += values


def nothing(rows, at, reg, n):
    return 0.0


def also_of_the_layers(found, weights, batch):
    for name in ("W1", "w2"):
        found[name] = found[name] + 2 * batch[3] * weights[name]


def also_of_all(found, weights, batch):
    also_of_the_layers(found, weights, batch)
    for name in ("b1", "b2"):
        found[name] = found[name] + 2 * batch[3] * weights[name]


def of_all_rows(found, weights, batch):
    for name in ("P", "Q"):
        found[name] = found[name] + 2 * batch[3] * weights[name]


def of_all_rows_by_the_mean(found, weights, batch):
    for name in ("P", "Q"):
        found[name] = found[name] + 2 * batch[3] * weights[name] / len(batch[2])


def of_each_row_once(divide):
    """→ a change that adds the penalty of a row of the batch once, however often it occurs in it."""

    def change(found, weights, batch):
        for name, at in (("P", np.unique(batch[0])), ("Q", np.unique(batch[1]))):
            found[name][at] += 2 * batch[3] * weights[name][at] / (len(batch[2]) if divide else 1)

    return change


def zeroed(*names):
    def change(found, weights, batch):
        found |= {name: np.zeros(weights[name].shape) for name in names}

    return change


def halves_exchanged(found, weights, batch):
    users, items, ratings, reg = batch
    n, k = len(ratings), weights["P"].shape[1]
    _, hidden = neural.forward(weights, users, items)
    d_z = np.outer(of_the_mean(neural.forward(weights, users, items)[0], ratings), weights["w2"]) * (hidden > 0)
    d_x = d_z @ weights["W1"].T
    for name, at, half in (("P", users, d_x[:, k:]), ("Q", items, d_x[:, :k])):
        found[name] = np.zeros(weights[name].shape)
        np.add.at(found[name], at, half + own_penalty(weights[name], at, reg, n))


def means_of_biases(found, weights, batch):
    found["b1"], found["b2"] = found["b1"] / len(batch[2]), found["b2"] / len(batch[2])


def turned(found, weights, batch):
    return {name: -array for name, array in found.items()}
