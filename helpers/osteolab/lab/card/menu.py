"""The Save button and its menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from osteolab.lab.card.parts import button, classed, html, set_class

COPY_LINK, PICTURE, TABLE, TEXT = "Copy link", "Picture (PNG)", "Table (CSV)", "Everything as text"
SETTINGS, OPEN, LARGER, AGAIN = "Settings (file)", "Open settings …", "Larger text", "Predict again"
SECTIONS = ((COPY_LINK,), (PICTURE, TABLE, TEXT, SETTINGS, OPEN), (LARGER, AGAIN))


class SaveMenu(w.Box):
    """A button with a menu above it, which the page opens and closes (page/parts/keys.js).

    Parameters
    ----------
    action : callable
        Called with the words of the entry that was chosen.
    left_out : sequence of str
        Entries that this lab does not have.
    """

    def __init__(self, action: Callable[[str], Any], left_out: Sequence[str] = ()) -> None:
        self._action = action
        self.entries: dict[str, w.Button] = {}
        rows: list[w.Widget] = []
        for section in SECTIONS:
            entries = [self._entry(words) for words in section if words not in left_out]
            rows += ([html("ol-line")] if rows and entries else []) + entries
        self.menu = classed(w.VBox(rows), "ol-menu")
        super().__init__([classed(w.Button(description="Save"), "ol-save-button"), self.menu])
        self.add_class("ol-save")

    def _entry(self, words):
        self.entries[words] = button(words, "ol-item", lambda: self._action(words))
        return self.entries[words]

    def offer(self, words: str, offered: bool) -> None:
        """Offer an entry, or leave it out for now."""
        if words in self.entries:
            set_class(self.entries[words], "ol-hide", not offered)
