"""The secret seed of the graded probes: made on first use, kept with the instructor's own files, readable by its owner only."""

import hashlib
import os
import secrets
from pathlib import Path


def path():
    """The file; MFGRADE_CONFIG names another folder. Never inside the course folder."""
    if folder := os.environ.get("MFGRADE_CONFIG"):
        return Path(folder) / "seed"
    from platformdirs import user_config_path

    return user_config_path("mfgrade") / "seed"


def seed():
    """→ the secret, an int. Written once; a new one would change the probes of every later grade."""
    file = path()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = file.with_name(f"seed.{os.getpid()}")
        fd = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w") as opened:
            opened.write(f"{secrets.randbits(128)}\n")
        try:
            os.link(scratch, file)  # fails when another process was first
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    return int(file.read_text())


def exercise_seed(secret, name):
    """→ the seed of one exercise's probes, the same for every student."""
    return int.from_bytes(hashlib.sha256(f"{secret}:{name}".encode()).digest()[:16], "big")
