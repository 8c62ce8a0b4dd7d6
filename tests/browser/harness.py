"""A real browser, driven as a reader would; also used by the timings in bench/."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import struct
from collections.abc import Iterable
from pathlib import Path

from servers import Server, SiteServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# The cell of the pages that only the tests use.
TRIAL_LAB = """
from osteolab.lab import *
lab = RemodelingLab("anna", sliders=("estradiol", "testosterone", "igf1"))
lab
"""
LAB = ".ol-lab"
# Every other notebook has a RemodelingLab.
LATTICE_NOTEBOOK = "09_the_lost_struts.ipynb"
TRACK = "xpath=ancestor::*[contains(@class, 'noUi-base')]"
PATIENCE = 30_000  # ms; a first import of the figure on a busy machine takes ten seconds
FAULT = re.compile(r"Traceback|Exception|\bERROR\b|^\[E ", re.MULTILINE)
# A page that is closed while the server sends it something: the server says so in its log, with two tracebacks.
CLOSED_PAGE = re.compile(
    r"^[^\n]*Task exception was never retrieved\n[^\n]*write_message[^\n]*WebSocketClosedError"
    r".*?^[\w.]*WebSocketClosedError",
    re.MULTILINE | re.DOTALL,
)
# JupyterLab asks every new kernel for widgets before ipywidgets is imported, and the kernel says so.
HARMLESS = re.compile(r"(No such comm target registered: jupyter\.widget\.control|No such comm: [0-9a-f-]{36})\s*")
RUN_ALL = "jupyterapp.commands.execute('notebook:run-all-cells')"
# Cells that wait for the kernel show a star; a kernel at rest reports idle.
AT_REST = """() => {
    const widget = window.jupyterapp?.shell.currentWidget;
    const status = widget?.sessionContext?.session?.kernel?.status;
    const waiting = [...(widget?.content?.widgets ?? [])].some((cell) => cell.model.executionState === 'running');
    return status === 'idle' && !waiting;
}"""

# Answered only after every message sent before.
ASK_KERNEL = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo().then(() => true)"


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Watch:
    """Collects what goes wrong in a page: console, script errors, requests, messages of the kernel."""

    def __init__(self, page, server: Server | SiteServer) -> None:
        self.found: list[str] = []
        self._server, self._read = server, len(server.text())
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))

    def problems(self) -> list[str]:
        """Return everything found so far, the log of the server and its kernels included."""
        log = CLOSED_PAGE.sub("", self._server.text()[self._read :])
        lines = [f"kernel log: {log[max(0, m.start() - 200) : m.end() + 800]}" for m in FAULT.finditer(log)]
        return self.found + lines[:3]

    def _console(self, message) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text[:500]} ({message.location.get('url', '')})")

    def _request(self, request) -> None:
        here = ("data:", "blob:", "about:", self._server.url)
        if not request.url.startswith(here):
            self.found.append(f"request to another origin: {request.url[:200]}")

    def _failed(self, request) -> None:
        # A page that closes takes its open requests with it; downloads end the same way.
        if request.failure != "net::ERR_ABORTED":
            self.found.append(f"request failed: {request.url[:200]} ({request.failure})")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.found.append(f"answer {response.status}: {response.url[:200]}")

    def _frame(self, payload) -> None:
        kind, content = kernel_message(payload)
        if kind == "error":
            self.found.append(f"error in the kernel: {content.get('ename')}: {content.get('evalue')}")
        if kind == "stream" and content.get("name") == "stderr" and not HARMLESS.fullmatch(content["text"]):
            self.found.append(f"stderr of the kernel: {content.get('text', '')[:1500]}")


def kernel_message(payload: bytes | str) -> tuple[str, dict]:
    """Return kind and content of a message of the kernel's websocket (protocol v1), or two empties."""
    if isinstance(payload, str):
        return "", {}
    try:
        count = struct.unpack_from("<Q", payload)[0]
        ends = struct.unpack_from(f"<{count}Q", payload, 8)
        header, content = (json.loads(payload[ends[i] : ends[i + 1]]) for i in (1, 4))
    except (struct.error, ValueError, IndexError):
        return "", {}
    return header.get("msg_type", ""), content


