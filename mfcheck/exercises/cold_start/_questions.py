"""Orders of questions with their parts exchanged, from which the known mistakes of `onboarding_items` are put together."""

import numpy as np


def in_turn(
    choose=lambda known: known,
    weigh=lambda known: known,
    start=lambda reg: reg,
    invert=np.linalg.inv,
    best=np.argmax,
    updated=True,
    again=False,
):
    """→ an `onboarding_items`. choose: the weight of the item in the score; weigh: in the update of A; start: A's diagonal;
    invert: what is made of A; best: which score is asked; updated: whether A learns; again: whether an item may come twice."""

    def onboarding_items(Q, known, n, reg):
        A = start(reg) * np.eye(Q.shape[1])
        left, asked = np.ones(len(Q), dtype=bool), []
        for _ in range(min(n, len(Q))):
            gain = choose(known) * np.einsum("if,fg,ig->i", Q, invert(A), Q)
            i = int(best(np.where(left, gain, -np.inf if best is np.argmax else np.inf)))
            asked.append(i)
            left[i] = again
            if updated:
                A += weigh(known)[i] * np.outer(Q[i], Q[i])
        return np.array(asked, dtype=int)

    return onboarding_items


def ones(known):
    return np.ones(len(known))


def clear(Q, known, reg, gap=0.02):
    """Whether at each step the best is ahead of the second by a part `gap` of its score."""
    A, left = reg * np.eye(Q.shape[1]), np.ones(len(Q), dtype=bool)
    for _ in range(len(Q) - 1):
        gain = known * np.einsum("if,fg,ig->i", Q, np.linalg.inv(A), Q)
        second, first = np.sort(gain[left])[-2:]
        if first - second < gap * first and first > 0:
            return False
        i = int(np.argmax(np.where(left, gain, -np.inf)))
        left[i] = False
        A += known[i] * np.outer(Q[i], Q[i])
    return True


NEAR_MISSES = (
    in_turn(),
    in_turn(updated=False),
    in_turn(choose=ones),
    in_turn(weigh=ones),
    in_turn(choose=ones, weigh=ones),
    *(in_turn(weigh=weigh) for weigh in (np.square, np.sqrt, lambda known: 1 - known)),
    *(in_turn(start=lambda reg, diagonal=diagonal: diagonal) for diagonal in (1, 1e-8)),
    in_turn(invert=lambda A: np.diag(1 / np.diag(A))),
)


def told_apart(problems):
    """Whether the law and all its near misses differ from each other in their orders on at least one of the problems."""
    orders = [tuple(np.concatenate([order(**one) for one in problems], dtype=int)) for order in NEAR_MISSES if problems]
    return len(set(orders)) == len(NEAR_MISSES)


def last_higher(values):
    """As argmax, but of equal values the last."""
    return len(values) - 1 - int(np.argmax(values[::-1]))
