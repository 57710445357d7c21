"""`mfgrade autograde`."""

import sys
from contextlib import nullcontext

from nbgrader.apps.baseapp import nbgrader_aliases, nbgrader_flags
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from traitlets import Bool, Integer, Unicode, default

from mfgrade.apps.base import Command
from mfgrade.autograde import processors
from mfgrade.course import nbgrader_api
from mfgrade.service import Grading


class AutogradeApp(Command):
    name = "mfgrade-autograde"
    description = "Grade the submissions of one or more lessons: isolated, in parallel, resumable."
    examples = """
        mfgrade autograde 03-sgd
        mfgrade autograde all
        mfgrade autograde 03-sgd --student ada --force
        mfgrade autograde 03-sgd --dry-run    # after a correction of an exercise: what would change
        mfgrade autograde 03-sgd --jobs 8
        mfgrade autograde 03-sgd --scheduler tcp://10.0.0.1:8786
    """
    jobs = Integer(help="how many submissions at a time (default: one a processor)").tag(config=True)
    scheduler = Unicode(help="address of a Dask scheduler, as in tcp://host:8786; its workers do the work").tag(config=True)
    dry_run = Bool(False, help="say what would change, and write no grade").tag(config=True)
    aliases = {**nbgrader_aliases, "jobs": "AutogradeApp.jobs", "scheduler": "AutogradeApp.scheduler"}
    flags = {
        **nbgrader_flags,
        "no-sandbox": ({"Grading": {"sandbox": False}}, "Run submissions WITHOUT protection. They are other people's code."),
        "force": ({"BaseConverter": {"force": True}}, "Write all grades again, also those that are up to date."),
        "dry-run": ({"AutogradeApp": {"dry_run": True}}, "Grade, say what would change in the gradebook, and write no grade."),
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
        from mfgrade.dates import DatesWrong
        from mfgrade.dry_run import DryRun
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
        try:
            work = (DryRun if self.dry_run else Autograde)(api, self.root, grading)
        except DatesWrong as problem:
            self.wrong(str(problem))
        submissions = work.submissions(chosen, self.coursedir.student_id)
        if not submissions:
            self.wrong(
                f"Nothing is handed in there: {self.root / self.coursedir.submitted_directory}/{self.coursedir.student_id}/<lesson>/"
            )
        try:
            with ctrl_c_remembered() as stop_if_asked:
                summary = self._run(work, submissions, stop_if_asked)
        except (Busy, DatesWrong, NotReleased) as problem:
            self.wrong(str(problem))
        except KeyboardInterrupt:
            print("\nStopped. What is graded is kept; the same command goes on from here.", file=sys.stderr)
            sys.exit(130)
        sys.exit(foretell(summary) if self.dry_run else report(summary))

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

            force = {} if self.dry_run else {"force": self.config.BaseConverter.get("force", False)}
            return work.run(submissions, executor, on_progress, **force)


def report(summary):
    """Print what an instructor should know. → exit status"""
    print(f"{len(summary.graded)} graded, {len(summary.unchanged)} unchanged, {len(summary.failed)} not graded.")
    for (lesson_name, student), notes in sorted(summary.notes.items()):
        print(f"  {lesson_name} {student}: {' '.join(notes)}")
    return name_the_failed(summary)


def foretell(preview):
    """Print what a run would change. → exit status"""
    from mfgrade.dry_run import in_words

    print("\n".join(in_words(preview)))
    return name_the_failed(preview)


def name_the_failed(outcome):
    for (lesson_name, student), why in sorted(outcome.failed.items()):
        print(f"  NOT GRADED {lesson_name} {student}: {why}", file=sys.stderr)
    return 1 if outcome.failed else 0
