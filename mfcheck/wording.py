"""The words of each verdict. Say the gap and its cause, never the answer."""

from dataclasses import replace

import numpy as np

from mfcheck.verdict import GroupScore, Verdict

WHY_NOT_FINITE = "NaN and infinity come from dividing by zero, from the mean of nothing, or from steps that grow without bound."


def _verdict(exercise, kind, scores, title, message, next_step="", **more):
    points, max_points = sum(s.points for s in scores), exercise.points
    return Verdict(exercise.name, kind, points, max_points, title, message, next_step, groups=tuple(scores), **more)


def right(exercise, scores, runs):
    message = "Your function agrees with the reference on every public check."
    if exercise.is_value:
        message = "Your value passes every public check."
    if exercise.praise and (praise := exercise.praise(runs)):
        message = f"{message} {praise}"
    return _verdict(exercise, "right", scores, "Right", message, printed=_printed(runs))


def copied(exercise):
    """The cell takes the reference by name; for the grade only."""
    scores = [GroupScore(group.name, 0, group.points) for group in exercise.groups]
    message = f"The cell that defines `{exercise.name}` takes the reference solution by name, and the grade is for your own."
    return _verdict(exercise, "copied", scores, "This is the reference, not an answer", message, "Write the function yourself.")


def carried(exercise, verdict, mentions):
    """The verdict on the function itself, found by putting the references of the earlier ones in their place."""
    uses = " and ".join(f"`{name}`" for name in mentions or exercise.uses)
    if verdict.kind in ("fault", "not_attempted"):
        return verdict
    title = "Right, once the earlier functions are" if verdict.kind == "right" else verdict.title
    message = f"With the reference for {uses} in place of yours, {_lower(verdict.message)} Errors in {uses} cost no points here."
    next_step = verdict.next_step or f"Go back to {uses}: run the check there and follow what it says."
    return replace(verdict, title=title, message=message, next_step=next_step, carried=tuple(mentions or exercise.uses))


def _lower(sentence):
    return sentence[0].lower() + sentence[1:]


def fault(exercise, error):
    scores = ()
    message = (
        f"The checker itself failed ({type(error).__name__}: {error}). This is not your mistake and costs you no points. "
        "Please tell your instructor, with this message."
    )
    return Verdict(exercise.name, "fault", exercise.points, exercise.points, "The checker is at fault", message, groups=scores)


def refused(exercise, outcome, scores):
    """The function could not be called, or not to the end."""
    kind, detail = outcome.refused or ("not_attempted", "")
    title, message, step = {
        "not_attempted": (
            "Not attempted yet",
            f"`{exercise.name}` has no value yet." if exercise.is_value else "The function still raises NotImplementedError.",
            f"Replace `raise NotImplementedError()` in the cell of `{exercise.name}` by your code, run it, then run this one.",
        ),
        "missing": (
            "There is no such function",
            f"No function named `{exercise.name}` is defined in the notebook.",
            f"Run the cell that defines `{exercise.name}`, then this one. Keep the function's name as it is.",
        ),
        "not_callable": (
            "This is not a function",
            f"The check was given {detail} instead of a function. Perhaps `{exercise.name}(…)` was called, or the name "
            "was given a new value.",
            f"Pass the function itself, without parentheses: check({exercise.name!r}, {exercise.name}). "
            "Run the cell that defines it first.",
        ),
        "wrong_signature": (
            "The parameters differ from the task",
            f"{detail} The cells below, and the grader, call it as `{exercise.signature}`.",
            "Restore the first line of the function as it was given. More parameters are fine if they have defaults.",
        ),
        "out_of_time": (
            "It takes too long",
            f"The check was stopped after {detail} seconds on a problem that takes the reference a few milliseconds. "
            "Most often a loop never ends: a `while` whose condition stays true, or a call of the function by itself.",
            "Try the function by hand on two or three ratings, and print what changes in the loop.",
        ),
        "ended": (
            "The process ended",
            f"While `{exercise.name}` was running, the process ended. {detail}",
            "Look for `exit`, `quit` and `os._exit`, and for arrays far larger than the problem needs.",
        ),
    }[kind]
    return _verdict(exercise, kind, scores, title, message, step, printed=outcome.printed)


def wrong(exercise, scores, group, run, found, named, reads, runs):
    """A wrong answer: a named mistake where one fits, otherwise the rung on which the first difference lies."""
    evidence = _evidence(exercise, run, found)
    more = {"evidence": evidence, "printed": _printed(runs)}
    if named:
        words = named.title, named.message, named.next_step
        return _verdict(exercise, "mistake", scores, *words, label=named.label, **more)
    if reads:
        return _verdict(exercise, "mistake", scores, *_global(exercise, reads), label="global-instead-of-argument", **more)
    title, message, step = _rung(exercise, group, run, found)
    return _verdict(exercise, found.kind, scores, title, message, step, **more)


