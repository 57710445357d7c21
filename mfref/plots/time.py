"""Pictures of lesson 12: one film by hand, ratings by day, films that drift, bins and damping, lines of users, half-lives."""

import textwrap

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, GREY, MARKS, ORANGE, PALETTE, RED, SKY, picture, say, student_draws

DAY = 86_400
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1}


def one_film(days, left, n_bins, damping):
    """The table of the by-hand part: what is left of each rating of one film, and the bias of each bin, plain and damped."""
    from mfref.time import item_bias_by_bin, time_bins

    days, left = np.asarray(days), np.asarray(left)
    bins, film = time_bins(days, n_bins), np.zeros(len(days), dtype=int)
    plain, damped = (item_bias_by_bin(film, bins, left, 1, n_bins, d)[0] for d in (0, damping))
    borders = np.linspace(days.min(), days.max(), n_bins + 1)
    with picture(7.6, 3.9) as (axes, alt):
        axes.axhline(0, color=BLACK, linewidth=0.8)
        for border in borders:
            axes.axvline(border, color="#d1d5db", linewidth=0.8, zorder=0)
        axes.plot(days, left, "o", color=GREY, label="a rating")
        for values, colour, dash, label in ((plain, RED, "--", "no damping"), (damped, BLUE, "-", f"damping {damping:g}")):
            axes.hlines(values, borders[:-1], borders[1:], color=colour, linestyle=dash, linewidth=2.5, label=label)
        for b in range(n_bins):
            axes.text((borders[b] + borders[b + 1]) / 2, 1.95, f"bin {b}", ha="center", color=GREY)
        axes.set(xlabel="day", ylabel="rating minus 3.5", title="One film, and the bias of each bin", ylim=(-1.8, 2.2))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = "; ".join(f"bin {b}: {plain[b]:+.2f}, damped {damped[b]:+.2f}" for b in range(n_bins))
        alt(f"Ratings of one film over {days.max():g} days as points, and the bias of each bin as steps: {words}.")


def groups(errors_of, title):
    """Errors of several predictors on several groups of ratings. errors_of: dict group → dict predictor → RMSE."""
    names, words = list(errors_of), []
    predictors = list(next(iter(errors_of.values())))
    with picture(8.4, 0.55 * len(names) + 1.5) as (axes, alt):
        for n, predictor in enumerate(predictors):
            values = [errors_of[name][predictor] for name in names]
            axes.plot(values, range(len(names)), MARKS[n], color=PALETTE[n], markersize=9, label=predictor)
        for row, name in enumerate(names):
            axes.axhline(row, color="#d1d5db", linewidth=0.8, zorder=0)
            words.append(f"{name}: {', '.join(f'{p} {v:.3f}' for p, v in errors_of[name].items())}")
        axes.set_yticks(range(len(names)), [textwrap.fill(name, 30) for name in names])
        axes.set(
            ylim=(len(names) - 0.5, -0.5), xlabel="test RMSE in rating points: further left is better", ylabel="test ratings"
        )
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"{title}. A row of marks for each group of test ratings, further left is better. {'; '.join(words)}.")


@student_draws
def by_day(time_bins, timestamps, ratings, n_bins):
    """How many ratings each day has, and the mean rating of each bin, by the student's function."""
    days = (timestamps - timestamps.min()) / DAY
    bins = np.asarray(time_bins(timestamps, n_bins))
    counts = np.bincount(bins, minlength=n_bins)
    means = np.bincount(bins, ratings, n_bins) / np.maximum(counts, 1)
    borders = np.linspace(0, days.max(), n_bins + 1)
    with picture(11.5, 3.9, columns=2) as (panels, alt):
        panels[0].bar(np.arange(int(days.max()) + 1), np.bincount(days.astype(int)), width=1, color=SKY)
        panels[0].set(title="Ratings by day", xlabel="day", ylabel="number of ratings")
        panels[1].hlines(means, borders[:-1], borders[1:], color=BLUE, linewidth=3)
        panels[1].axhline(ratings.mean(), color=BLACK, linestyle="--", linewidth=1, label="mean of all")
        every = 1 if n_bins <= 12 else 3
        for b in range(0, n_bins, every):
            middle = (borders[b] + borders[b + 1]) / 2
            panels[1].text(middle, means[b] + 0.02, f"{counts[b]:,}", ha="center", fontsize=8, color=GREY, bbox=WHITE)
        room = max(0.25, 1.3 * np.abs(means - ratings.mean()).max())
        panels[1].set(ylim=(ratings.mean() - room, ratings.mean() + room), xlabel="day", ylabel="mean rating")
        panels[1].set_title("Mean of each bin (small: number of ratings)")
        panels[1].legend(loc="lower left")
        words = "; ".join(f"{means[b]:.2f} of {counts[b]}" for b in range(n_bins))
        alt(
            f"Ratings by day over {days.max():.0f} days; and the mean rating of each of {n_bins} bins with its number of ratings: {words}."
        )


