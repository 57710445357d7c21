"""Pictures of lesson 13: a taste in the middle, the network, two walks, training curves, the verdict, a dot product to be learned."""

import textwrap

import numpy as np

from mfref.plots.picture import BLACK, BLUE, DASHES, GREEN, GREY, MARKS, ORANGE, PALETTE, PURPLE, RED, picture, student_draws


def taste_in_the_middle(n_users=40, n_items=40):
    """Ratings 5 - 4 |p - q| for places p and q between 0 and 1; how near a dot product of k factors comes to them at best."""
    places = np.linspace(0, 1, n_items)
    table = 5 - 4 * np.abs(np.linspace(0, 1, n_users)[:, None] - places)
    U, s, Vt = np.linalg.svd(table - table.mean())
    left = [float(np.sqrt(np.sum(s[k:] ** 2) / table.size)) for k in range(9)]
    with picture(11, 3.9, columns=2) as (panels, alt):
        for n, p in enumerate((0.0, 0.5, 1.0)):
            ratings = 5 - 4 * np.abs(p - places)
            panels[0].plot(places, ratings, DASHES[n], color=PALETTE[n], linewidth=2.5, label=f"listener at {p:g}")
        panels[0].set(xlabel="how wild the song is, q", ylabel="rating", title="Whoever likes the middle", ylim=(0.5, 5.5))
        panels[0].legend(loc="lower center", ncols=3, bbox_to_anchor=(0.5, -0.42))
        panels[1].plot(left, "o-", color=BLUE)
        panels[1].set(
            xlabel="number of factors", ylabel="RMSE of the best dot product", title="What k factors leave", ylim=(0, None)
        )
        words = ", ".join(f"{k}: {value:.2f}" for k, value in enumerate(left))
        alt(
            "Left: the ratings of three listeners by how wild a song is. At place 0 the line falls from 5 to 1, at place 1 it rises "
            "from 1 to 5, and at place 0.5 it rises from 3 to 5 and falls back to 3. Right: the RMSE that is left when the table of "
            f"such ratings, minus its mean, is written as a dot product of the best k factors. {words}."
        )


def network(n_factors=2, n_hidden=4):
    """The network: x, the hidden units and the prediction as circles, a line for each weight."""
    x = [*(f"$p_{k}$" for k in range(n_factors)), *(f"$q_{k}$" for k in range(n_factors))]
    columns = [(0, x), (1.5, [f"$h_{j}$" for j in range(n_hidden)]), (3, [r"$\hat{r}$"])]
    with picture(8.6, 4.3) as (axes, alt):
        places = [[(left, (len(names) - 1) / 2 - n) for n in range(len(names))] for left, names in columns]
        for here, there in zip(places, places[1:], strict=False):
            for a in here:
                for b in there:
                    axes.plot([a[0], b[0]], [a[1], b[1]], color=GREY, linewidth=0.9, zorder=1)
        for column, (_, names) in enumerate(columns):
            for n, (name, (left, up)) in enumerate(zip(names, places[column], strict=True)):
                colour = (
                    (BLUE if n < n_factors else ORANGE, GREEN, PURPLE)[column] if column == 0 else (GREEN, PURPLE)[column - 1]
                )
                axes.plot(left, up, "o", markersize=34, color="white", markeredgecolor=colour, markeredgewidth=2.5, zorder=2)
                axes.text(left, up, name, ha="center", va="center", fontsize=13, zorder=3)
        top = max(len(x), n_hidden) / 2
        labels = ((0, "x: user and item,\nside by side"), (0.75, "W1"), (1.5, "hidden units:\nmax(0, x W1 + b1)"), (2.25, "w2"))
        for left, text in (*labels, (3, "rating:\nh · w2 + b2")):
            axes.text(left, top + 0.15, text, ha="center", va="bottom", fontsize=11)
        axes.set(xlim=(-0.5, 3.5), ylim=(-top - 0.1, top + 1))
        axes.axis("off")
        alt(
            f"A network in three columns. On the left {2 * n_factors} circles: the {n_factors} factors of the user over the {n_factors} of "
            f"the item. In the middle {n_hidden} hidden units, on the right one circle, the rating. A line leads from every circle to "
            "every circle of the next column: the weights W1, then w2."
        )


