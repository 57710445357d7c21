"""similar_users: the neighbours of a user."""

import warnings

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity import _neighbours as neighbours
from mfcheck.rules import EachRun
from mfref import similarity


def arguments(instances):
    for P, user, n, measure in instances:
        yield {"P": P, "user": user, "n": n, "measure": measure}


def of_users(wrong, *more):
    """A wrong answer of `_neighbours` under the parameter names of this exercise."""
    return lambda P, user, n, measure: wrong(P, user, n, measure, *more)


@group("the law: the n most similar others, best first, with their similarities", 1)
def all_different(rng):
    """No two similarities are equal; all three measures."""
    yield from arguments(neighbours.all_different(rng))


@group(
    "the user stays out also where others are equal, or nobody is like them; and where there are fewer than n others",
    1,
    EachRun(lambda runs: neighbours.facts("P", "user", runs)),
)
def special_rows(rng):
    """A user twice, users of one direction, a row of zeros, everybody opposite; equally similar ones in any order."""
    yield from arguments(neighbours.equal_and_empty_rows(rng))
    yield from arguments(neighbours.few_others(rng))


@mistake(
    title="The user is in their own list",
    message="Nobody is more like a user than that user. As a neighbour they bring nothing new: what they like is known.",
    next_step="Take `user` out of the order before you cut off the first n.",
    also=(lambda P, user, n, measure: neighbours.itself_listed(P, user, n + 1, measure),),
)
def itself_listed(P, user, n, measure):
    return neighbours.itself_listed(P, user, n, measure)


@mistake(
    title="The first of the order was skipped, whoever it was",
    message="`[1:n + 1]` takes for granted that the user comes first. Where another user has an equal row, or the user's own "
    "similarity is 0, another is thrown out and the user stays.",
    next_step="Take the user out by index, or call `similar_items`, which knows how: rows are rows.",
    also=(of_users(neighbours.last_skipped),),
)
def itself_by_position(P, user, n, measure):
    return neighbours.first_skipped(P, user, n, measure)


@mistake(
    title="The user was marked with a value that others can have",
    message="The user's own similarity was set to −1 or 0, to send it to the end. But negative similarities come after 0, and "
    "others can have −1, too. Then the user gets into the list.",
    next_step="Take the user out by index. A mark would have to be less than every similarity, and must not be returned.",
    also=(of_users(neighbours.itself_marked, 0),),
)
def sentinel_minus_one(P, user, n, measure):
    return neighbours.itself_marked(P, user, n, measure, -1)


@mistake(
    title="The user comes last",
    message="The user was sent to the end of the order, but is still in it. Where there are fewer than n others, the list "
    "reaches that far.",
    next_step="Take the user out of the order, rather than putting them at the end.",
    also=(of_users(neighbours.itself_marked, -99),),
)
def itself_at_the_end(P, user, n, measure):
    return neighbours.itself_marked(P, user, n, measure, -2)


@mistake(
    title="The least similar come first",
    message="`np.argsort` sorts from the smallest to the largest. These are the users who are least like the given one.",
    next_step="Turn the order round, for example by sorting the negative values.",
    also=(of_users(neighbours.least_first_skipped),),
)
def least_first(P, user, n, measure):
    return neighbours.least_first(P, user, n, measure)


@mistake(
    title="The right users, in the wrong order",
    message="The n most similar users are there, but the best comes last. `[-n:]` of an ascending sort is ascending, too.",
    next_step="Turn the list round before you return it.",
)
def best_last(P, user, n, measure):
    return neighbours.best_last(P, user, n, measure)


@mistake(
    title="One user is missing",
    message="The user was among the first n when these were cut off, and was taken out afterwards: n − 1 are left.",
    next_step="First take the user out, then cut off the first n.",
    also=(lambda P, user, n, measure: similarity.similar_items(P, user, n - 1, measure),),
)
def one_short(P, user, n, measure):
    return neighbours.one_short(P, user, n, measure)


@mistake(
    title="The indices slipped by one",
    message="The user was deleted from the array before the sort. In the shorter array every later user has moved up by one "
    "place, so that the indices name their neighbours.",
    next_step="Sort the whole row of similarities and take the user out of the order; or translate the indices back.",
    also=(of_users(neighbours.index_shifted_in_both),),
)
def index_shifted(P, user, n, measure):
    return neighbours.index_shifted(P, user, n, measure)


@mistake(
    title="It is always the cosine",
    message="Whatever `measure` says, the neighbours are those by the cosine.",
    next_step="Pass `measure` on.",
)
def always_cosine(P, user, n, measure):
    return similarity.similar_items(P, user, n, "cosine")


