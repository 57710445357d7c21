"""Lesson 15's functions against NumPy, zipfile, lesson 03 and lesson 05, scikit-learn; files cut and damaged; the adapter and the sandbox."""

import io
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from mfcheck import check
from mfcheck.adapters import ship_it as adapter
from mfcheck.exercises.ship_it._files import ABOUT, kind, members, npz, some_model
from mfcheck.registry import find, lesson_of
from mfgrade.build import notebook_path, solved
from mfgrade.grading import Grader
from mfgrade.sandbox.session import Session
from mfgrade.work import room
from mfref.biases import predict_biased
from mfref.evaluation import early_stopping, rmse
from mfref.sgd import train_sgd
from mfref.ship_it import ARRAYS, early_stopping_fit, explain_prediction, load_model, save_model
from tests.conftest import ROOT
from tests.submissions import bubblewrap_or_skip

SEEDS = st.integers(0, 2**32 - 1)
MODEL = some_model(np.random.default_rng(1), 30, 40, 3)
WHOLE = bytes(npz({**MODEL, **ABOUT}))


def same(one, other):
    return all(
        np.array_equal(one[name], other[name]) and np.asarray(one[name]).dtype == np.asarray(other[name]).dtype for name in ARRAYS
    )


# --- files


@given(
    seed=SEEDS,
    text=st.booleans(),
    dtype=st.sampled_from([np.float64, np.float32]),
    name=st.sampled_from(["a.npz", "a", "b c.v1", "é"]),
)
def test_what_is_saved_is_loaded(tmp_path_factory, seed, text, dtype, name):
    rng = np.random.default_rng(seed)
    model = some_model(rng, *rng.integers(0, 6, 2), int(rng.integers(1, 4)), text=text, dtype=dtype)
    path = tmp_path_factory.mktemp("model") / name
    save_model(str(path), model)
    assert [file.name for file in path.parent.iterdir()] == [name]
    assert same(load_model(str(path)), model)


def test_the_file_is_a_plain_npz(tmp_path):
    save_model(str(tmp_path / "films"), MODEL)
    with zipfile.ZipFile(tmp_path / "films") as file:
        assert sorted(file.namelist()) == sorted(f"{name}.npy" for name in (*ARRAYS, "format", "version"))
    with np.load(tmp_path / "films", allow_pickle=False) as file:
        assert (str(file["format"]), int(file["version"])) == ("mf-course", 1)
        assert np.array_equal(file["Q"], MODEL["Q"])


@pytest.mark.parametrize("n_arrays", range(9))
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, n_arrays):
    path = tmp_path / "films.npz"
    path.write_bytes(b"the old file")
    monkeypatch.setattr(zipfile.ZipFile, "open", adapter.filling_up(n_arrays))
    with pytest.raises(OSError, match="No space"):
        save_model(str(path), MODEL)
    assert path.read_bytes() == b"the old file"
    assert len(list(tmp_path.iterdir())) == 1


def test_whoever_reads_the_old_file_reads_on(tmp_path):
    path = tmp_path / "films.npz"
    path.write_bytes(b"the old file")
    with path.open("rb") as reader:
        save_model(str(path), MODEL)
        assert reader.read() == b"the old file"
    assert same(load_model(str(path)), MODEL)


@pytest.mark.parametrize("name", ARRAYS)
def test_objects_are_not_saved(tmp_path, name):
    path = tmp_path / "films.npz"
    path.write_bytes(b"the old file")
    with pytest.raises(ValueError, match=name):
        save_model(str(path), {**MODEL, name: np.array(["a", 1], dtype=object)})
    assert path.read_bytes() == b"the old file"


