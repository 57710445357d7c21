"""recommend_from_neighbours: what users of similar taste would like."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.recommendation._averages import (
    divided_by_the_number,
    equal_weights,
    only_where_known,
    weights_not_normalized,
)
from mfcheck.exercises.recommendation._neighbours import (
    all_users,
    best_unseen,
    cosine_of_known,
    cosines,
    dot_product,
    farthest,
    instance,
    itself_by_position,
    itself_when_few,
    own_neighbour,
    pearson,
    seen_too,
    with_parts,
)
from mfref import recommendation


@group("the law: the similarity-weighted average over the nearest users, unseen items only, best first", 3)
def some_neighbours(rng):
    """Two neighbours, then more; the last without `n`."""
    predicted = np.array([[1.0, 4.0, 2.0, 5.0], [4.0, 1.0, 5.0, 2.0], [2.0, 5.0, 1.0, 3.0], [1.0, 2.0, 4.0, 4.0]])
    known = np.array([[1, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=bool)
    yield {"user": 2, "predicted": predicted, "known": known, "n_neighbours": 2, "n": 2}
    yield instance(rng, 6, 9, 3, 4, n=3)
    yield instance(rng, 12, 8, 4, 2, n=4)
    yield instance(rng, 9, 20, 1, 6)


@group("no more other users than n_neighbours", 1)
def few_users(rng):
    """All others are neighbours, and the user is none."""
    yield instance(rng, 2, 5, 1, 2, n=2)
    yield instance(rng, 4, 7, 4, 3, n=3)
    yield instance(rng, 5, 6, 20, 2, n=3)


@group("fewer unseen items than n", 1)
def few_items(rng):
    """Three, one, none."""
    yield instance(rng, 5, 6, 2, 3, n=4)
    yield instance(rng, 6, 5, 3, 4)
    yield instance(rng, 4, 4, 2, 4, n=2)


@group("neighbours whose predictions have the same direction", 1)
def same_direction(rng):
    """Twice, half and four times the user's own row: the cosine is that of the user with itself."""
    for n_neighbours, factors in ((2, (2.0, 0.5)), (3, (4.0,))):
        arguments = instance(rng, 7, 8, n_neighbours, 3, n=4)
        # Multiples of a quarter, so that the cosines are equal to the last digit.
        predicted = arguments["predicted"] = np.ceil(4 * arguments["predicted"]) / 4
        predicted[arguments["user"]] = rng.permutation(np.arange(1, 9)) / 2
        for place, factor in enumerate(factors):
            predicted[place] = factor * predicted[arguments["user"]]
        yield arguments


@mistake(
    title="Seen items are recommended",
    message="Items that the user has rated are among the answer.",
    next_step="Leave out the items that `known` marks for this user.",
)
def seen_recommended(user, predicted, known, n_neighbours, n=10):
    return with_parts(best=seen_too)(user, predicted, known, n_neighbours, n)


@mistake(
    title="Seen items come back at the end",
    message="Seen items got a very low score and stayed in the list. When fewer than n others are left, the answer is filled up with them.",
    next_step="Take the seen items out, and return as many as are left.",
    also=(lambda *given, **more: seen_last(-1, *given, **more), lambda *given, **more: seen_last(0, *given, **more)),
)
def seen_at_the_end(user, predicted, known, n_neighbours, n=10):
    return seen_last(-np.inf, user, predicted, known, n_neighbours, n)


def seen_last(value, user, predicted, known, n_neighbours, n=10):
    items, scores = with_parts(best=seen_too)(user, predicted, known, n_neighbours, known.shape[1])
    scores = np.where(known[user][items], value, scores)
    order = np.argsort(-scores, kind="stable")[:n]
    return items[order], scores[order]


@mistake(
    title="Only seen items",
    message="The mask is turned round: these are items that the user has rated. True in `known` means that a rating is known.",
    next_step="Keep the items where `known[user]` is False.",
)
def only_seen(user, predicted, known, n_neighbours, n=10):
    return with_parts(best=lambda scores, known, user, n: recommendation.top_n(scores, n, np.flatnonzero(~known[user])))(
        user, predicted, known, n_neighbours, n
    )


@mistake(
    title="What the neighbours have rated is missing",
    message="Items that a neighbour has rated were left out as well. They are new to this user, and just what a neighbour can recommend.",
    next_step="Look at `known[user]` only.",
)
def seen_by_anybody(user, predicted, known, n_neighbours, n=10):
    def best(scores, known, user, n):
        return recommendation.top_n(scores, n, np.flatnonzero(known.any(axis=0)))

    return with_parts(best=best)(user, predicted, known, n_neighbours, n)


@mistake(
    title="The worst items come first",
    message="The items with the lowest scores were chosen, or the chosen ones stand the wrong way round.",
    next_step="Sort from the highest score to the lowest; `top_n` does.",
    also=(lambda user, predicted, known, n_neighbours, n=10: turned_round(user, predicted, known, n_neighbours, n),),
)
def ascending(user, predicted, known, n_neighbours, n=10):
    return with_parts(best=lambda scores, known, user, n: best_unseen(-scores, known, user, n))(
        user, predicted, known, n_neighbours, n
    )


def turned_round(user, predicted, known, n_neighbours, n):
    items, scores = recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)
    return items[::-1], scores[::-1]


@mistake(
    title="Positions among the unseen",
    message="After the seen items were taken out, the positions count the unseen ones only: 0 is the first unseen item, not item 0.",
    next_step="Pick the items from the array of unseen items with these positions.",
)
def positions_among_unseen(user, predicted, known, n_neighbours, n=10):
    items, scores = recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)
    return np.searchsorted(np.flatnonzero(~known[user]), items), scores


