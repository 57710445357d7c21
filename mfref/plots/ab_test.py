"""Pictures of lesson 14: chance by shuffling, balance, A/A tests, power, clicks by position, verdicts, offline and online, peeking."""

import textwrap

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, GREY, MARKS, ORANGE, PALETTE, RED, SKY, picture, student_draws

GRID = "#d1d5db"
HATCHED = {"hatch": "//", "edgecolor": "white"}


def by_chance(clicks_a, n_a, clicks_b, n_b, n_shuffles=10_000):
    """The same clicks dealt out to A and B at random, again and again: how far apart the two shares then are."""
    rng = np.random.default_rng(1)
    in_b = rng.hypergeometric(clicks_a + clicks_b, n_a + n_b - clicks_a - clicks_b, n_b, n_shuffles)
    differences = 100 * (in_b / n_b - (clicks_a + clicks_b - in_b) / n_a)
    seen = 100 * (clicks_b / n_b - clicks_a / n_a)
    values, counts = np.unique(differences.round(9), return_counts=True)
    far = np.abs(values) >= abs(seen) - 1e-9
    with picture(7.6, 3.7) as (axes, alt):
        width = 0.8 * np.diff(values).min()
        axes.bar(values[~far], counts[~far] / n_shuffles, width, color=SKY, label="nearer to 0")
        axes.bar(values[far], counts[far] / n_shuffles, width, color=ORANGE, **HATCHED, label="as far apart as seen, or further")
        axes.axvline(seen, color=BLACK, linestyle="--", linewidth=1.2, label=f"seen: {seen:+.1f} points")
        axes.set(xlabel="share of B minus share of A, in points", ylabel="part of all shuffles")
        axes.set_title("If the list made no difference")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        share = counts[far].sum() / n_shuffles
        axes.text(0.01, 0.97, f"as far as seen: {share:.1%}", transform=axes.transAxes, va="top", color=GREY)
        alt(
            f"Bars around 0: the difference of two shares when {clicks_a + clicks_b} clicks of {n_a + n_b} users are dealt out at random, "
            f"{n_shuffles:,} times. In {share:.1%} of them it is as far from 0 as the {seen:+.1f} points that were seen."
        )


@student_draws
def balance(assign_variant, user_ids, groups):
    """Whether a salted hash splits evenly: over all users, by group, and a second experiment within the first.

    groups: an array, the group of each user.
    """
    first, second = (np.array([assign_variant(u, salt) for u in user_ids]) for salt in ("first experiment", "second experiment"))
    n = np.arange(1, len(user_ids) + 1)
    with picture(11.5, 3.7, columns=3, gridspec_kw={"width_ratios": (4, 3.2, 2.4)}) as (panels, alt):
        axes = panels[0]
        band = 1.96 * 0.5 / np.sqrt(n)
        axes.fill_between(n, 0.5 - band, 0.5 + band, color=GRID, label="95 % of fair coins")
        axes.plot(n, first.cumsum() / n, color=BLUE, label="share in B so far")
        axes.axhline(0.5, color=BLACK, linestyle="--", linewidth=1)
        axes.set(xscale="log", xlim=(5, n[-1]), ylim=(0, 1), xlabel="users so far", ylabel="share in B", title="All users")
        axes.legend(loc="upper right")
        by_group = {str(group): first[groups == group] for group in np.unique(groups)}
        words = shares(panels[1], by_group, "By group of users")
        within = {f"in {'AB'[v]} of\nthe first": second[first == v] for v in (0, 1)}
        words_within = shares(panels[2], within, "A second salt")
        alt(
            f"Share of users in B: {first.mean():.1%} of {len(first)}, running towards one half within the band of fair coins. By group: {words}. "
            f"In a second experiment: {words_within}."
        )


def shares(axes, ones_of, title):
    """Shares with 95 % intervals, a row each; → their words."""
    words = []
    for row, (name, ones) in enumerate(ones_of.items()):
        share = ones.mean() if len(ones) else np.nan
        half = 1.96 * 0.5 / np.sqrt(max(len(ones), 1))
        axes.plot([share - half, share + half], [row, row], color=GREY, linewidth=1.5)
        axes.plot(share, row, "o", color=BLUE)
        words.append(f"{' '.join(name.split())} {share:.1%} of {len(ones)}")
    axes.axvline(0.5, color=BLACK, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(ones_of)), list(ones_of))
    axes.set(xlim=(0.3, 0.7), ylim=(len(ones_of) - 0.5, -0.5), xlabel="share in B", title=title)
    return ", ".join(words)


