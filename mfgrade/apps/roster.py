"""`mfgrade roster`."""

import sys

from nbgrader.apps.baseapp import nbgrader_flags
from traitlets import Bool

from mfgrade.apps.base import Command, class_aliases
from mfgrade.course import nbgrader_api


class RosterApp(Command):
    name = "mfgrade-roster"
    description = """Read the class list into nbgrader's gradebook: a CSV file of your own, or Canvas's or Moodle's export.

    Columns of your own file: id (what submitted/ uses), and where you have them first_name, last_name, email, canvas_id,
    canvas_name, moodle_name. Good rows go in, bad ones are named. Nobody is taken out of the gradebook."""
    examples = """
        mfgrade roster roster.csv
        mfgrade roster canvas-grades.csv --dry-run
        mfgrade roster moodle-participants.csv --replace
    """
    dry_run = Bool(False, help="say what would be done, and change nothing").tag(config=True)
    replace = Bool(False, help="forget those who are not in this file (their grades stay)").tag(config=True)
    aliases = class_aliases
    flags = {
        **nbgrader_flags,
        "dry-run": ({"RosterApp": {"dry_run": True}}, "Say what would be done, and change nothing."),
        "replace": ({"RosterApp": {"replace": True}}, "Forget those who are not in this file. Their grades stay."),
    }

    def start(self):
        super().start()
        from mfgrade.roster import keep_roster, kept_roster, put_into_gradebook, read_roster
        from mfgrade.table import TableWrong

        if len(self.extra_args) != 1:
            self.wrong("Name one CSV file, as in: mfgrade roster roster.csv")
        try:
            reading = read_roster(self.extra_args[0])
        except TableWrong as problem:
            self.wrong(str(problem))
        before = kept_roster(self.root)
        merged = {who: before[who].updated(new) if who in before else new for who, new in reading.students.items()}
        others = {who: student for who, student in before.items() if who not in merged}
        if not self.dry_run and merged:
            with nbgrader_api(self.root, self.config).gradebook as gradebook:
                put_into_gradebook(gradebook, merged)
            keep_roster(self.root, merged if self.replace and not reading.problems else others | merged)
        sys.exit(self._report(reading, before, merged, others))

    def _report(self, reading, before, merged, others):
        new = sum(who not in before for who in merged)
        changed = sum(who in before and before[who] != student for who, student in merged.items())
        would = "Dry run, nothing was changed: " if self.dry_run else ""
        print(f"{would}{new} new, {changed} changed, {len(merged) - new - changed} as before, {len(reading.problems)} bad rows.")
        for note in reading.notes:
            print(f"  {note}")
        if others:
            kept = "kept, as there are bad rows" if reading.problems else "forgotten"
            fate = kept if self.replace else "kept; --replace forgets them"
            print(f"  Not in this file ({fate}): {', '.join(sorted(others))}")
        for problem in reading.problems:
            print(f"  NOT READ {problem}", file=sys.stderr)
        return 1 if reading.problems or not merged else 0
