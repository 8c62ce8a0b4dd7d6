"""The colours of the style sheets of the site: the roles of the labs' own palette, written in by the build.

A rule of a sheet that says ``--palette: light;`` or ``--palette: dark;`` gets the colours of that theme in its place,
one custom property for each role that the sheet uses.
"""

from __future__ import annotations

import re
import runpy

from tools import ROOT

PALETTE = ROOT / "helpers" / "osteolab" / "lab" / "palette.py"
PLACE = re.compile(r"(?P<indent>[ ]*)--palette: (?P<theme>light|dark);")


def palette() -> dict[str, dict[str, str]]:
    """Return the colours of the labs: theme, "light" or "dark" -> role -> colour."""
    # Run by itself: the package around it would ask for what draws the labs, which the build does not have.
    found = runpy.run_path(str(PALETTE))
    return {"light": found["LIGHT"], "dark": found["DARK"]}


def fill(sheet: str, themes: dict[str, dict[str, str]]) -> str:
    """Return a style sheet with the colours that it uses written in.

    Parameters
    ----------
    sheet : str
        Text of the style sheet.
    themes : dict
        As `palette` returns them.

    Raises
    ------
    ValueError
        If the sheet uses a custom property that is neither a role of the palette nor its own.
    """
    own = set(re.findall(r"(--[\w-]+):", sheet))
    roles = [name for name in dict.fromkeys(re.findall(r"var\(--([\w-]+)", sheet)) if f"--{name}" not in own]
    unknown = [name for name in roles if any(name not in colours for colours in themes.values())]
    if unknown:
        raise ValueError(f"the palette of the labs has no colour for {', '.join(unknown)}")

    def written(place: re.Match) -> str:
        return "\n".join(f"{place['indent']}--{name}: {themes[place['theme']][name]};" for name in roles)

    return PLACE.sub(written, sheet)
