"""What runs in the page: JavaScript and CSS in small files, joined as text, and colours made from the palette."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from osteolab.lab.palette import FONT, colours

HERE = Path(__file__).parent
ROOTS = (".ol-host", ".ol-card", ".ol-crew")  # whatever stands by itself in a page brings the colours along
SURFACE = ".ol-surface"  # stands in surface.css for the roots that a sheet is made for
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_IMPORTED = re.compile(r'^import [^;]*?"\./(?:parts/)?(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def page(*names: str) -> str:
    """Return files of this folder or of parts/, and what they import, joined into one ES module.

    Each file imports what it needs, so that it can be tested and linted by itself; joined, what is imported comes
    before it and the imports go. The last file named has the default export.

    Raises
    ------
    FileNotFoundError
        For a name without a file.
    """
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", _text(f"{name}.js"))) for name in _with_imports(names))


def _with_imports(names: tuple[str, ...]) -> dict[str, None]:
    """Return names of files, each once and after those it imports."""
    found: dict[str, None] = {}
    for name in names:
        found |= _with_imports(tuple(_IMPORTED.findall(_text(f"{name}.js"))))
        found[name] = None
    return found


@cache
def style(*names: str, roots: tuple[str, ...]) -> str:
    """Return the colours, the look that all cards share for these roots, and some style sheets as one."""
    surface = _text("surface.css").replace(SURFACE, f":is({', '.join(roots)})")
    return "\n".join([tokens(), surface, *(_text(f"{name}.css") for name in names)])


@cache
def sheet(name: str) -> str:
    """Return the style sheet of a picture without the colours, which its lab brings; nothing if it has none."""
    return _text(f"{name}.css") if (HERE / f"{name}.css").exists() else ""


@cache
def tokens() -> str:
    """Return the palette as CSS variables, light and dark, and the font."""
    light = "\n".join(f"  --ol-{role}: {colour};" for role, colour in colours(False).items())
    dark = "\n".join(f"  --ol-{role}: {colour};" for role, colour in colours(True).items())
    roots = ", ".join(ROOTS)
    darkened = ", ".join(f"{root}.ol-dark" for root in ROOTS)
    return f"{roots} {{\n  --ol-font: {FONT};\n{light}\n}}\n{darkened} {{\n{dark}\n}}\n"


def _text(name: str) -> str:
    own, part = HERE / name, HERE / "parts" / name
    return (own if own.exists() else part).read_text(encoding="utf-8")
