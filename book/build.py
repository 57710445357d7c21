"""`make book`: the solved lessons as a site that is read from the file system, offline.

The lessons come from `solutions/`, the map from README.md; here stand only the front page's words and the settings.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
RUN = "from jupyter_book.cli.main import main; main()"  # the package has no __main__
MAP_ROW = re.compile(r"^\| (\d\d-[\w-]+) \| (.+?) \| \[`mfref/", re.MULTILINE)


class NotBuilt(Exception):
    """The site cannot be made; the message says why and what to do."""


def write_sources(into):
    """Write what Jupyter Book reads into the folder `into`: lessons, front page, contents, settings, MathJax."""
    lessons = {name: exercises.split(", ") for name, exercises in MAP_ROW.findall((ROOT / "README.md").read_text())}
    paths = {name: _path_of(name) for name in lessons}
    if not lessons or set(lessons) != {path.name for path in (ROOT / "solutions").iterdir() if path.is_dir()}:
        raise NotBuilt("The map in README.md and the folders in solutions/ name different lessons. Mend the map.")
    shutil.copytree(HERE / "assets", into / "assets")
    shutil.copy(mathjax(), into / "assets")
    for name in ("_config.yml", "without_thebe.py"):
        shutil.copy(HERE / name, into)
    rows = ["| lesson | minutes | exercises |", "|---|---|---|"]
    for name, exercises in lessons.items():
        notebook = json.loads(paths[name].read_text(encoding="utf-8"))
        rows.append(_map_row(notebook, paths[name], exercises))
        target = into / paths[name].relative_to(ROOT / "solutions")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(with_folds(notebook)), encoding="utf-8")
    intro = (HERE / "intro.md").read_text(encoding="utf-8").replace("<!-- map -->", "\n".join(rows))
    (into / "intro.md").write_text(intro, encoding="utf-8")
    chapters = "".join(f"  - file: {path.relative_to(ROOT / 'solutions').with_suffix('')}\n" for path in paths.values())
    (into / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nchapters:\n{chapters}", encoding="utf-8")


def _path_of(lesson):
    return ROOT / "solutions" / lesson / f"{lesson[3:].replace('-', '_')}.ipynb"


def _map_row(notebook, path, exercises):
    first = "".join(notebook["cells"][0]["source"])
    title = first.split("\n")[0].removeprefix("# ")
    minutes = re.search(r"about (\d+) minutes", first)[1]
    return f"| [{title}]({path.relative_to(ROOT / 'solutions')}) | {minutes} | {', '.join(f'`{name}`' for name in exercises)} |"


def with_folds(notebook):
    """→ the notebook with every solution folded: code by a tag of MyST-NB, the answer to a question by HTML."""
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "solution" not in tags:
            continue
        if cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [*tags, "hide-input"]
        else:
            answer = "".join(cell["source"])
            cell["source"] = f"<details>\n<summary>Show one answer</summary>\n\n{answer}\n\n</details>"
    return notebook


def mathjax():
    """→ MathJax in one file, which needs no fonts, from the package that brings it. Raises NotBuilt."""
    found = find_spec("sphinx-mathjax-offline")
    if found is None or find_spec("jupyter_book") is None:
        raise NotBuilt("Jupyter Book is not installed: `make book` installs it, or `pip install -e '.[book]'`.")
    return Path(found.origin).parent / "static" / "mathjax" / "tex-svg.js"


def build(into):
    """Build the site as `into`/html, where an earlier one stays until it is done. → its first page. Raises NotBuilt."""
    sources, output = into / "sources", into / "output"
    for folder in (sources, output):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    write_sources(sources)
    command = [sys.executable, "-c", RUN, "build", str(sources), "--path-output", str(output), "-W", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NotBuilt(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}\nJupyter Book could not build the site; see above.")
    site = into / "html"
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(output / "_build" / "html", site)
    return site / "index.html"


def main():
    begin = time.monotonic()
    print("Building the book from solutions/, about a minute …", flush=True)
    try:
        page = build(HERE / "_build")
    except NotBuilt as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"Done in {time.monotonic() - begin:.0f} s. Open {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
