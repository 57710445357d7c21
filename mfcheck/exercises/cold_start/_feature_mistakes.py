"""Known mistakes of `predict_with_features`: a part is missing, or the parts are put together in another way."""

import numpy as np

from mfcheck.exercise import mistake
from mfref import cold_start


def parts(P, Q, user_features, item_features, D, G, users, items):
    """→ (own p, features' part of p, own q, features' part of q), a row for each pair."""
    return P[users], user_features[users] @ D, Q[items], item_features[items] @ G


def from_parts(combine):
    """→ a `predict_with_features` that makes each prediction of the four parts."""

    def predict_with_features(P, Q, user_features, item_features, D, G, users, items):
        return combine(*parts(P, Q, user_features, item_features, D, G, users, items))

    return predict_with_features


def dots(p, q):
    return np.sum(p * q, axis=1)


@mistake(
    title="An own vector is missing",
    message="On one side only the features count. Two people of one age and job are still two people: whoever has rated much has a vector of their own, and the features "
    "only add to it.",
    next_step="Begin each side with its own vector: p_u, q_i.",
    also=(from_parts(lambda p, x, q, y: dots(p + x, y)),),
)
def own_vector_missing(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(x, q + y))(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="Only the features count",
    message="Neither p_u nor q_i is used. All comedies of the same genres would be one and the same film. The features place what is new; what is known has a vector of its own.",
    next_step="Add the features' sums to p_u and q_i.",
)
def features_only(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(x, y))(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="The features of one side are missing, or of both",
    message="A user's or an item's vector was used without its features. For a newcomer, whose own vector is zero, nothing is left then.",
    next_step="Add `features @ vectors` on both sides.",
    also=(from_parts(lambda p, x, q, y: dots(p + x, q)), from_parts(lambda p, x, q, y: dots(p, q + y))),
)
def features_missing(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(p, q))(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="The cross terms are missing",
    message="p · q and the features' dot product were added. A product of two sums has four terms: the user's own taste meets the film's genres, and the user's age meets the "
    "film's own vector, too.",
    next_step="Add first, on each side, and then multiply the two sums.",
    also=(from_parts(lambda p, x, q, y: dots(p, q) + dots(p, y) + dots(x, q)),),
)
def no_cross_terms(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(p, q) + dots(x, y))(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="The features are averaged",
    message="The features' vectors were divided by their number. In this model they add up: a film of two genres gets both vectors in full.",
    next_step="Take the sum in place of the mean.",
    also=(
        lambda P, Q, user_features, item_features, D, G, users, items: cold_start.predict_with_features(
            P, Q, user_features / user_features.shape[1], item_features / item_features.shape[1], D, G, users, items
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: cold_start.predict_with_features(
            P, Q, user_features, shares(item_features), D, G, users, items
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: cold_start.predict_with_features(
            P, Q, by_sum(user_features), by_sum(item_features), D, G, users, items
        ),
    ),
)
def features_averaged(P, Q, user_features, item_features, D, G, users, items):
    return cold_start.predict_with_features(P, Q, shares(user_features), shares(item_features), D, G, users, items)


def shares(features):
    return features / np.maximum((features != 0).sum(axis=1, keepdims=True), 1)


def by_sum(features):
    return features / features.sum(axis=1, keepdims=True)


@mistake(
    title="Features count as yes or no",
    message="Every feature that is not 0 was taken as 1. A feature may be any number, an age or a share: its vector is multiplied by it.",
    next_step="Multiply by the feature's value: `features @ vectors` does.",
    also=(
        lambda P, Q, user_features, item_features, D, G, users, items: cold_start.predict_with_features(
            P, Q, user_features > 0, item_features > 0, D, G, users, items
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: cold_start.predict_with_features(
            P, Q, user_features == 1, item_features == 1, D, G, users, items
        ),
    ),
)
def features_as_yes_or_no(P, Q, user_features, item_features, D, G, users, items):
    return cold_start.predict_with_features(P, Q, user_features != 0, item_features != 0, D, G, users, items)


@mistake(
    title="Only one feature counts",
    message="Of each row one feature's vector was taken, that of the first or the largest. A film may have several genres, and a person has an age and a job.",
    next_step="Add up over all features.",
    also=(
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features[users][:, -1:] * D[-1], Q[items] + item_features[items][:, -1:] * G[-1]
        ),
    ),
)
def one_feature_counts(P, Q, user_features, item_features, D, G, users, items):
    return dots(P[users] + D[np.argmax(user_features[users], axis=1)], Q[items] + G[np.argmax(item_features[items], axis=1)])


@mistake(
    title="The features are not looked up",
    message="The features' sums of all users were added to the pairs' vectors. Entry n of `users` says **whose** features belong to pair n; the rows of `user_features` are "
    "ordered by user, not by pair.",
    next_step="Take `user_features[users]` and `item_features[items]`.",
    also=(
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features @ D, Q[items] + item_features[items] @ G
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features[users] @ D, Q[items] + item_features @ G
        ),
    ),
)
def not_looked_up(P, Q, user_features, item_features, D, G, users, items):
    return dots(P[users] + user_features @ D, Q[items] + item_features @ G)


@mistake(
    title="Users and items are exchanged",
    message="The users' numbers were used to look up what belongs to items, or the other way round. With more users than items this ends in an IndexError; otherwise it silently "
    "takes somebody else's features.",
    next_step="`users` belongs to P and `user_features`, `items` to Q and `item_features`.",
    also=(
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features[items] @ D, Q[items] + item_features[users] @ G
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features[items] @ D, Q[items] + item_features[items] @ G
        ),
        lambda P, Q, user_features, item_features, D, G, users, items: dots(
            P[users] + user_features[users] @ D, Q[items] + item_features[users] @ G
        ),
    ),
)
def exchanged(P, Q, user_features, item_features, D, G, users, items):
    return cold_start.predict_with_features(P, Q, user_features, item_features, D, G, items, users)


@mistake(
    title="D and G are exchanged",
    message="The users' features were multiplied by the items' vectors, and the other way round. Where there are as many features on both sides nothing complains.",
    next_step="D belongs to `user_features`, G to `item_features`.",
)
def vectors_exchanged(P, Q, user_features, item_features, D, G, users, items):
    return cold_start.predict_with_features(P, Q, user_features, item_features, G, D, users, items)


@mistake(
    title="Own vector and features are multiplied",
    message="p_u was multiplied by the sum of its features' vectors. The model adds them: a newcomer whose own vector is zero must still get something.",
    next_step="Add on each side, and multiply only user by item.",
)
def multiplied(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: dots(p * x, q * y))(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="Every user with every item",
    message="A table was returned. The pairs are given: `users[n]` belongs with `items[n]`, so there is one number for each n.",
    next_step="Multiply row by row, then add over the factors.",
    also=(lambda P, Q, user_features, item_features, D, G, users, items: (P + user_features @ D) @ (Q + item_features @ G).T,),
)
def every_combination(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: (p + x) @ (q + y).T)(P, Q, user_features, item_features, D, G, users, items)


@mistake(
    title="The sum runs over the wrong axis",
    message="The products were added down the pairs, or all together. Each prediction is the sum over the factors of its own pair.",
    next_step="The factors are the second axis: `axis=1`.",
    also=(from_parts(lambda p, x, q, y: np.sum((p + x) * (q + y))),),
)
def wrong_axis(P, Q, user_features, item_features, D, G, users, items):
    return from_parts(lambda p, x, q, y: np.sum((p + x) * (q + y), axis=0))(
        P, Q, user_features, item_features, D, G, users, items
    )
