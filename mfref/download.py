"""Published MovieLens sets: found in the data folder, or downloaded once, with progress and a checked hash.

The sets are GroupLens's (https://grouplens.org/datasets/movielens/); their licence forbids handing them on.
"""

import hashlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from mfref.ratings import DataError

BASE_URL = "https://files.grouplens.org/datasets/movielens/"

# name: (hash of the zip file as published, number of ratings)
ARCHIVES = {
    "ml-100k": ("md5:0e33842e24a9c977be4e0107933c0723", 100_000),
    "ml-1m": ("md5:c4d9eecfca2ab87c1945afe126590906", 1_000_209),
    "ml-latest-small": ("sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436", 100_836),
    "ml-32m": ("md5:d472be332d4daa821edc399621853b57", 32_000_204),
}
FILES_100K = {
    "u.data": "6e47046882bad158b0efbb84cd5cb987",
    "u.item": "c9e7f390115d79079537301d5204f3f7",
    "u.user": "1b53539edc13caad0282c8500608a319",
}


def published(name, data_home=None, base_url=BASE_URL):
    """→ the published set `name` as `Ratings`, from `data_home`/`name`, downloaded first when absent.

    data_home: a folder; None is the user's cache folder. Raises DataError when the set is absent and
    cannot be downloaded, when a download does not match its published hash, and when the files on disk
    are not those that were published.
    """
    import pooch

    from mfref.movielens import read_path

    home = Path(data_home).expanduser() if data_home else Path(pooch.os_cache("mfref"))
    folder = home / name
    if not folder.is_dir():
        _download(name, home, base_url)
    if name == "ml-100k":
        _check_files(folder)
    data = replace(read_path(folder), name=name)
    n_found, n_published = data.n_ratings, ARCHIVES[name][1]
    if n_found != n_published:
        raise DataError(f"{folder}: {n_found:,} ratings, but {name} was published with {n_published:,}. {_fetch_again(folder)}")
    return data


def _check_files(folder):
    for file, md5 in FILES_100K.items():
        path = folder / file
        if not path.is_file():
            raise DataError(f"{path} is missing. {_fetch_again(folder)}")
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != md5:
            raise DataError(
                f"{path} is not the published file (its MD5 is not {md5}): changed, or cut short. {_fetch_again(folder)}"
            )


def _fetch_again(folder):
    return f"Delete {folder} and load the set again to download it anew."


def _download(name, home, base_url):
    """Fetch, verify and unpack into a temporary folder beside the final one; the last step is one rename."""
    import pooch

    url = f"{base_url}{name}.zip"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=f".{name}-") as scratch:
            pooch.retrieve(
                url,
                known_hash=ARCHIVES[name][0],
                fname=f"{name}.zip",
                path=scratch,
                processor=pooch.Unzip(extract_dir="unpacked"),
                downloader=pooch.HTTPDownloader(progressbar=True, timeout=30),
            )
            unpacked = Path(scratch) / "unpacked" / name
            if not unpacked.is_dir():
                raise ValueError(f"the archive holds no folder {name}")
            unpacked.chmod(0o755)
            shutil.move(unpacked, home / name)
    except Exception as error:
        raise DataError(_no_download(name, home, url, error)) from error


def _no_download(name, home, url, error):
    reason = str(error).split("\n")[0]
    return (
        f"{name} is not in {home} and could not be downloaded from {url} ({type(error).__name__}: {reason[:160]}). "
        f"Two ways out: connect to the internet and try again, or put the unpacked folder {name} into {home} "
        f"(another folder: set MFREF_DATA_HOME). To go on without it: load_ratings('synthetic-100k')."
    )
