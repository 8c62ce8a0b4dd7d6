"""Layer 5, readouts: what a scanner, a laboratory and a clinic would show, as functions of a life's states.

Equations
---------
LH           a man's call on his testes, from the brake of his levels (endocrine)
RANKL/OPG    crew RANKL * exp((marrow weight - weight) * estrogen lack);  OPG = exp(-share * (cortisol, teriparatide))
BMD          (reference mean of the sex + peak_sd * SD) * mineral mass of the site / that of a young adult
reading      what a scanner prints: at the spine worn joints add to it after 55, and that is not bone
T-score      (BMD - young mean) / SD, young white women of NHANES for the WHO classes, own sex beside it
markers      CTX = 100 * (resorption of the whole skeleton)**a, P1NP likewise from formation
strength     100 * density**a * connections**b * glycation**-c
fractures    gradient per SD * (CTX/reference)**d * reference/connections * what hormones add beyond density

Each function takes the `Columns` of a life and, where it is read at a site, the site; it returns one value for each
age of the time grid. `READOUTS` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from math import e as EULER
from operator import attrgetter
from typing import Any, TypeVar, TypeVarTuple

from osteolab import crew, data, skeleton
from osteolab.data import Parameters
from osteolab.endocrine import Endocrine
from osteolab.equations import Both, State, Track, flows, tissues
from osteolab.errors import InputError, shown
from osteolab.gh_day import trough_at
from osteolab.interpolation import linear
from osteolab.person import Person
from osteolab.quantities import quantity, sites
from osteolab.signals import SIGNALS, Signals
from osteolab.skeleton import Flow
from osteolab.treatments import Course, in_force
from osteolab.values import Value

# The woman fracture risk is compared with: 65, untreated, last period at 51, T-score -1; her CTX, connections
# and hormonal risk are those the calculator gives her (tested).
REFERENCE_T, REFERENCE_CTX, REFERENCE_CONNECTIONS, REFERENCE_HORMONES = -1.0, 165.1, 0.883, 1.084


Read = TypeVar("Read")
Where = TypeVarTuple("Where")


@dataclass(eq=False)
class Columns:
    """A life as computed, column by column, and the columns that have been read off it so far.

    Attributes
    ----------
    person, ageing, parameters
        Whose life, whether it ages, and with which numbers.
    track : Track
        Ages, states, levels and drives on the time grid.
    courses : tuple of Course
        What is held or given.
    """

    person: Person
    ageing: bool
    parameters: Parameters
    track: Track
    courses: tuple[Course, ...] = ()
    _read: dict[Any, Any] = field(default_factory=dict)

    @property
    def ages(self) -> list[float]:
        """The time grid, years."""
        return self.track.ages

    @property
    def states(self) -> list[State]:
        """The crew and the skeleton at each age."""
        return self.track.states

    @property
    def active(self) -> list[tuple[Course, ...]]:
        """The courses that act at each age; at a start or stop those of just before it, as levels have it."""
        first, *later = self.ages
        courses = in_force(self.courses)
        before = [tuple(c for c in courses if c.start < age and (c.stop is None or age <= c.stop)) for age in later]
        return [tuple(c for c in courses if c.active(first)), *before]

    def column(self, read: Callable[[Columns, *Where], Read], *where: *Where) -> Read:
        """Return what a function of these columns reads (at a site), which is computed once."""
        key = read, *where
        if key not in self._read:
            self._read[key] = read(self, *where)
        found: Read = self._read[key]
        return found


# References and classes


@dataclass(frozen=True)
class Reference:
    """Mean and SD of a density reference, g/cm2 (mg/cm3 in the trabecular spine)."""

    mean: float
    sd: float


@cache
def reference(site: str, sex: str) -> Reference:
    """Return the young-adult density reference of a site and sex (data/bmd_reference.csv).

    Raises
    ------
    InputError
        If none was found for the site.
    """
    wanted = ("own_sex", "t_score") if sex == "male" else ("t_score", "own_sex")
    for use in wanted:
        for row in data.rows("bmd_reference"):
            if (row["site"], row["sex"], row["use"]) == (site, sex, use):
                return Reference(float(row["mean"]), float(row["sd"]))
    raise _nothing_at(site, "no density of young adults was found", (row["site"] for row in data.rows("bmd_reference")))


def _nothing_at(site: str, what: str, known: Iterable[str]) -> InputError:
    there = ", ".join(dict.fromkeys(known))
    return InputError(f"site is {shown(site)}; {what} there; the sites with one are {there}")


@cache
def _densities_by_age(site: str, sex: str) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    """Return the ages of data/bmd_by_age.csv for a site and sex, and (mean, SD) at each of them."""
    rows = [row for row in data.rows("bmd_by_age") if (row["site"], row["sex"]) == (site, sex)]
    found = sorted((float(row["age"]), (float(row["mean"]), float(row["sd"]))) for row in rows)
    return tuple(age for age, _ in found), tuple(density for _, density in found)


def usual_density(site: str, sex: str, age: float) -> tuple[float, float]:
    """Return mean and SD of the density of people of that sex and age (data/bmd_by_age.csv).

    Raises
    ------
    InputError
        If none was found for the site.
    """
    ages, densities = _densities_by_age(site, sex)
    if not ages:
        raise _nothing_at(
            site, "no density of people by age was found", (row["site"] for row in data.rows("bmd_by_age"))
        )
    mean, sd = linear(ages, densities, age)
    return mean, sd


@cache
def class_limits(method: str) -> tuple[float, float]:
    """Return the limits (osteoporosis, normal) of a method, "dxa" in T-scores or "qct" in mg/cm3."""
    high = {r["class"]: r["low"] for r in data.rows("density_classes") if r["method"] == method}
    return float(high["low_bone_mass"]), float(high["normal"])


def who_class(t_score: float) -> str:
    """Return the WHO class of a T-score (SD) as it is printed: normal, low bone mass (osteopenia) or osteoporosis."""
    # A clinic reads the class off the printed number: one that prints as -2.5 must not be called low bone mass.
    printed = quantity("t_score").rounded(t_score)
    osteoporosis, normal = class_limits("dxa")
    if printed <= osteoporosis:
        return "osteoporosis"
    return "normal" if printed >= normal else "low bone mass"


def density_class(site: str, bmd: float, t_score: float) -> str:
    """Return the class of a density as it is printed: by T-score (SD), in the trabecular spine by mg/cm3 (QCT)."""
    if site != "trabecular_spine":
        return who_class(t_score)
    printed = quantity("bmd", site).rounded(bmd)
    osteoporosis, normal = class_limits("qct")
    if printed < osteoporosis:
        return "osteoporosis"
    return "normal" if printed > normal else "low bone mass"


# Messengers: signals between glands and between cells


def lh(life: Columns) -> list[Value]:
    """Return a man's LH, ratio to usual for his age (see `Endocrine.lh`; a woman's is refused with an InputError)."""
    axis = Endocrine(life.person, life.parameters, life.ageing)
    return [axis.lh(age, active) for age, active in zip(life.ages, life.active, strict=True)]


def gh_trough(life: Columns) -> list[Value]:
    """Return growth hormone just before a pulse, ug/L (see `osteolab.gh_day`)."""
    pairs = zip(life.ages, life.active, strict=True)
    return [trough_at(age, active, life.parameters, ageing=life.ageing) for age, active in pairs]


def rankl(life: Columns) -> list[Value]:
    """Return the RANKL on marrow cells that is free to be met, ratio to a young adult.

    The RANKL of the crew, which drives resorption, with the effect of estrogen lack as large as it was measured on
    marrow cells (Eghbali-Fatourechi 2003 J Clin Invest 111:1221-1230) and without what OPG carries. Denosumab binds it.
    """
    p = life.parameters
    signals = Signals(life.person.sex, p)
    beyond = p.rankl_estrogen_lack - p.weights["estrogen_lack", "rankl"]
    rows = zip(life.states, life.track.levels, life.track.drives, life.column(opg), strict=True)
    return [
        crew.rankl(x.sclerostin, x.compensation, x.teriparatide_slow, drive, p)
        * EULER ** (beyond * signals.signals(levels)[SIGNALS.index("estrogen_lack")])
        * decoy
        for x, levels, drive, decoy in rows
    ]


def opg(life: Columns) -> list[Value]:
    """Return OPG, the decoy of RANKL, ratio to a young adult.

    A share of what cortisol and teriparatide do to RANKL against OPG is a fall of OPG. Estrogen leaves it alone: in
    serum it is not lower after menopause.
    """
    p = life.parameters
    signals, weight = Signals(life.person.sex, p), p.weights["cortisol", "rankl"]
    rows = zip(life.states, life.track.levels, strict=True)
    return [
        EULER
        ** (
            -p.opg_share
            * (weight * signals.signals(levels)[SIGNALS.index("cortisol")] + p.teriparatide_rankl * x.teriparatide_slow)
        )
        for x, levels in rows
    ]


# Flows and markers


def tissue_flows(life: Columns) -> list[Both[Flow]]:
    """Return formation and resorption of both tissues, share of young volume per year."""
    p, renewal = life.parameters, tissues(life.parameters)
    pairs = zip(life.states, life.track.drives, strict=True)
    return [flows(x, drive, p, renewal) for x, drive in pairs]


def _pace(life: Columns, share: Value, flow: str) -> list[Value]:
    """Return formation or resorption (the name of a flow) where `share` of the bone is trabecular, percent of young."""
    p = life.parameters
    young = share * p.turnover_trabecular + (1 - share) * p.turnover_cortical
    scale = 100 / young
    of = attrgetter(flow)
    return [scale * (share * of(t) + (1 - share) * of(c)) for t, c in life.column(tissue_flows)]


def trabecular_share(life: Columns, site: str) -> Value:
    """Return the share of trabecular bone of a site (0 to 1); a biopsy of the iliac crest takes nothing else."""
    return 1.0 if site == "iliac_crest" else getattr(life.parameters, f"share_{site}")


def formation(life: Columns, site: str) -> list[Value]:
    """Return the bone formed at a site, percent of a young adult."""
    return _pace(life, trabecular_share(life, site), "formation")


def resorption(life: Columns, site: str) -> list[Value]:
    """Return the bone resorbed at a site, percent of a young adult."""
    return _pace(life, trabecular_share(life, site), "resorption")


def ctx(life: Columns) -> list[Value]:
    """Return the marker of resorption in blood, percent of a young adult."""
    p = life.parameters
    return [100 * (x / 100) ** p.ctx_exponent for x in _pace(life, p.share_skeleton, "resorption")]


def p1np(life: Columns) -> list[Value]:
    """Return the marker of formation in blood, percent of a young adult."""
    p = life.parameters
    return [100 * (x / 100) ** p.p1np_exponent for x in _pace(life, p.share_skeleton, "formation")]


# Bone


def _mixed(share: Value, trabecular: Iterable[Value], cortical: Iterable[Value]) -> list[Value]:
    return [share * t + (1 - share) * c for t, c in zip(trabecular, cortical, strict=True)]


def bone_volume(life: Columns, site: str) -> list[Value]:
    """Return the bone volume of a site, percent of a young adult."""
    trabecular, cortical = [100 * x.trabecular for x in life.states], [100 * x.cortical for x in life.states]
    return _mixed(trabecular_share(life, site), trabecular, cortical)


def trabecular_mass(life: Columns) -> list[Value]:
    """Return the mineral of trabecular bone, ratio to the first age."""
    p, mass = life.parameters, skeleton.mineral_mass
    return _to_the_first([mass(x.trabecular, x.trabecular_young, x.trabecular_maturing, p) for x in life.states])


def cortical_mass(life: Columns) -> list[Value]:
    """Return the mineral of cortical bone, ratio to the first age."""
    p, mass = life.parameters, skeleton.mineral_mass
    return _to_the_first([mass(x.cortical, x.cortical_young, x.cortical_maturing, p) for x in life.states])


def _to_the_first(values: list[Value]) -> list[Value]:
    first = values[0]
    return [value / first for value in values]


def mineral_mass(life: Columns, site: str) -> list[Value]:
    """Return the mineral of a site, ratio to the first age."""
    return _mixed(trabecular_share(life, site), life.column(trabecular_mass), life.column(cortical_mass))


def mineral(life: Columns, site: str) -> list[Value]:
    """Return how much mineral a volume of bone holds, percent of a young adult."""
    pairs = zip(life.column(mineral_mass, site), life.column(bone_volume, site), strict=True)
    return [10000 * m / v for m, v in pairs]


def peak_density(person: Person, site: str) -> float:
    """Return the density of a person as a young adult, g/cm2 (mg/cm3 in the trabecular spine)."""
    ref = reference(site, person.sex)
    return ref.mean + person.peak_bone_mass_sd * ref.sd


def bmd(life: Columns, site: str) -> list[Value]:
    """Return the bone mineral density, g/cm2 (mg/cm3 in the trabecular spine)."""
    peak = peak_density(life.person, site)
    return [peak * m for m in life.column(mineral_mass, site)]


def bmd_reading(life: Columns, site: str) -> list[Value]:
    """Return the density as a scanner prints it, in the unit of `bmd`."""
    bone = life.column(bmd, site)
    if site != "lumbar_spine" or not life.ageing:
        return bone
    p = life.parameters
    yearly = p.degeneration_male if life.person.sex == "male" else p.degeneration_female
    return [b * (1 + yearly / 100 * max(0.0, a - p.degeneration_age)) for b, a in zip(bone, life.ages, strict=True)]


def t_score(life: Columns, site: str) -> list[Value]:
    """Return the T-score against young women, SD."""
    ref = reference(site, "female")
    return [(b - ref.mean) / ref.sd for b in life.column(bmd, site)]


def t_score_own_sex(life: Columns, site: str) -> list[Value]:
    """Return the T-score against young people of the same sex, SD."""
    ref = reference(site, life.person.sex)
    return [(b - ref.mean) / ref.sd for b in life.column(bmd, site)]


def z_score(life: Columns, site: str) -> list[Value]:
    """Return the Z-score: distance from people of the same sex and age, SD."""
    pairs = zip(life.column(bmd, site), life.column(_usual, site), strict=True)
    return [(b - mean) / sd for b, (mean, sd) in pairs]


def between_people_sd(life: Columns, site: str) -> list[Value]:
    """Return the spread between people of that sex and age, whatever their hormones, in the unit of `bmd`."""
    return [sd for _, sd in life.column(_usual, site)]


def _usual(life: Columns, site: str) -> list[tuple[float, float]]:
    return [usual_density(site, life.person.sex, age) for age in life.ages]


# Architecture, strength, fractures


def connectivity(life: Columns) -> list[Value]:
    """Return the connections between trabeculae, percent of a young adult."""
    return [100 * x.connections for x in life.states]


def trabecular_number(life: Columns) -> list[Value]:
    """Return the trabeculae along a line, percent of a young adult."""
    return [100 * skeleton.trabecular_number(x.connections) for x in life.states]


def thickness(life: Columns) -> list[Value]:
    """Return the thickness of the trabeculae, percent of a young adult."""
    return [100 * x.trabecular / skeleton.trabecular_number(x.connections) for x in life.states]


def glycation(life: Columns) -> list[Value]:
    """Return the sugar on the collagen of trabecular bone, percent of a young adult."""
    return [100 * x.glycation for x in life.states]


def strength(life: Columns, site: str) -> list[Value]:
    """Return the strength of a site, percent of an average young adult of that sex."""
    p = life.parameters
    a, b, c = p.strength_density_exponent, p.strength_connectivity_exponent, p.strength_glycation_exponent
    start = peak_density(life.person, site) / reference(site, life.person.sex).mean
    pairs = zip(life.column(mineral_mass, site), life.states, strict=True)
    return [100 * (start * m) ** a * x.connections**b * x.glycation**-c for m, x in pairs]


def fracture_gradient(p: Parameters, site: str) -> Value:
    """Return how many times the fracture risk grows for each SD less density at a site.

    Raises
    ------
    InputError
        If the calculator has no gradient for the site.
    """
    gradient = getattr(p, f"fracture_gradient_{site}", None)
    if gradient is None:
        known = (name for name in sites() if hasattr(p, f"fracture_gradient_{name}"))
        raise _nothing_at(site, "the calculator has no fracture risk by density", known)
    return gradient


def fracture_risk(life: Columns, site: str) -> list[Value]:
    """Return the fracture risk, ratio to an untreated woman of 65 with a T-score of -1."""
    p, ref = life.parameters, reference(site, "female")
    gradient = fracture_gradient(p, site)
    rows = zip(life.column(bmd, site), life.column(ctx), life.states, life.track.drives, strict=True)
    return [
        gradient ** (REFERENCE_T - (b - ref.mean) / ref.sd)
        * (turnover / REFERENCE_CTX) ** p.fracture_turnover_exponent
        * (REFERENCE_CONNECTIONS / x.connections)
        * (d.handles.fracture / REFERENCE_HORMONES)
        for b, turnover, x, d in rows
    ]


def fracture_rate(life: Columns, kind: str) -> list[Value]:
    """Return the fracture rate over a young adult's: density of the bone that breaks, turnover, hormones."""
    p = life.parameters
    site, power = {
        "vertebral_fracture": ("trabecular_spine", p.fracture_power_vertebral),
        "hip_fracture": ("femoral_neck", p.fracture_power_hip),
    }.get(kind, ("total_hip", p.fracture_power_nonvertebral))
    share = 1.0 if kind in ("vertebral_fracture", "hip_fracture") else p.fracture_share_nonvertebral
    rows = zip(life.column(mineral_mass, site), life.column(ctx), life.track.drives, strict=True)
    return [
        m**-power * (turnover / 100) ** p.fracture_turnover_exponent * d.handles.fracture**share
        for m, turnover, d in rows
    ]


READOUTS: dict[str, Callable[..., list[Value]]] = {
    read.__name__: read
    for read in (
        *(
            lh,
            gh_trough,
            rankl,
            opg,
            ctx,
            p1np,
            bmd,
            bmd_reading,
            t_score,
            t_score_own_sex,
            z_score,
            between_people_sd,
            resorption,
            formation,
        ),
        *(bone_volume, mineral, strength, fracture_risk, fracture_rate),
        *(connectivity, trabecular_number, thickness, glycation),
    )
}
