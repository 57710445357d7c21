"""adam_step: a step whose length every weight finds for itself."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.neural._adam import corrected, faded, nowhere, root_then_eps, step, uncorrected
from mfcheck.exercises.neural._mean_mistakes import (
    betas_exchanged,
    gradient_not_squared,
    one_length_for_all,
    square_of_the_mean,
    sum_not_mean,
    weights_of_the_mean_exchanged,
)
from mfcheck.rules import InPlace
from mfref import neural


def problem(rng, shapes, t, **given):
    """Weights of these shapes, in step t: at t = 1 the moments are 0, later they are some that can have come about."""

    def clear(shape):
        return rng.uniform(0.5, 2, shape) * rng.choice([-1.0, 1.0], shape)

    weights = {name: clear(shape) for name, shape in shapes.items()}
    gradients = {name: clear(shape) for name, shape in shapes.items()}
    moments = {name: np.zeros((2, *array.shape)) for name, array in weights.items()}
    beta1, beta2 = float(rng.uniform(0.5, 0.7)), float(rng.uniform(0.8, 0.9))
    for name, (m, v) in moments.items() if t > 1 else ():
        m += (1 - beta1**t) * clear(shapes[name])
        v += (1 - beta2**t) * (m**2 + rng.uniform(0.5, 2, m.shape))
    arguments = {"weights": weights, "gradients": gradients, "moments": moments, "t": t}
    return {**arguments, "lr": 0.5, "beta1": beta1, "beta2": beta2, "eps": float(rng.uniform(0.1, 0.4)), **given}


ONE_FACTOR = {"P": (2, 1), "b2": (1,)}
SMALL = {"P": (3, 2), "Q": (4, 2), "W1": (4, 3), "b1": (3,), "w2": (3,), "b2": (1,)}
TALL = {"P": (5, 3), "Q": (2, 3), "W1": (6, 2), "b1": (2,), "w2": (2,), "b2": (1,)}


@group("the law: both means move, are corrected, and every weight takes its step, in place", 3, InPlace())
def any_step(rng):
    """The first step of all, when the means are 0; then later ones, with a large eps."""
    yield problem(rng, ONE_FACTOR, 1)
    yield problem(rng, SMALL, 3)
    yield problem(rng, TALL, 7, lr=0.2)
    yield problem(rng, SMALL, 2, eps=1.5)


@group("gradients of 0, very small and very large ones", 1, InPlace())
def unusual_gradients(rng):
    """No gradient at the first step and later, when the weights still roll on; gradients of 0.001 and of 1000; the usual betas."""
    first = problem(rng, ONE_FACTOR, 1)
    yield {**first, "gradients": {**first["gradients"], "P": np.array([[0.0], [2.0]])}}
    later = problem(rng, SMALL, 5)
    yield {**later, "gradients": {name: 0 * g for name, g in later["gradients"].items()}}
    sizes = problem(rng, TALL, 1, eps=1e-8, beta1=0.9, beta2=0.999)
    yield {**sizes, "gradients": {name: g * (1e3 if name == "Q" else 1e-3) for name, g in sizes["gradients"].items()}}


@mistake(
    title="There is no bias correction",
    message="Both means begin at 0, and after few steps they are still far too small, v more than m. Without the correction the first steps have the wrong length, with the usual betas about three times too long.",
    next_step="Divide m by 1 − beta1^t and v by 1 − beta2^t before you use them.",
    also=(
        step(correct=lambda mean, beta, t: mean / (1 - beta)),
        step(correct=lambda mean, beta, t: mean * (1 - beta**t)),
    ),
)
def no_bias_correction(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(correct=uncorrected)(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="t is counted from another number",
    message="The correction was made for another step. `t` is the number of this step, and the first one is 1: so 1 − beta^t is what the gradients weigh in the mean so far.",
    next_step="Use t as it is given.",
    also=(step(correct=lambda mean, beta, t: corrected(mean, beta, max(t - 1, 1))),),
)
def t_shifted(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(correct=lambda mean, beta, t: corrected(mean, beta, t + 1))(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="The correction is kept",
    message="The corrected means were stored in `moments`. In the next step they are corrected once more, and grow. The correction is for this step only.",
    next_step="Store m and v as they are; give the corrected ones other names.",
)
def correction_stored(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step()(weights, gradients, moments, t, lr, beta1, beta2, eps)
    for both in moments.values():
        both[0] /= 1 - beta1**t
        both[1] /= 1 - beta2**t


@mistake(
    title="eps is inside the root",
    message="eps was added to v before the root was taken. Algorithm 1 adds it to the root. Inside it weighs more: √(v + eps) is at least √eps, and with eps = 1e-8 that is 1e-4.",
    next_step="Take the root first, then add eps.",
)
def eps_inside(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(below=lambda v, eps: np.sqrt(v + eps))(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="eps is missing",
    message="The step was divided by √v alone. A row that has never had a gradient has v = 0, and 0/0 is NaN: after one batch most users would be lost.",
    next_step="Add eps to the root.",
    also=(step(below=lambda v, eps: np.maximum(np.sqrt(v), eps)),),
)
def eps_missing(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(below=lambda v, eps: np.sqrt(v))(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="The root is missing",
    message="The step was divided by v, not by its root. v is a mean of squares: m / v would be longest where the gradients are smallest.",
    next_step="Take the root of the corrected v.",
)
def root_missing(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(below=lambda v, eps: v + eps)(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="The gradient in place of its mean",
    message="The step goes along the last gradient. m was updated, but what moves the weights should be m, the mean over the last batches.",
    next_step="Put the corrected m above the line.",
)
def gradient_on_top(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(top=lambda m, g: g)(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="The moments are not kept",
    message="The weights moved as they should, but `moments` is what it was. So the next step begins with means of 0 again: `m = beta1 * m + …` makes a new array, and the dict does not know of it.",
    next_step="Write the new means into `moments[name]`.",
    also=(step(store=False, correct=uncorrected),),
)
def moments_not_kept(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(store=False)(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="The weights stay as they were",
    message="`moments` is right, but the caller's weights have not moved. `w = w - step` makes a new array, and the dict does not know of it.",
    next_step="Write it back into `weights[name]`, or use `-=` on the array.",
)
def weights_not_in_place(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(place=nowhere)(weights, gradients, moments, t, lr, beta1, beta2, eps)


@mistake(
    title="Nothing changed",
    message="Neither the weights nor the moments of the caller are other than before: the step was made on copies.",
    next_step="Change the arrays in the dicts that were given.",
)
def nothing_in_place(weights, gradients, moments, t, lr, beta1, beta2, eps):
    pass


@mistake(
    title="The step goes uphill",
    message="The step was added. The gradient points to where the loss grows, so the weights go against it.",
    next_step="Subtract the step.",
)
def uphill(weights, gradients, moments, t, lr, beta1, beta2, eps):
    step(sign=1.0)(weights, gradients, moments, t, lr, beta1, beta2, eps)


def number_by_number(weights, gradients, moments, t, lr, beta1, beta2, eps):
    for name in weights:
        for at in np.ndindex(weights[name].shape):
            g, m, v = gradients[name][at], moments[name][0][at], moments[name][1][at]
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            moments[name][0][at], moments[name][1][at] = m, v
            weights[name][at] -= lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
        print(name, "moved")


def new_arrays_in_the_dicts(weights, gradients, moments, t, lr, beta1, beta2, eps):
    for name, g in gradients.items():
        m, v = moments[name]
        m, v = faded(m, beta1, g), faded(v, beta2, np.square(g))
        moments[name] = m, v
        weights[name] = weights[name] - lr * corrected(m, beta1, t) / root_then_eps(corrected(v, beta2, t), eps)
    return weights


def one_learning_rate(weights, gradients, moments, t, lr, beta1, beta2, eps):
    """As at the end of the paper's section 2: both corrections in the learning rate, and eps to match."""
    rate, eps = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t), eps * np.sqrt(1 - beta2**t)
    for name in gradients:
        both = moments[name]
        both *= np.array([beta1, beta2]).reshape(2, *[1] * gradients[name].ndim)
        both[0] += (1 - beta1) * gradients[name]
        both[1] += (1 - beta2) * gradients[name] ** 2
        weights[name] -= rate * both[0] / (np.sqrt(both[1]) + eps)
    return weights, moments


