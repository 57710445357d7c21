"""simulate_clicks: who looks at which position, and likes what is there."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.ab_test._crowds import N_KINDS, K, all_alike, by_kind, clicks_of, crowd, parts, rates_are
from mfcheck.exercises.ab_test._frequencies import SIGMAS, all_often_as
from mfcheck.rules import Facts
from mfref import ab_test


def law_facts(runs):
    facts = {}
    for run in runs:
        liked, examined = parts(run)
        counts, n = by_kind(run), len(run.arguments["shown"]) // N_KINDS
        for j in range(K):
            sentence = f"position {j} is clicked as often as it is looked at and liked"
            facts[sentence] = facts.get(sentence, True) and all_often_as(counts[:, j], n, examined[j] * liked[:, j])
    return facts


@group("the law: a click where the user looks and likes what is shown there", 3, Facts(law_facts))
def many_alike(rng):
    """1,500 users of each of three kinds, twice."""
    yield crowd(rng)
    yield crowd(rng)


def sure_facts(runs):
    facts = {
        "where nobody looks there is no click": not clicks_of(runs[0])[:, [1, 3]].any(),
        "where all look and all like what is shown, all click": bool(clicks_of(runs[0])[:, [0, 2]].all()),
    }
    clicks, shown = clicks_of(runs[1]), runs[1].arguments["shown"]
    liked = np.take_along_axis(runs[1].arguments["attraction"], shown, axis=1) == 1
    facts["where all look, exactly what is liked is clicked"] = bool((clicks == liked).all())
    return facts


@group("nobody looks, or everybody likes it: no chance is left", 1, Facts(sure_facts))
def sure_things(rng):
    """Positions that nobody or everybody looks at; then items that a user surely likes or surely not. A single user with one position."""
    shown = np.array([rng.permutation(5)[:4] for _ in range(6)])
    yield {
        "attraction": np.ones((6, 5)),
        "shown": shown,
        "examined": np.array([1.0, 0.0, 1.0, 0.0]),
        "rng": np.random.default_rng(1),
    }
    likes = rng.integers(0, 2, (40, 5)).astype(float)
    shown = np.array([rng.permutation(5)[:3] for _ in range(40)])
    yield {"attraction": likes, "shown": shown, "examined": np.ones(3), "rng": np.random.default_rng(rng.integers(2**32))}


def draw_facts(runs):
    first, again, other, large = (clicks_of(run) for run in runs)
    alike = large.reshape(-1, N_KINDS, K).astype(float)
    apart = alike - alike.mean(axis=0)
    together = np.einsum("nkj,nkl->kjl", apart, apart) / np.sqrt(
        np.einsum("kj,kl->kjl", (apart**2).sum(axis=0), (apart**2).sum(axis=0)) + 1e-300
    )
    between = np.abs(together[:, ~np.eye(K, dtype=bool)])
    return {
        "the same generator state gives the same clicks": bool((first == again).all()),
        "another generator gives other clicks": bool((first != other).any()),
        "users who are alike do not all click alike": bool((alike.std(axis=0) > 0).any()),
        "a click on one position says nothing about the next": bool((between < SIGMAS / np.sqrt(len(alike))).all()),
    }


@group("all draws are independent, and by rng", 1, Facts(draw_facts))
def many_generators(rng):
    """The same generator twice, another one; then many users, of whom those of a kind differ by chance only."""
    small, seed = crowd(rng, 30), int(rng.integers(2**32))
    for s in (seed, seed, seed + 1):
        yield {**small, "rng": np.random.default_rng(s)}
    yield crowd(rng)


def liked_by_all(attraction, shown):
    return np.take_along_axis(attraction, shown, axis=1)


def by_columns(liked, examined, run):
    return examined * run.arguments["attraction"][:N_KINDS, :K]


def before_it_none(liked, examined, run):
    p = examined * liked
    return p * np.cumprod(np.column_stack([np.ones(len(p)), 1 - p[:, :-1]]), axis=1)


@mistake(
    title="Everybody looks everywhere",
    message="`examined` plays no part. People read a list from the top and stop somewhere; what stands at the bottom is hardly seen, however good it is.",
    next_step="A click needs both: the look, and the liking.",
    recognise=rates_are(lambda liked, examined, run: liked),
)
def examination_ignored(attraction, shown, examined, rng):
    return rng.random(shown.shape) < liked_by_all(attraction, shown)


@mistake(
    title="Everybody likes everything",
    message="`attraction` plays no part: all lists would get the same clicks, and there would be nothing to compare.",
    next_step="A click needs both: the look, and the liking.",
    recognise=rates_are(lambda liked, examined, run: examined),
)
def attraction_ignored(attraction, shown, examined, rng):
    return rng.random(shown.shape) < examined


@mistake(
    title="The first items, whatever is shown",
    message="Position j got the attraction of item j. What a user sees there is item `shown[u, j]`; your clicks would be the same for every list.",
    next_step="Look up attraction at the item that is shown: `np.take_along_axis`, or `attraction[row, shown]` with a column of row numbers.",
    recognise=rates_are(by_columns),
)
def shown_ignored(attraction, shown, examined, rng):
    return rng.random(shown.shape) < examined * attraction[:, : shown.shape[1]]


@mistake(
    title="Looking or liking",
    message="A click came where the user looks, or else likes what is there. Nobody clicks on what they do not see.",
    next_step='Join the two by "and", or multiply the probabilities.',
    recognise=rates_are(lambda liked, examined, run: 1 - (1 - liked) * (1 - examined)),
)
def either_is_enough(attraction, shown, examined, rng):
    return (rng.random(shown.shape) < examined) | (rng.random(shown.shape) < liked_by_all(attraction, shown))


@mistake(
    title="A threshold in place of chance",
    message="Whoever clicks with a probability above one half clicks always, the others never. People do not: a probability of 0.6 means six clicks in ten visits.",
    next_step="Draw a number between 0 and 1 for each position, and compare it with the probability.",
    recognise=rates_are(lambda liked, examined, run: (examined * liked > 0.5).astype(float)),
)
def threshold(attraction, shown, examined, rng):
    return examined * liked_by_all(attraction, shown) > 0.5


@mistake(
    title="Clicks and no clicks are exchanged",
    message="A click came where the number drawn lies above the probability, so that what is liked least is clicked most.",
    next_step="A number drawn between 0 and 1 lies below p with probability p.",
    recognise=rates_are(lambda liked, examined, run: 1 - examined * liked),
)
def clicks_exchanged(attraction, shown, examined, rng):
    return rng.random(shown.shape) > examined * liked_by_all(attraction, shown)


@mistake(
    title="After the first click nothing more",
    message="Each user stops at the first click. That is another model of clicks, the cascade. Here, all positions are drawn for themselves, and a user may click on several films.",
    next_step="Draw each position, whatever was clicked before it.",
    recognise=rates_are(before_it_none),
)
def first_click_only(attraction, shown, examined, rng):
    clicks = ab_test.simulate_clicks(attraction, shown, examined, rng)
    return clicks & (clicks.cumsum(axis=1) == 1)


@mistake(
    title="The examination counts twice",
    message="The clicks on lower positions are too rare: `examined` was multiplied twice, or squared.",
    next_step="Let a user look once at each position.",
    recognise=rates_are(lambda liked, examined, run: examined**2 * liked),
)
def examined_twice(attraction, shown, examined, rng):
    return rng.random(shown.shape) < examined**2 * liked_by_all(attraction, shown)


@mistake(
    title="One draw for all positions of a user",
    message="One number was drawn for each user, and compared with all positions. Who clicks on the last film then clicks on all that are more likely, too. In the task, all draws are independent.",
    next_step="Draw an array of the shape of `shown`.",
)
def one_draw_for_a_user(attraction, shown, examined, rng):
    return rng.random((len(shown), 1)) < examined * liked_by_all(attraction, shown)


@mistake(
    title="One draw for all users",
    message="One number was drawn for each position, and compared for all users. People who are alike then all click or all do not.",
    next_step="Draw an array of the shape of `shown`.",
    also=(lambda attraction, shown, examined, rng: rng.random() < examined * liked_by_all(attraction, shown),),
    recognise=all_alike,
)
def one_draw_for_all(attraction, shown, examined, rng):
    return rng.random(shown.shape[1]) < examined * liked_by_all(attraction, shown)


@mistake(
    title="`rng` is not what draws",
    message="The same `rng` gives other clicks at every call: the numbers come from `np.random`. Nobody could repeat your experiment.",
    next_step="Call the methods of the argument: `rng.random(…)`.",
)
def global_generator(attraction, shown, examined, rng):
    return np.random.random(shown.shape) < examined * liked_by_all(attraction, shown)


@mistake(
    title="A seed is fixed inside the function",
    message="The clicks are the same at every call, whatever `rng` is: a generator with a fixed seed is made inside. Every day of your experiment would be the same day.",
    next_step="Use the argument `rng` and make no generator of your own.",
)
def fixed_seed(attraction, shown, examined, rng):
    return ab_test.simulate_clicks(attraction, shown, examined, np.random.default_rng(0))


def loop(attraction, shown, examined, rng):
    clicks = []
    for u in range(len(shown)):
        clicks.append([])
        for j in range(len(examined)):
            looks, likes = rng.random() < examined[j], rng.random() < attraction[u][shown[u][j]]
            clicks[u].append(bool(looks and likes))
    print(len(clicks))
    return clicks


def two_draws(attraction, shown, examined, rng):
    looks = rng.uniform(size=shown.shape) <= examined[None, :]
    likes = rng.uniform(size=shown.shape) <= attraction[np.arange(len(shown))[:, None], shown]
    return np.logical_and(looks, likes)


def binomial(attraction, shown, examined, rng):
    rows = np.arange(shown.shape[0]).reshape(-1, 1)
    return rng.binomial(1, attraction[rows, shown] * examined).astype(bool)


def position_by_position(attraction, shown, examined, rng):
    clicks = np.zeros(shown.shape, dtype=bool)
    for j, e in reversed(list(enumerate(examined))):
        p = np.float32(e) * attraction[range(len(shown)), shown[:, j]].astype(np.float32)
        clicks[:, j] = rng.random(len(shown), dtype=np.float32) < p
    return clicks


exercise = Exercise(
    number="14.4",
    task="Return a boolean array of the shape of `shown`: True with probability examined[j] * attraction[u, shown[u, j]] at [u, j], all drawn independently "
    "by rng.",
    reference=ab_test.simulate_clicks,
    groups=(many_alike, sure_things, many_generators),
    mistakes=(
        threshold,
        one_draw_for_all,
        examination_ignored,
        attraction_ignored,
        shown_ignored,
        either_is_enough,
        clicks_exchanged,
        first_click_only,
        examined_twice,
        one_draw_for_a_user,
        global_generator,
        fixed_seed,
    ),
    hints=(
        "For one user and one position: which item is there, how much does the user like it, and how likely is it that the user looks there?",
        "`np.take_along_axis(attraction, shown, axis=1)` has the shape of `shown`: the attraction of what each user sees. Multiply it by `examined`.",
        "A number from `rng.random` lies below p with probability p. `rng.random(shown.shape)` draws one for each position of each user.",
    ),
    variants=(loop, two_draws, binomial, position_by_position),
)
