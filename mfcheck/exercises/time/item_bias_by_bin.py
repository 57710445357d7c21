"""item_bias_by_bin: what is special about a film in one stretch of time."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import time


def problem(rng, n_items, n_bins, n_more, damping, empty=()):
    """Every cell of the table n_items × n_bins once and some again, in random order; the cells named in `empty` never."""
    cells = np.setdiff1d(np.arange(n_items * n_bins), [i * n_bins + b for i, b in empty])
    cells = rng.permutation(np.concatenate([cells, rng.choice(cells, n_more)]))
    residuals = rng.uniform(-3, 3, len(cells)) + rng.choice([-1, 1], n_items * n_bins)[cells]
    items, bins = cells // n_bins, cells % n_bins
    return {"items": items, "bins": bins, "residuals": residuals, "n_items": n_items, "n_bins": n_bins, "damping": damping}


@group("the law: what is left of an item in a bin, summed and divided by count + damping", points=3)
def every_cell_rated(rng):
    """Five ratings by hand; then unequal counts, little and much damping, and none."""
    yield {
        "items": np.array([0, 1, 0, 0, 1]),
        "bins": np.array([0, 0, 1, 0, 1]),
        "residuals": np.array([1.0, -1.0, -2.0, 2.0, 0.5]),
        "n_items": 2,
        "n_bins": 2,
        "damping": 2,
    }
    yield problem(rng, 3, 2, 8, 1)
    yield problem(rng, 2, 4, 9, 10.0)
    yield problem(rng, 4, 3, 14, 0.5)
    yield problem(rng, 3, 3, 10, 0)


@group("a bin without ratings gets 0, with damping and without", points=1)
def empty_bins(rng):
    """Empty bins at the beginning, in the middle and at the end; items without any rating; damping 3, then 0."""
    yield problem(rng, 2, 2, 4, 3.0, [(1, 1)])
    yield problem(rng, 3, 3, 9, 2, [(0, 0), (1, 1), (2, 0), (2, 1), (2, 2)])
    yield problem(rng, 2, 3, 6, 0, [(0, 0), (1, 2)])
    yield problem(rng, 4, 2, 9, 0.0, [(0, 0), (0, 1), (3, 1), (2, 1), (1, 1)])


def cells_with(over, add=np.add.at, number=lambda items, bins, count: count):
    """→ an `item_bias_by_bin` with its parts exchanged: the division, how a sum is made, what is counted."""

    def item_bias_by_bin(items, bins, residuals, n_items, n_bins, damping):
        total, count = np.zeros((n_items, n_bins)), np.zeros((n_items, n_bins))
        add(total, (items, bins), residuals)
        np.add.at(count, (items, bins), 1)
        return over(total, number(items, bins, count), damping)

    return item_bias_by_bin


def safe(total, weight):
    return np.divide(total, weight, out=np.zeros(total.shape), where=weight > 0)


def damped(total, count, damping):
    return safe(total, count + damping)


def last_counts(total, cells, residuals):
    total[cells] += residuals


def of_the_item(items, bins, count):
    return np.repeat(count.sum(axis=1, keepdims=True), count.shape[1], axis=1)


def of_the_bin(items, bins, count):
    return np.repeat(count.sum(axis=0, keepdims=True), count.shape[0], axis=0)


@mistake(
    title="There is no damping",
    message="The sums are divided by the number of ratings alone. A film has few ratings in a bin, often one or two, so damping matters here more than in lesson 04: without "
    "it, the bins learn chance by heart.",
    next_step="Find `damping` in the formula.",
    also=(
        cells_with(lambda total, count, damping: total / count),
        cells_with(lambda total, count, damping: total / np.maximum(count, 1)),
    ),
)
def no_damping(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: safe(total, count))(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="Divided by all of the item's ratings",
    message="The sum of one bin was divided by the number of the item's ratings in all bins. A film with a good week among many then looks as if nothing had happened. Numerator "
    "and count must speak of the same ratings.",
    next_step="Count the ratings of each item in each bin.",
    also=(cells_with(lambda total, count, damping: safe(total, count), number=of_the_item),),
)
def divided_by_all_of_the_item(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(damped, number=of_the_item)(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="Divided by all ratings of the bin",
    message="The sum of one item was divided by the number of ratings that all items have in the bin. The effects become tiny, and smaller the more items there are.",
    next_step="Count the ratings of each item in each bin.",
)
def divided_by_all_of_the_bin(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(damped, number=of_the_bin)(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="Zero is divided by zero",
    message="An item has no rating in some bin, and damping is 0: the sum 0 over the count 0 gives NaN or an error. Where nothing is known, nothing special is known: the bias "
    "is 0.",
    next_step="Divide only where count + damping is above 0.",
    also=(
        lambda items, bins, residuals, n_items, n_bins, damping: [
            [
                float(residuals[(items == i) & (bins == b)].sum()) / (int(((items == i) & (bins == b)).sum()) + damping)
                for b in range(n_bins)
            ]
            for i in range(n_items)
        ],
    ),
)
def zero_over_zero(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: total / (count + damping))(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="An empty bin is not a number",
    message="Bins without ratings hold NaN, as a pivot table leaves them. A prediction for such a film and time is then NaN, too. Where nothing is known, the bias is 0.",
    next_step="Fill the empty bins with 0.",
)
def empty_is_nan(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: np.where(count > 0, damped(total, count, damping), np.nan))(
        items, bins, residuals, n_items, n_bins, damping
    )


@mistake(
    title="Of several ratings only the last counts",
    message="`total[items, bins] += …` does not add up: where a pair comes several times, NumPy reads the old value once and keeps the last result. A loop with `=` in place "
    "of `+=` does the same.",
    next_step="Use `np.add.at`, `np.bincount` with weights, or a loop with `+=`.",
    also=(cells_with(lambda total, count, damping: safe(total, count), last_counts),),
)
def fancy_index_add(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(damped, last_counts)(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="A mean is divided once more",
    message="The numerator is already a mean, and was then divided by count + damping. The damped mean is the **sum** of what is left over count + damping.",
    next_step="Use the sum in the numerator.",
)
def mean_in_the_numerator(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: damped(safe(total, count), count, damping))(
        items, bins, residuals, n_items, n_bins, damping
    )


@mistake(
    title="The sums are not divided",
    message="Each cell holds the sum of what is left. A film with a hundred ratings then gets a hundred times the effect of a film with one.",
    next_step="Divide each sum by count + damping.",
)
def sums_only(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: total)(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="The damping is in the numerator, too",
    message="`damping` was added to the sum as well as to the count. The ratings that damping stands for leave nothing: they add 0 to the sum.",
    next_step="Add `damping` to the count only.",
)
def damping_in_the_sum(items, bins, residuals, n_items, n_bins, damping):
    return cells_with(lambda total, count, damping: damped(total + damping, count, damping))(
        items, bins, residuals, n_items, n_bins, damping
    )


@mistake(
    title="The damping is shared among the bins",
    message="Each bin got `damping` / n_bins, so that the bins of one item have `damping` together. The task damps each bin in full: each must show by itself that something "
    "is special.",
    next_step="Add all of `damping` to the count of each bin.",
)
def damping_shared(items, bins, residuals, n_items, n_bins, damping):
    return time.item_bias_by_bin(items, bins, residuals, n_items, n_bins, damping / n_bins)


@mistake(
    title="All items of a bin are alike",
    message="The mean of a bin was taken over all items, and every item got the same. That is how high ratings are in general at that time. The task asks what is special about "
    "each item.",
    next_step="Sum by item **and** bin.",
)
def items_forgotten(items, bins, residuals, n_items, n_bins, damping):
    return np.tile(time.item_bias_by_bin(0 * items, bins, residuals, 1, n_bins, damping), (n_items, 1))


@mistake(
    title="Rows and columns are exchanged",
    message="The table has a row for each bin and a column for each item. The task asks for a row for each item, so that `b[i, bin]` is the bias of item i.",
    next_step="Look at the shape in the task: (n_items, n_bins).",
)
def transposed(items, bins, residuals, n_items, n_bins, damping):
    return time.item_bias_by_bin(items, bins, residuals, n_items, n_bins, damping).T


@mistake(
    title="The biases have the other sign",
    message="A film that was loved more than usual got a negative bias. What is left is rating minus prediction, and the bias is added to the prediction.",
    next_step="Add the residuals as they are.",
)
def sign_turned(items, bins, residuals, n_items, n_bins, damping):
    return -time.item_bias_by_bin(items, bins, residuals, n_items, n_bins, damping)


@mistake(
    title="The table is too small",
    message="The last items or bins have no ratings, and no place in the table. Its size must not depend on what happens to be rated: index i means item i everywhere.",
    next_step="Start from `np.zeros((n_items, n_bins))`.",
    also=(
        lambda items, bins, residuals, n_items, n_bins, damping: time.item_bias_by_bin(
            items, bins, residuals, items.max() + 1, n_bins, damping
        ),
    ),
)
def only_what_is_rated(items, bins, residuals, n_items, n_bins, damping):
    return time.item_bias_by_bin(items, bins, residuals, items.max() + 1, bins.max() + 1, damping)


def loop(items, bins, residuals, n_items, n_bins, damping):
    table = [[0.0] * n_bins for _ in range(n_items)]
    for i in range(n_items):
        for b in range(n_bins):
            left = [r for j, c, r in zip(items, bins, residuals, strict=True) if (j, c) == (i, b)]
            table[i][b] = sum(left) / (len(left) + damping) if left else 0
    print(table)
    return table


def groupby(items, bins, residuals, n_items, n_bins, damping):
    import pandas as pd

    cells = pd.DataFrame({"i": items, "b": bins, "r": residuals}).groupby(["i", "b"])["r"]
    table = (cells.sum() / (cells.size() + damping)).unstack()
    return table.reindex(index=range(n_items), columns=range(n_bins)).fillna(0).to_numpy()


def added_at(items, bins, residuals, n_items, n_bins, damping):
    total, count = np.zeros((n_items, n_bins)), np.zeros((n_items, n_bins))
    np.add.at(total, (items, bins), residuals)
    np.add.at(count, (items, bins), 1)
    return total / np.where(count > 0, count + damping, 1)


def one_hot_products(items, bins, residuals, n_items, n_bins, damping):
    of_item, of_bin = np.eye(n_items)[items], np.eye(n_bins)[bins]
    return np.nan_to_num((of_item.T * residuals) @ of_bin / (of_item.T @ of_bin + damping))


def single_precision(items, bins, residuals, n_items, n_bins, damping):
    table = time.item_bias_by_bin(items, bins, residuals.astype(np.float32), n_items, n_bins, damping)
    return table.astype(np.float32)


exercise = Exercise(
    number="12.2",
    task="Return an array (n_items, n_bins): the sum of the residuals of each item in each bin, over their number + damping; 0 without ratings.",
    reference=time.item_bias_by_bin,
    groups=(every_cell_rated, empty_bins),
    mistakes=(
        no_damping,
        divided_by_all_of_the_item,
        divided_by_all_of_the_bin,
        zero_over_zero,
        empty_is_nan,
        fancy_index_add,
        mean_in_the_numerator,
        sums_only,
        damping_in_the_sum,
        damping_shared,
        items_forgotten,
        transposed,
        sign_turned,
        only_what_is_rated,
    ),
    hints=(
        "It is the damped mean of lesson 04, once for each item in each bin. How many sums and how many counts are there?",
        "Two tables of zeros, (n_items, n_bins): one for the sums, one for the counts. `np.add.at(table, (items, bins), values)` adds to the cells, repeats included.",
        "Fill `total` with the residuals and `count` with ones, both by `np.add.at`. Then divide `total` by `count + damping`, but only in cells where count is above 0.",
    ),
    variants=(loop, groupby, added_at, one_hot_products, single_precision),
)