@student_draws
def drifting_films(item_bias_by_bin, data, bins, residuals, n_bins, damping, at_least=150, n=3):
    """The often rated films whose bias moves most between its lowest and its highest bin, by the student's function."""
    users, items, ratings = data.arrays()
    table = np.asarray(item_bias_by_bin(items, bins, residuals, data.n_items, n_bins, damping))
    often = np.bincount(items, minlength=data.n_items) >= at_least
    films = np.argsort(-np.where(often, np.ptp(table, axis=1), -1))[:n]
    days = np.ptp(data.ratings["timestamp"].to_numpy()) / DAY
    borders, words = np.linspace(0, days, n_bins + 1), []
    with picture(11.5, 3.6, columns=n, sharey=True) as (panels, alt):
        for axes, i in zip(panels, films, strict=True):
            draw_steps(axes, borders, table[i])
            axes.set(
                xlabel="day",
                ylabel="bias of the bin" if axes is panels[0] else "",
                title=textwrap.fill(data.items["title"][i], 28),
            )
            words.append(f"{data.items['title'][i]}: {', '.join(f'{value:+.2f}' for value in table[i])}")
        alt(f"The bias of {n} films in each of {n_bins} bins, as steps over the days. {'. '.join(words)}.")


def draw_steps(axes, borders, values):
    """A step for each bin: above 0 filled, below 0 hatched."""
    width = np.diff(borders)
    for part, look in ((values >= 0, {"color": BLUE}), (values < 0, {"color": ORANGE, "hatch": "//", "edgecolor": "white"})):
        axes.bar(borders[:-1][part], values[part], width[part], align="edge", **look)
    axes.axhline(0, color=BLACK, linewidth=0.8)


def bins_curve(rmse_of):
    """Validation RMSE by number of bins, a line for each damping. rmse_of: dict damping → dict number of bins → RMSE."""
    numbers = list(next(iter(rmse_of.values())))
    with picture(8, 3.9) as (axes, alt):
        for n, (damping, errors) in enumerate(rmse_of.items()):
            look = {"marker": MARKS[n], "linestyle": DASHES[n], "color": PALETTE[n]}
            axes.plot(range(len(numbers)), list(errors.values()), label=f"damping {damping:g}", **look)
        axes.axhline(rmse_of[next(iter(rmse_of))][0], color=BLACK, linestyle=":", linewidth=1, label="no bins at all")
        axes.set_xticks(range(len(numbers)), numbers)
        axes.set(xlabel="number of bins", ylabel="validation RMSE", title="How many bins, and how much damping?")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = (f"damping {d:g}: {', '.join(f'{n} bins {v:.4f}' for n, v in errors.items())}" for d, errors in rmse_of.items())
        alt(f"Validation RMSE by number of bins, a line for each damping; 0 bins is the baseline. {'; '.join(words)}.")


def planted_drift(truth, slope, counts, points_per_score, at_least=150):
    """The slope found for each often rated film against the one planted, in rating points. → nothing for real data."""
    if truth is None:
        say(
            "This data set is real: nobody knows its true drift. With the synthetic set, this cell compares what was found with it."
        )
        return
    often = counts >= at_least
    planted, found = points_per_score * truth.item_drift[often], slope[often]
    together = np.corrcoef(planted, found)[0, 1]
    with picture(6.4, 4.6) as (axes, alt):
        axes.plot(planted, found, "o", color=BLUE, alpha=0.6)
        ends = np.array([planted.min(), planted.max()])
        axes.plot(ends, ends, color=BLACK, linestyle="--", linewidth=1, label="found = planted")
        axes.set(xlabel="planted drift, in rating points over the period", ylabel="slope found")
        axes.set_title(f"Films with {at_least} ratings or more: correlation {together:.2f}")
        axes.legend(loc="upper left")
        alt(
            f"A cloud of {often.sum()} films along the diagonal: the slope found against the drift that was planted, both in rating "
            f"points over the whole period. Their correlation is {together:.2f}."
        )


