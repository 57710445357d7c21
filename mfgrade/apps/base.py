"""What all commands of mfgrade share. They are nbgrader applications: its options, its --help and nbgrader_config.py hold for them."""

import logging
import sys

from nbgrader.apps.baseapp import NbGrader, nbgrader_aliases
from traitlets import default

from mfcheck.registry import lessons
from mfgrade import __version__
from mfgrade.course import NoCourse, find_root

# For commands that are about the whole class: nbgrader's common options without those that choose a student or an assignment.
class_aliases = {name: nbgrader_aliases[name] for name in ("log-level", "db", "course-dir")}


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
