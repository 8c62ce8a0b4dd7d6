"""Random settings of the calculator, and what must hold for every one of them.

A setting is a person, a plan of one to four courses over everything that can be moved, and whether links act. Its
number is its seed: setting 7 is the same everywhere. Half of the values lie anywhere between their limits, half on one.

Checks
------
range         every quantity of a life is a finite number where bodies can be
balance       formation less resorption, added up by Simpson's rule, is the change of volume
parts         the parts of `life.gain` add up to the change of density that is read off the life
end           what is read at an age does not depend on where the life ends
order         nor on the order in which the courses are listed
smooth        a slider moved by 1 % moves density, markers and strength by less than `LEAP`
errors        every standard error is finite and not below the usual distance from published group means
beyond        levels stay within what may be held, and the fracture risk within what anybody has been seen to have
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

from osteolab import misfit, readouts, skeleton
from osteolab.data import Parameters
from osteolab.equations import tissues
from osteolab.integrate import time_grid
from osteolab.levels import catalogue
from osteolab.life import Life
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.quantities import FRACTURES, OF_A_MAN, defined, named, scanned_sites
from osteolab.simulate import simulate
from osteolab.skeleton import Tissue
from osteolab.treatments import Course, conditions, controls, treatments
from osteolab.values import Value

MENOPAUSE, PEAK = (35.0, 62.0), (-3.0, 3.0)
MOST_COURSES = 4
CORE, HIP = "iliac_crest", "total_hip"  # trabecular bone alone, and mostly cortical bone
# Trabecular bone fills a quarter of the space of a young spine at most; four times as much leaves no marrow.
SOLID = 400.0
MOVE, LEAP = 0.01, 0.05
RISKIEST = 100.0  # times the fracture risk of the usual woman of 65, who breaks a bone in some fifty to a hundred years
SEEN = (0.02, 0.1, 0.5, 1.0, 3.0, 10.0, 30.0)  # years after a start at which a moved slider is looked at


class Admissible(NamedTuple):
    """One thing that can be moved: its name, unit and limits; a switch has nothing between them."""

    what: str
    unit: str
    low: float
    high: float

    @property
    def switch(self) -> bool:
        """Whether it is on or off."""
        return self.unit == "on"


@dataclass(frozen=True)
class Setting:
    """A person, her courses, and whether links between systems act."""

    person: Person
    courses: tuple[Course, ...]
    links: bool

    def life(self, until: float = OLDEST) -> Life:
        """Return the life to an age (years)."""
        return simulate(self.person, self.courses, until, links=self.links)

    def without(self, place: int) -> Setting:
        """Return the setting without one of its courses."""
        return replace(self, courses=self.courses[:place] + self.courses[place + 1 :])


class Violation(NamedTuple):
    """A check that failed: what was found, and the smallest setting in which it fails."""

    check: str
    found: str
    setting: Setting


@cache
def admissible() -> tuple[Admissible, ...]:
    """Return everything that can be moved: levels, conditions, treatments and teaching controls."""
    levels = [Admissible(level.name, level.unit, level.minimum, level.maximum) for level in catalogue().values()]
    tables = (conditions(), treatments(), controls())
    rows = [row for table in tables for row in table.values()]
    others = [Admissible(row["name"], row["unit"], float(row["minimum"]), float(row["maximum"])) for row in rows]
    return (*levels, Admissible("igf1", "ratio_to_age_normal", 0.05, 6.0), *others)


def between(random: Random, low: float, high: float) -> float:
    """Return a number anywhere between two limits, or every other time one of them."""
    return random.choice((random.uniform(low, high), random.uniform(low, high), low, high))


def person(random: Random, sex: str | None = None) -> Person:
    """Return a random person (of that sex)."""
    sex = sex or random.choice(("female", "male"))
    menopause = None
    if sex == "female" and random.random() < 0.9:
        menopause = between(random, *MENOPAUSE)
    return Person(sex, random.uniform(YOUNGEST, OLDEST), menopause, peak_bone_mass_sd=between(random, *PEAK))


def course(random: Random, of: Sequence[Admissible]) -> Course:
    """Return a random course of one of these."""
    what, unit, low, high = chosen = random.choice(of)
    level = random.choice((low, high)) if chosen.switch else between(random, low, high)
    start = random.choice((random.uniform(YOUNGEST, 95), random.uniform(40, 80), YOUNGEST))
    stop = random.choice((None, random.uniform(start + 0.01, OLDEST), min(start + random.uniform(0.01, 3), OLDEST)))
    return Course(what, level, unit, start, stop)


def setting(number: int) -> Setting:
    """Return the setting of a number."""
    random = Random(number)
    who = person(random)
    courses = tuple(course(random, admissible()) for _ in range(random.randint(1, MOST_COURSES)))
    return Setting(who, courses, links=random.random() < 0.5)


# Checks: each yields what is wrong with a setting


def range_(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether every quantity is finite and where bodies can be."""
    limits = _limits(life)
    # A day of growth hormone for each moment of a life costs as much as all the rest; it is looked at now and then.
    skipped = "gh_trough" if random.random() < 0.8 else ""
    for name, site in _columns(life.person.sex):
        if name == skipped:
            continue
        low, high = limits.get(name, (0.0, math.inf))
        values = life.series(name, site)
        if not all(map(math.isfinite, values)):
            yield f"{name} at {site} is not finite"
        elif not (low <= min(values) and max(values) <= high):
            yield f"{name} at {site} is {min(values):.4g} to {max(values):.4g}; the range is {low:.4g} to {high:.4g}"
    connections = life.series("connectivity")
    if any(after > before + 1e-9 for before, after in pairwise(connections)):
        yield "connections grow"


