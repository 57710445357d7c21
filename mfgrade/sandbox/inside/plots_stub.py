"""What `from mfref.plots import …` and `from mfref.widgets import …` give inside the sandbox: nothing is drawn for the grade."""


class _NoPicture:
    def __getattr__(self, name):
        return lambda *_, **__: None


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _NoPicture()
