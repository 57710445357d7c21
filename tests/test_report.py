"""The class report: a class of 40 with planted verdicts, counted in the test; hostile names; a browser."""

import base64
import csv
import re
from datetime import datetime, timedelta
from html import unescape

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from mfcheck.verdict import Verdict
from mfgrade.report.figures import KINDS, correlation, exercise_figures, failures
from mfgrade.report.gather import Entry, LessonResults, Mark
from mfgrade.report.page import class_report, late_text
from mfgrade.report.people import People, shuffled
from mfgrade.report.pictures import times
from mfgrade.report.tables import as_csv
from mfgrade.service import Grading
from tests.classes import ODD, planted_class
from tests.courses import api, hand_in, run
from tests.submissions import LESSON, POINTS, notebook

NAMES = list(POINTS)


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    return planted_class(tmp_path_factory.mktemp("class") / "course")


@pytest.fixture(scope="module")
def report(truth):
    """The folder of the report with names, and what the command said."""
    done = run(truth.folder, "report", LESSON.name, "--csv")
    return truth.folder / "reports", done


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def ids_in(text):
    return set(re.findall(r"id\d{3}x", text)) | ({ODD.replace("/", "|")} if ODD.replace("/", "|") in text else set())


def page_of(folder, name=LESSON.name):
    return BeautifulSoup((folder / f"{name}.html").read_text(), "html.parser")


def table(page, caption):
    found = next(one for one in page.find_all("table") if one.caption.text.startswith(caption))
    heads = [head.text for head in found.thead.find_all("th")]
    return [
        dict(zip(heads, [cell.text for cell in row.find_all(["th", "td"])], strict=True)) for row in found.tbody.find_all("tr")
    ]


def test_points_in_csv_and_page_are_the_gradebooks(truth, report):
    folder, _ = report
    found = {next(iter(ids_in(row["student"]))): row for row in rows(folder / f"{LESSON.name}-exercises.csv")}
    assert {s: {n: float(row[f"{LESSON.name}/{n}"]) for n in NAMES} for s, row in found.items()} == truth.points
    assert {s: float(row["sum"]) for s, row in found.items()} == {s: sum(p.values()) for s, p in truth.points.items()}
    shown = {next(iter(ids_in(row["Student"]))): row for row in table(page_of(folder), "Points in")}
    assert {s: float(row["Sum /19"]) for s, row in shown.items()} == {s: sum(p.values()) for s, p in truth.points.items()}
    assert shown["id003x"]["3.1 init_factors /3"] == "3"
    assert shown["id003x"][" question-overfitting /4"] == "0 ?"


def test_mistakes_are_named_and_counted_with_their_students(truth, report):
    folder, _ = report
    found = {
        (r["exercise"], r["mistake"]): (int(r["count"]), ids_in(r["students"]))
        for r in rows(folder / f"{LESSON.name}-mistakes.csv")
    }
    assert found == {key: (len(students), students) for key, students in truth.made.items()}
    shown = {(r["Exercise"], r["What"]): ids_in(r["Who"]) for r in table(page_of(folder), "What went wrong")}
    assert shown == truth.made


def test_exercises_in_the_page_agree_with_counts(truth, report):
    folder, _ = report
    columns = {name: np.array([truth.points[s][name] for s in truth.students]) for name in NAMES}
    for name, row in zip(NAMES, table(page_of(folder), "Exercises of"), strict=True):
        full, rest = columns[name] == POINTS[name], sum(columns[other] for other in NAMES if other != name)
        assert row["Exercise"].endswith(f" {name}")
        assert int(row["Full points"]) == full.sum()
        assert float(row["Mean"]) == pytest.approx(columns[name].mean(), abs=0.005)
        if name != "init_factors":
            assert float(row["Item-rest"]) == pytest.approx(np.corrcoef(columns[name], rest)[0, 1], abs=0.005)
    assert "All 40 students have full points." in page_of(folder).text


def test_times_notes_and_what_is_missing_are_said(truth, report):
    folder, done = report
    text = page_of(folder).text
    late = re.search(r"Late \((\d+)\): (.*)", text)
    assert (int(late[1]), ids_in(late[2])) == (len(truth.late), set(truth.late))
    assert "by 4 h" in late[2]
    assert re.search(r"id000x\) could not be read: The file is not a notebook", text)
    assert "A note of the grader." in text
    assert "Nimue Absentia (absentee)" in re.search(r"Handed nothing in \(1\).*", text)[0]
    waiting = re.search(r"question-overfitting \((\d+)\): (.*)", text)
    assert (int(waiting[1]), ids_in(waiting[2])) == (40, set(truth.students))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_stands_alone_and_escapes_what_students_are_called(report):
    text = (report[0] / f"{LESSON.name}.html").read_text()
    assert text.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in text
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    assert not re.findall(r"@import|url\(", text)
    for image in page_of(report[0]).find_all("img"):
        assert len(image["alt"]) > 40


