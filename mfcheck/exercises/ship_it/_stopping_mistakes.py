"""What is done in place of `early_stopping_fit`."""

import numpy as np

from mfcheck.exercise import mistake
from mfref import sgd, ship_it
from mfref.evaluation import rmse


def copies(P, Q):
    return P.copy(), Q.copy()


def no_copies(P, Q):
    return P, Q


def on_validation(P, Q, train, validation, met):
    users, items, ratings = validation
    return rmse(ratings, (P[users] * Q[items]).sum(axis=1))


def fit(
    keep=copies,
    measure=on_validation,
    improves=lambda history, best: history[-1] < history[best],
    resets=True,
    more_patience=0,
    stops=True,
    before=False,
    data=lambda train, validation: train,
    draw=lambda rng: rng,
    redraw=False,
    answer=lambda P, Q, best, history: (P, Q, best, history),
):
    """→ an `early_stopping_fit` with its parts exchanged."""

    def early_stopping_fit(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
        rng = draw(rng)
        P, Q = sgd.init_factors(n_users, n_items, n_factors, rng)
        best, kept, misses, history = 0, None, 0, []
        for epoch in range(max_epochs):
            if redraw:
                P, Q = sgd.init_factors(n_users, n_items, n_factors, rng)
            value = measure(P, Q, train, validation, None) if before else None
            met = sgd.sgd_epoch(P, Q, *data(train, validation), lr, reg, rng)
            history.append(value if before else measure(P, Q, train, validation, met))
            if kept is None or improves(history, best):
                best, kept, misses = epoch, keep(P, Q), 0 if resets else misses
            else:
                misses += 1
                if stops and misses >= patience + more_patience:
                    break
        return answer(*kept, best, history)

    return early_stopping_fit


@mistake(
    title="The factors returned are the last ones",
    message="The factors are those of the last epoch, though an earlier one was better. Perhaps `best = P, Q` was kept: that is another name for the same two arrays, and `sgd_epoch` "
    "changes them in place. The best moved on with the training.",
    next_step="At each new best keep copies: `P.copy()`, `Q.copy()`. Return those.",
)
def last_factors(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(no_copies)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="Only one of the two was copied",
    message="One of P and Q is of the best epoch, the other of the last. Together they were never trained, and predict worse than either pair.",
    next_step="Copy both at each new best, and return both copies.",
    also=(fit(lambda P, Q: (P, Q.copy())),),
)
def half_a_copy(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(lambda P, Q: (P.copy(), Q))(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="Training never stops early",
    message="The best factors are returned, but all max_epochs were trained. The time that patience should save is spent.",
    next_step="Count the epochs without a new best, and leave the loop when they are `patience`.",
)
def never_stops(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(stops=False)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="It stops at the first rise",
    message="One epoch without a new best ended the training, whatever `patience` was. The curve jitters: often the next epoch is better again.",
    next_step="Go on until `patience` epochs in a row have brought nothing better.",
)
def first_rise(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit()(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, 1, rng)


@mistake(
    title="It stops one epoch too early",
    message="Training stops when the epochs without a new best are one fewer than `patience`. The count is one ahead.",
    next_step="The count is 0 at a new best, and 1 after the first epoch that is none.",
)
def one_too_early(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(more_patience=-1)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="It waits one epoch too long",
    message="Training goes on though `patience` epochs in a row have brought no new best. Often that is `>` in place of `>=`.",
    next_step="With patience 1, one epoch without a new best is enough to stop.",
)
def one_too_late(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(more_patience=1)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="An equal value counts as better",
    message="An epoch whose error only equals the lowest so far was taken for a new best. On a level stretch, patience then never runs out.",
    next_step="As in lesson 05: only `<` is better.",
)
def ties_are_better(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(improves=lambda history, best: history[-1] <= history[best])
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="Measured before the epoch",
    message="The validation error was taken before each epoch, so that it belongs to other factors than those that are kept. The first entry is the error of the random start.",
    next_step="First `sgd_epoch`, then the error, then the comparison.",
)
def measured_before(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(before=True)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The training error decides",
    message="The history is the error on the training part. It goes on falling while the model learns its ratings by heart. Only ratings that were not trained on can say when to stop.",
    next_step="Measure on `validation`. What `sgd_epoch` returns is the training error.",
    also=(fit(measure=lambda P, Q, train, validation, met: on_validation(P, Q, train, train, met)),),
)
def training_error(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(measure=lambda P, Q, train, validation, met: met)
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="best_epoch counts from 1",
    message="best_epoch is one more than the place of the lowest value in the history. It is an index, as in lesson 05: `history[best_epoch]` is the lowest value.",
    next_step="Count epochs from 0.",
)
def one_based(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(answer=lambda P, Q, best, history: (P, Q, best + 1, history))
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="best_epoch is the last epoch",
    message="best_epoch is the epoch at which training stopped. The factors that are returned are of an earlier one.",
    next_step="Remember the epoch at each new best, together with the copies.",
    also=(fit(answer=lambda P, Q, best, history: (P, Q, len(history), history)),),
)
def epoch_of_the_stop(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(answer=lambda P, Q, best, history: (P, Q, len(history) - 1, history))
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The count is not set back at a new best",
    message="All epochs without a new best were counted. Patience is about epochs **in a row**: a new best sets the count back to 0.",
    next_step="Set the count to 0 at each new best.",
)
def misses_in_all(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(resets=False)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="Compared with the epoch before",
    message="An epoch was held for the best when it was lower than the one before. After a rise, that may be far above the lowest value.",
    next_step="Compare with the lowest value so far.",
)
def compared_with_previous(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(improves=lambda history, best: history[-1] < history[-2])
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The validation part is trained on, too",
    message="Ratings of the validation part moved the factors. Then it can no longer tell when the model begins to learn by heart: it is learned by heart itself.",
    next_step="Give `sgd_epoch` the training part only.",
)
def validation_trained(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(data=lambda train, validation: [np.concatenate(pair) for pair in zip(train, validation, strict=True)])
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The factors are drawn anew in each epoch",
    message="`init_factors` stands inside the loop. Each epoch begins from chance again, and nothing is learned from one to the next.",
    next_step="Draw once, before the loop.",
)
def redrawn(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    return fit(redraw=True)(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The root is missing",
    message="The history holds means of squared errors. It should hold their square roots, in the unit of a rating.",
    next_step="Use lesson 05's `rmse`.",
)
def mean_squares(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    P, Q, best_epoch, history = ship_it.early_stopping_fit(
        train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng
    )
    return P, Q, best_epoch, [value**2 for value in history]


@mistake(
    title="The history ends at the best epoch",
    message="The epochs after the best one are missing in the history. They were trained and measured; without them nobody sees that the error has risen, nor that patience was kept.",
    next_step="Append each epoch's value, and cut nothing off.",
)
def history_cut(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(answer=lambda P, Q, best, history: (P, Q, best, history[: best + 1]))
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)


@mistake(
    title="The start is always the same",
    message="The result does not depend on `rng`: a generator with a fixed seed is made inside the function. Nobody can then find out how much of a result is the luck of the start.",
    next_step="Pass `rng` on to `init_factors` and to `sgd_epoch`.",
)
def fixed_seed(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    run = fit(draw=lambda rng: np.random.default_rng(0))
    return run(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng)
