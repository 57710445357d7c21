"""A verdict for people: HTML for a notebook and for feedback, plain text for a terminal."""

import re
from html import escape

# Colour is never the only signal: every tone has a sign and words of its own.
SIGNS = {
    "missing": ("○", "Not yet", "#6b7280"),
    "keep working": ("✗", "Keep working", "#c2410c"),
    "almost": ("◐", "Almost", "#0072b2"),
    "correct": ("✓", "Right", "#00795a"),
}
TEXT = "var(--jp-ui-font-color1, inherit)"
STRESSED = re.compile(r"\*\*(\w[^*]*)\*\*")
CODE = "font-family:var(--jp-code-font-family,monospace);font-size:.92em"


def points_text(points):
    return f"{points:.2f}".rstrip("0").rstrip(".")


def score_text(verdict):
    return f"{points_text(verdict.points)} of {points_text(verdict.max_points)} points"


def as_text(verdict):
    sign, words, _ = SIGNS[verdict.tone]
    lines = [
        f"{sign} {verdict.exercise}: {words}. {score_text(verdict)}",
        f"  {plain(verdict.title)}",
        f"  {plain(verdict.message)}",
    ]
    if verdict.next_step:
        lines.append(f"  Next: {plain(verdict.next_step)}")
    if 0 < verdict.points < verdict.max_points:
        lines += [f"    {points_text(g.points)}/{points_text(g.max_points)} {g.name}" for g in verdict.groups]
    for name, text in verdict.evidence:
        first, *rest = text.split("\n")
        lines += [f"    {name} = {first}", *(f"      {line}" for line in rest)]
    if verdict.printed:
        lines.append(f"  Your function printed: {verdict.printed.strip()[:300]}")
    return "\n".join(lines)


def as_html(verdict):
    sign, words, colour = SIGNS[verdict.tone]
    parts = [
        f'<div role="status" aria-label="{escape(words)}: {escape(verdict.exercise)}" style="border-left:5px solid {colour};'
        f'padding:.4em .9em;margin:.3em 0;color:{TEXT};max-width:46em;line-height:1.45">',
        f'<div><strong><span aria-hidden="true" style="color:{colour}">{sign}</span> {escape(words)}: '
        f'{_code(verdict.exercise)}</strong> <span style="float:right">{escape(score_text(verdict))}</span></div>',
    ]
    if verdict.title != words:
        parts.append(f"<div><strong>{inline(verdict.title)}</strong></div>")
    parts.append(f"<div>{inline(verdict.message)}</div>")
    if verdict.next_step:
        parts.append(f"<div><strong>Next:</strong> {inline(verdict.next_step)}</div>")
    if 0 < verdict.points < verdict.max_points:
        parts.append(_groups(verdict))
    if verdict.evidence:
        parts.append(_details("The smallest instance on which it shows", _table(verdict.evidence), verdict.kind != "mistake"))
    if verdict.printed:
        parts.append(
            _details("What your function printed (costs nothing)", f"<pre>{escape(verdict.printed.strip())}</pre>", False)
        )
    return "".join([*parts, "</div>"])


def in_box(title, body, footer, is_code):
    inner = f"<pre>{escape(body)}</pre>" if is_code else f"<div>{inline(body)}</div>"
    return (
        f'<div style="border-left:5px solid #0072b2;padding:.4em .9em;max-width:46em;color:{TEXT}">'
        f"<strong>{escape(title)}</strong>{inner}<div><small>{inline(footer)}</small></div></div>"
    )


def _groups(verdict):
    rows = "".join(
        f"<li>{'✓' if g.points else '✗'} {escape(g.name)}: {points_text(g.points)} of {points_text(g.max_points)}</li>"
        for g in verdict.groups
    )
    return f'<ul style="list-style:none;margin:.3em 0;padding-left:.6em">{rows}</ul>'


def _table(pairs):
    rows = "".join(
        f'<tr><th scope="row" style="text-align:right;vertical-align:top;padding:.1em .7em;{CODE}">{escape(name)}</th>'
        f'<td style="text-align:left"><pre style="margin:0;background:none;{CODE}">{escape(text)}</pre></td></tr>'
        for name, text in pairs
    )
    return f'<table style="border-collapse:collapse;color:{TEXT}">{rows}</table>'


def _details(summary, inner, is_open):
    return f"<details{' open' if is_open else ''}><summary>{escape(summary)}</summary>{inner}</details>"


def _code(text):
    return f'<code style="{CODE};color:{TEXT}">{escape(text)}</code>'


def inline(text):
    """Escaped text in which `backquotes` become code, and **stars** an emphasis."""
    return "".join(
        _code(part) if n % 2 else STRESSED.sub(r"<strong>\1</strong>", escape(part)) for n, part in enumerate(text.split("`"))
    )


def plain(text):
    """The text without the stars of an emphasis; what stands in backquotes is code and stays."""
    return "`".join(part if n % 2 else STRESSED.sub(r"\1", part) for n, part in enumerate(text.split("`")))
