"""Submissions that are suspiciously alike. A lead for a person who then reads both, not a verdict.

Short exercises have few answers, so a pair is listed only if it stands out from the class: its mean similarity is high,
and further above what is usual in this class than chance makes it.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mfgrade import names
from mfgrade.reading import read_submission
from mfgrade.repair import repair, role
from mfgrade.service import notebook_path_in, released
from mfgrade.tokens import normalised

OTHER = "other cells"
LEAST_TOKENS = 12  # an answer of fewer says nothing
LEAST_STUDENTS = 6  # with fewer there is no class to stand out from
SIMILAR = 0.75  # mean similarity, 1 is the same
CHANCE = 0.05  # the share of shuffled classes that have such a pair, at most
PIECE, MOST_PIECES = 0.1, 3  # what an unusual piece in common adds to the similarity when pairs are ranked
SHUFFLES = 1000


@dataclass
class Work:
    """One student's own code: exercise → Code. `mistakes`: exercise → label. `problem`: why nothing could be read."""

    student: str
    codes: dict = field(default_factory=dict)
    mistakes: dict = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Pair:
    """Two students. `similarity`: mean over `exercises` (name → similarity). `surprise`: how rare that is in the class.

    `chance`: the share of shuffled classes in which some pair is as surprising. `pieces`: (exercise, what) that both have and hardly anybody else.
    """

    students: tuple
    similarity: float
    surprise: float
    chance: float
    exercises: dict
    pieces: tuple = ()

    @property
    def is_listed(self):
        return self.similarity >= SIMILAR and self.chance <= CHANCE


def read_work(root, lesson, folder):
    """→ Work of the submission in `folder`. Raises NotReleased."""
    student_version = released(str(root), lesson.name)
    submission = read_submission(notebook_path_in(folder, lesson))
    work = Work(Path(folder).parent.name, problem=submission.problem)
    given = {role(cell)["grade_id"]: cell.source for cell in student_version.cells if role(cell)}
    texts = {cell.source.strip() for cell in student_version.cells}
    own = [
        cell
        for cell in repair(submission, student_version).notebook.cells
        if cell.cell_type == "code" and cell.source.strip() not in texts
    ]
    for name in lesson.exercise_names:
        answers = [cell for cell in own if role(cell) and role(cell)["grade_id"] == f"{name}-solution"]
        answers = answers or [cell for cell in own if not role(cell) and defines(cell.source, name)]
        own = [cell for cell in own if cell not in answers]
        work.codes[name] = normalised("\n".join(cell.source for cell in answers), given.get(f"{name}-solution", ""))
    rest = [cell.source for cell in own if not role(cell)]
    work.codes[OTHER] = normalised("\n".join(rest), "\n".join(texts))
    return work


def defines(source, name):
    tree = names.parse(source)
    return tree is not None and name in names.bound_at_top(tree)


def compare(works):
    """→ all pairs of students who answered an exercise both, the most remarkable first; [] with fewer than LEAST_STUDENTS."""
    works = [work for work in works if not work.problem]
    if len(works) < LEAST_STUDENTS:
        return []
    tables = {name: table for name in works[0].codes if np.isfinite(table := similarities(works, name)).any()}
    if not tables:
        return []
    rare = unusual(works)
    structure, chance = remarkable(list(tables.values()))
    text, chance_of_text = remarkable([table + pieces_in_common(works, rare, name) for name, table in tables.items()])
    chance = np.minimum(1.0, 2 * np.minimum(chance, chance_of_text))  # the better of two looks
    pairs = []
    for i, j in np.argwhere(np.isfinite(np.array(list(tables.values()))).any(axis=0)):
        exercises = {name: float(table[i, j]) for name, table in tables.items() if np.isfinite(table[i, j])}
        mean, pieces = float(np.mean(list(exercises.values()))), tuple(sorted(rare[works[i].student] & rare[works[j].student]))
        students, surprised = (works[i].student, works[j].student), float(max(structure[i, j], text[i, j]))
        pairs.append(Pair(students, mean, surprised, float(chance[i, j]), exercises, pieces))
    return sorted(pairs, key=lambda pair: (pair.chance, -pair.surprise, pair.students))


def remarkable(tables):
    """→ (sum of surprises, share of shuffled classes in which some pair has as large a sum), each a matrix of pairs."""
    surprises = [surprise(table) for table in tables]
    total, largest = np.sum(surprises, axis=0), by_chance(surprises, np.random.default_rng(0))
    return total, (1 + SHUFFLES - np.searchsorted(largest, total - 1e-9)) / (1 + SHUFFLES)


def similarities(works, name):
    """→ matrix of similarities from 0 to 1; NaN on and below the diagonal, and where one of the two wrote next to nothing."""
    from rapidfuzz import fuzz, process

    vocabulary = {}
    texts = ["".join(chr(0x100 + vocabulary.setdefault(t, len(vocabulary))) for t in work.codes[name].tokens) for work in works]
    table = process.cdist(texts, texts, scorer=fuzz.ratio, dtype=np.float32) / 100.0
    short = np.array([len(text) < LEAST_TOKENS for text in texts])
    table[short, :], table[:, short] = np.nan, np.nan
    table[np.tril_indices(len(works))] = np.nan
    return table


def pieces_in_common(works, rare, name):
    """→ matrix: PIECE for each unusual piece that two students share in an exercise, up to MOST_PIECES."""
    own = [{piece for piece in rare[work.student] if piece[0] == name} for work in works]
    return np.array([[PIECE * min(len(mine & theirs), MOST_PIECES) for theirs in own] for mine in own])


def surprise(table):
    """→ for each pair, how rare it is to be as alike in this exercise: −log of the share of pairs that are as alike; 0 for NaN."""
    known = np.isfinite(table)
    ordered = np.sort(table[known])
    as_alike = len(ordered) - np.searchsorted(ordered, table - 1e-6)
    made = np.zeros(table.shape)
    made[known] = -np.log(as_alike[known] / len(ordered))
    return made


def by_chance(surprises, rng):
    """→ sorted array: the largest sum of surprises among the pairs of each shuffled class.

    In a shuffled class every exercise's answers are dealt out to the students anew, so that no pair is alike in several
    exercises but by chance.
    """
    both_ways = [one + one.T for one in surprises]
    n, largest = len(both_ways[0]), []
    for _ in range(SHUFFLES):
        total = np.zeros((n, n))
        for one in both_ways:
            order = rng.permutation(n)
            total += one[np.ix_(order, order)]
        largest.append(total.max())
    return np.sort(largest)


def unusual(works):
    """→ student → set of (exercise, what): names, comments and known mistakes that no more than two, or one in twenty, have."""
    found = {work.student: set() for work in works}
    for work in works:
        for name, code in work.codes.items():
            found[work.student] |= {(name, f"the name {one}") for one in code.identifiers}
            found[work.student] |= {(name, f"the comment “{one}”") for one in code.comments}
        found[work.student] |= {(name, f"the mistake “{title}”") for name, title in work.mistakes.items()}
    counts = Counter(piece for pieces in found.values() for piece in pieces)
    limit = max(2, len(works) // 20)
    return {student: {piece for piece in pieces if counts[piece] <= limit} for student, pieces in found.items()}
