"""How fast the estimators learn and recommend, beside peers, on the same ratings with the same number of threads.

An epoch is the difference of fits with one epoch and with four (thirteen on 80,000 ratings), each the best of three, compiled before. Seconds to an RMSE: for
each library the fewest epochs that reach it are found first, for each of a few settings; then that fit is timed, from the table
to the model, and the fastest of the settings counts.
"""

from functools import partial

import numpy as np

from benchmarks.data import SHAPES, all_ratings, planted, split
from benchmarks.peers import MISSING, PEERS, cmfrec_cmf, implicit_model, lenskit_biased_mf, matrix, surprise, surprise_trainset
from benchmarks.requirements import Requirement, number, table
from benchmarks.threads import FEW, MANY, best, per_epoch, threads
from mfref.evaluation import rmse
from mfref.models import ImplicitALS, MatrixFactorization
from mfref.progress_bar import progress_bar

MILLION = 1_000_000
TARGET, MOST_EPOCHS = 0.92, 128
SLOWEST, FASTER = 1.0, 0.5  # of the fastest peer's seconds to the target


def sgd_epoch(ratings):
    """→ threads → (ours, Surprise's), seconds of an epoch with 100 factors; Surprise has only one thread."""

    def ours(n_epochs):
        return MatrixFactorization(100, lr=0.005, reg=0.02, n_epochs=n_epochs, dtype="float32").fit(ratings)

    def peer():
        from surprise import SVD

        trainset = surprise_trainset(ratings)
        return per_epoch(lambda n_epochs: SVD(n_factors=100, n_epochs=n_epochs).fit(trainset), len(ratings))

    few, many = both(ours, ratings)
    seconds = or_missing(peer)
    return {FEW: (few, seconds), MANY: (many, seconds)}


def als_iteration(ratings):
    """MatrixFactorization by ALS beside cmfrec, 100 factors, both with three steps of conjugate gradient."""

    def ours(n_epochs):
        return MatrixFactorization(100, solver="als", cg_steps=3, reg=0.12, n_epochs=n_epochs, dtype="float32").fit(ratings)

    def peer(n):
        return or_missing(lambda: per_epoch(lambda niter: cmfrec_cmf(ratings, n, k=100, lambda_=15.0, niter=niter), len(ratings)))

    return {n: (seconds, peer(n)) for n, seconds in zip((FEW, MANY), both(ours, ratings), strict=True)}


def als_errors(train, test):
    """→ (ours, cmfrec's): the RMSE that the two of `als_iteration` reach in ten iterations, so that equals are compared."""
    ours = MatrixFactorization(100, solver="als", cg_steps=3, reg=0.12, n_epochs=10, dtype="float32").fit(train).predict
    return error(ours, test), or_missing(lambda: error(cmfrec_cmf(train, MANY, k=100, lambda_=15.0, niter=10), test))


def implicit_iteration(ratings):
    """ImplicitALS beside implicit, 64 factors, conjugate gradient."""
    model, seen = ImplicitALS(n_factors=64, alpha=1.0, reg=10.0, cg_steps=3), or_missing(lambda: matrix(ratings))

    def peer(n):
        settings = {"factors": 64, "alpha": 1.0, "regularization": 10.0}
        with threads(n, blas=1):
            return per_epoch(lambda n_epochs: implicit_model("als", seen, n, **settings, iterations=n_epochs), len(ratings))

    ours = both(lambda n_epochs: model.set_params(n_epochs=n_epochs).fit(ratings), ratings)
    return {n: (seconds, or_missing(lambda n=n: peer(n))) for n, seconds in zip((FEW, MANY), ours, strict=True)}


def top_ten(ratings):
    """Ten items for every user, those of training left out, 64 factors. What has been learned does not matter."""
    model = ImplicitALS(n_factors=64, n_epochs=1)
    everybody = np.arange(len(model.fit(ratings).user_ids_))

    def peer(n):
        seen = matrix(ratings)
        with threads(n, blas=1):
            fitted = implicit_model("als", seen, n, factors=64, iterations=1)
            return best(lambda: fitted.recommend(everybody, seen, N=10, filter_already_liked_items=True))

    def ours(n):
        with threads(n):
            model.top_items(everybody, 10)  # compiles
            return best(lambda: model.top_items(everybody, 10))

    return {n: (ours(n), or_missing(lambda n=n: peer(n))) for n in (FEW, MANY)}


def both(fit, ratings):
    """→ seconds of an epoch with few and with many threads."""
    measured = []
    for n in (FEW, MANY):
        with threads(n):
            measured.append(per_epoch(fit, len(ratings)))
    return measured


def or_missing(measure):
    try:
        return measure()
    except ImportError:
        return MISSING


def error(predict, test):
    predicted = np.asarray(predict(test["user_id"].to_numpy(), test["item_id"].to_numpy()), dtype=float)
    return rmse(test["rating"], predicted.clip(1, 5))


def mf(train, **settings):
    return MatrixFactorization(dtype="float32", **settings).fit(train).predict


# name: (what fits, the name of its number of epochs, the settings to try)
RACE = {
    "MatrixFactorization, SGD": (
        mf,
        "n_epochs",
        [{"n_factors": k, "lr": lr, "reg": 0.1} for k in (10, 20) for lr in (0.01, 0.02, 0.03)],
    ),
    "MatrixFactorization, ALS": (
        partial(mf, solver="als"),
        "n_epochs",
        [{"n_factors": k, "reg": reg, "cg_steps": steps} for k in (10, 20) for reg in (0.1, 0.12) for steps in (3, None)],
    ),
    "Surprise SVD": (
        partial(surprise, "SVD", random_state=0),
        "n_epochs",
        [{"n_factors": k, "lr_all": lr, "reg_all": 0.1} for k in (10, 20) for lr in (0.01, 0.02, 0.03)],
    ),
    "LensKit BiasedMF": (
        partial(lenskit_biased_mf, threads=MANY),
        "epochs",
        [{"embedding_size": k, "regularization": reg} for k in (10, 20) for reg in (0.1, 0.12)],
    ),
    "cmfrec CMF": (
        partial(cmfrec_cmf, threads=MANY),
        "niter",
        [{"k": k, "lambda_": reg} for k in (10, 20) for reg in (12.0, 15.0)],
    ),
}


