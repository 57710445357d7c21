"""The report's pictures: SVG inside the page, each with alt text that says what it shows."""

import base64
import io
from contextlib import contextmanager
from html import escape
from textwrap import shorten

import numpy as np
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mfcheck.render import points_text
from mfref.plots.look import BLACK, BLUE, GREY, ORANGE, RED
from mfref.plots.picture import STYLE

MOST = 12  # mistakes in the picture; the table has all


def svg_html(figure, alt):
    """→ the figure as an `<img>` that needs no other file."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    data = base64.b64encode(file.getvalue()).decode()
    width = int(figure.get_figwidth() * 96)
    return Markup(f'<img alt="{escape(alt)}" width="{width}" src="data:image/svg+xml;base64,{data}">')


@contextmanager
def drawing(width=7.2, height=2.8):
    with rc_context({**STYLE, "text.parse_math": False}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots()


def score_distribution(points, out_of):
    """How many students have how many points of the lesson."""
    width = max(1.0, np.ceil(out_of / 20))
    edges = np.arange(-0.5, max(out_of, np.max(points)) / width + 1) * width
    counts, edges = np.histogram(points, bins=edges)
    with drawing() as (figure, axes):
        axes.bar(edges[:-1], counts, width=width, align="edge", color=BLUE, edgecolor="white")
        axes.axvline(np.median(points), color=BLACK, linestyle="--")
        axes.set(title="Points in the lesson", xlabel=f"points of {points_text(out_of)}; dashed: the median", ylabel="students")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True))
        in_words = ", ".join(f"about {points_text(a + width / 2)}: {n}" for a, n in zip(edges, counts, strict=False) if n)
        alt = f"Histogram of points. Median {points_text(float(np.median(points)))} of {points_text(out_of)}. Students by points: {in_words}."
        return svg_html(figure, alt)


def exercises(figures):
    """Share of full points and mean share of points, by exercise."""
    names = [f"{one.number} {one.name}" for one in figures]
    passed, means = [100 * one.full / one.n for one in figures], [100 * one.mean / (one.out_of or 1) for one in figures]
    rows = np.arange(len(figures))
    with drawing(height=1.4 + 0.34 * len(figures)) as (figure, axes):
        axes.barh(rows, passed, color=BLUE, height=0.6, label="students with full points")
        axes.plot(means, rows, "D", color=ORANGE, markeredgecolor=BLACK, markersize=7, label="mean share of the points")
        axes.set(title="How each exercise went", xlim=(0, 102), xlabel="%", yticks=rows, yticklabels=names)
        axes.invert_yaxis()
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower right", ncols=2)
        shares = zip(names, passed, means, strict=True)
        in_words = "; ".join(f"{name}: {p:.0f} % with full points, mean {m:.0f} % of the points" for name, p, m in shares)
        return svg_html(figure, f"Bars by exercise. {in_words}.")


def mistakes(failures):
    """The most frequent known mistakes."""
    shown = [failure for failure in failures if failure.named][:MOST]
    labels = [shorten(f"{one.exercise}: {one.title}", 64, placeholder=" …") for one in shown]
    with drawing(height=1.0 + 0.32 * len(shown)) as (figure, axes):
        bars = axes.barh(np.arange(len(shown)), [one.count for one in shown], color=RED, height=0.6)
        axes.bar_label(bars, padding=3)
        axes.set(title="The most frequent mistakes", xlabel="students", yticks=np.arange(len(shown)), yticklabels=labels)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.invert_yaxis()
        in_words = "; ".join(f"{label}: {one.count}" for label, one in zip(labels, shown, strict=True))
        return svg_html(figure, f"Bars of the most frequent mistakes, with the number of students. {in_words}.")


def times(handed_in, due):
    """How many had handed in by when. handed_in: datetimes; due: a datetime or None."""
    ordered = sorted(handed_in)
    with drawing() as (figure, axes):
        axes.step([*ordered, ordered[-1]], [*range(1, len(ordered) + 1), len(ordered)], where="post", color=BLUE)
        axes.plot(ordered, range(1, len(ordered) + 1), "o", color=BLUE, markersize=4)
        if due:
            axes.axvline(due, color=RED, linestyle="--")
            axes.annotate("due", (due, 1), xycoords=("data", "axes fraction"), xytext=(4, -10), textcoords="offset points")
        locator = AutoDateLocator(minticks=2, maxticks=7)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        axes.set(title="Handed in by", ylabel="students", ylim=(0, None))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(color=GREY)
        alt = f"Number of students who had handed in, from {ordered[0]:%Y-%m-%d %H:%M} to {ordered[-1]:%Y-%m-%d %H:%M}."
        return svg_html(figure, alt + (f" Due {due:%Y-%m-%d %H:%M}." if due else ""))
