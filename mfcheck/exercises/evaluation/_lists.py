"""Probes and wrong answers that precision, recall and NDCG share: lists, best first, and what of them is relevant."""

import numpy as np

from mfcheck.exercise import mistake


def listing(recommended, relevant, k):
    return {"recommended": list(recommended), "relevant": set(relevant), "k": k}


def drawn(rng, n_recommended, n_hits, n_relevant, k):
    """A list with hits at random ranks; item ids have gaps, and 0 is among them."""
    ids = np.concatenate([[0], np.sort(rng.choice(np.arange(1, 500), 59, replace=False))])
    ids = rng.permutation(ids).tolist()
    recommended, others = ids[:n_recommended], ids[n_recommended:]
    hits = [recommended[rank] for rank in rng.permutation(n_recommended)[:n_hits]]
    return listing(recommended, hits + others[: n_relevant - n_hits], k)


def full_lists(rng):
    """At least k recommended: more and fewer relevant items than k, lists longer than k, all hits, none, one at rank 1, 2 or k."""
    yield listing([4, 0, 7, 2], {0, 2, 9}, 4)
    yield listing([4, 0, 7], {4, 2, 9}, 3)
    yield listing([4, 0, 7], {0}, 3)
    yield listing([4, 0, 7, 2, 5], {0, 2, 5, 9, 8, 6}, 3)
    yield listing([20, 7, 12, 5, 40, 3, 33], {20, 12, 8}, 3)
    yield drawn(rng, 12, 5, 9, 8)
    yield drawn(rng, 10, 3, 3, 7)
    yield drawn(rng, 6, 6, 20, 6)
    yield drawn(rng, 15, 9, 14, 6)
    yield drawn(rng, 9, 4, 30, 5)
    yield listing([3, 1, 2], {4, 5}, 3)
    yield listing([8, 1, 2], {8}, 1)


def hits_in(recommended, relevant):
    return sum(item in relevant for item in recommended)


def divided(hits, by):
    """As NumPy divides: nan for 0 / 0."""
    with np.errstate(all="ignore"):
        return float(np.float64(hits) / np.float64(by))


def hits_over(divisor):
    """→ versions of the hits over `divisor(recommended, relevant, k)`, that differ where it is 0: an error, 0, nan."""

    def plain(recommended, relevant, k):
        return hits_in(recommended[:k], relevant) / divisor(recommended, relevant, k)

    def or_zero(recommended, relevant, k):
        by = divisor(recommended, relevant, k)
        return hits_in(recommended[:k], relevant) / by if by else 0.0

    def or_nan(recommended, relevant, k):
        return divided(hits_in(recommended[:k], relevant), divisor(recommended, relevant, k))

    return plain, or_zero, or_nan


def refusing(right):
    """The measure, but it raises ValueError when nothing is relevant."""

    def measure(recommended, relevant, k):
        if not relevant:
            raise ValueError("nothing is relevant")
        return right(recommended, relevant, k)

    return measure


