"""What an exercise is: one declaration from which the check, the grade, the feedback and the tests derive."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mfcheck import adapters
from mfcheck.outcome import run_once
from mfcheck.rules import Values


@dataclass(frozen=True)
class Group:
    """Some probes that belong together, with points of their own.

    `probes(rng)` yields dicts of arguments, smallest first; `rule` says when outcomes are right.
    """

    name: str
    points: float
    probes: Callable
    rule: object

    @property
    def about(self):
        return inspect.getdoc(self.probes)


def group(name, points, rule=None):
    """Declare the function below as the probes of a group."""
    return lambda probes: Group(name, points, probes, rule or Values())


@dataclass(frozen=True)
class Mistake:
    """A known wrong implementation, and what to say to whoever wrote it.

    `function` has the exercise's signature. A submission that answers every probe as it does has made this
    mistake, or as one of `also`: the same mistake together with another. `recognise(runs)` is only for mistakes
    that draw at random, so that answers cannot be equal.
    """

    function: Callable
    title: str
    message: str
    next_step: str
    recognise: Callable | None = None
    also: Sequence[Callable] = ()

    @property
    def label(self):
        return self.function.__name__.replace("_", "-")


def mistake(title, message, next_step, **more):
    """Declare the function below as a known mistake."""
    return lambda function: Mistake(function, title, message, next_step, **more)


@dataclass(frozen=True)
class Exercise:
    """One exercise; its name, its parameters and its points follow from the reference and the groups.

    `number`: "3.2" is the second exercise of lesson 03. `in_place`: parameters that the function changes.
    `uses`: earlier exercises that it calls. `variants`: right answers written in other ways, for the tests.
    `adapter`: a module of mfcheck.adapters, where arguments or results are not plain values. `is_value`: the student
    writes a value; reference, mistakes and variants are functions of a probe's arguments that return one.
    `praise(runs)`: a sentence for a right answer that deserves more than "right", or "".
    """

    number: str
    task: str
    reference: Callable
    groups: Sequence[Group]
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    variants: Sequence[Callable]
    in_place: Sequence[str] = ()
    uses: Sequence[str] = ()
    adapter: str = ""
    is_value: bool = False
    praise: Callable | None = None
    parameters: tuple = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "parameters", tuple(inspect.signature(self.reference).parameters))

    @property
    def name(self):
        return self.reference.__name__

    @property
    def points(self):
        return sum(group.points for group in self.groups)

    def run(self, function, arguments):
        """→ the `Outcome` of a reference, a known mistake or a variant on the arguments of a probe."""
        return run_once(function, arguments, adapter=adapters.load(self.adapter))

    @property
    def signature(self):
        return self.name if self.is_value else f"{self.name}{inspect.signature(self.reference)}"
