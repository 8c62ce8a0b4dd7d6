"""What trials counted: benefits and harms of every treatment per 1,000 people, and how much of a benefit is density.

Equations
---------
share of density   ln(gradient) * dT / -ln(ratio of the trial)
dT                 percentage points / 100 * usual BMD of that age / young SD

The numbers are those of data/risk.csv and data/fracture_trials.csv; nothing here is computed from a life. Every outcome
is a bad event: fewer is a benefit. Benefits are handed out together with harms, and a ratio together with how many of
1,000 people it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import Any

from osteolab import data
from osteolab.errors import choice
from osteolab.readouts import reference, usual_density

WIDE = 1.96  # standard errors to either end of a 95 % interval


@dataclass(frozen=True)
class TrialResult:
    """One row of data/risk.csv. A number that was not printed is None.

    Attributes
    ----------
    treatment, regimen, outcome, population : str
        What was given, with what or when, what was counted, in whom.
    nearest_for : tuple of str
        Other treatments that have no trial of their own and are nearest to this one.
    kind : str
        benefit (fewer), harm (more), neither (no difference shown) or unmeasured.
    sex : str
        female, male or both.
    years : float
        How long; 1 for a rate per 1,000 person-years.
    without, with_, difference, low, high : float
        Events per 1,000 people without and with the treatment, their difference and its 95 % interval.
    interval : str
        Where the interval comes from: printed, counts, ratio or none.
    ratio, ratio_low, ratio_high : float
        Risk, rate, odds or hazard ratio and its 95 % interval.
    contradicts : bool
        Whether the interval lies on the other side of no effect than density predicts. It then stands instead of the
        calculator's number.
    citation, grade, certainty, note : str
        Source, how sure the number is, how sure the effect is, what to know.
    """

    id: str
    treatment: str
    nearest_for: tuple[str, ...]
    regimen: str
    outcome: str
    kind: str
    sex: str
    population: str
    years: float | None
    without: float | None
    with_: float | None
    difference: float | None
    low: float | None
    high: float | None
    interval: str
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    contradicts: bool
    citation: str
    grade: str
    certainty: str
    note: str

    @property
    def words(self) -> str:
        """The result in one sentence: how many of 1,000, in how many years, with interval and ratio."""
        event = self.outcome.replace("_", " ")
        if self.kind == "unmeasured":
            return f"{event}, {self.population}: {self.note}."
        if self.difference is None:
            return f"{event}, {self.population}: {self.with_:.3g} of 1,000 with treatment{_in(self.years)}."
        counted = f"{more_or_fewer(self.difference, self.low, self.high)} of 1,000"
        if self.without is not None and self.with_ is not None:
            counted = f"{self.without:.3g} of 1,000 without and {self.with_:.3g} with treatment, {counted}"
        return f"{event}, {self.population}: {counted}{_in(self.years)}{self._ratio()}."

    def _ratio(self) -> str:
        if self.ratio is None:
            return ""
        ends = "" if self.ratio_low is None else f" ({self.ratio_low:g} to {self.ratio_high:g})"
        return f"; ratio {self.ratio:g}{ends}"


@dataclass(frozen=True)
class Balance:
    """All that is known of a treatment: benefits never without harms, and what nobody measured."""

    treatment: str
    benefits: tuple[TrialResult, ...]
    harms: tuple[TrialResult, ...]
    neither: tuple[TrialResult, ...]
    unmeasured: tuple[TrialResult, ...]


def more_or_fewer(difference: float, low: float | None = None, high: float | None = None) -> str:
    """Return a difference of events per 1,000 in words, with its interval: 10 more (1 to 20), 3 fewer (2 to 4)."""
    said = _counted(difference)
    if low is None or high is None:
        return said
    if low < 0 < high:
        return f"{said} ({_counted(low)} to {_counted(high)})"
    near, far = sorted((abs(low), abs(high)))
    return f"{said} ({near:.3g} to {far:.3g})"


def _counted(difference: float) -> str:
    return f"{abs(difference):.3g} {'fewer' if difference < 0 else 'more'}"


def _in(years: float | None) -> str:
    if years is None:
        return ""
    return " in a year" if years == 1 else f" in {years:g} years"


def _number(text: str) -> float | None:
    return float(text) if text else None


@cache
def trial_results() -> tuple[TrialResult, ...]:
    """Return every row of data/risk.csv, in the order of the file."""
    return tuple(_of_row(row) for row in data.rows("risk"))


def _of_row(row: dict[str, str]) -> TrialResult:
    who = ("id", "treatment", "regimen", "outcome", "kind", "sex", "population")
    texts = (*who, "interval", "citation", "grade", "certainty", "note")
    columns = {name: name for name in ("ratio", "ratio_low", "ratio_high", "years")}
    columns |= {name: f"per_1000_{name}" for name in ("without", "difference", "low", "high")}
    columns["with_"] = "per_1000_with"
    fields: dict[str, Any] = {name: row[name] for name in texts}
    fields |= {name: _number(row[column]) for name, column in columns.items()}
    nearest = tuple(row["nearest_for"].split("; ")) if row["nearest_for"] else ()
    return TrialResult(**fields, nearest_for=nearest, contradicts=row["contradicts"] == "yes")


@cache
def known_treatments() -> tuple[str, ...]:
    """Return the treatments of data/risk.csv, those of the calculator and others of the course."""
    return tuple(dict.fromkeys(result.treatment for result in trial_results()))


@cache
def known_outcomes() -> tuple[str, ...]:
    """Return the events that data/risk.csv counts."""
    return tuple(dict.fromkeys(result.outcome for result in trial_results()))


def balance(treatment: str) -> Balance:
    """Return benefits, harms, what made no difference and what nobody measured of a treatment.

    Raises
    ------
    InputError
        If the treatment is not in data/risk.csv; it names those that are.
    """
    choice(treatment, "treatment", known_treatments())
    mine = [result for result in trial_results() if result.treatment == treatment]
    kinds = ("benefit", "harm", "neither", "unmeasured")
    return Balance(treatment, *(tuple(result for result in mine if result.kind == kind) for kind in kinds))


def trial_says(treatment: str, outcome: str) -> tuple[TrialResult, ...]:
    """Return what trials counted of an outcome under a treatment, the nearest trial where it has none of its own.

    Parameters
    ----------
    treatment, outcome : str
        Of `known_treatments` and `known_outcomes`.

    Returns
    -------
    tuple of TrialResult
        One for each regimen; empty if nothing is known. Where `contradicts` is true, show `ratio_low` to `ratio_high`
        and the numbers per 1,000 instead of a curve.

    Raises
    ------
    InputError
        An unknown treatment or outcome; it names those there are.

    Examples
    --------
    >>> (trial,) = trial_says("testosterone_gel", "any_fracture")
    >>> trial.contradicts, trial.ratio_low, trial.ratio_high
    (True, 1.04, 1.97)
    """
    choice(treatment, "treatment", known_treatments())
    choice(outcome, "outcome", known_outcomes())
    of_outcome = [result for result in trial_results() if result.outcome == outcome]
    own = tuple(result for result in of_outcome if result.treatment == treatment)
    if any(result.kind != "unmeasured" for result in own):
        return own
    return own + tuple(result for result in of_outcome if treatment in result.nearest_for)


# How much of a trial's fracture effect its density explains


@dataclass(frozen=True)
class FractureGradient:
    """How much risk of a kind of fracture grows for each SD less density (data/fracture_outcomes.csv)."""

    outcome: str
    label: str
    site: str
    sex: str
    gradient: float
    low: float
    high: float
    source: str

    @property
    def log_error(self) -> float:
        """The standard error of ln(gradient)."""
        return _log_error(self.low, self.high)


def _log_error(low: float, high: float) -> float:
    """Return the standard error of the logarithm of a ratio, from the ends of its 95 % interval."""
    return log(high / low) / (2 * WIDE)


@cache
def fracture_gradients() -> dict[tuple[str, str], FractureGradient]:
    """Return the gradients of risk by (outcome, sex)."""
    return {(row["outcome"], row["sex"]): _gradient(row) for row in data.rows("fracture_outcomes")}


def _gradient(row: dict[str, str]) -> FractureGradient:
    texts = {name: row[name] for name in ("outcome", "label", "site", "sex", "source")}
    low, high = float(row["gradient_low"]), float(row["gradient_high"])
    return FractureGradient(**texts, gradient=float(row["gradient"]), low=low, high=high)


@dataclass(frozen=True)
class DensityShare:
    """How much of a trial's effect on fractures its effect on density explains, on the logarithmic scale.

    Attributes
    ----------
    study, treatment, outcome, site : str
        Which trial, what was given, what broke, where density was measured.
    density_points : float
        Change in density with less without treatment, percentage points.
    ratio, ratio_low, ratio_high : float
        The trial's fracture ratio and its 95 % interval.
    density_ratio : float
        The ratio that its density alone predicts.
    share, low, high, rest : float or None
        Share of ln(ratio) that density explains, its 95 % interval, and what is left; None where the interval of the
        trial's ratio includes 1, because there is no effect to share out. More than 1: density promised more.
    citation, note : str
        Source, and what to know.
    """

    study: str
    treatment: str
    outcome: str
    site: str
    density_points: float
    ratio: float
    ratio_low: float
    ratio_high: float
    density_ratio: float
    share: float | None
    low: float | None
    high: float | None
    citation: str
    note: str

    @property
    def rest(self) -> float | None:
        """What density leaves unexplained: turnover, architecture, falls, chance."""
        return None if self.share is None else 1 - self.share

    @property
    def words(self) -> str:
        """The share in one sentence, the rest named as such."""
        found = f"{self.ratio:g} ({self.ratio_low:g} to {self.ratio_high:g})"
        if self.share is None or self.low is None or self.high is None:
            return f"The trial's ratio, {found}, is not clear of no effect: there is nothing to share out."
        share = f"{100 * self.share:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f})"
        if self.share > 1:
            return f"Density alone promised {self.density_ratio:.2f} and the trial found {found}: {share} of it."
        return f"Of the trial's ratio, {found}, density explains {share}; the rest is not density."


def density_shares() -> tuple[DensityShare, ...]:
    """Return the share of density for every trial of data/fracture_trials.csv.

    The density of the people at the start is taken as usual for their age and sex. People of these trials were thinner,
    so the same percentage was fewer SD, and the shares are rather too large. The interval is that of gradient, density
    and ratio together (delta method).
    """
    return tuple(_share(row) for row in data.rows("fracture_trials"))


def _share(row: dict[str, str]) -> DensityShare:
    age, sex, site = float(row["age_years"]), row["sex"], row["site"]
    points, points_se = float(row["density_points"]), float(row["density_se"])
    ratio, low, high = (float(row[name]) for name in ("ratio", "ratio_low", "ratio_high"))
    gradient = fracture_gradients()[row["outcome"], sex]
    usual, _ = usual_density(site, sex, age)
    steps = points / 100 * usual / reference(site, sex).sd
    from_density = -log(gradient.gradient) * steps
    share, error = None, 0.0
    if not low <= 1 <= high:
        share = from_density / log(ratio)
        error = abs(share) * _relative_error(gradient, points_se / points, ratio, low, high)
    return DensityShare(
        **{name: row[name] for name in ("study", "treatment", "outcome", "site", "citation", "note")},
        density_points=points,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        density_ratio=exp(from_density),
        share=share,
        low=None if share is None else share - WIDE * error,
        high=None if share is None else share + WIDE * error,
    )


def _relative_error(gradient: FractureGradient, density: float, ratio: float, low: float, high: float) -> float:
    """Return the relative standard error of ln(gradient) * dT / ln(ratio)."""
    of_gradient = gradient.log_error / log(gradient.gradient)
    of_ratio = _log_error(low, high) / log(ratio)
    return float((of_gradient**2 + density**2 + of_ratio**2) ** 0.5)