@student_draws
def two_walks(adam_step, steps=60):
    """Plain descent and the student's Adam down a narrow valley, (a² + 100 b²) / 2, from the same start."""
    slopes = np.array([1.0, 100.0])
    walks = {}
    for name, lr in (("plain, lr 0.019", 0.019), ("plain, lr 0.002", 0.002), ("Adam, lr 0.1", 0.1)):
        weights, moments, path = {"w": np.array([-2.5, 1.0])}, {"w": np.zeros((2, 2))}, [np.array([-2.5, 1.0])]
        for t in range(1, steps + 1):
            gradients = {"w": slopes * weights["w"]}
            if name.startswith("Adam"):
                adam_step(weights, gradients, moments, t, lr, 0.9, 0.999, 1e-8)
            else:
                weights["w"] = weights["w"] - lr * gradients["w"]
            path.append(np.array(weights["w"]))
        walks[name] = np.array(path)
    a, b = np.meshgrid(np.linspace(-3, 1.2, 200), np.linspace(-1.25, 1.25, 200))
    with picture(8.6, 4) as (axes, alt):
        axes.contour(a, b, (a**2 + 100 * b**2) / 2, levels=np.geomspace(0.05, 80, 9), colors="#d1d5db", linewidths=0.8)
        for n, (name, path) in enumerate(walks.items()):
            look = {"marker": MARKS[n], "linestyle": DASHES[n], "color": (ORANGE, RED, BLUE)[n]}
            axes.plot(*path.T, markersize=4, linewidth=1.2, label=name, **look)
        axes.plot(0, 0, "*", color=BLACK, markersize=14, label="lowest point")
        axes.set(xlabel="weight with small gradients, a", ylabel="weight with large ones, b", ylim=(-1.25, 1.25))
        axes.set_title(f"{steps} steps down a narrow valley")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        ends = "; ".join(f"{name} ends at ({path[-1][0]:.2f}, {path[-1][1]:.2f})" for name, path in walks.items())
        alt(f"Three walks from (-2.50, 1.00) towards the lowest point at (0, 0) of a valley that is narrow in b. {ends}.")


def epochs(functions, weights, train, validation, lr, reg, n_epochs, batch_size, rng):
    """Train on from these weights, and measure both parts after each epoch. functions: (forward, backward, adam_step).

    train, validation: (users, items, ratings). → (training RMSEs, validation RMSEs)
    """
    forward, backward, adam_step = functions
    moments = {name: np.zeros((2, *np.shape(array))) for name, array in weights.items()}
    told, t = ([], []), 0
    for _ in range(n_epochs):
        order = rng.permutation(len(train[2]))
        for start in range(0, len(order), batch_size):
            t += 1
            gradients = backward(weights, *(part[order[start : start + batch_size]] for part in train), reg)
            adam_step(weights, gradients, moments, t, lr, 0.9, 0.999, 1e-8)
        for rmses, (users, items, ratings) in zip(told, (train, validation), strict=True):
            rmses.append(float(np.sqrt(np.mean((ratings - np.asarray(forward(weights, users, items)[0])) ** 2))))
    return told


