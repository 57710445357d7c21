"""Lesson 15: files. A plain path becomes a path in a new folder, and what lies there after the call comes back as bytes.

Plain `path`: a dict of `name`, the file's name; `content`, its bytes before the call as whole numbers, or None for no file; and maybe
`arrays until full`, after how many arrays of an `.npz` the disk is full. Behind the call, "left" among the arguments says:
`files`, the names in the folder; `content`, the bytes now, or None; `kept`, whether who had the old file open still reads the old one;
`code_ran`, whether a pickle that stood in the file was opened.
"""

import errno
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

_now = {}
open_member = zipfile.ZipFile.open


def prepare(arguments):
    """→ the arguments with a path to a file in a folder of its own; what is left there is noted by `release`."""
    release()
    path = arguments["path"]
    folder = Path(tempfile.mkdtemp(prefix="mf-"))
    arguments["left"] = {}
    _now.update(folder=folder, name=path["name"], content=path["content"], left=arguments["left"], code_ran=False)
    (folder / "models").mkdir()
    if path["content"] is not None:
        file = folder / "models" / path["name"]
        file.write_bytes(bytes(path["content"]))
        _link(file, folder / "open")
    if "arrays until full" in path:
        zipfile.ZipFile.open = filling_up(path["arrays until full"])
    given = {name: value for name, value in arguments.items() if name != "left"}
    return {**given, "path": str(folder / "models" / path["name"])}


def _link(file, link):
    try:
        os.link(file, link)
    except OSError:  # a file system without links
        shutil.copyfile(file, link)


def filling_up(n_arrays):
    """→ a `ZipFile.open` that finds the disk full after so many members have been written."""
    written = []

    def open_or_full(self, name, mode="r", *args, **more):
        if mode == "w":
            if len(written) == n_arrays:
                raise OSError(errno.ENOSPC, "No space left on device")
            written.append(name)
        return open_member(self, name, mode, *args, **more)

    return open_or_full


def ran():
    """Called by a pickle that should not have been opened."""
    _now["code_ran"] = True


def observe(value):
    """→ the name of its type for a file of NumPy's that is not read yet; anything else as it is."""
    return "NpzFile" if isinstance(value, np.lib.npyio.NpzFile) else value


def release():
    """Note what is left in the folder, and remove it."""
    if not _now:
        return
    zipfile.ZipFile.open = open_member
    folder, content = _now["folder"], _now["content"]
    file, link = folder / "models" / _now["name"], folder / "open"
    _now["left"].update(
        files=sorted(path.name for path in (folder / "models").iterdir()) if (folder / "models").is_dir() else [],
        content=np.frombuffer(file.read_bytes(), dtype=np.uint8) if file.is_file() else None,
        kept=content is None or link.read_bytes() == bytes(content),
        code_ran=_now["code_ran"],
    )
    shutil.rmtree(folder, ignore_errors=True)
    _now.clear()
