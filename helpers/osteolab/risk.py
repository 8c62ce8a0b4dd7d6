"""Absolute risk of fracture: of 1,000 people like this one, how many break a bone in the next years.

Equations
---------
hazard(a)   rate of the age band / 1000 * ratio(a) / spread(a)
ratio(a)    gradient**(T of the average person - T) * (fracture risk beyond density, this life / average life)
spread(a)   exp((ln(gradient) * SD of that age / young SD)**2 / 2)      T and SD against the own sex
risk        1000 * (1 - exp(-integral of the hazard over the years))
range       ln(ratio) +- 1.96 * sqrt((ln(gradient) * error of T)**2 + (distance in T * error of ln(gradient))**2)

The rate (data/fracture_rates.csv) is that of everybody of an age and sex. The average person is an untreated life of
the calculator with average peak bone mass, so that the reference woman of `fracture_risk` cancels. A population holds
people below and above the average density, and risk grows faster below than it falls above; so the mean risk is more
than the risk at the mean density, by `spread` where densities are normal. Death is left out: the risk is that of people
who live that long. The rates of a major osteoporotic fracture already hold some of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, exp, hypot, log
from numbers import Real
from typing import NamedTuple

from osteolab import data
from osteolab.errors import InputError, choice, listed, number, shown
from osteolab.interpolation import linear
from osteolab.life import Life
from osteolab.person import OLDEST, Person
from osteolab.readouts import REFERENCE_T, fracture_gradient, reference, usual_density
from osteolab.simulate import simulate
from osteolab.trial_results import (
    WIDE,
    Balance,
    FractureGradient,
    TrialResult,
    balance,
    fracture_gradients,
    known_treatments,
    more_or_fewer,
    trial_says,
)

FEWEST, MOST = 1.0, 10.0  # years a risk is given for
STEPS_A_YEAR = 4
WHY_YEARS = "published rates are yearly, and beyond ten years death weighs more than the rate"


@dataclass(frozen=True)
class FractureRate:
    """A published yearly rate of a band of ages (data/fracture_rates.csv), per 1,000 person-years."""

    outcome: str
    sex: str
    age_from: float
    age_to: float
    rate: float
    applies_to: str
    population: str
    source: str
    grade: str
    note: str


@dataclass(frozen=True)
class AbsoluteRisk:
    """Of 1,000 people like the one of a life, how many break a bone.

    Attributes
    ----------
    outcome, label : str
        Kind of fracture, and its words.
    age, years : float
        From this age, for so many years.
    per_1000 : float
        The risk, people of 1,000 who live that long.
    low, high : float
        Its 95 % range from the error of the density and of the gradient. The error of the published rate, of what acts
        beyond density, and what a person brings beside density are not in it.
    average : float
        The risk of the average untreated person of that age and sex, per 1,000.
    population : float
        The published risk of all people of that age and sex, per 1,000; more than `average`, see the module.
    source, grade : str
        Of the rate.
    """

    outcome: str
    label: str
    age: float
    years: float
    per_1000: float
    low: float
    high: float
    average: float
    population: float
    source: str
    grade: str

    @property
    def words(self) -> str:
        """The risk in one sentence, with whom it is about, its range and the average."""
        span = "in a year" if self.years == 1 else f"in {self.years:g} years"
        mine = f"{self.per_1000:.3g} ({self.low:.3g} to {self.high:.3g}) have a {self.label} {span} from {self.age:g}"
        return f"Of 1,000 people like this one, {mine}; of 1,000 at average density {self.average:.3g}."


@dataclass(frozen=True)
class RiskDifference:
    """Two lives compared: how many more or fewer of 1,000 break a bone.

    Attributes
    ----------
    life, other : AbsoluteRisk
        The two risks.
    difference, low, high : float
        Events per 1,000, `life` less `other`, and its 95 % interval from the error of the difference in density and of
        the gradient; the risk of `other` is held. What a drug does beyond density has no error here, so that the true
        interval is wider.
    number, number_low, number_high : float or None
        How many are treated for one more or one fewer, and its interval. None where the interval of the difference
        includes zero: no such number exists then. None also where a trial contradicts.
    trials : tuple of TrialResult
        Trials that contradict the calculator for a treatment of `life`. They stand instead of the difference.
    balances : tuple of Balance
        Benefits and harms that trials counted, for each treatment that only `life` takes: fractures spared are not all.
    """

    life: AbsoluteRisk
    other: AbsoluteRisk
    difference: float
    low: float
    high: float
    number: float | None
    number_low: float | None
    number_high: float | None
    trials: tuple[TrialResult, ...]
    balances: tuple[Balance, ...]

    @property
    def words(self) -> str:
        """The difference in one sentence; the trial instead where one contradicts."""
        if self.trials:
            return f"A trial found otherwise and stands instead of the calculator: {self.trials[0].words}"
        counts = more_or_fewer(self.difference, self.low, self.high)
        said = f"{counts} of 1,000 have a {self.life.label} in {self.life.years:g} years"
        if self.number is None or self.number_low is None or self.number_high is None:
            return f"{said}; the interval includes no difference, so there is no number needed to treat."
        kind = "prevents" if self.difference < 0 else "costs"
        ends = f"{self.number_low:.0f} to {self.number_high:.0f}"
        return f"{said}; treating {self.number:.0f} ({ends}) {kind} one."


# Published rates


@cache
def fracture_rates() -> tuple[FractureRate, ...]:
    """Return every published rate, in the order of data/fracture_rates.csv."""
    return tuple(_rate(row) for row in data.rows("fracture_rates"))


def _rate(row: dict[str, str]) -> FractureRate:
    texts = {name: row[name] for name in ("outcome", "sex", "applies_to", "population", "source", "grade", "note")}
    return FractureRate(**texts, age_from=float(row["age_from"]), age_to=float(row["age_to"]), rate=float(row["rate"]))


def risk_outcomes() -> tuple[str, ...]:
    """Return the kinds of fracture that have a published rate by age."""
    return tuple(dict.fromkeys(rate.outcome for rate in fracture_rates()))


def _bands(outcome: str, sex: str) -> tuple[FractureRate, ...]:
    """Return the rates of an outcome in a sex, or say which sex has them."""
    choice(outcome, "outcome", risk_outcomes())
    found = tuple(rate for rate in fracture_rates() if (rate.outcome, rate.sex) == (outcome, sex))
    if not found:
        raise InputError(f"sex is {sex!r}; rates of {outcome} by age were found for the other sex only")
    return found


def published_rate(outcome: str, sex: str, age: float) -> FractureRate:
    """Return the published rate of a kind of fracture in a sex at an age (years).

    Raises
    ------
    InputError
        An outcome or sex without rates, or an age outside their bands.
    """
    choice(sex, "sex", ("female", "male"))
    bands = _bands(outcome, sex)
    why = "published rates cover these ages"
    age = number(age, "age", "years", bands[0].age_from, bands[-1].age_to, why)
    return next((band for band in bands if age < band.age_to), bands[-1])


# The ratio of a life to the average person


@cache
def _average(sex: str) -> Life:
    return simulate(Person(sex, 50), until=OLDEST)


def average_life(life: Life) -> Life:
    """Return the life of an average untreated person of the same sex, under the same parameters."""
    _refuse_no_life(life)
    if life.own_parameters:
        return simulate(Person(life.person.sex, 50), until=OLDEST, parameters=life.parameters)
    return _average(life.person.sex)


def _beyond_density(life: Life, site: str, ages: Sequence[float]) -> list[float]:
    """Return fracture risk without its density term: turnover, connections and hormones."""
    gradient = fracture_gradient(life.parameters, site)
    pairs = zip(life.series("fracture_risk", site, ages), life.series("t_score", site, ages), strict=True)
    return [risk * gradient ** (t - REFERENCE_T) for risk, t in pairs]


def risk_ratios(life: Life, ages: Sequence[float], outcome: str) -> list[float]:
    """Return the fracture risk of a life over that of the average person of each age (years)."""
    _refuse_no_life(life)
    _bands(outcome, life.person.sex)
    return _ratios(life, average_life(life), _gradient(life, outcome), listed(ages, "ages", "ages in years"))


def _ratios(life: Life, usual: Life, gradient: FractureGradient, ages: Sequence[float]) -> list[float]:
    site = gradient.site
    rows = zip(
        *_t_scores((life, usual), site, ages),
        _beyond_density(life, site, ages),
        _beyond_density(usual, site, ages),
        strict=True,
    )
    return [gradient.gradient ** (mean - t) * mine / theirs for t, mean, mine, theirs in rows]


def _t_scores(lives: Sequence[Life], site: str, ages: Sequence[float]) -> list[list[float]]:
    return [life.series("t_score_own_sex", site, ages) for life in lives]


def _gradient(life: Life, outcome: str) -> FractureGradient:
    return fracture_gradients()[outcome, life.person.sex]


def spread(gradient: FractureGradient, age: float) -> float:
    """Return the mean risk of people of an age over the risk at their mean density (normal densities)."""
    _, sd = usual_density(gradient.site, gradient.sex, age)
    return exp((log(gradient.gradient) * sd / reference(gradient.site, gradient.sex).sd) ** 2 / 2)


# Risk over years


def absolute_risk(life: Life, age: float, years: float, outcome: str = "hip_fracture") -> AbsoluteRisk:
    """Return how many of 1,000 people like the one of a life break a bone in the years from an age.

    Parameters
    ----------
    life : Life
        With ageing, and long enough.
    age : float
        From when, years; inside the bands of the published rates.
    years : float
        How long, 1 to 10 years. The ratio changes over the years as the life does.
    outcome : str
        Of `risk_outcomes`.

    Returns
    -------
    AbsoluteRisk

    Raises
    ------
    InputError
        A life without ageing or too short, an age or a span without published rates, an outcome without rates.

    Examples
    --------
    >>> from osteolab import Person, simulate
    >>> anna = simulate(Person("female", 65), until=80)
    >>> risk = absolute_risk(anna, age=65, years=10)
    >>> risk.low < risk.per_1000 < risk.high
    True
    """
    return _absolute(life, _followed(life, age, years, outcome), age, years, outcome)


class _Followed(NamedTuple):
    """The years of a risk: middles of the steps, yearly rate per 1,000 at average density, and ratios of a life."""

    ages: list[float]
    gradient: FractureGradient
    usual: Life
    base: list[float]
    ratios: list[float]


def _followed(life: Life, age: float, years: float, outcome: str) -> _Followed:
    ages = _checked(life, age, years, outcome)
    gradient, usual = _gradient(life, outcome), average_life(life)
    return _Followed(ages, gradient, usual, _base(life, ages, outcome), _ratios(life, usual, gradient, ages))


def _absolute(life: Life, followed: _Followed, age: float, years: float, outcome: str) -> AbsoluteRisk:
    ages, gradient, usual, base, ratios = followed
    sd = reference(gradient.site, life.person.sex).sd
    errors = [error / sd for error in life.series("bmd_sd", gradient.site, ages)]
    up, down = _ends(gradient, _gap(life, usual, gradient.site, ages), errors)
    rate = published_rate(outcome, life.person.sex, age)
    rates = [published_rate(outcome, life.person.sex, a).rate for a in ages]
    return AbsoluteRisk(
        outcome=outcome,
        label=gradient.label,
        age=float(age),
        years=float(years),
        per_1000=_risk(years, base, ratios),
        low=_risk(years, base, ratios, down),
        high=_risk(years, base, ratios, up),
        average=_risk(years, base),
        population=_risk(years, rates),
        source=rate.source,
        grade=rate.grade,
    )


def _checked(life: Life, age: float, years: float, outcome: str) -> list[float]:
    """Return the middles of the steps from an age, or raise InputError."""
    _refuse_no_life(life)
    if not life.ageing:
        raise InputError("the life has ageing switched off; a risk needs it, because published rates are those of ages")
    bands = _bands(outcome, life.person.sex)
    years = number(years, "years", "years", FEWEST, MOST, WHY_YEARS)
    low, high = bands[0].age_from, bands[-1].age_to
    why = f"published rates of {outcome} run from {low:g} to {high:g}, and the {years:g} years must lie inside"
    age = number(age, "age", "years", low, high - years, why)
    number(age + years, "age + years", "years", None, life.until, "that is where the life ends")
    if not isinstance(life.value("t_score", age), Real):
        raise InputError("the life was computed with arrays of parameters; a risk needs one number for each of them")
    steps = ceil(years * STEPS_A_YEAR)
    return [age + (i + 0.5) * years / steps for i in range(steps)]


def _refuse_no_life(life: object, name: str = "life") -> None:
    if not isinstance(life, Life):
        raise InputError(f"{name} is {shown(life)}; a Life is needed, such as simulate(Person('female', 65), until=80)")


def _ends(
    gradient: FractureGradient, steps: Sequence[float], errors: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Return the factors at the upper and lower end of a ratio that is `steps` SD and their errors away from 1."""
    pairs = zip(steps, errors, strict=True)
    spans = [WIDE * ((log(gradient.gradient) * e) ** 2 + (t * gradient.log_error) ** 2) ** 0.5 for t, e in pairs]
    return [exp(span) for span in spans], [exp(-span) for span in spans]


