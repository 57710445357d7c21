"""Known mistakes of `train_ncf` in the batches and the steps of its epochs."""

import itertools

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.neural import _trainings as trainings
from mfcheck.exercises.neural._trainings import all_near, chains, cut, replays, state, train
from mfref import neural


def full_batches(rng, n, batch_size, epoch):
    return [np.arange(n)]


def whole_batches(rng, n, batch_size, epoch):
    return [batch for batch in cut(rng.permutation(n), batch_size) if len(batch) == batch_size]


last_batch_dropped = mistake(
    title="The last, smaller batch is left out",
    message="The number of ratings is no multiple of batch_size, and what is left at the end of an epoch was dropped. Which ratings these are is chance, but in small data they are many.",
    next_step="Let the last batch hold what is left: `order[start : start + batch_size]` does so by itself.",
    recognise=replays(full=False, orders=trainings.without_the_smaller),
)(train("last_batch_dropped", batches=whole_batches))

first_batch_only = mistake(
    title="Only one batch in each epoch",
    message="Each epoch took a single step, with one batch. An epoch is a pass through all ratings, batch after batch.",
    next_step="Loop over the starts of all batches inside the loop over the epochs.",
    recognise=replays(full=False, orders=trainings.first_batch_only),
)(train("first_batch_only", batches=lambda rng, n, batch_size, epoch: cut(rng.permutation(n), batch_size)[:1]))

batch_size_ignored = mistake(
    title="All ratings are one batch",
    message="Each epoch took a single step, with the gradient of all ratings. That works, but it is slow: with batches, one pass through the ratings makes many steps.",
    next_step="Cut the shuffled order into pieces of batch_size.",
    recognise=replays(full=False, orders=trainings.all_at_once),
)(train("batch_size_ignored", batches=full_batches))


def drawn_anew(runs):
    """Whether two epochs in one batch are made of any draws, but not of each rating once."""
    full = chains(runs, full=True)
    return bool(full) and not replays(full=True)(runs) and bool(trainings.orders_of(full[0][:3], trainings.any_draws))


with_replacement = mistake(
    title="Batches are drawn with replacement",
    message="Each batch was drawn anew out of all ratings. In an epoch some ratings then come twice and others not at all.",
    next_step="Shuffle all positions once an epoch, and cut this order into batches.",
    recognise=drawn_anew,
)(
    train(
        "with_replacement",
        batches=lambda rng, n, batch_size, epoch: [np.sort(rng.integers(0, n, len(b))) for b in cut(np.arange(n), batch_size)],
    )
)


def ratings_left_behind(runs):
    """Whether two epochs in one batch are those of other pairs of user, item and rating."""
    full = chains(runs, full=True)
    if not full or replays(full=True)(runs):
        return False
    given, states = full[0][0].arguments, [state(run)[0] for run in full[0][:3]]
    apart = [{**given, "ratings": given["ratings"][list(o)]} for o in itertools.permutations(range(len(given["ratings"])))]

    def follow(epoch, moments, step):
        if epoch == len(states):
            return True
        steps = (
            trainings.replay(states[epoch - 1], moments, pairs, full_batches(None, len(apart[0]["ratings"]), 0, 0), epoch, step)
            for pairs in apart
        )
        return any(follow(epoch + 1, new, n) for weights, new, n in steps if all_near(states[epoch], weights))

    return follow(1, trainings.no_moments(states[0]), 0)


