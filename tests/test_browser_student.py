"""A student's first hour in a real browser: start a folder, run, be told of a mistake, mend it, validate."""

import subprocess
import sys

import pytest

from tests.browser import Lab, NotebookPage
from tests.conftest import ROOT
from tests.submissions import solutions

WRONG_STEP = """def sgd_step(P, Q, u, i, r, lr, reg):
e = r - P[u] @ Q[i]
P[u] += lr * (e * Q[i] - reg * P[u])
Q[i] += lr * (e * P[u] - reg * Q[i])
return e"""  # the editor indents by itself


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """JupyterLab in a folder as `python -m mfcheck start` lays it out."""
    state = tmp_path_factory.mktemp("student")
    subprocess.run([sys.executable, "-m", "mfcheck", "start", str(state / "my-work")], cwd=ROOT, check=True, capture_output=True)
    with Lab(state / "my-work", state, MFREF_DATASET="synthetic-100k") as running:
        yield running


def test_a_student_is_told_the_mistake_mends_it_and_validates(work, browser):
    lesson = NotebookPage(browser, work, "03-sgd/sgd.ipynb")
    lesson.run("setup")
    assert "run the cell that defines `sgd_step` first" in lesson.run("check-sgd-step")
    lesson.run("sgd-step-solution")
    assert "Not attempted yet" in lesson.run("check-sgd-step")
    lesson.type_into("sgd-step-solution", WRONG_STEP)
    lesson.run("sgd-step-solution")
    told = lesson.run("check-sgd-step")
    assert "q was moved with the new p" in told
    assert "0 of 4 points" in told
    lesson.paste_into("sgd-step-solution", solutions()["sgd_step"])
    lesson.run("sgd-step-solution")
    told = lesson.run("check-sgd-step")
    assert "Right" in told
    assert "4 of 4 points" in told
    failed = validate(lesson)
    assert 'check("init_factors", init_factors)' in failed
    assert 'check("sgd_step", sgd_step)' not in failed
    assert lesson.errors == []
    lesson.close()


def validate(lesson):
    """Press Validate in the notebook's toolbar. → what its dialog says"""
    lesson.save()
    lesson.page.get_by_role("button", name="Validate").click()
    dialog = lesson.page.locator(".jp-Dialog", has_text="Validation")
    dialog.wait_for()
    said = dialog.inner_text()
    dialog.get_by_role("button").last.click()
    return said
