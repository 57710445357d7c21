"""Code as a sequence of tokens in which only the structure is left: for comparing submissions."""

import builtins
import io
import keyword
import re
import tokenize
from dataclasses import dataclass, field

from mfgrade import names

BUILTIN = {*dir(builtins), *keyword.kwlist}
LEFT_OUT = {tokenize.NL, tokenize.ENCODING, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
NAME, TEXT, END = "a name", "a text", "end of line"


@dataclass(frozen=True)
class Code:
    """`tokens`: the student's own, names and texts normalised, in an order that does not depend on that of the functions.

    `lines`: line number → its tokens. `identifiers`, `comments`: the student's own, as written.
    """

    source: str
    tokens: tuple = ()
    lines: dict = field(default_factory=dict)
    identifiers: frozenset = frozenset()
    comments: frozenset = frozenset()


def normalised(source, released=""):
    """→ Code: what is left of a cell without the released text, docstrings, comments and the choice of names.

    What cannot be read as Python is taken word by word.
    """
    given = {"".join(line.split()) for line in released.splitlines()} - {""}
    own = {number for number, line in enumerate(source.splitlines(), 1) if "".join(line.split()) not in given}
    tree = names.parse(source)
    local = names.bound(tree) if tree else None
    tokens = read(source)
    comments = [token for token in tokens if token.type == tokenize.COMMENT and token.start[0] in own]
    code = [token for token in tokens if token.type != tokenize.COMMENT]
    kept = [token for token in without_docstrings(code) if token.start[0] in own]
    lines = {}
    for before, token in zip([None, *kept], kept, strict=False):
        if word := normal(token, before, local):
            lines.setdefault(token.start[0], []).append(word)
    lines = {number: tuple(words) for number, words in lines.items() if words != [END]}
    return Code(source, in_order(lines, tree), lines, own_identifiers(kept, local, released), own_comments(comments))


def read(source):
    """→ the tokens of a cell; words where Python's own tokenizer gives up."""
    try:
        return [one for one in tokenize.generate_tokens(io.StringIO(source).readline) if one.type not in LEFT_OUT]
    except (tokenize.TokenError, SyntaxError):
        return [one for number, line in enumerate(source.splitlines(), 1) for one in words_of(line, number)]


def words_of(line, number):
    code, sign, comment = line.partition("#")
    for found in re.finditer(r"(\w+)|[^\w\s]", code):
        kind = tokenize.NAME if found[1] and not found[1][0].isdigit() else tokenize.OP
        yield tokenize.TokenInfo(kind, found[0], (number, found.start()), (number, found.end()), line)
    if sign:
        yield tokenize.TokenInfo(tokenize.COMMENT, sign + comment, (number, len(code)), (number, len(line)), line)


def without_docstrings(tokens):
    """Drop every text that is a statement of its own."""
    starts = [k == 0 or tokens[k - 1].type == tokenize.NEWLINE for k in range(len(tokens))]
    ends = [k + 1 == len(tokens) or tokens[k + 1].type == tokenize.NEWLINE for k in range(len(tokens))]
    return [
        token
        for token, starting, ending in zip(tokens, starts, ends, strict=True)
        if not (token.type == tokenize.STRING and starting and ending)
    ]


def normal(token, before, local):
    """The token as it is compared: what the student named is a name, an attribute or a function of a library is itself."""
    if token.type == tokenize.NEWLINE:
        return END
    if token.type == tokenize.STRING:
        return TEXT
    if token.type == tokenize.NAME and not (before and before.string == "."):
        is_local = token.string in local if local is not None else token.string not in BUILTIN
        return NAME if is_local else token.string
    return token.string.strip()


def in_order(lines, tree):
    """The tokens of all lines, statement by statement at the top level, short ones first."""
    starts = [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) for node in tree.body] if tree else []
    blocks = {}
    for number, words in sorted(lines.items()):
        blocks.setdefault(sum(start <= number for start in starts), []).extend(words)
    return tuple(word for block in sorted(blocks.values(), key=lambda words: (len(words), words)) for word in block)


def own_identifiers(tokens, local, released):
    known = BUILTIN | set(re.findall(r"\w+", released))
    found = {token.string for token in tokens if token.type == tokenize.NAME and len(token.string) > 2}
    return frozenset(name for name in found - known if local is None or name in local)


def own_comments(comments):
    texts = {" ".join(token.string.lstrip("#").split()) for token in comments}
    return frozenset(text for text in texts if len(text) > 8)