def general_mistakes(right):
    """→ mistakes that each of the measures can have: `right`, the measure itself, looks at other items or is changed afterwards."""

    def given(seen):
        """`seen(recommended, k)` is looked at in place of the list."""
        return lambda recommended, relevant, k: right(seen(recommended, k), relevant, k)

    def looking_up(found_in):
        """Hits are those of `found_in(relevant, k)`; their number is compared with all relevant."""

        def measure(recommended, relevant, k):
            found = found_in(relevant, k)
            return right([item if item in found else None for item in recommended], relevant, k)

        return measure

    def rounded_to(digits):
        return lambda recommended, relevant, k: round(right(recommended, relevant, k), digits)

    def place_by_place(order):
        return lambda recommended, relevant, k: right(
            [item if item == other else None for item, other in zip(recommended, order(relevant), strict=False)], relevant, k
        )

    in_k_places = given(lambda items, k: [items[place] for place in range(k)])

    @mistake(
        title="One place too few",
        message="The last of the k places, or the first, was left out. The slice `[:k]` holds exactly k items; its end is not included.",
        next_step="Use `recommended[:k]`. Positions begin at 0.",
        also=(given(lambda items, k: items[1:k]), given(lambda items, k: items[1 : k + 1])),
    )
    def one_place_short(recommended, relevant, k):
        return given(lambda items, k: items[: k - 1])(recommended, relevant, k)

    @mistake(
        title="The list has lost its order",
        message="The recommended items were sorted by number, turned round, or put into a set before the cut at k. Then the first k are no longer the best k.",
        next_step="Cut `recommended` at k first, in the order in which it came.",
        also=(
            given(lambda items, k: sorted(items)),
            given(lambda items, k: sorted(items, reverse=True)),
            given(lambda items, k: items[::-1]),
            given(lambda items, k: items[-k:]),
        ),
    )
    def order_lost(recommended, relevant, k):
        return given(lambda items, k: list(set(items)))(recommended, relevant, k)

    @mistake(
        title="Places in place of items",
        message="The number of the place was looked up in `relevant`, not the item that stands there. `relevant` holds items.",
        next_step="`enumerate` gives place and item: check which of them is looked up.",
        also=(given(lambda items, k: list(range(1, len(items) + 1))),),
    )
    def places_looked_up(recommended, relevant, k):
        return given(lambda items, k: list(range(len(items))))(recommended, relevant, k)

    @mistake(
        title="The relevant items are cut at k",
        message="Only k of the relevant items were looked at, so that hits were missed. The set of relevant items has no order and is used whole.",
        next_step="Cut only the list of recommended items.",
        also=(
            looking_up(lambda relevant, k: sorted(relevant)[:k]),
            lambda recommended, relevant, k: right(recommended, set(list(relevant)[:k]), k),
            lambda recommended, relevant, k: right(recommended, set(sorted(relevant)[:k]), k),
        ),
    )
    def relevant_cut(recommended, relevant, k):
        return looking_up(lambda relevant, k: list(relevant)[:k])(recommended, relevant, k)

    @mistake(
        title="Compared place by place",
        message="The first recommended item was compared with the first relevant one, the second with the second. A set has no order: an item is a hit if it is "
        "anywhere in the set.",
        next_step="For each recommended item ask whether it is `in relevant`.",
        also=(place_by_place(sorted),),
    )
    def compared_by_place(recommended, relevant, k):
        return place_by_place(list)(recommended, relevant, k)

    @mistake(
        title="No hit was found",
        message="The answer is always that of a list without hits. For NumPy a set is one single thing: `np.isin(items, relevant)` finds nothing in it. "
        "The same happens when a whole list is looked up, or when the hits are divided by infinity, 1 / 0.",
        next_step="Ask for each item whether it is `in relevant`, or give NumPy `list(relevant)`.",
    )
    def no_hit_found(recommended, relevant, k):
        return given(lambda items, k: [None] * len(items))(recommended, relevant, k)

    @mistake(
        title="A place behind the end of the list",
        message="The loop goes over k places, and the list can be shorter than k. The item behind its end does not exist.",
        next_step="Loop over `recommended[:k]`: a slice simply ends where the list ends.",
        also=(in_k_places,),
    )
    def behind_the_end(recommended, relevant, k):
        return in_k_places(recommended, relevant, k) if relevant else right(recommended, relevant, k)

    @mistake(
        title="The result was rounded",
        message="Digits are missing. Means over many users need them, and so do differences between two models.",
        next_step="Return the full number, and round where it is printed.",
        also=tuple(rounded_to(digits) for digits in (1, 3, 4, 5)),
    )
    def rounded(recommended, relevant, k):
        return rounded_to(2)(recommended, relevant, k)

    @mistake(
        title="In percent",
        message="The share was multiplied by 100. The task asks for a number between 0 and 1.",
        next_step="Leave out the factor 100.",
        also=tuple(lambda recommended, relevant, k, n=n: round(100 * right(recommended, relevant, k), n) for n in (1, 2)),
    )
    def percent(recommended, relevant, k):
        return 100 * right(recommended, relevant, k)

    return (
        one_place_short,
        order_lost,
        places_looked_up,
        relevant_cut,
        compared_by_place,
        no_hit_found,
        behind_the_end,
        rounded,
        percent,
    )
