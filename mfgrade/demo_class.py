"""The simulated class of `make demo`: what each student hands in. None of them is a person."""

from dataclasses import dataclass

import nbformat

from mfgrade.demo_mistakes import CLASSIC

SOLUTION = "### BEGIN SOLUTION"

ENDLESS = "    while True:\n        pass"


@dataclass(frozen=True)
class Simulated:
    """One simulated student: `write(exercise_name, n, solved, released)` → the text of the n-th solution cell handed in."""

    id: str
    about: str
    write: object


def right(name, n, solved, released):
    return solved


def prints_and_warns(name, n, solved, released):
    """The right answer with a warning and a print at the start of the body, behind the docstring."""
    if not solved.startswith("def "):
        return solved
    lines = solved.split("\n")
    closing = next(k for k, line in enumerate(lines) if line.rstrip().endswith('"""') and (k > 1 or line.count('"""') == 2))
    noise = ["    import warnings", "", '    warnings.warn("still here")', '    print("working on it")']
    return "\n".join(lines[: closing + 1] + noise + lines[closing + 1 :])


def classic(*names):
    return lambda name, n, solved, released: CLASSIC[name].strip() if name in names else solved


def not_attempted(name, n, solved, released):
    return released


def first_half_only(name, n, solved, released):
    return solved if n < 2 else released


def syntax_error(name, n, solved, released):
    return solved.replace("):", ")", 1) if n == 1 else solved


def endless_loop(name, n, solved, released):
    return released.replace("    # YOUR CODE HERE\n    raise NotImplementedError()", ENDLESS) if n == 1 else solved


CLASS = (
    Simulated("simulated-1", "all right", right),
    Simulated("simulated-2", "right, prints and warns", prints_and_warns),
    Simulated(
        "simulated-3",
        "classic mistakes",
        classic(
            "rating_matrix",
            "squared_error",
            "sgd_step",
            "damped_means",
            "precision_at_k",
            "unseen_items",
            "cosine_similarity",
            "solve_user",
            "impute",
            "solve_user_implicit",
            "time_bins",
            "backward",
            "two_proportion_test",
            "false_positive_rate_when_peeking",
            "save_model",
            "early_stopping_fit",
        ),
    ),
    Simulated(
        "simulated-4",
        "more classic mistakes",
        classic(
            "sparsity",
            "random_split",
            "loss_gradient",
            "sgd_epoch",
            "biased_sgd_step",
            "ndcg_at_k",
            "recommend_from_neighbours",
            "similar_items",
            "als_sweep",
            "factors_from_svd",
            "confidence",
            "fold_in_user",
            "genre_factors",
            "onboarding_items",
            "user_drift",
            "adam_step",
            "assign_variant",
            "sample_size",
            "load_model",
            "explain_prediction",
        ),
    ),
    Simulated("simulated-5", "not attempted", not_attempted),
    Simulated("simulated-6", "a syntax error", syntax_error),
    Simulated("simulated-7", "an endless loop", endless_loop),
    Simulated("simulated-8", "the first half only", first_half_only),
)


def submission(student, released, source):
    """→ the notebook that the student hands in, made from the released one."""
    notebook = nbformat.from_dict(released)
    solutions = {_id(cell): _solved(cell.source) for cell in source.cells if SOLUTION in cell.source}
    n = 0
    for cell in notebook.cells:
        if _id(cell) not in solutions:
            continue
        if cell.cell_type == "markdown":
            if student.write is not not_attempted:
                cell.source = "An answer of the simulated student."
            continue
        cell.source = student.write(_id(cell).removesuffix("-solution"), n, solutions[_id(cell)], cell.source)
        n += 1
    return notebook


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _solved(source):
    return "\n".join(line for line in source.split("\n") if line.strip() not in (SOLUTION, "### END SOLUTION"))
