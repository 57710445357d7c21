"""What is left of code when names, comments, docstrings and the order of functions are taken away."""

import textwrap

import pytest

from mfcheck.registry import Lesson
from mfgrade.tokens import normalised
from tests.authors import disguised, sources

RELEASED = 'def f(a, b):\n    """Add."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
ONE = textwrap.dedent('''\
    def helper(values):
        """Sum of squares."""
        total = 0.0
        for value in values:
            total += value * value  # squared, of course
        return total

    def f(a, b):
        """Add."""
        return helper(a) + np.sum(b) + len("text")
''')
OTHER = textwrap.dedent('''\
    def f( a, b ):

        """Add."""
        # another comment
        return squares( a )+np.sum(b) + len('other')
    def squares(x):
        s = 0.0
        for y in x:
            s += y * y
        return s
''')


def test_names_comments_spaces_and_order_do_not_matter():
    assert normalised(ONE, RELEASED).tokens == normalised(OTHER, RELEASED).tokens
    assert len(normalised(ONE, RELEASED).tokens) > 25


@pytest.mark.parametrize(
    ("old", "new"),
    [("value * value", "value + value"), ("np.sum", "np.mean"), ("0.0", "1.0"), ("len(", "int("), ("for", "while")],
)
def test_what_the_code_does_matters(old, new):
    assert normalised(ONE.replace(old, new), RELEASED).tokens != normalised(ONE, RELEASED).tokens


def test_the_released_text_alone_leaves_nothing():
    assert normalised(RELEASED, RELEASED).tokens == ()
    assert normalised("", RELEASED).tokens == ()
    assert "NotImplementedError" in normalised(RELEASED).tokens


def test_identifiers_and_comments_are_the_students_own():
    code = normalised(ONE, RELEASED)
    assert code.identifiers == {"helper", "values", "total", "value"}
    assert code.comments == {"squared, of course"}
    assert normalised(RELEASED, RELEASED).comments == frozenset()


@pytest.mark.parametrize(
    "source",
    [
        "def f(a:\n  return 'open\n",
        "%%bash\nls 'x",
        "x = (1,\n",
        "\tif x:\n  y\n z = $\x00",
        '"""never closed',
        "def f(:\n\\",
        "ß = 'ü'",
    ],
)
def test_code_that_is_not_python_is_taken_word_by_word(source):
    first, again = normalised(source), normalised(source + "\n# a longer comment")
    assert first.tokens
    assert [t for t in first.tokens if t.isalnum()] == [t for t in again.tokens if t.isalnum()]


@pytest.mark.parametrize("lesson", ["02-factorization", "03-sgd", "04-biases"])
def test_a_disguised_copy_of_every_known_answer_is_seen_through(lesson):
    for name in Lesson(lesson).exercise_names:
        for source in sources(name):
            assert normalised(disguised(source, "tag")).tokens == normalised(source).tokens
            assert disguised(source, "tag") != source
