"""The course folder, and nbgrader working on it."""

import copy
import logging
import os
import sys
import warnings
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

CONFIG_FILE = "nbgrader_config.py"


class NoCourse(Exception):
    """The folder is not the course's."""


def find_root(start="."):
    """→ the course folder: the nearest one upwards with nbgrader_config.py and source/. Raises NoCourse."""
    here = Path(start).resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG_FILE).is_file() and (folder / "source").is_dir():
            return folder
    raise NoCourse(
        f"{here} is not inside the course: no folder upwards has {CONFIG_FILE} and source/. Change into the course folder."
    )


def load_config(root):
    """→ the traitlets Config of the course's nbgrader_config.py."""
    return Config(PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config())


def nbgrader_api(root, config=None):
    """→ nbgrader's API on the course in `root`. config: default that of the course's own nbgrader_config.py."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SAWarning

    put_scripts_on_path()
    warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own queries, nothing that a user could mend
    config = copy.deepcopy(config or load_config(root))
    config.CourseDirectory.root = str(Path(root).resolve())
    logging.disable()  # it looks for an exchange, which a course need not have
    try:
        return NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
    finally:
        logging.disable(logging.NOTSET)


def put_scripts_on_path():
    """nbgrader starts `alembic` by name: the environment's scripts must be on PATH even when it is not activated."""
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")


def check_done(step, result):
    """nbgrader reports a failure as a dict; make it an error with nbgrader's own words.

    Ctrl-C while nbgrader is at work is in its report, too; it stops the run as at any other moment.
    """
    if not result["success"]:
        if (result.get("error") or "").rstrip().endswith("\nKeyboardInterrupt"):
            raise KeyboardInterrupt
        raise RuntimeError(f"{step} failed.\n{result.get('log') or ''}\n{result.get('error') or ''}")
