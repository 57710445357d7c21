"""What is done in place of `explain_prediction`."""

import numpy as np

from mfcheck.exercise import mistake


def cosine(Q, rated, i, p):
    below = np.linalg.norm(Q[rated], axis=1) * np.linalg.norm(Q[i])
    return np.divide(Q[rated] @ Q[i], below, out=np.zeros(len(rated)), where=below > 0)


def four(mu, b_u, b_item, p, Q, i):
    return np.array([mu, b_u, b_item[i], p @ Q[i]])


def best_first(scores, rated):
    return np.argsort(-scores, kind="stable")


def explain(
    parts=four,
    score=cosine,
    order=best_first,
    itself=False,
    among=lambda rated, Q: rated,
    answer=lambda found, order: found,
    cut=True,
):
    """→ an `explain_prediction` with its parts exchanged."""

    def explain_prediction(mu, b_u, b_item, p, Q, rated, i, n):
        items = np.array([j for j in among(rated, Q) if itself or j != i], dtype=int)
        sequence = order(score(Q, items, i, p), items)
        sequence = sequence[:n] if cut else sequence
        return parts(mu, b_u, b_item, p, Q, i), answer(items[sequence], sequence)

    return explain_prediction


@mistake(
    title="The film explains itself",
    message='Item i is among its own nearest. "You will like it because you rated it" explains nothing, and it takes a place from another film.',
    next_step="Take i out of `rated` before you look for the nearest.",
)
def itself_among_nearest(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(itself=True)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The dot product in place of the cosine",
    message="The rated items were ordered by their dot product with item i. Long rows then come first, whatever way they point: the films of which the model is most certain, not those most "
    "like this one.",
    next_step="Divide the dot product by both lengths, as in lesson 07.",
)
def by_dot_product(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(score=lambda Q, rated, i, p: Q[rated] @ Q[i])(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The distance in place of the cosine",
    message="The rated items were ordered by their distance from item i. A row of zeros is then near everything that is short. The task asks for the cosine.",
    next_step="Divide the dot product by both lengths, as in lesson 07.",
)
def by_distance(mu, b_u, b_item, p, Q, rated, i, n):
    run = explain(score=lambda Q, rated, i, p: -np.linalg.norm(Q[rated] - Q[i], axis=1))
    return run(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Compared with the user",
    message="The rated items were compared with the user's factors. That finds what the user likes best. The question is which of the rated items are like **this** one.",
    next_step="Compare `Q[rated]` with `Q[i]`.",
)
def like_the_user(mu, b_u, b_item, p, Q, rated, i, n):
    def score(Q, rated, i, p):
        lengths = np.linalg.norm(Q[rated], axis=1) * np.linalg.norm(p)
        return np.divide(Q[rated] @ p, lengths, out=np.zeros(len(rated)), where=lengths > 0)

    return explain(score=score)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The least alike come first",
    message="The cosines were sorted upwards, so that the list begins with the film least like this one.",
    next_step="Sort by the negative cosine.",
)
def ascending(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(order=lambda scores, rated: np.argsort(scores, kind="stable"))(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The sign of the cosine is lost",
    message="Items that point the opposite way count as alike. A cosine of −1 means: whoever likes the one dislikes the other.",
    next_step="Sort by the cosine itself, with its sign.",
)
def absolute(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(score=lambda Q, rated, i, p: np.abs(cosine(Q, rated, i, p)))(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Places in the list in place of items",
    message="`argsort` gives places in `rated`. They were returned as they are, so the page would name other films. What stands at these places in `rated` is asked for.",
    next_step="Look the places up in `rated`.",
)
def places(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(answer=lambda found, order: order)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Films that were not rated",
    message="The nearest of all items were returned. A reason must be something the reader knows: a film that he or she has rated.",
    next_step="Search among `rated` only.",
)
def among_all(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(among=lambda rated, Q: np.arange(len(Q)))(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="n is ignored",
    message="All rated items were returned. Three reasons are read, thirty are not.",
    next_step="Return the first n.",
)
def all_rated(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(cut=False)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Zero is divided by zero",
    message="A row of zeros, as a film without ratings has it, has length 0. Divided by it, its cosine is NaN, and NaN has no place in an order. Where nothing is known, the cosine is 0.",
    next_step="Divide only where both lengths are above 0.",
    also=(
        explain(
            score=lambda Q, rated, i, p: np.nan_to_num(
                Q[rated] @ Q[i] / np.linalg.norm(Q[rated], axis=1) / np.linalg.norm(Q[i]), nan=-9
            )
        ),
    ),
)
def zero_over_zero(mu, b_u, b_item, p, Q, rated, i, n):
    def score(Q, rated, i, p):
        return Q[rated] @ Q[i] / (np.linalg.norm(Q[rated], axis=1) * np.linalg.norm(Q[i]))

    return explain(score=score)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Of equals, the last comes first",
    message="Where cosines are equal, the order of `rated` was turned round. `argsort(…)[::-1]` does that: it turns the equal ones, too.",
    next_step="`np.argsort(-cosines, kind='stable')`.",
)
def ties_turned(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(order=lambda scores, rated: np.argsort(scores, kind="stable")[::-1])(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="Of equals, the lower row comes first",
    message="Where cosines are equal, the lower row came first. Here the order of `rated` decides: a page can put the newest ratings first.",
    next_step="Sort the cosines in the order of `rated`, with a stable sort, and sort nothing before.",
)
def ties_by_row(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(among=lambda rated, Q: np.sort(rated))(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The parts are running sums",
    message="The second part contains the first, the third both, and so on. Each part should stand for itself, so that the four add up to the prediction.",
    next_step="Return the four numbers as they stand in the formula.",
)
def running_sums(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(parts=lambda *given: np.cumsum(four(*given)))(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The prediction in place of its parts",
    message="One part is the whole prediction: the sum was returned with the parts, or in their place. Added up, the parts would count all twice.",
    next_step="Return exactly four numbers: mu, b_u, b_i, p · q_i.",
    also=(
        explain(parts=lambda *given: np.append(four(*given), four(*given).sum())),
        explain(parts=lambda *given: four(*given).sum()),
    ),
)
def sum_as_a_part(mu, b_u, b_item, p, Q, rated, i, n):
    def parts(*given):
        found = four(*given)
        found[3] = found.sum()
        return found

    return explain(parts=parts)(mu, b_u, b_item, p, Q, rated, i, n)


@mistake(
    title="The parts do not begin with mu",
    message="The mean is missing among the parts, or they stand in another order. The task asks for mu, b_u, b_i, p · q_i.",
    next_step="Begin with mu.",
    also=(explain(parts=lambda *given: four(*given)[[0, 2, 1, 3]]),),
)
def mu_missing(mu, b_u, b_item, p, Q, rated, i, n):
    return explain(parts=lambda *given: four(*given)[1:])(mu, b_u, b_item, p, Q, rated, i, n)
