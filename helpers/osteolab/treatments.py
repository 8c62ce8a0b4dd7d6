"""What a person is given and when: the catalogue of treatments, and courses on a time line.

A course is one stretch of a level held directly, of a treatment, or of a teaching control.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from osteolab import data
from osteolab.errors import InputError, number, shown, text
from osteolab.levels import catalogue as levels
from osteolab.levels import conventional, plain_unit
from osteolab.person import LONGEST_NAME, adult_age


@cache
def treatments() -> dict[str, dict[str, str]]:
    """Return the treatments of data/treatments.csv by name."""
    return {row["name"]: row for row in data.rows("treatments")}


@cache
def controls() -> dict[str, dict[str, str]]:
    """Return the teaching controls of data/controls.csv by name."""
    return {row["name"]: row for row in data.rows("controls")}


@cache
def conditions() -> dict[str, dict[str, str]]:
    """Return the conditions of data/conditions.csv by name."""
    return {row["name"]: row for row in data.rows("conditions")}


@dataclass(frozen=True)
class Course:
    """One stretch of a level, a treatment or a teaching control.

    Parameters
    ----------
    what : str
        A level of data/levels.csv (held directly, it replaces the computed one while it lasts),
        a treatment of data/treatments.csv, or a control of data/controls.csv.
    level : float
        How much, in `unit`.
    unit : str
        The unit; levels also accept their SI unit, IGF-1 also `ratio_to_age_normal`.
    start, stop : float
        Ages in years (20 to 100); without `stop` it goes on.

    Raises
    ------
    InputError
        Unknown name or unit, a level outside its limits, or a stop that is not after the start.
    """

    what: str
    level: float
    unit: str
    start: float
    stop: float | None = None

    def __post_init__(self):
        text(self.what, "the name of a course", LONGEST_NAME)
        self._set("unit", plain_unit(text(self.unit, f"the unit of {shown(self.what)}", LONGEST_NAME)))
        self._set("level", _checked_level(self.what, self.level, self.unit))
        self._set("start", adult_age(self.start, f"start of {self.what}", "years of age"))
        if self.stop is not None:
            self._set("stop", adult_age(self.stop, f"stop of {self.what}", "years of age"))
            if self.stop <= self.start:
                raise InputError(
                    f"{self.what} stops at {self.stop:g} but starts at {self.start:g}; "
                    "the stop must be later than the start"
                )

    def _set(self, name, value):
        object.__setattr__(self, name, value)

    @property
    def holds(self) -> str:
        """The level or the hand on the crew that the course holds; empty for what is given and adds up."""
        return self.what if self.what in levels() or self.what in controls() else ""

    @cached_property
    def amount(self) -> float:
        """The level in the unit the calculator works in."""
        if self.what in levels() and self.unit != "ratio_to_age_normal":
            return conventional(self.what, self.level, self.unit)
        return self.level

    @cached_property
    def off(self) -> bool:
        """Whether this is a switch that stands at 0: it does nothing."""
        return self.unit == "on" and self.level == 0

    def active(self, age: float) -> bool:
        """Whether the course runs just after `age` (years)."""
        return not self.off and self.start <= age and (self.stop is None or age < self.stop)


def in_force(courses: Iterable[Course]) -> tuple[Course, ...]:
    """Return courses so that what counts comes last: begun later, or begun together and ended first."""
    return tuple(sorted(courses, key=lambda c: (c.start, -(math.inf if c.stop is None else c.stop))))


def _checked_level(what, level, unit):
    if what == "igf1" and unit == "ratio_to_age_normal":
        return number(level, what, unit, 0.05, 6, "beyond untreated deficiency and acromegaly")
    if what in levels():
        conventional(what, level, unit)
        return float(level)
    row = treatments().get(what) or conditions().get(what) or controls().get(what)
    if row is None:
        known = ", ".join([*levels(), *conditions(), *treatments(), *controls()])
        raise InputError(f"{shown(what)} is not something the calculator can change; it knows {known}")
    if unit != row["unit"]:
        raise InputError(f"the unit of {what} is {shown(unit)}; the calculator accepts {row['unit']}")
    why = row.get("trial") or "the range of the table"
    amount = number(level, what, unit, float(row["minimum"]), float(row["maximum"]), why)
    if unit == "on" and amount not in (0, 1):
        raise InputError(f"{what} is {amount:g}; it is a switch: 1 is on, 0 is off, and there is nothing between")
    return amount
