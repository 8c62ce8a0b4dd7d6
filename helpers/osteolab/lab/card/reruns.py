"""A cell that is run again: what its run before had made is closed as soon as the page shows it no more.

ipywidgets keeps every widget until it is closed, and whoever tries something out runs a cell many times.
"""

from __future__ import annotations

from weakref import WeakSet

import ipywidgets as w
from IPython import get_ipython

_made: dict[str, tuple[str, WeakSet[w.DOMWidget]]] = {}  # cell to its last run and what that run made


def made_here(widget: w.DOMWidget) -> None:
    """Note that the cell that is running now made a widget, and let go what an earlier run of it made."""
    cell, run = _running()
    if not cell:
        return
    last, widgets = _made.get(cell, ("", WeakSet()))
    if run != last:
        for old in list(widgets):
            _close_unseen(old)
        widgets = WeakSet()
    widget._view_count = 0  # a number: the page now counts the places in which it shows the widget
    widgets.add(widget)
    _made[cell] = run, widgets


def _close_unseen(widget: w.DOMWidget) -> None:
    """Close a widget now, or when the last place that shows it has gone."""

    def look(_change: object = None) -> None:
        if widget.comm is not None and not (widget._view_count or 0) > 0:
            widget.close()

    widget.observe(look, names="_view_count")
    look()


def _running() -> tuple[str, str]:
    """Return the cell that is running and the number of its run; both empty where nobody says so."""
    kernel = getattr(get_ipython(), "kernel", None)
    request = kernel.get_parent() if kernel is not None else None
    if not isinstance(request, dict):
        return "", ""
    cell, run = ((request.get(part) or {}).get(name) for part, name in (("metadata", "cellId"), ("header", "msg_id")))
    return str(cell or ""), str(run or "")
