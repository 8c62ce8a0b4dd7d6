"""What the small teaching cards share: look, accessible names, plain-text form."""

from __future__ import annotations

import html
from pathlib import Path

import anywidget
import ipywidgets as w
import traitlets as t

from osteolab.lab.words import THIN

STATIC = Path(__file__).parent / "static"


class CardChrome(anywidget.AnyWidget):
    """Invisible helper inside a card: loads the style, follows the theme, names the controls, speaks changes."""

    _esm = STATIC / "cards.js"
    _css = STATIC / "cards.css"
    name = t.Unicode("").tag(sync=True)
    group = t.Unicode("").tag(sync=True)
    announce = t.Unicode("").tag(sync=True)


class Card(w.VBox):
    """A bordered card, at most 860 px wide, whose text form is its whole ``repr``."""

    def __init__(self, children: list[w.Widget], name: str, kind: str) -> None:
        self.chrome = CardChrome(name=name)
        self.chrome.add_class("ol-chrome")
        super().__init__([*children, self.chrome])
        self.add_class("ol-card")
        self.add_class(f"ol-{kind}")

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)  # ipywidgets cuts it at 110 characters
        return bundle


def text(value: object) -> str:
    """Return `value` made safe inside HTML, with the thin space that keeps a number and its percent sign together."""
    return html.escape(str(value)).replace(" %", f"{THIN}%")


def block(css_class: str, content: str = "") -> w.HTML:
    """Return an HTML widget with a class of its own."""
    widget = w.HTML(content)
    widget.add_class(css_class)
    return widget


def button(words: str, css_class: str, action) -> w.Button:
    """Return a button in the style of the cards, wired to `action()`."""
    widget = w.Button(description=words)
    widget.add_class(css_class)
    widget.on_click(lambda _: action())
    return widget


def row(*children: w.Widget) -> w.Box:
    """Return a row that wraps."""
    widget = w.Box(children)
    widget.add_class("ol-row")
    return widget


def verdict(right: bool, words: str) -> str:
    """Feedback as plain text, opening with a mark and a word, never with a colour alone."""
    return f"{'✓ Right.' if right else '✕ Not yet.'} {words}".strip()


def verdict_html(right: bool | None, feedback: str) -> str:
    """Feedback as HTML with a rule at its side; `None` is neutral."""
    if not feedback:
        return ""
    kind = {True: "ol-right", False: "ol-notyet", None: "ol-neutral"}[right]
    lead, mark, rest = feedback.partition(". ")
    shown = f"<b>{text(lead)}.</b> {text(rest)}" if right is not None and mark else text(feedback)
    return f'<div class="ol-feedback {kind}">{shown}</div>'
