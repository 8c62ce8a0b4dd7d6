"""The strip of plans: up to four, one of them chosen; an empty place copies the chosen plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from osteolab.lab.page import page
from osteolab.lab.palette import PLANS

DOINGS = ("choose", "add", "empty")


class PlansStrip(anywidget.AnyWidget):
    """Four buttons over the line sample of their plan, as one group of radio buttons.

    Parameters
    ----------
    action : callable
        Called with what was done ("choose", "add", "empty") and the place of the plan, from 0.

    Attributes
    ----------
    spec : dict
        `letters` (of all places), `names` (of the plans there are), `chosen` (a place).
    looks : list
        For each place the role of its colour, the dash and the marker of its line.
    """

    _esm = page("plans")
    spec = t.Dict().tag(sync=True)
    looks = t.List([list(look) for look in PLANS]).tag(sync=True)

    def __init__(self, action: Callable[[str, int], Any]) -> None:
        super().__init__()
        self._action = action
        self.on_msg(self._heard)
        self.add_class("ol-plans")

    def _heard(self, _widget, message, _buffers) -> None:
        what, place = message.get("do"), message.get("place")
        if what in DOINGS and isinstance(place, int) and not isinstance(place, bool):
            self._action(what, place)
