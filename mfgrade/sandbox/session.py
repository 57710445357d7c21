"""The grader's side of the pipe: start a sandbox, run cells in it, call a submission's functions in it."""

import contextlib
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass

import psutil

from mfcheck.outcome import Outcome, Raised
from mfcheck.wire import WireError, decode, encode
from mfgrade.sandbox import bubble
from mfgrade.sandbox.inside import frames

START_SECONDS = 30
SLACK = 5  # seconds beyond the inner limits before the whole sandbox is ended


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Defaults as in nbgrader_config.py."""

    memory: int = 2 * 1024**3  # bytes, of one process and of all together
    processes: int = 64
    file_size: int = 50_000_000
    output: int = 10_000_000
    check_seconds: float = 10
    cell_seconds: float = 120
    total_seconds: float = 600

    def inside(self):
        return {**asdict(self), "cpu_seconds": int(self.total_seconds) + 60}


class Died(Exception):
    """The sandbox ended, or was ended; the message says why, in words for the student."""


class Session:
    """One sandbox with one submission in it. Use as a context manager."""

    def __init__(self, room, files=None, limits=None, bwrap=None):
        """room: the folder on the import path. files: the submission's own. bwrap: its path; None runs unprotected."""
        self.limits = limits or Limits()
        self.until = time.monotonic() + self.limits.total_seconds
        self.killed_for = self.call = None
        self._scratch, uid = None, None
        if bwrap:
            options, program, uid = bubble.command(bwrap, room, files)
            self.process = bubble.start(bwrap, options, program)
        else:
            self._scratch = tempfile.TemporaryDirectory(prefix="mfgrade-")
            home = self._scratch.name
            program = [sys.executable, "-I", "-B", "-c", bubble.start_code(str(room))]
            environment = bubble.ENVIRONMENT | {"HOME": home, "TMPDIR": home}
            self.process = subprocess.Popen(program, env=environment, cwd=home, start_new_session=True, **bubble.PIPES)
        self._watch = threading.Thread(target=self._watch_memory, daemon=True)
        self._watch.start()
        try:
            self._send({"uid": uid, "isolated": bwrap is not None, "limits": self.limits.inside()})
            self._receive(START_SECONDS)
        except Died as problem:
            errors = self._errors()
            self.close()
            raise bubble.NoSandbox(f"the sandbox did not start: {problem} {errors}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run_cell(self, number, source):
        """→ the cell's outputs. Raises Died when the sandbox did not survive the cell."""
        seconds = min(self.limits.cell_seconds, self._left())
        self._send({"do": "cell", "number": number, "source": source, "seconds": seconds})
        message, _ = self._receive(seconds + SLACK)
        outputs = message.get("outputs")
        if not isinstance(outputs, list):
            raise Died("The notebook disturbed the process that runs it.")
        return [output for output in outputs if well_formed(output)]

    def begin(self, exercise, replaced):
        """→ a `call` for `judge`. replaced: exercise name → source of the reference to use in its place. Ends the call before."""
        if self.call:
            self.call.finish()
        self._send(
            {
                "do": "exercise",
                "exercise": {name: getattr(exercise, name) for name in ("name", "parameters", "uses", "adapter", "is_value")},
                "replaced": replaced,
                "seconds": self.limits.check_seconds,
            }
        )
        self.call = SandboxCall(self, exercise)
        return self.call

    def _send(self, message, data=b""):
        try:
            frames.send(self.process.stdin.fileno(), message, data)
        except OSError:
            raise Died(self._why()) from None

    def _receive(self, seconds):
        deadline = time.monotonic() + min(seconds, self._left() + SLACK)

        def read(fd, n):
            if not select.select([fd], [], [], max(deadline - time.monotonic(), 0))[0]:
                self._kill("It took too long and was stopped.")
                raise Died(self._why())
            return os.read(fd, n)

        try:
            return frames.receive(self.process.stdout.fileno(), read)
        except (frames.Closed, OSError):
            raise Died(self._why()) from None

    def _left(self):
        return max(self.until - time.monotonic(), 0.1)

    def _why(self):
        return self.killed_for or "The process that runs the notebook ended, as with `os._exit`, a crash, or too much memory."

    def _kill(self, why):
        self.killed_for = self.killed_for or why
        self.process.kill()

    def _watch_memory(self):
        """End the sandbox when all its processes together take more memory than one submission may."""
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.process.pid)
            while self.process.poll() is None:
                family = root.children(recursive=True)
                total = 0
                for process in family:
                    with contextlib.suppress(psutil.Error):
                        total += process.memory_info().rss
                if total > self.limits.memory:
                    self._kill("It used more memory than is allowed.")
                time.sleep(0.2)

    def _errors(self):
        with contextlib.suppress(Exception):
            self.process.kill()
            return self.process.stderr.read(2000).decode(errors="replace").strip()
        return ""

    def close(self):
        """End everything in the sandbox at once."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.wait()
        if self._scratch:
            self._scratch.cleanup()


class SandboxCall:
    """`call(arguments)` → `Outcome`, made inside the sandbox. `reads`: the notebook's variables that the function uses."""

    def __init__(self, session, exercise):
        self.session = session
        self.ended = False
        message = self._next()[0]
        self.reads, mentions = _names(message.get("reads")), _names(message.get("mentions"))
        self.mentions = tuple(name for name in exercise.uses if name in mentions)

    def __call__(self, arguments):
        if self.ended:
            return Outcome(refused=("ended", "It may have been ended by the function itself, or have crashed."))
        self.session._send({"do": "call"}, encode(arguments))
        message, data = self._next()
        if self.ended:
            return self(arguments)
        return read_outcome(message, data)

    def _next(self):
        message, data = self.session._receive(self.session.limits.check_seconds + SLACK)
        self.ended = self.ended or "ended" in message
        return message, data

    def finish(self):
        if not self.ended:
            self.session._send({"do": "end"})
            while not self.ended:
                self._next()


