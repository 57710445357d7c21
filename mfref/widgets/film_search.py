"""Controls to choose one film: by a part of its title, from a list, or one after the other."""

from ipywidgets import Button, Layout, Select, Text, VBox

from mfref.widgets.board import labelled
from mfref.widgets.explorer_films import with_title_like

HITS = 30


class FilmSearch:
    """`root`: the controls. `chosen`: the row of the chosen film; `choose(row)` changes it.

    films: as `film_table` gives them. guarded: the panel's, for what goes wrong. when_chosen(): is called after each choice.
    """

    def __init__(self, films, chosen, guarded, when_chosen):
        self.films, self.chosen, self.guarded, self.when_chosen = films, chosen, guarded, when_chosen
        self.part = labelled(Text(description="Part of a title", placeholder="type to search"), "auto")
        self.found = labelled(Select(rows=6), "auto")
        # JupyterLab keeps the arrow keys to itself when a list has the focus, so there is a button, too.
        self.next = Button(description="Next film of the list", icon="arrow-down")
        self.next.layout.width = "auto"
        self.root = VBox([self.part, self.found, self.next], layout=Layout(width="28em", max_width="100%"))
        self.part.observe(self._search, names="value")
        self.found.observe(self._pick, names="value")
        self.next.on_click(self._choose_next)
        self._list()

    def choose(self, row):
        with self.guarded():
            self.chosen = int(row)
            self._list()
        self.when_chosen()

    def _list(self):
        """List the films whose title contains what is typed, those with most ratings first. Typing alone chooses none."""
        hits = with_title_like(self.films, self.part.value)
        self.hits = hits[:HITS].tolist()
        names = self.films["name"].to_numpy()
        self._listing = True
        self.found.options = [(names[row], row) for row in self.hits]
        self.found.value = self.chosen if self.chosen in self.hits else None
        self._listing = False
        self.found.description = f"{len(hits)} found" if len(hits) <= HITS else f"{HITS} of {len(hits)}"

    def _search(self, _change):
        with self.guarded():
            self._list()

    def _pick(self, change):
        if not self._listing and change["new"] is not None:
            self.choose(change["new"])

    def _choose_next(self, _button):
        if self.hits:
            place = self.hits.index(self.chosen) + 1 if self.chosen in self.hits else 0
            self.choose(self.hits[place % len(self.hits)])
