"""One lab shown in two cells: both follow, whichever is moved, and none stops when the other goes."""

from __future__ import annotations

import pytest
from harness import TRIAL_LAB, Lab, contradictions

PARTS = ("curves", "tiles", "sentence", "boxes", "fills")
CLEAR = "notebook:clear-cell-output"
RUN = "notebook:run-cell"


@pytest.fixture(scope="module")
def notebook(opened, written):
    """A page with one lab in two cells."""
    page = opened(written("two_cells.ipynb", TRIAL_LAB, "lab"))
    page.close_side_panel()
    return page


@pytest.fixture
def labs(notebook):
    """Both views of a fresh lab."""
    notebook.theme("Light")
    notebook.run_all()
    yield Lab(notebook, 0), Lab(notebook, 1)
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []


def in_cell(notebook, index, command):
    """Give a command for one cell of the notebook."""
    script = """([index, command]) => {
        jupyterapp.shell.currentWidget.content.activeCellIndex = index;
        return jupyterapp.commands.execute(command).then(() => true);
    }"""
    notebook.page.evaluate(script, [index, command])
    notebook.rest()


def seen(lab):
    """Return what a view shows, after it was scrolled to: what is out of sight is not laid out."""
    lab.show()
    state = lab.settled()
    assert contradictions(state) == []
    return {part: state[part] for part in PARTS}


def test_both_follow_whichever_is_moved(labs):
    first, second = labs
    at_rest = seen(first)
    for moved, other, share in ((first, second, 0.3), (second, first, 0.7)):
        moved.show()
        moved.drag(moved.handle("estradiol"), share)
        now = seen(moved)
        assert now["curves"] != at_rest["curves"] and now == seen(other)
        at_rest = now


@pytest.mark.parametrize("gone", [0, 1])
def test_the_other_goes_on_when_one_is_cleared(labs, notebook, gone):
    in_cell(notebook, gone, CLEAR)
    left = Lab(notebook)
    before = seen(left)
    left.drag(left.handle("estradiol"), 0.4)
    after = seen(left)
    assert after["curves"] != before["curves"] and after["sentence"] != before["sentence"]
    assert notebook.page.locator(".ol-lab").count() == 1


@pytest.mark.parametrize("again", [0, 1])
def test_a_cell_that_is_run_again_shows_the_present_state_and_both_go_on(labs, notebook, again):
    first = labs[0]
    first.show()
    first.drag(first.handle("estradiol"), 0.5)
    moved = seen(first)
    in_cell(notebook, 1, RUN)
    assert seen(Lab(notebook, 1)) == moved
    one, other = (Lab(notebook, i) for i in (again, 1 - again))
    one.show()
    one.drag(one.handle("testosterone"), 0.6)
    now = seen(one)
    assert now["curves"] != moved["curves"] and now == seen(other)


def test_a_curve_pinned_and_let_go_leaves_nothing_behind_in_either(labs, notebook):
    first, second = labs
    first.show()
    first.drag(first.handle("estradiol"), 0.6)  # so far on panel 1 grows, which only Reset takes back
    first.drag(first.handle("estradiol"), 0.3)
    alone = seen(first)
    first.button("Pin curve").click()
    first.drag(first.handle("estradiol"), 0.6)
    assert seen(second) == seen(first) and second.state()["paths"]["pinned_bmd"]
    in_cell(notebook, 0, CLEAR)
    left = Lab(notebook)
    left.show()
    left.button("Unpin").click()
    left.drag(left.handle("estradiol"), 0.3)
    assert seen(left) == alone
    assert not any(path for name, path in left.state()["paths"].items() if name.startswith("pinned"))


def test_a_file_is_handed_out_once_and_by_the_view_that_was_asked(labs):
    files = []
    labs[0].page.on("download", lambda download: files.append(download.suggested_filename))
    for lab in labs:
        lab.show()
        lab.button("Save").click()
        lab.entry("Table (CSV)").click()
        lab.settled()
    assert files == ["osteolab.csv"] * 2


def test_a_change_made_before_the_figure_is_loaded_is_not_lost(opened, written):
    page = opened(written("two_cells_early.ipynb", TRIAL_LAB, "lab.set(estradiol=60)"))
    page.close_side_panel()
    page.run_all()
    first, second = Lab(page, 0), Lab(page, 1)
    assert seen(first)["boxes"]["estradiol"] == 60 and seen(first) == seen(second)
    assert page.watch.problems() == []