@mistake(
    title="Dot products in place of the cosine",
    message="a·b grows with the length of b. Users with long rows would be everybody's neighbours.",
    next_step="Use `cosine_similarity`, which takes the lengths out.",
    also=(lambda P, user, n, measure: neighbours.by(P @ P[user], user, n),),
)
def dot_products(P, user, n, measure):
    return neighbours.dot_products(P, user, n, measure)


@mistake(
    title="Distances were sorted as if they were similarities",
    message='For "euclidean" the largest distances come first: these are the users farthest away.',
    next_step="Use `euclidean_similarity`, which turns the distance round.",
)
def distance_as_similarity(P, user, n, measure):
    return neighbours.farthest_first(P, user, n, measure)


@mistake(
    title="Distances were returned",
    message='The users and their order are right, but the numbers beside them are distances for "euclidean": small for the best.',
    next_step="Return the entries of `euclidean_similarity` for these users.",
)
def distances_returned(P, user, n, measure):
    return neighbours.with_distances(P, user, n, measure)


@mistake(
    title="The two results are exchanged",
    message="The similarities came first and the users second.",
    next_step="Return the users, then the similarities.",
)
def results_exchanged(P, user, n, measure):
    return similarity.similar_items(P, user, n, measure)[::-1]


@mistake(
    title="Pairs in place of two arrays",
    message="The result is a list of pairs (user, similarity). The task asks for two arrays, all users in the one and all "
    "similarities in the other.",
    next_step="Take the pairs apart before you return them.",
)
def list_of_pairs(P, user, n, measure):
    return list(zip(*similarity.similar_items(P, user, n, measure), strict=True))


@mistake(
    title="Everybody of similarity 1 was taken out",
    message="Whoever has similarity 1 was taken for the user. Another user can have it: one with an equal row, or for the "
    "cosine one of the same direction.",
    next_step="Take out by the index, not by the value.",
)
def ones_removed(P, user, n, measure):
    return neighbours.ones_removed(P, user, n, measure)


@mistake(
    title="Negative similarities were left out",
    message="Only users with a positive similarity were kept. Where the n best reach below 0, the task asks for these, too.",
    next_step="Leave out nobody but the user.",
    also=(lambda P, user, n, measure: neighbours.only_where(P, user, n, measure, lambda s: s >= 0),),
)
def negatives_left_out(P, user, n, measure):
    return neighbours.only_where(P, user, n, measure, lambda s: s > 0)


@mistake(
    title="The columns were compared, not the rows",
    message="These are neighbours among the factors. A user is a row of P.",
    next_step="Pass P itself on, not its transpose.",
)
def columns_not_rows(P, user, n, measure):
    return similarity.similar_items(P.T, user, n, measure)


def by_similar_items(P, user, n, measure):
    return similarity.similar_items(P, user, n, measure)


def loop_over_pairs(P, user, n, measure):
    values = neighbours.similarities(P, user, measure)
    pairs = sorted(((float(value), other) for other, value in enumerate(values) if other != user), reverse=True)[:n]
    print(pairs)
    return [other for _, other in pairs], [value for value, _ in pairs]


def turned_round(P, user, n, measure):
    warnings.warn("the higher index first", stacklevel=1)
    values = neighbours.similarities(P, user, measure)
    order = [other for other in values.argsort()[::-1] if other != user]
    return order[:n], values[order[:n]]


def single_precision(P, user, n, measure):
    users, values = similarity.similar_items(P, user, n, measure)
    return users.astype(np.int32), values.astype(np.float32)


exercise = Exercise(
    number="7.6",
    task="Return (users, similarities): the n users most similar to `user` by the measure of this name, best first, without "
    "`user`.",
    reference=similarity.similar_users,
    uses=("cosine_similarity", "euclidean_similarity", "pearson_similarity", "similarity_table", "similar_items"),
    groups=(all_different, special_rows),
    mistakes=(
        itself_listed,
        itself_by_position,
        sentinel_minus_one,
        itself_at_the_end,
        least_first,
        best_last,
        one_short,
        index_shifted,
        always_cosine,
        dot_products,
        distance_as_similarity,
        distances_returned,
        results_exchanged,
        list_of_pairs,
        ones_removed,
        negatives_left_out,
        columns_not_rows,
    ),
    hints=(
        "What differs between a user among users and an item among items? Only the matrix.",
        "`similar_items` looks at the rows of any matrix that it is given.",
        "Return what `similar_items` gives for P and `user`; pass n and `measure` on.",
    ),
    variants=(by_similar_items, loop_over_pairs, turned_round, single_precision),
)
