"""A list of films as HTML, each film with its reasons, which open at a click or a key without any kernel."""

from html import escape

from mfref.plots.look import BLUE, GREEN, GREY, ORANGE

STYLE = """<style>
.mf-page .widget-html-content p {line-height: 1.5; margin: .4em 0}
.mf-page h2 {line-height: 1.3; margin: .4em 0}
.mf-page ol {padding-left: 2em; line-height: 1.5}
.mf-page li {margin: .35em 0}
.mf-page summary {cursor: pointer; padding: .15em .3em}
.mf-page summary:focus-visible {outline: 3px solid #0072b2}
.mf-page .mf-bar {display: inline-block; height: .8em; vertical-align: baseline}
.mf-page table {border-collapse: collapse; margin: .3em 0 .3em 1.2em}
.mf-page td, .mf-page th {text-wrap: pretty; padding: .1em .6em; text-align: left; font-weight: normal}
.mf-page td.mf-number {text-align: right; font-variant-numeric: tabular-nums}
.mf-page .widget-select {flex-wrap: wrap}
.mf-page .widget-select select {height: 11em; flex-basis: 100%}
</style>"""
WIDTH = 5  # em of a bar for one rating point


def list_html(heading, names, reasons, moves, scale):
    """→ the list. reasons: for each film (parts, nearest), parts being mean, your bias, film's bias, interaction. moves: as text."""
    films = "".join(map(_film_html, names, reasons, moves, [scale] * len(names)))
    hint = "<p>Open a film to see why it is in the list.</p>"
    return f"<h2>{escape(heading)}</h2>{hint}<ol>{films}</ol>"


def _film_html(name, reason, move, scale):
    parts, nearest = reason
    total = sum(parts)
    stars = min(max(total, scale[0]), scale[1])
    badge = f" <em>({move})</em>" if move else ""
    summary = f"<summary>{escape(name)}: about {stars:.1f} of {scale[1]:g} stars{badge}</summary>"
    return f"<li><details>{summary}{_parts_html(parts, total, scale)}{_nearest_html(nearest)}</details></li>"


def _parts_html(parts, total, scale):
    mean, you, film, both = parts
    you_say = _in_words(you, "You rate higher than others", "You rate lower than others", "You rate as high as others")
    others_say = _in_words(
        film, "Others like it more than most films", "Others like it less than most films", "Others like it as much as most films"
    )
    taste_says = _in_words(both, "It is to your taste", "It is not quite to your taste", "Of your taste for it nothing is known")
    lines = [
        _line("The mean of all ratings", f"{mean:.2f}", mean - scale[0], GREY),
        _line(you_say, _signed(you), you, ORANGE),
        _line(others_say, _signed(film), film, BLUE),
        _line(taste_says, _signed(both), both, GREEN),
    ]
    cut = "" if scale[0] <= total <= scale[1] else f" (cut to {min(max(total, scale[0]), scale[1]):g})"
    last = f'<tr><th scope="row"><b>Together</b></th><td class="mf-number"><b>{total:.2f}</b></td><td>{cut}</td></tr>'
    return f"<table>{''.join(lines)}{last}</table>"


def _in_words(number, more, less, neither):
    """→ the words for a part, by the two digits that are shown."""
    shown = round(number, 2)
    return more if shown > 0 else less if shown < 0 else neither


def _signed(number):
    """→ the number with its sign and two digits; never -0.00."""
    return f"{round(number, 2) + 0.0:+.2f}"


def _line(words, number, length, colour):
    bar = f'<span class="mf-bar" style="width:{abs(length) * WIDTH:.1f}em;background:{colour}"></span>'
    return f'<tr><th scope="row">{escape(words)}</th><td class="mf-number">{number}</td><td>{bar}</td></tr>'


def _nearest_html(nearest):
    if not nearest:
        return "<p>You have rated nothing yet, so this is what everybody likes.</p>"
    films = "".join(f"<li>{escape(name)}, to which you gave {stars}</li>" for name, stars in nearest)
    return f"<p>Of the films that you rated, these are most like it:</p><ul>{films}</ul>"
