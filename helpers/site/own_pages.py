"""The start page, and the bar of the course above every notebook."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import colours
import landing
from tools import HERE, NOTEBOOKS, ROOT

SCRIPTS = (
    "landing.js",
    "copies.js",
    "link.js",
    "links.js",
    "trouble.js",
    "stale.js",
    "offline.js",
    "course_bar.js",
)
PAGES = ("landing.css", "course_bar.css", *SCRIPTS, "serve.py")


def add_own_pages(site: Path, version: str, filled: dict[str, str], full: bool) -> None:
    """Write the landing page, put the course bar above every notebook, and drop JupyterLite's own start page."""
    existing, planned = landing.course((ROOT / "README.md").read_text(encoding="utf-8"), NOTEBOOKS)
    # The pages of JupyterLite look for their settings in every index.html above them.
    settings = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script></body>'
    start = landing.page(version, existing, planned, full).replace("</body>", settings)
    (site / "index.html").write_text(start, encoding="utf-8")
    shutil.copy(ROOT / "docs" / "images" / "lab.png", site / "lab.png")
    texts = {name: (HERE / name).read_text(encoding="utf-8") for name in PAGES}
    themes = colours.palette()
    for name in PAGES:
        for place, value in ({"__OSTEOLAB_VERSION__": version} | filled).items():
            texts[name] = texts[name].replace(place, value)
        if name.endswith(".css"):
            texts[name] = colours.fill(texts[name], themes)
        (site / name).write_text(texts[name], encoding="utf-8")
    stamp = hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:8]
    head = f'<link rel="stylesheet" href="../course_bar.css?v={stamp}">'
    head += f'<script type="module" src="../course_bar.js?v={stamp}"></script>'
    head += '<link rel="icon" href="../lab/favicon.ico">'
    for app in ("lab", "notebooks"):
        # Before JupyterLab reads a picture from the notebook's folder, the page asks for it beside itself.
        shutil.copytree(NOTEBOOKS / "images", site / app / "images")
        path = site / app / "index.html"
        html = path.read_text(encoding="utf-8").replace("<title>JupyterLite</title>", "<title>OsteoLab</title>")
        if html.count("</head>") != 1:
            raise SystemExit(f"{app}/index.html has changed; the course bar cannot be put in")
        path.write_text(html.replace("</head>", head + "</head>"), encoding="utf-8")
