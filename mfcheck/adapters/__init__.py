"""Adapters, for exercises whose arguments or results are not plain values: a model, a picture.

`prepare(arguments)` builds the objects from the plain arguments of a probe; `observe(value)` reduces a result to arrays,
text and numbers, and leaves alone what it does not know. `release()`, where there is one, is called after every call, also
after one that raised or ran out of time. They run beside the student's code, so they know no reference.
"""

from importlib import import_module


def load(name):
    """→ the adapter module of this name; None for ""."""
    return import_module(f"mfcheck.adapters.{name}") if name else None