@student_draws
def user_line(user_drift, users, times, residuals, n_users, reg):
    """The line of the user for whom a line explains most, with reg and without, by the student's function."""
    plain, centre = (np.asarray(part) for part in user_drift(users, times, residuals, n_users, 0.0))
    damped = np.asarray(user_drift(users, times, residuals, n_users, reg)[0])
    spread = np.bincount(users, (times - centre[users]) ** 2, minlength=n_users)
    u = int((damped**2 * spread).argmax())
    mine = users == u
    ends = np.array([times[mine].min(), times[mine].max()])
    with picture(8.2, 3.9) as (axes, alt):
        axes.axhline(0, color=BLACK, linewidth=0.8)
        axes.plot(times[mine], residuals[mine], "o", color=GREY, markersize=4, alpha=0.6, label="what is left of a rating")
        for slope, colour, dash, label in ((plain[u], RED, "--", "reg 0"), (damped[u], BLUE, "-", f"reg {reg:g}")):
            axes.plot(ends, slope * (ends - centre[u]), color=colour, linestyle=dash, linewidth=2.5, label=label)
        axes.plot(centre[u], 0, "D", color=GREEN, markersize=9, label="centre")
        axes.set(
            xlabel="time, as a part of the whole period",
            ylabel="rating points",
            title=f"A user with {mine.sum()} ratings on many days",
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            f"What the baseline leaves of {mine.sum()} ratings of one user, over the times {ends[0]:.2f} to {ends[1]:.2f}, and two lines that "
            f"turn around {centre[u]:.2f}: slope {plain[u]:+.2f} over the period without regularization, {damped[u]:+.2f} with reg {reg:g}."
        )


def changes(errors_of, title):
    """By how much each addition changes the error of the first predictor. errors_of: dict split → dict predictor → RMSE."""
    splits, words = list(errors_of), []
    parts = list(errors_of[splits[0]])[1:]
    with picture(8, 3.6) as (axes, alt):
        for n, split in enumerate(splits):
            base, *errors = errors_of[split].values()
            rows = np.arange(len(parts)) + 0.36 * n
            look = {"hatch": "//", "edgecolor": "white"} if n else {}
            bars = axes.barh(rows, np.array(errors) - base, 0.34, color=PALETTE[n], label=split, **look)
            axes.bar_label(bars, fmt="%+.4f", padding=3, fontsize=9)
            words.append(f"{split}: {', '.join(f'{p} {e - base:+.4f}' for p, e in zip(parts, errors, strict=True))}")
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.set_yticks(np.arange(len(parts)) + 0.18, parts)
        axes.invert_yaxis()
        axes.margins(x=0.25)
        axes.set(xlabel="change of the test RMSE: left of 0 is better", ylabel="what is added", title=title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"{title}. Bars, the change of the test RMSE by what is added, below 0 is better. {'; '.join(words)}.")


def half_lives(share_of):
    """Share of a week's ratings that the 20 most popular films of the time before get. share_of: dict half-life → share."""
    names, shares = list(share_of), np.array(list(share_of.values()))
    with picture(7.4, 3.6) as (axes, alt):
        axes.bar(range(len(names)), 100 * shares, color=[*[BLUE] * (len(names) - 1), GREEN], width=0.6)
        for n, share in enumerate(shares):
            axes.text(n, 100 * share + 0.1, f"{share:.1%}", ha="center", va="bottom")
        axes.set_xticks(range(len(names)), names)
        axes.set(ylim=(0, 100 * shares.max() * 1.15), xlabel="half-life in days", ylabel="% of the week after")
        axes.set_title("Ratings of the week after that go to the 20 most popular films")
        alt(f"Bars, the share of next week's ratings by half-life: {'; '.join(f'{n}: {s:.2%}' for n, s in share_of.items())}.")
