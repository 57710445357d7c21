"""One judge, for the student's check and for the grade.

`judge(exercise, call, rng)` draws the probes, lets `call` answer them, and says what is right, what is wrong and why. All
that differs between a notebook and the grader is `call`, which takes one probe's arguments and gives an `Outcome`.
"""

import contextlib
import io
import warnings

import numpy as np

from mfcheck import wording
from mfcheck.compare import Difference
from mfcheck.outcome import Run
from mfcheck.verdict import GroupScore


def judge(exercise, call, rng):
    """→ `Verdict` on the function behind `call`; a fault of the checker itself is reported and costs nothing."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _judge(exercise, call, rng)
        except Exception as error:
            return wording.fault(exercise, error)


def judge_carrying_forward(exercise, make_call, seed, own_hangs=False):
    """Judge, and when that fails judge again with the references of the earlier exercises that this one uses.

    `make_call(replaced)` gives the `call` in whose namespace the exercises named in `replaced` are the references.
    `seed` seeds the probes, the same for both. An error in an earlier exercise thus costs no points here. `own_hangs`: one
    of them is known to run for ever, so that only the second judgement is made.
    """
    if own_hangs:
        call = make_call(exercise.uses)
        return wording.carried(exercise, judge(exercise, call, np.random.default_rng(seed)), call.mentions)
    verdict = judge(exercise, make_call(()), np.random.default_rng(seed))
    if verdict.kind in ("right", "fault", "missing", "not_callable", "wrong_signature") or not exercise.uses:
        return verdict
    call = make_call(exercise.uses)
    again = judge(exercise, call, np.random.default_rng(seed))
    if again.points > verdict.points:
        return wording.carried(exercise, again, call.mentions)
    own_words_are_better = again.kind == "fault" or (verdict.kind == "mistake" and again.kind != "mistake")
    return verdict if own_words_are_better else again


def _judge(exercise, call, rng):
    runs = {}
    for group in exercise.groups:
        runs[group.name] = []
        for arguments in group.probes(rng):
            outcome = call(arguments)
            if outcome.refused and outcome.refused[0] in ("out_of_time", "ended"):
                return _verdict(exercise, call, runs, stopped_in=group, outcome=outcome)
            if outcome.refused or (_not_implemented(outcome) and group is exercise.groups[0]):
                return wording.refused(exercise, outcome, _zero(exercise))
            runs[group.name].append(Run(arguments, outcome))
    return _verdict(exercise, call, runs)


def _not_implemented(outcome):
    return outcome.raised is not None and "NotImplementedError" in outcome.raised.types


def _verdict(exercise, call, runs, stopped_in=None, outcome=None):
    """The verdict on all the runs, or on those before the time was over in the group `stopped_in`."""
    failures = {}
    for group in exercise.groups:
        if group is stopped_in:
            break
        if found := _difference(exercise, group, runs[group.name]):
            failures[group.name] = (group, *found)
    lost = {*failures, *(group.name for group in _from(exercise.groups, stopped_in))}
    scores = _zero(exercise)
    if exercise.groups[0].name not in lost:
        scores = tuple(GroupScore(g.name, 0 if g.name in lost else g.points, g.points) for g in exercise.groups)
    if not failures:
        return wording.refused(exercise, outcome, scores) if stopped_in else wording.right(exercise, scores, runs)
    group, run, found = next(iter(failures.values()))
    named = _named(exercise, runs, group)
    return wording.wrong(exercise, scores, group, run, found, named, getattr(call, "reads", ()), runs)


def _difference(exercise, group, runs):
    """How the runs differ from the reference's. Answers on which the comparison itself breaks are of a wrong kind.

    Where it breaks on the reference's own answers as well, the fault is the checker's, and the exception goes on.
    """
    try:
        return group.rule.first_difference(exercise.reference, exercise, runs)
    except Exception as error:
        own = [Run(run.arguments, exercise.run(exercise.reference, run.arguments)) for run in runs]
        group.rule.first_difference(exercise.reference, exercise, own)
        return runs[0], Difference("type", "the result", None, runs[0].outcome.value, f"something to compare with ({error})")


def _from(groups, first):
    return () if first is None else groups[groups.index(first) :]


def _zero(exercise):
    return tuple(GroupScore(group.name, 0, group.points) for group in exercise.groups)


def _named(exercise, runs, failing):
    """The known mistake that answers as the student's function did: everywhere, or else in the group that fails."""
    answered = [group for group in exercise.groups if runs.get(group.name)]
    for groups in (answered, [failing]):
        for known in exercise.mistakes:
            if _answers_like(exercise, known, runs, groups):
                return known
    return None


def _answers_like(exercise, known, runs, groups):
    with contextlib.suppress(Exception):  # outcomes that make no sense are nobody's known mistake
        if known.recognise:
            return bool(known.recognise([run for group in groups for run in runs[group.name]]))
        return any(
            all(group.rule.first_difference(function, exercise, runs[group.name]) is None for group in groups)
            for function in (known.function, *known.also)
        )
    return False