@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
@settings(max_examples=300)
def test_a_flipped_bit_is_found_or_changes_nothing(tmp_path_factory, at, bit):
    content = bytearray(WHOLE)
    content[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("flipped") / "films.npz"
    path.write_bytes(content)
    try:
        assert same(load_model(str(path)), MODEL)
    except ValueError as error:
        assert "films.npz" in str(error)


@given(length=st.integers(0, len(WHOLE) - 1))
def test_a_cut_file_is_refused(tmp_path_factory, length):
    path = tmp_path_factory.mktemp("cut") / "films.npz"
    path.write_bytes(WHOLE[:length])
    with pytest.raises(ValueError, match="films.npz"):
        load_model(str(path))


def test_a_damaged_header_of_which_less_is_read_is_found(tmp_path):
    """Half as many bytes are read then, and NumPy never comes to the checksum."""
    whole = bytes(npz({**some_model(np.random.default_rng(1), 899, 899, 20), **ABOUT}))
    path, at = tmp_path / "films.npz", whole.index(b"<f8", whole.index(b"P.npy"))
    path.write_bytes(whole[:at] + b"<f4" + whole[at + 3 :])
    with pytest.raises(ValueError, match="P.npy is damaged"):
        load_model(str(path))


ran = []


class Stranger:
    def __reduce__(self):
        return ran.append, (1,)


@pytest.mark.parametrize("name", ["item_ids", "Q", "format", "version", "another"])
def test_no_pickle_is_opened(tmp_path, name):
    path = tmp_path / "films.npz"
    path.write_bytes(bytes(npz({**MODEL, **ABOUT, name: np.array([Stranger()], dtype=object)})))
    with pytest.raises(ValueError, match="films.npz"):
        load_model(str(path))
    path.write_bytes(pickle.dumps(Stranger()))
    with pytest.raises(ValueError, match="films.npz"):
        load_model(str(path))
    assert ran == []


WRONG = {
    "no model": ({"format": "other"}, "no model of this course"),
    "no version": ({"version": "one"}, "version"),
    "a newer version": ({"version": 2}, "version 2"),
    "a table of means": ({"mu": np.zeros(2)}, "mu has the shape"),
    "users too few": ({"P": MODEL["P"][1:]}, "P has the shape"),
    "other factors": ({"Q": MODEL["Q"][:, 1:]}, "Q has the shape"),
    "a single factor as a row": ({"P": MODEL["P"][:, 0], "Q": MODEL["Q"][:, 0]}, "P has the shape"),
    "ids as a column": ({"item_ids": MODEL["item_ids"][:, None]}, "item_ids has the shape"),
    "a number in place of P": ({"P": 3.0}, "P has the shape"),
    "NaN": ({"b_item": MODEL["b_item"] * np.nan}, "b_item holds"),
    "text in place of numbers": ({"b_user": MODEL["b_user"].astype(str)}, "b_user holds"),
}


@pytest.mark.parametrize("case", WRONG, ids=WRONG)
def test_what_is_wrong_is_said(tmp_path, case):
    changed, words = WRONG[case]
    path = tmp_path / "films.npz"
    path.write_bytes(bytes(npz({**MODEL, **ABOUT, **changed})))
    with pytest.raises(ValueError, match=f"films.npz.*{words}"):
        load_model(str(path))


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_named(tmp_path, name):
    path = tmp_path / "films.npz"
    path.write_bytes(bytes(npz({n: a for n, a in {**MODEL, **ABOUT}.items() if n != name})))
    with pytest.raises(ValueError, match=f"{name} is missing"):
        load_model(str(path))


def test_no_file_is_no_bad_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(str(tmp_path / "films.npz"))


# --- early stopping


@given(seed=SEEDS, patience=st.integers(1, 5), max_epochs=st.integers(1, 12))
@settings(max_examples=25)
def test_it_is_lesson_03_stopped_by_lesson_05(seed, patience, max_epochs):
    """From the same generator `train_sgd` draws the same start and the same orders."""
    rng = np.random.default_rng(seed)
    parts = [(rng.integers(4, size=n), rng.integers(5, size=n), rng.integers(1, 6, n).astype(float)) for n in (25, 9)]
    given = 4, 5, 2, 0.2, 0.02
    P, Q, best_epoch, history = early_stopping_fit(*parts, *given, max_epochs, patience, np.random.default_rng(seed))
    users, items, ratings = parts[1]
    for n, value in enumerate(history):
        p, q, _ = train_sgd(*parts[0], *given, n + 1, np.random.default_rng(seed))
        assert value == pytest.approx(rmse(ratings, (p[users] * q[items]).sum(axis=1)))
        if n == best_epoch:
            assert np.array_equal(P, p) and np.array_equal(Q, q)
    assert best_epoch == early_stopping(history, patience) == int(np.argmin(history))
    assert len(history) == min(best_epoch + patience + 1, max_epochs)


def test_without_learning_the_first_epoch_is_the_best():
    part = np.array([0, 1]), np.array([1, 0]), np.array([4.0, 2.0])
    *_, best_epoch, history = early_stopping_fit(part, part, 2, 2, 2, 0.0, 0.1, 9, 3, np.random.default_rng(0))
    assert (best_epoch, len(history), len(set(history))) == (0, 4, 1)


# --- explaining


@given(seed=SEEDS, n=st.integers(1, 8))
def test_parts_are_the_prediction_and_neighbours_those_of_scikit_learn(seed, n):
    rng = np.random.default_rng(seed)
    model = some_model(rng, 3, 9, 3)
    rated, i, u = rng.permutation(9)[:6], int(rng.integers(9)), 1
    parts, nearest = explain_prediction(model["mu"], model["b_user"][u], model["b_item"], model["P"][u], model["Q"], rated, i, n)
    predicted = predict_biased(*(model[name] for name in ("mu", "b_user", "b_item", "P", "Q")), np.array([u]), np.array([i]))
    assert parts.sum() == pytest.approx(predicted[0])
    others = [j for j in rated if j != i]
    cosines = cosine_similarity(model["Q"][others], model["Q"][[i]])[:, 0]
    assert nearest.tolist() == [others[k] for k in np.argsort(-cosines)[:n]]


def test_films_without_factors_have_cosine_zero_and_keep_their_order():
    Q = np.array([[0.0, 0], [1, 0], [-1, 0], [0, 0], [0, 2]])
    given = 3.0, 0.1, np.zeros(5), np.ones(2), Q
    assert explain_prediction(*given, [4, 3, 2, 0, 1], 1, 9)[1].tolist() == [4, 3, 0, 2]
    assert explain_prediction(*given, [4, 2, 1], 3, 9)[1].tolist() == [4, 2, 1]
    assert explain_prediction(*given, [1], 1, 9)[1].tolist() == []


def test_arguments_stay_as_they_are():
    rated, Q = np.array([3, 0, 1]), MODEL["Q"].copy()
    explain_prediction(3.0, 0.0, MODEL["b_item"], np.ones(3), Q, rated, 0, 2)
    assert rated.tolist() == [3, 0, 1] and np.array_equal(Q, MODEL["Q"])


# --- the adapter


def crashes(path, model):
    raise KeyboardInterrupt


@pytest.mark.parametrize("function", [save_model, lambda path, model: None, lambda path, model: 1 / 0, crashes])
def test_nothing_of_a_check_stays(monkeypatch, tmp_path, function):
    monkeypatch.setattr(adapter.tempfile, "tempdir", str(tmp_path))
    arguments = {"path": {"name": "a", "content": None, "arrays until full": 1}, "model": MODEL}
    try:
        find("save_model").run(function, arguments)
    except KeyboardInterrupt:
        assert function is crashes
    assert zipfile.ZipFile.open is adapter.open_member
    assert list(tmp_path.iterdir()) == []
    assert "left" not in arguments


def test_the_student_who_removes_the_folder_gets_a_verdict():
    def save_model(path, model):
        import shutil

        shutil.rmtree(Path(path).parent)

    assert check("save_model", save_model).verdict.label == ""


def test_kinds_of_files_are_told_by_how_they_begin():
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    for content, name in ((WHOLE, ".npz"), (file.getvalue(), ".npy"), (pickle.dumps({}), "pickle"), (b"", "something else")):
        assert kind(np.frombuffer(content, dtype=np.uint8)) == name
    assert members(npz({"a": np.array([{}], dtype=object), "b": np.arange(2)}))["a"] == "objects"


def test_a_bomb_is_not_unpacked():
    """An entry that would unpack to a hundred million bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("P.npy", bytes(100_000_000))
    tracemalloc.start()
    found = members(np.frombuffer(file.getvalue(), dtype=np.uint8))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert found == {"P": "objects"}


# --- in the sandbox

WRONG_CELLS = {
    "save_model": (
        "import pickle\ndef save_model(path, model):\n    with open(path, 'wb') as file:\n        pickle.dump(model, file)",
        "pickled",
    ),
    "load_model": (
        "def load_model(path):\n    with np.load(path, allow_pickle=True) as file:\n"
        "        return {name: file[name] for name in ('mu', 'b_user', 'b_item', 'P', 'Q', 'user_ids', 'item_ids')}",
        "pickle-allowed",
    ),
    "early_stopping_fit": (
        "def early_stopping_fit(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):\n"
        "    P, Q = init_factors(n_users, n_items, n_factors, rng)\n    history, best = [], 0\n"
        "    for epoch in range(max_epochs):\n        sgd_epoch(P, Q, *train, lr, reg, rng)\n"
        "        history.append(rmse(validation[2], (P[validation[0]] * Q[validation[1]]).sum(axis=1)))\n"
        "        if history[-1] < history[best] or epoch == 0:\n            best, kept = epoch, (P, Q)\n"
        "        if epoch - best >= patience:\n            break\n    return *kept, best, history",
        "last-factors",
    ),
}


@pytest.mark.parametrize("wrong", [False, True])
def test_files_are_judged_in_the_sandbox_as_in_the_notebook(wrong):
    bwrap = bubblewrap_or_skip()
    lesson = lesson_of("save_model")
    notebook = solved(nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4))
    code = [c for c in notebook.cells if c.cell_type == "code" and "show" not in c.metadata.get("tags", [])]
    cells = [c.source for c in code] + [source for source, _ in WRONG_CELLS.values() if wrong]
    graded = Grader(lesson, enumerate(cells), b"a secret of the test", lambda: Session(room(lesson), bwrap=bwrap)).grade()
    for name, verdict in graded.verdicts.items():
        if wrong and name in WRONG_CELLS:
            assert (verdict.kind, verdict.label) == ("mistake", WRONG_CELLS[name][1]), verdict
        else:
            assert verdict.points == find(name).points, verdict
