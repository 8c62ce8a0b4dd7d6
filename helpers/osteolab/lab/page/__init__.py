"""What runs in the page: JavaScript and CSS in small files, joined as text, and colours made from the palette."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from osteolab.lab.palette import colours

HERE = Path(__file__).parent
ROOTS = (".ol-host", ".ol-card", ".ol-crew")  # whatever stands by itself in a page brings the colours along
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{[^}]*\};\n", re.MULTILINE)


@cache
def page(*names: str) -> str:
    """Return files of this folder or of parts/ joined into one ES module; the last one has the default export.

    Each file imports what it needs, so that it can be tested and linted by itself; joined, the imports go.
    """
    return "\n".join(_IMPORT.sub("", _EXPORT.sub("", _EXPORT_LIST.sub("", _text(f"{name}.js")))) for name in names)


@cache
def style(*names: str) -> str:
    """Return the colours and some style sheets as one."""
    return "\n".join([tokens(), *(_text(f"{name}.css") for name in names)])


@cache
def tokens() -> str:
    """Return the palette as CSS variables, light and dark."""
    light = "\n".join(f"  --ol-{role}: {colour};" for role, colour in colours(False).items())
    dark = "\n".join(f"  --ol-{role}: {colour};" for role, colour in colours(True).items())
    roots = ", ".join(ROOTS)
    darkened = ", ".join(f"{root}.ol-dark" for root in ROOTS)
    return f"{roots} {{\n{light}\n}}\n{darkened} {{\n{dark}\n}}\n"


def _text(name: str) -> str:
    places = (HERE / name, HERE / "parts" / name)
    return next(place for place in places if place.exists()).read_text(encoding="utf-8")
