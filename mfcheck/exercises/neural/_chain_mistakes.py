"""Known mistakes of `backward` on the way back through the layers."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.neural import _gradients as parts
from mfcheck.exercises.neural._gradients import gradients


@mistake(
    title="ReLU's mask is missing",
    message="The gradient flows back through hidden units that are 0. They were cut off on the way forward: a small change of their input changes nothing, so their slope is 0.",
    next_step="Multiply by `hidden > 0` before you go on to W1, b1 and the factors.",
)
def no_mask(weights, users, items, ratings, reg):
    return gradients(mask=lambda d, hidden, z: d)(weights, users, items, ratings, reg)


@mistake(
    title="ReLU's mask is on the wrong side",
    message="The gradient flows back through the hidden units that are 0, and not through those that are above 0. It should be the other way round.",
    next_step="Which hidden units took part in the prediction?",
)
def mask_turned(weights, users, items, ratings, reg):
    return gradients(mask=lambda d, hidden, z: d * (hidden <= 0))(weights, users, items, ratings, reg)


@mistake(
    title="The gradient is multiplied by the hidden units",
    message="On the way back through ReLU, the gradient was multiplied by the hidden value. The slope of ReLU is 1 wherever the unit is above 0, not its height.",
    next_step="Multiply by 1 or 0: `hidden > 0`.",
)
def hidden_as_mask(weights, users, items, ratings, reg):
    return gradients(mask=lambda d, hidden, z: d * hidden)(weights, users, items, ratings, reg)


@mistake(
    title="The gradient was cut at 0",
    message="ReLU was applied to the gradient itself, so that negative gradients were lost. Not the sign of the gradient decides, but whether the hidden unit was above 0.",
    next_step="Take the mask from `hidden`.",
)
def relu_of_the_gradient(weights, users, items, ratings, reg):
    return gradients(mask=lambda d, hidden, z: np.maximum(0, d))(weights, users, items, ratings, reg)


@mistake(
    title="w2 is left out on the way back",
    message="Every hidden unit got the same share of the error. A hidden unit acts on the prediction through its own w2: where w2 is large, a small change matters much, and where it is negative the other way round.",
    next_step="Multiply the error by w2, for each hidden unit its own.",
)
def w2_left_out(weights, users, items, ratings, reg):
    return gradients(back=lambda d, weights: np.outer(d, np.ones(len(weights["w2"]))))(weights, users, items, ratings, reg)


@mistake(
    title="w2's gradient is made of the values before ReLU",
    message="The prediction multiplies w2 by the hidden units *after* ReLU. So a unit that is 0 for a rating says nothing about w2.",
    next_step="Use the `hidden` that `forward` returns.",
)
def w2_before_relu(weights, users, items, ratings, reg):
    return gradients(of_w2=lambda d, hidden, z: z.T @ d)(weights, users, items, ratings, reg)


@mistake(
    title="The biases have no gradient",
    message="The gradients of b1 and b2 are 0: the biases would never learn.",
    next_step="Each rating moves b2 by its own error, and b1 by what comes back through ReLU. Sum over the batch.",
    also=(gradients(change=parts.zeroed("b1")), gradients(change=parts.zeroed("b2"))),
)
def biases_forgotten(weights, users, items, ratings, reg):
    return gradients(change=parts.zeroed("b1", "b2"))(weights, users, items, ratings, reg)


@mistake(
    title="The factors have no gradient",
    message="The gradients of P and Q are 0. The layers would learn, on factors that stay as they were drawn: they tell the users apart, but know nothing about them.",
    next_step="Go one layer further back, through W1, to x. Its halves are those of p and q.",
)
def factors_forgotten(weights, users, items, ratings, reg):
    return gradients(change=parts.zeroed("P", "Q"))(weights, users, items, ratings, reg)


@mistake(
    title="The halves of x are exchanged",
    message="What belongs to the user went to the item, and the other way round. In x, p stands first.",
    next_step="The first n_factors columns of the gradient of x belong to P.",
)
def halves_exchanged(weights, users, items, ratings, reg):
    return gradients(change=parts.halves_exchanged)(weights, users, items, ratings, reg)
