"""Lesson 15 to play with: the recommender as a page, for people who need not know what a factor is."""

from html import escape

import numpy as np
from ipywidgets import HTML, Button, Dropdown, HBox, Layout, VBox

from mfref.cold_start import fold_in_user
from mfref.recommendation import top_n
from mfref.widgets.board import Board, labelled
from mfref.widgets.explorer_films import films_of
from mfref.widgets.film_reasons import STYLE, list_html
from mfref.widgets.film_search import FilmSearch

N = 10
N_NEAREST = 3
REG = 4.0  # once, however many ratings: on both data sets best, within .003, for newcomers with 1, 3 and 10 ratings


def film_page(model, data, explain_prediction):
    """Search films, rate them, and see ten for you, each with its reasons.

    model: a dict as `load_model` returns it. data: the `Ratings` that it was trained on. explain_prediction: the student's function.
    Raises ValueError, naming it, for a film of the model that is not in the data.
    """
    return FilmPage(model, data, explain_prediction)


class FilmPage(Board):
    def __init__(self, model, data, explain_prediction):
        super().__init__()
        check_known(model["item_ids"], data)
        self.model, self.explain, self.scale = model, explain_prediction, data.scale
        self.films = films_of(model["item_ids"], data)
        self.names = self.films["name"].tolist()
        self.ratings, self.list, self.last = {}, [], ""  # row → rating; rows; what was done last
        self.chosen, self.status = HTML(), HTML()
        self.chosen.add_class("mf-status")
        self.status.add_class("mf-status")
        self.search = FilmSearch(self.films, int(self.films["n_ratings"].to_numpy().argmax()), self.guarded, self._say_chosen)
        self.search.part.observe(self._say_chosen, names="value")
        self.stars = [self._star(stars) for stars in range(int(np.ceil(data.scale[0])), int(data.scale[1]) + 1)]
        self.yours = labelled(Dropdown(description="Your ratings", options=[("none yet", -1)], disabled=True), "auto")
        self.back = Button(description="Take back", icon="undo", disabled=True)
        self.back.on_click(lambda _: self._take_back(self.yours.value))
        self._say_chosen()
        self._arrange()

    def _star(self, stars):
        button = Button(description=f"{stars} ★", tooltip=f"Give {stars} of {self.scale[1]:g} stars")
        button.layout.width = "4.5em"
        button.on_click(lambda _: self._rate(self.search.chosen, stars))
        return button

    def _arrange(self):
        rate = VBox([self.search.root, self.chosen, HBox(self.stars, layout=Layout(flex_flow="row wrap")), self.yours, self.back])
        rate.layout = Layout(width="30em", max_width="100%")
        right = VBox([self.status, self.below], layout=Layout(flex="1 1 30em", max_width="100%"))
        self.start([HTML(STYLE)], [rate, right])
        self.root.add_class("mf-page")

    def shown(self):
        return [self.message]

    def draw(self):
        """Write the list with its reasons, and what the last rating has changed in it. → the list in words"""
        rows = list(self.ratings)
        b, p = self._fold_in()
        scores = self.model["mu"] + b + self.model["b_item"] + self.model["Q"] @ p
        before, self.list = self.list, top_n(scores, N, exclude=rows).tolist()
        names = [self.names[i] for i in self.list]
        reasons = [self._reasons(b, p, rows, i) for i in self.list]
        moves = [move(before, self.list, i) for i in self.list] if before else [""] * len(self.list)
        heading = "For you" if rows else "Liked by everybody"
        self.below.value = list_html(heading, names, reasons, moves, self.scale)
        self.status.value = f"<p>{escape(self.last)} {in_short(moves) if before else ''}</p>"
        return f"{heading}: {', '.join(names)}."

    def _fold_in(self):
        """→ `(b, p)`: the reader's bias and factors: lesson 11's fold-in, the bias being one more factor whose partner is 1."""
        rows, given = np.array(list(self.ratings), dtype=int), np.array(list(self.ratings.values()), dtype=float)
        left = given - self.model["mu"] - self.model["b_item"][rows]
        with_one = np.column_stack([self.model["Q"], np.ones(len(self.films))])
        *p, b = fold_in_user(with_one, rows, left, REG)
        return b, np.array(p)

    def _reasons(self, b, p, rows, i):
        """→ `(parts, nearest)`: mean, your bias, film's bias, interaction; (name, your rating) of the nearest films that you rated."""
        found = self.explain(
            self.model["mu"], b, self.model["b_item"], p, self.model["Q"], np.array(rows, dtype=int), i, N_NEAREST
        )
        if not isinstance(found, tuple) or len(found) != 2:
            raise TypeError(f"explain_prediction should return (parts, nearest). This one is a {type(found).__name__}")
        parts, nearest = found
        return [float(part) for part in parts], [(self.names[j], self.ratings[int(j)]) for j in nearest]

    def _rate(self, row, stars):
        before = self.ratings.pop(row, None)
        self.ratings[row] = stars
        earlier = f" in place of {before}" if before not in (None, stars) else ""
        self.last = f"You gave {self.names[row]} {stars} of {self.scale[1]:g} stars{earlier}."
        self._after_a_change()

    def _take_back(self, row):
        del self.ratings[row]
        self.last = f"Your rating of {self.names[row]} is taken back."
        self._after_a_change()
        self._say_chosen()

    def _after_a_change(self):
        rated = [(f"{stars} ★ {self.names[row]}", row) for row, stars in reversed(self.ratings.items())]
        self.yours.options = rated or [("none yet", -1)]
        self.yours.disabled = self.back.disabled = not rated
        self.refresh()

    def _say_chosen(self, _change=None):
        """Ask about the chosen film, or say why none is chosen; only then can stars be given."""
        part, hits = self.search.part.value.strip(), self.search.hits
        if len(hits) == 1 and self.search.chosen != hits[0]:
            self.search.choose(hits[0])
            return
        chosen = self.search.chosen in hits
        for button in self.stars:
            button.disabled = not chosen
        if chosen:
            self.chosen.value = self._question(self.search.chosen)
        elif hits:
            self.chosen.value = "<p>Choose a film from the list.</p>"
        else:
            self.chosen.value = f"<p>No film has “{escape(part[:60])}” in its title. Try fewer letters, or another word.</p>"

    def _question(self, row):
        film, given = self.films.iloc[row], self.ratings.get(row)
        told = f"<br>You gave it {given} of {self.scale[1]:g} stars." if given else ""
        return f"<p>How do you like <b>{escape(film['name'])}</b>?<br>{escape(film['genres'].replace('|', ', '))}{told}</p>"


def move(before, now, i):
    """→ where film i of the list has come from: "new", "up 2", "down 1", or "" if it has not moved."""
    if i not in before:
        return "new"
    up = before.index(i) - now.index(i)
    return f"up {up}" if up > 0 else f"down {-up}" if up < 0 else ""


def in_short(moves):
    """→ what has changed in the list, in a sentence."""
    new = moves.count("new")
    if not any(moves):
        return "The list has the same order as before; the reasons have changed."
    return f"Of the {len(moves)} films in the list, {new or 'none'} {'is' if new < 2 else 'are'} new, and {sum(map(bool, moves)) - new} moved."


def check_known(item_ids, data):
    """Raise ValueError, naming the first, if films of the model are not in the data."""
    unknown = np.asarray(item_ids)[~np.isin(item_ids, data.items["item_id"])]
    if len(unknown):
        raise ValueError(
            f"{len(unknown)} of the model's {len(item_ids)} films are not in {data.name}, the first of them item {unknown[0]}. "
            "Give the data that the model was trained on."
        )
