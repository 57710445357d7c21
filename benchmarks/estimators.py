"""The estimators beside peers, in one run on this machine: errors, lists, speed, growth; and what they must reach.

`make bench`, or `python -m benchmarks.estimators [--only PART] [--quick]`, in an environment with the peers
(`python -m benchmarks.install_peers`). A peer that is not there is shown as missing. Results go to benchmarks/results/.
"""

import argparse
import importlib
import importlib.metadata
import platform
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import plots
from benchmarks.peers import MISSING, PACKAGES
from benchmarks.requirements import requirement_table
from benchmarks.results import write
from benchmarks.threads import CORES, FEW, MANY

PARTS = "accuracy", "ranking", "speed", "growth"
WIDTH = 140  # where there is no terminal
OTHERS = "numpy", "numba", "pandas", "scipy", "threadpoolctl"


def machine():
    """→ what it was measured on: processor, threads, versions."""
    cpuinfo = Path("/proc/cpuinfo")
    models = (
        [line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if cpuinfo.exists()
        else []
    )
    return {
        "cpu": models[0] if models else platform.processor(),
        "threads": [FEW, MANY],
        "versions": {name: version(name) for name in (*OTHERS, *PACKAGES)},
    }


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return MISSING


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out what takes longest: Surprise's SVDpp and myFM, Surprise on a million ratings, growth to ten million",
    )
    chosen = parser.parse_args(arguments)
    console, about = Console(width=None if sys.stdout.isatty() else WIDTH), machine()
    console.print(f"{about['cpu']}, {CORES} cores, Python {platform.python_version()}")
    console.print(", ".join(f"{name} {number}" for name, number in about["versions"].items()))
    if MANY < 4:
        console.print(f"Four threads are asked for; this machine has {CORES} cores, so that “many” is {MANY}.")
    if chosen.quick:
        console.print("--quick: without Surprise SVDpp, myFM, SGD on a million ratings, and growth to ten million.")
    required = []
    for part in [chosen.only] if chosen.only else PARTS:
        module = importlib.import_module(f"benchmarks.{part}")
        result = module.measure(quick=chosen.quick)
        for table in module.tables(result):
            console.print(table)
        required += module.requirements(result)
        write(f"estimators_{part}", {**about, "quick": chosen.quick, **result})
        console.print(f"Drawn: {plots.save(part, result)}")
    console.print(requirement_table(required))


if __name__ == "__main__":
    main()
