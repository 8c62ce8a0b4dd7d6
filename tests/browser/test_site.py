"""The browser edition: every notebook with Python in the page, nothing asked from anywhere else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from harness import LATTICE_NOTEBOOK, Lab, LatticePage, Watch, contradictions

pytestmark = pytest.mark.own_page
ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
LABS = [name for name in NAMES if name != LATTICE_NOTEBOOK]
SIZES = ((360, 740), (1366, 768), (1920, 1080))
PHONE = (390, 844)
# The lab of notebook 02 in some state; what it says is the lab's business, the pages only hand it on.
LINKED, SETTING = NAMES[2], "osteolab=1.eyJhIjoxfQ"
# What the lab of a page reads when its notebook is run.
LINK = "globalThis.osteolabLink ?? location.hash"
SAYS_LINK = "Once you run the notebook, its lab opens with a saved setting."
OUTPUTS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter((cell) => cell.model.type === 'code')
    .map((cell) => cell.model.outputs.toJSON().map((output) => output.data?.['text/plain'] ?? output.text ?? ''))"""
# How every slider is marked and what a screen reader is told of it.
MARKS = """(root) => [...root.querySelectorAll('.ol-row .noUi-handle')].map((handle) => [
    handle.closest('.ol-row').getAttribute('style'), handle.closest('.ol-row').className.includes('ol-no-young'),
    handle.getAttribute('aria-label'), handle.getAttribute('aria-valuetext')])"""
# One copy in this browser is made to look as if it came from an older edition.
AGE_COPY = """(path) => new Promise((resolve, reject) => {
    const request = indexedDB.open('OsteoLab');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
        const change = request.result.transaction('files', 'readwrite'), files = change.objectStore('files');
        files.get(path).onsuccess = (event) => {
            const copy = event.target.result;
            copy.content.metadata.osteolab = {version: '0.0.1', stamp: '000000000000'};
            files.put(copy, path);
        };
        change.oncomplete = () => { request.result.close(); resolve(true); };
    };
})"""


def run(notebook):
    """Press the one button of the bar and wait until the cells have run."""
    page = notebook.page
    page.get_by_role("button", name="Run this notebook").click()
    page.wait_for_function("document.querySelector('#ol-bar .status').textContent === 'Ready'", timeout=90_000)
    notebook.rest()


def commit(lab):
    """Make the first choice if the lab asks for a prediction."""
    if lab.veiled:
        lab.root.locator(".widget-radio-box label").first.click()
        lab.button("Commit my prediction").click()
        lab.settled()


def committed(name):
    """Return what the code cells of a notebook of the repository have printed."""
    notebook = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [
        ["".join(output.get("data", {}).get("text/plain", output.get("text", ""))) for output in cell["outputs"]]
        for cell in cells
    ]


