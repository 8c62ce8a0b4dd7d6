"""The one place where text becomes HTML: what is not marked as HTML is escaped."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is HTML already; every part that came from a person went through `safe`."""

    __slots__ = ()

    def __add__(self, other: str) -> Html:
        """Return HTML followed by a text, which is made safe."""
        return Html(super().__add__(safe(other)))


def safe(text: object) -> Html:
    """Return a text made safe inside HTML; what is HTML already stays as it is."""
    return text if isinstance(text, Html) else Html(escape(str(text)))


def tag(name: str, *content: object, **attributes: object) -> Html:
    """Return an element with its content and attributes made safe.

    Parameters
    ----------
    name : str
        Such as ``div``.
    *content : object
        Text, which is escaped, or `Html`.
    **attributes : object
        A trailing underscore is dropped (``class_``), others become hyphens; None and False leave one out.
    """
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{escape(str(value))}"' for key, value in named.items() if value not in (None, False))
    return Html(f"<{name}{written}>{joined(content)}</{name}>")


def joined(parts) -> Html:
    """Return parts made safe, one after the other."""
    return Html("".join(map(safe, parts)))
