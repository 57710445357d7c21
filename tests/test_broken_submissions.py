"""Broken submissions are ordinary: a definite score for every exercise, and a sentence that a student understands."""

import copy
import json

import pytest

from tests.submissions import (
    POINTS,
    bubblewrap_or_skip,
    grade,
    grade_id,
    notebook,
    points,
    printed,
    released,
    solutions,
    with_cell,
)

pytestmark = pytest.mark.usefixtures("bubblewrap")


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    return bubblewrap_or_skip()


def but(**changed):
    return POINTS | changed


def test_all_right(tmp_path):
    graded = grade(tmp_path, notebook())
    assert points(graded) == POINTS
    assert graded.notes == []


def test_not_attempted(tmp_path):
    graded = grade(tmp_path, released())
    assert points(graded) == dict.fromkeys(POINTS, 0)
    assert {v.kind for v in graded.verdicts.values()} == {"not_attempted"}


def stepping(body):
    return f"def sgd_step(P, Q, u, i, r, lr, reg):\n    {body}"


# exercise sgd_step written otherwise: text, kind of the verdict, words that the student reads
IN_A_FUNCTION = {
    "raises": (stepping("return 1 / 0"), "raised", "ZeroDivisionError"),
    "endless loop": (stepping("while True: pass"), "out_of_time", "loop never ends"),
    "sys.exit": (stepping("import sys; sys.exit(3)"), "raised", "SystemExit"),
    "os._exit": (stepping("import os; os._exit(0)"), "ended", "os._exit"),
    "fork": (stepping("import os; os.fork(); os.fork(); return 1 / 0"), "raised", "ZeroDivisionError"),
    "crash": (stepping("import ctypes; ctypes.string_at(0)"), "ended", "process ended"),
    "memory hog": (stepping("return len(bytearray(8 * 10**9))"), "raised", "MemoryError"),
    "recursion": (stepping("return sgd_step(P, Q, u, i, r, lr, reg)"), "raised", "RecursionError"),
    "input": (stepping("return float(input('error? '))"), "raised", "EOFError"),
    "returns nothing": (stepping("print(r)"), "nothing", "without `return`"),
    "returns a huge array": (stepping("import numpy as np; return np.zeros(10**8)"), "type", "one number"),
    "a syntax error": ("def sgd_step(P, Q, u, i, r, lr, reg)\n    return 0", "missing", "No function named"),
    "another name": ("def sgd_stepp(P, Q, u, i, r, lr, reg):\n    return 0", "missing", "No function named"),
    "a value instead": ("sgd_step = 3", "not_callable", "an int"),
    "other parameters": ("def sgd_step(P, Q):\n    return 0", "wrong_signature", "Missing"),
}


def test_an_endless_loop_that_swallows_the_stop(tmp_path):
    text = stepping("while True:\n        try:\n            while True: pass\n        except BaseException: pass")
    graded = grade(tmp_path, notebook(sgd_step=text))
    assert graded.verdicts["sgd_step"].kind in ("out_of_time", "ended")
    assert points(graded) == but(sgd_step=0)


@pytest.mark.parametrize("case", IN_A_FUNCTION)
def test_one_broken_function_costs_its_own_points_only(tmp_path, case):
    text, kind, words = IN_A_FUNCTION[case]
    graded = grade(tmp_path, notebook(sgd_step=text))
    verdict = graded.verdicts["sgd_step"]
    assert (verdict.kind, verdict.points) == (kind, 0), verdict
    assert words in f"{verdict.title} {verdict.message} {verdict.next_step}"
    assert points(graded) == but(sgd_step=0), "the later exercises are graded with the reference in its place"


