"""`python -m mfref.app`: what it says to a model or a data set that cannot be served, and which port it takes."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mfref import load_ratings
from mfref.app import __main__ as app
from mfref.app.serve import FOLDER
from mfref.ship_it import load_model, save_model

TOY = load_ratings("music")


def model_of(item_ids):
    n = len(item_ids)
    return {
        "mu": np.array(3.0),
        "b_user": np.zeros(1),
        "b_item": np.zeros(n),
        "P": np.zeros((1, 2)),
        "Q": np.zeros((n, 2)),
        "user_ids": np.array([1]),
        "item_ids": np.array(item_ids),
    }


def said(*arguments):
    """→ what the command says when it gives up."""
    with pytest.raises(SystemExit) as end:
        app.main([*map(str, arguments), "--no-browser"])
    return str(end.value)


def test_help_names_every_option():
    command = [sys.executable, "-m", "mfref.app", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for option in ("--model", "--data", "--port", "--warm", "--no-browser"):
        assert option in told


def test_a_missing_file_a_foreign_file_and_a_model_of_other_films_are_named(tmp_path):
    assert "nowhere.npz" in said("--model", tmp_path / "nowhere.npz")
    (tmp_path / "text.npz").write_text("no model")
    assert "text.npz" in said("--model", tmp_path / "text.npz")
    save_model(tmp_path / "other.npz", model_of([1, 2, 424242]))
    assert "424242" in said("--model", tmp_path / "other.npz", "--data", "music")


def test_an_unknown_data_set_is_named():
    assert "ml-100x" in said("--data", "ml-100x")


def test_a_folder_of_data_is_found_from_wherever_a_kernel_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    monkeypatch.delenv("MFREF_DATASET", raising=False)
    assert app.wherever(None) == "synthetic-100k"
    assert app.wherever("ml-100k") == "ml-100k"
    assert app.wherever("mine") == str(tmp_path / "mine")
    monkeypatch.setenv("MFREF_DATASET", "./mine")
    assert app.wherever(None) == str(tmp_path / "mine")


def test_without_a_file_a_model_is_trained_and_saved(tmp_path):
    path = app.model_file(None, TOY, tmp_path)
    assert np.array_equal(load_model(path)["item_ids"], TOY.items["item_id"])


def test_a_port_that_is_taken_is_left_alone():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < app.free_port(port) <= port + app.PORTS_TRIED
    with pytest.raises(OSError, match="--port"):
        app.free_port(65_536)


def test_the_template_fetches_nothing_from_elsewhere_and_the_notebook_is_clean():
    for file in (FOLDER / "voila").rglob("*.*"):
        assert "http" not in file.read_text()
    notebook = json.loads(Path(FOLDER / "films.ipynb").read_text())
    assert all(not cell.get("outputs") for cell in notebook["cells"])
