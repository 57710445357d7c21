"""Counts instead of ratings: what somebody watched or bought is preferred, the more surely the more often.

    preference t_ui = 1 where counted, else 0        confidence c_ui = 1 + alpha w_ui,  w_ui: the count, 0 where there is none
    minimize  Σ_{all u, i} c_ui (t_ui − p_u . q_i)² + reg (Σ ‖p_u‖² + Σ ‖q_i‖²)

(Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008, equation 3), all users, then
all items, each by one least-squares problem (equations 4 and 5).
"""

import numpy as np

from mfref.models.base import plain_ids, row_of
from mfref.models.factor_model import FactorModel


class ImplicitALS(FactorModel):
    """Matrix factorization of what was used at all.

    It learns from the same tables as the others: the column rating holds the count, above 0; rows of the same user and item add up.
    n_factors: the length of p_u and q_i. alpha: how much one count adds to the confidence of 1. reg: regularization, not
    multiplied by any number of ratings. n_epochs: rounds. cg_steps: steps of conjugate gradient towards each solution;
    None solves exactly. scale: standard deviation of the first factors. random_state: their seed. dtype: "float64" or "float32".

    Fitted: P_, Q_; mu_ and biases are 0; history_: the loss above after each epoch; validation_: NDCG@10 on the validation part
    after each epoch, over all items that the user has no count of; best_epoch_. A prediction is a preference, near 0 to 1.
    """

    HIGHER_IS_BETTER = True
    biases = False

    def __init__(self, n_factors=64, alpha=1.0, reg=10.0, n_epochs=15, cg_steps=3, scale=0.01, random_state=0, dtype="float32"):
        self.n_factors, self.alpha, self.reg, self.n_epochs = n_factors, alpha, reg, n_epochs
        self.cg_steps, self.scale, self.random_state, self.dtype = cg_steps, scale, random_state, dtype

    def fit(self, ratings, validation=None, patience=None, progress=False):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self.

        validation: another such, on which NDCG@10 is measured after each epoch; all its items are relevant, and users without
        training are left out. patience: stop after so many epochs in a row without a better one, and keep the
        best. progress: show a bar. Raises ValueError for a count that is not above 0.
        """
        users, items, counts = self._learn_ids(ratings)
        if (counts <= 0).any():
            raise ValueError(f"rating number {int(np.flatnonzero(counts <= 0)[0])} is a count, and not above 0.")
        self._start(counts, np.random.default_rng(self.random_state))
        return self._learn(self._epochs(*added_up(users, items, counts)), validation, patience, progress)

    def _epochs(self, users, items, counts):
        from mfref.models.implicit_kernels import loss, solve_side
        from mfref.models.ridge import side

        extra = (self.alpha * counts).astype(self.dtype)
        by_user, by_item = side(users, items, extra, len(self.P_)), side(items, users, extra, len(self.Q_))
        for _ in range(self.n_epochs):
            solve_side(self.P_, self.Q_, by_user, self.reg, self.cg_steps)
            solve_side(self.Q_, self.P_, by_item, self.reg, self.cg_steps)
            yield loss(self.P_, self.Q_, by_user, self.reg)

    def _validate(self, users, items, _):
        """→ NDCG@10, the mean over the users of the validation part whom training knows. Nothing is sampled."""
        from mfref.evaluation import ndcg_at_k

        relevant = np.where(items < 0, -1 - np.arange(len(items)), items)  # an unknown item is relevant, and never found
        known = np.unique(users[users >= 0])
        order = np.argsort(users, kind="stable")
        edges = np.searchsorted(users[order], known), np.searchsorted(users[order], known, side="right")
        shown = self.top_items(known, 10)[0]
        each = [
            ndcg_at_k(shown[n][shown[n] >= 0], set(relevant[order[first:last]].tolist()), 10)
            for n, (first, last) in enumerate(zip(*edges, strict=True))
        ]
        return float(np.mean(each)) if each else float("nan")

    def fold_in(self, item_ids, counts):
        """→ `(0, p)`: the factors of a new user with these counts, all else fixed, solved exactly. No counts: zeros.

        p = (Σ_i q_i q_iᵀ + Σ alpha w_i q_i q_iᵀ + reg I)⁻¹ Σ (1 + alpha w_i) q_i, the first sum over all items, the others
        over those counted. Raises KeyError, naming the id, for an unknown item.
        """
        rows = [row_of(self.item_index, id_, "item") for id_ in plain_ids(item_ids).tolist()]
        Q, extra = self.Q_.astype(float), self.alpha * np.asarray(counts, dtype=float)
        A = Q.T @ Q + (Q[rows].T * extra) @ Q[rows] + self.reg * np.eye(self.n_factors)
        return 0.0, np.linalg.solve(A, (1 + extra) @ Q[rows])


def added_up(users, items, counts):
    """→ (users, items, counts) sorted, with the counts of the same user and item added up."""
    order = np.lexsort((items, users))
    users, items, counts = users[order], items[order], counts[order]
    first = np.flatnonzero(np.append(True, (np.diff(users) != 0) | (np.diff(items) != 0)))
    return users[first], items[first], np.add.reduceat(counts, first)
