"""Running a reader's notebook in a kernel of its own, to see what its check cells say. The file is only read."""

import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from mfcheck import record
from mfcheck.notebook import checked_in

CELL_SECONDS, NOTEBOOK_SECONDS = 120, 600
# What the cells print is not shown, and must not fill the memory. Binds no name in the notebook.
SILENCE = '__import__("sys").stdout = open(__import__("os").devnull, "w")'
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class NotANotebook(ValueError):
    """The file cannot be read as a notebook; the message says why and what to do."""


@dataclass
class Run:
    """What came out of a notebook.

    `checks`: the exercises that have a check cell. `reports`: exercise → what `record.report` wrote, of the notebook's own
    function where there was one. `errors`: the cells that raised or ran out of time, as (source, words).
    `problem`: why the notebook did not run to its end, or "".
    """

    checks: set = field(default_factory=set)
    reports: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    problem: str = ""


def code_cells(path):
    """→ the texts of the cells to run: all code except the pictures, on which nothing depends. Raises NotANotebook."""
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotANotebook(f"The file cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotANotebook(f"The file is not valid JSON{where}. Open it in JupyterLab and save it again.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("The file holds no cells. If it is an old notebook, open it in JupyterLab and save it again.")
    return [_text(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code" and not _is_picture(cell)]


def _text(cell):
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(line for line in source or () if isinstance(line, str))


def _is_picture(cell):
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and "show" in tags


def run(path, cell_seconds=CELL_SECONDS, notebook_seconds=NOTEBOOK_SECONDS):
    """Run the notebook at `path` in a new kernel. → `Run`. Raises NotANotebook.

    An error in a cell does not stop the others. A cell is interrupted after `cell_seconds`, all together after
    `notebook_seconds`.
    """
    import nbformat
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    from mfcheck.kernel import LocalKernelManager

    cells = code_cells(path)
    found = Run(checks={name for text in cells for name in checked_in(text)})
    starts = []

    class Client(NotebookClient):
        def output(self, outs, msg, display_id, cell_index):
            """Keep errors only."""
            return super().output(outs, msg, display_id, cell_index) if msg["msg_type"] == "error" else None

    def stop_when_over(cell, cell_index):
        starts.append(time.monotonic())
        if starts[-1] - starts[0] >= notebook_seconds:
            found.problem = f"The notebook was stopped after {notebook_seconds:g} seconds; the cells after that were not run."
            raise _OutOfTime

    def note(cell, cell_index, execute_reply):
        errors = [_error_words(one) for one in cell.outputs]
        if execute_reply is None or "KeyboardInterrupt" in errors:
            errors = [f"The cell was stopped: it takes more than {cell_seconds:g} seconds, or the notebook too many."]
        found.errors += [(cell.source, words) for words in errors]

    with tempfile.TemporaryDirectory(prefix="mf-sheet-") as scratch:
        reports = Path(scratch) / "reports.jsonl"
        client = Client(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (SILENCE, *cells)]),
            kernel_manager_class=LocalKernelManager,
            kernel_name="python3",
            allow_errors=True,
            interrupt_on_timeout=True,
            timeout_func=lambda cell: max(0.1, min(cell_seconds, starts[0] + notebook_seconds - time.monotonic())),
            shutdown_kernel="immediate",
            on_cell_start=stop_when_over,
            on_cell_executed=note,
            resources={"metadata": {"path": str(Path(path).parent)}},
        )
        client.log.disabled = True  # what went wrong stands in the sheet
        try:
            client.execute(env={**_environment(), record.REPORTS: str(reports)}, stderr=subprocess.DEVNULL)
        except _OutOfTime:
            pass
        except DeadKernelError:
            found.problem = "Python itself ended in this notebook; the cells after that were not run."
        except (RuntimeError, NoSuchKernel) as error:
            found.problem = f"No kernel could be started ({error}). Is ipykernel installed?"
        found.reports = _read(reports)
    return found


class _OutOfTime(Exception):
    pass


def _environment():
    return {name: value for name, value in os.environ.items() if name != "NBGRADER_EXECUTION"}


def _error_words(output):
    last = COLOUR.sub("", output.evalue).strip().split("\n")[0][:300]
    return f"{output.ename}: {last}" if last else output.ename


def _read(reports):
    """→ exercise → the last report on the notebook's own function; without one, the last of all."""
    found = {}
    for line in reports.read_text(encoding="utf-8").splitlines() if reports.exists() else ():
        report = json.loads(line)
        name = report["verdict"]["exercise"]
        if report["own"] or not found.get(name, {}).get("own"):
            found[name] = report
    return found
