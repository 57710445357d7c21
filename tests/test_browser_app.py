"""The film page in a browser: one visitor's way through it, by mouse and by keyboard, and ten visitors at once."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe

from mfref import load_ratings
from mfref.models import MatrixFactorization
from mfref.ship_it import save_model
from tests.browser import PATIENCE, NoChromium, chromium
from tests.browser_app import async_chromium, served, visit

ARRAYS = ("mu", "b_user", "b_item", "P", "Q", "user_ids", "item_ids")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """→ `(address, process)`."""
    folder = tmp_path_factory.mktemp("app")
    model = MatrixFactorization(n_factors=10, n_epochs=15).fit(load_ratings("synthetic-100k"))
    save_model(folder / "films.npz", {name: np.asarray(getattr(model, f"{name}_")) for name in ARRAYS})
    with served(folder / "films.npz", folder / "log.txt") as server:
        yield server


@pytest.fixture
def address(server):
    return server[0]


def kernel_of(page, server):
    """→ the process of this visitor's kernel."""
    kernel_id = json.loads(page.locator("#jupyter-config-data").text_content())["kernelId"]
    kernels = psutil.Process(server[1].pid).children(recursive=True)
    return next(one for one in kernels if any(kernel_id in word for word in one.cmdline()))


@pytest.fixture(scope="module")
def browser():
    try:
        with chromium() as running:
            yield running
    except NoChromium as missing:
        pytest.skip(str(missing))


@pytest.fixture
def page(browser, address):
    """The page of a new visitor; no request may leave this machine, and nothing may go wrong in it."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(1000 * PATIENCE)
    elsewhere, errors = [], []
    page.on("request", lambda one: None if one.url.startswith((address, "data:", "blob:")) else elsewhere.append(one.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.get_by_role("button", name="5 ★").wait_for()
    yield page
    page.close()
    assert not elsewhere
    assert not errors


def films(page):
    """→ the titles in the list."""
    return [text.split(":")[0] for text in page.locator("summary:visible").all_inner_texts()]


def reasons(page):
    """→ the reasons of all films of the list, also where they are closed."""
    return page.locator("ol:visible details").all_text_contents()


def status(page, text):
    page.get_by_role("status").filter(has_text=text).wait_for()


def search(page, words):
    box = page.get_by_label("Part of a title")
    box.fill("")
    box.press_sequentially(words)
    return page.get_by_role("listbox")


def test_search_rate_three_films_see_the_list_change_and_the_reasons(page):
    at_first = films(page)
    assert len(at_first) == 10
    assert page.get_by_role("heading", name="Liked by everybody").is_visible()
    told = [reasons(page)]
    titles = load_ratings("synthetic-100k").items["title"]
    wanted = titles[titles.str.contains("Waiter")].unique()[:3].tolist()
    for title, stars in zip(wanted, (5, 1, 4), strict=True):
        hits = search(page, title)
        hits.locator("option").filter(has_text=title).first.wait_for()
        page.wait_for_function("() => document.querySelector('select[size]').options.length < 10")
        hits.select_option(index=0)
        status(page, f"How do you like {title}")
        page.get_by_role("button", name=f"{stars} ★").click()
        status(page, f"You gave {title}")
        told.append(reasons(page))
    assert len({str(each) for each in told}) == 4
    assert films(page) != at_first
    assert not set(wanted) & set(films(page))
    assert page.get_by_role("heading", name="For you", exact=True).is_visible()
    first = page.locator("details:visible").first
    first.locator("summary").click()
    text = first.inner_text()
    parts = [float(number) for number in re.findall(r"[+-]\d\.\d\d", text)]
    mean, together = (float(re.search(rf"{words}\s+(-?\d+\.\d\d)", text)[1]) for words in ("The mean of all ratings", "Together"))
    assert len(parts) == 3
    assert mean + sum(parts) == pytest.approx(together, abs=0.021)  # each is rounded
    for title, stars in zip(wanted, (5, 1, 4), strict=True):
        assert f"to which you gave {stars}" in text and title in text


def test_a_rating_can_be_changed_and_taken_back(page):
    at_first = films(page)
    page.get_by_role("button", name="5 ★").click()
    status(page, "5 of 5 stars.")
    page.get_by_role("button", name="2 ★").click()
    status(page, "2 of 5 stars in place of 5.")
    page.get_by_role("button", name="Take back").click()
    status(page, "is taken back")
    assert films(page) == at_first
    assert page.get_by_role("button", name="Take back").is_disabled()


@pytest.mark.parametrize("typed", ["qqzz", "<b>bold</b>", "(((", "Ünïcode \\d+", "x" * 500])
def test_what_no_title_contains_is_said_and_nothing_can_be_rated(page, typed):
    page.get_by_label("Part of a title").fill(typed)
    status(page, "No film has")
    assert typed[:10] in page.get_by_role("status").filter(has_text="No film has").inner_text()
    assert page.get_by_role("button", name="5 ★").is_disabled()
    page.get_by_label("Part of a title").fill("")
    status(page, "How do you like")
    assert page.get_by_role("button", name="5 ★").is_enabled()


def test_all_by_keyboard(page):
    page.get_by_label("Part of a title").focus()
    page.keyboard.type("waiter")
    page.wait_for_function("() => document.activeElement.tagName == 'INPUT'")
    page.get_by_text("Choose a film from the list.").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    status(page, "How do you like")
    for _ in range(6):  # the next film, then the stars from 1 to 5
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status(page, "5 of 5 stars")
    for _ in range(3):  # your ratings, taking back, the list's first film
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("details[open]:visible").get_by_text("these are most like it").wait_for()


def test_axe_finds_no_serious_fault(page):
    page.get_by_role("button", name="5 ★").click()
    status(page, "You gave")
    page.locator("summary:visible").first.click()
    found = Axe().run(page).response["violations"]
    assert [one for one in found if one["impact"] in ("serious", "critical")] == []


def test_on_a_phone_nothing_is_wider_than_the_screen(page):
    page.set_viewport_size({"width": 380, "height": 800})
    page.locator("summary:visible").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_who_leaves_takes_the_kernel_along(page, server):
    kernel = kernel_of(page, server)
    page.goto("about:blank")
    kernel.wait(PATIENCE)


def test_a_kernel_that_has_ended_is_said_and_the_page_can_be_loaded_again(page, server, address):
    kernel_of(page, server).kill()
    page.get_by_role("button", name="5 ★").click()
    page.get_by_role("alert").filter(has_text="Load the page again").wait_for()
    page.goto(address)
    page.get_by_role("button", name="5 ★").click()
    status(page, "You gave")


def test_ten_visitors_at_once_each_with_an_own_list(address, browser):
    async def all_of_them():
        async with async_chromium() as shared:
            return await asyncio.gather(*(visit(shared, address) for _ in range(10)))

    with ThreadPoolExecutor(1) as thread:  # in this one, Playwright has a loop of its own
        visits = thread.submit(asyncio.run, all_of_them()).result()
    assert [error for one in visits for error in one["errors"]] == []
    assert all(len(films) == 10 for one in visits for films in one["lists"])
    assert len({str(one["lists"]) for one in visits}) == 1  # all rated the same films; nobody got another's
