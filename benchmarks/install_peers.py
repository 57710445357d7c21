"""Install the libraries that the estimators are measured beside, one by one, so that one that fails stops no other.

`python -m benchmarks.install_peers`, in an environment of its own: LensKit needs an older pandas than the course.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

LENSKIT = "lenskit>=2025.8"
NEEDED = "matplotlib", "numba", "numpy", "pandas", "rich"


def requirements():
    """→ (what every measurement needs, the peers), as pip wants them."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    needed = [r for r in project["dependencies"] if r.startswith(NEEDED) and not r.startswith("pandas")]
    return [*needed, "pandas>=2.2"], [*project["optional-dependencies"]["bench"], LENSKIT]


def install(*packages):
    """→ whether pip managed."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*pip, *packages]).returncode == 0


def main():
    needed, peers = requirements()
    if not install(*needed):
        raise SystemExit("The benchmark itself cannot be installed.")
    for peer in peers:
        print(f"{peer}: {'installed' if install(peer) else 'not installed, and left out of the benchmark'}", flush=True)


if __name__ == "__main__":
    main()
