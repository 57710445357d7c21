"""What a student calls: check, hint, solution, progress; and what is said when they are called wrongly."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

import mfcheck
from mfcheck import check, hint, mistakes, progress, record, solution
from mfcheck.registry import UnknownExercise, all_names, find
from mfcheck.render import as_html, as_text
from mfcheck.student import _hints_given
from mfref import sgd


def test_plain_text_is_the_bare_points(capsys):
    result = check("sgd_step", sgd.sgd_step)
    assert repr(result) == "4"
    assert "✓ sgd_step: Right. 4 of 4 points" in capsys.readouterr().out
    assert float(repr(check("sgd_step", None))) == 0


def test_an_emphasis_in_a_message_is_shown_and_code_is_left_alone():
    verdict = replace(check("sgd_step", sgd.sgd_step).verdict, message="The sum of **all** rows, `f(**best)`, 2**3 <b>.")
    assert "The sum of <strong>all</strong> rows, " in as_html(verdict)
    assert "f(**best)" in as_html(verdict) and "2**3 &lt;b&gt;." in as_html(verdict)
    assert "The sum of all rows, `f(**best)`, 2**3 <b>." in as_text(verdict)


def test_html_says_it_in_words_not_only_in_colour():
    html = check("sgd_step", lambda P, Q, u, i, r, lr, reg: 0.0)._repr_html_()
    assert "Keep working" in html
    assert "0 of 4 points" in html
    assert 'role="status"' in html
    assert "<summary>" in html


def test_html_escapes_what_students_print():
    def step(P, Q, u, i, r, lr, reg):
        print("<script>alert(1)</script>")
        return sgd.sgd_step(P, Q, u, i, r, lr, reg)

    html = check("sgd_step", step)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_checked_twice_the_same(capsys):
    first, second = check("sgd_step", sgd.sgd_step), check("sgd_step", sgd.sgd_step)
    assert first.verdict == second.verdict


def test_unknown_name_names_the_nearest():
    with pytest.raises(UnknownExercise, match=r"Did you mean 'sgd_step'\?"):
        check("sgd_stp", sgd.sgd_step)
    with pytest.raises(UnknownExercise, match=r"there is no exercise 'zzz'"):
        hint("zzz")
    with pytest.raises(UnknownExercise, match=r"check\('sgd_step', sgd_step\)"):
        check(sgd.sgd_step, "sgd_step")


def test_hints_go_on():
    _hints_given.clear()
    texts = [str(hint("sgd_step")) for _ in range(4)]
    assert [t.split("\n")[0] for t in texts] == [f"Hint {n} of 3 for sgd_step" for n in (1, 2, 3, 1)]
    assert "copy" in texts[2]


def test_solution_is_the_reference():
    shown = solution("sgd_step")
    assert "def sgd_step(" in str(shown)
    assert "<pre>" in shown._repr_html_()


def test_mistakes_are_functions_by_title():
    found = mistakes("sgd_step")
    assert "q was moved with the new p" in found
    assert all(callable(f) for f in found.values())


def test_progress_shows_what_is_done_and_what_is_next():
    assert f"0 of {len(all_names())} exercises done. Next: index_ids." in str(progress())
    check("index_ids", find("index_ids").reference)
    check("sgd_step", lambda P, Q, u, i, r, lr, reg: 0.0)
    shown = str(progress())
    assert f"1 of {len(all_names())} exercises done. Next: rating_matrix." in shown
    assert "tried 1 time" in shown
    assert "passed 20" in shown
    assert "<caption" in progress()._repr_html_()


def test_a_pass_is_not_forgotten_by_a_later_failure():
    check("sgd_step", sgd.sgd_step)
    check("sgd_step", lambda P, Q, u, i, r, lr, reg: 0.0)
    entry = record.load()["sgd_step"]
    assert entry["passed"]
    assert (entry["points"], entry["tries"]) == (4, 2)


def test_nothing_is_kept_while_grading(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check("sgd_step", sgd.sgd_step)
    assert record.load() == {}


def test_damaged_or_unwritable_state_never_stops_a_check(monkeypatch):
    record.path().parent.mkdir(parents=True)
    record.path().write_text("{damaged")
    assert repr(check("sgd_step", sgd.sgd_step)) == "4"
    assert json.loads(record.path().read_text())["sgd_step"]["passed"]
    monkeypatch.setenv("MFCHECK_STATE", "/proc/nowhere")
    assert repr(check("sgd_step", sgd.sgd_step)) == "4"


def test_check_before_the_cell_above_was_run():
    """In a notebook: the NameError is explained."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from mfcheck import check")
shell.run_cell('check("sgd_step", sgd_step)')
shell.run_cell('undefined_thing')
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert "run the cell that defines `sgd_step`" in shown
    assert shown.count("run the cell") == 1
    assert "undefined_thing" in shown


def test_start_copies_lessons_and_never_overwrites(tmp_path, capsys):
    from mfcheck.__main__ import main

    release = tmp_path / "release" / "03-sgd"
    release.mkdir(parents=True)
    (release / "sgd.ipynb").write_text("released")
    target = tmp_path / "my-work"
    arguments = ["start", str(target), "--release", str(tmp_path / "release")]
    assert main(arguments) == 0
    mine = target / "03-sgd" / "sgd.ipynb"
    assert mine.read_text() == "released"
    mine.write_text("my own work")
    assert main(arguments) == 0
    assert mine.read_text() == "my own work"
    assert "kept" in capsys.readouterr().out
    assert main(["start", str(target), "--release", str(tmp_path / "none")]) == 2


def test_public_names():
    assert mfcheck.__all__ == ["check", "hint", "mistakes", "progress", "solution"]
