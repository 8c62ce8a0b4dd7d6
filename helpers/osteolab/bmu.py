"""Bone multicellular units (BMUs): which site is dug, when, how deep, and how much of it is refilled.

The calculator (:mod:`osteolab.crew`, :mod:`osteolab.skeleton`) works with averages. A picture needs single sites:
a pit that opens on one day, at one place, and is refilled over the next months. This module turns a pace of
demolition and a share of refilling into such a calendar. It is plain Python and deterministic, so that a drawing,
a lattice and a test all see the same sites. Durations and depths live in ``data/bmu.csv`` with their sources.

    dug(t)    = depth * (1 - (1 - u)^p)     u = share of the digging time that has passed
    filled(t) = refill * depth * (1 - (1 - v)^q)     v = share of the filling time that has passed
    level     = filled - dug,  below zero where bone is missing
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from osteolab import data
from osteolab.errors import InputError

WARM_UP_DAYS = 200.0  # a calendar starts this long before day 0, so that work is under way when it opens
PACE_LIMITS = (0.0, 6.0)
REFILL_LIMITS = (0.0, 1.3)


@functools.cache
def constants() -> dict[str, float]:
    """Durations (days), lengths (um) and shares of one BMU, from ``data/bmu.csv``."""
    return {row["name"]: float(row["value"]) for row in data.rows("bmu")}


@dataclass(frozen=True)
class Event:
    """One round of renewal at one site.

    Parameters
    ----------
    site : float
        Middle of the pit: um along the surface in a drawing, the number of a voxel in a lattice.
    width, depth : float
        Size of the finished pit, um.
    start : float
        Day on which digging begins.
    dig_days, reversal_days, fill_days : float
        Lengths of the three phases, days.
    refill : float
        Share of the depth that is built back; 1 is exact, below 1 the surface stays lower for good.
    """

    site: float
    width: float
    start: float
    depth: float
    dig_days: float
    reversal_days: float
    fill_days: float
    refill: float = 1.0

    @property
    def fill_start(self) -> float:
        """Day on which the first new layer is laid down."""
        return self.start + self.dig_days + self.reversal_days

    @property
    def end(self) -> float:
        """Day on which the site is quiet again."""
        return self.fill_start + self.fill_days

    def phase(self, day: float) -> str:
        """Return ``waiting``, ``digging``, ``reversal``, ``filling`` or ``quiet``."""
        if day < self.start:
            return "waiting"
        if day < self.start + self.dig_days:
            return "digging"
        if day < self.fill_start:
            return "reversal"
        return "filling" if day < self.end else "quiet"

    def dug_share(self, day: float) -> float:
        """Share of the digging that is done, 0 to 1."""
        return eased((day - self.start) / self.dig_days, constants()["dig_slowing"])

    def filled_share(self, day: float) -> float:
        """Share of the filling that is done, 0 to 1."""
        return eased((day - self.fill_start) / self.fill_days, constants()["fill_slowing"])

    def dug(self, day: float) -> float:
        """Bone removed so far in the middle of the pit, um."""
        return self.depth * self.dug_share(day)

    def filled(self, day: float) -> float:
        """Bone put back so far in the middle of the pit, um, soft seam included."""
        return self.depth * self.refill * self.filled_share(day)

    def mineral(self, day: float) -> float:
        """Mean hardness of the new bone, 0 (none laid down or all soft) to 1 (full)."""
        c = constants()
        age = day - self.fill_start - self.fill_days / 2 - c["mineral_lag"]
        if age < 0:
            return 0.0
        return 1 - (1 - c["first_mineral"]) * 0.5 ** (age / c["ripening_half_time"])


def eased(share: float, power: float) -> float:
    """Progress 0 to 1 of a job that starts fast and slows down."""
    return 1 - (1 - min(max(share, 0.0), 1.0)) ** power


def pit_shape(offset: float) -> float:
    """Depth of a pit at `offset` from its middle (-1 and 1 are its rims), as a share of its full depth."""
    return max(0.0, 1 - abs(offset) ** 3)


def calendar(
    pace: float = 1.0,
    refill: float = 1.0,
    *,
    days: float = 1095.0,
    reversal_days: float | None = None,
    from_day: float = -WARM_UP_DAYS,
    before: tuple[Event, ...] = (),
    seed: int = 2,
) -> tuple[Event, ...]:
    """Make the calendar of sites for one stretch of surface.

    Parameters
    ----------
    pace : float
        New sites per time, 1 in a healthy young adult, 0 to 6.
    refill : float
        Share of each pit that is built back, 0 to 1.3.
    days : float
        Last day on which a site may open.
    reversal_days : float, optional
        Pause between digging and filling; from ``data/bmu.csv`` when not given.
    from_day : float
        First day on which a site may open.
    before : tuple of Event
        Sites already open. They stay; those still without new bone take the new `refill`.
    seed : int
        The same seed gives the same calendar.

    Returns
    -------
    tuple of Event
        In order of their first day.

    Raises
    ------
    InputError
        If `pace` or `refill` is outside its limits.
    """
    _require("pace", pace, PACE_LIMITS, "a healthy young adult is 1")
    _require("refill", refill, REFILL_LIMITS, "1 builds back exactly what was dug")
    events = [_with_refill(event, refill, from_day) for event in before]
    strut = _Strut()
    for event in events:
        strut.add(event)
    gap = 365.0 / (constants()["sites_per_year"] * pace) if pace else float("inf")
    turns = int((days - from_day) / gap) + 1 if pace else 0
    for turn in range(turns):
        # One generator per turn: a change of pace then moves the dates and keeps the character of each site.
        dice = random.Random(f"{seed}/{len(before) + turn}")
        start = from_day + (turn + 0.2 + 0.6 * dice.random()) * gap
        placed = _placed(_site(dice, start, refill, reversal_days), events, strut, dice)
        if placed is not None and start <= days:
            events.append(placed)
            strut.add(placed)
    return tuple(sorted(events, key=lambda event: event.start))


def _site(dice: random.Random, start: float, refill: float, reversal_days: float | None) -> Event:
    """Return a site of ordinary size, give or take, that has no place yet."""
    c = constants()
    pause = c["reversal_days"] if reversal_days is None else max(1.0, reversal_days)
    width, depth = c["pit_width"] * dice.uniform(0.9, 1.1), c["pit_depth"] * dice.uniform(0.85, 1.15)
    return Event(0.0, width, start, depth, c["dig_days"], pause, c["fill_days"], refill)


def surface(events: tuple[Event, ...], day: float, points: int = 281) -> list[float]:
    """Level of the surface along its length on one day, um below (-) or above (+) the untouched surface.

    Where a strut was cut through, the level is minus its thickness for good: there is nothing left to build on.
    """
    return _surface(events, day, points, holes(events, points))


def mean_level(events: tuple[Event, ...], day: float, points: int = 281) -> float:
    """Mean level of the surface on one day, um; below zero where bone is missing or being renewed."""
    return mean_levels(events, (day,), points)[0]


def mean_levels(events: tuple[Event, ...], days: Iterable[float], points: int = 281) -> list[float]:
    """Mean level of the surface on each of `days`, um."""
    cut = holes(events, points)
    if cut:
        return [sum(_surface(events, day, points, cut)) / points for day in days]
    # Nothing is cut through: the mean is a sum over sites, and no surface has to be laid out.
    weights = [sum(share for _, share in _reach(event, points)) / points for event in events]
    return [
        sum(weight * (e.filled(day) - e.dug(day)) for e, weight in zip(events, weights, strict=True) if e.start < day)
        for day in days
    ]


def holes(events: tuple[Event, ...], points: int = 281) -> list[tuple[int, float]]:
    """Points where the strut was cut through, each with the day on which it happened."""
    strut = _Strut(points)
    for event in events:
        strut.add(event)
    return sorted(strut.cut.items())


class _Strut:
    """What a row of events leaves of a strut: level after each event, and the points cut through."""

    def __init__(self, points: int = 281) -> None:
        self.points = points
        self.left = [constants()["strut_thickness"]] * points
        self.cut: dict[int, float] = {}

    def add(self, event: Event) -> None:
        """Dig and refill one site."""
        for index, share in _reach(event, self.points):
            if index not in self.cut and event.depth * share >= self.left[index]:
                self.cut[index] = _day_through(event, self.left[index] / (event.depth * share))
            self.left[index] += event.depth * share * (event.refill - 1)

    def whole(self, site: float, half: float, day: float) -> bool:
        """Say whether there is bone all along a stretch on a day."""
        step = constants()["surface_length"] / (self.points - 1)
        return not any(abs(index * step - site) < half for index, when in self.cut.items() if when <= day)


def _surface(events, day: float, points: int, cut: list[tuple[int, float]]) -> list[float]:
    thickness = constants()["strut_thickness"]
    gone = {index for index, when in cut if when <= day}
    levels = [0.0] * points
    for event in events:
        if event.start < day:
            change = event.filled(day) - event.dug(day)
            for index, share in _reach(event, points):
                levels[index] += change * share
    return [-thickness if index in gone else max(level, -thickness) for index, level in enumerate(levels)]


def _day_through(event: Event, share: float) -> float:
    """Day on which digging at `event` has gone through `share` of its depth."""
    progress = 1 - (1 - min(max(share, 0.0), 1.0)) ** (1 / constants()["dig_slowing"])
    return event.start + event.dig_days * progress


def _reach(event: Event, points: int) -> tuple[tuple[int, float], ...]:
    """Index and share of the pit's depth for every point of the surface the pit touches."""
    return _touched(event.site, event.width, points)


