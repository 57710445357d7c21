"""Lesson 01 to play with: how much is blank in the busiest corner of the rating matrix."""

import numpy as np
from ipywidgets import IntSlider
from matplotlib.patches import Rectangle

from mfref.plots.picture import RED
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel

BLOCKS = 220  # at most so many rows and columns are drawn; more cells than that share a block
STEP = 10


def activity(sparsity, data, n_users=100, n_items=100):
    """Keep only the busiest users and the most rated items, and see how much of that corner is blank.

    sparsity: the student's (users, items, n_users, n_items) → share of unknown cells. data: `Ratings`.
    n_users, n_items: where the sliders start.
    """
    return Activity(sparsity, data, n_users, n_items)


class Activity(Panel):
    def __init__(self, sparsity, data, n_users, n_items):
        super().__init__(width=10, height=4.2, columns=2)
        self.sparsity, self.data = sparsity, data
        users, items, _ = data.arrays()
        self.ranks = _by_activity(users, data.n_users), _by_activity(items, data.n_items)
        self.n_users, self.n_items = (
            labelled(IntSlider(start, min(STEP, most), most, STEP, description=text))
            for start, most, text in (
                (n_users, data.n_users, "Users, busiest first"),
                (n_items, data.n_items, "Items, most rated first"),
            )
        )
        self._draw_once()
        self.start([self.n_users, self.n_items])

    def _draw_once(self):
        n_users, n_items = self.data.n_users, self.data.n_items
        shades = {"cmap": "Greys", "vmin": 0, "vmax": 1, "aspect": "auto", "interpolation": "nearest"}
        whole, corner = self.axes
        whole.imshow(known_shares(*self.ranks, n_users, n_items), extent=(0, n_items, n_users, 0), **shades)
        self.frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=RED, linewidth=2, linestyle="--", clip_on=False)
        whole.add_patch(self.frame)
        whole.set(xlabel="item", ylabel="user")
        whole.set_title("The whole matrix, busiest first", loc="left", weight="bold")
        self.image = corner.imshow(np.zeros((1, 1)), extent=(0, 1, 1, 0), **shades)
        corner.set(xticks=[], yticks=[], xlabel=" ", ylabel=" ")  # ticks that change would take longer than all the rest
        centred = {"ha": "center", "va": "center", "fontsize": 10.5, "transform": corner.transAxes}
        self.sizes = [corner.text(0.5, -0.07, "", **centred), corner.text(-0.05, 0.5, "", rotation=90, **centred)]
        self.title = corner.set_title(" ", loc="left", weight="bold", color=RED)
        self.figure.colorbar(self.image, ax=corner, label="share of known cells")
        self.moving = [self.frame, self.image, *self.sizes, self.title]

    def draw(self):
        n_users, n_items = self.n_users.value, self.n_items.value
        users, items = self.ranks
        inside = (users < n_users) & (items < n_items)
        users, items = users[inside], items[inside]
        blank = float(self.sparsity(users, items, n_users, n_items))
        self.frame.set_bounds(0, 0, n_items, n_users)
        self.image.set_data(known_shares(users, items, n_users, n_items))
        for size, text in zip(self.sizes, (f"{n_items:,} items", f"{n_users:,} users"), strict=True):
            size.set_text(text)
        self.title.set_text(f"In the frame {blank:.1%} is blank")
        kept, n_cells = len(users) / self.data.n_ratings, n_users * n_items
        self.below.value = f"<p>The frame holds <b>{len(users):,}</b> of the {self.data.n_ratings:,} ratings ({kept:.1%}), in {n_cells:,} cells.</p>"
        rows = [
            ("users", f"{n_users:,}"),
            ("items", f"{n_items:,}"),
            ("cells", f"{n_cells:,}"),
            ("ratings", f"{len(users):,}"),
            ("share of all ratings", f"{kept:.1%}"),
            ("blank", f"{blank:.1%}"),
        ]
        self.table.value = table_html("The frame in numbers", ("what", "number"), rows)
        return (
            f"The rating matrix with the busiest users and the most rated items first, dark where many cells are known, and beside it a "
            f"frame around the first {n_users} users and {n_items} items, enlarged. {blank:.1%} of its cells are blank; it holds {kept:.1%} "
            f"of all ratings."
        )


def _by_activity(index, n):
    """→ for each rating, the place of its user or item among all n, the one with most ratings first."""
    place = np.empty(n, dtype=int)
    place[np.argsort(-np.bincount(index, minlength=n), kind="stable")] = np.arange(n)
    return place[index]


def known_shares(users, items, n_users, n_items):
    """→ (≤ BLOCKS, ≤ BLOCKS): the share of known cells in each block of the matrix. users, items: indices of the known cells."""
    (row, heights), (column, widths) = (_blocks(*of) for of in ((users, n_users), (items, n_items)))
    counts = np.bincount(row * len(widths) + column, minlength=len(heights) * len(widths))
    return counts.reshape(len(heights), len(widths)) / np.outer(heights, widths)


def _blocks(index, n):
    """→ (the block of each index, the size of each block)."""
    n_blocks = min(n, BLOCKS)
    block_of = np.arange(n) * n_blocks // n
    return block_of[index], np.bincount(block_of)
