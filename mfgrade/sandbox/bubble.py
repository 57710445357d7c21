"""The bubblewrap command: what of this machine a submission sees, and as whom it runs.

No network, its own process numbers, a read-only system, a throw-away home and /tmp, an empty environment. bubblewrap
itself starts with an empty environment too: `--clearenv` would leave the caller's readable in /proc/1/environ.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/student",
    "USER": "student",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NBGRADER_EXECUTION": "autograde",
}
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
COURSE_PACKAGES = ("mfref", "mfcheck", "mfgrade")
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")


class NoSandbox(Exception):
    """This machine cannot isolate a submission; the message says what is missing and what to do."""


def find_bubblewrap():
    """→ path of bwrap. Raises NoSandbox when it is missing or may not be used."""
    path = shutil.which("bwrap")
    if path is None:
        raise NoSandbox(
            "bubblewrap is not installed. Submissions are other people's code and are not run without it. Install it "
            "(Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; it exists for Linux only). "
            "To grade without protection all the same: --no-sandbox."
        )
    probe = subprocess.run(
        [path, "--unshare-all", "--ro-bind", "/", "/", "true"], env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if probe.returncode:
        raise NoSandbox(
            f"bubblewrap cannot make a sandbox here: {probe.stderr.strip()}. Unprivileged user namespaces may be switched off "
            "(sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns). "
            "`mfgrade doctor` tells more. To grade without protection all the same: --no-sandbox."
        )
    return path


def command(bwrap, room, files):
    """→ (options, program, uid): the sandbox with the folder `room` on the import path and the submission's `files`.

    The options go to bubblewrap over a pipe (`--args`), so that its command line tells nothing. uid: whom the runner must become
    by itself, when the caller is root and can therefore not use a user namespace's limits; else None.
    """
    is_root = os.geteuid() == 0
    argv = ["--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    argv += ["--unshare-cgroup-try", "--hostname", "sandbox"]
    if is_root:
        argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        argv += ["--unshare-user", "--disable-userns"] if _can_disable_userns(bwrap) else ["--unshare-user"]
    for folder in SYSTEM_FOLDERS:
        argv += _system(folder)
    for file in SYSTEM_FILES:
        argv += ["--ro-bind-try", file, file]
    argv += ["--proc", "/proc", "--dev", "/dev", "--size", "16000000", "--tmpfs", "/dev/shm"]
    argv += ["--perms", "1777", "--size", "64000000", "--tmpfs", "/tmp"]
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix)):
        if not prefix.startswith("/usr/") and prefix != "/usr":
            argv += [*_parents(inside(prefix)), "--ro-bind", prefix, inside(prefix)]
    argv += hidden_packages()
    argv += [
        "--ro-bind",
        str(room),
        "/grader",
        "--dir",
        "/home",
        "--perms",
        "0777",
        "--size",
        "64000000",
        "--tmpfs",
        "/home/student",
    ]
    if files is not None:
        argv += ["--ro-bind", str(files), "/submission"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    argv += ["--remount-ro", "/", "--chdir", "/home/student"]
    return (
        argv,
        [inside(sys.executable), "-I", "-B", "-c", start_code("/grader")],
        (1_000_000_000 + os.getpid() if is_root else None),
    )


def start(bwrap, options, program):
    """→ the running bubblewrap, with pipes to the program inside, started in an empty environment."""
    text = b"".join(option.encode() + b"\0" for option in options)
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        fd = file.fileno()
        return subprocess.Popen(
            [bwrap, "--args", str(fd), "--", *program], env={}, cwd="/", pass_fds=[fd], start_new_session=True, **PIPES
        )


def start_code(room):
    """Isolated mode ignores PYTHONPATH and the current folder; the room comes first by hand."""
    return f"import sys; sys.path.insert(0, {room!r}); import runner; runner.main()"


def inside(path):
    """→ the path inside the sandbox: a virtual environment, which may lie in the course's folder, is /python there."""
    is_venv = sys.prefix != sys.base_prefix and Path(sys.prefix) in (Path(path), *Path(path).parents)
    return str(Path("/python", *Path(path).parts[len(Path(sys.prefix).parts) :])) if is_venv else str(path)


def hidden_packages():
    """Cover the course's own packages, wherever they are installed, and what says where they are."""
    argv = []
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *filter(os.path.isdir, sys.path)}:
        if not any(folder.startswith(prefix) for prefix in (sys.prefix, sys.base_prefix, "/usr")):
            continue
        for path in Path(folder).iterdir():
            if path.is_dir() and (path.name in COURSE_PACKAGES or path.name.startswith("matrix_factorization_course-")):
                argv += ["--tmpfs", inside(path)]
            elif path.is_file() and "matrix_factorization_course" in path.name:
                argv += ["--ro-bind", os.devnull, inside(path)]
    return argv


def _parents(path):
    """Make the folders above readable: bubblewrap would make them for their owner only."""
    return [part for parent in reversed(Path(path).parents) if parent != Path("/") for part in ("--dir", str(parent))]


def _system(folder):
    path = Path(folder)
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), folder]
    return ["--ro-bind", folder, folder] if path.is_dir() else []


def _can_disable_userns(bwrap):
    helped = subprocess.run([bwrap, "--help"], env={}, capture_output=True, text=True).stdout
    return "--disable-userns" in helped
