"""The lab, the task and the quiz in a page: mouse, keyboard, themes, units, table, errors, downloads."""

from __future__ import annotations

import csv
import re

import pytest
from harness import Lab, contradictions, number, value_at

from osteolab import Course, Person, simulate

LAB = """
from osteolab.lab import *
lab = RemodelingLab("anna", sliders=("estradiol", "testosterone", "igf1"))
lab
"""
TASK = """
check = [{"read": "t_score", "op": ">=", "value": -1.5}]
Task(lab, 1, "Keep the spine above T −1.5 at 65.", ("estradiol", "t_score"), check, ["Raise it."], "Over 50.")
"""
QUIZ = """
from osteolab.lab.quiz import Choice, Question
choices = [Choice("Builders are poisoned", False, "They are not."), Choice("Less to rebuild", True, "It is coupled.")]
Quiz([Question("Why does formation fall too?", choices), Question("And then?", choices)])
"""
VEILED = """
predict = Predict("Where is the spine at 65?", (PredictChoice("Higher", 0.95), PredictChoice("The same", 0.85)))
RemodelingLab("anna", sliders=("estradiol",), predict=predict, title="Prediction")
"""
FOCUSED = "node => node === document.activeElement"


@pytest.fixture(scope="module")
def notebook(opened, written):
    """One page for all tests of this file; each runs the cells again and so finds it untouched."""
    page = opened(written("lab_page.ipynb", LAB, TASK, QUIZ, VEILED))
    page.close_side_panel()
    return page


@pytest.fixture
def lab(notebook):
    notebook.theme("Light")
    notebook.run_all()
    yield Lab(notebook)
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []


def press(lab, key, times=1):
    for _ in range(times):
        lab.page.keyboard.press(key)
    return lab.settled()


def press_quickly(lab, handle, key, times):
    """Press without waiting for the picture, as an impatient reader does; return where the box ends."""
    handle.focus()
    for _ in range(times):
        lab.page.keyboard.press(key)
    return lab.settled()["boxes"]["estradiol"]


def plotted(lab, name):
    """Return the colour in which a trace is drawn."""
    path = """(root, name) => {
        const plot = root.querySelector('.js-plotly-plot');
        const uid = plot._fullData.find((trace) => trace.name === name).uid;
        return getComputedStyle(plot.querySelector(`g.trace${uid} path.js-line`)).stroke;
    }"""
    return lab.root.evaluate(path, name)


def hidden(lab, age):
    """Say for each panel whether the veil covers everything just after an age, at the top and at the bottom."""
    inside = """(root, age) => {
        const plot = root.querySelector('.js-plotly-plot'), layout = plot._fullLayout;
        return ['veil_1', 'veil_2', 'veil_3'].map((name) => {
            const trace = plot._fullData.find((one) => one.name === name);
            const [x, y] = ['x', 'y'].map((axis) => layout[`${axis}axis${trace[`${axis}axis`].slice(1)}`]);
            const path = plot.querySelector(`g.trace${trace.uid} path.js-fill`);
            return [0.05, 0.95].every((share) => path.isPointInFill(new DOMPoint(x.c2p(age) + 5, share * y._length)));
        });
    }"""
    return lab.root.evaluate(inside, age)


def cut_off(lab):
    """Return the words of the lab that lie outside the card or are wider than their place."""
    look = """(card) => {
        const edge = card.getBoundingClientRect();
        const words = '.ol-tile > *, .ol-sentence, .ol-name, .ol-unit, .ol-key';
        const parts = [...card.querySelectorAll(`button, select, input, ${words}`)];
        const seen = parts.filter((part) => part.offsetParent && !part.closest('.ol-menu, .ol-tip'));
        const out = seen.filter((part) => {
            const box = part.getBoundingClientRect();
            return box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.left < edge.left - 1;
        });
        const wide = seen.filter((part) => part.matches('button, .ol-tile > *')
            && part.scrollWidth > part.clientWidth + 1
            && getComputedStyle(part).overflow !== 'visible');
        const tiles = [...card.querySelectorAll('.ol-tile')].map((tile) => tile.getBoundingClientRect());
        const over = [...card.querySelectorAll('.ol-tile')].filter((tile, i) => [...tile.children].some((line) => {
            const range = document.createRange();
            range.selectNodeContents(line);
            const text = range.getBoundingClientRect();
            return text.width && text.right > tiles[i].right + 1;
        }));
        return [...out, ...wide, ...over].map((part) => part.innerText || part.className);
    }"""
    return lab.root.locator(".ol-lab").evaluate(look)


