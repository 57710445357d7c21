"""Lesson 09 to play with: fill the toy's gaps, keep k terms, and see what they say about ratings that were held out."""

import numpy as np
from ipywidgets import IntSlider, ToggleButtons

from mfref.evaluation import rmse
from mfref.plots.picture import BLUE, GREY, RED
from mfref.plots.svd import WAYS, draw_table, table_of
from mfref.widgets.board import labelled, table_html
from mfref.widgets.panel import Panel


def fill_and_cut(impute, truncated_svd, data, held_out):
    """The table that k terms give, and the error on the known and on the held-out ratings by k.

    impute, truncated_svd: the student's functions. data: `Ratings`, small; held_out: indices of ratings to leave out.
    """
    return FillAndCut(impute, truncated_svd, data, held_out)


class FillAndCut(Panel):
    def __init__(self, impute, truncated_svd, data, held_out):
        super().__init__(width=10, height=6, rows=2, height_ratios=(3, 2))
        self.impute, self.truncated_svd, self.data = impute, truncated_svd, data
        users, items, self.actual = (column[held_out] for column in data.arrays())
        self.unseen = users, items
        self.held_out = dict(zip(zip(users.tolist(), items.tolist(), strict=True), self.actual.tolist(), strict=True))
        self.R = table_of(data, np.setdiff1d(np.arange(data.n_ratings), held_out))
        self.most = min(self.R.shape)
        self.how = ToggleButtons(options=WAYS, value="item_mean", description="Fill with", style={"button_width": "8em"})
        self.k = labelled(IntSlider(2, min=1, max=self.most, description="Terms k"))
        self.start([self.how, self.k])

    def fitted(self, filled, k):
        U, s, Vt = (np.asarray(part, dtype=float) for part in self.truncated_svd(filled.copy(), k))
        return U * s @ Vt

    def draw(self):
        how, k = self.how.value, self.k.value
        filled = np.asarray(self.impute(self.R.copy(), how), dtype=float)
        tables = [self.fitted(filled, n) for n in range(1, self.most + 1)]
        known = ~np.isnan(self.R)
        training = [rmse(self.R[known], X[known]) for X in tables]
        held_out = [rmse(self.actual, X[self.unseen]) for X in tables]
        self._show_table(tables[k - 1], how, k)
        self._show_errors(training, held_out, k)
        self._list(filled, tables[k - 1], k)
        return (
            f"The toy filled with {how}, and the table that k = {k} terms give. Error on the known ratings {training[k - 1]:.2f}, on "
            f"the {len(self.held_out)} that were held out {held_out[k - 1]:.2f}. Held out, by k: "
            f"{', '.join(f'{value:.2f}' for value in held_out)}."
        )

    def _show_table(self, X, how, k):
        upper = self.axes[0]
        upper.clear()
        draw_table(upper, X, np.isnan(self.R), self.data, held_out=self.held_out)
        upper.set_title(f"What {k} of {self.most} terms say, filled with {how}; thick frames: held-out ratings in brackets")

    def _show_errors(self, training, held_out, k):
        lower, ks = self.axes[1], np.arange(1, self.most + 1)
        lower.clear()
        lower.plot(ks, training, "s--", color=BLUE, label="known ratings")
        lower.plot(ks, held_out, "o-", color=RED, label="held-out ratings")
        lower.axvline(k, color=GREY, linestyle=":")
        lower.set_xticks(ks)
        lower.set(xlabel="number of terms k", ylabel="RMSE", ylim=(0, 1.5 * max(held_out)), title="Error by number of terms")
        lower.legend(loc="upper right", ncols=2)

    def _list(self, filled, X, k):
        names, titles = self.data.users["name"], self.data.items["title"]
        rows = [(names[u], titles[i], f"{r:g}", f"{filled[u, i]:.2f}", f"{X[u, i]:.2f}") for (u, i), r in self.held_out.items()]
        head = ("listener", "song", "held out", "filled in", f"{k} terms say")
        self.table.value = table_html("The held-out ratings", head, rows)
