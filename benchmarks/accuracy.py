"""How near predicted ratings are: mean RMSE and MAE over the folds u1 to u5, and on a random 80/20 split, beside peers.

All predictions are clipped to the scale of the training ratings. Seconds are those of one fit, from the table to the model, on the
machine as it is: every library in as many threads as are stated, Surprise and myFM in one, which is all they have.
"""

from functools import partial

import numpy as np

from benchmarks.data import all_ratings, folds, split
from benchmarks.peers import MISSING, PEERS
from benchmarks.requirements import Requirement, number, table
from benchmarks.settings import SETTINGS, estimator
from benchmarks.threads import MANY, threads, timed
from mfref.evaluation import mae, rmse
from mfref.progress_bar import progress_bar

LEFT_OUT = "left out by --quick"
MUSTS = {
    "MatrixFactorization, SGD": (0.910, 0.905),
    "MatrixFactorization, ALS": (0.918, 0.907),
    "SVDpp": (0.910, 0.900),
    "BayesianMF": (0.900, 0.895),
    "BayesianMF, implicit features": (0.890, 0.880),
}
NEAREST = {
    "MatrixFactorization, SGD": "Surprise SVD, reg 0.1",
    "MatrixFactorization, ALS": "cmfrec CMF",
    "SVDpp": "Surprise SVDpp",
    "BayesianMF": "myFM Gibbs",
    "BayesianMF, implicit features": "myFM Gibbs, implicit features",
}
THREADED = "LensKit", "cmfrec"


def contestants(quick):
    """→ name → (what fits a training table and gives predict, or the word why there is none)."""
    made = {name: partial(ours, name) for name in SETTINGS if name != "ImplicitALS"}
    for name, peer in PEERS.items():
        more = {"threads": MANY} if name.startswith(THREADED) else {}
        made[name] = LEFT_OUT if quick and peer.slow else partial(peer.fit, **peer.settings, **more)
    return made


def ours(name, train):
    return estimator(name).fit(train).predict


def measure(quick=False):
    """→ {"data": name, "rows": name → {"rmse", "mae": of each fold, "random": RMSE and MAE of 80/20, "seconds"} or {"missing": why}}."""
    data, parts = folds()
    whole, ratings = all_ratings()
    parts = [*parts, split(ratings, 0.2, seed=0)]
    rows, taking_part = {}, contestants(quick)
    for name in progress_bar(list(taking_part), "accuracy: model"):
        fit = taking_part[name]
        rows[name] = {"missing": fit} if isinstance(fit, str) else errors(fit, parts)
    return {"data": data, "random": f"{whole}, random 80/20", "threads": MANY, "rows": rows}


def errors(fit, parts):
    """→ the errors of one model on the folds, and on the random split, which is the last part."""
    try:
        with threads(MANY):
            fit(parts[0][0].head(1000))  # compiles
            measured = [error(fit, *part) for part in parts]
    except ImportError:
        return {"missing": MISSING}
    *on_folds, at_random = np.array(measured).tolist()
    rmses, maes, seconds = zip(*on_folds, strict=True)
    return {"rmse": rmses, "mae": maes, "random": at_random[:2], "seconds": float(np.mean(seconds))}


def error(fit, train, test):
    """→ (RMSE, MAE, seconds of the fit)."""
    seconds, predict = timed(fit, train)
    predicted = np.asarray(predict(test["user_id"].to_numpy(), test["item_id"].to_numpy()), dtype=float)
    predicted = predicted.clip(train["rating"].min(), train["rating"].max())
    return rmse(test["rating"], predicted), mae(test["rating"], predicted), seconds


def tables(result):
    rows = []
    for name, row in result["rows"].items():
        if "missing" in row:
            rows.append((name, row["missing"], "", "", "", ""))
        else:
            means = np.mean(row["rmse"]), np.mean(row["mae"]), *row["random"]
            rows.append((name, *(number(value) for value in means), f"{row['seconds']:.2f}"))
    headings = "library", "RMSE, folds", "MAE, folds", "RMSE, 80/20", "MAE, 80/20", "seconds a fit"
    return [table(f"Errors on {result['data']}, and {result['random']}; {result['threads']} threads", headings, rows)]


def requirements(result):
    rows, made = result["rows"], []
    for name, (must, aim) in MUSTS.items():
        mean = {which: rows[which].get("missing") or float(np.mean(rows[which]["rmse"])) for which in (name, NEAREST[name])}
        value = None if isinstance(mean[name], str) else mean[name]
        peer = f"{number(mean[NEAREST[name]])} {NEAREST[name]}"
        made.append(Requirement(f"mean RMSE: {name}", number(mean[name]), peer, value, must, aim, digits=4))
    return made
