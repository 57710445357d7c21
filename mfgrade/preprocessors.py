"""What nbgrader runs over a submission in place of its own execution; named in nbgrader_config.py."""

from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor

from mfcheck.registry import all_lessons
from mfcheck.render import as_html, points_text
from mfgrade.grading import Graded
from mfgrade.repair import role
from mfgrade.service import Grading
from mfgrade.tidy import tidy
from mfgrade.work import run_job


def lesson_named(assignment):
    """→ the `Lesson` of an nbgrader assignment, or None for one that is not of this course."""
    return next((lesson for lesson in all_lessons() if lesson.name == assignment), None)


class SubmissionExporter(NotebookExporter):
    """Reads what students hand in, whatever is wrong with the file; everything else as nbgrader does."""

    def from_filename(self, filename, resources=None, **kw):
        coursedir = self.parent.coursedir
        lesson = lesson_named(Path(filename).parent.name)
        submitted = Path(coursedir.root, coursedir.submitted_directory)
        if lesson is None or submitted not in Path(coursedir.root, filename).parents:
            return super().from_filename(filename, resources, **kw)
        job = Grading(parent=self).job(coursedir.root, lesson, Path(coursedir.root, filename).parent)
        return self.from_notebook_node(job.repaired.notebook, resources, **kw)


class Grade(NbGraderPreprocessor):
    """Runs the submission in the sandbox, judges it from outside, and writes the verdicts into its check cells."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        lesson = lesson_named(about["assignment"])
        if lesson is None:
            from nbgrader.preprocessors import Execute

            return Execute(parent=self.parent).preprocess(nb, resources)
        coursedir = self.parent.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"]))
        grading = Grading(parent=self)
        job = grading.job(coursedir.root, lesson, folder)
        store = grading.store(coursedir.root)
        result = store.get(job.key)
        if result is None:
            result = Graded.from_dict(run_job(**job.to_send()))
            if faults := result.faults():
                raise RuntimeError(f"not graded, the checker is at fault: {faults}")
            store.put(job.key, result)
        write_outputs(nb, result)
        return nb, resources


def write_outputs(nb, result):
    """What the cells gave, before the pictures that came with them, and in the check cells the verdicts."""
    for number, outputs in result.outputs.items():
        if number < len(nb.cells) and nb.cells[number].cell_type == "code":
            nb.cells[number].outputs = [*(nbformat.from_dict(output) for output in outputs), *nb.cells[number].outputs]
            nb.cells[number].execution_count = number
    for cell in nb.cells:
        about = role(cell)
        if about and about.get("grade") and not about.get("solution") and about["grade_id"] in result.verdicts:
            cell.outputs, cell.execution_count = [verdict_output(result.verdicts[about["grade_id"]])], None


def verdict_output(verdict):
    """The output that nbgrader reads points from, and people the verdict."""
    data = {"text/plain": points_text(verdict.points), "text/html": as_html(verdict)}
    return nbformat.v4.new_output("execute_result", data=data, execution_count=1)


def before_converting(assignment, student, notebooks):
    """nbgrader's hook before it copies a submission's files; `notebooks` is nbgrader's own list and is set right."""
    if notebooks and (lesson := lesson_named(Path(notebooks[0]).parent.name)):
        notebooks[:] = [str(tidy(Path(notebooks[0]).parent, lesson))]
