"""Bayesian matrix factorization with biases: not one model but many draws from its posterior, by Gibbs sampling.

    r_ui ~ N(mu + b_u + b_i + p_u · q_i, 1 / (alpha tau_u tau_i))
    (p_u, b_u) ~ N(m, diag(λ)⁻¹),   (q_i, b_i) likewise,   m_f ~ N(0, 1/λ_f),   λ_f, alpha ~ Gamma(SHAPE, RATE)
    tau_u, tau_i ~ Gamma(NU / 2, NU / 2)

(Salakhutdinov and Mnih, Bayesian Probabilistic Matrix Factorization using Markov Chain Monte Carlo, ICML 2008; precisions
factor by factor: Rendle, Factorization Machines with libFM, 2012, section 3; noise of each user and item: Lakshminarayanan,
Bouchard and Archambeau, Robust Bayesian Matrix Factorisation, AISTATS 2011.) mu is the mean of the ratings.
Gamma(a, b) has shape a and rate b. No regularization is left to choose: the data decide about λ.

With implicit features what a user rated, not only how, says who the user is, and so for items:

    (p_u, b_u) ~ N(m + |N(u)|^−½ Σ_{j in N(u)} y_j, diag(λ)⁻¹),   y_j ~ N(0, diag(λ')⁻¹),   λ'_f ~ Gamma(SHAPE, RATE)

which is SVD++ with p_u + |N(u)|^−½ Σ y_j written as one vector (Koren, Factorization Meets the Neighborhood, KDD 2008,
equation 15; as a prior mean that depends on features: Simm et al., Macau, 2015).
"""

import numpy as np

from mfref.models.base import row_of, rows_of
from mfref.models.training import EpochwiseRecommender

SHAPE, RATE = 2, 0.2  # of all precisions: about 10, mostly from 2 to 24, where data say nothing
NU = 10  # the fewer, the more the noise of users and items may differ


