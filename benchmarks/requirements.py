"""What the measurements must reach and should reach, and how tables of results are made."""

from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Requirement:
    """One line: a value against a bound that it must keep and one that is aimed at. value None: not measured."""

    measure: str
    ours: str
    peer: str
    value: float | None
    must: float
    aim: float
    higher: bool = False
    digits: int = 2

    @property
    def met(self):
        if self.value is None:
            return "not measured"
        reached = [self.value >= bound if self.higher else self.value <= bound for bound in (self.aim, self.must)]
        return "aim" if reached[0] else "must" if reached[1] else "no"

    def row(self):
        sign = "≥" if self.higher else "≤"
        must, aim = (f"{sign} {bound:.{self.digits}f}" for bound in (self.must, self.aim))
        value = "" if self.value is None else f"{self.value:.{self.digits}f}"
        return self.measure, self.ours, self.peer, value, must, aim, self.met


def requirement_table(requirements):
    return table(
        "Required",
        ("measure", "ours", "peer", "ratio or value", "must", "aim", "met"),
        [requirement.row() for requirement in requirements],
    )


def table(title, headings, rows, left=("measure", "met", "library", "data")):
    """→ rich's Table; columns of numbers to the right."""
    made = Table(title=title, title_justify="left")
    for n, heading in enumerate(headings):
        made.add_column(heading, justify="left" if n == 0 or heading in left else "right")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def number(value, digits=4):
    """→ the number as text, or the word that stands in its place."""
    return value if isinstance(value, str) else "" if value is None else f"{value:.{digits}f}"
