"""The lattice lab in JupyterLab: two bones in three dimensions, moved by keyboard and mouse as a reader does."""

from __future__ import annotations

import re

import pytest
from harness import LATTICE_NOTEBOOK, LatticePage

LARGE = (1920, 1080)
AGES = {"Home": 46, "End": 80}
# Frames of the page while a piece is turned, as the browser delivers them.
COUNT_FRAMES = """() => {
    window.frameTimes = [];
    const next = () => { window.frameTimes.push(performance.now()); window.frameLoop = requestAnimationFrame(next); };
    next();
}"""
GAPS = """() => {
    cancelAnimationFrame(window.frameLoop);
    return window.frameTimes.slice(1).map((time, i) => time - window.frameTimes[i]).sort((a, b) => a - b);
}"""
# Share of the pixels of each scene that are not ground.
PAINTED = """(root) => ['scene', 'scene2'].map((name) => {
    const scene = root.querySelector('.js-plotly-plot')._fullLayout[name]._scene;
    return new Promise((resolve) => {
        const picture = new Image();
        picture.onload = () => {
            const canvas = document.createElement('canvas');
            canvas.width = picture.width; canvas.height = picture.height;
            const pen = canvas.getContext('2d');
            pen.drawImage(picture, 0, 0);
            const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
            let seen = 0;
            for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 128) seen += 1;
            resolve(seen / (pixels.length / 4));
        };
        picture.src = scene.toImage('png');
    });
})"""


@pytest.fixture(scope="module")
def notebook(opened):
    """The notebook with all cells run."""
    page = opened(LATTICE_NOTEBOOK)
    page.close_side_panel()
    page.theme("Light")
    page.run_all()
    return page


@pytest.fixture(scope="module")
def lab(notebook, shoot):
    """The lab after the prediction was made."""
    lab = LatticePage(notebook)
    shoot(notebook, "veiled")
    before = lab.settled()
    assert lab.veiled and before["age"] == 52, "the future is on the page before a prediction"
    assert before["sentence"] == "" and "lost …" in before["question"]
    lab.root.locator(".widget-radio-box label").nth(1).click()
    lab.button("Commit my prediction").click()
    after = lab.settled()
    assert not lab.veiled and after["age"] == 72
    assert after["sentence"].startswith("You said B, about twice as many connections.")
    lab.show()
    return lab


@pytest.fixture(autouse=True)
def at_72(lab):
    """Begin each test at the age, the plans and the view of the start."""
    lab.button("Reset").click()
    lab.settled()


def shown(bars):
    """Return density, connections and strength as printed beside the bars."""
    return [int(number) for number in re.findall(r"(\d+) %", bars)]


def test_both_bones_are_painted_and_the_words_agree_with_the_bars(lab, notebook):
    state = lab.settled()
    assert all(count > 300 for count in state["triangles"])
    painted = lab.page.evaluate(f"async (root) => Promise.all(({PAINTED})(root))", lab.root.element_handle())
    assert all(0.08 < share < 0.7 for share in painted), painted
    (density_a, _, strength_a), (density_b, _, strength_b) = (shown(bars) for bars in state["bars"])
    assert f"{density_a} % and {density_b} % of their density" in state["sentence"]
    assert f"{strength_a} % and {strength_b} % of their strength" in state["sentence"]
    assert notebook.errors_in_cells() == []


def test_the_age_follows_the_keyboard_and_every_part_follows_the_age(lab, shoot):
    lab.age().focus()
    seen = {}
    for key, age in AGES.items():
        seen[age] = lab.press(key)
        assert seen[age]["age"] == age
        shoot(lab.notebook, f"age-{age}")
    seen[60] = lab.press("ArrowLeft", 10)
    shoot(lab.notebook, "age-60")
    assert [seen[age]["age"] for age in (46, 60, 80)] == [46, 60, 80]
    assert len({tuple(state["triangles"]) for state in seen.values()}) == 3
    assert len({state["sentence"] for state in seen.values()}) == 3
    assert shown(seen[46]["bars"][1]) == [100, 100, 100]
    strengths = [shown(seen[age]["bars"][1])[2] for age in (46, 60)]
    assert strengths[0] > strengths[1]


