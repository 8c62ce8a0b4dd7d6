"""Take the still pictures of the labs (notebooks/images/NN_lab.png, docs/images/lab.png) in a real browser.

Run in the environment of the project: `python .ci/make_stills.py`, or with names such as `09_lab` for some of them.
It needs Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from osteolab.lab import lesson

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from harness import FLAGS, Lab, LatticePage, Notebook, find_browser  # noqa: E402
from servers import Server  # noqa: E402

WINDOW = {"width": 1366, "height": 900}
STILLS = {
    "notebooks/images/00_lab.png": ("00", "lab.set(estradiol=40)"),
    "notebooks/images/01_lab.png": ("01", "lab.reset(); lab.set(resorption_pace=120, formation_pace=100)"),
    "notebooks/images/02_lab.png": ("02", "lab.reset(); lab.set(aromatase_activity=30)"),
    "notebooks/images/03_lab.png": ("03", "lab.set(peak_bone_mass_sd=1)"),
    "notebooks/images/09_lab.png": ("09", "lab.set(age=72)"),
    "docs/images/lab.png": (None, "lab.pin(); lab.set(estradiol=40)"),
}
FULL = 'RemodelingLab("anna", sliders=("estradiol", "testosterone", "igf1", "cortisol", "homa_ir", "il6"), start=52)'


def write_notebook(path: Path, number: str | None, change: str) -> None:
    """Write a notebook that shows one lab in one state."""
    make = f"lesson({number!r}).lab()" if number else FULL
    lines = ["from osteolab.lab import RemodelingLab, lesson", f"lab = {make}", "lab.unveil()", change, "lab"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def take(browser, server: Server, target: str, number: str | None, change: str) -> None:
    """Take one still picture."""
    name = Path(target).stem + ".ipynb"
    write_notebook(server.root / name, number, change)
    page = browser.new_context(viewport=WINDOW).new_page()
    notebook = Notebook(page, server, name)
    notebook.close_side_panel()
    notebook.run_all()
    lab = (LatticePage if number and lesson(number).picture == "lattice" else Lab)(notebook)
    lab.settled()
    (ROOT / target).parent.mkdir(parents=True, exist_ok=True)
    lab.root.locator(".ol-lab").screenshot(path=ROOT / target)
    print(target, (ROOT / target).stat().st_size // 1000, "kB")
    notebook.shut_down()


def main() -> None:
    """Take all still pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, home = Path(folder) / "notebooks", Path(folder) / "home"
        root.mkdir()
        home.mkdir()
        server = Server(root, home)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        try:
            for target, (number, change) in STILLS.items():
                if sys.argv[1:] and Path(target).stem not in sys.argv[1:]:
                    continue
                take(browser, server, target, number, change)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
