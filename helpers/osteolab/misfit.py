"""How far the calculator usually is from group means that it has not seen: the part of a ± that is not its parameters.

    sd(change) = trabecular * outside * ((grown * size of the kind)**2 + (growth * change)**2)**0.5

`trabecular` is 1 at DXA sites, `outside` within what was studied. `grown` is the share of a first year that has
passed, because a change of no time is known. That is for densities; of a marker it is a share of the level reached.
The sizes are rows of data/misfit.csv, estimated from results of studies left out of the fit (docs/model/unseen.md).
`kind_of` says what kind a change is; published results and lives ask the same function.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from osteolab import data
from osteolab.endocrine import Endocrine, usual_levels
from osteolab.interpolation import linear
from osteolab.levels import catalogue as levels
from osteolab.person import YOUNGEST, Person
from osteolab.readouts import Columns, bmd, ctx, p1np, strength
from osteolab.treatments import Course, conditions, controls, treatments
from osteolab.values import Value

EARLY, LONG, LOSS, AFTER, BETWEEN = "early_gain", "long_gain", "loss", "after", "between_people"
KINDS = (EARLY, LONG, LOSS, AFTER, BETWEEN)
EARLY_YEARS = 2.0
FOLLOWED_YEARS = 15.0  # a change over more years was never followed: people of two ages were compared
PASSING_YEARS = 5.0  # before and after that, in which a life passes from one to the other: bands have no steps
SAME = 0.02  # a level held this close to the one before is the same level
FOREVER = float("inf")
JUST = 1e-6  # years; a month of a table and an age of a life differ by rounding

TAKE = ("gnrh_agonist", "anastrozole", "flutamide", "prednisone")  # treatments that cost bone
BESIDE = ("calcium_vitamin_d",)  # given to all arms of most trials, with placebo as with drug
LESS_IS_MORE = ("cortisol", "homa_ir", "il6")  # levels that cost bone when they rise
SEX_HORMONES = ("estradiol", "testosterone")

# How far beyond the studies is still like them: ages within a trial spread by about ten years around the mean; a dose
# or a duration a fifth above the largest is the same in practice.
AGES_BEYOND, SHARE_BEYOND = 10.0, 1.2


class Change(NamedTuple):
    """What kind of change a result or a life shows, how long it took, and whether any study was like it."""

    kind: str
    years: float
    outside: bool = False


class Studied(NamedTuple):
    """What the studies of a treatment, level or condition in a sex reached: amounts, ages and years."""

    low: float
    high: float
    youngest: float
    oldest: float
    years: float

    def holds(self, course: Course, amount: float, age: float) -> bool:
        """Whether a course, with its amount and looked at at an age, is like those of the studies."""
        # Between no dose and the smallest one lies nothing new; a level has no such zero.
        low = self.low / SHARE_BEYOND if course.what in levels() else 0.0
        return (
            low <= amount <= self.high * SHARE_BEYOND
            and self.youngest - AGES_BEYOND <= age <= self.oldest + AGES_BEYOND
            and age - course.start <= self.years * SHARE_BEYOND
        )


Reach = dict[tuple[str, str], Studied]
RATIO = "ratio_to_age_normal"


# The kind of a change


def kind_of(person: Person, courses: Sequence[Course], age: float, since: float) -> str:
    """Return the kind of a change up to an age.

    Parameters
    ----------
    person : Person
    courses : sequence of Course
        All that is held or given.
    age : float
        When the change is looked at, years. What starts at that moment does not count yet.
    since : float
        When it began, years; a level held since then is compared with the level just before.

    Returns
    -------
    str
        `after` if something that acts has ended, or if two treatments work at once or in turn; else, on treatment,
        `early_gain` for two years and `long_gain` from then on; otherwise `loss`, by age or by what takes bone, and
        over decades `between_people`.
    """
    past = [(c, _direction(person, courses, c, since)) for c in courses if c.start < age - JUST]
    now = [(c, way) for c, way in past if c.stop is None or age <= c.stop + JUST]
    running = {_agent(c) for c, way in now if way}
    # Where one form of a hormone rises and another falls, as on an aromatase inhibitor, bone does not gain.
    gains = {_agent(c) for c, way in now if way > 0} - {_agent(c) for c, way in now if way < 0}
    if len(gains) > 1 or any(way and _agent(c) not in running for c, way in past):
        return AFTER
    if not gains:
        return untreated(age - since)
    (agent,) = gains
    return EARLY if age - _begun(agent, [c for c, way in past if way > 0]) <= EARLY_YEARS + JUST else LONG


def _begun(agent: str, given: Sequence[Course]) -> float:
    """Return the age since which an agent has worked without a break, whatever its doses and infusions."""
    begun = reached = -FOREVER
    for course in sorted((c for c in given if _agent(c) == agent), key=lambda c: c.start):
        if course.start > reached + JUST:
            begun = course.start
        reached = max(reached, FOREVER if course.stop is None else course.stop)
    return begun


def untreated(years: float) -> str:
    """Return the kind of a change over some years that no treatment made."""
    return LOSS if years <= FOLLOWED_YEARS else BETWEEN


def _agent(course: Course) -> str:
    """Return what works: two forms of one hormone, or a dose and the level it reaches, are one agent."""
    row = treatments().get(course.what)
    acts_on = row["acts_on"] if row else course.what
    if acts_on in SEX_HORMONES:
        return "sex hormones"
    return acts_on if acts_on in levels() else course.what


def _direction(person: Person, courses: Sequence[Course], course: Course, since: float) -> int:
    """Return +1 for what builds or keeps bone, -1 for what takes it, 0 for what is beside the question."""
    if course.what in levels():
        return _held(person, tuple(courses), course, min(since, course.start))
    if course.what in BESIDE or course.what in controls():
        return 0
    return -1 if course.what in TAKE or course.what in conditions() else 1


@cache
def _held(person: Person, courses: tuple[Course, ...], course: Course, before: float) -> int:
    """Return whether a level that is held is better for bone than the one just before, or worse."""
    axis = Endocrine(person, data.parameters())
    then = axis.levels(before, [c for c in courses if c.start < before and (c.stop is None or before <= c.stop)])
    held = axis.levels(course.start, [c for c in courses if c.active(course.start)])
    rise, level = getattr(held, course.what) - getattr(then, course.what), getattr(then, course.what)
    if abs(rise) <= SAME * level:
        return 0
    return 1 if (rise > 0) != (course.what in LESS_IS_MORE) else -1


# What was studied


def beyond(person: Person, courses: Sequence[Course], age: float, reach: Reach | None = None) -> bool:
    """Whether something that acts, or has acted, lies outside the dose, age or years of the studies.

    Parameters
    ----------
    person, courses, age
        As for `kind_of`.
    reach : dict, optional
        What was studied, see `studied`; all published results if left out.
    """
    reach = studied() if reach is None else reach
    acting = [c for c in courses if c.start < age - JUST and c.what not in BESIDE]
    return not all(_usual(person, c, age) or _like(person, c, age, reach) for c in acting)


def _like(person: Person, course: Course, age: float, reach: Reach) -> bool:
    found = reach.get((course.what, person.sex))
    return found is not None and found.holds(course, _amount(course, person.sex), age)


def _usual(person: Person, course: Course, age: float) -> bool:
    """Whether a level is held where people of her sex, age and menopause have it anyway."""
    return course.unit != RATIO and any(
        low <= course.amount <= high
        for low, high in _ranges(course.what, person.sex, int(age), _menopause(person, age))
    )


def _menopause(person: Person, age: float) -> str:
    if person.sex == "male":
        return "any"
    return "before" if person.menopause_age is None or age < person.menopause_age else "after"


@cache
def _ranges(level: str, sex: str, age: int, menopause: str) -> tuple[tuple[float, float], ...]:
    rows = [r for r in data.rows("reference_ranges") if (r["level"], r["sex"]) == (level, sex)]
    return tuple(
        (float(r["low"]), float(r["high"]))
        for r in rows
        if float(r["age_from"]) <= min(age, 99) < float(r["age_to"]) and r["menopause"] in ("any", menopause)
    )


def _amount(course: Course, sex: str) -> float:
    """Return the amount of a course as studies have it: IGF-1 as a ratio to usual for the age."""
    if course.what != "igf1" or course.unit == RATIO:
        return course.amount
    return course.amount / usual_levels(sex, course.start).igf1


@cache
def studied(without: frozenset[str] = frozenset()) -> Reach:
    """Return what was studied, by (name, sex); `without` names studies that do not count."""
    arms = {row["arm"]: row for row in data.rows("published_arms") if row["study"] not in without}
    looked: dict[str, float] = {}
    for row in data.rows("published_outcomes"):
        for name in {row["arm"], row["minus_arm"]} & arms.keys():
            looked[name] = max(looked.get(name, 0.0), float(row["month"]))
    found: Reach = {}
    for row in data.rows("published_courses"):
        if row["arm"] not in looked:
            continue
        arm = arms[row["arm"]]
        course = Course(row["what"], float(row["level"]), row["unit"], max(float(arm["age_years"]), YOUNGEST))
        amount, age = _amount(course, arm["sex"]), float(arm["age_years"]) + looked[arm["arm"]] / 12
        seen = Studied(amount, amount, age, age, (looked[arm["arm"]] - float(row["from_month"])) / 12)
        key = row["what"], arm["sex"]
        found[key] = _joined(found.get(key, seen), seen)
    return found


def _joined(one: Studied, two: Studied) -> Studied:
    return Studied(
        min(one.low, two.low),
        max(one.high, two.high),
        min(one.youngest, two.youngest),
        max(one.oldest, two.oldest),
        max(one.years, two.years),
    )


# Its size


Sizes = dict[str, float]


@cache
def sizes() -> Sizes:
    """Return the sizes of data/misfit.csv by name."""
    return {row["name"]: float(row["value"]) for row in data.rows("misfit")}


def sizes_after(years: float) -> Sizes:
    """Return the sizes in a life some years after a change: `loss` and `between_people` pass into each other."""
    size = sizes()
    share = min(max((years - FOLLOWED_YEARS + PASSING_YEARS) / (2 * PASSING_YEARS), 0.0), 1.0)
    passing = size[LOSS] + share * (size[BETWEEN] - size[LOSS])
    return {**size, LOSS: passing, BETWEEN: passing}


def of_change(measure: str, change: Change, percent: Value, size: Sizes | None = None) -> Value:
    """Return the misfit of a change.

    Parameters
    ----------
    measure : str
        `density` (DXA) or `trabecular` (QCT), `marker`, `level`, `structure` (a biopsy): all in percent;
        `fracture`: the logarithm of a ratio.
    change : Change
    percent : float
        The change itself, percent; of use for densities and markers.
    size : dict, optional
        Other sizes than those of data/misfit.csv.
    """
    size = sizes() if size is None else size
    factor = size["outside"] if change.outside else 1.0
    if measure in ("density", "trabecular"):
        own = size[change.kind] * min(1.0, change.years)
        factor = factor * (size["trabecular"] if measure == "trabecular" else 1.0)
        return factor * (own**2 + (size["growth"] * percent) ** 2) ** 0.5
    if measure == "marker":  # markers answer in days, whatever the kind, and their error is a share of the new level
        return factor * size["marker"] * (100 + percent) / 100
    return factor * size[measure]


# Of a life


class Misfit(NamedTuple):
    """The misfit of a value at one age: of what came before anything was done, and of what has changed since."""

    before: Value
    since: Value

    @property
    def whole(self) -> Value:
        """Both together."""
        return (self.before**2 + self.since**2) ** 0.5


def first_change(life: Columns) -> float | None:
    """Return the age at which something is first done, or None."""
    return min((c.start for c in life.courses), default=None)


def changes(life: Columns) -> list[Change | None]:
    """Return for each age of a life what kind of change it shows since something was first done (None before)."""
    since = first_change(life)
    if since is None:
        return [None for _ in life.ages]
    # Between two events the kind stays; whether it is outside what was studied is asked twice a year.
    events = {since + FOLLOWED_YEARS}
    for course in life.courses:
        events |= {course.start, course.start + EARLY_YEARS} | ({course.stop} if course.stop is not None else set())
    order, known = sorted(events), {}
    found: list[Change | None] = []
    for age in life.ages:
        if age <= since:
            found.append(None)
            continue
        place = bisect_left(order, age - JUST), int(2 * age)
        if place not in known:
            known[place] = kind_of(life.person, life.courses, age, since), beyond(life.person, life.courses, age)
        kind, outside = known[place]
        found.append(Change(kind, age - since, outside))
    return found


def _parts(life: Columns, values: list[Value], measure: str) -> list[Misfit]:
    """Return the misfit of a column of a measure (see `of_change`), in its unit.

    Up to the first thing done it is that of a loss since young adulthood, from then on that of a change since then
    as well; the first part goes on in proportion to the value.
    """
    young, since = life.ages[0], first_change(life)
    first = values[0]

    def natural(age: float, value: Value) -> Value:
        # It counts from the first day: the density of young adults is that of a survey.
        years = age - young
        change = Change(untreated(years), 1.0)
        return first / 100 * of_change(measure, change, 100 * (value / first - 1), sizes_after(years))

    start = first if since is None else linear(life.ages, values, since)
    share = 0.0 if since is None else natural(since, start) / start
    found = []
    for age, value, change in zip(life.ages, values, life.column(changes), strict=True):
        if change is None:
            found.append(Misfit(natural(age, value), 0.0 * value))
        else:
            own = start / 100 * of_change(measure, change, 100 * (value / start - 1), sizes_after(change.years))
            found.append(Misfit(share * value, own))
    return found


def by_site(site: str) -> str:
    """Return how density is measured at a site: `trabecular` by QCT, `density` by DXA."""
    return "trabecular" if site == "trabecular_spine" else "density"


def bmd_parts(life: Columns, site: str) -> list[Misfit]:
    """Return the misfit of a density, in the unit of `bmd`."""
    return _parts(life, life.column(bmd, site), by_site(site))


def bmd_misfit(life: Columns, site: str) -> list[Value]:
    """Return the usual distance of a density from group means that were not seen, in the unit of `bmd`."""
    return [parts.whole for parts in life.column(bmd_parts, site)]


def ctx_misfit(life: Columns) -> list[Value]:
    """Return that of CTX, percent of a young adult."""
    return [parts.whole for parts in _parts(life, life.column(ctx), "marker")]


def p1np_misfit(life: Columns) -> list[Value]:
    """Return that of P1NP, percent of a young adult."""
    return [parts.whole for parts in _parts(life, life.column(p1np), "marker")]


def strength_misfit(life: Columns, site: str) -> list[Value]:
    """Return the distance of a strength that the misfit of density makes, percent of a young adult."""
    power = life.parameters.strength_density_exponent
    rows = zip(life.column(strength, site), life.column(bmd_misfit, site), life.column(bmd, site), strict=True)
    return [power * whole * error / bone for whole, error, bone in rows]


# What has a standard error, with the part of it that does not come from the parameters.
MISFITS: dict[str, Callable[..., list[Value]]] = {
    "bmd": bmd_misfit,
    "ctx": ctx_misfit,
    "p1np": p1np_misfit,
    "strength": strength_misfit,
}