@mistake(
    title="`n` is not used",
    message="Another number of items came back than the n that was asked for.",
    next_step="Keep the best n, or what is left.",
    also=(with_parts(best=lambda scores, known, user, n: best_unseen(scores, known, user, 10)),),
)
def n_ignored(user, predicted, known, n_neighbours, n=10):
    return recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, known.shape[1])


@mistake(
    title="Items and scores are exchanged",
    message="The scores came first. The task asks for the items first, then their scores.",
    next_step="Return (items, scores).",
)
def exchanged(user, predicted, known, n_neighbours, n=10):
    return recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)[::-1]


@mistake(
    title="One thing in place of two",
    message="The task asks for two values, the items and their scores. You returned only the items, or a list of pairs.",
    next_step="Return two arrays: `return items, scores`.",
    also=(
        lambda *given, **more: list(zip(*recommendation.recommend_from_neighbours(*given, **more), strict=True)),
        lambda *given, **more: dict(zip(*recommendation.recommend_from_neighbours(*given, **more), strict=True)),
    ),
)
def items_only(user, predicted, known, n_neighbours, n=10):
    return recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)[0]


@mistake(
    title="The scores of all items",
    message="The items are right, but the scores are those of all items, not of the ones returned: the two do not belong together.",
    next_step="Pick the scores with the items: `scores[items]`.",
)
def all_scores(user, predicted, known, n_neighbours, n=10):
    items, _ = recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)
    return items, np.sort(with_parts(best=seen_too)(user, predicted, known, n_neighbours, known.shape[1])[1])[::-1][: len(items)]


def user_by_user(user, predicted, known, n_neighbours, n=10):
    def cosine(a, b):
        return a @ b / np.sqrt((a @ a) * (b @ b))

    others = [v for v in range(len(predicted)) if v != user]
    nearest = sorted(others, key=lambda v: cosine(predicted[v], predicted[user]), reverse=True)[:n_neighbours]
    weights = [cosine(predicted[v], predicted[user]) for v in nearest]
    scored = []
    for i in range(predicted.shape[1]):
        if not known[user, i]:
            scored.append((sum(w * predicted[v, i] for w, v in zip(weights, nearest, strict=True)) / sum(weights), i))
    scored = sorted(scored, reverse=True)[:n]
    print(scored)
    return [i for _, i in scored], [s for s, _ in scored]


def unit_rows(user, predicted, known, n_neighbours, n=10):
    unit = predicted / (np.linalg.norm(predicted, axis=1, keepdims=True) + 1e-12)
    s = unit @ unit[user]
    s[user] = -np.inf
    nearest = np.argsort(-s)[: min(n_neighbours, len(s) - 1)]
    scores = np.average(predicted[nearest], axis=0, weights=s[nearest])
    scores[known[user]] = -np.inf
    order = np.argsort(-scores)
    order = order[np.isfinite(scores[order])][:n]
    return order.astype(np.int32), scores[order].astype(np.float32)


def zero_weight_for_itself(user, predicted, known, n_neighbours, n=10):
    warnings.warn("weights of all users", stacklevel=1)
    s = cosines(predicted, user)
    s[user] = 0
    weights = np.where(s >= np.sort(s)[::-1][:n_neighbours][-1], s, 0)
    scores = (weights[:, None] * predicted).sum(axis=0) / np.abs(weights).sum()
    items = np.setdiff1d(np.arange(len(scores)), np.where(known[user])[0])
    items = items[np.argsort(scores[items])[::-1]][:n]
    return [items, scores[items]]


def rows_deleted(user, predicted, known, n_neighbours, n=10):
    others = np.delete(np.arange(len(predicted)), user)
    # The length of the user's own row is the same for all, and cancels in the average.
    s = np.array([np.dot(predicted[v], predicted[user]) for v in others]) / np.linalg.norm(predicted[others], axis=1)
    order = s.argsort()[::-1][:n_neighbours]
    scores = (s[order][:, np.newaxis] * predicted[others[order]]).sum(0) / s[order].sum()
    left = {i: scores[i] for i in np.flatnonzero(np.logical_not(known[user]))}
    items = sorted(left, key=left.get, reverse=True)[:n]
    return items, [left[i] for i in items]


exercise = Exercise(
    number="6.6",
    task="Return (items, scores): the n unseen items with the highest similarity-weighted average of the predictions of the n_neighbours users whose rows "
    "of `predicted` have the highest cosine with the user's own; best first.",
    reference=recommendation.recommend_from_neighbours,
    uses=("top_n",),
    groups=(some_neighbours, few_users, few_items, same_direction),
    mistakes=(
        weights_not_normalized,
        divided_by_the_number,
        equal_weights,
        own_neighbour,
        itself_by_position,
        itself_when_few,
        seen_recommended,
        seen_at_the_end,
        only_seen,
        seen_by_anybody,
        farthest,
        all_users,
        dot_product,
        pearson,
        cosine_of_known,
        only_where_known,
        ascending,
        positions_among_unseen,
        n_ignored,
        exchanged,
        items_only,
        all_scores,
    ),
    hints=(
        "Four steps: how similar is everybody to the user, who are the neighbours, what do they think of each item on average, and which items are new?",
        "The cosine is `predicted @ predicted[user]`, divided by the lengths of both rows. `top_n` chooses neighbours as well as items: what must be "
        "excluded each time?",
        "With `weights` the similarities of the neighbours, the scores are `weights @ predicted[neighbours]`, divided by the sum of the weights. Exclude "
        "`[user]` among users, and `np.flatnonzero(known[user])` among items.",
    ),
    variants=(user_by_user, unit_rows, zero_weight_for_itself, rows_deleted),
)