class Notebook:
    """One notebook open in JupyterLab, and what a reader does to it.

    Parameters
    ----------
    page : playwright.sync_api.Page
        An empty page.
    server : Server
    name : str
        File below the root of the server.
    end : str, optional
        How the address ends instead of as usual, such as a link to a saved state behind a #.
    """

    def __init__(self, page, server: Server | SiteServer, name: str, end: str = "") -> None:
        self.page, self.name, self.watch = page, Path(name).stem, Watch(page, server)
        page.set_default_timeout(PATIENCE)
        address = server.address(name)
        page.goto(address.removesuffix("?reset") + end if end else address)
        page.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-Cell')")
        page.wait_for_function(AT_REST)

    # the page

    def run_all(self) -> None:
        """Run all cells and wait until the kernel is at rest."""
        self.page.evaluate(RUN_ALL)
        self.rest()

    def rest(self) -> None:
        """Wait until the kernel has answered everything, messages a widget held back meanwhile included."""
        for _ in range(2):
            self.page.evaluate(ASK_KERNEL)
            self.page.wait_for_function(AT_REST)

    def errors_in_cells(self) -> list[str]:
        """Return the text of every error and warning that a cell shows."""
        kinds = ("vnd.jupyter.error", "vnd.jupyter.stderr")
        shown = ", ".join(f".jp-RenderedText[data-mime-type='application/{kind}']" for kind in kinds)
        return self.page.locator(shown).all_inner_texts()

    def close_side_panel(self) -> None:
        """Close the file browser, as a reader does who wants room."""
        self.page.evaluate("jupyterapp.shell.collapseLeft()")
        self.page.wait_for_timeout(400)

    def theme(self, name: str) -> None:
        """Change the theme of JupyterLab, "Light" or "Dark"."""
        self.page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {name}'}})")
        light = str(name == "Light").lower()
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
        self.page.wait_for_timeout(500)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window and let the page settle."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_timeout(900)
        self.rest()

    def shut_down(self) -> None:
        """End the kernel and leave the page; does nothing the second time."""
        if self.page.is_closed():
            return
        self.page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
        self.page.context.close()


def contradictions(state: dict) -> list[str]:
    """Return where curve, drawing, dot, tiles and sentence of a lab with one plan do not say the same."""
    found = []
    label, shown, _ = state["tiles"][0]
    digits = 0 if "mg/cm" in label else 3
    tile, age = number(shown), state["scan_age"]
    curve = value_at(state["curves"]["bmd"], age)
    if abs(curve - tile) > 0.6 * 10**-digits:
        found.append(f"the curve reads {curve} at {age}, the tile {tile}")
    dot = state["curves"]["scan_3"]["y"][3]
    if abs(dot - curve) > 1e-3 * curve:
        found.append(f"the dot stands at {dot}, the curve at {curve}")
    found += badly_drawn(state, ("bmd", "resorption", "formation", "balance"))
    if state["overlap"] > 0:
        found.append(f"the sentence runs {state['overlap']} px into the tiles: {state['sentence']}")
    t_score = dict(tile[:2] for tile in state["tiles"])["T-score"]
    painted, room = state["widths"]
    if room and abs(painted - room) > 4:
        found.append(f"the picture is {painted} px wide in a box of {room} px")
    said = re.search(r"\bT ([−0-9.]+)", state["sentence"])
    if said and said[1].rstrip(".") != t_score:
        found.append(f"the sentence says T {said[1]}, the tile {t_score}")
    return found


def badly_drawn(state: dict, names: Iterable[str]) -> list[str]:
    """Return which of these curves are missing from the picture, or drawn elsewhere than their data."""
    found = [f"the curve of {name} is missing from the picture" for name in names if not state["paths"][name]]
    for name in names:
        drawn, wanted = state["ends"][name] or (0, 0)
        if abs(drawn - wanted) > 0.5:
            found.append(f"{name} is drawn to {drawn} px; its last value lies at {wanted} px")
    return found


def number(text: str) -> float:
    """Return a number as printed in the lab (true minus sign) as a float."""
    return float(text.replace("−", "-"))


def value_at(curve: dict, age: float) -> float:
    """Return the value of a curve at an age, linear between its points."""
    points = list(zip(curve["x"], curve["y"], strict=True))
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= age <= x1:
            return y0 + (y1 - y0) * (age - x0) / (x1 - x0)
    raise ValueError(f"the curve does not reach age {age}")


