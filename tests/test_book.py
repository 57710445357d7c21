"""The reading site, built once: complete, offline, linked, with every picture described, and readable by all."""

import fcntl
import json
import os
import re
from html.parser import HTMLParser
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

import pytest

from book.build import NotBuilt, build, mathjax, with_folds, write_sources
from mfcheck.registry import lessons
from tests.conftest import ROOT

LESSONS = lessons()
PAGES = [f"{lesson.name}/{lesson.module}.html" for lesson in LESSONS]
needs_extra = pytest.mark.skipif(
    find_spec("jupyter_book") is None or find_spec("sphinx-mathjax-offline") is None,
    reason="Jupyter Book is not installed: pip install -e '.[book]'",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site's folder; built once, by the first of parallel workers that asks for it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    with (shared / "book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "book" / "html").exists():
            build(shared / "book")
    return shared / "book" / "html"


class Page(HTMLParser):
    """`links`: what a reader may follow; `loads`: what the browser fetches by itself; `images`; `ids`."""

    LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "video": "src", "audio": "src"}

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.images, self.ids = [], [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if given.get(self.LOADS.get(tag, "")):
            self.loads.append(given[self.LOADS[tag]])
        if tag == "img":
            self.images.append(given)


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}


@needs_extra
def test_every_lesson_has_its_page_and_its_line_in_the_map(site):
    intro = Page(site / "intro.html")
    for page in PAGES:
        assert (site / page).is_file()
        assert page in intro.links
    exercises = set(re.findall(r'<span class="pre">(\w+)</span>', (site / "intro.html").read_text()))
    assert exercises >= {name for lesson in LESSONS for name in lesson.exercise_names}


@needs_extra
def test_every_internal_link_leads_somewhere(pages):
    broken, followed = [], 0
    for path, page in pages.items():
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            followed += 1
            if (
                not target.is_file()
                or target in pages
                and parts.fragment
                and unquote(parts.fragment) not in pages[target].ids | {"top"}
            ):
                broken.append(f"{path.name}: {link}")
    assert not broken
    assert followed > 1000


@needs_extra
def test_links_between_lessons_became_links_between_pages(site):
    for lesson, after in zip(LESSONS, LESSONS[1:], strict=False):
        page = Page(site / lesson.name / f"{lesson.module}.html")
        assert f"../{after.name}/{after.module}.html" in page.links
        assert not [link for link in page.links if link.endswith(".ipynb")]


@needs_extra
def test_nothing_is_loaded_from_elsewhere(site, pages):
    for path, page in pages.items():
        outside = [link for link in page.loads if urlsplit(link).scheme not in ("", "data") or urlsplit(link).netloc]
        assert not outside, path.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import )[\"']?(https?:)?//", style.read_text(encoding="utf-8")), style.name


@needs_extra
def test_every_picture_has_words(site, pages):
    count = 0
    for path, page in pages.items():
        for image in page.images:
            count += 1
            assert len((image.get("alt") or "").strip()) >= 20, f"{path.name}: {str(image)[:200]}"
    stored = sum((path.read_text().count("<img alt=")) for path in (ROOT / "solutions").rglob("*.ipynb"))
    assert count >= stored > 100


@needs_extra
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_every_solution_is_folded_and_nothing_else(site, lesson):
    text = (site / lesson.name / f"{lesson.module}.html").read_text()
    folded = re.findall(r"<details class=\"admonition hide above-input\">.*?</details>", text, re.DOTALL)
    assert len(folded) == len(lesson.exercise_names)
    for name, block in zip(lesson.exercise_names, folded, strict=True):
        assert "Show solution" in block
        assert re.search(rf"\b{name}\b", re.sub("<[^>]+>", "", block))
    assert text.count("<summary>Show one answer</summary>") >= 1
    assert text.count("Marking scheme") == len(re.findall(r"<details>(?:(?!</details>).)*Marking scheme", text, re.DOTALL))


def test_folds_keep_the_text():
    cells = [
        {"cell_type": "code", "metadata": {"tags": ["solution"]}, "source": ["def f():\n", "    pass"]},
        {"cell_type": "markdown", "metadata": {"tags": ["solution"]}, "source": ["Because.\n", "\n", "Yes."]},
        {"cell_type": "code", "metadata": {}, "source": "f()"},
    ]
    code, answer, other = with_folds({"cells": cells})["cells"]
    assert code["metadata"]["tags"] == ["solution", "hide-input"]
    assert code["source"] == ["def f():\n", "    pass"]
    assert answer["source"].startswith("<details>") and "\n\nBecause.\n\nYes.\n\n</details>" in answer["source"]
    assert other == {"cell_type": "code", "metadata": {}, "source": "f()"}


@needs_extra
def test_sources_are_the_stored_lessons_and_the_map(tmp_path):
    write_sources(tmp_path)
    for lesson in LESSONS:
        path = f"{lesson.name}/{lesson.module}.ipynb"
        ours, stored = (json.loads((folder / path).read_text()) for folder in (tmp_path, ROOT / "solutions"))
        assert [cell.get("outputs") for cell in ours["cells"]] == [cell.get("outputs") for cell in stored["cells"]]
    assert "<!-- map -->" not in (tmp_path / "intro.md").read_text()


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("book.build.find_spec", lambda name: None)
    with pytest.raises(NotBuilt, match=r"make book"):
        mathjax()
    (tmp_path / "README.md").write_text("| 01-rating-matrix | index_ids | [`mfref/rating_matrix.py`](x) |\n")
    (tmp_path / "solutions" / "02-factorization").mkdir(parents=True)
    monkeypatch.setattr("book.build.ROOT", tmp_path)
    with pytest.raises(NotBuilt, match="different lessons"):
        write_sources(tmp_path / "out")


SEEN = ["intro.html", "03-sgd/sgd.html", "07-similarity/similarity.html"]


@needs_extra
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_of_accessibility(site, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1300, "height": 1000}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in SEEN:
        page.goto((site / name).as_uri())
        if "<mjx" in page.content() or 'class="math' in page.content():
            page.wait_for_selector("mjx-container")
        found = Axe().run(page).response["violations"]
        faults = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
        assert not faults, name
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    page.close()


@needs_extra
def test_formulas_are_set_and_search_works_from_the_file_system(site, browser):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "03-sgd" / "sgd.html").as_uri())
    page.wait_for_function("document.querySelectorAll('mjx-container svg').length >= document.querySelectorAll('.math').length")
    assert page.locator("mjx-container").count() >= 5
    assert page.locator("[data-mml-node=merror]").count() == 0
    assert not page.get_by_text("rng.normal").first.is_visible()
    page.get_by_text("Show solution").first.click()
    assert page.get_by_text("rng.normal").first.is_visible()
    page.goto((site / "search.html").as_uri() + "?q=regularization")
    page.wait_for_selector("#search-results li")
    assert page.locator("#search-results li a", has_text="03 · One rating at a time").count() >= 1
    assert not errors
    page.close()
