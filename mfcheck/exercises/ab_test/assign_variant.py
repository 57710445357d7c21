"""assign_variant: who sees which list, by a salted hash."""

import hashlib

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfcheck.rules import Values
from mfref import ab_test

SALTS = ("first-page", "list of July", "Ä2")


@group("the law: odd or even, by the SHA-256 of salt:user_id", points=2)
def numbers_as_ids(rng):
    """Twenty users in each of three experiments, then the first twelve users again; salts with a space, and with an umlaut."""
    ids = [int(n) for n in rng.choice(10_000, 20, replace=False)]
    for salt in (*SALTS, SALTS[0]):
        for user_id in ids[: 20 if salt != SALTS[0] else 12]:
            yield {"user_id": user_id, "salt": salt}
    for user_id in ids[:12]:
        yield {"user_id": user_id, "salt": SALTS[0]}


@group("ids of text, and 17 as a number and as a text", points=1)
def texts_as_ids(rng):
    """Ids such as u17 and mail addresses; a number and the same number as a text."""
    for n in rng.choice(10_000, 16, replace=False):
        yield {"user_id": int(n), "salt": "text-ids"}
        yield {"user_id": str(n), "salt": "text-ids"}
        yield {"user_id": f"u{n}", "salt": "text-ids"}
        yield {"user_id": f"anna.{n}@example.org", "salt": "text-ids"}


def hexdigest(text, algorithm=hashlib.sha256):
    return algorithm(text.encode()).hexdigest()


def by_text(text_of, algorithm=hashlib.sha256):
    """→ an `assign_variant` that hashes another text, or by another algorithm."""
    return lambda user_id, salt: int(hexdigest(text_of(user_id, salt), algorithm), 16) % 2


def salt_and_id(user_id, salt):
    return f"{salt}:{user_id}"


def by_digits(choose):
    """→ an `assign_variant` that looks at a part of the hexadecimal number only."""
    return lambda user_id, salt: choose(hexdigest(f"{salt}:{user_id}"))


def answers(runs):
    """→ dict (user_id, salt) → the answers given. Raises TypeError for answers that are no numbers."""
    found = {}
    for run in runs:
        key = run.arguments["user_id"], run.arguments["salt"]
        found.setdefault(key, []).append(int(run.outcome.value))
    return found


def first_group(runs):
    return [run for run in runs if run.arguments["salt"] in SALTS]


def changes_from_call_to_call(runs):
    """The same user in the same experiment gets both variants."""
    return any(len(set(given)) > 1 for given in answers(first_group(runs)).values())


def keeps_but_differs(runs):
    """A steady answer of 0 and 1, which depends on the salt: a hash, though another one."""
    given = answers(first_group(runs))
    steady = all(len(set(values)) == 1 and values[0] in (0, 1) for values in given.values())
    by_salt = [[values[0] for (_, salt), values in given.items() if salt == one] for one in SALTS]
    mixed = all(0 < sum(values) < len(values) for values in by_salt)
    wrong = Values().first_difference(ab_test.assign_variant, exercise, first_group(runs))
    return bool(steady and mixed and by_salt[1] != by_salt[2] and wrong)


@mistake(
    title="The salt plays no part",
    message="Only the id was hashed. Then the same people are in B in every experiment, and whatever the last experiment did to them is still at work in the next one.",
    next_step="Hash the salt together with the id, as `salt:user_id`.",
    also=(by_text(lambda user_id, salt: f":{user_id}"), by_text(lambda user_id, salt: f"salt:{user_id}")),
)
def salt_ignored(user_id, salt):
    return by_text(lambda user_id, salt: str(user_id))(user_id, salt)


@mistake(
    title="The user plays no part",
    message="Only the salt was hashed, so everybody is in the same variant, and there is nothing to compare.",
    next_step="Hash the id together with the salt, as `salt:user_id`.",
    also=(by_text(lambda user_id, salt: f"{salt}:user_id"),),
)
def only_the_salt(user_id, salt):
    return by_text(lambda user_id, salt: salt)(user_id, salt)


@mistake(
    title="Odd ids and even ids",
    message="The variant is the id's last bit. That splits the same way in every experiment, and ids are not given at random: in many systems odd and even numbers mean something. "
    "An id that is a text has no last bit at all.",
    next_step="Take the last bit of the hash, not of the id.",
    also=(lambda user_id, salt: int("".join(c for c in str(user_id) if c.isdigit())) % 2,),
)
def parity_of_the_id(user_id, salt):
    return user_id % 2


@mistake(
    title="Salt and id are exchanged",
    message="The text was `user_id:salt`. It would serve as well, but everybody who takes part must build the same text, or the website and the analysis put people into different "
    "variants.",
    next_step="The salt comes first.",
)
def order_exchanged(user_id, salt):
    return by_text(lambda user_id, salt: f"{user_id}:{salt}")(user_id, salt)


@mistake(
    title="There is no colon between salt and id",
    message="Salt and id were joined directly. Then user 23 of the experiment `list1` and user 3 of `list12` are the same text.",
    next_step="Build the text as the task says, with a colon between.",
    also=(by_text(lambda user_id, salt: f"{salt}-{user_id}"), by_text(lambda user_id, salt: f"{salt}: {user_id}")),
)
def no_colon(user_id, salt):
    return by_text(lambda user_id, salt: f"{salt}{user_id}")(user_id, salt)


