"""What is in the blood: names, units, limits and unit conversion of the six levels of the calculator.

The table is data/levels.csv. Each level has a conventional unit, in which the calculator works,
and an SI unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from osteolab import data
from osteolab.errors import InputError, choice, number, shown
from osteolab.values import Value


@dataclass(frozen=True)
class Level:
    """A level in blood: its units (`si_factor` = SI value of one conventional unit) and limits."""

    name: str
    label: str
    unit: str
    si_unit: str
    si_factor: float
    minimum: float
    maximum: float
    limit_reason: str
    description: str
    source: str


class Levels(NamedTuple):
    """The levels that act on bone at one moment, in conventional units.

    `aromatase` is the activity of the enzyme, 1 = usual; `rankl` an added log effect on RANKL
    of a supplement; `visceral_fat` is a ratio to usual, which bone does not see. Each value is a float or
    an array of one shape.
    """

    estradiol: Value
    testosterone: Value
    igf1: Value
    igf1_usual: Value
    cortisol: Value
    homa_ir: Value
    il6: Value
    aromatase: Value = 1.0
    rankl: Value = 0.0
    androgen_blocked: Value = 0.0
    estrogen_blocked: Value = 0.0
    visceral_fat: Value = 1.0


@cache
def catalogue() -> dict[str, Level]:
    """Return every level of data/levels.csv by name."""
    return {row["name"]: _level(row) for row in data.rows("levels")}


def _level(row) -> Level:
    numbers: dict[str, Any] = {name: float(row[name]) for name in ("minimum", "maximum", "si_factor")}
    texts: dict[str, Any] = {name: row[name] for name in Level.__dataclass_fields__ if name not in numbers}
    return Level(**texts, **numbers)


def conventional(name: str, value, unit: str) -> float:
    """Convert `value` of the level `name` from `unit` to its conventional unit and check its limits.

    Parameters
    ----------
    name : str
        A level of data/levels.csv.
    value : float
        The level in `unit`.
    unit : str
        The conventional or the SI unit of that level (ug and µg are the same).

    Raises
    ------
    InputError
        Unknown level or unit, a value that is not a finite number, or one outside the limits.
    """
    choice(name, "level", catalogue())
    level = catalogue()[name]
    asked = plain_unit(unit)
    if asked not in (level.unit, level.si_unit):
        allowed = " or ".join(dict.fromkeys((level.unit, level.si_unit)))
        raise InputError(f"the unit of {name} is {shown(unit)}; the calculator accepts {allowed}")
    factor = 1.0 if asked == level.unit else level.si_factor
    limits = (level.minimum * factor, level.maximum * factor)
    return number(value, name, asked, *limits, level.limit_reason) / factor


def plain_unit(unit) -> str:
    """Return a unit with the micro sign written as u, as the tables write it."""
    return str(unit).replace("µ", "u").replace("μ", "u")
