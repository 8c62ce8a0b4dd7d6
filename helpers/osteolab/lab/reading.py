"""What the lab reads from a Life: the curves of the three panels, the tiles, the table, and facts for the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from osteolab import Life

# What panel 1 draws: blood markers, or, where a hand lies on the crew, the pace at the site itself.
TURNOVER = {"markers": ("ctx", "p1np"), "pace": ("resorption", "formation")}
POINTS = 84
AFTER_A_JUMP = (0.06, 0.12, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3, 1.8)


@dataclass(frozen=True)
class Curves:
    """The curves of the three panels on one grid of ages (years); percent, g/cm2 (mg/cm3 for QCT), SD."""

    ages: list[float]
    resorption: list[float]
    formation: list[float]
    balance: list[float]
    bmd: list[float]
    bmd_low: list[float]
    bmd_high: list[float]
    t_score: list[float]


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
    digits = 1 if site == "trabecular_spine" else 4
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


def tiles(life: Life, age: float, site: str, since: float) -> dict:
    """Return all that is read at one age, rounded as a scanner prints: density 3, T-score 1, percent 0 decimals."""
    scan = life.at(age, site)
    digits = 0 if site == "trabecular_spine" else 3
    one = {
        name: round(getattr(scan, name), 1) + 0.0 for name in ("t_score", "t_score_own_sex", "z_score", "t_score_sd")
    }
    whole = ["ctx", "p1np", "resorption", "formation", "strength", "connectivity", "thickness", "mineral"]
    whole += ["ctx_sd", "p1np_sd", "strength_sd"]
    balance = 100 * (life.value("bone_volume", age, site) / life.value("bone_volume", since, site) - 1)
    return {
        "age": age,
        "site": site,
        "bmd": round(scan.bmd, digits),
        "bmd_sd": round(scan.bmd_sd, digits),
        "people_sd": round(scan.between_people_sd, digits),
        **one,
        **{name: round(getattr(scan, name)) for name in whole},
        "bone_balance": round(balance),
        "fracture_risk": round(scan.fracture_risk, 2),
        "fracture_risk_range": _risk_range(life, scan),
        "who_class": scan.who_class if scan.who_class_applies else "",
    }


def _risk_range(life, scan):
    """Risk at one standard error of density above and below; what density cannot see is not in it."""
    gradient = getattr(life.parameters, f"fracture_gradient_{scan.site}") ** scan.t_score_sd
    return round(scan.fracture_risk / gradient, 2), round(scan.fracture_risk * gradient, 2)


def table(life: Life, ages: list[float], site: str, since: float) -> list[dict[str, float]]:
    """Return one row per age: markers, pace, balance, density with its range and spread, T-score and strength."""
    rows = []
    for age in ages:
        tile = tiles(life, age, site, since)
        low, high = tile["bmd"] - tile["bmd_sd"], tile["bmd"] + tile["bmd_sd"]
        names = ("resorption", "formation", "ctx", "p1np", "bone_balance", "bmd")
        row = {"age": age} | {name: tile[name] for name in names}
        rows.append(row | {"bmd_low": round(low, 3), "bmd_high": round(high, 3)} | {
            name: tile[name] for name in ("people_sd", "t_score", "strength")})  # fmt: skip
    return rows


def table_ages(since: float, until: float, every: int = 5) -> list[float]:
    """Return the ages of the table: each multiple of `every` years in the picture."""
    first = ceil(since / every) * every
    return [float(a) for a in range(first, int(until) + 1, every)]


def slope(life: Life, age: float, site: str) -> float:
    """Return the change of density around an age, percent a year."""
    young, old = max(life.ages[0], age - 0.5), min(life.until, age + 0.5)
    before, after = life.value("bmd", young, site), life.value("bmd", old, site)
    return 100 * (after / before - 1) / (old - young)


def half_way(life: Life, quantity: str, site: str, start: float, end: float) -> float:
    """Return how many years after `start` a quantity has gone half of its way to its value at `end`."""
    step, first, last = 0.05, life.value(quantity, start, site), life.value(quantity, end, site)
    if abs(last - first) < 1e-9:
        return 0.0
    for i in range(int((end - start) / step) + 1):
        if (life.value(quantity, start + i * step, site) - first) / (last - first) >= 0.5:
            return i * step
    return end - start


def dip_months(life: Life, reference: Life, site: str, start: float, end: float) -> int:
    """Return for how many months density stays below that of `reference` before it rises above; 0 if it does not."""
    below, i = 0, 1
    while start + i / 12 <= min(end, start + 5):
        age = start + i / 12
        ratio = life.value("bmd", age, site) / reference.value("bmd", age, site) - 1
        if ratio >= 0:
            return below if below >= 2 else 0
        below, i = i, i + 1
    return 0
