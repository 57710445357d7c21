"""Known mistakes of `train_ncf` in the start and in what is drawn."""

import itertools

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.neural import _trainings as trainings
from mfcheck.exercises.neural._trainings import all_near, chains, cut, near, orders_of, replay, right_start, state, train


def starts(runs):
    """→ the weights of the runs without any epoch."""
    return [state(run)[0] for run in runs if run.arguments["n_epochs"] == 0]


def start_with(**changed):
    """→ a start in which the arrays named are made from the right ones: name=change(array, rng)."""

    def start(rng, *sizes):
        weights = right_start(rng, *sizes)
        return weights | {name: change(weights[name], rng) for name, change in changed.items()}

    return start


def zeros(array, rng):
    return 0 * array


DRAWN = ("P", "Q", "W1", "w2")

zero_start = mistake(
    title="Weights begin at zero",
    message="Factors or layers are full of zeros at the start. Where x or w2 is 0, nothing comes back through the layer: all hidden units get the same gradient or none, and stay alike for ever.",
    next_step="Draw P, Q, W1 and w2 at random, by `rng`.",
    recognise=lambda runs: bool(starts(runs)) and all(any(not w[name].any() for name in DRAWN) for w in starts(runs)),
    also=(train(start=start_with(W1=zeros, w2=zeros)), train(start=start_with(P=zeros, Q=zeros))),
)(train("zero_start", start=start_with(P=zeros, Q=zeros, W1=zeros, w2=zeros)))


def alike(array, rng):
    return np.full(array.shape, 0.1)


def all_units_alike(weights):
    return near(weights["W1"], weights["W1"][:, :1] + 0 * weights["W1"]) and near(
        weights["w2"], weights["w2"][:1] + 0 * weights["w2"]
    )


equal_start = mistake(
    title="All hidden units begin alike",
    message="The hidden units have the same weights at the start. Then they get the same gradients, take the same steps, and remain one unit, written several times.",
    next_step="Draw every number of W1 and w2 by itself.",
    recognise=lambda runs: bool(starts(runs)) and all(map(all_units_alike, starts(runs))),
    also=(train(start=start_with(W1=alike, w2=alike, P=alike, Q=alike)),),
)(train("equal_start", start=start_with(W1=alike, w2=alike)))


def biases_elsewhere(runs):
    pairs = [(w, run.arguments) for w, run in zip(starts(runs), (r for r in runs if r.arguments["n_epochs"] == 0), strict=True)]
    return bool(pairs) and all(w["b1"].any() or not near(w["b2"], np.array([given["ratings"].mean()])) for w, given in pairs)


biases_begin_elsewhere = mistake(
    title="A bias does not begin where it should",
    message="b2 should begin at the mean rating, so that the first prediction is a sensible one, and b1 at zeros. From 0, Adam needs many small steps to bring b2 to 3.5, and meanwhile everything else learns the mean.",
    next_step="Make b1 of zeros, and b2 an array with the mean of `ratings` in it.",
    recognise=biases_elsewhere,
    also=(
        train(start=start_with(b1=lambda b, rng: rng.normal(0, 0.1, b.shape))),
        train(start=start_with(b2=lambda b, rng: rng.normal(0, 0.1, 1), b1=lambda b, rng: rng.normal(0, 0.1, b.shape))),
    ),
)(train("biases_begin_elsewhere", start=start_with(b2=zeros)))


def unequal_repeats(runs):
    """Whether two runs without an epoch, on the same problem with the same generator, gave two results."""
    begun = {}
    for run in runs:
        if run.arguments["n_epochs"] == 0:
            key = str(run.arguments["rng"].bit_generator.state)
            begun.setdefault(key, []).append(state(run)[0])
    return any(not all_near(one, other) for many in begun.values() for one, other in itertools.combinations(many, 2))


def orders_without_a_state(runs):
    """Whether the weights after two epochs are those of two orders, of which the first need not be that of one epoch."""

    def possible(chain):
        given, start = chain[0].arguments, state(chain[0])[0]
        n, size = len(given["ratings"]), given["batch_size"]
        after_two = state(chain[2])[0]
        for first in trainings.every_order(n, size):
            weights, moments, step = replay(start, trainings.no_moments(start), given, first)
            for second in trainings.every_order(n, size):
                if all_near(after_two, replay(weights, moments, given, second, 2, step)[0]):
                    return True
        return False

    several = chains(runs, full=False)
    return bool(several) and not all(map(orders_of, several)) and possible(several[0])


def global_start(rng, *sizes):
    return right_start(np.random.default_rng(), *sizes)


def global_order(rng, n, batch_size, epoch):
    return cut(np.random.permutation(n), batch_size)


global_generator = mistake(
    title="The draws do not come from rng",
    message="The same generator state gave two trainings: the start or the order comes from `np.random`, or from a generator without a seed. Nobody can repeat such a training.",
    next_step="Use the argument `rng` for all draws.",
    recognise=lambda runs: unequal_repeats(runs) or orders_without_a_state(runs),
    also=(train(batches=global_order),),
)(train("global_generator", start=global_start, batches=global_order))

fixed_seed = mistake(
    title="The generator was made inside",
    message="Another generator gave the same training: the function draws from one of its own, with a fixed seed. Then nobody can ask for another start.",
    next_step="Draw from the argument `rng`.",
)(
    train(
        "fixed_seed",
        start=lambda rng, *sizes: right_start(np.random.default_rng(0), *sizes),
        batches=lambda rng, n, batch_size, epoch: cut(np.random.default_rng(epoch).permutation(n), batch_size),
    )
)


def in_the_order_given(rng, n, batch_size, epoch):
    return cut(np.arange(n), batch_size)


no_shuffle = mistake(
    title="The order is never shuffled",
    message="The batches are cut from the ratings as they stand in the file. A file is often sorted by user or by time: a batch then holds few users, and the last ones have the last word in every epoch.",
    next_step="Cut the batches from `rng.permutation(len(ratings))`.",
)(train("no_shuffle", batches=in_the_order_given))


@mistake(
    title="All epochs have the same order",
    message="The ratings were shuffled once, before the loop. The same ratings then meet in the same batch again and again, and their chance meetings add up.",
    next_step="Draw a new order at the beginning of each epoch.",
)
def same_order_each_epoch(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    order = []

    def batches(rng, n, batch_size, epoch):
        order.append(order[0] if order else rng.permutation(n))
        return cut(order[0], batch_size)

    run = train(batches=batches)
    return run(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng)
