"""The settings that the estimators are measured with, and how they were chosen.

`python -m benchmarks.settings [name ...]` tries the grids on a 90/10 split inside u1.base and prints the best of each. The
test parts are never looked at.
"""

import argparse
from itertools import product

from rich.console import Console

import mfref.models
from benchmarks.data import folds, split
from mfref.evaluation import rmse
from mfref.progress_bar import progress_bar

# name in the tables: (estimator, its settings)
SETTINGS = {
    "GlobalMean": ("GlobalMean", {}),
    "PopularityRanking": ("PopularityRanking", {}),
    "Baseline": ("Baseline", {"damping_user": 5.0, "damping_item": 2.0}),
    "ItemKNN": ("ItemKNN", {"n_neighbours": 40, "shrinkage": 100.0}),
    "MatrixFactorization, SGD": (
        "MatrixFactorization",
        {"n_factors": 400, "lr": 0.003, "reg": 0.07, "n_epochs": 120, "scale": 0.01, "dtype": "float32"},
    ),
    "MatrixFactorization, ALS": (
        "MatrixFactorization",
        {"solver": "als", "n_factors": 40, "reg": 0.12, "n_epochs": 15, "dtype": "float32"},
    ),
    "SVDpp": (
        "SVDpp",
        {"n_factors": 200, "lr": 0.005, "reg": 0.05, "n_epochs": 26, "scale": 0.01, "dtype": "float32"},
    ),
    "BayesianMF": ("BayesianMF", {"n_factors": 10, "n_epochs": 400, "burn_in": 50}),
    "BayesianMF, implicit features": (
        "BayesianMF",
        {"n_factors": 10, "n_epochs": 400, "burn_in": 50, "implicit_features": True},
    ),
    "ImplicitALS": ("ImplicitALS", {"n_factors": 30, "alpha": 0.4, "reg": 25.0, "n_epochs": 12}),
}
# Tried by this command; what is not in a grid stays as in SETTINGS.
GRIDS = {
    "Baseline": {"damping_user": [2.0, 5.0, 15.0], "damping_item": [2.0, 5.0, 10.0]},
    "ItemKNN": {"n_neighbours": [20, 40, 80], "shrinkage": [50.0, 100.0, 200.0]},
    "MatrixFactorization, SGD": {"n_factors": [100, 400], "reg": [0.06, 0.07, 0.08], "scale": [0.003, 0.01], "n_epochs": [250]},
    "MatrixFactorization, ALS": {"n_factors": [20, 40, 100], "reg": [0.1, 0.12, 0.14], "n_epochs": [30]},
    "SVDpp": {"n_factors": [50, 200], "reg": [0.03, 0.04, 0.05], "scale": [0.01, 0.03], "n_epochs": [150]},
    "BayesianMF": {"n_factors": [8, 10, 14]},
    "BayesianMF, implicit features": {"n_factors": [8, 10, 14]},
    "ImplicitALS": {"n_factors": [20, 30, 50], "alpha": [0.2, 0.4, 0.8], "reg": [15.0, 25.0, 40.0], "n_epochs": [30]},
}


def estimator(name, **changed):
    """→ the estimator of a row, not fitted."""
    model, settings = SETTINGS[name]
    return getattr(mfref.models, model)(**{**settings, **changed})


def search(name, train, validation):
    """→ list of (error, settings), best first. Where n_epochs is in the grid, it is the most there may be: as many as the
    validation part wants are taken."""
    found, combinations = [], list(product(*GRIDS[name].values()))
    for values in progress_bar(combinations, name):
        model = estimator(name, **dict(zip(GRIDS[name], values, strict=True)))
        if "n_epochs" in GRIDS[name]:
            model.fit(train, validation=validation, patience=5)
            merit = model.validation_[model.best_epoch_ - 1]
            error = -merit if model.HIGHER_IS_BETTER else merit
        else:
            error = rmse(validation["rating"], model.fit(train).predict(validation["user_id"], validation["item_id"]))
        found.append((error, {**model.get_params(), "n_epochs": getattr(model, "best_epoch_", model.n_epochs)}))
    return sorted(found, key=lambda pair: pair[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(GRIDS)}; default: all")
    names = parser.parse_args().names or list(GRIDS)
    console = Console()
    data, ((first, _), *_) = folds()
    train, validation = split(first, 0.1, seed=0)
    console.print(
        f"{data}: {len(train):,} ratings to learn from, {len(validation):,} to choose by, all of the first training part"
    )
    for name in names:
        if name not in GRIDS:
            parser.error(f"there is no grid for {name!r}; there is one for {', '.join(GRIDS)}.")
        for error, settings in search(name, train, validation)[:3]:
            console.print(f"{name}: {abs(error):.4f} {settings}")


if __name__ == "__main__":
    main()
