"""Pictures of lesson 07, third part: what a factor means, the map of films, and rotations."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.text import Annotation

from mfref.plots.picture import BLACK, BLUE, ORANGE, SKY, STYLE, picture, say, show, student_draws
from mfref.plots.similarity import GREY


@student_draws
def extremes(factor_extremes, Q, titles, factors=(0, 1, 2), n=5, name="factor"):
    """All films on one line for each factor, and beside it the titles at both ends, as `factor_extremes` gives them."""
    found = [factor_extremes(Q, factor, titles, n) for factor in factors]
    words = []
    with picture(11, 1.5 * len(factors) + 0.8) as (axes, alt):
        for row, (factor, (lowest, highest)) in enumerate(zip(factors, found, strict=True)):
            values = np.asarray(Q)[:, factor]
            place = (values - values.min()) / np.ptp(values)
            height = row + 0.22 * np.random.default_rng(0).uniform(-1, 1, len(values))
            axes.scatter(place, height, s=5, color=BLUE, alpha=0.35)
            for x, side, ends in ((-0.03, "right", lowest), (1.03, "left", highest)):
                axes.text(x, row, _lines(ends), ha=side, va="center", fontsize=8.5)
            words.append(f"{name} {factor}, lowest: {'; '.join(lowest)}; highest: {'; '.join(highest)}")
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        for row, factor in enumerate(factors):
            axes.text(0.5, row - 0.42, f"{name} {factor}", ha="center", weight="bold")
        axes.set(
            xlim=(-0.75, 1.75), ylim=(len(factors) - 0.5, -0.6), xticks=[0, 1], ylabel="factors", xlabel="value of the factor"
        )
        axes.set_xticklabels(["lowest", "highest"])
        axes.set_title("The two ends of each factor")
        alt(f"A line of {len(Q)} points for each factor, with the titles at its two ends. {'. '.join(words)}.")


def _lines(titles):
    return "\n".join(textwrap.shorten(str(title), 36, placeholder=" …") for title in titles)


@student_draws
def film_map(plot_factors, Q, titles, factors=(0, 1), highlight=()):
    """Show the map that the student's `plot_factors` draws."""
    before = plt.get_fignums()
    with plt.rc_context({**STYLE, "figure.figsize": (8, 5.4), "figure.constrained_layout.use": True}):
        try:
            axes = plot_factors(Q, titles, factors, highlight)
            if not isinstance(axes, plt.Axes):
                say(f"plot_factors has returned a {type(axes).__name__}. This picture needs the Axes that the points are on.")
                return
            named = "; ".join(f"{titles[item]} at ({Q[item, factors[0]]:.2f}, {Q[item, factors[1]]:.2f})" for item in highlight)
            alt = f"A map of {len(Q)} films by factor {factors[0]} (across) and factor {factors[1]} (up). Highlighted: {named or 'none'}."
            _move_apart(axes)
            show(axes.figure, alt)
        finally:
            for number in set(plt.get_fignums()) - set(before):
                plt.close(number)


def _move_apart(axes):
    """Move titles up until none covers another."""
    axes.figure.canvas.draw()
    titles = [text for text in axes.texts if isinstance(text, Annotation) and text.anncoords == "offset points"]
    boxes = []
    for text in sorted(titles, key=lambda text: text.get_window_extent().y0):
        while any(text.get_window_extent().overlaps(box) for box in boxes):
            text.xyann = (text.xyann[0], text.xyann[1] + 2)
        boxes.append(text.get_window_extent())


