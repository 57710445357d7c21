"""The explorer: walk around in what a trained model has learned, and put yourself into it."""

from html import escape

import numpy as np
from ipywidgets import HTML, BoundedIntText, Button, Dropdown, HBox, IntSlider, Layout, ToggleButtons, VBox
from matplotlib import rc_context

from mfref.plots.factorization import turn
from mfref.plots.picture import STYLE
from mfref.plots.similarity import film_row
from mfref.widgets.board import labelled, one_draws, table_html
from mfref.widgets.explorer_films import film_table
from mfref.widgets.explorer_lists import Lists, Neighbours, User, Visitor
from mfref.widgets.film_map import FilmMap, facts
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.live_canvas import LiveCanvas
from mfref.widgets.panel import Panel

NEIGHBOURS, USER, YOU = "Neighbours", "A user", "You"
UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def explore(model, ratings, similar_items=None):
    """The map of films of a trained model, to hover, search, colour and turn; neighbours, users, and your own place in it.

    model: a fitted `MatrixFactorization`. ratings: the `Ratings` it was trained on. similar_items: the student's function of
    lesson 07, (Q, item, n, measure) → (items, similarities), for the neighbours by cosine and by distance.
    Raises ValueError if the model is not trained, or was trained on other ratings.
    """
    return Explorer(model, ratings, similar_items)


