"""Reading what was handed in: whatever the file is, the cells that are in it, or a sentence that says why there are none.

Notebooks of every format version are read by their structure, not by a schema: what matters is which cells there are
and what they say.
"""

import json
import os
import re
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

MAX_NOTEBOOK = 50_000_000
MAX_CELLS = 2000
MAX_PICTURES, MAX_PICTURE = 100, 600_000  # in one notebook; characters of each
# A picture as the course shows it (mfref.plots.picture.image_html), and nothing else: no script, no address, no other attribute.
PICTURE = re.compile(
    r'<img alt="([^"<>]{0,8000})" width="(\d{1,4})" style="max-width:100%" src="data:image/png;base64,([A-Za-z0-9+/]+={0,2})">'
)
PLACEHOLDER = "mfgrade_placeholder"  # marks the empty notebook that stands for a missing one


@dataclass(frozen=True)
class Cell:
    kind: str  # "code" or "markdown"
    source: str
    id: str = ""
    grade_id: str = ""
    pictures: tuple = ()  # what its outputs showed when it was handed in, as (alt text, width, base64 of a PNG), as text


@dataclass(frozen=True)
class Submission:
    """`cells`: in the order of the notebook. `problem`: why it could not be read, in words for the student, or ""."""

    cells: tuple = ()
    problem: str = ""
    notes: tuple = field(default=())


def read_submission(path):
    """→ `Submission`. Never raises for anything that a student can hand in; links and special files are not opened."""
    try:
        raw = read_regular(path)
    except Unreadable as problem:
        return Submission(problem=str(problem))
    return read_notebook(raw)


def read_notebook(raw):
    """→ `Submission` of a file's bytes. Never raises."""
    try:
        cells, notes = _cells(_parse(_text(raw)))
    except Unreadable as problem:
        return Submission(problem=str(problem))
    return Submission(tuple(cells), notes=tuple(notes))


class Unreadable(Exception):
    """Why a file is not a notebook, in words for the student."""


def read_regular(path):
    """→ the bytes of a regular file. Raises Unreadable for links, special files, and files that are too large."""
    path = Path(path)
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise Unreadable("There is no notebook with the lesson's name in what you handed in.") from None
    except OSError:
        raise Unreadable(
            "What you handed in under the notebook's name is a link or cannot be opened, not a file of its own."
        ) from None
    with os.fdopen(fd, "rb") as file:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("What you handed in under the notebook's name is not a file.")
        if about.st_size > MAX_NOTEBOOK:
            raise Unreadable(
                f"The file is larger than {MAX_NOTEBOOK // 1_000_000} MB. Clear the outputs, save, and hand it in again."
            )
        return file.read()


def _text(raw):
    if not raw.strip():
        raise Unreadable("The file is empty. Save the notebook in JupyterLab and hand it in again.")
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    encoding = next((name for mark, name in marks.items() if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _parse(text):
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(
            f"The file is not a notebook: it is no valid JSON{where}. Save it in JupyterLab and hand it in again."
        ) from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is not a notebook: it holds no cells.")
    return notebook


def _cells(notebook):
    if isinstance(notebook.get("metadata"), dict) and PLACEHOLDER in notebook["metadata"]:
        raise Unreadable("There was no notebook in what you handed in.")
    found = notebook.get("cells")
    if found is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        found = [cell for sheet in sheets for cell in sheet.get("cells", ()) if isinstance(cell, dict)]
    if not isinstance(found, list):
        raise Unreadable("The file is not a notebook: it holds no cells.")
    notes = []
    if len(found) > MAX_CELLS:
        notes.append(f"Only the first {MAX_CELLS} of {len(found)} cells were read.")
    cells = [_cell(cell) for cell in found[:MAX_CELLS] if isinstance(cell, dict)]
    left = MAX_PICTURES
    for n, cell in enumerate(cells):
        cells[n] = replace(cell, pictures=cell.pictures[:left])
        left -= len(cells[n].pictures)
    if len(cells) < len(found[:MAX_CELLS]):
        notes.append("Some entries among the cells are not cells.")
    return cells, notes


def _cell(cell):
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    role = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = role.get("grade_id") if isinstance(role, dict) else ""
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    return Cell(kind, _clean(source), _clean(cell.get("id"))[:64], _clean(grade_id), _pictures(cell.get("outputs")))


def _pictures(outputs):
    """The course's pictures among a cell's stored outputs; everything else in them is dropped."""
    found = []
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        html = data.get("text/html") if isinstance(data, dict) else None
        html = "".join(line for line in html if isinstance(line, str)) if isinstance(html, list) else html
        if isinstance(html, str):
            found += [groups for groups in PICTURE.findall(html) if len(groups[2]) <= MAX_PICTURE]
    return tuple((_clean(alt), width, data) for alt, width, data in found)


def _clean(text):
    """Text that can be written as UTF-8 again: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""
