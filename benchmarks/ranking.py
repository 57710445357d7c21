"""How good lists of ten are: NDCG@10 on a random 80/20 split.

The whole catalogue is ranked, never a sample of it, without the items that the user rated in training. All held-out ratings are
relevant, high or low; the mean is over the users who have some and are known from training.
"""

import numpy as np

from benchmarks.data import all_ratings, split
from benchmarks.peers import MISSING, implicit_model, matrix
from benchmarks.requirements import Requirement, number, table
from benchmarks.settings import SETTINGS, estimator
from benchmarks.threads import MANY, threads, timed
from mfref.evaluation import ndcg_at_k
from mfref.progress_bar import progress_bar

K = 10


class Popularity:
    """Items by their number of ratings in training: the list to beat."""

    def fit(self, train):
        self.item_ids_, counts = np.unique(train["item_id"], return_counts=True)
        self.order, self.rated = np.argsort(-counts, kind="stable"), train.groupby("user_id")["item_id"].agg(set)
        return self

    def lists(self, user_ids):
        ordered = self.item_ids_[self.order].tolist()
        return [[i for i in ordered[: K + len(seen)] if i not in seen][:K] for seen in self.rated[user_ids]]


def mean_ndcg(lists, relevant):
    """lists, relevant: parallel, of each user: item ids, best first; set of item ids. → float"""
    return float(np.mean([ndcg_at_k(list_, items, K) for list_, items in zip(lists, relevant, strict=True)]))


def ours(name, train, user_ids):
    model = estimator(name).fit(train)
    rows, _ = model.top_items(np.searchsorted(model.user_ids_, user_ids), K)
    return as_ids(model.item_ids_, rows)


def implicit(algorithm, train, user_ids):
    """implicit with the settings of ImplicitALS, and Bayesian personalized ranking with its own.

    implicit takes the confidences themselves, which here are 1 + alpha times the rating.
    """
    ours = SETTINGS["ImplicitALS"][1]
    same = {"factors": ours["n_factors"], "alpha": 1.0, "regularization": ours["reg"], "iterations": ours["n_epochs"]}
    seen = matrix(train)
    seen.data = 1 + np.float32(ours["alpha"]) * seen.data
    model = implicit_model(algorithm, seen, MANY, **(same if algorithm == "als" else {}))
    rows = np.searchsorted(np.unique(train["user_id"]), user_ids)
    found, _ = model.recommend(rows, seen[rows], N=K, filter_already_liked_items=True)
    return as_ids(np.unique(train["item_id"]), found)


def as_ids(item_ids, rows):
    return [item_ids[row[row >= 0]].tolist() for row in rows]


RANKINGS = {
    "ImplicitALS": lambda *given: ours("ImplicitALS", *given),
    "MatrixFactorization, ALS (by predicted rating)": lambda *given: ours("MatrixFactorization, ALS", *given),
    "PopularityRanking (damped mean)": lambda *given: ours("PopularityRanking", *given),
    "most ratings": lambda train, user_ids: Popularity().fit(train).lists(user_ids),
    "implicit ALS, same settings": lambda *given: implicit("als", *given),
    "implicit BPR, default": lambda *given: implicit("bpr", *given),
}


def measure(quick=False):
    """→ {"data": name, "rows": name → {"ndcg", "seconds": of fit and lists} or {"missing": why}}; nothing here is slow."""
    data, ratings = all_ratings()
    train, test = split(ratings, 0.2, seed=0)
    relevant = test[test["user_id"].isin(train["user_id"])].groupby("user_id")["item_id"].agg(set)
    rows = {}
    for name in progress_bar(list(RANKINGS), "ranking: model"):
        try:
            with threads(MANY, blas=1 if name.startswith("implicit") else None):
                RANKINGS[name](train, relevant.index.to_numpy())  # compiles
                seconds, lists = timed(RANKINGS[name], train, relevant.index.to_numpy())
        except ImportError:
            rows[name] = {"missing": MISSING}
            continue
        rows[name] = {"ndcg": mean_ndcg(lists, relevant), "seconds": seconds}
    return {"data": f"{data}, random 80/20", "threads": MANY, "rows": rows}


def tables(result):
    rows = [
        (name, row.get("missing") or number(row["ndcg"]), number(row.get("seconds"), 2)) for name, row in result["rows"].items()
    ]
    title = (
        f"Lists of {K} on {result['data']}. The whole catalogue is ranked, nothing sampled; items rated in training "
        "are left out; all held-out ratings are relevant."
    )
    return [table(title, ("library", f"NDCG@{K}", "seconds, fit and lists"), rows)]


def requirements(result):
    ours, peer = (result["rows"][name] for name in ("ImplicitALS", "implicit ALS, same settings"))
    shown = [row.get("missing") or number(row["ndcg"]) for row in (ours, peer)]
    return [Requirement(f"NDCG@{K}: ImplicitALS", *shown, ours.get("ndcg"), 0.42, 0.45, higher=True, digits=3)]
