"""`recommend_from_neighbours`: instances, the method with its parts exchanged, and known mistakes in who is a neighbour."""

import numpy as np

from mfcheck.exercise import mistake
from mfref import recommendation


def instance(rng, n_users, n_items, n_neighbours, n_known, **more):
    """Positive rows of very different directions and lengths, a user in the middle, and no two scores or cosines alike."""
    user = n_users // 2
    while True:
        predicted = rng.gamma(0.7, 2, (n_users, n_items)) * rng.uniform(0.5, 3, (n_users, 1)) + 0.05
        similarity = np.delete(cosines(predicted, user), user)
        if np.diff(np.sort(similarity)).min(initial=1) > 1e-3:
            break
    known = rng.random((n_users, n_items)) < 0.4
    known[user] = np.isin(np.arange(n_items), rng.permutation(n_items)[:n_known])
    return {"user": user, "predicted": predicted, "known": known, "n_neighbours": n_neighbours, **more}


def cosines(predicted, user):
    norms = np.linalg.norm(predicted, axis=1)
    return predicted @ predicted[user] / (norms * norms[user])


def nearest(similarity, user, n_neighbours):
    order = np.argsort(-similarity, kind="stable")
    return order[order != user][:n_neighbours]


def averaged(predicted, known, weights):
    return weights @ predicted / weights.sum()


def best_unseen(scores, known, user, n):
    return recommendation.top_n(scores, n, np.flatnonzero(known[user]))


def with_parts(similarity=None, neighbours=nearest, average=averaged, best=best_unseen):
    """The method with its parts exchanged: similarity to all users, choice of neighbours, average, choice of items."""

    def recommend_from_neighbours(user, predicted, known, n_neighbours, n=10):
        s = similarity(predicted, known, user) if similarity else cosines(predicted, user)
        chosen = neighbours(s, user, n_neighbours)
        scores = average(predicted[chosen], known[chosen], s[chosen])
        items = best(scores, known, user, n)
        return items, scores[items]

    return recommend_from_neighbours


def seen_too(scores, known, user, n):
    return recommendation.top_n(scores, n)


def with_itself(s, user, n_neighbours):
    return np.argsort(-s, kind="stable")[:n_neighbours]


def first_dropped(s, user, n_neighbours):
    return np.argsort(-s, kind="stable")[1 : n_neighbours + 1]


@mistake(
    title="The user is its own neighbour",
    message="The user's similarity to itself is 1, more than to anybody else, so that the user comes first among the neighbours. The answer is then drawn "
    "towards the user's own predictions, and one real neighbour is missing.",
    next_step="Take the user out before you choose neighbours.",
    also=(
        with_parts(neighbours=lambda s, user, n_neighbours: np.argsort(-s, kind="stable")[: n_neighbours + 1]),
        with_parts(neighbours=with_itself, best=seen_too),
    ),
)
def own_neighbour(user, predicted, known, n_neighbours, n=10):
    return with_parts(neighbours=with_itself)(user, predicted, known, n_neighbours, n)


@mistake(
    title="The first of the order was taken for the user",
    message="The order was cut with `[1:]`, in the belief that the user comes first in it. Somebody whose predictions have the same direction has the same "
    "cosine, 1, and can come before.",
    next_step="Leave out the user by its row, not by its place in the order.",
)
def itself_by_position(user, predicted, known, n_neighbours, n=10):
    return with_parts(neighbours=first_dropped)(user, predicted, known, n_neighbours, n)


def lowered(value):
    """The user's similarity to itself set to a low number, and the user counted in when there are not enough others."""

    def similarity(predicted, known, user):
        return np.where(np.arange(len(predicted)) == user, value, cosines(predicted, user))

    return with_parts(similarity, with_itself)


@mistake(
    title="The user slips in at the end",
    message="The similarity of the user to itself was set to a very low number, such as −1 or −∞. When there are fewer other users than n_neighbours, the user "
    "is taken all the same, with that number as its weight.",
    next_step="Take the user out of the candidates altogether.",
    also=(lowered(-1), lowered(-2), lowered(-999)),
)
def itself_when_few(user, predicted, known, n_neighbours, n=10):
    return lowered(-np.inf)(user, predicted, known, n_neighbours, n)


@mistake(
    title="The least similar users were chosen",
    message="Your neighbours are the users with the lowest similarity: sorting goes upwards. A cosine is no distance; the nearest have the highest.",
    next_step="Sort from the highest similarity to the lowest.",
)
def farthest(user, predicted, known, n_neighbours, n=10):
    def neighbours(s, user, n_neighbours):
        return nearest(-s, user, n_neighbours)

    return with_parts(neighbours=neighbours)(user, predicted, known, n_neighbours, n)


@mistake(
    title="`n_neighbours` is not used",
    message="All other users were averaged. Those with another taste have a weight as well, and the answer moves towards what everybody likes.",
    next_step="Keep the n_neighbours users with the highest similarity.",
)
def all_users(user, predicted, known, n_neighbours, n=10):
    return with_parts(neighbours=lambda s, user, n_neighbours: nearest(s, user, len(s)))(user, predicted, known, n_neighbours, n)


@mistake(
    title="The lengths of the rows count",
    message="The similarity is the bare dot product. It grows with the length of a row, so that whoever gives high ratings to everything is everybody's "
    "neighbour.",
    next_step="Divide the dot product by the lengths of both rows.",
)
def dot_product(user, predicted, known, n_neighbours, n=10):
    return with_parts(lambda predicted, known, user: predicted @ predicted[user])(user, predicted, known, n_neighbours, n)


def closeness(predicted, known, user):
    return 1 / (1 + np.linalg.norm(predicted - predicted[user], axis=1))


@mistake(
    title="Another similarity than the cosine",
    message="The rows were centred before they were compared, which is Pearson's correlation, or a distance was used. The task asks for the cosine of "
    "the rows as they are.",
    next_step="Divide the dot product of two rows of `predicted` by their lengths.",
    also=(with_parts(closeness),),
)
def pearson(user, predicted, known, n_neighbours, n=10):
    return with_parts(lambda predicted, known, user: np.corrcoef(predicted)[user])(user, predicted, known, n_neighbours, n)


@mistake(
    title="Neighbours by the known ratings only",
    message="The cosine was taken over cells where ratings are known. Two people who have rated different films then have nothing in common; predictions "
    "exist for all films, and are what is compared here.",
    next_step="Use whole rows of `predicted`.",
    also=(with_parts(lambda predicted, known, user: cosines(predicted[:, known[user]], user)),),
)
def cosine_of_known(user, predicted, known, n_neighbours, n=10):
    return with_parts(lambda predicted, known, user: cosines(predicted * known + 1e-12, user))(
        user, predicted, known, n_neighbours, n
    )
