"""The strip of plans in a page: by mouse, by keyboard alone, and what becomes of curves, letters and words."""

from __future__ import annotations

import itertools

import pytest
from harness import Lab, badly_drawn, number, value_at

from osteolab import Course, Person, simulate

PLANS = """
from osteolab.lab import *
lab = RemodelingLab("anna", sliders=("estradiol", "testosterone"), compare=True)
lab
"""
PANELS = ("net", "balance", "bmd")
LETTERS = "abcd"


@pytest.fixture(scope="module")
def notebook(opened, written):
    """A page with one lab that shows its plans."""
    page = opened(written("plans_page.ipynb", PLANS))
    page.close_side_panel()
    return page


@pytest.fixture
def lab(notebook):
    """A lab with one plan."""
    notebook.theme("Light")
    notebook.run_all()
    yield Lab(notebook)
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []


def place(lab, letter):
    """Return the button of a place of the strip, whether there is a plan or not."""
    return lab.root.locator(".ol-places button").nth("ABCD".index(letter))


def names(state):
    """Return the plans of the strip by letter, and the chosen letter."""
    told = {name[5]: name[8:] for name, _ in state["plans"]}
    return told, next(name[5] for name, chosen in state["plans"] if chosen)


def with_estradiol(lab, letter, value):
    """Add a plan and set its estradiol."""
    place(lab, letter).click()
    lab.settled()
    lab.box("estradiol").fill(str(value))
    lab.box("estradiol").press("Enter")
    return lab.settled()


def four_plans(lab):
    """Add plans B, C and D with 20, 40 and 60 pg/mL of estradiol."""
    for letter, value in zip("BCD", (20, 40, 60), strict=True):
        state = with_estradiol(lab, letter, value)
    return state


def disagreements(state, count):
    """Return where curves, drawing, letters and tiles of several plans do not say the same."""
    shown = [f"{panel}_{letter}" for panel in PANELS for letter in LETTERS[:count]]
    found = badly_drawn(state, shown)
    empty = [f"{panel}_{letter}" for panel in PANELS for letter in LETTERS[count:]]
    found += [f"{name} is drawn, but there is no such plan" for name in empty if state["paths"][name]]
    chosen = names(state)[1].lower()
    curve, tile = value_at(state["curves"][f"bmd_{chosen}"], state["scan_age"]), number(state["tiles"][0][1])
    if abs(curve - tile) > 0.0006:
        found.append(f"the curve of plan {chosen.upper()} reads {curve}, the tile {tile}")
    painted, room = state["widths"]
    return found + ([f"the picture is {painted} px wide in a box of {room} px"] if abs(painted - room) > 4 else [])


def test_only_the_next_place_can_be_filled_and_it_copies_the_chosen_plan(lab):
    state = lab.settled()
    assert names(state) == ({"A": "nothing changed"}, "A")
    assert [place(lab, letter).is_enabled() for letter in "ABCD"] == [True, True, False, False]
    lab.drag(lab.handle("estradiol"), 0.3)
    before = lab.settled()
    place(lab, "B").click()
    told, chosen = names(lab.settled())
    assert chosen == "B" and told["A"] == told["B"]
    assert lab.state()["boxes"] == before["boxes"]
    assert [place(lab, letter).is_enabled() for letter in "ABCD"] == [True, True, True, False]


