"""An instructor's view in a real browser: a graded class in nbgrader's formgrader, down to a submission and its verdict."""

import pytest

from tests.browser import PATIENCE, Lab
from tests.conftest import ROOT
from tests.courses import hand_in, new_course, run
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip, notebook

WRONG_STEP = """def sgd_step(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e"""

ARTEFACTS = ROOT / "test-artefacts"
SCORES = {"right": 15, "wrong": 11}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of two, graded, and JupyterLab in the course's folder."""
    bubblewrap_or_skip()
    folder = tmp_path_factory.mktemp("class")
    course = new_course(folder / "course")
    hand_in(course, "right", notebook())
    hand_in(course, "wrong", notebook(sgd_step=WRONG_STEP))
    run(course, "autograde", LESSON.name, "--jobs=2")
    with Lab(course, folder / "lab") as running:
        yield running


def test_the_formgrader_lists_the_lesson_and_shows_a_submission_with_its_verdict(course, browser):
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(course.address(view="lab"))
    for entry in ("Nbgrader", "Formgrader"):
        page.get_by_role("menuitem", name=entry, exact=True).click()
    formgrader = page.frame_locator("iframe[src*=formgrader]")
    row = formgrader.locator("tr", has_text=LESSON.name)
    row.locator("td.num-submissions").get_by_text("2", exact=True).wait_for()
    row.locator("td.num-submissions a").click()
    students = {name: formgrader.locator("tr", has_text=name) for name in SCORES}
    for name, row in students.items():
        row.get_by_text("graded", exact=True).wait_for()
        assert f"{SCORES[name]} / 19" in row.inner_text()
    students["wrong"].get_by_role("link").first.click()
    formgrader.get_by_role("link", name=LESSON.module, exact=True).click()
    check = formgrader.locator(".code_cell", has_text='check("sgd_step", sgd_step)')
    check.scroll_into_view_if_needed()
    for words in ("q was moved with the new p", "0 of 4 points"):
        assert words in check.inner_text()
    for name, points in (POINTS | {"sgd_step": 0}).items():
        score = formgrader.locator(f"input.score[id={name}]")
        assert (score.input_value() or score.get_attribute("placeholder")) == str(points)
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "formgrader.png")
