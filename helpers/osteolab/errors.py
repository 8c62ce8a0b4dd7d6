"""Errors that say what was given, what is allowed and why."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, TypeVar

Choice = TypeVar("Choice")
LONGEST_SHOWN = 60  # characters of a wrong value that a sentence quotes


class InputError(ValueError):
    """A value the calculator cannot accept. Its text is one sentence for the person who typed it."""


class MissingLibrary(ImportError):
    """A library that this edition does not carry. A notebook shows its one sentence and no traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an error for this before it formats one itself.
        return [str(self)]


def need(library: str, what: str) -> Any:
    """Return an optional library, or raise `MissingLibrary` with a sentence on where it can be had.

    Parameters
    ----------
    library : str
        Name of the module, for instance ``pandas``.
    what : str
        What needs it, as the beginning of the sentence, for instance ``a table``.
    """
    try:
        return importlib.import_module(library)
    except ImportError:
        where = "this page" if sys.platform == "emscripten" else "this installation"
        remedy = "open the course on a computer, or in the full edition of the site"
        if sys.platform != "emscripten":
            remedy = f"install {library}"
        raise MissingLibrary(
            f"{what[0].upper()}{what[1:]} needs {library}, which {where} does not have; {remedy}."
        ) from None


def number(
    value: Any, name: str, unit: str = "", low: float | None = None, high: float | None = None, why: str = ""
) -> float:
    """Return `value` as a float, or raise `InputError` naming what was given and what is allowed.

    Parameters
    ----------
    value : object
        What the user gave.
    name, unit : str
        What it is, and its unit, for the message.
    low, high : float, optional
        Inclusive limits in `unit`.
    why : str
        The reason for the limits, shown in brackets.
    """
    allowed = _allowed(low, high, why)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{name} is {shown(value)}; a number{_in(unit)} is needed{allowed}")
    given = value
    try:
        value = float(value)
    except OverflowError:
        raise InputError(f"{name} is {shown(given)}; a smaller number{_in(unit)} is needed{allowed}") from None
    if math.isnan(value) or math.isinf(value):
        raise InputError(f"{name} is {value}; a finite number{_in(unit)} is needed{allowed}")
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError(
            f"{name} is {_exact(value)}{_space(unit)}; the calculator accepts {_range(low, high)}{_why(why)}"
        )
    return value


def choice(value: Choice, name: str, allowed: Iterable[str], why: str = "") -> Choice:
    """Return `value` if it is one of `allowed` (strings), or raise `InputError` listing them."""
    known = list(allowed)
    if not isinstance(value, str) or value not in known:
        raise InputError(f"{name} is {shown(value)}; the calculator knows {', '.join(known)}{_why(why)}")
    return value


def text(value: Any, name: str, longest: int) -> str:
    """Return `value` if it is a text of at most `longest` characters, or raise `InputError`."""
    if not isinstance(value, str) or len(value) > longest or not _writable(value):
        raise InputError(f"{name} is {shown(value)}; a text of at most {longest} characters is needed")
    return value


def listed(value: Any, name: str, of: str) -> list[Any]:
    """Return a list or another series of values as a list, or raise `InputError`; a text and a mapping are none."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise InputError(f"{name} is {shown(value)}; a list of {of} is needed")
    try:
        return list(value)
    except TypeError:  # an array without a dimension says that it is iterable
        raise InputError(f"{name} is {shown(value)}; a list of {of} is needed") from None


def yes_or_no(value: Any, name: str) -> bool:
    """Return `value` if it is True or False, or raise `InputError`."""
    if not isinstance(value, bool):
        raise InputError(f"{name} is {shown(value)}; True or False is needed")
    return value


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it: as in code, on one line, and cut if it is long."""
    try:
        quoted = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists within lists
        return f"a value of type {type(value).__name__} too long to print"
    quoted = quoted.replace("\n", " ")
    return quoted if len(quoted) <= LONGEST_SHOWN else f"{quoted[: LONGEST_SHOWN - 3]}..."


def _writable(value: str) -> bool:
    """Whether a text can be written to a file: half a character, as JSON may hold it, cannot."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _exact(value: float) -> str:
    """Return a refused number with as many digits as tell it from the limit that it misses."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _space(unit: str) -> str:
    return f" {unit}" if unit else ""


def _in(unit: str) -> str:
    return f" in {unit}" if unit else ""


def _why(why: str) -> str:
    return f" ({why})" if why else ""


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"{low:g} to {high:g}"


def _allowed(low: float | None, high: float | None, why: str) -> str:
    if low is None and high is None:
        return ""
    return f", {_range(low, high)}{_why(why)}"
