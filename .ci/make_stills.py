"""Take the still pictures of the labs (notebooks/images/NN_lab.png, docs/images/lab.png) in a real browser.

Run in the environment of the project: `python .ci/make_stills.py`, or with names such as `09_lab` for some of them.
It needs Chromium. Each file also holds, as text, the words and numbers that the page showed when its picture was
taken; tests/test_stills.py compares them with what the lab says today.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from osteolab.lab import RemodelingLab, lesson

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from harness import FLAGS, Lab, LatticePage, Notebook, find_browser  # noqa: E402
from servers import Server  # noqa: E402

WINDOW = {"width": 1366, "height": 900}
# Which lesson (None: the lab of FULL), and what is done with its lab before the picture is taken.
STILLS: dict[str, tuple[str | None, dict[str, dict[str, Any]]]] = {
    "notebooks/images/00_lab.png": ("00", {"set": {"estradiol": 40}}),
    "notebooks/images/01_lab.png": ("01", {"reset": {}, "set": {"resorption_pace": 120, "formation_pace": 100}}),
    "notebooks/images/02_lab.png": ("02", {"reset": {}, "set": {"aromatase_activity": 30}}),
    "notebooks/images/03_lab.png": ("03", {"set": {"peak_bone_mass_sd": 1}}),
    "notebooks/images/09_lab.png": ("09", {"set": {"age": 72}}),
    "docs/images/lab.png": (None, {"pin": {}, "set": {"estradiol": 40}}),
}
# What a picture says, of all that a page tells of its lab.
SAID = ("sentence", "tiles", "boxes", "bars", "titles", "age", "scan_age")
KEY = "osteolab"
FULL = {"person": "anna", "start": 52}
FULL["sliders"] = ("estradiol", "testosterone", "igf1", "cortisol", "homa_ir", "il6")


def lab_of(number: str | None, done: dict[str, dict[str, Any]]) -> Any:
    """Return the lab of a still picture in the state in which it is taken."""
    lab = lesson(number).lab() if number else RemodelingLab(**FULL)
    lab.unveil()
    for name, arguments in done.items():
        getattr(lab, name)(**arguments)
    return lab


def said_in(picture: Path) -> dict[str, Any]:
    """Return what the page showed when a picture was taken, from the text in its file."""
    with Image.open(picture) as image:
        return json.loads(image.text[KEY])


def write_notebook(path: Path, number: str | None, done: dict[str, dict[str, Any]]) -> None:
    """Write a notebook that shows one lab in one state."""
    lines = [f"import sys; sys.path.insert(0, {str(ROOT / '.ci')!r})", "from make_stills import lab_of"]
    lines += [f"lab = lab_of({number!r}, {done!r})", "lab"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def take(browser, server: Server, target: str, number: str | None, done: dict[str, dict[str, Any]]) -> None:
    """Take one still picture."""
    name, picture = Path(target).stem + ".ipynb", ROOT / target
    write_notebook(server.root / name, number, done)
    page = browser.new_context(viewport=WINDOW).new_page()
    notebook = Notebook(page, server, name)
    notebook.close_side_panel()
    notebook.run_all()
    lab = (LatticePage if number and lesson(number).picture == "lattice" else Lab)(notebook)
    state = lab.settled()
    picture.parent.mkdir(parents=True, exist_ok=True)
    lab.root.locator(".ol-lab").screenshot(path=picture)
    text = PngInfo()
    text.add_itxt(KEY, json.dumps({key: state[key] for key in SAID if state.get(key)}, ensure_ascii=False))
    with Image.open(picture) as image:
        image.save(picture, pnginfo=text, optimize=True)
    print(target, picture.stat().st_size // 1000, "kB")
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
            for target, (number, done) in STILLS.items():
                if sys.argv[1:] and Path(target).stem not in sys.argv[1:]:
                    continue
                take(browser, server, target, number, done)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
