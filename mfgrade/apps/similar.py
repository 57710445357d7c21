"""`mfgrade similar`."""

import sys
from contextlib import nullcontext
from datetime import date

from nbgrader.apps.baseapp import nbgrader_aliases
from rich.console import Console
from rich.progress import track

from mfgrade.apps.page import ALIASES, FLAGS, PageCommand
from mfgrade.course import nbgrader_api
from mfgrade.service import Grading


class SimilarApp(PageCommand):
    name = "mfgrade-similar"
    description = "Write a page of submissions to a lesson that are suspiciously alike: a lead, not a verdict."
    examples = """
        mfgrade similar 03-sgd
        mfgrade similar 03-sgd --anonymous --to for-the-committee.html
    """
    aliases = {**ALIASES, "student": nbgrader_aliases["student"]}
    flags = FLAGS

    def start(self):
        super().start()
        from mfgrade.report.alike import similar_page
        from mfgrade.service import NotReleased
        from mfgrade.similar import compare

        chosen = self.lessons()
        if len(chosen) != 1:
            self.wrong("Name one lesson.")
        try:
            works, people = self._read(chosen[0], nbgrader_api(self.root, self.config))
        except NotReleased as problem:
            self.wrong(str(problem))
        pairs = compare(works)
        listed = sum(pair.is_listed for pair in pairs)
        print(f"{len(works)} submissions, {listed} pairs stand out. A lead, not a verdict: read both.")
        self.write(
            self.page(f"{chosen[0].name}-similar"), similar_page(chosen[0], works, pairs, people, date.today().isoformat())
        )
        unread = [work for work in works if work.problem]
        for work in unread:
            print(f"  NOT COMPARED {people(work.student)}: {work.problem}", file=sys.stderr)
        sys.exit(1 if unread else 0)

    def _read(self, lesson, api):
        """→ (list of Work, People)"""
        from mfgrade.report.gather import Entry, Gatherer, LessonResults, NoGradebook, known_people, open_gradebook
        from mfgrade.similar import read_work

        submitted, console = self.root / self.coursedir.submitted_directory, Console(stderr=True)
        folders = sorted(path for path in submitted.glob(f"{self.coursedir.student_id}/{lesson.name}") if path.is_dir())
        if not folders:
            self.wrong(f"Nothing is handed in there: {submitted}/{self.coursedir.student_id}/{lesson.name}/")
        reading = track(folders, "reading", console=console, disable=not console.is_terminal)
        works = [read_work(self.root, lesson, folder) for folder in reading]
        try:
            opened = open_gradebook(api)
        except NoGradebook:
            opened = nullcontext()
        with opened as gradebook:
            if gradebook is None:
                results = LessonResults(lesson, [Entry(work.student, "waiting") for work in works], [])
            else:
                results = Gatherer(api, self.root, Grading(parent=self)).lesson(gradebook, lesson)
            people = known_people(gradebook, [results], self.anonymous)
        verdicts = {entry.student: entry.verdicts for entry in results.entries}
        for work in works:
            found = verdicts.get(work.student, {}).items()
            work.mistakes = {name: verdict.title for name, verdict in found if verdict.kind == "mistake"}
        return works, people
