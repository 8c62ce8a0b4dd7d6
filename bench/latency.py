"""Time from a slider to the painted figure, in Chromium through JupyterLab, for three ways to redraw.

    python bench/latency.py [--keys 60] [--drags 8] [--out FILE] [--check]

The lab updates one FigureWidget in place. It is compared with `interact` that shows the same plotly figure anew, and
with `interact` that draws the same curves with matplotlib. All three call `osteolab.simulate` and stand on one page;
they take turns, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

# The browser tests start JupyterLab and Chromium in the same way.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from harness import FLAGS, TRACK, Notebook, find_browser
from servers import Server

WINDOW = {"width": 1366, "height": 900}
TURN = 10  # key presses in a row before the next design has its turn
WARM_UP = 6
DESIGNS = {
    "lab": "lab, figure updated in place",
    "plotly": "interact, plotly figure shown anew",
    "matplotlib": "interact, matplotlib",
}
P95_RATIO, LAST_STATE_MS = 0.5, 200

LAB = """
from osteolab import Course, Person, simulate
from osteolab.lab import RemodelingLab

lab = RemodelingLab("anna", sliders=("estradiol",))
lab.set(estradiol=60)
lab
"""
CURVES = """
import ipywidgets as widgets
import plotly.graph_objects as go
import plotly.io

plotly.io.renderers.default = "notebook"
anna, site, ages = Person.preset("anna"), "lumbar_spine", list(lab.trace("bmd").x)
like_the_lab = lab.figure.to_dict()


def curves(estradiol):
    life = simulate(anna, (Course("estradiol", estradiol, "pg/mL", start=52),), until=80)
    bone, sd = life.series("bmd", site, ages), life.series("bmd_sd", site, ages)
    resorption, formation = life.series("ctx", ages=ages), life.series("p1np", ages=ages)
    start = life.value("bone_volume", 45, site)
    balance = [100 * (volume / start - 1) for volume in life.series("bone_volume", site, ages)]
    return {
        "bmd": bone,
        "bmd_low": [b - s for b, s in zip(bone, sd)],
        "bmd_high": [b + s for b, s in zip(bone, sd)],
        "resorption": resorption,
        "formation": formation,
        "lower": [min(pair) for pair in zip(resorption, formation)],
        "upper": [max(pair) for pair in zip(resorption, formation)],
        "balance": balance,
        "loss": [min(b, 0) for b in balance],
    }


def slider():
    return widgets.FloatSlider(value=60, min=0, max=150, step=1)
"""
PLOTLY = """
@widgets.interact(estradiol=slider())
def draw_with_plotly(estradiol):
    figure = go.Figure(like_the_lab)
    for name, values in curves(estradiol).items():
        figure.update_traces({"y": values}, selector={"name": name})
    figure.show()
"""
MATPLOTLIB = """
%matplotlib inline
import matplotlib.pyplot as plt


@widgets.interact(estradiol=slider())
def draw_with_matplotlib(estradiol):
    drawn = curves(estradiol)
    _, axes = plt.subplot_mosaic([["turnover", "bone"], ["balance", "bone"]], figsize=(8.5, 3.5))
    axes["turnover"].plot(ages, drawn["resorption"], ages, drawn["formation"])
    axes["turnover"].fill_between(ages, drawn["lower"], drawn["upper"], alpha=0.2)
    axes["balance"].plot(ages, drawn["balance"])
    axes["balance"].fill_between(ages, drawn["loss"], alpha=0.2)
    axes["bone"].plot(ages, drawn["bmd"])
    axes["bone"].fill_between(ages, drawn["bmd_low"], drawn["bmd_high"], alpha=0.2)
    plt.show()
