"""Pictures of the labs: each shows the lives of a scenario, and says in words what it shows."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from osteolab.errors import choice

BASE = "picture"  # what every picture is


def named(name: str) -> Any:
    """Return the class of a picture: that of the module ``pictures/<name>.py`` called `Shows`.

    Raises
    ------
    InputError
        If there is no such picture; it names those there are.
    """
    modules = [found.name for found in pkgutil.iter_modules(__path__) if found.name != BASE]
    shows = _shows(name) if name in modules else None
    if shows is None:
        choice(name, "picture", [other for other in modules if _shows(other) is not None])
    return shows


def _shows(name: str) -> Any:
    return getattr(import_module(f"{__name__}.{name}"), "Shows", None)
