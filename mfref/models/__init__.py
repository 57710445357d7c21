"""Estimators for real data, with scikit-learn's conventions. Their inner loops are the textbook's formulas, compiled."""

from mfref.models.baselines import Baseline, GlobalMean, PopularityRanking
from mfref.models.bayesian_mf import BayesianMF
from mfref.models.implicit_als import ImplicitALS
from mfref.models.item_knn import ItemKNN
from mfref.models.matrix_factorization import MatrixFactorization
from mfref.models.svdpp import SVDpp

__all__ = ["Baseline", "BayesianMF", "GlobalMean", "ImplicitALS", "ItemKNN", "MatrixFactorization", "PopularityRanking", "SVDpp"]
