"""Collecting: whose file it is, which attempt counts, what hostile archives may not do, and that nothing is lost."""

import io
import json
import os
import random
import re
import shutil
import struct
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mfgrade.collect import archives
from mfgrade.collect.archives import read_downloads
from mfgrade.collect.collect import collect
from mfgrade.collect.naming import Label, Nobody, People, key_of_name, read_label
from mfgrade.dates import Dates
from mfgrade.roster import Student, keep_roster
from tests.courses import new_course, run
from tests.downloads import ROSTER, WHEN, archive, utc, work
from tests.submissions import LESSON

LATER = (2026, 3, 2, 10, 0, 0)
OTHER_LESSON = {"cells": [{"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": "rmse-solution"}}}]}


# --- names


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("lovelaceada_11_900_sgd.ipynb", Label("Canvas", "lovelaceada", "sgd.ipynb", "11", False)),
        ("lovelaceada_LATE_11_900_sgd.ipynb", Label("Canvas", "lovelaceada", "sgd.ipynb", "11", True)),
        ("lovelaceada_11_900_sgd-2.ipynb", Label("Canvas", "lovelaceada", "sgd.ipynb", "11", False, 3)),
        ("down/my_name_11_900_my_file_1_2.ipynb", Label("Canvas", "my_name", "my_file_1_2.ipynb", "11", False)),
        ("Ada Lovelace_77_assignsubmission_file_/sgd.ipynb", Label("Moodle", "Ada Lovelace", "sgd.ipynb")),
        ("x/Ada Lovelace_77_assignsubmission_file_/sub/sgd-1.ipynb", Label("Moodle", "Ada Lovelace", "sgd-1.ipynb")),
        ("Ada Lovelace_77_assignsubmission_file_sgd.ipynb", Label("Moodle", "Ada Lovelace", "sgd.ipynb")),
        ("A_B_77_assignsubmission_onlinetext_/onlinetext.html", Label("Moodle", "A_B", "onlinetext.html")),
        ("sgd.ipynb", None),
        ("lovelaceada_sgd.ipynb", None),
        ("lovelaceada_11_sgd.ipynb", None),
        ("", None),
    ],
)
def test_what_a_name_says(path, label):
    assert read_label(path) == label


words = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\_"), min_size=1, max_size=12)


@given(words, st.booleans(), st.integers(0, 10**9), st.integers(0, 10**9), words, st.integers(1, 99))
def test_canvas_names_are_read_back(name, late, user, submission, stem, attempt):
    stem += "x"  # an original that ends in -N cannot be told from a later attempt
    again = f"-{attempt - 1}" if attempt > 1 else ""
    path = f"{name}_{'LATE_' if late else ''}{user}_{submission}_{stem}{again}.ipynb"
    assert read_label(path) == Label("Canvas", name, f"{stem}.ipynb", str(user), late, attempt)


@given(words, st.integers(0, 10**9), words, st.booleans())
def test_moodle_names_are_read_back(name, participant, original, flat):
    path = f"{name}_{participant}_assignsubmission_file_{'' if flat else '/'}{original}"
    assert read_label(path) == Label("Moodle", name, original)


def test_names_match_whatever_platforms_make_of_them():
    assert key_of_name("Zoë Anne") == key_of_name("zoe\u0308  anne ")
    assert key_of_name("O'Brien") == key_of_name("OBrien")
    assert key_of_name("Müller") != key_of_name("Muller")


def test_the_student_of_a_name():
    people = People(ROSTER.values())
    assert people.find(Label("Canvas", "whatever", "", "11")).id == "ada", "the number decides"
    assert people.find(Label("Canvas", "obrienbob", "", "22")).id == "bob"
    assert people.find(Label("Moodle", "zoe\u0308 anne Mu\u0308ller", "")).id == "zoe"
    for label, why in (
        (Label("Canvas", "lovelaceada", "", "99"), "nobody"),  # another Ada: the roster knows ada's number
        (Label("Moodle", "Kim Lee", ""), "twin1 and twin2"),
        (Label("Canvas", "leekim", "", "5"), "canvas_id"),
        (Label("Moodle", "Eve", ""), "moodle_name"),
        (Label("Moodle", "", ""), "nobody"),
    ):
        with pytest.raises(Nobody, match=why):
            people.find(label)
    other = People([Student("ada", "Ada", "Lovelace", moodle_name="Countess", canvas_name="kingada")])
    assert other.find(Label("Moodle", "COUNTESS", "")).id == "ada"
    assert other.find(Label("Canvas", "kingada", "", "1")).id == "ada"