@pytest.fixture
def start(browser, site):
    """Return a function that opens the start page in a window of some size."""
    contexts = []

    def open_page(size, scheme="light"):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page, site)
        page.goto(site.url)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_the_site_is_built_from_this_checkout(site):
    sys.path.insert(0, str(ROOT / "helpers" / "site"))
    from sources import digest

    built = json.loads((ROOT / "_site" / "site.json").read_text(encoding="utf-8"))["source"]
    assert built == digest(), "the site is older than the repository; build it again: python3 -m nox -s site"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_the_start_page_fits_and_is_accessible(start, artefacts, size, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = start(size, scheme)
    page.screenshot(path=artefacts / f"site-start-{size[0]}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    assert [f"{rule['id']}: {node['target'][0]}" for rule in found for node in rule["nodes"]] == []
    assert page.watch.problems() == []


def test_a_button_of_the_start_page_opens_its_notebook(start):
    page = start((1366, 768))
    buttons = page.get_by_role("link", name="Open 0")
    assert buttons.count() == len(NAMES)
    buttons.first.click()
    page.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-Cell')")
    assert "00 Start here" in page.locator("#ol-bar .title").inner_text()
    assert page.watch.problems() == []


@pytest.mark.parametrize("name", LABS)
def test_a_notebook_runs_and_its_lab_follows_mouse_and_keys(visit, shoot, name):
    notebook = visit(name)
    run(notebook)
    assert notebook.page.evaluate(OUTPUTS) == committed(name), "the browser prints something else than JupyterLab"
    lab = Lab(notebook)
    commit(lab)
    handle = lab.handle()
    before = lab.settled()
    lab.drag(handle, 0.35)
    pulled = lab.settled()
    shoot(notebook, "site")
    handle.focus()
    pressed = lab.press("ArrowRight", 4)
    for old, new in ((before, pulled), (pulled, pressed)):
        assert new["boxes"] != old["boxes"]
        assert new["sentence"] != old["sentence"]
        assert new["paths"]["bmd"] != old["paths"]["bmd"]
        assert contradictions(new) == []
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []


@pytest.mark.parametrize("name", LABS)
def test_readouts_are_those_of_jupyterlab_to_the_last_digit(visit, opened, name):
    states, marks = [], []
    for notebook, go in ((visit(name), run), (opened(name), lambda one: one.run_all())):
        if go is not run:
            notebook.close_side_panel()
        go(notebook)
        lab = Lab(notebook)
        commit(lab)
        seen = [lab.settled()]
        marks.append(lab.root.evaluate(MARKS))
        lab.handle().focus()
        seen.append(lab.press("End"))
        seen.append(lab.press("PageDown", 2))
        states.append(seen)
    assert marks[0] == marks[1] and not any("NaN" in (mark[0] or "") for mark in marks[0])
    for in_page, in_lab in zip(*states, strict=True):
        for part in ("boxes", "tiles", "sentence", "units", "scan_age"):
            assert in_page[part] == in_lab[part], part
        assert in_page["curves"]["bmd"]["x"] == in_lab["curves"]["bmd"]["x"]
        assert in_page["curves"]["bmd"]["y"] == pytest.approx(in_lab["curves"]["bmd"]["y"], rel=1e-9)


def without_room(state):
    """Return what a lab shows apart from how wide it is: the two editions leave a cell different room."""
    return {name: value for name, value in state.items() if name != "widths"}


def test_the_lattice_lives_without_numpy_and_shows_what_jupyterlab_shows(visit, opened, shoot):
    states = []
    for notebook in (visit(LATTICE_NOTEBOOK), opened(LATTICE_NOTEBOOK)):
        if states:
            notebook.close_side_panel()
            notebook.run_all()
        else:
            run(notebook)
            assert notebook.page.evaluate(OUTPUTS) == committed(LATTICE_NOTEBOOK)
        lab = LatticePage(notebook)
        commit(lab)
        lab.show()
        seen = [lab.settled()]
        if not states:
            shoot(notebook, "site")
            words = lab.root.inner_text()
            assert "computed beforehand" in words and "numpy" not in words and "Demolition" not in words
        lab.age().focus()
        seen.append(lab.press("ArrowLeft", 2))
        lab.button("a builder").nth(1).click()
        seen.append(lab.settled())
        lab.turn(90, 20)
        turned = lab.settled()
        assert turned["eyes"][0] == turned["eyes"][1] != seen[-1]["eyes"][0]
        states.append([without_room(one) for one in seen])
        assert notebook.errors_in_cells() == [] and notebook.watch.problems() == []
    for one in states[1]:  # only where numpy is can another pace be computed
        assert one["boxes"].pop("resorption_pace") == 170 and one["units"].pop(0) == "%"
    assert states[0] == states[1]
    assert len({one["sentence"] for one in states[0]}) == 3


def test_what_needs_pandas_says_so_in_one_sentence(visit):
    notebook = visit(NAMES[0])
    run(notebook)
    said = notebook.page.evaluate(
        """async (code) => {
            const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel, said = [];
            const future = kernel.requestExecute({code});
            future.onIOPub = (message) => { if (message.header.msg_type === 'error') said.push(message.content); };
            await future.done;
            return said;
        }""",
        "from osteolab import Person, simulate\nsimulate(Person('female', 52, 50), until=80).table()",
    )
    assert len(said) == 1
    text = "".join(said[0]["traceback"])
    assert "pandas" in text and "full edition" in text and "\n" not in text.strip()


def test_a_kept_copy_of_an_older_edition_is_named_and_can_be_reset(visit, site):
    notebook = visit(NAMES[1])
    page, path = notebook.page, f"notebooks/{NAMES[1]}"
    run(notebook)
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.evaluate(AGE_COPY, path)
    page.reload()
    page.get_by_text("This copy is from version 0.0.1").wait_for()
    page.goto(site.url)
    page.get_by_text("This copy is from version 0.0.1").wait_for()
    page.get_by_role("button", name="Reset 01").click()
    page.get_by_role("button", name="Yes, reset").first.click()
    page.get_by_text("This copy is from version 0.0.1").wait_for(state="detached")
    page.goto(site.address(NAMES[1]))
    page.get_by_role("button", name="Run this notebook").wait_for()
    page.wait_for_timeout(1000)
    assert page.get_by_text("This copy is from version").count() == 0
    assert notebook.watch.problems() == []


@pytest.mark.parametrize("app", ["notebooks", "lab"])
def test_a_saved_setting_in_the_address_waits_for_the_run_and_goes_no_further(browser, site, app):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    watch = Watch(page, site)
    page.goto(f"{site.url}/{app}/index.html?path=notebooks/{LINKED}#{SETTING}")
    status = page.locator("#ol-bar .status")
    status.get_by_text(SAYS_LINK).wait_for(timeout=90_000)
    assert page.evaluate(LINK).removeprefix("#") == SETTING
    page.get_by_role("button", name="Run this notebook").click()
    page.locator(".ol-lab .noUi-handle").first.wait_for(timeout=90_000)
    assert page.evaluate(LINK).removeprefix("#") == SETTING
    status.get_by_text("Ready", exact=True).wait_for(timeout=90_000)
    links = page.locator("#ol-bar a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) == 3 and not any("#" in link for link in links)
    page.get_by_role("link", name="Next").click()
    status.get_by_text("Ready", exact=True).wait_for(timeout=90_000)
    assert page.evaluate(LINK) == ""
    assert watch.problems() == []
    context.close()


def test_a_saved_setting_is_for_the_notebook_of_the_address_alone(browser, site):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(f"{site.url}/lab/index.html?path=notebooks/{LINKED}#{SETTING}")
    status = page.locator("#ol-bar .status")
    status.get_by_text(SAYS_LINK).wait_for(timeout=90_000)
    opening = "path => jupyterapp.commands.execute('docmanager:open', {path}).then(() => true)"
    page.evaluate(opening, f"notebooks/{NAMES[0]}")
    page.wait_for_function("globalThis.osteolabLink === ''")
    page.evaluate(opening, f"notebooks/{LINKED}")
    page.wait_for_function("text => globalThis.osteolabLink === text", arg=SETTING)
    context.close()


@pytest.mark.parametrize("where", ["bar", "start page"])
def test_a_reset_forgets_the_prediction_and_the_solved_tasks_of_that_notebook_alone(visit, site, where):
    notebook = visit(NAMES[1])
    page = notebook.page
    keys = [
        "osteolab:prediction:01:spine",
        "osteolab:task:01:spine",
        "osteolab:prediction:02:spine",
        "osteolab:task:02:spine",
    ]
    page.evaluate("keys => keys.forEach((key) => localStorage.setItem(key, '{}'))", keys)
    if where == "bar":
        page.get_by_role("button", name="Reset this notebook").click()
    else:
        page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => true)")
        page.goto(site.url)
        page.get_by_role("button", name="Reset 01").click()
    page.get_by_text("and so is a prediction made in it").wait_for()
    page.get_by_role("button", name="Yes, reset").first.click()
    # The bar opens the notebook anew at once, so both are asked for in one breath.
    left = "keys => keys.map((key) => Boolean(localStorage.getItem(key))).join() === 'false,false,true,true'"
    page.wait_for_function(left, arg=keys)
    assert notebook.watch.problems() == []


def test_a_phone_shows_the_lab_in_one_column(browser, site, artefacts):
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True)
    page = context.new_page()
    watch = Watch(page, site)
    page.goto(site.url)
    page.get_by_role("link", name="Open 00").click()
    page.get_by_role("button", name="Run this notebook").click()
    page.locator(".ol-lab .noUi-handle").first.wait_for(timeout=90_000)
    page.wait_for_timeout(2500)  # the bar brings the reader back to where the button was pressed
    page.locator(".ol-lab").evaluate("lab => lab.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(1500)
    page.screenshot(path=artefacts / "site-lab-phone.png")
    assert page.locator(".ol-lab").evaluate("lab => lab.getBoundingClientRect().right <= window.innerWidth + 1")
    assert watch.problems() == []
    context.close()
