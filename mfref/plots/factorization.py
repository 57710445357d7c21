"""Pictures of lesson 02: vectors and their dot product, the plane of two factors, the loss and its slope."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, GREY, ORANGE, PALETTE, RED, picture, student_draws


def shadow(p=(2.0, 1.0), q=(1.0, 2.0), names=("listener p", "song q")):
    """Two vectors, and the shadow of q on the line through p: the dot product is its length times that of p."""
    p, q = np.array(p, dtype=float), np.array(q, dtype=float)
    length, dot = np.linalg.norm(p), p @ q
    foot = dot / length**2 * p
    along = dot / length
    cosine = dot / (length * np.linalg.norm(q))
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    with picture(6.4, 4.4) as (axes, alt):
        axes.axline((0, 0), p, color=GREY, linewidth=0.8)
        axes.plot(*zip(q, foot, strict=True), color=GREY, linestyle=":")
        axes.plot(*zip((0, 0), foot, strict=True), color=GREEN, linewidth=7, alpha=0.45, solid_capstyle="butt")
        for v, colour, name, lower in ((p, BLUE, names[0], 14), (q, ORANGE, names[1], 0)):
            _arrow(axes, (0, 0), v, colour)
            axes.annotate(name, v, xytext=(6, 4 - lower), textcoords="offset points", color=colour, weight="bold")
        below = axes.annotate(f"shadow {along:.2f}", foot / 2, xytext=(6, -14), textcoords="offset points", color=GREEN)
        below.set_weight("bold")
        _around_origin(axes, np.array([p, q, foot]))
        axes.set_title(f"p · q = {dot:.2f} = length of p {length:.2f} × shadow {along:.2f}\nangle {angle:.0f}°")
        alt(
            f"Two arrows from the origin, {names[0]} {_pair(p)} and {names[1]} {_pair(q)}, with an angle of {angle:.0f} degrees. The shadow "
            f"of q on the line through p has the length {along:.2f}, and p has the length {length:.2f}; their product is p · q = {dot:.2f}."
        )


@student_draws
def one_listener(predict_one, P, Q, u, data):
    """One listener's vector, the lines of equal prediction across it, and each song with what `predict_one` gives for it."""
    P, Q = np.asarray(P, dtype=float), np.asarray(Q, dtype=float)
    predicted = [float(predict_one(P, Q, u, i)) for i in range(len(Q))]
    name, titles = data.users["name"][u], list(data.items["title"])
    with picture(9, 4.8) as (axes, alt):
        _around_origin(axes, np.vstack([P[u : u + 1], Q]))
        x, y = np.meshgrid(np.linspace(*axes.get_xlim(), 50), np.linspace(*axes.get_ylim(), 50))
        lines = axes.contour(x, y, P[u, 0] * x + P[u, 1] * y, levels=range(7), colors=GREY, linewidths=0.8, linestyles="--")
        axes.clabel(lines, fmt="%d", fontsize=9)
        _arrow(axes, (0, 0), P[u], BLUE)
        _name(axes, P[u], name)
        axes.scatter(*Q.T, color=ORANGE, edgecolor=BLACK, zorder=3)
        texts = [f"{title}: {r:.1f}" for title, r in zip(titles, predicted, strict=True)]
        _labels_at_the_side(axes, Q, texts)
        axes.set_title(f"Predicted ratings of {name}, with lines of equal prediction")
        alt(
            f"The plane of two factors. {name} is an arrow to {_pair(P[u])}; dashed lines of equal predicted rating, 0 to 6, cross it at right "
            f"angles. Predicted: {'; '.join(texts)}."
        )


@student_draws
def known_and_predicted(predict_all, P, Q, data):
    """Two tables, one above the other: the known ratings, and all that `predict_all` gives."""
    predicted = np.asarray(predict_all(P, Q), dtype=float)
    users, items, ratings = data.arrays()
    known = np.full((data.n_users, data.n_items), np.nan)
    known[users, items] = ratings
    names, songs = list(data.users["name"]), list(data.items["title"])
    with picture(10, 5.4, rows=2, sharex=True) as ((upper, lower), alt):
        for part, table, title, form in ((upper, known, "Known", "{:.0f}"), (lower, predicted, "Predicted", "{:.1f}")):
            image = part.imshow(table, vmin=0, vmax=5, aspect="auto")
            for u, i in np.ndindex(table.shape):
                unknown = np.isnan(table[u, i])
                colour = "white" if not unknown and table[u, i] < 3 else "black"
                part.text(i, u, "?" if unknown else form.format(table[u, i]), ha="center", va="center", color=colour)
            part.set_yticks(range(len(names)), names)
            part.set(title=title, ylabel="listener")
        lower.set_xticks(range(len(songs)), songs, rotation=35, ha="right")
        lower.set_xlabel("song")
        lower.figure.colorbar(image, ax=(upper, lower), label="rating", fraction=0.02)
        off = np.abs(predicted - known)
        u, i = np.unravel_index(np.nanargmax(off), off.shape)
        alt(
            f"Two tables of {len(names)} listeners and {len(songs)} songs: the {len(ratings)} known ratings, and all predicted ones. "
            f"{np.sum(off < 0.05)} known ratings are met to the first digit; the worst is {names[u]}, {songs[i]}: predicted {predicted[u, i]:.1f}, "
            f"known {known[u, i]:.0f}."
        )


