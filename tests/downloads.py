"""Downloads as Canvas and Moodle give them, for the tests of `mfgrade collect`."""

import json
import zipfile
from datetime import UTC, datetime

from mfgrade.roster import Student
from tests.submissions import notebook

ROSTER = {
    one.id: one
    for one in (
        Student("ada", "Ada", "Lovelace", canvas_id="11"),
        Student("bob", "Bob", "O'Brien"),
        Student("zoe", "Zoë Anne", "Müller", canvas_id="33"),
        Student("twin1", "Kim", "Lee"),
        Student("twin2", "Kim", "Lee"),
    )
}
WHEN = (2026, 3, 1, 10, 0, 0)  # of a member, in the machine's time


def utc(when=WHEN):
    """The same in UTC as nbgrader writes it."""
    return datetime(*when).astimezone(UTC).replace(tzinfo=None)


def work(text="", name=None):
    """A notebook of lesson 03, each text another one, as bytes."""
    made = notebook()
    made["cells"][0]["source"] += text
    return json.dumps(made).encode()


def archive(path, *members, method=zipfile.ZIP_DEFLATED):
    """members: (name, content) or (name, content, time). → path"""
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content, *when in members:
            info = zipfile.ZipInfo(name, *when) if when else zipfile.ZipInfo(name, WHEN)
            info.compress_type = method
            file.writestr(info, content)
    return path