def test_an_anonymous_report_has_no_name_and_no_id_anywhere(truth, tmp_path):
    run(truth.folder, "report", "--csv", "--anonymous", f"--to={tmp_path}/out/a.html")
    with api(truth.folder).gradebook as gradebook:
        known = [word for s in gradebook.students for word in (s.id, s.first_name, s.last_name, s.email) if word]
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["a-exercises.csv", "a-mistakes.csv", "a.html"]
    text = "\n".join(file.read_text() for file in files)
    pictures = "\n".join(base64.b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", text))
    everything = unescape(text + pictures + "".join(map(str, files))).lower()
    assert len(known) > 4 * len(truth.students)
    assert [word for word in known if word.lower() in everything] == []
    numbered = {r["student"]: float(r["sum"]) for r in rows(files[0])}
    assert set(numbered) <= {f"Student {n}" for n in range(1, 42)}
    assert sorted(numbered.values()) == sorted(sum(p.values()) for p in truth.points.values())


def test_numbers_follow_a_random_order_that_is_not_the_ids():
    assert {tuple(shuffled("ab")) for _ in range(20)} == {("b", "a")}
    assert len({tuple(shuffled("abcdefgh")) for _ in range(20)}) > 10
    assert shuffled(["one"]) == ["one"]


def test_what_students_wrote_is_scrubbed_of_names():
    people = People({"s1": ("Ada", "Lovelace", "ada.l@example.org"), "x": (None, None, None)}, anonymous=True)
    assert people.scrubbed("# by ADA LOVELACE, ada.l at s1, not s12 or x2; x = 1") == "# by … …, … at …, not s12 or x2; … = 1"
    assert People({"s1": ("Ada", "", "")}).scrubbed("Ada") == "Ada"


# --- figures, on small classes made here


def entries(points, verdicts=()):
    """Entries with these points per exercise: rows of students × the four exercises."""
    made = []
    for k, row in enumerate(points):
        marks = {n: Mark(p, p, None, POINTS[n], False) for n, p in zip(NAMES, row, strict=True)}
        made.append(Entry(f"s{k}", marks=marks, verdicts=verdicts[k] if k < len(verdicts) else {}))
    return LessonResults(LESSON, made, [])


def test_weak_full_and_empty_exercises_are_remarked_from_ten_students_on():
    good = [[3, 4, 4, 0]] * 5 + [[3, 0, 0, 0]] * 5
    flipped = [[row[0], row[1], row[2], 0] for row in good]
    flipped[0][1], flipped[9][1] = 0, 4
    remarks = {one.name: one.remarks for one in exercise_figures(entries(flipped))}
    assert remarks["init_factors"] == ["All 10 students have full points."]
    assert remarks["train_sgd"] == ["None of 10 students has full points."]
    assert remarks["sgd_step"] == []
    against = [[3, 4 * (k % 2), 4 - 4 * (k % 2), 4 * (k % 2)] for k in range(10)]
    weak = {one.name: (one.item_rest, one.remarks) for one in exercise_figures(entries(against))}
    assert weak["sgd_epoch"][0] == pytest.approx(-1)
    assert "Item-rest correlation -1.00 (10 students)" in weak["sgd_epoch"][1][0]
    few = exercise_figures(entries(against[:9]))
    assert [(one.item_rest, one.remarks) for one in few] == [(None, [])] * 4


def test_correlation_with_a_constant_is_not_given():
    assert correlation(np.ones(5), np.arange(5.0)) is None
    assert correlation(np.arange(5.0), 2 * np.arange(5.0)) == pytest.approx(1)


def test_nobody_graded_gives_no_figures():
    assert exercise_figures(LessonResults(LESSON, [Entry("a", "waiting")], [])) == []


def test_failures_that_no_mistake_names_are_grouped_by_kind_and_references_counted():
    raised = Verdict("sgd_step", "raised", 0, 4, "ZeroDivisionError", "m")
    carried = Verdict("train_sgd", "right", 4, 4, "Right", "m", carried=("sgd_epoch", "sgd_step"))
    blank = Verdict("train_sgd", "not_attempted", 0, 4, "t", "m")
    results = entries(
        [[0, 0, 0, 4]] * 3,
        [{"sgd_step": raised, "train_sgd": carried}, {"sgd_step": raised, "train_sgd": blank}, {"train_sgd": carried}],
    )
    found = [(one.exercise, one.title, one.named, one.students) for one in failures(results)]
    assert found == [("sgd_step", KINDS["raised"], False, ["s0", "s1"]), ("train_sgd", KINDS["not_attempted"], False, ["s1"])]
    last = exercise_figures(results)[-1]
    assert (last.carried, last.judged_with_reference, last.attempted) == ({"sgd_epoch": 2, "sgd_step": 2}, 2, 2)


def test_a_small_class_without_a_known_mistake_has_its_page():
    raised = Verdict("sgd_step", "raised", 0, 4, "ZeroDivisionError", "m")
    results = entries([[3, 0, 4, 4]], [{"sgd_step": raised}])
    page = class_report([results], People({"s0": ("Ada", "Lovelace", None)}, False), "2026-03-01")
    assert KINDS["raised"] in page
    assert "The most frequent mistakes" not in page


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("hours", [0.01, 1, 30, 24 * 13, 24 * 100, 24 * 270, 24 * 4000])
def test_times_are_drawn_for_any_length_of_time(hours):
    start = datetime(2026, 3, 1, 12)
    assert "2026-03-01" in times([start], start + timedelta(hours=hours))


def test_delays_are_said_in_words():
    delays = {(0, 30): "1 min", (0, 3600): "1 h", (0, 5400): "1 h 30 min", (2, 3 * 3600 + 60): "2 d 3 h"}
    assert {late_text(timedelta(days, seconds)) for (days, seconds) in delays} == set(delays.values())


def test_csv_holds_no_formulas():
    assert as_csv([["=cmd()", "+1", "@x", "plain", -1.5]]) == "'=cmd(),'+1,'@x,plain,-1.5\n"


# --- what cannot be done is named


def test_missing_results_and_ungraded_submissions_are_named(tmp_path, monkeypatch):
    truth = planted_class(tmp_path / "course", n=4)
    course = truth.folder
    (course / ".mfgrade" / "written" / LESSON.name / "id001x.json").write_text("{broken")
    hand_in(course, "newcomer", notebook())
    done = run(course, "report", LESSON.name, check=False)
    assert done.returncode == 1
    assert sorted(re.findall(r"INCOMPLETE 03-sgd .*?(id001x|newcomer)", done.stderr)) == ["id001x", "newcomer"]
    text = page_of(course / "reports").text
    assert "Handed in, not graded yet (1): newcomer." in text
    assert re.search(r"stored result of these points is gone.*\(1\): .*id001x", text)
    monkeypatch.setenv("MFGRADE_CONFIG", str(tmp_path / "config"))
    stored = Grading().store(course)
    job = Grading(config=api(course).config).job(course, LESSON, course / "submitted" / "id001x" / LESSON.name)
    stored.put(job.key, stored.get(f"{1:064x}"))
    done = run(course, "report", LESSON.name, check=False)
    assert "id001x" not in done.stderr, "a result without a marker, as nbgrader autograde leaves it, is found by its content"


def test_wrong_usage_is_said_and_nothing_is_made(tmp_path):
    course = tmp_path / "course"
    (course / "source").mkdir(parents=True)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    done = run(course, "report", check=False)
    assert (done.returncode, "There is no gradebook" in done.stderr) == (2, True)
    assert not (course / "gradebook.db").exists()
    done = run(course, "report", "03", check=False)
    assert (done.returncode, "Name the lesson" in done.stderr) == (2, True)


def test_a_place_that_cannot_be_written_is_named(truth):
    done = run(truth.folder, "report", LESSON.name, "--to=/proc/none/page.html", check=False)
    assert (done.returncode, "cannot be written" in done.stderr) == (2, True)


# --- in a browser


def test_the_page_in_a_browser(report, browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    errors, elsewhere = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else elsewhere.append(one.url))
    page.goto(f"file://{report[0]}/{LESSON.name}.html")
    serious = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.locator("h1").count() == 1
    people = page.locator("table.people")
    for expected in ("ascending", "descending"):
        people.get_by_role("button", name="Sum").click()
        assert people.locator("th[aria-sort]").all_inner_texts() == ["Sum /19"]
        assert people.locator("th[aria-sort]").get_attribute("aria-sort") == expected
        sums = [float(text) for text in people.locator("tbody td:last-child").all_inner_texts()]
        assert sums == sorted(sums, reverse=expected == "descending")
        assert len(set(sums)) > 2
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()
    assert (errors, elsewhere) == ([], [])
