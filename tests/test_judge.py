"""The ladder of verdicts, one rung at a time, on a small exercise made for the purpose."""

import time

import numpy as np
import pytest

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.judge import judge, judge_carrying_forward
from mfcheck.local import LocalCall, time_limit
from mfcheck.outcome import run_once
from mfcheck.rules import Facts
from mfcheck.verdict import KINDS, Verdict


def scaled(x, factor):
    return x * factor


@group("the law: every entry times the factor", points=2)
def numbers(rng):
    """Two entries, then more."""
    yield {"x": np.array([1.0, 2.0]), "factor": 3.0}
    yield {"x": rng.normal(size=5), "factor": float(rng.uniform(2, 3))}


@group("an empty array", points=1)
def empty(rng):
    """Nothing in, nothing out."""
    yield {"x": np.zeros(0), "factor": 2.0}


@mistake(title="Added", message="The factor was added to the entries.", next_step="Multiply.")
def added(x, factor):
    return x + factor


@mistake(title="Divided", message="The entries were divided by the factor.", next_step="Multiply.")
def divided(x, factor):
    return x / factor


EXERCISE = Exercise(
    number="0.1",
    task="Return x times factor.",
    reference=scaled,
    groups=(numbers, empty),
    mistakes=(added, divided),
    hints=("", "", ""),
    variants=(),
)


def verdict_on(function, exercise=EXERCISE, seconds=10):
    return judge(exercise, LocalCall(exercise, function, seconds=seconds), np.random.default_rng(0))


def not_written(x, factor):
    raise NotImplementedError


def raises(x, factor):
    return x[99] * factor


def exits(x, factor):
    raise SystemExit(1)


def wrong_names(values, factor):
    return values * factor


def changes(x, factor):
    x *= factor
    return x


def loops(x, factor):
    while True:
        pass


def loops_on_empty(x, factor):
    while len(x) == 0:
        pass
    return x * factor


def fails_on_empty(x, factor):
    return x[0] * factor if len(x) == 0 else x * factor


LADDER = [
    (not_written, "not_attempted", 0),
    (None, "missing", 0),
    (3.14, "not_callable", 0),
    (dict, "not_callable", 0),
    (wrong_names, "wrong_signature", 0),
    (lambda x: x, "wrong_signature", 0),
    (lambda x, factor, more: x, "wrong_signature", 0),
    (raises, "raised", 0),
    (exits, "raised", 0),
    (lambda x, factor: None, "nothing", 0),
    (lambda x, factor: "six", "type", 0),
    (lambda x, factor: {"x": x}, "type", 0),
    (lambda x, factor: 7.0, "type", 0),
    (lambda x, factor: (x * factor)[:1], "shape", 0),
    (lambda x, factor: (x * factor)[None], "shape", 0),
    (lambda x, factor: (x * factor).astype(str), "dtype", 0),
    (lambda x, factor: x * factor + 0j, "dtype", 0),
    (lambda x, factor: x > factor, "dtype", 0),
    (lambda x, factor: x * np.nan, "not_finite", 0),
    (changes, "changed_inputs", 0),
    (lambda x, factor: x + factor, "mistake", 0),
    (lambda x, factor: x * factor + 1e-3, "values", 0),
    (fails_on_empty, "raised", 2),
    (lambda x, factor: x * factor, "right", 3),
    (lambda x, factor: list(x * factor), "right", 3),
    (lambda x, factor: (x * factor).astype(np.float32), "right", 3),
    (lambda x, factor, more=1: x * factor, "right", 3),
    (lambda *args, **kwargs: kwargs["x"] * kwargs["factor"], "right", 3),
]


@pytest.mark.parametrize(("function", "kind", "points"), LADDER)
def test_rung(function, kind, points):
    verdict = verdict_on(function)
    assert (verdict.kind, verdict.points) == (kind, points), verdict
    assert verdict.kind in KINDS
    assert verdict.title
    assert verdict.message
    assert verdict.next_step or verdict.kind == "right"
    assert Verdict.from_dict(verdict.to_dict()) == verdict


def test_the_students_own_line_is_named():
    verdict = verdict_on(raises)
    assert "return x[99] * factor" in verdict.message
    assert verdict.title.startswith("IndexError")


def test_smallest_failing_instance_is_shown_with_expected_beside_got():
    evidence = dict(verdict_on(lambda x, factor: x * factor + 1).evidence)
    assert evidence["x"] == "[1. 2.]"
    assert (evidence["expected"], evidence["got"]) == ("[3. 6.]", "[4. 7.]")


def test_an_earlier_rung_wins():
    def late_shape_and_wrong(x, factor):
        return (x * factor)[:1] + 1

    assert verdict_on(late_shape_and_wrong).kind == "shape"


@pytest.mark.parametrize(("function", "points", "kind"), [(loops, 0, "out_of_time"), (loops_on_empty, 2, "out_of_time")])
def test_endless_loop_is_stopped(function, points, kind):
    start = time.monotonic()
    verdict = verdict_on(function, seconds=0.3)
    assert (verdict.kind, verdict.points) == (kind, points)
    assert time.monotonic() - start < 5


