"""best_settings: a value, not a function. The settings are tried on ratings that nobody has seen before."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mfcheck.compare import Difference
from mfcheck.exercise import Exercise, group, mistake

PASSES, FULL_MARKS, PRAISED = 0.98, 0.95, 0.92
KEYS = ("n_factors", "lr", "reg", "n_epochs")
WHOLE = ("n_factors", "n_epochs")
AT_MOST = {"n_factors": 200, "n_epochs": 200}
WORK = 10_000  # n_factors × n_epochs, two seconds of training


@dataclass(frozen=True)
class Training:
    """`history`: training RMSE of each epoch; `start`: that of the mean rating; `held_out`: RMSE on the ratings put aside."""

    start: float
    history: tuple
    held_out: float

    @property
    def diverged(self):
        return not math.isfinite(self.held_out) or self.history[-1] > 1.2 * self.start

    @property
    def gap(self):
        return self.held_out - self.history[-1]

    @property
    def last_drop(self):
        """By how much the last epoch lowered the training RMSE."""
        return (self.start, *self.history)[-2] - self.history[-1]


@lru_cache(maxsize=8)
def drawn(seed):
    """A synthetic set drawn from the seed. → (train, test, n_users, n_items), 80 % and 20 % as (users, items, ratings)."""
    from mfref.rating_matrix import random_split
    from mfref.synthetic import synthetic_ratings

    data = synthetic_ratings(seed)
    train, test = random_split(data.n_ratings, 0.2, np.random.default_rng(seed))
    return *(tuple(array[part] for array in data.arrays()) for part in (train, test)), data.n_users, data.n_items


@lru_cache(maxsize=1000)
def training(seed, n_factors, lr, reg, n_epochs):
    """Train with biases on the set of this seed. → `Training`"""
    from mfref.models.kernels import biased_sgd_epochs

    train, (users, items, ratings), n_users, n_items = drawn(seed)
    rng, mu = np.random.default_rng(seed), float(train[2].mean())
    b_user, b_item = np.zeros(n_users), np.zeros(n_items)
    P, Q = rng.normal(0, 0.1, (n_users, n_factors)), rng.normal(0, 0.1, (n_items, n_factors))
    history = []
    for rmse in biased_sgd_epochs(mu, b_user, b_item, P, Q, *train, lr, reg, n_epochs, rng):
        history.append(rmse)
        if not math.isfinite(rmse):
            break
    predicted = mu + b_user[users] + b_item[items] + np.einsum("nf,nf->n", P[users], Q[items])
    return Training(float(train[2].std()), tuple(history), float(np.sqrt(np.mean((ratings - predicted) ** 2))))


def training_of(run):
    """→ `Training` with the value of this run. Raises ValueError for one that cannot be tried."""
    value = run.outcome.value
    if found := fault_of_form(value):
        raise ValueError(found.where)
    types = {name: int if name in WHOLE else float for name in KEYS}
    return training(run.arguments["seed"], **{name: types[name](value[name]) for name in KEYS})


def fault_of_form(value):
    """What keeps the value from being tried, as a `Difference` that names the key; or None."""
    if not isinstance(value, dict):
        return Difference("type", "`best_settings`", None, value, f"a dict with the keys {', '.join(KEYS)}")
    for name in KEYS:
        if name not in value:
            return fact(f"the dict has the key `{name}`", sorted(map(str, value)))
    for name in value:
        if name not in KEYS:
            return fact(f"the dict has the keys {', '.join(KEYS)} and no others, so no `{name}`", sorted(map(str, value)))
    return next((found for name in KEYS if (found := fault_of_entry(name, value[name]))), None) or too_much_work(value)


def fault_of_entry(name, entry):
    entry = entry[()] if isinstance(entry, np.ndarray) and entry.ndim == 0 else entry
    if not isinstance(entry, int | float | np.integer | np.floating) or isinstance(entry, bool):
        return Difference("type", f"`{name}`", None, entry, "a whole number" if name in WHOLE else "one number")
    number = as_float(entry)
    if name in WHOLE and not (number >= 1 and (number == math.inf or number == int(number))):
        return fact(f"`{name}` is a whole number, 1 or more, and not {number:g}", entry)
    if name == "lr" and not 0 < number < math.inf:
        return fact(f"`lr` is a finite number above 0, and not {number:g}", entry)
    if name == "reg" and not 0 <= number < math.inf:
        return fact(f"`reg` is a finite number, 0 or more, and not {number:g}", entry)
    if number > AT_MOST.get(name, math.inf):
        return fact(f"`{name}` is at most {AT_MOST[name]}, so that the check stays short", entry)
    return None


def as_float(number):
    try:
        return float(number)
    except OverflowError:
        return math.inf


def too_much_work(value):
    work = int(value["n_factors"]) * int(value["n_epochs"])
    if work <= WORK:
        return None
    return fact(f"`n_factors` times `n_epochs` is at most {WORK:,}, so that the check stays short; yours is {work:,}", work)


def fact(sentence, got):
    return Difference("values", sentence, True, got, "fact")


class RmseBelow:
    """Trained with the settings, the model is off by less than the bound on ratings that it never saw."""

    def __init__(self, bound):
        self.bound = bound

    def first_difference(self, function, exercise, runs):
        for run in runs:
            if found := fault_of_form(run.outcome.value) or self._shortfall(run):
                return run, found
        return None

    def _shortfall(self, run):
        rmse = training_of(run).held_out
        if rmse < self.bound:
            return None
        return fact(f"the RMSE on the held-out ratings is below {self.bound}; with your settings it is {rmse:.3f}", rmse)


def of_the_judgement(rng):
    """The same seed in both groups, so that one set is drawn and one model trained."""
    yield {"seed": int(rng.bit_generator.seed_seq.generate_state(1)[0])}


@group(f"the law: RMSE below {PASSES} on held-out ratings of a data set drawn afresh", 2, RmseBelow(PASSES))
def passes(rng):
    """100,000 synthetic ratings, drawn for this check. The model learns from 80 %; the RMSE is measured on the rest."""
    yield from of_the_judgement(rng)


@group(f"RMSE below {FULL_MARKS}", 2, RmseBelow(FULL_MARKS))
def full_marks(rng):
    """The same ratings, a stricter bound."""
    yield from of_the_judgement(rng)


def praise(runs):
    rmse = training_of(runs[passes.name][0]).held_out
    measured = f"On ratings that it never saw, the RMSE is {rmse:.3f}."
    if rmse >= PRAISED:
        return measured
    return f"{measured} That is below {PRAISED}: very well tuned. There is hardly anything left to gain with this model."


@mistake(
    title="The steps are too large",
    message="Each step overshoots. The next error is larger, the next step larger still, and the numbers explode or never settle. With such "
    "settings, no number of epochs helps.",
    next_step="Divide lr by 10, look at the first epochs, and watch the training RMSE fall. A large reg times lr has the same effect.",
    recognise=lambda runs: training_of(runs[0]).diverged or runs[0].outcome.value["lr"] >= 0.1,
    also=(lambda seed: {"n_factors": 20, "lr": 0.2, "reg": 0.1, "n_epochs": 20},),
)
def diverging(seed):
    return {"n_factors": 20, "lr": 1.0, "reg": 0.1, "n_epochs": 20}


@mistake(
    title="It has learned the training ratings by heart",
    message="The training RMSE is far below the RMSE on held-out ratings: the model fits chance as well as taste. This is overfitting. It looks "
    "best where it was trained, and only there.",
    next_step="Raise reg, or stop earlier, or take fewer factors. Plot the RMSE on a validation part by epoch, and see where it turns upwards.",
    recognise=lambda runs: training_of(runs[0]).gap > 0.15,
    also=(
        lambda seed: {"n_factors": 100, "lr": 0.01, "reg": 0, "n_epochs": 80},
        lambda seed: {"n_factors": 20, "lr": 0.05, "reg": 0.02, "n_epochs": 40},
    ),
)
def overfitting(seed):
    return {"n_factors": 50, "lr": 0.01, "reg": 0.02, "n_epochs": 40}


def still_falls(runs):
    """The training RMSE, for the step size, was still falling fast when the training ended."""
    found = training_of(runs[0])
    return found.last_drop > max(0.15 * runs[0].outcome.value["lr"], 1e-9)


@mistake(
    title="The training ended too early",
    message="In the last epoch the training RMSE was still falling at a good pace, and the RMSE on held-out ratings is hardly above it. The model "
    "has not yet learned what it could: too few epochs, or steps so small that it gets nowhere.",
    next_step="Take more epochs, or a larger lr, and look at the curve: stop where it is flat.",
    recognise=still_falls,
    also=(
        lambda seed: {"n_factors": 20, "lr": 1e-5, "reg": 0.1, "n_epochs": 200},
        lambda seed: {"n_factors": 20, "lr": 0.0001, "reg": 0.1, "n_epochs": 60},
    ),
)
def underfitting(seed):
    return {"n_factors": 20, "lr": 0.01, "reg": 0.1, "n_epochs": 1}


@mistake(
    title="The regularization holds everything at zero",
    message="Training and held-out RMSE are nearly equal, both are high, and the curve is flat: more epochs change nothing. The biases and factors "
    "are pulled towards zero so strongly that they cannot even follow what the model sees.",
    next_step="Divide reg by 10 and compare on a validation part.",
    recognise=lambda runs: training_of(runs[0]).gap < 0.06 and runs[0].outcome.value["reg"] >= 0.3 and not still_falls(runs),
    also=(lambda seed: {"n_factors": 50, "lr": 0.005, "reg": 10, "n_epochs": 60},),
)
def over_regularized(seed):
    return {"n_factors": 20, "lr": 0.01, "reg": 1.0, "n_epochs": 40}


def best_settings(seed):
    """Found by a search on a validation part; good for every set of this law, so the seed plays no part."""
    return {"n_factors": 20, "lr": 0.01, "reg": 0.1, "n_epochs": 40}


def few_factors(seed):
    return {"n_factors": 2, "lr": 0.01, "reg": 0.05, "n_epochs": 50}


def as_numpy_scalars(seed):
    return {"n_epochs": np.int64(45), "n_factors": np.int32(50), "reg": np.float32(0.1), "lr": np.float64(0.01)}


def whole_numbers_as_floats(seed):
    return dict(n_factors=10.0, lr=0.02, reg=0.12, n_epochs=30.0)


def as_grid_search_gives_it(seed):
    """An entry of a list, picked by its error; stopped early in place of a strong regularization."""
    tried = [(0.93, {"n_factors": 50, "lr": 0.01, "reg": 0.02, "n_epochs": 12}), (1.1, {})]
    return min(tried, key=lambda pair: pair[0])[1]


exercise = Exercise(
    number="5.8",
    is_value=True,
    task=f"A dict with the keys n_factors, lr, reg and n_epochs. Biased factors are trained with it on a data set drawn afresh: an RMSE below "
    f"{PASSES} on held-out ratings passes, below {FULL_MARKS} is full marks.",
    reference=best_settings,
    groups=(passes, full_marks),
    praise=praise,
    mistakes=(diverging, overfitting, underfitting, over_regularized),
    hints=(
        "Which of the four did the pictures above show to matter most? Change one at a time, and compare on a validation part.",
        "Too little reg and too many epochs: learned by heart. Too much reg, too few epochs: learned too little. Search in between, in factors of "
        "2 or 3, not in steps of 0.001.",
        "Take the learning rate of lesson 03's race that fell calmly, a few dozen epochs, 10 to 50 factors, and try reg = 0.03, 0.1 and 0.3.",
    ),
    variants=(few_factors, as_numpy_scalars, whole_numbers_as_floats, as_grid_search_gives_it),
)
