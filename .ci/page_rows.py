"""Exchange rows of a table in docs/model/lattice.md, so that what a script computed stands there as it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "model" / "lattice.md"


def exchange(heading: str, rows: Mapping[str, str]) -> None:
    """Exchange the rows below a line that starts like this, each known by its first cell.

    Raises
    ------
    ValueError
        If the page has no such line, or no such row in the table that follows it.
    """
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(heading)]
    if len(starts) != 1:
        raise ValueError(f"{PAGE.name} has {len(starts)} lines that start with {heading!r}; one is needed")
    for name, row in rows.items():
        found = (i for i in range(starts[0], len(lines)) if lines[i].startswith(f"| {name} |"))
        place = next(found, None)
        if place is None:
            raise ValueError(f"{PAGE.name} has no row {name!r} below {heading!r}")
        lines[place] = row
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
