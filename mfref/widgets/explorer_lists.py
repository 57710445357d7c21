"""The lists beside the map of films: the chosen film's neighbours, a user's films, and the visitor's own."""

from dataclasses import dataclass, field

import numpy as np

from mfref.models.base import rows_of
from mfref.widgets.board import STANDS_OUT, beside_each_other, table_html
from mfref.widgets.explorer_films import most_rated

# A student's function makes the whole table of similarities: 4,000 films are 128 MB, 100,000 would be 80 GB.
MOST_FILMS = 4000


@dataclass
class Lists:
    """What is shown: `html` of the tables, `marks` on the map (name → rows), `told` in words, and a person (name, factors)."""

    html: str = ""
    marks: dict = field(default_factory=dict)
    told: str = ""
    person: tuple | None = None


class Neighbours:
    """A film's nearest by cosine, dot product and distance.

    similar_items: the student's (Q, item, n, measure) → (items, similarities), for cosine and distance; None: our own.
    """

    def __init__(self, Q, films, similar_items=None):
        self.Q, self.films, self.similar_items = Q, films, similar_items or of_one_item
        self._row, self._orders = None, {}

    def of(self, row):
        """→ dict name → (rows, values) of all other films, nearest first; kept until another row is asked for."""
        if row != self._row:
            pool = np.unique([row, *most_rated(self.films)[:MOST_FILMS]])
            item = int(np.searchsorted(pool, row))
            orders = {name: self._by(measure, pool, item) for name, measure in (("cosine", "cosine"), ("distance", "euclidean"))}
            dots = self.Q @ self.Q[row]
            best = np.argsort(-dots, kind="stable")
            best = best[best != row]
            self._orders = {"cosine": orders["cosine"], "dot product": (best, dots[best]), "distance": orders["distance"]}
            self._row = row
        return self._orders

    def _by(self, measure, pool, item):
        found = self.similar_items(self.Q[pool], item, len(pool) - 1, measure)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise TypeError(
                f"similar_items should return two arrays, (items, similarities). This one is a {type(found).__name__}"
            )
        items, values = np.asarray(found[0]), np.asarray(found[1], dtype=float)
        return pool[items], values

    def show(self, row, n, allowed):
        """→ Lists of the n nearest among the films that are allowed (n_films,), boolean."""
        orders = {}
        for name, (rows, values) in self.of(row).items():
            keep = np.flatnonzero(allowed[rows])[:n]
            orders[name] = rows[keep], values[keep]
        marks = {f"near by {name}": rows for name, (rows, _) in orders.items()}
        shared = set.intersection(*(set(rows.tolist()) for rows, _ in orders.values()))
        names = self.films["name"].to_numpy()
        head = [part for name in orders for part in (f"by {name}", "1 / (1 + distance)" if name == "distance" else name)]
        lines = [
            [cell for rows, values in orders.values() for cell in _cells(names, rows, values, place, shared)]
            for place in range(max(len(rows) for rows, _ in orders.values()))
        ]
        caption = f"Nearest to {names[row]}. ● stands before films that are in all three lists."
        told = "; ".join(f"by {name} {', '.join(names[rows])}" for name, (rows, _) in orders.items())
        return Lists(
            f'<div style="line-height:1.5">{table_html(caption, head, lines)}</div>', marks, f"Nearest to {names[row]}: {told}"
        )


def _cells(names, rows, values, place, shared):
    if place >= len(rows):
        return "", ""
    sign = STANDS_OUT if rows[place] in shared else ""
    return f"{sign}{names[rows[place]]}", f"{values[place]:.2f}"


def of_one_item(Q, item, n, measure):
    """Lesson 07's `similar_items` for "cosine" and "euclidean", from one row of the table of similarities only."""
    if measure == "cosine":
        norms = np.linalg.norm(Q, axis=1)
        products = norms * norms[item]
        values = np.divide(Q @ Q[item], products, out=np.zeros(len(Q)), where=products > 0)
    else:
        values = 1 / (1 + np.linalg.norm(Q - Q[item], axis=1))
    best = np.argsort(-values, kind="stable")
    best = best[best != item][:n]
    return best, values[best]


