"""The process inside the sandbox: runs the cells, then answers probes, one forked child an exercise.

It knows no expected value, no seed and no verdict. What it sends is what the submission's functions gave; the grader
decides outside what that is worth. A child of its own for each exercise means that an exercise which hangs, dies or
spoils the namespace does so for itself alone.
"""

import contextlib
import os
import resource
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import frames

GRACE = 3  # seconds after which a child that does not stop by itself is killed


def main():
    commands, answers = own_pipes()
    setup, _ = frames.receive(commands)
    drop_privileges(setup["uid"])
    limit(setup["limits"])
    copy_files(Path("/submission"), Path.cwd())
    from cells import Notebook

    notebook, me = Notebook(setup["limits"]["output"]), os.getpid()
    frames.send(answers, {"ready": True})
    os.dup2(0, 2)  # from here on nobody reads what is written to stderr
    while True:
        try:
            command, data = frames.receive(commands)
        except frames.Closed:
            os._exit(0)
        if command["do"] == "cell":
            outputs = notebook.run(command["number"], command["source"], command["seconds"])
            if os.getpid() != me:
                os._exit(0)  # a process that the cell forked ends with the cell
            frames.send(answers, {"outputs": outputs})
        elif command["do"] == "exercise":
            if setup["isolated"]:
                end_leftovers()
            in_a_child(
                commands, answers, lambda c=command: answer_probes(commands, answers, notebook.namespace, c), command["seconds"]
            )


def own_pipes():
    """The pipes to the grader under numbers of their own; what the submission knows as stdin and stdout leads nowhere."""
    commands, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return commands, answers


def drop_privileges(uid):
    """When the sandbox was made by root: become nobody before anything of the submission runs."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def limit(limits):
    for kind, value in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_size"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def copy_files(source, target):
    """The submission's own files, into the throw-away folder in which it runs."""
    for file in source.iterdir() if source.is_dir() else ():
        (target / file.name).write_bytes(file.read_bytes())


def end_leftovers():
    """End what cells have left running. Only where the process numbers are the sandbox's own: -1 means everybody."""
    if os.getpid() > 10:
        return
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def in_a_child(commands, answers, work, seconds):
    """Run `work` in a forked child, which is killed when it takes far too long; then say how it ended."""
    try:
        child = os.fork()
    except OSError:
        frames.send(answers, {"ended": -1})
        return
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(70)
        os._exit(0)
    until = time.monotonic() + seconds + GRACE
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    frames.send(answers, {"ended": status})


def answer_probes(commands, answers, namespace, command):
    """In the child: answer the grader's calls of one exercise until it says that this was all."""
    from references import references

    from mfcheck.local import LocalCall
    from mfcheck.wire import decode

    exercise = SimpleNamespace(**command["exercise"])
    replaced = references(command["replaced"])
    call = LocalCall(exercise, namespace.get(exercise.name), replaced, seconds=command["seconds"])
    frames.send(answers, {"reads": call.reads, "mentions": call.mentions})
    me = os.getpid()
    while True:
        message, data = frames.receive(commands)
        if message["do"] == "end":
            return
        outcome = call(decode(data))
        if os.getpid() != me:
            os._exit(0)  # a process that the function forked ends with the call
        send_outcome(answers, outcome)


def send_outcome(answers, outcome):
    from mfcheck.wire import encode

    raised = outcome.raised
    message = {
        "refused": outcome.refused,
        "printed": outcome.printed[:2000],
        "raised": raised and [list(raised.types), raised.message[:500], raised.line_number, raised.line[:300]],
    }
    frames.send(answers, message, encode({"value": outcome.value, "after": outcome.after}))


if __name__ == "__main__":
    main()
