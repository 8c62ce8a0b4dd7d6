"""Small widgets with a class of their own; text that is put into them is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ipywidgets as w

from osteolab.lab.words.markup import safe


def html(classes: str, content: object = "") -> w.HTML:
    """Return an HTML widget with classes."""
    return classed(w.HTML(safe(content)), *classes.split())


def put(widget: w.HTML, content: object) -> None:
    """Show a text (escaped) or `Html` in an HTML widget."""
    shown = safe(content)
    if widget.value != shown:
        widget.value = shown


def classed(widget: Any, *kinds: str) -> Any:
    """Return a widget with classes added."""
    for kind in kinds:
        widget.add_class(kind)
    return widget


def set_class(widget: w.DOMWidget, kind: str, on: bool) -> None:
    """Give a widget a class, or take it away."""
    if (kind in widget._dom_classes) != on:
        (widget.add_class if on else widget.remove_class)(kind)


def close_all(*widgets: w.Widget) -> None:
    """Close widgets and all that stands inside them; until then ipywidgets keeps each one, layout and style too."""
    for widget in widgets:
        inside = parts_of(widget)
        widget.close()
        if isinstance(widget, w.Box):
            widget.children = ()  # who still holds the box holds no more than the box
        close_all(*inside)


def parts_of(widget: w.Widget) -> list[w.Widget]:
    """Return what stands in a widget: its layout, its style, its children."""
    own = [getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name)]
    return [one for one in (*own, *getattr(widget, "children", ())) if isinstance(one, w.Widget)]


def hide(widgets: Iterable[w.DOMWidget], hidden: bool = True) -> None:
    """Hide widgets, or show them."""
    for widget in widgets:
        set_class(widget, "ol-hide", hidden)


def toggle_buttons(options: Sequence[tuple[str, Any]], *kinds: str) -> w.ToggleButtons:
    """Return a row of joined buttons of which one is pressed."""
    widget = classed(w.ToggleButtons(options=options), *kinds)
    widget.style.button_width = "auto"
    return widget


def button(words: str, kind: str, action: Callable[..., Any]) -> w.Button:
    """Return a button of a kind that runs `action`."""
    widget = classed(w.Button(description=words), kind)
    widget.on_click(lambda _: action())
    return widget
