"""Items to map, and maps drawn in ways that students draw them: one that can be spoilt, and right ones for the tests."""

import warnings

import numpy as np

TITLES = np.array(["Solaris", "Alien", "Nosferatu", "Metropolis", "Stalker", "Brazil", "Ran", "Playtime"])


def problem(rng, n_items, n_factors, factors, highlight):
    """In every factor the items are well apart, so that a title beside a point is beside no other."""
    columns = [rng.permutation(n_items) - n_items / 3 + rng.uniform(-0.1, 0.1, n_items) for _ in range(n_factors)]
    return {
        "Q": np.round(np.column_stack(columns), 2),
        "titles": rng.permutation(TITLES)[:n_items],
        "factors": factors,
        "highlight": highlight,
    }


def draw(Q, titles, factors, highlight, **other):
    """A map with something `other` than it should be."""
    import matplotlib.pyplot as plt

    x, y = other.get("at", Q[:, list(factors)]).T
    fig, ax = plt.subplots()
    shown = other.get("shown", np.arange(len(x)))
    ax.plot(x[shown], y[shown], other.get("style", "o"))
    ax.set(title=other.get("title", "Items"), xlabel=other.get("xlabel", factors[0]), ylabel=other.get("ylabel", factors[1]))
    for item, text in other.get("texts", [(item, titles[item]) for item in highlight]):
        ax.text(*other.get("texts_at", np.column_stack([x, y]))[item], text)
    return ax


def state_of_pyplot(Q, titles, factors=(0, 1), highlight=()):
    import matplotlib.pyplot as plt

    x, y = factors
    plt.scatter(Q[:, x], Q[:, y], alpha=0.5)
    plt.axhline(0, color="0.8")
    plt.axvline(0, color="0.8")
    for i in highlight:
        plt.annotate(titles[i], (Q[i, x], Q[i, y]), xytext=(20, -15), textcoords="offset points", arrowprops={"arrowstyle": "->"})
    plt.title("map")
    plt.xlabel(f"Factor {x}")
    plt.ylabel(f"Factor {y}")
    ax = plt.gca()
    plt.show()
    return ax


def one_call_an_item(Q, titles, factors=(0, 1), highlight=()):
    from matplotlib import pyplot as plt

    warnings.warn("one by one", stacklevel=1)
    fig, (left, ax) = plt.subplots(1, 2, figsize=(10, 4))
    for item in range(len(Q)):
        named = item in highlight
        ax.scatter(Q[item][factors[0]], Q[item][factors[1]], c="red" if named else "grey")
        if named:
            ax.text(Q[item, factors[0]] + 0.1, Q[item, factors[1]] + 0.1, f" {titles[item]}", fontsize=8)
    fig.suptitle("Items")
    ax.set_xlabel(f"f{factors[0]}")
    ax.set_ylabel(f"f{factors[1]}")
    return ax


def highlighted_over_the_rest(Q, titles, factors=(0, 1), highlight=()):
    import matplotlib.pyplot as plt

    at = np.asarray(Q, dtype=np.float32)[:, list(factors)]
    ax = plt.figure(figsize=(6, 6)).add_subplot()
    ax.plot(at[:, 0], at[:, 1], ".", label="all items")
    chosen = list(highlight)
    ax.plot(at[chosen, 0], at[chosen, 1], linestyle="", marker="*", label="highlighted")
    for (x, y), title in zip(at[chosen], np.array(titles)[chosen], strict=True):
        ax.annotate(text=title, xy=(x, y + 0.05), ha="center")
    ax.text(0.02, 0.02, f"{len(Q)} items", transform=ax.transAxes)
    ax.set_title("Items", loc="left")
    ax.set(xlabel=f"$q_{{{factors[0]}}}$", ylabel=f"$q_{{{factors[1]}}}$")
    ax.legend()
    print("drawn")
    return ax


def with_pandas(Q, titles, factors=(0, 1), highlight=()):
    import pandas as pd

    a, b = (f"factor {f} of {Q.shape[1]}" for f in factors)
    table = pd.DataFrame({a: Q[:, factors[0]], b: Q[:, factors[1]], "title": list(titles)})
    rest = table.drop(index=list(highlight))
    ax = rest.plot.scatter(x=a, y=b, title="Items")
    chosen = table.loc[list(highlight)]
    ax.scatter(chosen[a], chosen[b], color="tab:orange")
    for _, row in chosen.iterrows():
        ax.annotate(f"{row['title']} ★", (row[a], row[b]))
    return ax
