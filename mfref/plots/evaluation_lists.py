"""Pictures of lesson 05 about lists: what a hit is worth by its rank, and RMSE against NDCG."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, GREEN, ORANGE, RED, picture, student_draws

LONG = 26


@student_draws
def toy_list(precision_at_k, recall_at_k, ndcg_at_k, titles, recommended, relevant, k):
    """A list of songs beside the best list possible: the weight of each rank, hits in colour, and the student's three numbers.

    titles: of all items. recommended: item indices, best first. relevant: set of item indices.
    """
    numbers = (
        f"precision@{k} = {precision_at_k(recommended, relevant, k):.3f}",
        f"recall@{k} = {recall_at_k(recommended, relevant, k):.3f}",
        f"NDCG@{k} = {ndcg_at_k(recommended, relevant, k):.3f}",
    )
    own = list(recommended)[:k]
    best = [*(i for i in own if i in relevant), *(i for i in sorted(relevant) if i not in own)][:k]
    words = []
    with picture(11, 0.42 * k + 2.1, columns=2, sharex=True) as (panels, alt):
        for axes, name, shown in ((panels[0], "Your list", own), (panels[1], "A best list possible", best)):
            hits = [i in relevant for i in shown]
            weights = 1 / np.log2(np.arange(len(shown)) + 2)
            hit_look, miss_look = {"color": BLUE}, {"color": "white", "edgecolor": BLACK, "hatch": "..", "linewidth": 0.8}
            for row, (hit, weight) in enumerate(zip(hits, weights, strict=True)):
                axes.barh(row, weight, 0.7, **(hit_look if hit else miss_look))
                axes.text(weight + 0.02, row, f"hit, {weight:.3f}" if hit else "no hit, 0", va="center", fontsize=9.5)
            axes.set_yticks(range(len(shown)), [f"{row + 1}  {titles[i][:LONG]}" for row, i in enumerate(shown)])
            axes.set(xlim=(0, 1.3), ylim=(k - 0.4, -0.6), xlabel="what a hit at this rank counts", ylabel="rank and song")
            gain = float(weights[hits].sum()) if shown else 0.0
            axes.set_title(f"{name}: DCG = {gain:.3f}")
            told = ", ".join(f"{titles[i]} ({'hit' if hit else 'no hit'})" for i, hit in zip(shown, hits, strict=True))
            words.append(f"{name}: {told or 'nothing'}; DCG {gain:.3f}")
        panels[0].figure.suptitle("      ".join(numbers), weight="bold")
        alt(f"Two lists as bars, a hit counts less the lower it stands. {'. '.join(words)}. {', '.join(numbers)}.")


def rmse_against_ndcg(points, popular=None, k=10):
    """Predictors in a plane: further left is better by RMSE, higher is better by NDCG.

    points: dict name → (rmse, ndcg). popular: the NDCG of a list without predicted ratings, drawn as a line.
    """
    with picture(9.4, 4.6) as (axes, alt):
        for n, (name, (x, y)) in enumerate(points.items()):
            marker, colour = ("o", "s", "^", "D", "v")[n % 5], (BLUE, ORANGE, GREEN, RED, BLACK)[n % 5]
            axes.plot(x, y, marker, color=colour, markersize=10, linestyle="none", label=f"{name}: {x:.3f}, {y:.3f}")
        if popular is not None:
            axes.axhline(popular, color=BLACK, linestyle="--", linewidth=1, label=f"most rated films for all: –, {popular:.3f}")
        axes.set_xlabel("test RMSE: further left is better")
        axes.set_ylabel(f"NDCG@{k}: higher is better")
        axes.set_title("Two measures, two orders")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.15, y=0.15)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), title="RMSE, NDCG", labelspacing=0.9)
        told = "; ".join(f"{name}: RMSE {x:.3f}, NDCG {y:.3f}" for name, (x, y) in points.items())
        line = "" if popular is None else f" A list of the most rated films, the same for all, has NDCG {popular:.3f}."
        alt(f"Predictors by test RMSE and NDCG@{k}. {told}.{line}")
