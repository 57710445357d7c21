"""Running a notebook's cells in one namespace, without a kernel: what they print, show and raise, as notebook outputs."""

import ast
import builtins
import io
import linecache
import sys
import traceback
import types
from contextlib import redirect_stderr, redirect_stdout

from mfcheck.local import TimeUp, time_limit

MAX_TEXT = 100_000  # characters kept of a cell's output


class Notebook:
    """A namespace that cells run in. `max_output`: characters for all cells together."""

    def __init__(self, max_output):
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        self.namespace = vars(self.module)
        self.left = max_output
        builtins.get_ipython = lambda: _NoShell()
        builtins.display = lambda *values, **_: print(*map(_text, values))

    def run(self, number, source, seconds):
        """Run one cell. → list of outputs, as nbformat has them."""
        printed = Limited(min(MAX_TEXT, self.left))
        result, failure = None, []
        try:
            with redirect_stdout(printed), redirect_stderr(printed), time_limit(seconds):
                result = self._execute(source, f"<cell {number}>")
        except TimeUp:
            failure = [_error("TimeoutError", f"the cell was stopped after {seconds:g} seconds", [])]
        except BaseException as error:
            failure = [_error(type(error).__name__, _message(error), _own_frames(error))]
        text = printed.getvalue()
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        if result is not None:
            text_of_result = _text(result)[: min(MAX_TEXT, max(self.left, 0))]
            outputs.append(
                {
                    "output_type": "execute_result",
                    "execution_count": number,
                    "metadata": {},
                    "data": {"text/plain": text_of_result},
                }
            )
        self.left -= sum(len(str(output)) for output in outputs)
        return outputs + failure

    def _execute(self, source, filename):
        tree, lines = _parse(source, filename)
        linecache.cache[filename] = (len(source), None, lines, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, filename, "exec", dont_inherit=True), self.namespace)
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), filename, "eval", dont_inherit=True), self.namespace)


def _parse(source, filename):
    """Plain Python, or else IPython's additions (magics, `!`, `?`) rewritten as Python."""
    try:
        return ast.parse(source, filename), source.splitlines(keepends=True)
    except SyntaxError:
        try:
            from IPython.core.inputtransformer2 import TransformerManager

            rewritten = TransformerManager().transform_cell(source)
            return ast.parse(rewritten, filename), rewritten.splitlines(keepends=True)
        except Exception:
            pass
        raise


class _NoShell:
    """Stands for IPython's shell: magics and shell commands do nothing here."""

    def __getattr__(self, name):
        return lambda *_, **__: None


class Limited(io.StringIO):
    """Keeps the beginning of what is written, and says once that the rest was dropped."""

    def __init__(self, limit):
        super().__init__()
        self.limit = max(limit, 0)

    def write(self, text):
        text = str(text)
        room = self.limit - self.tell()
        if room > 0:
            super().write(text[:room] + ("\n… (more output was dropped)" if len(text) > room else ""))
        return len(text)

    def close(self):
        """The cell's output stays open until the cell has ended."""


def _text(value):
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__}: repr raised {type(error).__name__}>"


def _message(error):
    try:
        return str(error)[:2000]
    except Exception:
        return ""


def _own_frames(error):
    """The lines of the traceback that lie in cells."""
    if isinstance(error, SyntaxError):
        return traceback.format_exception_only(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<cell ")]
    return [*traceback.format_list(frames[-6:]), f"{type(error).__name__}: {_message(error)}"]


def _error(name, message, lines):
    return {"output_type": "error", "ename": name[:200], "evalue": message, "traceback": [line[:2000] for line in lines][:40]}
