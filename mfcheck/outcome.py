"""What came of calling a function once."""

import copy
import io
import traceback
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Raised:
    """An exception, as data. `types`: the names of its classes, most specific first."""

    types: tuple
    message: str
    line_number: int | None = None
    line: str = ""

    @property
    def name(self):
        return self.types[0]


@dataclass(frozen=True)
class Outcome:
    """The result of one call: a value, or an exception, or the reason why there was none.

    `after`: the arguments as the call left them. `refused`: (kind, detail) where the function could not be called at
    all: "missing", "not_attempted" (a value that is None), "not_callable", "wrong_signature", "out_of_time", "ended".
    """

    value: object = None
    after: dict = field(default_factory=dict)
    raised: Raised | None = None
    refused: tuple | None = None
    printed: str = ""


@dataclass(frozen=True)
class Run:
    """A probe's arguments and what came of them."""

    arguments: dict
    outcome: Outcome


def run_once(function, arguments, on_error=None, adapter=None):
    """Call `function` with copies of the arguments, its prints and warnings caught. → `Outcome`

    adapter: a module of mfcheck.adapters, through which arguments go in and the value comes out.
    """
    after = copy.deepcopy(arguments)
    given = adapter.prepare(after) if adapter else after
    printed = io.StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = function(**given)
            value = adapter.observe(value) if adapter else value
    except (Exception, SystemExit) as error:
        return Outcome(after=after, raised=(on_error or describe)(error), printed=printed.getvalue())
    finally:
        if hasattr(adapter, "release"):
            adapter.release()
    return Outcome(value=value, after=after, printed=printed.getvalue())


def describe(error, filename=None):
    """An exception as `Raised`; the line is the last one that ran in the file `filename`."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    types = tuple(c.__name__ for c in type(error).__mro__ if c not in (object, BaseException))
    line_number, line = (own[-1].lineno, own[-1].line) if own else (None, "")
    return Raised(types, str(error), line_number, line or "")