def _base(life: Life, ages: Sequence[float], outcome: str) -> list[float]:
    """Return the yearly rate at average density, per 1,000."""
    gradient, sex = _gradient(life, outcome), life.person.sex
    return [published_rate(outcome, sex, age).rate / spread(gradient, age) for age in ages]


def _risk(years: float, rates: Sequence[float], *factors: Sequence[float]) -> float:
    """Return the risk over the years per 1,000, from yearly rates per 1,000 times factors, each at equal steps."""
    total = 0.0
    for rate, *mine in zip(rates, *factors, strict=True):
        for factor in mine:
            rate *= factor
        total += rate
    return 1000 * (1 - exp(-total / 1000 * years / len(rates)))


# Two lives


def compare(life: Life, other: Life, age: float, years: float, outcome: str = "hip_fracture") -> RiskDifference:
    """Return how many more or fewer of 1,000 break a bone in one life than in another.

    Parameters
    ----------
    life, other : Life
        Of people of one sex; usually treated and untreated.
    age, years, outcome
        As in `absolute_risk`.

    Returns
    -------
    RiskDifference
        Where its interval includes zero it has no number needed to treat. Where a trial contradicts a treatment of
        `life`, it holds the trial.

    Raises
    ------
    InputError
        As `absolute_risk`, or if the two are of different sex.
    """
    _refuse_no_life(other, "other")
    followed = _followed(life, age, years, outcome)
    mine, theirs = _absolute(life, followed, age, years, outcome), absolute_risk(other, age, years, outcome)
    if life.person.sex != other.person.sex:
        raise InputError(
            f"other is {other.person.sex} and life is {life.person.sex}; one sex is needed to compare plans"
        )
    ages, gradient, _, base, ratios = followed
    steps = _gap(life, other, gradient.site, ages)
    up, down = _ends(gradient, steps, _difference_errors(life, other, gradient.site, ages))
    low, high = (_risk(years, base, ratios, factors) - theirs.per_1000 for factors in (down, up))
    difference, trials = mine.per_1000 - theirs.per_1000, _contradicting(life, other)
    clear = (low > 0 or high < 0) and not trials
    ends = sorted(1000 / abs(end) for end in (low, high)) if clear else (None, None)
    return RiskDifference(
        life=mine,
        other=theirs,
        difference=difference,
        low=low,
        high=high,
        number=1000 / abs(difference) if clear else None,
        number_low=ends[0],
        number_high=ends[1],
        trials=trials,
        balances=tuple(balance(what) for what in _only_in(life, other)),
    )


