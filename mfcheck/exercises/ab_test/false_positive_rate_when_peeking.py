"""false_positive_rate_when_peeking: what comes of looking every day and stopping at the first success."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.ab_test._frequencies import often_as
from mfcheck.exercises.ab_test._peeking import answer, at_any, comes_of, is_rate, of, peek, whole
from mfcheck.rules import EachRun, Facts
from mfref import ab_test
from mfref.ab_test import two_proportion_test


def problem(rng, **given):
    p = float(rng.choice([0.3, 0.4, 0.5]))
    generator = np.random.default_rng(rng.integers(2**32))
    return {"p": p, "n_per_look": 20, "n_looks": 8, "alpha": 0.05, "n_experiments": 2000, "rng": generator, **given}


def rate_facts(runs):
    (run,) = runs
    n = run.arguments["n_experiments"]
    looks = run.arguments["n_looks"]
    return {
        f"with {looks} look{'s' if looks > 1 else ''}, the share of alarmed experiments is what it should be": often_as(
            answer(run) * n, n, of(run.arguments)
        )
    }


@group("the law: the share of experiments with an alarm at any look", 3, EachRun(rate_facts))
def many_experiments(rng):
    """2,000 experiments with one look, with eight, and with four at another level."""
    yield problem(rng, n_looks=1)
    yield problem(rng, p=float(rng.choice([0.11, 0.12])), n_per_look=40)
    yield problem(rng, n_looks=4, n_per_look=30, alpha=0.2)


def edge_facts(runs):
    (run,) = runs
    p, n = run.arguments["p"], run.arguments["n_experiments"]
    share = answer(run)
    facts = {"the share is a number of experiments, divided by n_experiments": bool(abs(share * n - round(share * n)) < 1e-3)}
    if p in (0, 1):
        facts["where nobody clicks or everybody, there is no alarm"] = share == 0
    return facts


@group("few experiments, and no clicks or nothing but clicks", 1, EachRun(edge_facts))
def small_ones(rng):
    """p = 0 and p = 1; a single experiment; seven experiments."""
    yield problem(rng, p=0.0, n_experiments=20)
    yield problem(rng, p=1.0, n_experiments=20)
    for n in (1, 7, 7, 7):
        yield problem(rng, n_experiments=n)


def draw_facts(runs):
    first, *again = (answer(run) for run in runs[:6])
    return {
        "the same generator state gives the same share": all(share == first for share in again),
        "another generator gives another share": len({answer(run) for run in runs[5:]}) > 1,
    }


@group("drawn by rng", 1, Facts(draw_facts))
def many_generators(rng):
    """The same generator six times, then six others."""
    arguments, seed = problem(rng, n_experiments=300, n_looks=4, alpha=0.3), int(rng.integers(2**32))
    for s in (*[seed] * 6, *range(seed + 1, seed + 7)):
        yield {**arguments, "rng": np.random.default_rng(s)}


def of_one_look(n_per_look, look):
    return n_per_look


def root_of_size(variance):
    """The size of the root that Python gives of a number below 0: a complex one."""
    return np.sqrt(np.abs(variance))


@mistake(
    title="Only the last look counts",
    message="One test was made, after all users had come. That is how it should be done in practice, and its rate is alpha. The task asks about those who look earlier, too, and stop as soon as they like what they see.",
    next_step="Test at each look with the clicks so far. An experiment is alarmed if any of its looks is.",
    recognise=lambda runs: is_rate(lambda arguments: of(arguments, "last"))(runs) and whole(runs),
)
def last_look_only(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(lambda alarms: alarms[:, -1].mean())(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="Every look begins anew",
    message="Each look tested only the users who came since the last one. Whoever peeks at a running experiment sees all its clicks so far. Looks that share most of their data agree more often, so your rate is too "
    "high.",
    next_step="Add up the clicks from look to look, and the users, too.",
    recognise=is_rate(lambda arguments: of(arguments, "fresh")),
)
def fresh_data_each_look(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(accumulate=False, users=of_one_look)(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="The share of looks, not of experiments",
    message="All alarms were counted and divided by all looks. An experiment is stopped at its first alarm, so one alarm in any of its looks is enough: it counts once.",
    next_step="Ask of each experiment whether any of its looks is alarmed, and divide by n_experiments.",
    recognise=lambda runs: is_rate(lambda arguments: of(arguments, "mean"))(runs) and not whole(runs),
)
def share_of_looks(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(lambda alarms: alarms.mean())(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="All looks must be alarmed",
    message="An experiment was counted only if every look was significant. Who peeks stops at the first one that is.",
    next_step="Use `any`, not `all`.",
    recognise=is_rate(lambda arguments: of(arguments, "all")),
)
def alarmed_at_all(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(lambda alarms: alarms.all(axis=1).mean())(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="alpha was divided by the number of looks",
    message="Each look was tested at alpha / n_looks. That is a remedy against peeking, the one of Bonferroni. The task asks how bad it is without a remedy.",
    next_step="Compare each p-value with alpha itself.",
    recognise=is_rate(lambda arguments: of(arguments, alpha=arguments["alpha"] / arguments["n_looks"])),
)
def corrected(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(level=lambda a: a / n_looks)(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="alpha is halved once more",
    message="Each p-value was compared with alpha / 2. The p-value of `two_proportion_test` has both tails in it already.",
    next_step="Compare the p-value with alpha.",
    recognise=is_rate(lambda arguments: of(arguments, alpha=arguments["alpha"] / 2)),
)
def halved_again(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(level=lambda a: a / 2)(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="The silent experiments were counted",
    message="The share is that of the experiments without any alarm. A false positive is an alarm.",
    next_step="Count the experiments in which some look is significant.",
    recognise=is_rate(lambda arguments: 1 - of(arguments)),
)
def silent_counted(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(lambda alarms: 1 - at_any(alarms))(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="A number, not a share",
    message="The alarmed experiments were counted, and not divided. A rate lies between 0 and 1.",
    next_step="Divide by n_experiments.",
    recognise=is_rate(of, scale=lambda run: run.arguments["n_experiments"]),
)
def number_of_experiments(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return int(peek(lambda alarms: alarms.any(axis=1).sum())(p, n_per_look, n_looks, alpha, n_experiments, rng))


@mistake(
    title="Percent in place of a share",
    message="The rate is a hundred times too large. A share lies between 0 and 1.",
    next_step="Do not multiply by 100.",
    recognise=is_rate(of, scale=lambda run: 100),
)
def percent(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(lambda alarms: 100 * at_any(alarms))(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="The clicks add up, the users do not",
    message="The clicks of all looks so far were compared with the users of one look. The shares grow beyond what is possible, and the test is of something that never happened.",
    next_step="At look number l, each variant has l · n_per_look users.",
    recognise=comes_of(peek(users=of_one_look), peek(users=of_one_look, root=root_of_size)),
    also=(peek(users=of_one_look, root=root_of_size),),
)
def users_not_added(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek(users=of_one_look)(p, n_per_look, n_looks, alpha, n_experiments, rng)


@mistake(
    title="`rng` is not what draws",
    message="The same `rng` gives another rate at every call: the numbers come from `np.random`. Nobody could repeat your result.",
    next_step="Call the methods of the argument: `rng.binomial(…)` or `rng.random(…)`.",
)
def global_generator(p, n_per_look, n_looks, alpha, n_experiments, rng):
    generator = np.random.default_rng(np.random.randint(2**31))
    return ab_test.false_positive_rate_when_peeking(p, n_per_look, n_looks, alpha, n_experiments, generator)


@mistake(
    title="A seed is fixed inside the function",
    message="The rate is the same at every call, whatever `rng` is: a generator with a fixed seed is made inside.",
    next_step="Use the argument `rng` and make no generator of your own.",
)
def fixed_seed(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return ab_test.false_positive_rate_when_peeking(p, n_per_look, n_looks, alpha, n_experiments, np.random.default_rng(0))


def user_by_user(p, n_per_look, n_looks, alpha, n_experiments, rng):
    alarms = 0
    for _ in range(n_experiments):
        clicks_a = clicks_b = n = 0
        for _ in range(n_looks):
            clicks_a += int(np.sum(rng.random(n_per_look) < p))
            clicks_b += int(np.sum(rng.random(n_per_look) < p))
            n += n_per_look
            if two_proportion_test(clicks_a, n, clicks_b, n)[2] < alpha:
                alarms += 1
                break
    print(alarms)
    return alarms / n_experiments


def all_at_once(p, n_per_look, n_looks, alpha, n_experiments, rng):
    return peek()(p, n_per_look, n_looks, alpha, n_experiments, rng)


def all_users_first(p, n_per_look, n_looks, alpha, n_experiments, rng):
    """All users of an experiment at once, then cut into stretches."""
    stopped = []
    for _ in range(n_experiments):
        users = rng.random((n_looks * n_per_look, 2)) < p
        so_far = users.cumsum(axis=0)[n_per_look - 1 :: n_per_look]
        n = n_per_look * np.arange(1, n_looks + 1)
        stopped.append(min(two_proportion_test(a, m, b, m)[2] for (a, b), m in zip(so_far, n, strict=True)) < alpha)
    return np.mean(stopped)


def looks_outside(p, n_per_look, n_looks, alpha, n_experiments, rng):
    """Look by look, all experiments together; who was alarmed stays alarmed."""
    a = b = np.zeros(n_experiments, dtype=int)
    stopped = np.zeros(n_experiments, dtype=bool)
    for look in range(1, n_looks + 1):
        a, b = a + rng.binomial(n_per_look, p, n_experiments), b + rng.binomial(n_per_look, p, n_experiments)
        n = look * n_per_look
        stopped |= np.array([two_proportion_test(x, n, y, n)[2] <= alpha for x, y in zip(a, b, strict=True)])
    return np.float32(stopped.sum() / n_experiments)


exercise = Exercise(
    number="14.5",
    task="Return the share of n_experiments A/A experiments with p_value < alpha at any of n_looks looks; before each look n_per_look more users come to each variant, "
    "and a look tests all clicks so far.",
    reference=ab_test.false_positive_rate_when_peeking,
    uses=("two_proportion_test",),
    groups=(many_experiments, small_ones, many_generators),
    mistakes=(
        last_look_only,
        fresh_data_each_look,
        share_of_looks,
        alarmed_at_all,
        corrected,
        halved_again,
        silent_counted,
        number_of_experiments,
        percent,
        users_not_added,
        global_generator,
        fixed_seed,
    ),
    hints=(
        "Take one experiment. What does each variant have at the first look, and what at the second? When is the experiment over?",
        "`rng.binomial(n_per_look, p)` draws the clicks of n_per_look users. Add them to those so far, in A and in B, before each test.",
        "At look l both variants have l · n_per_look users. As soon as `two_proportion_test(…)[2] < alpha`, count the experiment and go to the next. At the end divide by n_experiments.",
    ),
    variants=(user_by_user, all_at_once, all_users_first, looks_outside),
)
