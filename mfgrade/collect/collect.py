"""`mfgrade collect` without its printing: from a download to submitted/, and an account of every file and every student."""

from dataclasses import dataclass, field
from pathlib import Path

from mfgrade.collect.archives import read_downloads
from mfgrade.collect.naming import People
from mfgrade.collect.place import Place, now
from mfgrade.collect.sorting import sort_out


@dataclass
class Account:
    """`placed`: student → Placed. `missing`: student of the roster → what else is known. `left`: files not collected."""

    placed: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    left: list = field(default_factory=list)
    originals: Path | None = None

    def grave(self):
        """The files that somebody has to look at: nobody's, not readable, or all that a student handed in."""
        return [one for one in self.left if one.grave or (one.student and one.student not in self.placed)]


def collect(root, submitted, sources, lesson, roster, dates, dry_run=False, on_progress=lambda number: None, moment=None):
    """Collect the lesson's notebooks from these files and folders. → `Account`

    roster: id → Student. The downloads are copied to .mfgrade/originals/ before anything is written to submitted/.
    """
    place = Place(root, submitted, lesson, dates, moment or now())
    members = (member for source in sources for member in read_downloads(source))
    taken, left = sort_out(members, People(roster.values()), lesson, on_progress)
    account = Account(left=left)
    if not dry_run:
        for source in sources:
            account.originals = place.keep_originals(Path(source).resolve()).parent
    account.placed = {student: place.put(work, dry_run) for student, work in sorted(taken.items())}
    handed_in = {one.student for one in left}
    for student in sorted(set(roster) - set(taken)):
        here = "an earlier submission is in submitted/" if place.folder(student).exists() else ""
        account.missing[student] = "what was handed in is not collected" if student in handed_in else here
    return account
