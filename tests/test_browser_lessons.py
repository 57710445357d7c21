"""Every lesson, solved, in a real browser: it is run, its widgets are operated, and what it shows without a kernel is read."""

import re

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter

from mfcheck.registry import lessons
from mfgrade.build import notebook_path, solved
from mfref.widgets.board import VIEW
from tests.browser import NotebookPage
from tests.conftest import ROOT

LESSONS = lessons()
ARTEFACTS = ROOT / "test-artefacts"


def factors_answer(panels):
    """Lesson 02: the picture says the rating that the new factor gives; a turn moves factors and no prediction."""
    move, turn = panels
    slider = move.labelled("Listener's factor 0")
    move.changes("factor to 3", lambda: move.press(slider, "End"))
    told = move.tells("p = (3.00, ")
    p, q = (tuple(map(float, pair)) for pair in re.findall(r"[pq] = \((\S+), (\S+)\)", told))
    move.tells(f"the predicted rating is {p[0] * q[0] + p[1] * q[1]:.2f}")
    turn.changes("turn", lambda: turn.press(turn.labelled("Turn by degrees"), "ArrowRight", "ArrowRight"))
    factor, prediction = map(float, turn.reads(r"of a factor (\d+\.\d+), of a prediction (\d+\.\d+)").groups())
    assert factor > 0
    assert prediction == 0


def one_step(p, q, r=5.0, lr=0.1, reg=0.05, new_p=False):
    """→ the prediction after one step from p and q, two numbers each."""
    e = r - p @ q
    moved = p + lr * (e * q - reg * p)
    return moved @ (q + lr * (e * (moved if new_p else p) - reg * q))


def steps_and_races_answer(panels):
    """Lesson 03: steps forwards and back, with the old p and with the new; a race runs, stops, and ends."""
    update, *races = panels
    p, q = np.array([0.4, 1.0]), np.array([1.4, 0.3])
    update.tells(f"p · q = {p @ q:.2f}")
    update.changes("Step", update.button("Step").click)
    update.tells(f"Step 1, your sgd_step: p · q = {one_step(p, q):.2f}")
    update.changes("with the new p", lambda: update.press(update.button("with the new p"), "Space"))
    update.tells(f"Step 1, with the new p: p · q = {one_step(p, q, new_p=True):.2f}")
    update.changes("Back", lambda: update.press(update.button("Back"), "Enter"))
    update.tells(f"Step 0, with the new p: p · q = {p @ q:.2f}")
    update.changes("Step", lambda: update.press(update.button("Step"), "Enter"))
    assert all(race.waits_for_run() for race in races)
    first, last = races[0], races[-1]
    assert not first.button("Stop").is_enabled()
    first.press(first.button("Run"), "Enter")
    first.reads(r"epoch \d+ of 12")
    first.button("Stop").click()
    first.reads("stopped")
    last.changes("Run", last.button("Run").click)
    last.reads("finished")


def waterfall_answers(panels):
    """Lesson 04: for another user and film, the parts in the table add up to the prediction."""
    (waterfall,) = panels
    user = waterfall.labelled("User", "select")
    waterfall.changes("the last user", lambda: waterfall.press(user, "End"))
    title = choose_a_film(waterfall, "the")
    waterfall.changes("Show as a table", waterfall.button("Show as a table").click)
    waterfall.reads(re.escape(title) + r"\s+[+-]")
    waterfall.reads("user " + user.evaluate("list => list.value") + r"\s+[+-]")
    *parts, total = (float(value) for value in waterfall.root.locator("table td:last-child").all_inner_texts())
    assert len(parts) == 4
    assert abs(sum(parts) - total) < 0.03


def rated_films_answer(panels):
    """Lesson 06: one more rating gives another list, and taken back it gives the earlier one again."""
    (films,) = panels
    before = films.alt()
    title = choose_a_film(films, "the")
    films.changes("Rate", lambda: films.press(films.button("Rate"), "Enter"))
    assert films.tells("after 11 ratings")[40:] != before[40:]
    films.root.locator("table", has_text="Your ratings").get_by_text(title, exact=True).wait_for()
    films.changes("Take back", films.button("Take back").click)
    assert films.tells("after 10 ratings") == before


def neighbours_answer(panels):
    """Lesson 07: lists of a film that was searched for; a turn that moves the map and only pearson's list; the explorer."""
    by_measure, turned, explorer = panels
    title = choose_a_film(by_measure, "the")
    by_measure.reads(re.escape(f"Nearest to {title} ("))
    turned.changes("turn", lambda: turned.press(turned.labelled("Turn by degrees"), *["ArrowRight"] * 9))
    turned.tells("turned by 45 degrees")
    turned.reads("cosine: as before the turn")
    turned.reads("euclidean: as before the turn")
    turned.reads(r"pearson: \d of 5 are new")
    explorer_answers(explorer)


