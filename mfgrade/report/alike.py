"""The page of `mfgrade similar`: a table of pairs, and their code side by side."""

from mfgrade.report.page import render
from mfgrade.similar import CHANCE, LEAST_STUDENTS, SHUFFLES, SIMILAR

SHOWN = 20  # pairs whose code is in the page


def similar_page(lesson, works, pairs, people, made_on):
    """→ the page on the listed pairs of these Works."""
    listed, by_student = [pair for pair in pairs if pair.is_listed], {work.student: work for work in works}
    read = [work for work in works if not work.problem]
    return render(
        "similar.html",
        title=f"Similar submissions: {lesson.name}",
        n=len(read),
        too_few=len(read) < LEAST_STUDENTS,
        least=LEAST_STUDENTS,
        similar=SIMILAR,
        chance=CHANCE,
        shuffles=SHUFFLES,
        shown=SHOWN,
        pairs=[pair_part(pair, by_student, people, with_code=k < SHOWN) for k, pair in enumerate(listed)],
        unread=[(people(work.student), people.scrubbed(work.problem)) for work in works if work.problem],
        anonymous=people.anonymous,
        made_on=made_on,
    )


def pair_part(pair, by_student, people, with_code):
    """→ all that the template says of one pair, its students in the page's order."""
    students = people.sorted(pair.students)
    code = [
        (name, similarity, side_by_side(*(by_student[one].codes[name] for one in students), people))
        for name, similarity in sorted(pair.exercises.items(), key=lambda item: -item[1])
    ]
    return {
        "names": [people(one) for one in students],
        "similarity": pair.similarity,
        "chance": pair.chance,
        "pieces": [(exercise, people.scrubbed(piece)) for exercise, piece in pair.pieces],
        "code": code if with_code else [],
    }


def side_by_side(one, other, people):
    """→ for each of two Codes a list of (line, whether the other has a line of the same structure)."""
    return [marked(one, set(other.lines.values()), people), marked(other, set(one.lines.values()), people)]


def marked(code, others, people):
    lines = people.scrubbed(code.source).split("\n")
    return [(line, code.lines.get(number) in others) for number, line in enumerate(lines, 1)]
