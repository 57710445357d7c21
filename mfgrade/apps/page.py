"""What the commands share that write a page about a class."""

from pathlib import Path

from nbgrader.apps.baseapp import nbgrader_aliases, nbgrader_flags
from traitlets import Bool, Unicode, default

from mfgrade.apps.base import Command
from mfgrade.service import Grading

ALIASES = {name: nbgrader_aliases[name] for name in ("log-level", "db", "course-dir")} | {"to": "PageCommand.to"}
FLAGS = {
    **{name: nbgrader_flags[name] for name in ("debug", "quiet")},
    "anonymous": ({"PageCommand": {"anonymous": True}}, "Number the students in a random order; write no name and no id."),
}


class PageCommand(Command):
    """A command that writes a page about a class."""

    to = Unicode(help="the page's file (default: in reports/)").tag(config=True)
    anonymous = Bool(False, help="students are numbered in a random order; no name or id is written").tag(config=True)

    @default("classes")
    def _classes_default(self):
        return [*super()._classes_default(), Grading]

    def write(self, path, text):
        """Write one file and say where it is."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self.wrong(f"{path} cannot be written: {error.strerror}. Name another place with --to.")
        print(path)

    def page(self, name):
        """→ the path of the page: --to, else reports/<name>.html in the course."""
        return Path(self.to) if self.to else self.root / "reports" / f"{name}.html"
