"""The map of films: points in a plane, their colours, marks on some of them, and which one is under the pointer."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from mfref.plots.picture import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY
from mfref.widgets.explorer_films import UNKNOWN

GENRE_LOOKS = tuple(zip((BLUE, ORANGE, GREEN, RED, PURPLE, SKY), "os^DvP", strict=True))
OTHER_LOOK = "#b4b8be", "."
CHOSEN_LOOK = {"marker": "o", "color": ORANGE, "markersize": 10, "markeredgecolor": BLACK}
STAR_LOOK = {"marker": "*", "color": "white", "markersize": 19, "markeredgecolor": BLACK, "markeredgewidth": 1.5}
# Hollow, of different shape and size, so that several of them around one point can be told apart.
MARK_LOOKS = tuple(
    {"marker": shape, "color": colour, "markersize": size, "fillstyle": "none", "markeredgewidth": 1.8}
    for shape, colour, size in (("s", BLACK, 11), ("o", RED, 15), ("D", BLUE, 15))
)
BOX = {"facecolor": "white", "edgecolor": GREY, "boxstyle": "round", "alpha": 0.95}


class FilmMap:
    """The artists of the map on the figure's axes.

    films: as `film_table` gives them. `place` puts the points, `colour_by` their looks, `mark` rings around some and a
    star for a person. `nearest(x, y)` → the row of the film at these pixels, `tell(row)` writes its note.
    """

    def __init__(self, figure, axes, films):
        self.figure, self.axes, self.films = figure, axes, films
        self.rows, self.points = np.arange(len(films)), np.zeros((len(films), 2))
        figure.set_layout_engine("none")
        axes.set_position((0.115, 0.11, 0.605, 0.8))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10)))
            axis.set_major_formatter(lambda value, _place: f"{value:.2g}".replace("-", "−"))
        axes.set_aspect("equal", adjustable="box")
        for line in (axes.axhline, axes.axvline):
            line(0, color=GREY, linewidth=0.5, zorder=0)
        self._make_genres()
        self._make_popularity()
        looks = ((CHOSEN_LOOK, 6), *((look, 5) for look in MARK_LOOKS), (STAR_LOOK, 7))
        self.chosen, *self.marks, self.star = [axes.plot([], [], linestyle="", zorder=above, **look)[0] for look, above in looks]
        look = {"textcoords": "offset points", "fontsize": 9, "annotation_clip": False}
        # The film's name stands above it, the person's below, so that both can be read where they meet.
        sides = ((11, "bottom"), (-13, "top"))
        self.labels = [axes.annotate("", (0, 0), (0, y), va=va, weight="bold", zorder=8, bbox=BOX, **look) for y, va in sides]
        self.note = axes.annotate("", (0, 0), (0, 0), zorder=9, animated=True, visible=False, bbox=BOX, **look)
        self.ring = axes.plot([], [], "o", color=BLACK, markersize=13, fillstyle="none", animated=True, visible=False)[0]
        self.title = axes.set_title(" ", loc="left", weight="bold")
        self._make_key()

    def moving(self):
        """→ the artists that change with most controls, from the lowest to the highest."""
        points = [*self.genre_points, self.popularity_points]
        return [*points, *self.marks, self.chosen, self.star, *self.labels, self.title]

    def _make_genres(self):
        """One kind of point for each of the six commonest genres. A film of several has the look of the rarest of them."""
        genres = [text.split("|") for text in self.films["genres"]]
        counts = {}
        for name in (name for of_film in genres for name in of_film if name != UNKNOWN):
            counts[name] = counts.get(name, 0) + 1
        names = sorted(counts, key=lambda name: (-counts[name], name))[: len(GENRE_LOOKS)]
        place = {name: n for n, name in enumerate(names)}
        self.genre_names = [*names, "other"]
        self.genre = np.array([max((place[g] for g in of_film if g in place), default=len(names)) for of_film in genres])
        looks = [*GENRE_LOOKS[: len(names)], OTHER_LOOK]
        self.genre_points = [
            self.axes.scatter([], [], s=26, color=colour, marker=shape, linewidths=0, alpha=0.75, zorder=2)
            for colour, shape in looks
        ]

    def _make_popularity(self):
        counts = self.films["n_ratings"].to_numpy()
        norm = LogNorm(max(counts.min(), 1), max(counts.max(), 2))
        self.popularity_points = self.axes.scatter([], [], c=[], cmap="cividis", norm=norm, alpha=0.8, linewidths=0, zorder=2)
        self.sizes = 6 + 90 * counts / counts.max()
        self.bar = self.figure.add_axes((0.76, 0.51, 0.03, 0.4))
        colours = ScalarMappable(norm, "cividis")
        self.figure.colorbar(colours, cax=self.bar, label="number of ratings (also size)", format="%d")

    def place(self, points, rows, labels, title):
        """Put the points (n_films, 2) of these rows on the map. labels: of the axes."""
        self.points, self.rows = points, rows
        self.reach_out(1.06 * max(np.linalg.norm(points, axis=1).max(), 1e-9))  # of all: the map does not jump with the rows
        self.axes.set(xlabel=labels[0], ylabel=labels[1])
        self.title.set_text(title)

    def reach_out(self, reach):
        """Limits of two digits: they stay as they are for most changes, and need not be drawn anew."""
        digit = 10 ** (np.floor(np.log10(reach)) - 1)
        reach = digit * np.ceil(reach / digit - 1e-6)
        self.axes.set(xlim=(-reach, reach), ylim=(-reach, reach))

    def colour_by(self, what):
        """what: "genre" or "popularity". → what the colours say, in words."""
        by_genre = what == "genre"
        shown = np.bincount(self.genre[self.rows], minlength=len(self.genre_names))
        for n, points in enumerate(self.genre_points):
            points.set_visible(by_genre)
            points.set_offsets(self.points[self.rows[self.genre[self.rows] == n]])
        self.popularity_points.set_visible(not by_genre)
        self.popularity_points.set_offsets(self.points[self.rows])
        self.popularity_points.set_array(self.films["n_ratings"].to_numpy()[self.rows])
        self.popularity_points.set_sizes(self.sizes[self.rows])
        self.bar.set_visible(not by_genre)
        for artist in self.genre_key:
            artist.set_visible(by_genre)
        names = [f"{name} ({n})" for name, n in zip(self.genre_names, shown, strict=True)]
        return f"by genre: {', '.join(names)}" if by_genre else "by number of ratings, and larger with more of them"

    def mark(self, chosen, marks, person=None):
        """Show the chosen row, rings around the rows of `marks` (dict name → rows), and person (name, x, y) as a star."""
        named = list(marks.items())
        for n, artist in enumerate(self.marks):
            rows = named[n][1] if n < len(named) else []
            artist.set_data(*self.points[np.asarray(rows, dtype=int)].T)
        self.chosen.set_data(*self.points[[chosen]].T)
        self._write(self.labels[0], self.points[chosen], self.films["name"].iloc[chosen])
        self.star.set_data([person[1]] if person else [], [person[2]] if person else [])
        self._write(self.labels[1], person[1:] if person else (0, 0), person[0] if person else "")
        if person:
            self.reach_out(max(self.axes.get_xlim()[1], 1.15 * np.hypot(*person[1:])))
        names = [name for name, _ in named] + [""] * (len(self.marks) - len(named))
        self._explain(["chosen film", *names, person[0] if person else ""])
        self.measure()

    def _write(self, label, place, text):
        label.set_text(_short(text))
        label.set_visible(bool(text))
        label.xy = place
        side = place[0] / self.axes.get_xlim()[1]
        label.set_horizontalalignment("left" if side < -0.5 else "right" if side > 0.5 else "center")

    def _make_key(self):
        """What the points and the marks mean. Two legends would take as long to draw as all the rest."""
        key = self.figure.add_axes((0.735, 0.11, 0.265, 0.8))
        key.set(xlim=(0, 1), ylim=(0, 1))
        key.axis("off")
        self.genre_key = [key.text(0, 0.97, "genre", weight="bold")]
        looks = [*GENRE_LOOKS[: len(self.genre_names) - 1], OTHER_LOOK]
        for n, ((colour, shape), name) in enumerate(zip(looks, self.genre_names, strict=True)):
            self.genre_key += key.plot([0.08], [0.92 - 0.055 * n], shape, color=colour, markersize=7)
            self.genre_key.append(key.text(0.18, 0.92 - 0.055 * n, name, va="center", fontsize=8.5))
        key.text(0, 0.36, "marked", weight="bold")
        self.mark_key = []
        for look in (CHOSEN_LOOK, *MARK_LOOKS, STAR_LOOK):
            (sign,) = key.plot([0.08], [0], linestyle="", clip_on=False, **look)
            self.mark_key.append((sign, key.text(0.18, 0, "", va="center", fontsize=8.5)))

    def _explain(self, marks):
        """Write the key's names. marks: a name for each kind of mark, "" where there is none."""
        y = 0.3
        for (sign, text), name in zip(self.mark_key, marks, strict=True):
            sign.set_visible(bool(name))
            text.set_text(name)
            if name:
                sign.set_ydata([y])
                text.set_y(y)
                y -= 0.07

    def measure(self, _event=None):
        """Where the shown points are, in pixels: once for each drawing, so that a hover is quick."""
        self.pixels = self.axes.transData.transform(self.points[self.rows])

    def nearest(self, x, y, within=12):
        """→ the row of the shown film nearest to a place in pixels, None if there is none so near."""
        if not len(self.rows):
            return None
        distances = np.hypot(*(self.pixels - (x, y)).T)
        near = int(distances.argmin())
        return int(self.rows[near]) if distances[near] <= within * self.figure.dpi / 100 else None

    def tell(self, row):
        """Write what is known of a film beside its point. → the artists to be drawn over the map."""
        for artist in (self.note, self.ring):
            artist.set_visible(row is not None)
        if row is None:
            return ()
        x, y = self.points[row]
        self.note.set_text("\n".join(facts(self.films.iloc[row])))
        self.note.xy = x, y
        # Where there is room: at its right also over the legend, which begins beyond the map.
        in_left_half = self.axes.transData.transform((x, y))[0] < self.figure.bbox.width / 2
        self.note.set_position((12 if in_left_half else -12, 12 if y < 0 else -12))
        self.note.set(ha="left" if in_left_half else "right", va="bottom" if y < 0 else "top")
        self.ring.set_data([x], [y])
        return self.ring, self.note


def facts(film):
    """→ what is known of a film, as three lines. film: a row of `film_table`."""
    genres = film["genres"].replace("|", ", ")
    mean = "no ratings" if not film["n_ratings"] else f"mean rating {film['mean_rating']:.2f} of {film['n_ratings']} ratings"
    return film["name"], f"year {film['year']} · genres: {genres}", mean


def _short(text, length=38):
    return text if len(text) <= length else text[: length - 2] + " …"
