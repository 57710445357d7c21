"""The reader's own score sheet: every kind of notebook gets its rows, and what it says agrees with what was planted."""

import hashlib
import json
import os
import re
from functools import partial, wraps
from io import StringIO
from types import FunctionType

import pytest
from jupyter_client.kernelspec import NoSuchKernel

from mfcheck import check, progress, record
from mfcheck.__main__ import main
from mfcheck.grade_command import WrongUsage, find_notebooks
from mfcheck.own_run import NotANotebook, _read, code_cells, run
from mfcheck.registry import Lesson, find, lessons
from mfcheck.score_sheet import PROMISE, LessonSheet, Row, Sheet, from_notebook, from_record
from mfcheck.sheet_view import as_page, as_plain
from mfcheck.student import is_own
from mfref import sgd
from tests.submissions import LESSON, grade_id, notebook

LATE_P = """def sgd_step(P, Q, u, i, r, lr, reg):
    e = r - P[u] @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e
"""


def put(folder, made, lesson=LESSON):
    path = folder / lesson.name / f"{lesson.module}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made if isinstance(made, str) else json.dumps(made))
    return path


def rows_of(sheet):
    return {row.exercise: row for row in sheet.rows}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """One notebook with a right function, a known mistake, an import in place of a function, and a check cell deleted."""
    made = notebook(sgd_step=LATE_P, init_factors="from mfref.sgd import init_factors", sgd_epoch="raise NotImplementedError()")
    made["cells"] = [cell for cell in made["cells"] if grade_id(cell) != "train_sgd"]
    path = put(tmp_path_factory.mktemp("planted"), made)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    return path, before, from_notebook(LESSON, path)


def test_named_mistake_with_what_to_do(planted):
    row = rows_of(planted[2])["sgd_step"]
    assert (row.points, row.max_points, row.title) == (0, 4, "q was moved with the new p")
    assert "copy" in row.next_step
    assert not row.done


def test_only_what_the_notebook_defines_counts(planted):
    row = rows_of(planted[2])["init_factors"]
    assert (row.points, row.state) == (0, "not its own")


def test_deleted_check_cell_is_missing(planted):
    row = rows_of(planted[2])["train_sgd"]
    assert (row.points, row.max_points, row.state) == (0, 4, "missing")
    assert 'check("train_sgd", train_sgd)' in row.next_step


def test_a_cell_that_fails_is_named_and_the_others_go_on(planted):
    row = rows_of(planted[2])["sgd_epoch"]
    assert (row.points, row.state) == (0, "missing")
    assert "defines no `sgd_epoch`" in row.title
    assert planted[2].problem == ""


def test_the_file_is_not_changed(planted):
    path, before, _ = planted
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_while_a_sheet_is_made_verdicts_are_reported_and_not_remembered(tmp_path, monkeypatch):
    """The notebook's own function counts, also when something imported is checked after it."""
    reports = tmp_path / "reports.jsonl"
    monkeypatch.setenv(record.REPORTS, str(reports))
    own = FunctionType(sgd.sgd_step.__code__, {"__name__": "__main__"})
    for function in (find("sgd_step").mistakes[0].function, own, find("sgd_step").mistakes[1].function):
        check("sgd_step", function)
    assert len(reports.read_text().splitlines()) == 3
    assert record.load() == {}
    found = _read(reports)["sgd_step"]
    assert found["own"] and found["verdict"]["points"] == 4


def test_syntax_error_and_not_attempted(tmp_path):
    released = notebook(
        init_factors="def init_factors(:",
        sgd_epoch="def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):\n    raise NotImplementedError()",
    )
    sheet = from_notebook(LESSON, put(tmp_path, released))
    rows = rows_of(sheet)
    assert rows["init_factors"].state == "not run"
    assert "SyntaxError" in rows["init_factors"].title
    assert rows["sgd_step"].score == "4 of 4"
    assert (rows["sgd_epoch"].points, rows["sgd_epoch"].state) == (0, "not attempted")
    assert rows["train_sgd"].points == 4, "the error of the earlier function is not charged twice"


