"""A reader follows the links of a notebook: in both editions each ends where its words say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness import Notebook
from servers import Server

from page_links import dead

pytestmark = pytest.mark.own_page
ROOT = Path(__file__).resolve().parents[2]
NAME = "02_the_hormonal_conductor.ipynb"
IN_VIEW = """(words) => [...document.querySelectorAll('h2')].filter((heading) => {
    const box = heading.getBoundingClientRect();
    return heading.textContent.startsWith(words) && box.height && box.top >= 0 && box.bottom <= innerHeight;
}).length"""


@pytest.fixture
def reader(browser, site):
    """Return a page of the site with the notebook open; its links do not wait for Python."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(120_000)  # ms
    page.goto(site.address(NAME))
    page.wait_for_function("document.querySelector('.jp-RenderedMarkdown a')")
    yield page
    context.close()


def link(page, words):
    """Return the first link of the text of a notebook with these words."""
    return page.locator(".jp-RenderedMarkdown a", has_text=words).first


def test_every_link_of_the_site_has_its_target(site):
    folder = ROOT / "_site"
    pages = [folder / "index.html", folder / "licences.html", *sorted((folder / "read").rglob("*.html"))]
    assert len(pages) > 50
    assert {page.relative_to(folder).as_posix(): found for page in pages if (found := dead(folder, page))} == {}


@pytest.mark.parametrize("key", [None, "Enter"])
def test_a_term_opens_the_glossary_of_the_site_at_its_words(reader, key):
    page, term = reader, link(reader, "RANKL")
    term.scroll_into_view_if_needed()
    with page.context.expect_page() as opened:
        if key:
            term.focus()
            page.keyboard.press(key)
        else:
            term.click()
    glossary = opened.value
    glossary.wait_for_load_state()
    assert glossary.url.endswith("/read/docs/glossary.html#rankl")
    glossary.wait_for_function(f"({IN_VIEW})('RANKL') === 1")
    assert glossary.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "path=notebooks/" in page.url, "the notebook stays open"


def test_a_link_to_a_notebook_of_the_site_opens_it_as_a_notebook(reader):
    link(reader, "01 The remodeling crew").click()
    reader.wait_for_url("**/index.html?path=notebooks/01_the_remodeling_crew.ipynb")
    reader.wait_for_function("document.querySelector('#ol-bar .title')?.textContent.startsWith('01')")


def test_no_page_of_the_site_that_is_read_breaks_a_rule_of_accessibility(browser, site):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page()
    for name in ("docs/glossary", "docs/model/README", "data/index", "data/people"):
        page.goto(f"{site.url}/read/{name}.html")
        found = Axe().run(page).response["violations"]
        assert [f"{name} {rule['id']}: {node['target'][0]}" for rule in found for node in rule["nodes"]] == []
    page.close()


def test_a_term_opens_the_whole_glossary_in_jupyterlab_at_its_words(browser, tmp_path):
    course = tmp_path / "course"
    for name in ("notebooks", "docs", "data"):
        shutil.copytree(ROOT / name, course / name)
    server = Server(course, tmp_path / "home")
    try:
        notebook = Notebook(browser.new_page(viewport={"width": 1366, "height": 768}), server, f"notebooks/{NAME}")
        link(notebook.page, "RANKL").click()
        shown = notebook.page.locator(".jp-MarkdownViewer")
        shown.wait_for()
        notebook.page.wait_for_function(f"({IN_VIEW})('RANKL') === 1")
        assert "The key that turns precursors into working osteoclasts." in shown.inner_text()
        assert shown.locator("h2").count() > 90
        notebook.shut_down()
    finally:
        server.stop()
