"""An ipympl canvas for a figure that is not pyplot's: only where the pointer matters."""

import matplotlib
from ipywidgets import Box, Layout

from mfref.widgets.board import one_draws

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
    moving: the artists that `redraw` draws anew; the rest is drawn only when the axes or the words beside them have changed.
    """

    def __init__(self, figure, moving):
        self.moving, self._still = moving, None
        for artist in moving:
            artist.set_animated(True)
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
        if self.canvas.syncing_data_url:
            return
        if self._still is None or self._still[0] != self._axes_now():
            self.canvas.draw()
        else:
            self.canvas.restore_region(self._still[1])
            self._draw_moving()
            self.canvas.blit()

    def _axes_now(self):
        """All that shows of the rest."""
        axes_now = [
            (*axes.get_xlim(), *axes.get_ylim(), axes.get_xlabel(), axes.get_ylabel(), axes.get_visible())
            for axes in self.canvas.figure.axes
        ]
        texts = [text.get_text() for axes in self.canvas.figure.axes for text in axes.texts if not text.get_animated()]
        return axes_now, texts

    def show_over(self, *artists):
        """Draw these over the last picture, in place of those that were drawn over it before."""
        self._over = artists
        if self._background is not None:
            self.canvas.restore_region(self._background)
            self._draw_over()
            self.canvas.blit()

    def _keep_background(self, _event):
        if not self.canvas.is_saving():
            self._still = self._axes_now(), self.canvas.copy_from_bbox(self.canvas.figure.bbox)
            self._draw_moving()

    def _draw_moving(self):
        for artist in self.moving:
            self.canvas.figure.draw_artist(artist)
        self._background = self.canvas.copy_from_bbox(self.canvas.figure.bbox)
        self._draw_over()

    def _draw_over(self):
        for artist in self._over:
            artist.axes.draw_artist(artist)

    def close(self):
        for connected in self._connected:
            self.canvas.mpl_disconnect(connected)
        self._background, self._still, self._over, self.moving = None, None, (), ()
        for widget in (self.manager.toolbar, self.canvas):
            widget.layout.close()
            widget.close()
        self.manager.web_sockets = []
