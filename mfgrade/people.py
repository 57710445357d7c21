"""Who is in the course, from all places that know somebody: the roster, the gradebook, submitted/."""

from pathlib import Path

from mfgrade.dates import check_students
from mfgrade.roster import kept_roster


def known_students(root, api):
    """→ the ids of everybody who is known anywhere in the course."""
    submitted = Path(root) / api.coursedir.submitted_directory
    handed_in = {folder.name for folder in submitted.iterdir() if folder.is_dir()} if submitted.is_dir() else set()
    with api.gradebook as gradebook:
        return set(kept_roster(Path(root))) | handed_in | {student.id for student in gradebook.students}


def check_extensions(root, api, dates):
    """Raises DatesWrong for an extension of somebody unknown."""
    if dates.extensions:
        check_students(dates, known_students(root, api))
