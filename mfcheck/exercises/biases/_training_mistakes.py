"""Known mistakes of `train_biased_sgd`, each a training run with one part exchanged."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.biases import _steps as steps
from mfcheck.exercises.biases._steps import step_with
from mfcheck.exercises.biases._training import exploded, redraw, reset, root_mean_square, train
from mfref import biases


def over_all_cells(mean_of):
    """→ a training on the full table with 0 for unknown; mu from "known" or from "all" cells."""

    def zeros_trained(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
        table = np.zeros((n_users, n_items))
        table[users, items] = ratings
        cells = np.indices(table.shape).reshape(2, -1)
        run = train(center=lambda r: np.mean(ratings if mean_of == "known" else r))
        return run(*cells, table.ravel(), n_users, n_items, n_factors, lr, reg, n_epochs, rng)

    return zeros_trained


zeros_trained = mistake(
    title="Unknown ratings are trained as zeros",
    message="An item that nobody rated was moved, and the known ratings are not learned: the training goes over all cells of the matrix, the unknown ones as zeros. "
    "Unknown is not a rating of 0.",
    next_step="Train on `users, items, ratings` only, without a full matrix.",
    also=(over_all_cells("known"),),
)(over_all_cells("all"))


factors_redrawn_each_epoch = mistake(
    title="The factors are drawn anew in each epoch",
    message="Each epoch starts from new random factors, so nothing that they learned is kept: only the biases go on learning.",
    next_step="Draw the factors once, before the loop.",
    also=(train(begin=lambda model, rng: (redraw(model, rng), reset(model, rng))),),
)(train("factors_redrawn_each_epoch", begin=redraw))

biases_reset_each_epoch = mistake(
    title="The biases begin anew in each epoch",
    message="Each epoch sets the biases back to 0, so that they have one epoch to learn in, whatever n_epochs is.",
    next_step="Make the arrays of zeros once, before the loop.",
)(train("biases_reset_each_epoch", begin=reset))


def step_on_clipped(r, mu, b_u, b_i, dot):
    return r - np.clip(mu + b_u + b_i + dot, 1, 5)


clipped_error = mistake(
    title="The prediction is clipped while training",
    message="The error was computed from a prediction cut to the range 1 to 5. Beyond the range the error then no longer says how far off the model is, and the steps go "
    "wrong.",
    next_step="Train on the plain sum; clip, if at all, what you show.",
    also=(train(step=step_with(error=lambda r, mu, b_u, b_i, dot: r - np.clip(mu + b_u + b_i + dot, 0, 5))),),
)(train("clipped_error", step=step_with(error=step_on_clipped)))


divergence_hidden = mistake(
    title="Divergence is hidden",
    message="With a learning rate far too large the training stops early and the history ends before it shows why. Whoever reads it sees a short, harmless curve.",
    next_step="Run all n_epochs and keep every entry, also inf and NaN.",
)(train("divergence_hidden", stop=exploded))


@mistake(
    title="The history was computed anew after each epoch",
    message="Each entry is the RMSE of the model after the epoch. The history here is made of the errors met on the way, each before its step, as `biased_sgd_step` returns "
    "them.",
    next_step="Collect what `biased_sgd_step` returns.",
)
def after_epoch_history(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    models = []
    run = train(begin=lambda model, rng: models.append([part.copy() for part in model]))
    mu, *model, history = run(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    after = [*models[1:], model][: len(history)]
    return mu, *model, [root_mean_square(ratings - biases.predict_biased(mu, *m, users, items)) for m in after]


history_of_mean_squares = mistake(
    title="The history is not made of root mean squares",
    message="The entries are mean squares, sums, or means of the errors' sizes. Each entry is the root of the mean of the squared errors, in the unit of a rating.",
    next_step="Square each error, take the mean over the epoch, then the root.",
    also=tuple(
        train(summary=summary)
        for summary in (
            lambda e: np.sum(np.square(e)),
            lambda e: np.sqrt(np.sum(np.square(e))),
            lambda e: np.mean(np.abs(e)),
        )
    ),
)(train("history_of_mean_squares", summary=lambda e: np.mean(np.square(e))))


@mistake(
    title="The history has an entry for every step",
    message="The errors of all steps were put into the history. It has one number for each epoch: the RMSE of that epoch's errors.",
    next_step="Append to history once an epoch, after the loop over the ratings.",
)
def history_of_every_step(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    *learned, history = train(summary=list)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return *learned, [e for epoch in history for e in epoch]


@mistake(
    title="The history has an entry too many",
    message="The error of the start was put before the entries of the epochs. `gradient_descent` did so; here the history has exactly n_epochs entries.",
    next_step="Append to history inside the loop over the epochs only.",
)
def history_with_the_start(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    learned = after_epoch_history.function(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return *learned[:5], [root_mean_square(ratings - learned[0]), *learned[5]]


@mistake(
    title="The start is always the same",
    message="The factors do not depend on `rng`: a generator with a fixed seed is made inside the function.",
    next_step="Use `rng` for the factors and for the shuffle.",
)
def fixed_seed(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    rng = np.random.default_rng(0)
    return biases.train_biased_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


@mistake(
    title="`rng` does not draw the factors",
    message="The same `rng` gives other factors at every call: they come from `np.random` or from a generator of their own. Nobody could repeat your result.",
    next_step="Call the methods of the argument: `rng.normal(…)`.",
)
def global_generator(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    return train(order=shuffled_elsewhere)(
        users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, np.random.default_rng()
    )


def shuffled_elsewhere(rng, n, epoch):
    return np.random.default_rng().permutation(n)


global_shuffle = mistake(
    title="`rng` does not shuffle",
    message="The same `rng` gives another result at every call: the order of the ratings comes from `np.random` or `random`. Nobody could repeat your result.",
    next_step="Call `rng.permutation`, with the `rng` that was given.",
)(train("global_shuffle", order=shuffled_elsewhere))

no_shuffle = mistake(
    title="The order is never shuffled",
    message="The ratings are visited in the order of the file. A file is often sorted by user or by time: the steps then repeat the same pull many times, and the last rows "
    "have the last word in every epoch.",
    next_step="Loop over `rng.permutation(len(ratings))`.",
)(train("no_shuffle", order=lambda rng, n, epoch: range(n)))

fixed_shuffle = mistake(
    title="The shuffle is the same every time",
    message="The order is shuffled, but not by `rng`: a generator with a fixed seed is made inside, so every epoch of every run has the same order.",
    next_step="Call `rng.permutation`, with the `rng` that was given.",
)(train("fixed_shuffle", order=lambda rng, n, epoch: range(n)[::-1]))


@mistake(
    title="The order is shuffled only once",
    message="All epochs have the same order: it was shuffled before the loop over the epochs. The last ratings of that order have the last word in every epoch.",
    next_step="Shuffle inside the loop over the epochs.",
)
def shuffled_once(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    kept = []

    def order(rng, n, epoch):
        kept.extend(rng.permutation(n) if epoch == 0 else ())
        return kept

    return train(order=order)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


with_replacement = mistake(
    title="Ratings are drawn with replacement",
    message="Some ratings are visited twice in an epoch and others not at all: each visit draws a rating anew. An epoch is a shuffled pass in which every rating comes "
    "exactly once.",
    next_step="Shuffle all positions once an epoch with `rng.permutation`, then go through them.",
)(train("with_replacement", order=lambda rng, n, epoch: rng.integers(0, n, n)))

one_epoch_only = mistake(
    title="Only one epoch",
    message="The history has a single entry: the loop over the epochs is missing, or `return` stands inside it.",
    next_step="Check the indentation of `return`.",
)(train("one_epoch_only", stop=lambda history: True))


@mistake(
    title="The values returned are in another order",
    message="The shapes show that b_user and b_item, or the biases and the factors, have changed places. Whoever calls the function relies on the order.",
    next_step="Return mu, b_user, b_item, P, Q, history.",
    also=(lambda **given: [biases.train_biased_sgd(**given)[n] for n in (3, 4, 0, 1, 2, 5)],),
)
def order_exchanged(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    learned = biases.train_biased_sgd(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return tuple(learned[n] for n in (0, 2, 1, 3, 4, 5))


@mistake(
    title="mu was trained",
    message="The mu that was returned is not the mean of the ratings: it was moved along with the biases. mu is computed once and stays. What is left to learn around it is the "
    "work of the biases.",
    next_step="Compute mu before the loop, and never assign to it again.",
)
def mu_trained(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    mu = [float(np.mean(ratings))]

    def step(_, *arguments):
        e = biases.biased_sgd_step(mu[0], *arguments)
        mu[0] += arguments[-2] * e
        return e

    _, *learned = train(step=step)(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)
    return mu[0], *learned


mu_not_the_mean = mistake(
    title="mu is not the mean rating",
    message="mu is 0, the middle of the scale, or some other fixed number. The biases then have to learn what the mean could have told them at once.",
    next_step="Take the mean of `ratings`.",
    also=(train(center=lambda r: 3.0), train(center=np.median)),
)(train("mu_not_the_mean", center=lambda r: 0.0))

biases_not_trained = mistake(
    title="The biases were not trained",
    message="b_user and b_item are as they were at the start. Either they have no update, or it changes a copy: a name for `b_user[u]` is a number, and `+=` on it leaves the "
    "array alone.",
    next_step="Hand the arrays themselves to `biased_sgd_step`.",
)(train("biases_not_trained", step=step_with(bias=steps.not_at_all)))

zero_factors = mistake(
    title="The factors begin at zero",
    message="P and Q are zero at the start and at the end. At p = 0 and q = 0 both steps vanish, e·q and e·p, so that only the biases learn. Biases may begin at 0, factors "
    "may not.",
    next_step="Draw the factors with `init_factors`.",
)(train("zero_factors", draw=lambda rng, shape: np.zeros(shape)))

factors_not_trained = mistake(
    title="The factors were not trained",
    message="P and Q are as they were drawn: only the biases have learned something. A bias knows nothing about the taste of one person for one film.",
    next_step="Hand P and Q themselves to `biased_sgd_step`.",
)(train("factors_not_trained", step=step_with(vector=steps.not_at_all)))

no_biases_in_error = mistake(
    title="The biases are not in the error",
    message="The biases are moved, but the error is taken without them. They are pushed at every rating as if they had not yet moved, and the sum of all four terms does not come "
    "near the ratings.",
    next_step="The error is the rating minus mu, minus both biases, minus p · q.",
    also=(train(step=step_with(error=lambda r, mu, b_u, b_i, dot: r - dot)),),
)(train("no_biases_in_error", step=step_with(error=lambda r, mu, b_u, b_i, dot: r - mu - dot)))

bias_not_regularized = mistake(
    title="The biases are not regularized",
    message="Even with a strong `reg` the biases explain the ratings in full. They are learned from the same few ratings as the factors, and `reg` must pull them towards 0, too.",
    next_step="Find `reg` in the formulas of the biases.",
)(train("bias_not_regularized", step=step_with(bias=steps.bare)))

factors_not_regularized = mistake(
    title="The factors are not regularized",
    message="Even with a strong `reg` the factors stay as large as the errors want them.",
    next_step="Find `reg` in the formulas of p and q.",
)(train("factors_not_regularized", step=step_with(vector=steps.bare)))

no_regularization = mistake(
    title="There is no regularization",
    message="A strong `reg` changes nothing: neither biases nor factors are pulled towards 0.",
    next_step="Hand `reg` on to `biased_sgd_step`.",
)(train("no_regularization", step=step_with(steps.bare, steps.bare)))


def from_means(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng):
    _, b_user, b_item = biases.damped_means(users, items, ratings, n_users, n_items, 5)
    starts = [b_item, b_user]
    run = train(start=lambda rng, n: starts.pop())
    return run(users, items, ratings, n_users, n_items, n_factors, lr, reg, n_epochs, rng)


biases_do_not_begin_at_zero = mistake(
    title="The biases do not begin at 0",
    message="Before the first epoch the biases are not 0. Whoever has no ratings would keep such a bias for ever. Factors must begin at random, because rows of zeros never move; "
    "biases move from 0 without trouble.",
    next_step="Begin with `np.zeros`.",
    also=(from_means,),
)(train("biases_do_not_begin_at_zero", start=lambda rng, n: rng.normal(0, 0.1, n)))
