"""Lesson 13: a network in place of the dot product.

The user's factors and the item's, side by side, go through one hidden layer:

    x     = [p_u, q_i]                      2 n_factors numbers
    h     = max(0, x W1 + b1)               n_hidden numbers, none below 0 (ReLU)
    r_hat = h . w2 + b2

(He, Liao, Zhang, Nie, Hu and Chua, Neural Collaborative Filtering, WWW 2017, equation 10 with one hidden layer and no sigmoid at
the end, for here a rating is predicted. Whether it should replace the dot product: Rendle, Krichene, Zhang and Anderson, Neural
Collaborative Filtering vs. Matrix Factorization Revisited, RecSys 2020.)

`weights` is a dict of arrays: P (n_users, n_factors), Q (n_items, n_factors), W1 (2 n_factors, n_hidden), b1 (n_hidden,),
w2 (n_hidden,), b2 (1,).
"""

import numpy as np


def forward(weights, users, items):
    """Predict the rating of each pair of `users` and `items`, arrays of n indices.

    → `(predicted, hidden)`: r_hat (n,), and the hidden units h (n, n_hidden) that it is made of.
    """
    x = np.hstack([weights["P"][users], weights["Q"][items]])
    hidden = np.maximum(0, x @ weights["W1"] + weights["b1"])
    return hidden @ weights["w2"] + weights["b2"], hidden


def backward(weights, users, items, ratings, reg):
    """The gradient of the loss of a batch of n ratings:

        L = 1/n sum over the batch of ( (r_hat - r)^2 + reg (|p_u|^2 + |q_i|^2) )

    Each rating brings the penalty of its own user and item, so that rows outside the batch have gradient 0; W1, w2 and the biases
    have no penalty. By the chain rule, from the output back to the factors (d_y stands for dL/dy):

        d_r_hat = 2 (r_hat - r) / n             d_w2 = sum of d_r_hat h         d_b2 = sum of d_r_hat
        d_z     = d_r_hat w2 where h > 0        d_W1 = sum of x^T d_z           d_b1 = sum of d_z
        d_x     = d_z W1^T                      its halves, + 2 reg p_u / n and + 2 reg q_i / n, add up in the rows of P and Q

    users, items, ratings (n,), n >= 1: a user or an item may occur several times. reg >= 0.
    → dict of arrays with the keys and the shapes of `weights`, which stays as it is.
    """
    n, n_factors = len(ratings), weights["P"].shape[1]
    p, q = weights["P"][users], weights["Q"][items]
    predicted, hidden = forward(weights, users, items)
    d_predicted = 2 * (predicted - ratings) / n
    d_z = np.outer(d_predicted, weights["w2"]) * (hidden > 0)
    d_x = d_z @ weights["W1"].T
    gradients = {"P": np.zeros_like(weights["P"]), "Q": np.zeros_like(weights["Q"])}
    np.add.at(gradients["P"], users, d_x[:, :n_factors] + 2 * reg * p / n)
    np.add.at(gradients["Q"], items, d_x[:, n_factors:] + 2 * reg * q / n)
    gradients["W1"] = np.hstack([p, q]).T @ d_z
    gradients["b1"] = d_z.sum(axis=0)
    gradients["w2"] = hidden.T @ d_predicted
    gradients["b2"] = d_predicted.sum(keepdims=True)
    return gradients


def adam_step(weights, gradients, moments, t, lr, beta1, beta2, eps):
    """One step of Adam (Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, Algorithm 1) for each array:

        m <- beta1 m + (1 - beta1) g            the mean of the gradients, older ones fade
        v <- beta2 v + (1 - beta2) g^2          the mean of their squares
        w <- w - lr m' / (sqrt(v') + eps)       m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t)

    Both means begin at 0 and are too small at first; m' and v' make up for it.
    weights, gradients: dicts of arrays with the same keys. moments: under the same keys m and v in one array (2, …), first m.
    t: the number of this step, from 1. `weights` and `moments` change in place. → None
    """
    for name, g in gradients.items():
        m, v = moments[name]
        m[:] = beta1 * m + (1 - beta1) * g
        v[:] = beta2 * v + (1 - beta2) * g**2
        weights[name] -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


def train_ncf(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    """Draw the weights, then n_epochs times one `adam_step` for each batch of ratings, in an order drawn anew for each epoch.

    The start: P and Q normal with standard deviation 0.1; W1 and w2 normal with 1/sqrt(n_factors) and 1/sqrt(n_hidden); b1 zeros;
    b2 the mean rating. Batches of batch_size ratings, the last one of what is left. Adam with beta1 0.9, beta2 0.999, eps 1e-8.
    → `(weights, history)`: history is the list of the n_epochs RMSEs over all the ratings, each after its epoch.
    """
    weights = {
        "P": rng.normal(0, 0.1, (n_users, n_factors)),
        "Q": rng.normal(0, 0.1, (n_items, n_factors)),
        "W1": rng.normal(0, n_factors**-0.5, (2 * n_factors, n_hidden)),
        "b1": np.zeros(n_hidden),
        "w2": rng.normal(0, n_hidden**-0.5, n_hidden),
        "b2": np.array([np.mean(ratings)]),
    }
    moments = {name: np.zeros((2, *array.shape)) for name, array in weights.items()}
    history, t = [], 0
    for _ in range(n_epochs):
        order = rng.permutation(len(ratings))
        for start in range(0, len(ratings), batch_size):
            batch = order[start : start + batch_size]
            gradients = backward(weights, users[batch], items[batch], ratings[batch], reg)
            t += 1
            adam_step(weights, gradients, moments, t, lr, 0.9, 0.999, 1e-8)
        predicted, _ = forward(weights, users, items)
        history.append(float(np.sqrt(np.mean((ratings - predicted) ** 2))))
    return weights, history
