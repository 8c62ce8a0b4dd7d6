"""Room on a small screen and on a large one: bars leave it to the notebook, text fills it in lines that can be read."""

from __future__ import annotations

import pytest

PHONE, LAPTOP, PROJECTOR = (390, 844), (1366, 768), (1920, 1080)
NAME = "02_the_hormonal_conductor.ipynb"
# Size of the type and the longest line of every paragraph between the labs, in px.
PARAGRAPHS = """() => [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown > p')].map(
    (node) => [parseFloat(getComputedStyle(node).fontSize), node.getBoundingClientRect().width])"""
pytestmark = pytest.mark.own_page


@pytest.fixture
def page_of_the_site(browser, site):
    """Return a function that opens the notebook in the browser edition, without waiting for its Python."""
    contexts = []

    def open_page(width, height):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.goto(site.address(NAME))
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
