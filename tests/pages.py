"""The pages of docs/ as something to do: their fenced blocks, and a fresh clone in which these are done one after the other."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

FENCE = re.compile(r"^(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
SECONDS = 900


@dataclass(frozen=True)
class Block:
    """`kind`: the first word of the info string; `more`: the rest of it, a path, "not-run" or "status=N"."""

    kind: str
    more: str
    body: str
    line: int

    @property
    def status(self):
        return int(self.more.removeprefix("status=")) if self.more.startswith("status=") else 0


def blocks(page):
    """→ the fenced blocks of a page's text."""
    return [
        Block(*([*found["info"].split(None, 1), "", ""][:2]), found["body"], page.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(page)
    ]


def clone(folder):
    """A fresh clone of HEAD with what is not committed yet, and the environment in .venv as `make env-test` leaves it. → the folder"""
    folder = Path(folder)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    listed = ["git", "-C", str(ROOT), "ls-files", "--modified", "--others", "--exclude-standard", "-z"]
    for name in filter(None, subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)
    (folder / ".venv").symlink_to(sys.prefix)
    os.utime(folder / "pyproject.toml", (0, 0))  # make's marks in the environment are younger: it installs nothing
    return folder


class NotAsSaid(AssertionError):
    """Something on the page did not come about."""


@dataclass
class Doing:
    """Does what a page says in `course`, a clone, with `home` as the home folder."""

    course: Path
    home: Path
    shown: str = ""

    def do(self, block):
        """Raises NotAsSaid."""
        if block.kind == "text":
            self._was_shown(block)
        elif block.kind == "diff":
            self._change(block)
        elif block.kind == "sh":
            self._run(block, ["bash", "-e", "-o", "pipefail", "-c", block.body])
        elif block.kind == "python" and not block.more:
            self._run(block, ["python", "-c", block.body])
        else:
            path = self.course / block.more
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")

    def _run(self, block, command):
        done = subprocess.run(
            command,
            cwd=self.course,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        self.shown = done.stdout
        ended = done.returncode if done.returncode >= 0 else 128 - done.returncode  # as a shell counts a signal
        if ended != block.status:
            raise NotAsSaid(
                f"line {block.line}: ended with {ended}, not {block.status}:\n{block.body}\nIt printed:\n{done.stdout}"
            )

    def _environment(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MFREF_", "MFCHECK_", "MFGRADE_", "PYTEST_"))
        }
        path = f"{self.course / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return kept | {
            "HOME": str(self.home),
            "PATH": path,
            "PYTHONPATH": str(self.course),
            "COLUMNS": "150",
            "PIP_NO_INDEX": "1",
        }

    def _was_shown(self, block):
        """Each line of the block was printed, in this order; "…" stands for anything, and spaces do not count."""
        printed = iter(_plain(line) for line in self.shown.splitlines())
        for line in filter(str.strip, block.body.splitlines()):
            wanted = re.compile(".*".join(re.escape(part) for part in _plain(line).split("…")))
            if not any(wanted.fullmatch(other) for other in printed):
                raise NotAsSaid(f"line {block.line}: not printed, or not in this order: {line!r}\nIt printed:\n{self.shown}")

    def _change(self, block):
        """Lines with "-" are replaced by those with "+"; those with a blank say where."""
        path = self.course / block.more
        lines = block.body.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] in kinds) for kinds in (" -", " +"))
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise NotAsSaid(f"line {block.line}: {block.more} has these lines {text.count(old)} times, not once:\n{old}")
        path.write_text(text.replace(old, new), encoding="utf-8")


def _plain(line):
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", line).split())
