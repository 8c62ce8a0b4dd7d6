"""Layer 1, endocrine: a person and her treatments become levels over time.

Natural history first, then treatments, then levels held directly.

Equations
---------
Ovary        E2 = (E_young - E_after) / (1 + exp((age - (menopause - lead)) / width))      pg/mL
Aromatase    a woman's remaining E2 = E_after * T / T_usual * aromatase; a man's E2 = E_young/T_young * T * aromatase
             a drug leaves nearly nothing of it outside the ovaries of a woman, and a half in a man
Feedback     in men T/T_usual = M / (1 + (M - 1)*f**gain) + given/T_usual, with the pituitary's brake
             f = w * E2/E2_usual + (1 - w) * T/T_usual    (less estradiol, more testosterone: Burnett-Bowie 2009)
Call         own T/T_usual = working * LH, LH = M / (1 + (M - 1)*f**gain); pulses of GnRH keep LH at 1 at least
Dose         level = dose * share absorbed / clearance
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import e as EULER
from typing import NamedTuple

from osteolab import data
from osteolab.data import Parameters
from osteolab.errors import InputError
from osteolab.interpolation import linear
from osteolab.levels import Levels
from osteolab.links import Pushed, Ratios, pushed
from osteolab.person import YOUNGEST, Person
from osteolab.receptor import gnrh_left_by_agonist
from osteolab.treatments import Course
from osteolab.values import Value, at_least, at_most

MG_PER_L_IN_NG_PER_DL = 1e5
TINY = 1e-12


@cache
def _knots(level: str, sex: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = [r for r in data.rows("natural_history") if r["level"] == level and r["sex"] in (sex, "both", "any")]
    points = sorted((float(r["age"]), float(r["value"])) for r in rows)
    return tuple(a for a, _ in points), tuple(v for _, v in points)


def usual(level: str, sex: str, age: float) -> float:
    """Return the usual level at an age by linear interpolation of data/natural_history.csv."""
    ages, values = _knots(level, sex)
    return float(linear(ages, values, age))


class UsualLevels(NamedTuple):
    """The levels that drift with age, conventional units."""

    testosterone: float
    igf1: float
    cortisol: float
    homa_ir: float
    il6: float


@lru_cache(maxsize=20_000)
def usual_levels(sex: str, age: float) -> UsualLevels:
    """Return the usual levels of a sex and age."""
    return UsualLevels(*(usual(name, sex, age) for name in UsualLevels._fields))


def kinks() -> tuple[float, ...]:
    """Return the ages at which a usual level changes its slope."""
    return tuple(sorted({float(row["age"]) for row in data.rows("natural_history")}))


def ovarian_estradiol(age: float, menopause_age: float | None, p: Parameters) -> Value:
    """Return the estradiol made by the ovaries, pg/mL (none after menopause)."""
    cycle = p.estradiol_young_female - p.estradiol_after_menopause
    if menopause_age is None:
        return cycle
    return cycle / (1 + EULER ** ((age - (menopause_age - p.menopause_lead)) / p.menopause_width))


def aromatase_left(anastrozole: float, left: Value, p: Parameters) -> Value:
    """Return the activity of aromatase on anastrozole (mg/day) as a share of usual; `left` is what 1 mg leaves."""
    effect = anastrozole / (anastrozole + p.anastrozole_half_dose)
    return at_least(1 - (1 - left) * effect * (1 + p.anastrozole_half_dose), 0.0)


def testosterone_ratio(
    given: Value, aromatase: Value, estrogen_given: Value, p: Parameters, working: Value = 1.0
) -> Value:
    """Return a man's testosterone over his usual one, with the pituitary's feedback closed.

    Parameters
    ----------
    given : float or array
        Testosterone from outside, as a ratio to his usual level.
    aromatase : float or array
        Activity of aromatase, 1 = usual.
    estrogen_given : float or array
        Estradiol from outside, as a ratio to his usual level.
    working : float
        Share of the testes that works (less in hypogonadism).

    Notes
    -----
    His own share lies between 0 and `testes_reserve`. Seven halvings bring the answer close, four
    steps of Newton's method make it exact (floats and arrays alike).
    """
    w, gain, reserve = p.feedback_estradiol, p.feedback_gain, p.testes_reserve
    slope = w * aromatase + (1 - w)
    own, width = reserve * working / 2, reserve * working / 4
    for _ in range(7):
        short = own < working * pituitary_call(slope * (given + own) + w * estrogen_given, gain, reserve)
        own, width = own + width * (2 * short - 1), width / 2
    for _ in range(4):
        brake = slope * (given + own) + w * estrogen_given
        made = working * pituitary_call(brake, gain, reserve)
        steepness = gain * made * (1 - made / (reserve * working)) * slope / (brake + TINY)
        own = own - (own - made) / (1 + steepness)
    return given + own


def pituitary_call(brake: Value, gain: Value, reserve: Value) -> Value:
    """Return a man's LH over usual for a brake on his pituitary (1 = usual); whole testes answer in proportion."""
    return reserve / (1 + (reserve - 1) * brake**gain)


