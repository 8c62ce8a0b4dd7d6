"""One JupyterLab and one browser for all tests in a real browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from harness import FLAGS, Notebook, find_browser
from servers import Server, SiteServer

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
SITE = HERE.parents[1] / "_site"
SMALL, LARGE = (1366, 768), (1920, 1080)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("own_page"):
                item.add_marker(pytest.mark.xdist_group(page_of(item)))


def page_of(item) -> str:
    """Return a name for the page that a test shares with others of its module; they stay with one worker, in order."""
    notebook = item.callspec.params.get("notebook", "") if hasattr(item, "callspec") else ""
    return f"{item.path.stem} {notebook}".strip()


@pytest.fixture(scope="session")
def browser():
    """Return a running Chromium; without one, skip here and fail in continuous integration."""
    path = find_browser()
    if path is None:
        reason = "no Chromium or Chrome was found on this machine"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Return a JupyterLab that serves a copy of the notebooks, so that no committed file is changed."""
    folder = tmp_path_factory.mktemp("jupyter")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(NOTEBOOKS, folder / "notebooks", ignore=ignored)
    running = Server(folder / "notebooks", folder / "home")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def site():
    """Return the built site, served; without one, skip here and fail in continuous integration."""
    if not (SITE / "site.json").exists():
        reason = "there is no _site; build it with: python3 -m nox -s site"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    running = SiteServer(SITE)
    yield running
    running.stop()


@pytest.fixture
def visit(browser, site):
    """Return a function that opens a notebook of the site, with every way out of this computer blocked."""
    left_open = []

    def block(route):
        route.continue_() if route.request.url.startswith(site.url) else route.abort()

    def open_notebook(name: str, size: tuple[int, int] = SMALL) -> Notebook:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        context.route("**/*", block)
        left_open.append(context)
        return Notebook(context.new_page(), site, name)

    yield open_notebook
    for context in left_open:
        context.close()


@pytest.fixture(scope="session")
def artefacts():
    """Return the folder for screenshots, git-ignored; OSTEOLAB_ARTEFACTS moves it."""
    folder = Path(os.environ.get("OSTEOLAB_ARTEFACTS", HERE / "artefacts"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def opened(browser, server):
    """Return a function that opens a notebook of the server in a page of its own."""
    left_open = []

    def open_notebook(name: str, size: tuple[int, int] = SMALL) -> Notebook:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        left_open.append(Notebook(context.new_page(), server, name))
        return left_open[-1]

    yield open_notebook
    for notebook in left_open:
        notebook.shut_down()


@pytest.fixture(scope="session")
def written(server):
    """Return a function that writes a notebook with the given code cells and returns its name."""

    def write(name: str, *cells: str) -> str:
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        notebook = nbformat.v4.new_notebook(cells=code)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, server.root / name)
        return name

    return write


@pytest.fixture(scope="session")
def shoot(artefacts):
    """Return a function that saves a screenshot named after notebook, width, theme and place."""

    def save(notebook: Notebook, place: str, theme: str = "light") -> None:
        width = notebook.page.viewport_size["width"]
        notebook.page.screenshot(path=artefacts / f"{notebook.name}-{width}-{theme}-{place}.png")

    return save


@pytest.fixture(scope="session")
def violations():
    """Return a function that runs axe-core on the widgets of a page; each violation is one line."""
    from axe_playwright_python.sync_playwright import Axe

    def check(notebook: Notebook) -> list[str]:
        answer = Axe().run(notebook.page, context={"include": [[".jupyter-widgets"]]}).response
        nodes = [(rule, node) for rule in answer["violations"] for node in rule["nodes"]]
        return [f"{rule['id']}: {node['target'][0]}: {node['failureSummary'][:300]}" for rule, node in nodes]

    return check
