"""Generating release/ and solutions/ from source/.

`release/` is nbgrader's student version. `solutions/` is what readers read: the source with its solutions, executed.
"""

import os
import shutil
import tempfile
from pathlib import Path

import nbformat

from mfcheck.registry import all_lessons, lessons
from mfgrade.course import check_done, load_config, nbgrader_api

KERNEL_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_SECONDS = 300


def notebook_path(folder, lesson):
    return Path(folder) / lesson.name / f"{lesson.module}.ipynb"


def build_release(root, into, only=()):
    """Write the student version of every lesson, or of those named in `only`, into the folder `into`; yields each `Lesson`."""
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch)
        shutil.copytree(Path(root) / "source", course / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        api = nbgrader_api(course, load_config(root))
        for lesson in lessons():
            if only and lesson.name not in only:
                continue
            check_done(f"the release of {lesson.name}", api.generate_assignment(lesson.name))
            target = Path(into) / lesson.name
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebook_path(course / "release", lesson), notebook_path(into, lesson))
            yield lesson


def solved(notebook):
    """The source of a lesson as readers get it: no solution markers, no nbgrader metadata, no outputs."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict(KERNEL_METADATA)
    for cell in notebook.cells:
        role = cell.metadata.pop("nbgrader", {})
        cell.source = _without_markers(cell.source)
        if role.get("solution"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "solution"]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _without_markers(source):
    return "\n".join(line for line in source.split("\n") if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION"))


def execute(notebook, environment=None, allow_errors=False):
    """Run a notebook in a new kernel, in an empty folder; → the executed notebook. Raises CellExecutionError."""
    from nbclient import NotebookClient

    from mfcheck.kernel import LocalKernelManager

    with tempfile.TemporaryDirectory(prefix="mf-") as scratch:
        client = NotebookClient(
            notebook,
            kernel_manager_class=LocalKernelManager,
            shutdown_kernel="immediate",
            timeout=CELL_SECONDS,
            allow_errors=allow_errors,
            record_timing=False,
            resources={"metadata": {"path": scratch}},
        )
        client.execute(env={**os.environ, "NBGRADER_EXECUTION": "build", **(environment or {})})
    return notebook


def build_solutions(root, into, only=()):
    """Execute the solved lessons and write them into `into`; yields each `Lesson` when it is there."""
    for lesson in lessons():
        if only and lesson.name not in only:
            continue
        notebook = execute(solved(nbformat.read(notebook_path(Path(root) / "source", lesson), as_version=4)))
        notebook.metadata = nbformat.from_dict(KERNEL_METADATA)
        target = notebook_path(into, lesson)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        yield lesson


def left_out():
    taught = lessons()
    return [lesson for lesson in all_lessons() if lesson not in taught]


def remove_left_out(folder):
    """Delete from a generated folder, release/ or solutions/, the notebooks of lessons that the course leaves out. → their `Lesson`s"""
    gone = [lesson for lesson in left_out() if notebook_path(folder, lesson).is_file()]
    for lesson in gone:
        path = notebook_path(folder, lesson)
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    return gone


def dead_links(root):
    """→ pairs (lesson, lesson left out): the one's source has a link to the other."""
    texts = {lesson: notebook_path(Path(root) / "source", lesson).read_text(encoding="utf-8") for lesson in lessons()}
    return [(lesson, other) for lesson in texts for other in left_out() if f"](../{other.name}/" in texts[lesson]]


def same_text(one, other):
    """Whether two notebooks have the same cells: kinds, ids and texts."""

    def cells(notebook):
        return [(cell.cell_type, cell.get("id"), cell.source) for cell in notebook.cells]

    return cells(one) == cells(other)
