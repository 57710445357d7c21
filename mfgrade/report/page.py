"""Pages for instructors: one file with everything in it, escaped, in print as on the screen."""

from datetime import timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined

from mfcheck.registry import find
from mfcheck.render import points_text
from mfgrade.report import pictures
from mfgrade.report.figures import ENOUGH, WEAK, exercise_figures, failures, totals


def render(template, **values):
    """→ the page as text. Whatever is not marked as HTML is escaped; a name that the template misses is an error."""
    environment = Environment(
        loader=PackageLoader("mfgrade.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(points=points_text, late=late_text)
    return environment.get_template(template).render(**values)


def late_text(late):
    """A delay as people say it: "2 d 3 h", "15 min"."""
    minutes = -(-late // timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (0 if days else minutes, "min")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"


def class_report(all_results, people, made_on):
    """→ the report on these LessonResults. made_on: the date in the page's footer."""
    lessons = [lesson_part(results, people) for results in all_results]
    names = ", ".join(results.lesson.name for results in all_results)
    title = f"Class report: {names}" if len(lessons) == 1 else "Class report"
    return render(
        "report.html",
        title=title,
        lessons=lessons,
        overview=overview(all_results, people),
        made_on=made_on,
        anonymous=people.anonymous,
    )


def overview(all_results, people):
    """Students by lessons → (names of the lessons, rows), or None where there is one lesson only."""
    if len(all_results) < 2:
        return None
    points = [dict(zip([e.student for e in r.graded], totals(r.graded), strict=True)) for r in all_results]
    students = people.sorted({student for column in points for student in column})
    rows = [(people(student), [column.get(student) for column in points]) for student in students]
    return [results.lesson.name for results in all_results], rows


def lesson_part(results, people):
    """→ all that the template says of one lesson."""
    graded, figures, failed = results.graded, exercise_figures(results), failures(results)
    points = totals(graded)
    out_of = sum({name: mark.out_of for entry in graded for name, mark in entry.marks.items()}.values())
    times = [entry.time for entry in results.entries if entry.time]
    by_student = {entry.student: entry for entry in results.entries}
    entries = [by_student[student] for student in people.sorted(by_student)]
    drawn = {"scores": pictures.score_distribution(points, out_of), "exercises": pictures.exercises(figures)} if figures else {}
    if any(failure.named for failure in failed):
        drawn["mistakes"] = pictures.mistakes(failed)
    if times:
        drawn["times"] = pictures.times(times, results.due)
    return {
        "name": results.lesson.name,
        "n": len(results.entries),
        "graded": len(graded),
        "waiting": people.names(e.student for e in results.entries if e.state == "waiting"),
        "absent": people.names(results.absent),
        "without_verdicts": people.names(e.student for e in graded if not e.verdicts),
        "mean": float(points.mean()) if len(points) else 0.0,
        "out_of": out_of,
        "due": results.due,
        "pictures": drawn,
        "figures": figures,
        "enough": ENOUGH,
        "weak": WEAK,
        "failures": [(failure, people.names(failure.students)) for failure in failed],
        "late": [(people(e.student), e.late) for e in entries if e.late],
        "times": len(times),
        "broken": [(people(e.student), people.scrubbed(e.problem)) for e in entries if e.problem],
        "notes": [(people(e.student), [people.scrubbed(note) for note in e.notes]) for e in entries if e.notes],
        "waiting_for_marks": sum(any(mark.needs_manual for mark in entry.marks.values()) for entry in entries),
        "manual": [
            (name, people.names(waiting_for(entries, name))) for name in column_names(results) if waiting_for(entries, name)
        ],
        "columns": columns(results),
        "rows": [(people(e.student), [e.marks.get(name) for name in column_names(results)]) for e in entries if e.marks],
    }


def waiting_for(entries, name):
    """→ the students whose cell `name` waits for a mark by hand."""
    return [entry.student for entry in entries if name in entry.marks and entry.marks[name].needs_manual]


def column_names(results):
    """The graded cells of a lesson: its exercises, then the answers in words."""
    present = {name for entry in results.graded for name in entry.marks}
    return [name for name in results.lesson.exercise_names if name in present] + results.written


def columns(results):
    """→ (number or "", name, points) of each graded cell."""
    out_of = {name: mark.out_of for entry in results.graded for name, mark in entry.marks.items()}
    exercises = set(results.lesson.exercise_names)
    return [(find(name).number if name in exercises else "", name, out_of[name]) for name in column_names(results)]
