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


@njit(cache=True)
def fill(a, value):
    """a = value in each place."""
    for f in range(len(a)):
        a[f] = value
