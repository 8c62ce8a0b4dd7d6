"""On paper: text, picture, sentence, tiles and tasks; no menus, no sliders, nothing cut; and the scan report alone."""

from __future__ import annotations

import re

import pytest
from harness import LATTICE_NOTEBOOK, Lab, LatticePage

NAME = "03_what_is_a_deficit.ipynb"
PAPER = 688  # px between the margins of an A4 sheet
# What is printed and what is not. A word in an input or a closed part has no box either.
SEEN = """(css) => [...document.querySelectorAll(css)].filter((one) => one.getClientRects().length).length"""
WANTED = (".jp-RenderedMarkdown h2", ".ol-figure .main-svg", ".ol-sentence", ".ol-tile", ".ol-task", ".ol-scan")
UNWANTED = (
    *("#jp-top-panel, #jp-menu-panel, #menu-panel", ".jp-SideBar", ".jp-NotebookPanel-toolbar", "#jp-bottom-panel"),
    *(".jp-CodeCell .jp-InputArea", ".jp-InputPrompt", ".ol-rail", ".noUi-target", "button:not(.ol-why)", "#ol-bar"),
    "details:not([open])",
)
OUTSIDE = """([css, width]) => [...document.querySelectorAll(css)].map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && (box.left < -1 || box.right > width + 1)).length"""
PRINTED = ".jp-RenderedMarkdown > *, .ol-figure .main-svg, .ol-sentence, .ol-tile, .ol-card, .ol-scan"


def printed(page):
    """Return which of the wanted parts are missing on paper, and which of the unwanted are there."""
    missing = [css for css in WANTED if not page.evaluate(SEEN, css)]
    return missing, [css for css in UNWANTED if page.evaluate(SEEN, css)]


def pages(page):
    """Return how many sheets of A4 the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def predict(lab):
    if lab.veiled:
        lab.root.locator(".widget-radio-box label").first.click()
        lab.button("Commit my prediction").click()
        lab.settled()


@pytest.fixture(scope="module", params=["jupyterlab", "site"])
def notebook(request):
    """Return notebook 03 of each edition, run, its prediction made."""
    if request.param == "site":
        browser, site = request.getfixturevalue("browser"), request.getfixturevalue("site")
        from harness import Notebook

        found = Notebook(browser.new_page(viewport={"width": 1366, "height": 768}), site, NAME)
        found.page.get_by_role("button", name="Run this notebook").click()
        found.page.wait_for_function(
            "document.querySelector('#ol-bar .status').textContent === 'Ready'", timeout=90_000
        )
    else:
        found = request.getfixturevalue("opened")(NAME)
        found.close_side_panel()
        found.run_all()
    found.rest()
    predict(Lab(found))
    yield found
    if request.param == "site":
        found.page.context.close()


@pytest.fixture
def page(notebook):
    """Return the page as it is on screen, and leave it so."""
    yield notebook.page
    notebook.page.emulate_media(media="screen")
    notebook.page.evaluate("document.documentElement.style.width = ''")
    notebook.page.evaluate("window.dispatchEvent(new Event('resize'))")  # JupyterLab measures itself anew
    notebook.page.wait_for_timeout(1000)
    notebook.rest()


def test_paper_holds_the_lesson_and_no_control(page):
    page.emulate_media(media="print")
    assert printed(page) == ([], [])


def test_nothing_is_cut_at_the_edge_of_the_paper(page, artefacts, request):
    page.emulate_media(media="print")
    page.evaluate(f"document.documentElement.style.width = '{PAPER}px'")
    page.wait_for_timeout(1500)
    page.screenshot(path=artefacts / f"print-{request.node.callspec.id}.png", full_page=True)
    assert page.evaluate(OUTSIDE, [PRINTED, PAPER]) == 0
    assert 3 <= pages(page) <= 12, "a notebook takes some sheets, not one of the screen"


def test_the_picture_is_made_smaller_where_no_script_can_draw_it_anew(page):
    drawn = page.locator(".ol-host").first.evaluate("root => Number(root.style.getPropertyValue('--drawn'))")
    assert drawn > 700, "on this screen the picture is wider than paper"
    page.emulate_media(media="print")
    scale = page.locator(".ol-figure .js-plotly-plot").first.evaluate("plot => Number(getComputedStyle(plot).zoom)")
    assert scale <= 1 and (scale < 0.95 or drawn <= 700)


def test_the_scan_report_can_be_printed_alone(page):
    page.evaluate(
        "() => { window.print = () => { window.olPrinted = document.querySelectorAll('.ol-alone').length; }; }"
    )
    page.get_by_role("button", name="Print this report").click()
    assert page.evaluate("window.olPrinted") == 1
    page.emulate_media(media="print")
    assert page.evaluate(SEEN, ".ol-scan") == 1
    assert page.evaluate(SEEN, ".jp-RenderedMarkdown, .ol-lab, .ol-task, .ol-quiz, .ol-print, #ol-bar") == 0
    assert pages(page) == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="print")
    assert printed(page) == ([], [])


def test_ctrl_p_is_left_to_the_browser(page):
    page.evaluate("""() => {
        window.olAsked = [];
        document.addEventListener("keydown", (event) => window.olAsked.push(event.key), true);
    }""")
    page.locator(".ol-host").first.scroll_into_view_if_needed()
    press = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey: true, bubbles: true}))"
    for key in ("p", "F13"):
        page.evaluate(press, key)
    assert page.evaluate("window.olAsked") == ["F13"]


STILLS = """() => [...document.querySelectorAll('.ol-still')].map((still) => {
    const { data } = still.getContext('2d').getImageData(0, 0, still.width, still.height);
    return data.some((value, place) => place % 4 === 3 && value);
})"""


def test_pieces_of_bone_in_three_dimensions_are_on_paper_too(opened):
    notebook = opened(LATTICE_NOTEBOOK)
    notebook.close_side_panel()
    notebook.run_all()
    lab = LatticePage(notebook)
    predict(lab)
    lab.settled()
    notebook.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert notebook.page.evaluate(STILLS) == [True, True]
    notebook.page.emulate_media(media="print")
    assert notebook.page.evaluate(SEEN, ".ol-still") == 2
    assert notebook.page.evaluate(SEEN, ".ol-host input[type=range], .ol-host button") == 0
    notebook.page.emulate_media(media="screen")
    notebook.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert notebook.page.evaluate(STILLS) == []
