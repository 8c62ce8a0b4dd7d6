"""A lab whose Python is gone: one sentence that says what to do, and no red sign."""

from __future__ import annotations

from harness import TRIAL_LAB, Lab

SHUT_DOWN = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => true)"
SIGNS = """root => [root, ...root.querySelectorAll('*')]
    .filter(node => !['none', 'normal'].includes(getComputedStyle(node, '::before').content)
        && node.matches('.jupyter-widgets-disconnected')).length"""


def test_a_lab_whose_python_was_restarted_stands_still_and_says_what_to_do(opened, written, shoot):
    notebook = opened(written("lost_page.ipynb", TRIAL_LAB))
    notebook.run_all()
    lab = Lab(notebook, 0)
    lab.settled()
    notebook.page.evaluate(SHUT_DOWN)
    lab.root.get_by_text("Python has stopped, so this lab stands still.").wait_for()
    shoot(notebook, "lost")
    assert lab.root.evaluate(SIGNS) == 0
    assert lab.root.locator(".ol-lab").evaluate("card => card.inert")
    notebook.run_all()
    Lab(notebook, 0).settled()
    assert notebook.page.get_by_text("Python has stopped").count() == 0
