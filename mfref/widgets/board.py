"""What all widgets share: controls in rows, a place for what the reader is told, one for errors, and a still form without a kernel."""

import os
import sys
from contextlib import contextmanager
from html import escape
from threading import RLock

import ipywidgets
from IPython.display import display

from mfref.plots.look import NOT_WRITTEN, note_html

VIEW = "application/vnd.jupyter.widget-view+json"
# Two controls set at once may be answered by two threads: JupyterLab sends some messages of widgets to a subshell of the kernel.
# Matplotlib can draw in one at a time; without this, pictures stay empty.
one_draws = RLock()


class Board:
    """Controls, and below them HTML that answers to them.

    A subclass makes its controls in `__init__` and ends it with `self.start(row, row, …)`, each row a list of controls.
    Its `draw()` writes what the controls say and returns it in words. It runs at the start and after every change.

    `below`: the HTML. `table`: what it shows, as a table (`table_html`), shown when the reader wants it.
    """

    def __init__(self):
        self.message, self.below, self.table = (ipywidgets.HTML() for _ in range(3))
        self.alt, self._quiet = "", False

    def start(self, *rows):
        hide_still = ipywidgets.HTML(f"<style>.mf-still-{id(self)} {{display: none}}</style>")
        self.root = ipywidgets.VBox([*map(in_a_row, rows), *self.shown(), hide_still])
        for control in (control for row in rows for control in row):
            if control.has_trait("value"):
                control.observe(self.refresh, names="value")
        self.refresh()
        if self.table.value:
            self.root.children += (self._table_button(), self.table)
        replace_earlier(self)

    def shown(self):
        """→ what stands under the controls, from top to bottom."""
        return [self.message, self.below]

    def _table_button(self):
        button = ipywidgets.ToggleButton(False, description="Show as a table", icon="table")

        def show(change):
            self.table.layout.display = "block" if change["new"] else "none"

        button.observe(show, names="value")
        self.table.layout.display = "none"
        return button

    def refresh(self, _change=None):
        """Draw anew. What goes wrong, in the student's function or here, is shown on the board."""
        with one_draws, self.guarded():
            if not self._quiet:
                self.alt = self.draw()

    @contextmanager
    def quietly(self):
        """Several controls are set in the block; the picture is drawn once, after it."""
        with one_draws:
            self._quiet = True
            try:
                yield
            finally:
                self._quiet = False
            self.refresh()

    @contextmanager
    def guarded(self):
        """What is raised in the block becomes a message on the board; a block that ends well takes the message away."""
        try:
            yield
        except NotImplementedError:
            self.message.value = note_html(NOT_WRITTEN)
        except Exception as error:
            self.message.value = f'<div role="alert">{note_html(describe(error))}</div>'
        else:
            self.message.value = ""

    def still(self):
        """→ HTML of what is shown now, for where no kernel runs."""
        table = f"<details><summary>As a table</summary>{self.table.value}</details>" if self.table.value else ""
        return self.message.value + self.below.value + table

    def close(self):
        """Take the panel and all its controls away, in the notebook and in the kernel."""
        for widget in _family(self.root):
            widget.unobserve_all()
            widget.close()

    def _ipython_display_(self):
        """The still form, and where somebody watches, the live one, which hides it while it lives."""
        still = f'<div class="mf-still-{id(self)}">{self.still()}</div>'
        display({"text/html": still, "text/plain": self.alt or NOT_WRITTEN}, raw=True)
        if "NBGRADER_EXECUTION" not in os.environ:
            display({VIEW: self.root._repr_mimebundle_()[VIEW], "text/plain": ""}, raw=True)


def in_a_row(controls):
    return ipywidgets.HBox(controls, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="0 12px"))


def labelled(slider, width="24em"):
    """→ the slider, wide enough for its label."""
    slider.style.description_width, slider.layout.width = "initial", width
    return slider


def describe(error):
    """→ an error in a sentence, with the line of the notebook where it arose."""
    trace, line = error.__traceback__, None
    while trace:
        if "ipykernel" in trace.tb_frame.f_code.co_filename or "<ipython-input" in trace.tb_frame.f_code.co_filename:
            line = f"in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno} of its cell"
        trace = trace.tb_next
    where = f" ({line})" if line else ""
    return f"What belongs here could not be shown: {type(error).__name__}: {error}{where}."


_of_cells = {}  # cell id → (execution, panels)


def replace_earlier(panel):
    """Close the panels that an earlier run of the same cell has made; the browser has dropped them already."""
    cell, execution = _execution()
    if cell is None:
        return
    known, panels = _of_cells.get(cell, (None, []))
    if known != execution:
        for old in panels:
            old.close()
        panels = []
    _of_cells[cell] = execution, [*panels, panel]


def _execution():
    """→ (cell id, id of this execution of it) as JupyterLab gives them, or (None, None)."""
    ipython = "IPython" in sys.modules and sys.modules["IPython"].get_ipython()
    if not hasattr(ipython, "kernel"):
        return None, None
    parent = ipython.kernel.get_parent("shell")
    return parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")


def _family(widget):
    for child in getattr(widget, "children", ()):
        yield from _family(child)
    for part in ("layout", "style"):
        if isinstance(getattr(widget, part, None), ipywidgets.Widget) and widget.has_trait(part):
            yield getattr(widget, part)
    yield widget


STANDS_OUT = "● "  # before a cell that is to stand out: not by its weight alone


def table_html(caption, head, rows):
    """→ what a picture shows, for those who would rather read. A cell that begins with STANDS_OUT is bold."""
    head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in head)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text):
    bold = ' style="font-weight:bold"' if str(text).startswith(STANDS_OUT) else ""
    return f"<td{bold}>{escape(str(text))}</td>"


def beside_each_other(tables):
    """→ HTML: the tables in a row, as far as there is room."""
    return f'<div style="display:flex;flex-wrap:wrap;gap:.6em 2em;align-items:flex-start;line-height:1.5">{"".join(tables)}</div>'
