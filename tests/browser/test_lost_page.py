"""A lab whose Python is gone stands still and says what to do: stopped, restarted, shut down, opened another day."""

from __future__ import annotations

import pytest
from harness import TRIAL_LAB, Lab

pytestmark = pytest.mark.own_page
NAME = "02_the_hormonal_conductor.ipynb"
KERNEL = "jupyterapp.shell.currentWidget.sessionContext"
END = {
    "killed": None,
    "restarted": f"() => {KERNEL}.session.kernel.restart().then(() => true)",
    "shut down": f"() => {KERNEL}.shutdown().then(() => true)",
}
# What Jupyter paints before a control that reaches no kernel.
SIGNS = """() => [...document.querySelectorAll('.jupyter-widgets-disconnected')]
    .filter((node) => !['none', 'normal'].includes(getComputedStyle(node, '::before').content)).length"""
SAID = "Python has stopped, so this stands still."
SAVE = "jupyterapp.commands.execute('docmanager:save').then(() => true)"


def end(notebook, how):
    """End the kernel of a notebook; killed from within, as a crash does."""
    if how == "killed":
        notebook.page.evaluate(f"{KERNEL}.session.kernel.requestExecute({{code: 'import os; os._exit(1)'}}) && true")
    else:
        notebook.page.evaluate(END[how])


@pytest.mark.parametrize("how", END)
def test_every_card_stands_still_without_red_signs_and_says_what_to_do(opened, shoot, how):
    notebook = opened(NAME)
    notebook.run_all()
    lab = Lab(notebook)
    end(notebook, how)
    lab.root.get_by_text(SAID).wait_for()
    notebook.page.wait_for_timeout(1500)
    said = notebook.page.get_by_text(SAID)
    cards = notebook.page.locator(".ol-card")
    assert cards.count() > 1 and said.count() == 1 + cards.count()
    assert notebook.page.locator(".ol-stopped[role=alert]").count() == 1, "the same is spoken again and again"
    assert "choose Restart Kernel and Run All Cells in the menu Kernel" in said.first.inner_text()
    lab.root.evaluate("root => root.scrollIntoView({block: 'start'})")
    shoot(notebook, f"lost-{how.replace(' ', '-')}")
    assert notebook.page.evaluate(SIGNS) == 0
    assert lab.root.locator(".ol-lab").evaluate("card => card.inert")


def test_a_lab_that_is_run_again_after_a_restart_is_alive(opened, written):
    notebook = opened(written("lost_page.ipynb", TRIAL_LAB))
    notebook.run_all()
    Lab(notebook).settled()
    notebook.page.evaluate(END["restarted"])
    notebook.page.get_by_text(SAID).wait_for()
    notebook.run_all()
    lab = Lab(notebook)
    before = lab.settled()
    lab.drag(lab.handle("estradiol"), 0.6)
    assert lab.settled()["sentence"] != before["sentence"]
    assert notebook.page.get_by_text(SAID).count() == 0


def test_a_notebook_that_was_saved_and_is_opened_another_day_shows_text_and_how_to_start(opened, server, shoot):
    notebook = opened(NAME)
    page = notebook.page
    notebook.run_all()
    Lab(notebook)
    page.evaluate(SAVE)
    page.evaluate(END["shut down"])
    page.goto(server.address(NAME))
    page.locator(".jp-RenderedHTML blockquote").get_by_text("Run All Cells").wait_for()
    page.wait_for_timeout(3000)
    assert page.get_by_text("model not found").count() == 0 and page.get_by_text("Loading widget").count() == 0
    page.locator(".jp-RenderedHTML blockquote").first.evaluate("node => node.scrollIntoView({block: 'start'})")
    shoot(notebook, "reopened")
    notebook.run_all()
    assert Lab(notebook).root.get_by_text(SAID).count() == 0