@student_draws
def aa_tests(two_proportion_test, p, n, n_experiments, rng):
    """The p-values of experiments in which both variants are the same, by the student's test."""
    a, b = rng.binomial(n, p, (2, n_experiments))
    p_values = np.array([two_proportion_test(x, n, y, n)[2] for x, y in zip(a.tolist(), b.tolist(), strict=True)])
    counts, borders = np.histogram(p_values, np.linspace(0, 1, 21))
    below = float(np.mean(p_values < 0.05))
    with picture(7.6, 3.5) as (axes, alt):
        look = {"width": 0.046, "align": "edge"}
        axes.bar(borders[:1], counts[:1], color=ORANGE, **HATCHED, label=f"below 0.05: {below:.1%}", **look)
        axes.bar(borders[1:-1], counts[1:], color=SKY, label="0.05 and above", **look)
        axes.axhline(n_experiments / 20, color=BLACK, linestyle="--", linewidth=1, label="all equally likely")
        axes.set(xlabel="p-value", ylabel="experiments", title=f"{n_experiments:,} A/A experiments, nothing to find")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            f"Histogram of the p-values of {n_experiments:,} experiments without any difference, in 20 bars of about equal height, "
            f"from {counts.min()} to {counts.max()}. {below:.1%} are below 0.05."
        )


@student_draws
def power_curve(two_proportion_test, sample_size, p, lift, alpha, n_experiments, rng):
    """How often a lift is found with so many users: simulated experiments by the student's test, beside the student's formula."""
    powers = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
    wanted = np.array([sample_size(p, lift, alpha, power) for power in powers])
    sizes, found = np.linspace(wanted[0], wanted[-1], 8).astype(int), []
    for n in sizes.tolist():
        a, b = rng.binomial(n, p, n_experiments).tolist(), rng.binomial(n, p + lift, n_experiments).tolist()
        found.append(np.mean([two_proportion_test(x, n, y, n)[2] < alpha for x, y in zip(a, b, strict=True)]))
    enough = int(wanted[list(powers).index(0.8)])
    with picture(7.8, 3.8) as (axes, alt):
        axes.plot(wanted, powers, color=BLUE, label="your sample_size")
        axes.plot(sizes, found, "o", color=ORANGE, label=f"found in {n_experiments:,} experiments")
        axes.plot([enough, enough, 0], [0, 0.8, 0.8], color=GREY, linestyle=":", label=f"{enough:,} users for power 0.8")
        axes.set(xlim=(0, None), ylim=(0, 1.02), xlabel="users in each variant", ylabel="power: how often it is found")
        axes.set_title(f"A lift from {p:.0%} to {p + lift:.0%}")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = "; ".join(f"{n:,} users {share:.0%}" for n, share in zip(sizes, found, strict=True))
        alt(
            f"The power grows with the number of users. Simulated: {words}. By the formula, power 0.8 needs {enough:,} users each."
        )


