"""Matrix factorization with biases, trained by stochastic gradient descent or by alternating least squares.

    r_ui ≈ mu + b_u + b_i + p_u . q_i
    minimize  Σ (r_ui − prediction)² + reg (b_u² + b_i² + ‖p_u‖² + ‖q_i‖²)   over the known ratings

(Koren, Bell and Volinsky, 2009, equations 4 and 5). Without biases: r_ui ≈ p_u . q_i, equations 1 and 2. The penalty is
added once a rating, so that both solvers have the same optimum.
"""

import numpy as np

from mfref.models.base import plain_ids, row_of
from mfref.models.training import EpochwiseRecommender


class MatrixFactorization(EpochwiseRecommender):
    """Lesson 03's and lesson 04's model for data of real size.

    n_factors: the length of p_u and q_i. lr: learning rate (of "sgd"). reg: regularization. n_epochs: passes over the ratings.
    solver: "sgd", or "als": all users, then all items, each by one ridge regression (Zhou et al., 2008).
    biases: False leaves mu, b_u and b_i at zero. scale: standard deviation of the first factors.
    random_state: seed of the first factors and of the order of the ratings. dtype: "float64" or "float32".

    Fitted: mu_, b_user_ (n_users,), b_item_ (n_items,), P_ (n_users, n_factors), Q_ (n_items, n_factors);
    user_ids_, item_ids_ (sorted raw ids of the rows); history_: training RMSE of each epoch, of the errors met on the way
    ("als": after the epoch); validation_: RMSE on the validation part after each epoch.
    """

    ARRAYS = ("mu_", "b_user_", "b_item_", "P_", "Q_", *EpochwiseRecommender.ARRAYS)

    def __init__(
        self, n_factors=20, lr=0.01, reg=0.1, n_epochs=40, solver="sgd", biases=True, scale=0.1, random_state=0, dtype="float64"
    ):
        self.n_factors, self.lr, self.reg, self.n_epochs, self.solver = n_factors, lr, reg, n_epochs, solver
        self.biases, self.scale, self.random_state, self.dtype = biases, scale, random_state, dtype

    def fit(self, ratings, validation=None, patience=None, progress=False):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self.

        validation: another such, on which the RMSE is measured after each epoch. patience: stop after so many epochs in a
        row without a better one, and keep the best. progress: show a bar.
        Raises ValueError for a solver that is neither "sgd" nor "als".
        """
        if self.solver not in ("sgd", "als"):
            raise ValueError(f'solver is "sgd" or "als", not {self.solver!r}.')
        users, items, values = self._learn_ids(ratings)
        rng, shape = np.random.default_rng(self.random_state), (len(self.user_ids_), len(self.item_ids_))
        self.P_, self.Q_ = (rng.normal(0, self.scale, (n, self.n_factors)).astype(self.dtype) for n in shape)
        self.b_user_, self.b_item_ = (np.zeros(n, dtype=self.dtype) for n in shape)
        self.mu_ = float(values.mean()) if self.biases else 0.0
        epochs = self._als_epochs(users, items, values) if self.solver == "als" else self._sgd_epochs(users, items, values, rng)
        return self._learn(epochs, validation, patience, progress)

    def _sgd_epochs(self, users, items, values, rng):
        from mfref.models.kernels import biased_sgd_epochs, sgd_epochs

        given = users, items, values, self.lr, self.reg, self.n_epochs, rng
        if self.biases:
            return biased_sgd_epochs(self.mu_, self.b_user_, self.b_item_, self.P_, self.Q_, *given)
        return sgd_epochs(self.P_, self.Q_, *given)

    def _als_epochs(self, users, items, values):
        """All users, then all items, n_epochs times. Yields the training RMSE after each epoch."""
        from mfref.models.ridge import solve_side

        by_user, by_item = np.lexsort((items, users)), np.lexsort((users, items))
        for _ in range(self.n_epochs):
            for rows, columns_, order, own, other in (
                (users, items, by_user, (self.P_, self.b_user_), (self.Q_, self.b_item_)),
                (items, users, by_item, (self.Q_, self.b_item_), (self.P_, self.b_user_)),
            ):
                solve_side(*own, *other, rows[order], columns_[order], values[order] - self.mu_, self.reg, self.biases)
            dots = np.einsum("nf,nf->n", self.P_[users], self.Q_[items])
            errors = values - self.mu_ - self.b_user_[users] - self.b_item_[items] - dots
            yield float(np.sqrt(np.mean(errors**2)))

    def predict_rows(self, u, i):
        """→ (n,): predicted ratings of parallel arrays of rows, −1 for unknown. What is unknown contributes 0."""
        known_u, known_i = u >= 0, i >= 0
        dots = np.einsum("nf,nf->n", self.P_[u], self.Q_[i])
        return self.mu_ + known_u * self.b_user_[u] + known_i * self.b_item_[i] + (known_u & known_i) * dots

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
        A = np.column_stack([self.Q_[rows], np.full(len(rows), float(self.biases))]).astype(float)
        left = np.asarray(ratings, dtype=float) - self.mu_ - self.b_item_[rows]
        if not rows:
            return 0.0, np.zeros(self.n_factors)
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
