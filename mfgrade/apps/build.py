"""`mfgrade release` and `mfgrade solutions`: the notebooks that are generated from source/."""

from mfcheck.registry import lessons
from mfgrade.apps.base import Command


class ReleaseApp(Command):
    name = "mfgrade-release"
    description = "Write the student notebooks into release/, from source/."

    def start(self):
        super().start()
        from mfgrade.build import build_release

        for lesson in build_release(self.root, self.root / "release"):
            print(f"release/{lesson.name}", flush=True)


class SolutionsApp(Command):
    name = "mfgrade-solutions"
    description = "Execute the solved notebooks into solutions/, from source/. Lessons can be named; default: all."

    def start(self):
        super().start()
        from mfgrade.build import build_solutions

        unknown = set(self.extra_args) - {lesson.name for lesson in lessons()}
        if unknown:
            self.wrong(f"There is no lesson {', '.join(sorted(unknown))}.")
        for lesson in build_solutions(self.root, self.root / "solutions", only=self.extra_args):
            print(f"solutions/{lesson.name}", flush=True)
