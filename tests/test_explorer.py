"""The explorer without a browser: controls are set, the pointer is moved by matplotlib's events, what is shown is read."""

import gc
import re
import subprocess
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.backend_bases import MouseEvent

from mfref import load_ratings
from mfref.models import MatrixFactorization
from mfref.similarity import similar_items
from mfref.widgets import explore
from mfref.widgets.explorer import NEIGHBOURS, USER, YOU, principal_axes
from mfref.widgets.explorer_films import film_table
from mfref.widgets.explorer_lists import Neighbours, of_one_item

DATA = load_ratings("synthetic-100k")
MODEL = MatrixFactorization(n_factors=5, n_epochs=5).fit(DATA)
Q = MODEL.Q_
COUNTS = DATA.ratings["item_id"].value_counts().reindex(MODEL.item_ids).to_numpy()
TITLES = DATA.items.set_index("item_id").loc[MODEL.item_ids, "title"].to_numpy()


@pytest.fixture
def w():
    panel = explore(MODEL, DATA, similar_items)
    yield panel
    panel.close()


def pointer(w, row, event="motion_notify_event", away=(0, 0)):
    """Move the pointer to a film's point, as the browser would tell it."""
    x, y = w.axes.transData.transform(w.map.points[row]) + away
    MouseEvent(event, w.live.canvas, x, y, 1)._process()


def cells(html):
    return [re.findall(r"<td>(.*?)</td>", line) for line in re.findall(r"<tr>(.*?)</tr>", html)[1:]]


# --- the map


def test_only_films_with_enough_ratings_are_on_the_map(w):
    for least in (20, 75):
        w.enough.value = least
        enough = {row for row, count in enumerate(COUNTS) if count >= least}
        assert set(w.map.rows) == enough | {w.search.chosen}
        assert f"at least {least} ratings" in w.alt
        drawn = sum(len(points.get_offsets()) for points in w.map.genre_points)
        assert drawn == len(w.map.rows)


def test_principal_axes_are_those_of_the_singular_value_decomposition():
    directions, spread = principal_axes(Q)
    _, s, Vt = np.linalg.svd(Q - Q.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(np.sum(directions * Vt.T, axis=0)), 1, atol=1e-9)
    np.testing.assert_allclose(spread, s**2 / np.sum(s**2), rtol=1e-9)


def test_axes_are_chosen_and_turned(w):
    w.kind.value, w.across.value, w.up.value = "factor", 3, 1
    np.testing.assert_allclose(w.map.points, Q[:, [3, 1]])
    assert "factor 3 across, factor 1 up" in w.alt
    w.angle.value = 90
    np.testing.assert_allclose(w.map.points, np.column_stack([-Q[:, 1], Q[:, 3]]), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(w.map.points, axis=1), np.linalg.norm(Q[:, [3, 1]], axis=1))


def test_across_and_up_change_places_rather_than_be_the_same(w):
    w.across.value = 1
    assert (w.across.value, w.up.value) == (1, 0)
    w.up.value = 1
    assert (w.across.value, w.up.value) == (0, 1)


def test_colours_change_and_are_not_the_only_signal(w):
    assert "by genre: " in w.alt
    shapes = {points.get_paths()[0].vertices.tobytes() for points in w.map.genre_points}
    assert len(shapes) == len(w.map.genre_points) == 7
    w.colours.value = "popularity"
    assert "by number of ratings" in w.alt
    assert w.map.bar.get_visible()
    assert not any(points.get_visible() for points in w.map.genre_points)
    sizes = w.map.popularity_points.get_sizes()
    assert sizes.argmax() == COUNTS[w.map.rows].argmax()
    w.colours.value = "genre"
    assert not w.map.bar.get_visible()


def test_the_points_of_a_genre_have_that_genre(w):
    genres = DATA.items.set_index("item_id").loc[MODEL.item_ids, "genres"].str.split("|").to_list()
    how_many = {name: sum(name in of_film for of_film in genres) for name in w.map.genre_names[:-1]}
    for n, name in enumerate(w.map.genre_names[:-1]):
        of_several = [genres[row] for row in np.flatnonzero(w.map.genre == n)]
        assert all(how_many[name] <= how_many.get(other, np.inf) for of_film in of_several for other in of_film)
        assert all(name in genres[row] for row in np.flatnonzero(w.map.genre == n))
    assert not any(set(genres[row]) & set(w.map.genre_names) for row in np.flatnonzero(w.map.genre == len(w.map.genre_names) - 1))


