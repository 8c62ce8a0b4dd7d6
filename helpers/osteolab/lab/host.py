"""The invisible part of the lab in the page: style, theme, accessible names, downloads."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets as t

STATIC = Path(__file__).parent / "static"


class LabHost(anywidget.AnyWidget):
    """Loads the style of the lab, follows the theme and the width of the page, names the controls.

    Attributes
    ----------
    names : dict
        For each slider its spoken name, unit, usual range and description; see `RemodelingLab`.
    dark, form, large, short
        Reported by the page: dark theme, form of the card (column, narrow, wide), a cell of 1500 px or
        more, a window less than 700 px high.
    width : int
        Width of the figure, px, rounded to 20.
    """

    _esm = STATIC / "lab.js"
    _css = STATIC / "lab.css"
    names = t.Dict().tag(sync=True)
    veiled = t.Bool(False).tag(sync=True)
    larger = t.Bool(False).tag(sync=True)
    dark = t.Bool(False).tag(sync=True)
    form = t.Unicode("wide").tag(sync=True)
    large = t.Bool(False).tag(sync=True)
    short = t.Bool(False).tag(sync=True)
    width = t.Int(848).tag(sync=True)

    def download(self, name: str, text: str, mime: str) -> None:
        """Let the page save a text file."""
        self.send({"do": "download", "name": name, "text": text, "mime": mime})

    def picture(self, name: str, caption: list[str]) -> None:
        """Let the page save the figure as a picture, with lines of text under it."""
        self.send({"do": "picture", "name": name, "caption": caption})
