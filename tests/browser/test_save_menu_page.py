"""The Save menu: by keyboard, links that open in the same state, settings files, and names that are no markup."""

from __future__ import annotations

import json

import pytest
from harness import Lab, Notebook, contradictions, printed

OPEN = """
from osteolab.lab import *
lab = RemodelingLab("anna", sliders=("estradiol", "testosterone"))
lab
"""
VEILED = """
from osteolab.lab import *
predict = Predict("Where is the spine at 65?", (PredictChoice("Higher", 0.95), PredictChoice("The same", 0.85)))
lab = RemodelingLab("anna", sliders=("estradiol",), predict=predict, number="02")
lab
"""
NASTY = "<img src=x onerror='window.ran=1'>"
MARKED = f"""
from osteolab import Person, Plan
from osteolab.lab import *
from osteolab.lab.predict import TableRow, TableTime
nasty = {NASTY!r}
person = Person("female", 52, 50, name=nasty)
rows = TableRow("estradiol", nasty, nasty, nasty), TableRow("bmd", nasty, nasty, nasty)
predict = PredictTable(nasty, rows, (TableTime(nasty, 1),), nasty, beside=nasty, after=nasty)
plans = Plan(nasty, person), Plan(nasty, person)
lab = Lab(person=person, people=(), sliders=("estradiol",), plans=plans, predict=predict, title=nasty,
          presets={{nasty: {{"estradiol": 40}}}})
lab
"""
ENTRIES = ["Copy link", "Picture (PNG)", "Table (CSV)", "Everything as text", "Settings (file)", "Open settings …"]
SAME = ("curves", "tiles", "sentence", "boxes", "plans", "scan_age", "units")
COPIED = "() => navigator.clipboard.readText()"


