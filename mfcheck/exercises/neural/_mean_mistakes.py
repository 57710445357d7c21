"""Known mistakes of `adam_step` in the two means that it keeps."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.neural._adam import faded, step
from mfref import neural


@mistake(
    title="beta1 and beta2 are exchanged",
    message="The mean of the gradients fades with beta2, that of the squares with beta1. It should be the other way round: the direction is to follow quickly, the length to change slowly.",
    next_step="beta1 belongs to m, beta2 to v, in the means and in their correction.",
    also=(step(first=lambda m, g, b1, b2: faded(m, b2, g), second=lambda v, g, m, b1, b2: faded(v, b1, g**2)),),
)
def betas_exchanged(weights, gradients, moments, t, lr, beta1, beta2, eps):
    neural.adam_step(weights, gradients, moments, t, lr, beta2, beta1, eps)


@mistake(
    title="Old and new are exchanged in the means",
    message="The new gradient got the weight beta and the old mean 1 − beta. With beta1 = 0.9 the mean would forget nearly all at each step.",
    next_step="beta is what remains of the old mean.",
    also=(step(first=lambda m, g, b1, b2: faded(m, 1 - b1, g), second=lambda v, g, m, b1, b2: faded(v, 1 - b2, g**2)),),
)
def weights_of_the_mean_exchanged(weights, gradients, moments, t, lr, beta1, beta2, eps):
    neural.adam_step(weights, gradients, moments, t, lr, 1 - beta1, 1 - beta2, eps)


@mistake(
    title="The new gradient has the full weight",
    message="The mean became beta·m + g. That is a sum which grows up to 1/(1 − beta) times the gradient, not a mean.",
    next_step="Multiply the new gradient by 1 − beta.",
    also=(
        step(first=lambda m, g, b1, b2: b1 * m + g),
        step(second=lambda v, g, m, b1, b2: b2 * v + g**2),
    ),
)
def sum_not_mean(weights, gradients, moments, t, lr, beta1, beta2, eps):
    f = step(first=lambda m, g, b1, b2: b1 * m + g, second=lambda v, g, m, b1, b2: b2 * v + g**2)
    f(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="v holds the square of the mean",
    message="v was made of m², the squared mean. It should be the mean of g², the squared gradients. Where gradients change their sign, m is near 0 while the squares are not: then the steps should be short, and yours would be long.",
    next_step="Square the gradient itself.",
    also=(step(second=lambda v, g, m, b1, b2: m**2),),
)
def square_of_the_mean(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(second=lambda v, g, m, b1, b2: faded(v, b2, m**2))(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="v is made of the gradients, not of their squares",
    message="The second mean holds g or |g|. Its root then has no meaning as a length, and of a negative mean it is NaN.",
    next_step="Square the gradient, each number by itself.",
    also=(step(second=lambda v, g, m, b1, b2: faded(v, b2, g)),),
)
def gradient_not_squared(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(second=lambda v, g, m, b1, b2: faded(v, b2, np.abs(g)))(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="One length for the whole array",
    message="The squares were summed, or averaged, over the array. In Adam each number has its own length: a user who is rarely met takes longer steps than one in every batch.",
    next_step="Square number by number, and keep the shape.",
    also=(step(second=lambda v, g, m, b1, b2: faded(v, b2, np.mean(g**2))),),
)
def one_length_for_all(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(second=lambda v, g, m, b1, b2: faded(v, b2, np.sum(g**2)))(weights, gradients, moments, t, lr, beta1, beta2, eps)