@student_draws
def price_of_length(regularized_loss, known, P, short_Q, long_Q, what):
    """By how much the student's loss is higher with the long vector than with the short one, by reg."""
    regs = np.linspace(0, 1, 51)
    gap = np.array(
        [float(regularized_loss(*known, P, long_Q, reg)) - float(regularized_loss(*known, P, short_Q, reg)) for reg in regs]
    )
    with picture(7.4, 3.8) as (axes, alt):
        axes.plot(regs, gap, color=BLUE)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.fill_between(regs, gap, 0, where=gap <= 0, color=ORANGE, alpha=0.3)
        axes.fill_between(regs, gap, 0, where=gap >= 0, color=GREEN, alpha=0.3)
        axes.text(0.98, 0.5, "the short vector has the lower loss", ha="right", va="bottom", color=GREEN, weight="bold")
        axes.text(0.35, -1.2, "← the exact fit has the lower loss", va="center", color=RED, weight="bold")
        axes.set(xlabel="reg", ylabel="loss of the exact fit − loss of the short vector", title=what)
        axes.yaxis.label.set_size(9)
        crossing = regs[np.argmin(np.abs(gap))]
        alt(
            f"{what}: the regularized loss of the exact fit minus that of the short vector, a line over reg from {gap[0]:.2f} at 0 to "
            f"{gap[-1]:.2f} at 1. It crosses 0 near reg {crossing:.2f}; above that the short vector has the lower loss."
        )


@student_draws
def tangent(regularized_loss, loss_gradient, known, P, Q, reg, u, factor, width=1.5):
    """The student's loss when one number of P changes, and a line with the slope that the student's gradient claims."""
    here = float(P[u, factor])
    values = np.linspace(here - width, here + width, 61)
    losses = []
    for value in values:
        changed = np.array(P, dtype=float)
        changed[u, factor] = value
        losses.append(float(regularized_loss(*known, changed, Q, reg)))
    slope = float(np.asarray(loss_gradient(*known, P, Q, reg)[0])[u, factor])
    height = float(regularized_loss(*known, P, Q, reg))
    with picture(7, 4) as (axes, alt):
        axes.plot(values, losses, color=BLUE, label="loss")
        axes.plot(
            values, height + slope * (values - here), color=RED, linestyle="--", label=f"slope {slope:.1f}, from your gradient"
        )
        axes.plot(here, height, "o", color=BLACK)
        axes.set_ylim(min(losses) - 0.15 * np.ptp(losses), max(losses))
        axes.set(xlabel=f"P[{u}, {factor}]", ylabel="regularized loss", title="The gradient is the slope of the loss")
        axes.legend()
        alt(
            f"The loss as a curve over P[{u}, {factor}], all else kept. At {here:.2f} it is {height:.2f}; its lowest point is near "
            f"{values[np.argmin(losses)]:.2f}. A dashed line through the point has the slope {slope:.2f} that the gradient gives."
        )


def plane(P, Q, data, title="Listeners and songs in the plane of two factors", axis_names=("factor 0", "factor 1")):
    """Listeners as arrows, songs as points with their titles at the side."""
    P, Q = np.asarray(P, dtype=float), np.asarray(Q, dtype=float)
    names, titles = list(data.users["name"]), list(data.items["title"])
    with picture(9, 4.8) as (axes, alt):
        _around_origin(axes, np.vstack([P, Q]), axis_names)
        for p, name in zip(P, names, strict=True):
            _arrow(axes, (0, 0), p, BLUE)
            _name(axes, p, name)
        axes.scatter(*Q.T, color=ORANGE, edgecolor=BLACK, zorder=3)
        _labels_at_the_side(axes, Q, titles)
        axes.set_title(title)
        words = [f"{name} {_pair(v)}" for name, v in zip([*names, *titles], [*P, *Q], strict=True)]
        alt(f"{title}. Listeners as arrows, songs as points, at ({axis_names[0]}, {axis_names[1]}): {'; '.join(words)}.")