def updated_at_once(weights, gradients, moments, t, lr, beta1, beta2, eps):
    new = {n: np.stack([faded(moments[n][0], beta1, g), faded(moments[n][1], beta2, g**2)]) for n, g in gradients.items()}
    moments.update(new)
    roots = {n: np.sqrt(v / (1 - beta2**t)) for n, (_, v) in new.items()}
    weights.update({n: w - lr * new[n][0] / (1 - beta1**t) / (roots[n] + eps) for n, w in weights.items()})


def single_precision(weights, gradients, moments, t, lr, beta1, beta2, eps):
    for arrays in (weights, moments):
        arrays.update({name: array.astype(np.float32) for name, array in arrays.items()})
    neural.adam_step(weights, gradients, moments, t, lr, beta1, beta2, eps)


exercise = Exercise(
    number="13.3",
    task="Take step number t of Adam for each array of weights; weights and moments change in place. moments[name] holds m and v, in this order.",
    reference=neural.adam_step,
    in_place=("weights", "moments"),
    groups=(any_step, unusual_gradients),
    mistakes=(
        no_bias_correction,
        t_shifted,
        correction_stored,
        eps_inside,
        eps_missing,
        root_missing,
        betas_exchanged,
        weights_of_the_mean_exchanged,
        sum_not_mean,
        square_of_the_mean,
        gradient_not_squared,
        one_length_for_all,
        gradient_on_top,
        moments_not_kept,
        weights_not_in_place,
        nothing_in_place,
        uphill,
    ),
    hints=(
        "Take one array alone. Four lines: the mean m, the mean of squares v, both corrected, the step. Which of them must be there at the next call?",
        "`m, v = moments[name]` gives two views: what you write into them with `m[:] = …` or `m *= …` stays in `moments`. A new array under the name m does not.",
        "For each name: m becomes beta1·m + (1 − beta1)·g, v becomes beta2·v + (1 − beta2)·g², both in place. Subtract lr · m/(1 − beta1^t) / (√(v/(1 − beta2^t)) + eps) from `weights[name]`.",
    ),
    variants=(number_by_number, new_arrays_in_the_dicts, one_learning_rate, updated_at_once, single_precision),
)
