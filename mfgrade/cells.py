"""The cells of an exercise in the lesson's source: what follows from the declaration is written by `mfgrade cells`."""

import ast
import inspect
import textwrap

import nbformat

from mfcheck.registry import find
from mfcheck.render import points_text
from mfgrade.build import notebook_path
from mfgrade.repair import role
from mfgrade.store import write_whole


def give_cells(root, lesson):
    """Add the cells that exercises of `lesson` lack, and set the points of the others.

    → (what was done, check cells without an exercise): lists of sentences and of names. The notebook is written only
    when something was done.
    """
    path = notebook_path(root / "source", lesson)
    notebook = nbformat.read(path, as_version=4)
    done, after = [], None
    for name in lesson.exercise_names:
        exercise = find(name)
        cell = _check_cell(notebook, name)
        if cell is None:
            cells = new_cells(exercise)
            at = _place(notebook, after)
            notebook.cells[at:at] = cells
            cell = cells[-1]
            done.append(f"cells for {name} added")
        elif cell.metadata.nbgrader.points != exercise.points:
            old, cell.metadata.nbgrader.points = cell.metadata.nbgrader.points, exercise.points
            done.append(f"{name}: {points_text(exercise.points)} points, until now {points_text(old)}")
        after = cell
    if done:
        write_whole(path, nbformat.writes(notebook) + "\n")
    return done, [name for name in _checked(notebook) if name not in lesson.exercise_names]


def new_cells(exercise):
    """→ three cells: heading and task, solution, check."""
    name, slug = exercise.name, exercise.name.replace("_", "-")
    heading = nbformat.v4.new_markdown_cell(f"## Exercise {exercise.number} · `{name}`\n\n{exercise.task}", id=f"{slug}-task")
    solution = nbformat.v4.new_code_cell(solution_source(exercise), id=f"{slug}-solution")
    solution.metadata["nbgrader"] = _role(f"{name}-solution", solution=True)
    check = nbformat.v4.new_code_cell(f'check("{name}", {name})', id=f"check-{slug}")
    check.metadata["nbgrader"] = _role(name, points=exercise.points)
    return [heading, solution, check]


def solution_source(exercise):
    """The reference as a solution cell: signature and docstring stay, the body stands between nbgrader's marks."""
    if exercise.is_value:
        return f"{exercise.name} = None\n### BEGIN SOLUTION\n### END SOLUTION"
    lines = textwrap.dedent(inspect.getsource(exercise.reference)).rstrip().split("\n")
    body = ast.parse("\n".join(lines)).body[0].body
    first = body[0].end_lineno if ast.get_docstring(ast.parse("\n".join(lines)).body[0]) else body[0].lineno - 1
    return "\n".join([*lines[:first], "    ### BEGIN SOLUTION", *lines[first:], "    ### END SOLUTION"])


def _role(grade_id, solution=False, points=None):
    more = {} if points is None else {"points": points}
    return nbformat.from_dict(
        {
            "grade": points is not None,
            "grade_id": grade_id,
            "locked": not solution,
            "schema_version": 3,
            "solution": solution,
            "task": False,
            **more,
        }
    )


def _place(notebook, after):
    """Behind the cell `after`; without one, before the lesson's first answer and its heading, else at the end."""
    if after is not None:
        return notebook.cells.index(after) + 1
    answers = (n for n, cell in enumerate(notebook.cells) if role(cell) and role(cell)["solution"])
    first = next(answers, len(notebook.cells))
    has_heading = 0 < first < len(notebook.cells) and notebook.cells[first - 1].cell_type == "markdown"
    return first - 1 if has_heading else first


def _check_cell(notebook, name):
    return next((cell for cell in notebook.cells if role(cell) and role(cell)["grade_id"] == name), None)


def _checked(notebook):
    return [
        role(cell)["grade_id"] for cell in notebook.cells if role(cell) and role(cell)["grade"] and not role(cell)["solution"]
    ]