@functools.lru_cache(maxsize=4096)
def _touched(site: float, width: float, points: int) -> tuple[tuple[int, float], ...]:
    step, half = constants()["surface_length"] / (points - 1), width / 2
    first = max(0, int((site - half) / step))
    last = min(points - 1, int((site + half) / step) + 1)
    shares = ((index, pit_shape((index * step - site) / half)) for index in range(first, last + 1))
    return tuple((index, share) for index, share in shares if share > 0)


def _placed(event: Event, others: list[Event], strut: _Strut, dice: random.Random) -> Event | None:
    """Give `event` a place where no other team is at work, or None if the surface is full."""
    margin, spots = event.width * 0.6, []
    busy = [other for other in others if other.start < event.end and event.start < other.end]
    for _ in range(60):
        site = dice.uniform(margin, constants()["surface_length"] - margin)
        free = all(abs(site - other.site) > (event.width + other.width) / 2 for other in busy)
        if free and strut.whole(site, event.width * 0.35, event.start):
            renewed = [other.end for other in others if abs(site - other.site) < event.width * 0.8]
            spots.append((max(renewed, default=-1e9), site))
        if len(spots) == 6:
            break
    # Old bone is renewed rather than young: of a few free places, take the one that was left alone longest.
    if not spots:
        return None
    _, oldest = min(spots)
    return replace(event, site=oldest)


def _with_refill(event: Event, refill: float, today: float) -> Event:
    return event if event.fill_start <= today else replace(event, refill=refill)


def _require(name: str, value: float, limits: tuple[float, float], why: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise InputError(f"{name} is {value:g}; the calendar of sites accepts {low:g} to {high:g} ({why})")
