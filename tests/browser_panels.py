"""The widgets of an open notebook, operated as a reader does: by keyboard and mouse, waiting for what the page shows."""

import re

from playwright.sync_api import TimeoutError as PlaywrightTimeout

# What a panel shows: pictures with their alt text, canvases, visible text; not what the controls show of themselves.
SHOWN = """panel => {
    const controls = '.widget-slider, .widget-dropdown, .widget-combobox, .jupyter-button, select, style'
    const pictures = [...panel.querySelectorAll('img')].map(img => img.alt + img.src)
    const canvases = [...panel.querySelectorAll('canvas')].map(canvas => canvas.width ? canvas.toDataURL() : '')
    const texts = [...panel.querySelectorAll('.widget-html, .widget-label')]
        .filter(text => !text.closest(controls) && text.checkVisibility()).map(text => text.textContent)
    return [...pictures, ...canvases, ...texts].join('|')
}"""
SETTLED = f"""panel => {{
    const before = panel.shownBefore
    panel.shownBefore = ({SHOWN})(panel)
    return before == panel.shownBefore
}}"""
PAINTED = """async panel => {
    panel.scrollIntoView({block: 'start'})
    await Promise.all([...panel.querySelectorAll('img')].map(img => img.decode()))
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}"""
# A picture or canvas of one colour is empty.
EMPTY = """panel => [...panel.querySelectorAll('img, .jupyter-matplotlib-canvas-div > canvas:first-child')].filter(picture => {
    const small = document.createElement('canvas')
    small.width = small.height = 100
    const pen = small.getContext('2d')
    pen.drawImage(picture, 0, 0, 100, 100)
    return new Set(new Uint32Array(pen.getImageData(0, 0, 100, 100).data.buffer)).size < 5
}).length"""
# What is cut off: labels narrower than their text, buttons likewise, and what reaches out of the notebook's right edge.
CUT_OFF = """panel => {
    const edge = panel.closest('.jp-OutputArea').getBoundingClientRect().right + 1
    return [...panel.querySelectorAll('.widget-label, button, img, canvas, .slider, select, input')]
        .filter(part => part.checkVisibility() && part.getBoundingClientRect().width)
        .filter(part => part.matches('.widget-label, button') && part.scrollWidth > part.clientWidth + 1
                        || part.getBoundingClientRect().right > edge)
        .map(part => part.innerText || part.alt || part.className || part.tagName)
}"""


WAITING = ("Your rating", "Rated films")  # they show nothing until "Rate" or "Take back" is pressed


class LivePanel:
    """A widget in the page. `root`: its outermost box."""

    def __init__(self, page, root):
        self.page, self.root = page, root

    def shown(self):
        return self.root.evaluate(SHOWN)

    def settled(self):
        """→ what the panel shows once it stays the same for a while."""
        self.page.wait_for_function(SETTLED, arg=self.root.element_handle(), polling=100)
        return self.shown()

    def changes(self, what, act):
        """Do `act()`, and fail when the panel goes on showing the same, or says that something went wrong."""
        before = self.shown()
        act()
        try:
            self.page.wait_for_function(
                f"([panel, before]) => ({SHOWN})(panel) != before", arg=[self.root.element_handle(), before]
            )
        except PlaywrightTimeout:
            raise AssertionError(f"{what}: nothing changed in the panel") from None
        after = self.settled()
        self.assert_well(what)
        return after

    def answers(self, name, act):
        """As `changes`, but some controls show nothing until a button is pressed."""
        if not self.waits_for_run() and not name.startswith(WAITING):
            return self.changes(name, act)
        act()
        return self.assert_well(name)

    def assert_well(self, what):
        alert = self.root.locator("[role=alert]")
        assert not alert.count(), f"{what}: {alert.first.inner_text()}"
        assert self.root.evaluate(EMPTY) == 0, f"{what}: an empty picture"

    def alt(self):
        return self.root.locator("img").first.get_attribute("alt")

    def tells(self, words):
        """Wait until the picture's alt text has these words. → the alt text"""
        try:
            self.page.wait_for_function(
                "([panel, words]) => panel.querySelector('img').alt.includes(words)", arg=[self.root.element_handle(), words]
            )
        except PlaywrightTimeout:
            raise AssertionError(f"{words!r} is not in the alt text: {self.alt()}") from None
        return self.alt()

    def text(self):
        return self.root.inner_text().replace("\xa0", " ")

    def reads(self, pattern):
        """Wait until the panel's text has this pattern. → the match"""
        try:
            self.page.wait_for_function(
                "([panel, pattern]) => RegExp(pattern).test(panel.innerText.replaceAll('\\xa0', ' '))",
                arg=[self.root.element_handle(), pattern],
            )
        except PlaywrightTimeout:
            raise AssertionError(f"{pattern!r} is not in the panel: {self.text()}") from None
        return re.search(pattern, self.text())

    def labelled(self, label, what=".noUi-handle"):
        """→ the part (a slider's handle, a select …) of the control with this label."""
        return self.root.locator(".widget-inline-hbox, .widget-inline-vbox").filter(has_text=label).first.locator(what).first

    def button(self, words):
        return self.root.locator("button", has_text=re.compile(f"^\\s*{re.escape(words)}\\s*$"))

    def press(self, control, *keys):
        control.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def find_under_the_pointer(self):
        """Move the pointer over the canvas until something answers to it. → (x, y) in the page"""
        canvas = self.root.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        box, before = canvas.bounding_box(), self.settled()
        for share in range(20, 80, 2):
            x, y = box["x"] + box["width"] * share / 100, box["y"] + box["height"] * 0.5
            self.page.mouse.move(x, y)
            if self.settled() != before:
                return x, y
        raise AssertionError("the canvas does not answer to the pointer")

    def cut_off(self):
        return self.root.evaluate(CUT_OFF)

    def screenshot(self, path):
        self.root.evaluate(PAINTED)
        self.root.screenshot(path=path)

    def waits_for_run(self):
        """Whether the controls speak of a run that a button starts."""
        return self.button("Run").count() == 1

    def operate_all(self):
        """Operate every control that is visible and enabled. → the names of those operated"""
        return [name for kind, act in KINDS.items() for name in self._operate(kind, act)]

    def _operate(self, kind, act):
        controls = self.root.locator(kind)
        for n in range(controls.count()):
            control = controls.nth(n)
            if control.is_visible() and control.is_enabled():
                name = name_of(control)
                act(self, name, control)
                yield name