def test_the_table_says_where_films_are(w):
    film = cells(w.table.value)[0]
    row = w.map.rows[COUNTS[w.map.rows].argmax()]
    assert film[0] == TITLES[row]
    assert film[1:3] == [f"{v:.2f}" for v in w.map.points[row]]


# --- the pointer


def test_the_pointer_finds_the_nearest_film(w):
    w.live.canvas.draw()
    alone = max(w.map.rows, key=lambda row: np.linalg.norm(w.map.points[row]))
    pointer(w, alone, away=(2, -1))
    assert w.hovered == alone
    note = w.map.note.get_text()
    film = DATA.items.set_index("item_id").loc[MODEL.item_ids[alone]]
    ratings = DATA.ratings.loc[DATA.ratings["item_id"] == MODEL.item_ids[alone], "rating"]
    for part in (
        film["title"],
        f"{film['year']:.0f}",
        *film["genres"].split("|"),
        f"{ratings.mean():.2f}",
        f"{len(ratings)} ratings",
    ):
        assert part in note
    assert w.map.note.get_visible()
    pointer(w, alone, away=(60, 60))
    assert w.hovered is None
    assert not w.map.note.get_visible()


def test_the_pointer_passes_over_films_that_are_not_shown(w):
    w.enough.value = 75
    hidden = np.flatnonzero(COUNTS < 75)
    pixels = w.axes.transData.transform(w.map.points)
    far = next(
        row for row in hidden if np.linalg.norm(pixels[w.map.rows] - pixels[row], axis=1).min() > 15 and row != w.search.chosen
    )
    pointer(w, far)
    assert w.hovered is None


def test_a_click_chooses_a_film(w):
    row = max(w.map.rows, key=lambda row: w.map.points[row][0])
    pointer(w, row, "button_press_event")
    assert w.search.chosen == row
    assert f"Nearest to {TITLES[row]}" in w.alt


def test_hovering_takes_no_message_away(w):
    w.view.value = USER
    w.message.value = "something is wrong"
    pointer(w, w.map.rows[0])
    assert w.message.value == "something is wrong"


# --- search


def test_a_search_lists_films_by_a_part_of_the_title_and_chooses_none(w):
    before = w.search.chosen
    w.search.part.value = "KYOTO"
    listed = [name for name, _ in w.search.found.options]
    expected = [row for row in np.argsort(-COUNTS, kind="stable") if "kyoto" in TITLES[row].lower()]
    assert [row for _, row in w.search.found.options] == expected[:30]
    assert all("Kyoto" in name for name in listed)
    assert w.search.chosen == before
    w.search.found.value = expected[1]
    assert w.search.chosen == expected[1]
    assert TITLES[expected[1]] in w.about.value
    w.search.next.click()
    assert w.search.chosen == expected[2]


def test_a_search_without_hits_is_no_error(w):
    w.search.part.value = "no film is called (this"
    assert w.search.found.options == ()
    w.search.next.click()
    assert not w.message.value


def test_films_of_one_name_are_told_apart():
    names = film_table(MODEL, DATA)["name"]
    assert names.is_unique
    assert len(set(TITLES)) < len(TITLES)


# --- neighbours


@pytest.mark.parametrize("given", [similar_items, None])
def test_neighbours_are_those_of_brute_force(given):
    row, films = 17, film_table(MODEL, DATA)
    found = Neighbours(Q, films, given).of(row)
    measures = {
        "cosine": Q @ Q[row] / np.linalg.norm(Q, axis=1) / np.linalg.norm(Q[row]),
        "dot product": Q @ Q[row],
        "distance": 1 / (1 + np.sqrt(((Q - Q[row]) ** 2).sum(axis=1))),
    }
    for name, values in measures.items():
        best = [i for i in np.argsort(-values) if i != row]
        np.testing.assert_array_equal(found[name][0][:50], best[:50])
        np.testing.assert_allclose(found[name][1], values[best], rtol=1e-9)


def test_a_film_without_direction_has_cosine_0_with_all():
    assert of_one_item(np.array([[0.0, 0], [1, 2], [2, 1]]), 0, 2, "cosine")[1].tolist() == [0, 0]


