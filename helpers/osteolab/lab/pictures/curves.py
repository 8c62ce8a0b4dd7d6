"""The curves of a life at a site, on a grid that is fine where something begins or ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from osteolab.interpolation import linear
from osteolab.lab.words.readings import TURNOVER
from osteolab.life import Life
from osteolab.quantities import quantity

POINTS = 84
AFTER_A_JUMP = (0.06, 0.12, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3, 1.8)


@dataclass(frozen=True)
class Curves:
    """The curves of the three panels on one grid of ages (years); percent, density in the unit of the site, SD."""

    ages: list[float]
    resorption: list[float]
    formation: list[float]
    balance: list[float]
    bmd: list[float]
    bmd_low: list[float]
    bmd_high: list[float]
    t_score: list[float]

    @property
    def net(self) -> list[float]:
        """Formation minus resorption, percentage points."""
        return [round(f - r, 2) + 0.0 for f, r in zip(self.formation, self.resorption, strict=True)]

    def at(self, name: str, age: float) -> float:
        """Return a curve at an age (years), linear between its points."""
        return float(linear(self.ages, getattr(self, name), age))

    def part(self, first: float, last: float) -> Curves:
        """Return the curves between two ages, both included."""
        kept = [i for i, age in enumerate(self.ages) if first <= age <= last]
        return replace(self, **{name: [getattr(self, name)[i] for i in kept] for name in self.__dataclass_fields__})


def grid(since: float, until: float, jumps=()) -> list[float]:
    """Return at most 120 ages: even, with more of them just after each jump and one just before it."""
    step = (until - since) / POINTS
    ages = {since + i * step for i in range(POINTS + 1)}
    for jump in sorted({j for j in jumps if j is not None and since <= j < until})[:2]:
        ages |= {jump} | {jump + after for after in AFTER_A_JUMP if jump + after < until}
    return [round(a, 3) for a in sorted(ages)]


def curves(life: Life, ages: list[float], site: str, since: float, turnover: str) -> Curves:
    """Return the curves of a life at a site, the balance in percent of the bone at `since`."""
    resorption, formation = TURNOVER[turnover]
    bmd, sd = life.series("bmd", site, ages), life.series("bmd_sd", site, ages)
    digits = quantity("bmd", site).decimals + 1
    base = life.value("bone_volume", since, site)
    return Curves(
        ages,
        _rounded(life.series(resorption, site, ages), 2),
        _rounded(life.series(formation, site, ages), 2),
        _rounded([100 * (v / base - 1) for v in life.series("bone_volume", site, ages)], 3),
        _rounded(bmd, digits),
        _rounded([b - s for b, s in zip(bmd, sd, strict=True)], digits),
        _rounded([b + s for b, s in zip(bmd, sd, strict=True)], digits),
        _rounded(life.series("t_score", site, ages), 2),
    )


def _rounded(values, digits):
    return [round(v, digits) + 0.0 for v in values]
