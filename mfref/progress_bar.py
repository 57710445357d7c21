"""A progress bar for loops that take more than two seconds."""

import sys
import time


def progress_bar(iterable, label="", total=None):
    """Iterate and show how far it is: a bar in a notebook, one line in a terminal.

    iterable: what to loop over. label: what is counted. total: the number of rounds, if `len` does not tell it.
    """
    total = total if total is not None else len(iterable)
    show, start = _notebook_bar() if _in_notebook() else _terminal_line, time.monotonic()
    for n, element in enumerate(iterable):
        show(label, n, total, time.monotonic() - start)
        yield element
    show(label, total, total, time.monotonic() - start)


def _words(label, n, total, seconds):
    left = f", about {seconds / n * (total - n):.0f} s left" if 0 < n < total else ""
    return f"{label} {n} of {total}, {seconds:.0f} s{left}".strip()


def _notebook_bar():
    from IPython.display import HTML, display

    handle = display(HTML(""), display_id=True)

    def show(label, n, total, seconds):
        words = _words(label, n, total, seconds)
        handle.update(HTML(f'<progress value="{n}" max="{total}" aria-label="{label}"></progress> {words}'))

    return show


def _terminal_line(label, n, total, seconds):
    print(f"\r{_words(label, n, total, seconds):<70}", end="\n" if n == total else "", file=sys.stderr, flush=True)


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return bool(shell) and hasattr(shell, "kernel")
