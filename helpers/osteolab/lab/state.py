"""What a reader has set, and what the calculator made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from osteolab import Life, Person
from osteolab.lab.reading import Curves
from osteolab.lab.sliders import LEVEL, SliderSpec

JUST_AFTER = 0.05  # years after the start at which an untouched handle reads its level
USUAL_LAST_PERIOD = 51.0  # where the handle stands for a woman who still has periods


@dataclass(frozen=True)
class Settings:
    """All that a reader can set: who, what was moved, where and when the scan is, which units."""

    person: str
    moved: tuple[tuple[str, float], ...]
    site: str
    scan_age: float
    si: bool = False

    @property
    def values(self) -> dict[str, float]:
        """The moved sliders by name, conventional units."""
        return dict(self.moved)


@dataclass
class Result:
    """What was computed for some settings.

    Attributes
    ----------
    base, person : Person
        As listed, and with the sliders about her applied.
    life, natural : Life
        With what was moved, and of `base` without it.
    start, stop : float, float or None
        Span of what was moved, years of age.
    curves : dict
        Curves by site, filled when they are first drawn.
    """

    base: Person
    person: Person
    life: Life
    natural: Life
    start: float
    stop: float | None
    curves: dict[str, Curves] = field(default_factory=dict)


@dataclass(frozen=True)
class Pin:
    """A kept result and the words for it."""

    result: Result
    label: str


def natural_values(specs: Sequence[SliderSpec], result: Result) -> dict[str, float]:
    """Return where each handle stands when nothing has been moved."""
    return {spec.name: _value(spec, result, result.natural) for spec in specs}


def handle_values(specs: Sequence[SliderSpec], settings: Settings, result: Result) -> dict[str, float]:
    """Return where each handle stands: moved, or following nature and whatever else was moved.

    Construction follows demolition by itself, so its untouched handle shows how far it gets at the scan age.
    """
    moved = settings.values
    values = {spec.name: moved.get(spec.name, _value(spec, result, result.life)) for spec in specs}
    if "formation_pace" in values and "formation_pace" not in moved and "resorption_pace" in moved:
        values["formation_pace"] = result.life.value("formation", settings.scan_age, settings.site)
    return values


def _value(spec, result, life):
    if spec.kind == LEVEL:
        return life.value(spec.name, min(result.start + JUST_AFTER, life.until))
    base, end = result.base, life.until if result.stop is None else result.stop
    follows = {
        "age": base.age,
        "menopause_age": base.menopause_age or USUAL_LAST_PERIOD,
        "peak_bone_mass_sd": base.peak_bone_mass_sd,
        "start_age": result.start,
        "stop_age": end,
        "imbalance_years": end - result.start,
        "treatment_years": end - result.start,
    }
    return follows.get(spec.name, spec.minimum if spec.default is None else spec.default)
