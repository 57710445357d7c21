"""Ctrl-C that is not lost."""

import signal
from contextlib import contextmanager


@contextmanager
def ctrl_c_remembered():
    """In the block, Ctrl-C raises KeyboardInterrupt as ever, and is remembered: a library or a destructor may swallow it.

    Gives `stop_if_asked`, a function that raises KeyboardInterrupt if Ctrl-C has come. For the main thread.
    """
    asked = []

    def handle(_number, _frame):
        asked.append(True)
        raise KeyboardInterrupt

    def stop_if_asked():
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)
