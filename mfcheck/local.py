"""Calling the student's function where it is: in the notebook's own process."""

import contextlib
import ctypes
import inspect
import signal
import threading
import time
import types
from dataclasses import replace

from mfcheck import adapters
from mfcheck.outcome import Outcome, describe, run_once
from mfcheck.wire import plain

SECONDS = 10


class TimeUp(BaseException):
    """Not an Exception, so that a student's `except Exception` does not swallow it."""


class LocalCall:
    """`call(arguments)` → `Outcome` of the function, all calls together within SECONDS.

    `reads`: the notebook's variables that the function uses; `mentions`: the earlier exercises that it calls by name.
    `replaced`: name → function, put in the place of what the function's own module has under these names while it runs.
    """

    def __init__(self, exercise, function, replaced=None, seconds=SECONDS):
        self.function, self.replaced, self.seconds = function, replaced or {}, seconds
        self.until = time.monotonic() + seconds
        if exercise.is_value and function is not None:
            self.function = function = constant(function)
        self.refusal = refusal(exercise, function)
        self.adapter = adapters.load(exercise.adapter)
        self.reads = () if self.refusal else notebook_variables(function)
        self.mentions = () if self.refusal else mentioned(function, exercise.uses)

    def __call__(self, arguments):
        if self.refusal:
            return Outcome(refused=self.refusal)
        left = self.until - time.monotonic()
        try:
            with self._namespace(), time_limit(max(left, 0.01)):
                outcome = run_once(self.function, arguments, self._describe, self.adapter)
                after = {name: plain(value) for name, value in outcome.after.items()}
                return replace(outcome, value=plain(outcome.value), after=after)
        except TimeUp:
            return Outcome(refused=("out_of_time", f"{self.seconds:g}"))

    @contextlib.contextmanager
    def _namespace(self):
        names = getattr(inspect.unwrap(self.function), "__globals__", {})
        before = {name: names[name] for name in self.replaced if name in names}
        names.update(self.replaced)
        try:
            yield
        finally:
            for name in self.replaced:
                names.pop(name, None)
            names.update(before)

    def _describe(self, error):
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return describe(error, code and code.co_filename)


@contextlib.contextmanager
def time_limit(seconds):
    """Raise TimeUp in the block after this many seconds, again and again in case something swallows it."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():

        def stop(signum, frame):
            raise TimeUp

        before = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    else:
        thread = threading.get_ident()
        raise_there = ctypes.pythonapi.PyThreadState_SetAsyncExc
        timer = threading.Timer(seconds, lambda: raise_there(ctypes.c_ulong(thread), ctypes.py_object(TimeUp)))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def constant(value):
    """→ a function that gives this value, whatever it is called with: a value is judged like a function."""
    return lambda **_: value


def refusal(exercise, function):
    """Why the function cannot be called as the task says, as (kind, detail), or None."""
    if function is None:
        return ("not_attempted" if exercise.is_value else "missing"), ""
    if not callable(function) or isinstance(function, type):
        name = type(function).__name__ if not isinstance(function, type) else "class"
        return "not_callable", f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    try:
        given = inspect.signature(function).parameters
        inspect.signature(function).bind(**dict.fromkeys(exercise.parameters))
    except (ValueError, TypeError):
        return "wrong_signature", _signature_gap(exercise, given)
    return None


def _signature_gap(exercise, given):
    missing = [name for name in exercise.parameters if name not in given]
    extra = [n for n, p in given.items() if n not in exercise.parameters and p.default is p.empty]
    parts = []
    if missing:
        parts.append(f"Missing: {', '.join(f'`{name}`' for name in missing)}.")
    if extra:
        parts.append(f"Not in the task: {', '.join(f'`{name}`' for name in extra)}.")
    return " ".join(parts) or "The parameters cannot be passed by name."


def notebook_variables(function):
    """The notebook's data that the function reads by name: variables that are no functions, modules or constants."""
    function = inspect.unwrap(function)
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    if code is None:
        return ()
    found = [n for n in dict.fromkeys(_global_names(code)) if n in names and not n.startswith("__") and _is_data(n, names[n])]
    return tuple(found)


def mentioned(function, names):
    """Those of the names that the function's code looks up."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    used = set(_global_names(code)) if code else set()
    return tuple(name for name in names if name in used)


def _global_names(code):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


def _is_data(name, value):
    is_constant = len(name) > 1 and name.isupper()
    return not (is_constant or callable(value) or isinstance(value, types.ModuleType) or value is None)