@pytest.fixture(scope="module")
def context(browser, server):
    """Return one browser with one clipboard for all pages of this module."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    yield context
    context.close()


@pytest.fixture(scope="module")
def open_page(context, server, written):
    """Return a function that opens a notebook with a cell of its own, at an address if one is given, and runs it."""
    left_open = []

    def open_one(name: str, cell: str, link: str = "") -> Notebook:
        notebook = Notebook(context.new_page(), server, written(name, cell), link)
        left_open.append(notebook)
        notebook.page.evaluate("localStorage.clear()")
        notebook.close_side_panel()
        notebook.theme("Light")
        notebook.run_all()
        return notebook

    yield open_one
    for notebook in left_open:
        leave(notebook)


def leave(notebook):
    """End the kernel of a notebook and close its page, unless that was done; nothing may have gone wrong in it."""
    if not notebook.page.is_closed():
        notebook.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        notebook.page.close()
        assert notebook.watch.problems() == []


@pytest.fixture(scope="module")
def notebook(open_page):
    """A page with one lab; each test runs its cell again and so finds it untouched."""
    return open_page("save_menu.ipynb", OPEN)


@pytest.fixture
def lab(notebook):
    """A lab that nobody has touched."""
    notebook.page.bring_to_front()
    notebook.run_all()
    yield Lab(notebook)
    assert notebook.errors_in_cells() == []


def focused(lab):
    """Return the words of what has the focus."""
    return lab.page.evaluate("() => document.activeElement.textContent.trim()")


def choose(lab, words):
    lab.button("Save").click()
    lab.entry(words).click()
    lab.settled()


def same(state):
    return {part: state[part] for part in SAME}


def moved(lab):
    """Move what a link must hold: a slider, a second plan, site and scan age, units."""
    lab.drag(lab.handle("estradiol"), 0.3)
    lab.settled()
    lab.button("SI").click()
    lab.drag(lab.handle("scan_age"), 0.8)
    return lab.settled()


def test_the_menu_is_a_menu_for_the_keyboard(lab):
    save = lab.button("Save")
    save.focus()
    assert save.get_attribute("aria-expanded") == "false"
    lab.page.keyboard.press("Enter")
    assert save.get_attribute("aria-expanded") == "true" and focused(lab) == ENTRIES[0]
    for key, words in (("ArrowDown", ENTRIES[1]), ("ArrowUp", ENTRIES[0]), ("ArrowUp", "Larger text")):
        lab.page.keyboard.press(key)
        assert focused(lab) == words
    for key, words in (("Home", ENTRIES[0]), ("End", "Larger text"), ("ArrowDown", ENTRIES[0])):
        lab.page.keyboard.press(key)
        assert focused(lab) == words
    lab.page.keyboard.press("Escape")
    assert focused(lab) == "Save" and save.get_attribute("aria-expanded") == "false"
    assert not lab.entry(ENTRIES[0]).is_visible()
    lab.page.keyboard.press("ArrowDown")
    assert focused(lab) == ENTRIES[0]
    lab.page.keyboard.press("Tab")
    assert not lab.entry(ENTRIES[0]).is_visible()


def test_a_click_elsewhere_closes_the_menu_and_an_entry_gives_the_focus_back(lab):
    lab.button("Save").click()
    lab.entry("Copy link").wait_for()
    lab.root.locator(".ol-sentence").click()
    assert not lab.entry("Copy link").is_visible()
    lab.button("Save").click()
    lab.button("Save").click()
    assert not lab.entry("Copy link").is_visible()
    choose(lab, "Larger text")
    assert focused(lab) == "Save" and not lab.entry("Copy link").is_visible()
    assert "ol-larger" in lab.root.get_attribute("class")


def test_no_rule_of_accessibility_is_broken_while_the_menu_is_open(lab, violations):
    lab.button("Save").click()
    assert violations(lab.notebook) == []


@pytest.mark.parametrize("before", ["", "?reset"], ids=["as copied", "stripped by JupyterLab"])
def test_a_link_opens_the_same_state_in_another_page(open_page, before):
    first = open_page("save_menu_link.ipynb", OPEN)
    lab = Lab(first)
    state = moved(lab)
    choose(lab, "Copy link")
    assert lab.root.locator(".ol-copied").inner_text() == "Link copied"
    assert "Link copied" in lab.root.locator(".ol-voice").all_text_contents()
    address, link = lab.page.evaluate(COPIED).split("#")
    assert address == lab.page.url.split("#")[0] and link.startswith("osteolab=1.")
    leave(first)
    # With something to strip behind the name, or a workspace to name, JupyterLab takes the end off the address.
    second = open_page("save_menu_link.ipynb", OPEN, f"{before}#{link}")
    opened = Lab(second)
    told = opened.settled()
    assert same(told) == same(state) and contradictions(told) == []
    second.run_all()
    assert "Nothing has been changed yet" in Lab(second).settled()["sentence"], "a cell run again starts afresh"
    leave(second)


def test_another_link_in_the_same_page_is_taken_at_once(lab):
    state = moved(lab)
    choose(lab, "Copy link")
    address = lab.page.evaluate(COPIED)
    lab.button("Reset").click()
    lab.button("US units").click()
    assert same(lab.settled()) != same(state)
    lab.page.evaluate("address => { location.href = address; }", address)
    assert same(lab.settled()) == same(state)
    lab.page.evaluate("history.replaceState(null, '', location.pathname)")


def test_a_link_from_before_a_prediction_opens_veiled_and_one_from_after_opens_open(open_page):
    first = open_page("save_menu_veiled.ipynb", VEILED)
    lab = Lab(first)
    assert lab.veiled
    veiled = printed(first, "print('osteolab=' + lab.scenario.to_link(), end='')")
    lab.root.locator("input[type=radio]").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    lab.drag(lab.handle("estradiol"), 0.4)
    state = lab.settled()
    choose(lab, "Copy link")
    link = lab.page.evaluate(COPIED).split("#")[1]
    leave(first)
    second = open_page("save_menu_veiled.ipynb", VEILED, f"#{link}")
    shown = Lab(second)
    told = shown.settled()
    assert not shown.veiled and told["curves"]["bmd"] == state["curves"]["bmd"] and told["boxes"] == state["boxes"]
    leave(second)
    third = open_page("save_menu_veiled.ipynb", VEILED, f"#{veiled}")
    hidden = Lab(third)
    assert hidden.veiled and max(hidden.settled()["curves"]["bmd"]["x"]) <= 52
    leave(third)


def test_an_address_for_students_hides_the_teachers_button(open_page):
    teachers = open_page("save_menu_teacher.ipynb", VEILED)
    assert Lab(teachers).button("Teacher: unveil").is_visible()
    leave(teachers)
    students = open_page("save_menu_teacher.ipynb", VEILED, "#teacher=off")
    lab = Lab(students)
    lab.show()
    assert lab.veiled and not lab.button("Teacher: unveil").is_visible()
    lab.root.locator("input[type=radio]").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    assert not lab.veiled
    leave(students)


@pytest.mark.parametrize(
    "link", ["osteolab=1.AAAA", "osteolab=1.", f"osteolab=1.{'A' * 9000}"], ids=lambda link: f"{len(link)} characters"
)
def test_a_damaged_link_gives_one_sentence_and_the_lab_works(lab, link):
    lab.page.evaluate("link => { location.hash = link; }", link)
    error = lab.settled()["error"]
    assert error.startswith("Not possible.") and error.count(".") <= 3 and "link" in error
    lab.drag(lab.handle("estradiol"), 0.3)
    after = lab.settled()
    assert after["error"] == "" and contradictions(after) == []
    lab.page.evaluate("history.replaceState(null, '', location.pathname)")


def test_where_the_page_may_not_copy_the_link_stands_in_a_field(lab):
    lab.page.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('no')); document.execCommand = () => false;"
    )
    choose(lab, "Copy link")
    field = lab.root.get_by_label("Copy this link")
    assert "#osteolab=1." in field.input_value()
    assert field.evaluate("node => node === document.activeElement && node.selectionEnd === node.value.length")
    lab.page.keyboard.press("Escape")
    assert field.count() == 0 and focused(lab) == "Save"


def test_a_settings_file_brings_the_state_back(lab, tmp_path):
    state = moved(lab)
    lab.button("Save").click()
    with lab.page.expect_download() as waiting:
        lab.entry("Settings (file)").click()
    waiting.value.save_as(tmp_path / "lab.json")
    assert json.loads((tmp_path / "lab.json").read_text(encoding="utf-8"))["format"] == "osteolab-scenario"
    lab.button("Reset").click()
    lab.button("US units").click()
    assert same(lab.settled()) != same(state)
    open_file(lab, tmp_path / "lab.json")
    assert same(lab.settled()) == same(state)


def test_the_lab_as_text_brings_the_state_back(lab, tmp_path):
    lab.drag(lab.handle("estradiol"), 0.3)
    state = lab.settled()
    lab.button("Save").click()
    with lab.page.expect_download() as waiting:
        lab.entry("Everything as text").click()
    waiting.value.save_as(tmp_path / "lab.txt")
    lab.button("Reset").click()
    assert same(lab.settled()) != same(state)
    open_file(lab, tmp_path / "lab.txt")
    assert same(lab.settled()) == same(state)


def open_file(lab, path):
    lab.button("Save").click()
    with lab.page.expect_file_chooser() as waiting:
        lab.entry("Open settings …").click()
    waiting.value.set_files(path)
    lab.page.wait_for_timeout(300)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "damaged"), ("", "damaged"), ("x" * 200_001, "too long"), ("[1]", "")]
)
def test_a_file_that_is_no_settings_gives_one_sentence_and_changes_nothing(lab, tmp_path, text, said):
    before = moved(lab)
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    open_file(lab, tmp_path / "bad.json")
    after = lab.settled()
    assert after["error"].startswith("Not possible.") and said in after["error"]
    assert lab.root.locator("[role=alert]").is_visible()
    assert (after["curves"], after["boxes"]) == (before["curves"], before["boxes"])


def test_a_name_is_never_markup(open_page):
    notebook = open_page("save_menu_names.ipynb", MARKED)
    page, lab = notebook.page, Lab(notebook)
    assert lab.root.locator("img").count() == 0 and NASTY in lab.root.inner_text()
    for i in range(2):
        lab.root.locator(".ol-ask tbody tr").nth(i).get_by_role("radio").first.click()
    lab.button("Commit my prediction").click()
    lab.settled()
    lab.drag(lab.handle("estradiol"), 0.4)
    lab.settled()
    lab.button("Table").click()
    lab.settled()
    page.locator(".ol-after").wait_for()
    assert page.evaluate("window.ran") is None and page.locator(".ol-host img").count() == 0
