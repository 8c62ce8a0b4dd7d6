"""Room on a small screen and on a large one: bars leave it to the notebook, text fills it in lines that can be read."""

from __future__ import annotations

import re

import pytest
from harness import LATTICE_NOTEBOOK, TRIAL_LAB, Lab, Notebook

PHONE, LAPTOP, PROJECTOR = (390, 844), (1366, 768), (1920, 1080)
ENLARGED = (683, 384)  # a laptop at 200 %
CHROMEBOOK = (1366, 657)  # with the bars of its browser
NAME = "02_the_hormonal_conductor.ipynb"
TASKS = """
from osteolab.lab.cards.task import Tasks
from osteolab.lab.exercises import TaskSpec, as_check
checks = [{"read": "t_score", "op": ">=", "value": -1.5}]
Tasks(lab, [TaskSpec("Keep the spine above T −1.5.", ("t_score",), [as_check(check) for check in checks])])
"""
# Size of the type and the longest line of every paragraph between the labs, in px.
PARAGRAPHS = """() => [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown > p')].map(
    (node) => [parseFloat(getComputedStyle(node).fontSize), node.getBoundingClientRect().width])"""
# What has to be told from the ground of the card, and in which colour it is painted: curve, title of a panel,
# track, usual band, mark of a young adult, handle, pressed and other button.
PAINTED = """root => {
    const paint = (selector, property, pseudo) =>
        getComputedStyle(root.querySelector(selector), pseudo).getPropertyValue(property);
    return {
        ground: paint('.ol-figure', 'background-color'),
        curve: root.olState().colours.bmd,
        title: paint('.annotation-text tspan, .annotation-text', 'fill'),
        track: paint('.ol-row .noUi-target', 'background-color'),
        band: paint('.ol-row .noUi-target', 'background-color', '::before'),
        mark: paint('.ol-row .noUi-target', 'border-bottom-color', '::after'),
        handle: paint('.ol-row .noUi-handle', 'border-top-color'),
        pressed: paint('.ol-lab button.mod-active', 'background-color'),
        other: paint('.ol-lab .widget-toggle-buttons button:not(.mod-active)', 'background-color'),
    };
}"""
pytestmark = pytest.mark.own_page


