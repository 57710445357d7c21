"""`mfgrade release` and `mfgrade solutions`: the notebooks that are generated from source/."""

import sys

from mfgrade.apps.base import Command


class BuildCommand(Command):
    def named(self):
        """The names on the command line; none means all lessons."""
        return [lesson.name for lesson in self.lessons()] if self.extra_args else []


class ReleaseApp(BuildCommand):
    name = "mfgrade-release"
    description = "Write the student notebooks into release/, from source/. Lessons can be named; default: all."

    def start(self):
        super().start()
        from mfgrade.build import build_release, dead_links, remove_left_out

        for lesson in build_release(self.root, self.root / "release", only=self.named()):
            print(f"release/{lesson.name}", flush=True)
        for folder in ("release", "solutions"):
            for lesson in remove_left_out(self.root / folder):
                print(f"{folder}/{lesson.name} removed: the lesson is left out (LEFT_OUT in mfcheck/registry.py)")
        for lesson, other in dead_links(self.root):
            print(f"source/{lesson.name} links to {other.name}, which is left out: reword that sentence.", file=sys.stderr)


class SolutionsApp(BuildCommand):
    name = "mfgrade-solutions"
    description = "Execute the solved notebooks into solutions/, from source/. Lessons can be named; default: all."

    def start(self):
        super().start()
        from mfgrade.build import build_solutions

        for lesson in build_solutions(self.root, self.root / "solutions", only=self.named()):
            print(f"solutions/{lesson.name}", flush=True)