class BayesianMF(EpochwiseRecommender):
    """Lesson 04's model with priors in place of regularization, and predictions averaged over the posterior.

    n_factors: the length of p_u and q_i. n_epochs: sweeps, in each of which all is drawn anew. burn_in: so many sweeps count
    for nothing. n_samples: so many sweeps after them, evenly spaced, are kept; all of them if there are fewer.
    own_noise: False makes all tau 1: the same noise in all ratings. implicit_features: of users and of items.
    random_state: seed.

    Fitted: mu_; P_ (n_users + 1, n_samples, n_factors), b_user_ (n_users + 1, n_samples), Q_, b_item_ likewise, alpha_
    (n_samples,); of float32: 4 n_samples (n_users + n_items) (n_factors + 1) bytes, 12 MB for ml-100k. The last row is the
    prior's mean m, at which an unknown user or item stands. history_: training RMSE of each sweep's draw; validation_:
    RMSE of the mean over the samples so far, during burn-in of the last draw.
    """

    ARRAYS = ("mu_", "P_", "b_user_", "Q_", "b_item_", "alpha_", *EpochwiseRecommender.ARRAYS)

    def __init__(
        self, n_factors=10, n_epochs=400, burn_in=50, n_samples=100, own_noise=True, implicit_features=False, random_state=0
    ):
        self.n_factors, self.n_epochs, self.burn_in, self.n_samples = n_factors, n_epochs, burn_in, n_samples
        self.own_noise, self.implicit_features, self.random_state = own_noise, implicit_features, random_state

    def fit(self, ratings, validation=None, patience=None, progress=False):
        """Learn from a `Ratings` or a DataFrame with user_id, item_id, rating; → self.

        validation: another such, on which the RMSE is measured after each sweep. patience: stop after so many sweeps in a
        row without a better one, and keep the samples until the best. progress: show a bar.
        Raises ValueError for a burn_in that leaves no sweep, and for fewer than one sample.
        """
        if not 0 <= self.burn_in < self.n_epochs:
            raise ValueError(f"burn_in is from 0 to n_epochs − 1, here {self.n_epochs - 1}, not {self.burn_in}.")
        if self.n_samples < 1:
            raise ValueError(f"n_samples is at least 1, not {self.n_samples}.")
        users, items, values = self._learn_ids(ratings)
        self.mu_ = float(values.mean())
        return self._learn(self._sweeps(users, items, values - self.mu_), validation, patience, progress)

    def _sweeps(self, users, items, deviations):
        """Draw all users, all items and the noise, n_epochs times. Yields the training RMSE of each draw."""
        rng, alpha = np.random.default_rng(self.random_state), 1.0
        user_side = Side(users, items, deviations, len(self.user_ids_), len(self.item_ids_), self.n_factors, rng)
        item_side = Side(items, users, deviations, len(self.item_ids_), len(self.user_ids_), self.n_factors, rng)
        kept = kept_sweeps(self.n_epochs, self.burn_in, self.n_samples)
        samples = {"alpha_": np.zeros(len(kept)), **user_side.room("P_", "b_user_", len(kept))}
        samples |= item_side.room("Q_", "b_item_", len(kept))
        for sweep in range(self.n_epochs):
            for side, other in ((user_side, item_side), (item_side, user_side)):
                squared, weighted = side.draw_vectors(other, alpha, rng)
                if self.own_noise:
                    side.draw_noise(weighted, alpha, rng)
                if self.implicit_features:
                    side.draw_weights(other, rng)
                side.draw_prior(rng)
            alpha = gamma(rng, SHAPE + len(deviations) / 2, RATE + item_side.tau @ weighted / 2)
            if sweep < self.burn_in or sweep in kept:
                s = int(np.searchsorted(kept, sweep))
                samples["alpha_"][s] = alpha
                for factors, bias, side in (("P_", "b_user_", user_side), ("Q_", "b_item_", item_side)):
                    drawn = np.vstack([side.vectors, side.mean])
                    samples[factors][:, s], samples[bias][:, s] = drawn[:, :-1], drawn[:, -1]
                for name, array in samples.items():
                    setattr(self, name, array[: s + 1] if name == "alpha_" else array[:, : s + 1])
            yield float(np.sqrt(squared.sum() / len(deviations)))

    def predict_rows(self, u, i):
        """→ (n,): predicted ratings of parallel arrays of rows, −1 for unknown: the means over the samples."""
        return self._over_samples(u, i)[0]

    def predict_std(self, users, items):
        """→ (n,): how sure the model is of its predictions for parallel arrays of raw ids.

        The standard deviation over the samples of mu + b_u + b_i + p_u · q_i, without the noise of a rating. Of an unknown
        user or item only the prior's mean is taken as uncertain, so that it is too small there.
        """
        return self._over_samples(rows_of(self.user_ids_, users), rows_of(self.item_ids_, items))[1]

    def _over_samples(self, u, i):
        from mfref.models.gibbs import over_samples

        return over_samples(self.mu_, self.P_, self.b_user_, self.Q_, self.b_item_, u, i)

    def score_rows(self, users):
        """→ (len(users), n_items): the predicted ratings of all items for these user rows.

        One product of matrices: [P¹ P² …] [Q¹ Q² …]ᵀ / n_samples, the samples side by side.
        """
        left, right = self.P_[users].reshape(len(users), -1), self._factors_side_by_side()
        biases = self.b_user_[users].mean(1, dtype=float)[:, None] + self.b_item_[:-1].mean(1, dtype=float)
        return self.mu_ + biases + left @ right.T / self.P_.shape[1]

    def _factors_side_by_side(self):
        return self.Q_[:-1].reshape(len(self.item_ids_), -1)

    def similar_items(self, item_id, n=10, measure="cosine"):
        """→ DataFrame of the n items nearest to this one, best first: columns item_id, similarity.

        Compared are the factors of all samples side by side, since each sample may be turned in another way.
        measure: "cosine", "euclidean" or "pearson", as in lesson 07. Raises KeyError, naming the id, for an unknown item.
        """
        import pandas as pd

        from mfref.similarity import similar_items

        item = row_of(self.item_index, item_id, "item")
        rows, similarities = similar_items(self._factors_side_by_side(), item, n, measure)
        return pd.DataFrame({"item_id": self.item_ids_[rows], "similarity": similarities})