class User:
    """What a user of the data has rated, and what the model recommends. The user's name, where there is one, is shown."""

    def __init__(self, model, films, ratings):
        self.model, self.films, self.table = model, films, ratings.ratings
        people = ratings.users.set_index("user_id")
        self.names = people["name"].to_dict() if "name" in people else {}

    def show(self, user_id, n, allowed):
        """→ Lists of the n films rated highest and the n recommended, among those allowed (n_films,), boolean."""
        if user_id not in self.model.user_index:
            raise ValueError(f"the model has learned from no user with the id {user_id}. Choose another id.")
        name = self.names.get(user_id, f"user {user_id}")
        rated = self.table[self.table["user_id"] == user_id].sort_values("rating", ascending=False, kind="stable")
        rows = rows_of(self.model.item_ids_, rated["item_id"])
        seen, given = rows[rows >= 0], rated["rating"].to_numpy()[rows >= 0]
        best = self.model.recommend(user_id, n=len(self.films))
        recommended = rows_of(self.model.item_ids_, best["item_id"])
        keep, predicted = allowed[recommended], best["predicted"].to_numpy()
        lists = (seen[:n], given[:n]), (recommended[keep][:n], predicted[keep][:n])
        what = f"The highest of {name}'s {len(rated)} ratings", f"Recommended to {name}"
        lists = _two_lists(self.films, what, lists, ("rated", "recommended"))
        lists.person = name, self.model.P_[self.model.user_index[user_id]]
        return lists


class Visitor:
    """You, a newcomer: your ratings, folded into the model, all else fixed."""

    def __init__(self, model, films):
        self.model, self.films = model, films
        self.ratings, self._before = {}, {}

    def rate(self, row, rating):
        self._before = dict(self.ratings)
        self.ratings[int(self.films.index[row])] = rating

    def take_back(self, row):
        """Raises ValueError if this film is not rated."""
        if self.films.index[row] not in self.ratings:
            raise ValueError(f"you have not rated {self.films['name'].iloc[row]}, so there is nothing to take back.")
        self._before = dict(self.ratings)
        del self.ratings[int(self.films.index[row])]

    def factors(self):
        """→ (n_factors,): your place among the films; without ratings the origin."""
        return self._folded(self.ratings)[1]

    def _folded(self, ratings):
        return self.model.fold_in(list(ratings), list(ratings.values()))

    def best(self, ratings, n, allowed):
        """→ `(rows, predicted)` of the n best for somebody with these ratings, among those allowed and not rated."""
        scores = np.asarray(self.model.scores_of(*self._folded(ratings)), dtype=float)
        left = allowed & ~self.films.index.isin(list(ratings))
        rows = np.argsort(-scores, kind="stable")
        rows = rows[left[rows]][:n]
        return rows, scores[rows]

    def show(self, n, allowed):
        """→ Lists of your ratings and the n best for you; what the last change has brought in is marked as new."""
        given = sorted(self.ratings.items(), key=lambda pair: -pair[1])
        mine = rows_of(self.model.item_ids_, [id_ for id_, _ in given]), np.array([rating for _, rating in given])
        best = self.best(self.ratings, n, allowed)
        new = set(best[0]) - set(self.best(self._before, n, allowed)[0]) if self._before != self.ratings else set()
        what = (
            "Your ratings" if given else "You have rated nothing yet, so you stand at the origin",
            "Recommended to you" if given else "Rated high in general",
        )
        lists = _two_lists(self.films, what, (mine, best), ("rated", "recommended"), new)
        lists.person = "you", self.factors()
        return lists


def _two_lists(films, what, lists, kinds, new=()):
    names = films["name"].to_numpy()
    tables, told = [], []
    for caption, (rows, values), head in zip(what, lists, ("rating", "predicted"), strict=True):
        signs = ["new: " if row in new and head == "predicted" else "" for row in rows]
        lines = [
            (f"{s}{names[row]}", f"{value:.{2 * (head == 'predicted')}f}")
            for s, row, value in zip(signs, rows, values, strict=True)
        ]
        tables.append(table_html(caption, ("film", head), lines) if len(rows) else f"<p>{caption}.</p>")
        told.append(f"{caption}: {', '.join(f'{name} {value}' for name, value in lines) or 'nothing'}")
    return Lists(beside_each_other(tables), {kind: rows for kind, (rows, _) in zip(kinds, lists, strict=True)}, ". ".join(told))
