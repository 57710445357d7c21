"""What the models r_ui ≈ mu + b_u + b_i + p_u . q_i have in common once they are fitted, however they were."""

import numpy as np

from mfref.models.base import plain_ids, row_of
from mfref.models.training import EpochwiseRecommender

PAIRS = 100_000  # predictions at a time


class FactorModel(EpochwiseRecommender):
    """Base of the estimators with one vector per user and per item.

    A subclass has the parameters n_factors, reg and biases, and fits
    mu_, b_user_ (n_users,), b_item_ (n_items,), P_ (n_users, n_factors), Q_ (n_items, n_factors).
    """

    ARRAYS = ("mu_", "b_user_", "b_item_", "P_", "Q_", *EpochwiseRecommender.ARRAYS)

    def _start(self, values, rng):
        """Factors drawn by rng, users' first; biases 0; mu the mean rating."""
        shape = len(self.user_ids_), len(self.item_ids_)
        self.P_, self.Q_ = (rng.normal(0, self.scale, (n, self.n_factors)).astype(self.dtype) for n in shape)
        self.b_user_, self.b_item_ = (np.zeros(n, dtype=self.dtype) for n in shape)
        self.mu_ = float(values.mean()) if self.biases else 0.0

    def predict_rows(self, u, i):
        """→ (n,): predicted ratings of parallel arrays of rows, −1 for unknown. What is unknown contributes 0."""
        known_u, known_i = u >= 0, i >= 0
        predicted = self.mu_ + known_u * self.b_user_[u] + known_i * self.b_item_[i]
        for start in range(0, len(u), PAIRS):
            part = slice(start, start + PAIRS)
            predicted[part] += (known_u & known_i)[part] * np.einsum("nf,nf->n", self.P_[u[part]], self.Q_[i[part]])
        return predicted

    def score_rows(self, users):
        """→ (len(users), n_items): the predicted ratings of all items for these user rows."""
        ones = np.ones((len(users), 1), self.P_.dtype)
        left = np.hstack([self.P_[users], ones, self.mu_ + self.b_user_[users, None]], dtype=self.P_.dtype)
        return left @ np.column_stack([self.Q_, self.b_item_, np.ones_like(self.b_item_)]).T

    def scores_of(self, b, p):
        """→ (n_items,): the predicted ratings of all items for a user with bias b and factors p, as `fold_in` gives them."""
        return self.mu_ + b + self.b_item_ + self.Q_ @ p

    def fold_in(self, item_ids, ratings):
        """→ `(b, p)`: bias and factors of a new user with these ratings, all else fixed: one ridge regression.

        Minimizes Σ (r_i − mu − b_i − b − p . q_i)² + n reg (b² + ‖p‖²) over the n ratings given. No ratings: zeros.
        Raises KeyError, naming the id, for an unknown item.
        """
        rows = [row_of(self.item_index, id_, "item") for id_ in plain_ids(item_ids).tolist()]
        return self._fold_in_rows(rows, np.asarray(ratings, dtype=float) - self.mu_ - self.b_item_[rows])

    def _fold_in_rows(self, rows, left):
        if not rows:
            return 0.0, np.zeros(self.n_factors)
        A = np.column_stack([self.Q_[rows], np.full(len(rows), float(self.biases))]).astype(float)
        solved = np.linalg.solve(A.T @ A + (len(rows) * self.reg + 1e-12) * np.eye(A.shape[1]), A.T @ left)
        return float(solved[-1]), solved[:-1]

    def similar_items(self, item_id, n=10, measure="cosine"):
        """→ DataFrame of the n items nearest to this one by their factors, best first: columns item_id, similarity.

        measure: "cosine", "euclidean" or "pearson", as in lesson 07. Raises KeyError, naming the id, for an unknown item.
        """
        import pandas as pd

        from mfref.similarity import similar_items

        rows, similarities = similar_items(self.Q_, row_of(self.item_index, item_id, "item"), n, measure)
        return pd.DataFrame({"item_id": self.item_ids_[rows], "similarity": similarities})
