"""What a life asks of its lattice, month by month."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from osteolab.lattice import trabeculae
from osteolab.life import Life
from osteolab.person import OLDEST
from osteolab.simulate import simulate
from osteolab.treatments import Course


class Demand:
    """What a life asks of a lattice in each month: bone removed, and the volume at the end.

    Each month is taken from the life with the courses that have begun by then, and without the stops that are still to
    come. Two plans with a common past are then the same to the last digit until they part.
    """

    def __init__(self, life: Life, first: int, last: int) -> None:
        self._person, self._ageing, self._own = life.person, life.ageing, life.own_parameters
        self._begun: dict[int, tuple[Course, ...]] = {}
        self._removed: dict[int, float] = {}
        self._volume: dict[int, float] = {}
        turnover = trabeculae.constants()["turnover"]
        lives: dict[tuple[Course, ...], Life] = {}
        for month in range(first, last):
            end = (month + 1) / 12
            begun = self._begun[month] = _begun(life.courses, end)
            if begun not in lives:
                parameters = life.parameters if life.own_parameters else None
                lives[begun] = simulate(life.person, begun, OLDEST, ageing=life.ageing, parameters=parameters)
            before, after = lives[begun].series("resorption", "trabecular_spine", (month / 12, end))
            self._removed[month] = turnover * (before + after) / 200 / 12
            self._volume[month] = lives[begun].value("bone_volume", end, "trabecular_spine") / 100

    def month(self, month: int, reference: int) -> tuple[float, float]:
        """Return (voxels to remove, voxels at the end) of a month; `reference` is the volume of the young lattice."""
        return self._removed[month] * reference, self._volume[month] * reference

    def past(self, first: int) -> Hashable | None:
        """Return what the months before `first` depend on, or None if it cannot be told."""
        if self._own:
            return None
        begun = tuple(dict.fromkeys(begun for month, begun in self._begun.items() if month < first))
        return replace(self._person, name="", age=50), self._ageing, begun


def _begun(courses: Iterable[Course], end: float) -> tuple[Course, ...]:
    """Return the courses that have begun before an age, without the stops that are still to come."""
    found = (course for course in courses if course.start < end)
    return tuple(replace(c, stop=None) if c.stop is not None and c.stop >= end else c for c in found)