# --- collecting


def gather(root, *sources, dates=None, dry_run=False, minute=0):
    moment = datetime(2026, 4, 1, 12, minute, tzinfo=UTC)
    return collect(root, "submitted", sources, LESSON, ROSTER, dates or Dates(), dry_run, moment=moment)


def handed_in(root):
    """→ student → (the notebook's bytes, timestamp)"""
    found = {}
    for folder in root.glob(f"submitted/*/{LESSON.name}"):
        stamp = folder / "timestamp.txt"
        found[folder.parent.name] = (folder / "sgd.ipynb").read_bytes(), stamp.read_text() if stamp.exists() else None
    return found


def reasons(account):
    return {one.where.partition(": ")[2].rpartition(": ")[2] or one.where: one.why for one in account.left}


def test_a_class_from_canvas(tmp_path):
    source = archive(
        tmp_path / "submissions.zip",
        ("lovelaceada_11_1_sgd-1.ipynb", work("second")),
        ("lovelaceada_11_1_sgd.ipynb", work("first"), LATER),
        ("obrienbob_LATE_22_2_my homework.ipynb", work("bob")),
        ("müllerzoëanne_33_3_report.pdf", b"%PDF"),
        ("müllerzoëanne_33_3_sgd.ipynb", json.dumps(OTHER_LESSON).encode()),
        ("evil_99_9_sgd.ipynb", work("eve")),
        ("readme.txt", b"hello"),
        ("__MACOSX/._x", b""),
    )
    account = gather(tmp_path, source)
    assert handed_in(tmp_path) == {"ada": (work("second"), f"{utc()} UTC"), "bob": (work("bob"), f"{utc()} UTC")}
    assert account.placed["ada"].work.attempt == 2
    assert (account.placed["ada"].late, account.placed["bob"].late) == (False, True)
    assert set(account.missing) == {"zoe", "twin1", "twin2"}
    assert "not collected" in account.missing["zoe"]
    why = reasons(account)
    assert "older attempt of ada" in why["lovelaceada_11_1_sgd.ipynb"]
    assert why["müllerzoëanne_33_3_report.pdf"] == "no notebook"
    assert "05-evaluation" in why["müllerzoëanne_33_3_sgd.ipynb"]
    assert "nobody in the roster" in why["evil_99_9_sgd.ipynb"]
    assert "neither" in why["readme.txt"]
    assert "operating system" in why["__MACOSX/._x"]
    assert len(account.placed) + len(account.left) == 8, "every file is accounted for"
    grave = {one.where.rpartition(": ")[2] for one in account.grave()}
    assert grave == {"müllerzoëanne_33_3_report.pdf", "müllerzoëanne_33_3_sgd.ipynb", "evil_99_9_sgd.ipynb", "readme.txt"}
    (kept,) = account.originals.glob("*/submissions.zip")
    assert kept.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("shape", ["archive", "folder", "flat"])
def test_a_class_from_moodle(tmp_path, shape):
    slash = "" if shape == "flat" else "/"
    names = [f"Ada Lovelace_1_assignsubmission_file_{slash}sgd.ipynb", f"Zoë Anne Müller_2_assignsubmission_file_{slash}x.ipynb"]
    members = [(name, work(name)) for name in names]
    source = archive(tmp_path / "moodle.zip", *members)
    if shape == "folder":
        with zipfile.ZipFile(source) as file:
            file.extractall(tmp_path / "downloads")
        for path in (tmp_path / "downloads").rglob("*.ipynb"):
            os.utime(path, (datetime(*WHEN).timestamp(),) * 2)
        source = tmp_path / "downloads"
    account = gather(tmp_path, source)
    assert handed_in(tmp_path) == {"ada": (work(names[0]), f"{utc()} UTC"), "zoe": (work(names[1]), f"{utc()} UTC")}
    assert not account.left


