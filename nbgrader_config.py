"""The course for nbgrader: `nbgrader …` and the formgrader, run in this folder, read this file.

Submissions are other people's code. They run inside bubblewrap, and what they are worth is decided outside of it.
"""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "matrix-factorization"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# Grading goes through mfgrade: every file is read, whatever is wrong with it, and judged from outside the sandbox.
c.Autograde.exporter_class = "mfgrade.preprocessors.SubmissionExporter"
c.Autograde.pre_convert_hook = "mfgrade.preprocessors.before_converting"
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.OverwriteCells"]
c.Autograde.autograde_preprocessors = [
    "mfgrade.preprocessors.Grade",
    "nbgrader.preprocessors.SaveAutoGrades",
    "mfgrade.late.KnowDates",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# Due dates, extensions and the penalty stand in course.toml (`mfgrade dates --example` prints one).
c.AssignLatePenalties.plugin_class = "mfgrade.late.LatePenalty"

# Markdown of submissions is shown in the formgrader and in feedback without scripts.
c.HTMLExporter.filters = {"markdown2html": "mfgrade.safe_html.markdown2html"}

# What one submission may use.
c.Grading.memory = 2 * 1024**3  # bytes
c.Grading.processes = 64
c.Grading.output = 10_000_000  # characters
c.Grading.check_seconds = 10.0  # for all calls of one exercise
c.Grading.cell_seconds = 120.0
c.Grading.total_seconds = 600.0
