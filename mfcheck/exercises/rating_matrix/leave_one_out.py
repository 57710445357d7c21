"""leave_one_out: hold out what each user did last."""

import warnings

import numpy as np
import pandas as pd

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.exercises.rating_matrix.random_split import masks, partition_facts, parts_of
from mfcheck.exercises.rating_matrix.temporal_split import EachRun, by_mask
from mfref import rating_matrix


def facts(runs):
    users, timestamps = runs[0].arguments["users"], runs[0].arguments["timestamps"]
    train, test = parts_of(runs[0])
    partition = partition_facts(len(users), train, test)
    usable = partition["all positions lie between 0 and the number of ratings minus 1"]
    held_out = sorted(zip(users[test].tolist(), timestamps[test].tolist(), strict=True)) if usable else []
    return {
        **partition,
        "each user has one rating in the test part; these are their users": [user for user, _ in held_out],
        "each held-out rating is its user's latest; these are their times, user after user": [time for _, time in held_out],
    }


def history(rng, counts):
    """So many ratings of each user at distinct times, in random order."""
    users = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    return {"users": users, "timestamps": 880_000_000 + 50 * rng.permutation(len(users))}


@group("the law: of every user the latest rating is held out", 2, EachRun(facts))
def distinct_times(rng):
    """The file is in any order; the last instance comes twice."""
    yield {"users": np.array([0, 1, 0, 1]), "timestamps": np.array([20, 70, 30, 50])}
    yield history(rng, [4, 2, 3])
    twice = history(rng, [7, 5, 9, 6, 8])
    yield from (twice, twice)


