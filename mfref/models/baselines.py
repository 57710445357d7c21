"""Predictors that know no taste: what every other model has to beat."""

import numpy as np

from mfref.models.base import Recommender


class GlobalMean(Recommender):
    """r_ui ≈ mu, the mean of all ratings. Fitted: mu_."""

    ARRAYS = ("mu_",)

    def __init__(self):
        pass

    def fit(self, ratings):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self."""
        self.mu_ = float(self._learn_ids(ratings)[2].mean())
        return self

    def predict_rows(self, u, i):
        """→ (n,): mu for all, known or not."""
        return np.full(len(u), self.mu_)

    def score_rows(self, users):
        """→ (len(users), n_items): the predicted ratings of all items for these user rows."""
        return np.full((len(users), len(self.item_ids_)), self.mu_)


class Baseline(Recommender):
    """r_ui ≈ mu + b_u + b_i, both fitted in turns with all else fixed.

        b_i = Σ_u (r_ui − mu − b_u) / (damping_item + number of ratings of i)
        b_u = Σ_i (r_ui − mu − b_i) / (damping_user + number of ratings of u)

    They go to the minimum of Σ (r_ui − mu − b_u − b_i)² + damping_user Σ b_u² + damping_item Σ b_i² (Koren, Factor in the
    Neighbors, ACM TKDD 4 (1), 2010, section 2.1).
    Fitted: mu_, b_user_ (n_users,), b_item_ (n_items,); history_: training RMSE after each of the n_epochs rounds.
    """

    ARRAYS = ("mu_", "b_user_", "b_item_", "history_")

    def __init__(self, damping_user=15.0, damping_item=10.0, n_epochs=10):
        self.damping_user, self.damping_item, self.n_epochs = damping_user, damping_item, n_epochs

    def fit(self, ratings):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self."""
        users, items, values = self._learn_ids(ratings)
        self.mu_, history = float(values.mean()), []
        self.b_user_, self.b_item_ = np.zeros(len(self.user_ids_)), np.zeros(len(self.item_ids_))
        for _ in range(self.n_epochs):
            self.b_item_ = damped(items, values - self.mu_ - self.b_user_[users], len(self.item_ids_), self.damping_item)
            self.b_user_ = damped(users, values - self.mu_ - self.b_item_[items], len(self.user_ids_), self.damping_user)
            errors = values - self.mu_ - self.b_user_[users] - self.b_item_[items]
            history.append(float(np.sqrt(np.mean(errors**2))))
        self.history_ = history
        return self

    def predict_rows(self, u, i):
        """→ (n,): predicted ratings of parallel arrays of rows, −1 for unknown. What is unknown contributes 0."""
        return self.mu_ + (u >= 0) * self.b_user_[u] + (i >= 0) * self.b_item_[i]

    def score_rows(self, users):
        """→ (len(users), n_items): the predicted ratings of all items for these user rows."""
        return self.mu_ + self.b_user_[users, None] + self.b_item_


class PopularityRanking(Recommender):
    """The same list for everybody: items by their mean, damped towards the mean of all, as in lesson 06.

        score_i = mu + Σ_u (r_ui − mu) / (damping + number of ratings of i)

    Fitted: mu_, score_ (n_items,).
    """

    ARRAYS = ("mu_", "score_")

    def __init__(self, damping=5.0):
        self.damping = damping

    def fit(self, ratings):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self."""
        _, items, values = self._learn_ids(ratings)
        self.mu_ = float(values.mean())
        self.score_ = self.mu_ + damped(items, values - self.mu_, len(self.item_ids_), self.damping)
        return self

    def predict_rows(self, u, i):
        """→ (n,): the items' damped means, whoever the user is; mu for an unknown item."""
        return np.where(i >= 0, self.score_[i], self.mu_)

    def score_rows(self, users):
        """→ (len(users), n_items): the score of each item, the same for every user row."""
        return np.tile(self.score_, (len(users), 1))


def damped(rows, residuals, n_rows, damping):
    """→ (n_rows,): Σ residuals / (damping + count) of each row; 0 for a row without ratings."""
    counts = np.bincount(rows, minlength=n_rows)
    return np.bincount(rows, residuals, n_rows) / np.maximum(damping + counts, 1e-300)