def test_an_archive_that_a_student_handed_in_is_opened_once(tmp_path):
    inner = archive(tmp_path / "inner", ("work/sgd.ipynb", work("ada")), ("work/notes.py", b"x"), ("again.zip", b"PK"))
    source = archive(tmp_path / "s.zip", ("lovelaceada_11_1_work.zip", inner.read_bytes()), ("obrienbob_22_2_broken.zip", b"PK"))
    for download in (source, tmp_path / "folder"):
        if download.name == "folder":
            with zipfile.ZipFile(source) as file:
                file.extractall(download)
        root = tmp_path / f"course-{download.name}"
        account = gather(root, download)
        assert set(handed_in(root)) == {"ada"}
        why = reasons(account)
        assert why["work/notes.py"] == "no notebook"
        assert "inside an archive inside" in why["again.zip"]
        assert "no archive that can be read" in why["obrienbob_22_2_broken.zip"]


def test_several_notebooks_of_one_student(tmp_path):
    source = archive(
        tmp_path / "s.zip",
        ("lovelaceada_11_1_scratch.ipynb", work("scratch"), LATER),
        ("lovelaceada_11_1_SGD.ipynb", work("right")),
        ("obrienbob_22_1_sgd.ipynb", b"{broken"),
        ("obrienbob_22_1_copy.ipynb", work("copy")),
        ("müllerzoëanne_33_1_sgd.ipynb", b"{broken"),
    )
    account = gather(tmp_path, source)
    assert {who: content for who, (content, _) in handed_in(tmp_path).items()} == {
        "ada": work("right"),
        "bob": work("copy"),
        "zoe": b"{broken",
    }
    assert "another notebook of ada; SGD.ipynb was taken" in reasons(account)["lovelaceada_11_1_scratch.ipynb"]
    assert "JSON" in account.placed["zoe"].work.broken


def test_names_that_differ_only_in_case_and_the_same_name_twice(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        source = archive(
            tmp_path / "s.zip",
            ("lovelaceada_11_1_sgd.ipynb", work("one")),
            ("lovelaceada_11_1_Sgd.ipynb", work("two")),
            ("lovelaceada_11_1_sgd.ipynb", work("three"), LATER),
        )
    account = gather(tmp_path, source)
    assert handed_in(tmp_path)["ada"][0] == work("three")
    assert len(account.left) == 2


# --- once more


def test_collected_again_only_newer_work_replaces_and_the_old_is_kept(tmp_path):
    first = archive(tmp_path / "first.zip", ("lovelaceada_11_1_sgd.ipynb", work("one")))
    assert gather(tmp_path, first).placed["ada"].state == "new"
    (tmp_path / "submitted" / "ada" / LESSON.name / "notes.txt").write_text("by hand")
    assert gather(tmp_path, first).placed["ada"].state == "unchanged"
    assert len(list(tmp_path.glob(".mfgrade/originals/*/*/first.zip"))) == 1, "kept once"

    for name, when, text, state in (
        ("sgd.ipynb", (2026, 2, 1, 0, 0, 0), "older", "not newer"),
        ("sgd.ipynb", WHEN, "as old", "not newer"),
        ("sgd.ipynb", LATER, "newer", "replaced"),
        ("sgd-1.ipynb", WHEN, "second", "replaced"),
        ("sgd.ipynb", LATER, "newer", "not newer"),
    ):
        before = handed_in(tmp_path)
        source = archive(tmp_path / f"{text}.zip", (f"lovelaceada_11_1_{name}", work(text), when))
        assert gather(tmp_path, source, dry_run=True).placed["ada"].state == state
        assert handed_in(tmp_path) == before, "a dry run"
        assert gather(tmp_path, source, minute=len(text)).placed["ada"].state == state
        assert (handed_in(tmp_path)["ada"][0] == work(text)) == (state == "replaced")
    kept = {path.read_bytes() for path in tmp_path.glob(f".mfgrade/originals/{LESSON.name}/replaced/*/ada/sgd.ipynb")}
    assert kept == {work("one"), work("newer")}
    assert list(tmp_path.glob(".mfgrade/originals/*/replaced/*/ada/notes.txt"))


def test_a_submission_that_came_another_way(tmp_path):
    folder = tmp_path / "submitted" / "ada" / LESSON.name
    folder.mkdir(parents=True)
    (folder / "sgd.ipynb").write_bytes(work("by hand"))
    source = archive(tmp_path / "s.zip", ("lovelaceada_11_1_sgd.ipynb", work("one")))
    (folder / "timestamp.txt").write_text("2030-01-01 00:00:00 UTC")
    assert gather(tmp_path, source).placed["ada"].state == "not newer"
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    assert gather(tmp_path, source, dry_run=True).placed["ada"].state == "replaced"
    (folder / "timestamp.txt").write_text("no time")
    assert gather(tmp_path, source).placed["ada"].state == "replaced"


# --- late


def due(hours, **extensions):
    moment = utc() + timedelta(hours=hours)
    spans = {(LESSON.name, who): timedelta(days=days) for who, days in extensions.items()}
    return Dates({LESSON.name: moment.replace(tzinfo=UTC)}, spans)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("mark", "dates", "stamp", "words"),
    [
        ("", due(5), utc(), ""),
        ("", due(-5), utc() - timedelta(hours=5), "not marked late, but its own time is"),
        ("", due(-5, ada=1), utc(), ""),
        ("LATE_", due(-5), utc(), ""),
        ("LATE_", due(5), utc() + timedelta(hours=5) + MINUTE, "marked LATE, but its own time is not: a minute after"),
        ("LATE_", Dates(), utc(), ""),
    ],
)
def test_the_late_mark_becomes_the_timestamp(tmp_path, mark, dates, stamp, words):
    source = archive(tmp_path / "s.zip", (f"lovelaceada_{mark}11_1_sgd.ipynb", work()))
    placed = gather(tmp_path, source, dates=dates).placed["ada"]
    assert placed.stamp == stamp
    assert placed.how.startswith(words)
    assert bool(placed.how) == bool(words)
    assert placed.late == bool(mark)
    assert handed_in(tmp_path)["ada"][1] == f"{stamp} UTC"


