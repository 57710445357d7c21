"""An ipympl canvas for a figure that is not pyplot's: only where the pointer matters."""

import matplotlib
from ipywidgets import Box, Layout

from mfref.widgets.panel import one_draws

_backend = matplotlib.get_backend()
from ipympl.backend_nbagg import Canvas, FigureManager  # noqa: E402

matplotlib.use(_backend)  # importing ipympl makes all of pyplot's figures live; those of the notebook shall stay as they are


class _Canvas(Canvas):
    def _handle_message(self, *message):
        with one_draws:
            super()._handle_message(*message)


class LiveCanvas:
    """The figure as a widget (`root`) that reports the pointer.

    `on(event, function)`: matplotlib's events. `show_over(artist)`: draw an artist over the last picture, which takes a
    fifth of the time of drawing all anew. `close()`: let go of the figure, in the notebook and in the kernel.
    """

    def __init__(self, figure):
        self.canvas = _Canvas(figure)
        for part in ("toolbar_visible", "header_visible", "footer_visible", "resizable"):
            setattr(self.canvas, part, False)
        self.manager = FigureManager(self.canvas, 0)
        self._background, self._over, self._connected = None, (), []
        self.on("draw_event", self._keep_background)
        self.root = Box([self.canvas], layout=Layout(overflow="auto", max_width="100%", min_width="0"))

    def on(self, event, function):
        self._connected.append(self.canvas.mpl_connect(event, function))

    def redraw(self):
        """Draw anew where somebody sees it; a page that opens later asks for the picture itself."""
        if not self.canvas.syncing_data_url:
            self.canvas.draw()

    def show_over(self, *artists):
        """Draw these over the last picture, in place of those that were drawn over it before."""
        self._over = artists
        if self._background is not None:
            self.canvas.restore_region(self._background)
            self._draw_over()
            self.canvas.blit()

    def _keep_background(self, _event):
        if not self.canvas.is_saving():
            self._background = self.canvas.copy_from_bbox(self.canvas.figure.bbox)
            self._draw_over()

    def _draw_over(self):
        for artist in self._over:
            artist.axes.draw_artist(artist)

    def close(self):
        for connected in self._connected:
            self.canvas.mpl_disconnect(connected)
        self._background, self._over = None, ()
        for widget in (self.manager.toolbar, self.canvas):
            widget.layout.close()
            widget.close()
        self.manager.web_sockets = []