# one more cell in the notebook: text, part of the notes for the instructor
IN_A_CELL = {
    "endless loop": ("while True: pass", ""),
    "endless loop that swallows": ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", None),
    "sys.exit": ("import sys\nsys.exit(1)", ""),
    "quit": ("quit()", ""),
    "os._exit": ("import os\nos._exit(0)", "ended the process"),
    "kill all": ("import os, signal\nos.kill(-1, signal.SIGKILL)", None),
    "memory hog": ("x = bytearray(8 * 10**9)", ""),
    "fork bomb": ("import os\ntry:\n    while True: os.fork()\nexcept OSError: pass\nimport time; time.sleep(0.5)", None),
    "fork that goes on": ("import os\nos.fork()\nos.fork()\nprint('who am I')", ""),
    "100 MB of output": ("for _ in range(100): print('x' * 10**6)", ""),
    "100 MB of raw output": ("import os\nfor _ in range(100): os.write(1, b'x' * 10**6); os.write(2, b'y' * 10**6)", ""),
    "input": ("name = input('Your name? ')", ""),
    "recursion": ("def f(): return f()\nf()", ""),
    "a syntax error": ("this is no Python", ""),
    "magics and shell": ("%matplotlib inline\n!ls /\n%%time", ""),
    "a namespace cleared": ("get_ipython().run_line_magic('reset', '-f')", ""),
    "stdout closed": ("import sys\nsys.stdout.close()\nsys.stdout = None", ""),
    "file too large": ("open('big', 'wb').truncate(0)\nf = open('big', 'wb')\nfor _ in range(100): f.write(b'0' * 10**6)", ""),
    "threads": ("import threading, time\nfor _ in range(20): threading.Thread(target=time.sleep, args=(60,)).start()", ""),
}


@pytest.mark.parametrize("case", IN_A_CELL)
def test_a_broken_cell_costs_nothing(tmp_path, case):
    text, note = IN_A_CELL[case]
    graded = grade(tmp_path, with_cell(notebook(), text))
    assert points(graded) == POINTS
    if note:
        assert note in " ".join(graded.notes)
    elif note == "":
        assert graded.notes == []
    assert sum(len(str(o)) for o in graded.outputs.values()) < 500_000


def test_memory_of_all_processes_together_is_limited(tmp_path):
    children = (
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        x = bytearray(3 * 10**8)\n"
        "        for k in range(0, len(x), 4096): x[k] = 1\n        time.sleep(60)\ntime.sleep(20)"
    )
    graded = grade(tmp_path, with_cell(notebook(), children), memory=7 * 10**8, cell_seconds=30)
    assert points(graded) == POINTS
    assert "more memory than is allowed" in " ".join(graded.notes)


def change(how):
    made = notebook()
    how(made["cells"])
    return made


def without_labels(cells):
    for cell in cells:
        cell["metadata"] = {}


def without_labels_and_ids(cells):
    for cell in cells:
        cell["metadata"] = {}
        cell.pop("id")


def delete_checks(cells):
    cells[:] = [cell for cell in cells if not cell["source"].startswith("check(")]


def delete_set_up(cells):
    cells[:] = [cell for cell in cells if grade_id(cell) != "setup"]


def duplicate_all(cells):
    cells[:] = [copy.deepcopy(cell) for cell in cells for _ in range(2)]


def reverse(cells):
    cells.reverse()


def edit_checks(cells):
    for cell in cells:
        if cell["source"].startswith("check("):
            cell["source"] = "4.0"
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1}
            ]
            cell["metadata"]["nbgrader"]["points"] = 400


def turn_code_into_text(cells):
    for cell in cells:
        if cell["source"].startswith("check("):
            cell["cell_type"] = "markdown"
            for key in ("outputs", "execution_count"):
                cell.pop(key)


def all_in_one_cell(cells):
    text = "\n\n".join(solutions().values())
    cells[:] = [
        {
            "cell_type": "code",
            "id": "all",
            "metadata": {},
            "source": "import numpy as np\n" + text,
            "outputs": [],
            "execution_count": None,
        }
    ]


def function_in_a_cell_of_its_own(cells):
    where = next(n for n, cell in enumerate(cells) if grade_id(cell) == "sgd_step-solution")
    cells.append(
        {
            "cell_type": "code",
            "id": "mine",
            "metadata": {},
            "source": cells[where]["source"],
            "outputs": [],
            "execution_count": None,
        }
    )
    del cells[where]


def pictures_edited(cells):
    for cell in cells:
        if "show" in cell["metadata"].get("tags", []):
            cell["source"] += "\nwhile True: pass"


CHANGES = [
    without_labels,
    without_labels_and_ids,
    delete_checks,
    delete_set_up,
    duplicate_all,
    reverse,
    edit_checks,
    turn_code_into_text,
    all_in_one_cell,
    function_in_a_cell_of_its_own,
    pictures_edited,
]


