"""`mfgrade cells`."""

import sys

from mfgrade.apps.base import Command


class CellsApp(Command):
    name = "mfgrade-cells"
    description = """For authors: give every exercise its cells in source/, with the points of its declaration.

    Adds a heading, a solution cell and a check cell for each exercise that has none, and sets the points of the check
    cells. Nothing else in the notebook changes; the text around them is yours.
    """
    examples = """
        mfgrade cells 03-sgd
        mfgrade cells all
    """

    def start(self):
        super().start()
        from mfgrade.cells import give_cells

        without_exercise = False
        for lesson in self.lessons():
            done, orphans = give_cells(self.root, lesson)
            for words in done or ["nothing to do"]:
                print(f"{lesson.name}: {words}", flush=True)
            for name in orphans:
                without_exercise = True
                print(
                    f"source/{lesson.name}/{lesson.module}.ipynb has a check cell for {name}, and no file "
                    f"mfcheck/exercises/{lesson.module}/{name}.py: delete the cell and its solution cell, or mend the name.",
                    file=sys.stderr,
                )
        sys.exit(1 if without_exercise else 0)
