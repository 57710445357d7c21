"""Shared by all tests: no state is kept in the user's folders, and real data is used where it is."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Tests run side by side. Small matrix products on two threads that wait for a busy core take twenty times as long as on one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path, monkeypatch):
    """What check() remembers goes to a folder of the test."""
    monkeypatch.setenv("MFCHECK_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab for the browser tests of this worker, in an empty folder."""
    from tests.browser import Lab

    folder = tmp_path_factory.mktemp("lab")
    (folder / "work").mkdir()
    with Lab(folder / "work", folder, MFREF_DATASET="synthetic-100k") as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    """A Chromium. Not for the whole session: while Playwright runs, other tests can run no event loop of their own."""
    from tests.browser import NoChromium, chromium

    try:
        with chromium() as running:
            yield running
    except NoChromium as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))


def data_sets():
    """The names of the data sets that the lessons are run on: the real one only where it lies on this machine."""
    home = os.environ.get("MFREF_DATA_HOME")
    real = ["ml-100k"] if home and (Path(home) / "ml-100k").is_dir() else []
    return ["synthetic-100k", *real]


def pytest_terminal_summary(terminalreporter):
    """Print the tables that tests recorded, also those of parallel workers."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "table" and report.when == "call":
                terminalreporter.section(report.nodeid.split("::")[-1])
                terminalreporter.write_line(value)