def curves(told, best, baseline):
    """Training and validation RMSE by epoch, for one or more settings. told: dict name → (training, validation) RMSEs.

    best: dict name → index of the best epoch. baseline: validation RMSE of the biases.
    """
    words = []
    with picture(5.4 * len(told), 3.9, columns=len(told), sharey=True, squeeze=False) as (panels, alt):
        for axes, (name, (training, validation)) in zip(panels[0], told.items(), strict=True):
            at = np.arange(1, len(training) + 1)
            axes.plot(at, training, "s--", color=ORANGE, markersize=4, label="training")
            axes.plot(at, validation, "o-", color=BLUE, markersize=4, label="validation")
            axes.axhline(baseline, color=GREY, linestyle=":", label="biases, validation")
            n = best[name]
            axes.plot(n + 1, validation[n], "D", color=GREEN, markersize=10, label="best epoch")
            axes.set(xlabel="epoch", ylabel="RMSE" if axes is panels[0][0] else "", title=name)
            words.append(
                f"{name}: validation is lowest in epoch {n + 1}, {validation[n]:.3f}, and {validation[-1]:.3f} in the last; "
                f"training ends at {training[-1]:.3f}"
            )
        panels[0][-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(f"Training and validation RMSE by epoch; the biases have {baseline:.3f}. {'. '.join(words)}.")


def verdict(rmse_of, seconds_of):
    """Test RMSE and training time of each predictor. Both: dict predictor → number."""
    names = list(rmse_of)
    with picture(11, 0.5 * len(names) + 1.7, columns=2) as (panels, alt):
        for axes, values, what in ((panels[0], rmse_of, "test RMSE"), (panels[1], seconds_of, "seconds to train, logarithmic")):
            for n, name in enumerate(names):
                axes.axhline(n, color="#d1d5db", linewidth=0.8, zorder=0)
                axes.plot(values[name], n, MARKS[n], color=PALETTE[n], markersize=10)
                text = f"{values[name]:.4f}" if values is rmse_of else f"{values[name]:.2g} s"
                axes.annotate(text, (values[name], n), (0, 9), textcoords="offset points", ha="center", fontsize=9)
            axes.set_yticks(range(len(names)), [textwrap.fill(name, 22) for name in names] if axes is panels[0] else [])
            axes.set(xlabel=what, ylim=(len(names) - 0.5, -0.7))
            axes.margins(x=0.15)
        panels[0].set(title="How good", ylabel="predictor")
        panels[1].set(title="How long, on this machine", ylabel="", xscale="log")
        words = "; ".join(f"{name}: RMSE {rmse_of[name]:.4f}, {seconds_of[name]:.2g} s" for name in names)
        alt(f"Test RMSE on the left and training time on the right, a mark for each predictor, further left is better. {words}.")


def dot_product_learned(rmse_of):
    """RMSE on fresh vectors of networks that were taught dot products. rmse_of: dict name → dict number of factors → RMSE."""
    words = []
    with picture(8, 3.9) as (axes, alt):
        for n, (name, errors) in enumerate(rmse_of.items()):
            axes.plot(list(errors), list(errors.values()), marker=MARKS[n], linestyle=DASHES[n], color=PALETTE[n], label=name)
            words.append(f"{name}: {', '.join(f'{k} factors {value:.2f}' for k, value in errors.items())}")
        axes.axhline(1, color=GREY, linestyle=":", label="always 0")
        axes.axhline(0, color=BLACK, linewidth=1, label="the dot product itself")
        ticks = list(next(iter(rmse_of.values())))
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, ticks)
        axes.set(xlabel="number of factors", ylabel="RMSE on fresh vectors", title="A network learns to multiply")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        alt(
            "RMSE of what a network says about the dot product of two vectors that it has not seen, by their number of factors. "
            f"Always saying 0 has about 1, the dot product itself 0. {'; '.join(words)}."
        )


def draw_contributions(axes, parts, bias, title):
    """Draw what each hidden unit adds to the bias, the largest parts first; → the alt text. parts: hidden · w2, one a unit."""
    order = np.argsort(-np.abs(parts), kind="stable")
    levels = np.concatenate([[bias], bias + np.cumsum(parts[order])])
    at = np.arange(1, len(parts) + 1)
    for up, look in ((True, {"color": BLUE}), (False, {"color": ORANGE, "hatch": "//", "edgecolor": "white"})):
        part = (parts[order] >= 0) == up
        axes.bar(at[part], parts[order][part], bottom=levels[:-1][part], width=0.8, **look)
    axes.bar(0, bias, width=0.8, color=GREEN)
    axes.bar(len(parts) + 1, levels[-1], width=0.8, color=PURPLE)
    for place, level in ((0, bias), (len(parts) + 1, levels[-1])):
        axes.text(place, level + 0.06, f"{level:.2f}", ha="center", va="bottom", weight="bold")
    axes.set_xticks([0, *at, len(parts) + 1], ["b2", *(str(j) for j in order), "r̂"], fontsize=9)
    low, high = min(0, levels.min()), max(5, levels.max())
    axes.set(ylim=(low - 0.2, high + 0.5), xlabel="hidden units, those that add or take away most first", ylabel="rating points")
    axes.set_title(title, wrap=True)
    used = [j for j in order if parts[j]]
    words = ", ".join(f"unit {j} {parts[j]:+.2f}" for j in used[:5])
    return (
        f"{title}. A staircase from b2, {bias:.2f}, to the prediction, {levels[-1]:.2f}. The largest steps: {words or 'none'}. "
        f"{len(parts) - len(used)} of {len(parts)} hidden units are 0."
    )
