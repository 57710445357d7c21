"""plot_factors: a map of the items."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.similarity import _maps as maps
from mfcheck.exercises.similarity._drawing import Drawn, annotation_facts, points_facts, words_facts
from mfcheck.exercises.similarity._maps import TITLES, draw, problem
from mfref import similarity


@group("the law: a point for each item at its two factors, on the Axes that are returned", 2, Drawn(points_facts))
def any_factors(rng):
    """By hand; other factors than the first two; some items highlighted; the defaults."""
    Q = np.array([[1.0, 5.0, -2.0], [2.5, 4.0, 0.5], [-1.0, 2.0, 3.0], [0.0, -3.0, 1.0]])
    yield {"Q": Q, "titles": TITLES[:4], "factors": (0, 1), "highlight": ()}
    yield problem(rng, 7, 5, (3, 1), [5, 2])
    yield {name: value for name, value in problem(rng, 6, 3, (0, 1), ()).items() if name in ("Q", "titles")}


@group("a title, and on each axis the number of its factor", 1, Drawn(words_facts))
def words(rng):
    """Numbers that cannot be mistaken for one another."""
    yield problem(rng, 5, 4, (3, 1), ())
    yield problem(rng, 6, 13, (4, 12), [2])


@group("the highlighted items, and no others, have their titles beside them", 2, Drawn(annotation_facts))
def highlighted(rng):
    """One, then several in any order."""
    yield problem(rng, 4, 3, (0, 1), [2])
    yield problem(rng, 8, 4, (2, 0), [6, 1, 3])
    yield problem(rng, 8, 5, (4, 1), [5, 0, 7, 2])


@mistake(
    title="The picture was shown, not returned",
    message="The function gives None. `plt.show()` shows the picture and returns nothing. Whoever calls the function needs the "
    "Axes, to add something to them or to change them.",
    next_step="Return the Axes, the second of the two values of `plt.subplots()`.",
)
def nothing_returned(Q, titles, factors=(0, 1), highlight=()):
    draw(Q, titles, factors, highlight)


@mistake(
    title="Not the Axes were returned",
    message="A Figure is the whole sheet, Axes are one coordinate system on it, with points, labels and title. `scatter` "
    "returns the points alone. The task asks for the Axes.",
    next_step="With `fig, ax = plt.subplots()`, return `ax`.",
    also=(
        lambda Q, titles, factors=(0, 1), highlight=(): (1, draw(Q, titles, factors, highlight)),
        lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors, highlight).scatter(Q[0], Q[1]),
        lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors, highlight).lines[0],
        lambda Q, titles, factors=(0, 1), highlight=(): list(draw(Q, titles, factors, highlight).lines),
        lambda Q, titles, factors=(0, 1), highlight=(): np.array([draw(Q, titles, factors, highlight)]),
    ),
)
def figure_returned(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight).figure


@mistake(
    title="Rows of Q were drawn, not columns",
    message="`Q[0]` is one item with all its factors; drawn like this, each point is a factor. The map has a point for each "
    "item: a factor is a column of Q.",
    next_step="Take the columns: `Q[:, factors[0]]` and `Q[:, factors[1]]`.",
    also=(lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors, (), at=Q[[0, 1]].T),),
)
def rows_not_columns(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, (), at=Q[list(factors)].T)


@mistake(
    title="The axes are exchanged",
    message="The first of the two factors belongs on the x axis, the second on the y axis.",
    next_step="Check the order of the arguments of `scatter`: first x, then y.",
    also=(
        lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors[::-1], highlight),
        lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors, (), at=Q[:, list(factors[::-1])]),
    ),
)
def axes_exchanged(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, at=Q[:, list(factors[::-1])])


@mistake(
    title="It is always factors 0 and 1",
    message="Whatever `factors` says, the first two columns were drawn. The interesting factors may be others.",
    next_step="Use the two numbers in `factors` as the columns.",
    also=(lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, (0, 1), highlight),),
)
def always_first_two(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, at=Q[:, :2])


@mistake(
    title="A line in place of points",
    message="`plot(x, y)` joins the items in the order of their rows, and marks none of them. The order of the rows means "
    "nothing here.",
    next_step="Use `scatter`, or give `plot` a marker.",
)
def line_not_points(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, style="-")


@mistake(
    title="Only the highlighted items were drawn",
    message="The map shows every item; the highlighted ones stand out among the others. Alone they cannot be compared with "
    "anything.",
    next_step="Draw all points first. `highlight` decides only what is added to them.",
)
def only_highlighted(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, shown=list(highlight))


@mistake(
    title="The highlighted items have no point",
    message="The other items were drawn, the highlighted ones left out: their titles stand beside nothing.",
    next_step="Draw a point for the highlighted items as well.",
)
def highlighted_left_out(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, shown=[item for item in range(len(Q)) if item not in highlight])


@mistake(
    title="The axes have no labels",
    message="A map of numbers without names: nobody can tell which two factors these are.",
    next_step="Set a label on both axes, with the number of the factor in it.",
)
def no_axis_labels(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, xlabel="", ylabel="")


@mistake(
    title="The labels do not say which factor",
    message="Both axes have a label, but without the number of the factor. Of twenty factors the reader sees two, and does not "
    "know which.",
    next_step="Put the numbers from `factors` into the labels.",
)
def labels_without_number(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, xlabel="factor x", ylabel="factor y")


@mistake(
    title="The labels are exchanged",
    message="The label of the x axis names the factor that is drawn on the y axis, and the other way round.",
    next_step="The first number of `factors` belongs to x, the second to y.",
)
def labels_exchanged(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, xlabel=factors[1], ylabel=factors[0])


@mistake(
    title="The labels count from 1",
    message="The points are right, but the labels give each factor's number plus 1. Then `Q[:, 3]` is called factor 4, and "
    "nobody finds it again.",
    next_step="Use the number as it stands in `factors`.",
)
def labels_from_one(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, xlabel=factors[0] + 1, ylabel=factors[1] + 1)


@mistake(
    title="The labels always say 0 and 1",
    message="The points are right, but the labels have fixed numbers. With other factors they say what is not so.",
    next_step="Put the numbers from `factors` into the labels: an f-string can do that.",
)
def labels_fixed(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, xlabel="factor 0", ylabel="factor 1")


@mistake(
    title="There is no title",
    message="The Axes have no title. A picture is often looked at without the code that made it.",
    next_step="Set one: `ax.set_title(…)`.",
)
def no_title(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, title="")


@mistake(
    title="The titles of the highlighted items are not on the map",
    message="None of them has its title, the whole title, beside its point. A point in another colour can be seen, but not "
    "named.",
    next_step="For every item in `highlight`, write its title at its point: `ax.annotate`, or `ax.text`.",
)
def not_annotated(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, texts=[])


@mistake(
    title="All items are annotated",
    message="Every point has its title. With 1,682 films the map would be a black heap of words: `highlight` says which are to "
    "be named.",
    next_step="Go through `highlight`, not through all items.",
)
def all_annotated(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, texts=enumerate(titles))


@mistake(
    title="Place in the list and item are mixed up",
    message="`highlight` holds indices of items. The place of an item in this list (0, 1, 2 …) was used in place of the item "
    "itself, so that titles stand beside points that are not theirs.",
    next_step="Use each entry of `highlight` as the index for both, the title and the point.",
    also=(
        lambda Q, titles, factors=(0, 1), highlight=(): draw(
            Q, titles, factors, highlight, texts=[(n, titles[item]) for n, item in enumerate(highlight)]
        ),
        lambda Q, titles, factors=(0, 1), highlight=(): draw(
            Q, titles, factors, highlight, texts=[(n, titles[n]) for n, item in enumerate(highlight)]
        ),
    ),
)
def place_in_the_list(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, texts=[(item, titles[n]) for n, item in enumerate(highlight)])


@mistake(
    title="The titles stand where other factors would put them",
    message="The points are where they belong, but the titles were placed by factors 0 and 1, or with x and y exchanged. They "
    "stand beside other items.",
    next_step="Place each title with the same two numbers as its point.",
    also=(
        lambda Q, titles, factors=(0, 1), highlight=(): draw(Q, titles, factors, highlight, texts_at=Q[:, list(factors[::-1])]),
    ),
)
def titles_elsewhere(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, texts_at=Q[:, :2])


@mistake(
    title="Numbers in place of titles",
    message="The highlighted points have the items' row numbers beside them. Only the titles let a reader guess what a factor "
    "stands for.",
    next_step="Look each index up in `titles`.",
)
def numbers_annotated(Q, titles, factors=(0, 1), highlight=()):
    return draw(Q, titles, factors, highlight, texts=[(item, str(item)) for item in highlight])


@mistake(
    title="The titles are in the legend",
    message="The titles stand in a legend, apart from the points. With several items one has to match colours in order to find "
    "which is which.",
    next_step="Write each title at its point: `ax.annotate`, or `ax.text`.",
)
def titles_in_the_legend(Q, titles, factors=(0, 1), highlight=()):
    ax = draw(Q, titles, factors, highlight, texts=[])
    for item in highlight:
        ax.plot(*Q[item, list(factors)], "o", label=titles[item])
    ax.legend()
    return ax


exercise = Exercise(
    number="7.8",
    task="Draw a point for each item, its value of the first factor on the x axis and of the second on the y axis; a title, the "
    "factor's number in each axis's label, the titles of the highlighted items beside their points. Return the Axes.",
    reference=similarity.plot_factors,
    adapter="similarity",
    groups=(any_factors, words, highlighted),
    mistakes=(
        nothing_returned,
        figure_returned,
        rows_not_columns,
        axes_exchanged,
        always_first_two,
        line_not_points,
        only_highlighted,
        highlighted_left_out,
        no_axis_labels,
        labels_without_number,
        labels_exchanged,
        labels_from_one,
        labels_fixed,
        no_title,
        not_annotated,
        all_annotated,
        place_in_the_list,
        titles_elsewhere,
        numbers_annotated,
        titles_in_the_legend,
    ),
    hints=(
        "Begin with `fig, ax = plt.subplots()`. All points can be drawn with one call; which two columns of Q does it need?",
        "`ax.scatter(Q[:, a], Q[:, b])` draws the points, where a and b come from `factors`. Then a title, two labels, and a "
        "loop over `highlight`.",
        "In the loop: `ax.annotate(titles[item], (Q[item, a], Q[item, b]))`. The labels are f-strings with a and b in them. End "
        "with `return ax`.",
    ),
    variants=(maps.state_of_pyplot, maps.one_call_an_item, maps.highlighted_over_the_rest, maps.with_pandas),
)