def test_moodle_has_no_mark_and_some_files_have_no_time(tmp_path):
    name = "Ada Lovelace_1_assignsubmission_file_/sgd.ipynb"
    placed = gather(tmp_path, archive(tmp_path / "a.zip", (name, work())), dates=due(-5)).placed["ada"]
    assert (placed.stamp, placed.late) == (utc(), True)
    other = tmp_path / "other"
    placed = gather(other, archive(tmp_path / "b.zip", (name, work(), (1980, 1, 1, 0, 0, 0)))).placed["ada"]
    assert placed.stamp is None
    assert handed_in(other)["ada"] == (work(), None)


def test_a_due_date_that_is_set_later_mends_the_timestamp(tmp_path):
    source = archive(tmp_path / "s.zip", ("lovelaceada_LATE_11_1_sgd.ipynb", work()))
    gather(tmp_path, source)
    assert gather(tmp_path, source, dates=due(5)).placed["ada"].state == "new timestamp"
    assert handed_in(tmp_path)["ada"][1] == f"{utc() + timedelta(hours=5) + MINUTE} UTC"


def test_times_in_archives_are_local(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        gather(tmp_path, archive(tmp_path / "s.zip", ("lovelaceada_11_1_sgd.ipynb", work())))
        assert handed_in(tmp_path)["ada"][1] == "2026-03-01 15:00:00 UTC"
    finally:
        monkeypatch.undo()
        time.tzset()


# --- hostile archives


def refused(tmp_path, source):
    """The reasons for what is refused, when ada's good file stands beside it."""
    account = gather(tmp_path / "course", source)
    outside = {p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("*")}
    assert outside <= {"course", source.name}, "nothing is written outside"
    return reasons(account), account


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "C:/x", "c:\\x", "..\\x", "\\\\host\\x"])
def test_members_that_climb_out(tmp_path, name):
    paths = [f"{name}/lovelaceada_11_1_sgd.ipynb", f"{name}/evil_99_1_sgd.ipynb"]
    members = [(path, work()) for path in paths]
    why, account = refused(tmp_path, archive(tmp_path / "s.zip", *members, ("obrienbob_22_1_sgd.ipynb", work())))
    assert set(account.placed) == {"bob"}
    assert list(why.values()) == ["its path leads out of the archive"] * 2
    assert account.grave()


