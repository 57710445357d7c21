"""Estimators for real data, with scikit-learn's conventions. Their inner loops are the textbook's formulas, compiled."""

from mfref.models.matrix_factorization import MatrixFactorization

__all__ = ["MatrixFactorization"]