NAME = """control => {
    const label = control.closest('.widget-toggle-buttons, .jupyter-widgets').querySelector('.widget-label')
    return [label?.textContent, control.innerText || control.value].filter(Boolean).join(' ')
}"""


def name_of(control):
    return control.evaluate(NAME)


def move_slider(panel, name, handle):
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    panel.answers(name, lambda: panel.press(handle, "ArrowLeft" if at_end else "ArrowRight"))


def choose_another(panel, name, select):
    """By End or Home: the arrow keys never reach a list, JupyterLab takes them to go to the next cell."""
    at_end = select.evaluate("s => s.selectedIndex == s.options.length - 1")
    panel.answers(name, lambda: panel.press(select, "Home" if at_end else "End"))


def toggle(panel, name, button):
    panel.changes(f"{name}, by mouse", button.click)
    panel.changes(f"{name}, by keyboard", lambda: panel.press(button, "Space"))


def choose_button(panel, name, button):
    if "mod-active" not in button.get_attribute("class"):
        panel.answers(name, lambda: panel.press(button, "Enter"))


def check_box(panel, name, box):
    panel.answers(name, lambda: panel.press(box, "Space"))


def count_up(panel, name, field):
    panel.answers(name, lambda: panel.press(field, "ArrowUp", "Tab"))


def press_button(panel, name, button):
    if not panel.waits_for_run():
        panel.answers(name, lambda: panel.press(button, "Enter"))


def type_last_option(panel, name, field):
    words = field.evaluate("f => f.list.options[f.list.options.length - 1].value")

    def write():
        field.fill("")
        field.press_sequentially(words)
        field.press("Enter")

    panel.answers(name, write)


KINDS = {
    ".noUi-handle": move_slider,
    "select": choose_another,
    ".widget-combobox input": type_last_option,
    "input[type=checkbox]": check_box,
    "input[type=number]": count_up,
    ".widget-toggle-buttons button": choose_button,
    ".jupyter-widgets.widget-button": press_button,
    ".jupyter-widgets.widget-toggle-button": toggle,
}
# One key after the other on the n-th slider of a panel, each as soon as the picture answers. → milliseconds until it has changed
PRESS = """async (panel, [n, presses]) => {
    const canvas = panel.querySelector('canvas')
    // The canvas is watched through a small copy: to read all its pixels at every frame would slow down what is measured.
    const copy = document.createElement('canvas')
    const pen = copy.getContext('2d', {willReadFrequently: true})
    copy.width = copy.height = 128
    const pixels = () => {
        pen.drawImage(canvas, 0, 0, 128, 128)
        return new Int32Array(pen.getImageData(0, 0, 128, 128).data.buffer)
    }
    const picture = () => canvas ? pixels().reduce((sum, pixel) => (31 * sum + pixel) | 0, 0)
                                 : [...panel.querySelectorAll('img')].map(img => img.src).join()
    const handle = panel.querySelectorAll('.noUi-handle')[n]
    const taken = []
    for (let press = 0; press < presses; press++) {
        const up = Number(handle.ariaValueNow) < Number(handle.ariaValueMax)
        const key = up ? 'ArrowRight' : 'Home', before = picture(), start = performance.now()
        handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))
        while (picture() == before) {
            if (performance.now() > start + 10000) throw new Error(`press ${press}: the picture stays`)
            await new Promise(done => requestAnimationFrame(done))
        }
        taken.push(performance.now() - start)
        await new Promise(done => setTimeout(done, 300))
    }
    return taken
}"""
