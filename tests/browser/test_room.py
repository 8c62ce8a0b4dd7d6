"""Room on a small screen and on a large one: bars leave it to the notebook, text fills it in lines that can be read."""

from __future__ import annotations

import pytest

PHONE, LAPTOP, PROJECTOR = (390, 844), (1366, 768), (1920, 1080)
NAME = "notebooks/02_the_hormonal_conductor.ipynb"
# Size of the type and the longest line of every paragraph between the labs, in px.
PARAGRAPHS = """() => [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown > p')].map(
    (node) => [parseFloat(getComputedStyle(node).fontSize), node.getBoundingClientRect().width])"""
pytestmark = pytest.mark.own_page


def paragraphs(notebook):
    found = notebook.page.evaluate(PARAGRAPHS)
    assert len(found) > 5
    return min(size for size, _ in found), max(size for size, _ in found), max(width for _, width in found)


def test_text_on_a_projector_is_large_and_its_lines_are_short(opened):
    notebook = opened("02_the_hormonal_conductor.ipynb", LAPTOP)
    notebook.close_side_panel()
    notebook.run_all()
    notebook.page.locator(".ol-host").first.wait_for(state="attached")
    small = paragraphs(notebook)[1]
    notebook.resize(*PROJECTOR)
    least, _, width = paragraphs(notebook)
    assert least >= 1.3 * small
    assert width < 50 * least
    assert notebook.watch.problems() == []


def test_text_on_a_projector_is_large_in_the_browser_edition_before_anything_runs(visit):
    notebook = visit(NAME, PROJECTOR)
    least, _, width = paragraphs(notebook)
    assert least >= 18 and width < 50 * least


def test_bars_leave_a_phone_to_the_notebook(visit):
    notebook = visit(NAME, PHONE)
    status = notebook.page.locator("#ol-bar .status")
    status.filter(has_text="Ready").wait_for(timeout=90_000)
    notebook.page.wait_for_timeout(500)
    assert notebook.page.locator(".jp-Notebook").bounding_box()["y"] <= 110
    for words in ("Run this notebook", "Reset this notebook"):
        assert notebook.page.get_by_role("button", name=words).bounding_box()["height"] >= 30
    # It has no line of its own, and is still said.
    assert status.bounding_box()["height"] <= 1 and status.get_attribute("role") == "status"
    assert notebook.watch.problems() == []
