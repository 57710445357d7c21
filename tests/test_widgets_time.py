"""Lesson 12's film over time, held to sums made here."""

import numpy as np
import pytest

from mfref import load_ratings
from mfref.time import item_bias_by_bin, time_bins
from mfref.widgets.time import film_over_time

DATA = load_ratings().busiest(40, 30)
_, film_of, ratings = DATA.arrays()
times = DATA.ratings["timestamp"].to_numpy()
left = ratings - 3


def shown(bins=time_bins, bias=item_bias_by_bin):
    return film_over_time(bins, bias, DATA, left)


@pytest.mark.parametrize(("film", "n_bins", "damping"), [(0, 1, 0), (4, 3, 5), (9, 30, 50)])
def test_each_bin_shows_its_bias_and_its_count(film, n_bins, damping):
    w = shown()
    w.n_bins.value, w.damping.value = n_bins, damping
    w.film.choose(film)
    borders = np.linspace(times.min(), times.max(), n_bins + 1)
    for b in range(n_bins):
        inside = (film_of == film) & (times >= borders[b]) & ((times < borders[b + 1]) | (b == n_bins - 1))
        bias = left[inside].sum() / (inside.sum() + damping) if inside.any() else 0
        assert f"<td>{b}</td>" in w.table.value
        assert f"<td>{inside.sum()}</td><td>{bias:+.2f}</td>" in w.table.value
        assert f"{bias:+.2f} of {inside.sum()}" in w.alt
    assert DATA.items["title"][film] in w.alt
    assert not w.message.value


def test_it_begins_with_the_film_that_has_most_ratings():
    most = np.bincount(film_of).argmax()
    assert DATA.items["title"][most] in shown().alt


def test_more_damping_means_a_smaller_swing():
    w = shown()
    swings = []
    for damping in (0, 10, 50):
        w.damping.value = damping
        swings.append(float(w.below.value.split(":")[1].split()[0]))
    assert swings == sorted(swings, reverse=True)
    assert swings[0] > swings[-1]


def test_a_search_lists_films_and_a_choice_shows_them():
    w = shown()
    title = DATA.items["title"][7]
    w.film.part.value = title
    w.film.found.value = w.film.hits[0]
    assert title in w.alt


def test_empty_bins_are_counted():
    w = shown()
    w.n_bins.value = 30
    counts = np.bincount(time_bins(times, 30)[film_of == w.film.chosen], minlength=30)
    assert f"without ratings: {(counts == 0).sum()} of 30" in w.below.value


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    def wrong(*_):
        raise ValueError("index 6 is out of bounds")

    assert "drawn by your own function" in shown(bins=not_written).message.value
    assert "out of bounds" in shown(bias=wrong).message.value