"""
CELLS = {"lab": LAB, "curves": CURVES, "plotly": PLOTLY, "matplotlib": MATPLOTLIB}

# Stamps every key and pointer event, and each change of the figure once it has been painted: two animation frames
# after the change, so that the frame with the change in it has reached the screen.
CLOCK = """(place) => {
    const cell = jupyterapp.shell.currentWidget.content.widgets[place].node;
    const area = cell.querySelector('.jp-Cell-outputArea');
    const read = () => {
        const lines = [...area.querySelectorAll('.x2y3 path.js-line')].map((path) => path.getAttribute('d')).join();
        return lines || area.querySelector('img')?.src || '';
    };
    const clock = {inputs: [], paints: [], area, last: read()};
    const stamp = (event) => clock.inputs.push({type: event.type, at: event.timeStamp});
    for (const type of ['keydown', 'pointermove']) document.addEventListener(type, stamp, {capture: true});
    const painted = (changed) => requestAnimationFrame(() => requestAnimationFrame(() =>
        clock.paints.push({changed, at: performance.now()})));
    const look = async () => {
        const now = read(), changed = performance.now();
        if (!now || now === clock.last) return;
        clock.last = now;
        if (now.startsWith('data:')) await area.querySelector('img').decode().catch(() => {});
        painted(changed);
    };
    const seen = new MutationObserver(look);
    seen.observe(area, {childList: true, subtree: true, attributes: true, attributeFilter: ['d', 'src']});
    clock.stop = () => {
        seen.disconnect();
        for (const type of ['keydown', 'pointermove']) document.removeEventListener(type, stamp, {capture: true});
    };
    window.osteolabClock = clock;
}"""


class Bench:
    """One page with the three designs, and the hand that moves their sliders."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.places = {name: list(CELLS).index(name) for name in DESIGNS}
        self.direction = dict.fromkeys(DESIGNS, "ArrowRight")

    def turn_to(self, name: str) -> None:
        """Scroll a design into view, take its slider, and start the clock on its figure."""
        place = self.places[name]
        show = "place => jupyterapp.shell.currentWidget.content.scrollToItem(place, 'start')"
        self.page.evaluate(show, place)
        self.page.wait_for_timeout(800)
        self.handle = self.page.locator(f".jp-Cell[data-windowed-list-index='{place}'] .noUi-handle").first
        self.handle.focus()
        self.notebook.rest()
        self.page.evaluate(CLOCK, place)

    def press(self, key: str) -> float:
        """Press a key and return the milliseconds until its change is painted."""
        before = self.page.evaluate("osteolabClock.paints.length")
        self.page.keyboard.press(key)
        self.page.wait_for_function(f"osteolabClock.paints.length > {before}", timeout=15_000)
        first = self.page.evaluate(f"osteolabClock.paints[{before}].at")
        pressed = self.page.evaluate("osteolabClock.inputs.findLast((one) => one.type === 'keydown').at")
        self.settle()
        return first - pressed

    def settle(self) -> None:
        """Wait until nothing is painted any more."""
        count = -1
        while (now := self.page.evaluate("osteolabClock.paints.length")) != count:
            count = now
            self.notebook.rest()
            self.page.wait_for_timeout(150)

    def keys(self, name: str, presses: int) -> list[float]:
        """Press an arrow key so many times, back and forth from turn to turn, and return the milliseconds."""
        self.turn_to(name)
        times = [self.press(self.direction[name]) for _ in range(presses)]
        self.direction[name] = "ArrowLeft" if self.direction[name] == "ArrowRight" else "ArrowRight"
        self.page.evaluate("osteolabClock.stop()")
        return times

    def drag(self, name: str, to: float) -> tuple[float, float]:
        """Drag for one second; return the milliseconds from the last move to the last paint, and paints a second."""
        self.turn_to(name)
        grip = self.handle.bounding_box()
        track = self.handle.locator(TRACK).bounding_box()
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        goal = track["x"] + to * track["width"]
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        begin = self.page.evaluate("performance.now()")
        while (share := (self.page.evaluate("performance.now()") - begin) / 1000) < 1:
            self.page.mouse.move(x + (goal - x) * share, y)
            self.page.wait_for_timeout(8)
        self.page.mouse.move(goal, y)
        self.page.mouse.up()
        self.settle()
        last = self.page.evaluate("osteolabClock.paints.at(-1).at")
        moved = self.page.evaluate("osteolabClock.inputs.findLast((one) => one.type === 'pointermove').at")
        count = self.page.evaluate(f"osteolabClock.paints.filter((one) => one.at > {begin} && one.at < {moved}).length")
        self.page.evaluate("osteolabClock.stop()")
        return max(0.0, last - moved), count * 1000 / (moved - begin)


