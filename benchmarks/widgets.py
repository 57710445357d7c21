"""How long after a key on a slider its picture has changed, in JupyterLab in a browser: thirty presses each, one after the other.

`python -m benchmarks.widgets`, part of `make bench`. The explorer on synthetic-100k with 20 factors, beside lesson 02's twelve songs and lesson 03's one rating.
"""

import statistics
import tempfile
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from benchmarks.results import write
from mfgrade.build import KERNEL_METADATA
from tests.browser import Lab, NoChromium, NotebookPage, chromium
from tests.browser_panels import PRESS

PRESSES = 30
SETUP = """
import numpy as np
from mfref import load_ratings
data = load_ratings("synthetic-100k")
"""
WIDGETS = {
    "lesson 02: move_factors": """
from mfref.factorization import predict_one
from mfref.widgets import factorization
rng = np.random.default_rng(0)
factorization.move_factors(predict_one, rng.normal(1, 0.5, (4, 2)).round(1), rng.normal(1, 0.5, (12, 2)).round(1), load_ratings("music"))
""",
    "lesson 03: one_update": """
from mfref.sgd import sgd_step
from mfref.widgets import sgd
sgd.one_update(sgd_step)
""",
    "explorer": """
from mfref.models import MatrixFactorization
from mfref.widgets.explorer import explore
explore(MatrixFactorization(n_factors=20, n_epochs=5).fit(data), data)
""",
}


def measure(panel):
    """→ slider → milliseconds of each press."""
    taken = {}
    handles = panel.root.locator(".noUi-handle")
    for n in range(handles.count()):
        panel.settled()
        name = handles.nth(n).evaluate("handle => handle.closest('.widget-slider').querySelector('.widget-label').innerText")
        taken[name] = panel.root.evaluate(PRESS, [n, PRESSES])
    return taken


def main():
    console = Console()
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SETUP, *WIDGETS.values())]
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(KERNEL_METADATA)), Path(folder) / "widgets.ipynb"
        )
        try:
            with chromium() as browser, Lab(folder, Path(folder) / "state") as lab:
                page = NotebookPage(browser, lab, "widgets.ipynb")
                page.run_all()
                taken = {name: measure(panel) for name, panel in zip(WIDGETS, page.panels(), strict=True)}
        except NoChromium as missing:
            console.print(f"The widgets are not measured. {missing}")
            return
    table = Table(title=f"From a key on a slider to the new picture, {PRESSES} presses, in milliseconds", title_justify="left")
    for heading in ("widget", "slider", "median", "90 % within"):
        table.add_column(heading, justify="right" if heading in ("median", "90 % within") else "left")
    result = {}
    for widget, sliders in taken.items():
        for slider, times in sliders.items():
            median, within = statistics.median(times), statistics.quantiles(times, n=10)[-1]
            table.add_row(widget, slider, f"{median:.0f}", f"{within:.0f}")
            result.setdefault(widget, {})[slider] = {"median": median, "90%": within}
    console.print(table)
    write("widgets", {"presses": PRESSES, "milliseconds": result})


if __name__ == "__main__":
    main()
