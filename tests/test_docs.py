"""The pages of docs/, tried by doing what they say, literally, in a fresh clone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pages import Block, Doing, NotAsSaid, blocks, clone
from tests.submissions import bubblewrap_or_skip

PAGES = ("authors", "instructors", "readers")
# What a test cannot do, by its first line: it needs a browser, a network, an administrator or a JupyterHub.
NOT_RUN = {
    "authors": [],
    "instructors": [
        "sudo apt install git make python3-venv bubblewrap",
        "make demo",
        "c = get_config()",
        "sudo install -d -m 777 /srv/nbgrader/exchange",
        "nbgrader collect 03-sgd",
        "jupyter lab",
    ],
    "readers": [
        "git clone ADDRESS-OF-THE-COURSE course",
        "MFREF_DATASET=ml-100k make lab",
        "make app",
        "make book",
    ],
}


def page(name):
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("the pages are tried in a clone, and this folder is no git repository")
    if not all((Path(sys.prefix) / mark).exists() for mark in ("course", "test")):
        pytest.skip("the pages begin with the environment that make makes")
    return clone(tmp_path / "course")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_what_it_says(name, course, tmp_path):
    if name != "readers":
        bubblewrap_or_skip()
    (tmp_path / "home").mkdir()
    doing = Doing(course, tmp_path / "home")
    for block in blocks(page(name)):
        if block.more != "not-run":
            doing.do(block)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_not_run_is_known(name):
    found = [block.body.splitlines()[0] for block in blocks(page(name)) if block.more == "not-run"]
    assert found == NOT_RUN[name]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_something_to_do(name):
    text = page(name)
    assert text.count("```") == 2 * len(blocks(text)), "a fence without its end"
    for block, before in zip(blocks(text), [None, *blocks(text)], strict=False):
        known = block.kind == "sh" and re.fullmatch(r"|not-run|status=\d+", block.more)
        known = known or (block.kind == "python" and block.more in ("", "not-run")) or "/" in block.more
        known = known or (block.kind == "text" and before.kind in ("sh", "python", "text") and before.more != "not-run")
        assert known, f"docs/{name}.md, line {block.line}: ```{block.kind} {block.more}"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_short_and_its_links_lead_somewhere(name):
    text = page(name)
    assert len(text.splitlines()) < 300
    prose = "\n".join(line for line in text.splitlines() if not line.startswith(("    ", "```")))
    assert "!" not in re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", prose):
        path = (ROOT / "docs" / target).resolve() if target else ROOT / "docs" / f"{name}.md"
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor[1:] in {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


# --- the trial itself: each way in which a page can be wrong is seen


def do(folder, *made):
    doing = Doing(folder, folder)
    for n, (kind, more, body) in enumerate(made):
        doing.do(Block(kind, more, body, n))
    return doing


def test_blocks_are_found_with_their_lines():
    text = "# A\n\n```sh status=2\nfalse\n```\nwords\n````python a/b.py\n'''x'''\n```\n````\n"
    assert blocks(text) == [Block("sh", "status=2", "false\n", 3), Block("python", "a/b.py", "'''x'''\n```\n", 7)]
    assert [block.status for block in blocks(text)] == [2, 0]


@pytest.mark.parametrize(
    "made",
    [
        [("sh", "", "false\ntrue\n")],
        [("sh", "", "false | true\n")],
        [("sh", "status=2", "exit 1\n")],
        [("sh", "status=2", "true\n")],
        [("python", "", "1 / 0\n")],
        [("sh", "", "echo 3 graded\n"), ("text", "", "4 graded\n")],
        [("sh", "", "echo one; echo two\n"), ("text", "", "two\none\n")],
        [("sh", "", "echo 3 graded, 1 not\n"), ("text", "", "3 graded\n")],
        [("sh", "", "printf 'a\\n' > f\n"), ("diff", "f", "-b\n+c\n")],
        [("sh", "", "printf 'a\\na\\n' > f\n"), ("diff", "f", "-a\n+c\n")],
    ],
)
def test_what_is_not_as_said_fails(made, tmp_path):
    with pytest.raises(NotAsSaid):
        do(tmp_path, *made)


def test_what_is_as_said_passes(tmp_path):
    doing = do(
        tmp_path,
        ("sh", "", "printf '1\\n2\\n3\\n' > f; echo; echo 'took  12 s.'; echo to stderr >&2\n"),
        ("text", "", "took … s.\nto stderr\n"),
        ("diff", "f", " 1\n-2\n+two\n"),
        ("markdown", "notes/a.md", "new\n"),
        ("sh", "status=137", "kill -KILL $$\n"),
        ("sh", "status=7", "echo end; exit 7\n"),
    )
    assert (tmp_path / "f").read_text() == "1\ntwo\n3\n"
    assert (tmp_path / "notes" / "a.md").read_text() == "new\n"
    assert doing.shown == "end\n"


def test_the_clone_has_what_is_not_committed_yet(course):
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--others", "--exclude-standard"], capture_output=True, text=True
    )
    for name in [*listed.stdout.splitlines(), "docs/authors.md", "tests/pages.py"]:
        assert (course / name).read_bytes() == (ROOT / name).read_bytes()
