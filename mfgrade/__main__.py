"""mfgrade: for instructors. `python -m mfgrade --help` lists the commands."""

import argparse
import sys
from pathlib import Path

from mfgrade.course import NoCourse, find_root


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="mfgrade", description="For instructors: build, grade, report.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("release", help="write the student notebooks into release/, from source/")
    solutions = commands.add_parser("solutions", help="execute the solved notebooks into solutions/, from source/")
    solutions.add_argument("lesson", nargs="*", help="only these lessons, as in 03-sgd")
    demo = commands.add_parser("demo", help="play a course: a simulated class hands in, is graded, gets feedback")
    demo.add_argument("--folder", default=Path("demo"), type=Path, help="where to play it (default: demo)")
    given = parser.parse_args(arguments)
    try:
        return COMMANDS[given.command](find_root(), given)
    except NoCourse as problem:
        print(problem, file=sys.stderr)
        return 2


def release(root, given):
    from mfgrade.build import build_release

    for lesson in build_release(root, root / "release"):
        print(f"release/{lesson.name}")
    return 0


def solutions(root, given):
    from mfgrade.build import build_solutions

    for lesson in build_solutions(root, root / "solutions", only=given.lesson):
        print(f"solutions/{lesson.name}", flush=True)
    return 0


def demo(root, given):
    from mfgrade.demo import play

    return play(root, given.folder)


COMMANDS = {"release": release, "solutions": solutions, "demo": demo}

if __name__ == "__main__":
    sys.exit(main())
