"""`python -m mfref.app`: the film page in a browser, for people who need not know Python. One kernel for each visitor."""

import argparse
import os
import socket
import sys
import tempfile
from pathlib import Path

import numpy as np

from mfref.app.serve import serve
from mfref.ratings import DEFAULT, EMBEDDED, PUBLISHED, DataError, load_ratings
from mfref.ship_it import load_model, save_model
from mfref.widgets.ship_it import check_known

PORTS_TRIED = 20


def main(arguments=None):
    options = parser().parse_args(arguments)
    try:
        data = load_ratings(options.data)
        port = free_port(options.port)
        with tempfile.TemporaryDirectory() as folder:
            path = model_file(options.model, data, Path(folder))
            serve(path, wherever(options.data), port, options.warm, options.browser)
    except (DataError, FileNotFoundError, ValueError, OSError) as error:
        sys.exit(f"mfref.app: {error}")


def parser():
    parser = argparse.ArgumentParser(prog="python -m mfref.app", description=__doc__)
    parser.add_argument("--model", help="a file that save_model wrote; without it a model is trained now, in some seconds")
    parser.add_argument("--data", help="the data set that the model was trained on: a name or a folder, as load_ratings takes it")
    parser.add_argument(
        "--port", type=int, default=8866, help="the port on this machine (default %(default)s, or the next free one)"
    )
    parser.add_argument("--warm", type=int, default=2, help="kernels kept ready for the next visitors (default %(default)s)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="do not open a browser")
    return parser


def model_file(path, data, folder):
    """→ the file to serve: the one given, once it has been read and fits the data, or that of a model trained now."""
    if path is not None:
        check_known(load_model(path)["item_ids"], data)
        return Path(path).resolve()
    from mfref.models import MatrixFactorization

    model = MatrixFactorization(n_factors=40, lr=0.01, reg=0.08, n_epochs=40, scale=0.03).fit(data, progress=True)
    arrays = {
        name: np.asarray(getattr(model, f"{name}_")) for name in ("mu", "b_user", "b_item", "P", "Q", "user_ids", "item_ids")
    }
    save_model(folder / "films.npz", arrays)
    return folder / "films.npz"


def wherever(data):
    """→ the data set's name, or its whole path: kernels run in another folder than this command."""
    wanted = data or os.environ.get("MFREF_DATASET") or DEFAULT
    is_name = wanted in EMBEDDED + PUBLISHED
    return wanted if is_name else str(Path(wanted).expanduser().resolve())


def free_port(first):
    """→ the first free port from this one on. Raises OSError if none of PORTS_TRIED is free."""
    for port in range(max(first, 1), min(first + PORTS_TRIED, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port from {first} to {first + PORTS_TRIED - 1} is free: give another with --port.")


if __name__ == "__main__":
    main()
