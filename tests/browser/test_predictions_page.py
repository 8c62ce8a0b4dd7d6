"""A table of signs and a drawn line: by mouse and by keyboard, locked on commit, still there after a reload."""

from __future__ import annotations

import re

import pytest
from harness import AT_REST, Lab, contradictions, printed

TABLE = """
from osteolab.lab import *
from osteolab.lab.predict import TableRow, TableTime
rows = (
    TableRow("testosterone", "Testosterone", "in blood", "What does the pituitary do?"),
    TableRow("estradiol", "Estradiol", "in blood", "What if aromatase is blocked?"),
    TableRow("ctx", "Demolition", "CTX", "What do osteoclasts do with less of the brake?"),
    TableRow("bmd", "Bone density", "spine", "What does more demolition do to density?"),
)
times = TableTime("after 3 months", 0.25), TableTime("after 3 years", 3), TableTime("a year after stopping", 1, "stop")
question = "Ben takes anastrozole from 65 to 68. Higher, the same, or lower?"
asked = PredictTable(question, rows, times, "start with aromatase.")
moved = {"anastrozole": 1, "treatment_years": 3}
man = Lab(person="ben", people=(), sliders=tuple(moved), predict=asked, reveal=moved, number="05")
man
"""
DRAWN = """
causes = (62, "while the patch lasts, demolition is held."), (100, "what the patch held is lost within a few years.")
asked = PredictDrawn("Draw Anna’s spine from 52 to 75: a patch until 62, then nothing.", (55, 62, 65, 75), causes)
moved = {"transdermal_estradiol": 50, "treatment_years": 10}
woman = Lab(person="anna", people=(), sliders=tuple(moved), predict=asked, reveal=moved, number="04")
woman
"""
# What the model has is computed by the kernel alone, and asked for here.
MODEL = "print(list(man.predict.model(man._lives.shown(man.revealed, False).result, 'lumbar_spine')))"
SIGNS = ("+", "0", "−")
KEEP = "osteolab:prediction:"
STORED = f"() => Object.keys(localStorage).filter((key) => key.startsWith('{KEEP}')).map((key) => localStorage[key])"


@pytest.fixture(scope="module")
def notebook(opened, written):
    """A page with both kinds of prediction."""
    page = opened(written("predictions_page.ipynb", TABLE, DRAWN))
    page.close_side_panel()
    return page


@pytest.fixture
def labs(notebook):
    """Both labs, nothing predicted and nothing kept."""
    forget(notebook)
    notebook.theme("Light")
    notebook.run_all()
    yield Lab(notebook, 0), Lab(notebook, 1)
    forget(notebook)
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []


def forget(notebook):
    notebook.page.evaluate("localStorage.clear()")


def cell(lab, row, time):
    """Return a cell of the table, as the group of its three buttons."""
    return lab.root.locator(".ol-ask .ol-signs tbody tr").nth(row).locator("[role=radiogroup]").nth(time)


def fill(lab, signs):
    """Choose a sign in every cell by mouse; `signs` are texts such as "+0-"."""
    for i, row in enumerate(signs):
        for j, sign in enumerate(row):
            cell(lab, i, j).get_by_role("radio").nth("+0-".index(sign)).click()
    return lab.settled()


def commit(lab):
    return lab.button("Commit my prediction")


def marks(lab):
    """Return what stands beside the cells of the marked table."""
    return lab.root.locator(".ol-after tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('i')].map(mark => mark.textContent).join(''))"
    )


def rings(lab):
    return lab.root.locator(".ol-ring")


def values(lab):
    """Return the height of each ring as its box shows it."""
    return [float(box.input_value()) for box in lab.root.locator(".ol-ring-boxes input").all()]