def test_a_notebook_that_takes_too_long_or_ends_python_is_named(tmp_path):
    ends = notebook()
    position = next(n for n, cell in enumerate(ends["cells"]) if grade_id(cell) == "sgd_step-solution")
    ends["cells"].insert(position, {"cell_type": "code", "metadata": {}, "source": "import os\nos._exit(3)"})
    sheet = from_notebook(LESSON, put(tmp_path, ends))
    assert "Python itself ended" in sheet.problem and "sgd.ipynb" in sheet.problem
    assert rows_of(sheet)["init_factors"].done, "what was checked before that keeps its points"
    assert rows_of(sheet)["sgd_step"].state == "not run"

    endless = [{"cell_type": "code", "source": "while True: pass"}, {"cell_type": "code", "source": "open('late', 'w')"}]
    found = run(put(tmp_path, {"cells": endless}), cell_seconds=60, notebook_seconds=1)
    assert "after 1 seconds" in found.problem
    assert [source for source, words in found.errors if "was stopped" in words] == ["while True: pass"]
    assert not (tmp_path / LESSON.name / "late").exists()

    after = {"cell_type": "code", "source": "1 / 0"}
    found = run(put(tmp_path, {"cells": [endless[0], after]}), cell_seconds=2)
    assert [words.split()[0] for _, words in found.errors] == ["The", "ZeroDivisionError:"]
    assert found.problem == ""


@pytest.mark.parametrize(
    "text", ["", "{broken", "[]", '{"cells": 3}', "[" * 100_000], ids=["empty", "json", "list", "cells", "deep"]
)
def test_what_is_no_notebook_gets_its_rows_and_a_reason(tmp_path, text):
    path = put(tmp_path, text)
    with pytest.raises(NotANotebook, match="JupyterLab|no cells"):
        code_cells(path)
    sheet = from_notebook(LESSON, path)
    assert str(path) in sheet.problem
    assert [row.state for row in sheet.rows] == ["not run"] * 4


def test_what_is_printed_goes_nowhere_and_no_name_is_bound(tmp_path):
    """Printed text would pile up in memory, without bound for a loop that never ends."""
    cells = [{"cell_type": "code", "source": text} for text in ("raise ValueError(__import__('sys').stdout.name)", "os", "sys")]
    words = [words for _, words in run(put(tmp_path, {"cells": cells})).errors]
    assert words == [f"ValueError: {os.devnull}", "NameError: name 'os' is not defined", "NameError: name 'sys' is not defined"]


def test_no_kernel_is_said(tmp_path, monkeypatch):
    def no_kernel(*_):
        raise NoSuchKernel("python3")

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", no_kernel)
    sheet = from_notebook(LESSON, put(tmp_path, notebook()))
    assert "ipykernel" in sheet.problem
    assert {row.state for row in sheet.rows} == {"not run"}


def test_what_counts_as_the_notebooks_own():
    own = FunctionType(sgd.sgd_step.__code__, {"__name__": "__main__"})
    assert is_own(own) and is_own(None) and is_own(3) and is_own(partial(own))
    assert is_own(wraps(own)(lambda *a: own(*a)))
    assert not is_own(sgd.sgd_step)


def test_pictures_are_not_run_and_odd_cells_are_read(tmp_path):
    cells = [
        {"cell_type": "code", "metadata": {"tags": ["show"]}, "source": "slow()"},
        {"cell_type": "code", "metadata": [], "source": ["a = 1\n", "b = 2", 3]},
        {"cell_type": "markdown", "source": "text"},
        "no cell",
    ]
    assert code_cells(put(tmp_path, {"cells": cells})) == ["a = 1\nb = 2"]