def test_neighbours_stand_in_three_columns_among_the_films_shown(w):
    w.enough.value, w.length.value = 75, 4
    row = w.search.chosen
    lines = cells(w.below.value)
    assert len(lines) == 4
    dots = np.where(COUNTS >= 75, Q @ Q[row], -np.inf)
    dots[row] = -np.inf
    best = np.argsort(-dots)[:4]
    assert [line[2].removeprefix("● ") for line in lines] == list(TITLES[best])
    assert [line[3] for line in lines] == [f"{dots[i]:.2f}" for i in best]


def test_the_students_function_is_asked_for_cosine_and_distance():
    asked = []

    def mine(Q, item, n, measure):
        asked.append(measure)
        return np.array([3, 2, 1]), np.array([0.9, 0.8, 0.7])

    w = explore(MODEL, DATA, mine)
    w.enough.value = 1
    assert set(asked) == {"cosine", "euclidean"}
    lines = cells(w.below.value)
    assert [line[0].removeprefix("● ") for line in lines[:3]] == list(film_table(MODEL, DATA)["name"].iloc[[3, 2, 1]])
    w.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [(ZeroDivisionError("zero & none"), "zero &amp; none"), (7, "should return two arrays"), (([5000], [1.0]), "IndexError")],
)
def test_an_error_of_the_students_function_is_shown_and_the_map_lives(answer, said):
    def mine(Q, item, n, measure):
        if isinstance(answer, Exception):
            raise answer
        return answer

    w = explore(MODEL, DATA, mine)
    assert 'role="alert"' in w.message.value
    assert said in w.message.value
    assert "<img" in w.still()
    w.angle.value = 90
    assert "turned by 90" in w.alt
    w.view.value = YOU
    assert not w.message.value
    w.close()


def test_a_function_not_written_yet_is_said_kindly():
    def mine(Q, item, n, measure):
        raise NotImplementedError

    w = explore(MODEL, DATA, mine)
    assert "your own function" in w.message.value
    w.close()


# --- people


def test_a_user_has_rated_and_is_recommended_films(w):
    w.view.value, w.user.value, w.enough.value, w.length.value = USER, 405, 1, 7
    rated = DATA.ratings[DATA.ratings["user_id"] == 405]
    seen, recommended = (cells(table) for table in re.findall("<table>.*?</table>", w.below.value))
    assert [float(line[1]) for line in seen] == sorted(rated["rating"], reverse=True)[:7]
    best = MODEL.recommend(405, n=7)
    assert [line[1] for line in recommended] == [f"{score:.2f}" for score in best["predicted"]]
    x, y = (MODEL.P_[MODEL.user_index[405]] @ w._plane()[0]).round(2) + 0.0
    assert f"User 405, a star, at ({x:.2f}, {y:.2f})" in w.alt


def test_an_unknown_user_is_said():
    table = DATA.ratings
    part = table[table["user_id"] != 7]
    w = explore(MatrixFactorization(n_factors=2, n_epochs=1).fit(part), DATA)
    w.view.value, w.user.value = USER, 7
    assert "no user with the id 7" in w.message.value
    w.user.value = 8
    assert not w.message.value
    w.close()


def test_rating_moves_you_and_taking_back_returns_to_the_origin(w):
    w.view.value = YOU
    assert np.ravel(w.map.star.get_data()).tolist() == [0, 0]
    row = w.search.chosen
    w.rating.value = 2
    w.rate.click()
    _, p = MODEL.fold_in([MODEL.item_ids[row]], [2])
    np.testing.assert_allclose(np.ravel(w.map.star.get_data()), p @ w._plane()[0], atol=1e-12)
    assert np.linalg.norm(p) > 0.01
    assert f"<td>{TITLES[row]}</td><td>2</td>" in w.below.value
    w.take_back.click()
    assert np.ravel(w.map.star.get_data()).tolist() == [0, 0]
    assert w.visitor.ratings == {}


def test_your_list_is_that_of_the_folded_in_model_without_what_you_rated(w):
    w.view.value, w.enough.value, w.length.value = YOU, 1, 6
    liked = int(np.argmax(MODEL.scores_of(*MODEL.fold_in([], []))))  # would lead the list if it were not rated
    rows = [liked, 20, 30]
    for row, rating in zip(rows, (5, 1, 4), strict=True):
        w.search.choose(row)
        w.rating.value = rating
        w.rate.click()
    scores = MODEL.scores_of(*MODEL.fold_in(MODEL.item_ids[rows], [5, 1, 4]))
    scores[rows] = -np.inf
    best = np.argsort(-scores)[:6]
    shown = cells(re.findall("<table>.*?</table>", w.below.value)[1])
    assert [line[0].removeprefix("new: ") for line in shown] == list(film_table(MODEL, DATA)["name"].iloc[best])
    assert [line[1] for line in shown] == [f"{scores[i]:.2f}" for i in best]


