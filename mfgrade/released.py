"""The student version of a lesson in step with its exercises: the gradebook knows each, with the points of its declaration."""

from mfcheck.registry import find
from mfgrade.course import check_done
from mfgrade.service import NotReleased


def different_points(gradebook, lesson):
    """→ exercises whose points in the gradebook are not those of their declaration; also those that it does not have."""
    cells = {cell.name: cell.max_score for cell in gradebook.find_notebook(lesson.module, lesson.name).grade_cells}
    return [name for name in lesson.exercise_names if cells.get(name) != find(name).points]


def release(api, lesson):
    """Make the student version, and its cells in the gradebook, agree with source/. Raises NotReleased where that cannot be."""
    result = api.generate_assignment(lesson.name)
    if "Cannot add or remove cells" in (result.get("log") or "") + (result.get("error") or ""):
        raise NotReleased(
            f"{lesson.name}: the exercises are not those that were released, and graded submissions are in the gradebook; nbgrader "
            "then adds and removes no cells. Take back the exercise that came or went, or add it in the next term."
        )
    check_done(f"the release of {lesson.name}", result)
    with api.gradebook as gradebook:
        if wrong := different_points(gradebook, lesson):
            raise NotReleased(
                f"{lesson.name}: the cells of {', '.join(wrong)} do not have the points of the declaration, or are missing. "
                f"Run: mfgrade cells {lesson.name}"
            )
