"""Gibbs sampling of Bayesian matrix factorization, compiled by numba: each draw is from the exact conditional distribution.

Normal numbers come in from outside, so that a seed fixes the result, whatever the number of threads.
"""

import numpy as np
from numba import njit, prange

from mfref.models.ridge import cholesky_solve


@njit(cache=True, parallel=True)
def draw_rows(vectors, other, offset, rows_from, columns, ratings, alpha, tau, prior_mean, precision, normals):
    """Draw every row of `vectors`, in place, given the other side. → `(squared, weighted)`, both (n_rows,).

        r_n ~ N(offset_c + vectors_u · other_c, 1 / (alpha_u tau_c))   for the ratings n of row u, c = columns[n]
        vectors_u ~ N(prior_mean_u, diag(precision)⁻¹)
        ⇒ vectors_u | all else ~ N(A⁻¹ b, A⁻¹),   A = diag(precision) + alpha_u Σ tau_c other_c other_cᵀ
                                                  b = precision prior_mean_u + alpha_u Σ tau_c (r_n − offset_c) other_c

    (Salakhutdinov and Mnih, 2008, equations 11 to 13.) squared: Σ e² over the ratings of each row, with its new vector;
    weighted: Σ tau_c e². vectors, prior_mean, normals: (n_rows, k); other: (n_columns, k); precision: (k,); alpha: (n_rows,);
    offset, tau: (n_columns,). rows_from, columns, ratings: the ratings, row after row. normals: standard normal numbers.
    """
    k = vectors.shape[1]
    squared, weighted = np.zeros(len(vectors)), np.zeros(len(vectors))
    for u in prange(len(vectors)):
        A, b = np.zeros((k, k)), precision * prior_mean[u]
        for n in range(rows_from[u], rows_from[u + 1]):
            c = columns[n]
            q, target, noise_precision = other[c], ratings[n] - offset[c], alpha[u] * tau[c]
            for f in range(k):
                scaled = noise_precision * q[f]
                b[f] += target * scaled
                for g in range(f + 1):
                    A[f, g] += scaled * q[g]
        for f in range(k):
            A[f, f] += precision[f]
        cholesky_solve(A, b)
        draw_around(b, A, normals[u], vectors[u])
        for n in range(rows_from[u], rows_from[u + 1]):
            c = columns[n]
            e = ratings[n] - offset[c]
            for f in range(k):
                e -= vectors[u, f] * other[c, f]
            squared[u] += e * e
            weighted[u] += tau[c] * e * e
    return squared, weighted


@njit(cache=True)
def draw_around(mean, L, normals, drawn):
    """Write mean + L⁻ᵀ normals into `drawn`: a draw from N(mean, (L Lᵀ)⁻¹). L: the lower half of a matrix (k, k)."""
    k = len(mean)
    for f in range(k - 1, -1, -1):
        z = normals[f]
        for g in range(f + 1, k):
            z -= L[g, f] * (drawn[g] - mean[g])
        drawn[f] = mean[f] + z / L[f, f]


@njit(cache=True)
def draw_weights(weights, left, scale, columns_from, rows, precision, weight_precision, normals):
    """Draw the weights of the implicit features one after the other, in place, and keep `left` up to date.

        left_u = vectors_u − mean − scale_u Σ_{j in N(u)} weights_j ~ N(0, diag(precision)⁻¹),
        weights_j ~ N(0, diag(weight_precision)⁻¹)
        ⇒ weights_j | all else ~ N(precision Σ_u scale_u (left_u + scale_u weights_j) / c, 1/c) over the u with j in N(u),
          c = weight_precision + precision Σ_u scale_u²,   each factor by itself

    weights, normals: (n_columns, k); left: (n_rows, k); scale: (n_rows,); columns_from, rows: the rows u of column j, column
    after column.
    """
    k = weights.shape[1]
    for j in range(len(weights)):
        old, total, n_scaled = weights[j].copy(), np.zeros(k), 0.0
        for n in range(columns_from[j], columns_from[j + 1]):
            x = scale[rows[n]]
            n_scaled += x * x
            for f in range(k):
                total[f] += x * left[rows[n], f]
        c = weight_precision + precision * n_scaled
        weights[j] = precision * (total + n_scaled * old) / c + normals[j] / np.sqrt(c)
        change = weights[j] - old
        for n in range(columns_from[j], columns_from[j + 1]):
            for f in range(k):
                left[rows[n], f] -= scale[rows[n]] * change[f]


@njit(cache=True, parallel=True)
def over_samples(mu, P, b_user, Q, b_item, u, i):
    """→ (mean, standard deviation), both (n,), of mu + b_u + b_i + p_u · q_i over the samples, for parallel arrays of rows.

    P: (n_users, n_samples, k); b_user: (n_users, n_samples); Q, b_item likewise.
    """
    mean, std = np.zeros(len(u)), np.zeros(len(u))
    n_samples = P.shape[1]
    for n in prange(len(u)):
        p, q, squared = P[u[n]], Q[i[n]], 0.0
        for s in range(n_samples):
            value = mu + b_user[u[n], s] + b_item[i[n], s]
            for f in range(P.shape[2]):
                value += p[s, f] * q[s, f]
            # Welford's update of mean and sum of squares
            difference = value - mean[n]
            mean[n] += difference / (s + 1)
            squared += difference * (value - mean[n])
        std[n] = np.sqrt(squared / n_samples)
    return mean, std
