"""Sums over the factors, for the compiled loops. Written out, because a slice assignment takes numba seconds to compile."""

from numba import njit

# Sums may be added up in another order, which lets the processor take several factors at a time.
FAST = {"reassoc", "contract", "nsz"}


@njit(cache=True, fastmath=FAST)
def dot(a, b):
    """→ Σ_f a_f b_f."""
    total = a.dtype.type(0)
    for f in range(len(a)):
        total += a[f] * b[f]
    return total


@njit(cache=True, fastmath=FAST)
def add_to(a, factor, b):
    """a += factor · b, in place."""
    for f in range(len(a)):
        a[f] += factor * b[f]


@njit(cache=True, fastmath=FAST)
def copy_to(a, b):
    """a = b, in place."""
    for f in range(len(a)):
        a[f] = b[f]


@njit(cache=True, fastmath=FAST)
def multiply(a, factor):
    """a = factor · a, in place."""
    for f in range(len(a)):
        a[f] *= factor


@njit(cache=True, fastmath=FAST)
def conjugate_gradient_step(x, r, p, Ap, rr):
    """One step of the conjugate gradient method for A x = b, in place; r = b − A x, rr = r . r. → the new r . r

    a = r.r / p.Ap,   x += a p,   r −= a A p,   p = r + (new r.r / old r.r) p        (Hestenes and Stiefel, 1952)
    """
    a = rr / dot(p, Ap)
    add_to(x, a, p)
    add_to(r, -a, Ap)
    new = dot(r, r)
    multiply(p, new / rr)
    add_to(p, 1, r)
    return new


@njit(cache=True)
def fill(a, value):
    """a = value in each place."""
    for f in range(len(a)):
        a[f] = value
