"""`mfgrade report`."""

import sys
from datetime import date

from rich.console import Console
from rich.progress import track
from traitlets import Bool

from mfcheck.registry import lessons
from mfgrade.apps.page import ALIASES, FLAGS, PageCommand
from mfgrade.course import nbgrader_api
from mfgrade.service import Grading


class ReportApp(PageCommand):
    name = "mfgrade-report"
    description = "Write one page about the class: points, exercises, mistakes, times, and what waits for a person."
    examples = """
        mfgrade report 03-sgd
        mfgrade report 03-sgd --anonymous --to staff-meeting.html
        mfgrade report 03-sgd 04-biases --csv
        mfgrade report                # all lessons that are graded
    """
    csv = Bool(False, help="write two CSV files beside the page: students by exercises, and mistakes").tag(config=True)
    aliases = ALIASES
    flags = {
        **FLAGS,
        "csv": ({"ReportApp": {"csv": True}}, "Write two CSV files beside the page: students by exercises, and mistakes."),
    }

    def start(self):
        super().start()
        from mfgrade.report import page, tables
        from mfgrade.report.gather import NoGradebook
        from mfgrade.service import NotReleased

        try:
            results, people = self._gather(nbgrader_api(self.root, self.config))
        except (NoGradebook, NotReleased) as problem:
            self.wrong(str(problem))
        path = self.page(results[0].lesson.name if len(results) == 1 else "class")
        self.write(path, page.class_report(results, people, date.today().isoformat()))
        if self.csv:
            self.write(path.with_name(f"{path.stem}-exercises.csv"), tables.students_by_exercises(results, people))
            self.write(path.with_name(f"{path.stem}-mistakes.csv"), tables.mistakes(results, people))
        sys.exit(say_what_is_missing(results, people))

    def _gather(self, api):
        """→ (list of LessonResults, People)"""
        from mfgrade.report.gather import Gatherer, known_people, open_gradebook

        chosen, gatherer = self.lessons() if self.extra_args else lessons(), Gatherer(api, self.root, Grading(parent=self))
        with open_gradebook(api) as gradebook:
            console = Console(stderr=True)
            reading = track(chosen, "reading", console=console, disable=not console.is_terminal)
            results = [gatherer.lesson(gradebook, lesson) for lesson in reading]
            if not self.extra_args:
                results = [one for one in results if one.entries]
            if not any(one.entries for one in results):
                self.wrong("Nobody has handed in any of these lessons, so there is nothing to report.")
            return results, known_people(gradebook, results, self.anonymous)


def say_what_is_missing(results, people):
    """Name the submissions that the page cannot speak of. → exit status"""
    waiting = [(one.lesson.name, e.student, "not graded yet") for one in results for e in one.entries if e.state == "waiting"]
    lost = [
        (one.lesson.name, e.student, "no stored result of its points") for one in results for e in one.graded if not e.verdicts
    ]
    for lesson_name, student, why in waiting + lost:
        print(f"  INCOMPLETE {lesson_name} {people(student)}: {why}; run mfgrade autograde {lesson_name}", file=sys.stderr)
    return 1 if waiting or lost else 0
