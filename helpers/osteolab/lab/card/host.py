"""The invisible part of a lab in the page: style, theme, width, accessible names, files, links, what is kept."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets as t

from osteolab.lab.page import page, style


class LabHost(anywidget.AnyWidget):
    """Loads the style of the lab, follows the theme and the width of the page, names the controls.

    Attributes
    ----------
    spoken : dict
        `lab`, `question` and `figure` (names), `groups` (class of a switch to its name), `sliders` (for each its
        spoken name, unit, usual range and description).
    keep : str
        Under which name the page keeps a prediction; empty keeps none.
    dark, form, large, short
        Reported by the page: dark theme, form of the card (column, narrow, wide), a cell of 1500 px or
        more, a window less than 700 px high.
    width : int
        Width of the figure, px, rounded to 20.
    """

    _esm = page("lab")
    _css = style("card", "rail", "menu", "stage", "ask", "forms", "print", roots=(".ol-lab", ".ol-after"))
    spoken = t.Dict().tag(sync=True)
    keep = t.Unicode("").tag(sync=True)
    larger = t.Bool(False).tag(sync=True)
    dark = t.Bool(False).tag(sync=True)
    form = t.Unicode("wide").tag(sync=True)
    large = t.Bool(False).tag(sync=True)
    short = t.Bool(False).tag(sync=True)
    width = t.Int(848).tag(sync=True)

    LOOKS = ("dark", "form", "large", "short", "larger", "width")

    def ask(self, what: str, **more: Any) -> None:
        """Let the page do something: download, picture, copy, choose_file, say, keep, answered, forget, resize."""
        self.send({"do": what, **more})
