"""The penalty for being late, in nbgrader's own terms: its plugin, and a step before it that brings the dates up to date."""

from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor

from mfgrade.dates import read_dates, write_dates


class KnowDates(NbGraderPreprocessor):
    """Writes the due date and the student's extension into the gradebook, whoever starts the grading."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        dates = read_dates(Path(self.parent.parent.coursedir.root))
        with Gradebook(about["db_url"]) as gradebook:
            write_dates(gradebook, dates, about["assignment"], about["student"])
        return nb, resources


class LatePenalty(LateSubmissionPlugin):
    """Takes off what [late] in course.toml says; where that is missing, nbgrader's own penalty_method holds."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """→ the points to take off, or None for none."""
        late = read_dates(Path(self.parent.parent.parent.coursedir.root)).late
        if late is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        return score * late.share(total_seconds_late)


def settle(gradebook, dates):
    """Work the penalties out again: the points of a marked answer, or an extension, may have come after the grading.

    → the (lesson, student) whose penalty was changed. Nothing is done where course.toml has no [late].
    """
    changed = []
    for lesson in dates.due if dates.late else ():
        try:
            submissions = gradebook.find_assignment(lesson).submissions
        except MissingEntry:
            continue
        for submission in submissions:
            share = dates.late.share(submission.total_seconds_late)
            for notebook in submission.notebooks:
                penalty = share * notebook.score
                if abs((notebook.late_submission_penalty or 0.0) - penalty) > 1e-9:
                    notebook.late_submission_penalty = penalty
                    changed.append((lesson, submission.student.id))
    gradebook.db.commit()
    return changed
