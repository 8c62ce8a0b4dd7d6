"""Which way bone goes when one thing is moved: the list, its physiology, and a check of each in random settings.

A `Way` is asked of pairs of lives that differ in one thing only: a dose, a level, a switch, the age at the last period.
Everything else (sex, age, peak, up to two other courses, links) is drawn at random and is the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any, NamedTuple

from osteolab.person import OLDEST, YOUNGEST
from osteolab.quantities import scanned_sites
from osteolab.random_settings import (
    MENOPAUSE,
    PEAK,
    Admissible,
    Setting,
    Violation,
    admissible,
    course,
    person,
)
from osteolab.treatments import Course

UP, DOWN = 1, -1
# Two values that differ by less of themselves are the same: on one time grid, and on two (as good as the integrator).
SAME, SAME_ON_TWO_GRIDS = 1e-6, 1e-4
ENOUGH = 10.1  # years after a start; no read is later
FEMALE, MALE, BOTH = "female", "male", ""


class Read(NamedTuple):
    """What is read so many years after the move (or at an age), and which way it goes."""

    quantity: str
    way: int
    years: float


@dataclass(frozen=True)
class Way:
    """One thing that is moved up (or switched on), what follows, in whom, and why.

    Attributes
    ----------
    what : str
        A course, or a field of a person.
    whom : str
        "female", "male", or empty for both.
    reads : tuple of Read
        What is compared; for a field of a person the years are an age.
    why, but : str
        The physiology in a sentence, and its exceptions.
    unless : tuple of str
        Other courses that are kept out, because `but` says that they turn the effect.
    beside : tuple of (str, float, str)
        Courses (what, level, unit) of both lives, from the same day on.
    unit : str
        Which of its units, where a course has two.
    least : float
        The smallest dose above none that is asked about.
    """

    what: str
    whom: str
    reads: tuple[Read, ...]
    why: str
    but: str = ""
    unless: tuple[str, ...] = ()
    beside: tuple[tuple[str, float, str], ...] = ()
    unit: str = ""
    least: float = 0.0


def _bone(way: int, *more: Read, years: float = 10.0) -> tuple[Read, ...]:
    return (*more, Read("bmd", way, years))


def _ways() -> tuple[Way, ...]:
    osteoclasts, builders = (lambda w, y=1.0, q=q: Read(q, w, y) for q in ("osteoclasts", "osteoblasts"))
    women = [
        Way("menopause_age", FEMALE, (Read("connectivity", UP, 65), Read("bmd", UP, 65)),
            "Each year with periods is a year with the brake of estradiol on.",
            "Much of what an early last period costs spongy bone fades in some twenty years; connections stay lost."),
        Way("estradiol", BOTH, _bone(UP, osteoclasts(DOWN)),
            "Estradiol slows the supply of osteoclasts and shortens their work, in women and men.",
            "With links on, estradiol also lowers insulin resistance, whose slow turnover spares bone."),
        *(Way(drug, FEMALE, _bone(UP, Read("estradiol", UP, 1), osteoclasts(DOWN)),
              "Estrogen that is given does what the ovary's did.",
              "In men it also silences their own testosterone, so they are left out here. Deaf to estrogen, a woman "
              "with links on is left with what it does to fat and insulin.")
          for drug in ("conjugated_estrogens", "oral_estradiol", "transdermal_estradiol")),
        Way("estrogen_resistance", BOTH, _bone(DOWN, osteoclasts(UP)),
            "Without a working receptor estradiol is in blood and is not heard."),
    ]  # fmt: skip
    androgens = [
        Way("testosterone", BOTH, _bone(UP, Read("estradiol", UP, 1)),
            "Testosterone is turned into estradiol, in blood and within bone, and acts on builders itself."),
        *(Way(drug, BOTH, _bone(UP, Read("testosterone", UP, 1)),
              "What is given adds to the body's own.",
              "A man's own falls in return, so that a small dose adds little.")
          for drug in ("testosterone_gel", "testosterone_patch", "testosterone_enanthate")),
        Way("hypogonadism", BOTH, _bone(DOWN, Read("estradiol", DOWN, 1)),
            "Testes or ovaries that make less leave less estradiol.",
            "After menopause there is little to lose."),
        Way("gnrh_agonist", BOTH, _bone(DOWN, Read("estradiol", DOWN, 1)),
            "GnRH without a pause silences the pituitary, and ovaries or testes with it.",
            "GnRH in pulses does the opposite: see gonadorelin."),
        Way("gonadorelin_pulsatile", MALE, _bone(UP, Read("testosterone", UP, 1)),
            "GnRH in pulses keeps the pituitary calling, and testes that work answer.",
            "Without testosterone from outside his pituitary calls anyway; beside a steady agonist it is deaf.",
            beside=(("testosterone_gel", 50, "mg/day"),)),
        Way("anastrozole", BOTH, _bone(DOWN, Read("estradiol", DOWN, 1)),
            "Without aromatase testosterone does not become estradiol.",
            "A man's pituitary then calls louder and his testosterone rises, which does not make up for it."),
        Way("aromatase_activity", BOTH, _bone(UP, Read("estradiol", UP, 1)),
            "More aromatase makes more estradiol of the same testosterone.",
            "In men the brake on the pituitary grows with it, and testosterone falls: who is deaf to estrogen loses."),
        Way("aromatase_deficiency", BOTH, _bone(DOWN, Read("estradiol", DOWN, 1)),
            "Without aromatase testosterone does not become estradiol."),
        Way("flutamide", BOTH, _bone(DOWN, builders(DOWN, 1)),
            "A blocked receptor hears no androgen; estradiol is left."),
    ]  # fmt: skip
    growth = [
        Way("igf1", BOTH, (Read("osteoclasts", UP, 1), Read("osteoblasts", UP, 1), Read("bmd", UP, 10)),
            "IGF-1 wakes builders, and turnover with them.",
            "Density dips first: for months here, for up to a year in trials. The gain needs turnover and is lost "
            "where an antiresorptive, very low IGF-1 or a hand on construction stops it.",
            unit="ratio_to_age_normal"),
        *(Way(drug, BOTH, (Read("igf1", UP, 1), Read("bmd", UP, 10)),
              "Growth hormone, given or called for, raises IGF-1.",
              "Density dips first: for months here, for up to a year in trials. The gain needs turnover and is "
              "lost where an antiresorptive or a hand on construction stops it.")
          for drug in ("growth_hormone", "sermorelin", "cjc1295_ipamorelin", "tesamorelin")),
        Way("gh_deficiency", BOTH, (Read("igf1", DOWN, 1), Read("bmd", DOWN, 10)),
            "Less growth hormone means less IGF-1 and slower builders.",
            "Density rises at first, as demolition slows before construction, and stays higher where "
            "construction is stopped."),
    ]  # fmt: skip
    stress = [
        *(Way(what, BOTH, _bone(DOWN, builders(DOWN, 0.5), Read("cortisol", UP, 0.5)),
              "Glucocorticoids call fewer builders, and each builds less.")
          for what in ("cortisol", "prednisone", "cushing")),
        *(Way(what, BOTH, _bone(DOWN, osteoclasts(UP), Read("il6", UP, 1)),
              "Inflammation raises RANKL and slows builders.")
          for what in ("il6", "rheumatoid_arthritis")),
        Way("infliximab", BOTH, _bone(UP, Read("il6", DOWN, 1)),
            "A blocker of TNF takes most of the inflammation away.", "Nothing happens where there is none."),
        *(Way(what, BOTH, (Read("bmd", UP, 10), Read("glycation", UP, 10), Read("fracture_risk", UP, 10)),
              "Insulin resistance comes with slower turnover, and with sugar that makes collagen brittle.",
              "The one factor that raises density and fractures.")
          for what in ("homa_ir", "type2_diabetes")),
    ]  # fmt: skip
    given = [
        *(Way(drug, BOTH, _bone(UP, osteoclasts(DOWN, 0.45), Read("bmd", UP, 2)),
              "A bisphosphonate poisons osteoclasts.", "Nothing happens where demolition is held by hand.")
          for drug in ("alendronate", "zoledronate")),
        Way("denosumab", BOTH, _bone(UP, osteoclasts(DOWN, 0.04), Read("bmd", UP, 2)),
            "Denosumab binds RANKL, and osteoclasts are not called.",
            "After the last dose osteoclasts come back in greater number than before. Doses below the 14 mg of the "
            "smallest arm (McClung 2006 N Engl J Med 354:821-831) wear off before the next and are left out here.",
            least=14),
        Way("calcium_vitamin_d", BOTH, _bone(UP, osteoclasts(DOWN)),
            "Calcium with vitamin D lowers PTH, and RANKL with it."),
        Way("teriparatide", BOTH, (Read("osteoblasts", UP, 0.3), Read("bmd", UP, 2)),
            "Pulses of PTH wake builders before they wake osteoclasts.",
            "The window closes: osteoclasts follow, and density falls again after the last dose. Beside denosumab "
            "little is left of a small dose."),
        Way("romosozumab", BOTH, (Read("sclerostin", DOWN, 0.3), Read("bmd", UP, 1)),
            "Without sclerostin builders are free, and osteoclasts are called less."),
    ]  # fmt: skip
    hands = [
        Way("resorption_pace", BOTH, _bone(DOWN, osteoclasts(UP)),
            "More is taken away; builders answer with less than was taken."),
        Way("formation_pace", BOTH, _bone(UP, builders(UP)), "More is built for the same demolition."),
        Way("formation_delay", BOTH, (Read("bmd", DOWN, 1),),
            "Bone that is dug faster stays open longer if builders come later.",
            "Where demolition falls, late builders are the more numerous ones of before, and density gains.",
            beside=(("resorption_pace", 300, "percent"),)),
        Way("peak_bone_mass_sd", BOTH, (Read("bmd", UP, 65), Read("strength", UP, 65), Read("fracture_risk", DOWN, 65)),
            "Who starts with more has more at every age."),
    ]  # fmt: skip
    return (*women, *androgens, *growth, *stress, *given, *hands)


WAYS = {way.what: way for way in _ways()}


class Finding(NamedTuple):
    """How a way was found in one setting: whether what is read last moved, and what went the wrong way."""

    moved: bool
    wrong: Violation | None


def asked(way: Way, number: int, most: int = 2) -> Finding:
    """Put a way to the random setting of a number, with at most so many other courses."""
    random = Random(f"{way.what} {number}")
    less, more, start = _pair(way, random, most)
    until = OLDEST if hasattr(less.person, way.what) else start + ENOUGH
    one, other = less.life(until), more.life(until)
    same = SAME_ON_TWO_GRIDS if way.what == "menopause_age" else SAME
    moved = False
    for read in way.reads:
        quantity, direction, years = read
        age = years if hasattr(less.person, way.what) else start + years
        for site in _sites(quantity):
            before, after = one.value(quantity, age, site), other.value(quantity, age, site)
            gain = direction * (after - before) / max(abs(before), abs(after), 1e-12)
            moved = moved or (read is way.reads[-1] and gain > same)
            if gain < -same:
                went = f"{quantity} ({site}) at {age:.4g} goes from {before:.6g} to {after:.6g}"
                return Finding(moved, Violation(way.what, f"{went} if {_change(way, less, more)}", more))
    return Finding(moved, None)


def _sites(quantity: str) -> tuple[str | None, ...]:
    if quantity in ("bmd", "strength"):
        return scanned_sites()
    return ("total_hip",) if quantity == "fracture_risk" else (None,)


def _pair(way: Way, random: Random, most: int) -> tuple[Setting, Setting, float]:
    """Return the same setting with less and with more of what is moved, and the age from which it is."""
    who = person(random, way.whom or None)
    others = [one for one in admissible() if one.what not in (way.what, *way.unless, *(b[0] for b in way.beside))]
    courses = tuple(course(random, others) for _ in range(random.randint(0, most)))
    links = random.random() < 0.5
    start = random.uniform(YOUNGEST, OLDEST - 11)
    courses += tuple(Course(what, level, unit, start) for what, level, unit in way.beside)
    limits = {"menopause_age": MENOPAUSE, "peak_bone_mass_sd": PEAK}.get(way.what)
    if limits:
        low, high = _two(random, *limits)
        values: list[dict[str, Any]] = [{way.what: low}, {way.what: high}]
        less, more = (Setting(replace(who, **value), courses, links) for value in values)
        return less, more, start
    what, unit, *ends = _thing(way)
    low, high = ends if unit == "on" else _two(random, *ends)
    low, high = low if low >= way.least else 0.0, max(high, way.least)
    less, more = (Setting(who, (*courses, Course(what, x, unit, start)), links) for x in (low, high))
    return less, more, start


def _thing(way: Way) -> Admissible:
    return next(one for one in admissible() if one.what == way.what and way.unit in ("", one.unit))


def _two(random: Random, low: float, high: float) -> tuple[float, float]:
    """Return two values between limits, the smaller one first; now and then one of them is a limit."""
    one = random.choice((low, random.uniform(low, high), random.uniform(low, high)))
    other = random.choice((high, random.uniform(low, high), random.uniform(low, high)))
    return min(one, other), max(one, other)


def _change(way: Way, less: Setting, more: Setting) -> str:
    if hasattr(less.person, way.what):
        return f"{way.what} goes from {getattr(less.person, way.what):.4g} to {getattr(more.person, way.what):.4g}"
    return f"{way.what} goes from {less.courses[-1].level:.4g} to {more.courses[-1].level:.4g}"
