"""One life as an SBML model, for other simulators (COPASI, Tellurium, VCell, libRoadRunner).

What is exported: signals, crew, drugs and skeleton as equations (in the file sbml.ant, the same as in
`signals`, `crew`, `drugs` and `skeleton`), with the parameters and weights of data/ under their own names.
Levels in blood come from the natural history tables, the closed axis of `endocrine` and the links of a life, so
they are exported as curves: straight lines between knots, set so that no level is off by more than `TOLERANCE`
of itself. An event stands at every knot, start, stop and dose. Time is in years and 0 is age 20.
Readouts (density, T-scores, fractures, LH, OPG) are not exported; `rankl` is the one that resorption obeys
(`crew.rankl`), not the readout of that name.

The text is written in Antimony first, which can be read; the package `antimony` turns it into SBML.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import NamedTuple

from osteolab import data, drugs, skeleton
from osteolab.endocrine import usual
from osteolab.equations import Driver
from osteolab.errors import InputError, shown
from osteolab.integrate import time_grid
from osteolab.levels import Levels
from osteolab.life import Life
from osteolab.person import YOUNGEST
from osteolab.signals import HANDLES, SIGNALS
from osteolab.simulate import simulate

TOLERANCE = 2e-4
LEAST_STEP = 1 / 365.25

# Unit of a table -> (its name in the model, its definition).
UNITS = {
    "years": ("years", "31557600 second"),
    "days": ("days", "86400 second"),
    "1/year": ("per_year", "1 / 31557600 second"),
    "1/day": ("per_day", "1 / 86400 second"),
    "days/year": ("days_in_a_year", "86400 second / 31557600 second"),
    "pg/mL": ("pg_per_mL", "1e-9 gram / litre"),
    "ng/mL": ("ng_per_mL", "1e-6 gram / litre"),
    "ug/mL": ("ug_per_mL", "1e-3 gram / litre"),
    "ng/dL": ("ng_per_dL", "1e-8 gram / litre"),
    "ug/dL": ("ug_per_dL", "1e-5 gram / litre"),
    "pg/mL per ng/dL": ("pg_per_mL_per_ng_per_dL", "1e-1 dimensionless"),
    "ng/ug": ("ng_in_a_ug", "1e-3 dimensionless"),
    "ng/mg": ("ng_in_a_mg", "1e-6 dimensionless"),
    "mg zoledronate": ("mg_zoledronate", "1e-3 gram"),
    "mg/year": ("mg_per_year", "1e-3 gram / 31557600 second"),
    "mg/day": ("mg_per_day", "1e-3 gram / 86400 second"),
    "mg/month": ("mg_per_month", "1e-3 gram / 2629800 second"),
    "ug/day": ("ug_per_day", "1e-6 gram / 86400 second"),
    "mg": ("mg", "1e-3 gram"),
    "kg": ("kg", "1 kilogram"),
    "mL/kg": ("mL_per_kg", "1e-3 litre / kilogram"),
    "ng/kg": ("ng_per_kg", "1e-9 gram / kilogram"),
    "ng/kg/day": ("ng_per_kg_per_day", "1e-9 gram / kilogram / 86400 second"),
}

PER_YEAR = " per year"
# Visceral fat acts on bone through levels only, and those are exported with what it did to them.
EXPORTED = tuple(name for name in Levels._fields if name != "visceral_fat")
LEVEL_UNITS = dict.fromkeys(EXPORTED, "1") | {
    "estradiol": "pg/mL",
    "testosterone": "ng/dL",
    "igf1": "ng/mL",
    "igf1_usual": "ng/mL",
    "cortisol": "ug/dL",
    "il6": "pg/mL",
}
COMPUTED_UNITS = {
    "estradiol_in_bone": "pg/mL",
    "young_in_bone": "pg/mL",
    "age": "years",
    "early_years": "years",
    "late_years": "years",
    "bisphosphonate_input": "mg/year",
    "bisphosphonate": "mg zoledronate",
    "buried": "mg zoledronate",
    "denosumab": "ng/mL",
    "denosumab_depot": "ng/kg",
    "denosumab_in_ug": "ug/mL",
    "formation_trabecular": "1/year",
    "formation_cortical": "1/year",
    "resorption_trabecular": "1/year",
    "resorption_cortical": "1/year",
}
DRUG_STATES = {
    ("alendronate", "zoledronate"): ("bisphosphonate", "buried"),
    ("denosumab",): ("denosumab", "denosumab_depot"),
    ("romosozumab",): ("romosozumab",),
    ("teriparatide",): ("teriparatide_fast", "teriparatide_slow"),
}
HELD_UNITS = {
    "alendronate_dose": "mg/day",
    "romosozumab_dose": "mg/month",
    "teriparatide_dose": "ug/day",
    "formation_delay": "days",
}
CONSTANTS = {
    "days_per_year": (365.25, "days/year"),
    "youngest": (YOUNGEST, "years"),
    "ageing_turn": (45.0, "years"),
    "alendronate_usual": (10.0, "mg/day"),
    "romosozumab_usual": (drugs.USUAL_ROMOSOZUMAB, "mg/month"),
    "ng_per_ug": (1000.0, "ng/ug"),
    "ng_per_mg": (1e6, "ng/mg"),
    "least_renewed": (skeleton.LEAST_RENEWED, "1"),
}


def to_sbml(life_or_person, courses=(), until: float = 80, *, ageing: bool = True, parameters=None) -> str:
    """Return one life as SBML text (level 3), from age 20 to `until`.

    Parameters
    ----------
    life_or_person : Life, Person or Plan
        A Life brings its courses, last age, ageing, parameters and links; the other arguments are then ignored.
    courses, until, ageing, parameters
        As in `osteolab.simulate`.

    Returns
    -------
    str
        SBML. Time is in years since age 20; states are those of `osteolab.equations.State`, 1 = healthy young
        adult. See the top of this module for what is exported as an equation and what as a curve.

    Raises
    ------
    InputError
        What `osteolab.simulate` does not accept, or parameters that are arrays.
    ModuleNotFoundError
        The package `antimony` is not installed.

    Examples
    --------
    >>> from osteolab import Person, sbml
    >>> text = sbml.to_antimony(Person("female", 52, menopause_age=50), until=60)
    >>> "rankl := handle_rankl" in text
    True
    """
    import antimony

    text = to_antimony(life_or_person, courses, until, ageing=ageing, parameters=parameters)
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise RuntimeError(f"the exported equations are not valid: {antimony.getLastError()}")
    return antimony.getSBMLString(antimony.getMainModuleName())


def to_antimony(life_or_person, courses=(), until: float = 80, *, ageing: bool = True, parameters=None) -> str:
    """Return one life as readable Antimony text; the arguments are those of `to_sbml`."""
    life = life_or_person
    if not isinstance(life, Life):
        life = simulate(life_or_person, courses, until, ageing=ageing, parameters=parameters)
    _check_scalars(life.parameters)
    sex = life.person.sex
    constants = CONSTANTS | {
        "testosterone_young": (usual("testosterone", sex, YOUNGEST), "ng/dL"),
        "ageing_on": (float(life.ageing), "1"),
    }
    equations = Template(_without_unused_drugs(life.courses)).safe_substitute(sex=sex, handles=_handle_equations())
    timeline = "\n".join(_timeline(life))
    return Template(equations).substitute(
        units="\n".join(_unit_lines(equations)),
        parameters="\n".join(_parameter_lines(equations + timeline, life.parameters)),
        constants="\n".join(_declare(name, value, unit) for name, (value, unit) in constants.items()),
        timeline=timeline,
    )


@cache
def _equations() -> str:
    """Return the equations in Antimony, with $names where a life puts its own lines."""
    return Path(__file__).with_name("sbml.ant").read_text(encoding="utf-8")


def _without_unused_drugs(courses) -> str:
    """Return the equations without the rate rules of drugs that are never given; their states stay at 0."""
    given = {course.what for course in courses}
    unused = {state for names, states in DRUG_STATES.items() if not given & set(names) for state in states}
    lines = _equations().split("\n")
    return "\n".join(line for line in lines if line.partition("'")[0].strip() not in unused)


def _check_scalars(parameters):
    for name, value in vars(parameters).items():
        if name != "weights" and not isinstance(value, (int, float)):
            raise InputError(
                f"parameter {name} is {shown(value)}; an exported model needs one number for each parameter"
            )


def _number(value):
    return repr(float(value))


def _declare(name, value, unit, label=""):
    line = f"  {name} = {_number(value)}; {name} has {_unit(unit)}"
    if label:
        quoted = label.replace('"', "'")
        line += f'; {name} is "{quoted}"'
    return line


def _unit(unit):
    """Return the name in the model of a unit of the tables; what is not in UNITS is a plain number."""
    plain = unit.removesuffix(PER_YEAR)
    name, _ = UNITS.get(plain, ("dimensionless", ""))
    if plain == unit:
        return name
    return "per_year" if name == "dimensionless" else f"{name}_per_year"


def _unit_lines(equations):
    """Yield the definitions of units and the unit of everything the equations compute."""
    for name, definition in UNITS.values():
        yield f"  unit {name} = {definition}"
    for unit in sorted(set(LEVEL_UNITS.values()) & set(UNITS)):
        name, definition = UNITS[unit]
        yield f"  unit {name}_per_year = {definition} / 31557600 second"
    yield "  unit time_unit = 31557600 second"
    for name in dict.fromkeys(re.findall(r"(\w+) *(?:'|:)?= ", equations)):
        yield f"  {name} has {_unit(COMPUTED_UNITS.get(name, '1'))}"


def _parameter_lines(text, p):
    used = set(re.findall(r"[A-Za-z_]\w*", text))
    for row in data.rows("parameters"):
        if row["name"] in used:
            yield _declare(row["name"], getattr(p, row["name"]), row["unit"], row["sentence"])
    for row in data.rows("signal_matrix"):
        signal, handle = row["signal"], row["handle"]
        if _weight(signal, handle) in used:
            yield _declare(_weight(signal, handle), p.weights[signal, handle], "1", row["sentence"])


def _weight(signal, handle):
    return f"weight_{signal}_{handle}"


def _handle_equations():
    known = {(row["signal"], row["handle"]) for row in data.rows("signal_matrix")}
    lines = ["\n  // handles: what the signals do to the crew, as ratios to a healthy young adult"]
    for handle in HANDLES:
        if f"handle_{handle}" not in _equations():
            continue
        terms = [f"{_weight(s, handle)} * signal_{s}" for s in SIGNALS if (s, handle) in known]
        if handle == "rankl":
            terms.append("supplement_rankl")
        lines.append(f"  handle_{handle} := exp({' + '.join(terms) or '0'})")
    return "\n".join(lines) + "\n"


# Levels and doses over time


class _Knot(NamedTuple):
    """A point of the curves: what has which value from that age (years) on, and which doses are given there."""

    age: float
    values: dict[str, float]  # levels, their slopes and what is held
    doses: list[tuple[str, str]]  # state, and what is added to it


def _timeline(life):
    """Return the lines of the levels over time: start values, rate rules and one event for each knot."""
    knots = _knots_of_life(life)
    first, *later = knots
    moving = {name for knot in knots for name, value in knot.values.items() if _is_slope(name) and value != 0}
    lines = []
    for name, value in first.values.items():
        if not _is_slope(name):
            lines.append(_declare(name, value, HELD_UNITS.get(name) or LEVEL_UNITS.get(name, "1")))
        elif name in moving:
            level = name.removesuffix("_slope")
            rate = _declare(name, value, LEVEL_UNITS.get(level, "1") + PER_YEAR)
            lines.append(f"  {level}' = {name};{rate}")
    lines += [f"  {state} = {dose}" for state, dose in first.doses]
    before = first.values
    for age, now, given in later:
        changes = [f"{k} = {_number(v)}" for k, v in now.items() if v != before[k]]
        changes += [f"{state} = {state} + {dose}" for state, dose in given]
        if changes:
            lines.append(f"  at (time >= {_number(age - YOUNGEST)}): {', '.join(changes)}")
        before = now
    return lines


def _is_slope(name):
    return name.endswith("_slope")


def _knots_of_life(life):
    """Return the knots of the curves of a life."""
    driver = Driver(life.person, life.parameters, life.ageing, links=life.links)
    doses = _doses(life.courses)
    menopause_age = life.person.menopause_age if life.ageing else None
    found = []
    for grid, active in time_grid(menopause_age, life.courses, life.until):
        held = _held(active, life.parameters)
        for age, levels, slopes in _knots(driver, active, grid[0], min(grid[-1], life.until)):
            found.append(_Knot(age, levels | slopes | held, doses.pop(age, [])))
    return found


def _held(active, p):
    sums: dict[str, float] = {}
    for course in active:
        sums[course.what] = sums.get(course.what, 0.0) + course.level
    hands = {c.what: c.level for c in active}
    return {
        "alendronate_dose": sums.get("alendronate", 0.0),
        "romosozumab_dose": sums.get("romosozumab", 0.0),
        "teriparatide_dose": sums.get("teriparatide", 0.0),
        "resorption_held": float("resorption_pace" in hands),
        "resorption_pace": hands.get("resorption_pace", 100.0) / 100,
        "formation_held": float("formation_pace" in hands),
        "formation_pace": hands.get("formation_pace", 100.0) / 100,
        "formation_delay": hands.get("formation_delay", p.preosteoblast_time + p.osteoblast_life),
    }


def _doses(courses):
    """Return {age: [(state, what is added), ...]} of infusions and injections."""
    found: dict[float, list[tuple[str, str]]] = {}
    for age, mg in drugs.infusions(courses).items():
        bound = f"{_number(mg)} mg / (1 + {_number(mg)} mg / bisphosphonate_capacity) * renewed^bisphosphonate_uptake"
        found.setdefault(age, []).append(("bisphosphonate", bound))
    injected: dict[float, float] = {}
    for age, mg in drugs.injections(courses):
        injected[age] = injected.get(age, 0.0) + mg
    for age, mg in injected.items():
        found.setdefault(age, []).append(("denosumab_depot", f"{_number(mg)} mg * ng_per_mg / denosumab_weight"))
    return found


def _knots(driver, active, start, stop):
    """Return [(age, levels, slopes per year), ...] of one stretch without jumps, as dicts by name."""

    def levels(age):
        found = driver.endocrine.levels(age, active)
        return tuple(getattr(found, name) for name in EXPORTED)

    first, last = (start, levels(start)), (stop, levels(stop))
    points = [first, *_between(levels, first, last), last]
    knots = []
    for (a, low), (b, high) in pairwise(points):
        names = [_level_id(name) for name in EXPORTED]
        slopes = {f"{n}_slope": (y - x) / (b - a) for n, x, y in zip(names, low, high, strict=True)}
        knots.append((a, dict(zip(names, low, strict=True)), slopes))
    return knots


def _between(levels, first, last):
    """Return the points needed between two points so that straight lines follow the levels."""
    (a, low), (b, high) = first, last
    half, at_half = (a + b) / 2, levels((a + b) / 2)
    quarters = [(share, levels(a + share * (b - a))) for share in (0.25, 0.75)]
    if b - a < LEAST_STEP or all(_straight(low, high, *point) for point in [(0.5, at_half), *quarters]):
        return []
    middle = half, at_half
    return [*_between(levels, first, middle), middle, *_between(levels, middle, last)]


def _straight(low, high, share, values):
    on_line = [x + share * (y - x) for x, y in zip(low, high, strict=True)]
    return all(abs(v - line) <= TOLERANCE * abs(v) for v, line in zip(values, on_line, strict=True))


def _level_id(field):
    return "supplement_rankl" if field == "rankl" else field
