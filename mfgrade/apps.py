"""mfgrade's commands. They are nbgrader applications: its options, its --help and nbgrader_config.py hold for them."""

import logging
import sys
from contextlib import nullcontext
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader, nbgrader_aliases, nbgrader_flags
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from traitlets import Integer, Unicode, default

from mfcheck.registry import lessons
from mfgrade import __version__
from mfgrade.autograde import processors
from mfgrade.course import NoCourse, find_root, nbgrader_api
from mfgrade.service import Grading


class Command(NbGrader):
    """A command of mfgrade: run in the course folder or below it."""

    version = __version__

    @default("log_level")
    def _log_level_default(self):
        return logging.WARNING

    @property
    def root(self):
        try:
            return find_root(self.coursedir.root)
        except NoCourse as problem:
            self.wrong(str(problem))

    def lessons(self):
        """The lessons named on the command line, or "all"."""
        known = {lesson.name: lesson for lesson in lessons()}
        if not self.extra_args or not {*self.extra_args} <= {*known, "all"}:
            self.wrong(f"Name the lesson or lessons, or all: {', '.join(known)}.")
        return list(known.values()) if "all" in self.extra_args else [known[name] for name in self.extra_args]

    def wrong(self, message):
        print(message, file=sys.stderr)
        sys.exit(2)


class AutogradeApp(Command):
    name = "mfgrade-autograde"
    description = "Grade the submissions of one or more lessons: isolated, in parallel, resumable."
    examples = """
        mfgrade autograde 03-sgd
        mfgrade autograde all
        mfgrade autograde 03-sgd --student ada --force
        mfgrade autograde 03-sgd --jobs 8
        mfgrade autograde 03-sgd --scheduler tcp://10.0.0.1:8786
    """
    jobs = Integer(help="how many submissions at a time (default: one a processor)").tag(config=True)
    scheduler = Unicode(help="address of a Dask scheduler, as in tcp://host:8786; its workers do the work").tag(config=True)
    aliases = {**nbgrader_aliases, "jobs": "AutogradeApp.jobs", "scheduler": "AutogradeApp.scheduler"}
    flags = {
        **nbgrader_flags,
        "no-sandbox": ({"Grading": {"sandbox": False}}, "Run submissions WITHOUT protection. They are other people's code."),
        "force": ({"BaseConverter": {"force": True}}, "Write all grades again, also those that are up to date."),
    }

    @default("jobs")
    def _jobs_default(self):
        return processors()

    @default("classes")
    def _classes_default(self):
        return [*super()._classes_default(), Grading]

    def start(self):
        super().start()
        from mfgrade.autograde import Autograde, Busy
        from mfgrade.sandbox.bubble import NoSandbox, find_bubblewrap
        from mfgrade.service import NotReleased
        from mfgrade.stopping import ctrl_c_remembered

        chosen, grading = self.lessons(), Grading(parent=self)
        if grading.sandbox:
            try:
                find_bubblewrap()
            except NoSandbox as problem:
                self.wrong(str(problem))
        else:
            print("WARNING: --no-sandbox. Submissions run with your rights, your files and your network.", file=sys.stderr)
        api = nbgrader_api(self.root, self.config)
        work = Autograde(api, self.root, grading)
        submissions = work.submissions(chosen, self.coursedir.student_id)
        if not submissions:
            self.wrong(
                f"Nothing is handed in there: {self.root / self.coursedir.submitted_directory}/{self.coursedir.student_id}/<lesson>/"
            )
        try:
            with ctrl_c_remembered() as stop_if_asked:
                summary = self._run(work, submissions, stop_if_asked)
        except (Busy, NotReleased) as problem:
            self.wrong(str(problem))
        except KeyboardInterrupt:
            print("\nStopped. What is graded is kept; the same command goes on from here.", file=sys.stderr)
            sys.exit(130)
        sys.exit(report(summary))

    def _run(self, work, submissions, stop_if_asked):
        from mfgrade.autograde import dask_cluster, process_pool

        def executor():
            return dask_cluster(self.scheduler) if self.scheduler else process_pool(min(self.jobs, len(submissions)))

        console = Console(stderr=True)
        columns = (
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) if console.is_terminal else nullcontext() as bar:
            task = bar and bar.add_task("grading", total=len(submissions))

            def on_progress(done, total, lesson_name, student):
                if bar:
                    bar.update(task, completed=done, total=total)
                else:
                    print(f"{done}/{total} {lesson_name} {student}", file=sys.stderr, flush=True)
                stop_if_asked()

            return work.run(submissions, executor, on_progress, force=self.config.BaseConverter.get("force", False))


def report(summary):
    """Print what an instructor should know. → exit status"""
    print(f"{len(summary.graded)} graded, {len(summary.unchanged)} unchanged, {len(summary.failed)} not graded.")
    for (lesson_name, student), notes in sorted(summary.notes.items()):
        print(f"  {lesson_name} {student}: {' '.join(notes)}")
    for (lesson_name, student), why in sorted(summary.failed.items()):
        print(f"  NOT GRADED {lesson_name} {student}: {why}", file=sys.stderr)
    return 1 if summary.failed else 0


class DoctorApp(Command):
    name = "mfgrade-doctor"
    description = "Say what this machine offers for grading, and what to do about what is missing."

    def start(self):
        super().start()
        from mfgrade.doctor import examine

        sys.exit(examine())


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


class DemoApp(Command):
    name = "mfgrade-demo"
    description = "Play a course from release to feedback with a simulated class."
    folder = Unicode("demo", help="where to play it; made anew").tag(config=True)
    aliases = {**nbgrader_aliases, "folder": "DemoApp.folder"}

    def start(self):
        super().start()
        from mfgrade.demo import play

        sys.exit(play(self.root, Path(self.folder)))


class MfGradeApp(Command):
    name = "mfgrade"
    description = "For instructors: grade a class on a machine that its submissions cannot harm."
    subcommands = {
        "autograde": (AutogradeApp, AutogradeApp.description),
        "doctor": (DoctorApp, DoctorApp.description),
        "demo": (DemoApp, DemoApp.description),
        "release": (ReleaseApp, ReleaseApp.description),
        "solutions": (SolutionsApp, SolutionsApp.description),
    }

    def start(self):
        super().start()
        if self.subapp is None:
            self.print_help()
            sys.exit(2 if self.extra_args else 0)


main = MfGradeApp.launch_instance