def test_a_swallowed_stop_is_repeated():
    def swallows(x, factor):
        tries = 0
        while tries < 3:
            try:
                while True:
                    pass
            except BaseException:
                tries += 1

    start = time.monotonic()
    assert verdict_on(swallows, seconds=0.2).kind in ("nothing", "out_of_time")
    assert time.monotonic() - start < 5


def test_time_limit_works_in_another_thread():
    import threading

    from mfcheck.local import TimeUp

    stopped = []

    def work():
        try:
            with time_limit(0.1):
                while True:
                    pass
        except TimeUp:
            stopped.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert stopped == [True]


def test_prints_and_warnings_cost_nothing_and_are_kept():
    import warnings

    def noisy(x, factor):
        print("hello")
        warnings.warn("careful", stacklevel=1)
        return x * factor

    verdict = verdict_on(noisy)
    assert verdict.kind == "right"
    assert verdict.printed.startswith("hello")


def test_fault_of_the_checker_costs_nothing():
    @group("broken", points=2)
    def broken(rng):
        """A checker's fault."""
        raise RuntimeError("the checker is broken")
        yield

    exercise = Exercise("0.2", "", scaled, (broken,), (), (), ())
    verdict = verdict_on(scaled, exercise)
    assert (verdict.kind, verdict.points) == ("fault", 2)
    assert "not your mistake" in verdict.message
    assert verdict.tone == "almost"


def test_lying_equality_does_not_help():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, dtype=bool)

        def __ne__(self, other):
            return np.zeros(self.shape, dtype=bool)

    assert verdict_on(lambda x, factor: (x * 0).view(Liar)).points == 0


def twice(x):
    return scaled(x, 2.0)


@group("the law", points=2)
def some(rng):
    """One array."""
    yield {"x": np.array([1.0, 4.0])}


TWICE = Exercise("0.3", "Return scaled(x, 2).", twice, (some,), (), (), (), uses=("scaled",))
NOTEBOOK = """
def scaled(x, factor):
    {body}

def twice(x):
    return {call}
"""


def in_notebook(body, call="scaled(x, 2.0)"):
    namespace = {"np": np}
    exec(NOTEBOOK.format(body=body, call=call), namespace)
    return namespace


@pytest.mark.parametrize("body", ["return x + factor", "raise NotImplementedError", "raise ValueError", "return x"])
def test_error_carried_forward(body):
    notebook = in_notebook(body)

    def make_call(replaced):
        return LocalCall(TWICE, notebook["twice"], dict.fromkeys(replaced, scaled))

    verdict = judge_carrying_forward(TWICE, make_call, seed=1)
    assert (verdict.kind, verdict.points, verdict.carried) == ("right", 2, ("scaled",))
    assert "`scaled`" in verdict.message
    assert notebook["scaled"] is not scaled, "the notebook's own function is put back"


def test_own_error_is_not_forgiven_with_the_reference():
    notebook = in_notebook("return x * factor", call="scaled(x, 3.0)")

    def make_call(replaced):
        return LocalCall(TWICE, notebook["twice"], dict.fromkeys(replaced, scaled))

    assert judge_carrying_forward(TWICE, make_call, seed=1).points == 0


def test_a_function_that_was_never_written_is_put_in_its_place():
    notebook = in_notebook("pass")
    del notebook["scaled"]

    def make_call(replaced):
        return LocalCall(TWICE, notebook["twice"], dict.fromkeys(replaced, scaled))

    assert judge_carrying_forward(TWICE, make_call, seed=1).points == 2
    assert "scaled" not in notebook


def test_recursion_and_deep_errors_are_ordinary():
    def again(x, factor):
        return again(x, factor)

    verdict = verdict_on(again)
    assert verdict.kind == "raised"
    assert "RecursionError" in verdict.title


def test_outcome_of_the_reference_is_not_shared_with_the_caller():
    arguments = {"x": np.array([1.0]), "factor": 2.0}
    outcome = run_once(changes, arguments)
    assert arguments["x"][0] == 1.0
    assert outcome.after["x"][0] == 2.0


def test_answers_on_which_the_comparison_breaks_are_wrong_and_no_fault():
    class Trap(dict):
        def __len__(self):
            raise RuntimeError("boom")

    verdict = judge(EXERCISE, lambda arguments: run_once(lambda x, factor: Trap(), arguments), np.random.default_rng(0))
    assert verdict.kind != "fault"
    assert verdict.points == 0


def test_a_fact_rule_that_breaks_on_nonsense_gives_no_points():
    @group("facts", points=1, rule=Facts(lambda runs: {"the sum": runs[0].outcome.value.sum()}))
    def one(rng):
        """One array."""
        yield {"x": np.array([1.0]), "factor": 2.0}

    exercise = Exercise("0.4", "", scaled, (one,), (added,), (), ())
    assert verdict_on(lambda x, factor: {"a": 1}, exercise).points == 0
    assert verdict_on(lambda x, factor: None, exercise).kind == "nothing"
    assert verdict_on(scaled, exercise).kind == "right"
