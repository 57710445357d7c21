"""A biased step with its parts exchanged, from which the known mistakes of `biased_sgd_step` are put together.

A move says how far something goes: `move(e, own, other, lr, reg)`, with other = 1 for a bias, q for p and p for q.
"""


def regularized(e, own, other, lr, reg):
    return lr * (e * other - reg * own)


def bare(e, own, other, lr, reg):
    return lr * e * other


def twice(e, own, other, lr, reg):
    return 2 * lr * (e * other - reg * own)


def twice_the_error(e, own, other, lr, reg):
    return lr * (2 * e * other - reg * own)


def weight_outside(e, own, other, lr, reg):
    return lr * e * other - reg * own


def twice_the_error_weight_outside(e, own, other, lr, reg):
    return lr * 2 * e * other - reg * own


def flipped(e, own, other, lr, reg):
    return lr * (e * other + reg * own)


def uphill(e, own, other, lr, reg):
    return -lr * (e * other - reg * own)


def not_at_all(e, own, other, lr, reg):
    return 0 * own


def full_error(r, mu, b_u, b_i, dot):
    return r - mu - b_u - b_i - dot


def error_now(mu, b_user, b_item, P, Q, u, i, r):
    return r - mu - b_user[u] - b_item[i] - P[u] @ Q[i]


def step_with(bias=regularized, vector=regularized, error=full_error):
    """→ a `biased_sgd_step` in which all four move from the old values, by these moves and this error."""

    def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
        p, q = P[u].copy(), Q[i].copy()
        e = error(r, mu, b_user[u], b_item[i], p @ q)
        b_user[u] += bias(e, b_user[u], 1, lr, reg)
        b_item[i] += bias(e, b_item[i], 1, lr, reg)
        P[u] += vector(e, p, q, lr, reg)
        Q[i] += vector(e, q, p, lr, reg)
        return e

    return biased_sgd_step


def q_with_new_p_and(bias=regularized, vector=regularized, error=full_error):
    """→ the same, but q is moved with the p that has already moved."""

    def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
        e = error(r, mu, b_user[u], b_item[i], P[u] @ Q[i])
        b_user[u] += bias(e, b_user[u], 1, lr, reg)
        b_item[i] += bias(e, b_item[i], 1, lr, reg)
        P[u] += vector(e, P[u], Q[i], lr, reg)
        Q[i] += vector(e, Q[i], P[u], lr, reg)
        return e

    return biased_sgd_step


def recomputed_at_every_line(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    """The prediction is written out in each of the four updates, and each sees what those before have changed."""
    first = error_now(mu, b_user, b_item, P, Q, u, i, r)
    b_user[u] += lr * (first - reg * b_user[u])
    b_item[i] += lr * (error_now(mu, b_user, b_item, P, Q, u, i, r) - reg * b_item[i])
    P[u] += lr * (error_now(mu, b_user, b_item, P, Q, u, i, r) * Q[i] - reg * P[u])
    Q[i] += lr * (error_now(mu, b_user, b_item, P, Q, u, i, r) * P[u] - reg * Q[i])
    return first


def fresh_before_each_kind(p_is_saved):
    """→ a step in which the biases move, then the error is computed again for p and q."""

    def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
        first = error_now(mu, b_user, b_item, P, Q, u, i, r)
        b_user[u] += lr * (first - reg * b_user[u])
        b_item[i] += lr * (first - reg * b_item[i])
        e = error_now(mu, b_user, b_item, P, Q, u, i, r)
        p = P[u].copy() if p_is_saved else P[u]
        P[u] += lr * (e * Q[i] - reg * P[u])
        Q[i] += lr * (e * p - reg * Q[i])
        return first

    return biased_sgd_step


def biases_after_the_factors(p_is_saved, returned="first"):
    """→ a step in which p and q move, then the error is computed again for the biases."""

    def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
        first = error_now(mu, b_user, b_item, P, Q, u, i, r)
        p = P[u].copy() if p_is_saved else P[u]
        P[u] += lr * (first * Q[i] - reg * P[u])
        Q[i] += lr * (first * p - reg * Q[i])
        e = error_now(mu, b_user, b_item, P, Q, u, i, r)
        b_user[u] += lr * (e - reg * b_user[u])
        b_item[i] += lr * (e - reg * b_item[i])
        return first if returned == "first" else e

    return biased_sgd_step
