"""`mfgrade doctor`: what this machine offers for grading, and what to do about what is missing."""

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mfgrade.autograde import processors
from mfgrade.course import put_scripts_on_path
from mfgrade.sandbox.bubble import NoSandbox, find_bubblewrap
from mfgrade.secret import path as seed_path


def examine():
    """Print a line for each thing that grading needs or can use. → 0 when grading can run isolated, else 1"""
    findings = [*_sandbox(), *_limits(), _alembic(), _seed(), _dask(), _processors()]
    table = Table(title="What this machine offers", title_justify="left")
    for heading in ("", "what", "found"):
        table.add_column(heading, overflow="fold")
    for state, what, words in findings:
        table.add_row({True: "✓ ok", False: "✗ missing", None: "○ optional"}[state], what, words)
    Console().print(table)
    return 0 if all(state is not False for state, _, _ in findings) else 1


def _sandbox():
    try:
        path = find_bubblewrap()
    except NoSandbox as problem:
        yield False, "bubblewrap", str(problem)
        return
    version = subprocess.run([path, "--version"], capture_output=True, text=True, env={}).stdout.strip()
    yield True, "bubblewrap", f"{version} at {path}"
    who = "root: submissions run as a user of their own number" if os.geteuid() == 0 else "unprivileged, in a user namespace"
    yield True, "isolation", f"as {who}; no network, own process numbers, read-only system"


def _limits():
    yield True, "limits", "memory, processes, file size and processor time by rlimit; memory of all processes together by a watch"
    most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    if most != resource.RLIM_INFINITY and most < 256:
        yield False, "processes", f"this account may have only {most}; raise it (ulimit -u) to at least 256 to grade in parallel"


def _alembic():
    put_scripts_on_path()
    found = shutil.which("alembic")
    words = found or f"nbgrader starts it for its database; install this course into {sys.prefix} with pip"
    return bool(found), "alembic", words


def _seed():
    file = seed_path()
    if not file.exists():
        return True, "secret seed", f"will be made on first use: {file}"
    mode = file.stat().st_mode & 0o777
    if mode & 0o077:
        return False, "secret seed", f"{file} can be read by others ({mode:o}); run: chmod 600 {file}"
    return True, "secret seed", str(file)


def _dask():
    if importlib.util.find_spec("distributed"):
        return True, "Dask", "mfgrade autograde LESSON --scheduler tcp://… sends the work to a cluster"
    return None, "Dask", "for grading on more than one machine: pip install 'matrix-factorization-course[cluster]'"


def _processors():
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    return True, "processors", f"{processors()} (default for --jobs); {free:.0f} GB of disk free here"