def retrained_preferences_answer(panels):
    """Lesson 10: the numbers are those of a training with the alpha and the reg that were set; each listener has a list."""
    (toy,) = panels
    toy.tells("alpha = 2 and reg = 1")
    toy.changes("alpha up", lambda: toy.press(toy.labelled("alpha"), "ArrowRight"))
    toy.tells("alpha = 2.5 and reg = 1")
    before = toy.alt()
    toy.changes("reg up", lambda: toy.press(toy.labelled("reg"), "End"))
    told = toy.tells("alpha = 2.5 and reg = 100")
    mean = r"mean is (-?\d\.\d\d) where something was played"
    assert float(re.search(mean, told).group(1)) < float(re.search(mean, before).group(1))
    listener = toy.labelled("Listener", "select")
    toy.changes("the last listener", lambda: toy.press(listener, "End"))
    toy.reads("What Spock has not played, best first: .*Back in Black")


def filled_toy_answers(panels):
    """Lesson 09: zeros make the held-out error larger than item means do; with all the terms the known ratings are met."""
    (toy,) = panels
    toy.tells("filled with item_mean, and the table that k = 2 terms give")
    error = r"held out (\d\.\d\d)\."
    with_means = float(re.search(error, toy.alt()).group(1))
    toy.changes("zero", lambda: toy.press(toy.button("zero"), "Enter"))
    assert float(re.search(error, toy.tells("filled with zero")).group(1)) > with_means
    toy.changes("all the terms", lambda: toy.press(toy.labelled("Terms k"), "End"))
    toy.tells("k = 4 terms give. Error on the known ratings 0.00")
    toy.changes("Show as a table", toy.button("Show as a table").click)
    toy.reads("4 terms say")


def explorer_answers(explorer):
    """The pointer is answered, a click and a search choose a film, and a rating of one's own gives recommendations."""
    place = explorer.find_under_the_pointer()
    before = chosen(explorer)
    explorer.changes("a click on a film", lambda: explorer.page.mouse.click(*place))
    explorer.reads(f"Chosen film: (?!{re.escape(before)})")
    title = choose_a_film(explorer, "the")
    explorer.reads(re.escape(f"Chosen film: {title}"))
    explorer.changes("You", explorer.button("You").click)
    rate = explorer.button("Rate")
    explorer.changes("Rate", lambda: explorer.press(rate, "Enter"))
    explorer.root.locator("table:visible", has_text=title).first.wait_for()


def questions_answer(panels):
    """Lesson 11: an answer moves the newcomer, "not seen" does not, and taken back both are forgotten."""
    (newcomer,) = panels
    newcomer.tells("Questions: 0, answers: 0. You stand at (0.00, 0.00).")
    first = newcomer.reads(r"Question 1: (.+)").group(1)
    newcomer.press(newcomer.button("5"), "Enter")
    newcomer.changes("Answer", lambda: newcomer.press(newcomer.button("Answer"), "Enter"))
    moved = newcomer.tells("Questions: 1, answers: 1.")
    assert "stand at (0.00, 0.00)" not in moved
    newcomer.reads("Question 2: ")
    newcomer.root.locator("table", has_text="Your answers").get_by_text(first.strip(), exact=True).wait_for()
    newcomer.button("not seen").click()
    newcomer.changes("Answer", newcomer.button("Answer").click)
    assert newcomer.tells("Questions: 2, answers: 1.").split("You")[1:] == moved.split("You")[1:]
    for questions in (1, 0):
        newcomer.changes("Take back", newcomer.button("Take back").click)
        newcomer.tells(f"Questions: {questions}, ")
    assert not newcomer.button("Take back").is_enabled()


def chosen(explorer):
    return re.search(r"Chosen film: (.+)", explorer.text()).group(1)


def choose_a_film(panel, words):
    """Search by a part of the title and choose the last film of the list. → its title"""
    panel.labelled("Part of a title", "input").press_sequentially(words)
    listed = panel.root.locator(".widget-select select")
    panel.page.wait_for_function(
        "([list, words]) => list.options.length && [...list.options].every(one => one.text.toLowerCase().includes(words))",
        arg=[listed.element_handle(), words],
    )
    panel.changes("a film of the list", lambda: panel.press(listed, "End"))
    return listed.evaluate("list => list.options[list.selectedIndex].text").replace("\xa0", " ")