def loss_curves(curves, title, xlabel="step"):
    """Losses by step on a logarithmic axis. curves: dict name → losses. One that ends above its start is named as diverging."""
    top = 3 * max(losses[0] for losses in curves.values())
    words = []
    with picture(7.8, 4) as (axes, alt):
        for n, (name, losses) in enumerate(curves.items()):
            values = np.asarray(losses, dtype=float)
            diverges = not (np.isfinite(values[-1]) and values[-1] <= values[0])
            digits = 1 if values[0] < 1000 else 0
            label = f"{name}: diverges" if diverges else f"{name}: {values[0]:,.{digits}f} to {values[-1]:,.{digits}f}"
            axes.plot(np.where(values <= 100 * top, values, 100 * top), color=PALETTE[n], linestyle=DASHES[n], label=label)
            words.append(label)
        axes.set(xlabel=xlabel, ylabel="regularized loss (logarithmic)", title=title, yscale="log")
        axes.set_ylim(top=top)
        axes.legend()
        alt(f"{title}. Regularized loss by step on a logarithmic axis. {'; '.join(words)}.")


@student_draws
def rotation(predict_one, P, Q, data, u, i, degrees=(0, 40, 90)):
    """The plane turned by several angles, with one user's prediction for one item under each."""
    P, Q = np.asarray(P, dtype=float), np.asarray(Q, dtype=float)
    name, title = data.users["name"][u], data.items["title"][i]
    reach = 1.15 * max(np.linalg.norm(P, axis=1).max(), np.linalg.norm(Q, axis=1).max())
    words = []
    with picture(3.3 * len(degrees), 4.1, columns=len(degrees), squeeze=False) as (grid, alt):
        for axes, degree in zip(grid[0], degrees, strict=True):
            turned_P, turned_Q = P @ turn(degree), Q @ turn(degree)
            for n, p in enumerate(turned_P):
                _arrow(axes, (0, 0), p, BLUE if n == u else GREY)
            axes.scatter(*turned_Q.T, color="white", edgecolor=BLACK, s=25, zorder=3)
            axes.scatter(*turned_Q[i], color=ORANGE, edgecolor=BLACK, s=80, zorder=4)
            axes.axhline(0, color=GREY, linewidth=0.5)
            axes.axvline(0, color=GREY, linewidth=0.5)
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="factor 0", ylabel="factor 1")
            predicted = float(predict_one(turned_P, turned_Q, u, i))
            numbers = f"p = {_pair(turned_P[u])}, q = {_pair(turned_Q[i])}, p · q = {predicted:.2f}"
            axes.set_title(f"{degree}°\n" + numbers.replace(", q", "\nq").replace(", p ·", "\np ·"), weight="normal", fontsize=10)
            words.append(f"{degree} degrees: {numbers}")
        alt(
            f"The same listeners (arrows) and songs (points) turned about the origin; {name} (blue arrow) and {title} (filled point) stand "
            f"out. {'; '.join(words)}."
        )


def turn(degrees):
    """→ (2, 2): the matrix that turns row vectors by this angle, counter-clockwise."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s], [-s, c]])


def _arrow(axes, start, end, colour):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0})


def _name(axes, tip, name):
    """A listener's name above the tip of the arrow, on white, so that no line runs through it."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
    axes.annotate(
        name,
        tip,
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color=BLUE,
        weight="bold",
        bbox=box,
        zorder=5,
    )


def _pair(v):
    return f"({v[0] + 0:.2f}, {v[1] + 0:.2f})"


def _around_origin(axes, points, names=("factor 0", "factor 1")):
    """Limits that hold the origin and all points, with room, and both axes drawn."""
    low, high = np.minimum(points.min(axis=0), 0) - 0.3, np.maximum(points.max(axis=0), 0) + 0.6
    axes.axhline(0, color=GREY, linewidth=0.5)
    axes.axvline(0, color=GREY, linewidth=0.5)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel=names[0], ylabel=names[1])


def _labels_at_the_side(axes, points, texts):
    """Every point's text in a column right of the picture, in the order of height, with a thin line to the point."""
    (low, high), (left, right) = axes.get_ylim(), axes.get_xlim()
    column, margin = right + 0.12 * (right - left), 0.05 * (high - low)
    order = sorted(range(len(points)), key=lambda n: (points[n][1], points[n][0]))
    for n, height in zip(order, np.linspace(low + margin, high - margin, len(points)), strict=True):
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkB": 4}
        axes.annotate(texts[n], points[n], xytext=(column, height), va="center", annotation_clip=False, arrowprops=line)