def style(locator, name):
    return locator.evaluate("(node, name) => getComputedStyle(node)[name]", name)


def table(lab):
    """Return the table on the screen: header and rows of text."""
    lines = "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    head, *rows = lab.root.locator(".ol-table tr").evaluate_all(lines)
    return head, rows


def test_a_lab_that_nobody_has_touched_says_so(lab):
    state = lab.settled()
    assert "Nothing has been changed yet" in state["sentence"]
    assert contradictions(state) == []
    without = simulate(Person.preset("anna"), until=80).at(65)
    assert number(state["tiles"][0][1]) == pytest.approx(without.bmd, abs=0.0006)


def test_the_picture_shows_what_the_calculator_says(lab):
    lab.drag(lab.handle("estradiol"), 0.3)
    state = lab.settled()
    level = state["boxes"]["estradiol"]
    life = simulate(Person.preset("anna"), (Course("estradiol", level, "pg/mL", start=52),), until=80)
    assert number(state["tiles"][0][1]) == pytest.approx(life.at(65).bmd, abs=0.0006)
    assert number(state["tiles"][1][1]) == pytest.approx(life.at(65).t_score, abs=0.06)
    assert value_at(state["bmd"], 75) == pytest.approx(life.value("bmd", 75, "lumbar_spine"), rel=1e-3)
    assert f"{level:g} pg/mL" in state["sentence"]
    assert contradictions(state) == []


def test_each_slider_has_a_name_a_value_in_words_and_all_its_keys(lab):
    handle = lab.handle("estradiol")
    handle.focus()
    state = press(lab, "Home")
    lowest = state["boxes"]["estradiol"]
    assert press(lab, "ArrowRight", 3)["boxes"]["estradiol"] > lowest
    highest = press(lab, "End")["boxes"]["estradiol"]
    assert press(lab, "PageDown")["boxes"]["estradiol"] < highest
    assert handle.get_attribute("aria-label") == "Estradiol, picograms per millilitre"
    assert re.fullmatch(r"\d+ pg/mL, above usual for this age", handle.get_attribute("aria-valuetext"))
    for name in ("testosterone", "igf1", "scan_age"):
        assert lab.handle(name).get_attribute("aria-label")
        assert lab.box(name).get_attribute("aria-label").endswith("type a value")
    assert contradictions(lab.settled()) == []


def test_quick_presses_and_quick_drags_end_where_the_hand_ends(lab):
    handle = lab.handle("estradiol")
    lab.drag(handle, 0.5)
    start = lab.settled()["boxes"]["estradiol"]
    for way, key in ((1, "ArrowRight"), (-1, "ArrowLeft")) * 3:
        end = press_quickly(lab, handle, key, 9)
        assert end == start + way * 9
        start = end
    for share in (0.2, 0.8, 0.4):
        lab.drag(handle, share, seconds=0.2)
        assert lab.settled()["boxes"]["estradiol"] == pytest.approx(150 * share, abs=2)


def test_tab_goes_through_the_rail_from_top_to_bottom_and_the_focus_is_seen(lab):
    lab.root.locator(".ol-person select").focus()
    for name in ("estradiol", "testosterone", "igf1"):
        assert lab.tab_to(lab.box(name), 4) and lab.tab_to(lab.handle(name), 2)
        assert style(lab.handle(name), "outlineStyle") == "solid"
        assert style(lab.handle(name), "outlineWidth") == "3px"
    for target in (lab.button("Pin curve"), lab.root.locator(".ol-sites button").first, lab.handle("scan_age")):
        lab.tab_to(target, 5)


def test_the_dark_theme_recolours_card_curves_and_ticks(lab, shoot):
    tick = lab.root.locator(".ytick text").first
    card = lab.root.locator(".ol-lab")
    assert style(card, "backgroundColor") == "rgb(255, 255, 255)" and plotted(lab, "bmd") == "rgb(27, 36, 48)"
    lab.notebook.theme("Dark")
    lab.settled()
    assert style(card, "backgroundColor") == "rgb(27, 31, 38)"
    assert plotted(lab, "bmd") == "rgb(244, 246, 249)"
    assert plotted(lab, "resorption") == "rgb(255, 143, 99)"
    assert style(tick, "fill") == "rgb(188, 197, 209)"
    shoot(lab.notebook, "lab", "dark")
    lab.notebook.theme("Light")
    lab.settled()
    assert plotted(lab, "bmd") == "rgb(27, 36, 48)"