@mistake(
    title="Ratings and pairs are shuffled apart",
    message="Users and items were taken in the shuffled order, and the ratings in another. So the network learns the rating of one pair for another.",
    next_step="Index `users`, `items` and `ratings` with the same positions.",
    recognise=ratings_left_behind,
)
def shuffled_apart(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    weights = trainings.right_start(rng, n_users, n_items, n_factors, n_hidden, ratings)
    moments, history, t = trainings.no_moments(weights), [], 0
    given = {"users": users, "items": items, "ratings": ratings}
    for _ in range(n_epochs):
        order = rng.permutation(len(ratings))
        for start in range(0, len(ratings), batch_size):
            at, t = slice(start, start + batch_size), t + 1
            gradients = neural.backward(weights, users[order][at], items[order][at], ratings[at], reg)
            neural.adam_step(weights, gradients, moments, t, lr, *trainings.ADAM)
        history.append(trainings.rmse(weights, given))
    return weights, history


moments_forgotten = mistake(
    title="The moments begin anew",
    message="The means of the gradients were set to 0 again, with each epoch or each batch. Adam then never learns which weights have long gradients and which have short ones.",
    next_step="Make `moments` once, before the loop over the epochs.",
    recognise=lambda runs: any(
        replays(full=True, forget=True, clock=clock)(runs) for clock in (trainings.every_step, lambda epoch, step: 1)
    ),
    also=(train(forget=True, clock=lambda epoch, step: 1),),
)(train("moments_forgotten", forget=True))


def always_one(epoch, step):
    return 1


def from_zero(epoch, step):
    return step - 1


def from_two(epoch, step):
    return step + 1


def adam_or_nothing(weights, gradients, moments, t, lr, *adam):
    with np.errstate(all="ignore"):
        if t:
            neural.adam_step(weights, gradients, moments, t, lr, *adam)
        else:
            for array in weights.values():
                array[:] = np.nan


def all_lost(runs):
    trained = [state(run)[0] for run in runs if run.arguments["n_epochs"]]
    return bool(trained) and all(np.isnan(weights["b2"]).all() for weights in trained)


t_not_counted = mistake(
    title="t is not the number of the step",
    message="Adam was given another number: always 1, one too many, or that of the epoch. Its correction is then wrong: m and v hold t gradients, and `t` has to say so.",
    next_step="Begin at 0 before all loops, and add 1 for each batch, before `adam_step`.",
    recognise=lambda runs: any(
        [*(replays(full=True, clock=c)(runs) for c in (always_one, from_two)), replays(full=False, clock=lambda e, s: e)(runs)]
    ),
    also=(train(clock=from_two), train(clock=lambda epoch, step: epoch)),
)(train("t_not_counted", clock=always_one))

t_from_zero = mistake(
    title="The first step is number 0",
    message="With t = 0 the correction divides by 1 − beta^0, which is 0. The weights become NaN in the first step, and stay so.",
    next_step="Add 1 to t before the first `adam_step`.",
    recognise=all_lost,
)(train("t_from_zero", adam=adam_or_nothing, clock=from_zero))


def plain_step(weights, gradients, moments, t, lr, *adam):
    for name, g in gradients.items():
        weights[name] -= lr * g


plain_descent = mistake(
    title="The steps are not Adam's",
    message="The weights moved by lr times the gradient. That is SGD. Here a user met in one batch of a hundred and a layer met in every batch need steps of different length, and Adam finds them.",
    next_step="Hand the gradients to `adam_step`.",
    recognise=replays(full=True, adam=plain_step),
)(train("plain_descent", adam=plain_step))


def adam_with(beta1, beta2):
    def adam(weights, gradients, moments, t, lr, *usual):
        neural.adam_step(weights, gradients, moments, t, lr, beta1, beta2, 1e-8)

    return adam


other_betas = mistake(
    title="Adam has other betas",
    message="beta1 and beta2 are not 0.9 and 0.999, or they are exchanged. Others work, too, but these are those of the paper, and of this task.",
    next_step="Compare the order of the arguments of `adam_step` with your call.",
    recognise=lambda runs: any(replays(full=True, adam=adam_with(*b))(runs) for b in ((0.999, 0.9), (0.9, 0.99), (0.9, 0.9))),
    also=(train(adam=adam_with(0.9, 0.99)),),
)(train("other_betas", adam=adam_with(0.999, 0.9)))


def without_reg(weights, users, items, ratings, reg):
    return neural.backward(weights, users, items, ratings, 0.0)


no_regularization = mistake(
    title="reg does not reach the gradient",
    message="The weights are those of reg = 0.",
    next_step="Hand reg to `backward`.",
    recognise=replays(full=True, gradient=without_reg),
)(train("no_regularization", gradient=without_reg))


def the_same_after_one(runs):
    asked = [chain for chain in chains(runs) if len(chain) > 2]
    return bool(asked) and all(all_near(state(c[1])[0], state(run)[0]) for c in asked for run in c[2:])


@mistake(
    title="Training ends after one epoch",
    message="Whatever n_epochs is, the weights are those after the first epoch. Most often the `return` stands inside the loop.",
    next_step="Check the indentation of `return`, and what the loop runs over.",
    recognise=the_same_after_one,
)
def one_epoch_only(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, n_epochs, batch_size, rng):
    return train()(users, items, ratings, n_users, n_items, n_factors, n_hidden, lr, reg, min(n_epochs, 1), batch_size, rng)


def idle(run):
    """The factors of users and items without ratings, which no step may move."""
    weights, given = state(run)[0], run.arguments
    rows = ((weights["P"], given["n_users"], given["users"]), (weights["Q"], given["n_items"], given["items"]))
    return np.concatenate([factors[np.setdiff1d(np.arange(n), rated)].ravel() for factors, n, rated in rows])


def begun_again(runs):
    """Whether they are others after the training than before, farther away than steps of a small learning rate lead."""
    starts, far, slow = {}, [], []
    for run in runs:
        key = str(run.arguments["rng"].bit_generator.state), run.arguments["n_users"]
        if run.arguments["n_epochs"] == 0:
            starts[key] = idle(run)
        elif key in starts:
            (slow if run.arguments["lr"] <= 0.001 else far).append(np.abs(idle(run) - starts[key]))
    return bool(far) and np.concatenate(far).mean() > 0.05 and all(moved.max() > 0.02 for moved in slow)


weights_redrawn = mistake(
    title="The weights are drawn anew in each epoch",
    message="Each epoch starts from new random weights, so nothing of the epoch before is kept.",
    next_step="Draw the weights once, before the loop.",
    recognise=begun_again,
)(train("weights_redrawn", redraw=True))
