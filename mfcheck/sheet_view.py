"""A score sheet for people: plain text, a table for a terminal, HTML for a notebook, and a page of its own."""

from html import escape

from mfcheck.render import inline, plain
from mfcheck.score_sheet import PROMISE

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d0d7de }
thead th { border-bottom: 2px solid #57606a }
.scroll { overflow-x: auto }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } th, td { border-color: #444c56 } }
"""
HEADS = ("Lesson", "Exercise", "Points", "State", "What to do next")


def as_plain(sheet):
    """→ text: a line a lesson, a line an exercise, under it what is wrong and what to do."""
    lines = []
    for lesson in sheet.lessons:
        lines.append(f"{lesson.lesson}  {lesson.score} points")
        lines += [f"  {lesson.problem}"] if lesson.problem else []
        for row in lesson.rows:
            lines.append(f"  {row.sign} {row.exercise:26} {row.score:>8}  {_plain_state(row)}")
            lines += [f"      Next: {plain(row.next_step)}"] if row.next_step else []
    return "\n".join([*lines, *sheet.notes, sheet.summary, PROMISE])


def _plain_state(row):
    return plain(f"{row.state}: {row.title}" if row.title else row.state)


def as_rich(sheet):
    """→ a rich table; what rich would read as its own markup is left alone."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADS[1:], caption=Text(sheet.summary), caption_justify="left")
    for lesson in sheet.lessons:
        table.add_row(Text(lesson.lesson, "bold"), Text(lesson.score, "bold"), Text(lesson.problem, "bold"))
        for row in lesson.rows:
            cells = (f"  {row.sign} {row.exercise}", row.score, _plain_state(row), plain(row.next_step))
            table.add_row(*map(Text, cells))
        table.add_section()
    return table


def as_table(sheet):
    """→ HTML: the table with its summary, for a notebook."""
    body = "".join(_lesson_rows(lesson) for lesson in sheet.lessons)
    heads = "".join(f'<th scope="col" style="text-align:left">{h}</th>' for h in HEADS)
    notes = "".join(f"<p>{escape(note)}</p>" for note in (*sheet.notes, PROMISE))
    caption = f'<caption style="text-align:left">{escape(sheet.summary)}</caption>'
    return f'<div class="scroll"><table>{caption}<thead><tr>{heads}</tr></thead>{body}</table></div>{notes}'


def _lesson_rows(lesson):
    left = 'style="text-align:left"'
    problem = f"<strong>{escape(lesson.problem)}</strong>" if lesson.problem else ""
    rows = [
        f'<tr><th scope="rowgroup" {left} colspan="2">{escape(lesson.lesson)}</th><td {left}>{lesson.score}</td>'
        f'<td {left} colspan="2">{problem}</td></tr>'
    ]
    for row in lesson.rows:
        title = f"<br><strong>{inline(row.title)}</strong>" if row.title else ""
        rows.append(
            f'<tr><td></td><th scope="row" {left}><code>{escape(row.exercise)}</code></th><td {left}>{row.score}</td>'
            f'<td {left}><span aria-hidden="true">{row.sign}</span> {escape(row.state)}{title}</td>'
            f"<td {left}>{inline(row.next_step)}</td></tr>"
        )
    return f"<tbody>{''.join(rows)}</tbody>"


def as_page(sheet):
    """→ the whole HTML page."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Score sheet</title><style>{STYLE}</style></head><body><main><h1>Your score sheet</h1>{as_table(sheet)}</main>"
        "</body></html>\n"
    )
