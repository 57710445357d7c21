"""The libraries that the estimators are measured beside. Each is imported only when it is used, so that any may be missing.

A peer's function takes the training table and gives `predict(user_ids, item_ids)`; what it does before it returns is its fit.
"""

import contextlib
import io
import warnings
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from mfref.models.base import rows_of

PACKAGES = "scikit-surprise", "lenskit", "cmfrec", "myfm", "implicit"
MISSING = "missing"


@dataclass(frozen=True)
class Peer:
    fit: callable  # (train, **settings) → predict
    settings: dict = field(default_factory=dict)
    slow: bool = False


def surprise(algorithm, train, **settings):
    """A prediction algorithm of Surprise by name; an unknown user or item is what Surprise makes of it."""
    import surprise

    model = getattr(surprise, algorithm)(**settings).fit(surprise_trainset(train))
    return lambda users, items: np.array([model.predict(*pair).est for pair in zip(users, items, strict=True)])


def surprise_trainset(train):
    import surprise

    reader = surprise.Reader(rating_scale=(train["rating"].min(), train["rating"].max()))
    return surprise.Dataset.load_from_df(train[["user_id", "item_id", "rating"]], reader).build_full_trainset()


def lenskit_biased_mf(train, threads=1, **settings):
    """LensKit's BiasedMFScorer; predictions from its factors, which its own scorer would give user by user."""
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from lenskit.als import BiasedMFScorer
    from lenskit.data import from_interactions_df
    from lenskit.training import TrainingOptions

    lenskit_threads(threads)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = BiasedMFScorer(**settings)
        model.train(from_interactions_df(train[["user_id", "item_id", "rating"]]), TrainingOptions(rng=0))

    def predict(users, items):
        u, i = model.users.numbers(users, missing="negative"), model.items.numbers(items, missing="negative")
        biases = (u >= 0) * model.bias.user_biases[u] + (i >= 0) * model.bias.item_biases[i]
        dots = np.einsum("nf,nf->n", model.user_embeddings[u], model.item_embeddings[i])
        return model.bias.global_bias + biases + ((u >= 0) & (i >= 0)) * dots

    return predict


@cache
def lenskit_threads(n):
    """LensKit takes a number of threads once in a process, and warns at another time."""
    from lenskit.parallel import initialize

    initialize(threads=n, backend_threads=n)


def cmfrec_cmf(train, threads=1, **settings):
    """cmfrec's CMF for ratings, with biases."""
    from cmfrec import CMF

    table = train[["user_id", "item_id", "rating"]].set_axis(["UserId", "ItemId", "Rating"], axis=1)
    model = CMF(verbose=False, nthreads=threads, **settings).fit(table)
    mean = train["rating"].mean()
    return lambda users, items: np.nan_to_num(model.predict(np.asarray(users), np.asarray(items)), nan=mean)


def myfm_gibbs(train, rank, n_iter, implicit_features=False):
    """myFM's Gibbs sampler with one column a user and one an item; implicit_features: and what each user rated, as in SVD++,
    and by whom each item was rated."""
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import myfm
    import scipy.sparse as sp

    user_ids, item_ids = np.unique(train["user_id"]), np.unique(train["item_id"])
    one_user, one_item = sp.identity(len(user_ids), format="csr"), sp.identity(len(item_ids), format="csr")
    if implicit_features:
        u, i = rows_of(user_ids, train["user_id"]), rows_of(item_ids, train["item_id"])
        rated = sp.csr_matrix((1 / np.sqrt(np.bincount(u))[u], (u, i)), shape=(len(user_ids), len(item_ids)))
        raters = sp.csr_matrix((1 / np.sqrt(np.bincount(i))[i], (i, u)), shape=(len(item_ids), len(user_ids)))
        one_user, one_item = sp.hstack([one_user, rated], format="csr"), sp.hstack([one_item, raters], format="csr")
    nobody, nothing = (sp.csr_matrix((1, block.shape[1])) for block in (one_user, one_item))
    blocks = sp.vstack([one_user, nobody], format="csr"), sp.vstack([one_item, nothing], format="csr")

    def relations(users, items):
        """An unknown id is the block's last row, which is empty."""
        rows = (rows_of(known, ids) % (len(known) + 1) for known, ids in ((user_ids, users), (item_ids, items)))
        return [myfm.RelationBlock(of.tolist(), block) for of, block in zip(rows, blocks, strict=True)]

    # Each group of columns shares a prior: users, what they rated, items, who rated them.
    sides = (len(user_ids), len(item_ids)), (len(item_ids), len(user_ids))
    shapes = [n for side in sides for n in side[: 1 + implicit_features]]
    given = {"X_rel": relations(train["user_id"], train["item_id"]), "group_shapes": shapes}
    model = myfm.MyFMRegressor(rank=rank, random_seed=0)
    with contextlib.redirect_stderr(io.StringIO()):
        model.fit(None, train["rating"].to_numpy(dtype=float), n_iter=n_iter, n_kept_samples=n_iter * 9 // 10, **given)
    return lambda users, items: model.predict(None, relations(users, items))


def implicit_model(algorithm, train_matrix, threads=1, **settings):
    """A fitted model of the library implicit. train_matrix: (n_users, n_items), scipy's CSR."""
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    made = {"als": AlternatingLeastSquares, "bpr": BayesianPersonalizedRanking}[algorithm]
    model = made(num_threads=threads, random_state=0, **settings)
    model.fit(train_matrix, show_progress=False)
    return model


def matrix(train):
    """→ the rating matrix as scipy's CSR, rows and columns in the order of the sorted ids; float32."""
    import scipy.sparse as sp

    (_, u), (_, i) = (np.unique(train[name], return_inverse=True) for name in ("user_id", "item_id"))
    return sp.csr_matrix((train["rating"].to_numpy(dtype=np.float32), (u, i)))


PEERS = {
    "Surprise BaselineOnly": Peer(partial(surprise, "BaselineOnly"), {"verbose": False}),
    "Surprise SVD, default": Peer(partial(surprise, "SVD"), {"random_state": 0}),
    "Surprise SVD, reg 0.1": Peer(partial(surprise, "SVD"), {"reg_all": 0.1, "n_epochs": 100, "random_state": 0}),
    "Surprise SVDpp": Peer(partial(surprise, "SVDpp"), {"random_state": 0, "cache_ratings": True}, slow=True),
    "Surprise KNNBaseline": Peer(
        partial(surprise, "KNNBaseline"),
        {"verbose": False, "sim_options": {"name": "pearson_baseline", "user_based": False}},
    ),
    "LensKit BiasedMF": Peer(lenskit_biased_mf, {"embedding_size": 50, "epochs": 15, "regularization": 0.1}),
    "cmfrec CMF": Peer(cmfrec_cmf, {"k": 50, "lambda_": 15.0}),
    "cmfrec CMF, implicit features": Peer(cmfrec_cmf, {"k": 50, "lambda_": 15.0, "add_implicit_features": True}),
    "myFM Gibbs": Peer(myfm_gibbs, {"rank": 10, "n_iter": 300}, slow=True),
    "myFM Gibbs, implicit features": Peer(myfm_gibbs, {"rank": 10, "n_iter": 300, "implicit_features": True}, slow=True),
}