def with_flags(path, change):
    """The archive with something changed in each entry of its directory. change(bytearray, offset)"""
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        change(raw, at)
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(raw)
    return path


def test_links_encrypted_and_damaged_members(tmp_path):
    def link(raw, at):
        raw[at + 5] = 3  # made on Unix
        struct.pack_into("<I", raw, at + 38, 0o120777 << 16)

    def encrypted(raw, at):
        raw[at + 8] |= 1

    def method(raw, at):
        struct.pack_into("<H", raw, at + 10, 99)

    def checksum(raw, at):
        struct.pack_into("<I", raw, at + 16, 12345)

    for change, words in ((link, "link"), (encrypted, "^encrypted$"), (method, "damaged"), (checksum, "damaged")):
        folder = tmp_path / change.__name__
        folder.mkdir()
        why, account = refused(folder, with_flags(archive(folder / "s.zip", ("lovelaceada_11_1_sgd.ipynb", work())), change))
        assert re.search(words, why["lovelaceada_11_1_sgd.ipynb"])
        assert not account.placed
        assert account.grave()


def test_links_and_pipes_in_a_folder_are_not_followed(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(work("secret"))
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    (downloads / "lovelaceada_11_1_sgd.ipynb").symlink_to(secret)
    (downloads / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(downloads / "obrienbob_22_1_sgd.ipynb")
    account = gather(tmp_path / "course", downloads)
    assert not account.placed
    assert set(reasons(account).values()) == {"a link or a special file"}
    assert len(account.left) == 3


def test_bombs(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    monkeypatch.setattr(archives, "MAX_TOTAL", 100_000_000)
    monkeypatch.setattr(archives, "MAX_STUDENT_TOTAL", 5_000_000)
    zeros = b"0" * 10_000_000
    many = archive(tmp_path / "many", *((f"lovelaceada_11_{n}_sgd.ipynb", b"") for n in range(4)))
    thin = archive(tmp_path / "thin", ("lovelaceada_11_1_sgd.ipynb", zeros), ("obrienbob_22_1_sgd.ipynb", work()))
    large = archive(tmp_path / "large", ("lovelaceada_11_1_sgd.ipynb", b"0" * 51_000_000))
    nested = archive(tmp_path / "nested", ("lovelaceada_11_1_all.zip", thin.read_bytes()))
    both = archive(tmp_path / "both", *((f"lovelaceada_11_{n}_sgd.ipynb", b"0" * 49_000_000) for n in range(3)))
    for source, words, placed in (
        (many, "4 files in it, more than 3", set()),
        (thin, "times its size", {"bob"}),
        (large, "51 MB, more than 50 MB", set()),
        (nested, "would unpack to 10 MB, more than 5 MB", set()),
        (both, "would unpack to 147 MB", set()),
    ):
        folder = tmp_path / f"case-{source.name}"
        folder.mkdir()
        source = source.rename(folder / "s.zip")
        why, account = refused(folder, source)
        assert any(words in each for each in why.values()), (why, words)
        assert set(account.placed) == placed


def test_announced_sizes_are_not_believed(tmp_path):
    """A member that announces less than it holds gives no more than announced, and is damaged."""
    source = archive(tmp_path / "s.zip", ("lovelaceada_11_1_sgd.ipynb", b"0" * 1_000_000))
    why, _ = refused(tmp_path, with_flags(source, lambda raw, at: struct.pack_into("<I", raw, at + 24, 10)))
    assert "damaged" in why["lovelaceada_11_1_sgd.ipynb"]


def test_names_that_are_no_utf8(tmp_path):
    source = archive(
        tmp_path / "s.zip", ("XXXX_33_1_sgd.ipynb", work("zoe")), ("YYYYYYYY Anne Z_1_assignsubmission_file_sgd.ipynb", b"x")
    )
    raw = source.read_bytes().replace(b"XXXX", b"m\xfc\xff\xfe").replace(b"YYYYYYYY", "Zoë".encode().ljust(8))
    source.write_bytes(raw)
    account = gather(tmp_path / "course", source)
    assert set(account.placed) == {"zoe"}, "Canvas's number is enough"
    assert any("Zoë" in one.where for one in account.left), "UTF-8 that does not say so is read as UTF-8"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_broken_every_archive_is_accounted_for(tmp_path, data):
    inner = io.BytesIO()
    archive(inner, ("sgd.ipynb", b"{}"), method=zipfile.ZIP_STORED)
    method = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
    members = [("lovelaceada_11_1_sgd.ipynb", b"{}" * 50), ("obrienbob_22_1_w.zip", inner.getvalue())]
    raw = bytearray(archive(tmp_path / "s.zip", *members, method=method).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    (tmp_path / "s.zip").write_bytes(raw)
    root = tmp_path / "course"
    shutil.rmtree(root, ignore_errors=True)
    account = gather(root, tmp_path / "s.zip")
    assert account.placed or account.left
    assert set(account.placed) | set(account.missing) == set(ROSTER)
    assert {path.name for path in tmp_path.iterdir()} <= {"s.zip", "course"}


@given(st.permutations(range(5)), st.integers(0, 10**6))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_order_of_members_does_not_matter(tmp_path, order, seed):
    when = random.Random(seed)
    members = [
        (f"lovelaceada_11_1_sgd{f'-{n}' if n else ''}.ipynb", work(str(n)), (2026, 3, when.randint(1, 28), 0, 0, 0))
        for n in range(5)
    ]
    root = tmp_path / "course"
    shutil.rmtree(root, ignore_errors=True)
    account = gather(root, archive(tmp_path / "s.zip", *(members[n] for n in order)))
    assert handed_in(root)["ada"][0] == work("4")
    assert len(account.left) == 4


def test_every_member_is_yielded_once(tmp_path):
    source = archive(tmp_path / "s.zip", *((f"n{n}_1_1_a.txt", str(n)) for n in range(20)), ("empty/", b""))
    found = list(read_downloads(source))
    assert [member.read() for member in found] == [str(n).encode() for n in range(20)]


# --- the command


def test_the_command(tmp_path):
    course = new_course(tmp_path / "course")
    source = archive(
        tmp_path / "s.zip",
        ("lovelaceada_LATE_11_1_sgd.ipynb", work()),
        ("evil[red]\x1b[31m_9_9_sgd.ipynb", work()),
        ("x\n.txt", b""),
    )
    done = run(course, "collect", str(source), "--lesson", LESSON.name, check=False)
    assert done.returncode == 2
    assert "mfgrade roster" in done.stderr
    keep_roster(course, ROSTER)

    done = run(course, "collect", str(source), "--lesson", LESSON.name, "--dry-run", check=False)
    assert "Dry run" in done.stdout
    assert not (course / "submitted").exists()
    done = run(course, "collect", str(source), f"--lesson={LESSON.name}", check=False, env_more={"COLUMNS": "200"})
    assert done.returncode == 1
    assert set(handed_in(course)) == {"ada"}
    for words in ("Collected: 1", "Missing: 4", "Not collected: 2", "[red]", "late"):
        assert words in done.stdout
    assert "\x1b" not in done.stdout
    assert "2 file(s)" in done.stderr

    for arguments, words in (
        ((str(source),), "Name the lesson"),
        ((str(source), "--lesson=03-sdg"), "Name the lesson"),
        (("missing.zip", "--lesson=03-sgd"), "There is no missing.zip"),
        (("--lesson=03-sgd",), "exchange"),
    ):
        done = run(course, "collect", *arguments, check=False)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_nbgraders_exchange(tmp_path):
    course = new_course(tmp_path / "course")
    keep_roster(course, ROSTER)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\nc.ExchangeCollect.check_owner = False\n")
    inbound = tmp_path / "exchange" / "matrix-factorization" / "inbound"
    folder = inbound / f"ada+{LESSON.name}+2026-03-01 10:00:00 UTC+x"
    folder.mkdir(parents=True)
    (folder / "sgd.ipynb").write_bytes(work("ada"))
    (folder / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    done = run(course, "collect", f"--lesson={LESSON.name}")
    assert handed_in(course) == {"ada": (work("ada"), "2026-03-01 10:00:00 UTC")}
    assert "1 submissions" in done.stdout
    assert "Missing: bob, twin1, twin2, zoe" in done.stdout
