"""From what was handed in to a notebook that nbgrader can grade: every check cell and answer cell once, as released.

The student's own text is never changed. Which cell is which is found by nbgrader's id, else by the cell's id, else by
the function that it defines. A function counts wherever it stands.
"""

import re
from dataclasses import dataclass, field
from html import unescape

import nbformat
from nbformat.notebooknode import NotebookNode

from mfgrade import names
from mfgrade.reading import Cell


@dataclass
class Repaired:
    """`notebook`: valid, with the released cells' nbgrader metadata. `to_run`: positions of the cells to execute, in order.

    `notes`: what was mended, for the instructor.
    """

    notebook: object
    to_run: list
    notes: list = field(default_factory=list)


def repair(submission, released):
    """Merge a `Submission` into the released notebook's frame. → `Repaired`"""
    expected = {role(cell)["grade_id"]: cell for cell in released.cells if role(cell)}
    notes = list(submission.notes)
    cells, seen = [], set()
    for cell in submission.cells:
        name = _which(cell, expected, seen, released)
        if name is None:
            if cell.grade_id in seen:
                notes.append(f"The cell {cell.grade_id} occurs more than once; the functions in all of them were run.")
            cells.append(_plain(cell))
            continue
        seen.add(name)
        if cell.grade_id != name:
            notes.append(f"The cell {name} had lost its label and was recognised by what it holds.")
        cells.append(_labelled(cell, expected[name], notes))
    cells = _add_missing(cells, expected, seen, notes)
    if submission.problem:
        cells.insert(0, _plain(Cell("markdown", f"**This submission could not be read.** {submission.problem}")))
        notes.insert(0, submission.problem)
    notebook = NotebookNode(cells=cells, metadata=nbformat.from_dict(released.metadata), nbformat=4, nbformat_minor=5)
    to_run = _to_run(notebook, released)
    for n, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{n}"
    return Repaired(notebook, to_run, notes)


def role(cell):
    return cell.metadata.get("nbgrader")


def _which(cell, expected, seen, released):
    """The released cell that this one is, if that is still to be found; else None."""
    candidates = [cell.grade_id]
    if not cell.grade_id or cell.grade_id not in expected:
        candidates += [
            role(other)["grade_id"] for other in released.cells if role(other) and cell.id and other.get("id") == cell.id
        ]
        candidates += _by_content(cell, expected)
    return next((name for name in candidates if name in expected and name not in seen), None)


def _by_content(cell, expected):
    if cell.kind != "code":
        return []
    checked = re.match(r"\s*check\(\s*[\"'](\w+)[\"']", cell.source)
    names = [checked.group(1)] if checked else []
    defined = re.findall(r"^(?:def\s+\w+(?=\s*\()|\w+(?=\s*=[^=]))", cell.source, re.M)
    return names + [f"{words.split()[-1]}-solution" for words in defined]


def _plain(cell):
    made = NotebookNode(cell_type=cell.kind, id=cell.id, metadata=NotebookNode(), source=cell.source)
    if cell.kind == "code":
        made.update(outputs=[_picture(*picture) for picture in cell.pictures], execution_count=None)
    return made


def _picture(alt, width, png):
    """A picture of the notebook as it was handed in. Pictures are not drawn for the grade; people want to see them."""
    image = f'<img alt="{alt}" width="{width}" style="max-width:100%" src="data:image/png;base64,{png}">'
    html = f'<figure style="margin:0">{image}<figcaption>This picture is from the notebook as it was handed in.</figcaption></figure>'
    return nbformat.v4.new_output("display_data", data={"text/html": html, "text/plain": unescape(alt)})


def _labelled(cell, original, notes):
    """The student's cell with the released cell's label; locked cells get the released text back."""
    text = cell.source
    about = role(original)
    if about["locked"] or (about["grade"] and not about["solution"]):
        if text.strip() != original.source.strip():
            notes.append(f"The cell {about['grade_id']} had been edited; the released text was used.")
        text = original.source
    mended = _plain(Cell(original.cell_type, text))
    mended.metadata = nbformat.from_dict(original.metadata)
    return mended


def _add_missing(cells, expected, seen, notes):
    """Put back deleted check cells and written answers, and the locked set-up; never a function's empty form."""
    for name, original in expected.items():
        about = role(original)
        if name in seen or (about["solution"] and not about["grade"]):
            continue
        notes.append(f"The cell {name} was missing and was put back.")
        copy = nbformat.from_dict(original)
        cells.insert(0, copy) if about["locked"] and not about["grade"] else cells.append(copy)
    return cells


def _to_run(notebook, released):
    """The set-up first, then all code but the checks and the pictures on which nothing else depends."""
    pictures = [cell for cell in released.cells if "show" in cell.metadata.get("tags", [])]
    texts, picture_ids = {cell.source.strip() for cell in pictures}, {cell.get("id") for cell in pictures}
    code = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    setup = [
        n for n in code if role(notebook.cells[n]) and role(notebook.cells[n])["locked"] and not role(notebook.cells[n])["grade"]
    ]
    rest = [
        n for n in code if n not in setup and not _is_check(notebook.cells[n]) and notebook.cells[n].source.strip() not in texts
    ]
    edited_pictures = [n for n in rest if notebook.cells[n].id in picture_ids]
    trees = {n: names.parse(notebook.cells[n].source) for n in rest}
    needing = [n for n, tree in trees.items() if tree and n not in edited_pictures]
    wanted = set().union(*(names.read_globally(notebook.cells[n].source) for n in needing))
    unneeded = {n for n in edited_pictures if trees[n] and not names.bound_at_top(trees[n]) & wanted}
    return setup + [n for n in rest if n not in unneeded]


def _is_check(cell):
    about = role(cell)
    return bool(about and about["grade"] and not about["solution"]) or bool(re.match(r"\s*check\(", cell.source))
