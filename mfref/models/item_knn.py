"""Neighbourhoods of items: what a user gave to similar items, around what user and item usually get.

    r_ui ≈ b_ui + Σ_j s_ij (r_uj − b_uj) / Σ_j s_ij     over the n_neighbours items j most similar to i that u has rated
    s_ij = (n_ij − 1) / (n_ij − 1 + shrinkage) · ρ_ij     ρ_ij: correlation of the residuals r − b of the n_ij users of both

b is `Baseline` (after Koren, Factor in the Neighbors, ACM TKDD 4 (1), 2010, section 2.2). Only positive similarities count.
"""

import numpy as np

from mfref.models.base import Recommender, row_of
from mfref.models.baselines import Baseline


class ItemKNN(Recommender):
    """Item-based nearest neighbours.

    n_neighbours: how many of the user's items speak for a prediction. shrinkage: pulls the similarity of items with few
    common users to 0. damping_user, damping_item, n_epochs: of the baseline.

    Fitted: mu_, b_user_, b_item_; similarity_ (n_items, n_items), float32, 0 on the diagonal; residual_: r − b of the ratings,
    in the order of the rows of `seen_by`. Memory grows with n_items²: 0.1 GB at 5,000 items.
    """

    ARRAYS = ("mu_", "b_user_", "b_item_", "similarity_", "residual_")

    def __init__(self, n_neighbours=40, shrinkage=100.0, damping_user=15.0, damping_item=10.0, n_epochs=10):
        self.n_neighbours, self.shrinkage = n_neighbours, shrinkage
        self.damping_user, self.damping_item, self.n_epochs = damping_user, damping_item, n_epochs

    def fit(self, ratings):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self."""
        from mfref.models.neighbours import correlations

        users, items, values = self._learn_ids(ratings)
        baseline = Baseline(self.damping_user, self.damping_item, self.n_epochs).fit(ratings)
        self.mu_, self.b_user_, self.b_item_ = baseline.mu_, baseline.b_user_, baseline.b_item_
        residual = values - self.mu_ - self.b_user_[users] - self.b_item_[items]
        self.residual_ = residual[np.lexsort((items, users))]
        by_item = np.lexsort((users, items))
        raters_from = np.searchsorted(items[by_item], np.arange(len(self.item_ids_) + 1))
        known = self.seen_from_, self.seen_, self.residual_
        self.similarity_ = correlations(*known, raters_from, users[by_item], residual[by_item], float(self.shrinkage))
        return self

    def predict_rows(self, u, i):
        """→ (n,): predicted ratings of parallel arrays of rows, −1 for unknown. What is unknown contributes 0."""
        from mfref.models.neighbours import weighted_residuals

        baseline = self.mu_ + (u >= 0) * self.b_user_[u] + (i >= 0) * self.b_item_[i]
        known = self.seen_from_, self.seen_, self.residual_
        return baseline + weighted_residuals(u, i, *known, self.similarity_, self.n_neighbours)

    def score_rows(self, users):
        """→ (len(users), n_items): the predicted ratings of all items for these user rows."""
        n_items = len(self.item_ids_)
        every = np.repeat(users, n_items), np.tile(np.arange(n_items), len(users))
        return self.predict_rows(*every).reshape(len(users), n_items)

    def similar_items(self, item_id, n=10):
        """→ DataFrame of the n items most similar to this one, best first: columns item_id, similarity.

        Raises KeyError, naming the id, for an unknown item.
        """
        import pandas as pd

        row = row_of(self.item_index, item_id, "item")
        order = np.argsort(-self.similarity_[row], kind="stable")
        best = order[order != row][:n]
        return pd.DataFrame({"item_id": self.item_ids_[best], "similarity": self.similarity_[row, best]})
