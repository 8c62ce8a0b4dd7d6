"""One lab in a page: mouse, keyboard, themes, widths, units, sites, table, errors, downloads."""

from __future__ import annotations

import base64
import csv
import re

import pytest
from harness import TRIAL_LAB, contradictions, fresh_lab, number, value_at

from osteolab import Course, Person, simulate


@pytest.fixture(scope="module")
def notebook(opened, written):
    """A page with one lab; each test runs its cell again and so finds it untouched."""
    page = opened(written("lab_page.ipynb", TRIAL_LAB))
    page.close_side_panel()
    return page


@pytest.fixture
def lab(notebook):
    yield from fresh_lab(notebook)


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
    assert value_at(state["curves"]["bmd"], 75) == pytest.approx(life.value("bmd", 75, "lumbar_spine"), rel=1e-3)
    assert f"{level:g} pg/mL" in state["sentence"]
    assert contradictions(state) == []


def test_each_slider_has_a_name_a_value_in_words_and_all_its_keys(lab):
    handle = lab.handle("estradiol")
    handle.focus()
    state = lab.press("Home")
    lowest = state["boxes"]["estradiol"]
    assert lab.press("ArrowRight", 3)["boxes"]["estradiol"] > lowest
    highest = lab.press("End")["boxes"]["estradiol"]
    assert lab.press("PageDown")["boxes"]["estradiol"] < highest
    assert handle.get_attribute("aria-label") == "Estradiol, picograms per millilitre"
    assert re.fullmatch(r"\d+ pg/mL, above usual for this age", handle.get_attribute("aria-valuetext"))
    for name in ("testosterone", "igf1", "scan_age"):
        assert lab.handle(name).get_attribute("aria-label")
        assert lab.box(name).get_attribute("aria-label").endswith("type a value")
    assert contradictions(lab.settled()) == []


def test_quick_presses_and_quick_drags_end_where_the_hand_ends(lab):
    handle = lab.handle("estradiol")
    # From here the slider of the page reports 114.99999999999999; an answer of 115 would throw the handle back.
    lab.box("estradiol").fill("114")
    lab.box("estradiol").press("Enter")
    lab.settled()
    handle.focus()
    for _ in range(3):
        assert lab.press("ArrowRight", 9)["boxes"]["estradiol"] == 123
        assert lab.press("ArrowLeft", 9)["boxes"]["estradiol"] == 114
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
    assert style(card, "backgroundColor") == "rgb(255, 255, 255)" and lab.colour_of("bmd") == "rgb(27, 36, 48)"
    lab.notebook.theme("Dark")
    lab.settled()
    assert style(card, "backgroundColor") == "rgb(27, 31, 38)"
    assert lab.colour_of("bmd") == "rgb(244, 246, 249)"
    assert lab.colour_of("resorption") == "rgb(255, 143, 99)"
    assert style(tick, "fill") == "rgb(188, 197, 209)"
    shoot(lab.notebook, "lab", "dark")
    lab.notebook.theme("Light")
    lab.settled()
    assert lab.colour_of("bmd") == "rgb(27, 36, 48)"


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
    assert pinned["curves"]["pinned_bmd"] == first["curves"]["bmd"]
    lab.drag(lab.handle("estradiol"), 0.6)
    second = lab.settled()
    assert second["curves"]["pinned_bmd"] == first["curves"]["bmd"] != second["curves"]["bmd"]
    assert f"pinned {first['tiles'][0][1]}" in second["tiles"][0][2]
    assert contradictions(second) == []
    shoot(lab.notebook, "pinned")
    lab.button("Unpin").click()
    assert lab.settled()["curves"]["pinned_bmd"]["y"] == []
    lab.button("Reset").click()
    assert lab.settled() == start


@pytest.mark.parametrize(("words", "site"), [("Total hip", "total_hip"), ("Femoral neck", "femoral_neck")])
def test_each_site_shows_its_own_density(lab, words, site):
    before = lab.settled()
    lab.button(words).click()
    state = lab.settled()
    life = simulate(Person.preset("anna"), until=80)
    assert number(state["tiles"][0][1]) == pytest.approx(life.value("bmd", 65, site), abs=0.0006)
    assert state["ranges"]["yaxis3"] != before["ranges"]["yaxis3"] and contradictions(state) == []
    lab.button("Spine").click()
    assert lab.settled() == before


