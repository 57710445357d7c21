"""A Sphinx extension: leave Thebe out, which Jupyter Book loads twice into every page, where its second copy fails.

Thebe would run code on a server of the network. Here nothing is asked of the network.
"""


def setup(app):
    app.connect("html-page-context", leave_out, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_out(app, pagename, templatename, context, doctree):
    for files in ("script_files", "css_files"):
        context[files] = [one for one in context[files] if "thebe" not in f"{one} {getattr(one, 'attributes', '')}".lower()]
