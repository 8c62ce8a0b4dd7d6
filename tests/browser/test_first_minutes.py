"""The first minutes with a notebook and the last: where a run ends, text that stays text, what leaving would lose."""

from __future__ import annotations

import pytest
from harness import AT_REST, TRIAL_LAB, Lab, printed

pytestmark = pytest.mark.own_page
NOTEBOOK = "02_the_hormonal_conductor.ipynb"
SAVE = "jupyterapp.commands.execute('docmanager:save').then(() => true)"


def test_a_run_of_all_cells_ends_at_the_lab_and_not_at_the_last_cell(opened):
    notebook = opened(NOTEBOOK)
    notebook.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    notebook.run_all()
    host = notebook.page.locator(".ol-host").first
    host.wait_for()
    notebook.page.wait_for_timeout(2500)
    top, room = (node.bounding_box() for node in (host, notebook.page.locator(".jp-WindowedPanel-outer").first))
    assert room["y"] - 5 <= top["y"] <= room["y"] + 60


def test_a_reader_who_scrolls_meanwhile_is_left_where_he_is(opened):
    notebook = opened("03_what_is_a_deficit.ipynb")
    page = notebook.page
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".jp-WindowedPanel-outer").first.hover()
    for _ in range(30):
        page.mouse.wheel(0, -2000)
        page.wait_for_timeout(100)
    notebook.rest()
    page.locator(".ol-host").first.wait_for(state="attached")
    page.wait_for_timeout(2500)
    assert page.locator(".jp-WindowedPanel-outer").first.evaluate("view => view.scrollTop") < 50


@pytest.mark.parametrize("moved", [False, True])
def test_the_browser_asks_before_a_moved_lab_is_left_and_only_then(opened, written, moved):
    notebook = opened(written(f"leave_{moved}.ipynb", TRIAL_LAB))
    page = notebook.page
    notebook.run_all()
    lab = Lab(notebook)
    lab.settled()
    if moved:
        lab.drag(lab.handle("estradiol"), 0.6)
    else:
        lab.root.locator(".ol-sentence").first.click()
    lab.settled()
    page.evaluate(SAVE)  # what JupyterLab itself asks about is another thing
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload(), 0)")
    page.wait_for_timeout(2000)
    assert asked == ["beforeunload"] * moved
    if moved:
        assert "estradiol" in printed(notebook, "print(lab.settings()['moved'])")


def test_a_solved_task_and_the_prediction_are_still_known_after_the_page_is_loaded_again(opened):
    notebook = opened("00_start_here.ipynb")
    notebook.run_all()
    lab = Lab(notebook)
    lab.root.locator(".widget-radio-box label").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    task = notebook.page.locator(".ol-task").first
    printed(notebook, "tasks = here.tasks(lab).tasks; lab.set(**here.tasks[0].settings)")
    lab.settled()
    task.get_by_role("button", name="Check", exact=True).click()
    task.get_by_text("✓ solved", exact=True).wait_for()
    notebook.page.reload()
    notebook.page.wait_for_function(AT_REST)
    notebook.run_all()
    again = Lab(notebook)
    again.settled()
    assert not again.veiled
    notebook.page.locator(".ol-task").first.get_by_text("✓ solved before").wait_for()


def test_the_way_on_in_the_bar_asks_nothing_and_closing_does(visit):
    notebook = visit("00_start_here.ipynb")
    page = notebook.page
    page.get_by_role("button", name="Run this notebook").click()
    lab = Lab(notebook)
    lab.root.locator(".widget-radio-box label").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    lab.drag(lab.handle(), 0.6)
    lab.settled()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload(), 0)")
    page.wait_for_timeout(2000)
    assert asked == ["beforeunload"]
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/*01_the_remodeling_crew.ipynb")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("edition", ["JupyterLab", "browser"])
def test_a_double_click_on_text_leaves_it_text(request, edition):
    notebook = request.getfixturevalue("opened" if edition == "JupyterLab" else "visit")(NOTEBOOK)
    text = notebook.page.locator(".jp-MarkdownCell .jp-RenderedMarkdown p").nth(1)
    words = text.inner_text()
    text.dblclick()
    notebook.page.wait_for_timeout(700)
    assert notebook.page.locator(".jp-MarkdownCell .jp-InputArea-editor:visible").count() == 0
    assert text.is_visible() and text.inner_text() == words
