"""The table that `progress()` shows."""

from html import escape

from mfcheck.registry import find
from mfcheck.render import points_text


def table(lessons, record):
    """→ (text, html): a line an exercise, in the order of the course."""
    rows, following = [], None
    for lesson in lessons:
        for name in lesson.exercise_names:
            entry, exercise = record.get(name), find(name)
            state = _state(entry)
            if following is None and state[0] != "✓":
                following = name
            points = f"{points_text(entry['points'] if entry else 0)} of {points_text(exercise.points)}"
            rows.append((lesson.name, name, *state, points))
    done = sum(row[2] == "✓" for row in rows)
    summary = f"{done} of {len(rows)} exercises done."
    summary += f" Next: {following}." if following else " That is all of them."
    return _text(rows, summary), _html(rows, summary)


def _state(entry):
    if entry is None:
        return "○", "not checked yet"
    if entry["passed"]:
        return "✓", f"passed {entry['first_passed'].replace('T', ' ')}"
    return "✗", f"tried {entry['tries']} time{'s' if entry['tries'] > 1 else ''}"


def _text(rows, summary):
    return "\n".join(
        [f"{sign} {lesson:18} {name:26} {points:>10}  {words}" for lesson, name, sign, words, points in rows] + [summary]
    )


def _html(rows, summary):
    cells = "".join(
        f'<tr><td>{escape(lesson)}</td><th scope="row" style="text-align:left"><code>{escape(name)}</code></th>'
        f"<td>{sign} {escape(words)}</td><td>{points}</td></tr>"
        for lesson, name, sign, words, points in rows
    )
    heads = "".join(f'<th scope="col" style="text-align:left">{h}</th>' for h in ("Lesson", "Exercise", "State", "Points"))
    return f"<table><caption>{escape(summary)}</caption><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>"
