"""Pictures to play with, one module a lesson, driven by the student's own functions; `explore`, for a whole trained model."""


def __getattr__(name):
    if name == "explore":  # late: it needs ipympl, the lessons' widgets do not
        from mfref.widgets.explorer import explore

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