def half_steps_answer(panels):
    """Lesson 08: solving the listeners lowers the loss, solving them again leaves it."""
    (steps,) = panels
    losses = [float(re.search(r": loss (\d+\.\d+)", steps.tells("Half-step 0, the start")).group(1))]
    for n, (button, said) in enumerate((("Solve the listeners", "listeners"), ("Solve the songs", "songs")), 1):
        steps.changes(button, lambda name=button: steps.press(steps.button(name), "Enter"))
        told = steps.tells(f"Half-step {n}, {said} solved")
        losses.append(float(re.search(r": loss (\d+\.\d+)", told).group(1)))
    assert losses == sorted(losses, reverse=True)


def film_over_time_answers(panels):
    """Lesson 12: more bins, another damping and another film are told; the bins of the table hold all the film's ratings."""
    (film,) = panels
    bins = film.labelled("Number of bins")
    film.changes("one bin more", lambda: film.press(bins, "ArrowRight"))
    film.tells("in each of 7 bins at damping 5")
    film.changes("no damping", lambda: film.press(film.labelled("Damping"), "Home"))
    film.tells("in each of 7 bins at damping 0")
    title = choose_a_film(film, "the")
    film.tells(f"{title}: its bias")
    film.changes("Show as a table", film.button("Show as a table").click)
    counts = [int(count) for count in film.root.locator("table td:nth-child(3)").all_inner_texts()]
    assert len(counts) == 7
    assert sum(counts) == int(film.reads(r"(\d+) ratings\. From").group(1))


def experiment_answers(panels):
    """Lesson 14: one day more, a true lift and another experiment are told; the table has a row for each day."""
    (experiment,) = panels
    experiment.tells("Experiment 1: true lift +0.0 points, 400 users a day. Left: the p-value after each of 14 days")
    experiment.changes("a day more", lambda: experiment.press(experiment.labelled("Days, a look each"), "ArrowRight"))
    experiment.tells("the p-value after each of 15 days")
    experiment.changes("many users", lambda: experiment.press(experiment.labelled("Users a day"), "End"))
    experiment.changes("the largest lift", lambda: experiment.press(experiment.labelled("True lift in points"), "End"))
    experiment.tells("true lift +4.0 points, 2000 users a day")
    experiment.reads(r"Who peeks stops on day \d+\. On the last day, the p-value is 0\.000: significant")
    experiment.changes("another experiment", lambda: experiment.press(experiment.labelled("Experiment number"), "ArrowRight"))
    experiment.tells("Experiment 2: true lift +4.0 points")
    experiment.changes("Show as a table", experiment.button("Show as a table").click)
    days = experiment.root.locator("table td:nth-child(1)").all_inner_texts()
    assert [int(day.removeprefix("● ")) for day in days] == list(range(1, 16))


def hidden_units_answer(panels):
    """Lesson 13: for another user and film, b2 and what the units add, as the table tells them, make the prediction."""
    (units,) = panels
    user = units.labelled("User", "select")
    units.changes("the last user", lambda: units.press(user, "End"))
    title = choose_a_film(units, "the")
    told = units.tells(f"and {title}. A staircase")
    first, last = re.search(r"from b2, (\d\.\d\d), to the prediction, (\d\.\d\d)", told).groups()
    units.changes("Show as a table", units.button("Show as a table").click)
    parts = [float(part) for part in units.root.locator("table td:last-child").all_inner_texts()]
    assert len(parts) == 16
    assert abs(float(first) + sum(parts) - float(last)) < 0.1


def film_page_answers(panels):
    """Lesson 15: stars change the list, and an opened film names the film that was rated among its reasons."""
    (films,) = panels
    title = films.root.locator("b").first.inner_text()
    films.changes("five stars", films.button("5 ★").click)
    films.reads("gave .* 5 of 5 stars")
    films.root.locator("summary").first.click()
    assert f"{title}, to which you gave 5" in films.text()
    films.changes("taking back", films.button("Take back").click)
    films.reads("Liked by everybody")


