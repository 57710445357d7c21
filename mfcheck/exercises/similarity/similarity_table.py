"""similarity_table: similarities with names to them."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfref import similarity

# Neither sorted nor the other way round, so that every other order shows.
TITLES = np.array(["Solaris", "Alien", "Nosferatu", "Metropolis", "Stalker", "Brazil", "Ran"])


@group("the law: the measure that was asked for, rows and columns labelled in the order of A", 2)
def any_measure(rng):
    """Titles, then ids that are neither sorted nor without gaps, and more of each."""
    A = np.array([[3.0, 4.0], [4.0, -3.0], [6.0, 8.5]])
    yield {"A": A, "labels": TITLES[:3], "measure": "cosine"}
    yield {"A": A, "labels": TITLES[:3], "measure": "euclidean"}
    for measure in ("pearson", "cosine", "euclidean"):
        yield {"A": rng.normal(1, 2, (5, 4)), "labels": rng.permutation(TITLES)[:5], "measure": measure}
    ids = np.array([50, 7, 1000, 8])
    yield {"A": rng.normal(1, 2, (4, 3)), "labels": ids, "measure": "pearson"}


@group("two rows that have one title", 1)
def repeated_titles(rng):
    """Titles are not unique: 18 of them occur twice in MovieLens 100K."""
    yield {"A": np.array([[3.0, 4.0], [4.0, -3.0], [6.0, 8.5]]), "labels": TITLES[[0, 1, 0]], "measure": "cosine"}
    yield {"A": rng.normal(1, 2, (5, 3)), "labels": TITLES[[2, 4, 2, 0, 1]], "measure": "euclidean"}


def similarities(A, measure):
    return similarity.similarity_table(A, range(len(A)), measure).to_numpy()


def distances(A):
    return 1 / similarity.euclidean_similarity(A) - 1


@mistake(
    title="The labels are in another order than the rows",
    message="The labels were sorted, the rows of A were not. Every number then stands under a wrong name, and nothing looks "
    "odd. It is the most dangerous kind of mistake.",
    next_step="Use the labels in the order in which they come: the first belongs to the first row of A.",
    recognise=lambda runs: labels_in_another_order(runs),
)
def labels_sorted(A, labels, measure):
    return similarity.similarity_table(A, sorted(labels), measure)


def labels_in_another_order(runs):
    """The numbers are in the order of A, the labels the right ones, but not everywhere in this order."""
    others = 0
    for run in runs:
        table, labels = run.outcome.value, list(run.arguments["labels"])
        rows = list(table.index)
        if rows != list(table.columns) or sorted(rows) != sorted(labels):
            return False
        if not np.allclose(table.to_numpy(), similarities(run.arguments["A"], run.arguments["measure"]), rtol=0, atol=1e-4):
            return False
        others += rows != labels
    return others > 0


@mistake(
    title="The table was sorted",
    message="Each number stands under its name, but the table is in the order of the labels. The task asks for the order of A, "
    "so that row i of the table is row i of A.",
    next_step="Leave out the sorting.",
    also=(lambda A, labels, measure: similarity.similarity_table(A, labels, measure).sort_index(),),
)
def table_sorted(A, labels, measure):
    return similarity.similarity_table(A, labels, measure).sort_index(axis=0).sort_index(axis=1)


@mistake(
    title="Only one axis has labels",
    message="The rows or the columns are still numbered 0, 1, 2 … A similarity belongs to two items, and both have a name.",
    next_step="Give the labels twice, as `index` and as `columns`.",
    also=(lambda A, labels, measure: pd.DataFrame(similarities(A, measure), columns=labels),),
)
def one_axis_labelled(A, labels, measure):
    return pd.DataFrame(similarities(A, measure), index=labels)


@mistake(
    title="The labels are missing",
    message="The numbers are there, but rows and columns have no names. Nobody can read such a table.",
    next_step="Return a DataFrame whose index and columns are the labels.",
    also=(lambda A, labels, measure: pd.DataFrame(similarities(A, measure)),),
)
def no_labels(A, labels, measure):
    return similarities(A, measure)


@mistake(
    title="The labels became a column",
    message="After `reset_index`, or when the labels are put in as a column, they stand among the numbers. `table.loc[title]` "
    "then finds nothing.",
    next_step="Leave the labels in the index.",
)
def labels_as_column(A, labels, measure):
    return similarity.similarity_table(A, labels, measure).reset_index()


@mistake(
    title="It is always the cosine",
    message="Whatever `measure` says, the table holds cosines.",
    next_step='Look up the function by the name in `measure`: "cosine", "euclidean" or "pearson".',
)
def always_cosine(A, labels, measure):
    return similarity.similarity_table(A, labels, "cosine")


@mistake(
    title="It is always the same measure",
    message="Whatever `measure` says, the table holds one kind of similarity. A chain of `if … else` in which one condition is "
    'always true does that: `measure == "a" or "b"` is.',
    next_step="Print the branch that is taken for each of the three names.",
    also=(lambda A, labels, measure: similarity.similarity_table(A, labels, "pearson"),),
)
def always_another(A, labels, measure):
    return similarity.similarity_table(A, labels, "euclidean")


@mistake(
    title="Cosine and Pearson are exchanged",
    message='For "cosine" the rows were centred, for "pearson" they were not.',
    next_step="Compare the names with the functions that they stand for.",
)
def measures_exchanged(A, labels, measure):
    return similarity.similarity_table(A, labels, {"cosine": "pearson", "pearson": "cosine"}.get(measure, measure))


@mistake(
    title="One of the three names is not known",
    message='For one of "cosine", "euclidean" and "pearson" the function gives another measure, or nothing that the name stands '
    "for: the last branch catches what no condition has caught.",
    next_step="Try all three names, spelled as in the task.",
    also=(
        lambda A, labels, measure: similarity.similarity_table(A, labels, "cosine" if measure == "pearson" else measure),
        lambda A, labels, measure: similarity.similarity_table(A, labels, "euclidean" if measure == "pearson" else measure),
        lambda A, labels, measure: similarity.similarity_table(A, labels, "cosine" if measure == "euclidean" else measure),
    ),
)
def last_branch(A, labels, measure):
    return similarity.similarity_table(A, labels, "pearson" if measure == "euclidean" else measure)


@mistake(
    title="Distances in place of similarities",
    message='For "euclidean" the table holds distances: 0 on the diagonal, large where two rows differ. Whoever sorts it for '
    "the best gets the worst.",
    next_step="Use `euclidean_similarity`, which turns the distance round.",
    also=(
        lambda A, labels, measure: pd.DataFrame(
            -distances(A) if measure == "euclidean" else similarities(A, measure), labels, labels
        ),
    ),
)
def distances_in_the_table(A, labels, measure):
    return pd.DataFrame(distances(A) if measure == "euclidean" else similarities(A, measure), index=labels, columns=labels)


@mistake(
    title="The columns of A were compared",
    message="The factors were compared, not the rows: `DataFrame.corr()` compares columns. There is one label for each row of "
    "A, so that the labels do not fit, or give wrong names.",
    next_step="Compare rows, as the three similarity functions do.",
    also=(
        lambda A, labels, measure: pd.DataFrame(A).corr(),
        lambda A, labels, measure: pd.DataFrame(similarities(A.T, measure)),
        lambda A, labels, measure: similarity.similarity_table(A.T, range(A.shape[1]), measure),
    ),
)
def columns_not_rows(A, labels, measure):
    return similarity.similarity_table(A.T, labels, measure)


@mistake(
    title="The similarities were rounded",
    message="Rounding is for showing. Two neighbours whose similarities differ in the fourth digit can no longer be put in "
    "order.",
    next_step="Return the numbers as they are; a DataFrame can be rounded when it is shown.",
    also=tuple(lambda A, labels, measure, n=n: similarity.similarity_table(A, labels, measure).round(n) for n in (1, 3, 4)),
)
def rounded(A, labels, measure):
    return similarity.similarity_table(A, labels, measure).round(2)


@mistake(
    title="Rows of one title became one row",
    message="Two different films can have the same title. A dict, or `table.loc[title]`, keeps one place for both, and the "
    "later overwrites the earlier.",
    next_step="Make the DataFrame from the whole (n, n) array at once, with the labels as index and as columns.",
    also=(
        lambda A, labels, measure: pd.DataFrame(dict(zip(labels, similarities(A, measure), strict=True)), index=labels),
        lambda A, labels, measure: filled_by_label(A, labels, measure, list(dict.fromkeys(labels))),
    ),
)
def titles_as_keys(A, labels, measure):
    return filled_by_label(A, labels, measure, list(labels))


def filled_by_label(A, labels, measure, axis):
    table = pd.DataFrame(0.0, index=axis, columns=axis)
    for label, row in zip(labels, similarities(A, measure), strict=True):
        for other, value in zip(labels, row, strict=True):
            table.loc[label, other] = value
    return table


def chain_of_ifs(A, labels, measure):
    if measure == "cosine":
        S = similarity.cosine_similarity(A)
    elif measure == "euclidean":
        S = similarity.euclidean_similarity(A)
    elif measure == "pearson":
        S = similarity.pearson_similarity(A)
    else:
        raise ValueError(f"unknown measure {measure!r}")
    print(measure)
    return pd.DataFrame(S, index=labels, columns=labels)


def by_name(A, labels, measure):
    warnings.warn("looked up by name", stacklevel=1)
    table = pd.DataFrame(getattr(similarity, f"{measure}_similarity")(A).tolist())
    table.index, table.columns = list(labels), list(labels)
    table.index.name = "title"
    return table


def single_precision(A, labels, measure):
    return pd.DataFrame(similarities(A, measure).astype(np.float32), index=pd.Index(labels), columns=pd.Series(labels))


def row_by_row(A, labels, measure):
    table = pd.DataFrame(np.zeros((len(A), len(A))), columns=labels, index=labels)
    for i, row in enumerate(similarities(A, measure)):
        table.iloc[i] = row
    return table


exercise = Exercise(
    number="7.4",
    task="Return a DataFrame (n, n) of the similarities of the rows of A, rows and columns labelled in the order of A; measure: "
    '"cosine", "euclidean" or "pearson".',
    reference=similarity.similarity_table,
    uses=("cosine_similarity", "euclidean_similarity", "pearson_similarity"),
    groups=(any_measure, repeated_titles),
    mistakes=(
        labels_sorted,
        table_sorted,
        one_axis_labelled,
        no_labels,
        labels_as_column,
        always_cosine,
        always_another,
        measures_exchanged,
        last_branch,
        distances_in_the_table,
        columns_not_rows,
        rounded,
        titles_as_keys,
    ),
    hints=(
        "The numbers come from one of your three functions. Which one is called is decided by a text: a dict can hold functions.",
        'With `measures = {"cosine": cosine_similarity, …}`, `measures[measure](A)` calls the right one. What makes a table '
        "with names out of it?",
        "`pd.DataFrame(…, index=labels, columns=labels)` around the (n, n) array. Nothing needs sorting.",
    ),
    variants=(chain_of_ifs, by_name, single_precision, row_by_row),
)
