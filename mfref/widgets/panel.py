"""What all widgets share: controls, a live picture with alt text, a place for errors, and a still picture without a kernel."""

import io
import os
import sys
from contextlib import contextmanager
from html import escape
from threading import RLock

import ipywidgets
import numpy as np
from IPython.display import display
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mfref.plots.picture import NOT_WRITTEN, STYLE, image_html, note_html, png_html

VIEW = "application/vnd.jupyter.widget-view+json"
# Two controls set at once may be answered by two threads: JupyterLab sends some messages of widgets to a subshell of the kernel.
# Matplotlib can draw in one at a time; without this, pictures stay empty.
one_draws = RLock()


class Panel:
    """A picture that answers to its controls.

    A subclass makes controls and artists in `__init__` and ends it with `self.start(row, row, …)`, each row a list of controls.
    Its `draw()` moves the artists to what the controls say and returns the alt text. It runs at the start and after every change.

    `figure`, `axes`: the picture; the figure is not pyplot's, so nothing keeps it when the panel goes. `below`: HTML under it.
    `moving`: the artists that `draw` changes; where it names them all, the rest is drawn only once, and changes show sooner.
    `table`: what the picture shows, as a table (`table_html`), shown when the reader wants it.
    """

    def __init__(self, width=7.0, height=4.0, columns=1, rows=1, **subplots):
        with rc_context(STYLE):
            self.figure = Figure(figsize=(width, height), layout="constrained")
            FigureCanvasAgg(self.figure)
            self.axes = self.figure.subplots(rows, columns, **subplots)
        self.picture, self.message, self.below, self.table = (ipywidgets.HTML() for _ in range(4))
        self.alt, self.moving, self._background, self._quiet = "", (), None, False

    def start(self, *rows):
        hide_still = ipywidgets.HTML(f"<style>.mf-still-{id(self)} {{display: none}}</style>")
        self.root = ipywidgets.VBox([*map(in_a_row, rows), self.message, self.picture, self.below, hide_still])
        for control in (control for row in rows for control in row):
            if control.has_trait("value"):
                control.observe(self.refresh, names="value")
        self.refresh()
        if self.table.value:
            self.root.children += (self._table_button(), self.table)
        replace_earlier(self)

    def _table_button(self):
        button = ipywidgets.ToggleButton(False, description="Show as a table", icon="table")

        def show(change):
            self.table.layout.display = "block" if change["new"] else "none"

        button.observe(show, names="value")
        self.table.layout.display = "none"
        return button

    def refresh(self, _change=None):
        """Draw anew. What goes wrong, in the student's function or here, is shown in the panel."""
        with one_draws, self.guarded(), rc_context(STYLE):
            if self._quiet:
                return
            self.alt = self.draw()
            self.show_picture()

    def show_picture(self):
        self.picture.value = png_html(as_png(self._pixels()), self.alt, self.figure.canvas.get_width_height()[0])

    def _pixels(self):
        """Draw what moves over a copy of all the rest, which is drawn anew only when an axis has changed."""
        canvas = self.figure.canvas
        axes_now = [(*axes.get_xlim(), *axes.get_ylim()) for axes in self.figure.axes]
        if not self.moving or self._background is None:
            canvas.draw()
            self.figure.set_layout_engine("none")  # the places stay; finding them anew takes longer than drawing
        if self.moving:
            if self._background is None or axes_now != self._background[0]:
                for artist in self.moving:
                    artist.set_animated(True)
                canvas.draw()
                self._background = axes_now, canvas.copy_from_bbox(self.figure.bbox)
            canvas.restore_region(self._background[1])
            for artist in self.moving:
                self.figure.draw_artist(artist)
        return np.asarray(canvas.buffer_rgba())

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
        """What is raised in the block becomes a message in the panel; a block that ends well takes the message away."""
        try:
            yield
        except NotImplementedError:
            self.message.value = note_html(NOT_WRITTEN)
        except Exception as error:
            self.message.value = f'<div role="alert">{note_html(describe(error))}</div>'
        else:
            self.message.value = ""

    def still(self):
        """→ HTML of what the panel shows now, for where no kernel runs."""
        with one_draws, rc_context(STYLE):
            picture = image_html(self.figure, self.alt) if self.alt else ""
        table = f"<details><summary>As a table</summary>{self.table.value}</details>" if self.table.value else ""
        return self.message.value + picture + self.below.value + table

    def close(self):
        """Take the panel and all its controls away, in the notebook and in the kernel."""
        for widget in _family(self.root):
            widget.unobserve_all()
            widget.close()

    def _ipython_display_(self):
        """The still picture, and where somebody watches, the live panel, which hides it while it lives."""
        still = f'<div class="mf-still-{id(self)}">{self.still()}</div>'
        display({"text/html": still, "text/plain": self.alt or NOT_WRITTEN}, raw=True)
        if "NBGRADER_EXECUTION" not in os.environ:
            display({VIEW: self.root._repr_mimebundle_()[VIEW], "text/plain": ""}, raw=True)


def as_png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(file, format="png", compress_level=1)
    return file.getvalue()


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
    return f"The picture could not be drawn: {type(error).__name__}: {error}{where}."


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
