"""The course for nbgrader: `nbgrader …` and the formgrader, run in this folder, read this file."""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "matrix-factorization"
c.CourseDirectory.root = str(Path(__file__).parent)

# Cells tagged `show` only draw pictures with the student's functions; they are not run for the grade.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
    "mfgrade.preprocessors.LeaveOutPictures",
]
c.Execute.timeout = 120  # seconds a cell