class Endocrine:
    """The levels of one person over time.

    Parameters
    ----------
    person : Person
    parameters : Parameters
    ageing : bool
        False keeps every level where it is in a healthy young adult.
    links : frozenset of str
        Names of `osteolab.links.LINKS` that act.
    """

    def __init__(
        self, person: Person, parameters: Parameters, ageing: bool = True, links: frozenset[str] = frozenset()
    ) -> None:
        self.person, self.p, self.ageing, self.links = person, parameters, ageing, links
        self.menopause_age = person.menopause_age if ageing else None

    def levels(self, age: float, active: Sequence[Course] = ()) -> Levels:
        """Return the levels at `age` (years) under the active courses."""
        if not self.ageing:
            age = YOUNGEST
        sex = self.person.sex
        natural, igf1, cortisol, homa_ir, il6 = usual_levels(sex, age)
        steroids = self._man if sex == "male" else self._woman
        if not active:
            estradiol, testosterone = steroids(age, natural, 1.0, {})
            return Levels(estradiol, testosterone, igf1, igf1, cortisol, homa_ir, il6)
        sums = _sums(active)
        p = self.p
        aromatase = self._aromatase(sums)
        estradiol, testosterone = steroids(age, natural, aromatase, sums)
        estradiol, driven = sums.get("estradiol", estradiol), _igf1(igf1, sums, p)
        fat: Value = 1.0
        if self.links:
            usual_steroids = steroids(age, natural, 1.0, {})
            linked = self._linked((estradiol, testosterone), usual_steroids, driven / igf1, sums)
            fat, cortisol = linked.visceral_fat, cortisol * linked.cortisol
            homa_ir, il6 = homa_ir * linked.homa_ir, il6 * linked.il6
        return Levels(
            estradiol,
            testosterone,
            driven,
            igf1,
            sums.get("cortisol", p.cortisol_cushing if "cushing" in sums else cortisol)
            + p.prednisone_as_cortisol * sums.get("prednisone", 0.0),
            sums.get("homa_ir", p.homa_unit_level if "type2_diabetes" in sums else homa_ir),
            _il6(il6, sums, p),
            aromatase,
            p.calcium_rankl * sums.get("calcium_vitamin_d", 0.0),
            1.0 if "flutamide" in sums else 0.0,
            1.0 if "estrogen_resistance" in sums else 0.0,
            fat,
        )

    def _aromatase(self, sums, *, ovary: bool = False) -> Value:
        """Return the activity of aromatase, 1 = usual: in the ovary or, for both sexes, elsewhere."""
        if "aromatase_deficiency" in sums:
            return 0.0
        p = self.p
        left = p.anastrozole_left if ovary or self.person.sex == "male" else p.anastrozole_left_female
        return sums.get("aromatase_activity", 100.0) / 100 * aromatase_left(sums.get("anastrozole", 0.0), left, p)

    def lh(self, age: float, active: Sequence[Course] = ()) -> Value:
        """Return a man's LH at `age` (years) under the active courses, ratio to usual for his age.

        It is the call of the axis in units of the answer: whole testes make usual testosterone times this. The brake
        is read off the levels in blood, so a level that is held brakes as well.

        Raises
        ------
        InputError
            For a woman, whose pituitary the calculator does not follow.
        """
        if self.person.sex != "male":
            raise InputError(
                "lh is asked of a woman; the calculator knows it for men (their axis is closed here; a woman's cycle, "
                "and her pituitary after menopause, are not in it)"
            )
        p, sums = self.p, _sums(active)
        levels = self.levels(age, active)
        natural = usual_levels("male", age if self.ageing else YOUNGEST).testosterone
        usual_estradiol = self._conversion() * natural
        w = p.feedback_estradiol
        brake = w * levels.estradiol / usual_estradiol + (1 - w) * levels.testosterone / natural
        call = pituitary_call(brake, p.feedback_gain, p.testes_reserve)
        if "gnrh_agonist" in sums:
            return at_most(call, gnrh_left_by_agonist(p))
        return at_least(call, 1.0) if "gonadorelin_pulsatile" in sums else call

    def _linked(self, steroids, usual_steroids, igf1_ratio, sums) -> Pushed:
        """Return what the links do, from (estradiol, testosterone) now and by herself."""
        estradiol, testosterone = (now / by_herself for now, by_herself in zip(steroids, usual_steroids, strict=True))
        woman = self.person.sex == "female"
        ratios = Ratios(estradiol if woman else None, None if woman else testosterone, igf1_ratio)
        return pushed(self.links, ratios, sums.get("prednisone", 0.0), self.p)

    def _woman(self, age, natural, aromatase, sums):
        p = self.p
        working = 1.0
        if "hypogonadism" in sums:
            working = p.hypogonadism_left
        if "gnrh_agonist" in sums:
            working = 0.0
        testosterone = sums.get("testosterone", natural + _testosterone_given(sums, p.testosterone_clearance_female, p))
        made = p.estradiol_after_menopause * testosterone / natural
        # An ovary that a pituitary calls louder makes up for much of what the drug takes.
        ovary = ovarian_estradiol(age, self.menopause_age, p) * working * self._aromatase(sums, ovary=True)
        return ovary + made * aromatase + _estradiol_given(sums, p), testosterone

    def _conversion(self) -> Value:
        """Return the estradiol (pg/mL) that a man's usual aromatase makes of a testosterone of 1 ng/dL."""
        return self.p.estradiol_young_male / usual_levels("male", YOUNGEST).testosterone

    def _man(self, age, natural, aromatase, sums):
        conversion, outside = self._conversion(), _estradiol_given(sums, self.p)
        testosterone = natural
        if "testosterone" in sums:
            testosterone = sums["testosterone"]
        elif not _untouched(sums):
            testosterone = natural * self._axis(natural, aromatase, conversion, outside, sums)
        return conversion * testosterone * aromatase + outside, testosterone

    def _axis(self, natural, aromatase, conversion, outside, sums):
        """Return a man's testosterone over usual, with his axis as disease and treatment leave it."""
        p = self.p
        given = _testosterone_given(sums, p.testosterone_clearance_male, p) / natural
        working = p.hypogonadism_left if "hypogonadism" in sums else 1.0
        ratio = testosterone_ratio(given, aromatase, outside / (conversion * natural), p, working)
        if "gnrh_agonist" in sums:
            # What is given may have silenced his own already; an agonist wakes nothing.
            return given + at_most(ratio - given, gnrh_left_by_agonist(p))
        if "gonadorelin_pulsatile" in sums:
            # Pulses call as loudly as usual; only the testes that work can answer, and a louder call of his own stays.
            return given + at_least(ratio - given, working)
        return ratio


