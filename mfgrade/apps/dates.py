"""`mfgrade dates`."""

from nbgrader.apps.baseapp import nbgrader_flags
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from traitlets import Bool

from mfgrade.apps.base import Command, class_aliases
from mfgrade.course import nbgrader_api


class DatesApp(Command):
    name = "mfgrade-dates"
    description = """Show due dates, extensions and the penalty for being late, as course.toml has them, and write them into the
    gradebook. Penalties of what is graded already are worked out again."""
    examples = """
        mfgrade dates --example > course.toml
        mfgrade dates
    """
    example = Bool(False, help="print a course.toml to begin with").tag(config=True)
    aliases = class_aliases
    flags = {**nbgrader_flags, "example": ({"DatesApp": {"example": True}}, "Print a course.toml to begin with.")}

    def start(self):
        super().start()
        from mfgrade.dates import EXAMPLE, FILE, DatesWrong, read_dates, write_dates
        from mfgrade.late import settle
        from mfgrade.people import check_extensions

        if self.example:
            print(EXAMPLE, end="")
            return
        if not (self.root / FILE).is_file():
            self.wrong(f"There is no {FILE} in {self.root}. Begin with: mfgrade dates --example > {FILE}")
        api = nbgrader_api(self.root, self.config)
        try:
            dates = read_dates(self.root)
            check_extensions(self.root, api, dates)
        except DatesWrong as problem:
            self.wrong(str(problem))
        with api.gradebook as gradebook:
            changes = [line for lesson in dates.due for line in write_dates(gradebook, dates, lesson)]
            changes += [f"{lesson} {student}: penalty worked out again." for lesson, student in settle(gradebook, dates)]
        show(dates)
        print("\n".join(changes) or "The gradebook says the same.")


def shown(moment):
    return f"{moment:%a %Y-%m-%d %H:%M %z}"


def show(dates):
    """Print the table of dates, and the penalty in words."""
    fixed = (Column(title, no_wrap=True) for title in ("lesson", "due", "extended to"))
    table = Table(*fixed, Column("for", overflow="fold"), box=SIMPLE)
    for lesson, due in sorted(dates.due.items()):
        extended = sorted(student for other, student in dates.extensions if other == lesson)
        for n, student in enumerate(extended or [""]):
            until = shown(dates.due_for(lesson, student)) if student else ""
            table.add_row(*(("", "") if n else (lesson, shown(due))), until, escape(student))
    Console().print(table)
    late = dates.late
    if late is None:
        print("Late work loses nothing: there is no [late].")
    else:
        print(
            f"Late work loses {late.per_day:.0%} of its points for each day begun, at most {late.at_most:.0%}; "
            f"{late.grace_minutes:g} minutes are forgiven."
        )
