"""Lesson 07: what did it learn.

Each row of a factor matrix is a point: a film among films, a user among users. Three ways to say how alike two rows a
and b of A (n, n_factors) are:

    cosine      a . b / (|a| |b|)                  from -1 to 1: the angle, whatever the lengths
    euclidean   1 / (1 + |a - b|)                  from 0 (excluded) to 1: the distance, turned round
    pearson     the cosine of a - mean(a) and b - mean(b), from -1 to 1

(Sarwar, Karypis, Konstan and Riedl, Item-Based Collaborative Filtering Recommendation Algorithms, 2001, section 3.1;
1 / (1 + distance): Segaran, Programming Collective Intelligence, 2007, chapter 2.)
"""

import numpy as np


def cosine_similarity(A):
    """The cosine of the angle between any two rows of A (n, n_factors).

    → (n, n). A row of zeros has no direction: its similarity is 0 with every row, itself included.
    """
    norms = np.linalg.norm(A, axis=1, keepdims=True)
    unit = A / np.where(norms > 0, norms, 1)
    return unit @ unit.T


def euclidean_similarity(A):
    """1 / (1 + d), where d is the Euclidean distance between two rows of A (n, n_factors).

    → (n, n). Equal rows have 1; every row is a point, also one of zeros.
    """
    distances = np.array([np.linalg.norm(A - row, axis=1) for row in A])
    return 1 / (1 + distances)


def pearson_similarity(A):
    """Pearson's correlation of any two rows of A (n, n_factors): the cosine after each row has lost its own mean.

    → (n, n). A constant row does not vary with anything: its similarity is 0 with every row, itself included.
    """
    is_constant = A.max(axis=1, keepdims=True) == A.min(axis=1, keepdims=True)
    # Set to 0 outright: the mean of a constant row is rounded, and what is left would be taken for a direction.
    centred = np.where(is_constant, 0, A - A.mean(axis=1, keepdims=True))
    return cosine_similarity(centred)


def similarity_table(A, labels, measure):
    """All similarities with names to them.

    labels: one for each row of A (n, n_factors), titles or ids. measure: "cosine", "euclidean" or "pearson".
    → DataFrame (n, n), rows and columns labelled in the order of A.
    """
    import pandas as pd

    measures = {"cosine": cosine_similarity, "euclidean": euclidean_similarity, "pearson": pearson_similarity}
    return pd.DataFrame(measures[measure](A), index=labels, columns=labels)


def similar_items(Q, item, n, measure):
    """The n items whose factors are most similar to those of `item`.

    Q (n_items, n_factors); item: a row of Q; measure: "cosine", "euclidean" or "pearson".
    → `(items, similarities)`: row indices and their similarities, best first, of equally similar ones the lower index
    first. `item` itself is never among them; where there are fewer than n others, all of them come.
    """
    measures = {"cosine": cosine_similarity, "euclidean": euclidean_similarity, "pearson": pearson_similarity}
    similarities = measures[measure](Q)[item]
    best_first = np.argsort(-similarities, kind="stable")
    items = best_first[best_first != item][:n]
    return items, similarities[items]


def similar_users(P, user, n, measure):
    """The n users whose factors are most similar to those of `user`: `similar_items`, on the rows of P (n_users, n_factors).

    → `(users, similarities)`, best first, without `user` itself.
    """
    return similar_items(P, user, n, measure)


def factor_extremes(Q, factor, titles, n=5):
    """The items at the two ends of a factor, to guess what it stands for.

    Q (n_items, n_factors); factor: a column of Q; titles: one for each row.
    → `(lowest, highest)`: lists of n titles, the most extreme first in each, of equal ones the lower index first.
    """
    values, titles = Q[:, factor], np.asarray(titles)
    lowest = titles[np.argsort(values, kind="stable")[:n]]
    highest = titles[np.argsort(-values, kind="stable")[:n]]
    return lowest.tolist(), highest.tolist()


def plot_factors(Q, titles, factors=(0, 1), highlight=()):
    """A map of the items: one point for each at its values of two factors.

    Q (n_items, n_factors); titles: one for each row; factors: the columns of Q for the x axis and the y axis;
    highlight: indices of the items to be named on the map.
    → matplotlib Axes with a title, both axes labelled with the factor's number, the highlighted items annotated with
    their titles.
    """
    import matplotlib.pyplot as plt

    titles = np.asarray(titles)
    x, y = Q[:, factors[0]], Q[:, factors[1]]
    fig, ax = plt.subplots()
    ax.scatter(x, y, s=12, color="0.6")
    for item in highlight:
        ax.scatter(x[item], y[item], s=30, color="tab:orange")
        ax.annotate(titles[item], (x[item], y[item]), xytext=(4, 4), textcoords="offset points")
    ax.set_xlabel(f"factor {factors[0]}")
    ax.set_ylabel(f"factor {factors[1]}")
    ax.set_title("Items by two of their factors")
    return ax
