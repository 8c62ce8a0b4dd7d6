"""What is read from a Life: the readings at one age, the rows of the table, and measures for the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from osteolab.errors import InputError
from osteolab.life import Life
from osteolab.quantities import quantity
from osteolab.readouts import fracture_gradient
from osteolab.risk import published_rate, risk_ratios, spread
from osteolab.trial_results import fracture_gradients

# What panel 1 draws: blood markers, or, where a hand lies on the crew, the pace at the site itself.
TURNOVER = {"markers": ("ctx", "p1np"), "pace": ("resorption", "formation")}


# What a reading holds beside density: scores to one decimal, the rest in whole percent, as their rows of the table say.
SCORES = ("t_score", "t_score_own_sex", "z_score", "t_score_sd")
PERCENTS = ("ctx", "p1np", "resorption", "formation", "strength", "connectivity", "thickness", "mineral")
JUST_AFTER = 0.05  # years after the start at which an untouched handle reads its level
MAJOR = "major_osteoporotic_fracture"  # hip, spine, forearm or shoulder
ERRORS = ("ctx_sd", "p1np_sd", "strength_sd")


def readings(life: Life, age: float, site: str, since: float) -> dict:
    """Return all that is read at one age (years), rounded as it is printed; the balance counts from `since`."""
    scan = life.at(age, site)
    balance = 100 * (life.value("bone_volume", age, site) / life.value("bone_volume", since, site) - 1)
    return {
        "age": age,
        "site": site,
        "bmd": round(scan.bmd, quantity("bmd", site).decimals),
        "bmd_sd": round(scan.bmd_sd, quantity("bmd_sd", site).decimals),
        "people_sd": round(scan.between_people_sd, quantity("between_people_sd", site).decimals),
        **{name: quantity(name).rounded(getattr(scan, name)) for name in SCORES},
        **{name: round(getattr(scan, name)) for name in (*PERCENTS, *ERRORS)},
        "bone_balance": round(balance),
        "fracture_risk": round(scan.fracture_risk, 2),
        "fracture_risk_range": _risk_range(life, scan),
        "who_class": scan.who_class if scan.who_class_applies else "",
    }


def _risk_range(life, scan):
    """Risk at one standard error of density above and below; what density cannot see is not in it."""
    gradient = fracture_gradient(life.parameters, scan.site) ** scan.t_score_sd
    return round(scan.fracture_risk / gradient, 2), round(scan.fracture_risk * gradient, 2)


def breaks_in_a_year(life: Life, age: float) -> float | None:
    """Return of 1,000 people like the one of a life how many break hip, spine, forearm or shoulder in a year.

    None where no rate was published for that age (years), or where age stands still.
    """
    sex = life.person.sex
    try:
        rate = published_rate(MAJOR, sex, age).rate
    except InputError:
        return None
    if not life.ageing:
        return None
    (ratio,) = risk_ratios(life, [age], MAJOR)
    return ratio * rate / spread(fracture_gradients()[MAJOR, sex], age)


def table(life: Life, ages: list[float], site: str, since: float) -> list[dict[str, float]]:
    """Return one row per age: markers, pace, balance, density with its range and spread, T-score and strength."""
    rows, decimals = [], quantity("bmd", site).decimals
    for age in ages:
        read = readings(life, age, site, since)
        ends = {
            "bmd_low": round(read["bmd"] - read["bmd_sd"], decimals),
            "bmd_high": round(read["bmd"] + read["bmd_sd"], decimals),
        }
        first = {name: read[name] for name in ("resorption", "formation", "ctx", "p1np", "bone_balance", "bmd")}
        rows.append({"age": age} | first | ends | {name: read[name] for name in ("people_sd", "t_score", "strength")})
    return rows


def table_ages(since: float, until: float, every: int = 5) -> list[float]:
    """Return the ages of the table: each multiple of `every` years in the picture."""
    first = ceil(since / every) * every
    return [float(a) for a in range(first, int(until) + 1, every)]


def slope(life: Life, age: float, site: str, turns: Sequence[float] = ()) -> float:
    """Return the change of density around an age, percent a year, on one side only of each age where a plan turns."""
    young, old = max(life.ages[0], age - 0.5), min(life.until, age + 0.5)
    young = max([young, *(turn for turn in turns if young < turn <= age and turn < old)])
    old = min([old, *(turn for turn in turns if age < turn < old)])
    before, after = life.value("bmd", young, site), life.value("bmd", old, site)
    return 100 * (after / before - 1) / (old - young)


def half_way(life: Life, name: str, site: str, start: float, end: float) -> float:
    """Return how many years after `start` a quantity has gone half of its way to its value at `end`."""
    step, first, last = 0.05, life.value(name, start, site), life.value(name, end, site)
    if abs(last - first) < 1e-9:
        return 0.0
    for i in range(int((end - start) / step) + 1):
        if (life.value(name, start + i * step, site) - first) / (last - first) >= 0.5:
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
