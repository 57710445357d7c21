"""Reference functions of earlier exercises, made from the source that the grader sends."""


def references(sources):
    """Earlier exercises' reference functions, from their source; they know each other and nothing of the notebook."""
    if not sources:
        return {}
    import numpy as np

    own = {"np": np}
    for source in sources.values():
        if "pd." in source:
            import pandas

            own["pd"] = pandas
        exec(compile(source, "<reference>", "exec"), own)
    return {name: own[name] for name in sources}
