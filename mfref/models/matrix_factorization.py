"""Matrix factorization with biases, trained by stochastic gradient descent or by alternating least squares.

    r_ui ≈ mu + b_u + b_i + p_u . q_i
    minimize  Σ (r_ui − prediction)² + reg (b_u² + b_i² + ‖p_u‖² + ‖q_i‖²)   over the known ratings

(Koren, Bell and Volinsky, 2009, equations 4 and 5). Without biases: r_ui ≈ p_u . q_i, equations 1 and 2. The penalty is
added once a rating, so that both solvers have the same optimum.
"""

import numpy as np

from mfref.models.factor_model import FactorModel


class MatrixFactorization(FactorModel):
    """Lesson 03's and lesson 04's model for data of real size.

    n_factors: the length of p_u and q_i. lr: learning rate (of "sgd"). reg: regularization. n_epochs: passes over the ratings.
    solver: "sgd", or "als": all users, then all items, each by one ridge regression (Zhou et al., 2008).
    cg_steps: None solves these exactly; a number takes so many steps of conjugate gradient towards the solution, which is faster
    with many factors.
    biases: False leaves mu, b_u and b_i at zero. scale: standard deviation of the first factors.
    random_state: seed of the first factors and of the order of the ratings. dtype: "float64" or "float32".

    Fitted: mu_, b_user_ (n_users,), b_item_ (n_items,), P_ (n_users, n_factors), Q_ (n_items, n_factors);
    user_ids_, item_ids_ (sorted raw ids of the rows); history_: training RMSE of each epoch, of the errors met on the way
    ("als": after the epoch); validation_: RMSE on the validation part after each epoch.
    """

    def __init__(
        self,
        n_factors=20,
        lr=0.01,
        reg=0.1,
        n_epochs=40,
        solver="sgd",
        cg_steps=None,
        biases=True,
        scale=0.1,
        random_state=0,
        dtype="float64",
    ):
        self.n_factors, self.lr, self.reg, self.n_epochs = n_factors, lr, reg, n_epochs
        self.solver, self.cg_steps, self.biases = solver, cg_steps, biases
        self.scale, self.random_state, self.dtype = scale, random_state, dtype

    def fit(self, ratings, validation=None, patience=None, progress=False):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self.

        validation: another such, on which the RMSE is measured after each epoch. patience: stop after so many epochs in a
        row without a better one, and keep the best. progress: show a bar.
        Raises ValueError for a solver that is neither "sgd" nor "als".
        """
        if self.solver not in ("sgd", "als"):
            raise ValueError(f'solver is "sgd" or "als", not {self.solver!r}.')
        users, items, values = self._learn_ids(ratings)
        rng = np.random.default_rng(self.random_state)
        self._start(values, rng)
        epochs = self._als_epochs(users, items, values) if self.solver == "als" else self._sgd_epochs(users, items, values, rng)
        return self._learn(epochs, validation, patience, progress)

    def partial_fit(self, ratings, progress=False):
        """Go on with n_epochs of SGD over these ratings alone, from where the model stands; → self. Not yet fitted: `fit`.

        Users and items that are new get new rows, among the others in the order of their ids. mu stays.
        Raises ValueError for solver "als", which solves each row anew from all its ratings: `fit` again, or `fold_in`.
        """
        if self.solver != "sgd":
            raise ValueError('only solver="sgd" can go on learning: fit again, or fold_in a new user.')
        if "P_" not in vars(self):
            return self.fit(ratings, progress=progress)
        old = self.b_user_, self.b_item_, self.P_, self.Q_
        mu, history, validation = self.mu_, list(self.history_), list(self.validation_)
        users, items, values, *old_rows = self._learn_more_ids(ratings)
        rng = np.random.default_rng(np.random.SeedSequence(self.random_state, spawn_key=(len(history),)))
        self._start(values, rng)
        self.mu_ = mu
        self.b_user_[old_rows[0]], self.b_item_[old_rows[1]], self.P_[old_rows[0]], self.Q_[old_rows[1]] = old
        self._learn(self._sgd_epochs(users, items, values, rng), None, None, progress)
        self.history_, self.validation_ = history + self.history_, validation
        self.best_epoch_ = len(self.history_)
        return self

    def _sgd_epochs(self, users, items, values, rng):
        from mfref.models.kernels import biased_sgd_epochs, sgd_epochs

        given = users, items, values, self.lr, self.reg, self.n_epochs, rng
        if self.biases:
            return biased_sgd_epochs(self.mu_, self.b_user_, self.b_item_, self.P_, self.Q_, *given)
        return sgd_epochs(self.P_, self.Q_, *given)

    def _als_epochs(self, users, items, values):
        """All users, then all items, n_epochs times. Yields the training RMSE after each epoch."""
        from mfref.models.ridge import side, solve_side, squared_error

        targets = (values - self.mu_).astype(self.dtype)
        by_user, by_item = side(users, items, targets, len(self.P_)), side(items, users, targets, len(self.Q_))
        own, other = (self.P_, self.b_user_), (self.Q_, self.b_item_)
        for _ in range(self.n_epochs):
            solve_side(*own, *other, by_user, self.reg, self.biases, self.cg_steps)
            solve_side(*other, *own, by_item, self.reg, self.biases, self.cg_steps)
            yield float(np.sqrt(squared_error(*own, *other, *by_user) / len(values)))