SPECIFIC = {
    "02-factorization": factors_answer,
    "03-sgd": steps_and_races_answer,
    "04-biases": waterfall_answers,
    "06-recommendation": rated_films_answer,
    "07-similarity": neighbours_answer,
    "08-als": half_steps_answer,
    "09-svd": filled_toy_answers,
    "10-implicit": retrained_preferences_answer,
    "11-cold-start": questions_answer,
    "12-time": film_over_time_answers,
    "13-neural": hidden_units_answer,
    "14-ab-test": experiment_answers,
    "15-ship-it": film_page_answers,
}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_lesson_in_the_browser(lesson, lab, browser):
    path = f"{lesson.module}.ipynb"
    nbformat.write(solved(nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4)), lab.folder / path)
    open_page = NotebookPage(browser, lab, path)
    open_page.run_all()
    cells = open_page.cells()
    assert_no_errors(cells)
    panels = open_page.panels()
    assert len(panels) == len(list(views(cells)))
    for panel in panels:
        assert_shown_once(panel)
    SPECIFIC.get(lesson.name, lambda panels: None)(panels)
    for panel in panels:
        panel.operate_all()
        panel.settled()
        panel.assert_well("at last")
    take_screenshots(open_page, panels, lesson)
    saved = open_page.save()
    assert open_page.errors == []
    open_page.close()
    if panels:
        assert_pictures_without_kernel(browser, lab, saved)


def views(cells):
    """→ (cell, output) for each live widget."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if VIEW in output.get("data", {}):
                yield cell, output


def assert_no_errors(cells):
    for cell in cells:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error", f"{cell['id']}: {output['ename']}: {output['evalue']}"
            assert "Traceback" not in str(output), cell["id"]


def assert_shown_once(panel):
    """The live picture or canvas is there with its text, and the still one is not seen beside it."""
    assert panel.cut_off() == []
    panel.assert_well("at first")
    for picture in panel.root.locator("img").all():
        assert len(picture.get_attribute("alt")) >= 40
    assert panel.root.locator("img, canvas, table").count()
    cell = panel.root.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea ')]").last
    still = cell.locator("[class^=mf-still]")
    assert still.count() == 1
    assert not still.is_visible()


def take_screenshots(open_page, panels, lesson):
    """Light and dark, wide and narrow, of each widget and of the whole lesson; nothing may be cut off at any width."""
    ARTEFACTS.mkdir(exist_ok=True)
    for theme in ("Light", "Dark"):
        open_page.theme(theme)
        for width in (1300, 800):
            open_page.resize(width, height=2200)
            name = f"{lesson.name}-{theme.lower()}-{width}"
            for n, panel in enumerate(panels):
                panel.screenshot(ARTEFACTS / f"{name}-widget-{n + 1}.png")
                assert panel.cut_off() == [], f"{width} px, widget {n + 1}"
        open_page.screenshot(ARTEFACTS / f"{lesson.name}-{theme.lower()}.png")
    open_page.theme("Light")


def assert_pictures_without_kernel(browser, lab, saved):
    """Saved with live widgets and not run again: the pictures are in its HTML, and in JupyterLab without a kernel."""
    notebook = nbformat.read(saved, as_version=4)
    ids = [cell["id"] for cell, _ in views(notebook.cells)]
    html = saved.with_suffix(".html")
    html.write_text(HTMLExporter().from_notebook_node(notebook)[0])
    page = browser.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(html.as_uri(), wait_until="domcontentloaded")
    for name in ids:
        assert_picture(page.locator(f"[id='cell-id={name}']"))
    page.close()
    del notebook.metadata["kernelspec"], notebook.metadata["language_info"]
    nbformat.write(notebook, saved.with_name("no_kernel.ipynb"))
    reopened = NotebookPage(browser, lab, "no_kernel.ipynb", kernel=False)
    for name in ids:
        assert_picture(reopened.cell(name))
    reopened.screenshot(ARTEFACTS / f"{saved.stem}-without-kernel.png")
    reopened.close()


def assert_picture(place):
    """A picture with its text, or where a widget shows lists only, a table."""
    shown = place.locator("[class^=mf-still]").locator("img, table, ol").first
    shown.scroll_into_view_if_needed()
    assert shown.is_visible()
    if shown.evaluate("shown => shown.tagName") == "IMG":
        assert len(shown.get_attribute("alt")) >= 40
        assert shown.evaluate("img => img.decode().then(() => img.naturalWidth)") > 100


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_solution_as_html_has_a_picture_for_each_widget(lesson):
    notebook = nbformat.read(notebook_path(ROOT / "solutions", lesson), as_version=4)
    source = nbformat.read(notebook_path(ROOT / "source", lesson), as_version=4)
    widgets = {cell.id for cell in source.cells if re.search(r"^(widgets\.|explore\()", cell.source, re.M)}
    for cell in notebook.cells:
        if cell.id in widgets:
            html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
            assert re.search(r'<img [^>]*alt="[^"]{40,}"|<table', html), cell.id
            widgets.remove(cell.id)
    assert not widgets, "make solutions"
