"""A tap on a tile of a lab, or Enter on its words, explains it; the next tap, Escape and a scroll close it."""

from __future__ import annotations

import pytest
from harness import TRIAL_LAB, fresh_lab

from osteolab.lab.words.terms import explained


@pytest.fixture(scope="module")
def notebook(opened, written):
    page = opened(written("tiles_page.ipynb", TRIAL_LAB))
    page.close_side_panel()
    return page


@pytest.fixture
def lab(notebook):
    yield from fresh_lab(notebook)


def note(lab):
    """Return the words of the explanation that is open, or an empty text."""
    shown = lab.root.locator(".ol-explained:popover-open")
    return shown.inner_text() if shown.count() else ""


def inside(lab):
    """Return whether the open explanation lies inside the window and off its tile."""
    return lab.root.evaluate("""root => {
        const box = root.querySelector(".ol-explained").getBoundingClientRect();
        const tile = root.querySelector("[aria-expanded=true][data-explained]").closest(".ol-tile");
        const on = tile.getBoundingClientRect();
        const apart = box.bottom <= on.top || box.top >= on.bottom;
        return apart && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
    }""")


def test_a_tap_anywhere_on_a_tile_explains_it_and_the_next_tap_closes_it(lab, shoot):
    tiles = lab.root.locator(".ol-tile")
    words = ("bmd", "t_score", "ctx", "p1np", "strength", "fracture_risk")
    for place, name in enumerate(words):
        tiles.nth(place).locator("b").click()
        assert note(lab) == explained(name) and inside(lab)
    shoot(lab.notebook, "tile")
    tiles.nth(5).locator(".ol-context").click()
    assert note(lab) == ""
    tiles.nth(0).click()
    lab.root.locator(".ol-sentence").click()
    assert note(lab) == ""


def test_enter_on_the_words_of_a_tile_explains_it_and_escape_closes_it(lab):
    word = lab.root.locator(".ol-tile .ol-why").nth(4)
    word.focus()
    lab.page.keyboard.press("Enter")
    assert note(lab) == explained("strength") and inside(lab)
    assert word.get_attribute("aria-expanded") == "true"
    lab.page.keyboard.press("Escape")
    assert note(lab) == "" and word.get_attribute("aria-expanded") == "false"
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Tab")
    assert note(lab) == ""


def test_an_explanation_fits_a_phone(lab, shoot):
    lab.notebook.resize(390, 844)
    try:
        for tile in lab.root.locator(".ol-tile").all():
            tile.scroll_into_view_if_needed()
            tile.locator("b").click()
            assert note(lab) and inside(lab)
        shoot(lab.notebook, "tile-phone")
    finally:
        lab.notebook.resize(1366, 768)
