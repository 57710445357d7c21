"""index_ids: from raw ids to row numbers and back."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfref import rating_matrix


@group("the law: distinct ids, sorted and numbered from 0; dict and array are each the other's inverse", 2)
def gaps_and_repeats(rng):
    """Ids with gaps, out of order, some more than once."""
    yield {"raw_ids": np.array([40, 7, 1000, 7])}
    yield {"raw_ids": rng.choice(rng.choice(np.arange(2, 5000), 6, replace=False), 15)}
    yield {"raw_ids": 10_000 + rng.permutation(30)[:9]}


@group("ids that are text", 1)
def text_ids(rng):
    """Books are identified by text, and so are many users."""
    yield {"raw_ids": np.array(["zoe", "ann", "kim", "ann"])}
    yield {"raw_ids": np.array([f"user-{n}" for n in rng.choice(900, 8, replace=False)])}


@mistake(
    title="The id minus 1 was used as the index",
    message="Ids of 1, 2, 3 … without a gap occur in one well-known data set. In most others ids have gaps, or are text. With the ids "
    "7, 40 and 1000 there are three rows, and none of them is number 999.",
    next_step="Number the distinct ids in their sorted order, whatever they are.",
    also=(lambda raw_ids: ({int(raw): int(raw) for raw in raw_ids}, np.unique(raw_ids)),),
)
def raw_minus_one(raw_ids):
    return {int(raw): int(raw) - 1 for raw in raw_ids}, np.unique(raw_ids)


@mistake(
    title="The ids are numbered in order of appearance",
    message="The first id of the data got 0, the next new one 1, and so on. The task asks for the sorted order, so that the result does not "
    "depend on how the file happens to be arranged.",
    next_step="Sort the distinct ids before you number them.",
)
def order_of_appearance(raw_ids):
    codes, ids = pd.factorize(np.asarray(raw_ids))
    return {raw: index for index, raw in enumerate(ids)}, ids


@mistake(
    title="The dict and the array disagree",
    message="The array of ids is sorted, but the dict's numbers belong to another order: `ids[index_of[x]]` is not x. Whoever goes from an "
    "id to a row and back arrives at another user.",
    next_step="Make the array first, then number the dict's entries by going through that array.",
)
def not_inverse(raw_ids):
    return {raw: index for index, raw in enumerate(dict.fromkeys(np.asarray(raw_ids).tolist()))}, np.unique(raw_ids)


@mistake(
    title="The index is a position in the input",
    message="Each id got a place at which it stands in `raw_ids`. An id that occurs in a hundred ratings has a hundred places there, but it "
    "needs one row of the matrix.",
    next_step="Find the distinct ids first, then number those.",
)
def position_in_input(raw_ids):
    return {raw: position for position, raw in enumerate(np.asarray(raw_ids).tolist())}, np.unique(raw_ids)


@mistake(
    title="Repeated ids were kept",
    message="An id that occurs in several ratings takes several rows: the array holds it more than once, and the numbers have holes. Each "
    "user needs exactly one row.",
    next_step="Reduce the ids to the distinct ones before you number them.",
)
def repeats_kept(raw_ids):
    ids = np.sort(raw_ids)
    return {raw: index for index, raw in enumerate(ids.tolist())}, ids


@mistake(
    title="The numbers begin at 1",
    message="The first id has the index 1. NumPy counts rows from 0: with n ids, index n would fall off the end of the matrix.",
    next_step="Count from 0; `enumerate` does so by itself.",
)
def counts_from_one(raw_ids):
    ids = np.unique(raw_ids)
    return {raw: index for index, raw in enumerate(ids.tolist(), 1)}, ids


@mistake(
    title="The dict is turned round",
    message="Its keys are the row numbers and its values the ids. That direction is already in the array: `ids[row]` is the id. The dict is for "
    "the other way, from the id to the row.",
    next_step="Exchange key and value.",
)
def dict_turned_round(raw_ids):
    ids = np.unique(raw_ids)
    return dict(enumerate(ids.tolist())), ids


@mistake(
    title="The two results are exchanged",
    message="The array came first and the dict second. `index_of, ids = index_ids(…)` would then put each under the other's name.",
    next_step="Return the dict, then the array.",
)
def results_exchanged(raw_ids):
    return rating_matrix.index_ids(raw_ids)[::-1]


@mistake(
    title="A list of codes in place of the dict",
    message="The first result has one number for each entry of `raw_ids`: that is the column of indices, already looked up. The task asks for "
    "the dict with which any id can be looked up, also later ones.",
    next_step="Build a dict: distinct id → its place in the sorted array.",
)
def codes_for_dict(raw_ids):
    ids, codes = np.unique(raw_ids, return_inverse=True)
    return codes, ids


@mistake(
    title="Numbers were sorted as text",
    message='As text "1000" comes before "40", and "40" before "7". The ids here are numbers, and their order is that of numbers.',
    next_step="Sort the ids as they are, without turning them into text.",
)
def sorted_as_text(raw_ids):
    ids = np.array(sorted(set(np.asarray(raw_ids).tolist()), key=str))
    return {raw: index for index, raw in enumerate(ids.tolist())}, ids


def sorted_set(raw_ids):
    ids = sorted(set(raw_ids))
    return {raw: ids.index(raw) for raw in ids}, ids


def counter_by_hand(raw_ids):
    index_of, ids = {}, []
    for raw in np.sort(raw_ids):
        if raw not in index_of:
            index_of[raw] = len(ids)
            ids.append(raw)
            print(raw)
    return index_of, np.array(ids)


def zipped(raw_ids):
    warnings.warn("about to zip", stacklevel=1)
    ids = np.unique(raw_ids)
    return dict(zip(ids, np.arange(len(ids)), strict=True)), ids


def with_pandas(raw_ids):
    ids = pd.Index(pd.Series(raw_ids).unique()).sort_values()
    return pd.Series(np.arange(len(ids)), index=ids).to_dict(), ids


def small_integers(raw_ids):
    ids, first = np.unique(raw_ids, return_index=True)
    return [{raw: np.int32(index) for index, raw in enumerate(ids)}, np.asarray(raw_ids)[first]]


exercise = Exercise(
    number="1.1",
    task="Return (index_of, ids): `ids` the sorted array of the distinct raw ids, `index_of` the dict raw id → its place in `ids`, from 0.",
    reference=rating_matrix.index_ids,
    groups=(gaps_and_repeats, text_ids),
    mistakes=(
        raw_minus_one,
        order_of_appearance,
        not_inverse,
        position_in_input,
        repeats_kept,
        counts_from_one,
        dict_turned_round,
        results_exchanged,
        codes_for_dict,
        sorted_as_text,
    ),
    hints=(
        "How many rows will the matrix have: as many as there are ratings, or as many as there are different users?",
        "`np.unique` gives the distinct values of an array, already sorted. That is the second result; the first is made from it.",
        "With `ids = np.unique(raw_ids)`, let a dict comprehension run over `enumerate(ids)`: the id is the key, its place the value. "
        "Return the dict and `ids`.",
    ),
    variants=(sorted_set, counter_by_hand, zipped, with_pandas, small_integers),
)