def test_four_plans_are_drawn_as_the_calculator_has_them_and_the_sliders_are_those_of_the_chosen(lab, shoot):
    state = four_plans(lab)
    shoot(lab.notebook, "four")
    assert disagreements(state, 4) == []
    assert names(state)[1] == "D" and state["boxes"]["estradiol"] == 60
    anna = Person.preset("anna")
    for letter, value in zip("bcd", (20, 40, 60), strict=True):
        life = simulate(anna, (Course("estradiol", value, "pg/mL", start=52),), until=80)
        curve = state["curves"][f"bmd_{letter}"]
        assert value_at(curve, 75) == pytest.approx(life.value("bmd", 75, "lumbar_spine"), rel=1e-3)
        assert min(curve["x"]) >= 51.9, "the common past is drawn once, in plan A"
    for letter, value in (("A", 5), ("C", 40)):
        place(lab, letter).click()
        chosen = lab.settled()
        assert names(chosen)[1] == letter and chosen["boxes"]["estradiol"] == value
        assert disagreements(chosen, 4) == []
        assert {name: chosen["curves"][name] for name in chosen["curves"] if name.startswith("bmd_d")} == {
            "bmd_d": state["curves"]["bmd_d"]
        }


def test_each_plan_has_its_own_colour_and_its_letter_stands_by_itself(lab):
    state = four_plans(lab)
    assert len({state["colours"][f"bmd_{letter}"] for letter in LETTERS}) == 4
    heights = dict(state["words"]["letters"])
    assert sorted(heights) == list("ABCD")
    assert all(lower - upper >= 15 for upper, lower in itertools.pairwise(sorted(heights.values())))
    samples = lab.root.locator(".ol-places .ol-sample").evaluate_all(
        "all => all.map(one => getComputedStyle(one).color)"
    )
    assert samples == [state["colours"][f"bmd_{letter}"] for letter in LETTERS]


def test_the_keyboard_alone_adds_chooses_and_empties(lab):
    lab.root.locator(".ol-person select").focus()
    lab.tab_to(place(lab, "A"), 2)
    lab.tab_to(place(lab, "B"), 1)
    lab.press("Enter")
    lab.tab_to(place(lab, "C"), 1)
    assert names(lab.press("Space"))[1] == "C"
    assert place(lab, "C").evaluate("node => node === document.activeElement")
    for key, chosen in (("ArrowLeft", "B"), ("ArrowLeft", "A"), ("ArrowLeft", "C"), ("Home", "A"), ("End", "C")):
        assert names(lab.press(key))[1] == chosen
        assert place(lab, chosen).evaluate("node => node === document.activeElement")
    lab.press("ArrowLeft")
    told, chosen = names(lab.press("Delete"))
    assert (list(told), chosen) == (["A", "B"], "A")
    assert place(lab, "A").evaluate("node => node === document.activeElement")


def test_an_emptied_plan_leaves_no_line_and_undo_brings_it_back(lab):
    before = four_plans(lab)
    place(lab, "B").click()
    lab.settled()
    place(lab, "B").press("Delete")
    emptied = lab.settled()
    assert list(names(emptied)[0]) == ["A", "B", "C"] and disagreements(emptied, 3) == []
    assert emptied["curves"]["bmd_b"] == before["curves"]["bmd_c"]
    lab.button("Undo").click()
    back = lab.settled()
    assert list(names(back)[0]) == list("ABCD") and disagreements(back, 4) == []
    assert all(back["curves"][f"bmd_{letter}"] == before["curves"][f"bmd_{letter}"] for letter in LETTERS)


def test_one_plan_alone_is_shown_as_ever(lab):
    start = lab.settled()
    with_estradiol(lab, "B", 40)
    place(lab, "B").press("Delete")
    back = lab.settled()
    assert back["curves"] == start["curves"] and back["paths"] == start["paths"] and back["fills"] == start["fills"]
    assert names(back) == names(start)


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768), (720, 900), (1920, 1080)])
def test_nothing_is_cut_off_at_any_width_or_theme_and_no_rule_of_accessibility_is_broken(lab, shoot, violations, size):
    try:
        four_plans(lab)
        lab.notebook.resize(*size)
        lab.show()
        assert disagreements(lab.settled(), 4) == [] and lab.cut_off() == []
        lab.notebook.theme("Dark")
        lab.settled()
        shoot(lab.notebook, "four", "dark")
        assert violations(lab.notebook) == []
    finally:
        lab.notebook.theme("Light")
        lab.notebook.resize(1366, 768)