def clicks_by_position(shares_of, title):
    """Share of visitors who click on each position, a line for each list. shares_of: dict list → (k,)."""
    with picture(7.6, 3.6) as (axes, alt):
        for n, (name, shares_of_list) in enumerate(shares_of.items()):
            k = np.arange(1, len(shares_of_list) + 1)
            axes.plot(k, 100 * shares_of_list, marker=MARKS[n], linestyle=DASHES[n], color=PALETTE[n], label=name)
        axes.set_xticks(k)
        axes.set(ylim=(0, None), xlabel="position in the list", ylabel="% of visitors who click", title=title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = "; ".join(f"{name}: {', '.join(f'{100 * s:.1f}' for s in values)}" for name, values in shares_of.items())
        alt(f"{title}: percent of visitors who click on position 1, 2 and so on. {words}.")


def intervals(results, title):
    """Differences with their 95 % intervals, a row each. results: dict row → (difference, low, high), in shares."""
    with picture(8.2, 0.6 * len(results) + 1.3) as (axes, alt):
        for row, (difference, low, high) in enumerate(results.values()):
            clear = low > 0 or high < 0
            axes.plot([100 * low, 100 * high], [row, row], color=BLUE if clear else GREY, linewidth=2.5, solid_capstyle="butt")
            axes.plot(100 * difference, row, "o" if clear else "X", color=BLUE if clear else RED, markersize=9)
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.set_yticks(range(len(results)), [textwrap.fill(name, 34) for name in results])
        axes.set(ylim=(len(results) - 0.5, -0.5), xlabel="B minus A, in points; circle: the interval leaves 0 out, X: it holds 0")
        axes.set_title(title)
        words = "; ".join(f"{name}: {100 * d:+.2f}, from {100 * a:+.2f} to {100 * b:+.2f}" for name, (d, a, b) in results.items())
        alt(f"{title}: the difference between B and A in points, with its 95 % interval. {words}.")


def offline_online(table):
    """Each list by what is measured offline and by what visitors do. table: dict list → dict measure → value, NaN for none."""
    names, measures = list(table), list(next(iter(table.values())))
    with picture(11.5, 0.5 * len(names) + 1.5, columns=len(measures), sharey=True) as (panels, alt):
        for axes, measure in zip(panels, measures, strict=True):
            values = np.array([table[name][measure] for name in names])
            lower = measure.startswith("RMSE")
            best = np.nanargmin(values) if lower else np.nanargmax(values)
            for row, value in enumerate(values):
                axes.axhline(row, color=GRID, linewidth=0.8, zorder=0)
                if np.isnan(value):
                    axes.text(
                        0.5,
                        row,
                        "predicts no ratings",
                        transform=axes.get_yaxis_transform(),
                        ha="center",
                        va="center",
                        color=GREY,
                    )
                    continue
                axes.plot(value, row, "D" if row == best else "o", color=GREEN if row == best else BLUE, markersize=9)
                text = f"{value:.1%}" if measure.startswith("visitors") else f"{value:.3f}"
                axes.annotate(text, (value, row), (0, -13), textcoords="offset points", ha="center", fontsize=9)
            axes.margins(x=0.2)
            axes.set_title(measure)
            axes.set_xlabel("further left is better" if lower else "further right is better")
        panels[0].set_yticks(range(len(names)), names)
        panels[0].set_ylim(len(names) - 0.4, -0.5)
        words = "; ".join(f"{name}: {', '.join(f'{m} {v:.3f}' for m, v in table[name].items() if v == v)}" for name in names)
        alt(f"A row of marks for each list, a panel for each measure, a diamond for the best. {words}.")


def positions(fixed, shuffled, examined):
    """Left: clicks by position, in a fixed order and shuffled. Right: examination estimated from the shuffled ones, and the true one."""
    k = np.arange(1, len(fixed) + 1)
    found = shuffled / shuffled[0]
    with picture(11.5, 3.7, columns=2) as (panels, alt):
        for n, (values, name) in enumerate(((fixed, "always in the same order"), (shuffled, "shuffled for each visitor"))):
            panels[0].plot(k, 100 * values, marker=MARKS[n], linestyle=DASHES[n], color=PALETTE[n], label=name)
        panels[0].set(ylabel="% of visitors who click", title="Ten films, the same list for everybody")
        panels[1].plot(k, found, marker="o", color=GREEN, label="estimated: clicks / clicks on position 1")
        panels[1].plot(k, examined / examined[0], color=BLACK, linestyle="--", label="true")
        panels[1].set(ylabel="looked at, relative to position 1", title="Who looks where")
        for axes in panels:
            axes.set_xticks(k)
            axes.set(ylim=(0, None), xlabel="position in the list")
            axes.legend(loc="upper right")
        alt(
            f"Percent of visitors who click, by position; in a fixed order: {', '.join(f'{100 * s:.1f}' for s in fixed)}; shuffled: "
            f"{', '.join(f'{100 * s:.1f}' for s in shuffled)}. Estimated looks relative to position 1: {', '.join(f'{f:.2f}' for f in found)}."
        )


def corrected(titles, raw, undone, true):
    """For each film of a list in fixed order: its clicks as they are, divided by the examination, and what is true."""
    with picture(9.6, 0.4 * len(titles) + 1.4) as (axes, alt):
        rows = np.arange(len(titles))
        for values, mark, colour, name in (
            (raw, "X", RED, "clicks as they are"),
            (undone, "o", BLUE, "divided by the examination"),
            (true, "|", BLACK, "true attraction"),
        ):
            axes.plot(
                100 * values, rows, mark, color=colour, markersize=9 if mark != "|" else 16, markeredgewidth=1.5, label=name
            )
        for row in rows:
            axes.axhline(row, color=GRID, linewidth=0.8, zorder=0)
        axes.set_yticks(rows, [f"{row + 1}. {textwrap.shorten(title, 34, placeholder='…')}" for row, title in enumerate(titles)])
        axes.set(
            ylim=(len(titles) - 0.5, -0.5), xlim=(0, None), xlabel="% of visitors", title="What the position did to the clicks"
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = "; ".join(f"{r + 1}: {100 * raw[r]:.1f}, {100 * undone[r]:.1f}, {100 * true[r]:.1f}" for r in rows)
        alt(
            f"For each film of the list its clicks in percent, these divided by the examination, and the true attraction. {words}."
        )


def peeking(rates, alpha):
    """Share of A/A experiments with a false alarm, by number of looks. rates: dict number of looks → share."""
    looks, values = list(rates), np.array(list(rates.values()))
    with picture(7.4, 3.7) as (axes, alt):
        axes.plot(looks, 100 * values, marker="o", color=BLUE, label="alarmed at any look")
        axes.axhline(100 * alpha, color=BLACK, linestyle="--", linewidth=1, label=f"alpha, {alpha:.0%}")
        for look, value in zip(looks, values, strict=True):
            if look in (looks[0], looks[-1], 5, 10):
                axes.annotate(f"{value:.0%}", (look, 100 * value), (2, 8), textcoords="offset points", ha="center")
        axes.set_xticks(looks)
        axes.set(ylim=(0, 100 * values.max() * 1.2), xlabel="number of looks", ylabel="% of A/A experiments")
        axes.set_title("Look often enough, and you will find something")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        words = ", ".join(f"{look} {value:.1%}" for look, value in rates.items())
        alt(f"Share of experiments without any difference that are called significant at some look, by number of looks: {words}.")