def test_the_unit_switch_changes_units_and_boxes_and_nothing_else(lab):
    lab.drag(lab.handle("estradiol"), 0.4)
    before = lab.settled()
    place = lab.handle("estradiol").bounding_box()
    lab.button("SI").click()
    after = lab.settled()
    assert after["units"] == ["pmol/L", "nmol/L", "nmol/L"]
    assert after["boxes"]["estradiol"] == pytest.approx(3.671 * before["boxes"]["estradiol"], abs=0.6)
    assert lab.handle("estradiol").bounding_box() == place
    assert (after["paths"], after["tiles"]) == (before["paths"], before["tiles"])
    assert "pmol/L" in after["sentence"]
    lab.button("US units").click()
    assert lab.settled() == before


def test_a_pinned_curve_stays_as_a_ghost_and_reset_frees_the_sliders(lab, shoot):
    start = lab.settled()
    lab.drag(lab.handle("estradiol"), 0.3)
    first = lab.settled()
    lab.button("Pin curve").click()
    pinned = lab.settled()
    assert pinned["pinned"] == first["bmd"]
    lab.drag(lab.handle("estradiol"), 0.6)
    second = lab.settled()
    assert second["pinned"] == first["bmd"] and second["bmd"] != first["bmd"]
    assert f"pinned {first['tiles'][0][1]}" in second["tiles"][0][2]
    assert contradictions(second) == []
    shoot(lab.notebook, "pinned")
    lab.button("Unpin").click()
    assert lab.settled()["pinned"]["y"] == []
    lab.button("Reset").click()
    assert lab.settled() == start


@pytest.mark.parametrize(("words", "site"), [("Total hip", "total_hip"), ("Femoral neck", "femoral_neck")])
def test_each_site_shows_its_own_density(lab, words, site):
    before = lab.settled()
    lab.button(words).click()
    state = lab.settled()
    life = simulate(Person.preset("anna"), until=80)
    assert number(state["tiles"][0][1]) == pytest.approx(life.value("bmd", 65, site), abs=0.0006)
    assert state["range"] != before["range"] and contradictions(state) == []
    lab.button("Spine").click()
    assert lab.settled() == before


@pytest.mark.parametrize("size", [(1366, 660), (1180, 768), (1024, 768), (720, 900), (1920, 1080)])
def test_nothing_is_cut_off_at_any_width(lab, shoot, size):
    try:
        lab.notebook.resize(*size)
        lab.show()
        state = lab.settled()
        shoot(lab.notebook, "lab")
        assert cut_off(lab) == []
        assert contradictions(state) == []
    finally:
        lab.notebook.resize(1366, 768)


def test_the_table_shows_the_numbers_of_the_picture(lab, shoot):
    lab.drag(lab.handle("estradiol"), 0.3)
    state = lab.settled()
    lab.button("Table").click()
    lab.settled()
    head, rows = table(lab)
    assert not lab.root.locator(".ol-figure").is_visible()
    row = dict(zip(head, next(row for row in rows if row[0] == "65"), strict=True))
    tiles = {label: value for label, value, _ in state["tiles"]}
    assert row["BMD, g/cm²"].split(" ")[0] == tiles["Spine BMD, g/cm²"]
    assert (row["T-score"], row["CTX, %"]) == (tiles["T-score"], tiles["Resorption (CTX), %"])
    shoot(lab.notebook, "table")
    lab.button("Chart").click()
    assert lab.settled() == state


def test_a_typed_value_out_of_range_shows_the_error_and_keeps_the_picture(lab, shoot):
    lab.drag(lab.handle("estradiol"), 0.3)
    before = lab.settled()
    box = lab.box("estradiol")
    box.fill("5000")
    box.press("Enter")
    after = lab.settled()
    assert "5000" in after["error"] and "accepts" in after["error"]
    assert lab.root.locator("[role=alert]").is_visible()
    assert (after["paths"], after["bmd"], after["tiles"]) == (before["paths"], before["bmd"], before["tiles"])
    assert after["boxes"]["estradiol"] == 5000 and box.get_attribute("aria-invalid") == "true"
    shoot(lab.notebook, "error")
    box.fill("50")
    box.press("Enter")
    mended = lab.settled()
    assert mended["error"] == "" and "50 pg/mL" in mended["sentence"] and contradictions(mended) == []
    assert box.get_attribute("aria-invalid") == "false"