def errors(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether every standard error is finite and not below the usual distance from published group means."""
    for name, least in misfit.MISFITS.items():
        site = None if name in named("marker") else HIP
        floors = life._columns.column(least, *(() if site is None else (site,)))
        for age, value, floor in zip(life.ages, life.series(f"{name}_sd", site), floors, strict=True):
            if not (math.isfinite(value) and value >= floor * (1 - 1e-9)):
                yield f"{name}_sd at {age:.4g} is {value:.4g}; {floor:.4g} is the least"
                break


def beyond(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether levels stay within what may be held, and the fracture risk within what a person can have."""
    for name, level in catalogue().items():
        values = life.series(name)
        if not (level.minimum * (1 - 1e-9) <= min(values) and max(values) <= level.maximum * (1 + 1e-9)):
            held = f"{level.minimum:g} to {level.maximum:g} may be held"
            yield f"{name} is {min(values):.4g} to {max(values):.4g} {level.unit}; {held}"
    riskiest = max(life.series("fracture_risk"))
    if not riskiest <= RISKIEST:
        yield f"fracture_risk is {riskiest:.4g} times that of the usual woman of 65"


def _columns(sex: str) -> Iterator[tuple[str, str | None]]:
    """Yield every quantity and site of a life but the standard errors."""
    at = {"site": scanned_sites(), "fracture": FRACTURES}
    for kind in ("blood", "body", "marker", "crew", "core", "site", "fracture"):
        for name in named(kind):
            if not defined(name, sex):
                continue
            for site in at.get(kind, (None,)):
                yield name, site


def _young_mineral(tissue: Tissue, p: Parameters) -> Value:
    return skeleton.mineral_mass(tissue.volume, tissue.young, tissue.maturing, p)


def _limits(life: Life) -> dict[str, tuple[float, float]]:
    """Return (low, high) of the quantities that have more than zero for a limit."""
    p = life.parameters
    shades = (p.young_mineral, p.maturing_mineral, 1.0)
    young = [_young_mineral(skeleton.young_tissue(each, p), p) for each in tissues(p)]
    sugar = [100 * drive.handles.glycation for drive in life._columns.track.drives] + [100.0]
    return {
        **dict.fromkeys(("t_score", "t_score_own_sex", "z_score"), (-math.inf, math.inf)),
        **dict.fromkeys(("connectivity", "trabecular_number"), (1e-9, 100 + 1e-9)),
        **dict.fromkeys(("bmd", "strength", "thickness", *named("crew"), *named("marker")), (1e-12, math.inf)),
        **{level.name: (0.0, math.inf) for level in catalogue().values()},
        "bone_volume": (1e-9, SOLID),
        "mineral": (100 * min(shades) / max(young) - 1e-9, 100 * max(shades) / min(young) + 1e-9),
        "glycation": (min(sugar) - 1e-9, max(sugar) + 1e-9),
        OF_A_MAN[0]: (0.0, p.testes_reserve + 1e-9),
        "visceral_fat": (1e-9, math.inf) if life.links else (1.0, 1.0),
    }


def balance(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether formation less resorption is the change of volume, between one start or stop and the next."""
    from scipy.integrate import simpson

    p = life.parameters
    for site in (CORE, HIP):
        share = readouts.trabecular_share(life._columns, site)
        pace = share * p.turnover_trabecular + (1 - share) * p.turnover_cortical
        for ages, _ in time_grid(life.person.menopause_age, given.courses, life.until):
            inner = ages[1:]
            if len(inner) < 2:
                continue
            formed, resorbed, volume = (
                life.series(name, site, inner) for name in ("formation", "resorption", "bone_volume")
            )
            added = pace * simpson([f - r for f, r in zip(formed, resorbed, strict=True)], x=inner)
            turned_over = pace * simpson(resorbed, x=inner)
            off = added - (volume[-1] - volume[0])
            # The quadrature errs where flows bend between two points; the more bone moves, the more.
            allowed = 0.02 + 0.02 * (max(volume) - min(volume)) + 0.001 * turned_over
            if not abs(off) <= allowed:
                turned = f"{turned_over:.3g} % turned over"
                yield f"{site}, {inner[0]:.4g} to {inner[-1]:.4g}: off by {off:.3g} % of young volume, {turned}"


def parts(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether the parts of a change of density add up to the change that is read off the life."""
    for site in scanned_sites():
        one, other = (random.uniform(YOUNGEST, life.until) for _ in range(2))
        found = life.gain(one, other, site)
        change = 100 * (life.value("bmd", other, site) / life.value("bmd", one, site) - 1)
        total = found["refilled"] + found["mineral"] + found["bone"]
        if not abs(total - change) <= 1e-9 * max(1.0, *map(abs, found.values())):
            yield f"gain from {one:.4g} to {other:.4g} at {site}: parts {total:.6g} %, density {change:.6g} %"


def end(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether what is read at an age depends on where the life ends."""
    later = [age for age in life.ages if age > YOUNGEST + 1]
    last = random.choice(later[:-1])
    short = given.life(last)
    common = sorted(set(short.ages) & set(life.ages) - {last})
    ages = [common[0], *random.sample(common, min(20, len(common))), common[-1]]
    for name, site in _watched():
        for age in (*ages, last):
            one, other = short.value(name, age, site), life.value(name, age, site)
            if not abs(one - other) <= 1e-9 * abs(other):
                yield f"{name} at {age!r} is {one:.6g} in a life to {last!r} and {other:.6g} in one to {life.until:g}"
                break


def order(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether the order of the courses says something; of a level held twice the course begun later counts."""
    mixed = list(range(len(given.courses)))
    random.shuffle(mixed)
    if len({each.what for each in given.courses}) < len(mixed):
        return
    other = replace(given, courses=tuple(given.courses[i] for i in mixed)).life()
    for name, site in _watched():
        if not _near(life.value(name, OLDEST, site), other.value(name, OLDEST, site), 1e-9):
            yield f"{name} at the end differs if the courses are listed in the order {mixed}"


def smooth(given: Setting, life: Life, random: Random) -> Iterator[str]:
    """Look whether a slider moved by 1 % makes a leap.

    The age at the last period is a date: 1 % of its slider is a quarter of a year, in which markers truly rise by
    more. There a tenth of the move has to make less than a fifth of `LEAP`, as a steep slope does and a leap does not.
    """
    sliders = _sliders(given)
    slider = random.choice(sorted(sliders))
    dated, move, most = slider == "menopause_age", MOVE, LEAP
    if dated:
        sliders, move, most = _sliders(given, MOVE / 10), MOVE / 10, LEAP / 5
    other = sliders[slider].life()
    starts = [each.start for each in given.courses] + [given.person.menopause_age or YOUNGEST]
    ages = sorted({min(start + years, OLDEST) for start in starts for years in SEEN})
    for name, site in _watched():
        pairs = zip(ages, life.series(name, site, ages), other.series(name, site, ages), strict=True)
        leap, age = max((abs(after / before - 1), age) for age, before, after in pairs)
        if leap > most:
            yield f"{name} ({site}) at {age:.4g} leaps by {100 * leap:.3g} % for a move of {slider} by {100 * move:g} %"


def _sliders(given: Setting, move: float = MOVE) -> dict[str, Setting]:
    """Return the settings with one slider moved, by its name: by a share of its value, for a person of its range."""
    who = given.person
    found = {}
    for name, (low, high) in (("peak_bone_mass_sd", PEAK), ("menopause_age", MENOPAUSE)):
        at = getattr(who, name)
        if at is not None:
            way = move if at < (low + high) / 2 else -move
            found[name] = replace(given, person=replace(who, **{name: at + way * (high - low)}))
    for place, each in enumerate(given.courses):
        if each.unit == "on":
            continue
        less = replace(each, level=max(each.level * (1 - move), _lowest(each)))
        courses = (*given.courses[:place], less, *given.courses[place + 1 :])
        found[f"{each.what} ({place})"] = replace(given, courses=courses)
    return found


def _lowest(given: Course) -> float:
    return next(each.low for each in admissible() if (each.what, each.unit) == (given.what, given.unit))


@cache
def _watched() -> tuple[tuple[str, str | None], ...]:
    """Return density, markers and strength, by site."""
    return (*((name, site) for name in ("bmd", "strength") for site in scanned_sites()), ("ctx", None), ("p1np", None))


def _near(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


Check = Callable[[Setting, Life, Random], Iterator[str]]
# A check, and of how many settings one is put to it: those that need a second life are put to every other one or fewer.
CHECKS: dict[str, tuple[Check, int]] = {
    "range": (range_, 1),
    "balance": (balance, 1),
    "parts": (parts, 1),
    "end": (end, 2),
    "order": (order, 4),
    "smooth": (smooth, 3),
    "errors": (errors, 20),
    "beyond": (beyond, 1),
}


def checked(number: int) -> tuple[list[str], list[Violation]]:
    """Return the names of the checks a setting was put to, and the violations that were found."""
    given = setting(number)
    life = given.life()
    due = [name for name, (_, every) in CHECKS.items() if number % every == 0]
    found = []
    for name in due:
        said = _said(name, given, number, life)
        if said:
            found.append(_smallest(Violation(name, said, given), number))
    return due, found


def _said(name: str, given: Setting, number: int, life: Life | None = None) -> str:
    check, _ = CHECKS[name]
    return next(check(given, life or given.life(), Random(number)), "")


def _smallest(violation: Violation, number: int) -> Violation:
    """Return the violation with as few courses as show it."""
    for place in reversed(range(len(violation.setting.courses))):
        fewer = violation.setting.without(place)
        said = _said(violation.check, fewer, number)
        if said:
            return _smallest(Violation(violation.check, said, fewer), number)
    return violation
