"""mfref: matrix factorization for recommender systems, written to be read.

`load_ratings` brings the data. Each lesson's functions are in a module of the lesson's name: `mfref.rating_matrix`,
`mfref.factorization`, `mfref.sgd` and so on. `mfref.models` has the estimators for data of real size. Nothing heavy is
imported until it is used.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {"load_ratings": "mfref.ratings", "Ratings": "mfref.ratings", "DataError": "mfref.ratings"}
__all__ = list(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mfref' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOME])
