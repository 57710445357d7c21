"""Pictures of lesson 07, second part: what neighbours are worth, by taste, number of ratings, genres, and the truth."""

import numpy as np

from mfref.plots.picture import BLACK, BLUE, GREEN, RED, SKY, picture, say, student_draws
from mfref.plots.similarity import GREY
from mfref.progress_bar import progress_bar

EDGES = (1, 5, 20, 40, 80, 160, np.inf)  # films by their number of ratings


@student_draws
def taste_by_rank(similar_users, model, train, test, n_active=300, n_groups=10, n_asked=40):
    """Do similar users agree? Held-out ratings of a user against the training ratings of others, by their place in the list.

    train, test: DataFrames with user_id, item_id, rating; the model learned from train. Compared is what biases leave of
    a rating. Only the n_active most active users are looked at; the first n_asked of them are asked for their lists.
    """
    seen, unseen = (_without_biases(model, part) for part in (train, test))
    active = np.argsort(-(~np.isnan(seen)).sum(axis=1), kind="stable")[:n_active]
    P, seen, unseen = model.P_[active], seen[active], unseen[active]
    pairs = [([], []) for _ in range(n_groups)]
    for user in progress_bar(range(n_asked), "user"):
        others = np.asarray(similar_users(P, user, n_active - 1, "cosine")[0])
        for (mine, theirs), group in zip(pairs, np.array_split(others, n_groups), strict=True):
            both = ~np.isnan(unseen[user]) & ~np.isnan(seen[group])
            mine.extend(np.broadcast_to(unseen[user], both.shape)[both])
            theirs.extend(seen[group][both])
    agreement = [float(np.corrcoef(mine, theirs)[0, 1]) for mine, theirs in pairs]
    places = np.array_split(np.arange(1, n_active), n_groups)
    labels = [f"{group[0]}–{group[-1]}" for group in places]
    with picture(7.4, 4) as (axes, alt):
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.plot(range(n_groups), agreement, "o-", color=BLUE)
        axes.set_xticks(range(n_groups), labels, rotation=35, ha="right")
        axes.set(xlabel="place in the list of similar users, nearest first", ylabel="correlation of ratings")
        axes.set_title("Do similar users agree? Ratings that the model never saw")
        told = "; ".join(f"places {label}: {value:+.2f}" for label, value in zip(labels, agreement, strict=True))
        alt(
            f"Correlation between held-out ratings of {n_asked} users and ratings of others, by place in the list of similar users. {told}. "
            f"{sum(len(mine) for mine, _ in pairs):,} pairs of ratings."
        )


def _without_biases(model, part):
    """→ (n_users, n_items) in the model's rows: what mu and the biases leave of each rating, NaN where there is none."""
    part = part[part["item_id"].isin(model.item_ids) & part["user_id"].isin(model.user_index)]
    u, i = np.searchsorted(model.user_ids_, part["user_id"]), np.searchsorted(model.item_ids, part["item_id"])
    left = np.full((len(model.P_), len(model.Q_)), np.nan)
    left[u, i] = part["rating"] - model.mu_ - model.b_user_[u] - model.b_item_[i]
    return left


def lengths(Q, start, counts):
    """The length of each film's vector, and how far it has turned since training began, over its number of ratings.

    start: the vectors (n_items, n_factors) from before the training.
    """
    length, before = np.linalg.norm(Q, axis=1), np.linalg.norm(start, axis=1)
    turned = (Q * start).sum(axis=1) / (length * before)
    groups = [(counts >= low) & (counts < high) for low, high in zip(EDGES, EDGES[1:], strict=False)]
    at = [float(np.median(counts[inside])) for inside in groups if inside.any()]
    told = []
    with picture(11, 4.2, columns=2, sharex=True) as (panels, alt):
        for axes, values, name, value_before in (
            (panels[0], length, "length of the film's vector", float(np.median(before))),
            (panels[1], turned, "cosine with the vector before training", 1.0),
        ):
            middle = [float(np.median(values[inside])) for inside in groups if inside.any()]
            axes.scatter(counts, values, s=8, color=SKY, alpha=0.5, label="a film")
            axes.plot(at, middle, "o-", color=BLUE, label="median of films with about as many ratings")
            axes.axhline(value_before, color=RED, linestyle="--", label="before training")
            axes.set(xscale="log", xlabel="number of ratings (logarithmic)", ylabel=name)
            told.append(f"Median {name}: " + "; ".join(f"about {x:.0f} ratings {y:.2f}" for x, y in zip(at, middle, strict=True)))
        panels[0].set(title="How long?", ylim=(0, None))
        panels[1].set(title="Still as at the start?", ylim=(-1, 1.08))
        panels[0].figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        alt(
            f"A point for each of {len(Q)} films, by its number of ratings. {'. '.join(told)}. Before training the median length was {np.median(before):.2f}."
        )


