"""mfcheck: the exercises of the course, and what a student calls to check them.

`check("sgd_step", sgd_step)` says what is right, what is wrong and why; `hint("sgd_step")` gives a hint, the next
call the next one; `solution("sgd_step")` shows the reference; `progress()` shows what is done and what is next.
"""

from mfcheck.notebook import explain_missing_functions
from mfcheck.student import check, hint, mistakes, progress, solution

__all__ = ["check", "hint", "mistakes", "progress", "solution"]

explain_missing_functions()
