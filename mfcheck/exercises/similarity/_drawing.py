"""When a map of items is right: what must be seen on the Axes, however it was drawn."""

import re
import unicodedata

import numpy as np

from mfcheck.compare import Difference
from mfcheck.rules import EachRun, known_outcome


class Drawn(EachRun):
    """The facts hold for the Axes of each run; a result that is no Axes is compared by its kind."""

    def first_difference(self, function, exercise, runs):
        for run in runs:
            own = known_outcome(function, exercise, run.arguments, 0)
            if kind(own) != kind(run.outcome):
                return run, kind_difference(run.outcome)
            if kind(own) == "Axes" and (found := super().first_difference(function, exercise, [run])):
                return found
        return None


def kind(outcome):
    """→ "Axes", or the name of another type or of an exception."""
    if outcome.raised:
        return outcome.raised.name
    value = outcome.value
    if isinstance(value, dict) and "points" in value:
        return "Axes"
    return getattr(value, "type_name", type(value).__name__)


def kind_difference(outcome):
    if outcome.raised:
        return Difference("raised", "the result", None, outcome.raised)
    if outcome.value is None:
        return Difference("nothing", "the result", None, None)
    return Difference("type", "the result", None, outcome.value, "the Axes on which the points are")


def positions(arguments):
    """→ (n_items, 2): where each item belongs."""
    x, y = arguments.get("factors", (0, 1))
    return arguments["Q"][:, [x, y]]


def points_facts(runs):
    """Each point once, however often it was drawn, and in whatever order."""
    (run,) = runs
    seen = run.outcome.value
    drawn = np.unique(np.round(seen["points"], 5), axis=0)
    facts = {"there is a point for each item at its values of the two factors, and no other": drawn}
    return facts if len(drawn) else {**facts, "what is there instead": "lines" if seen["lines"] else "nothing"}


def words_facts(runs):
    (run,) = runs
    seen, (x, y) = run.outcome.value, run.arguments.get("factors", (0, 1))
    return {
        "the Axes have a title": bool(seen["title"].strip()),
        f"the label of the x axis names factor {x}": named_factor(seen["xlabel"], x, y),
        f"the label of the y axis names factor {y}": named_factor(seen["ylabel"], y, x),
    }


def named_factor(label, own, other):
    """What a label says: the number that it should, or what else. Subscripts are numbers, too."""
    numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", label))
    if str(own) in numbers:
        return "yes"
    if not numbers:
        return "no, it names no number" if label.strip() else "no, there is no label"
    return f"no, it names {other if str(other) in numbers else ', '.join(numbers)}"


def annotation_facts(runs):
    """Which titles stand on the map, and beside which item's point; other texts do not matter."""
    (run,) = runs
    seen, titles = run.outcome.value, [plain_text(title) for title in run.arguments["titles"]]
    at = positions(run.arguments)
    found, others = set(), []
    for text, place in zip(seen["texts"], seen["places"], strict=True):
        meant, item = items_meant(plain_text(text), titles), nearest(place, at)
        if meant:
            found.add(titles[item] if item in meant else f"{titles[meant[0]]} (beside {titles[item]})")
        else:
            others.append(plain_text(text))
    in_legend = {title for title in titles for text in seen["legend"] if title == plain_text(text)}
    facts = {"the highlighted items, and no others, have their titles beside their points": ", ".join(sorted(found)) or "none"}
    if run.arguments.get("highlight", ()) and not found:
        instead = "the legend" if in_legend else "numbers" if any(text.isdigit() for text in others) else "nothing"
        facts["where the titles are instead"] = instead
    return facts


def plain_text(text):
    return " ".join(str(text).split())


def items_meant(text, titles):
    """→ the items whose title the text is, or else contains, the longest title first."""
    exact = [i for i, title in enumerate(titles) if title == text]
    contained = [i for i, title in enumerate(titles) if title in text]
    longest = max((len(titles[i]) for i in contained), default=0)
    return exact or [i for i in contained if len(titles[i]) == longest]


def nearest(place, at):
    """→ the item whose point is nearest; a title may stand a little beside it."""
    return int(np.argmin((((place - at) / np.ptp(at, axis=0)) ** 2).sum(axis=1)))
