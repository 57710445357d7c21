"""How long visitors of the film page wait: one alone, and ten at once, each with a kernel and a browser page of their own, all on this machine.

`python -m benchmarks.app`, part of `make bench`. Each visitor opens the page and rates three films: seconds until
the server has sent the page, until the browser shows it, and from a rating to the new list.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.results import write
from mfref import load_ratings
from mfref.app.__main__ import model_file
from tests.browser import NoChromium
from tests.browser_app import async_chromium, served, visit

CASES = (1, 2), (10, 2), (10, 10)  # visitors at once, kernels kept ready


async def visits(address, number):
    async with async_chromium() as browser:
        return await asyncio.gather(*(visit(browser, address) for _ in range(number)))


def main():
    console = Console()
    rows = {}
    with tempfile.TemporaryDirectory() as folder, console.status("visiting …"):
        model = model_file(None, load_ratings("synthetic-100k"), Path(folder))
        for number, warm in CASES:
            try:
                with served(model, Path(folder) / "log.txt", warm=warm) as (address, _):
                    time.sleep(5 + warm)  # until they are ready
                    rows[number, warm] = asyncio.run(visits(address, number))
            except NoChromium as missing:
                console.print(f"The film page is not measured. {missing}")
                return
    table = Table(title="The film page: seconds that visitors wait, median and longest", title_justify="left")
    for heading in ("visitors at once", "kernels ready", "for the answer", "for the page", "for a new list", "errors"):
        table.add_column(heading, justify="right")
    result = []
    for (number, warm), visited in rows.items():
        answered, ready = ([one[name] for one in visited] for name in ("answered", "ready"))
        rated = [taken for one in visited for taken in one["rated"]]
        errors = sum(len(one["errors"]) for one in visited)
        table.add_row(
            str(number), str(warm), *(f"{statistics.median(t):.2f}, {max(t):.2f}" for t in (answered, ready, rated)), str(errors)
        )
        result.append({"visitors": number, "warm": warm, "answered": answered, "ready": ready, "rated": rated, "errors": errors})
    console.print(table)
    write("app", {"visits": result})


if __name__ == "__main__":
    main()