@pytest.mark.parametrize("how", CHANGES, ids=lambda how: how.__name__)
def test_a_notebook_that_still_runs_keeps_its_points(tmp_path, how):
    assert points(grade(tmp_path, change(how))) == POINTS


def as_version_3(made):
    """The form of notebooks before 2015: worksheets, `input` in place of `source`."""
    cells = []
    for cell in made["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        old["input" if cell["cell_type"] == "code" else "source"] = cell["source"].splitlines(keepends=True)
        cells.append(old | ({"language": "python", "outputs": []} if cell["cell_type"] == "code" else {}))
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells, "metadata": {}}]}


FORMATS = {
    "version 3": lambda made: as_version_3(made),
    "a future minor version": lambda made: made | {"nbformat_minor": 99, "novelty": {"x": 1}},
    "a future version": lambda made: made | {"nbformat": 7},
    "no version at all": lambda made: {"cells": made["cells"]},
    "an unknown kernel": lambda made: made | {"metadata": {"kernelspec": {"name": "fortran77", "language": "fortran"}}},
    "sources as lists": lambda made: (
        made | {"cells": [c | {"source": c["source"].splitlines(keepends=True)} for c in made["cells"]]}
    ),
    "UTF-16": lambda made: json.dumps(made).encode("utf-16"),
    "UTF-8 with mark": lambda made: json.dumps(made).encode("utf-8-sig"),
    "Latin-1": lambda made: json.dumps(made, ensure_ascii=False).replace("→", "-").encode("latin-1", "replace"),
    "lone surrogates": lambda made: json.dumps(with_cell(made, "x = 'SURROGATE'")).replace("SURROGATE", "\\ud800"),
    "things among the cells": lambda made: made | {"cells": [None, 3, "x", {}, {"cell_type": 5}, *made["cells"]]},
}


@pytest.mark.parametrize("case", FORMATS)
def test_other_formats_are_read(tmp_path, case):
    assert points(grade(tmp_path, FORMATS[case](notebook()))) == POINTS


UNREADABLE = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \n ", "The file is empty"),
    "invalid JSON": (b'{"cells": [', "no valid JSON (line 1)"),
    "cut short": (json.dumps(notebook()).encode()[:5000], "no valid JSON"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "no valid JSON"),
    "a list": (b"[1, 2]", "holds no cells"),
    "an object without cells": (b'{"a": 1}', "holds no cells"),
    "cells that are no list": (b'{"cells": {"a": 1}}', "holds no cells"),
    "deeply nested": (b"[" * 100_000, "no valid JSON"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_files_say_why(tmp_path, case):
    content, words = UNREADABLE[case]
    graded = grade(tmp_path, content)
    assert points(graded) == dict.fromkeys(POINTS, 0)
    assert words in graded.notes[0]


def test_a_link_is_not_followed(tmp_path):
    from mfgrade.reading import read_submission

    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(notebook()))
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / "sgd.ipynb").symlink_to(secret)
    read = read_submission(tmp_path / "handed" / "sgd.ipynb")
    assert "is a link" in read.problem
    assert read.cells == ()


def test_a_pipe_is_not_opened(tmp_path):
    import os

    from mfgrade.reading import read_submission

    os.mkfifo(tmp_path / "sgd.ipynb")
    assert "is not a file" in read_submission(tmp_path / "sgd.ipynb").problem


def test_own_files_come_along_and_links_do_not(tmp_path):
    (tmp_path / "helper.py").write_text("VALUE = 42")
    (tmp_path / "outside.txt").symlink_to("/etc/hostname")
    cell = "import os, sys\nsys.path.insert(0, '.')\nimport helper\nprint('value', helper.VALUE, sorted(os.listdir('.')))"
    graded = grade(tmp_path, with_cell(notebook(), cell))
    assert "value 42" in printed(graded)
    assert "outside" not in printed(graded)


def test_total_time_is_limited(tmp_path):
    made = notebook()
    for k in range(6):
        made = with_cell(made, f"import time\ntime.sleep(3.5)  # {k}", at=3 + k)
    graded = grade(tmp_path, made, total_seconds=9)
    assert set(points(graded)) == set(POINTS), "every exercise has a score"
    assert graded.seconds < 30
