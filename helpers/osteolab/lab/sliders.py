"""Every slider of the lab as data: label, unit, range, step, usual range, tooltip, source.

The numbers come from data/levels.csv, data/treatments.csv, data/controls.csv, data/reference_ranges.csv
and, for the person and the timing, data/lab_sliders.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from osteolab import data
from osteolab.errors import choice, number
from osteolab.lab.words import numbers
from osteolab.person import Person

LEVEL, CONTROL, TREATMENT, PERSON, TIMING, MIX = "level", "control", "treatment", "person", "timing", "mix"
# The band is where most people of this age and sex are, and most people of this age lose bone.
NOT_ENOUGH = "Usual is not the same as enough: bone can be lost at a usual level."
# Levels of which no adequate trial, held above the usual range, measured bone (docs/model/cannot-know.md).
UNTRIED_ABOVE_USUAL = ("igf1",)
WHOLE_BODY = ("cortisol", "homa_ir", "il6")


@dataclass(frozen=True)
class Usual:
    """The usual range of a level for a person, and the mean of a young adult of the same sex."""

    low: float
    high: float
    young: float
    source: str


@dataclass(frozen=True)
class SliderSpec:
    """One slider as data.

    Attributes
    ----------
    name : str
        Name in the tables and in `lab.set(name=value)`.
    kind : {"level", "control", "treatment", "person", "timing", "mix"}
        A level untouched follows nature and touched is held; a control or a mix puts a hand on the crew;
        a treatment of 0 is none; person and timing change who and when.
    label, group : str
        Words beside the handle (at most 18 characters) and above the group.
    unit, si_unit : str
        Conventional and SI unit; alike where there is only one.
    si_factor : float
        SI value of one conventional unit.
    minimum, maximum, step : float
        The track, in the conventional unit.
    decimals : int
        As printed.
    default : float or None
        Value of the untouched slider; None where it follows the person.
    lowest, highest, reason : float, float, str
        What may be typed in the box, and why not more.
    tooltip, source, grade : str
    live : bool
        Whether the lab follows while the handle is dragged; False waits until the hand lets go.
    """

    name: str
    kind: str
    label: str
    group: str
    unit: str
    si_unit: str
    si_factor: float
    minimum: float
    maximum: float
    step: float
    decimals: int
    default: float | None
    lowest: float
    highest: float
    reason: str
    tooltip: str
    source: str
    grade: str
    live: bool = True

    def unit_in(self, si: bool) -> str:
        """Return the unit in force."""
        return self.si_unit if si else self.unit

    def decimals_in(self, si: bool) -> int:
        """Return the decimals in force: one more where the SI number is small, none where it is large."""
        if not si or self.si_factor == 1:
            return self.decimals
        if self.si_factor < 0.2:
            return self.decimals + 1
        return 0 if self.si_factor > 1 else self.decimals

    def boxed(self, value: float, si: bool) -> float:
        """Return a value of the track as the number box shows it."""
        return round(value * (self.si_factor if si else 1.0), self.decimals_in(si)) + 0.0

    def unboxed(self, shown: float, si: bool) -> float:
        """Return what was typed in the box in the conventional unit."""
        return shown / self.si_factor if si else shown

    def on_track(self, value: float) -> float:
        """Return the nearest place of the handle: inside the track and on a step, as the page would put it."""
        steps = round((min(max(value, self.minimum), self.maximum) - self.minimum) / self.step)
        return round(self.minimum + steps * self.step, 6)

    def text(self, value: float, si: bool = False) -> str:
        """Return a value with its unit as printed: ``40 pg/mL``."""
        factor = self.si_factor if si else 1.0
        return numbers.amount(value * factor, self.decimals_in(si), self.unit_in(si))

    def check(self, value) -> float:
        """Return the value as a float, or raise `InputError` saying what is allowed and why."""
        return number(
            value,
            numbers.lower_first(self.label),
            numbers.shown_unit(self.unit),
            self.lowest,
            self.highest,
            self.reason,
        )

    def usual(self, person: Person, age: float) -> Usual | None:
        """Return the usual range at an age (years) for a person, None where there is none."""
        for row in _ranges(self.name, person.sex):
            stage = _stage(person, age)
            if row["menopause"] in ("any", stage) and float(row["age_from"]) <= age <= float(row["age_to"]):
                return Usual(float(row["low"]), float(row["high"]), float(row["young_mean"]), row["source"])
        return None

    def about(self, person: Person, age: float, si: bool) -> tuple[str, str, str]:
        """Return the lines of the tooltip: what it is, what is usual, the source."""
        usual, lines = self.usual(person, age), [self.tooltip]
        if usual is None:
            return self.tooltip, "", self.source
        low, high = (numbers.printed(self.boxed(x, si), self.decimals_in(si)) for x in (usual.low, usual.high))
        unit = numbers.shown_unit(self.unit_in(si))
        return lines[0], f"Usual at {numbers.age(age)}: {low} to {high} {unit}. {NOT_ENOUGH}", usual.source


def _stage(person, age):
    if person.sex == "male":
        return "any"
    return "after" if person.menopause_age is not None and age >= person.menopause_age else "before"


@cache
def _ranges(name, sex):
    return tuple(r for r in data.rows("reference_ranges") if r["level"] == name and r["sex"] == sex)


@dataclass(frozen=True)
class SwitchSpec:
    """One switch of the rail as data: name, words before it, what it is called aloud, and its (words, value) pairs."""

    name: str
    label: str
    group: str
    spoken: str
    options: tuple[tuple[str, str], ...]


@cache
def catalogue() -> dict[str, SliderSpec]:
    """Return every slider a lab can have, by name."""
    specs = [_level(row) for row in data.rows("levels")]
    specs += [_control(row) for row in data.rows("controls")]
    specs += [_treatment(row) for row in data.rows("treatments")]
    specs += [_other(row) for row in data.rows("lab_sliders")]
    return {spec.name: spec for spec in specs}


def spec(name: str) -> SliderSpec:
    """Return a slider by name, or raise `InputError` naming those there are."""
    return catalogue()[choice(name, "slider", catalogue())]


def _level(row):
    group = "Whole body" if row["name"] in WHOLE_BODY else "Hormones"
    return SliderSpec(
        row["name"], LEVEL, row["label"], group, row["unit"], row["si_unit"], float(row["si_factor"]),
        float(row["slider_minimum"]), float(row["slider_maximum"]), float(row["step"]), int(row["decimals"]), None,
        float(row["minimum"]), float(row["maximum"]), row["limit_reason"], row["description"], row["source"], "",
    )  # fmt: skip


def _control(row):
    group = "Hormones" if row["name"] == "aromatase_activity" else "The crew"
    why = "the range of the teaching control"
    return _plain(row, CONTROL, group, float(row["default"]), why, row["description"], row["source"], "")


def _treatment(row):
    tooltip = f"{row['description']}. Dose: {row['trial']}"
    return _plain(row, TREATMENT, "Treatment", 0.0, row["trial"], tooltip, row["source"], row["grade"])


def _other(row):
    default = float(row["default"]) if row["default"] else None
    return _plain(row, row["kind"], row["group"], default, row["reason"], row["tooltip"], row["source"], row["grade"])


def _plain(row, kind, group, default, reason, tooltip, source, grade):
    low, high, step = (float(row[name]) for name in ("minimum", "maximum", "step"))
    decimals = len(row["step"].partition(".")[2])
    return SliderSpec(
        row["name"], kind, row["label"], group, row["unit"], row["unit"], 1.0,
        low, high, step, decimals, default, low, high, reason, tooltip, source, grade,
    )  # fmt: skip


# What no trial has measured


def evidence_missing(moves: Mapping[str, float], person: Person, age: float) -> bool:
    """Say whether no adequate human trial measured what these moves do to bone.

    Parameters
    ----------
    moves : mapping of str to float
        Moved sliders and their values in conventional units.
    person : Person
    age : float
        Age at which the moves begin, years; the usual range is that of this age, as on the slider.

    Returns
    -------
    bool
        True with a treatment without a bone trial (`bone_trial` in data/treatments.csv), or with a level of
        UNTRIED_ABOVE_USUAL held above its usual range (data/reference_ranges.csv).
    """
    if any(moves.get(name, 0) > 0 for name in _without_bone_trial()):
        return True
    usual = {name: spec(name).usual(person, age) for name in UNTRIED_ABOVE_USUAL if name in moves}
    return any(found is not None and moves[name] > found.high for name, found in usual.items())


@cache
def _without_bone_trial():
    return tuple(row["name"] for row in data.rows("treatments") if row["bone_trial"] == "no")
