"""The page of licences: what of others is inside the site, under which licence, with the texts that came with it.

Nothing is looked up elsewhere. The wheels, Pyodide and the scripts of the pages each say it themselves; a wheel that
says nothing stops the build.
"""

from __future__ import annotations

import html
import json
import re
import string
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from reading import framed
from tools import ROOT

ADDRESS = "licences.html"
TEMPLATE = Path(__file__).resolve().with_name("licences.html")
# JupyterLab's own format, beside the scripts that it was made from.
SCRIPTS = "third-party-licenses.json"
NO_TEXT = "No text came with it; its name says which licence it is."
# Libraries in C inside Pyodide's binary, which has no list of them: the bytes that betray each, and its licence.
COMPILED_IN = (
    ("bzip2", b"bzip2", "bzip2-1.0.6"),
    ("Expat", b"expat_", "MIT"),
    ("HACL*", b"HACL", "Apache-2.0 OR MIT"),
    ("hiwire", b"hiwire", "MPL-2.0"),
    ("libmpdec", b"libmpdec", "BSD-2-Clause"),
    ("SQLite", b"SQLite format 3", "public domain"),
    ("the runtime of Emscripten", b"Emscripten", "MIT OR NCSA"),
    ("XZ Utils (liblzma)", b"lzma", "0BSD"),
    ("zlib", b"inflate 1.", "Zlib"),
    ("Zstandard", b"ZSTD_versionString", "BSD-3-Clause"),
)


class Item(NamedTuple):
    """One part of the site that others made: the heading it stands under, and what it says of itself."""

    group: str
    name: str
    version: str
    licence: str
    text: str


def of_wheel(path: Path) -> Item:
    """Return what a wheel says about itself; stop the build if it names no licence."""
    with zipfile.ZipFile(path) as wheel:
        names = sorted(name for name in wheel.namelist() if ".dist-info/" in name)
        about = HeaderParser().parsestr(wheel.read(next(n for n in names if n.endswith("/METADATA"))).decode("utf-8"))
        given = {name.partition(".dist-info/")[2].removeprefix("licenses/") for name in names}
        wanted = [name for name in about.get_all("License-File", []) if name in given]
        texts = [wheel.read(n).decode("utf-8") for n in names if n.endswith(tuple(f"/{name}" for name in wanted))]
    licence = about["License-Expression"] or (about["License"] or "").splitlines()[:1] or classified(about)
    licence = licence if isinstance(licence, str) else "".join(licence)
    if not licence and texts:
        # A stand-in that only brings the text: its first line is the name.
        licence = texts[0].strip().splitlines()[0]
    if not licence:
        raise SystemExit(f"{path.name} names no licence; the page of licences cannot be written")
    return Item("Python packages", about["Name"], about["Version"], licence, "\n\n".join(texts).strip())


def classified(about) -> str:
    """Return the licence that the classifiers of a package name."""
    found = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    return ", ".join(found)


def of_pyodide(folder: Path) -> list[Item]:
    """Return Pyodide, the Python in it, and the libraries that were compiled into its binary."""
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    python = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]["python"]
    inside = f"Inside the binary of Pyodide {package['version']}"
    binary = (folder / "pyodide.asm.wasm").read_bytes()
    found = [Item(inside, name, "", licence, "") for name, mark, licence in COMPILED_IN if mark in binary]
    return [
        Item("The Python of the browser", "Pyodide", package["version"], package["license"], ""),
        Item("The Python of the browser", "Python and its standard library", python, "PSF-2.0", ""),
        *found,
    ]


def of_scripts(site: Path) -> Iterator[Item]:
    """Yield what was bundled into the scripts of the pages, and each extension itself."""
    for path in sorted(site.rglob(SCRIPTS)):
        folder = path.parent.relative_to(site).as_posix()
        for package in json.loads(path.read_text(encoding="utf-8"))["packages"]:
            text = package["extractedText"].strip()
            yield Item(f"Scripts in {folder}/", package["name"], package["versionInfo"], package["licenseId"], text)
    for path in sorted((site / "extensions").rglob("package.json")):
        package = json.loads(path.read_text(encoding="utf-8"))
        licence = package["license"]
        yield Item("Extensions of the pages", package["name"], package["version"], licence, "")


def own() -> list[Item]:
    """Return the course itself."""
    read = {name: (ROOT / name).read_text(encoding="utf-8").strip() for name in ("LICENSE", "LICENSE-text.md")}
    return [
        Item("OsteoLab", "the code", "", "MIT", read["LICENSE"]),
        Item("OsteoLab", "text, figures and tables", "", "CC-BY-4.0", read["LICENSE-text.md"]),
    ]


def page(items: list[Item], version: str) -> str:
    """Return the page as HTML, in the order of `items`."""
    parts = []
    for group, members in groupby(items, key=lambda item: item.group):
        parts += [f"<h2>{html.escape(group)}</h2>", *map(entry, members)]
    template = string.Template(TEMPLATE.read_text(encoding="utf-8"))
    content = template.substitute(count=str(len(items)), parts="\n".join(parts))
    return framed("Licences of everything inside this site", content, ADDRESS, version)


def entry(item: Item) -> str:
    """Return one part; its text opens with a tap."""
    name = re.sub(r"\s+", " ", f"{item.name} {item.version}".strip())
    line = f"<strong>{html.escape(name)}</strong>: {html.escape(item.licence)}"
    if not item.text:
        return f"<p>{line}. <small>{NO_TEXT}</small></p>"
    return f"<details><summary>{line}</summary><pre>{html.escape(item.text)}</pre></details>"


def add_licences(site: Path, version: str, raw: Path, pyodide: Path) -> None:
    """Write ``licences.html`` into the finished site."""
    wheels = [item for item in map(of_wheel, sorted(raw.glob("*.whl"))) if item.name != "osteolab"]
    items = [*own(), *of_pyodide(pyodide), *wheels, *of_scripts(site)]
    (site / ADDRESS).write_text(page(items, version), encoding="utf-8", newline="\n")
