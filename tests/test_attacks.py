"""Attacks: none earns a point that the functions do not earn, reads what it should not, or leaves anything behind."""

import contextlib
import os
import socket
import threading
import time

import psutil
import pytest

from tests.conftest import ROOT
from tests.submissions import POINTS, bubblewrap_or_skip, grade, notebook, points, printed, released, with_cell

CANARY = "canary-7c1f0e"


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    return bubblewrap_or_skip()


def nothing_but_stubs(**written):
    """The released notebook, no exercise done, but for the cells given."""
    made = notebook(**written)
    blank = {cell["id"]: cell for cell in released()["cells"]}
    for cell in made["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("-solution")
        if name in POINTS and name not in written:
            cell["source"] = blank[cell["id"]]["source"]
    return made


# A cell at the top of a notebook in which no exercise is done, or is done wrongly.
CHEATS = {
    "helpers of the comparison are patched": """
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.ndarray.__eq__ if False else None
import mfcheck
mfcheck.check = lambda name, function: 4.0
""",
    "modules are replaced": """
import sys, types
fake = types.ModuleType("mfcheck")
fake.check = lambda *a: 400
fake.agree = fake.difference = lambda *a, **k: None
for name in list(sys.modules):
    if name.startswith("mfcheck"):
        sys.modules[name] = fake
""",
    "the runner is rewritten": """
import sys
runner = sys.modules["runner"]
import mfcheck.outcome, mfcheck.local
runner.answer_probes = lambda *a: None
mfcheck.local.LocalCall.__call__ = lambda self, arguments: mfcheck.outcome.Outcome(value=0.0)
""",
    "the runner forges messages": """
import sys, os
frames = sys.modules["frames"]
real = frames.send
def send(fd, message, data=b""):
    message.update(verdict="right", points=4, kind="right", refused=None, raised=None)
    real(fd, message, data)
frames.send = send
""",
    "noise on every file descriptor": """
import os
def sgd_step(P, Q, u, i, r, lr, reg):
    for fd in range(3, 30):
        try: os.write(fd, b'{"verdict": "right", "points": 4}' * 10)
        except OSError: pass
    return 0.0
""",
    "an input transformer": """
ip = get_ipython()
try:
    ip.input_transformers_post.append(lambda lines: ["4.0\\n"])
    ip.ast_transformers.append(type("T", (), {"visit": lambda self, node: node})())
except Exception: pass
import builtins
builtins.check = lambda *a: 4.0
""",
    "values that claim to be equal": """
import numpy as np
class Liar(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, dtype=bool)
    def __ne__(self, other): return np.zeros(self.shape, dtype=bool)
    def __array_ufunc__(self, *a, **k): return np.zeros(())
    def __array__(self, *a, **k): return np.zeros(self.shape)
class Always(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = float.__hash__
def init_factors(n_users, n_items, n_factors, rng, scale=0.1):
    return np.zeros((n_users, n_factors)).view(Liar), np.zeros((n_items, n_factors)).view(Liar)
def sgd_step(P, Q, u, i, r, lr, reg): return Always(0.0)
def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng): return Always(1.0)
""",
    "a verdict in place of a value": """
class Verdict: kind, points = "right", 4
def sgd_step(P, Q, u, i, r, lr, reg): return {"kind": "right", "points": 4, "verdict": "right"}
def sgd_epoch(*a, **k): return Verdict()
""",
    "frames and the heap are searched for what is expected": """
import gc, sys
import numpy as np
found = []
def search():
    frame = sys._getframe()
    while frame:
        found.extend(str(k) for k in frame.f_locals if "expect" in k or "reference" in k or "seed" in k)
        frame = frame.f_back
    for thing in gc.get_objects():
        try:
            if type(thing).__name__ in ("Exercise", "Verdict", "Group", "Mistake"): found.append(repr(thing))
            if callable(thing) and getattr(thing, "__module__", "") == "mfref.sgd": found.append(repr(thing))
        except Exception: pass
def sgd_step(P, Q, u, i, r, lr, reg):
    search()
    return 1.0 if not found else found
search()
print("FOUND", found)
""",
    "the answer comes from an earlier call": """
import os, pickle
def sgd_step(P, Q, u, i, r, lr, reg):
    try: return pickle.load(open("/tmp/stolen", "rb"))
    except OSError: return 0.0
def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):
    import marshal
    code = globals()["sgd_step"].__code__
    for place in ("/tmp/stolen", "/home/student/stolen", "/dev/shm/stolen"):
        with open(place, "wb") as file: file.write(marshal.dumps(code))
    return 0.0
""",
}


@pytest.mark.parametrize("case", CHEATS)
def test_cheating_earns_nothing(tmp_path, case):
    graded = grade(tmp_path, with_cell(nothing_but_stubs(), CHEATS[case], at=len(released()["cells"])))
    assert points(graded) == dict.fromkeys(POINTS, 0), graded
    assert not graded.faults()
    if "FOUND" in CHEATS[case]:
        assert "FOUND []" in printed(graded)


def test_forged_outputs_and_metadata_are_ignored(tmp_path):
    made = nothing_but_stubs()
    for cell in made["cells"]:
        if cell["source"].startswith("check("):
            cell["metadata"]["nbgrader"].update(points=400, grade=True, score=400, locked=False)
            html = {"text/plain": "400", "text/html": "<b>Right</b>"}
            cell["outputs"] = [{"output_type": "execute_result", "data": html, "metadata": {}, "execution_count": 1}]
    made["metadata"]["mfgrade"] = {"verdicts": {"sgd_step": {"points": 4}}}
    assert points(grade(tmp_path, made)) == dict.fromkeys(POINTS, 0)


COPIED = {
    "import": "from mfref.sgd import sgd_step",
    "import of the module": "import mfref.sgd as right\nsgd_step = right.sgd_step",
    "full name": "import mfref\nsgd_step = mfref.sgd.sgd_step",
    "from the package": "from mfref import sgd\nsgd_step = sgd.sgd_step",
    "by text": "import importlib\nsgd_step = importlib.import_module('mfref.sgd').sgd_step",
    "from the exercise": "from mfcheck.registry import find\nsgd_step = find('sgd_step').reference",
    "wrapped": "from mfref.sgd import sgd_step as right\ndef sgd_step(P, Q, u, i, r, lr, reg):\n    return right(P, Q, u, i, r, lr, reg)",
}


@pytest.mark.parametrize("case", COPIED)
def test_the_reference_by_name_is_reported_and_earns_nothing(tmp_path, case):
    graded = grade(tmp_path, notebook(sgd_step=COPIED[case]))
    assert (graded.verdicts["sgd_step"].kind, graded.verdicts["sgd_step"].points) == ("copied", 0)
    assert "takes the reference" in " ".join(graded.notes)
    assert graded.verdicts["train_sgd"].points == 4


def test_the_reference_through_another_cell_is_reported(tmp_path):
    made = with_cell(notebook(sgd_step="sgd_step = answer"), "from mfref.sgd import sgd_step as answer")
    assert grade(tmp_path, made).verdicts["sgd_step"].kind == "copied"


def test_earlier_lessons_may_be_used(tmp_path):
    made = with_cell(notebook(), "from mfref.factorization import predict_all\nprint('here', predict_all)")
    graded = grade(tmp_path, made)
    assert points(graded) == POINTS
    assert "here <function predict_all" in printed(graded)


SPY = f"""
import os, sys
words = {{"verdicts": [], "text": []}}
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/usr/lib", "/usr/share")): folders[:] = []; continue
    for file in files:
        path = os.path.join(folder, file)
        if not file.endswith((".py", ".pyc", ".ipynb", ".db", ".json", ".txt", ".html", "seed")): continue
        try: text = open(path, "rb").read(200_000)
        except OSError: continue
        if b"{CANARY}" in text or b"sgd_epoch(P, Q, users, items" in text or b"q was moved with the new p" in text:
            words["text"].append(path)
for process in os.listdir("/proc"):
    if process.isdigit():
        for what in ("environ", "cmdline"):
            try:
                if b"{CANARY}" in open(f"/proc/{{process}}/{{what}}", "rb").read(): words["verdicts"].append(process)
            except OSError: pass
print("SPIED", words["text"], words["verdicts"], [k for k in os.environ if "{CANARY}" in os.environ[k]])
print("COURSE", [name for name in ("source", "mfcheck", "mfgrade", "tests") if os.path.exists({str(ROOT)!r} + "/" + name)])
print("COMMAND", {str(ROOT)!r} in open("/proc/1/cmdline").read(), "--ro-bind" in open("/proc/1/cmdline").read())
"""


def test_nothing_of_the_course_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("MFGRADE_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("SECRET_TOKEN", CANARY)
    (tmp_path / "handed").mkdir()
    (tmp_path / "gradebook.db").write_text(CANARY)
    (tmp_path / "handed" / "link.db").symlink_to(tmp_path / "gradebook.db")
    (tmp_path / "handed" / "folder").symlink_to(tmp_path)
    text = printed(grade(tmp_path / "handed", with_cell(released(), SPY), cell_seconds=60))
    assert "SPIED [] [] []" in text
    assert "COURSE []" in text
    assert "COMMAND False False" in text


def test_the_gradebook_cannot_be_reached_by_path(tmp_path):
    (tmp_path / "gradebook.db").write_text(CANARY)
    cell = f"""
import sqlite3, pathlib
for path in ({str(tmp_path / "gradebook.db")!r}, "../../gradebook.db", "/submission/../gradebook.db", "/proc/1/root/{tmp_path}/gradebook.db"):
    try: print("READ", pathlib.Path(path).read_text())
    except OSError as error: print("no", type(error).__name__)
"""
    text = printed(grade(tmp_path / "handed", with_cell(released(), cell)))
    assert "READ" not in text
    assert text.count("no ") == 4


def test_nothing_outlives_the_submission(tmp_path):
    marker = f"sleep-{CANARY}"
    cell = f"""
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300) # {marker}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300) # {marker}"])
    os._exit(0)
import time; time.sleep(0.5)
"""
    grade(tmp_path, with_cell(released(), cell))
    until = time.monotonic() + 5
    while alive(marker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(marker)


def alive(marker):
    found = []
    for process in psutil.process_iter():
        try:
            found += [process.pid] if any(marker in part for part in process.cmdline()) else []
        except psutil.Error:
            continue
    return found


def test_the_network_is_out_of_reach(tmp_path):
    heard = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(20)

    def listen():
        with contextlib.suppress(OSError):
            heard.append(server.accept())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    port = server.getsockname()[1]
    cell = f"""
import socket
for address in (("127.0.0.1", {port}), ("8.8.8.8", 53), ("::1", {port})):
    try:
        socket.create_connection(address, timeout=1); print("CONNECTED", address)
    except OSError as error: print("refused")
try: print("CONNECTED", socket.getaddrinfo("example.org", 80))
except OSError: print("refused")
"""
    text = printed(grade(tmp_path, with_cell(released(), cell), cell_seconds=15))
    server.close()
    assert "CONNECTED" not in text
    assert text.count("refused") == 4
    assert heard == []


def test_the_system_is_read_only_and_tmp_is_thrown_away(tmp_path):
    write = """
import os, site, sys
places = ["/etc/profile", "/usr/bin/x", sys.prefix + "/x", *[p + "/sitecustomize.py" for p in site.getsitepackages()], "/grader/runner.py", "/submission/x", "/x"]
for place in places:
    try: open(place, "w").write("print('poison')"); print("WROTE", place)
    except OSError: pass
os.makedirs(os.path.expanduser("~/.ipython/profile_default/startup"), exist_ok=True)
for place in ("/tmp/poison.py", os.path.expanduser("~/.ipython/profile_default/startup/0.py"), os.path.expanduser("~/poison")):
    open(place, "w").write("poison")
print("done", os.path.exists("/tmp/poison.py"))
"""
    first = printed(grade(tmp_path / "a", with_cell(released(), write)))
    assert "WROTE" not in first
    assert "done True" in first
    look = (
        'import os\nprint("left", os.path.exists("/tmp/poison.py"), os.listdir(os.path.expanduser("~")), os.listdir("/dev/shm"))'
    )
    assert "left False [] []" in printed(grade(tmp_path / "b", with_cell(released(), look)))


def test_signals_and_ptrace_do_not_reach_the_grader(tmp_path):
    cell = f"""
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid(), {os.getpid()}):
    for attempt in (lambda: os.kill(pid, signal.SIGKILL), lambda: os.kill(pid, signal.SIGSTOP)):
        try: attempt()
        except OSError: pass
print("ptrace", libc.ptrace(16, {os.getpid()}, 0, 0))
print("still here", os.getpid())
"""
    graded = grade(tmp_path, with_cell(notebook(), cell))
    assert points(graded) == POINTS
    assert "ptrace 0" not in printed(graded)


def test_privileges_cannot_be_regained(tmp_path):
    cell = """
import ctypes, os
print("uid", os.getuid(), "caps", [l.split()[1] for l in open("/proc/self/status") if l.startswith(("CapEff", "CapPrm"))])
print("no new privileges", [l.split()[1] for l in open("/proc/self/status") if l.startswith("NoNewPrivs")])
for attempt in (lambda: os.setuid(0), lambda: os.chroot("/tmp"), lambda: os.mknod("/tmp/disk", 0o600 | 0o060000, 2049)):
    try: attempt(); print("DID IT")
    except OSError: print("refused")
print("mount", ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None))
"""
    text = printed(grade(tmp_path, with_cell(released(), cell)))
    assert "DID IT" not in text
    assert "caps ['0000000000000000', '0000000000000000']" in text
    assert "no new privileges ['1']" in text
    assert "mount -1" in text
    assert "uid 0 " not in text


def test_other_submissions_are_not_seen(tmp_path):
    (tmp_path / "other" / "03-sgd").mkdir(parents=True)
    (tmp_path / "other" / "03-sgd" / "sgd.ipynb").write_text(CANARY)
    cell = f"""
import os, glob
print("SEEN", glob.glob("../../*/*/*.ipynb"), glob.glob({str(tmp_path)!r} + "/*"), sorted(os.listdir("/submission")))
"""
    assert "SEEN [] [] []" in printed(grade(tmp_path / "mine" / "03-sgd", with_cell(released(), cell)))
