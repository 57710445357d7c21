"""Which names a cell binds and reads, and which edited picture cells are run for the grade because of it."""

import nbformat
import pytest

from mfgrade.names import bound, bound_at_top, parse, read, read_globally
from mfgrade.reading import read_submission
from mfgrade.repair import repair
from tests.submissions import notebook, released, with_cell, write


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a + b", {"a", "b"}),
        ("def f(model):\n    return model + lr", {"lr"}),
        ("def f():\n    model = 1\n    return model", set()),
        ("model = 1\ndef f():\n    return model", {"model"}),
        ("f = lambda model: model @ Q", {"Q"}),
        ("[x for x in xs if x > low]", {"xs", "low"}),
        ("def outer():\n    seen = 0\n    def inner():\n        return seen + k\n    return inner", {"k"}),
        ("class A:\n    def f(self):\n        return helper(self)", {"helper"}),
    ],
)
def test_what_a_cell_reads_of_the_notebook(source, names):
    assert read_globally(source) - {"x"} == names


def test_what_a_cell_binds():
    tree = parse("import numpy as np\ndef f(a):\n    b = 1\nfor c in d: e = c")
    assert bound_at_top(tree) == {"np", "f", "c", "e"}
    assert bound(tree) == {"np", "f", "a", "b", "c", "e"}
    assert "d" in read(tree)
    assert parse("%matplotlib inline") is None
    assert parse("def f(:") is None


def ran(folder, made):
    repaired = repair(read_submission(write(folder, made)), nbformat.from_dict(released()))
    return [repaired.notebook.cells[n].source for n in repaired.to_run]


def edited_picture(source):
    made = notebook()
    next(cell for cell in made["cells"] if cell["id"] == "toy-picture")["source"] = source
    return made


def test_an_edited_picture_is_not_run_for_a_parameter_of_the_same_name(tmp_path):
    made = with_cell(edited_picture("history = train_forever()"), "def tail(history):\n    return history[-1]")
    assert "history = train_forever()" not in ran(tmp_path, made)


def test_an_edited_picture_is_run_when_another_cell_needs_what_it_defines(tmp_path):
    made = with_cell(edited_picture("my_step = 0.1"), "def scaled(x):\n    return my_step * x")
    assert "my_step = 0.1" in ran(tmp_path, made)
