"""What the small teaching cards share: look, accessible names, plain-text form."""

from __future__ import annotations

import anywidget
import ipywidgets as w
import traitlets as t

from osteolab.lab.card.parts import close_all, parts_of
from osteolab.lab.card.reruns import made_here
from osteolab.lab.page import page, style
from osteolab.lab.words.markup import Html, safe, tag
from osteolab.lab.words.numbers import THIN


class CardChrome(anywidget.AnyWidget):
    """Invisible helper inside a card: loads the style, follows the theme, names the controls, speaks changes.

    `keep` is the name under which the page keeps that the card was solved; empty keeps nothing.
    """

    _esm = page("cards")
    _css = style("cards", "print", roots=(".ol-card",))
    name = t.Unicode("").tag(sync=True)
    group = t.Unicode("").tag(sync=True)
    announce = t.Unicode("").tag(sync=True)
    keep = t.Unicode("").tag(sync=True)


class Card(w.VBox):
    """A bordered card, at most 860 px wide, whose text form is its whole ``repr``."""

    def __init__(self, children: list[w.Widget], name: str, kind: str) -> None:
        self.chrome = CardChrome(name=name)
        self.chrome.add_class("ol-chrome")
        super().__init__([*children, self.chrome])
        self.add_class("ol-card")
        self.add_class(f"ol-{kind}")
        made_here(self)

    def close(self) -> None:
        """Close the card and all that stands in it."""
        inside = parts_of(self)
        super().close()
        close_all(*inside)

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)  # ipywidgets cuts it at 110 characters
        return bundle


def text(value: object) -> Html:
    """Return `value` made safe inside HTML, with the thin space that keeps a number and its percent sign together."""
    return Html(safe(value).replace(" %", f"{THIN}%"))


def row(*children: w.Widget) -> w.Box:
    """Return a row that wraps."""
    widget = w.Box(children)
    widget.add_class("ol-row")
    return widget


def verdict(right: bool, words: str) -> str:
    """Feedback as plain text, opening with a mark and a word, never with a colour alone."""
    return f"{'✓ Right.' if right else '✕ Not yet.'} {words}".strip()


def verdict_html(right: bool | None, feedback: str) -> Html:
    """Feedback as HTML with a rule at its side; `None` is neutral."""
    if not feedback:
        return Html("")
    kind = {True: "ol-right", False: "ol-notyet", None: "ol-neutral"}[right]
    lead, mark, rest = feedback.partition(". ")
    words = (tag("b", text(f"{lead}.")), " ", text(rest)) if right is not None and mark else (text(feedback),)
    return tag("div", *words, class_=f"ol-feedback {kind}")


def heading(words: str) -> Html:
    """Return what a card asks, as a heading."""
    return tag("div", text(words), class_="ol-ask", role="heading", aria_level="3")


def head(left: str, right: str) -> Html:
    """Return the line at the top of a card."""
    return tag("div", tag("b", text(left)), tag("span", text(right)), class_="ol-head")
