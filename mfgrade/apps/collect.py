"""`mfgrade collect`."""

import sys
from pathlib import Path

from nbgrader.apps.baseapp import nbgrader_flags
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from traitlets import Bool, Unicode

from mfcheck.registry import LESSONS, Lesson
from mfgrade.apps.base import Command, class_aliases
from mfgrade.course import nbgrader_api


class CollectApp(Command):
    name = "mfgrade-collect"
    description = """Put submissions into submitted/, out of the archive or folder that Canvas or Moodle gives, by the roster.

    The newest attempt counts. Downloads and replaced submissions are kept in .mfgrade/originals/. Without a download:
    nbgrader's own collect, where an exchange is configured, as on JupyterHub."""
    examples = """
        mfgrade collect submissions.zip --lesson 03-sgd
        mfgrade collect downloads/ --lesson 03-sgd --dry-run
        mfgrade collect --lesson 03-sgd
    """
    lesson = Unicode(help="the lesson that was handed in").tag(config=True)
    dry_run = Bool(False, help="say what would be done, and change nothing").tag(config=True)
    aliases = {**class_aliases, "lesson": "CollectApp.lesson"}
    flags = {
        **nbgrader_flags,
        "dry-run": ({"CollectApp": {"dry_run": True}}, "Say what would be done, and change nothing."),
    }

    def start(self):
        super().start()
        if self.lesson not in LESSONS:
            self.wrong(f"Name the lesson, as in --lesson 03-sgd: {', '.join(LESSONS)}.")
        api = nbgrader_api(self.root, self.config)
        sys.exit(self._from_downloads(api) if self.extra_args else self._from_exchange(api))

    def _from_exchange(self, api):
        if self.dry_run:
            self.wrong("--dry-run needs a download: nbgrader's collect has no such option.")
        collector = api.exchange.Collect(coursedir=api.coursedir, authenticator=api.authenticator, parent=api)
        inbound = Path(getattr(collector, "root", "")) / api.coursedir.course_id / "inbound"
        if hasattr(collector, "root") and not inbound.is_dir():  # other exchanges than a folder say for themselves what is wrong
            self.wrong(
                f"Name the download, as in: mfgrade collect downloads/ --lesson {self.lesson}\n"
                f"Without one the submissions come from nbgrader's exchange, but there is none: {inbound} is no folder."
            )
        result = api.collect(self.lesson, update=True)
        if log := result.get("log"):
            print(log, file=sys.stderr)
        if not result["success"]:
            print(f"nbgrader's collect failed.\n{result.get('error')}", file=sys.stderr)
            return 1
        from mfgrade.roster import kept_roster

        here = {folder.parent.name for folder in (self.root / api.coursedir.submitted_directory).glob(f"*/{self.lesson}")}
        print(f"{len(here)} submissions of {self.lesson} are in {api.coursedir.submitted_directory}/.")
        if missing := sorted(set(kept_roster(self.root)) - here):
            print(f"Missing: {', '.join(missing)}")
        return 0

    def _from_downloads(self, api):
        from mfgrade.collect.collect import collect
        from mfgrade.dates import DatesWrong, read_dates
        from mfgrade.roster import kept_roster

        roster = kept_roster(self.root)
        if not roster:
            self.wrong("There is no roster to tell whose the files are. First: mfgrade roster roster.csv")
        if absent := [name for name in self.extra_args if not Path(name).exists()]:
            self.wrong(f"There is no {', '.join(absent)}.")
        try:
            dates = read_dates(self.root)
        except DatesWrong as problem:
            self.wrong(str(problem))
        console = Console(stderr=True)
        with console.status("reading the downloads") as status:

            def on_progress(number):
                status.update(f"reading the downloads: {number} files")
                if number % 500 == 0 and not console.is_terminal:
                    print(f"{number} files read", file=sys.stderr, flush=True)

            submitted = api.coursedir.submitted_directory
            lesson, sources = Lesson(self.lesson), [Path(name) for name in self.extra_args]
            account = collect(self.root, submitted, sources, lesson, roster, dates, self.dry_run, on_progress)
        return report(account, self.dry_run)


def printable(text):
    """Names of files and people as they may be printed: no control characters, no markup."""
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text)))


def table(title, *columns):
    return Table(*(Column(name, overflow="fold") for name in columns), title=title, box=SIMPLE, title_justify="left")


def report(account, dry_run=False):
    """Print the account. → exit status"""
    console = Console()
    if dry_run:
        console.print("Dry run: nothing was changed.")
    files = [one.work.member.where for one in account.placed.values()] + [one.where for one in account.left]
    archives = {where.partition(": ")[0] for where in files}
    prefix = f"{archives.pop()}: " if len(archives) == 1 else ""
    collected = table(f"Collected: {len(account.placed)}", "student", "file", "attempt", "handed in (UTC)", "")
    for student, one in account.placed.items():
        stamp = f"{one.stamp:%Y-%m-%d %H:%M}" if one.stamp else "?"
        remarks = [one.state, "late" if one.late else "", one.how, one.work.broken]
        cells = student, one.work.member.where.removeprefix(prefix), one.work.attempt, stamp, "; ".join(filter(None, remarks))
        collected.add_row(*map(printable, cells))
    left = table(f"Not collected: {len(account.left)}", "file", "why")
    for one in sorted(account.left, key=lambda one: one.where):
        left.add_row(printable(one.where.removeprefix(prefix)), printable(one.why))
    console.print(*(each for each in (collected, left) if each.row_count))
    console.print(f"Missing: {len(account.missing)}")
    for remark in sorted(set(account.missing.values())):
        who = ", ".join(student for student, other in account.missing.items() if other == remark)
        console.print(f"  {printable(who)}{remark and f' ({remark})'}", soft_wrap=True)
    if account.originals:
        console.print(f"Originals: {account.originals}", soft_wrap=True)
    if grave := account.grave():
        print(f"{len(grave)} file(s) could not be collected and need a look.", file=sys.stderr)
        return 1
    return 0
