"""Pictures of the labs: each shows the lives of a scenario, and says in words what it shows."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from osteolab.errors import choice


def named(name: str) -> Any:
    """Return the class of a picture: that of the module ``pictures/<name>.py`` called `Shows`.

    Raises
    ------
    InputError
        If no module of this folder has such a class; it names those that do.
    """
    folder = Path(__file__).parent
    known = sorted(file.stem for file in folder.glob("*.py") if "\nclass Shows(" in file.read_text(encoding="utf-8"))
    return import_module(f"{__name__}.{choice(name, 'picture', known)}").Shows