def test_play_goes_on_from_the_start_and_pause_stops_it(lab):
    lab.age().focus()
    lab.press("Home")
    run = lab.root.locator(".ol-run")
    run.click()
    lab.page.wait_for_function("document.querySelector('.ol-at').textContent >= 54")
    assert "Pause" in run.inner_text()
    run.click()
    stopped = lab.settled()
    assert 54 <= stopped["age"] < 80 and "Play" in run.inner_text()
    lab.page.wait_for_timeout(700)
    assert lab.settled() == stopped


@pytest.mark.quiet  # counts the frames of a second
@pytest.mark.parametrize("side", [0, 1])
def test_turning_one_bone_turns_both(lab, side):
    before = lab.settled()["eyes"]
    lab.page.evaluate(COUNT_FRAMES)
    lab.turn(110, 30, side)
    gaps = lab.page.evaluate(GAPS)
    after = lab.settled()["eyes"]
    assert after[0] == after[1] != before[0]
    # Without a graphics card this machine draws in software; a slide show would be slower still.
    assert len(gaps) >= 10, gaps


def test_age_and_theme_leave_the_turned_bones_as_they_are(lab):
    lab.turn(-90, 20)
    turned = lab.settled()["eyes"]
    lab.age().focus()
    assert lab.press("ArrowLeft")["eyes"] == turned
    lab.notebook.theme("Dark")
    assert lab.settled()["eyes"] == turned
    lab.notebook.theme("Light")


def test_reset_turns_both_bones_back(lab):
    first = lab.settled()["eyes"]
    lab.turn(100, -30)
    assert lab.settled()["eyes"] != first
    lab.button("Reset").click()
    assert lab.settled()["eyes"] == first


def test_a_switch_changes_bone_bars_and_sentence(lab):
    before = lab.settled()
    lab.button("nothing").first.click()
    after = lab.settled()
    assert after["titles"] == ["Anna, no drug", before["titles"][1]]
    assert after["triangles"][0] != before["triangles"][0] and after["triangles"][2:] == before["triangles"][2:]
    assert shown(after["bars"][0])[2] < shown(before["bars"][0])[2]
    assert after["sentence"] != before["sentence"]


def test_a_slider_of_a_plan_remodels_the_bone_and_says_that_it_works(lab, shoot):
    before = lab.settled()
    handle = lab.handle("rescue_b")
    handle.focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.root.get_by_text("Computing this plan").wait_for(timeout=15_000)
    shoot(lab.notebook, "computing")
    lab.page.wait_for_function("!document.querySelector('.ol-host').classList.contains('ol-computing')", timeout=90_000)
    after = lab.settled()
    assert after["boxes"]["rescue_b"] == 60 and after["titles"][1] == "Berta, a brake from 60"
    assert after["bars"][1] != before["bars"][1] and after["bars"][0] == before["bars"][0]
    assert after["sentence"] != before["sentence"]


def test_the_cross_section_shows_both_and_follows_its_depth(lab, shoot):
    lab.button("Cross-section").click()
    first = lab.settled()
    assert len(first["sections"]) == 2 and min(first["sections"]) > 500
    shoot(lab.notebook, "section")
    depth = lab.root.locator(".ol-depth input")
    depth.focus()
    assert lab.press("ArrowRight", 12)["sections"] != first["sections"]
    lab.button("Surface").click()
    assert lab.settled()["sections"] == []


def test_the_table_holds_published_values_beside_the_measures(lab, shoot):
    lab.button("Table").click()
    table = lab.settled()["table"]
    shoot(lab.notebook, "table")
    for word in ("Bone volume, BV/TV", "Published young", "Published old", "Anna at 72", "Khosla 2006"):
        assert word in table
    lab.button("Chart").click()


def test_no_violation_of_accessibility_rules_and_nothing_cut_off(lab, violations):
    assert violations(lab.notebook) == []
    assert lab.cut_off() == []


def test_every_card_below_shows_its_words_and_a_projector_shows_the_lab(lab, shoot):
    lab.notebook.resize(*LARGE)
    lab.show()
    lab.settled()
    shoot(lab.notebook, "lab")
    assert lab.cut_off() == []
    cards = lab.page.locator(".ol-card")
    assert cards.count() >= 2
    for i in range(cards.count()):
        cards.nth(i).evaluate("card => card.scrollIntoView({block: 'start'})")
        lab.page.wait_for_timeout(400)
        shoot(lab.notebook, f"card-{i + 1}")
        assert cards.nth(i).evaluate("card => card.scrollWidth <= card.clientWidth + 1")


def test_nothing_went_wrong_and_nothing_was_fetched_from_elsewhere(notebook):
    assert notebook.watch.problems() == []
