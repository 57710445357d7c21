"""plot_factors: a picture comes out as plain data, the figures that were opened for it are closed.

While the student's function draws, matplotlib draws into memory: `plt.show()` shows nothing, and the figures of the
notebook stay as they are.
"""

import numpy as np

_before = {}


def prepare(arguments):
    """→ the arguments as they are. An empty figure becomes the current one, for functions that draw with `plt.scatter`."""
    import matplotlib.pyplot as plt

    release()
    _before.update(backend=plt.get_backend(), figures=plt.get_fignums())
    # Loaded before it is left: otherwise, when it comes back, it would not notice that it is the notebook's.
    plt.switch_backend(_before["backend"])
    plt.switch_backend("agg")
    plt.figure()
    return dict(arguments)


def observe(value):
    """→ what is to be seen on Axes; anything else as it is. Then `release`."""
    from matplotlib.axes import Axes

    seen = drawing(value) if isinstance(value, Axes) else value
    release()
    return seen


def release():
    """Close the figures that were opened since `prepare`, and give the notebook its way of showing figures back."""
    import matplotlib.pyplot as plt

    if not _before:
        return
    for number in set(plt.get_fignums()) - set(_before["figures"]):
        plt.close(number)
    plt.switch_backend(_before["backend"])
    _before.clear()


def drawing(ax):
    """→ dict: points (n_points, 2), the number of lines, title, labels, texts with their places (n_texts, 2), legend."""
    figure, legend = ax.get_figure(), ax.get_legend()
    titles = [ax.get_title(loc) for loc in ("center", "left", "right")] + [figure.get_suptitle()]
    texts = [text for text in ax.texts if text.get_text().strip()]
    return {
        "points": points(ax),
        "lines": len(ax.lines),
        "title": next((title for title in titles if title.strip()), ""),
        "xlabel": ax.get_xlabel() or figure.get_supxlabel(),
        "ylabel": ax.get_ylabel() or figure.get_supylabel(),
        "texts": [text.get_text() for text in texts],
        "places": np.array([place(text) for text in texts], dtype=float).reshape(-1, 2),
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
    }


def points(ax):
    """What `scatter` has drawn, and the markers of `plot`, in data coordinates; lines without markers are no points."""
    from matplotlib.collections import PathCollection

    offsets = [c.get_offsets() for c in ax.collections if isinstance(c, PathCollection)]
    marked = [line for line in ax.lines if str(line.get_marker()).strip() not in ("", "None", "none")]
    offsets += [np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)]) for line in marked]
    return np.concatenate([np.zeros((0, 2)), *(np.ma.filled(np.ma.asarray(o, dtype=float), np.nan) for o in offsets)])


def place(text):
    """The point that an annotation speaks of, wherever its words are; where a plain text stands."""
    from matplotlib.text import Annotation

    return text.xy if isinstance(text, Annotation) else text.get_position()
