"""Where the benchmarks leave what they measured: benchmarks/results/NAME.json, with the machine beside it."""

import json
import os
import platform
from pathlib import Path

FOLDER = Path(__file__).parent / "results"


def write(name, result):
    """result: a dict of plain values."""
    FOLDER.mkdir(exist_ok=True)
    machine = {"cores": len(os.sched_getaffinity(0)), "machine": platform.machine(), "python": platform.python_version()}
    (FOLDER / f"{name}.json").write_text(json.dumps({**machine, **result}, indent=1) + "\n")
