"""A picture of SVG: Python sends one dict, the page draws it, and what a hand does comes back.

The page side is ``page/<name>.js`` with ``draw(data, root, tell)`` and ``state(root)``, and ``page/<name>.css`` if
there is one. `draw` draws everything anew from the dict; `tell` sends a message; `state` is what tests read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import anywidget
import traitlets as t

from osteolab.lab.page import page, sheet


class Part(anywidget.AnyWidget):
    """What the page draws.

    Attributes
    ----------
    spec : dict
        Numbers, words, and colours by role.
    """

    spec = t.Dict().tag(sync=True)

    def __init__(self, heard: Callable[[dict[str, Any]], Any] | None = None) -> None:
        super().__init__()
        self._tell = heard
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if self._tell is not None and isinstance(message, dict):
            self._tell(message)


def part(name: str, heard: Callable[[dict[str, Any]], Any] | None = None) -> Part:
    """Return the part that ``page/<name>.js`` draws; `heard` is called with what it tells."""
    return _kind(name)(heard)


@cache
def _kind(name: str) -> type[Part]:
    sides = {"_esm": page(name, "part"), "_css": sheet(name)}
    return type(f"{name.capitalize()}Part", (Part,), sides)
