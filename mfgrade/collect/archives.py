"""Reading downloads: a folder, loose files, archives, and archives that students handed in, one level deep.

Nothing is unpacked to a path that an archive names: members are read one by one, with limits, and only when they are wanted.
"""

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mfgrade.collect.naming import read_label
from mfgrade.reading import MAX_NOTEBOOK, Unreadable, read_regular

MAX_MEMBERS = 20_000
MAX_TOTAL = 4 * 1024**3  # bytes after unpacking, of one archive
MAX_STUDENT_MEMBERS, MAX_STUDENT_TOTAL = 1000, 200_000_000  # the same of an archive that one student handed in
MAX_RATIO, SMALL = 200, 2_000_000  # times as large after unpacking, of what is not small
JUNK = (".DS_Store", "Thumbs.db", "desktop.ini")


class Refused(Exception):
    """Why a file or a member of an archive is not read."""


@dataclass
class Member:
    """One file of a download.

    `where`: for people, as in "submissions.zip: a/b.ipynb". `path`: its path inside, with slashes. `time`: as the archive or the
    file system has it, or None. `problem`: why it is refused, or "". `inside`: the path of the student's archive that it was in.
    """

    where: str
    path: str
    time: datetime | None = None
    problem: str = ""
    inside: str = ""
    fetch: object = None

    def read(self):
        """→ bytes. Raises Refused."""
        if self.problem:
            raise Refused(self.problem)
        return self.fetch()


def is_junk(path):
    """What operating systems leave behind, never a student's own."""
    name = path.rsplit("/", 1)[-1]
    return name in JUNK or name.startswith("._") or "__MACOSX" in path.split("/")


def read_downloads(source):
    """Yield every `Member` of a folder, an archive or a single file; archives are opened, nothing is followed."""
    source = Path(source)
    files = [source] if source.is_symlink() or not source.is_dir() else sorted(source.rglob("*"))
    for file in files:
        if file.is_dir() and not file.is_symlink():
            continue
        path = str(file.relative_to(source.parent if file == source else source)).replace("\\", "/")
        yield from _file(file, path)


def _file(file, path):
    whole = Member(path, path)
    try:
        about = file.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise Refused("a link or a special file")
        whole.time = datetime.fromtimestamp(about.st_mtime).astimezone()
        whole.fetch = lambda: _read_file(file)
        if file.suffix.casefold() == ".zip" and read_label(path) is None:
            yield from _archive(lambda: file.open("rb"), path, MAX_MEMBERS, MAX_TOTAL)
            return
    except (Refused, OSError) as problem:
        whole.problem = str(problem)
    yield from _with_student_archive(whole)


def _read_file(file):
    try:
        return read_regular(file)
    except Unreadable as problem:
        raise Refused(str(problem)) from None


def _with_student_archive(member):
    """The member; or when it is a student's archive, what is in it."""
    if not member.path.casefold().endswith(".zip") or member.problem or is_junk(member.path):
        yield member
        return
    try:
        inner = list(
            _archive(lambda: io.BytesIO(member.read()), member.where, MAX_STUDENT_MEMBERS, MAX_STUDENT_TOTAL, member.path)
        )
    except Refused as problem:
        member.problem = str(problem)
        inner = [member]
    yield from inner


def _archive(open_it, where, max_members, max_total, inside=""):
    """Yield the members of an archive; a damaged one gives itself, with the problem."""
    try:
        with open_it() as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        files = [info for info in infos if not info.is_dir()]
        check_size(files, max_members, max_total)
    except (zipfile.BadZipFile, Refused, OSError, ValueError, NotImplementedError, struct.error) as problem:
        kind = "" if isinstance(problem, Refused) else "no archive that can be read: "
        yield Member(where, inside or where, problem=f"{kind}{problem}", inside=inside)
        return
    if not files:
        yield Member(where, inside or where, problem="an archive with nothing in it", inside=inside)
    for info in files:
        path = right_name(info).replace("\\", "/")
        member = Member(f"{where}: {path}", path, time_of(info), wrong_with(info, path), inside)
        member.fetch = lambda info=info: _read_member(open_it, info)
        if inside and path.casefold().endswith(".zip") and not member.problem:
            member.problem = "an archive inside an archive inside the download; it is not opened"
        yield from [member] if inside else _with_student_archive(member)


def check_size(infos, max_members, max_total):
    """Raises Refused for archives that would unpack to more than anybody's work."""
    if len(infos) > max_members:
        raise Refused(f"{len(infos)} files in it, more than {max_members}")
    total = sum(info.file_size for info in infos)
    if total > max_total:
        raise Refused(f"it would unpack to {total / 1e6:.0f} MB, more than {max_total / 1e6:.0f} MB")


def wrong_with(info, path):
    """→ why a member is refused, or ""."""
    parts = path.split("/")
    if path.startswith("/") or path[1:2] == ":" or ".." in parts or "\0" in path:
        return "its path leads out of the archive"
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind not in (0, stat.S_IFREG):
        return "a link or a special file"
    if info.flag_bits & 1:
        return "encrypted"
    if info.file_size > MAX_NOTEBOOK:
        return f"it unpacks to {info.file_size / 1e6:.0f} MB, more than {MAX_NOTEBOOK / 1e6:.0f} MB"
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"it unpacks to {info.file_size // max(info.compress_size, 1)} times its size, more than {MAX_RATIO} times"
    return ""


def _read_member(open_it, info):
    """The bytes of a member. `zipfile` gives no more than the announced size and checks the sum."""
    try:
        with open_it() as file, zipfile.ZipFile(file) as archive, archive.open(info) as member:
            return member.read(MAX_NOTEBOOK + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as problem:
        raise Refused(f"damaged: {problem}") from None
    except Exception as problem:  # bz2 and lzma have errors of their own
        raise Refused(f"damaged: {type(problem).__name__}: {problem}") from None


def right_name(info):
    """The member's name; many programs write UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def time_of(info):
    """→ when the member was changed, in this machine's time, as archives have it; None for a time that cannot be."""
    try:
        return datetime(*info.date_time).astimezone() if info.date_time > (1980, 1, 1, 0, 0, 0) else None
    except ValueError:
        return None
