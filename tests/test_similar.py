"""Similar submissions: simulated authors who work alone, and copies planted among them."""

import re
import resource
from html import unescape

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from mfcheck.registry import Lesson
from mfgrade.similar import OTHER, Pair, Work, compare, read_work, similarities, surprise, unusual
from mfgrade.tokens import normalised
from tests.authors import class_of, disguised, handed_in
from tests.conftest import ROOT
from tests.courses import new_course, run
from tests.submissions import LESSON, write

SECOND = Lesson("02-factorization")
HELPER = "def norms(rows):\n    found = []\n    for row in rows:\n        found.append(row @ row)\n    return found"
SAME_HELPER = (
    "def lengths(table):\n    out = []  # all of them\n    for line in table:\n        out.append(line @ line)\n    return out"
)


def works_of(lesson, answers):
    version = nbformat.read(ROOT / "release" / lesson.name / f"{lesson.module}.ipynb", as_version=4)
    given = {cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell.source for cell in version.cells}
    return [
        Work(f"s{k:02d}", {name: normalised(text, given[f"{name}-solution"]) for name, text in mine.items()})
        for k, mine in enumerate(answers)
    ]


def with_copies(answers):
    """s07 copies s03 under other names and comments, s20 copies s12 and moves its helper behind the function."""
    answers[7] = {name: disguised(text, "seven") for name, text in answers[3].items()}
    answers[20] = {name: f"{disguised(text, 'twenty')}\n\n{SAME_HELPER}" for name, text in answers[12].items()}
    answers[12] = {name: f"{HELPER}\n\n{text}" for name, text in answers[12].items()}
    return answers


COPIES = {("s03", "s07"), ("s12", "s20")}


