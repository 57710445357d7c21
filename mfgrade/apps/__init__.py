"""mfgrade's commands, each in a module of its own."""

import sys

from mfgrade.apps.base import Command


class MfGradeApp(Command):
    name = "mfgrade"
    description = "For instructors: grade a class on a machine that its submissions cannot harm."
    subcommands = {
        name: (f"mfgrade.apps.{module}.{name.title()}App", what)
        for name, module, what in (
            ("roster", "roster", "Read the class list into nbgrader's gradebook."),
            ("dates", "dates", "Show due dates, extensions and the penalty for being late, and write them into the gradebook."),
            ("collect", "collect", "Put submissions into place, out of Canvas's or Moodle's downloads or nbgrader's exchange."),
            ("autograde", "autograde", "Grade the submissions of one or more lessons: isolated, in parallel, resumable."),
            ("export", "export", "Write the grades as a table that Canvas or Moodle imports."),
            ("report", "report", "Write one page about the class: points, exercises, mistakes, and what waits for a person."),
            ("similar", "similar", "Write a page of submissions that are suspiciously alike: a lead, not a verdict."),
            ("doctor", "doctor", "Say what this machine offers for grading, and what to do about what is missing."),
            ("demo", "demo", "Play a course from release to feedback with a simulated class."),
            ("cells", "cells", "Give every exercise its cells in source/, with the points of its declaration."),
            ("release", "build", "Write the student notebooks into release/, from source/."),
            ("solutions", "build", "Execute the solved notebooks into solutions/, from source/."),
        )
    }

    def start(self):
        super().start()
        if self.subapp is None:
            self.print_help()
            sys.exit(2 if self.extra_args else 0)


main = MfGradeApp.launch_instance
