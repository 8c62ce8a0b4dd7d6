"""The start page of the browser edition, filled in from the README and the notebooks.

Nothing is written twice: the table of the course stands in the README, time and promise of a notebook in its first
cell.
"""

from __future__ import annotations

import html
import json
import re
import string
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

TEMPLATE = Path(__file__).resolve().with_name("index.html")
# Where the notebooks lie inside the site; site.json and the copies in the browser have the same paths.
FOLDER = "notebooks"
ROW = re.compile(r"^\|\s*(?P<number>\d\d)\s*\|(?P<cells>.+)\|\s*$", re.MULTILINE)
LINK = re.compile(r"\[(?P<title>[^\]]+)\]\((?P<target>[^)\s]+)\)")
# The README leaves the level of the first and of the last notebook empty.
START, CASE = "Start", "Case"
Notebook = dict[str, str]
# Every count that a course of fourteen can have.
WORDS = (
    *("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"),
    *("Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen"),
)
PLAIN = (
    "Everything comes from this site and nothing from anywhere else. Tables for pandas and whole cohorts of people "
    "need the edition that is installed on a computer; the notebooks do not. Notebook 09 shows five plans computed "
    "beforehand here, and any plan there."
)
FULL = (
    "This is the full edition: tables for pandas and whole cohorts of people work too. For these the browser fetches "
    "numpy, pandas and scipy from the distribution of Pyodide, so it needs the network."
)


def page(version: str, notebooks: list[Notebook], planned: list[Notebook], full: bool) -> str:
    """Return the HTML of the start page.

    Parameters
    ----------
    version : str
        Version of the course, for instance "0.1.0".
    notebooks : list of dict
        The notebooks that exist, as `course` returns them: number, level, title, moves, learns, file, time, promise.
    planned : list of dict
        The same for those that do not exist yet, without file, time and promise.
    full : bool
        Whether the browser may fetch numpy, pandas and scipy.
    """
    items = sorted([*notebooks, *planned], key=lambda item: item["number"])
    return string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        version=html.escape(version),
        strip=_strip(items),
        count=_count(len(notebooks), len(items)),
        levels="\n".join(_level(name, group) for name, group in groupby(items, key=lambda item: item["level"])),
        edition=FULL if full else PLAIN,
    )


def course(readme: str, notebooks_folder: Path) -> tuple[list[Notebook], list[Notebook]]:
    """Return the notebooks that exist and those that are planned, in the order of the course.

    Parameters
    ----------
    readme : str
        Text of README.md. A row of its table of the course whose title is a link is a notebook that exists.
    notebooks_folder : Path
        Folder of the notebooks; the first cell of each says how long it takes and what it promises.

    Raises
    ------
    ValueError
        If the README has no table of the course, or a first cell does not have the usual form.
    FileNotFoundError
        If the README links to a notebook that is not there.
    """
    _, _, section = readme.partition("\n## The course\n")
    existing: list[Notebook] = []
    planned: list[Notebook] = []
    for found in ROW.finditer(section.partition("\n## ")[0]):
        level, title, moves, learns = (cell.strip() for cell in found["cells"].split("|"))
        item = {"number": found["number"], "level": level or (START if found["number"] == "00" else CASE)}
        item |= {"title": title, "moves": moves, "learns": learns}
        link = LINK.fullmatch(title)
        if link is None:
            planned.append(item)
            continue
        file = Path(link["target"]).name
        existing.append(item | {"title": link["title"], "file": file} | _first_cell(notebooks_folder / file))
    if not existing:
        raise ValueError("README.md has no table of existing notebooks under the heading 'The course'")
    return existing, planned


def _first_cell(path: Path) -> dict[str, str]:
    """Return time and promise from the first cell of a notebook: a line with dots, the title, a sentence."""
    source = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    found = re.match(r"(?P<head>.+)\n+# .+\n+(?P<promise>(?:.+\n?)+)", source)
    parts = found["head"].split(" · ") if found else []
    if found is None or len(parts) != 3:
        raise ValueError(f"{path.name}: the first cell needs 'level · notebook · time', a title and a promise")
    return {"time": parts[2].strip(), "promise": " ".join(found["promise"].split())}


def _count(existing: int, total: int) -> str:
    """Return one sentence on how much of the course there is."""
    if existing == total:
        return f"{WORDS[total] if total < len(WORDS) else total} notebooks on three levels."
    first = WORDS[total] if total < len(WORDS) else str(total)
    ready = WORDS[existing].lower() if existing < len(WORDS) else str(existing)
    return f"{first} notebooks on three levels, {ready} of them ready. The others are planned."


def _strip(items: list[Notebook]) -> str:
    """Return the numbered fields, grouped by level; those of existing notebooks lead to their row."""
    groups = []
    for level, group in groupby(items, key=lambda item: item["level"]):
        fields = "".join(f"<li>{_field(item)}</li>" for item in group)
        groups.append(f'<li><ul>{fields}</ul><span class="level">{html.escape(level)}</span></li>')
    return '<ul class="strip">\n' + "\n".join(groups) + "\n</ul>"


def _field(item: Notebook) -> str:
    """Return one field of the strip."""
    number, title = html.escape(item["number"]), html.escape(item["title"])
    if "file" in item:
        return f'<a href="#n{number}">{number}<span class="named"> {title}</span></a>'
    return f'<span class="field">{number}<span class="named"> {title}, not yet</span></span>'


def _level(name: str, items: Iterable[Notebook]) -> str:
    """Return one level of the course: a heading and a row for each notebook."""
    rows = "\n".join(_row(item) for item in items)
    return f'<h3>{html.escape(name)}</h3>\n<ul class="rows">\n{rows}\n</ul>'


def _row(item: Notebook) -> str:
    """Return the row of one notebook, with a button if it exists."""
    text = {key: html.escape(str(value)) for key, value in item.items()}
    number, kind, about, go = text["number"], "planned", "", "not yet"
    if "file" in item:
        path = quote(f"{FOLDER}/{item['file']}")
        kind = "first" if number == "00" else "ready"
        about = f'<p>{text["promise"]}</p><p class="note">{text["time"]}</p>'
        named = f'<span class="named"> {text["title"]}</span>'
        go = f'<a class="button" href="notebooks/index.html?path={path}">Open {number}{named}</a>'
    pairs = (("You move", text["moves"]), ("You learn", text["learns"]))
    words = "".join(f"<div><dt>{name}:</dt> <dd>{value}</dd></div>" for name, value in pairs)
    return (
        f'<li class="{kind}" id="n{number}"><span class="number">{number}</span>'
        f'<div><p class="title">{text["title"]}</p>{about}</div><dl>{words}</dl><div class="go">{go}</div></li>'
    )
