"""Results by content: what was graded once under the same conditions is never graded again.

The key of a result is the hash of everything that it depends on: the cells that are run, the files beside them, the
exercises and the judge, the secret seed and the limits.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

import mfcheck
import mfgrade
import mfref
from mfgrade.grading import Graded
from mfgrade.sandbox.room import COMMON, earlier_lessons

PACKAGES = Path(mfref.__file__).parent, Path(mfcheck.__file__).parent, Path(mfgrade.__file__).parent


class Store:
    """Results as JSON files in a folder; each appears whole or not at all."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, key):
        return self.folder / key[:2] / f"{key}.json"

    def get(self, key):
        """→ Graded, or None when there is no readable result."""
        try:
            return Graded.from_dict(json.loads(self.path(key).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key, graded):
        write_whole(self.path(key), json.dumps(graded.to_dict()))


def write_whole(path, text):
    """Write a file so that it is there whole or not at all, also when the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def key_of(lesson, cells, files, secret, limits):
    """The key of a result. cells: (number, source); files: name → bytes."""
    parts = {
        "lesson": lesson.name,
        "version": version_of(lesson),
        "cells": [list(cell) for cell in cells],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        "secret": hashlib.sha256(str(secret).encode()).hexdigest(),
        "limits": limits,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def version_of(lesson):
    """A hash of the code that decides: the judge, this lesson's exercises, what they are built on, the sandbox."""
    ref, check, grade = PACKAGES
    files = [*check.glob("*.py"), *check.glob("adapters/*.py"), *(check / "exercises" / lesson.module).glob("*.py")]
    files += [ref / f"{name}.py" for name in (*COMMON, *earlier_lessons(lesson), lesson.module)]
    files += [*ref.glob("models/*.py"), *grade.glob("sandbox/**/*.py"), grade / "grading.py", grade / "repair.py"]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
