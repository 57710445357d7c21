"""Simulated authors: every exercise's right variants and known mistakes, each taken for an answer written independently."""

import ast
import builtins
import inspect
import io
import keyword
import textwrap
import tokenize

import nbformat
import numpy as np

from mfcheck.registry import find
from mfgrade import names
from mfgrade.build import notebook_path
from tests.conftest import ROOT


def sources(name):
    """→ the answers to an exercise that the course knows, as a student would write them into the cell."""
    exercise = find(name)
    functions = [*exercise.variants, *(known.function for known in exercise.mistakes)]
    return [as_answer(function, name) for function in functions if function.__name__ != "<lambda>"]


def as_answer(function, name):
    lines = textwrap.dedent(inspect.getsource(function)).split("\n")
    start = next(k for k, line in enumerate(lines) if line.startswith("def "))
    return "\n".join(lines[start:]).replace(f"def {function.__name__}(", f"def {name}(", 1).strip()


def class_of(lesson, n, rng):
    """→ list of n dicts exercise → answer. Each exercise deals its answers out anew, all of them before any comes again."""
    dealt = {}
    for name in lesson.exercise_names:
        known = sources(name)
        order = np.concatenate([rng.permutation(len(known)) for _ in range(-(-n // len(known)))])[:n]
        dealt[name] = [known[k] for k in order]
    return [{name: dealt[name][k] for name in dealt} for k in range(n)]


def handed_in(lesson, answers):
    """→ the released notebook with these answers."""
    notebook = nbformat.read(notebook_path(ROOT / "release", lesson), as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-solution")
        if name in answers:
            cell.source = answers[name]
    return nbformat.writes(notebook)


def disguised(source, tag):
    """The same answer under other names, with other comments and blank lines."""
    tree = ast.parse(source)
    parameters = {argument.arg for argument in tree.body[-1].args.args}
    own = names.bound(tree) - parameters - {tree.body[-1].name} - {*dir(builtins), *keyword.kwlist}
    renamed = {name: f"{tag}{k}{tag}" for k, name in enumerate(sorted(own))}
    tokens, before = [], ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and before != "." and token.string in renamed:
            token = token._replace(string=renamed[token.string])
        before = token.string
        if token.type != tokenize.COMMENT:
            tokens.append(token)
    written = tokenize.untokenize([(token.type, token.string) for token in tokens])
    return "\n\n".join(
        f"{line}  # as {tag} sees it" if k % 3 == 1 else line for k, line in enumerate(written.split("\n")) if line.strip()
    )
