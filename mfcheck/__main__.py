"""python -m mfcheck start my-work: put the lessons into a folder of your own; grade my-work: your own score sheet."""

import argparse
import shutil
import sys
from pathlib import Path

from mfcheck import grade_command
from mfcheck.score_sheet import PROMISE


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m mfcheck", description="For students and readers of the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="copy the lessons into a folder of your own; nothing of yours is overwritten")
    start.add_argument("folder", nargs="?", default="my-work", type=Path)
    start.add_argument("--release", default=Path("release"), type=Path, help="where the lessons are (default: release)")
    sheet = commands.add_parser(
        "grade",
        help="run your notebooks and show your score sheet, by the public checks",
        description=f"Run your notebooks and show your score sheet. {PROMISE}",
        epilog=grade_command.EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    grade_command.add_arguments(sheet)
    given = parser.parse_args(arguments)
    if given.command == "grade":
        return grade_command.grade(given.folder, given.lesson, given.html, given.cell_seconds)
    return copy_lessons(given.release, given.folder)


def copy_lessons(release, folder):
    """Copy what is not there yet, and say what was kept. → exit status."""
    notebooks = sorted(release.glob("*/*.ipynb"))
    if not notebooks:
        print(
            f"There are no lessons in {release.resolve()}. Run this in the course folder, or name it with --release.",
            file=sys.stderr,
        )
        return 2
    for notebook in notebooks:
        target = folder / notebook.relative_to(release)
        if target.exists():
            print(f"kept    {target} (yours)")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, target)
        print(f"new     {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