def _global(exercise, reads):
    names = ", ".join(f"`{name}`" for name in reads)
    return (
        "A variable of the notebook is used instead of an argument",
        f"Inside `{exercise.name}`, {names} is not one of the parameters: it is read from the notebook. The function then "
        "gives the same answer whatever it is called with, and the check calls it with other data.",
        f"Use only the parameters ({', '.join(exercise.parameters)}) and what you compute from them.",
    )


def _rung(exercise, group, run, found):
    where, got, detail = found.where, found.got, found.detail
    if found.kind == "raised":
        error = got
        at = f" in line {error.line_number}: `{error.line.strip()}`" if error.line_number else ""
        return (
            f"{error.name}: {error.message}"[:120],
            f"Your function stopped with an error{at}.",
            "Read the last line of the error first, then the line it names. Try that line alone with the arguments below.",
        )
    if found.kind == "nothing":
        return (
            "Nothing was returned",
            f"{_capital(where)} is None. A function without `return` gives None, also when it prints the right answer.",
            "End the function with `return …`.",
        )
    if found.kind == "type":
        return f"Expected {detail}", f"{_capital(where)} is {_a(got)}, but should be {detail}.", _contract(exercise)
    if found.kind == "shape":
        return (
            "The shape is wrong",
            f"{_capital(where)} has the wrong shape: {_shape(got)} in place of {detail}.",
            _contract(exercise),
        )
    if found.kind == "dtype":
        return (
            "The type of the numbers is wrong",
            f"{_capital(where)} should hold {detail}; yours holds {_dtype(got)}.",
            _contract(exercise),
        )
    if found.kind == "not_finite":
        return (
            "Not a finite number",
            f"{_capital(where)} contains NaN or infinity. {WHY_NOT_FINITE}",
            ("Find the first operation that gives it, on the instance below."),
        )
    if found.kind == "changed_inputs":
        return (
            f"`{where}` was changed",
            f"After the call, the caller's `{where}` is not what it was. Whoever calls the function does not expect that.",
            f"Work on a copy, or make a new array: `new = {where} + …` instead of `{where} += …`.",
        )
    return _values(exercise, group, found)


def _values(exercise, group, found):
    if found.detail == "an exception":
        return (
            "An error should have been raised",
            f"For this input the task asks for {found.expected.split(':')[0]}.",
            _contract(exercise),
        )
    if found.detail.startswith("fact"):
        over = "Over several calls, this" if found.detail != "fact" else "This"
        return "Not as it should be", f"{over} does not hold: {found.where}.", _contract(exercise)
    about = f" in the case: {group.name}" if group is not exercise.groups[0] else ""
    says = f" {_capital(found.detail)}." if found.detail else ""
    return (
        "The values are wrong",
        f"{_capital(found.where)} differs from what the task asks for{about}.{says}",
        "Work the smallest failing instance below out by hand and compare, one operation at a time.",
    )


def _contract(exercise):
    return f"The task: {exercise.task}"


def _capital(text):
    return text if text[:1] in "`'" else text[:1].upper() + text[1:]


def _printed(runs):
    return "".join(run.outcome.printed for group_runs in runs.values() for run in group_runs)[:2000]


def _evidence(exercise, run, found):
    if exercise.is_value:
        return ("your value", show(run.outcome.value)), ("what does not hold", found.where)
    pairs = [(name, show(value)) for name, value in run.arguments.items() if not hasattr(value, "bit_generator")]
    if found.kind == "values":
        pairs += [("expected" + _of(found.where), show(found.expected)), ("got" + _of(found.where), show(found.got))]
    elif found.kind == "changed_inputs":
        pairs += [(f"{found.where} before", show(found.expected)), (f"{found.where} after", show(found.got))]
    elif found.kind not in ("raised", "nothing"):
        pairs.append(("got" + _of(found.where), show(found.got)))
    return tuple(pairs)


def _of(where):
    return "" if where == "the result" else f" ({where})"


def show(value, limit=600):
    """A value as short readable text."""
    with np.printoptions(precision=4, suppress=True, threshold=40, edgeitems=3, linewidth=72):
        if isinstance(value, float | np.floating):
            text = f"{value:.6g}"
        elif isinstance(value, tuple) and not all(isinstance(v, int | float | str) for v in value):
            text = "\n".join(show(v) for v in value)
        elif isinstance(value, list) and value and all(isinstance(v, float) for v in value):
            text = str(np.array(value))
        else:
            text = str(value)
    return text if len(text) <= limit else text[:limit] + " …"


def _a(value):
    name = getattr(value, "type_name", type(value).__name__)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _shape(value):
    try:
        shape = np.shape(value)
    except ValueError:
        return "rows of different lengths"
    if isinstance(value, tuple | list) and (len(shape) != 1 or any(np.ndim(v) for v in value)):
        return f"{len(value)} values"
    return str(shape) if shape else "a single number"


def _dtype(value):
    return str(np.asarray(value).dtype)