def test_the_saved_csv_holds_the_numbers_of_the_table(lab, tmp_path):
    lab.drag(lab.handle("estradiol"), 0.3)
    lab.settled()
    lab.button("Save").click()
    with lab.page.expect_download() as waiting:
        lab.button("Table (CSV)").click()
    waiting.value.save_as(tmp_path / "lab.csv")
    with (tmp_path / "lab.csv").open(encoding="utf-8", newline="") as file:
        saved = list(csv.DictReader(file))
    lab.button("Table").click()
    lab.settled()
    head, rows = table(lab)
    columns = {"Age": "age_years", "CTX, %": "ctx_percent", "P1NP, %": "p1np_percent", "Balance, %": "balance_percent"}
    columns |= {"BMD, g/cm²": "bmd_g_cm2", "T-score": "t_score", "Strength, %": "strength_percent"}
    assert len(saved) == len(rows)
    for shown, line in zip(rows, saved, strict=True):
        read = {title: number(text.split(" ")[0]) for title, text in zip(head, shown, strict=True)}
        assert read == {title: float(line[name]) for title, name in columns.items()}


def test_the_picture_can_be_saved(lab, tmp_path):
    lab.button("Save").click()
    with lab.page.expect_download() as waiting:
        lab.button("Picture (PNG)").click()
    waiting.value.save_as(tmp_path / "lab.png")
    content = (tmp_path / "lab.png").read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 20_000


def test_a_task_can_be_done_with_the_keyboard_alone(lab):
    card = lab.page.locator(".ol-task")
    check = card.get_by_role("button", name="Check")
    lab.handle("estradiol").focus()
    press(lab, "Home")
    check.focus()
    press(lab, "Enter")
    assert "Not yet." in card.inner_text()
    for words in ("Hint 1 of 1", "Show the solution"):
        lab.tab_to(card.get_by_role("button", name=words), 2)
        press(lab, "Space")
    assert "Raise it." in card.inner_text() and "Over 50." in card.inner_text()
    lab.handle("estradiol").focus()
    press(lab, "End")
    check.focus()
    press(lab, "Space")
    assert "✓ Right." in card.inner_text()


def test_a_quiz_can_be_answered_with_the_keyboard_alone(lab):
    card = lab.page.locator(".ol-quiz")
    card.locator("input[type=radio]").first.focus()
    press(lab, "Space")
    assert "Not yet." in card.inner_text()
    press(lab, "ArrowDown")
    assert "✓ Right." in card.inner_text()
    lab.tab_to(card.get_by_role("button", name="Next question"), 2)
    press(lab, "Enter")
    assert "Question 2 of 2" in card.inner_text() and "And then?" in card.inner_text()


def test_the_future_is_not_in_the_page_before_the_prediction_is_made(lab, shoot):
    veiled = Lab(lab.notebook, 1)
    assert veiled.veiled
    before = veiled.settled()
    assert max(before["bmd"]["x"]) <= 52
    assert hidden(veiled, 52) == [True, True, True]
    assert veiled.root.locator(".ol-rail .noUi-target[disabled]").count() == 1
    shoot(lab.notebook, "veiled")
    assert veiled.button("Commit my prediction").is_disabled()
    veiled.root.locator("input[type=radio]").first.focus()
    chosen = press(veiled, "Space")
    assert hidden(veiled, 52) == [True, True, True] and all(chosen["paths"].values())
    veiled.tab_to(veiled.button("Commit my prediction"), 2)
    state = press(veiled, "Enter")
    assert state["sentence"].startswith("You said A, higher.")
    assert max(state["bmd"]["x"]) == 80 and not veiled.veiled
    assert contradictions(state) == []


def test_no_violation_of_accessibility_rules_in_any_widget(lab, violations):
    found = violations(lab.notebook)
    lab.notebook.theme("Dark")
    lab.settled()
    found += violations(lab.notebook)
    lab.notebook.theme("Light")
    assert found == []