def test_a_rating_leaves_the_map_one_title(w):
    w.view.value = YOU
    w.rate.click()
    assert "films" in w.axes.get_title(loc="left")
    assert not w.axes.get_title(loc="center")


def test_taking_back_what_was_not_rated_is_said(w):
    w.view.value = YOU
    w.take_back.click()
    assert "nothing to take back" in w.message.value


# --- data of other kinds, and a clear word where the model does not fit


def test_the_toy_with_its_twelve_songs():
    toy = load_ratings("music")
    w = explore(MatrixFactorization(n_factors=2, n_epochs=20).fit(toy), toy, similar_items)
    assert "A map of 12 films" in w.alt
    w.view.value = USER
    assert "Darth Vader" in w.alt
    w.close()


def test_what_is_not_known_of_a_film_is_called_unknown():
    items = {**DATA._items, "year": np.full(len(DATA.items), np.nan), "genres": np.full(len(DATA.items), "")}
    w = explore(MODEL, replace(DATA, _items=items), similar_items)
    assert "year unknown · genres: unknown" in w.about.value
    assert w.map.genre_names == ["other"]
    w.close()


def test_a_model_of_a_part_of_the_ratings_has_fewer_films():
    part = DATA.ratings.iloc[:3000]
    model = MatrixFactorization(n_factors=2, n_epochs=1).fit(part)
    w = explore(model, DATA, similar_items)
    assert len(w.films) == part["item_id"].nunique() < DATA.n_items
    assert not w.message.value
    w.close()


def test_a_model_of_other_ratings_is_refused():
    toy = load_ratings("music")
    with pytest.raises(ValueError, match=r"of the 100000 ratings that this model was trained on are not in music.*fit\(data\)"):
        explore(MODEL, toy)
    changed = MatrixFactorization(n_factors=2, n_epochs=1).fit(DATA.ratings.assign(item_id=lambda t: t["item_id"] + 1))
    with pytest.raises(ValueError, match=r"Train a model on this data, model\.fit\(data\)"):
        explore(changed, DATA)


def test_a_model_that_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"not trained yet.*model\.fit\(data\)"):
        explore(MatrixFactorization(), DATA)
    with pytest.raises(ValueError, match="two factors"):
        explore(MatrixFactorization(n_factors=1, n_epochs=1).fit(DATA), DATA)


# --- the panel


def test_the_still_picture_has_words(w):
    assert re.search(r'<img alt="A map of \d+ films[^"]{200,}"', w.still())
    assert "<details>" in w.still()


def test_all_controls_have_labels(w):
    controls = [w.kind, w.across, w.up, w.angle, w.colours, w.enough, w.length, w.view, w.user, w.rating, w.rate, w.take_back]
    assert all(control.description for control in [*controls, w.search.part, w.search.found, w.search.next])


def test_closing_leaves_nothing():
    def once():
        w = explore(MODEL, DATA, similar_items)
        w.live.canvas.draw()
        pointer(w, w.map.rows[0])
        w.close()
        return weakref.ref(w.figure), weakref.ref(w)

    once()
    gc.collect()
    widgets = len(_instances)
    left = [once() for _ in range(3)]
    gc.collect()
    assert len(_instances) == widgets
    assert not any(ref() for pair in left for ref in pair)


def test_the_lessons_widgets_do_not_bring_ipympl_and_it_leaves_the_backend_alone():
    code = (
        "import matplotlib.pyplot as plt, sys; plt.switch_backend('svg'); import mfref.widgets.similarity;"
        "print('ipympl' in sys.modules); from mfref.widgets import explore; print('ipympl' in sys.modules, plt.get_backend())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "True", "svg"]


def test_the_first_view_is_of_neighbours(w):
    assert w.view.value == NEIGHBOURS
    assert w.user.layout.display == w.yours.layout.display == "none"
    w.view.value = YOU
    assert w.yours.layout.display == ""
