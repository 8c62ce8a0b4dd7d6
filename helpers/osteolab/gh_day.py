"""Growth hormone over a day: pulses, a low floor between them, and what treatment adds.

A picture of an average day, the same each time, not of one person's. Bone does not see it: the calculator drives bone
by IGF-1 as before, and this module says what IGF-1 such a day would make, so that the two can be compared.

Equations
---------
own day      GH(t) = floor + sum over pulses of mass * exp(-k * time since the pulse), every day the same
age          mass falls by a share each ten years; the floor does not
injected     absorbed in two equal steps of rate ka, cleared at ke:
             GH(t) = A * [t * exp(-ka*t) / (ke - ka) - (exp(-ka*t) - exp(-ke*t)) / (ke - ka)**2]
             A = share absorbed * dose * ka**2 / volume
infused      GH = rate / clearance
trough       the lowest level just before a pulse
IGF-1        IGF-1 = usual at 30 * (trough / trough at 30)**a * (mean / mean at 30)**b
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from math import e as EULER
from math import log
from typing import NamedTuple

from osteolab import data
from osteolab.data import Parameters
from osteolab.endocrine import usual
from osteolab.errors import number
from osteolab.person import YOUNGEST, adult_age
from osteolab.treatments import Course
from osteolab.values import Value

DAY, MINUTES, UG_PER_MG = 24.0, 60.0, 1000.0  # hours, minutes in an hour, micrograms in a milligram
INJECTED_AT = 20.0  # o'clock, as in Johansson 1996
NIGHT_ENDS = 6.0  # o'clock; the night begins at 0
DAYS_BEFORE = 4  # of injections whose rest still counts


class Given(NamedTuple):
    """What is given: doses in mg a day; boluses into a vein as (hour, mg)."""

    tesamorelin: Value = 0.0
    growth_hormone: Value = 0.0
    infusion: Value = 0.0
    boluses: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Day:
    """Growth hormone over one day.

    Attributes
    ----------
    hours : tuple of float
        0 (midnight) to 24.
    gh : tuple of float
        Growth hormone, ug/L, at each of them.
    mean, peak, trough : float
        Mean of the 24 hours, highest of the levels above, lowest just before a pulse; ug/L.
    igf1 : float
        IGF-1 that such a day would make, ng/mL. Bone does not use it.
    """

    hours: tuple[float, ...]
    gh: tuple[float, ...]
    mean: float
    peak: float
    trough: float
    igf1: float


def gh_day(
    age: float,
    *,
    high_trunk_fat: bool = False,
    gh_deficiency: bool = False,
    tesamorelin: float = 0.0,
    growth_hormone: float = 0.0,
    infusion: float = 0.0,
    boluses: Iterable[tuple[float, float]] = (),
    parameters: Parameters | None = None,
) -> Day:
    """Return growth hormone over one day of an average adult, minute by minute.

    Parameters
    ----------
    age : float
        Years (20 to 100). Women and men share one day: three studies disagree on who has more.
    high_trunk_fat : bool
        Whether fat lies on the trunk, as in the upper of the two groups of Miller (2005). No study gives a slope.
    gh_deficiency : bool
        Adult onset, untreated.
    tesamorelin : float
        mg/day under the skin (0 to 4).
    growth_hormone : float
        mg/day under the skin at 20:00 (0 to 10).
    infusion : float
        Growth hormone into a vein at a constant rate, mg/day (0 to 10).
    boluses : sequence of (float, float)
        Growth hormone into a vein at once, every day: (o'clock 0 to 24, mg 0 to 10).
    parameters : Parameters, optional
        Other values than those of data/parameters.csv, where sources and grades stand (names beginning with `gh_`).

    Returns
    -------
    Day

    Raises
    ------
    InputError
        If an age, a dose or an hour is outside these limits.

    Examples
    --------
    >>> young, old = gh_day(25), gh_day(75)
    >>> young.peak > old.peak and young.trough > old.trough
    True
    """
    p = data.parameters() if parameters is None else parameters
    age = adult_age(age)
    given = Given(
        _dose("tesamorelin", tesamorelin, 4),
        _dose("growth_hormone", growth_hormone, 10),
        _dose("infusion", infusion, 10),
        tuple((number(at, "hour", "o'clock", 0, DAY, "a day has 24"), _dose("bolus", mg, 10)) for at, mg in boluses),
    )
    own = _own(age, high_trunk_fat, gh_deficiency, given.tesamorelin, p)
    hours = tuple(minute / MINUTES for minute in range(int(DAY * MINUTES) + 1))
    levels = tuple(_level(hour, own, given, p) for hour in hours)
    trough, mean = _trough(own, given, p), _mean(own, given, p)
    return Day(hours, levels, mean, max(levels), trough, igf1_of_day(trough, mean, p))


def igf1_of_day(trough: Value, mean: Value, p: Parameters) -> Value:
    """Return the IGF-1 (ng/mL) that a trough and a mean of growth hormone (ug/L) would make.

    Notes
    -----
    Both powers come from one trial that gave the same dose as an infusion and as boluses (2009 J Clin Endocrinol
    Metab, nine people with obesity, three days). In 37 people the trough alone explained 77 % of IGF-1 and the mean
    44 % (2010 J Clin Endocrinol Metab, PMC2869549).
    """
    usual_day = _own(p.gh_mean_age, False, False, 0.0, p)
    by_trough = (trough / _trough(usual_day, Given(), p)) ** p.gh_trough_power
    by_mean = (mean / _mean(usual_day, Given(), p)) ** p.gh_mean_power
    return usual("igf1", "female", p.gh_mean_age) * by_trough * by_mean


def trough_at(age: float, active: Iterable[Course], p: Parameters, *, ageing: bool = True) -> Value:
    """Return the trough of growth hormone (ug/L) at an age (years) of a life under the active courses.

    Followed are growth hormone, tesamorelin and GH deficiency.
    """
    doses = {"tesamorelin": 0.0, "growth_hormone": 0.0, "gh_deficiency": 0.0}
    for course in active:
        if course.what in doses:
            doses[course.what] += course.level
    given = Given(doses["tesamorelin"], doses["growth_hormone"])
    own = _own(age if ageing else YOUNGEST, False, doses["gh_deficiency"] > 0, given.tesamorelin, p)
    return _trough(own, given, p)


def _dose(name: str, mg: float, most: float) -> float:
    return number(mg, name, "mg", 0, most, "no more was ever given")


# The body's own day


class _Own(NamedTuple):
    """The floor (ug/L) and the pulses: their hours and masses (ug/L each)."""

    floor: Value
    hours: tuple[float, ...]
    masses: tuple[Value, ...]


def _own(age: float, high_trunk_fat: bool, deficient: bool, tesamorelin: Value, p: Parameters) -> _Own:
    floor = p.gh_floor * (1 - p.gh_fat_floor if high_trunk_fat else 1.0)
    pulsed = (p.gh_mean_young - p.gh_floor) * (1 - p.gh_fall_per_decade) ** ((age - p.gh_mean_age) / 10)
    pulsed = pulsed * (1 - p.gh_fat_mean if high_trunk_fat else 1.0)
    # Doses between are counted as for IGF-1; 1 at the 2 mg a day of the trial.
    effect = tesamorelin / (tesamorelin + p.tesamorelin_half_dose) * (2 + p.tesamorelin_half_dose) / 2
    raised = p.gh_tesamorelin_floor / _own_rate(p) * MINUTES
    floor, pulsed = floor + effect * raised, pulsed + effect * (p.gh_tesamorelin_mean - raised)
    left = p.gh_deficient_share if deficient else 1.0
    count = int(p.gh_pulses)
    hours = tuple(DAY * i / count for i in range(count))
    at_night = sum(hour < NIGHT_ENDS for hour in hours)
    night, by_day = p.gh_night_share / at_night, (1 - p.gh_night_share) / (count - at_night)
    whole = left * pulsed * _own_rate(p) * DAY
    return _Own(left * floor, hours, tuple(whole * (night if hour < NIGHT_ENDS else by_day) for hour in hours))


def _own_rate(p: Parameters) -> Value:
    """Return the rate at which the body's own growth hormone is cleared, per hour."""
    return log(2) / p.gh_half_life * MINUTES


def _decay(since: float, rate: Value) -> Value:
    """Return what is left of one unit given every day, `since` hours after the last time."""
    return EULER ** (-rate * since) / (1 - EULER ** (-rate * DAY))


def _own_level(hour: float, own: _Own, rate: Value, before: bool = False) -> Value:
    """Return the own level at an hour; `before` leaves out a pulse at that very hour."""
    level = own.floor
    for at, mass in zip(own.hours, own.masses, strict=True):
        since = (hour - at) % DAY
        level = level + mass * _decay(DAY if before and since == 0 else since, rate)
    return level


# What is given


def _given_level(hour: float, given: Given, p: Parameters) -> Value:
    rate = log(2) / p.gh_given_half_life * MINUTES
    volume = p.gh_clearance / rate
    level = given.infusion * UG_PER_MG / DAY / p.gh_clearance
    for at, mg in given.boluses:
        level = level + mg * UG_PER_MG / volume * _decay((hour - at) % DAY, rate)
    if isinstance(given.growth_hormone, float) and given.growth_hormone == 0:
        return level
    dose = p.gh_absorbed * given.growth_hormone * UG_PER_MG / volume
    since = (hour - INJECTED_AT) % DAY
    slow = log(2) / p.gh_absorption_half_life
    return level + dose * sum(_absorbed(since + DAY * days, slow, rate) for days in range(DAYS_BEFORE))


def _absorbed(since: float, slow: Value, fast: Value) -> Value:
    """Return the level after one unit under the skin, absorbed in two equal steps."""
    apart = fast - slow
    waiting, cleared = EULER ** (-slow * since), EULER ** (-fast * since)
    return slow**2 * (since * waiting / apart - (waiting - cleared) / apart**2)


def _level(hour: float, own: _Own, given: Given, p: Parameters) -> Value:
    return _own_level(hour, own, _own_rate(p)) + _given_level(hour, given, p)


def _mean(own: _Own, given: Given, p: Parameters) -> Value:
    """Return the mean of the day: what enters, over clearance."""
    entered = given.infusion + sum(mg for _, mg in given.boluses) + p.gh_absorbed * given.growth_hormone
    return own.floor + sum(own.masses) / _own_rate(p) / DAY + entered * UG_PER_MG / DAY / p.gh_clearance


def _trough(own: _Own, given: Given, p: Parameters) -> Value:
    rate = _own_rate(p)
    levels = [_own_level(hour, own, rate, before=True) + _given_level(hour, given, p) for hour in own.hours]
    return reduce(_lower, levels)


def _lower(a: Value, b: Value) -> Value:
    """Return the lower of two values, floats or arrays."""
    return min(a, b) if isinstance(a, float) and isinstance(b, float) else (a + b - abs(a - b)) / 2
