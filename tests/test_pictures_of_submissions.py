"""The pictures that a notebook was handed in with are shown in autograded and feedback; nothing else of its outputs is."""

import json

import nbformat
import pytest
from matplotlib.figure import Figure

from mfgrade.reading import MAX_PICTURES, read_submission
from mfgrade.repair import repair
from mfref.plots.picture import image_html
from tests.courses import hand_in, new_course, run
from tests.submissions import LESSON, bubblewrap_or_skip, notebook, released, write


def picture(alt='A curve that falls from 1 to 0, with "quotes" & <signs>'):
    return image_html(Figure(figsize=(2, 1)), alt)


def with_outputs(html, cell_id="gallery-picture"):
    made = notebook()
    for cell in made["cells"]:
        if cell["id"] == cell_id:
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html, "text/plain": "x"}}]
    return made


def kept(folder, made):
    """→ the HTML of all outputs after reading and repair."""
    cells = repair(read_submission(write(folder, made)), nbformat.from_dict(released())).notebook.cells
    return [output["data"]["text/html"] for cell in cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("form", [str, lambda html: html.splitlines(keepends=True), lambda html: f"<div class='x'>{html}</div>"])
def test_a_picture_of_the_course_is_kept_with_its_alt_text(tmp_path, form):
    (html,) = kept(tmp_path, with_outputs(form(picture())))
    assert picture() in html
    assert "as it was handed in" in html


HOSTILE = {
    "a script": lambda image: f"<script>alert(1)</script>{image}",
    "a handler on the image": lambda image: image.replace("<img ", "<img onload=alert(1) "),
    "a handler behind the source": lambda image: image.replace('">', '" onerror="alert(1)">'),
    "an address": lambda image: image.replace("data:image/png;base64,", "https://example.org/"),
    "another kind": lambda image: image.replace("image/png", "image/svg+xml"),
    "an alt text that ends early": lambda image: image.replace('alt="', 'alt=""><script>alert(1)</script><b title="'),
    "another style": lambda image: image.replace("max-width:100%", "position:fixed;top:0"),
}


@pytest.mark.parametrize("attack", HOSTILE, ids=HOSTILE)
def test_nothing_else_comes_through(tmp_path, attack):
    for html in kept(tmp_path, with_outputs(HOSTILE[attack](picture("A plain text")))):
        for sign in ("script", "onload", "onerror", "example.org", "svg", "fixed"):
            assert sign not in html


@pytest.mark.parametrize(
    "outputs", [None, 3, ["x"], [{}], [{"data": 4}], [{"data": {"text/html": 5}}], [{"data": {"text/html": [1]}}]]
)
def test_outputs_of_any_form_are_read(tmp_path, outputs):
    made = notebook()
    made["cells"][5]["outputs"] = outputs
    assert kept(tmp_path, made) == []


def test_there_is_an_end_to_pictures(tmp_path):
    assert len(kept(tmp_path, with_outputs(picture("many") * 3 * MAX_PICTURES))) == MAX_PICTURES


def test_a_check_cell_keeps_none(tmp_path):
    assert kept(tmp_path, with_outputs(picture(), "check-sgd-step")) == []


def test_feedback_shows_the_pictures(tmp_path):
    bubblewrap_or_skip()
    course = new_course(tmp_path / "course")
    hand_in(course, "anna", json.dumps(with_outputs(picture("A picture of my own training"))))
    run(course, "autograde", LESSON.name)
    run(course, "generate_feedback", LESSON.name, program="nbgrader")
    page = (course / "feedback" / "anna" / LESSON.name / "sgd.html").read_text()
    assert 'alt="A picture of my own training"' in page
    assert "data:image/png;base64," in page.split('alt="A picture of my own training"')[1][:200]
    assert page.count("Right") >= 4
