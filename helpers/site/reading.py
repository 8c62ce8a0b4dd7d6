"""The pages of the site that are read and not run: README, docs with the glossary, tables, below ``read/``.

JupyterLite has no viewer that shows them whole, so every link of a notebook to one of them leads here (links.js). A
link that leads nowhere stops the build.
"""

from __future__ import annotations

import csv
import html
import posixpath
import re
import shutil
import string
from pathlib import Path
from urllib.parse import quote, unquote

import mistune
from tools import HERE, NOTEBOOKS, ROOT

FOLDER = "read"
TEMPLATE = HERE / "reading.html"
TABLES = "data"
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-text.md", "tests/prose/README.md")
TEXTS = ("LICENSE", "CITATION.cff")
PICTURES = (".png", ".svg")
ADDRESS = re.compile(r'(?P<name>href|src)="(?!\w+:|#)(?P<path>[^"#]*)(?P<part>#[^"]*)?"')
HEADING = re.compile(r'<h([1-6])>(?:<a id="(?P<own>[^"]+)"></a>)?(?P<words>.*?)</h\1>', re.DOTALL)


def sources() -> list[str]:
    """Return the files that become pages, as paths in the repository; ``data`` stands for the list of its tables."""
    docs = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    tables = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / TABLES).glob("*.csv"))]
    return [*PAGES, *TEXTS, *docs, TABLES, *tables]


def addresses() -> dict[str, str]:
    """Return the page of the site for each file: ``docs/glossary.md`` -> ``read/docs/glossary.html``."""
    found = {path: f"{FOLDER}/{Path(path).with_suffix('.html').as_posix()}" for path in sources()}
    return found | {TABLES: f"{FOLDER}/{TABLES}/index.html"}


def add_reading(site: Path, version: str) -> None:
    """Write every page, and the pictures that the pages show."""
    pages = addresses()
    for path, address in pages.items():
        (site / address).parent.mkdir(parents=True, exist_ok=True)
        (site / address).write_text(framed(*_content(path), address, version), encoding="utf-8", newline="\n")
    for picture in (ROOT / "docs").rglob("*"):
        if picture.suffix in PICTURES:
            place = site / FOLDER / picture.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, place)


def framed(title: str, content: str, address: str, version: str) -> str:
    """Return HTML as a whole page at an address of the site."""
    filled = {"title": html.escape(title), "version": html.escape(version), "glossary": addresses()["docs/glossary.md"]}
    template = string.Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(filled, home="../" * address.count("/"), content=content)


def _content(path: str) -> tuple[str, str]:
    """Return title and HTML of one page."""
    if path == TABLES:
        return "Tables", _list_of_tables()
    if path.endswith(".csv"):
        return Path(path).name, _table(path)
    text = (ROOT / path).read_text(encoding="utf-8")
    if path in TEXTS:
        return path, f"<h1>{html.escape(path)}</h1>\n<pre>{html.escape(text)}</pre>"
    return _title(text), _from_markdown(path, text)


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else "OsteoLab"


def _from_markdown(path: str, text: str) -> str:
    """Return Markdown as HTML, with addresses of headings as code hosts make them, and links within the site."""
    made = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])(text)
    made = _with_addresses(made)
    made = made.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return ADDRESS.sub(lambda found: f'{found["name"]}="{_led(path, found["path"], found["part"] or "")}"', made)


def _with_addresses(made: str) -> str:
    """Return HTML whose headings have addresses: their own, or their words; a second one of the same is numbered."""
    seen: dict[str, int] = {}

    def addressed(found: re.Match) -> str:
        name = found["own"] or slug(found["words"])
        seen[name] = seen.get(name, -1) + 1
        name = f"{name}-{seen[name]}" if seen[name] else name
        return f'<h{found[1]} id="{name}">{found["words"]}</h{found[1]}>'

    return HEADING.sub(addressed, made)


def slug(heading: str) -> str:
    """Return the last part of the address of a heading, given as HTML."""
    plain = html.unescape(re.sub(r"<[^>]+>", "", heading)).lower().strip()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def _led(path: str, target: str, part: str) -> str:
    """Return where a link of one page leads on the site, relative to that page."""
    aim = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
    from_here = posixpath.dirname(addresses()[path])
    if aim in addresses():
        return posixpath.relpath(addresses()[aim], from_here) + part
    if aim.endswith(".ipynb") and (NOTEBOOKS / Path(aim).name).exists():
        return posixpath.relpath("notebooks/index.html", from_here) + f"?path={quote(aim)}{part}"
    if aim.endswith(PICTURES) and aim.startswith("docs/") and (ROOT / aim).exists():
        return posixpath.relpath(f"{FOLDER}/{aim}", from_here)
    raise SystemExit(f"{path} leads to {target}, which is not on the site")


def _list_of_tables() -> str:
    names = [Path(path).name for path in sources() if path.endswith(".csv")]
    lines = "\n".join(f'<li><a href="{Path(name).stem}.html">{name}</a></li>' for name in names)
    what = '<a href="../docs/data.html">What stands in each</a>'
    return f"<h1>Tables</h1>\n<p>Every number of the course. {what}.</p>\n<ul>\n{lines}\n</ul>"


def _table(path: str) -> str:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        head, *rows = [[html.escape(cell) for cell in row] for row in csv.reader(file)]
    names = "".join(f'<th scope="col">{name}</th>' for name in head)
    lines = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{names}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"
    up = '<a href="index.html">All tables</a> · <a href="../docs/data.html">what stands in each</a>'
    return f'<h1>{Path(path).name}</h1>\n<p>{up}</p>\n<div class="wide" tabindex="0">{table}</div>'