def _names(found):
    return tuple(str(name)[:80] for name in found[:10]) if isinstance(found, list) else ()


def read_outcome(message, data):
    """What arrived as an `Outcome`, nothing of it believed beyond its form."""
    refused, raised = message.get("refused"), message.get("raised")
    if (
        isinstance(refused, list)
        and len(refused) == 2
        and refused[0] in ("missing", "not_attempted", "not_callable", "wrong_signature", "out_of_time")
    ):
        return Outcome(refused=(refused[0], str(refused[1])[:500]))
    try:
        content = decode(data)
        value, after = content["value"], content["after"]
        after = after if isinstance(after, dict) else {}
        error = None
        if raised is not None:
            types, text, number, line = raised
            error = Raised(tuple(str(t)[:100] for t in types) or ("Error",), str(text)[:500], number, str(line)[:300])
    except (WireError, KeyError, TypeError, ValueError):
        return Outcome(raised=Raised(("WireError",), "what your function returned could not be read"))
    return Outcome(value=value, after=after, raised=error, printed=str(message.get("printed", ""))[:2000])


def well_formed(output):
    """Whether an output is one of the three plain kinds that the runner makes, with text where text belongs."""
    if not isinstance(output, dict):
        return False
    text = str
    forms = {
        "stream": lambda o: o.get("name") == "stdout" and isinstance(o.get("text"), text) and len(o) == 3,
        "error": lambda o: (
            isinstance(o.get("ename"), text)
            and isinstance(o.get("evalue"), text)
            and isinstance(o.get("traceback"), list)
            and all(isinstance(line, text) for line in o["traceback"])
            and len(o) == 4
        ),
        "execute_result": lambda o: (
            o.get("data", {}).keys() == {"text/plain"}
            and isinstance(o["data"]["text/plain"], text)
            and o.get("metadata") == {}
            and isinstance(o.get("execution_count"), int)
            and len(o) == 4
        ),
    }
    return forms.get(output.get("output_type"), lambda o: False)(output)
