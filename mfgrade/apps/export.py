"""`mfgrade export`."""

from nbgrader.apps import exportapp
from traitlets import default

from mfgrade.apps.base import Command
from mfgrade.course import nbgrader_api


class ExportApp(Command):
    name = "mfgrade-export"
    description = """Write the grades as a table that Canvas or Moodle imports. Lessons can be named; default: all that were handed in.

    Marks given by hand are in, the penalty for being late is off, who handed in nothing has an empty cell."""
    examples = """
        mfgrade export canvas
        mfgrade export moodle 03-sgd 04-biases --to grades.csv
        nbgrader export --exporter=mfgrade.export.CanvasExport
    """
    aliases = {name: trait for name, trait in exportapp.aliases.items() if name != "exporter"}

    @default("classes")
    def _classes_default(self):
        return [*super()._classes_default(), exportapp.ExportPlugin]

    def start(self):
        super().start()
        from mfgrade.dates import DatesWrong
        from mfgrade.export import CanvasExport, ExportWrong, MoodleExport

        platforms = {"canvas": CanvasExport, "moodle": MoodleExport}
        if not self.extra_args or self.extra_args[0] not in platforms:
            self.wrong("Name the platform, as in: mfgrade export canvas, or: mfgrade export moodle")
        api = nbgrader_api(self.root, self.config)
        platform, *lessons = self.extra_args
        plugin = platforms[platform](parent=self)
        plugin.assignment = lessons or plugin.assignment
        self.coursedir.root = str(self.root)
        try:
            with api.gradebook as gradebook:
                plugin.export(gradebook)
        except (ExportWrong, DatesWrong) as problem:
            self.wrong(str(problem))
        except OSError as problem:
            self.wrong(f"The table cannot be written: {problem}")
