"""The film page as a web server on loopback, and a visitor of it, for the test in a real browser and for its benchmark."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import asynccontextmanager, contextmanager

from playwright.async_api import async_playwright

from tests.browser import CELLS_PATIENCE, PATIENCE, find_chromium, free_port


@contextmanager
def served(model, log, data="synthetic-100k", warm=2):
    """→ `(address, process)` of the page, served until the block ends. log: a file for what it says."""
    port = free_port()
    command = [sys.executable, "-m", "mfref.app", f"--model={model}", f"--data={data}", f"--port={port}", f"--warm={warm}"]
    with log.open("w") as to:
        process = subprocess.Popen([*command, "--no-browser"], stdout=to, stderr=subprocess.STDOUT, env={**os.environ})
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/voila/static/voila-style.js", process, log)
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.terminate()
        process.wait(60)


def wait_until_it_answers(address, process, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=10)
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the page was not served:\n{log.read_text()[-3000:]}")


@asynccontextmanager
async def async_chromium():
    """A Chromium that several visitors share. → Playwright's asynchronous Browser. Raises NoChromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=find_chromium(playwright))
        yield running
        await running.close()


async def visit(browser, address, ratings=3):
    """Open the page, give so many films five stars, one after the other, and leave.

    → dict: "answered", seconds until the server has sent the page; "ready", until stars can be given; "rated", seconds from each click to the new list; "errors" of the page;
    "lists", the list of films at the start and after each rating.
    """
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(1000 * CELLS_PATIENCE)  # ten pages at once
    errors, start = [], time.perf_counter()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    response = await page.goto(address, wait_until="commit", timeout=1000 * CELLS_PATIENCE)
    await response.finished()
    answered = time.perf_counter() - start
    five = page.get_by_role("button", name="5 ★")
    await five.wait_for()
    ready = time.perf_counter() - start
    films, lists, rated = page.locator("summary:visible"), [], []
    lists.append(await films.all_inner_texts())
    question = page.get_by_role("status").filter(has_text="How do you like")
    for _ in range(ratings):
        title = await question.locator("b").inner_text()
        before = time.perf_counter()
        await five.click()
        await page.get_by_role("status").filter(has_text=f"You gave {title}").wait_for()
        rated.append(time.perf_counter() - before)
        lists.append(await films.all_inner_texts())
        await page.get_by_role("button", name="Next film").click()
        await question.filter(has_not_text=title).wait_for()
    await context.close()
    return {"answered": answered, "ready": ready, "rated": rated, "errors": errors, "lists": lists}