_ON_THE_AXIS = (
    "conjugated_estrogens",
    "oral_estradiol",
    "transdermal_estradiol",
    "testosterone_gel",
    "testosterone_patch",
    "testosterone_enanthate",
    "anastrozole",
    "aromatase_activity",
    "aromatase_deficiency",
    "hypogonadism",
    "gnrh_agonist",
    "gonadorelin_pulsatile",
)


def _untouched(sums):
    return not any(name in sums for name in _ON_THE_AXIS)


def _sums(active):
    """Add up treatments given together; of levels held twice the last one counts (`treatments.in_force`)."""
    sums: dict[str, float] = {}
    for course in active:
        if course.off:
            continue
        name = "igf1_ratio" if course.unit == "ratio_to_age_normal" else course.what
        if course.what == "igf1":
            for held in ("igf1", "igf1_ratio"):
                sums.pop(held, None)  # one level in two units
        sums[name] = sums.get(name, 0.0) + course.level if name in _ADDED else course.amount
    return sums


_ADDED = frozenset(_ON_THE_AXIS) - {"aromatase_activity"} | {
    "growth_hormone",
    "sermorelin",
    "cjc1295_ipamorelin",
    "tesamorelin",
    "prednisone",
}


def _igf1(usual_igf1, sums, p):
    if "igf1_ratio" in sums:
        return sums["igf1_ratio"] * usual_igf1
    if "igf1" in sums:
        return sums["igf1"]
    ratio = p.igf1_gh_deficient if "gh_deficiency" in sums else 1.0
    pulses = 1.0
    for name in ("sermorelin", "cjc1295_ipamorelin", "tesamorelin"):
        if name in sums:
            dose, most, half = sums[name], getattr(p, f"{name}_most"), getattr(p, f"{name}_half_dose")
            pulses = pulses + most * dose / (dose + half)
    return usual_igf1 * (ratio * pulses + p.growth_hormone_effect * sums.get("growth_hormone", 0.0))


def _il6(usual_il6, sums, p):
    il6 = sums.get("il6", p.il6_unit_level if "rheumatoid_arthritis" in sums else usual_il6)
    if "infliximab" in sums:
        # It takes away what inflammation adds, and adds nothing where there is less than usual.
        il6 = il6 - p.infliximab_effect * at_least(il6 - p.il6_reference, 0.0)
    return il6


def _estradiol_given(sums, p):
    return (
        p.conjugated_estrogens_effect * sums.get("conjugated_estrogens", 0.0)
        + p.oral_estradiol_effect * sums.get("oral_estradiol", 0.0)
        + p.transdermal_estradiol_effect * sums.get("transdermal_estradiol", 0.0)
    )


def _testosterone_given(sums, clearance, p):
    mg_per_day = (
        p.gel_absorbed * sums.get("testosterone_gel", 0.0)
        + sums.get("testosterone_patch", 0.0)
        + p.enanthate_testosterone * sums.get("testosterone_enanthate", 0.0) / 14
    )
    return mg_per_day / clearance * MG_PER_L_IN_NG_PER_DL
