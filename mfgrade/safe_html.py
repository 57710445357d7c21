"""Markdown of submissions as HTML that runs nothing: in the formgrader it would run with the instructor's rights.

nbgrader shows Markdown cells with whatever HTML stands in them. nbgrader_config.py puts this filter in the place of nbconvert's.
"""

from functools import cache

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter

TAGS = {*bleach.ALLOWED_TAGS, *"h1 h2 h3 h4 h5 h6 p div span pre br hr del img sub sup details summary".split()}
TAGS |= {*"table caption thead tbody tr th td dl dt dd".split()}
PLAIN = ("class", "id", "title", "align")
OF_TAG = {"a": ("href",), "img": ("src", "alt", "width", "height"), "th": ("style", "scope"), "td": ("style",)}
PROTOCOLS = {"http", "https", "mailto", "data", "attachment"}


@pass_context
def markdown2html(context, source):
    """→ HTML of a Markdown source as nbconvert makes it, without scripts, handlers, frames, forms and styles."""
    return clean(exporter().markdown2html(context, source))


def clean(html):
    """→ the HTML with what is not allowed written out as text or left away."""
    css = CSSSanitizer(allowed_css_properties=["text-align"])
    return bleach.clean(html, tags=TAGS, attributes=is_allowed, protocols=PROTOCOLS, css_sanitizer=css)


def is_allowed(tag, name, value):
    """A data: address may hold a page; only a picture's is shown."""
    if value.strip().lower().startswith("data:") and not (tag == "img" and value.strip().lower().startswith("data:image/")):
        return False
    return name in PLAIN or name in OF_TAG.get(tag, ())


@cache
def exporter():
    return HTMLExporter()
