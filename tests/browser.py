"""JupyterLab on loopback and a page of Chromium in it, for the tests in a real browser and for the benchmark of the widgets.

The server has its own configuration, settings and data in a temporary folder: a developer's own do not matter.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser_panels import LivePanel

PATIENCE = 120  # seconds for anything in the page: other tests run beside
CELLS_PATIENCE = 300  # seconds for all cells of a lesson
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
SIZE = {"width": 1300, "height": 1000}
MODEL = "jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON()"
# An error ends the run: the cells after it stay as they are.
ALL_RAN = f"""() => {{
    const cells = {MODEL}.cells.filter(cell => cell.cell_type == 'code' && cell.source.length)
    return cells.every(cell => cell.execution_count) || cells.some(cell => cell.outputs.some(one => one.output_type == 'error'))
}}"""
COUNT = f"{MODEL}.cells.find(cell => cell.id == name).execution_count"
IDLE = """() => {
    const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session?.kernel
    return kernel?.connectionStatus == 'connected' && kernel.status == 'idle'
}"""
PANELS = ".jp-OutputArea-output.jupyter-widgets, .jp-OutputArea-output > .jupyter-widgets"


class NoChromium(LookupError):
    """This machine has none; the message says how to get one."""


def find_chromium(playwright):
    """→ the path of a Chromium, of this machine or Playwright's own. Raises NoChromium."""
    for found in (*map(shutil.which, ("chromium", "chromium-browser", "google-chrome")), playwright.chromium.executable_path):
        if found and Path(found).exists():
            return found
    raise NoChromium("No Chromium on this machine: `apt install chromium`, or `python -m playwright install chromium`.")


@contextmanager
def chromium():
    """A Chromium without a window. → Playwright's Browser. Raises NoChromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(playwright))
        yield running
        running.close()


class Lab:
    """JupyterLab on a free port, in `folder`, where its notebooks are. `state`: where it keeps everything else."""

    def __init__(self, folder, state, **environment):
        self.folder, self.state = Path(folder), Path(state)
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment

    def __enter__(self):
        for name, values in SETTINGS.items():
            self.set(name, values)
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
            "MFCHECK_STATE": "mfcheck",
        }
        environment = {
            **os.environ,
            **{name: str(self.state / folder) for name, folder in own.items()},
            "JUPYTER_TOKEN": self.token,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **self.environment,
        }
        options = ["--no-browser", "--allow-root", f"--port={self.port}", "--ServerApp.port_retries=0"]
        self.log = self.state / "log.txt"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter", "lab", "--expose-app-in-browser", *options],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait_until_it_answers(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return urllib.request.urlopen(f"{self.url}/api", timeout=10)
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()[-3000:]}")

    def set(self, name, values):
        """A setting of JupyterLab, by plugin; it holds from the next load of the page on."""
        path = self.state / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def address(self, path="", view="lab/tree"):
        return f"{self.url}/{view}/{path}?token={self.token}&reset"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NotebookPage:
    """A notebook open in JupyterLab. `page`: Playwright's; `errors`: what the browser's console said of errors."""

    def __init__(self, browser, lab, path, kernel=True):
        """kernel=False: JupyterLab asks for one, since the notebook names none, and is told that none is wanted."""
        self.lab, self.path = lab, path
        self.page = browser.new_page(viewport=SIZE)
        self.page.set_default_timeout(1000 * PATIENCE)
        self.errors = []
        self.page.on("console", lambda said: self.errors.append(f"{said.text} {said.location}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(lab.address(path), timeout=1000 * PATIENCE)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        if not kernel:
            self.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()

    def command(self, name, **arguments):
        return self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args).then(() => 0)", [name, arguments])

    def menu(self, *entries):
        for entry in entries:
            self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def wait_idle(self, seconds=PATIENCE):
        """Until the kernel is there, has been asked all that was to be run, and rests."""
        self.page.wait_for_function(IDLE, timeout=1000 * seconds)
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=1000 * seconds)

    def run_all(self):
        """Run > Run All Cells, and wait until each has run."""
        self.wait_idle()
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(ALL_RAN, timeout=1000 * CELLS_PATIENCE)
        self.wait_idle(CELLS_PATIENCE)

    def cells(self):
        """→ the notebook as it stands in the page, in nbformat's form."""
        return self.page.evaluate(f"() => {MODEL}.cells")

    def save(self):
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
        return self.lab.folder / self.path

    def theme(self, name):
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_selector(f"body[data-jp-theme-name='JupyterLab {name}']", state="attached")

    def resize(self, width, height):
        """A narrow window gets room for the notebook: its file browser is closed, as a reader would."""
        self.page.set_viewport_size({"width": width, "height": height})
        if self.page.evaluate("width => (width < 1000) != jupyterapp.shell.leftCollapsed", width):
            self.command("application:toggle-left-area")

    def screenshot(self, path):
        """The whole notebook from top to bottom, in a window as high as it is."""
        size = self.page.viewport_size
        height = self.page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollHeight") + 120
        self.page.set_viewport_size(size | {"height": min(height, 16000)})
        self.page.locator(".jp-Notebook .jp-Cell").first.scroll_into_view_if_needed()
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)

    def cell(self, name):
        return self.page.locator(".jp-Notebook .jp-Cell").nth([cell["id"] for cell in self.cells()].index(name))

    def run(self, name):
        """Click into a cell's editor, run it by Shift+Enter, wait until it ran. → what stands under it"""
        self.wait_idle()
        cell, before = self.cell(name), self._execution_count(name)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        arg = [name, before]
        self.page.wait_for_function(f"([name, before]) => {COUNT} && {COUNT} != before", arg=arg)
        self.wait_idle()
        return cell.locator(".jp-Cell-outputWrapper").inner_text()

    def _execution_count(self, name):
        return self.page.evaluate(f"name => {COUNT}", name)

    def type_into(self, name, text):
        """Write a cell anew, key by key."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def paste_into(self, name, text):
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def close(self):
        """Close the page and end the kernel."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        self.page.close()

    def panels(self):
        """→ the live widgets of the notebook, each a `LivePanel`."""
        tops = self.page.locator(PANELS)
        return [LivePanel(self.page, tops.nth(n)) for n in range(tops.count())]
