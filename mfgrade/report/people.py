"""What students are called in a page: by name and id, or as "Student 1" to "Student n"."""

import random
import re

REDACTED = "…"


class People:
    """Names for all students of a page. Called with an id → what the student is called.

    `known`: id → (first name, last name, e-mail), each a text or None. anonymous=True: numbers in a random order, drawn
    anew for each page, so that neither ids nor the alphabet can be read from it.
    """

    def __init__(self, known, anonymous=False):
        self.known, self.anonymous = known, anonymous
        self.order = sorted(known)
        if anonymous:
            self.order = shuffled(self.order)
        self.rank = {student: n for n, student in enumerate(self.order)}

    def __call__(self, student):
        if self.anonymous:
            return f"Student {self.rank[student] + 1}"
        first, last, _ = self.known[student]
        name = " ".join(part for part in (first, last) if part)
        return f"{name} ({student})" if name else student

    def sorted(self, students):
        return sorted(students, key=self.rank.__getitem__)

    def names(self, students):
        """→ what these students are called, in the page's order."""
        return [self(student) for student in self.sorted(students)]

    def scrubbed(self, text):
        """What students or the grader wrote; in an anonymous page without anybody's name, id or e-mail."""
        return self._pattern.sub(REDACTED, text) if self.anonymous and self.known else text

    @property
    def _pattern(self):
        words = {word for student, parts in self.known.items() for word in (student, *parts) if word}
        words |= {word.partition("@")[0] for word in words if "@" in word}
        alone = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if 0 < len(word) < 3]
        anywhere = [re.escape(word) for word in sorted(words, key=len, reverse=True) if len(word) >= 3]
        return re.compile("|".join(anywhere + alone), re.IGNORECASE)


def shuffled(students):
    """The students in a random order that is not the one given, where there are two or more."""
    mixed = list(students)
    while len(mixed) > 1 and mixed == list(students):
        random.SystemRandom().shuffle(mixed)
    return mixed