class Explorer(Panel):
    def __init__(self, model, ratings, similar_items=None):
        self.model, self.films = model, film_table(model, ratings)
        super().__init__(width=6.1, height=4.85)
        self.Q, self.counts = np.asarray(model.Q_, dtype=float), self.films["n_ratings"].to_numpy()
        self.axes_of = {"principal axis": principal_axes(self.Q), "factor": (np.eye(self.Q.shape[1]), None)}
        self.neighbours = Neighbours(self.Q, self.films, similar_items)
        self.users, self.visitor = User(model, self.films, ratings), Visitor(model, self.films)
        with rc_context(STYLE):
            self.map = FilmMap(self.figure, self.axes, self.films)
        self.live = LiveCanvas(self.figure, self.map.moving())
        self.live.on("draw_event", self.map.measure)
        self.live.on("motion_notify_event", self._hover)
        self.live.on("figure_leave_event", self._hover)
        self.live.on("button_press_event", self._click)
        self.live.on("key_press_event", self._leave)
        self.hovered = None
        self._make_map_controls()
        self.search = FilmSearch(self.films, film_row(self.films), self.guarded, self.refresh)
        self.about = HTML()
        self._make_people_controls()
        self.start([self.kind, self.across, self.up, self.angle], [self.colours, self.enough, self.length])

    def _make_map_controls(self):
        kinds = [("principal axes", "principal axis"), ("factors", "factor")]
        self.kind = labelled(Dropdown(options=kinds, description="Axes"), "14em")
        numbers = range(self.Q.shape[1])
        self.across = labelled(Dropdown(options=numbers, value=0, description="Across"), "9em")
        self.up = labelled(Dropdown(options=numbers, value=1, description="Up"), "8em")
        self.across.observe(self._keep_apart, names="value")
        self.up.observe(self._keep_apart, names="value")
        self.angle = labelled(IntSlider(0, -180, 180, 5, description="Turn by degrees"), "22em")
        self.colours = labelled(Dropdown(options=["genre", "popularity"], description="Colour by"), "14em")
        few = 20 if (self.counts >= 20).sum() >= 50 else 1
        most = max(int(np.sort(self.counts)[-20:][0]), few + 1)
        self.enough = labelled(IntSlider(few, 1, most, description="Only films with ratings, at least"), "30em")
        self.length = labelled(IntSlider(8, 3, 20, description="Length of the lists"), "20em")

    def _keep_apart(self, change):
        """Across and up are never the same: the other takes the place that became free."""
        if self.across.value == self.up.value:
            (self.up if change["owner"] is self.across else self.across).value = change["old"]

    def _make_people_controls(self):
        self.view = _buttons("Show", [NEIGHBOURS, USER, YOU])
        ids = self.model.user_ids_
        self.user = labelled(BoundedIntText(int(ids[0]), int(ids.min()), int(ids.max()), description="User id"), "12em")
        self.rating = _buttons("Your rating", [1, 2, 3, 4, 5])
        self.rating.value = 5
        self.rate, self.take_back = Button(description="Rate", icon="star"), Button(description="Take back", icon="undo")
        self.rate.on_click(self._rate)
        self.take_back.on_click(self._take_back)
        self.yours = VBox([self.rating, HBox([self.rate, self.take_back])])
        for control in (self.view, self.user):
            control.observe(self.refresh, names="value")

    def start(self, *rows):
        """As every panel, with the live map in the picture's place; the picture's text is there for those who do not see it."""
        super().start(*rows)
        side = VBox(
            [self.search.root, self.about, self.view, self.user, self.yours], layout=Layout(flex="1 1 18em", min_width="0")
        )
        whole = HBox([self.live.root, side], layout=Layout(flex_flow="row wrap", grid_gap="0 12px"))
        children = list(self.root.children)
        children.insert(children.index(self.picture), whole)
        self.root.children = children

    def show_picture(self):
        """`draw` has done it, also where the student's function has failed."""

    def draw(self):
        """The map first, whatever becomes of the lists: the student's function may fail."""
        allowed = self.counts >= self.enough.value
        plane, labels = self._plane()
        shown = np.union1d(np.flatnonzero(allowed), [self.search.chosen])
        self.map.place(self.Q @ plane, shown, labels, f"{len(shown)} films, turned by {self.angle.value}°")
        colours = self.map.colour_by(self.colours.value)
        self.user.layout.display = "" if self.view.value == USER else "none"
        self.yours.layout.display = "" if self.view.value == YOU else "none"
        lists = Lists()
        try:
            lists = self._lists(allowed)
        finally:
            person = (lists.person[0], *(lists.person[1] @ plane)) if lists.person else None
            self.map.mark(self.search.chosen, lists.marks, person)
            self.live.redraw()
            self._tell(lists, labels, shown)
            self.alt = self._in_words(lists, labels, colours, len(shown), person)
            self.picture.value = f'<p style="{UNSEEN}">{escape(self.alt)}</p>'
        return self.alt

    def _plane(self):
        """→ the two directions (n_factors, 2) that are across and up, and their names."""
        directions, spread = self.axes_of[self.kind.value]
        chosen = [self.across.value, self.up.value]
        share = ["" if spread is None else f" ({spread[f]:.0%} of the spread)" for f in chosen]
        return directions[:, chosen] @ turn(self.angle.value), [
            f"{self.kind.value} {f}{s}" for f, s in zip(chosen, share, strict=True)
        ]

    def _lists(self, allowed):
        n = self.length.value
        if self.view.value == USER:
            return self.users.show(self.user.value, n, allowed)
        return self.visitor.show(n, allowed) if self.view.value == YOU else self.neighbours.show(self.search.chosen, n, allowed)

    def _tell(self, lists, labels, shown):
        """The chosen film, the lists, and the map as a table: the films with most ratings, and all that are marked."""
        name, *more = facts(self.films.iloc[self.search.chosen])
        self.about.value = (
            f'<p style="line-height:1.5">Chosen film: <b>{escape(name)}</b><br>{"<br>".join(map(escape, more))}</p>'
        )
        self.below.value = lists.html
        marked = {"chosen": [self.search.chosen], **lists.marks}
        rows = np.concatenate([shown[np.argsort(-self.counts[shown], kind="stable")][:50], *marked.values()])
        rows = list(dict.fromkeys(rows.astype(int).tolist()))
        marks = [", ".join(mark for mark, of in marked.items() if row in of) for row in rows]
        names, genres, counts = self.films.iloc[rows][["name", "genres", "n_ratings"]].to_numpy().T
        places = [(f"{x:.2f}", f"{y:.2f}") for x, y in self.map.points[rows]]
        lines = [
            (n, *at, g.replace("|", ", "), c, m) for n, at, g, c, m in zip(names, places, genres, counts, marks, strict=True)
        ]
        caption = f"The map: of {len(shown)} films those with most ratings, and those that are marked"
        self.table.value = table_html(caption, ("film", *labels, "genres", "ratings", "marked"), lines)

    def _in_words(self, lists, labels, colours, n, person):
        x, y = self.map.points[self.search.chosen]
        at = f" {person[0].capitalize()}, a star, at ({person[1]:.2f}, {person[2]:.2f})." if person else ""
        return (
            f"A map of {n} films, those with at least {self.enough.value} ratings: {labels[0]} across, {labels[1]} up, "
            f"turned by {self.angle.value} degrees. Points are coloured "
            f"{colours}. The chosen film, {self.films['name'].iloc[self.search.chosen]}, is at ({x:.2f}, {y:.2f}).{at} {lists.told}."
        )

    def _rate(self, _button):
        self._change_ratings(lambda: self.visitor.rate(self.search.chosen, self.rating.value))

    def _take_back(self, _button):
        self._change_ratings(lambda: self.visitor.take_back(self.search.chosen))

    def _change_ratings(self, change):
        with one_draws, self.guarded(), rc_context(STYLE):
            change()
            self.draw()

    def _hover(self, event):
        """Write what is known of the film under the pointer. An earlier message stays: the pointer has not mended anything."""
        said = self.message.value
        with self.guarded():
            over = event.inaxes is self.axes and event.name == "motion_notify_event"
            row = self.map.nearest(event.x, event.y) if over else None
            if row != self.hovered:
                self.hovered = row
                self.live.show_over(*self.map.tell(row))
        self.message.value = self.message.value or said

    def _click(self, event):
        with self.guarded():
            row = self.map.nearest(event.x, event.y) if event.inaxes is self.axes else None
        if row is not None:
            self.search.choose(row)

    def _leave(self, event):
        """The canvas keeps all keys to itself, the tab key too: without this, whoever tabs into it is caught."""
        with self.guarded():
            if event.key == "tab":
                self.search.part.focus()
            elif event.key == "shift+tab":
                self.colours.focus()

    def still(self):
        self.map.tell(None)
        return super().still()

    def close(self):
        self.live.close()
        super().close()


def principal_axes(Q):
    """→ `(directions, spread)`: the columns (n_factors, n_factors) along which the rows of Q vary most, most first, and the
    share of the variance along each. They are only directions: the origin stays where it is. Signs: the largest entry is positive."""
    centred = Q - Q.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    variances, directions = np.maximum(variances[::-1], 0), directions[:, ::-1]
    largest = directions[np.abs(directions).argmax(axis=0), range(Q.shape[1])]
    return directions * np.sign(largest), variances / max(variances.sum(), 1e-300)


def _buttons(name, options):
    buttons = ToggleButtons(options=options, description=name)
    buttons.style.description_width = buttons.style.button_width = buttons.layout.width = "auto"
    return buttons
