"""One look for all pictures: palette, size, and how a figure is shown with its alt text."""

import base64
import io
from contextlib import contextmanager
from functools import wraps
from html import escape

import matplotlib.pyplot as plt
from IPython.display import HTML, display

from mfref.plots.look import BLACK, BLUE, GREEN, GREY, NOT_WRITTEN, ORANGE, PALETTE, PURPLE, RED, SKY, note_html  # noqa: F401, all who draw take the palette from here

MARKS = ("o", "s", "D", "^", "v", "X", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "axes.grid": False,
    "figure.dpi": 100,
    "legend.frameon": False,
    "image.cmap": "cividis",
}


@contextmanager
def picture(width=7, height=3.6, columns=1, rows=1, **subplots):
    """Draw in the block, then the picture is shown.

    Gives `(axes, alt)`: the axes (an array when there are several), and a function that takes the alt text.
    Without alt text the picture refuses to be shown.
    """
    texts = []
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **subplots)
        try:
            yield axes, texts.append
            if not texts:
                raise ValueError("a picture needs alt text")
            show(figure, texts[-1])
        finally:
            plt.close(figure)


def show(figure, alt):
    """Show a figure as an image with alt text, in JupyterLab, in HTML without a kernel, and in print."""
    display({"text/html": image_html(figure, alt), "text/plain": alt}, raw=True)


def image_html(figure, alt):
    """→ the figure as an `<img>` with its alt text, in 256 colours, which takes a third of the room."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return png_html(_in_256_colours(file), alt, int(figure.get_figwidth() * figure.dpi))


def png_html(png, alt, width):
    data = base64.b64encode(png).decode()
    return f'<img alt="{escape(alt, quote=True)}" width="{width}" style="max-width:100%" src="data:image/png;base64,{data}">'


def _in_256_colours(png):
    from PIL import Image

    file = io.BytesIO()
    colours = Image.open(png).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours.save(file, format="png", optimize=True)
    return file.getvalue()


def say(text):
    """A quiet line in place of a picture."""
    display(HTML(note_html(text)))


def student_draws(picture_function):
    """For pictures that the student's function drives: say kindly when it is not written yet."""

    @wraps(picture_function)
    def wrapped(*args, **kwargs):
        try:
            return picture_function(*args, **kwargs)
        except NotImplementedError:
            say(NOT_WRITTEN)

    return wrapped