class Side:
    """The users, or the items, in the sampler: the vectors (p, b) of all rows, their prior, noise and implicit features.

    vectors, prior_mean: (n_rows, k + 1); mean, precision, weight_precision: (k + 1,); weights: (n_columns, k + 1), the y_j;
    tau: (n_rows,). prior_mean is mean + scale_u Σ_{j in N(u)} weights_j, with scale_u = |N(u)|^−½.
    """

    def __init__(self, rows, columns, deviations, n_rows, n_columns, k, rng):
        order = np.lexsort((columns, rows))
        self.rows_from = np.searchsorted(rows[order], np.arange(n_rows + 1))
        self.columns, self.deviations = columns[order], deviations[order]
        self.scale, self.tau = 1 / np.sqrt(np.diff(self.rows_from)), np.ones(n_rows)
        self.vectors = np.column_stack([rng.normal(0, 0.1, (n_rows, k)), np.zeros(n_rows)])
        self.prior_mean, self.mean, self.precision = np.zeros((n_rows, k + 1)), np.zeros(k + 1), np.ones(k + 1)
        self.weights, self.weight_precision = np.zeros((n_columns, k + 1)), np.full(k + 1, 100.0)

    def room(self, factors, bias, n_samples):
        """→ dict with empty arrays for the samples of the factors and of the biases, with a row for the prior's mean."""
        shape = len(self.vectors) + 1, n_samples
        return {factors: np.zeros((*shape, self.vectors.shape[1] - 1), np.float32), bias: np.zeros(shape, np.float32)}

    def draw_vectors(self, other, alpha, rng):
        """Draw all vectors given the other side. → `(squared, weighted)` as `draw_rows` gives them."""
        from mfref.models.gibbs import draw_rows

        with_one = np.column_stack([other.vectors[:, :-1], np.ones(len(other.vectors))])
        given = with_one, other.vectors[:, -1].copy(), self.rows_from, self.columns, self.deviations
        noise, prior = (alpha * self.tau, other.tau), (self.prior_mean, self.precision)
        return draw_rows(self.vectors, *given, *noise, *prior, rng.normal(size=self.vectors.shape))

    def draw_noise(self, weighted, alpha, rng):
        """tau_u | all else ~ Gamma((NU + n_u) / 2, (NU + alpha Σ_i tau_i e_ui²) / 2) over the n_u ratings of row u."""
        self.tau = gamma(rng, (NU + np.diff(self.rows_from)) / 2, (NU + alpha * weighted) / 2)

    def draw_weights(self, other, rng):
        """Draw the weights of the implicit features given the vectors, and their precision."""
        from mfref.models.gibbs import draw_weights

        left, normals = self.vectors - self.prior_mean, rng.normal(size=self.weights.shape)
        lists = other.rows_from, other.columns
        draw_weights(self.weights, left, self.scale, *lists, self.precision, self.weight_precision, normals)
        self.prior_mean = self.vectors - left
        self.weight_precision = gamma(rng, SHAPE + len(self.weights) / 2, RATE + (self.weights**2).sum(0) / 2)

    def draw_prior(self, rng):
        """Draw mean and precision of the vectors x that the implicit features leave over, n of them:

        λ_f ~ Gamma(SHAPE + n/2, RATE + (Σ (x_f − x̄_f)² + n/(n + 1) x̄_f²) / 2),   m_f ~ N(n/(n + 1) x̄_f, 1 / ((n + 1) λ_f))
        """
        implicit = self.prior_mean - self.mean
        own = self.vectors - implicit
        n, average = len(own), own.mean(0)
        spread = ((own - average) ** 2).sum(0) + n / (n + 1) * average**2
        self.precision = gamma(rng, SHAPE + n / 2, RATE + spread / 2)
        self.mean = n / (n + 1) * average + rng.normal(size=len(average)) / np.sqrt((n + 1) * self.precision)
        self.prior_mean = implicit + self.mean


def gamma(rng, shape, rate):
    """→ a draw from Gamma(shape, rate), whose mean is shape / rate; NumPy's own function takes 1 / rate."""
    return rng.gamma(shape, 1 / rate)


def kept_sweeps(n_epochs, burn_in, n_samples):
    """→ the numbers of the sweeps that are kept, evenly spaced from burn_in to the last, at most n_samples of them."""
    n_after = n_epochs - burn_in
    n = min(n_samples, n_after)
    return n_epochs - 1 - np.arange(n)[::-1] * n_after // n