@student_draws
def shared_genres(cosine_similarity, factors, films, n=10, least=20):
    """How many of the n nearest films share a genre, against random films; for well-known films, and by number of ratings.

    factors: dict name → Q, one or two of them, rows in the order of `films`. least: ratings of a well-known film.
    """
    counts, genres = films["n_ratings"].to_numpy(), films["genres"].str.get_dummies("|").to_numpy()
    share, known, rng = genres @ genres.T > 0, films["n_ratings"].to_numpy() >= least, np.random.default_rng(0)
    draws = [_random_share(share[np.ix_(known, known)], n, rng) for _ in range(100)]
    bars = {"random films": float(np.mean(draws))}
    groups = [(low, high, (counts >= low) & (counts < high)) for low, high in zip(EDGES, EDGES[1:], strict=False)]
    with picture(10.4, 4, columns=2, width_ratios=(1, 1.3)) as ((left, right), alt):
        for (name, Q), colour, mark in zip(factors.items(), (BLUE, GREEN), ("o-", "s-."), strict=False):
            bars[name] = float(_near_share(cosine_similarity(Q[known]), share[np.ix_(known, known)], n).mean())
            each = _near_share(cosine_similarity(Q), share, n)
            right.plot([each[inside].mean() for *_, inside in groups], mark, color=colour, label=name)
        each = (share.sum(axis=1) - 1) / (len(share) - 1)
        right.plot([each[inside].mean() for *_, inside in groups], "^--", color=GREY, label="random films")
        drawn = left.bar(list(bars), list(bars.values()), color=(GREY, BLUE, GREEN), width=0.6)
        drawn[0].set(hatch="//", edgecolor="white")
        left.bar_label(drawn, [f"{value:.0%}" for value in bars.values()], padding=4)
        left.errorbar(
            0,
            bars["random films"],
            [[bars["random films"] - min(draws)], [max(draws) - bars["random films"]]],
            color=BLACK,
            capsize=9,
        )
        left.set(ylim=(0, 1), ylabel=f"share of {n} films with a common genre", xlabel="compared with")
        left.set_title(f"Films with at least {least} ratings")
        names = [f"{low}–{high - 1}" if high < np.inf else f"{low} or more" for low, high, _ in groups]
        right.set_xticks(range(len(names)), names)
        right.set(
            ylim=(0, 1),
            xlabel="number of ratings of the film",
            ylabel=f"share of {n} films with a common genre",
            title="All films",
        )
        right.legend(loc="lower right")
        told = "; ".join(f"{name} {value:.1%}" for name, value in bars.items())
        alt(
            f"Share of {n} films that have a genre in common with a film. Among films with at least {least} ratings: {told}; a hundred random draws "
            f"gave {min(draws):.1%} to {max(draws):.1%}. Right: by the film's number of ratings, the share rises with it."
        )


def _near_share(S, share, n):
    """→ (n_films,): the share of each film's n nearest that have a genre in common with it."""
    S = np.array(S, dtype=float)
    np.fill_diagonal(S, -np.inf)
    nearest = np.argsort(-S, axis=1)[:, :n]
    return np.take_along_axis(share, nearest, axis=1).mean(axis=1)


def _random_share(share, n, rng):
    """The same for n random other films, on average."""
    own = np.arange(len(share))[:, None]
    others = (own + rng.integers(1, len(share), (len(share), n))) % len(share)
    return float(np.take_along_axis(share, others, axis=1).mean())


@student_draws
def against_truth(cosine_similarity, Q, truth, films, n=10, least=20):
    """Learned similarities beside those of the factors that the ratings were drawn from. truth: `data.truth`, or None."""
    if truth is None:
        say(
            "These are real ratings. Nobody knows the true factors behind them, if there are any. "
            'For this picture, take the synthetic set: data = load_ratings("synthetic-100k") in the second cell.'
        )
        return
    known = np.flatnonzero(films["n_ratings"].to_numpy() >= least)
    counts = films["n_ratings"].to_numpy()[known]
    learned, true = (np.array(cosine_similarity(factors[known]), dtype=float) for factors in (Q, truth.Q))
    pairs = np.triu_indices(len(known), 1)
    r = float(np.corrcoef(learned[pairs], true[pairs])[0, 1])
    with picture(11, 4.4, columns=2) as ((left, right), alt):
        cells = left.hexbin(learned[pairs], true[pairs], gridsize=40, extent=(-1, 1, -1, 1), bins="log", linewidths=0.1)
        left.figure.colorbar(cells, ax=left, label="pairs of films (logarithmic)")
        left.set(
            xlabel="cosine of the learned factors", ylabel="cosine of the true factors", title=f"Every pair: correlation {r:.2f}"
        )
        lines = {name: _true_cosines(S, true, n) for name, S in (("true neighbours", true), ("learned neighbours", learned))}
        lines["random films"] = (true.sum(axis=1) - 1) / (len(true) - 1)
        groups = [(low, high) for low, high in zip(EDGES, EDGES[1:], strict=False) if ((counts >= low) & (counts < high)).any()]
        names = [f"{low}–{high - 1}" if high < np.inf else f"{low} or more" for low, high in groups]
        told = []
        for (name, values), colour, mark in zip(lines.items(), (GREEN, BLUE, GREY), ("s-.", "o-", "^--"), strict=True):
            means = [values[(counts >= low) & (counts < high)].mean() for low, high in groups]
            right.plot(names, means, mark, color=colour, label=name)
            told.append(f"{name}: {'; '.join(f'{x} ratings {y:.2f}' for x, y in zip(names, means, strict=True))}")
        right.set(ylim=(-0.15, 1), xlabel="number of ratings of the film", ylabel=f"mean true cosine to {n} films")
        right.set_title("How near are neighbours in truth?")
        right.legend(loc="center right", bbox_to_anchor=(1, 0.3))
        alt(
            f"Left: learned and true cosines of all pairs of {len(known)} films, correlation {r:.2f}. Right: the mean true cosine between a film "
            f"and {n} others, by its number of ratings. {'. '.join(told)}."
        )


def _true_cosines(S, true, n):
    """→ (n_films,): the mean true cosine of each film to the n nearest by S."""
    S = S.copy()
    np.fill_diagonal(S, -np.inf)
    return np.take_along_axis(true, np.argsort(-S, axis=1)[:, :n], axis=1).mean(axis=1)
