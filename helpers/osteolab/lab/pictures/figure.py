"""A plotly figure in the page that is redrawn in place: what differs from the last drawing goes out in one message."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import traitlets as t

from osteolab.errors import choice
from osteolab.lab.page import page
from osteolab.lab.palette import FONT

CALM = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
_NOTHING = object()


@cache
def _plotly_bundle() -> str:
    return (Path(plotly.__file__).parent / "package_data" / "widgetbundle.js").read_text(encoding="utf-8")


class PanelFigure(go.FigureWidget):
    """A FigureWidget whose page side starts at once and loads plotly's code when it is first shown.

    Every view asks for the present state when it is ready; see page/figure.js for the reasons.
    """

    _esm = page("figure")
    _bundle = t.Unicode().tag(sync=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_msg(self._asked)

    @t.default("_bundle")
    def _default_bundle(self):
        return _plotly_bundle()

    def settle(self) -> None:
        """Make the whole present state the one a page starts from."""
        with self.hold_sync():  # one message: a page draws both or neither
            self._widget_layout = deepcopy(self._layout_obj._props)
            self._widget_data = deepcopy(self._data)

    def _asked(self, _widget, message, _buffers) -> None:
        if isinstance(message, dict) and message.get("do") == "state":
            self.settle()


class Drawing:
    """A figure and what was last sent to it.

    Parameters
    ----------
    traces : dict of str to dict
        Name to the properties a trace begins with.
    layout : dict
    config : dict, optional
        Further settings of plotly.

    Attributes
    ----------
    widget : plotly.graph_objects.FigureWidget
    updates : int
        How many messages of change were sent; one per change of the lab.
    """

    def __init__(self, traces: dict[str, dict], layout: dict, config: dict | None = None) -> None:
        self._index = {name: i for i, name in enumerate(traces)}
        self._sent: dict[str, dict] = {}
        self._layout = layout
        self.updates = 0
        self.widget = PanelFigure({"data": list(traces.values()), "layout": layout})
        self.widget._config = CALM | (config or {})
        self.widget.add_class("ol-fig")

    def trace(self, name: str):
        """Return a trace of the widget by name."""
        return self.widget.data[self._index[choice(name, "trace", self._index)]]

    def draw(self, data: dict[str, dict], layout: dict, looks: dict[str, dict] | None = None) -> None:
        """Send what differs from the last drawing in one message.

        Parameters
        ----------
        data : dict
            Trace name to its new properties.
        layout : dict
            The whole layout; it is sent only if it differs.
        looks : dict, optional
            Trace name to its look, where all of it has changed.
        """
        changed = {name: self._changes(name, new) for name, new in data.items() if name in self._index}
        for name, look in (looks or {}).items():
            changed[name] = look | changed.get(name, {})
        relayout = layout != self._layout
        if not (relayout or any(changed.values())):
            return
        with self.widget.batch_update():
            for name, new in changed.items():
                if new:
                    self.trace(name).update(new)
            if relayout:
                self.widget.layout.update(layout)
        self._layout = layout
        self.updates += 1

    def _changes(self, name, new):
        old = self._sent.get(name, {})
        self._sent[name] = old | new
        return {key: value for key, value in new.items() if old.get(key, _NOTHING) != value}


def points(x, y, text=None, position=None) -> dict[str, Any]:
    """Return the coordinates of a trace, with texts and where they stand."""
    found = {"x": x, "y": y}
    if text is not None:
        found |= {"text": text, "textposition": position}
    return found


def font(size: float, colour: str) -> dict[str, Any]:
    """Return plotly's description of a font."""
    return {"size": size, "color": colour, "family": FONT}


def apart(values: Sequence[float], least: float) -> list[float]:
    """Return values moved so that no two are nearer than `least`, in their order; of equals the first one is lowest."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = list(values)
    for below, above in itertools.pairwise(order):
        placed[above] = max(placed[above], placed[below] + least)
    # What was pushed up is centred again on where it belongs.
    shift = (sum(values) - sum(placed)) / len(values)
    return [value + shift for value in placed]


def verticals(ages: Iterable[float], far: float) -> dict[str, Any]:
    """Return lines across a panel at some ages."""
    x: list[float | None] = [one for age in ages for one in (age, age, None)]
    return points(x, [far, -far, None] * (len(x) // 3))
