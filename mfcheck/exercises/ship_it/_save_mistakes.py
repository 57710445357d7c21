"""What is done in place of `save_model`."""

import os
import pickle

import numpy as np

from mfcheck.exercise import mistake
from mfcheck.exercises.ship_it._writers import by_name, composed_first, copied, in_place, of_type, plain, removed_first, saver


@mistake(
    title="A pickle was written",
    message="`pickle.dump` or `joblib` wrote the file. Whoever opens a pickle runs what its author put into it, and classes that were renamed since make it unreadable. Seven plain "
    "arrays need none of that.",
    next_step="Write the arrays with `np.savez`, each under its name.",
)
def pickled(path, model):
    saver(write=lambda file, arrays: pickle.dump(arrays, file))(path, model)


@mistake(
    title="np.save pickles a dict",
    message="`np.save` writes one array. Given a dict, it makes an array with a single object of it, and writes that by pickle. To read it back one must allow pickle, and so the code "
    "of any stranger.",
    next_step="`np.savez` takes many arrays, by name.",
)
def np_save_of_a_dict(path, model):
    saver(write=lambda file, arrays: np.save(file, arrays, allow_pickle=True))(path, model)


@mistake(
    title="The dict is one object in the file",
    message="The whole dict was passed under one name. NumPy makes a single object of it, and writes that by pickle. The file is called .npz, yet it holds no arrays.",
    next_step="Two stars before a dict make an argument of each of its entries.",
)
def dict_under_one_name(path, model):
    saver(write=lambda file, arrays: np.savez(file, model=arrays))(path, model)


@mistake(
    title="The arrays have no names",
    message="The arrays were given one after the other, so NumPy called them arr_0, arr_1 and so on. Whoever reads them must know the order, and a second version with another order "
    "would be read wrongly without a word.",
    next_step="Give each array by name: `np.savez(file, P=…, Q=…)`.",
)
def without_names(path, model):
    saver(write=lambda file, arrays: np.savez(file, *arrays.values()))(path, model)


@mistake(
    title="The ids are not saved",
    message="The factors are in the file, but not whose they are. Row 17 of Q is some film: without `item_ids` nobody can say which one. Trained anew, the rows stand in another order.",
    next_step="Save `user_ids` and `item_ids` as well.",
    also=(saver(arrays=lambda model: {n: a for n, a in plain(model).items() if n != "user_ids"}),),
)
def ids_not_saved(path, model):
    saver(arrays=lambda model: {n: a for n, a in plain(model).items() if not n.endswith("_ids")})(path, model)


@mistake(
    title="Only the factors are saved",
    message="The mean or the biases are missing. P and Q alone predict how far a rating lies from the baseline. Most of a prediction is the baseline.",
    next_step="Save all seven arrays.",
    also=(saver(arrays=lambda model: {n: a for n, a in plain(model).items() if n != "mu"}),),
)
def baseline_not_saved(path, model):
    saver(arrays=lambda model: {n: a for n, a in plain(model).items() if n not in ("mu", "b_user", "b_item")})(path, model)


@mistake(
    title="P and Q are exchanged",
    message="Under the name P lie the factors of the items, and under Q those of the users. With as many users as items nothing would even look odd.",
    next_step="Check which array stands behind each name.",
)
def exchanged(path, model):
    saver(arrays=lambda model: plain(model) | {"P": np.asarray(model["Q"]), "Q": np.asarray(model["P"])})(path, model)


@mistake(
    title="The numbers lost digits",
    message="The numbers in the file are rounded: they were made smaller before they were written. A saved model should predict what it predicted. To halve the file is a decision "
    "of the one who trains, not of the one who saves.",
    next_step="Write the arrays as they are.",
    also=(
        of_type(np.float32),
        saver(arrays=lambda m: {n: a.round(3) if a.dtype.kind == "f" else a for n, a in plain(m).items()}),
    ),
)
def rounded(path, model):
    of_type(np.float16)(path, model)


@mistake(
    title="Numbers became text",
    message="The numbers were written as text, or the ids as numbers. Text takes more room, loses digits, and must be read back by guessing.",
    next_step="Write the arrays as they are.",
)
def as_text(path, model):
    saver(arrays=lambda model: {n: a.astype(str) for n, a in plain(model).items()})(path, model)


@mistake(
    title="The file does not say what it is",
    message='`format` or `version` is missing or has another value. There are many .npz files in the world. And when the format changes one day, an old program must be able to say: "This '
    'file is too new for me."',
    next_step="Pass `format` and `version` to `np.savez` like two more arrays.",
    also=(saver(about={}), saver(about={"format": "mf-course", "version": "1"})),
)
def version_missing(path, model):
    saver(about={"format": "mf-course"})(path, model)


@mistake(
    title="NumPy changed the name",
    message="`np.savez` appends .npz to a file's name that ends otherwise. The file then is not where the caller looks for it. Whoever writes beside the path first meets this trap, "
    "too.",
    next_step="Open the file yourself with `open(…, 'wb')` and give the open file to `np.savez`.",
    also=(saver(put=lambda path, write: by_name(path + ".part", write) or os.replace(path + ".part.npz", path + ".npz")),),
)
def suffix_added(path, model):
    target = path if path.endswith(".npz") else path + ".npz"
    saver()(target, model)


@mistake(
    title="The old file is lost when writing fails",
    message="The file was opened for writing at its place. In that moment the old content is gone. When the disk fills up, or the power fails, there is half a new model and no old "
    "one. The page that reads the file then has none.",
    next_step="Write to another name in the same folder. When that file is whole, put it in place with `os.replace`.",
    also=(saver(put=by_name),),
)
def written_in_place(path, model):
    saver(put=in_place)(path, model)


@mistake(
    title="A whole copy is written over the old file",
    message="The new file was whole somewhere else, and then its bytes were written over the old file. That takes a moment, too: whoever reads the file in that moment finds half of each, "
    "and a crash leaves just that.",
    next_step="`os.replace` gives the finished file the name in one step. Nothing is copied.",
    also=(saver(put=composed_first), saver(put=lambda path, write: copied(path, write, tidy=False))),
)
def written_over(path, model):
    saver(put=copied)(path, model)


@mistake(
    title="The old file is removed first",
    message="The old file was deleted before the new one was whole. If something fails in between, there is no model at all.",
    next_step="`os.replace` puts the new file in the place of the old one. Nothing must be deleted before.",
)
def old_file_removed_first(path, model):
    saver(put=removed_first)(path, model)


@mistake(
    title="The error is swallowed",
    message="The disk was full, nothing was saved, and the caller was not told: a `try` caught the error and went on. The next page will show yesterday's model, and nobody knows why.",
    next_step="Let the error go on to the caller. With `finally` you can tidy up all the same.",
)
def error_swallowed(path, model):
    try:
        saver()(path, model)
    except OSError as problem:
        print(problem)


@mistake(
    title="Objects were saved all the same",
    message="A model with an array of objects was saved without a word. NumPy writes such arrays by pickle, and `load_model` must never open one. Better an error today than a file that "
    "cannot be read tomorrow.",
    next_step="Before you write anything, look whether an array's dtype is `object`, and raise ValueError.",
)
def objects_saved(path, model):
    saver(refuse=False)(path, model)


@mistake(
    title="A file is left behind",
    message="The model is at its place, and beside it lies another file. With each night there would be one more.",
    next_step="`os.replace` moves the finished file, and nothing is left. What else was made must be removed.",
)
def part_left_behind(path, model):
    saver()(path, model)
    saver()(path + ".part", model)