@pytest.fixture
def page_of_the_site(browser, site):
    """Return a function that opens the notebook in the browser edition, without waiting for its Python."""
    contexts = []

    def open_page(width, height, name=NAME):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.goto(site.address(name))
        page.locator(".jp-MarkdownCell .jp-RenderedMarkdown > p").nth(5).wait_for(state="attached", timeout=60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


def paragraphs(page):
    found = page.evaluate(PARAGRAPHS)
    assert len(found) > 5
    return min(size for size, _ in found), max(size for size, _ in found), max(width for _, width in found)


def test_text_on_a_projector_is_large_and_its_lines_are_short(opened):
    notebook = opened(NAME, LAPTOP)
    notebook.close_side_panel()
    notebook.run_all()
    notebook.page.locator(".ol-host").first.wait_for(state="attached")
    small = paragraphs(notebook.page)[1]
    notebook.resize(*PROJECTOR)
    least, _, width = paragraphs(notebook.page)
    assert least >= 1.3 * small
    assert width < 50 * least
    assert notebook.watch.problems() == []


def test_text_on_a_projector_is_large_in_the_browser_edition_before_anything_runs(page_of_the_site):
    least, _, width = paragraphs(page_of_the_site(*PROJECTOR))
    assert least >= 18 and width < 50 * least


def test_bars_leave_a_phone_to_the_notebook(page_of_the_site):
    page = page_of_the_site(*PHONE)
    status = page.locator("#ol-bar .status")
    status.filter(has_text="Ready").wait_for(state="attached", timeout=90_000)
    page.wait_for_timeout(500)
    assert page.locator(".jp-Notebook").bounding_box()["y"] <= 110
    for words in ("Run this notebook", "Reset this notebook"):
        assert page.get_by_role("button", name=words).bounding_box()["height"] >= 30
    # It has no line of its own, and is still said.
    assert status.bounding_box()["height"] <= 1 and status.get_attribute("role") == "status"


def reachable(button):
    """Say whether the middle of a button can be pressed without scrolling."""
    return button.evaluate("""node => {
        const {left, top, width, height} = node.getBoundingClientRect();
        return node.contains(document.elementFromPoint(left + width / 2, top + height - 2));
    }""")


@pytest.mark.parametrize("name", [NAME, LATTICE_NOTEBOOK])
def test_commit_is_in_view_on_a_chromebook_where_the_lab_stands_at_the_top(opened, name):
    notebook = opened(name, CHROMEBOOK)
    notebook.close_side_panel()
    notebook.run_all()
    lab = Lab(notebook)
    assert reachable(lab.button("Commit my prediction"))
    if name == LATTICE_NOTEBOOK:  # a smaller picture, not one that is cut
        heights = lab.root.locator(".js-plotly-plot").evaluate("plot => [plot._fullLayout.height, plot.clientHeight]")
        assert heights[0] == pytest.approx(heights[1], abs=2)


@pytest.mark.parametrize("name", [NAME, LATTICE_NOTEBOOK])
def test_commit_is_in_view_on_a_chromebook_in_the_browser_edition(page_of_the_site, name):
    page = page_of_the_site(*CHROMEBOOK, name)
    page.locator("#ol-bar .status").filter(has_text="Ready").wait_for(state="attached", timeout=120_000)
    page.get_by_role("button", name="Run this notebook").click()
    commit = page.locator(".ol-commit").get_by_role("button", name="Commit my prediction")
    commit.wait_for(state="attached", timeout=120_000)
    page.locator(".ol-host:has(.ol-lab)").first.evaluate("root => root.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(2000)
    page.locator(".ol-host:has(.ol-lab)").first.evaluate("root => root.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(500)
    assert reachable(commit)


def test_bars_leave_an_enlarged_page_to_the_notebook(page_of_the_site):
    page = page_of_the_site(*ENLARGED)
    page.locator("#ol-bar .status").filter(has_text="Ready").wait_for(state="attached", timeout=90_000)
    page.wait_for_timeout(500)
    assert page.locator(".jp-Notebook").bounding_box()["height"] >= 300


def test_tasks_stand_once_on_the_page_and_in_words_where_their_cards_are_not(opened):
    notebook = opened(NAME, LAPTOP)
    in_words = notebook.page.locator(".ol-in-words").first
    in_words.scroll_into_view_if_needed()
    assert in_words.is_visible() and "Solution of task 3" in in_words.text_content()
    notebook.run_all()
    assert not in_words.is_visible() and notebook.page.locator(".ol-task").count() == 3
    notebook.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.at(8).model.clearExecution()")
    in_words.wait_for(state="visible")


@pytest.fixture
def forced(browser, server, written):
    """Return a function that opens a lab for a reader who forces colours on a light or a dark ground."""
    open_ones = []

    def open_lab(ground):
        context = browser.new_context(
            viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, forced_colors="active", color_scheme=ground
        )
        open_ones.append(Notebook(context.new_page(), server, written("forced.ipynb", TRIAL_LAB)))
        open_ones[-1].close_side_panel()
        open_ones[-1].run_all()
        return Lab(open_ones[-1])

    yield open_lab
    for notebook in open_ones:
        notebook.shut_down()


def contrast(one, other):
    """Return the contrast of two colours of the page, 1 to 21."""
    lights = []
    for colour in (one, other):
        channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("ground", ["dark", "light"])
def test_curves_words_tracks_and_bands_are_seen_where_colours_are_forced(forced, shoot, ground):
    lab = forced(ground)
    shoot(lab.notebook, "forced", ground)
    found = lab.root.evaluate(PAINTED)
    ground_colour = found.pop("ground")
    assert contrast(found.pop("pressed"), found.pop("other")) >= 3
    assert {part: colour for part, colour in found.items() if contrast(colour, ground_colour) < 3} == {}


def test_the_goal_of_a_task_comes_along_to_the_lab_and_is_left_at_the_task(opened, written):
    notebook = opened(written("goal.ipynb", TRIAL_LAB, TASKS), LAPTOP)
    notebook.close_side_panel()
    notebook.run_all()
    lab, card = Lab(notebook), notebook.page.locator(".ol-task")
    strip = notebook.page.locator(".ol-goal:popover-open")
    card.get_by_role("button", name="To the lab").click()
    assert "Keep the spine above" in strip.inner_text()
    assert lab.handle("estradiol").evaluate("node => node === document.activeElement")
    before = strip.inner_text()
    lab.press("End")
    assert strip.inner_text() != before and card.locator(".ol-nowbox").inner_text() in strip.inner_text()
    strip.get_by_role("button", name="Check").click()
    strip.filter(has_text="✓ Right.").wait_for()
    strip.get_by_role("button", name="Back to the task").click()
    strip.wait_for(state="detached")
    assert card.get_by_role("button", name="Check").evaluate("node => node === document.activeElement")
    assert notebook.watch.problems() == []
