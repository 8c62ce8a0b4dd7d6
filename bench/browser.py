"""The browser edition: time to the first usable slider, slider to painted figure, size, and memory of the tab.

    python bench/browser.py [--starts 3] [--keys 60] [--out FILE] [--check]

Needs the site: python3 -m nox -s site. A start is timed as a reader has it: from asking for the address of notebook
00 to a slider that can be taken, the one button of the bar pressed as soon as it can be. Cold: nothing kept by the
browser; warm: the second visit. Every file asked for on the way is counted, as it is and compressed with gzip.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from harness import FLAGS, Lab, Notebook, Watch, find_browser
from servers import SiteServer

from latency import Bench, quantile

SITE = Path(__file__).resolve().parents[1] / "_site"
NOTEBOOK = "00_start_here.ipynb"
WINDOW = {"width": 1366, "height": 900}
HANDLE = ".ol-lab .noUi-handle"
LAB_CELL = "jupyterapp.shell.currentWidget.content.widgets.findIndex((cell) => cell.node.querySelector('.ol-lab'))"
BARS = {"cold_s": 12, "warm_s": 6, "key_p95_ms": 100, "site_mb": 80, "transfer_mb": 25}


@cache
def compressed(path: Path) -> int:
    """Return the size of a file as a host that compresses would send it."""
    content = path.read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))


def start(context, site: SiteServer) -> tuple[float, set[str], object, Watch]:
    """Open the notebook and press the button; return seconds to the slider, the addresses asked for, page, watch."""
    page, asked = context.new_page(), set()
    watch = Watch(page, site)
    page.on("request", lambda request: asked.add(request.url))
    begin = time.perf_counter()
    page.goto(site.address(NOTEBOOK))
    page.get_by_role("button", name="Run this notebook").click(timeout=60_000)
    page.locator(HANDLE).first.wait_for(timeout=90_000)
    page.locator(f"{HANDLE}").first.click(trial=True)
    return time.perf_counter() - begin, asked, page, watch


def file_of(address: str) -> Path | None:
    """Return the file behind an address of the site."""
    path = SITE / unquote(urlsplit(address).path).lstrip("/")
    path = path / "index.html" if path.is_dir() else path
    return path if path.is_file() else None


def memory() -> float | None:
    """Return the resident memory of the largest page of any Chromium in MB, where the system tells (Linux)."""
    sizes = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_text().replace("\0", " ")
            if "--type=renderer" in command:
                line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
                sizes.append(int(line.split()[1]) / 1024)
        except (OSError, StopIteration):
            continue
    return round(max(sizes)) or None


class SiteBench(Bench):
    """The hand on the slider of the lab of one notebook of the site."""

    def __init__(self, page, site) -> None:
        self.notebook = Notebook.__new__(Notebook)
        self.notebook.page, self.notebook.name = page, NOTEBOOK
        self.page = page
        lab = Lab(self.notebook)
        lab.root.locator(".widget-radio-box label").first.click()
        lab.button("Commit my prediction").click()
        lab.settled()
        self.places, self.direction = {"lab": page.evaluate(LAB_CELL)}, {"lab": "ArrowRight"}


def measure(starts: int, keys: int) -> dict:
    """Serve the site, start so often, press so many keys, and return all figures."""
    site, found = SiteServer(SITE), {"cold": [], "warm": [], "keys": []}
    try:
        with sync_playwright() as playwright:
            for turn in range(starts):
                # A folder of its own, as a reader's browser has: what is kept there makes the second visit faster.
                folder = tempfile.mkdtemp()
                options = {"executable_path": find_browser(), "args": list(FLAGS), "viewport": WINDOW}
                context = playwright.chromium.launch_persistent_context(folder, **options)
                seconds, asked, page, watch = start(context, site)
                found["cold"].append(seconds)
                page.close()
                seconds, _, page, again = start(context, site)
                found["warm"].append(seconds)
                found["problems"] = found.get("problems", []) + watch.problems() + again.problems()
                if turn == starts - 1:
                    files = {path for address in asked if (path := file_of(address))}
                    found["requests"] = len(asked)
                    found["elsewhere"] = sorted(
                        url for url in asked if not url.startswith((site.url, "blob:", "data:"))
                    )
                    found["transfer_raw_mb"] = sum(path.stat().st_size for path in files) / 1e6
                    found["transfer_mb"] = sum(map(compressed, files)) / 1e6
                    hand = SiteBench(page, site)
                    hand.keys("lab", 6)
                    while len(found["keys"]) < keys:
                        found["keys"] += hand.keys("lab", 10)
                    found["memory_mb"] = memory()
                    found["browser"] = f"Chromium {context.browser.version if context.browser else ''}".strip()
                context.close()
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        site.stop()
    return found


def summary(found: dict) -> dict[str, float]:
    """Return the figures that have a bar."""
    return {
        "cold_s": round(statistics.median(found["cold"]), 1),
        "warm_s": round(statistics.median(found["warm"]), 1),
        "key_p50_ms": round(quantile(found["keys"], 50)),
        "key_p95_ms": round(quantile(found["keys"], 95)),
        "site_mb": round(sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) / 1e6, 1),
        "transfer_mb": round(found["transfer_mb"], 1),
    }


def main() -> None:
    """Measure, print, write where --out says; with --check fail if a bar was not met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--starts", type=int, default=3, help="cold and warm starts (3)")
    options.add_argument("--keys", type=int, default=60, help="key presses (60)")
    options.add_argument("--out", type=Path, help="also write the figures to this JSON file")
    options.add_argument("--check", action="store_true", help="exit with 1 if a bar was not met")
    given = options.parse_args()
    if find_browser() is None or not (SITE / "site.json").exists():
        sys.exit("This needs Chromium or Chrome, and the site: python3 -m nox -s site")
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    found = measure(given.starts, given.keys)
    rows = summary(found)
    print(f"Browser edition; {os.cpu_count()} cores, {found['browser']}, {platform.system()}, load {load} at the start")
    print(f"first usable slider: cold {rows['cold_s']} s, warm {rows['warm_s']} s (medians of {given.starts})")
    print(f"key press to painted figure: {rows['key_p50_ms']} ms p50, {rows['key_p95_ms']} ms p95")
    print(f"site {rows['site_mb']} MB; {found['requests']} requests before the first slider: ", end="")
    print(f"{found['transfer_raw_mb']:.1f} MB as files, {rows['transfer_mb']} MB compressed")
    print(f"requests to other hosts: {len(found['elsewhere'])}; memory of the tab: {found['memory_mb']} MB")
    print(*found["problems"], sep="\n")
    bars = {f"{name} at most {most}": rows[name] <= most for name, most in BARS.items()}
    for words, met in bars.items():
        print(f"{'met    ' if met else 'NOT MET'}  {words}")
    if given.out:
        given.out.write_text(json.dumps(found | {"rows": rows, "bars": bars}, indent=1) + "\n", encoding="utf-8")
    if given.check and not all(bars.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
