"""Cells that take the reference by name. Inside the sandbox there is nothing to take; this finds them so that they are named."""

import ast

from mfgrade import names

OF_MFCHECK = ("mfcheck.registry", "mfcheck.exercises", "mfcheck.exercise", "mfcheck.student")


def copied_references(lesson, cells):
    """→ the exercises whose cells take the reference: by an import, an alias from another cell, or the module's full name.

    cells: (number, source).
    """
    trees = [tree for _, source in cells if (tree := names.parse(source))]
    forbidden = (f"mfref.{lesson.module}", *OF_MFCHECK)
    aliases = set().union(*(_aliases(tree, forbidden) for tree in trees)) if trees else set()
    copied = set()
    for tree in trees:
        if _aliases(tree, forbidden) or names.read(tree) & aliases or _names_it(tree, forbidden):
            copied |= names.bound_at_top(tree) & set(lesson.exercise_names)
    return copied


def _aliases(tree, forbidden):
    """Names that an import gives to something forbidden."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname for alias in node.names if alias.asname and _within(alias.name, forbidden)}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                alias.asname or alias.name
                for alias in node.names
                if _within(node.module, forbidden) or _within(f"{node.module}.{alias.name}", forbidden)
            }
    return found


def _names_it(tree, forbidden):
    """Whether the cell writes the full name: as in mfref.sgd.sgd_step, or as text handed to an import function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _within(_dotted(node), forbidden):
            return True
        if isinstance(node, ast.Call) and any(
            isinstance(a, ast.Constant) and _within(str(a.value), forbidden) for a in node.args
        ):
            return True
    return False


def _dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _within(path, forbidden):
    return any(path == f or path.startswith(f + ".") for f in forbidden)
