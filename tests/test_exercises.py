"""The grader's own suite: every exercise there is, its mistakes and its right variants.

A new exercise is picked up by itself. Each is judged under the public seed and under others, as in grading.
"""

import ast
import inspect
import itertools

import numpy as np
import pytest

from mfcheck.exercise import Mistake
from mfcheck.judge import judge
from mfcheck.local import LocalCall
from mfcheck.outcome import Run
from mfcheck.registry import all_names, find, lesson_of, lessons
from mfcheck.student import public_seed

EXERCISES = [find(name) for name in all_names()]
MUTANTS = [(e, m, f) for e in EXERCISES for m in e.mistakes for f in (m.function, *m.also)]
VARIANTS = [(e, f) for e in EXERCISES for f in e.variants]


def seeds(exercise):
    return [public_seed(exercise.name), 7, 20_000]


def verdict_on(exercise, function, seed):
    return judge(exercise, lambda arguments: exercise.run(function, arguments), np.random.default_rng(seed))


def ids(pairs):
    return [f"{p[0].name}-{p[-1].__name__}" for p in pairs]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_reference_is_right(exercise):
    for seed in range(5):
        verdict = verdict_on(exercise, exercise.reference, seed)
        assert verdict.kind == "right" and verdict.points == exercise.points, verdict


@pytest.mark.parametrize(("exercise", "known", "function"), MUTANTS, ids=ids(MUTANTS))
def test_mistake_is_rejected_and_named(exercise, known, function):
    for seed in seeds(exercise):
        verdict = verdict_on(exercise, function, seed)
        assert verdict.points < exercise.points
        assert (verdict.kind, verdict.label) == ("mistake", known.label)


@pytest.mark.parametrize(("exercise", "function"), VARIANTS, ids=ids(VARIANTS))
def test_right_variant_gets_full_points(exercise, function):
    drawn = range(10) if "rng" in exercise.parameters else ()  # what begins at random must be right from every start
    for seed in (*seeds(exercise), *drawn):
        verdict = verdict_on(exercise, function, seed)
        assert verdict.points == exercise.points, verdict


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_declaration_is_complete(exercise):
    module = inspect.getmodule(exercise.groups[0].probes)
    declared = {m.label for m in vars(module).values() if isinstance(m, Mistake)}
    assert declared == {m.label for m in exercise.mistakes}, "every @mistake of the file is in `mistakes`, and no other"
    assert exercise.name == module.__name__.split(".")[-1]
    assert int(exercise.number.split(".")[0]) == int(lesson_of(exercise.name).name[:2])
    assert len(exercise.mistakes) >= 3
    assert len(exercise.variants) >= 4
    assert len(exercise.hints) == 3
    assert len({m.label for m in exercise.mistakes}) == len(exercise.mistakes)
    assert all(group.about and group.points > 0 for group in exercise.groups)
    assert set(exercise.in_place) <= set(exercise.parameters)
    for known in exercise.mistakes:
        assert len(known.message.split()) <= 80
        assert known.title and known.next_step
    for function in (*exercise.variants, *(m.function for m in exercise.mistakes)):
        assert tuple(inspect.signature(function).parameters) == exercise.parameters
    for earlier in exercise.uses:
        assert in_course(find(earlier)) < in_course(exercise)


def in_course(exercise):
    return [int(part) for part in exercise.number.split(".")]


def test_numbers_are_the_order_of_the_course():
    for lesson in lessons():
        numbers = [find(name).number for name in lesson.exercise_names]
        assert numbers == [f"{int(lesson.name[:2])}.{n}" for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_no_two_mistakes_answer_alike(exercise):
    """Two mistakes with the same answers to every probe could not be told apart: one of them is superfluous."""
    rng = np.random.default_rng(3)
    drawn = {group.name: list(group.probes(rng)) for group in exercise.groups}
    told_by_answers = [known for known in exercise.mistakes if not known.recognise]
    answers = {m.label: {g: [Run(a, exercise.run(m.function, a)) for a in drawn[g]] for g in drawn} for m in told_by_answers}
    for one, other in itertools.permutations(told_by_answers, 2):
        runs = answers[one.label]
        alike = all(g.rule.first_difference(other.function, exercise, runs[g.name]) is None for g in exercise.groups)
        assert not alike, f"{one.label} is recognised as {other.label}"


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if not e.is_value], ids=lambda e: e.name)
def test_argument_replaced_by_a_notebook_variable_is_named(exercise):
    """The body reads a variable of the notebook in place of its first data argument."""
    first = next(p for p in exercise.parameters if p != "rng")
    notebook = dict(vars(inspect.getmodule(exercise.reference)))
    notebook["of_the_notebook"] = next(iter(exercise.groups[0].probes(np.random.default_rng(99))))[first]
    tree = ast.parse(inspect.getsource(exercise.reference))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == first:
            node.id = "of_the_notebook"
    exec(compile(tree, "<notebook>", "exec"), notebook)
    call = LocalCall(exercise, notebook[exercise.name])
    verdict = judge(exercise, call, np.random.default_rng(5))
    assert verdict.points < exercise.points
    assert verdict.label == "global-instead-of-argument", verdict


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.uses], ids=lambda e: e.name)
def test_references_work_from_their_own_source(exercise):
    """In grading they are sent as text, one function each, and know only NumPy, pandas and each other."""
    from mfgrade.sandbox.inside.references import references

    functions = references({name: inspect.getsource(find(name).reference) for name in exercise.uses})
    for name, function in functions.items():
        verdict = verdict_on(find(name), function, 3)
        assert verdict.kind == "right", verdict
