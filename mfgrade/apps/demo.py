"""`mfgrade demo`."""

import sys
from pathlib import Path

from nbgrader.apps.baseapp import nbgrader_aliases
from traitlets import Unicode

from mfgrade.apps.base import Command


class DemoApp(Command):
    name = "mfgrade-demo"
    description = "Play a course from release to feedback with a simulated class."
    folder = Unicode("demo", help="where to play it; made anew").tag(config=True)
    aliases = {**nbgrader_aliases, "folder": "DemoApp.folder"}

    def start(self):
        super().start()
        from mfgrade.demo import play

        sys.exit(play(self.root, Path(self.folder)))