def _difference_errors(life: Life, other: Life, site: str, ages: Sequence[float]) -> list[float]:
    """Return one standard error of the difference of two T-scores: the parameters move both lives together."""
    sd = reference(site, life.person.sex).sd
    squares = [(error / sd) ** 2 for error in _difference_misfits(life, other, site, ages)]
    pairs = list(zip(life.variants(), other.variants(), strict=False))
    gaps = [_gap(one, two, site, ages) for one, two in pairs]
    for moved in gaps[1:]:
        squares = [s + (b - a) ** 2 for s, a, b in zip(squares, gaps[0], moved, strict=True)]
    return [float(square**0.5) for square in squares]


def _difference_misfits(life: Life, other: Life, site: str, ages: Sequence[float]) -> list[float]:
    """Return the misfit of the difference of two densities: what came before any treatment is common to one person."""
    common = life.person == other.person
    found = [0.0 for _ in ages]
    for one in (life, other):
        parts = one.misfit(site)
        errors = [part.since if common else part.whole for part in parts]
        found = [hypot(e, linear(one.ages, errors, age)) for e, age in zip(found, ages, strict=True)]
    return found


def _gap(life: Life, other: Life, site: str, ages: Sequence[float]) -> list[float]:
    return [one - two for one, two in zip(*_t_scores((life, other), site, ages), strict=True)]


def _only_in(life: Life, other: Life) -> list[str]:
    """Return the treatments with known results that only `life` takes."""
    old = {course.what for course in other.courses}
    taken = dict.fromkeys(course.what for course in life.courses)
    return [what for what in taken if what not in old and what in known_treatments()]


def _contradicting(life: Life, other: Life) -> tuple[TrialResult, ...]:
    """Return the trials of fractures that contradict a treatment which only `life` takes."""
    said = [trial for what in _only_in(life, other) for trial in trial_says(what, "any_fracture")]
    return tuple(trial for trial in said if trial.contradicts and trial.sex in ("both", life.person.sex))
