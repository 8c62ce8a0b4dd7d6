"""The browser edition when something is wrong: each fault is caused for real, and one sentence says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness import Lab
from servers import SiteServer

pytestmark = pytest.mark.own_page
SITE = Path(__file__).resolve().parents[2] / "_site"
NAME = "00_start_here.ipynb"
PYTHON = "**/static/pyodide-*/"
SOON, LATE = 15_000, 60_000  # ms; the closer look begins after twenty seconds
NO_STORAGE = """
    const refuse = (name) => () => { throw new DOMException('refused', name); };
    IDBFactory.prototype.open = refuse('%s');
"""


@pytest.fixture
def page(browser):
    """An empty page in a context of its own."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def said(page, pattern, patience=SOON):
    """Wait until the bar tells of a trouble, and return it once it fits."""
    page.locator("#ol-bar .trouble").filter(has_text=re.compile(pattern)).wait_for(timeout=patience)
    return page.locator("#ol-bar .trouble").inner_text()


def answer_with(page, name, **changes):
    """Let the server's answers for one file of Python come changed."""

    def change(route):
        found = route.fetch()
        headers = {**found.headers, **changes.get("headers", {})}
        body = changes["body"](found.body()) if "body" in changes else found.body()
        route.fulfill(status=changes.get("status", found.status), headers=headers, body=body)

    page.route(f"{PYTHON}{name}", change)


@pytest.mark.parametrize("name, wanted", [("pyodide.mjs", "text/javascript"), ("pyodide.asm.wasm", "application/wasm")])
def test_a_server_with_wrong_types_is_told_the_file_the_type_and_the_right_one(page, site, name, wanted):
    answer_with(page, name, headers={"content-type": "text/plain"})
    page.goto(site.address(NAME))
    text = said(page, "browsers need")
    assert name in text and "text/plain" in text and wanted in text and "page on hosting" in text
    page.get_by_text("Python has not started.").wait_for()


def test_a_file_that_is_not_there_is_named(page, site):
    answer_with(page, "pyodide.mjs", status=404)
    page.goto(site.address(NAME))
    assert "pyodide.mjs is missing" in said(page, "missing")


@pytest.mark.parametrize(
    "fault, advice", [("SecurityError", "Allow site data"), ("QuotaExceededError", "Free some space")]
)
def test_storage_that_is_blocked_or_full_says_what_to_change(page, site, fault, advice):
    page.add_init_script(NO_STORAGE % fault)
    page.goto(site.address(NAME))
    assert advice in said(page, advice)


def test_a_damaged_file_is_named_and_not_taken_for_the_network(page, site):
    answer_with(page, "python_stdlib.zip", body=lambda content: content[: len(content) // 2])
    page.goto(site.address(NAME))
    text = said(page, "damaged", LATE)
    assert "python_stdlib.zip is damaged" in text and "network" not in text


def test_a_page_that_cannot_be_reached_any_more_says_so_itself(browser, tmp_path):
    running = SiteServer(SITE)
    context = browser.new_context()
    try:
        page = context.new_page()
        address = running.url.replace("127.0.0.1", "localhost")
        page.goto(f"{address}/notebooks/index.html?path=notebooks/{NAME}")
        page.wait_for_function("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
        running.stop()
        page.reload()
        assert "OsteoLab cannot be reached" in page.locator("h1").inner_text()
        assert "start the server again" in page.locator("p").first.inner_text()
    finally:
        running.stop()
        context.close()


RUN = "Run this notebook"
READY = "document.querySelector('#ol-bar .status').textContent === 'Ready'"
RESTART = "jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => true)"


def test_a_restarted_python_stops_the_lab_and_the_bar_asks_for_a_run(visit, shoot):
    notebook = visit(NAME)
    page = notebook.page
    page.get_by_role("button", name=RUN).click()
    page.wait_for_function(READY, timeout=120_000)
    lab = Lab(notebook)
    page.evaluate(RESTART)
    lab.root.get_by_text("Python has stopped, so this stands still. To go on, press Run this notebook").wait_for()
    page.locator("#ol-bar .status").get_by_text("Python was restarted. Run the notebook again.").wait_for(
        timeout=60_000
    )
    shoot(notebook, "site-restarted")
    page.get_by_role("button", name=RUN).click()
    page.wait_for_function(READY, timeout=120_000)
    assert not Lab(notebook).root.evaluate("root => root.classList.contains('ol-lost')")


def test_a_kept_copy_that_is_opened_again_shows_text_and_how_to_start(visit, shoot):
    notebook = visit(NAME)
    page = notebook.page
    page.get_by_role("button", name=RUN).click()
    page.wait_for_function(READY, timeout=120_000)
    page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => true)")
    page.reload()
    page.locator(".jp-RenderedHTML blockquote").get_by_text("Run All Cells").wait_for(timeout=120_000)
    page.wait_for_function(f"() => {READY}", timeout=120_000)
    page.wait_for_timeout(2000)
    assert page.get_by_text("model not found").count() == 0 and page.get_by_text("Loading widget").count() == 0
    page.locator(".jp-RenderedHTML blockquote").first.evaluate("node => node.scrollIntoView({block: 'start'})")
    shoot(notebook, "site-reopened")
    assert notebook.watch.problems() == []
