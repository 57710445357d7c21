"""Grading one submission: run its cells in a sandbox, judge its functions from outside."""

import inspect
import time
from dataclasses import dataclass, field

from mfcheck import wording
from mfcheck.judge import judge_carrying_forward
from mfcheck.outcome import Outcome
from mfcheck.registry import find
from mfcheck.verdict import Verdict
from mfgrade.copied import copied_references
from mfgrade.sandbox.session import Died
from mfgrade.secret import exercise_seed

MAX_DEATHS = 3


@dataclass
class Graded:
    """`verdicts`: exercise → Verdict. `outputs`: cell number → its outputs. `notes`: for the instructor."""

    verdicts: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    seconds: float = 0.0

    def to_dict(self):
        verdicts = {name: verdict.to_dict() for name, verdict in self.verdicts.items()}
        outputs = {str(number): outputs for number, outputs in self.outputs.items()}
        return {"verdicts": verdicts, "outputs": outputs, "notes": self.notes, "seconds": self.seconds}

    def faults(self):
        """What went wrong in the checker itself, as text; "" when nothing did."""
        return "; ".join(f"{v.exercise}: {v.message}" for v in self.verdicts.values() if v.kind == "fault")

    @classmethod
    def from_dict(cls, data):
        verdicts = {name: Verdict.from_dict(v) for name, v in data["verdicts"].items()}
        return cls(verdicts, {int(n): o for n, o in data["outputs"].items()}, data["notes"], data["seconds"])


class Grader:
    """Grades one submission of one lesson. `cells`: (number, source) in the order in which they are run."""

    def __init__(self, lesson, cells, secret, start_session):
        """start_session() → a new Session for this submission."""
        self.lesson, self.secret, self.start_session = lesson, secret, start_session
        self.cells = list(cells)
        self.skipped = set()
        self.graded = Graded()
        self.session = None

    def grade(self):
        """→ Graded: a definite verdict for every exercise of the lesson."""
        start = time.monotonic()
        try:
            self._run_cells()
            copied = copied_references(self.lesson, self.cells)
            hung = set()
            for name in self.lesson.exercise_names:
                verdict = self._verdict(find(name), name in copied, hung)
                if verdict.kind == "out_of_time":
                    hung.add(name)
                self.graded.verdicts[name] = verdict
        finally:
            self._close()
        self.graded.seconds = round(time.monotonic() - start, 3)
        return self.graded

    def _run_cells(self):
        """Run all cells; one that takes the sandbox down is left out, and the others are run again."""
        while True:
            self.session = self.start_session()
            for number, source in self.cells:
                if number in self.skipped:
                    continue
                try:
                    self.graded.outputs[number] = self.session.run_cell(number, source)
                except Died as death:
                    self._note_death(number, str(death))
                    break
            else:
                return

    def _note_death(self, number, why):
        self.skipped.add(number)
        ended = {"output_type": "error", "ename": "ProcessEnded", "evalue": why, "traceback": [why]}
        self.graded.outputs[number] = [ended]
        self.graded.notes.append(f"Cell {number + 1} ended the process and was left out: {why}")
        self._close()
        if len(self.skipped) >= MAX_DEATHS:
            left = [n for n, _ in self.cells if n > number]
            self.skipped.update(left)
            self.graded.notes.append("Too many cells ended the process; the cells after that were not run.")

    def _verdict(self, exercise, copied, hung):
        if copied:
            self.graded.notes.append(f"{exercise.name} takes the reference instead of implementing it.")
            return wording.copied(exercise)
        seed, own_hangs = exercise_seed(self.secret, exercise.name), bool(hung & set(exercise.uses))
        verdict = judge_carrying_forward(exercise, lambda replaced: self._make_call(exercise, replaced), seed, own_hangs)
        return verdict.without_evidence()

    def _make_call(self, exercise, replaced):
        """A `call` into the sandbox, started again when an earlier exercise took it down."""
        if self.session is None:
            self._run_cells()
        sources = {name: inspect.getsource(find(name).reference) for name in replaced}
        try:
            return Guarded(self, self.session.begin(exercise, sources))
        except Died as death:
            self._close()
            return Dead(str(death))

    def _close(self):
        if self.session is not None:
            self.session.close()
            self.session = None


class Dead:
    """The call of a sandbox that is gone."""

    reads = mentions = ()

    def __init__(self, why):
        self.why = why

    def __call__(self, arguments):
        return Outcome(refused=("ended", self.why))


class Guarded:
    """A call that gives an ordinary outcome when the sandbox dies in the middle."""

    def __init__(self, grader, call):
        self.grader, self.call, self.reads, self.mentions = grader, call, call.reads, call.mentions
        self.death = None

    def __call__(self, arguments):
        if self.death is None:
            try:
                return self.call(arguments)
            except Died as death:
                self.death = str(death)
                self.grader._close()
        return Dead(self.death)(arguments)
