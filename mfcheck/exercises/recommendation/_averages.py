"""Known mistakes of `recommend_from_neighbours` in how the neighbours' predictions are averaged."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.recommendation._neighbours import cosines, first_dropped, nearest, with_itself, with_parts
from mfref import recommendation


def weighted_sum(predicted, known, weights):
    return weights @ predicted


def unweighted(predicted, known, weights):
    return predicted.mean(axis=0)


@mistake(
    title="A weighted sum, not an average",
    message="The neighbours' predictions were multiplied by their similarities and added up. With more neighbours the number grows: 10.7 on a scale to 5 is no "
    "rating. An average divides by the sum of its weights.",
    next_step="Divide by the sum of the neighbours' similarities.",
    also=(
        with_parts(average=weighted_sum, neighbours=with_itself),
        with_parts(average=weighted_sum, neighbours=first_dropped),
        with_parts(average=lambda predicted, known, weights: predicted.sum(axis=0)),
    ),
)
def weights_not_normalized(user, predicted, known, n_neighbours, n=10):
    return with_parts(average=weighted_sum)(user, predicted, known, n_neighbours, n)


@mistake(
    title="Divided by another number",
    message="The weighted predictions were divided by the number of neighbours, or by the similarities of all users. The neighbours' weights do not add up to "
    "that, so that the result is too low: a film that all neighbours give a 4 would get less than 4.",
    next_step="Divide by the sum of the weights that you multiplied with.",
    also=(
        with_parts(average=lambda predicted, known, weights: weights @ predicted / len(weights), neighbours=with_itself),
        lambda *given, **more: share_of_all(1, *given, **more),
        lambda *given, **more: share_of_all(0, *given, **more),
    ),
)
def divided_by_the_number(user, predicted, known, n_neighbours, n=10):
    return with_parts(average=lambda predicted, known, weights: weights @ predicted / len(weights))(
        user, predicted, known, n_neighbours, n
    )


@mistake(
    title="All neighbours count alike",
    message="This is the plain mean of the neighbours' predictions. The nearest should have the most to say: each is weighted by the similarity.",
    next_step="Multiply each neighbour's row by the similarity, and divide by the sum of the similarities.",
    also=(with_parts(average=unweighted, neighbours=with_itself),),
)
def equal_weights(user, predicted, known, n_neighbours, n=10):
    return with_parts(average=unweighted)(user, predicted, known, n_neighbours, n)


@mistake(
    title="Only neighbours who have rated the item",
    message="An item's average was taken over the neighbours who have rated it. `predicted` has a number for every user and item, and all neighbours "
    "have a say; `known` is only for what the user has seen.",
    next_step="Average whole rows of `predicted`.",
)
def only_where_known(user, predicted, known, n_neighbours, n=10):
    def average(predicted, known, weights):
        total = weights @ known
        return np.where(total > 0, weights @ (predicted * known) / np.maximum(total, 1e-300), 0)

    return with_parts(average=average)(user, predicted, known, n_neighbours, n)


def share_of_all(own, user, predicted, known, n_neighbours, n=10):
    """The weights divided by the sum of all similarities, the user's own counted or not."""
    items, scores = recommendation.recommend_from_neighbours(user, predicted, known, n_neighbours, n)
    similarity = cosines(predicted, user)
    neighbours = nearest(similarity, user, n_neighbours)
    return items, scores * similarity[neighbours].sum() / (similarity.sum() - 1 + own)
