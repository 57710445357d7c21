"""When outcomes are right: a few rules, each asked the same question.

`rule.first_difference(function, exercise, runs)` says how a group's runs differ from what `function` does:
None, or `(run, Difference)`. With the reference it decides right or wrong; with a known mistake in its place
it recognises the mistake.
"""

import hashlib
import itertools
import re
from dataclasses import replace

import numpy as np

from mfcheck.compare import Difference, difference
from mfcheck.outcome import Run
from mfcheck.wire import encode


class Values:
    """Each outcome equals the function's: the value, the arguments changed in place, the exception's type."""

    def first_difference(self, function, exercise, runs):
        for n, run in enumerate(runs):
            found = outcome_difference(exercise, run.arguments, known_outcome(function, exercise, run.arguments, n), run.outcome)
            if found:
                return run, found
        return None


class InPlace(Values):
    """The arguments changed in place are as the function leaves them. For functions that return nothing: who does has not erred."""

    def first_difference(self, function, exercise, runs):
        silent = [replace(run, outcome=replace(run.outcome, value=None)) for run in runs]
        return super().first_difference(function, exercise, silent)


class AnyOrder:
    """Each outcome equals what the function gives for some order of the ratings, its own shuffling switched off.

    `parallel`: the parameters that are reordered together. For groups of at most four ratings.
    """

    def __init__(self, *parallel):
        self.parallel = parallel

    def first_difference(self, function, exercise, runs):
        for run in runs:
            found = None
            for order in itertools.permutations(range(len(run.arguments[self.parallel[0]]))):
                outcome = exercise.run(function, in_order(run.arguments, self.parallel, order))
                as_given = {name: run.arguments[name] for name in self.parallel}
                expected = replace(outcome, after={**outcome.after, **as_given})
                found = outcome_difference(exercise, run.arguments, expected, run.outcome)
                if not found:
                    break
            if found:
                return run, found
        return None


_known = {}


def known_outcome(function, exercise, arguments, n):
    """What a reference or a known mistake does on the n-th probe, remembered: the same probes come with every check."""
    written = encode(arguments)
    if b'"foreign"' in written:
        return exercise.run(function, arguments)
    key = function, n, hashlib.sha256(written).digest()
    if key not in _known:
        if len(_known) > 10_000:
            _known.clear()
        _known[key] = exercise.run(function, arguments)
    return _known[key]


class NoShuffle:
    """Stands in for a Generator: leaves everything in the order in which it is."""

    def permutation(self, x):
        return np.arange(x) if np.ndim(x) == 0 else np.array(x)

    def shuffle(self, x):
        pass


def in_order(arguments, parallel, order):
    """The arguments with the arrays named in `parallel` in the given order, and no shuffling."""
    reordered = {name: np.asarray(arguments[name])[list(order)] for name in parallel}
    return {**arguments, **reordered, "rng": NoShuffle()}


class Facts:
    """The facts of a whole group of runs, a dict from sentence to value, are those of the function's own runs.

    For what is drawn at random: `facts(runs)` reduces the outcomes to what does not depend on the draw. It may
    raise on outcomes that make no sense; then the difference in type or dimensions is reported. `tolerated` names
    exceptions, with all that derive from them, that `facts` knows how to read, in an outcome without a value.
    """

    def __init__(self, facts, tolerated=()):
        self.facts, self.tolerated = facts, tolerated

    def first_difference(self, function, exercise, runs):
        own = [Run(run.arguments, known_outcome(function, exercise, run.arguments, n)) for n, run in enumerate(runs)]
        expected, got = self._facts(own), self._facts(runs)
        if expected is None or got is None:
            structure = (
                (run, outcome_difference(exercise, run.arguments, o.outcome, run.outcome, values=False))
                for run, o in zip(runs, own, strict=True)
            )
            nothing = (runs[0], Difference("values", "the result", "", "", "does not have the form that the task asks for"))
            return next((pair for pair in structure if pair[1]), None if expected is got else nothing)
        for run, o in zip(runs, own, strict=True):
            if found := changed_inputs(exercise, run.arguments, o.outcome.after, run.outcome.after):
                return run, found
        for sentence, value in expected.items():
            if found := difference(value, got.get(sentence), sentence):
                detail = "fact of several calls" if len(runs) > 1 else "fact"
                return runs[0], Difference("values", sentence, found.expected, found.got, detail)
        return None

    def _facts(self, runs):
        if any(run.outcome.raised and not set(run.outcome.raised.types) & set(self.tolerated) for run in runs):
            return None
        try:
            with np.errstate(all="ignore"):
                return self.facts(runs)
        except Exception:
            return None


class EachRun(Facts):
    """The facts hold for each run by itself, so that the run that fails can be shown."""

    def first_difference(self, function, exercise, runs):
        found = (super(EachRun, self).first_difference(function, exercise, [run]) for run in runs)
        return next((pair for pair in found if pair), None)


def outcome_difference(exercise, arguments, expected, got, values=True):
    """How an outcome differs from the expected one: exception, value, arguments in place, other arguments."""
    if got.raised or expected.raised:
        return _raised_difference(expected, got)
    found = difference(expected.value, got.value, values=values)
    if found and found.kind not in ("values", "not_finite"):
        return found
    for name in exercise.in_place:
        found = found or difference(expected.after[name], got.after[name], f"{name} after the call", values)
    return changed_inputs(exercise, arguments, expected.after, got.after) or found


def _raised_difference(expected, got):
    if expected.raised and got.raised and expected.raised.name in got.raised.types:
        missing = [n for n in _numbers_in(expected.raised.message) if n not in _numbers_in(got.raised.message)]
        if not missing:
            return None
        detail = f"the message should name {', '.join(missing)}"
        return Difference("values", "the error message", expected.raised.message, got.raised.message, detail)
    if got.raised:
        return Difference("raised", "the result", expected.value, got.raised)
    return Difference("values", "the result", f"{expected.raised.name}: {expected.raised.message}", got.value, "an exception")


def _numbers_in(text):
    return re.findall(r"\d+", text)


def changed_inputs(exercise, before, expected, got):
    """→ a `Difference` when an argument that is not `in_place` is not as the call should have left it, or None."""
    for name, value in before.items():
        if name in exercise.in_place or name not in got or not _is_data(value):
            continue
        if difference(expected[name], got[name], name):
            return Difference("changed_inputs", name, value, got[name])
    return None


def _is_data(value):
    return isinstance(value, np.ndarray | list | tuple | dict | set) or type(value).__name__ == "DataFrame"
