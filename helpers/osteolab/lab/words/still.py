"""What stands in the place of a lab where Python does not run: how to start it, and the lab as text."""

from __future__ import annotations

from osteolab.lab.words.markup import Html, joined, tag

HOW = ("Press ", tag("b", "Run this notebook"), " at the top. Where there is no such button, choose ")
HOW_IN_MENU = (tag("b", "Run"), ", then ", tag("b", "Run All Cells"), " in the menu.")


def still(text: str) -> Html:
    """Return a lab as it stands, with one sentence on how to bring it to life."""
    lead = tag("p", tag("b", "This lab stands still until Python runs here."), " ", *HOW, *HOW_IN_MENU)
    # Jupyter breaks preformatted text in the middle of words.
    lines = [part for line in text.splitlines() for part in (line, Html("<br>"))]
    return tag("blockquote", lead, tag("p", joined(lines[:-1])))
