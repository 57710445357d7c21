"""sgd_epoch: every rating once, in shuffled order."""

import itertools

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.outcome import run_once
from mfcheck.rules import AnyOrder, Facts, NoShuffle, in_order, outcome_difference
from mfref import sgd

PARALLEL = ("users", "items", "ratings")


def problem(rng, users, items, n_factors=2):
    return {
        "P": rng.normal(size=(max(users) + 1, n_factors)),
        "Q": rng.normal(size=(max(items) + 1, n_factors)),
        "users": np.array(users),
        "items": np.array(items),
        "ratings": rng.uniform(1, 5, len(users)),
        "lr": float(rng.uniform(0.2, 0.4)),
        "reg": float(rng.uniform(0.2, 0.5)),
        "rng": np.random.default_rng(rng.integers(2**32)),
    }


@group("the law: every rating once, P and Q moved in place, the RMSE of the errors met returned", points=2)
def order_cannot_matter(rng):
    """No two ratings share a user or an item, so that every order gives the same."""
    yield problem(rng, [0], [0], 1)
    yield problem(rng, [0, 1, 2, 3], [2, 0, 3, 1])
    yield problem(rng, [3, 1, 4, 0, 2], [1, 2, 0, 4, 3], 3)


@group("ratings that share users and items: each step starts where the one before ended", 1, AnyOrder(*PARALLEL))
def three_chained_ratings(rng):
    """The result must be that of one of the six orders."""
    yield problem(rng, [0, 0, 0], [0, 1, 2])
    yield problem(rng, [0, 1, 0], [1, 1, 0], 3)
    yield problem(rng, [2, 1, 2], [0, 0, 1], 1)


def order_facts(runs):
    results = [np.concatenate([np.ravel(run.outcome.after["P"]), np.ravel(run.outcome.after["Q"])]) for run in runs]
    given = run_once(sgd.sgd_epoch, in_order(runs[0].arguments, PARALLEL, (0, 1, 2))).after
    as_given = np.concatenate([given["P"].ravel(), given["Q"].ravel()])
    return {
        "twelve generators lead to more than one order": any(not np.allclose(results[0], r) for r in results[1:]),
        "the ratings are always visited as they were given": all(np.allclose(as_given, r) for r in results),
    }


@group("the order is shuffled by rng", 1, Facts(order_facts))
def twelve_generators(rng):
    """The same three ratings each time."""
    arguments = problem(rng, [0, 0, 0], [0, 1, 2])
    for _ in range(12):
        yield {**arguments, "rng": np.random.default_rng(rng.integers(2**32))}


def epoch(order, step=sgd.sgd_step, summary=lambda e: np.sqrt(np.mean(e**2))):
    """An epoch with its parts exchanged: the order of the visits, the step, what is returned."""

    def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):
        visits = order(rng, len(ratings))
        return summary(np.array([step(P, Q, users[n], items[n], ratings[n], lr, reg) for n in visits]))

    return sgd_epoch


def permutation(rng, n):
    return rng.permutation(n)