@mistake(
    title='17 and "17" are not the same',
    message="A number is right, but a text went in with its quotes. An id that is a number in one table and a text in another then falls into different variants, and one person sees both lists.",
    next_step="Turn the id into text with `str` or an f-string, not with `repr`.",
    also=(by_text(lambda user_id, salt: salt + ":" + (str(user_id) if isinstance(user_id, int) else f'"{user_id}"')),),
)
def quotes_hashed(user_id, salt):
    return by_text(lambda user_id, salt: f"{salt}:{user_id!r}")(user_id, salt)


@mistake(
    title="A and B are exchanged",
    message="Even numbers gave 1 and odd numbers 0. All who were meant to keep what they have would see the new list.",
    next_step="The variant is the number modulo 2.",
)
def exchanged(user_id, salt):
    return 1 - ab_test.assign_variant(user_id, salt)


@mistake(
    title="Letters in place of 0 and 1",
    message='The variants were named "A" and "B". The task asks for 0 and 1, which can be used to count and to choose from arrays.',
    next_step="Return the number itself.",
)
def letters(user_id, salt):
    return "AB"[ab_test.assign_variant(user_id, salt)]


@mistake(
    title="Only the beginning of the number was read",
    message="The hash has 64 hexadecimal digits, and a part of them was used. That splits as evenly, but not as the others who take part do: whether a number is odd stands in its last digit.",
    next_step="Read all 64 digits as one number.",
    also=tuple(by_digits(lambda digits, n=n: int(digits[:n], 16) % 2) for n in (2, 4, 6, 8, 10, 12, 15, 16, 32)),
)
def first_digits(user_id, salt):
    return by_digits(lambda digits: int(digits[:1], 16) % 2)(user_id, salt)


@mistake(
    title="Small and large in place of even and odd",
    message="The number was compared with the middle of its range. That is a fair coin, too, but another one than the task's: A is even, B is odd.",
    next_step="Take the number modulo 2.",
    also=(by_digits(lambda digits: int(int(digits, 16) < 2**255)),),
)
def halves(user_id, salt):
    return by_digits(lambda digits: int(digits, 16) >> 255)(user_id, salt)


@mistake(
    title="A coin is tossed at every visit",
    message="The same user in the same experiment gets now one variant, now the other. Who comes back sees another list each time, and no click can be put down to either.",
    next_step="Draw nothing. Compute the variant from salt and id, so that it is the same always.",
    recognise=changes_from_call_to_call,
)
def drawn_at_random(user_id, salt):
    return int(np.random.default_rng().integers(2))


@mistake(
    title="Python's own `hash` was used",
    message="`hash` of a text begins with a secret that each Python process draws for itself. After a restart, and on every other machine, everybody is dealt out anew.",
    next_step="Use `hashlib.sha256`, which gives the same number everywhere and for ever.",
    also=(
        lambda user_id, salt: hash((salt, user_id)) % 2,
        lambda user_id, salt: hash((user_id, salt)) % 2,
        lambda user_id, salt: hash(f"{salt}{user_id}") % 2,
        lambda user_id, salt: hash(f"{user_id}{salt}") % 2,
        lambda user_id, salt: hash(f"{user_id}:{salt}") % 2,
        lambda user_id, salt: hash((salt, str(user_id))) % 2,
    ),
)
def pythons_hash(user_id, salt):
    return hash(f"{salt}:{user_id}") % 2


@mistake(
    title="Another hash than the task's",
    message="Your variants are steady and depend on the salt, yet they are not those of the task: another algorithm, or another text. If they come from Python's `hash`, they change with "
    "every process.",
    next_step="Compare `hashlib.sha256(text.encode()).hexdigest()` for one user by hand, and print the text.",
    recognise=keeps_but_differs,
    also=(by_text(salt_and_id, hashlib.sha1), by_text(lambda user_id, salt: f"{salt}/{user_id}")),
)
def another_hash(user_id, salt):
    return by_text(salt_and_id, hashlib.md5)(user_id, salt)


def from_bytes(user_id, salt):
    digest = hashlib.sha256(bytes(str(salt) + ":" + str(user_id), "utf-8")).digest()
    return int.from_bytes(digest, "big") % 2


def last_bit(user_id, salt):
    return np.uint8(hashlib.sha256(f"{salt}:{user_id}".encode()).digest()[-1] & 1)


def in_two_steps(user_id, salt):
    print(user_id)
    hashed = hashlib.sha256(str(salt).encode())
    hashed.update(b":")
    hashed.update(str(user_id).encode())
    return float(int(hashed.hexdigest(), 16) & 1)


def is_odd(user_id, salt):
    return 1 if hashlib.new("sha256", ":".join([salt, str(user_id)]).encode()).hexdigest()[-1] in "13579bdf" else 0


exercise = Exercise(
    number="14.1",
    task='Return 0 (A) or 1 (B): the SHA-256 of the text "salt:user_id", its 64 hexadecimal digits read as a whole number, modulo 2.',
    reference=ab_test.assign_variant,
    groups=(numbers_as_ids, texts_as_ids),
    mistakes=(
        salt_ignored,
        only_the_salt,
        parity_of_the_id,
        order_exchanged,
        no_colon,
        quotes_hashed,
        exchanged,
        letters,
        first_digits,
        halves,
        drawn_at_random,
        pythons_hash,
        another_hash,
    ),
    hints=(
        "Which text names this user in this experiment, and no other? A hash turns a text into a number that looks drawn at random and is always the same.",
        "`hashlib.sha256` wants bytes: `text.encode()`. Its `.hexdigest()` is a text of 64 digits. Which function reads a text as a number of base 16?",
        'With `digits = hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest()`, the number is `int(digits, 16)`. Is it odd?',
    ),
    variants=(from_bytes, last_bit, in_two_steps, is_odd),
)
