"""SVD++: what a user rated, whatever the rating, says something too.

    r_ui ≈ mu + b_u + b_i + q_i . (p_u + |N(u)|^(−1/2) Σ_{j ∈ N(u)} y_j)      N(u): the items that u rated
    minimize  Σ (r_ui − prediction)² + reg (b_u² + b_i² + ‖p_u‖² + ‖q_i‖²) + reg Σ_{j ∈ N(u)} ‖y_j‖² / |N(u)|

the sums over the known ratings (Koren, Factorization Meets the Neighborhood, KDD 2008, equation 15). The vectors y_j are moved
once per user, by the sum of the steps that the user's ratings ask for; that makes an epoch linear in the ratings.
"""

import numpy as np

from mfref.models.factor_model import FactorModel


class SVDpp(FactorModel):
    """Matrix factorization with implicit feedback of the ratings themselves.

    n_factors: the length of p_u, q_i and y_j. lr: learning rate. reg: regularization. n_epochs: passes over the ratings.
    scale: standard deviation of the first p_u and q_i; y_j begins at 0. random_state: seed of the first factors and of the order
    of the users. dtype: "float64" or "float32".

    Fitted: mu_, b_user_, b_item_, Q_; Y_ (n_items, n_factors); P_ (n_users, n_factors): the whole user vector,
    p_u + |N(u)|^(−1/2) Σ y_j; history_: training RMSE of each epoch, of the errors met on the way; validation_, best_epoch_.
    """

    ARRAYS = ("Y_", *FactorModel.ARRAYS)
    biases = True

    def __init__(self, n_factors=20, lr=0.005, reg=0.05, n_epochs=40, scale=0.03, random_state=0, dtype="float64"):
        self.n_factors, self.lr, self.reg, self.n_epochs = n_factors, lr, reg, n_epochs
        self.scale, self.random_state, self.dtype = scale, random_state, dtype

    def fit(self, ratings, validation=None, patience=None, progress=False):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self.

        validation: another such, on which the RMSE is measured after each epoch. patience: stop after so many epochs in a
        row without a better one, and keep the best. progress: show a bar.
        """
        users, items, values = self._learn_ids(ratings)
        rng = np.random.default_rng(self.random_state)
        self._start(values, rng)
        self.Y_ = np.zeros_like(self.Q_)
        return self._learn(self._epochs(users, items, values, rng, validation is not None), validation, patience, progress)

    def _epochs(self, users, items, values, rng, each):
        """Yields the training RMSE of each epoch. each: P_ is what it should be after each epoch, not only after the last."""
        from mfref.models.svdpp_kernel import svdpp_epoch, whole_user_vectors

        by_user = np.lexsort((items, users))
        starts = np.searchsorted(users[by_user], np.arange(len(self.user_ids_) + 1))
        given = starts, items[by_user], values[by_user].astype(self.dtype)
        number, own = np.dtype(self.dtype).type, self.P_.copy()
        for epoch in range(self.n_epochs):
            order = rng.permutation(len(own))
            vectors = self.b_user_, self.b_item_, own, self.Q_, self.Y_
            squared = svdpp_epoch(number(self.mu_), *vectors, *given, order, number(self.lr), number(self.reg))
            if each or epoch == self.n_epochs - 1:
                self.P_ = whole_user_vectors(own, self.Y_, *given[:2])
            yield float(np.sqrt(squared / len(values)))

    def _fold_in_rows(self, rows, left):
        """Bias and whole vector of a new user: Σ y_j is known from which items were rated, the rest is a ridge regression."""
        implicit = self.Y_[rows].sum(axis=0) / np.sqrt(max(len(rows), 1))
        b, p = super()._fold_in_rows(rows, left - self.Q_[rows] @ implicit)
        return b, p + implicit