@mistake(
    title="The order is never shuffled",
    message="The ratings are visited in the order of the file. A file is often sorted by user or by time: the steps then repeat the same pull many "
    "times, and the last rows have the last word in every epoch.",
    next_step="Loop over `rng.permutation(len(ratings))`.",
)
def no_shuffle(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(lambda rng, n: range(n))(P, Q, users, items, ratings, lr, reg, rng)


@mistake(
    title="The shuffle is the same every time",
    message="The order is shuffled, but not by `rng`: a generator with a fixed seed is made inside the function, so every epoch repeats one order.",
    next_step="Call `rng.permutation`, with the `rng` that was given.",
)
def fixed_shuffle(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(lambda rng, n: range(n)[::-1])(P, Q, users, items, ratings, lr, reg, rng)


def drawn_with_replacement(runs):
    """Every result is that of some sequence of visits, and some of no order in which each rating comes once."""

    def possible(run, sequences):
        n = len(run.arguments["ratings"])
        for visits in sequences(n):
            f = epoch(lambda rng, n, visits=visits: visits)
            arguments = {**run.arguments, "rng": NoShuffle()}
            if not outcome_difference(exercise, run.arguments, run_once(f, arguments), run.outcome):
                return True
        return False

    small = [run for run in runs if len(run.arguments["ratings"]) <= 4]
    anything = all(possible(run, lambda n: itertools.product(range(n), repeat=n)) for run in small)
    return anything and not all(possible(run, lambda n: itertools.permutations(range(n))) for run in small)


@mistake(
    title="Ratings are drawn with replacement",
    message="Some ratings are visited twice in an epoch and others not at all: each visit draws a rating anew. An epoch is a shuffled pass in which "
    "every rating comes exactly once.",
    next_step="Shuffle all positions once with `rng.permutation`, then go through them.",
    recognise=drawn_with_replacement,
)
def with_replacement(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(lambda rng, n: rng.integers(0, n, n))(P, Q, users, items, ratings, lr, reg, rng)


@mistake(
    title="The errors are stale",
    message="All errors were computed before the first step and not again. Stochastic means that each step uses the factors as the step before left "
    "them.",
    next_step="Compute the error inside the loop, from the rows as they are then; `sgd_step` does that.",
)
def stale_error(P, Q, users, items, ratings, lr, reg, rng):
    errors = ratings - (P[users] * Q[items]).sum(axis=1)
    for n in rng.permutation(len(ratings)):
        p, q = P[users[n]].copy(), Q[items[n]].copy()
        P[users[n]] += lr * (errors[n] * q - reg * p)
        Q[items[n]] += lr * (errors[n] * p - reg * q)
    return np.sqrt(np.mean(errors**2))


@mistake(
    title="A loop variable is used twice",
    message="The loop's counter was overwritten, most often `i`: first the position of the rating, then the item, and `ratings[i]` then takes "
    "the rating of another row.",
    next_step="Give the position a name of its own, such as n, and use it for all three arrays.",
)
def loop_variable_reused(P, Q, users, items, ratings, lr, reg, rng):
    errors = []
    for i in rng.permutation(len(ratings)):
        u, i = users[i], items[i]
        errors.append(sgd.sgd_step(P, Q, u, i, ratings[i % len(ratings)], lr, reg))
    return np.sqrt(np.mean(np.square(errors)))


@mistake(
    title="The root is missing",
    message="The mean of the squared errors was returned. The RMSE is its square root, and has the unit of a rating.",
    next_step="Take `np.sqrt` of the mean.",
)
def mean_squared_error(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(permutation, summary=lambda e: np.mean(e**2))(P, Q, users, items, ratings, lr, reg, rng)


@mistake(
    title="The errors are not squared",
    message="The mean of the errors, or of their sizes, was returned. In the plain mean errors above and below cancel.",
    next_step="Square each error, take the mean, then the root.",
    also=(epoch(permutation, summary=np.mean),),
)
def mean_error(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(permutation, summary=lambda e: np.mean(np.abs(e)))(P, Q, users, items, ratings, lr, reg, rng)


@mistake(
    title="A sum in place of the mean",
    message="The squared errors were added up and not divided by their number, so that the value grows with the number of ratings.",
    next_step="Divide by the number of ratings before you take the root.",
    also=(epoch(permutation, summary=lambda e: np.sum(e**2)),),
)
def sum_not_mean(P, Q, users, items, ratings, lr, reg, rng):
    return epoch(permutation, summary=lambda e: np.sqrt(np.sum(e**2)))(P, Q, users, items, ratings, lr, reg, rng)


@mistake(
    title="The RMSE was computed anew after the epoch",
    message="The returned RMSE belongs to the factors at the end. The task asks for that of the errors met on the way, each before its step; they are "
    "there already, and cost no second pass.",
    next_step="Collect what `sgd_step` returns.",
)
def rmse_after_the_epoch(P, Q, users, items, ratings, lr, reg, rng):
    sgd.sgd_epoch(P, Q, users, items, ratings, lr, reg, rng)
    return np.sqrt(np.mean((ratings - (P[users] * Q[items]).sum(axis=1)) ** 2))


@mistake(
    title="P and Q stay as they were",
    message="The value returned is right, but the caller's P and Q are unchanged: the steps were made on copies.",
    next_step="Hand P and Q themselves to `sgd_step`.",
)
def not_in_place(P, Q, users, items, ratings, lr, reg, rng):
    return sgd.sgd_epoch(P.copy(), Q.copy(), users, items, ratings, lr, reg, rng)


def shuffled_positions(P, Q, users, items, ratings, lr, reg, rng):
    order = np.arange(len(ratings))
    rng.shuffle(order)
    errors = [sgd.sgd_step(P, Q, users[n], items[n], ratings[n], lr, reg) for n in order]
    print(len(errors))
    return np.sqrt(np.mean(np.square(errors)))


def shuffled_together(P, Q, users, items, ratings, lr, reg, rng):
    order = rng.permutation(len(users))
    total = 0
    for u, i, r in zip(users[order], items[order], ratings[order], strict=True):
        total += sgd.sgd_step(P, Q, u, i, r, lr, reg) ** 2
    return (total / len(users)) ** 0.5


def list_of_triples(P, Q, users, items, ratings, lr, reg, rng):
    triples = list(zip(users, items, ratings, strict=True))
    squares = []
    for n in rng.choice(len(triples), size=len(triples), replace=False):
        u, i, r = triples[n]
        p, q = P[u].copy(), Q[i].copy()
        e = r - p.dot(q)
        P[u], Q[i] = p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)
        squares.append(e * e)
    return np.float32(np.sqrt(sum(squares) / len(squares)))


def sorted_by_random_keys(P, Q, users, items, ratings, lr, reg, rng):
    errors = np.zeros(len(ratings))
    for n in np.argsort(rng.random(len(ratings))):
        errors[n] = sgd.sgd_step(P, Q, users[n], items[n], ratings[n], lr, reg)
    return np.linalg.norm(errors) / np.sqrt(len(errors))


exercise = Exercise(
    number="3.3",
    task="Do one sgd_step for every rating, in an order shuffled by rng; P and Q change in place. Return the RMSE of the errors met.",
    reference=sgd.sgd_epoch,
    in_place=("P", "Q"),
    uses=("sgd_step",),
    groups=(order_cannot_matter, three_chained_ratings, twelve_generators),
    mistakes=(
        no_shuffle,
        fixed_shuffle,
        with_replacement,
        stale_error,
        loop_variable_reused,
        mean_squared_error,
        mean_error,
        sum_not_mean,
        rmse_after_the_epoch,
        not_in_place,
    ),
    hints=(
        "Two things happen for each rating: a step is made, and its error is kept.",
        "`rng.permutation(len(ratings))` gives every position once, in random order. `users[n]`, `items[n]` and `ratings[n]` belong together.",
        "In the loop over the shuffled positions add `sgd_step(P, Q, users[n], items[n], ratings[n], lr, reg) ** 2` to a sum; at the end "
        "divide by the number of ratings and take the root.",
    ),
    variants=(shuffled_positions, shuffled_together, list_of_triples, sorted_by_random_keys),
)
