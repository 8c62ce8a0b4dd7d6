"""Published results, and what the calculator predicts for them.

The schema of the tables is described in docs/data.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from osteolab import data, misfit
from osteolab.errors import InputError, choice
from osteolab.evidence_tables import BY_DXA, CHANGES, LEVEL_UNITS, MONTHS, UNITS, check_tables
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.quantities import FRACTURES, named
from osteolab.simulate import simulate
from osteolab.treatments import Course

WITH_STRENGTH = ("lumbar_spine", "femoral_neck", "total_hip", "trabecular_spine")
MARKERS = {"ctx": "ctx", "resorption_marker": "ctx", "p1np": "p1np", "formation_marker": "p1np"}
CORE = ("connectivity", "trabecular_number")
TABLES = ("arms", "courses", "outcomes", "topics", "sources")


def published(name: str):
    """Return a table of published results ("arms", "courses", "outcomes", "topics", "sources") as a DataFrame."""
    return data.frame(f"published_{choice(name, 'table', TABLES)}")


def predict(arms, courses, outcomes, parameters=None):
    """Predict published results.

    Parameters
    ----------
    arms, courses, outcomes : DataFrame
        Tables in the schema of docs/data.md. Month 0 of an arm is `age_years`.
    parameters : Parameters, optional
        Other parameter values than those of the data package.

    Returns
    -------
    DataFrame
        `outcomes` with three more columns: `predicted` (in the unit of the row);
        `z` = (predicted - value) / se, for ratios z = (ln predicted - ln value) / se;
        `predicted_sd`, one standard error of the calculator in the unit of the row, for ratios of ln ratio: the
        uncertainty of the fitted parameters (not with other `parameters`) and the usual distance from studies that
        the fit has not seen (data/misfit.csv).

    Raises
    ------
    InputError
        A missing column, an arm described twice, an unknown arm, treatment, site, quantity or unit, a text in the place
        of a number, or an impossible value; it names the row.
    """
    check_tables(arms, courses, outcomes)
    if parameters is not None:
        data.checked_parameters(parameters)
    lives = ArmLives(arms, courses, outcomes, parameters)
    rows = outcomes.to_dict("records")
    result = outcomes.copy()
    result["predicted"] = [float(lives.predict(row)) for row in rows]
    pairs = list(zip(rows, result["predicted"], strict=True))
    result["z"] = [z_score(row["unit"], p, row["value"], row["se"]) for row, p in pairs]
    moved = [0.0 for _ in rows] if parameters is not None else parameter_sd(arms, courses, outcomes)
    own = [lives.seen(row, p).misfit() for row, p in pairs]
    result["predicted_sd"] = [math.hypot(a, b) for a, b in zip(moved, own, strict=True)]
    return result


def parameter_sd(arms, courses, outcomes) -> list[float]:
    """Return how much of a standard error comes from the fitted parameters, in the unit of each row (ln of a ratio)."""
    rows, columns = outcomes.to_dict("records"), []
    for number in range(data.directions() + 1):
        lives = ArmLives(arms, courses, outcomes, data.variant(number))
        columns.append([_straight(row, float(lives.predict(row))) for row in rows])
    base, *others = columns
    moves = [[value - usual for value, usual in zip(other, base, strict=True)] for other in others]
    return [math.hypot(*row) for row in zip(*moves, strict=True)]


def _straight(row, predicted):
    """Return a prediction on the scale on which its error is one: a ratio by its logarithm."""
    return math.log(predicted) if row["unit"] == "ratio" else predicted


class Seen(NamedTuple):
    """A result as the misfit sees it: what was measured, what kind of change, how large, and its unit.

    `percent` is the change over the whole time, `scale` the unit of the row for one percent (for a ratio, of one).
    """

    measure: str
    change: misfit.Change
    percent: float
    scale: float

    def misfit(self, size=None) -> float:
        """Return the misfit in the unit of the row (see `misfit.of_change`)."""
        return self.scale * float(misfit.of_change(self.measure, self.change, self.percent, size))


def measure_of(row) -> str:
    """Return the measure of a row, as data/misfit.csv has it; a strength counts as the density it is made of."""
    if row["unit"] == "ratio":
        return "fracture"
    if row["quantity"] in ("bmd", "vbmd", "strength"):
        return misfit.by_site(row["site"])
    if row["quantity"] in MARKERS:
        return "marker"
    return "level" if row["site"] == "serum" else "structure"


def z_score(unit, predicted, value, se):
    """Return the distance of a prediction from a published value in standard errors."""
    if unit == "ratio":
        return (math.log(predicted) - math.log(value)) / se
    return (predicted - value) / se


class ArmLives:
    """The lives of the arms that some outcomes need, each computed once."""

    def __init__(self, arms, courses, outcomes, parameters=None):
        self.parameters = parameters
        self._arms = {row["arm"]: row for row in arms.to_dict("records")}
        self._courses = {arm: part.to_dict("records") for arm, part in courses.groupby("arm", sort=False)}
        self._last = _last_months(outcomes)
        self._lives = {}

    def life(self, arm, row):
        """Return the Life of an arm; `row` is the outcome that asks, for messages."""
        if arm not in self._arms:
            raise InputError(f"outcome {row['id']!r}: arm {arm!r} is not in the table of arms")
        if arm not in self._lives:
            self._lives[arm] = self._simulate(self._arms[arm], self._courses.get(arm, []))
        return self._lives[arm]

    def _simulate(self, arm, courses):
        try:
            person = _person(arm)
            plan = [c for c in (_course(arm, row) for row in courses) if c is not None]
            until = min(OLDEST, arm["age_years"] + (self._last[arm["arm"]] + 1) / MONTHS)
            return simulate(person, plan, until=max(until, YOUNGEST + 1), parameters=self.parameters)
        except InputError as error:
            raise InputError(f"arm {arm['arm']!r}: {error}") from None

    def predict(self, row):
        """Return the prediction for one outcome (a dict), in its unit."""
        unit = row["unit"]
        if unit not in UNITS:
            raise InputError(
                f"outcome {row['id']!r}: unit {unit!r} is not known; the calculator knows {', '.join(UNITS)}"
            )
        if unit == "ratio":
            return self._mean_rate(row["arm"], row) / self._mean_rate(row["minus_arm"], row)
        if unit in LEVEL_UNITS:
            return self._value(row["arm"], row, row["month"])
        if unit == "percent_difference":
            return 100 * (
                self._value(row["arm"], row, row["month"]) / self._value(row["minus_arm"], row, row["month"]) - 1
            )
        return self._changed(row, unit)

    def seen(self, row, predicted, reach=None) -> Seen:
        """Return a result as the misfit sees it; `reach` is what was studied, see `misfit.studied`."""
        measure, unit = measure_of(row), row["unit"]
        change = self._kind(row, reach)
        if measure == "fracture":
            return Seen(measure, change, 0.0, 1.0)
        if measure == "level":
            return Seen(measure, change, 0.0, (100 + predicted if unit == "percent_change" else predicted) / 100)
        scale = 1.0
        if unit == "percent_per_year":
            scale = 1 / change.years
        elif unit == "g/cm2":
            scale = float(self._value(row["arm"], row, row["from_month"])) / 100
        if row["quantity"] == "strength":
            scale *= data.parameters().strength_density_exponent
        return Seen(measure, change, predicted / scale, scale)

    def _kind(self, row, reach) -> misfit.Change:
        """Return the kind of a row: that of the arm, or of the other arm where nothing is done to the first."""
        names = [row["arm"], *([row["minus_arm"]] if isinstance(row.get("minus_arm"), str) else [])]
        lives, ages = [self.life(arm, row) for arm in names], [self._age(arm, row["month"]) for arm in names]
        pairs = list(zip(lives, ages, strict=True))
        outside = any(misfit.beyond(life.person, life.courses, age, reach) for life, age in pairs)
        if row["unit"] == "percent_difference":
            return misfit.Change(misfit.BETWEEN, 1.0, outside)
        months = row["month"] - (row["from_month"] if row["unit"] in CHANGES else 0.0)
        kinds = [misfit.kind_of(life.person, life.courses, age, age - months / MONTHS) for life, age in pairs]
        kind = next((kind for kind in kinds if kind != misfit.LOSS), misfit.LOSS)
        return misfit.Change(kind, months / MONTHS, outside)

    def _changed(self, row, unit):
        change = self._change(row["arm"], row)
        if unit == "percent_per_year":
            return change / ((row["month"] - row["from_month"]) / MONTHS)
        if unit == "percentage_points":
            return change - self._change(row["minus_arm"], row)
        if unit == "g/cm2":
            return self._gain(row["arm"], row) - self._gain(row["minus_arm"], row)
        return change

    def _gain(self, arm, row):
        return self._value(arm, row, row["month"]) - self._value(arm, row, row["from_month"])

    def _change(self, arm, row):
        return 100 * (self._value(arm, row, row["month"]) / self._value(arm, row, row["from_month"]) - 1)

    def _value(self, arm, row, month):
        if month is None or math.isnan(month):
            raise InputError(f"outcome {row['id']!r}: a month is missing; unit {row['unit']!r} needs it")
        life, age = self.life(arm, row), self._age(arm, month)
        if age > life.until:
            where = f"month {month:g} is at age {age:g}; the calculator stops at {life.until:g}"
            raise InputError(f"outcome {row['id']!r}: {where}")
        quantity, site = _quantity(row)
        return life.value(quantity, age, site)

    def _mean_rate(self, arm, row):
        if row["site"] not in FRACTURES:
            raise InputError(
                f"outcome {row['id']!r}: site {row['site']!r} has no fractures; known are {', '.join(FRACTURES)}"
            )
        life = self.life(arm, row)
        n = max(4, round(row["month"]))
        ages = [self._age(arm, (i + 0.5) * row["month"] / n) for i in range(n)]
        return sum(life.series("fracture_rate", row["site"], ages)) / n

    def _age(self, arm, month):
        return max(YOUNGEST, self._arms[arm]["age_years"] + month / MONTHS)


def _last_months(outcomes):
    last: dict[str, float] = {}
    for row in outcomes.to_dict("records"):
        for arm in (row["arm"], row.get("minus_arm")):
            if isinstance(arm, str):
                last[arm] = max(last.get(arm, 0.0), row["month"])
    return last


def _person(arm):
    menopause = arm.get("menopause_age_years")
    if arm["sex"] == "male" or menopause is None or math.isnan(menopause):
        menopause = None
    age = min(max(arm["age_years"], YOUNGEST), OLDEST)
    return Person(arm["sex"], age, menopause, str(arm["arm"]))


def _course(arm, row):
    start = arm["age_years"] + row["from_month"] / MONTHS
    to_month = row["to_month"]
    stop = None if to_month is None or math.isnan(to_month) else arm["age_years"] + to_month / MONTHS
    if stop is not None and stop <= YOUNGEST:
        return None
    return Course(row["what"], row["level"], row["unit"], max(start, YOUNGEST), stop)


def _quantity(row):
    quantity, site = row["quantity"], row["site"]
    if quantity in named("blood") and site == "serum":
        return quantity, None
    if quantity in MARKERS and site == "serum":
        return MARKERS[quantity], None
    if quantity == "bmd" and site in BY_DXA:
        return "bmd_reading", site
    if quantity in ("vbmd", "bmd") and site == "trabecular_spine":
        return "bmd", site
    if quantity in CORE and site in ("distal_radius", "iliac_crest", "trabecular_spine"):
        return quantity, None
    if quantity == "bone_volume" and site in ("iliac_crest", "trabecular_spine"):
        return quantity, "trabecular_spine"
    if quantity == "strength" and site in WITH_STRENGTH:
        return quantity, site
    raise InputError(f"outcome {row['id']!r}: the calculator has no {quantity!r} at site {site!r}")
