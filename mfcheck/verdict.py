"""A verdict: plain data, from which the HTML, the text, the gradebook cell and the class report are made."""

from dataclasses import asdict, dataclass, field, replace

# The rungs, in the order in which they apply.
KINDS = (
    "not_attempted",
    "missing",
    "not_callable",
    "wrong_signature",
    "copied",
    "out_of_time",
    "ended",
    "raised",
    "nothing",
    "type",
    "shape",
    "dtype",
    "not_finite",
    "changed_inputs",
    "mistake",
    "values",
    "right",
    "fault",
)


@dataclass(frozen=True)
class GroupScore:
    name: str
    points: float
    max_points: float


@dataclass(frozen=True)
class Verdict:
    """What is said of one submission of one exercise.

    `kind`: one of KINDS. `label`: the label of the known mistake, where kind is "mistake". `tone`: "missing", "keep
    working", "almost" or "correct". `evidence`: pairs (name, text) that show the smallest failing instance; only for the
    student's own check. `carried`: earlier exercises that had to be replaced by the reference for this verdict.
    """

    exercise: str
    kind: str
    points: float
    max_points: float
    title: str
    message: str
    next_step: str = ""
    label: str = ""
    groups: tuple = ()
    evidence: tuple = ()
    carried: tuple = ()
    printed: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def tone(self):
        if self.kind == "not_attempted" or self.kind == "missing":
            return "missing"
        if self.kind in ("right", "fault"):
            return "correct" if self.kind == "right" else "almost"
        return "almost" if self.points > 0 else "keep working"

    def without_evidence(self):
        """The verdict as it may be handed out when the probes are secret."""
        return replace(self, evidence=())

    def to_dict(self):
        return asdict(self)

    @classmethod
    def from_dict(cls, data):
        groups = tuple(GroupScore(**g) for g in data["groups"])
        pairs = tuple(tuple(pair) for pair in data["evidence"])
        return cls(**{**data, "groups": groups, "evidence": pairs, "carried": tuple(data["carried"])})
