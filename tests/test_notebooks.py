"""Every lesson is run to its end: solved, on each data set, and as it is handed out."""

import re
from pathlib import Path

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


def minutes(notebook):
    """The rule of the minutes: 150 words a minute, 3 minutes a point, a minute for each picture or widget."""
    words = points = pictures = 0
    for cell in notebook.cells:
        role = cell.metadata.get("nbgrader", {})
        points += role.get("points", 0)
        pictures += "show" in cell.metadata.get("tags", [])
        words += len(cell.source.split()) if cell.cell_type == "markdown" and not role.get("solution") else 0
    return words / 150 + 3 * points + pictures


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_first_cell_says_how_long_it_takes_and_what_it_needs(lesson):
    notebook = nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4)
    line = re.search(r"^\*\*Time\*\* about (\d+) minutes\. \*\*You need\*\* (.+)$", notebook.cells[0].source, re.MULTILINE)
    assert abs(int(line[1]) - minutes(notebook)) <= 10
    assert int(line[1]) % 10 == 0
    if lesson != LESSONS[0]:
        assert "(or take them from `mfref`)" in line[2]
        needed = re.findall(r"\]\(\.\./([^/]+)/", line[2])
        assert needed and all(name < lesson.name for name in needed)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_recap_links_to_the_lessons_before_and_after(lesson):
    recap = nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4).cells[-1].source
    n = LESSONS.index(lesson)
    expected = []
    for word, other in (("Before", n - 1), ("After", n + 1)):
        if other in range(len(LESSONS)):
            neighbour = LESSONS[other]
            title = nbformat.read(notebook_path(ROOT / "source", neighbour), as_version=4).cells[0].source.split("\n")[0]
            expected.append(f"**{word}:** [{title.removeprefix('# ')}](../{neighbour.name}/{neighbour.module}.ipynb)")
    assert recap.split("\n")[-1] == " · ".join(expected)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_links_between_lessons_lead_somewhere(lesson):
    """The same relative link works in my-work/, in solutions/ and in the book, which have the same folders."""
    path = notebook_path(ROOT / "source", lesson)
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source) if cell.cell_type == "markdown" else ():
            if "://" not in target and not target.startswith(("#", "attachment:")):
                assert (path.parent / target).resolve().is_file(), f"{cell.id}: {target}"
                assert Path(target).suffix == ".ipynb", f"{cell.id}: {target}"
                assert len(Path(target).parts) == 3 and target.startswith("../"), f"{cell.id}: {target}"