# The box of a slow page may have no height, or still that of before, when plotly would measure it.
NARROWER = """async (root) => {
    const plot = root.querySelector('.js-plotly-plot'), heights = () => [plot._fullLayout.height, plot.clientHeight];
    const before = heights();
    plot.querySelector('.svg-container').style.height = '1px';
    root.style.width = `${root.clientWidth - 40}px`;
    window.dispatchEvent(new Event('resize'));
    await new Promise((done) => setTimeout(done, 800));
    const after = heights(), widths = plot.olState().widths;
    root.style.width = '';
    return [before, after, widths];
}"""


def test_the_picture_follows_the_width_of_its_box_and_never_its_height(lab):
    before, after, (drawn, room) = lab.root.evaluate(NARROWER)
    assert after == before
    assert drawn == pytest.approx(room, abs=2)


@pytest.mark.parametrize("size", [(1366, 660), (1180, 768), (1024, 768), (720, 900), (390, 844), (1920, 1080)])
def test_nothing_is_cut_off_at_any_width(lab, shoot, size):
    try:
        lab.notebook.resize(*size)
        lab.show()
        state = lab.settled()
        shoot(lab.notebook, "lab")
        assert lab.cut_off() == []
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
    assert all(after[part] == before[part] for part in ("paths", "curves", "tiles"))
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
        lab.entry("Table (CSV)").click()
    waiting.value.save_as(tmp_path / "lab.csv")
    with (tmp_path / "lab.csv").open(encoding="utf-8", newline="") as file:
        saved = list(csv.DictReader(file))
    lab.button("Table").click()
    lab.settled()
    head, rows = table(lab)
    columns = {"Age": "age_years", "CTX, %": "ctx_percent", "P1NP, %": "p1np_percent", "Balance, %": "balance_percent"}
    columns |= {"BMD, g/cm²": "bmd_g_cm2", "T-score": "t_score", "Strength, %": "strength_percent"}
    columns |= {"People’s BMD ±": "people_sd_g_cm2"}
    assert len(saved) == len(rows)
    for shown, line in zip(rows, saved, strict=True):
        read = {title: number(text.split(" ")[0]) for title, text in zip(head, shown, strict=True)}
        assert read == {title: float(line[name]) for title, name in columns.items()}


def saved_picture(lab, path):
    lab.button("Save").click()
    with lab.page.expect_download() as waiting:
        lab.entry("Picture (PNG)").click()
    waiting.value.save_as(path)
    return path.read_bytes()


def test_the_picture_can_be_saved(lab, tmp_path):
    content = saved_picture(lab, tmp_path / "lab.png")
    assert content.startswith(b"\x89PNG") and len(content) > 20_000


# A drawing of 100 by 60 px at the top left of the figure, which the style sheet of the page makes green.
DRAW = """figure => {
    const style = document.createElement('style');
    style.textContent = '.drawn-here { fill: rgb(0, 160, 0) }';
    const part = document.createElement('div');
    part.className = 'ol-part';
    part.style.cssText = 'position: absolute; left: 0; top: 0';
    part.innerHTML = '<svg width="100" height="60"><rect class="drawn-here" width="100" height="60"/></svg>';
    figure.style.position = 'relative';
    figure.append(style, part);
}"""
PIXEL = """async ([base64, x, y]) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${base64}`;
    await picture.decode();
    const pen = Object.assign(document.createElement('canvas'), { width: 400, height: 400 }).getContext('2d');
    pen.drawImage(picture, 0, 0);
    return [...pen.getImageData(x, y, 1, 1).data];
}"""


def test_a_drawing_of_svg_is_saved_in_its_place_and_with_the_looks_that_the_page_gives_it(lab, tmp_path):
    lab.root.locator(".ol-figure").evaluate(DRAW)
    content = base64.b64encode(saved_picture(lab, tmp_path / "lab.png")).decode("ascii")
    assert lab.page.evaluate(PIXEL, [content, 132, 92]) == [0, 160, 0, 255]  # two pixels for one, a margin of 16 px