@group("two ratings of a user at the same time: one of them is held out", 1, EachRun(facts))
def ties(rng):
    """Either may be held out."""
    yield {"users": np.array([0, 0, 1, 1]), "timestamps": np.array([60, 60, 80, 40])}
    arguments = history(rng, [4, 6, 3])
    yield {**arguments, "timestamps": arguments["timestamps"] // 400 * 400}


@group("users with a single rating, and a user index without any", 1, EachRun(facts))
def single_ratings(rng):
    """A single rating is held out, too; then nothing of that user is left for training."""
    yield {"users": np.array([0, 1, 0]), "timestamps": np.array([90, 20, 70])}
    yield history(rng, [3, 0, 1, 5])


def per_user(pick, keep=lambda mine: True):
    """A split with one part exchanged: which of a user's positions are held out."""

    def leave_one_out(users, timestamps):
        of_each = [np.flatnonzero(users == user) for user in np.unique(users)]
        test = [n for mine in of_each if keep(mine) for n in np.ravel(pick(mine, timestamps[mine]))]
        return np.setdiff1d(np.arange(len(users)), test), np.array(test, dtype=int)

    return leave_one_out


def latest(mine, times):
    return mine[np.argmax(times)]


@mistake(
    title="The first rating is held out",
    message="Of every user the earliest rating is in the test part. The model would be asked about the past, with the future known.",
    next_step="Take the largest timestamp of each user, not the smallest.",
)
def first_held_out(users, timestamps):
    return per_user(lambda mine, times: mine[np.argmin(times)])(users, timestamps)


@mistake(
    title="Last in the file is not last in time",
    message="Of every user the rating that stands last in the file is held out. The file need not be in order of time.",
    next_step="Compare the timestamps.",
)
def last_in_the_file(users, timestamps):
    return per_user(lambda mine, times: mine[-1])(users, timestamps)


@mistake(
    title="Cut over all users",
    message="As many ratings as there are users are held out, the latest of all together. One user has several of them and another none. The task holds out "
    "one of each user.",
    next_step="Look for the latest rating among each user's own ratings.",
)
def cut_over_all_users(users, timestamps):
    order = np.argsort(timestamps, kind="stable")
    n_train = len(users) - len(np.unique(users))
    return order[:n_train], order[n_train:]


@mistake(
    title="A single rating of all",
    message="Only the latest rating of the whole data set is held out. The task asks for one of every user.",
    next_step="Look for the latest rating of each user by itself.",
)
def one_of_all(users, timestamps):
    return by_mask(np.arange(len(users)) == np.argmax(timestamps))


@mistake(
    title="Ratings at the same time are all held out",
    message="Where a user's latest time belongs to two ratings, both are in the test part. Exactly one is held out of every user, either of the two.",
    next_step="Let the comparison with the largest time decide for one position: `np.argmax` gives the first.",
)
def ties_all_held_out(users, timestamps):
    return per_user(lambda mine, times: mine[times == times.max()])(users, timestamps)


@mistake(
    title="Users with a single rating were left out",
    message="Whoever has one rating has a latest one, too: it belongs into the test part. Your function keeps it for training, or drops it.",
    next_step="Treat all users alike.",
    also=(lambda users, timestamps: without_singles(users, timestamps),),
)
def single_ratings_kept(users, timestamps):
    return per_user(latest, keep=lambda mine: len(mine) > 1)(users, timestamps)


def without_singles(users, timestamps):
    train, test = rating_matrix.leave_one_out(users, timestamps)
    return train, test[np.bincount(users)[users[test]] > 1]


@mistake(
    title="Every index up to the largest was expected to have ratings",
    message="A user index without a rating stops your function: there is no largest time of nothing. Such users exist as soon as the data are a part of "
    "something larger.",
    next_step="Go through the users that occur: `np.unique(users)`.",
    also=(lambda users, timestamps: last_of_each_index(users, np.argsort(timestamps)),),
)
def every_index_expected(users, timestamps):
    for user in range(max(users) + 1):
        max(timestamps[users == user])
    return rating_matrix.leave_one_out(users, timestamps)


def last_of_each_index(users, order):
    test = [order[users[order] == u][-1] for u in range(max(users) + 1)]
    return np.setdiff1d(order, test), np.array(test)


@mistake(
    title="Positions among the user's own ratings",
    message="The position was counted within each user's ratings, not in the whole arrays: the third rating of user 5 became position 2. That "
    "is somebody else's rating.",
    next_step="Keep the positions of the user's ratings, `np.flatnonzero(users == u)`, and index these.",
)
def position_within_user(users, timestamps):
    return per_user(lambda mine, times: np.argmax(times))(users, timestamps)


@mistake(
    title="Times in place of positions",
    message="The test part holds each user's largest timestamp. With it nobody can pick out the users, items and ratings that belong to the parts.",
    next_step="Return the positions at which these times stand.",
)
def times_not_positions(users, timestamps):
    return per_user(lambda mine, times: times.max())(users, timestamps)


def drawn_at_random(runs):
    """One of every user, all others for training, and not the same in two calls with the same arguments."""
    same = {}
    for run in runs:
        train, test = parts_of(run)
        users = run.arguments["users"]
        if not all(partition_facts(len(users), train, test).values()) or sorted(users[test]) != sorted(set(users)):
            return False
        same.setdefault((users.tobytes(), run.arguments["timestamps"].tobytes()), set()).add(frozenset(test.tolist()))
    return any(len(parts) > 1 for parts in same.values())


@mistake(
    title="One of each user, but drawn at random",
    message="Two calls with the same arguments gave different parts: chance decides which rating of a user is held out. The task asks for the last one, so that "
    "the model predicts what comes next.",
    next_step="Take the rating with the user's largest timestamp.",
    recognise=drawn_at_random,
)
def random_one(users, timestamps):
    return per_user(lambda mine, times: np.random.choice(mine))(users, timestamps)


@mistake(
    title="Training and test part are exchanged",
    message="The held-out ratings came first. Whoever writes `train, test = leave_one_out(…)` would learn from one rating of each user.",
    next_step="Return the many first, then the held-out ones.",
)
def exchanged(users, timestamps):
    return rating_matrix.leave_one_out(users, timestamps)[::-1]


@mistake(
    title="The parts share ratings",
    message="The held-out ratings are in the training part, too. A model would be tested on what it has learned by heart.",
    next_step="Take the test positions out of the training part.",
)
def parts_share_ratings(users, timestamps):
    return np.arange(len(users)), rating_matrix.leave_one_out(users, timestamps)[1]


@mistake(
    title="True and False in place of positions",
    message="For every rating there is a True or a False. The task asks for positions, so that the length of a part is its size.",
    next_step="Return arrays of positions; `np.flatnonzero` finds those of the True.",
)
def masks_returned(users, timestamps):
    return masks(len(users), rating_matrix.leave_one_out(users, timestamps)[1])


def latest_in_a_dict(users, timestamps):
    last = {}
    for n, (u, t) in enumerate(zip(users, timestamps, strict=True)):
        if u not in last or t > timestamps[last[u]]:
            last[u] = n
    print(last)
    return [n for n in range(len(users)) if n not in last.values()], list(last.values())


def grouped(users, timestamps):
    table = pd.DataFrame({"user": users, "time": timestamps})
    test = table.groupby("user")["time"].idxmax()
    return table.drop(index=test).index.to_numpy(), test


def sorted_and_last_seen(users, timestamps):
    warnings.warn("sorting", stacklevel=1)
    order = np.argsort(timestamps)[::-1]
    _, first = np.unique(users[order], return_index=True)
    return np.delete(order, first).astype(np.int32), order[first]


def ranked(users, timestamps):
    ranks = pd.Series(timestamps).groupby(users).rank(method="first", ascending=False).to_numpy()
    return [np.flatnonzero(ranks > 1), np.flatnonzero(ranks == 1)]


exercise = Exercise(
    number="1.8",
    task="Return (train, test): arrays of positions; `test` holds of every user that occurs the one rating with the largest timestamp (of two at the same "
    "time, either), `train` all the others.",
    reference=rating_matrix.leave_one_out,
    groups=(distinct_times, ties, single_ratings),
    mistakes=(
        first_held_out,
        last_in_the_file,
        cut_over_all_users,
        one_of_all,
        ties_all_held_out,
        single_ratings_kept,
        every_index_expected,
        position_within_user,
        times_not_positions,
        random_one,
        exchanged,
        parts_share_ratings,
        masks_returned,
    ),
    hints=(
        "Begin with one user: at which positions are this user's ratings, and which of them is the latest?",
        "`np.flatnonzero(users == u)` gives the positions of user u, and `np.argmax` of their timestamps says which of these it is. Which users occur? "
        "`np.unique(users)`.",
        "Collect in a loop over `np.unique(users)` the position `mine[np.argmax(timestamps[mine])]` with `mine = np.flatnonzero(users == u)`. That is the test "
        "part; `np.setdiff1d(np.arange(len(users)), test)` is the rest.",
    ),
    variants=(latest_in_a_dict, grouped, sorted_and_last_seen, ranked),
)
