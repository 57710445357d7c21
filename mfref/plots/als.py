"""Pictures of lesson 08: one user's bowl, the loss by half-steps, two methods side by side."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, PALETTE, RED, picture, student_draws


@student_draws
def bowl(solve_user, Q, items, ratings, reg, name="the listener"):
    """The loss of one user over all vectors p of two factors, and the point that the student's function finds."""
    found = np.asarray(solve_user(Q, items, ratings, reg), dtype=float)
    reach = 1.2 * max(1.5, np.abs(found).max())
    axis = np.linspace(-reach, reach, 121)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    losses = ((np.asarray(ratings) - grid @ Q[items].T) ** 2).sum(-1) + reg * (grid**2).sum(-1)
    lowest = np.unravel_index(losses.argmin(), losses.shape)
    at = float(((np.asarray(ratings) - Q[items] @ found) ** 2).sum() + reg * found @ found)
    with picture(6, 4.8) as (axes, alt):
        levels = losses.min() + (losses.max() - losses.min()) * np.linspace(0, 1, 12) ** 2
        lines = axes.contour(axis, axis, losses, levels[1:], cmap="cividis", linewidths=1.2)
        axes.clabel(lines, lines.levels[::2], fmt="%.0f", fontsize=8)
        axes.plot(*found, "o", color=RED, markersize=11, label=f"solve_user: ({found[0]:.2f}, {found[1]:.2f})")
        axes.plot(axis[lowest[1]], axis[lowest[0]], "+", color=BLACK, markersize=16, label="lowest point of the grid")
        axes.set(aspect="equal", xlabel="factor 0 of p", ylabel="factor 1 of p", title=f"The loss of {name}, reg = {reg:g}")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            f"Lines of equal loss of {name} over two factors, reg {reg:g}: a bowl. Its lowest grid point is "
            f"({axis[lowest[1]]:.2f}, {axis[lowest[0]]:.2f}) with loss {losses.min():.2f}; solve_user gives "
            f"({found[0]:.2f}, {found[1]:.2f}) with loss {at:.2f}."
        )


def falling(curves, title, xlabel, ylabel="loss", log=False):
    """Curves that should fall. curves: dict name → (x, y)."""
    with picture(7.4, 3.8) as (axes, alt):
        for (name, (x, y)), colour, dash in zip(curves.items(), PALETTE, DASHES, strict=False):
            axes.plot(x, y, color=colour, linestyle=dash, marker="o", markersize=4, label=name)
        axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
        if log:
            axes.set_yscale("log")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = "; ".join(f"{name}: from {y[0]:.3g} to {y[-1]:.3g} at {x[-1]:.3g}" for name, (x, y) in curves.items())
        alt(f"{title}. {ylabel} by {xlabel}. {words}.")


def half_steps(losses, title="The loss after each half-step"):
    """losses: the loss at the start, after the first half-step (users), after the second (items), and so on."""
    users, items = np.arange(1, len(losses), 2), np.arange(2, len(losses), 2)
    with picture(7.4, 3.8) as (axes, alt):
        axes.plot(range(len(losses)), losses, color=BLACK, linewidth=1)
        axes.plot(users, np.asarray(losses)[users], "o", color=BLUE, markersize=8, label="users solved")
        axes.plot(items, np.asarray(losses)[items], "s", color=RED, markersize=7, label="items solved")
        axes.set(title=title, xlabel="half-step", ylabel="loss of lesson 02", yscale="log")
        axes.legend()
        alt(
            f"{title}, from {losses[0]:.4g} at the start: " + ", ".join(f"{loss:.4g}" for loss in losses[1:]) + ". "
            f"It {'never rises' if np.all(np.diff(losses) <= 1e-9 * losses[0]) else 'rises somewhere'}."
        )
