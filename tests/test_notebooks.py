"""Every lesson is run to its end: solved, on each data set, and as it is handed out."""

import re

import nbformat
import pytest

from mfcheck.registry import find, lessons
from mfgrade.build import execute, notebook_path, solved
from tests.conftest import ROOT, data_sets

LESSONS = lessons()


def outputs(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield cell, output


@pytest.mark.parametrize("data_set", data_sets())
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_solved_lesson_runs_to_the_end(lesson, data_set):
    notebook = solved(nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4))
    execute(notebook, {"MFREF_DATASET": data_set})
    checked = set()
    for cell, output in outputs(notebook):
        assert not (output.output_type == "stream" and output.name == "stderr"), f"{cell.id}: {output.text}"
        if cell.source.startswith("check("):
            name = re.match(r'check\("(\w+)"', cell.source).group(1)
            assert float(output.data["text/plain"]) == find(name).points, cell.id
            assert "Right" in output.data["text/html"]
            checked.add(name)
        if output.get("data", {}).get("text/html", "").startswith("<img"):
            assert re.search(r'alt="[^"]{40,}"', output.data["text/html"]), f"{cell.id}: a picture without alt text"
        assert "image/png" not in output.get("data", {}), f"{cell.id}: a picture without alt text"
    assert checked == set(lesson.exercise_names)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_released_lesson_raises_only_not_implemented(lesson):
    notebook = nbformat.read(notebook_path(ROOT / "release", lesson), as_version=4)
    execute(notebook, {"MFREF_DATASET": "synthetic-100k"}, allow_errors=True)
    for cell, output in outputs(notebook):
        if output.output_type == "error":
            assert output.ename == "NotImplementedError", f"{cell.id}: {output.ename}: {output.evalue}"
        if cell.source.startswith("check("):
            assert output.data["text/plain"] == "0"
            assert "Not attempted yet" in output.data["text/html"], cell.id
