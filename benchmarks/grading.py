"""Plain `nbgrader autograde` against `mfgrade autograde --jobs 4`: 30 submissions of lesson 03, in one run on this machine.

`make bench`, or `python -m benchmarks.grading`. Plain nbgrader gets the same notebooks without the pictures (which mfgrade does
not run either, and which would make plain nbgrader ten times slower), and trusts the check cells.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from benchmarks.results import write
from mfcheck.registry import Lesson
from mfgrade.course import nbgrader_api
from mfgrade.demo_class import CLASS, submission

ROOT = Path(__file__).parent.parent
LESSON = Lesson("03-sgd")
N = 30
PLAIN_CONFIG = """
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Execute.timeout = 120
"""


def course(folder, config):
    """A course with N submissions of simulated students, all of whose notebooks run to the end."""
    shutil.copytree(ROOT / "source" / LESSON.name, folder / "source" / LESSON.name)
    (folder / "nbgrader_config.py").write_text(config)
    source = nbformat.read(ROOT / "source" / LESSON.name / "sgd.ipynb", as_version=4)
    released = nbformat.read(ROOT / "release" / LESSON.name / "sgd.ipynb", as_version=4)
    students = [student for student in CLASS if student.about != "an endless loop"]
    for k in range(N):
        made = submission(students[k % len(students)], released, source)
        made.cells = [cell for cell in made.cells if "show" not in cell.metadata.get("tags", [])]
        made.cells.append(nbformat.v4.new_code_cell(f"student_number = {k}"))
        target = folder / "submitted" / f"s{k:02d}" / LESSON.name
        target.mkdir(parents=True)
        nbformat.write(made, target / "sgd.ipynb")
    run(folder, "nbgrader", "generate_assignment", LESSON.name)
    return folder


def run(folder, program, *arguments):
    """→ seconds that a command took."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "MFGRADE_CONFIG": str(folder.parent),
    }
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return time.perf_counter() - start


def sums(folder):
    """→ student → points, from the gradebook."""
    with nbgrader_api(folder).gradebook as gradebook:
        return {
            s.student.id: sum(g.auto_score or 0 for g in s.notebooks[0].grades)
            for s in gradebook.assignment_submissions(LESSON.name)
        }


def main():
    with tempfile.TemporaryDirectory() as scratch:
        ours = course(Path(scratch) / "ours", (ROOT / "nbgrader_config.py").read_text())
        plain = course(Path(scratch) / "plain", PLAIN_CONFIG)
        one = run(ours, "mfgrade", "autograde", LESSON.name, "--student=s00")
        shutil.rmtree(ours / ".mfgrade")
        seconds = {
            "nbgrader autograde": run(plain, "nbgrader", "autograde", LESSON.name),
            "mfgrade autograde --jobs=4": run(ours, "mfgrade", "autograde", LESSON.name, "--jobs=4"),
        }
        differ = {s: (p, sums(ours)[s]) for s, p in sums(plain).items() if p != sums(ours)[s]}
    ratio = seconds["nbgrader autograde"] / seconds["mfgrade autograde --jobs=4"]
    cores = len(os.sched_getaffinity(0))
    table = Table(
        title=f"{N} submissions of {LESSON.name}, {cores} cores, Python {platform.python_version()}", title_justify="left"
    )
    for heading in ("command", "seconds", "seconds a submission"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for name, s in seconds.items():
        table.add_row(name, f"{s:.1f}", f"{s / N:.2f}")
    table.add_row("mfgrade autograde, one student alone", f"{one:.1f}", f"{one:.2f}")
    console = Console()
    console.print(table)
    console.print(f"{ratio:.1f} times less wall time per submission. Submissions with other points: {len(differ)}.")
    write("grading", {"seconds": seconds, "one student": one, "ratio": ratio, "n": N})


if __name__ == "__main__":
    main()
