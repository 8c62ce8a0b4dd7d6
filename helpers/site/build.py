"""Build the course as a folder of static files that brings its own Python: `python3 -m nox -s site`.

What is made, in order, and by which module beside this one:

1. the pure wheels of ``browser.lock``, their hashes checked, and the project's own, data included (``wheels``);
2. Pyodide, the Python that runs in a browser, in the version and with the hash of ``pyodide.json`` (``runtime``);
3. the same wheels again with their modules compiled by that very Python, without what a lab never opens (``slim``);
4. JupyterLite's pages of JupyterLab and Jupyter Notebook around the notebooks as they are, and settings (``pages``);
5. the start page, and the bar above each notebook (``own_pages``, ``landing``, ``colours``);
6. the page of licences of all that is inside (``licences``), and the pages that are read (``reading``);
7. ``site.json`` (versions, what the pages need) and ``files.sha256``, every file with its hash (``record``).

No address of any host is written here: pip and npm use whatever registry they are set up for.
"""

from __future__ import annotations

import argparse
import shutil
import tomllib
from pathlib import Path

from licences import add_licences
from own_pages import add_own_pages
from pages import build_pages, configure, stage
from reading import add_reading
from record import describe
from runtime import PYTHON_ITSELF, fetch_pyodide, install_runtime
from slim import compile_wheels, take_script
from tools import ROOT, say
from wheels import fetch_wheels


def main() -> None:
    """Build the site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="let the browser fetch numpy, pandas and scipy")
    parser.add_argument("--output", type=Path, default=ROOT / "_site")
    parser.add_argument("--work", type=Path, default=ROOT / ".nox" / "site-work", help="folder for what is in between")
    options = parser.parse_args()
    site, work = options.output.resolve(), options.work.resolve()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    shutil.rmtree(work, ignore_errors=True)
    say("Fetching the wheels and Pyodide ...")
    fetch_wheels(work / "raw", options.full)
    pyodide = fetch_pyodide(work / "npm")
    say("Compiling the wheels for the Python of the browser ...")
    script = take_script(work / "raw", work / "static")
    compile_wheels(work / "raw", work / "wheels", pyodide, work / "compile", script)
    say("Building the pages ...")
    stage(work / "lite")
    # JupyterLite puts back the dates of everything in the folder around its output, so it gets a folder of its own.
    build_pages(work / "lite", work / "pages" / "site")
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(work / "pages" / "site", site)
    runtime = install_runtime(site, pyodide, work / "wheels", options.full)
    shutil.copy(work / script, site / script)
    configure(site, runtime, options.full)
    filled = {"__FIGURE_SCRIPT__": script, "__PYTHON__": f"static/{runtime}/{PYTHON_ITSELF}"}
    add_own_pages(site, version, filled, options.full)
    add_licences(site, version, work / "raw", pyodide)
    add_reading(site, version)
    describe(site, version, work / "raw", work / "wheels", options.full)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    say(f"The site is in {site.name}/: {size / 1e6:.0f} MB. Serve it with `python3 -m nox -s serve`.")


if __name__ == "__main__":
    main()
