"""A submission's folder before nbgrader touches it: no links, and a notebook of the right name. Nothing is deleted."""

import json
import shutil

from mfgrade.reading import PLACEHOLDER


def tidy(folder, lesson):
    """→ the path of the notebook, which is there afterwards.

    Links and special files are moved beside the folder, unopened. A single notebook of another name is copied to the right
    one. Where there is no notebook, an empty one stands for it, so that every exercise gets its score.
    """
    set_aside(folder, lesson)
    expected = folder / f"{lesson.module}.ipynb"
    if not expected.exists():
        others = sorted(folder.glob("*.ipynb"))
        if len(others) == 1:
            shutil.copyfile(others[0], expected)
        else:
            empty = {"cells": [], "metadata": {PLACEHOLDER: True}, "nbformat": 4, "nbformat_minor": 5}
            expected.write_text(json.dumps(empty))
    return expected


def set_aside(folder, lesson):
    aside = folder.parent / f".set-aside-{lesson.name}"
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            aside.mkdir(exist_ok=True)
            path.rename(aside / f"{len(list(aside.iterdir()))}-{path.name}")
