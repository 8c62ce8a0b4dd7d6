"""Layer 5, readouts: what a scanner, a laboratory and a clinic would show.

Equations
---------
BMD          (reference mean of the sex + peak_sd * SD) * mineral mass of the site / that of a young adult
reading      what a scanner prints: at the spine worn joints add to it after 55, and that is not bone
T-score      (BMD - young mean) / SD, young white women of NHANES for the WHO classes, own sex beside it
markers      CTX = 100 * (resorption of the whole skeleton)**a, P1NP likewise from formation
strength     100 * density**a * connections**b * glycation**-c
fractures    gradient per SD * (CTX/reference)**d * reference/connections * what hormones add beyond density
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, fields
from functools import cache

from osteolab import data, skeleton
from osteolab.errors import choice, need, number
from osteolab.person import YOUNGEST
from osteolab.simulate import flows

SITES = ("lumbar_spine", "total_hip", "femoral_neck", "trabecular_spine")
LONG_STEPS = 2.5  # times the usual steps, where only the difference of two lives is wanted
OTHER_SITES = ("distal_radius", "iliac_crest")
FRACTURES = ("vertebral_fracture", "hip_fracture", "nonvertebral_fracture", "any_fracture")
LEVELS = {
    "estradiol": "pg/mL",
    "testosterone": "ng/dL",
    "igf1": "ng/mL",
    "cortisol": "ug/dL",
    "homa_ir": "HOMA-IR",
    "il6": "pg/mL",
}
MARKERS = dict.fromkeys(("ctx", "p1np"), "percent_of_young_adult")
CELLS = dict.fromkeys(
    ("precursors", "osteoclasts", "preosteoblasts", "osteoblasts", "sclerostin"), "ratio_to_young_adult"
)
AT_SITE = {
    "bmd": "g/cm2",
    "bmd_reading": "g/cm2",
    "t_score": "SD",
    "t_score_own_sex": "SD",
    "z_score": "SD",
    "resorption": "percent_of_young_adult",
    "formation": "percent_of_young_adult",
    "bone_volume": "percent_of_young_adult",
    "mineral": "percent_of_young_adult",
    "strength": "percent_of_young_adult",
    "fracture_risk": "ratio_to_woman_of_65_at_T_-1",
}
HAZARD = {"fracture_rate": "ratio_to_young_adult"}
AT_CORE = dict.fromkeys(("connectivity", "trabecular_number", "thickness", "glycation"), "percent_of_young_adult")
ERRORS = ("bmd_sd", "t_score_sd", "ctx_sd", "p1np_sd", "strength_sd", "between_people_sd")
# The woman fracture risk is compared with: 65, untreated, last period at 51, T-score -1; her CTX, connections
# and hormonal risk are those the calculator gives her (tested).
REFERENCE_T, REFERENCE_CTX, REFERENCE_CONNECTIONS, REFERENCE_HORMONES = -1.0, 148.8, 0.874, 1.085


@cache
def quantities() -> dict[str, str]:
    """Return every quantity a Life can show, with its unit."""
    errors = {"bmd_sd": "g/cm2", "t_score_sd": "SD", "between_people_sd": "g/cm2"}
    errors |= dict.fromkeys(ERRORS[2:5], "percent_of_young_adult")
    return LEVELS | MARKERS | CELLS | AT_SITE | AT_CORE | HAZARD | errors


@dataclass(frozen=True)
class Reference:
    """Mean and SD of a density reference."""

    mean: float
    sd: float
    unit: str


@cache
def reference(site: str, sex: str) -> Reference:
    """Return the young-adult density reference of a site and sex (data/bmd_reference.csv)."""
    wanted = ("own_sex", "t_score") if sex == "male" else ("t_score", "own_sex")
    for use in wanted:
        for row in data.rows("bmd_reference"):
            if (row["site"], row["sex"], row["use"]) == (site, sex, use):
                return Reference(float(row["mean"]), float(row["sd"]), row["unit"])
    raise KeyError((site, sex))


@cache
def _mean_by_age(site, sex):
    rows = [r for r in data.rows("bmd_by_age") if (r["site"], r["sex"]) == (site, sex)]
    return tuple(sorted((float(r["age"]), float(r["mean"]), float(r["sd"])) for r in rows))


def usual_density(site: str, sex: str, age: float) -> tuple[float, float]:
    """Return mean and SD of the density of people of that sex and age (data/bmd_by_age.csv)."""
    points = _mean_by_age(site, sex)
    ages = [p[0] for p in points]
    i = bisect_right(ages, age)
    if i == 0 or i == len(points):
        return points[min(i, len(points) - 1)][1:]
    (a0, m0, s0), (a1, m1, s1) = points[i - 1], points[i]
    share = (age - a0) / (a1 - a0)
    return m0 + share * (m1 - m0), s0 + share * (s1 - s0)


@cache
def class_limits(method: str) -> tuple[float, float]:
    """Return the limits (osteoporosis, normal) of a method, "dxa" in T-scores or "qct" in mg/cm3."""
    high = {r["class"]: r["low"] for r in data.rows("density_classes") if r["method"] == method}
    return float(high["low_bone_mass"]), float(high["normal"])


def who_class(t_score: float) -> str:
    """Return the WHO class of a T-score: normal, low bone mass (osteopenia) or osteoporosis."""
    osteoporosis, normal = class_limits("dxa")
    if t_score <= osteoporosis:
        return "osteoporosis"
    return "normal" if t_score >= normal else "low bone mass"


def density_class(site: str, bmd: float, t_score: float) -> str:
    """Return the class of a density: by T-score in DXA, by the QCT limits (mg/cm3) in the trabecular spine."""
    if site != "trabecular_spine":
        return who_class(t_score)
    osteoporosis, normal = class_limits("qct")
    if bmd < osteoporosis:
        return "osteoporosis"
    return "normal" if bmd > normal else "low bone mass"


@dataclass(frozen=True)
class Scan:
    """All that is read at one age and site. A name ending in `_sd` is one standard error of the calculator."""

    age: float
    site: str
    bmd: float
    bmd_reading: float
    bmd_unit: str
    t_score: float
    t_score_own_sex: float
    z_score: float
    who_class: str
    who_class_applies: bool
    ctx: float
    p1np: float
    resorption: float
    formation: float
    bone_volume: float
    bone_balance: float
    mineral: float
    strength: float
    connectivity: float
    thickness: float
    fracture_risk: float
    bmd_sd: float
    t_score_sd: float
    ctx_sd: float
    p1np_sd: float
    strength_sd: float
    between_people_sd: float


SCANNED = tuple(f.name for f in fields(Scan) if f.name in quantities())


class Life:
    """One person's life as computed: levels, cells, bone and readouts from age 20 to `until`.

    Attributes
    ----------
    person, courses, until, ageing
        What was asked.
    ages : tuple of float
        The time grid, years. At a start or stop the values are those just before it.
    """

    def __init__(self, person, courses, until, ageing, parameters, ages, states, levels, drives, variant=None):
        self.person, self.courses, self.until, self.ageing = person, courses, until, ageing
        self.parameters, self.ages = parameters, tuple(ages)
        self._states, self._levels, self._drives = states, levels, drives
        self._cache, self._variant = {}, variant

    def __repr__(self):
        scan = self.at(min(self.until, max(self.person.age, 50)))
        return (
            f"Life of {self.person.describe()}, to {self.until:g}: spine {scan.bmd:.3f} {scan.bmd_unit} at {scan.age:g}"
        )

    def series(self, quantity: str, site: str | None = None, ages=None) -> list:
        """Return a quantity over time.

        Parameters
        ----------
        quantity : str
            See `quantities()`.
        site : str, optional
            One of SITES for a quantity that is read at a site (spine by default); ignored otherwise.
        ages : sequence of float, optional
            Ages in years; without them the time grid of the Life. Between grid points: linear.

        Returns
        -------
        list of float (of arrays if the parameters were arrays)
        """
        values = self._grid(quantity, self._site(quantity, site))
        return list(values) if ages is None else [self._between(values, age) for age in ages]

    def value(self, quantity: str, age: float, site: str | None = None):
        """Return a quantity at one age (years)."""
        age = number(age, "age", "years", YOUNGEST, self.until, "that is the life that was computed")
        return self._between(self._grid(quantity, self._site(quantity, site)), age)

    def unit(self, quantity: str, site: str | None = None) -> str:
        """Return the unit of a quantity at a site."""
        if quantity in ("bmd", "bmd_reading", "bmd_sd", "between_people_sd") and site == "trabecular_spine":
            return "mg/cm3"
        return quantities()[quantity]

    def at(self, age: float, site: str = "lumbar_spine") -> Scan:
        """Return all readouts at an age (years) and site."""
        values = {name: self.value(name, age, site) for name in SCANNED}
        return Scan(
            age=age,
            site=site,
            bmd_unit=self.unit("bmd", site),
            who_class=density_class(site, values["bmd"], values["t_score"]),
            who_class_applies=self.who_class_applies(age),
            bone_balance=values["bone_volume"] - 100,
            **values,
        )

    def who_class_applies(self, age: float) -> bool:
        """Whether the WHO classes are meant for this person: women after menopause, men from 50."""
        if self.person.sex == "male":
            return age >= 50
        return self.person.menopause_age is not None and age >= self.person.menopause_age

    def table(self, ages=None):
        """Return a tidy pandas DataFrame: age_years, quantity, site, value, unit."""
        pd = need("pandas", "a table of a life")

        times = list(self.ages if ages is None else ages)
        parts = [
            {
                "age_years": times,
                "quantity": name,
                "site": site,
                "value": self.series(name, site, ages),
                "unit": self.unit(name, site),
            }
            for name, site in _all_columns()
        ]
        return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)

    def _site(self, quantity, site):
        choice(quantity, "quantity", quantities())
        if quantity in AT_SITE or quantity in ("bmd_sd", "t_score_sd", "strength_sd", "between_people_sd"):
            return choice(site or "lumbar_spine", "site", SITES + OTHER_SITES)
        if quantity in HAZARD:
            return choice(site or "any_fracture", "site", FRACTURES)
        return None

    def _between(self, values, age):
        i = bisect_right(self.ages, age)
        if i == len(self.ages):
            return values[-1]
        a0, a1 = self.ages[i - 1], self.ages[i]
        return values[i - 1] + (age - a0) / (a1 - a0) * (values[i] - values[i - 1])

    def _grid(self, quantity, site):
        key = quantity, site
        if key not in self._cache:
            self._cache[key] = self._compute(quantity, site)
        return self._cache[key]

    def _compute(self, quantity, site):
        if quantity in LEVELS:
            return [getattr(level, quantity) for level in self._levels]
        if quantity in CELLS:
            return [getattr(state, quantity) for state in self._states]
        return getattr(self, f"_{quantity}")(site) if site else getattr(self, f"_{quantity}")()

    # flows and markers

    def _flows(self):
        if "flows" not in self._cache:
            pairs = zip(self._states, self._drives, strict=True)
            self._cache["flows"] = [flows(x, drive, self.parameters) for x, drive in pairs]
        return self._cache["flows"]

    def _pace(self, share, index):
        p = self.parameters
        young = share * p.turnover_trabecular + (1 - share) * p.turnover_cortical
        scale = 100 / young
        return [scale * (share * t[index] + (1 - share) * c[index]) for t, c in self._flows()]

    def _share(self, site):
        if site == "iliac_crest":
            return 1.0
        return getattr(self.parameters, f"share_{site}")

    def _formation(self, site):
        return self._pace(self._share(site), 0)

    def _resorption(self, site):
        return self._pace(self._share(site), 1)

    def _ctx(self):
        p = self.parameters
        return [100 * (x / 100) ** p.ctx_exponent for x in self._pace(p.share_skeleton, 1)]

    def _p1np(self):
        p = self.parameters
        return [100 * (x / 100) ** p.p1np_exponent for x in self._pace(p.share_skeleton, 0)]

    # bone

    def _mix(self, trabecular, cortical, site):
        share = self._share(site)
        return [share * t + (1 - share) * c for t, c in zip(trabecular, cortical, strict=True)]

    def _bone_volume(self, site):
        return self._mix([100 * x.trabecular for x in self._states], [100 * x.cortical for x in self._states], site)

    def _relative_mass(self, tissue):
        key = "mass", tissue
        if key not in self._cache:
            p, start = self.parameters, {"trabecular": 5, "cortical": 8}[tissue]
            young = self._states[0]
            whole = skeleton.mineral_mass(*_volume_young_maturing(young, start), p)
            masses = [skeleton.mineral_mass(*_volume_young_maturing(x, start), p) for x in self._states]
            self._cache[key] = [mass / whole for mass in masses]
        return self._cache[key]

    def _mass(self, site):
        return self._mix(self._relative_mass("trabecular"), self._relative_mass("cortical"), site)

    def _mineral(self, site):
        return [10000 * m / v for m, v in zip(self._mass(site), self._grid("bone_volume", site), strict=True)]

    def _peak(self, site):
        ref = reference(site, self.person.sex)
        return ref.mean + self.person.peak_bone_mass_sd * ref.sd

    def _bmd(self, site):
        peak = self._peak(site)
        return [peak * m for m in self._mass(site)]

    def _bmd_reading(self, site):
        bone = self._grid("bmd", site)
        if site != "lumbar_spine" or not self.ageing:
            return bone
        p = self.parameters
        yearly = p.degeneration_male if self.person.sex == "male" else p.degeneration_female
        return [b * (1 + yearly / 100 * max(0.0, a - p.degeneration_age)) for b, a in zip(bone, self.ages, strict=True)]

    def _t_score(self, site):
        ref = reference(site, "female")
        return [(b - ref.mean) / ref.sd for b in self._grid("bmd", site)]

    def _t_score_own_sex(self, site):
        ref = reference(site, self.person.sex)
        return [(b - ref.mean) / ref.sd for b in self._grid("bmd", site)]

    def _z_score(self, site):
        pairs = zip(self._grid("bmd", site), self.ages, strict=True)
        usual = [(b, usual_density(site, self.person.sex, a)) for b, a in pairs]
        return [(b - mean) / sd for b, (mean, sd) in usual]

    # architecture, strength, fractures

    def _connectivity(self):
        return [100 * x.connections for x in self._states]

    def _trabecular_number(self):
        return [100 * skeleton.trabecular_number(x.connections) for x in self._states]

    def _thickness(self):
        return [100 * x.trabecular / skeleton.trabecular_number(x.connections) for x in self._states]

    def _glycation(self):
        return [100 * x.glycation for x in self._states]

    def _strength(self, site):
        p = self.parameters
        a, b, c = p.strength_density_exponent, p.strength_connectivity_exponent, p.strength_glycation_exponent
        start = self._peak(site) / reference(site, self.person.sex).mean
        return [
            100 * (start * m) ** a * x.connections**b * x.glycation**-c
            for m, x in zip(self._mass(site), self._states, strict=True)
        ]

    def _fracture_risk(self, site):
        p, ref = self.parameters, reference(site, "female")
        gradient = getattr(p, f"fracture_gradient_{site}")
        rows = zip(self._grid("bmd", site), self._grid("ctx", None), self._states, self._drives, strict=True)
        return [
            gradient ** (REFERENCE_T - (b - ref.mean) / ref.sd)
            * (ctx / REFERENCE_CTX) ** p.fracture_turnover_exponent
            * (REFERENCE_CONNECTIONS / x.connections)
            * (d.handles.fracture / REFERENCE_HORMONES)
            for b, ctx, x, d in rows
        ]

    def _fracture_rate(self, kind):
        """Return the fracture rate over a young adult's: density of the bone that breaks, turnover, hormones."""
        p = self.parameters
        site, power = {
            "vertebral_fracture": ("trabecular_spine", p.fracture_power_vertebral),
            "hip_fracture": ("femoral_neck", p.fracture_power_hip),
        }.get(kind, ("total_hip", p.fracture_power_nonvertebral))
        share = 1.0 if kind in ("vertebral_fracture", "hip_fracture") else p.fracture_share_nonvertebral
        rows = zip(self._mass(site), self._grid("ctx", None), self._drives, strict=True)
        return [
            m**-power * (ctx / 100) ** p.fracture_turnover_exponent * d.handles.fracture**share for m, ctx, d in rows
        ]

    # standard errors: the uncertainty of the parameters, and the distance from published group means

    def _variants(self):
        """Return this life and the same with the parameters one standard error away in each direction.

        All of them on one grid of longer steps: only their differences are used.
        """
        from osteolab.simulate import _run

        if self._variant != 0:
            return []
        if "variants" not in self._cache:
            plan = self.person, self.courses, self.until, self.ageing
            numbers = range(data.directions() + 1)
            self._cache["variants"] = [_run(*plan, data.variant(k), k, LONG_STEPS) for k in numbers]
        return self._cache["variants"]

    def _standard_error(self, quantity, site, floor):
        """Return the standard error of a quantity, not below `floor` (in its unit)."""
        lives = self._variants()
        if not lives:
            return [floor for _ in self.ages]
        base, *others = (life._grid(quantity, site) for life in lives)
        squares = [sum((x - value) ** 2 for x in moved) for value, *moved in zip(base, *others, strict=True)]
        errors = [(square + floor**2) ** 0.5 for square in squares]
        return [lives[0]._between(errors, age) for age in self.ages]

    def _bmd_sd(self, site):
        return self._standard_error("bmd", site, self.parameters.bmd_misfit / 100 * self._peak(site))

    def _t_score_sd(self, site):
        sd = reference(site, "female").sd
        return [x / sd for x in self._grid("bmd_sd", site)]

    def _ctx_sd(self):
        return self._standard_error("ctx", None, self.parameters.marker_misfit)

    def _p1np_sd(self):
        return self._standard_error("p1np", None, self.parameters.marker_misfit)

    def _strength_sd(self, site):
        floor = self.parameters.strength_density_exponent * self.parameters.bmd_misfit
        return self._standard_error("strength", site, floor)

    def _between_people_sd(self, site):
        """Spread between people of that sex and age (data/bmd_by_age.csv), whatever their hormones."""
        return [usual_density(site, self.person.sex, age)[1] for age in self.ages]


def _volume_young_maturing(state, start):
    return state[start], state[start + 1], state[start + 2]


def _all_columns():
    columns = [(name, "serum") for name in (*LEVELS, *MARKERS)] + [(name, "systemic") for name in CELLS]
    columns += [(name, site) for site in SITES for name in AT_SITE]
    return columns + [(name, "trabecular_spine") for name in AT_CORE]