@pytest.mark.parametrize("lesson", [SECOND, LESSON], ids=lambda one: one.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_copies_are_on_top_and_listed(lesson, seed):
    pairs = compare(works_of(lesson, with_copies(class_of(lesson, 40, np.random.default_rng(seed)))))
    assert {pair.students for pair in pairs if pair.is_listed} == COPIES
    assert {pair.students for pair in pairs[:2]} == COPIES
    assert all(pair.similarity > 0.99 for pair in pairs[:2])


@pytest.mark.parametrize("lesson", [SECOND, LESSON], ids=lambda one: one.name)
def test_authors_of_different_answers_are_not_listed(lesson):
    pairs = compare(works_of(lesson, class_of(lesson, 12, np.random.default_rng(0))))
    assert [pair for pair in pairs if pair.is_listed] == []
    assert len(pairs) == 66


def test_authors_who_chance_upon_the_same_answers_are_hardly_ever_listed():
    """40 students have two or three times each answer. The page promises one class in twenty at most."""
    classes = [class_of(lesson, 40, np.random.default_rng(seed)) for lesson in (SECOND, LESSON) for seed in range(6)]
    lessons = [SECOND] * 6 + [LESSON] * 6
    listed = [sum(p.is_listed for p in compare(works_of(*one))) for one in zip(lessons, classes, strict=True)]
    assert sorted(listed)[:-1] == [0] * 11
    assert max(listed) <= 1


@pytest.mark.parametrize(("similarity", "chance", "listed"), [(0.9, 0.01, True), (0.5, 0.01, False), (0.9, 0.2, False)])
def test_a_pair_is_listed_if_it_is_alike_and_chance_does_not_explain_it(similarity, chance, listed):
    assert Pair(("a", "b"), similarity, 9.0, chance, {"e": similarity}).is_listed is listed


def test_a_class_in_which_everybody_writes_the_same_lists_nobody():
    answers = class_of(SECOND, 1, np.random.default_rng(0)) * 30
    assert not any(pair.is_listed for pair in compare(works_of(SECOND, answers)))


def test_one_answer_in_common_is_not_enough():
    answers = class_of(SECOND, 16, np.random.default_rng(5))
    answers[4]["gradient_descent"] = disguised(answers[9]["gradient_descent"], "four")
    assert not any(pair.is_listed for pair in compare(works_of(SECOND, answers)))


def test_too_few_students_or_nothing_written_compare_nothing():
    answers = class_of(SECOND, 5, np.random.default_rng(0))
    assert compare(works_of(SECOND, answers)) == []
    assert compare([Work(f"s{k}", {"predict_one": normalised("")}) for k in range(9)]) == []


def test_short_answers_are_left_out_of_the_comparison():
    works = [Work(f"s{k}", {"e": normalised(text)}) for k, text in enumerate(["return 1", "x = 1\n" * 9, "x = 1\n" * 9])]
    table = similarities(works, "e")
    assert np.isnan(table[0]).all()
    assert table[1, 2] == 1


def test_surprise_is_the_logarithm_of_the_share_that_is_as_alike():
    table = np.full((4, 4), np.nan)
    table[np.triu_indices(4, 1)] = [0.2, 0.9, 0.5, 0.5, 1.0, 0.1]
    expected = np.zeros((4, 4))
    expected[np.triu_indices(4, 1)] = -np.log(np.array([5, 2, 4, 4, 1, 6]) / 6)
    np.testing.assert_allclose(surprise(table), expected)


def test_unusual_is_what_at_most_two_have():
    texts = ["alpha = beta = 1", "alpha = beta = 1", "beta = 1  # a remark of mine", "gamma = 1"]
    works = [Work(f"s{k}", {"e": normalised(text)}) for k, text in enumerate(texts)]
    works[3].mistakes = {"e": "p and q"}
    found = unusual(works)
    assert found["s0"] & found["s1"] == {("e", "the name alpha")}
    assert found["s2"] == {("e", "the comment “a remark of mine”")}
    assert ("e", "the mistake “p and q”") in found["s3"]


def test_answers_are_found_where_they_stand(tmp_path):
    answers = class_of(LESSON, 1, np.random.default_rng(0))[0]
    notebook = nbformat.reads(handed_in(LESSON, answers | {"sgd_step": "# see below"}), as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(answers["sgd_step"]), nbformat.v4.new_code_cell("a = 1\nb = a + 2")]
    write(tmp_path / "ada" / LESSON.name, nbformat.writes(notebook))
    work = read_work(ROOT, LESSON, tmp_path / "ada" / LESSON.name)
    assert work.student == "ada"
    assert len(work.codes["sgd_epoch"].tokens) > 10
    assert "a = 1" in work.codes[OTHER].source


# --- the command


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """40 students of lesson 03, two copies, one who signs the code, one broken file."""
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    (course / "release" / LESSON.name).mkdir(parents=True)
    (course / "release" / LESSON.name / "sgd.ipynb").write_bytes((ROOT / "release" / LESSON.name / "sgd.ipynb").read_bytes())
    answers = with_copies(class_of(LESSON, 40, np.random.default_rng(2)))
    answers[3]["sgd_step"] += "\n\n# </code><script>alert(1)</script> written by person03q"
    for k, mine in enumerate(answers):
        write(course / "submitted" / f"person{k:02d}q" / LESSON.name, handed_in(LESSON, mine))
    write(course / "submitted" / "broken" / LESSON.name, b"{")
    return course


@pytest.fixture(scope="module")
def page(course):
    """→ (the page's path, what the command said, its CPU seconds)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(course, "similar", LESSON.name, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return course / "reports" / f"{LESSON.name}-similar.html", done, after.ru_utime - before.ru_utime


def test_the_page_names_the_copies(page):
    path, done, seconds = page
    assert 0 < seconds < 20
    assert (done.returncode, "NOT COMPARED broken: The file is not a notebook" in done.stderr) == (1, True)
    assert "41 submissions, 2 pairs stand out" in done.stdout
    text = path.read_text()
    assert "A lead, not a verdict." in text
    assert text.count("<script>") == 1
    assert set(re.findall(r"person(\d\d)q", text)) == {"03", "07", "12", "20"}


def test_the_page_in_a_browser(page, browser):
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    opened.goto(f"file://{page[0]}")
    assert [v for v in Axe().run(opened).response["violations"] if v["impact"] in ("serious", "critical")] == []
    assert opened.locator("h1").count() == 1
    alike = [text.split("%")[0].split(": ")[1] for text in opened.locator("h3").all_inner_texts() if "alike" in text]
    assert alike == ["100 "] * 8
    same = opened.locator("#pair-1 ~ .both").first.locator("pre").first.locator("span.same").all_inner_texts()
    assert len(same) >= 1
    opened.close()


def test_an_anonymous_page_has_no_ids_not_even_in_the_code(course, tmp_path):
    run(course, "similar", LESSON.name, "--anonymous", f"--to={tmp_path}/a.html", check=False)
    text = unescape((tmp_path / "a.html").read_text())
    assert "written by …" in text
    assert not re.findall(r"person\d\dq|broken", text)
    assert "Student " in text


def test_wrong_usage(course):
    for arguments, words in (
        ([], "Name the lesson"),
        ([LESSON.name, "02-factorization"], "Name one lesson"),
        (["08-als"], "Nothing is handed in"),
    ):
        done = run(course, "similar", *arguments, check=False)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
