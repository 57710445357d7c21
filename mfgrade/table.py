"""Tables as spreadsheets and learning platforms write them: any usual encoding, any usual separator."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class TableWrong(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass
class Table:
    """`rows`: (row number as a spreadsheet counts, its cells), without empty rows. `notes`: what had to be guessed."""

    path: Path
    header: list
    rows: list
    notes: list = field(default_factory=list)


def read_table(path):
    """→ `Table` of a CSV file: UTF-8 or UTF-16, with or without a mark, else Windows-1252; comma, semicolon or tab.

    Raises TableWrong.
    """
    notes = []
    text = _text(path, notes)
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"').startswith("sep=")  # Excel's own first line
    header_line = rest.partition("\n")[0] if told else first
    separator = max(",;\t", key=lambda one: len(next(csv.reader([header_line], delimiter=one), [])))
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1))
    except csv.Error as error:
        raise TableWrong(f"{path} is no CSV file: {error}.") from None
    rows = [(number, cells) for number, cells in rows[told:] if any(cell.strip() for cell in cells)]
    if not rows:
        raise TableWrong(f"{path} is empty.")
    header = [title.strip() for title in rows[0][1]]
    if twice := sorted({title for title in header if title and header.count(title) > 1}):
        raise TableWrong(f"{path}: the header has {', '.join(twice)} more than once.")
    return Table(Path(path), header, [(number, _as_wide(cells, header)) for number, cells in rows[1:]], notes)


def _as_wide(cells, header):
    """Without the empty cells that a spreadsheet writes beyond the last column."""
    extra = cells[len(header) :]
    return cells if any(cell.strip() for cell in extra) else cells[: len(header)]


def _text(path, notes):
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise TableWrong(f"{path} cannot be read: {error.strerror}.") from None
    encoding = next((name for mark, name in MARKS.items() if raw.startswith(mark)), None)
    if encoding is None and raw[1:2] == b"\0":
        encoding = "utf-16-le"
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise TableWrong(f"{path} is no {encoding} text: {error.reason} at byte {error.start}.") from None
    notes.append("The file is not UTF-8 and was read as Windows-1252: look at the names with accents.")
    return raw.decode("cp1252", "replace")
