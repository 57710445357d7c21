"""`mfgrade doctor`."""

import sys

from mfgrade.apps.base import Command


class DoctorApp(Command):
    name = "mfgrade-doctor"
    description = "Say what this machine offers for grading, and what to do about what is missing."

    def start(self):
        super().start()
        from mfgrade.doctor import examine

        sys.exit(examine())
