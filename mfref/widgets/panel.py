"""A board with a live picture and its alt text."""

import io

import ipywidgets
import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mfref.plots.picture import STYLE, image_html, png_html
from mfref.widgets.board import Board, one_draws


class Panel(Board):
    """A picture that answers to its controls. `draw()` moves the artists to what the controls say and returns the alt text.

    `figure`, `axes`: the picture; the figure is not pyplot's, so nothing keeps it when the panel goes. `below`: HTML under it.
    `moving`: the artists that `draw` changes; where it names them all, the rest is drawn only once, and changes show sooner.
    """

    def __init__(self, width=7.0, height=4.0, columns=1, rows=1, **subplots):
        super().__init__()
        with rc_context(STYLE):
            self.figure = Figure(figsize=(width, height), layout="constrained")
            FigureCanvasAgg(self.figure)
            self.axes = self.figure.subplots(rows, columns, **subplots)
        self.picture, self.moving, self._background = ipywidgets.HTML(), (), None

    def shown(self):
        return [self.message, self.picture, self.below]

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

    def still(self):
        """→ HTML of what the panel shows now, for where no kernel runs."""
        with one_draws, rc_context(STYLE):
            picture = image_html(self.figure, self.alt) if self.alt else ""
        table = f"<details><summary>As a table</summary>{self.table.value}</details>" if self.table.value else ""
        return self.message.value + picture + self.below.value + table


def as_png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(file, format="png", compress_level=1)
    return file.getvalue()