class Lab:
    """One lab of an open notebook.

    Parameters
    ----------
    notebook : Notebook
    index : int
        Which lab of the notebook, from 0.
    """

    def __init__(self, notebook: Notebook, index: int = 0) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.root = notebook.page.locator(f".ol-host:has({LAB})").nth(index)
        self.root.wait_for(state="attached")
        self.root.locator("[data-ol-state]").first.wait_for(state="attached")
        self.show()

    def show(self) -> None:
        """Scroll the card to the top of the window and wait until its size has settled."""
        self.root.evaluate("root => root.scrollIntoView({block: 'start'})")
        self.page.wait_for_timeout(900)
        self.notebook.rest()

    def state(self) -> dict:
        """Return what can be seen, as the page of the lab tells it (page/parts/state.js and its picture)."""
        return self.root.evaluate("root => root.olState()")

    def settled(self, seconds: float = 0.15) -> dict:
        """Return the state once nothing has changed for a while."""
        before = self.state()
        for _ in range(80):
            self.page.wait_for_timeout(1000 * seconds)
            self.notebook.rest()
            now = self.state()
            if now == before:
                return now
            before = now
        raise AssertionError("the lab does not come to rest")

    @property
    def veiled(self) -> bool:
        """Whether the lab waits for a prediction."""
        return "ol-veiled" in (self.root.get_attribute("class") or "")

    def handle(self, name: str | None = None):
        """Return the handle of a slider, by default the first one of the rail."""
        row = f".ol-s-{name}" if name else ".ol-rail .ol-row"
        return self.root.locator(f"{row} .noUi-handle").first

    def box(self, name: str):
        """Return the number box of a slider."""
        return self.root.locator(f".ol-s-{name} .ol-number input").first

    def button(self, words: str):
        """Return a button by its words."""
        return self.root.get_by_role("button", name=words, exact=True)

    def entry(self, words: str):
        """Return an entry of the Save menu by its words."""
        return self.root.get_by_role("menuitem", name=words, exact=True)

    def drag(self, handle, share: float, seconds: float = 0.5) -> None:
        """Take a handle with the mouse and pull it to a share of its track."""
        grip, track = handle.bounding_box(), handle.locator(TRACK).bounding_box()
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        goal, steps = track["x"] + share * track["width"], max(2, int(seconds / 0.02))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for i in range(1, steps + 1):
            self.page.mouse.move(x + (goal - x) * i / steps, y)
            self.page.wait_for_timeout(20)
        self.page.mouse.up()

    def tab_to(self, target, most: int = 20) -> int:
        """Press Tab until an element has the focus; return how often, or fail."""
        for presses in range(1, most + 1):
            self.page.keyboard.press("Tab")
            if target.evaluate("node => node === document.activeElement"):
                return presses
        raise AssertionError(f"{most} presses of Tab do not reach {target}")

    def press(self, key: str, times: int = 1) -> dict:
        """Press a key on whatever has the focus and return the state once the lab rests."""
        for _ in range(times):
            self.page.keyboard.press(key)
        return self.settled()

    def colour_of(self, trace: str) -> str:
        """Return the colour in which a curve is painted."""
        return self.state()["colours"][trace]

    def covered(self, age: float) -> list[bool]:
        """Say for each panel whether the veil covers what follows an age, at the top and at the bottom."""
        return self.root.locator(".js-plotly-plot").evaluate("(plot, age) => plot.olCovered(age)", age)

    def cut_off(self) -> list[str]:
        """Return the words that lie outside the card or do not fit their place."""
        return self.root.evaluate("root => root.olCutOff()")


class LatticePage(Lab):
    """The lattice lab of an open notebook."""

    def settled(self, seconds: float = 0.2) -> dict:
        """Return the state once nothing changes and the picture shows the age of the slider."""
        for _ in range(60):
            self.root.scroll_into_view_if_needed()  # what is out of sight is not laid out, and has no words
            found = super().settled(seconds)
            if found["drawn"] == found["age"]:
                return found
        raise AssertionError(f"the picture of {found['age']} was not drawn; it shows {found['drawn']}")

    def age(self):
        """Return the slider of the age."""
        return self.root.locator(".ol-age")

    def turn(self, across: float, down: float, side: int = 0, steps: int = 20) -> None:
        """Take one of the two bones with the mouse and pull it."""
        box = self.root.locator(".ol-figure .js-plotly-plot").bounding_box()
        x, y = box["x"] + box["width"] * (0.25 + 0.5 * side), box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for i in range(1, steps + 1):
            self.page.mouse.move(x + across * i / steps, y + down * i / steps)
            self.page.wait_for_timeout(16)
        self.page.mouse.up()


def printed(notebook: Notebook, code: str) -> str:
    """Run code in the kernel of a notebook and return what it prints."""
    return notebook.page.evaluate(
        """async (code) => {
            const said = [], kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({code});
            future.onIOPub = ({content}) => said.push(content.name === 'stdout' ? content.text : '');
            await future.done;
            return said.join('');
        }""",
        code,
    )


def fresh_lab(notebook: Notebook):
    """Run the cells again in the light theme, hand out the first lab, and see that nothing went wrong."""
    notebook.theme("Light")
    notebook.run_all()
    yield Lab(notebook)
    assert notebook.errors_in_cells() == []
    assert notebook.watch.problems() == []
