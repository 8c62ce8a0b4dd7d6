"""Every notebook in JupyterLab: run all cells, take the first slider by mouse and by keyboard, look."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import LATTICE_NOTEBOOK, Lab, contradictions

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
# The lattice has a card of its own kind and tests of its own.
NAMES = sorted(path.name for path in FOLDER.glob("[0-9]*.ipynb") if path.name != LATTICE_NOTEBOOK)
LARGE = (1920, 1080)


@pytest.fixture(scope="module", params=NAMES)
def notebook(request, opened, shoot):
    """One notebook in a page of its own, all cells run; shut down before the next one is opened."""
    page = opened(request.param)
    shoot(page, "opened")
    page.close_side_panel()
    page.theme("Light")
    page.run_all()
    yield page
    page.shut_down()


@pytest.fixture(scope="module")
def lab(notebook, shoot):
    """The first lab of the notebook, its prediction made if it asks for one."""
    lab = Lab(notebook)
    if lab.veiled:
        shoot(notebook, "veiled")
        predict(lab)
    return lab


def predict(lab):
    """Choose the first answer and commit, as a reader does."""
    assert max(lab.state()["curves"]["bmd"]["x"]) < 80
    lab.root.locator(".widget-radio-box label").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    assert not lab.veiled, lab.state()["error"]


def name_of(handle):
    """Return the name of the slider of a handle."""
    row = handle.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' ol-row ')]")
    return next(kind[5:] for kind in row.get_attribute("class").split() if kind.startswith("ol-s-"))


def check_change(before, after, parts=("curves", "tiles", "sentence", "boxes")):
    """The curve as data and as drawn, the tiles and the sentence all follow, and agree."""
    for what in parts:
        assert after[what] != before[what], f"{what} did not follow the slider"
    assert after["paths"]["bmd"] != before["paths"]["bmd"], "the curve was not drawn again"
    assert contradictions(after) == []


def test_every_cell_runs_and_the_card_of_the_lab_is_on_the_page(notebook, lab, shoot):
    assert notebook.errors_in_cells() == []
    card = lab.root.locator(".ol-lab")
    assert card.is_visible()
    box, page = card.bounding_box(), notebook.page.locator(".jp-WindowedPanel-outer").bounding_box()
    assert box["height"] <= page["height"], "the card does not fit into the window"
    notebook.page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTo(0, 0)")
    notebook.page.wait_for_timeout(500)
    shoot(notebook, "top")


def test_the_first_slider_follows_the_mouse(lab, shoot):
    lab.show()
    handle = lab.handle()
    before = lab.settled()
    at = handle.bounding_box()["x"]
    lab.drag(handle, 0.35)
    first = lab.settled()
    assert handle.bounding_box()["x"] != at
    check_change(before, first)
    lab.drag(handle, 0.8)
    check_change(first, lab.settled())
    shoot(lab.notebook, "lab")


def test_the_first_slider_follows_the_arrow_keys_and_tab_reaches_it(lab):
    lab.show()
    handle = lab.handle()
    name, untouched = name_of(handle), lab.settled()["boxes"]
    lab.drag(handle, 0.5)
    assert lab.settled()["boxes"] != untouched
    lab.root.locator(".ol-person select").focus()
    lab.tab_to(handle, 8)
    before = lab.settled()
    for _ in range(6):
        lab.page.keyboard.press("ArrowLeft")
    left = lab.settled()
    assert left["boxes"][name] < before["boxes"][name]
    # Six small steps may be too little for a rounded tile; that tile and curve agree is checked all the same.
    check_change(before, left, ("curves", "sentence", "boxes"))
    for _ in range(6):
        lab.page.keyboard.press("ArrowRight")
    assert lab.settled() == before, "six steps left and six steps right do not lead back"


def test_every_card_below_the_lab_shows_all_of_its_words(lab, shoot):
    cards = lab.page.locator(".ol-card")
    assert cards.count() > 0
    for i in range(cards.count()):
        card = cards.nth(i)
        card.evaluate("card => card.scrollIntoView({block: 'start'})")
        lab.page.wait_for_timeout(400)
        shoot(lab.notebook, f"card-{i + 1}")
        assert card.is_visible() and card.inner_text().strip()
        assert card.evaluate("card => card.scrollWidth <= card.clientWidth + 1"), "the card is wider than its place"


def test_no_violation_of_accessibility_rules_in_any_widget(lab, violations):
    lab.notebook.page.locator(".jp-Notebook").evaluate("notebook => notebook.scrollIntoView()")
    assert violations(lab.notebook) == []


def test_the_lab_fits_a_projector(lab, shoot):
    lab.notebook.resize(*LARGE)
    lab.show()
    assert contradictions(lab.settled()) == []
    shoot(lab.notebook, "lab")
    lab.notebook.page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTo(0, 0)")
    lab.notebook.page.wait_for_timeout(500)
    shoot(lab.notebook, "top")


def test_nothing_went_wrong_and_nothing_was_fetched_from_elsewhere(notebook):
    assert notebook.watch.problems() == []
