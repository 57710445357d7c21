"""Lesson 12 to play with: one film's bias over time, with the number of bins and the damping that the reader picks."""

import numpy as np
import pandas as pd
from ipywidgets import IntSlider

from mfref.plots.picture import GREY, SKY
from mfref.plots.time import DAY, draw_steps
from mfref.widgets.board import labelled, table_html
from mfref.widgets.film_search import FilmSearch
from mfref.widgets.panel import Panel


def film_over_time(time_bins, item_bias_by_bin, data, residuals):
    """What is special about a film in each bin, and on how many ratings it rests.

    time_bins, item_bias_by_bin: the student's functions. data: `Ratings`. residuals (n_ratings,): what the baseline leaves.
    """
    return FilmOverTime(time_bins, item_bias_by_bin, data, residuals)


class FilmOverTime(Panel):
    def __init__(self, time_bins, item_bias_by_bin, data, residuals):
        super().__init__(width=7.6, height=4.8, rows=2, sharex=True, height_ratios=(3, 2))
        self.time_bins, self.item_bias_by_bin, self.data, self.residuals = time_bins, item_bias_by_bin, data, residuals
        self.items, self.timestamps = data.arrays()[1], data.ratings["timestamp"].to_numpy()
        self.titles = list(data.items["title"])
        counts = np.bincount(self.items, minlength=data.n_items)
        self.n_bins = labelled(IntSlider(6, 1, 30, description="Number of bins", continuous_update=False))
        self.damping = labelled(IntSlider(5, 0, 50, description="Damping", continuous_update=False))
        films = pd.DataFrame({"name": self.titles, "n_ratings": counts})
        self.film = FilmSearch(films, int(counts.argmax()), self.guarded, self.refresh)
        self.start([self.n_bins, self.damping], [self.film.root])

    def draw(self):
        i, n = self.film.chosen, self.n_bins.value
        bins = np.asarray(self.time_bins(self.timestamps, n))
        arguments = self.items, bins, self.residuals, self.data.n_items, n, self.damping.value
        bias = np.asarray(self.item_bias_by_bin(*arguments))[i]
        counts = np.bincount(bins[self.items == i], minlength=n)
        borders = np.linspace(0, np.ptp(self.timestamps) / DAY, n + 1)
        for axes in self.axes:
            axes.clear()
        top, bottom = self.axes
        draw_steps(top, borders, bias)
        reach = max(0.5, 1.1 * np.abs(bias).max())
        top.set(ylim=(-reach, reach), ylabel="bias of the bin")
        top.set_title(self.titles[i], wrap=True)
        bottom.bar(borders[:-1], counts, np.diff(borders), align="edge", color=SKY, edgecolor=GREY, linewidth=0.5)
        bottom.set(xlabel="day", ylabel="ratings", ylim=(0, max(1, 1.1 * counts.max())))
        rows = [(b, f"{borders[b]:.0f} to {borders[b + 1]:.0f}", int(counts[b]), f"{bias[b]:+.2f}") for b in range(n)]
        self.table.value = table_html(f"{self.titles[i]}, bin by bin", ("bin", "days", "ratings", "bias"), rows)
        self.below.value = f"<p>{self._about(bias, counts)}</p>"
        words = "; ".join(f"{value:+.2f} of {count}" for value, count in zip(bias, counts, strict=True))
        return (
            f"{self.titles[i]}: its bias in each of {n} bins at damping {self.damping.value}, as steps, and under it the number of "
            f"ratings that each rests on. {words}."
        )

    def _about(self, bias, counts):
        empty = int((counts == 0).sum())
        return (
            f"{counts.sum()} ratings. From the lowest bin to the highest: {np.ptp(bias):.2f} rating points. "
            f"Bins without ratings: {empty} of {len(counts)}."
        )
