"""Lists of films made from likes, and pictures of how good they are."""

import textwrap

import numpy as np

from mfref.evaluation import ndcg_at_k, precision_at_k, recall_at_k
from mfref.plots.picture import BLACK, BLUE, GREY, ORANGE, RED, picture

MEASURES = {"precision@10": precision_at_k, "recall@10": recall_at_k, "NDCG@10": ndcg_at_k}


def best_items(scores, users, items, n=10):
    """→ (n_users, n): for each user the items with the highest scores, without the pairs of `users` and `items`.

    scores: (n_users, n_items), or (n_items,) where all users have the same.
    """
    n_users = len(scores) if np.ndim(scores) == 2 else users.max() + 1
    scores = np.array(np.broadcast_to(scores, (n_users, np.shape(scores)[-1])), dtype=float)
    scores[users, items] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def quality(scores, known, asked):
    """→ dict of precision@10, recall@10 and NDCG@10: their means over all users of `asked` whom `known` has.

    known, asked: (users, items), the training and the test part. The whole catalogue is ranked, without the user's known items.
    """
    lists = best_items(scores, *known)
    relevant = {}
    for u, i in zip(*(index.tolist() for index in asked), strict=True):
        relevant.setdefault(u, set()).add(i)
    users = sorted(set(relevant) & set(known[0].tolist()))
    return {name: float(np.mean([f(lists[u].tolist(), relevant[u], 10) for u in users])) for name, f in MEASURES.items()}


def measures(quality_of):
    """Precision, recall and NDCG of several predictors, a panel each. quality_of: dict name → what `quality` gave."""
    names = list(quality_of)
    with picture(10.5, 0.5 * len(names) + 1.4, columns=3, sharey=True) as (panels, alt):
        for axes, measure in zip(panels, MEASURES, strict=True):
            values = [quality_of[name][measure] for name in names]
            looks = [{"color": BLUE} if "factors" in name else {"color": ORANGE, "hatch": "//"} for name in names]
            for row, (value, look) in enumerate(zip(values, looks, strict=True)):
                axes.barh(row, value, 0.6, edgecolor="white", **look)
                axes.text(value, row, f" {value:.3f}", va="center")
            axes.set(xlim=(0, 1.25 * max(values)), title=measure, xlabel="mean over users")
            axes.locator_params(axis="x", nbins=4)
        panels[0].set_yticks(range(len(names)), names)
        panels[0].set_ylabel("predictor")
        panels[0].invert_yaxis()
        words = [f"{name}: {', '.join(f'{m} {v:.3f}' for m, v in q.items())}" for name, q in quality_of.items()]
        alt(f"Bars for three measures of lists of ten. {'; '.join(words)}.")


def reg_curve(ndcg_of, popularity):
    """NDCG@10 by regularization, beside that of popularity. ndcg_of: dict reg → NDCG@10, reg growing."""
    regs, values = list(ndcg_of), np.array(list(ndcg_of.values()))
    best = int(values.argmax())
    lost = 1 - values[0] / values[best]
    with picture(7.6, 4) as (axes, alt):
        axes.plot(range(len(regs)), values, "o-", color=BLUE, label="factors")
        axes.axhline(popularity, color=ORANGE, linestyle="--", label="popularity")
        axes.plot(best, values[best], "o", color=RED, markersize=12, fillstyle="none", markeredgewidth=2)
        axes.annotate(f"{values[best]:.3f}", (best, values[best]), (0, 10), textcoords="offset points", ha="center", color=RED)
        axes.set_xticks(range(len(regs)), [f"{reg:g}" for reg in regs])
        span = max(values.max(), popularity) - min(values.min(), popularity)
        axes.set(xlabel="reg", ylabel="NDCG@10", ylim=(None, max(values.max(), popularity) + 0.15 * span))
        axes.set_title(f"With reg = {regs[0]:g}, {lost:.0%} of the best NDCG is lost")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        told = ", ".join(f"{value:.3f} at {reg:g}" for reg, value in ndcg_of.items())
        alt(f"NDCG@10 by reg: {told}. The highest is at reg = {regs[best]:g}. Popularity, a dashed line, has {popularity:.3f}.")


def ndcg_ladder(ndcg_of, title):
    """NDCG@10 of several predictors, a row each, the highest marked. ndcg_of: dict name → NDCG@10."""
    names, values = [textwrap.fill(name, 40) for name in ndcg_of], np.array(list(ndcg_of.values()))
    rows, best = np.arange(len(names)), int(values.argmax())
    with picture(8.6, 0.5 * len(names) + 1.3) as (axes, alt):
        axes.hlines(rows, 0, values, color=GREY, linewidth=1)
        axes.plot(values, rows, "o", color=BLUE, markersize=9)
        axes.plot(values[best], best, "o", color=RED, markersize=15, fillstyle="none", markeredgewidth=2)
        for row, value in enumerate(values):
            axes.annotate(f"{value:.3f}", (value, row), (13, 0), textcoords="offset points", va="center", color=BLACK)
        axes.set_yticks(rows, names)
        axes.set(xlim=(0, 1.2 * values.max()), ylim=(len(names) - 0.4, -0.6))
        axes.set(xlabel="NDCG@10: further right is better", ylabel="predictor", title=title)
        told = "; ".join(f"{name}: {value:.3f}" for name, value in ndcg_of.items())
        alt(f"{title}. NDCG@10: {told}. The highest is that of: {list(ndcg_of)[best]}.")
