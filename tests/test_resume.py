"""Killed at any moment nothing is lost; and the grades are the same whoever does the work."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from nbgrader.utils import capture_log
from traitlets.config import Application

from mfgrade.course import check_done
from mfgrade.stopping import ctrl_c_remembered
from tests.courses import api, environment, grades, hand_in_class, new_course, run
from tests.submissions import LESSON, POINTS, bubblewrap_or_skip

N = 30


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    return bubblewrap_or_skip()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """30 submissions graded in one go, two at a time. → (course, grades, seconds)"""
    course = new_course(tmp_path_factory.mktemp("resume") / "undisturbed")
    hand_in_class(course, N)
    start = time.monotonic()
    run(course, "autograde", LESSON.name, "--jobs=2")
    return course, grades(course), time.monotonic() - start


def fresh_copy(course, name):
    """The same submissions under the same seed, nothing graded."""
    copy = course.parent / name
    shutil.copytree(course, copy, ignore=shutil.ignore_patterns("autograded", "gradebook.db", ".mfgrade", "release"))
    return copy


def sound(course):
    with sqlite3.connect(course / "gradebook.db") as db:
        return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_there_are_grades_to_compare(undisturbed):
    _, expected, _ = undisturbed
    assert len(expected) == N
    sums = {sum(score or 0 for score, _, _ in cells.values()) for cells in expected.values()}
    assert len(sums) > 3


def still_at_work(course, patience=20):
    """→ the processes that still run in the folder `course` after so many seconds."""
    for _ in range(10 * patience):
        left = []
        for process in psutil.process_iter(["cwd", "status"]):
            if process.info["cwd"] == str(course) and process.info["status"] != psutil.STATUS_ZOMBIE:
                left.append(process.pid)
        if not left:
            break
        time.sleep(0.1)
    return left


def test_a_worker_whose_master_is_gone_ends_at_once():
    orphan = """
import multiprocessing, os, types
multiprocessing.parent_process = lambda: types.SimpleNamespace(pid=os.getppid() + LATER)
from mfgrade.work import begin
begin()
print("at work")
"""
    for later, said in (("0", "at work\n"), ("1", "")):
        done = subprocess.run([sys.executable, "-c", orphan.replace("LATER", later)], capture_output=True, text=True, timeout=60)
        assert (done.stdout, done.stderr) == (said, "")


def test_killed_at_twenty_random_moments(undisturbed):
    course, expected, seconds = undisturbed
    copy = fresh_copy(course, "killed")
    rng = np.random.default_rng(20)
    kills = 0
    while kills < 20:
        process = subprocess.Popen(
            [sys.executable, "-m", "mfgrade", "autograde", LESSON.name, "--jobs=2"],
            cwd=copy,
            env=environment(copy),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=float(rng.uniform(1.0, 1.0 + seconds / 8)))
            assert process.returncode == 0
            shutil.rmtree(copy / "autograded")  # it came through: begin the writing again, with the results there
            shutil.rmtree(copy / ".mfgrade" / "written")
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
    assert still_at_work(copy) == []
    run(copy, "autograde", LESSON.name, "--jobs=2")
    assert grades(copy) == expected
    assert sound(copy)
    assert "0 graded" in run(copy, "autograde", LESSON.name).stdout


def half_made(course, cut):
    """Leave what a kill leaves while nbgrader makes the student version: its assignment first, then cells, the file last."""
    run(course, "generate_assignment", LESSON.name, program="nbgrader")
    path = course / "release" / LESSON.name / "sgd.ipynb"
    with api(course).gradebook as gradebook:
        if cut == "no notebook":
            gradebook.remove_notebook("sgd", LESSON.name)
        if cut == "half the cells":
            cells = gradebook.find_notebook("sgd", LESSON.name).source_cells
            for cell in cells[len(cells) // 2 :]:
                gradebook.db.delete(cell)
            gradebook.db.commit()
    if cut == "half the file":
        path.write_text(path.read_text()[:5000])
    elif cut != "half the cells":
        shutil.rmtree(course / "release")


@pytest.mark.parametrize("cut", ["no notebook", "half the cells", "no file", "half the file"])
def test_killed_while_the_student_version_is_made(tmp_path, cut):
    course = new_course(tmp_path / "course")
    hand_in_class(course, 2)
    half_made(course, cut)
    run(course, "autograde", LESSON.name)
    assert len(grades(course)) == 2
    assert set(grades(course)["s00"]) >= set(POINTS)


def test_ctrl_c_while_nbgrader_writes_is_not_a_failure_of_a_submission():
    class Interrupted(Application):
        def start(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_done("03-sgd of s01", capture_log(Interrupted()))
    with pytest.raises(RuntimeError, match="03-sgd of s01 failed"):
        check_done("03-sgd of s01", {"success": False, "error": "ValueError: KeyboardInterrupt", "log": ""})


def test_ctrl_c_that_was_swallowed_is_not_lost():
    before = signal.getsignal(signal.SIGINT)
    with ctrl_c_remembered() as stop_if_asked:
        stop_if_asked()
        with contextlib.suppress(KeyboardInterrupt):  # as a bare `except` in a library does, or a destructor
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            stop_if_asked()
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stops_cleanly_and_goes_on(undisturbed):
    course, expected, _ = undisturbed
    copy = fresh_copy(course, "interrupted")
    process = subprocess.Popen(
        [sys.executable, "-m", "mfgrade", "autograde", LESSON.name, "--jobs=2"],
        cwd=copy,
        env=environment(copy),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stderr:
        if line.startswith("3/"):
            os.killpg(process.pid, signal.SIGINT)
            break
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in errors
    assert "Traceback" not in errors
    done = run(copy, "autograde", LESSON.name, "--jobs=2")
    assert "unchanged" in done.stdout
    assert grades(copy) == expected


@pytest.mark.parametrize("jobs", [1, 4])
def test_same_grades_with_other_numbers_of_jobs(undisturbed, jobs):
    course, expected, _ = undisturbed
    copy = fresh_copy(course, f"jobs-{jobs}")
    run(copy, "autograde", LESSON.name, f"--jobs={jobs}")
    assert grades(copy) == expected


def test_same_grades_on_a_dask_cluster(undisturbed):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")
    course, expected, _ = undisturbed
    copy = fresh_copy(course, "dask")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        run(copy, "autograde", LESSON.name, f"--scheduler={cluster.scheduler_address}")
    assert grades(copy) == expected


@pytest.fixture
def postgresql():
    """A PostgreSQL server of its own, on a local socket. → its URL"""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install psycopg[binary]")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    become = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def call(program, *arguments):
        command = [*become, found[-1].with_name(program), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = folder / "data"
    call("initdb", "-D", data, "-U", "grader", "--auth=trust")
    call("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-c listen_addresses='' -k {folder}", "start")
    call("createdb", "-h", folder, "-U", "grader", "course")
    yield f"postgresql+psycopg://grader@/course?host={folder}"
    call("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


def test_same_grades_in_postgresql(undisturbed, postgresql):
    course, expected, _ = undisturbed
    copy = fresh_copy(course, "postgresql")
    config = copy / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.CourseDirectory.db_url = {postgresql!r}\n")
    run(copy, "autograde", LESSON.name, "--jobs=2")
    assert not (copy / "gradebook.db").exists()
    assert grades(copy) == expected
