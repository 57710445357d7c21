"""Spark's ALS on this machine beside `MatrixFactorization(solver="als")` on the same ratings: seconds, and RMSE on a fifth held out.

`python -m benchmarks.spark`, part of `make bench`: 100,000 ratings and 1 million; 10 factors, 10 rounds, reg 0.1.
"""

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.data import movielens_100k
from benchmarks.results import write
from mfref import load_ratings
from mfref.models import MatrixFactorization
from mfref.rating_matrix import random_split
from mfref.spark import NoSpark, fit_als, session_or_own
from mfref.synthetic import synthetic_ratings


def data_sets():
    yield load_ratings("ml-100k" if movielens_100k() else "synthetic-100k")
    yield synthetic_ratings(seed=1, n_ratings=1_000_000)


def timed(call, *arguments, **settings):
    """→ (seconds, result)."""
    start = time.perf_counter()
    result = call(*arguments, **settings)
    return time.perf_counter() - start, result


def test_error(model, test):
    """→ RMSE over the pairs that training knew."""
    known = test[test["user_id"].isin(model.user_index) & test["item_id"].isin(model.item_index)]
    return float(np.sqrt(np.mean((known["rating"] - model.predict(known["user_id"], known["item_id"])) ** 2)))


def beside(data, session):
    """→ seconds and RMSE of both on one split."""
    table = data.ratings
    train, test = (table.iloc[part] for part in random_split(len(table), 0.2, np.random.default_rng(0)))
    own = MatrixFactorization(10, reg=0.1, n_epochs=10, solver="als", biases=False)
    own.fit(train.iloc[:1000])  # compiled
    seconds, model = timed(own.fit, train)
    spark_seconds, spark_model = timed(fit_als, train, session=session)
    return {
        "ratings": len(train),
        "seconds": seconds,
        "rmse": test_error(model, test),
        "spark_seconds": spark_seconds,
        "spark_rmse": test_error(spark_model, test),
    }


def main():
    console = Console()
    start = time.perf_counter()
    try:
        with session_or_own() as session:
            session.range(1).count()
            started = time.perf_counter() - start
            rows = {data.name: beside(data, session) for data in data_sets()}
    except NoSpark as missing:
        console.print(f"Spark is not measured. {missing}")
        return
    table = Table(title=f"ALS, 10 factors, 10 rounds. Spark was ready to begin after {started:.1f} s", title_justify="left")
    for heading in ("data", "ratings", "this course, s", "RMSE", "Spark, s", "RMSE", "times"):
        table.add_column(heading, justify="left" if heading == "data" else "right")
    for name, row in rows.items():
        ratio = row["spark_seconds"] / row["seconds"]
        numbers = (
            f"{row['seconds']:.2f}",
            f"{row['rmse']:.4f}",
            f"{row['spark_seconds']:.1f}",
            f"{row['spark_rmse']:.4f}",
            f"{ratio:.0f}",
        )
        table.add_row(name, f"{row['ratings']:,}", *numbers)
    console.print(table)
    write("spark", {"start_seconds": started, "rows": rows})


if __name__ == "__main__":
    main()