def measure(notebook: Notebook, keys: int, drags: int) -> dict[str, dict[str, list[float]]]:
    """Let the designs take turns; return every time in milliseconds, and the pictures a second during a drag."""
    bench = Bench(notebook)
    times: dict[str, dict[str, list[float]]] = {name: {"key": [], "drag": [], "pictures": []} for name in DESIGNS}
    for name in DESIGNS:
        bench.keys(name, WARM_UP)
    while len(times["matplotlib"]["key"]) < keys:
        for name in DESIGNS:
            times[name]["key"] += bench.keys(name, TURN)
    for i in range(drags):
        for name in DESIGNS:
            late, pictures = bench.drag(name, 0.75 if i % 2 == 0 else 0.2)
            times[name]["drag"].append(late)
            times[name]["pictures"].append(pictures)
    return times


def quantile(times: list[float], percent: int) -> float:
    """Return a quantile of the measured times."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def summary(times: dict[str, dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    """Return p50 and p95 of keys and drags, and the p95 of keys as a ratio to that of plotly shown anew."""
    found = {}
    base = quantile(times["plotly"]["key"], 95)
    for name, own in times.items():
        found[name] = {
            "key_p50_ms": round(quantile(own["key"], 50), 1),
            "key_p95_ms": round(quantile(own["key"], 95), 1),
            "key_p95_ratio": round(quantile(own["key"], 95) / base, 3),
            "drag_p50_ms": round(quantile(own["drag"], 50), 1),
            "drag_p95_ms": round(quantile(own["drag"], 95), 1),
            "pictures_per_second": round(statistics.median(own["pictures"]), 1),
        }
    return found


def bars(rows: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Return each bar in words and whether it was met."""
    lab = rows["lab"]
    return {
        f"p95 of a key press at most {P95_RATIO} of that of plotly shown anew": lab["key_p95_ratio"] <= P95_RATIO,
        f"p95 of the last state of a drag within {LAST_STATE_MS} ms": lab["drag_p95_ms"] <= LAST_STATE_MS,
    }


def print_table(rows: dict[str, dict[str, float]], facts: dict) -> None:
    """Print the figures and whether the bars were met."""
    print(f"Slider to painted figure, ms; {facts['machine']}, load {facts['load']}")
    print(f"{facts['keys']} key presses and {facts['drags']} drags of one second each\n")
    print(f"{'design':<38}{'key p50':>9}{'p95':>7}{'ratio':>8}{'drag p50':>11}{'p95':>7}{'pictures/s':>13}")
    for name, row in rows.items():
        key = f"{row['key_p50_ms']:>9.0f}{row['key_p95_ms']:>7.0f}{row['key_p95_ratio']:>8.2f}"
        drag = f"{row['drag_p50_ms']:>11.0f}{row['drag_p95_ms']:>7.0f}{row['pictures_per_second']:>13.0f}"
        print(f"{DESIGNS[name]:<38}{key}{drag}")
    print()
    for words, met in bars(rows).items():
        print(f"{'met    ' if met else 'NOT MET'}  {words}")


def run(keys: int, drags: int) -> tuple[dict, dict]:
    """Start JupyterLab and Chromium, measure, and return every time and the facts about the machine."""
    browser_path = find_browser()
    if browser_path is None:
        sys.exit("No Chromium or Chrome was found; install one to run this.")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "notebooks")
        root.mkdir()
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS.values()])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, root / "latency.ipynb")
        server = Server(root, Path(folder, "home"))
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=list(FLAGS))
                page = Notebook(browser.new_page(viewport=WINDOW), server, "latency.ipynb")
                page.close_side_panel()
                page.run_all()
                if errors := page.errors_in_cells():
                    sys.exit("\n".join(errors))
                load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
                times = measure(page, keys, drags)
                machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, Chromium {browser.version}"
                page.shut_down()
                browser.close()
        finally:
            server.stop()
    return times, {"machine": machine, "load": load, "keys": len(times["lab"]["key"]), "drags": drags}


def main() -> None:
    """Measure, print, write where --out says; with --check fail if a bar was not met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keys", type=int, default=60, help="key presses for each design (60)")
    options.add_argument("--drags", type=int, default=8, help="drags for each design (8)")
    options.add_argument("--out", type=Path, help="also write the figures to this JSON file")
    options.add_argument("--check", action="store_true", help="exit with 1 if a bar was not met")
    given = options.parse_args()
    times, facts = run(given.keys, given.drags)
    rows = summary(times)
    print_table(rows, facts)
    if given.out:
        found = facts | {"bars": bars(rows), "rows": rows, "times": times}
        given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if given.check and not all(bars(rows).values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