def turned_map(Q, turned, titles, highlight):
    """Two maps side by side: films by two factors, and the same after a rotation; the highlighted ones keep their numbers."""
    reach = 1.08 * np.linalg.norm(Q, axis=1).max()
    corners = np.asarray(highlight)[np.argsort(np.arctan2(*(Q[highlight] - Q[highlight].mean(axis=0)).T))]
    told = []
    with picture(10.5, 5.9, columns=2, sharex=True, sharey=True) as (panels, alt):
        for axes, points, name in ((panels[0], Q, "as learned"), (panels[1], turned, "rotated")):
            axes.scatter(*points.T, s=6, color=SKY, alpha=0.5)
            axes.plot(*points[[*corners, corners[0]]].T, color=BLACK, linewidth=0.8)
            for number, item in enumerate(highlight, start=1):
                axes.scatter(*points[item], s=150, color=ORANGE, edgecolor=BLACK, zorder=3)
                axes.text(*points[item], str(number), ha="center", va="center", fontsize=9, weight="bold", zorder=4)
            axes.axhline(0, color=GREY, linewidth=0.5)
            axes.axvline(0, color=GREY, linewidth=0.5)
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="factor 0", ylabel="factor 1", title=name)
            places = "; ".join(f"{titles[i]} ({points[i, 0]:.2f}, {points[i, 1]:.2f})" for i in highlight)
            told.append(f"{name}: {places}")
        names = [f"{number} {titles[item]}" for number, item in enumerate(highlight, start=1)]
        panels[0].figure.supxlabel("\n".join(textwrap.wrap(" · ".join(names), 110)), fontsize=9.5)
        alt(
            f"Two maps of {len(Q)} films, the second a rotation of the first about the origin: no distance has changed. {'. '.join(told)}."
        )


@student_draws
def direction(factor_extremes, values, titles, genres, ends, n=6):
    """Films along one direction, by the genre at either end. values: (n_films,); ends: (genre of low values, genre of high ones)."""
    has = [np.array([genre in text.split("|") for text in genres]) for genre in ends]
    only = [has[0] & ~has[1], has[1] & ~has[0]]
    lowest, highest = factor_extremes(np.asarray(values)[:, None], 0, titles, n)
    edges = np.linspace(np.min(values), np.max(values), 25)
    right_order = float(np.mean(values[only[1]][:, None] > values[only[0]]))
    with picture(12, 3.8, columns=3, width_ratios=(1, 1.9, 1)) as ((left, axes, right), alt):
        for films, genre, look in (
            (only[0], ends[0], {"color": ORANGE, "hatch": "//", "edgecolor": "white"}),
            (only[1], ends[1], {"color": BLUE, "alpha": 0.6}),
        ):
            axes.hist(values[films], edges, label=f"{genre} ({films.sum()})", **look)
        for side, x, align, films, name in ((left, 1, "right", lowest, "lowest"), (right, 0, "left", highest, "highest")):
            side.axis("off")
            side.text(x, 0.95, f"{name}:\n{_lines(films)}", ha=align, va="top", fontsize=9)
        axes.set(xlabel=f"from {ends[0]} to {ends[1]}", ylabel="number of films")
        axes.set_title(f"{right_order:.0%} of the pairs stand in the right order")
        axes.legend()
        alt(
            f"Two histograms along one direction, of {only[0].sum()} films of the genre {ends[0]} and {only[1].sum()} of {ends[1]}, none of them used "
            f"to find the direction. In {right_order:.0%} of the pairs the {ends[1]} film is the higher one. Lowest: {'; '.join(lowest)}. Highest: {'; '.join(highest)}."
        )


@student_draws
def what_stays(measures, P, Q, R):
    """The largest change of each quantity under the rotation R, on a logarithmic axis. measures: dict name → function of Q."""
    changes = {"factors, one by one": float(np.abs(Q @ R - Q).max())}
    for name, similarity in measures.items():
        changes[name] = float(np.abs(np.asarray(similarity(Q @ R)) - np.asarray(similarity(Q))).max())
    changes["lengths"] = float(np.abs(np.linalg.norm(Q @ R, axis=1) - np.linalg.norm(Q, axis=1)).max())
    changes["predictions"] = float(np.abs((P @ R) @ (Q @ R).T - P @ Q.T).max())
    names, values = list(changes), np.maximum(list(changes.values()), 1e-17)
    with picture(8.6, 3.6) as (axes, alt):
        for row, value in enumerate(values):
            stays = value < 1e-9
            axes.barh(row, value, left=0, color=BLUE if stays else ORANGE, hatch="" if stays else "//", edgecolor="white")
            axes.text(value * 2, row, f"{value:.0e}" if stays else f"{value:.2f}", va="center")
        axes.set_yticks(range(len(names)), names)
        axes.set(xscale="log", xlim=(1e-17, 1e3), xlabel="largest change of all (logarithmic)", ylabel="what is compared")
        axes.set_title("What a rotation changes, and what it does not")
        axes.invert_yaxis()
        told = "; ".join(f"{name} {value:.2g}" for name, value in changes.items())
        alt(f"Largest change under a rotation of all vectors: {told}. Changes near 1e-15 are rounding.")