def seconds_to_target(train, test):
    """→ name → {"seconds", "epochs", "settings"} of the fastest setting, or the word why there is none."""
    return {name: or_missing(lambda name=name: fastest(*RACE[name], train, test)) for name in RACE}


def fastest(fit, epochs_name, candidates, train, test):
    reached = []
    for settings in candidates:
        with threads(MANY):
            n = fewest(lambda n, given=settings: error(fit(train, **given, **{epochs_name: n}), test) <= TARGET, MOST_EPOCHS)
            if n:
                timing = best(lambda n=n, given=settings: fit(train, **given, **{epochs_name: n}))
                reached.append({"seconds": timing, "epochs": n, "settings": settings})
    return min(reached, key=lambda one: one["seconds"]) if reached else f"not in {MOST_EPOCHS} epochs"


def fewest(enough, most):
    """→ the smallest n with enough(n), found by doubling, then halving; None when no power of two up to most is enough."""
    n = 1
    while not enough(n):
        n *= 2
        if n > most:
            return None
    low = n // 2
    while n - low > 1:
        middle = (low + n) // 2
        low, n = (low, middle) if enough(middle) else (middle, n)
    return n


def measure(quick=False):
    """→ {"data", "rows": name → threads → (ours, peer), "als errors", "race"}; quick leaves out the million of SGD."""
    data, ratings = all_ratings()
    train, test = split(ratings, 0.2, seed=0)
    million = planted(MILLION, *SHAPES[MILLION])
    tasks = {
        "SGD epoch, 80,000 ratings": partial(sgd_epoch, train),
        "SGD epoch, 1,000,000 ratings": partial(sgd_epoch, million),
        "ALS iteration, 100,000 ratings": partial(als_iteration, ratings),
        "implicit iteration, 1,000,000 ratings": partial(implicit_iteration, million),
        "top 10 of all users, 1,000,000 ratings": partial(top_ten, million),
        "als errors": partial(als_errors, train, test),
        "race": partial(seconds_to_target, train, test),
    }
    if quick:
        del tasks["SGD epoch, 1,000,000 ratings"]
    done = {name: tasks[name]() for name in progress_bar(list(tasks), "speed: task")}
    errors, race = done.pop("als errors"), done.pop("race")
    return {"data": data, "rows": done, "als errors": errors, "race": race}


PEER_NAMES = {"SGD": "Surprise SVD", "ALS": "cmfrec CMF", "implicit": "implicit ALS", "top": "implicit ALS"}
# first word, and number of ratings where it matters: (must, aim, how many times faster rather than slower)
BOUNDS = {
    "SGD epoch, 80,000 ratings": (8.0, 15.0, True),
    "SGD epoch, 1,000,000 ratings": (5.0, 8.0, True),
    "ALS iteration, 100,000 ratings": (1.0, 0.5, False),
    "implicit iteration, 1,000,000 ratings": (1.0, 0.7, False),
    "top 10 of all users, 1,000,000 ratings": (1.0, 0.5, False),
}


def ratio(ours, peer, higher):
    """→ how many times faster (higher) or as slow ours is; None when one of them was not measured."""
    if isinstance(ours, str) or isinstance(peer, str):
        return None
    return peer / ours if higher else ours / peer


def requirements(result):
    made = []
    for name, by_threads in result["rows"].items():
        must, aim, higher = BOUNDS[name]
        for n, pair in by_threads.items():
            shown = [f"{number(seconds, 4)} s" for seconds in pair]
            peer = f"{shown[1]} {PEER_NAMES[name.split()[0]]}"
            made.append(Requirement(f"{name}, {n} threads", shown[0], peer, ratio(*pair, higher), must, aim, higher))
    reached = {name: one["seconds"] for name, one in result["race"].items() if isinstance(one, dict)}
    peers = [name for name in reached if name in PEER_RACERS]
    fastest_peer = min(peers, key=reached.get, default=None)
    ours = min(set(reached) - PEER_RACERS, key=reached.get, default=None)
    shown, peer = (f"{reached[name]:.3f} s {name}" if name else MISSING for name in (ours, fastest_peer))
    value = ratio(reached[ours], reached[fastest_peer], False) if ours and fastest_peer else None
    return [*made, Requirement(f"seconds to RMSE {TARGET}", shown, peer, value, SLOWEST, FASTER)]


PEER_RACERS = {name for name in RACE if name.split()[0] in {peer.split()[0] for peer in PEERS}}


def tables(result):
    rows = []
    for name, one in result["race"].items():
        found = (f"{one['seconds']:.3f}", one["epochs"], one["settings"]) if isinstance(one, dict) else (one, "", "")
        rows.append((name, *found))
    ours, peer = (number(value) for value in result["als errors"])
    title = (
        f"Seconds to RMSE {TARGET} on a random 80/20 split of {result['data']}, {MANY} threads. After ten ALS iterations with 100 "
        f"factors ours has RMSE {ours}, cmfrec {peer}."
    )
    return [table(title, ("library", "seconds", "epochs", "settings"), rows)]
