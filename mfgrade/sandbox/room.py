"""What a submission may read of the course: the data and what earlier lessons taught. Nothing that holds an answer."""

import shutil
from pathlib import Path

import mfcheck
import mfref
from mfcheck.registry import all_lessons

INSIDE = Path(__file__).parent / "inside"
MFREF, MFCHECK = Path(mfref.__file__).parent, Path(mfcheck.__file__).parent
# Modules of mfref that hold no lesson's answers.
COMMON = (
    "__init__", "ratings", "music", "movielens", "movielens_tables", "download", "synthetic", "synthetic_titles", "progress_bar",
    "features", "newcomers", "visitors",
)  # fmt: skip
# Lessons whose answers could be read from the estimators.
IN_MODELS = ("sgd", "biases", "recommendation", "similarity", "als", "implicit", "cold_start", "ship_it")
OF_MFCHECK = ("outcome", "wire", "local")


def furnish(folder, lesson):
    """Fill `folder` with what a submission of `lesson` finds on its import path."""
    folder = Path(folder)
    for name in ("runner", "frames", "cells", "references"):
        shutil.copyfile(INSIDE / f"{name}.py", folder / f"{name}.py")
    (folder / "mfcheck").mkdir()
    shutil.copyfile(INSIDE / "mfcheck_stub.py", folder / "mfcheck" / "__init__.py")
    for name in OF_MFCHECK:
        shutil.copyfile(MFCHECK / f"{name}.py", folder / "mfcheck" / f"{name}.py")
    copy_models(folder / "mfref" / "models", lesson)
    shutil.copytree(MFCHECK / "adapters", folder / "mfcheck" / "adapters", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("plots", "widgets"):
        (folder / "mfref" / name).mkdir(parents=True)
        shutil.copyfile(INSIDE / "plots_stub.py", folder / "mfref" / name / "__init__.py")
    for name in (*COMMON, *earlier_lessons(lesson)):
        shutil.copyfile(MFREF / f"{name}.py", folder / "mfref" / f"{name}.py")
    return folder


def copy_models(target, lesson):
    """The estimators, or where the lesson's answers could be read from them, a stand-in."""
    earlier = earlier_lessons(lesson)
    if "biases" in earlier and lesson.module not in IN_MODELS:
        shutil.copytree(MFREF / "models", target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True)
        shutil.copyfile(INSIDE / "models_stub.py", target / "__init__.py")


def earlier_lessons(lesson):
    """The textbook modules of the lessons before this one, also of those that the course leaves out."""
    names = [other.name for other in all_lessons()]
    return [other.module for other in all_lessons()[: names.index(lesson.name)]]
