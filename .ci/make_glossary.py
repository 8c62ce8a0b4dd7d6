"""Write docs/glossary.md, the readable glossary, from data/glossary.csv.

Run `python .ci/make_glossary.py` after a change of the table.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "data/glossary.csv"
PAGE = ROOT / "docs/glossary.md"

INTRODUCTION = """\
# Glossary

Every term of the course in one plain sentence. Notebooks link a term here where it first appears; a tap on a tile of a
lab says the same words there.
"""
NOTE = "<!-- Written by .ci/make_glossary.py from data/glossary.csv; do not edit by hand. -->"


def rows() -> list[dict[str, str]]:
    """Return the table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def anchor(term: str) -> str:
    """Return what stands behind the # of an address that opens the page at this term."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def entry(row: dict[str, str]) -> str:
    """Return a heading, the sentence, and the way to related terms."""
    # JupyterLab makes an address of the heading as it is written, with its capitals; others do not.
    mark = "" if anchor(row["term"]) == row["term"].replace(" ", "-") else f'<a id="{anchor(row["term"])}"></a>'
    related = ", ".join(f"[{term}](#{anchor(term)})" for term in row["see"].split("; ") if term)
    see = f" *See also* {related}." if related else ""
    return f"## {mark}{row['term']}\n\n{row['plain']}{see}\n"


def page() -> str:
    """Return the page as text."""
    return "\n".join([NOTE, "", INTRODUCTION, *map(entry, rows())])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