def test_command_prints_the_sum_and_writes_the_page(tmp_path, capsys):
    put(tmp_path, notebook(sgd_step=LATE_P))
    put(tmp_path, "{broken", Lesson("04-biases"))
    page = tmp_path / "sheet.html"
    assert main(["grade", str(tmp_path), "--html", str(page)]) == 0
    shown = capsys.readouterr()
    assert "03-sgd  11 of 15 points" in shown.out
    assert "04-biases  0 of 20 points" in shown.out and "not valid JSON" in shown.out
    assert "3 of 9 exercises done. Next: sgd_step. 11 of 35 points." in shown.out
    assert "Next: " in shown.out and PROMISE in shown.out
    assert "not counted: 01-rating-matrix, 02-factorization, 05-evaluation" in shown.out
    assert "running 03-sgd" in shown.err
    text = page.read_text()
    assert text.count("<tr>") == 1 + 2 + 9
    assert "q was moved with the new p" in text


@pytest.mark.parametrize("arguments", [["none"], ["empty"], ["work", "--lesson", "99-x"], ["work", "--lesson", "04-biases"]])
def test_wrong_usage_says_what_to_do(tmp_path, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    put(tmp_path / "work", notebook())
    assert main(["grade", *arguments]) == 2
    assert re.search(r"mfcheck start|Lessons: 01|Expected, for example", capsys.readouterr().err)
    assert main(["grade", "work", "--html", "none/page.html"]) == 2
    said = capsys.readouterr().err
    assert "Make it first" in said and "running" not in said


def test_notebooks_are_found_and_the_rest_is_named(tmp_path):
    right = put(tmp_path, notebook())
    copied = right.with_name("sgd-Copy1.ipynb")
    copied.write_text("{}")
    (right.parent / ".ipynb_checkpoints").mkdir()
    (right.parent / ".ipynb_checkpoints" / "sgd-checkpoint.ipynb").write_text("{}")
    flat = tmp_path / "biases.ipynb"
    flat.write_text("{}")
    renamed = put(tmp_path, "{}", Lesson("08-als")).rename(tmp_path / "08-als" / "mine.ipynb")
    found, notes = find_notebooks(tmp_path)
    assert {lesson.name: path for lesson, path in found.items()} == {"03-sgd": right, "04-biases": flat, "08-als": renamed}
    assert [note for note in notes if str(copied) in note]
    assert not [note for note in notes if "checkpoint" in note]
    only, _ = find_notebooks(right.parent)
    assert list(only.values()) == [right]
    with pytest.raises(WrongUsage, match="no folder"):
        find_notebooks(tmp_path / "none")


def test_progress_shows_the_same_rows(capsys):
    check("sgd_step", find("sgd_step").mistakes[0].function)
    check("init_factors", sgd.init_factors)
    rows = rows_of(from_record(lessons(), record.load()))
    verdict = check("sgd_step", find("sgd_step").mistakes[0].function).verdict
    assert (rows["sgd_step"].title, rows["sgd_step"].next_step) == (verdict.title, verdict.next_step)
    unnamed = check("sgd_epoch", lambda P, Q, users, items, ratings, lr, reg, rng: -1.0).verdict
    row = rows_of(from_record(lessons(), record.load()))["sgd_epoch"]
    assert not unnamed.label and (row.title, row.next_step) == (unnamed.title, unnamed.next_step)
    assert rows["init_factors"].done
    assert verdict.title in str(progress()) and PROMISE in str(progress())


def test_old_records_still_read():
    mistake = find("sgd_step").mistakes[0]
    old = {"points": 0, "max_points": 4, "passed": False, "tries": 2, "first_passed": None, "last_label": mistake.label}
    row = rows_of(from_record([LESSON], {"sgd_step": old}))["sgd_step"]
    assert (row.state, row.title, row.next_step) == ("tried 2 times", mistake.title, mistake.next_step)


def test_views_escape_what_comes_from_a_notebook():
    row = Row("sgd_step", 0, 4, "missing", "not run", "NameError: <script>[red]", "[/nothing]")
    sheet = Sheet((LessonSheet("03-sgd", (row,), "<b>"),), ("<i>",))
    page = as_page(sheet)
    assert "<script>" not in page and "<b>" not in page and "<i>" not in page
    assert "[red]" in as_plain(sheet)
    from rich.console import Console

    from mfcheck.sheet_view import as_rich

    console = Console(width=120, file=StringIO())
    console.print(as_rich(sheet))
    assert "[red]" in console.file.getvalue() and "not run" in as_plain(sheet)
