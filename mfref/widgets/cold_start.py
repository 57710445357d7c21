"""Lesson 11 to play with: you are the newcomer, and answer one question after the other."""

import textwrap
from html import escape

import numpy as np
from ipywidgets import HTML, Button, HBox, ToggleButtons, VBox

from mfref.plots.picture import BLACK, GREY, ORANGE, SKY
from mfref.widgets.board import STANDS_OUT, beside_each_other, table_html
from mfref.widgets.explorer_films import film_table
from mfref.widgets.panel import Panel

N = 10
QUESTIONS = 40
NOT_SEEN = "not seen"


def answer_questions(fold_in_user, onboarding_items, model, data, reg=3.0):
    """Answer the onboarding questions: your place on the map, and your list, after each of them.

    fold_in_user, onboarding_items: the student's functions. model: a fitted `MatrixFactorization`. data: the `Ratings` it was
    trained on. reg: of both functions.
    """
    return AnswerQuestions(fold_in_user, onboarding_items, model, data, reg)


class AnswerQuestions(Panel):
    """`answers`: list of (row, rating, or None for not seen). Q has the factors, and 1 for the newcomer's bias."""

    def __init__(self, fold_in_user, onboarding_items, model, data, reg):
        super().__init__(width=7.6, height=5.0)
        self.fold_in_user, self.onboarding_items, self.model, self.reg = fold_in_user, onboarding_items, model, reg
        self.films, self.answers = film_table(model, data), []
        self.names = self.films["name"].to_numpy()
        self.Q = np.column_stack([model.Q_, np.ones(len(model.Q_))])
        self.turn = np.linalg.svd(model.Q_, full_matrices=False)[2][:2].T  # the two directions in which films differ most
        self.asked = None
        self.question = HTML()
        self.rating = ToggleButtons(options=["1", "2", "3", "4", "5", NOT_SEEN], value="4", description="Your rating")
        self.rating.style.description_width = self.rating.style.button_width = self.rating.layout.width = "auto"
        self.answer, self.take_back = Button(description="Answer", icon="check"), Button(description="Take back", icon="undo")
        self.answer.on_click(self._answer)
        self.take_back.on_click(self._take_back)
        self.start([VBox([self.question, self.rating, HBox([self.answer, self.take_back])])])

    def _answer(self, _button):
        if self.asked is not None and len(self.answers) < len(self.asked):
            rating = None if self.rating.value == NOT_SEEN else float(self.rating.value)
            self.answers.append((int(self.asked[len(self.answers)]), rating))
        self.refresh()

    def _take_back(self, _button):
        if self.answers:
            self.answers.pop()
        self.refresh()

    def draw(self):
        if self.asked is None:
            known = self.films["n_ratings"].to_numpy() / len(self.model.user_ids_)
            self.asked = _indices(self.onboarding_items(self.Q, known, QUESTIONS, self.reg), len(self.Q))
        self._ask()
        path = [self._folded(n) for n in range(len(self.answers) + 1)]
        best, predicted = self._best(path[-1], len(self.answers))
        before = self._best(path[-2], len(self.answers) - 1)[0] if self.answers else best
        self._map(np.array(path))
        self.below.value = self._lists(best, predicted, set(best) - set(before))
        rows = [(n, *(f"{x:.2f}" for x in p[:-1] @ self.turn), f"{p[-1]:+.2f}") for n, p in enumerate(path)]
        self.table.value = table_html("Your place after each question", ("questions", "across", "up", "your bias"), rows)
        given = sum(rating is not None for _, rating in self.answers)
        x, y = path[-1][:-1] @ self.turn
        return (
            f"A map of {len(self.Q)} films in the two directions in which they differ most. Questions: {len(self.answers)}, answers: {given}. "
            f"You stand at ({x:.2f}, {y:.2f}). Your list begins with {'; '.join(self.names[best[:3]])}."
        )

    def _ask(self):
        n = len(self.answers)
        self.take_back.disabled, self.answer.disabled = n == 0, n >= len(self.asked)
        if n >= len(self.asked):
            self.question.value = "<b>No more questions.</b>"
            return
        film = self.films.iloc[self.asked[n]]
        about = f"{escape(film['genres'].replace('|', ', '))}; {film['n_ratings']} ratings"
        self.question.value = f'<div style="line-height:1.5">Question {n + 1}: <b>{escape(film["name"])}</b><br>{about}</div>'

    def _folded(self, n):
        """→ (n_factors + 1,): the newcomer after the first n questions, by the student's function."""
        given = [(row, rating) for row, rating in self.answers[:n] if rating is not None]
        rows = np.array([row for row, _ in given], dtype=int)
        left = np.array([rating for _, rating in given], dtype=float) - self.model.mu_ - self.model.b_item_[rows]
        p = self.fold_in_user(self.Q, rows, left, self.reg)
        if p is None or np.shape(p) != (self.Q.shape[1],):
            raise ValueError(f"fold_in_user should return {self.Q.shape[1]} numbers, a vector as long as a row of Q")
        return np.asarray(p, dtype=float)

    def _best(self, p, n):
        """→ `(rows, predicted)` of the ten best films that were not among the first n questions."""
        scores = self.model.mu_ + self.model.b_item_ + self.Q @ p
        order = np.argsort(-scores, kind="stable")
        asked = [row for row, _ in self.answers[:n]]
        best = order[~np.isin(order, asked)][:N]
        return best.tolist(), scores[best]

    def _map(self, path):
        axes, places, mine = self.axes, self.model.Q_ @ self.turn, path[:, :-1] @ self.turn
        axes.clear()
        axes.axhline(0, color=GREY, linewidth=0.5)
        axes.axvline(0, color=GREY, linewidth=0.5)
        axes.scatter(*places.T, s=6, color=SKY, alpha=0.5, label="film")
        rows = [row for row, rating in self.answers if rating is not None]
        if rows:
            axes.scatter(*places[rows].T, s=45, marker="s", color=ORANGE, edgecolor=BLACK, label="film you rated")
        axes.plot(*mine.T, "-", color=BLACK, linewidth=1)
        axes.plot(*mine[-1], "D", color=BLACK, markersize=11, label="you")
        if len(self.answers) < len(self.asked):
            row = int(self.asked[len(self.answers)])
            axes.plot(*places[row], "*", color=ORANGE, markeredgecolor=BLACK, markersize=17, label="the next question")
        axes.set(xlabel="direction in which films differ most", ylabel="the second direction")
        axes.set_title("Your place among the films")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))

    def _lists(self, best, predicted, new):
        lines = [
            (f"{STANDS_OUT * (row in new)}{textwrap.shorten(self.names[row], 60, placeholder=' …')}", f"{value:.2f}")
            for row, value in zip(best, predicted, strict=True)
        ]
        tables = [table_html("Your list", ("film", "predicted"), lines)]
        if self.answers:
            given = [(self.names[row], NOT_SEEN if rating is None else f"{rating:g}") for row, rating in self.answers]
            tables.append(table_html("Your answers", ("film", "rating"), given))
        return (
            f"<p>Films that the last answer brought in: {len(new)}. They are bold and have a dot.</p>{beside_each_other(tables)}"
        )


def _indices(asked, n_items):
    asked = np.asarray(asked)
    if asked.ndim != 1 or asked.dtype.kind not in "iu" or (len(asked) and not 0 <= asked.min() <= asked.max() < n_items):
        raise ValueError("onboarding_items should return an array of item indices")
    return asked