def test_a_table_is_filled_and_committed_with_the_keyboard_alone(labs, shoot):
    lab = labs[0]
    assert lab.veiled and commit(lab).is_disabled()
    assert "12 cells are empty. One hint: start with aromatase." in lab.root.inner_text()
    lab.root.locator(".ol-sites button").last.focus()
    lab.tab_to(cell(lab, 0, 0).get_by_role("radio").first, 3)  # past the figure
    for i in range(12):
        target = cell(lab, i // 3, i % 3).get_by_role("radio").first
        assert target.evaluate("node => node === document.activeElement")
        if i % 3 == 2:
            lab.page.keyboard.press("-")
        else:
            for key in (["Space"], ["ArrowRight"], ["ArrowRight", "ArrowRight"])[i // 3 % 3]:
                lab.page.keyboard.press(key)
        if i == 11:
            lab.settled()  # the button opens once the kernel has seen the last sign
        lab.page.keyboard.press("Tab")
    state = lab.settled()
    assert state["signs"] == [["+", "+", "-"], ["0", "0", "-"], ["-", "-", "-"], ["+", "+", "-"]]
    shoot(lab.notebook, "table")
    assert commit(lab).is_enabled() and "You can change it until you commit." in lab.root.inner_text()
    assert commit(lab).evaluate("node => node === document.activeElement")
    after = lab.press("Enter")
    assert not lab.veiled and max(after["curves"]["bmd"]["x"]) == 80 and contradictions(after) == []


def test_the_answer_is_not_in_the_page_before_and_is_marked_cell_by_cell_after(labs, notebook):
    lab = labs[0]
    before = lab.settled()
    assert max(before["curves"]["bmd"]["x"]) <= 65 and before["tiles"] == []
    fill(lab, ("+++", "000", "---", "+0-"))
    assert lab.root.locator(".ol-as-model, .ol-after").count() == 0
    commit(lab).click()
    lab.settled()
    model = re.findall(r"[-+0]{3}", printed(notebook, MODEL))
    said = ("+++", "000", "---", "+0-")
    wanted = [
        "".join("✓" if a == b else "✕" for a, b in zip(*rows, strict=True)) for rows in zip(said, model, strict=True)
    ]
    assert marks(lab) == wanted and "✓" in "".join(wanted) and "✕" in "".join(wanted)
    outlined = lab.root.locator(".ol-after .ol-as-model").all_inner_texts()
    assert "".join(outlined).replace("−", "-") == "".join(model)
    hidden = lab.root.locator(".ol-after .ol-unseen").all_text_contents()
    assert len(hidden) == 12 and all(words.startswith("You said ") for words in hidden)
    assert lab.root.locator(".ol-after button").count() == 0, "a committed prediction can be changed"
    assert f"{''.join(wanted).count('✓')} of 12 as the model has it" in lab.root.inner_text()


def test_a_line_is_drawn_by_hand_by_keys_and_by_typing(labs, shoot):
    lab = labs[1]
    flat = values(lab)
    assert rings(lab).count() == 4 and len(set(flat)) == 1 and commit(lab).is_disabled()
    lab.show()
    box = rings(lab).nth(3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 40, y + 20, steps=5)
    lab.page.mouse.up()
    lab.settled()
    pulled = values(lab)
    assert pulled[:3] == flat[:3] and pulled[3] < flat[3] - 0.01
    assert rings(lab).nth(3).bounding_box()["y"] == pytest.approx(box["y"] + 20, abs=2)
    ring = rings(lab).first
    ring.focus()
    lab.press("ArrowUp", 2)
    assert values(lab)[0] == pytest.approx(flat[0] + 0.010, abs=0.0006)
    lab.press("PageDown")
    assert values(lab)[0] == pytest.approx(flat[0] - 0.015, abs=0.0006)
    low, high = (float(ring.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    for key, wanted in (("Home", low), ("End", high), ("ArrowUp", high)):
        lab.press(key)
        assert values(lab)[0] == wanted
    typed = lab.root.locator(".ol-ring-boxes input").nth(1)
    typed.fill("0.955")
    typed.press("Enter")
    lab.settled()
    assert rings(lab).nth(1).get_attribute("aria-valuetext") == "0.955 g/cm²"
    typed.fill("99")
    typed.press("Enter")
    lab.settled()
    assert values(lab)[1] == high
    shoot(lab.notebook, "drawn")


def test_rings_have_names_and_follow_width_and_theme(labs, violations):
    lab = labs[1]
    assert rings(lab).first.get_attribute("aria-label").endswith("at 55")
    seventies = lab.root.locator(".x2tick text").filter(has_text="70")
    try:
        for size in ((1366, 768), (1024, 768), (720, 900), (1920, 1080)):
            lab.notebook.resize(*size)
            lab.show()
            assert lab.cut_off() == []
            centres = [box["x"] + box["width"] / 2 for box in (ring.bounding_box() for ring in rings(lab).all())]
            years = (centres[3] - centres[0]) / 20
            tick = seventies.bounding_box()
            at_70 = tick["x"] + tick["width"] / 2
            assert centres[3] - 5 * years == pytest.approx(at_70, abs=3), size
        lab.notebook.theme("Dark")
        assert violations(lab.notebook) == []
    finally:
        lab.notebook.theme("Light")
        lab.notebook.resize(1366, 768)
    assert violations(lab.notebook) == []


def test_a_committed_line_stays_beside_the_curve_and_the_rings_go(labs):
    lab = labs[1]
    before = lab.settled()
    assert max(before["curves"]["bmd"]["x"]) <= 52
    for i, value in enumerate((0.965, 0.955, 0.95, 0.915)):
        box = lab.root.locator(".ol-ring-boxes input").nth(i)
        box.fill(str(value))
        box.press("Enter")
    lab.settled()
    commit(lab).click()
    after = lab.settled()
    assert rings(lab).count() == 0 and not lab.veiled
    assert after["curves"]["your_line"]["y"][1:] == [0.965, 0.955, 0.95, 0.915] and after["paths"]["your_line"]
    assert "You drew" in lab.root.locator(".ol-after").inner_text()
    assert contradictions(after) == []


def test_predictions_are_still_there_after_a_reload_until_they_are_made_again(labs, notebook):
    page = notebook.page
    man, woman = labs
    fill(man, ("+++", "---", "+++", "0--"))
    commit(man).click()
    told = man.settled()
    rings(woman).first.focus()
    woman.press("ArrowUp", 3)
    commit(woman).click()
    drawn = woman.settled()
    assert len(page.evaluate(STORED)) == 2
    reload(notebook)
    man, woman = Lab(notebook, 0), Lab(notebook, 1)
    again = man.settled()
    assert not man.veiled and marks(man) and again["curves"] == told["curves"]
    assert not woman.veiled and woman.settled()["curves"]["your_line"] == drawn["curves"]["your_line"]
    man.button("Save").click()
    man.entry("Predict again").click()
    man.settled()
    assert man.veiled and man.root.locator(".ol-after").count() == 0
    assert max(man.settled()["curves"]["bmd"]["x"]) <= 65 and not any(map("".join, man.state()["signs"]))
    assert len(page.evaluate(STORED)) == 1
    reload(notebook)
    assert Lab(notebook, 0).veiled and not Lab(notebook, 1).veiled


def reload(notebook):
    """Load the page again and run all cells, as on another day."""
    page = notebook.page
    for command in ("notebook:clear-all-cell-outputs", "docmanager:save"):
        page.evaluate("command => jupyterapp.commands.execute(command).then(() => true)", command)
    page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
    page.reload()
    page.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-Cell')")
    page.wait_for_function(AT_REST)
    notebook.run_all()


@pytest.mark.parametrize("kept", ["{", '{"answer": {"a": 1}}', '{"answer": ["+", 2]}', '{"answer": ["++", "+", "x"]}'])
def test_what_is_kept_and_is_no_prediction_is_dropped(labs, notebook, kept):
    page, lab = notebook.page, labs[0]
    fill(lab, ("+++", "---", "+++", "0--"))
    commit(lab).click()
    lab.settled()
    (key,) = page.evaluate(f"() => Object.keys(localStorage).filter((key) => key.startsWith('{KEEP}05'))")
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
    notebook.run_all()
    assert Lab(notebook, 0).veiled
    assert page.evaluate("key => localStorage.getItem(key)", key) is None


def test_a_storage_that_is_shut_stops_nothing(labs, notebook):
    shut = """() => ['getItem', 'setItem', 'removeItem'].forEach((name) => {
        Storage.prototype[name] = () => { throw new Error('shut'); };
    })"""
    notebook.page.evaluate(shut)
    try:
        notebook.run_all()
        lab = Lab(notebook, 0)
        fill(lab, ("+++", "---", "+++", "0--"))
        commit(lab).click()
        assert contradictions(lab.settled()) == [] and not lab.veiled
    finally:
        reload(notebook)
