"""Bone drugs: from a dose to what acts on the crew.

Equations (rates per year)
---------
bisphosphonate  dA/dt = bound - r*A/t_A + r*buried/t_r ;  d(buried)/dt = r*(share*A/t_A - buried/t_r)
                r = trabecular bone resorbed in a year over a young adult's: release and burial follow turnover
                an infusion binds dose/(1 + dose/capacity) * r**uptake: the surface that turns over fills up
                osteoclasts die faster by Emax*A/(A + A50)
denosumab       uptake ka, one compartment, clearance kel + Vmax/(Km + D) (it is used up by its target);
                RANKL is bound by the share Emax*D/(D + IC), and osteoclasts without it die sooner
romosozumab     dR/dt = (dose - R)/t_R ;  sclerostin is cleared faster by the factor 1 + potency*R
teriparatide    dX/dt = (e - X)/t_fast (builders), dZ/dt = (e - Z)/t_slow (RANKL), e = dose/(dose + half dose)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from math import e as EULER
from typing import NamedTuple

from osteolab.data import Parameters
from osteolab.interpolation import linear
from osteolab.treatments import Course
from osteolab.values import Terms, Value

DAYS = 365.25
USUAL_ROMOSOZUMAB = 210.0
DENOSUMAB_GONE = 700 / DAYS
NAMES = ("alendronate", "zoledronate", "denosumab", "romosozumab", "teriparatide")


class Drugs(NamedTuple):
    """What is being given or is in blood at one moment."""

    bisphosphonate: Value = 0.0  # input, in mg zoledronate per year
    denosumab: Value = 0.0  # ug/mL
    romosozumab: Value = 0.0  # ratio to 210 mg a month
    teriparatide: Value = 0.0  # share of the full effect


NONE = Drugs()


class Injection(NamedTuple):
    """One injection, at an age (years)."""

    age: float
    mg: float


class Curve(NamedTuple):
    """A level in blood over time: ages (years) and ug/mL, joined by straight lines."""

    ages: tuple[float, ...]
    levels: tuple[float, ...]


class Kinetics(NamedTuple):
    """What becomes of denosumab in a body."""

    uptake: float  # 1/day
    clearance: float  # 1/day
    volume: float  # mL/kg
    vmax: float  # ng/kg/day
    km: float  # ng/mL
    weight: float  # kg


def given(active: Iterable[Course], denosumab: float, p: Parameters) -> Drugs:
    """Return the Drugs of the active courses; `denosumab` is its level in ug/mL."""
    dose: dict[str, Value] = {}
    for course in active:
        if course.what in NAMES:
            dose[course.what] = dose.get(course.what, 0.0) + course.level
    ptd = dose.get("teriparatide", 0.0)
    return Drugs(
        p.alendronate_as_zoledronate * dose.get("alendronate", 0.0) / 10,
        denosumab,
        dose.get("romosozumab", 0.0) / USUAL_ROMOSOZUMAB,
        ptd / (ptd + p.teriparatide_half_dose),
    )


def infusions(courses: Iterable[Course]) -> dict[float, float]:
    """Return the zoledronate infusions as {age: mg}: one at the start and every year while earlier than the stop."""
    ages: dict[float, float] = {}
    for course in courses:
        if course.what == "zoledronate":
            age, stop = course.start, course.stop if course.stop is not None else 100.0
            while age < stop - 1e-9:
                ages[age] = ages.get(age, 0.0) + course.level
                age += 1.0
    return ages


def injections(courses: Iterable[Course]) -> tuple[Injection, ...]:
    """Return the denosumab injections: one at the start and every half year before the stop."""
    found = []
    for course in courses:
        if course.what == "denosumab":
            age, stop = course.start, course.stop if course.stop is not None else 100.0
            while age < stop - 1e-9:
                found.append(Injection(age, course.level))
                age += 0.5
    return tuple(sorted(found))


@lru_cache(maxsize=256)
def denosumab_curve(doses: tuple[Injection, ...], kinetics: Kinetics) -> Curve:
    """Return the level of denosumab after injections until it is gone, knots two days apart and at each dose.

    The steps of a quarter of a day start anew at each dose; the loss by the target is taken at the middle of the step.
    """
    ka, kel, volume, vmax, km, weight = kinetics
    starts = [dose.age for dose in doses]
    ends = [*starts[1:], starts[-1] + DENOSUMAB_GONE]
    ages: list[float] = []
    levels: list[float] = []
    depot, level = 0.0, 0.0
    for (start, mg), end in zip(doses, ends, strict=True):
        depot += mg * 1e6 / weight
        steps = max(1, math.ceil((end - start) * DAYS * 4))
        day = (end - start) * DAYS / steps
        left = EULER ** (-ka * day)
        for i in range(steps):
            if i % 8 == 0:
                ages.append(start + i * day / DAYS)
                levels.append(level / 1000)
            taken = depot * (1 - left) / volume
            depot *= left
            middle = (level + taken / 2) / (1 + (kel + vmax / volume / (km + level)) * day / 2)
            kept = EULER ** (-(kel + vmax / volume / (km + middle)) * day)
            level = level * kept + taken * kept**0.5
    return Curve((*ages, ends[-1]), (*levels, level / 1000))


def denosumab_kinetics(p: Parameters) -> Kinetics:
    """Return the kinetics of denosumab of data/parameters.csv."""
    return Kinetics(*(getattr(p, f"denosumab_{name}") for name in Kinetics._fields))


def level_at(curve: Curve, age: float) -> float:
    """Return the level of a curve at an age (0 before, and after its end)."""
    ages, levels = curve
    if age <= ages[0] or age >= ages[-1]:
        return 0.0
    return float(linear(ages, levels, age))


def bound_of_infusion(mg: float, renewed: Value, p: Parameters) -> Value:
    """Return how much of an infusion of zoledronate (mg) bone binds, mg, at a renewal (ratio to a young adult)."""
    return mg / (1 + mg / p.bisphosphonate_capacity) * renewed**p.bisphosphonate_uptake


def bisphosphonate_terms(buried: Value, drugs: Drugs, renewed: Value, p: Parameters) -> Terms:
    """Return (source, loss) of the active bisphosphonate, per year, at a renewal (ratio to a young adult)."""
    return drugs.bisphosphonate + renewed * buried / p.bisphosphonate_return_time, renewed / p.bisphosphonate_time


def buried_terms(active: Value, renewed: Value, p: Parameters) -> Terms:
    """Return (source, loss) of the buried bisphosphonate, per year, at a renewal (ratio to a young adult)."""
    return renewed * p.bisphosphonate_buried * active / p.bisphosphonate_time, renewed / p.bisphosphonate_return_time


def romosozumab_terms(drugs: Drugs, p: Parameters) -> Terms:
    """Return (source, loss) of romosozumab, per year."""
    rate = DAYS / p.romosozumab_time
    return rate * drugs.romosozumab, rate


def teriparatide_terms(drugs: Drugs, p: Parameters) -> tuple[Terms, Terms]:
    """Return (source, loss) of the fast and of the slow effect of teriparatide, per year."""
    fast, slow = DAYS / p.teriparatide_fast_time, DAYS / p.teriparatide_slow_time
    return (fast * drugs.teriparatide, fast), (slow * drugs.teriparatide, slow)
