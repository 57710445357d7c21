"""A step of Adam with its parts exchanged, from which the known mistakes of `adam_step` are put together."""

import numpy as np


def corrected(mean, beta, t):
    return mean / (1 - beta**t)


def uncorrected(mean, beta, t):
    return mean


def faded(old, beta, new):
    return beta * old + (1 - beta) * new


def root_then_eps(v, eps):
    return np.sqrt(v) + eps


def step(first=None, second=None, correct=corrected, below=root_then_eps, sign=-1.0, store=True, place=None, top=None):
    """→ an `adam_step` with its parts exchanged.

    first(m, g, beta1, beta2), second(v, g, m, beta1, beta2): the new means. correct(mean, beta, t). below(v, eps): what the
    step is divided by. store: whether the means are kept. place(weights, name, step): how a weight is moved. top(m, g): what is
    divided.
    """
    first = first or (lambda m, g, beta1, beta2: faded(m, beta1, g))
    second = second or (lambda v, g, m, beta1, beta2: faded(v, beta2, g**2))
    top = top or (lambda m, g: m)
    place = place or (lambda weights, name, change: weights.__setitem__(name, weights[name] + change))

    def adam_step(weights, gradients, moments, t, lr, beta1, beta2, eps):
        for name, g in gradients.items():
            m = first(moments[name][0], g, beta1, beta2)
            v = second(moments[name][1], g, m, beta1, beta2)
            if store:
                moments[name] = np.array([m, v])
            place(weights, name, sign * lr * top(correct(m, beta1, t), g) / below(correct(v, beta2, t), eps))

    return adam_step


def nowhere(weights, name, change):
    """What is left of a new array that is never put into the dict."""
