"""Markdown of submissions in the formgrader and in feedback: nothing runs, and what people write looks as before."""

from html.parser import HTMLParser

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter

from mfgrade.course import load_config
from mfgrade.safe_html import clean
from tests.conftest import ROOT

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt:alert(1))",
    '<a href=" javascript:alert(1)">press</a>',
    '<a href="data:text/html,<script>alert(1)</script>">press</a>',
    '<iframe src="https://example.org"></iframe>',
    '<form action="https://example.org"><input name="a"></form>',
    '<div style="position:fixed;top:0">over it all</div>',
    "<style>body {display: none}</style>",
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "text <b onclick=alert(1)>bold</b>",
]
ORDINARY = [
    "# A heading\n\nText with *emphasis*, **stress** and `a < b`.",
    "> a quotation\n\n- one\n- two",
    "| a | b |\n|---|--:|\n| 1 | 2 |",
    "$p_u \\cdot q_i$ and\n\n$$\\sum_i x_i$$",
    "```python\nif a < b:\n    print('<b>')\n```",
    "[a link](https://example.org) and ![a picture](data:image/png;base64,iVBORw0KGgo=)",
]
RUNS = {"script", "iframe", "object", "embed", "form", "input", "style", "link", "meta", "base", "svg", "math", "video", "audio"}


class Found(HTMLParser):
    """Notes what would run or reach out of its place."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attributes):
        if tag in RUNS:
            self.bad.append(tag)
        for name, value in attributes:
            value = "".join((value or "").split()).lower()
            if name.startswith("on") or value.startswith(("javascript:", "data:text", "vbscript:")) or "position" in value:
                self.bad.append((tag, name, value))


def bad_in(html):
    found = Found()
    found.feed(html)
    return found.bad


def shown(source, config=None):
    """→ HTML of the Markdown cell alone: what stands between two marks."""
    cells = [nbformat.v4.new_markdown_cell(text) for text in ("mark-before", source, "mark-after")]
    html = HTMLExporter(template_name="basic", config=config).from_notebook_node(nbformat.v4.new_notebook(cells=cells))[0]
    return html.partition("mark-before")[2].partition("mark-after")[0]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_runs(source):
    assert bad_in(shown(source)), "nbconvert by itself lets it through"
    assert bad_in(shown(source, load_config(ROOT))) == []


@pytest.mark.parametrize("source", ORDINARY)
def test_what_people_write_looks_as_before(source):
    assert texts(shown(source, load_config(ROOT))) == texts(shown(source))


def texts(html):
    """→ tags and texts in their order, without what the course's filter takes from none of them."""

    class Reader(HTMLParser):
        seen = ()

        def handle_starttag(self, tag, attributes):
            self.seen += ((tag, tuple(v for name, v in attributes if name in ("href", "src", "alt", "class"))),)

        def handle_data(self, data):
            self.seen += (data.strip(),) if data.strip() else ()

    reader = Reader()
    reader.feed(html)
    return reader.seen


@given(st.text(alphabet="<>/=\"' abcdeionlrstu:()&;x", max_size=60))
def test_whatever_is_written_nothing_runs(source):
    assert bad_in(clean(source)) == []
