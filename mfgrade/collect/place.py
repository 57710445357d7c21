"""Putting work into submitted/: only newer work replaces older, and nothing that was there is lost."""

import hashlib
import json
import os
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mfgrade.collect.sorting import NEVER
from mfgrade.dates import in_utc
from mfgrade.store import write_whole


@dataclass
class Placed:
    """`state`: "new", "replaced", "unchanged", "new timestamp", or "not newer". `stamp`: UTC, or None; `how`: where it is from, if not the file's own time."""

    work: object
    state: str
    stamp: datetime | None
    how: str
    late: bool = False


def time_stamp(work, dates, lesson):
    """→ (when it was handed in, in UTC, or None; what to know about that). Canvas's mark decides before the file's own time."""
    due, mark, time = dates.due.get(lesson.name), work.label.late, work.time
    if mark is None or due is None:
        return (in_utc(time), "") if time else (None, "no time known")
    if mark:
        if time and time > due:
            return in_utc(time), ""
        return in_utc(due + timedelta(minutes=1)), "marked LATE, but its own time is not: a minute after the due date"
    if time and time <= dates.due_for(lesson.name, work.student):
        return in_utc(time), ""
    return in_utc(due), "not marked late, but its own time is: the due date"


class Place:
    """The submissions of one lesson, in submitted/, and beside them what was replaced. `moment`: names this run's folders."""

    def __init__(self, root, submitted, lesson, dates, moment):
        self.lesson, self.dates = lesson, dates
        self.submitted = Path(root) / submitted
        self.state = Path(root) / ".mfgrade"
        self.moment = f"{moment:%Y-%m-%dT%H-%M-%SZ}"

    def folder(self, student):
        return self.submitted / student / self.lesson.name

    def put(self, work, dry_run=False):
        """→ `Placed`"""
        stamp, how = time_stamp(work, self.dates, self.lesson)
        due = self.dates.due_for(self.lesson.name, work.student)
        late = bool(stamp and stamp > in_utc(due)) if due else bool(work.label.late)
        placed = Placed(work, self._state(work, stamp), stamp, how, late)
        if dry_run:
            return placed
        if placed.state in ("new", "replaced"):
            self._write(work, stamp)
        elif placed.state == "new timestamp":
            write_whole(self.folder(work.student) / "timestamp.txt", f"{stamp} UTC")
        return placed

    def _state(self, work, stamp):
        folder = self.folder(work.student)
        if not folder.exists():
            return "new"
        before, record = self._timestamp(folder), self._record(work.student)
        notebook = folder / f"{self.lesson.module}.ipynb"
        if notebook.is_file() and _sha256(notebook) == work.sha256:
            same_hand_in = record == _record_of(work)
            return "new timestamp" if stamp and same_hand_in and before != stamp else "unchanged"
        if record:
            newer = (work.attempt, work.time or NEVER) > (record["attempt"], datetime.fromisoformat(record["time"]))
        else:
            newer = before is None or (stamp is not None and stamp > before)
        return "replaced" if newer else "not newer"

    def _timestamp(self, folder):
        from nbgrader.utils import parse_utc

        try:
            return parse_utc((folder / "timestamp.txt").read_text().strip())
        except (OSError, ValueError, OverflowError):
            return None

    def _record_path(self, student):
        return self.state / "collected" / self.lesson.name / f"{student}.json"

    def _record(self, student):
        """What is known of the work that was collected last, if it is still the one in submitted/; else None."""
        try:
            record = json.loads(self._record_path(student).read_text())
            notebook = self.folder(student) / f"{self.lesson.module}.ipynb"
            return record if record["sha256"] == _sha256(notebook) else None
        except (OSError, ValueError, KeyError):
            return None

    def _write(self, work, stamp):
        """The new folder is made beside the old one and takes its place whole."""
        folder = self.folder(work.student)
        scratch = folder.with_name(f".collecting-{self.lesson.name}")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        (scratch / f"{self.lesson.module}.ipynb").write_bytes(work.content)
        if stamp:
            (scratch / "timestamp.txt").write_text(f"{stamp} UTC")
        if folder.exists():
            kept = self.state / "originals" / self.lesson.name / "replaced" / self.moment / work.student
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, kept)
        scratch.rename(folder)
        write_whole(self._record_path(work.student), json.dumps(_record_of(work)))

    def keep_originals(self, source):
        """Copy the download as it is; one that was kept before is not copied again. → the folder of the copy"""
        folder = self.state / "originals" / self.lesson.name
        digest = _digest(source)[:12]
        for earlier in folder.glob(f"*-{digest}"):
            return earlier
        scratch = folder / f".copying-{digest}"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        if source.is_dir():
            shutil.copytree(source, scratch / source.name, symlinks=True, ignore=_special)
        else:
            shutil.copy2(source, scratch / source.name)
        return scratch.rename(folder / f"{self.moment}-{digest}")


def _record_of(work):
    return {"sha256": work.sha256, "attempt": work.attempt, "time": (work.time or NEVER).astimezone(UTC).isoformat()}


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _special(folder, names):
    """Pipes and devices, which cannot be copied."""
    modes = {name: os.lstat(Path(folder, name)).st_mode for name in names}
    return [name for name, mode in modes.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))]


def _digest(source):
    digest = hashlib.sha256()
    for path in [source] if source.is_file() else sorted(source.rglob("*")):
        digest.update(str(path.relative_to(source.parent)).encode("utf-8", "surrogateescape") + b"\0")
        if path.is_file() and not path.is_symlink():
            digest.update(_sha256(path).encode())
    return digest.hexdigest()


def now():
    return datetime.now(UTC)
