"""Whose file is it? What Canvas and Moodle write into the names of downloaded files, and the student it belongs to."""

import re
import unicodedata
from dataclasses import dataclass

CANVAS = re.compile(r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<submission>\d+)_(?P<original>.+)", re.DOTALL)
MOODLE = re.compile(r"(?P<name>.+)_(?P<participant>\d+)_assignsubmission_(?:file|onlinetext)_(?P<original>.*)", re.DOTALL)
ATTEMPT = re.compile(r"(?P<stem>.+)-(?P<n>\d{1,3})(?P<suffix>\.[^.]+)", re.DOTALL)


@dataclass(frozen=True)
class Label:
    """What a name says. `late`: True or False by Canvas's mark, None by Moodle, which has none. `attempt`: from 1."""

    platform: str
    name: str
    original: str
    canvas_id: str = ""
    late: bool | None = None
    attempt: int = 1


def read_label(path):
    """→ `Label` of a file's path, as text with slashes, or None when neither Canvas nor Moodle named it so."""
    *folders, file = path.split("/")
    for folder in reversed(folders):
        if found := MOODLE.fullmatch(folder):
            return Label("Moodle", found["name"], file)
    if (found := MOODLE.fullmatch(file)) and found["original"]:
        return Label("Moodle", found["name"], found["original"])
    if found := CANVAS.fullmatch(file):
        original, attempt = found["original"], 1
        if again := ATTEMPT.fullmatch(original):
            original, attempt = again["stem"] + again["suffix"], int(again["n"]) + 1
        return Label("Canvas", found["name"], original, found["user"], found["late"] is not None, attempt)
    return None


def key_of_name(name):
    """A name without what platforms and file systems change in it: case, spaces, punctuation, the form of accents."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


class Nobody(Exception):
    """Why a name leads to no student."""


class People:
    """Finds the student to a `Label`, among the students of the roster."""

    def __init__(self, students):
        self.by_canvas_id = {one.canvas_id: one for one in students if one.canvas_id}
        self.by_name = {"Canvas": {}, "Moodle": {}}
        for one in students:
            names = {
                "Canvas": one.canvas_name or one.last_name + one.first_name,
                "Moodle": one.moodle_name or one.first_name + one.last_name,
            }
            for platform, name in names.items():
                if key_of_name(name):
                    self.by_name[platform].setdefault(key_of_name(name), []).append(one)

    def find(self, label):
        """→ Student. Canvas's number decides where the roster has it, else the name does. Raises Nobody."""
        if label.canvas_id in self.by_canvas_id:
            return self.by_canvas_id[label.canvas_id]
        fitting = self.by_name[label.platform].get(key_of_name(label.name), [])
        if label.platform == "Canvas":
            fitting = [one for one in fitting if not one.canvas_id]
        if len(fitting) == 1:
            return fitting[0]
        column = "canvas_id" if label.platform == "Canvas" else "moodle_name"
        whose = f"{label.name} ({label.canvas_id})" if label.canvas_id else label.name
        if fitting:
            ids = " and ".join(one.id for one in fitting)
            raise Nobody(f"{whose} may be {ids}: tell them apart in the roster's column {column}")
        raise Nobody(f"nobody in the roster is {whose}; the roster's column {column} can say who that is")
