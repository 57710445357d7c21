"""What is done in place of `load_model`."""

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.ship_it._readers import loader, seven, without
from mfref import ship_it
from mfref.ship_it import ARRAYS, what_is_wrong


@mistake(
    title="The file itself is returned",
    message="`np.load` gives no dict for an .npz but an open file, which reads an array when it is asked for. Nothing was looked at yet, errors come later, and once the file is closed, "
    "not even that works.",
    next_step="Read all arrays within the `with` block, and make a dict of them.",
    also=(lambda path: np.load(path),),
)
def open_file_returned(path):
    with np.load(path) as file:
        return file


@mistake(
    title="A pickle was opened",
    message="With `allow_pickle=True`, or by `pickle.load`, the code in the file was run: the check had put some there, and it ran. A model file of a stranger could do anything that "
    "you may do.",
    next_step="Leave `allow_pickle` at False. Arrays of numbers and text need no pickle.",
    also=(
        loader(allow_pickle=True, check=without("finite"), model=lambda found: seven(found)),
        loader(allow_pickle=True, translate=False),
    ),
)
def pickle_allowed(path):
    return loader(allow_pickle=True)(path)


@mistake(
    title="Errors are swallowed",
    message="Where something is wrong, None is returned. The caller goes on with it, and the page breaks somewhere else, with words that nobody can make sense of.",
    next_step="Raise ValueError with the file's name and the reason.",
)
def swallowed(path):
    try:
        return ship_it.load_model(path)
    except ValueError as problem:
        print(problem)


@mistake(
    title="The version is not looked at",
    message="A file of a newer version was loaded as if it were of this one. In version 2 the same names may mean something else, and every prediction would be wrong without a word.",
    next_step="Compare the file's version with 1, and raise ValueError when it is greater.",
)
def version_ignored(path):
    return loader(check=without("has version"))(path)


@mistake(
    title="The format is not looked at",
    message="A file that says it is of another format was loaded. Arrays of the same names need not mean the same.",
    next_step='Compare the file\'s format with "mf-course".',
)
def format_ignored(path):
    def check(found):
        return what_is_wrong({**found, "format": "mf-course"})

    return loader(check=check)(path)


@mistake(
    title="NumPy's own errors come through",
    message="A damaged file ends in `BadZipFile`, `EOFError` or another error of the libraries below. Whoever calls `load_model` would have to know them all, and none of them names the "
    "file.",
    next_step="Put the reading into `try`, and raise ValueError with the file's name in `except Exception as error`.",
)
def own_errors_of_numpy(path):
    return loader(translate=False)(path)


@mistake(
    title="A missing array is no error, or a KeyError",
    message="A file without one of the seven arrays was loaded, or ended in KeyError. What is missing must be said when the file is read, in words: its name, and the file's.",
    next_step="Before you take the arrays out, look whether all seven names are there.",
    also=(lambda path: loader(check=without("is missing"), model=lambda found: {n: found[n] for n in ARRAYS})(path),),
)
def missing_ignored(path):
    return loader(check=without("is missing"))(path)


@mistake(
    title="It is not said which array is missing",
    message="The error names the file, and not what it lacks. Whoever has to mend it must look into the file first.",
    next_step="Put the names of the missing arrays into the message.",
)
def missing_not_named(path):
    return loader(check=lambda found: "something is missing" if "missing" in what_is_wrong(found) else what_is_wrong(found))(path)


@mistake(
    title="Shapes are not compared",
    message="A file whose arrays do not fit together was loaded. With a row of P too few, every user behind the gap gets the factors of another, or the page ends in IndexError one day.",
    next_step="Compare each shape with the numbers of users, of items and of factors.",
)
def shapes_ignored(path):
    return loader(check=without("shape"))(path)


@mistake(
    title="NaN and infinity come in",
    message="A file with numbers that are not finite was loaded. A training run that diverged leaves such files. In a sorted list NaN stands anywhere, and nobody sees why.",
    next_step="`np.isfinite(…).all()`, for mu, both biases, P and Q.",
)
def not_finite_ignored(path):
    return loader(check=without("finite"))(path)


@mistake(
    title="Format and version are part of the dict",
    message="The dict has more than the seven arrays. Format and version belong to the file. The model that was saved did not have them.",
    next_step="Take the seven names, not all that the file has.",
)
def all_that_is_there(path):
    return loader(model=lambda found: seven(found) | {"format": str(found["format"]), "version": int(found["version"])})(path)


@mistake(
    title="P and Q are exchanged",
    message="Under the name P are the factors of the items, and under Q those of the users.",
    next_step="Check which array stands behind each name.",
)
def exchanged(path):
    return loader(model=lambda found: seven(found) | {"P": found["Q"], "Q": found["P"]})(path)


@mistake(
    title="The ids are left behind",
    message="The dict has the factors, but not whose they are. Without `item_ids` nobody can say which film stands in row 17.",
    next_step="All seven arrays belong to the model.",
)
def without_ids(path):
    return loader(model=lambda found: {n: a for n, a in seven(found).items() if not n.endswith("_ids")})(path)


@mistake(
    title="The message does not name the file",
    message="The errors say what is wrong, but not with which file. A page that reads five files leaves one line in its log. That line must be enough.",
    next_step="Begin each message with `path`.",
)
def file_not_named(path):
    return loader(name="")(path)


@mistake(
    title="No file counts as a bad file",
    message="Where there is no file, ValueError was raised. The two need different remedies: a file that is missing was never written, or is looked for in the wrong place.",
    next_step="Let FileNotFoundError through: name it in an `except` of its own, before the others.",
)
def no_file_is_a_bad_file(path):
    return loader(no_file=ValueError)(path)
