"""The download, against a server on loopback: a good file, a wrong hash, a cut connection, no network."""

import hashlib
import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mfref import download
from mfref.ratings import DataError

ITEMS = "1|Fog (1995)|01-Jan-1995||x|" + "|".join("0100000000000000001") + "\n"
USERS = "1|24|M|technician|85711\n"
DATA = "1\t1\t5\t100\n"


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as z:
        for name, text in (("u.data", DATA), ("u.item", ITEMS), ("u.user", USERS)):
            z.writestr(f"ml-100k/{name}", text)
    return file.getvalue()


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.server.cut else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server that holds a small ml-100k, which counts as the published one."""
    body = archive()
    published = {"ml-100k": (f"sha256:{hashlib.sha256(body).hexdigest()}", 1)}
    files = {"u.data": DATA, "u.item": ITEMS, "u.user": USERS}
    monkeypatch.setattr(download, "ARCHIVES", published)
    monkeypatch.setattr(download, "FILES_100K", {n: hashlib.md5(t.encode()).hexdigest() for n, t in files.items()})
    http = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    http.body, http.cut = body, False
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield http
    http.shutdown()
    http.server_close()


def fetch(server, home):
    return download.published("ml-100k", home, f"http://127.0.0.1:{server.server_address[1]}/")


def test_good_file_is_fetched_once_with_progress(server, tmp_path, capfd):
    data = fetch(server, tmp_path)
    assert len(data.ratings) == 1
    assert data.items["title"].tolist() == ["Fog (1995)"]
    assert "%" in capfd.readouterr().err
    server.body = b"the server is not asked again"
    assert len(fetch(server, tmp_path).ratings) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["ml-100k"]


@pytest.mark.parametrize("fault", ["wrong hash", "cut half-way"])
def test_bad_download_is_refused_and_leaves_nothing(server, tmp_path, fault):
    if fault == "wrong hash":
        server.body = server.body[:-1] + b"!"
    else:
        server.cut = True
    with pytest.raises(DataError, match="could not be downloaded") as caught:
        fetch(server, tmp_path)
    assert "Two ways out" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_offline(server, tmp_path):
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError) as caught:
        download.published("ml-100k", tmp_path, f"http://127.0.0.1:{port}/")
    message = str(caught.value)
    assert "connect to the internet" in message
    assert f"put the unpacked folder ml-100k into {tmp_path}" in message
    assert "synthetic-100k" in message


def test_old_cache_that_is_not_the_published_file(server, tmp_path):
    fetch(server, tmp_path)
    file = tmp_path / "ml-100k" / "u.data"
    file.write_text(DATA.replace("5", "4"))
    with pytest.raises(DataError, match="is not the published file") as caught:
        fetch(server, tmp_path)
    assert str(file) in str(caught.value)
    assert "Delete" in str(caught.value)
    file.unlink()
    with pytest.raises(DataError, match="is missing"):
        fetch(server, tmp_path)


def test_a_set_cut_short(server, tmp_path, monkeypatch):
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    (folder / "ratings.dat").write_text("1::1::5::100\n")
    monkeypatch.setattr(download, "ARCHIVES", {"ml-1m": ("md5:0", 1_000_209)})
    with pytest.raises(DataError, match="1 ratings, but ml-1m was published with 1,000,209"):
        download.published("ml-1m", tmp_path)
