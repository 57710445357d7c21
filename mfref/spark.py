"""More than one machine: the same ratings handed to Spark's ALS, and its factors brought back as a `MatrixFactorization`.

Needs the extra `spark` (`pip install -e ".[spark]"`) and a Java of version 17 or later. Without a session of your own, Spark runs on
this machine only, with a thread for each core.

    minimize  Σ (r_ui − p_u . q_i)² + reg (Σ_u n_u ‖p_u‖² + Σ_i n_i ‖q_i‖²)

n_u and n_i are numbers of ratings: the penalty counts once a rating, as in `MatrixFactorization(solver="als", biases=False)`
(Zhou, Wilkinson, Schreiber and Pan, Large-scale Parallel Collaborative Filtering for the Netflix Prize, 2008, equation 2).
"""

import os
import shutil
import tempfile
from contextlib import contextmanager

import numpy as np

from mfref.models import MatrixFactorization

ROWS = "user int, item int, rating float"


class NoSpark(ImportError):
    """Spark or Java is missing; the message says which, and how to get it."""


def fit_als(ratings, n_factors=10, reg=0.1, n_iterations=10, seed=0, session=None):
    """Train on Spark. → a fitted `MatrixFactorization` without biases: p_u . q_i, in float32 as Spark keeps them.

    ratings: a `Ratings` or a DataFrame with user_id, item_id, rating; ids may be numbers or text. reg: once a rating.
    n_iterations: rounds of all items and all users. seed: of the first factors. session: a SparkSession of your own, e.g. of a
    cluster, with a checkpoint folder if there are many rounds, for without one Spark remembers how each round came from those
    before and its stack ends after some thirty; None starts one on this machine and stops it afterwards.
    Raises NoSpark, saying what is missing; ValueError for ratings that no model of this course takes.
    """
    model = MatrixFactorization(
        n_factors, reg=reg, n_epochs=n_iterations, solver="als", biases=False, random_state=seed, dtype="float32"
    )
    users, items, values = model._learn_ids(ratings)
    with session_or_own(session) as spark:
        from pyspark.ml.recommendation import ALS

        rows = zip(users.tolist(), items.tolist(), values.tolist(), strict=True)
        table = spark.createDataFrame(rows, ROWS)
        als = ALS(
            rank=n_factors, regParam=reg, maxIter=n_iterations, seed=seed, userCol="user", itemCol="item", ratingCol="rating"
        )
        fitted = als.fit(table)
        model.P_ = factors(fitted.userFactors, len(model.user_ids_), n_factors)
        model.Q_ = factors(fitted.itemFactors, len(model.item_ids_), n_factors)
    model.mu_, model.b_user_, model.b_item_ = 0.0, *(np.zeros(len(side), dtype="float32") for side in (model.P_, model.Q_))
    left = values - model.predict_rows(users, items)
    model.history_, model.validation_, model.best_epoch_ = [float(np.sqrt(np.mean(left**2)))], [], n_iterations
    return model


def factors(table, n, n_factors):
    """→ (n, n_factors), float32: Spark's table of id and vector, by the ids."""
    found = np.zeros((n, n_factors), dtype="float32")
    for id_, vector in table.toLocalIterator():
        found[id_] = vector
    return found


@contextmanager
def session_or_own(session=None):
    """The session given, or one on this machine, which is stopped at the end. Raises NoSpark, saying what is missing."""
    if session is not None:
        yield session
        return
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NoSpark('Spark is not installed: pip install -e ".[spark]"') from None
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NoSpark("Spark runs on Java, and there is none on this machine: install a JDK of version 17 or later.")
    own = SparkSession.builder.master("local[*]").appName("matrix factorization").config("spark.ui.enabled", "false")
    session = own.config("spark.log.level", "ERROR").getOrCreate()
    try:
        with tempfile.TemporaryDirectory() as folder:
            session.sparkContext.setCheckpointDir(folder)
            yield session
    finally:
        session.stop()
